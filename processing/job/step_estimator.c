/* step_estimator.c -- one estimator (estimator.h) for flagged values of an item within the by-groups: the built-in formulas by name (PREAUX, CURRATIO, DIFTREND ...) with their
 * auxiliaries, this period's values and the previous period's. min_count, min_percent and leave_out
 * (what stays out of averages) must be given where the formula has averages, and only there. */
#include "processing/impute/estimator.h"
#include "processing/job/step_methods.h"
#include "processing/job/step_rules.h"

static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true}, {.key = "algorithm", .kind = STEP_TEXT, .required = true}, {.key = "auxiliary", .kind = STEP_NUMBER_ITEMS},
                                             {.key = "min_count", .kind = STEP_INT, .low = 1, .high = 1000000000}, {.key = "min_percent", .kind = STEP_DECIMAL, .low = 0, .high = 100 * (int64_t)STEP_ONE},
                                             {.key = "leave_out", .kind = STEP_CHOICE, .words = "nothing|imputed|outliers|both"}, {.key = "random_error", .kind = STEP_TRUTH},
                                             {.key = "accept_negative", .kind = STEP_TRUTH}, {.key = NULL}};

enum { MOST_ITEMS = 1 + EST_TERMS };
static int items_of(const struct step_spec *s, const struct item **items) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  int n = 0;
  items[n++] = step_value_of(s, "item")->items[0];
  for (int i = 0; i < aux->n_items && n < MOST_ITEMS; i++) items[n++] = aux->items[i];
  return n;
}

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  const struct item *items[MOST_ITEMS];
  (void)p;
  for (int i = 0, n = items_of(s, items); i < n && kind == EXPR_SLOT_PREV; i++) TRY(name_set_add(names, items[i]->name, e));
  return E_OK;
}

static enum err_code previous_of(struct job_state *j, const struct step_rules *r, struct num_table *out, struct err *e) {
  const char *names[MOST_ITEMS];
  for (int v = 0; v < r->t.p; v++) names[v] = r->t.columns[v].name;
  TRY(num_table_init(out, j->arena, names, r->t.p, r->t.n, e));
  out->unit = r->t.unit;
  for (int v = 0; v < r->t.p; v++) {
    double scale = 1;
    for (int d = 0; d < r->t.columns[v].decimals; d++) scale *= 10;
    out->columns[v].decimals = r->t.columns[v].decimals;
    for (int64_t i = 0; i < r->t.n; i++) {
      const struct unit_shard *shard = job_shard_of(j, r->record[i]);
      int k = shard->previous ? table_find(shard->previous, names[v]) : -1;
      if (k < 0) continue;
      out->columns[v].status[i] = shard->previous->columns[k].status[r->record[i] - shard->first_record];
      if (num_present(&out->columns[v], i)) out->columns[v].x[i] = (double)shard->previous->columns[k].i64[r->record[i] - shard->first_record] / scale;
    }
  }
  return E_OK;
}

static enum err_code flags_of(struct job_state *j, const struct step_rules *r, uint8_t ***out, int64_t *open, struct err *e) {
  uint8_t **impute, **exclude;
  *out = ARENA_ARRAY(j->arena, uint8_t *, r->t.p + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "estimator");
  TRY(step_rules_flags(j, r, FLAG_IMPUTE, &impute, e));
  TRY(step_rules_flags(j, r, FLAG_EXCLUDE, &exclude, e));
  for (int v = 0; v < r->t.p; v++) {
    if (!((*out)[v] = ARENA_ARRAY(j->arena, uint8_t, r->t.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "estimator");
    for (int64_t i = 0; i < r->t.n; i++) {
      uint8_t *to = &(*out)[v][i];
      if (impute[v] && impute[v][i]) *to |= EST_TO_IMPUTE;
      if (exclude[v] && exclude[v][i]) *to |= EST_EXCLUDE;
      if (r->t.columns[v].status[i] == VAL_IMPUTED) *to |= EST_IMPUTED;
      *open += v == 0 && (*to & EST_TO_IMPUTE);
    }
  }
  return E_OK;
}

static struct est_spec spec_of(const struct step_spec *s, const struct step_rules *r) {
  const struct step_value *choice = step_value_of(s, "leave_out");
  int64_t leave = choice->number;
  struct est_spec spec = {.name = s->name, .algorithm = est_algorithm_find(step_value_of(s, "algorithm")->text), .field = r->t.columns[0].name, .n_auxiliary = r->t.p - 1,
                          .minimum_count = step_value_of(s, "min_count")->number, .minimum_percent = (double)step_value_of(s, "min_percent")->number / STEP_ONE,
                          .exclude_imputed = !choice->given ? EST_NOT_GIVEN : leave == 1 || leave == 3 ? EST_YES : EST_NO, .exclude_outliers = !choice->given ? EST_NOT_GIVEN : leave >= 2 ? EST_YES : EST_NO, .random_error = step_value_of(s, "random_error")->number != 0};
  for (int v = 1; v < r->t.p; v++) spec.auxiliary[v - 1] = r->t.columns[v].name;
  return spec;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct item *items[MOST_ITEMS];
  struct step_rules rules;
  struct num_table previous;
  struct est_result result;
  uint8_t **flags;
  int64_t open = 0;
  TRY(step_items_build(j, scope, items, items_of(s, items), &rules, e));
  struct est_spec spec = spec_of(s, &rules);
  if (!spec.algorithm) return ERR(e, E_JOB_VALUE, .subject = step_value_of(s, "algorithm")->text, .expected = "a built-in formula: see processing/impute/estimator.h");
  TRY(previous_of(j, &rules, &previous, e));
  TRY(flags_of(j, &rules, &flags, &open, e));
  for (int64_t i = 0; i < rules.t.n; i++)
    if (rules.group[i] < 0) return ERR(e, E_JOB_NO_GROUP, .subject = s->name);
  const struct est_input in = {.current = &rules.t, .previous = &previous, .current_flags = flags, .group = rules.group, .n_groups = scope->n_groups, .seed = s->seed, .accept_negative = step_value_of(s, "accept_negative")->number != 0};
  if (rules.t.n) TRY(est_run(j->arena, &in, &spec, 1, &result, e));
  else return E_OK;
  for (int64_t i = 0; i < result.n_changes; i++) {
    const struct est_change *c = &result.change[i];
    const struct step_change change = {"estimator", spec.algorithm->name, c->donor >= 0 ? rules.record[c->donor] + 1 : 0, VAL_IMPUTED};
    bool written;
    TRY(step_rules_put(j, s, &rules, c->row, c->column, c->value, &change, &written, e));
  }
  step_note(r, "to_impute", open);
  step_note(r, "imputed", result.n_changes);
  return E_OK;
}

const struct step_method step_estimator = {.name = "estimator", .options = options, .wanted = wanted, .run = run};

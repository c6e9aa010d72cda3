/* step_hotdeck.c -- random hot deck within the by-group (hotdeck.h): a record in which any of the items is missing or flagged takes those of them from one donor, drawn by
 * (seed, unit) with equal chances or in proportion to the job's weights. A record is a donor when all the items are there, none is flagged or imputed. */
#include "processing/impute/hotdeck.h"
#include "processing/job/step_methods.h"
#include "processing/job/step_rules.h"

static const struct step_option options[] = {{.key = "items", .kind = STEP_NUMBER_ITEMS, .required = true}, {.key = "min_donors", .kind = STEP_INT, .required = true, .low = 1, .high = 1000000000},
                                             {.key = "chance", .kind = STEP_CHOICE, .required = true, .words = "equal|weight"}, {.key = NULL}};

struct roles {
  uint8_t *recipient, *donor, **impute, **exclude;
};

static bool is_open(const struct step_rules *r, const struct roles *k, int v, int64_t i) {
  uint8_t status = r->t.columns[v].status[i];
  return status == VAL_BLANK || status == VAL_UNKNOWN || status == VAL_REFUSED || status == VAL_INVALID || (k->impute[v] && k->impute[v][i]);
}

static enum err_code roles_of(struct job_state *j, const struct step_rules *r, struct roles *k, struct err *e) {
  k->recipient = ARENA_ARRAY(j->arena, uint8_t, r->t.n + 1);
  k->donor = ARENA_ARRAY(j->arena, uint8_t, r->t.n + 1);
  if (!k->recipient || !k->donor) return ERR(e, E_NO_MEMORY, .subject = "hot deck");
  TRY(step_rules_flags(j, r, FLAG_IMPUTE, &k->impute, e));
  TRY(step_rules_flags(j, r, FLAG_EXCLUDE, &k->exclude, e));
  for (int64_t i = 0; i < r->t.n; i++) {
    bool good = true;
    for (int v = 0; v < r->t.p; v++) {
      uint8_t status = r->t.columns[v].status[i];
      k->recipient[i] |= is_open(r, k, v, i);
      good = good && value_present(status) && status != VAL_IMPUTED && !(k->exclude[v] && k->exclude[v][i]);
    }
    k->donor[i] = good && !k->recipient[i];
  }
  return E_OK;
}

static enum err_code weights_of(struct job_state *j, const struct step_spec *s, const struct step_rules *r, const double **out, struct err *e) {
  int64_t *all;
  if (step_value_of(s, "chance")->number == 0) return E_OK;
  TRY(job_weights(j, &all, e));
  if (!all) return ERR(e, E_JOB_VALUE, .subject = "chance", .expected = "equal: the job has weight none");
  double *w = ARENA_ARRAY(j->arena, double, r->t.n + 1);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int64_t i = 0; i < r->t.n; i++) w[i] = (double)all[r->record[i]] / STEP_ONE;
  *out = w;
  return E_OK;
}

static enum err_code take(struct job_state *j, const struct step_spec *s, const struct step_rules *r, const struct roles *k, int64_t row, int64_t donor, struct err *e) {
  const struct step_change change = {"hotdeck", NULL, r->record[donor] + 1, VAL_IMPUTED};
  bool written;
  for (int v = 0; v < r->t.p; v++)
    if (is_open(r, k, v, row)) TRY(step_rules_put(j, s, r, row, v, r->t.columns[v].x[donor], &change, &written, e));
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  struct step_rules rules;
  struct roles k;
  struct hotdeck_result result;
  int64_t served = 0;
  TRY(step_items_build(j, scope, items->items, items->n_items, &rules, e));
  TRY(roles_of(j, &rules, &k, e));
  struct hotdeck_spec spec = {.n_levels = 1, .class_of = {rules.group}, .min_donors = step_value_of(s, "min_donors")->number, .n_replicates = 1, .seed = s->seed};
  TRY(weights_of(j, s, &rules, &spec.weight, e));
  const struct hotdeck_data data = {rules.t.n, rules.t.unit, k.recipient, k.donor};
  TRY(hotdeck_run(j->arena, &spec, &data, &result, e));
  for (int64_t i = 0; i < result.n_recipients; i++) {
    if (result.outcome[i] != HOTDECK_FOUND) continue;
    TRY(take(j, s, &rules, &k, result.row[i], result.donor[i], e));
    served++;
  }
  step_note(r, "recipients", result.n_recipients);
  step_note(r, "served", served);
  step_note(r, "too_few_donors", result.n_recipients - served);
  return E_OK;
}

const struct step_method step_hotdeck = {.name = "hotdeck", .options = options, .run = run};

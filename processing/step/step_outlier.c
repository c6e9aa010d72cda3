/* step_outlier.c -- univariate outliers of one item within the by-groups (outlier.h): beyond the imputation limits the flag `impute`, beyond the
 *    exclusion limits `exclude`.
 * With `against` = previous the ratio to the same unit's last period is judged, with another item the ratio to it. */
#include <stdio.h>

#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"
#include "processing/outlier/outlier.h"

static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "limits", .kind = STEP_CHOICE, .required = true, .words = "hb|sigma_gap|fences|asymmetric|adjusted|log|mad"},
    {.key = "side", .kind = STEP_CHOICE, .words = "both|left|right"}, {.key = "against", .kind = STEP_CHOICE, .words = "previous"},
    {.key = "against_item", .kind = STEP_NUMBER_ITEM}, {.key = "impute_beyond", .kind = STEP_DECIMAL, .low = 1, .high = INT64_MAX},
    {.key = "exclude_beyond", .kind = STEP_DECIMAL, .low = 1, .high = INT64_MAX},
    {.key = "min_observations", .kind = STEP_INT, .low = 3, .high = 1000000000},
    {.key = "exponent", .kind = STEP_DECIMAL, .low = 0, .high = STEP_ONE}, {.key = NULL}};

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  (void)p;
  return kind == EXPR_SLOT_PREV && step_value_of(s, "against")->given ? name_set_add(names, step_value_of(s, "item")->items[0]->name, e) : E_OK;
}

static struct outlier_params params_of(const struct step_spec *s) {
  struct outlier_params p =
      outlier_params_of((enum outlier_method)step_value_of(s, "limits")->number, (enum outlier_side)step_value_of(s, "side")->number);
  const struct step_value *imp = step_value_of(s, "impute_beyond"), *exc = step_value_of(s, "exclude_beyond"),
                          *n = step_value_of(s, "min_observations"), *u = step_value_of(s, "exponent");
  p.has_imputation = imp->given;
  p.has_exclusion = exc->given;
  p.imputation = (double)imp->number / STEP_ONE;
  p.exclusion = (double)exc->number / STEP_ONE;
  if (n->given) p.min_obs = n->number;
  if (u->given) p.exponent = (double)u->number / STEP_ONE;
  return p;
}

/* The item of the last period beside each row; rows without a record there do not match. */
static enum err_code previous_column(
    struct job_state *j, const struct step_rules *rules, const char *name, struct num_column *out, uint8_t **matched, struct err *e) {
  *out = (struct num_column){
      name, rules->t.columns[0].decimals, ARENA_ARRAY(j->arena, double, rules->t.n + 1), ARENA_ARRAY(j->arena, uint8_t, rules->t.n + 1)};
  *matched = ARENA_ARRAY(j->arena, uint8_t, rules->t.n + 1);
  if (!out->x || !out->status || !*matched) return ERR(e, E_NO_MEMORY, .subject = name);
  double scale = 1;
  for (int d = 0; d < rules->t.columns[0].decimals; d++) scale *= 10;
  for (int64_t i = 0; i < rules->t.n; i++) {
    const struct unit_shard *shard = job_shard_of(j, rules->record[i]);
    int k = shard->previous ? table_find(shard->previous, name) : -1;
    int64_t row = rules->record[i] - shard->first_record;
    out->status[i] = k < 0 ? VAL_BLANK : shard->previous->columns[k].status[row];
    (*matched)[i] = value_present(out->status[i]);
    out->x[i] = (*matched)[i] ? (double)shard->previous->columns[k].i64[row] / scale : 0;
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *other = step_value_of(s, "against_item");
  const struct item *items[2] = {item->items[0], other->given ? other->items[0] : NULL};
  const struct outlier_params params = params_of(s);
  struct step_rules rules;
  struct outlier_groups groups;
  struct outlier_result result;
  struct num_column previous;
  uint8_t *matched = NULL;
  int64_t not_judged = 0, not_used = 0;
  TRY(outlier_params_check(&params, e));
  TRY(step_items_build(j, scope, items, other->given ? 2 : 1, &rules, e));
  struct outlier_data data = {.n = rules.t.n, .y = &rules.t.columns[0], .aux = other->given ? &rules.t.columns[1] : NULL};
  if (step_value_of(s, "against")->given) {
    TRY(previous_column(j, &rules, items[0]->name, &previous, &matched, e));
    data.aux = &previous;
    data.matched = matched;
  }
  for (int64_t i = 0; i < rules.t.n; i++)
    if (rules.group[i] < 0) return ERR(e, E_JOB_NO_GROUP, .subject = s->name);
  TRY(outlier_groups_init(&groups, j->arena, rules.group, rules.t.n, scope->n_groups, false, e));
  TRY(outlier_result_init(&result, j->arena, rules.t.n, scope->n_groups, false, e));
  TRY(outlier_run(&result, j->arena, &data, &groups, &params, e));
  for (int64_t i = 0; i < rules.t.n; i++) {
    char reason[96];
    if (result.flag[i] == OUTLIER_NONE) continue;
    bool impute = result.flag[i] == OUTLIER_ODIL || result.flag[i] == OUTLIER_ODIR;
    (void)snprintf(
        reason, sizeof reason, "%s beyond the %s limit", outlier_flag_name((enum outlier_flag)result.flag[i]), impute ? "imputation" : "exclusion");
    TRY(job_flag(j, s, items[0], rules.record[i], impute ? FLAG_IMPUTE : FLAG_EXCLUDE, reason, e));
  }
  for (int g = 0; g < scope->n_groups; g++) {
    not_judged += !result.summary[g].judged;
    not_used += result.summary[g].n_records - result.summary[g].n_used;
  }
  step_note(r, "groups_too_small", not_judged);
  step_note(r, "values_not_judged", not_used);
  return E_OK;
}

const struct step_method step_outlier = {.name = "outlier", .options = options, .wanted = wanted, .run = run};

/* step_donor.c -- nearest donor imputation of flagged values (donor.h) within the by-groups,, with the linear hard checks as edits. after: strict
 *    = a donor must satisfy all of them together with the record's own values; relaxed = the nearest donor is taken and a step `adjust` makes the
 *    values fit. */
#include <stdio.h>

#include "processing/impute/donor.h"
#include "processing/step/donor_notes.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"

static const struct step_option options[] = {{.key = "nearest", .kind = STEP_INT, .required = true, .low = 1, .high = 100000},
    {.key = "min_donors", .kind = STEP_INT, .required = true, .low = 1, .high = 1000000000},
    {.key = "percent_donors", .kind = STEP_DECIMAL, .required = true, .low = STEP_ONE, .high = 99 * (int64_t)STEP_ONE},
    {.key = "must_match", .kind = STEP_NUMBER_ITEMS}, {.key = "after", .kind = STEP_CHOICE, .required = true, .words = "strict|relaxed"},
    {.key = "limit", .kind = STEP_INT, .low = 1, .high = 1000000}, {.key = "original_only", .kind = STEP_TRUTH},
    {.key = "random", .kind = STEP_TRUTH}, {.key = NULL}};

static enum err_code must_match(
    struct job_state *j, const struct step_spec *s, const struct step_rules *rules, struct donor_spec *out, struct err *e) {
  const struct step_value *v = step_value_of(s, "must_match");
  int *columns = ARENA_ARRAY(j->arena, int, v->n_items + 1);
  if (!columns) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int i = 0; i < v->n_items; i++)
    if ((columns[i] = num_table_find(&rules->t, str_of(v->items[i]->name))) < 0)
      return ERR(e, E_JOB_VALUE, .subject = v->items[i]->name, .expected = "an item of the step's linear checks");
  out->must_match = columns;
  out->n_must_match = v->n_items;
  return E_OK;
}

static enum err_code flags_of(struct job_state *j, const struct step_rules *rules, uint8_t **out, struct err *e) {
  uint8_t **impute, **exclude, *flags = ARENA_ARRAY(j->arena, uint8_t, rules->t.p * rules->t.n + 1);
  if (!flags) return ERR(e, E_NO_MEMORY, .subject = "donors");
  TRY(step_rules_flags(j, rules, FLAG_IMPUTE, &impute, e));
  TRY(step_rules_flags(j, rules, FLAG_EXCLUDE, &exclude, e));
  for (int v = 0; v < rules->t.p; v++)
    for (int64_t i = 0; i < rules->t.n; i++) {
      uint8_t *to = &flags[v * rules->t.n + i], status = rules->t.columns[v].status[i];
      if (impute[v] && impute[v][i]) *to |= DONOR_FLAGGED;
      if (exclude[v] && exclude[v][i]) *to |= DONOR_TO_EXCLUDE;
      if (status == VAL_IMPUTED) *to |= DONOR_WAS_IMPUTED;
    }
  *out = flags;
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct step_rules rules;
  struct donor_result result;
  struct linear_system none;
  uint8_t *flags = NULL;
  TRY(step_rules_build(j, s, scope, &rules, e));
  TRY(flags_of(j, &rules, &flags, e));
  struct donor_spec spec = {.edits = rules.system,
      .post_edits = rules.system,
      .n_nearest = (int)step_value_of(s, "nearest")->number,
      .min_donors = (int)step_value_of(s, "min_donors")->number,
      .percent_donors = (double)step_value_of(s, "percent_donors")->number / STEP_ONE,
      .n_limit = (int)step_value_of(s, "limit")->number,
      .original_only = step_value_of(s, "original_only")->number != 0,
      .random = step_value_of(s, "random")->number != 0,
      .seed = s->seed};
  none = *rules.system;
  none.m = 0;
  if (step_value_of(s, "after")->number) spec.post_edits = &none;
  TRY(must_match(j, s, &rules, &spec, e));
  for (int64_t i = 0; i < rules.t.n; i++)
    if (rules.group[i] < 0) return ERR(e, E_JOB_NO_GROUP, .subject = s->name);
  const struct donor_data data = {.t = &rules.t, .flags = flags, .group = rules.group, .n_groups = scope->n_groups};
  if (rules.t.n) TRY(donor_impute(j->arena, &spec, &data, &result, e));
  else return E_OK;
  for (int64_t i = 0; i < result.n_changes; i++) {
    const struct donor_change *c = &result.changes[i];
    const struct step_change change = {"donor", NULL, rules.record[c->donor] + 1, VAL_IMPUTED};
    bool written;
    TRY(step_rules_put(j, s, &rules, c->row, c->column, c->value, &change, &written, e));
  }
  for (int k = 0; k < DONOR_OUTCOMES; k++) step_note(r, donor_outcome_name((enum donor_outcome)k), result.by_outcome[k]);
  return donor_notes(j->arena, &result, rules.t.n, scope->n_groups, r, e);
}

const struct step_method step_donor = {.name = "donor", .options = options, .run = run};

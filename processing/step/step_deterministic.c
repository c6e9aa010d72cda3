/* step_deterministic.c -- flagged values that the other values and the linear hard checks leave no choice for (deterministic.h), with the deduction
 * that gave them. */
#include <stdio.h>

#include "processing/correct/deterministic.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"

static enum err_code apply(
    struct job_state *j, const struct step_spec *s, const struct step_rules *rules, const struct corrections *c, int64_t *written, struct err *e) {
  for (int64_t i = 0; i < c->n; i++) {
    const struct correction *one = &c->list[i];
    char formula[160];
    bool wrote;
    (void)snprintf(formula, sizeof formula, "%s%s%.120s", correct_rule_name((enum correct_rule)one->rule), one->edit >= 0 ? " by " : "",
        one->edit >= 0 ? rules->system->edits[one->edit].id : "");
    const struct step_change change = {"deterministic", formula, 0, VAL_IMPUTED};
    TRY(step_rules_put(j, s, rules, one->row, one->var, one->value, &change, &wrote, e));
    *written += wrote;
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct step_rules rules;
  struct corrections list;
  struct deterministic_count count;
  uint8_t **flags;
  int64_t written = 0;
  TRY(step_rules_build(j, s, scope, &rules, e));
  TRY(step_rules_flags(j, &rules, FLAG_IMPUTE, &flags, e));
  corrections_init(&list, j->arena);
  TRY(deterministic_impute(rules.system, &rules.t, (const uint8_t *const *)flags, &list, &count, e));
  TRY(apply(j, s, &rules, &list, &written, e));
  step_note(r, "flagged", count.flagged);
  step_note(r, "determined", count.determined);
  step_note(r, "open", count.open);
  step_note(r, "infeasible_records", count.infeasible);
  step_note(r, "already_so", list.n - written);
  return E_OK;
}

const struct step_method step_deterministic = {.name = "deterministic", .run = run};

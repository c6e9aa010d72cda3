/* step_prorate.c -- parts are raked to their total (prorate.h) by the equations of the step. Records where that cannot be done are left and
 * counted. */
#include <stdio.h>

#include "processing/correct/prorate.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"

static const struct step_option options[] = {{.key = "rules", .kind = STEP_TEXT, .required = true},
    {.key = "formula", .kind = STEP_CHOICE, .required = true, .words = "basic|scaling"},
    {.key = "rounding", .kind = STEP_CHOICE, .required = true, .words = "cumulative|largest_remainder"},
    {.key = "moves", .kind = STEP_CHOICE, .required = true, .words = "always|never|imputed|original"},
    {.key = "lower", .kind = STEP_DECIMAL, .required = true, .low = INT64_MIN, .high = INT64_MAX},
    {.key = "upper", .kind = STEP_DECIMAL, .required = true, .low = INT64_MIN, .high = INT64_MAX}, {.key = "missing_as_zero", .kind = STEP_TRUTH},
    {.key = NULL}};

static enum err_code read_plan(struct job_state *j, const struct step_spec *s, struct prorate_plan *plan, const struct item ***items, struct err *e) {
  struct prorate_settings set = {.method = step_value_of(s, "formula")->number ? PRORATE_SCALING : PRORATE_BASIC,
      .rounding = step_value_of(s, "rounding")->number ? PRORATE_LARGEST_REMAINDER : PRORATE_CUMULATIVE,
      .modifier = (enum prorate_modifier)step_value_of(s, "moves")->number,
      .lower = (double)step_value_of(s, "lower")->number / STEP_ONE,
      .upper = (double)step_value_of(s, "upper")->number / STEP_ONE,
      .missing_as_zero = step_value_of(s, "missing_as_zero")->number != 0};
  TRY(prorate_parse(j->arena, str_of(step_value_of(s, "rules")->text), &set, plan, e));
  *items = ARENA_ARRAY(j->arena, const struct item *, plan->p + 1);
  if (!*items) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int v = 0; v < plan->p; v++) {
    if (!((*items)[v] = form_item(j->form, plan->names[v]))) return ERR(e, E_NUM_COLUMN, .subject = plan->names[v]);
    if ((*items)[v]->decimals > plan->set.decimals) plan->set.decimals = (*items)[v]->decimals;
  }
  return E_OK;
}

static enum err_code imputed_flags(struct job_state *j, const struct step_rules *rules, uint8_t ***out, struct err *e) {
  *out = ARENA_ARRAY(j->arena, uint8_t *, rules->t.p + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "prorating");
  for (int v = 0; v < rules->t.p; v++) {
    if (!((*out)[v] = ARENA_ARRAY(j->arena, uint8_t, rules->t.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "prorating");
    for (int64_t i = 0; i < rules->t.n; i++) (*out)[v][i] = rules->t.columns[v].status[i] == VAL_IMPUTED;
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct prorate_plan plan;
  struct step_rules rules;
  struct corrections list;
  struct prorate_count count;
  const struct item **items;
  uint8_t **imputed;
  TRY(read_plan(j, s, &plan, &items, e));
  TRY(step_items_build(j, scope, items, plan.p, &rules, e));
  TRY(imputed_flags(j, &rules, &imputed, e));
  corrections_init(&list, j->arena);
  TRY(prorate_run(&plan, &rules.t, (const uint8_t *const *)imputed, &list, &count, e));
  for (int64_t i = 0; i < list.n; i++) {
    const struct correction *one = &list.list[i];
    char formula[96];
    bool written;
    (void)snprintf(formula, sizeof formula, "prorated to %.60s",
        one->edit >= 0 && one->edit < plan.n ? plan.names[plan.balance[one->edit].total] : "its total");
    uint8_t was = rules.t.columns[one->var].status[one->row];
    const struct step_change change = {"prorate", formula, 0, was == VAL_IMPUTED ? VAL_IMPUTED : VAL_CORRECTED};
    TRY(step_rules_put(j, s, &rules, one->row, one->var, one->value, &change, &written, e));
  }
  step_note(r, "balanced", count.balanced);
  step_note(r, "prorated", count.prorated);
  step_note(r, "left", count.left);
  return E_OK;
}

const struct step_method step_prorate = {.name = "prorate", .options = options, .run = run};

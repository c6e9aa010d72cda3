/* step_flag.c -- flags values by a condition of the user: `impute` (not to be kept) or `exclude` (stays, but serves no other record). */
#include "processing/step/step_methods.h"

static const struct step_option options[] = {
    {.key = "items", .kind = STEP_ITEMS, .required = true}, {.key = "flag", .kind = STEP_CHOICE, .required = true, .words = "impute|exclude"},
    {.key = "when", .kind = STEP_CONDITION, .required = true}, {.key = "reason", .kind = STEP_TEXT, .required = true}, {.key = NULL}};

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  enum cell_flag flag = step_value_of(s, "flag")->number == 0 ? FLAG_IMPUTE : FLAG_EXCLUDE;
  uint8_t *when = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  int64_t unknown = 0;
  if (!when) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(job_condition(j, step_value_of(s, "when")->x, when, e));
  for (int64_t i = 0; i < j->n_records; i++) {
    if (!scope->selected[i]) continue;
    unknown += when[i] == EXPR_UNKNOWN;
    for (int k = 0; k < items->n_items && when[i] == EXPR_TRUE; k++)
      TRY(job_flag(j, s, items->items[k], i, flag, step_value_of(s, "reason")->text, e));
  }
  step_note(r, "condition_unknown", unknown);
  return E_OK;
}

const struct step_method step_flag = {.name = "flag", .options = options, .run = run};

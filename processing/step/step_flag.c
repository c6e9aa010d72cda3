/* step_flag.c -- flags values by a condition of the user: `impute` (not to be kept) or `exclude` (stays, but serves no other record).
 * Missing  a missing value outside its item's universe was never asked for: it is not flagged `impute`; note outside_universe counts them. */
#include "processing/step/step_methods.h"
#include "processing/step/step_view.h"

static const struct step_option options[] = {
    {.key = "items", .kind = STEP_ITEMS, .required = true}, {.key = "flag", .kind = STEP_CHOICE, .required = true, .words = "impute|exclude"},
    {.key = "when", .kind = STEP_CONDITION, .required = true}, {.key = "reason", .kind = STEP_TEXT, .required = true}, {.key = NULL}};

/* Flags one item where the condition holds; *outside: missing values that its universe does not ask for. */
static enum err_code flag_item(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const uint8_t *when,
    const struct item *item, int64_t *outside, struct err *e) {
  const enum cell_flag flag = step_value_of(s, "flag")->number == 0 ? FLAG_IMPUTE : FLAG_EXCLUDE;
  uint8_t *not_asked = NULL;
  if (flag == FLAG_IMPUTE) TRY(step_not_asked(j, item, &not_asked, e));
  for (int64_t i = 0; i < j->n_records; i++) {
    if (!scope->selected[i] || when[i] != EXPR_TRUE) continue;
    if (not_asked && not_asked[i]) (*outside)++;
    else TRY(job_flag(j, s, item, i, flag, step_value_of(s, "reason")->text, e));
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  uint8_t *when = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  int64_t unknown = 0, outside = 0;
  if (!when) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(job_condition(j, step_value_of(s, "when")->x, when, e));
  for (int64_t i = 0; i < j->n_records; i++) unknown += scope->selected[i] && when[i] == EXPR_UNKNOWN;
  for (int k = 0; k < items->n_items; k++) TRY(flag_item(j, s, scope, when, items->items[k], &outside, e));
  step_note(r, "condition_unknown", unknown);
  if (outside) step_note(r, "outside_universe", outside);
  return E_OK;
}

const struct step_method step_flag = {.name = "flag", .options = options, .run = run};

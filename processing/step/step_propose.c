/* step_propose.c -- puts records before people: where a condition holds, the record becomes a query proposal (`shirabe query ask` makes the
 * letters). */
#include "processing/step/step_methods.h"

static const struct step_option options[] = {{.key = "items", .kind = STEP_ITEMS, .required = true},
    {.key = "when", .kind = STEP_CONDITION, .required = true}, {.key = "message_ja", .kind = STEP_TEXT, .required = true},
    {.key = "message_en", .kind = STEP_TEXT, .required = true}, {.key = "remedy_ja", .kind = STEP_TEXT, .required = true},
    {.key = "remedy_en", .kind = STEP_TEXT, .required = true}, {.key = NULL}};

static const char *joined(struct arena *a, const struct step_value *v) {
  const char *out = "";
  for (int i = 0; i < v->n_items && out; i++) out = arena_printf(a, "%s%s%s", out, i ? ";" : "", v->items[i]->name);
  return out;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  uint8_t *when = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  struct job_proposal p = {joined(j->arena, step_value_of(s, "items")), step_value_of(s, "message_ja")->text, step_value_of(s, "message_en")->text,
      step_value_of(s, "remedy_ja")->text, step_value_of(s, "remedy_en")->text};
  int64_t unknown = 0;
  if (!when || !p.items) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(job_condition(j, step_value_of(s, "when")->x, when, e));
  for (int64_t i = 0; i < j->n_records; i++) {
    unknown += scope->selected[i] && when[i] == EXPR_UNKNOWN;
    if (scope->selected[i] && when[i] == EXPR_TRUE) TRY(job_propose(j, s, i, &p, e));
  }
  step_note(r, "condition_unknown", unknown);
  return E_OK;
}

const struct step_method step_propose = {.name = "propose", .options = options, .run = run};

/* step_adjust.c -- the smallest change of imputed values after which every linear hard check holds (min_adjust.h). Reported values never move. */
#include "processing/correct/min_adjust.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"

static const struct step_option options[] = {{.key = "distance", .kind = STEP_CHOICE, .required = true, .words = "quadratic|leibler"},
    {.key = "variance", .kind = STEP_CHOICE, .required = true, .words = "unit|absolute|square"}, {.key = "hold_zeros", .kind = STEP_TRUTH},
    {.key = NULL}};

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct adjust_settings set = {(enum adjust_method)step_value_of(s, "distance")->number,
      (enum adjust_weight)step_value_of(s, "variance")->number, step_value_of(s, "hold_zeros")->number != 0};
  struct step_rules rules;
  struct corrections list;
  struct adjust_count count;
  TRY(step_rules_build(j, s, scope, &rules, e));
  uint8_t **movable = ARENA_ARRAY(j->arena, uint8_t *, rules.t.p + 1);
  if (!movable) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int v = 0; v < rules.t.p; v++) {
    if (rules.item[v] < 0) continue;
    if (!(movable[v] = ARENA_ARRAY(j->arena, uint8_t, rules.t.n + 1))) return ERR(e, E_NO_MEMORY, .subject = s->name);
    for (int64_t i = 0; i < rules.t.n; i++) movable[v][i] = rules.t.columns[v].status[i] == VAL_IMPUTED;
  }
  corrections_init(&list, j->arena);
  TRY(min_adjust(rules.system, &rules.t, (const uint8_t *const *)movable, &set, &list, &count, e));
  for (int64_t i = 0; i < list.n; i++) {
    const struct step_change change = {"adjust", "smallest change", 0, VAL_IMPUTED};
    bool written;
    TRY(step_rules_put(j, s, &rules, list.list[i].row, list.list[i].var, list.list[i].value, &change, &written, e));
  }
  step_note(r, "held", count.held);
  step_note(r, "adjusted", count.adjusted);
  step_note(r, "whole_best", count.whole_best); /* proved: no whole answer changes less */
  step_note(r, "whole_near", count.whole_near);
  step_note(r, "left", count.left);
  return E_OK;
}

const struct step_method step_adjust = {.name = "adjust", .options = options, .run = run};

/* step_obvious.c -- errors whose repair is obvious in the linear hard checks (obvious.h), before any localisation: rounding differences of
 *    equations, slips of the keys.
 * Values   with a missing or unclear answer stay; records that are left are counted. Keys, constants and derived items never move. */
#include "processing/correct/obvious.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"

static const struct step_option options[] = {{.key = "kind", .kind = STEP_CHOICE, .required = true, .words = "rounding|typing"},
                                             {.key = "most", .kind = STEP_INT, .low = 1, .high = 1000000},
                                             {.key = "slips", .kind = STEP_CHOICE, .words = "digits|keys|all"},
                                             {.key = NULL}};

static enum err_code fixed_columns(struct job_state *j, const struct step_rules *rules, uint8_t ***out, struct err *e) {
  *out = ARENA_ARRAY(j->arena, uint8_t *, rules->t.p + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "obvious");
  for (int v = 0; v < rules->t.p; v++) {
    const struct item *it = rules->item[v] < 0 ? NULL : &j->form->items[rules->item[v]];
    if (it && !it->required && it->origin == ORIGIN_REPORTED) continue;
    if (!((*out)[v] = ARENA_ARRAY(j->arena, uint8_t, rules->t.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "obvious");
    for (int64_t i = 0; i < rules->t.n; i++) (*out)[v][i] = 1;
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *most = step_value_of(s, "most");
  const struct step_value *kinds = step_value_of(s, "slips");
  static const unsigned sets[] = {TYPING_DIGITS, TYPING_KEYS, TYPING_ALL};
  const unsigned slips = kinds->given ? sets[kinds->number] : TYPING_DIGITS; /* form_folder.md: digits where not said */
  bool typing = step_value_of(s, "kind")->number == 1;
  struct step_rules rules;
  struct corrections list;
  struct obvious_count count;
  uint8_t **fixed;
  if (!typing && !most->given) return ERR(e, E_JOB_VALUE, .subject = "most", .expected = "how many units an equation may be missed by");
  TRY(step_rules_build(j, s, scope, &rules, e));
  TRY(fixed_columns(j, &rules, &fixed, e));
  corrections_init(&list, j->arena);
  if (typing) TRY(typing_correct(rules.system, &rules.t, (const uint8_t *const *)fixed, slips, &list, &count, e));
  else TRY(rounding_correct(rules.system, &rules.t, (const uint8_t *const *)fixed, (double)most->number, &list, &count, e));
  for (int64_t i = 0; i < list.n; i++) {
    const struct step_change change = {correct_rule_name((enum correct_rule)list.list[i].rule), NULL, 0, VAL_CORRECTED};
    bool written;
    TRY(step_rules_put(j, s, &rules, list.list[i].row, list.list[i].var, list.list[i].value, &change, &written, e));
  }
  step_note(r, "clean", count.clean);
  step_note(r, "corrected", count.corrected);
  step_note(r, "left", count.left);
  return E_OK;
}

const struct step_method step_obvious = {.name = "obvious", .options = options, .run = run};

/* Prorating: outstatus exactly the same fields and values, outreject exactly the same units. */
#include "processing/correct/prorate.h"

#include <math.h>

#include "tests/conform/edit/correct_case.h"

enum verdict prorate_case_run(const struct edit_case *c);

/* I.. was imputed; IDE counts as reported. */
static bool imputed_before(struct str status) { return status.n > 0 && status.p[0] == 'I' && !str_eq(status, STR("IDE")); }

static struct prorate_settings settings(const struct edit_case *c) {
  const char modifier = case_text(c, "modifier", "A")[0], method = case_text(c, "method", "B")[0];
  return (struct prorate_settings){.method = (method | 0x20) == 's' ? PRORATE_SCALING : PRORATE_BASIC,
                                   .modifier = (modifier | 0x20) == 'i' ? PRORATE_IMPUTED : (modifier | 0x20) == 'o'
                                       ? PRORATE_ORIGINAL : (modifier | 0x20) == 'n' ? PRORATE_NEVER : PRORATE_ALWAYS,
                                   .decimals = (int)case_number(c, "decimal", 0),
                                   .lower = case_number(c, "lower_bound", 0),
                                   .upper = case_number(c, "upper_bound", INFINITY),
                                   .accept_negative = case_flag(c, "accept_negative"),
                                   .missing_as_zero = true};
}
static enum err_code run(const struct edit_case *c, struct prorate_plan *plan, struct num_table *t, struct corrections *got, struct err *e) {
  const struct prorate_settings set = settings(c);
  const char *text = case_upper(c->arena, case_text(c, "edits", ""));
  const uint8_t **imputed = NULL;
  struct prorate_count count;
  TRY(prorate_parse(c->arena, str_of(text), &set, plan, e));
  TRY(case_num_table(c, &c->data, plan->names, plan->p, t, e));
  TRY(correct_check_units(c->arena, t, e));
  if (c->status.n_columns) TRY(correct_case_flags(c, t, plan->names, plan->p, imputed_before, &imputed, e));
  if (case_flag(c, "verify_edits")) return E_OK; /* the rules are only checked */
  return prorate_run(plan, t, imputed, got, &count, e);
}
static bool same_rejects(const struct edit_case *c, const struct cells *expected, const struct num_table *t, const struct corrections *got) {
  const char *words[4];
  (void)case_words(c, "unit_id", words, 4);
  const int id = cells_find(expected, words[0]);
  bool same = expected->n_rows == got->n_markers;
  for (int64_t i = 0; i < expected->n_rows; i++) {
    bool found = false;
    for (int64_t k = 0; k < got->n_markers; k++) found |= str_eq(cells_at(expected, i, id)->text, t->unit[got->markers[k].row]);
    same &= found;
  }
  for (int64_t k = 0; k < got->n_markers && !same; k++)
    fprintf(c->say, "   left %.*s: %s\n", (int)t->unit[got->markers[k].row].n, t->unit[got->markers[k].row].p,
        correct_reason_name(got->markers[k].reason));
  return same;
}
enum verdict prorate_case_run(const struct edit_case *given) {
  struct edit_case copy = *given, *c = &copy;
  struct prorate_plan plan;
  struct num_table t;
  struct corrections got;
  struct cells status, reject;
  struct err e = {0};
  corrections_init(&got, c->arena);
  if (!correct_case_valid(c)) return c->must_refuse ? PASSED : FAILED;
  const enum err_code code = run(c, &plan, &t, &got, &e);
  if (code || c->must_refuse) {
    fprintf(c->say, code ? "   refused: %s %s\n" : "   must be refused%s%s\n", code ? err_name(code) : "", e.subject);
    return code && c->must_refuse ? PASSED : FAILED;
  }
  if (correct_case_expected(c, "outstatus", &status, &e) || correct_case_expected(c, "outreject", &reject, &e)) return FAILED;
  if (status.n_columns + reject.n_columns == 0) return UNSUPPORTED;
  const bool values = status.n_columns == 0 || correct_case_same(c, &status, &t, plan.names, &got, 1e-8);
  return (reject.n_columns == 0 || same_rejects(c, &reject, &t, &got)) && values ? PASSED : FAILED;
}

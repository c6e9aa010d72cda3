/* Deterministic imputation: the pack's outstatus, exactly the same fields, values to 1e-8. */
#include "processing/correct/deterministic.h"

#include <string.h>

#include "tests/conform/edit/correct_case.h"
#include "tests/conform/edit/runner.h"

enum verdict deterministic_run(const struct edit_case *c);

static bool to_impute(struct str status) { return str_eq(status, STR("FTI")); }

/* A case may name another of its file whose choice of items to impute it starts from. */
static const struct json_value *choices(const struct edit_case *c, struct json_document **d) {
  const char *note = json_string(json_member(c->whole, "note")), *id = note ? strstr(note, "banff_choice of ") : NULL;
  struct err e = {0};
  if (!id || case_file(c->arena, c->folder, "cases.json", d, &e)) return NULL;
  id += strlen("banff_choice of ");
  for (size_t i = 0; i < json_length(json_root(*d)); i++) {
    const struct json_value *other = json_element(json_root(*d), i);
    const char *name = json_string(json_member(other, "id"));
    if (name && strcmp(name, id) == 0) return json_member(other, "expected_failing");
  }
  return NULL;
}
static void set_choice(const struct json_value *v, const struct num_table *t, const struct linear_system *s, const uint8_t **flag) {
  const char *unit = json_string(json_member(v, "unit"));
  const struct json_value *fields = json_member(v, "banff_choice");
  for (int64_t row = 0; unit && row < t->n; row++) {
    if (!str_eq(t->unit[row], str_of(unit))) continue;
    for (size_t k = 0; k < json_length(fields); k++) {
      const char *field = json_string(json_element(fields, k));
      const int j = field ? linear_find(s, str_of(field)) : -1;
      if (j >= 0) ((uint8_t *)(uintptr_t)flag[j])[row] = 1;
    }
  }
}
static enum err_code run(const struct edit_case *c, struct linear_system *s, struct num_table *t, struct corrections *got, struct err *e) {
  const uint8_t **flag;
  struct deterministic_count count;
  TRY(case_edits(c, "edits", s, e));
  TRY(case_num_table(c, &c->data, s->names, s->p, t, e));
  TRY(correct_check_units(c->arena, t, e));
  TRY(correct_case_flags(c, t, s->names, s->p, to_impute, &flag, e));
  struct json_document *d = NULL;
  const struct json_value *chosen = choices(c, &d);
  for (size_t i = 0; i < json_length(chosen); i++) set_choice(json_element(chosen, i), t, s, flag);
  json_release(d);
  return deterministic_impute(s, t, flag, got, &count, e);
}
enum verdict deterministic_run(const struct edit_case *given) {
  struct edit_case copy = *given, *c = &copy;
  struct linear_system s;
  struct num_table t;
  struct corrections got;
  struct cells expected;
  struct err e = {0};
  corrections_init(&got, c->arena);
  if (!correct_case_valid(c)) return c->must_refuse ? PASSED : FAILED;
  const enum err_code code = run(c, &s, &t, &got, &e);
  if (code || c->must_refuse) {
    fprintf(c->say, code ? "   refused: %s %s\n" : "   must be refused%s%s\n", code ? err_name(code) : "", e.subject);
    return code && c->must_refuse ? PASSED : FAILED;
  }
  if (correct_case_expected(c, "outstatus", &expected, &e)) return FAILED;
  if (expected.n_columns == 0) return UNSUPPORTED;
  return correct_case_same(c, &expected, &t, s.names, &got, 1e-8) ? PASSED : FAILED;
}

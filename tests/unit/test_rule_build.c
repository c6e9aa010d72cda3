/* Checks as clauses, by hand; what is refused and why; what clauses say together. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "processing/edit/rule_part.h"
#include "processing/edit/rule_search.h"
#include "tests/unit/rule_fixture.h"

static struct rule_form build(struct small *s) {
  struct rule_form f;
  struct err e;
  assert_int_equal(rule_build(s->arena, &s->form, "unit", &f, &e), E_OK);
  return f;
}
static const char *atom_text(struct small *s, const struct rule_form *f, int rule, int atom) {
  struct strbuf b;
  struct err e;
  const struct rule_atom *a = &f->set.rules[rule].atoms[atom];
  strbuf_init(&b, 0);
  if (a->category) strbuf_addf(&b, "%s:%llu", f->set.categories[a->k].name, (unsigned long long)a->set[0]);
  else assert_int_equal(linear_print(&f->set.numeric, &a->linear, &b, &e), E_OK);
  if (a->strict) strbuf_adds(&b, " strict");
  const char *text = arena_strdup(s->arena, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return text;
}
/* The universe turned round comes first: industry not A = {B, C, D} = 14. pay < bonus of whole yen is pay - bonus <= -1; hours in tenths: > 2.5 is
 * >= 2.6. */
static void universe_then_rule(void **state) {
  struct small *s = rule_small_new();
  (void)state;
  rule_check(s, "U", "industry = 'A'", "pay < bonus");
  rule_check(s, "T", "", "hours > 2.5");
  struct rule_form f = build(s);
  assert_int_equal(f.set.n_rules, 2);
  assert_int_equal(f.set.rules[0].n_atoms, 2);
  assert_int_equal(f.set.rules[0].n_if, 1);
  assert_string_equal(atom_text(s, &f, 0, 0), "industry:14");
  assert_string_equal(atom_text(s, &f, 0, 1), "pay - bonus <= -1");
  assert_string_equal(atom_text(s, &f, 1, 0), "-hours <= -2.6");
  assert_true(f.set.numeric.upper[linear_find(&f.set.numeric, STR("pay"))] == 100000);
  small_free(s);
}
/* total is derived: pay + bonus. x / 4 multiplies the other side. */
static void derived_items_and_divisions(void **state) {
  struct small *s = rule_small_new();
  (void)state;
  rule_check(s, "D", "", "total / 4 <= 2.5");
  rule_check(s, "B", "", "abs(pay - bonus) <= 3");
  struct rule_form f = build(s);
  assert_string_equal(atom_text(s, &f, 0, 0), "pay + bonus <= 10");
  assert_int_equal(f.set.n_rules, 3);
  assert_string_equal(atom_text(s, &f, 1, 0), "pay - bonus <= 3");
  assert_string_equal(atom_text(s, &f, 2, 0), "-pay + bonus <= 3");
  small_free(s);
}
/* workers has no minimum: guarded on both sides; with min 1 it is multiplied at once; with min 0 guarded by workers <= 0. */
static void ratios_are_guarded(void **state) {
  static const int want_rules[] = {2, 1, 1}, want_atoms[] = {2, 1, 2};
  (void)state;
  for (int k = 0; k < 3; k++) {
    struct small *s = rule_small_new();
    s->form.items[3].has_min = k > 0;
    s->form.items[3].min = k == 1;
    rule_check(s, "R", "", "unit(pay, '') / unit(workers, '') >= 20");
    struct rule_form f = build(s);
    assert_int_equal(f.n_used, 1);
    assert_int_equal(f.set.n_rules, want_rules[k]);
    assert_int_equal(f.set.rules[0].n_atoms, want_atoms[k]);
    assert_string_equal(atom_text(s, &f, 0, want_atoms[k] - 1), "-pay + 20*workers <= 0");
    small_free(s);
  }
}
static void constants_of_the_record(void **state) {
  struct small *s = rule_small_new();
  (void)state;
  rule_check(s, "P", "", "pay <= 2 * prev(pay)");
  rule_check(s, "C", "", "industry = prev(industry)");
  struct rule_form f = build(s);
  assert_int_equal(f.n_used, 2);
  assert_string_equal(atom_text(s, &f, 0, 0), "pay - 2*prev(pay) <= 0");
  assert_null(f.set.parameter[0]);
  assert_non_null(f.set.parameter[1]);
  assert_int_equal(f.set.n_categories, 2);
  assert_non_null(f.set.categories[1].parameter);
  assert_int_equal(f.set.n_rules, 5); /* one per code of industry */
  small_free(s);
}
static void refused_with_the_reason(void **state) {
  static const struct {
    const char *expression;
    enum rule_refusal why;
  } cases[] = {{"missing(total)", RULE_PRESENCE},
               {"unit(pay, '') * unit(bonus, '') > 1", RULE_PRODUCT},
               {"mod(pay, 2) = 1", RULE_NO_SUM},
               {"unit_id = 'x'", RULE_TEXT},
               {"pay - pay <= bonus", RULE_CANCELS},
               {"unit(pay,'') / unit(bonus,'') > unit(workers,'')", RULE_RATIO},
               {"pay >= 0 or missing(bonus)", RULE_USED},
               {"missing(pay) or pay >= 0", RULE_USED},
               {"if not blank(pay) then pay >= 0", RULE_USED}};
  enum { N = sizeof cases / sizeof *cases };
  struct small *s = rule_small_new();
  (void)state;
  for (int i = 0; i < N; i++) rule_check(s, arena_printf(s->arena, "X%d", i), "", cases[i].expression);
  small_check(s, "I", SEVERITY_INFO, NULL, "pay > 0");
  struct rule_form f = build(s);
  for (int i = 0; i < N; i++)
    if (f.refusal[i] != cases[i].why)
      fail_msg("%s: %s, expected %s", cases[i].expression, rule_refusal_text(f.refusal[i], false), rule_refusal_text(cases[i].why, false));
  assert_int_equal(f.refusal[N], RULE_INFORMATION);
  assert_int_equal(f.n_refused, N - 2);
  small_free(s);
}
/* A: IF industry = A THEN pay <= 5; B: IF industry = A THEN pay >= 9: no record of industry A can pass; others can. C repeats a part of A. */
static void contradictory_ifs_are_named(void **state) {
  struct small *s = rule_small_new();
  struct rule_review r;
  struct err e;
  (void)state;
  rule_check(s, "A", "", "if industry = 'A' then pay <= 5");
  rule_check(s, "B", "", "if industry = 'A' then pay >= 9");
  rule_check(s, "N", "", "bonus >= 0");
  rule_check(s, "C", "", "pay <= 7 or bonus >= -3");
  struct rule_form f = build(s);
  assert_int_equal(rule_review(s->arena, &f.set, &r, &e), E_OK);
  assert_int_equal(r.possible, RULE_POSSIBLE);
  assert_int_equal(r.finding[0], RULE_NEVER_APPLIES);
  assert_int_equal(r.finding[1], RULE_NEVER_APPLIES);
  assert_int_equal(r.n_because[0], 2);
  assert_string_equal(f.set.rules[r.because[0][0]].id, "A");
  assert_string_equal(f.set.rules[r.because[0][1]].id, "B");
  assert_int_equal(r.finding[2], RULE_FINE);
  assert_int_equal(r.finding[3], RULE_SAID); /* bonus >= 0 is enough */
  small_free(s);
}
static void a_conflict_of_clauses_is_minimal(void **state) {
  struct small *s = rule_small_new();
  struct rule_review r;
  struct err e;
  (void)state;
  rule_check(s, "A", "", "if industry in {'A','B'} then pay <= 5");
  rule_check(s, "N", "", "bonus >= 0");
  rule_check(s, "B", "", "industry != 'C' and industry != 'D'");
  rule_check(s, "D", "", "pay + bonus >= 9 and bonus <= 3");
  struct rule_form f = build(s);
  assert_int_equal(rule_review(s->arena, &f.set, &r, &e), E_OK);
  assert_int_equal(r.possible, RULE_IMPOSSIBLE);
  for (int i = 0; i < r.n_conflict; i++) assert_string_not_equal(f.set.rules[r.conflict[i]].id, "N");
  assert_int_equal(r.n_conflict, 5); /* A, both halves of B, both of D */
  small_free(s);
}
static void the_condition_that_most_share(void **state) {
  struct small *s = rule_small_new();
  struct rule_part part;
  struct err e;
  (void)state;
  rule_check(s, "1", "industry = 'A'", "pay <= bonus");
  rule_check(s, "2", "industry = 'A'", "bonus <= 9");
  rule_check(s, "3", "industry = 'B'", "bonus <= 5");
  rule_check(s, "4", "", "pay >= 1");
  struct rule_form f = build(s);
  assert_int_equal(rule_linear_part(s->arena, &f.set, &part, &e), E_OK);
  assert_int_equal(part.system.m, 3);
  assert_int_equal(part.system.p, 2);
  assert_true(part.condition->set[0] == 14);
  small_free(s);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(universe_then_rule), cmocka_unit_test(derived_items_and_divisions), cmocka_unit_test(ratios_are_guarded),
      cmocka_unit_test(constants_of_the_record), cmocka_unit_test(refused_with_the_reason), cmocka_unit_test(contradictory_ifs_are_named),
      cmocka_unit_test(a_conflict_of_clauses_is_minimal), cmocka_unit_test(the_condition_that_most_share),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

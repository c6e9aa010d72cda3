/* Checks as clauses, by hand; what is refused and why; what clauses say together. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/date.h"
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
/* A form with a date and a code of an open list beside the small form's items. */
static struct small *dated_new(void) {
  struct item items[SMALL_ITEMS + 2];
  struct small *s = rule_small_new();
  memcpy(items, small_items, sizeof small_items);
  items[SMALL_ITEMS] = (struct item){.name = "day", .type = COL_INT, .class = CLASS_DATE};
  items[SMALL_ITEMS + 1] = (struct item){.name = "cause", .type = COL_CODE, .class = CLASS_CODE};
  small_items_into(s, &s->form, items, SMALL_ITEMS + 2);
  small_list(s, 1, 4);
  small_list(s, SMALL_ITEMS + 1, 1);
  ((struct codelist *)(uintptr_t)s->form.items[SMALL_ITEMS + 1].codelist)->structure = "icd10";
  return s;
}
/* Does the check that has one clause of one linear atom over one date hold on this day? */
static bool holds_on(const struct rule_form *f, int rule, int64_t day) {
  const struct linear_edit *l = &f->set.rules[rule].atoms[0].linear;
  assert_true(f->set.rules[rule].n_atoms == 1 && l->n == 1 && l->op == LINEAR_LE);
  return l->coef[0] * (double)day <= l->rhs;
}
/* Every day of 60 years, leap days among them, against the calendar itself. */
static void years_are_bounds_of_days(void **state) {
  static const char *const texts[] = {"year(day) >= 2004", "year(day) < 1999", "age(day, date('2022-04-01')) >= 16",
                                      "age(day, date('2020-02-29')) < 20",
                                      "age(date('2000-02-29'), day) >= 18", "age(date('1999-07-07'), day) <= -1", "age(day, date('2021-02-28')) > 0"};
  enum { N = sizeof texts / sizeof *texts };
  struct small *s = dated_new();
  (void)state;
  for (int i = 0; i < N; i++) rule_check(s, arena_printf(s->arena, "Y%d", i), "", texts[i]);
  rule_check(s, "EQ", "", "year(day) = 2004");
  rule_check(s, "TWO", "", "age(day, day) = 0");
  struct rule_form f = build(s);
  assert_int_equal(f.n_used, N + 1);
  assert_int_equal(f.refusal[N + 1], RULE_NO_SUM); /* two dates that may both change */
  assert_int_equal(f.set.n_rules, N + 2);
  for (int64_t day = date_from_civil(1970, 1, 1); day < date_from_civil(2030, 1, 1); day++) {
    int64_t year, month, of;
    date_to_civil(day, &year, &month, &of);
    const bool want[N] = {year >= 2004,
                          year < 1999,
                          date_age(day, date_from_civil(2022, 4, 1)) >= 16,
                          date_age(day, date_from_civil(2020, 2, 29)) < 20,
                          date_age(date_from_civil(2000, 2, 29), day) >= 18,
                          date_age(date_from_civil(1999, 7, 7), day) <= -1,
                          date_age(day, date_from_civil(2021, 2, 28)) > 0};
    for (int i = 0; i < N; i++)
      if (holds_on(&f, i, day) != want[i]) fail_msg("%s on day %lld", texts[i], (long long)day);
    assert_int_equal(holds_on(&f, N, day) && holds_on(&f, N + 1, day), year == 2004);
  }
  small_free(s);
}
/* Codes of an open list fall into the classes that the conditions tell apart: any code has a class, and the class says what the conditions say. */
static void open_lists_are_classes(void **state) {
  struct small *s = dated_new();
  char code[8];
  uint64_t truths;
  (void)state;
  rule_check(s, "O", "industry = 'A'", "not (prefix(cause, 1) = 'O')");
  rule_check(s, "R", "prefix(cause, 3) in {'R95','C61'}", "pay >= 5");
  rule_check(s, "U", "", "prefix(cause, 4) != 'U071'");
  rule_check(s, "L", "", "len(cause) between 3 and 5");
  rule_check(s, "P", "", "not missing(cause)");
  struct rule_form f = build(s);
  assert_int_equal(f.n_used, 5);
  const struct rule_atom *o = &f.set.rules[0].atoms[1], *r = &f.set.rules[1].atoms[0], *u = &f.set.rules[2].atoms[0], *l = &f.set.rules[3].atoms[0];
  const struct rule_category *k = &f.set.categories[o->k];
  assert_true(k->classes && o->k == r->k && o->k == u->k && o->k == l->k);
  assert_true(f.set.categories[f.set.rules[4].atoms[0].k].presence);
  for (int i = 0; i < 26 * 100 * 11; i++) {
    (void)snprintf(code, sizeof code, i % 11 == 10 ? "%c%02d" : "%c%02d%d", 'A' + i / 1100, i / 11 % 100, i % 11);
    assert_true(rule_class_truths(k->classes, str_of(code), &truths));
    const int class = rule_class_of(k, &truths);
    assert_true(class >= 0);
    assert_int_equal(o->set[class / 64] >> (class % 64) & 1, code[0] != 'O');
    assert_int_equal(r->set[class / 64] >> (class % 64) & 1, strncmp(code, "R95", 3) != 0 && strncmp(code, "C61", 3) != 0);
    assert_int_equal(u->set[class / 64] >> (class % 64) & 1, strcmp(code, "U071") != 0);
    assert_int_equal(l->set[class / 64] >> (class % 64) & 1, 1);
  }
  assert_true(k->n_codes <= 8);
  small_free(s);
}
/* answer(x): codes there 1, blank 2, not applicable 4, unknown 8 ...; beside a part that needs x the question goes. */
static void questions_for_answers(void **state) {
  struct small *s = rule_small_new();
  (void)state;
  rule_check(s, "A", "", "not missing(pay)");
  rule_check(s, "B", "", "if industry = 'A' then not (blank(hours) or na(hours))");
  rule_check(s, "C", "missing(prev(pay))", "pay >= 1");
  rule_check(s, "D", "", "missing(pay) or pay >= 0");
  struct rule_form f = build(s);
  assert_int_equal(f.n_used, 4);
  assert_int_equal(f.set.n_rules, 5);
  assert_string_equal(atom_text(s, &f, 0, 0), "answer(pay):1");
  assert_string_equal(atom_text(s, &f, 1, 1), "answer(hours):125");
  assert_string_equal(atom_text(s, &f, 2, 1), "answer(hours):123");
  assert_string_equal(atom_text(s, &f, 3, 0), "answer(prev(pay)):1");
  assert_non_null(f.set.categories[f.set.rules[3].atoms[0].k].parameter);
  assert_int_equal(f.set.rules[4].n_atoms, 1);
  assert_string_equal(atom_text(s, &f, 4, 0), "-pay <= 0");
  small_free(s);
}
static void soft_checks_need_a_weight(void **state) {
  struct small *s = rule_small_new();
  (void)state;
  small_check(s, "S", SEVERITY_SOFT, NULL, "pay > 0");
  small_check(s, "W", SEVERITY_SOFT, NULL, "pay > 1");
  ((struct check *)(uintptr_t)&s->form.checks[1])->weight = 2500000;
  struct rule_form f = build(s);
  assert_int_equal(f.refusal[0], RULE_NO_WEIGHT);
  assert_int_equal(f.set.n_rules, 1);
  assert_true(f.set.rules[0].soft && f.set.rules[0].weight == 2.5);
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
      cmocka_unit_test(constants_of_the_record), cmocka_unit_test(refused_with_the_reason), cmocka_unit_test(years_are_bounds_of_days),
      cmocka_unit_test(open_lists_are_classes), cmocka_unit_test(questions_for_answers),
      cmocka_unit_test(soft_checks_need_a_weight), cmocka_unit_test(contradictory_ifs_are_named),
      cmocka_unit_test(a_conflict_of_clauses_is_minimal), cmocka_unit_test(the_condition_that_most_share),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

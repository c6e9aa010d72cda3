/* What small sets of linear edits say together; every number worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "processing/edit/rule_analysis.h"

static struct arena *arena;
static struct rule_analysis analyse(const char *text, bool negative) {
  struct linear_system s;
  struct rule_analysis r;
  struct err e;
  assert_int_equal(linear_parse(arena, str_of(text), negative, &s, &e), E_OK);
  assert_int_equal(rule_analyse(arena, &s, &r, &e), E_OK);
  return r;
}
static int begin(void **state) {
  (void)state;
  arena = arena_new(0);
  return arena ? 0 : 1;
}
static int end(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

/* B plays no part: only the two about A are named. */
static void a_conflict_is_minimal(void **state) {
  struct rule_analysis r = analyse("B <= 4; A >= 5; B >= 1; A <= 3;", false);
  (void)state;
  assert_false(r.consistent);
  assert_int_equal(r.n_conflict, 2);
  assert_int_equal(r.conflict[0], 1);
  assert_int_equal(r.conflict[1], 3);
}
/* A + B = 10 in two halves, A <= 8: B = 10 - A is 2 .. 10, so that B >= 0 says nothing. */
static void two_halves_make_an_equation(void **state) {
  struct rule_analysis r = analyse("A + B <= 10; A + B >= 10; A <= 8;", false);
  static const enum rule_state want[] = {RULE_HIDDEN_EQUALITY, RULE_HIDDEN_REDUNDANT, RULE_RESTRICTS, RULE_RESTRICTS, RULE_REDUNDANT};
  (void)state;
  assert_true(r.consistent);
  assert_int_equal(r.rows.m, 5);
  for (int i = 0; i < 5; i++) assert_int_equal(r.state[i], want[i]);
  assert_int_equal(r.minimal.m, 3);
  assert_int_equal(r.minimal.edits[0].op, LINEAR_EQ);
  assert_true(r.lower[0] == 0 && r.upper[0] == 8 && r.lower[1] == 2 && r.upper[1] == 10);
}
static void a_variable_can_be_determined(void **state) {
  struct rule_analysis r = analyse("A + B = 7; B <= 3; A <= 4; C >= A;", false);
  (void)state;
  assert_true(r.determined[0] && r.determined[1] && !r.determined[2]);
  assert_true(r.lower[0] == 4 && r.upper[1] == 3 && r.lower[2] == 4 && isinf(r.upper[2]));
}
/* The fourth is the second times three: found as its duplicate, and one of them goes. */
static void duplicates_are_found_after_scaling(void **state) {
  struct rule_analysis r = analyse("A <= 9; A + 2*B <= 6; B >= 1; 3*A + 6*B <= 18;", true);
  (void)state;
  assert_int_equal(r.duplicate_of[3], 1);
  assert_int_equal(r.duplicate_of[1], -1);
  assert_int_equal(r.state[3], RULE_TIGHT);
  assert_int_equal(r.state[0], RULE_REDUNDANT); /* A <= 6 - 2 B <= 4 */
  assert_int_equal(r.minimal.m, 2);
}
/* A <= B and B <= C give A <= C; with C <= 9 also B <= 9 and A <= 9: three. */
static void implied_edits_of_a_chain(void **state) {
  struct rule_analysis r = analyse("A <= B; B <= C; C <= 9;", true);
  struct linear_system implied;
  bool complete;
  struct err e;
  struct strbuf b;
  (void)state;
  assert_int_equal(rule_implied(arena, &r.minimal, 100, &implied, &complete, &e), E_OK);
  assert_true(complete);
  assert_int_equal(implied.m, 3);
  strbuf_init(&b, 0);
  for (int i = 0; i < implied.m; i++) {
    assert_int_equal(linear_print(&implied, &implied.edits[i], &b, &e), E_OK);
    strbuf_addc(&b, ';');
  }
  assert_string_equal(strbuf_cstr(&b), "A - C <= 0;B <= 9;A <= 9;");
  strbuf_release(&b);
}
/* The triangle (0,0) (6,0) (0,3); of cardinality at most 1 all three, at most 0 only the origin. */
static void points_of_a_triangle(void **state) {
  struct rule_analysis r = analyse("A + 2*B <= 6;", false);
  struct rule_points points;
  struct err e;
  double sum[2] = {0, 0};
  (void)state;
  assert_int_equal(rule_extremal(arena, &r.minimal, 1, &points, &e), E_OK);
  assert_int_equal(points.n, 3);
  for (int k = 0; k < 3; k++) sum[0] += points.x[2 * k], sum[1] += points.x[2 * k + 1];
  assert_true(sum[0] == 6 && sum[1] == 3);
  assert_int_equal(rule_extremal(arena, &r.minimal, 0, &points, &e), E_OK);
  assert_int_equal(points.n, 1);
}
/* A half plane has no corner. */
static void an_unpointed_region_has_no_points(void **state) {
  struct rule_analysis r = analyse("A + B <= 6;", true);
  struct rule_points points;
  struct err e;
  (void)state;
  assert_int_equal(rule_extremal(arena, &r.minimal, 2, &points, &e), E_OK);
  assert_int_equal(points.n, 0);
}
static void no_rule_is_refused(void **state) {
  struct linear_system s;
  struct rule_analysis r;
  struct err e;
  (void)state;
  assert_int_equal(linear_parse(arena, STR(" ; "), false, &s, &e), E_OK);
  assert_int_equal(rule_analyse(arena, &s, &r, &e), E_RULES_NONE);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_conflict_is_minimal, begin, end),
      cmocka_unit_test_setup_teardown(two_halves_make_an_equation, begin, end),
      cmocka_unit_test_setup_teardown(a_variable_can_be_determined, begin, end),
      cmocka_unit_test_setup_teardown(duplicates_are_found_after_scaling, begin, end),
      cmocka_unit_test_setup_teardown(implied_edits_of_a_chain, begin, end),
      cmocka_unit_test_setup_teardown(points_of_a_triangle, begin, end),
      cmocka_unit_test_setup_teardown(an_unpointed_region_has_no_points, begin, end),
      cmocka_unit_test_setup_teardown(no_rule_is_refused, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

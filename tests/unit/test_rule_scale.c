/* Rule analysis at the sizes constants may have: the same shape in yen, thousands and billions gives the same findings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#include "processing/edit/rule_analysis.h"

static struct arena *analyse(const char *text, struct rule_analysis *r) {
  struct arena *a = arena_new(0);
  struct linear_system s;
  struct err e = {0};
  assert_non_null(a);
  assert_int_equal(linear_parse(a, str_of(text), false, &s, &e), E_OK);
  assert_int_equal(rule_analyse(a, &s, r, &e), E_OK);
  return a;
}
/* A = 0 and B = 2 C follow: bounds exactly, all three determined, one vertex. */
static void huge_constants_determine_as_small_ones_do(void **state) {
  struct rule_analysis r;
  struct rule_points points;
  struct err e = {0};
  (void)state;
  struct arena *a = analyse("A + 5*B <= 100000000; 2*C = 20000000; A - B + 300*C = 2980000000;", &r);
  assert_true(r.consistent && r.determined[0] && r.determined[1] && r.determined[2]);
  assert_true(r.lower[0] == 0 && r.upper[0] == 0 && r.lower[1] == 20000000 && r.upper[2] == 10000000);
  assert_int_equal(rule_extremal(a, &r.minimal, 3, &points, &e), E_OK);
  assert_int_equal(points.n, 1);
  arena_free(a);
}
/* A square of side `scale`: four vertices at every size. */
static void vertices_do_not_depend_on_the_size(void **state) {
  static const double sizes[] = {1e-4, 1, 1e6, 1e9, 1e12};
  (void)state;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char text[128];
    struct rule_analysis r;
    struct rule_points points;
    struct err e = {0};
    snprintf(text, sizeof text, "A <= %.17g; B <= %.17g; A + B <= %.17g;", sizes[i], sizes[i], 3 * sizes[i]);
    struct arena *a = analyse(text, &r);
    assert_true(r.consistent && r.upper[0] == sizes[i] && r.lower[0] == 0);
    assert_int_equal(r.minimal.m, 4);
    assert_int_equal(rule_extremal(a, &r.minimal, 2, &points, &e), E_OK);
    assert_int_equal(points.n, 4);
    arena_free(a);
  }
}
/* Sizes that are mixed: each bound is exact beside the other. */
static void mixed_sizes_are_kept_apart(void **state) {
  struct rule_analysis r;
  (void)state;
  struct arena *a = analyse("A <= 0.5; B <= 1000000000000; 1000000000*A + B <= 1000000000000.25;", &r);
  assert_true(r.upper[0] == 0.5 && r.upper[1] == 1e12);
  assert_int_equal(r.minimal.m, 5);
  arena_free(a);
  a = analyse("1000000000*A + B <= 1000000000000; A <= 0.000000001; B <= 999999999998.9;", &r);
  assert_int_equal(r.state[0], RULE_REDUNDANT); /* by a tenth of a unit in 10^12 */
  arena_free(a);
  a = analyse("A <= 0.000001; A >= 0.0000010000001; B <= 1000000000000;", &r);
  assert_false(r.consistent); /* by 1e-13 */
  assert_int_equal(r.n_conflict, 2);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(huge_constants_determine_as_small_ones_do),
                                     cmocka_unit_test(vertices_do_not_depend_on_the_size),
                                     cmocka_unit_test(mixed_sizes_are_kept_apart)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

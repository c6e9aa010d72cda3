/* Diagnostics of weights against figures worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "estimators/weight/diagnose.h"

static void near(double ours, double expected) {
  if (fabs(ours - expected) > 1e-14 * fmax(fabs(expected), 1)) fail_msg("ours %.17g expected %.17g", ours, expected);
}
static void by_hand(void **state) {
  (void)state;
  const double w[] = {1, 2, 3, 0, 4, -2}, base[] = {1, 1, 1, 1, 2, 1}, y[] = {10, 0, 1, 99, 2, 1};
  const int32_t cell[] = {0, 0, 1, 1, 1, -1};
  struct arena *a = arena_new(0);
  struct weight_diagnosis d;
  struct err e;
  const struct diagnose_spec s = {.n = 6, .w = w, .base = base, .y = y, .of_row = cell, .n_cells = 2, .share = 0.3};
  assert_int_equal(weight_diagnose(a, &s, &d, &e), E_OK);
  assert_int_equal(d.n, 5), assert_int_equal(d.n_zero, 1), assert_int_equal(d.n_negative, 1);
  near(d.sum, 8), near(d.kish, 5.0 * 34 / 64), near(d.top_share, 0.5);
  near(d.weight[0], -2), near(d.weight[4], 2), near(d.weight[8], 4);
  assert_true(d.has_factor);
  near(d.factor[0], -2), near(d.factor[8], 3);
  assert_int_equal(d.n_influential, 2); /* cell 0: 10 of 10; cell 1: 8 of 11, 3 of 11 is below 0.3 */
  assert_int_equal(d.influential[0].row, 0), near(d.influential[0].share, 1);
  assert_int_equal(d.influential[1].row, 4), near(d.influential[1].share, 8.0 / 11);
  arena_free(a);
}
/* More than can be kept: the largest stay, in order. */
static void the_largest_stay(void **state) {
  (void)state;
  enum { N = 200 };
  double w[N], y[N];
  int32_t cell[N];
  struct arena *a = arena_new(0);
  struct weight_diagnosis d;
  struct err e;
  for (int i = 0; i < N; i++) w[i] = 1, cell[i] = i / 2, y[i] = i % 2 ? 1 : 1 + (double)((i * 37) % N) / 10;
  const struct diagnose_spec s = {.n = N, .w = w, .y = y, .of_row = cell, .n_cells = N / 2, .share = 0.01};
  assert_int_equal(weight_diagnose(a, &s, &d, &e), E_OK);
  assert_int_equal(d.n_influential, N), assert_int_equal(d.n_kept, DIAGNOSE_INFLUENTIAL), assert_false(d.has_factor);
  for (int k = 1; k < d.n_kept; k++) assert_true(d.influential[k - 1].share >= d.influential[k].share);
  int above = 0;
  for (int i = 0; i < N; i += 2) above += y[i] / (y[i] + 1) > d.influential[d.n_kept - 1].share;
  assert_int_equal(above, DIAGNOSE_INFLUENTIAL - 1);
  arena_free(a);
}
static void nobody_has_weight(void **state) {
  (void)state;
  const double w[] = {0, 0};
  struct arena *a = arena_new(0);
  struct weight_diagnosis d;
  struct err e;
  const struct diagnose_spec s = {.n = 2, .w = w};
  assert_int_equal(weight_diagnose(a, &s, &d, &e), E_NO_WEIGHT);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(the_largest_stay), cmocka_unit_test(nobody_has_weight)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

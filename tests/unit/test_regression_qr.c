/* Least squares by updated QR: a textbook fit, badly scaled and collinear columns, weights, blocks, and the condition number. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "processing/impute/regression_qr.h"
#include "processing/impute/regression_robust.h"

static void close_to(double a, double b, double within) { assert_true(fabs(a - b) <= within * fmax(1, fabs(b))); }
static struct qr_sum *made(int p) {
  struct qr_sum *s = malloc(sizeof *s);
  assert_non_null(s);
  qr_init(s, p);
  return s;
}
/* Polynomial of degree 5 through x = 0 .. 20 with all coefficients 1 (the construction of NIST's Wampler1): exact to 1e-8 in doubles. */
static void a_polynomial_of_degree_five_comes_back(void **state) {
  struct qr_sum *s = made(6);
  struct qr_fit f;
  (void)state;
  for (int i = 0; i <= 20; i++) {
    double x[6] = {1}, y = 1;
    for (int j = 1; j < 6; j++) x[j] = x[j - 1] * i, y += x[j];
    qr_add(s, x, y, 1);
  }
  qr_solve(s, &f);
  for (int j = 0; j < 6; j++) close_to(f.beta[j], 1, 1e-8);
  assert_int_equal(f.rank, 6);
  assert_true(f.condition > 100 && f.residual_squares < 1e-12);
  free(s);
}
static void weights_count_as_repetitions(void **state) {
  struct qr_sum *a = made(2), *b = made(2);
  struct qr_fit f, g;
  (void)state;
  for (int i = 0; i < 200; i++) { /* more than three blocks */
    const double x[2] = {1, i % 13}, y = 2 * (i % 13) + (i % 7);
    qr_add(a, x, y, 1 + i % 3);
    for (int k = 0; k <= i % 3; k++) qr_add(b, x, y, 1);
  }
  qr_solve(a, &f), qr_solve(b, &g);
  for (int j = 0; j < 2; j++) close_to(f.beta[j], g.beta[j], 1e-12);
  close_to(f.residual_squares, g.residual_squares, 1e-10);
  free(a), free(b);
}
/* Twice the same column: the least-length solution shares the slope, rank says that it is not unique. */
static void collinear_columns_are_told_and_shared(void **state) {
  struct qr_sum *s = made(2);
  struct qr_fit f;
  double residual = 0;
  (void)state;
  for (int i = 1; i <= 9; i++) {
    const double x[2] = {i, i}, y = 4 * i + (i % 2 ? 1 : -1);
    qr_add(s, x, y, 1);
  }
  qr_solve(s, &f);
  assert_int_equal(f.rank, 1);
  assert_true(f.condition > 1e12);
  close_to(f.beta[0], f.beta[1], 1e-9);
  for (int i = 1; i <= 9; i++) residual += pow(4 * i + (i % 2 ? 1 : -1) - (f.beta[0] + f.beta[1]) * i, 2);
  close_to(f.residual_squares, residual, 1e-9);
  free(s);
}
static void orthogonal_columns_have_condition_one(void **state) {
  struct qr_sum *s = made(2);
  struct qr_fit f;
  (void)state;
  for (int i = 0; i < 4; i++) {
    const double x[2] = {1, i % 2 ? 1e9 : -1e9};
    qr_add(s, x, i, 1);
  }
  qr_solve(s, &f);
  close_to(f.condition, 1, 1e-12); /* scale does not count */
  free(s);
}
static void robust_regression_leaves_gross_errors_aside(void **state) {
  enum { N = 60 };
  const struct robust_rule rule = {ROBUST_TUKEY, 4.685, 0, 100, 1e-10};
  struct arena *a = arena_new(0);
  double x[2 * N], y[N];
  struct robust_fit f;
  struct err e;
  (void)state;
  for (int i = 0; i < N; i++) x[2 * i] = 1, x[2 * i + 1] = i, y[i] = 7 + 2 * i + (i % 5 - 2) * 0.1;
  y[10] = 1e4, y[40] = -1e4;
  assert_int_equal(regression_robust(a, x, y, N, 2, &rule, &f, &e), E_OK);
  assert_true(f.converged);
  close_to(f.fit.beta[0], 7, 0.02), close_to(f.fit.beta[1], 2, 0.002);
  arena_free(a);
}
/* Two groups with shares 1/4 and 3/4: the logit of each group is the closed form, up to the ridge. */
static void a_logit_of_two_groups_is_the_log_of_the_odds(void **state) {
  enum { N = 800 };
  struct arena *a = arena_new(0);
  double *x = ARENA_ARRAY(a, double, 2 * N), *y = ARENA_ARRAY(a, double, N);
  struct robust_fit f;
  struct err e;
  (void)state;
  for (int i = 0; i < N; i++) x[2 * i] = 1, x[2 * i + 1] = i % 2, y[i] = i % 2 ? i % 8 != 1 : i % 8 == 0;
  assert_int_equal(regression_logit(a, x, y, N, 2, &f, &e), E_OK);
  close_to(f.fit.beta[0], log(1.0 / 3), 1e-3);
  close_to(f.fit.beta[0] + f.fit.beta[1], log(3.0), 1e-3);
  arena_free(a);
}
/* All of one kind below 35, all of the other above: whole Newton steps swing about; the fit must still tell the two sides apart, and units must not
 * matter. */
static void separated_classes_are_told_apart_in_any_unit(void **state) {
  const double c[5] = {12, 19, 31, 42, 58}, y[5] = {0, 0, 0, 1, 1};
  struct arena *a = arena_new(0);
  struct robust_fit f;
  struct err e;
  (void)state;
  for (double unit = 1e-3; unit < 1e7; unit *= 1e3) {
    double x[15];
    for (int i = 0; i < 5; i++) x[3 * i] = 1, x[3 * i + 1] = unit * (i < 4 ? 10 * (i + 1) : 60), x[3 * i + 2] = c[i];
    assert_int_equal(regression_logit(a, x, y, 5, 3, &f, &e), E_OK);
    for (int i = 0; i < 5; i++) assert_true((regression_value(&f.fit, x + 3 * i) > 0) == (y[i] > 0));
    const double between[3] = {1, 50 * unit, 46.9};
    assert_true(regression_value(&f.fit, between) > 0);
  }
  arena_free(a);
}
/* X'WX v = right, against the matrix itself. */
static void normal_equations_by_the_triangle(void **state) {
  const double x[4][2] = {{1, 2}, {1, 3}, {1, 5}, {1, 9}}, w[4] = {1, 2, 1, 0.5}, right[2] = {3, 4};
  struct qr_sum q;
  struct qr_fit f;
  double v[2], a[2][2] = {{0}};
  (void)state;
  qr_init(&q, 2);
  for (int i = 0; i < 4; i++) {
    qr_add(&q, x[i], i, w[i]);
    for (int r = 0; r < 2; r++)
      for (int c = 0; c < 2; c++) a[r][c] += w[i] * x[i][r] * x[i][c];
  }
  qr_solve(&q, &f);
  assert_true(qr_normal(&q, &f, right, v));
  for (int r = 0; r < 2; r++) assert_true(fabs(a[r][0] * v[0] + a[r][1] * v[1] - right[r]) < 1e-10);
  f.rank = 1;
  assert_false(qr_normal(&q, &f, right, v));
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_polynomial_of_degree_five_comes_back), cmocka_unit_test(weights_count_as_repetitions),
      cmocka_unit_test(collinear_columns_are_told_and_shared),  cmocka_unit_test(orthogonal_columns_have_condition_one),
      cmocka_unit_test(robust_regression_leaves_gross_errors_aside), cmocka_unit_test(a_logit_of_two_groups_is_the_log_of_the_odds),
      cmocka_unit_test(separated_classes_are_told_apart_in_any_unit), cmocka_unit_test(normal_equations_by_the_triangle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

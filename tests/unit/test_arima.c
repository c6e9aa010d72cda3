/* test_arima.c -- the fast likelihood of moving averages against the factored covariance, the search against a grid, errors as X-13 counts them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "estimators/seasonal/arima_impl.h"

enum { N = 150 };
static struct err error;

/* A chaotic map is noise enough, and the same everywhere. fixed: a seasonal pattern that never changes, which puts the seasonal MA at 1. */
static void make_series(double *y, int period, bool fixed) {
  double e = 0.37, level = 3, season[12];
  for (int m = 0; m < 12; m++) season[m] = 0.3 * sin(2 * M_PI * m / period);
  for (int i = 0; i < N; i++) {
    e = 3.97 * e * (1 - e);
    level += 0.05 * (e - 0.5);
    if (!fixed) season[i % period] += 0.05 * (fmod(7919 * e, 1) - 0.5);
    y[i] = level + season[i % period] + (fixed ? 0.02 * (e - 0.5) : 0.1 * (fmod(104729 * e, 1) - 0.5));
  }
}
static struct arima_order order_of(const char *text, int period) {
  struct arima_order o;
  assert_int_equal(arima_order_parse(text, period, &o, &error), E_OK);
  return o;
}
static void make_regressors(double x[2][N], const double *column[2]) {
  for (int i = 0; i < N; i++) x[0][i] = i < 70 ? -1 : 0, x[1][i] = (i * 5 % 7) - 3;
  column[0] = x[0], column[1] = x[1];
}

static void both_likelihoods_agree(void **state) {
  static const struct {
    const char *order;
    int period;
    double parameter[4];
  } cases[] = {{"(0 1 1)(0 1 1)", 12, {0.4, 0.55}}, {"(0 1 1)(0 1 1)", 12, {0.99, 0.98}}, {"(0 1 1)(0 1 1)", 12, {-0.7, -0.3}},
      {"(0 1 1)(0 1 1)", 12, {0, 0}}, {"(0 1 1)(0 1 1)", 12, {0.95, 0.5403600876626367}}, /* the twelfth power of the first */
      {"(0 1 1)(0 1 1)", 12, {0.3, 1}}, {"(0 1 1)(0 1 1)", 4, {0.92, 0.24}}, {"(0 2 2)(0 1 1)", 12, {1.2, -0.3, 0.7}},
      {"(0 1 3)", 12, {0.2, -0.1, 0.3}}, {"(0 1 0)(0 1 1)", 12, {0.6}}, {"(0 1 2)(0 1 1)", 4, {0.3, 0.2, 0.5}}, {"(0 0 1)(0 0 1)", 12, {-0.5, 0.4}}};
  double y[N], x[2][N];
  const double *column[2];
  (void)state;
  make_regressors(x, column);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int k = 0; k <= 2; k += 2) {
      struct arena *a = arena_new(0);
      struct arima_work w;
      const struct arima_order o = order_of(cases[i].order, cases[i].period);
      make_series(y, cases[i].period, false);
      const struct arima_input in = {y, column, N, k, 0};
      assert_int_equal(arima_work_new(a, &o, &in, &w, &error), E_OK);
      assert_non_null(w.ma);
      const double exact = arima_likelihood(&w, cases[i].parameter), fast = arima_search_likelihood(&w, cases[i].parameter);
      if (!(fabs(fast - exact) < 1e-8 * fmax(1, fabs(exact)))) fail_msg("case %zu, %d regressors: %.12g, exact %.12g", i, k, fast, exact);
      for (int j = 0; j < k; j++) assert_true(fabs(w.ma_ls.beta[j] - w.ls.beta[j]) < 1e-8);
      arena_free(a);
    }
}
static void models_with_ar_take_the_other_way(void **state) {
  double y[N];
  struct arena *a = arena_new(0);
  struct arima_work w;
  const struct arima_order o = order_of("(1 1 1)(0 1 1)", 12);
  const double p[3] = {0.3, 0.5, 0.6};
  (void)state;
  make_series(y, 12, false);
  const struct arima_input in = {y, NULL, N, 0, 0};
  assert_int_equal(arima_work_new(a, &o, &in, &w, &error), E_OK);
  assert_null(w.ma);
  const double exact = arima_likelihood(&w, p);
  assert_true(exact == arima_search_likelihood(&w, p));
  arena_free(a);
}

/* No point of a grid over the whole region, its boundary included, may lie above the estimate. */
static void search_beats_a_grid(const char *order, bool fixed) {
  double y[N];
  struct arena *a = arena_new(0);
  struct arima_work w;
  struct arima_fit fit;
  const struct arima_order o = order_of(order, 12);
  make_series(y, 12, fixed);
  const struct arima_input in = {y, NULL, N, 0, 0};
  assert_int_equal(arima_estimate(a, &o, &in, &fit, &error), E_OK);
  assert_int_equal(arima_work_new(a, &o, &in, &w, &error), E_OK);
  for (int i = -20; i <= 20; i++)
    for (int j = -20; j <= 20; j++) {
      const double p[2] = {fmax(-1 + 1e-9, fmin(1 - 1e-9, 0.05 * i)), fmax(-1 + 1e-9, fmin(1 - 1e-9, 0.05 * j))}, l = arima_search_likelihood(&w, p);
      if (l > fit.log_likelihood + 1e-7) fail_msg("%s: %.9g at %.2f, %.2f; the search gave %.9g at %.6f, %.6f", order, l, p[0], p[1],
          fit.log_likelihood, fit.parameter[0], fit.parameter[1]);
    }
  if (fixed) assert_true(fit.parameter[fit.n_parameters - 1] > 0.999);
  assert_true(fit.evaluations < 400);
  arena_free(a);
}
static void search_finds_the_summit(void **state) {
  (void)state;
  search_beats_a_grid("(0 1 1)(0 1 1)", false);
  search_beats_a_grid("(0 1 1)(0 1 1)", true);
  search_beats_a_grid("(1 1 0)(0 1 1)", false);
  search_beats_a_grid("(1 0 1)", false);
}

/* An AR(1) of many values: both kinds of errors are near sqrt((1 - phi^2)/n). */
static void errors_of_a_long_series_agree(void **state) {
  double y[N], se[ARIMA_MOST_PARAMETERS];
  struct arena *a = arena_new(0);
  struct arima_fit fit;
  const struct arima_order o = order_of("(1 0 0)", 12);
  (void)state;
  double e = 0.37, last = 0;
  for (int i = 0; i < N; i++) {
    e = 3.97 * e * (1 - e);
    y[i] = last = 0.5 * last + fmod(104729 * e, 1) - 0.5;
  }
  const struct arima_input in = {y, NULL, N, 0, 0};
  assert_int_equal(arima_estimate(a, &o, &in, &fit, &error), E_OK);
  assert_int_equal(arima_x13_errors(a, &in, &fit, se, &error), E_OK);
  const double expected = sqrt((1 - fit.parameter[0] * fit.parameter[0]) / N);
  assert_true(fabs(fit.parameter_se[0] / expected - 1) < 0.05 && fabs(se[0] / expected - 1) < 0.05);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(both_likelihoods_agree), cmocka_unit_test(models_with_ar_take_the_other_way),
      cmocka_unit_test(search_finds_the_summit), cmocka_unit_test(errors_of_a_long_series_agree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

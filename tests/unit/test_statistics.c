/* Quantiles, functions of figures, intervals, poverty measures, unequal probabilities, jackknife: small cases by hand and identities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/estimate/inequality.h"
#include "estimators/estimate/interval.h"
#include "estimators/estimate/quantile.h"
#include "estimators/estimate/smooth.h"
#include "estimators/estimate/statistic.h"
#include "estimators/variance/gvf.h"
#include "estimators/variance/replicate_make.h"
#include "estimators/variance/survey.h"

static void near(double ours, double expected, double relative) {
  if (fabs(ours - expected) > relative * fmax(fabs(expected), 1e-300)) fail_msg("ours %.17g expected %.17g", ours, expected);
}

static void quantiles(void **state) {
  (void)state;
  const double x[] = {30, -10, 20, -0.0, 0}, w[] = {1, 2, 1, 0.5, 0.5};
  struct arena *a = arena_new(0);
  struct quantile_order o;
  struct err e;
  assert_int_equal(quantile_sort(a, 5, x, w, NULL, 0, &o, &e), E_OK); /* -10 (2) 0 (0.5) 0 (0.5) 20 (1) 30 (1); W = 5 */
  assert_true(o.n == 5 && o.x[0] == -10 && o.x[4] == 30);
  near(quantile_at(&o, 0.4, QUANTILE_MATH), -10, 0); /* exactly 2 of 5 */
  near(quantile_at(&o, 0.4, QUANTILE_SCHOOL), -5, 0);
  near(quantile_at(&o, 0.41, QUANTILE_MATH), 0, 0);
  near(quantile_at(&o, 0.6, QUANTILE_SCHOOL), 10, 1e-15);
  near(quantile_at(&o, 1, QUANTILE_MATH), 30, 0);
  near(quantile_at(&o, 0, QUANTILE_MATH), 0, 0); /* below the first step: x_2, as R survey has it */
  const double y[] = {1, 2, 3, 4}, one[] = {1, 1, 1, 1};
  assert_int_equal(quantile_sort(a, 4, y, one, NULL, 0, &o, &e), E_OK);
  near(quantile_at(&o, 0.5, QUANTILE_HF7), 2.5, 1e-15);
  near(quantile_at(&o, 0.25, QUANTILE_HF6), 1.25, 1e-15);
  near(quantile_at(&o, 0.25, QUANTILE_HF4), 1, 1e-15);
  arena_free(a);
}
/* The order of 64-bit keys against a plain comparison. */
static void quantile_order_is_right(void **state) {
  (void)state;
  enum { N = 5000 };
  struct arena *a = arena_new(0);
  double *x = ARENA_ARRAY(a, double, N), *w = ARENA_ARRAY(a, double, N);
  struct rng r;
  struct quantile_order o;
  struct err e;
  rng_init(&r, 9, "quantile", "order", 5);
  for (int i = 0; i < N; i++) x[i] = rng_normal(&r) * pow(10, (double)rng_below(&r, 40) - 20), w[i] = 1 + (double)rng_below(&r, 3);
  assert_int_equal(quantile_sort(a, N, x, w, NULL, 0, &o, &e), E_OK);
  for (int i = 1; i < N; i++) assert_true(o.x[i - 1] <= o.x[i] && o.cumulated[i] > o.cumulated[i - 1]);
  arena_free(a);
}

static void functions(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct smooth s;
  struct err e;
  double v, g[4];
  assert_int_equal(smooth_parse(a, "log(y / x) + 2^3 - `2` * -x^2", &s, &e), E_OK);
  assert_int_equal(s.n_names, 3);
  const double at[] = {6, 3, 5};
  assert_true(smooth_value(&s, at, &v, g));
  near(v, log(2) + 8 + 45, 1e-15);
  near(g[0], 1.0 / 6, 1e-15);
  near(g[1], -1.0 / 3 + 2 * 5 * 3, 1e-14);
  near(g[2], 9, 1e-15);
  const double zero[] = {0, 3, 5};
  assert_false(smooth_value(&s, zero, &v, g));
  assert_int_equal(smooth_parse(a, "log(y", &s, &e), E_SMOOTH);
  assert_int_equal(e.column, 6);
  assert_int_equal(smooth_parse(a, "sin(y)", &s, &e), E_SMOOTH);
  assert_int_equal(smooth_parse(a, "y +", &s, &e), E_SMOOTH);
  assert_int_equal(smooth_parse(a, "y x", &s, &e), E_SMOOTH);
  arena_free(a);
}

/* Influences against numbers: moving one weight by a little moves the figure by u. */
static void influences(void **state) {
  (void)state;
  enum { N = 300 };
  struct arena *a = arena_new(0);
  double *y = ARENA_ARRAY(a, double, N), *w = ARENA_ARRAY(a, double, N), *u = ARENA_ARRAY(a, double, N), *other = ARENA_ARRAY(a, double, N);
  struct rng r;
  struct err e;
  rng_init(&r, 4, "influence", "x", 1);
  for (int i = 0; i < N; i++) y[i] = exp(1 + 0.5 * rng_normal(&r)), w[i] = 1 + rng_uniform(&r);
  static const struct inequality_spec specs[] = {{.kind = INEQUALITY_GEI, .alpha = 0}, {.kind = INEQUALITY_GEI, .alpha = 1},
      {.kind = INEQUALITY_GEI, .alpha = 2}, {.kind = INEQUALITY_ATKINSON, .alpha = 1}, {.kind = INEQUALITY_ATKINSON, .alpha = 0.5},
      {.kind = INEQUALITY_FGT, .alpha = 1, .fixed_line = true, .line = 2}};
  for (size_t k = 0; k < sizeof specs / sizeof *specs; k++)
    for (int i = 0; i < N; i += 37) {
      const double h = 1e-6, kept = w[i];
      double from, up;
      struct inequality_data d = {N, y, w, NULL, NULL};
      assert_int_equal(inequality(a, &specs[k], &d, &from, u, &e), E_OK);
      w[i] += h;
      assert_int_equal(inequality(a, &specs[k], &d, &up, other, &e), E_OK);
      w[i] = kept;
      if (fabs((up - from) / h - u[i]) > 1e-6 * (1 + fabs(u[i])))
        fail_msg("measure %zu row %d: difference %.9g, influence %.9g", k, i, (up - from) / h, u[i]);
    }
  y[3] = 0;
  double v;
  struct inequality_data d = {N, y, w, NULL, NULL};
  assert_int_equal(inequality(a, &specs[0], &d, &v, u, &e), E_STATISTIC_DOMAIN);
  assert_string_equal(e.subject, "row 4");
  for (int i = 0; i < N; i++) y[i] = 7; /* everybody the same */
  const struct inequality_spec gini = {.kind = INEQUALITY_GINI_EUROSTAT};
  assert_int_equal(inequality(a, &gini, &d, &v, u, &e), E_OK);
  assert_true(fabs(v) < 1e-12);
  arena_free(a);
}

static void intervals(void **state) {
  (void)state;
  const struct interval_spec s = {0.95, 50, 60}, none = {0.95, 0, 60};
  double low, high;
  for (int k = INTERVAL_MEAN; k <= INTERVAL_LIKELIHOOD; k++) {
    assert_true(interval_of_proportion((enum interval_scale)k, &s, 0.3, 0.05, &low, &high));
    assert_true(low > 0.15 && low < 0.25 && high > 0.35 && high < 0.45);
    assert_false(interval_of_proportion((enum interval_scale)k, &none, 0.3, 0.05, &low, &high)); /* no degrees of freedom, no interval */
    assert_false(interval_of_proportion((enum interval_scale)k, &s, 1, 0, &low, &high));
  }
}

/* A jackknife of a total gives the textbook variance; equal probabilities make Yates-Grundy the variance of simple random sampling. */
static void replicates_and_probabilities(void **state) {
  (void)state;
  enum { N = 12, M = 40 };
  struct arena *a = arena_new(0);
  struct err e;
  double z[N], w[N], population[N], theta[N], weights[N], full = 0, cov, var, pik[N], joint[N * N];
  int32_t h[N];
  for (int i = 0; i < N; i++) h[i] = i / 6, w[i] = M / 6.0, population[i] = M, z[i] = w[i] * (i * i % 7), full += z[i];
  struct sample_spec s = {.n = N, .n_stages = 1, .stage = {{h, NULL, population}}, .weight = w};
  struct sample_design d;
  struct replicate_set jk;
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  struct taylor_result r = {.var = &var};
  assert_int_equal(taylor_variance(NULL, a, &d, NULL, z, &r, &e), E_OK);
  assert_int_equal(replicate_jkn(a, &d, &jk, &e), E_OK);
  assert_int_equal(jk.n_replicates, N);
  assert_int_equal(jk.df, N - 2);
  for (int k = 0; k < N; k++) {
    assert_int_equal(replicate_weights(a, &jk, k, w, weights, &e), E_OK);
    theta[k] = 0;
    for (int i = 0; i < N; i++) theta[k] += weights[i] * (i * i % 7);
  }
  assert_int_equal(replicate_covariance(&jk, 1, theta, NULL, &full, &cov), N);
  near(cov, var, 1e-12);
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++) pik[i] = 0.3, joint[i * N + k] = i == k ? 0.3 : 0.3 * (N - 1) / (N / 0.3 - 1);
  struct pps_design yg = {.n = N, .form = PPS_YATES_GRUNDY, .pik = pik, .joint = joint, .sum_pik2_over_n = -1};
  assert_int_equal(pps_check(&yg, &e), E_OK);
  double mean = full / N, srs = 0;
  for (int i = 0; i < N; i++) srs += (z[i] - mean) * (z[i] - mean);
  near(pps_covariance(&yg, z, z), srs * N / (N - 1.0) * (1 - 0.3), 1e-10);
  pik[2] = 0;
  assert_int_equal(pps_check(&yg, &e), E_PPS_SPEC);
  arena_free(a);
}

/* Relative variances made by the model are found again, one wild cell dropped. */
static void variance_functions(void **state) {
  (void)state;
  enum { N = 30 };
  struct arena *a = arena_new(0);
  double x[N], se[N];
  uint8_t cell[N];
  struct gvf g;
  struct err e;
  for (int i = 0; i < N; i++) x[i] = 100 * (i + 1), se[i] = x[i] * sqrt(0.001 + 20 / x[i]);
  se[7] *= 3, se[9] = 0;
  assert_int_equal(gvf_fit(a, &(struct gvf_spec){.model = GVF_INVERSE, .drop = 3}, N, x, se, cell, &g, &e), E_OK);
  assert_int_equal(g.n_dropped, 1);
  for (int i = 0; i < N; i++) assert_int_equal(cell[i], i == 7 ? GVF_DROPPED : i == 9 ? GVF_LEFT_OUT : GVF_USED);
  assert_int_equal(g.n_used + g.n_left_out + g.n_dropped, N);
  near(g.a, 0.001, 1e-9);
  near(g.b, 20, 1e-9);
  near(gvf_cv(&g, 500), sqrt(0.041), 1e-9);
  assert_int_equal(gvf_fit(a, &(struct gvf_spec){.model = GVF_LOGLOG}, 2, x, se, NULL, &g, &e), E_GVF);
  arena_free(a);
}

/* Why no function comes out is said by the code: one size, dropping too much, rounds that lose cells. Unfinished rounds are not settled. */
static void variance_functions_that_cannot_be_fitted(void **state) {
  (void)state;
  enum { N = 6 };
  static const double same[N] = {5, 5, 5, 5, 5, 5}, se[N] = {1, 2, 1, 2, 1, 2}, x[N] = {1, 2, 4, 8, 16, 32};
  static const double wild_x[N] = {1, 18, 29, 45, 47, 50}, wild_se[N] = {5, 0.2, 2, 0.1, 0.5, 0.1};
  struct arena *a = arena_new(0);
  struct gvf g;
  struct err e;
  assert_int_equal(gvf_fit(a, &(struct gvf_spec){.model = GVF_INVERSE}, N, same, se, NULL, &g, &e), E_GVF_ONE_SIZE);
  assert_int_equal(gvf_fit(a, &(struct gvf_spec){.model = GVF_LOGLOG, .drop = 0.1}, N, x, se, NULL, &g, &e), E_GVF_DROPPED);
  assert_int_equal(gvf_fit(a, &(struct gvf_spec){.model = GVF_INVERSE, .rounds = 50}, N, wild_x, wild_se, NULL, &g, &e), E_GVF_ROUNDS);
  assert_int_equal(gvf_fit(a, &(struct gvf_spec){.model = GVF_QUADRATIC, .rounds = 1}, N, x, se, NULL, &g, &e), E_OK);
  assert_true(g.rounds == 1 && !g.settled);
  assert_int_equal(gvf_fit(a, &(struct gvf_spec){.model = GVF_QUADRATIC, .rounds = 200}, N, x, se, NULL, &g, &e), E_OK);
  assert_true(g.rounds > 1 && g.rounds < 200 && g.settled);
  arena_free(a);
}

/* A calibrated total of a calibration variable has no sampling error, in the whole and, as it must, only there. */
static void calibrated_variance(void **state) {
  (void)state;
  enum { N = 60 };
  struct arena *a = arena_new(0);
  struct err e;
  int32_t h[N], half[N];
  double w[N], x[N], cov, population[N];
  struct rng r;
  rng_init(&r, 8, "calibrated", "v", 1);
  for (int i = 0; i < N; i++) h[i] = i / 20, w[i] = 5, population[i] = 100, x[i] = 10 + rng_uniform(&r), half[i] = i % 2 ? 0 : -1;
  struct sample_spec s = {.n = N, .n_stages = 1, .stage = {{h, NULL, population}}, .weight = w};
  struct sample_design d;
  struct auxiliary aux = {.n = N, .n_numbers = 1, .number = {x}};
  struct adjustment k = {.kind = ADJUSTED_CALIBRATED, .before = w, .after = w, .x = &aux};
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  assert_int_equal(regression_new(a, &aux, w, &k.regression, &e), E_OK);
  const struct survey survey = {.n = N, .design = &d, .weight = w, .n_adjustments = 1, .adjustments = {&k}};
  const double *u[] = {x};
  assert_int_equal(survey_covariance(NULL, a, &survey, NULL, 1, u, &cov, &e), E_OK);
  assert_true(cov < 1e-16);
  assert_int_equal(survey_covariance(NULL, a, &survey, &(struct taylor_domains){1, half}, 1, u, &cov, &e), E_OK);
  assert_true(cov > 1);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(quantiles), cmocka_unit_test(quantile_order_is_right), cmocka_unit_test(functions),
      cmocka_unit_test(influences), cmocka_unit_test(intervals), cmocka_unit_test(replicates_and_probabilities),
      cmocka_unit_test(variance_functions), cmocka_unit_test(variance_functions_that_cannot_be_fitted), cmocka_unit_test(calibrated_variance)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

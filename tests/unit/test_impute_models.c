/* Ratio models, EM, predictive mean matching and chained regressions against values worked out by hand or in closed form. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "processing/impute/chain_model.h"
#include "processing/impute/em_conditional.h"
#include "processing/impute/pmm.h"
#include "processing/impute/ratio_model.h"

static void close_to(double a, double b, double within) { assert_true(fabs(a - b) <= within); }
static const struct robust_rule HUBER = {ROBUST_HUBER, 1.345, 0.5, 50, 1e-10}, TUKEY = {ROBUST_TUKEY, 4.685, 0.5, 50, 1e-10};

static struct num_table table(struct arena *a, const char *const *names, int p, int64_t n) {
  struct num_table t;
  struct err e;
  assert_int_equal(num_table_init(&t, a, names, p, n, &e), E_OK);
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  for (int64_t i = 0; i < n; i++) unit[i] = str_of(arena_printf(a, "m%lld", (long long)i));
  t.unit = unit;
  return t;
}
static void put(struct num_table *t, int j, int64_t i, double v) { t->columns[j].x[i] = v, t->columns[j].status[i] = VAL_REPORTED; }

static void weights_fall_as_published(void **state) {
  (void)state;
  close_to(robust_weight_of(ROBUST_HUBER, 1, 1.345), 1, 0);
  close_to(robust_weight_of(ROBUST_HUBER, -2.69, 1.345), 0.5, 1e-12);
  close_to(robust_weight_of(ROBUST_TUKEY, 0, 4.685), 1, 0);
  close_to(robust_weight_of(ROBUST_TUKEY, 4.685 / 2, 4.685), 0.5625, 1e-12);
  close_to(robust_weight_of(ROBUST_TUKEY, 5, 4.685), 0, 0);
}
static void ratios_by_hand(void **state) {
  const double y[] = {2, 6, 9, 8}, x[] = {1, 2, 3, 4}, d[] = {1, 1, 2, 1};
  struct arena *a = arena_new(0);
  double r;
  struct err e;
  (void)state;
  assert_int_equal(ratio_weighted(y, x, d, 4, &r, &e), E_OK);
  close_to(r, 34.0 / 13, 1e-14);
  assert_int_equal(ratio_trimmed(a, y, x, 4, 0.25, &r, &e), E_OK); /* ratios 2 3 3 2: the two in the middle */
  close_to(r, 2.5, 1e-14);
  assert_int_equal(ratio_trimmed(a, y, x, 4, 0.5, &r, &e), E_MODEL_SPEC);
  assert_int_equal(ratio_weighted(y, x, d, 0, &r, &e), E_MODEL_DATA);
  arena_free(a);
}
static void one_gross_error_hardly_moves_a_robust_ratio(void **state) {
  enum { N = 40 };
  double y[N], x[N], plain;
  struct arena *a = arena_new(0);
  struct ratio_fit huber, tukey;
  struct err e;
  (void)state;
  for (int i = 0; i < N; i++) x[i] = 10 + i, y[i] = 3 * x[i] + (i % 5 - 2) * sqrt(x[i]) * 0.1;
  y[7] *= 1000; /* thousands */
  assert_int_equal(ratio_weighted(y, x, NULL, N, &plain, &e), E_OK);
  assert_int_equal(ratio_robust(a, y, x, NULL, N, &HUBER, &huber, &e), E_OK);
  assert_int_equal(ratio_robust(a, y, x, NULL, N, &TUKEY, &tukey, &e), E_OK);
  assert_true(plain > 30);
  assert_true(huber.converged && tukey.converged && huber.downweighted >= 1);
  close_to(huber.ratio, 3, 0.02);
  close_to(tukey.ratio, 3, 0.005);
  x[3] = 0;
  assert_int_equal(ratio_robust(a, y, x, NULL, N, &HUBER, &huber, &e), E_MODEL_DATA);
  arena_free(a);
}
static void a_robust_ratio_without_outliers_is_the_ratio(void **state) {
  const double y[] = {2.1, 3.9, 6.1, 7.9, 10.1}, x[] = {1, 2, 3, 4, 5};
  const struct robust_rule wide = {ROBUST_HUBER, 1e6, 0.5, 50, 1e-12};
  struct arena *a = arena_new(0);
  struct ratio_fit f;
  struct err e;
  (void)state;
  assert_int_equal(ratio_robust(a, y, x, NULL, 5, &wide, &f, &e), E_OK);
  close_to(f.ratio, 30.1 / 15, 1e-12);
  arena_free(a);
}
/* Monotone pattern of two items: Anderson's closed form (Little & Rubin 7.2): mean2 = ybar2 + b (xbar all - xbar with y2). */
static void em_reaches_the_closed_form_of_a_monotone_pattern(void **state) {
  enum { N = 12, WITH = 8 };
  static const char *const names[] = {"u", "v"};
  static const double u[N] = {1, 3, 4, 6, 8, 9, 11, 12, 2, 5, 14, 20}, v[WITH] = {2.5, 6, 9.5, 11, 17, 18.5, 21, 26};
  struct arena *a = arena_new(0);
  struct num_table t = table(a, names, 2, N);
  struct em_fit f;
  struct err e;
  double mu = 0, mv = 0, all = 0, suu = 0, suv = 0, svv = 0, s_all = 0;
  (void)state;
  for (int i = 0; i < N; i++) put(&t, 0, i, u[i]), all += u[i] / N;
  for (int i = 0; i < WITH; i++) put(&t, 1, i, v[i]), mu += u[i] / WITH, mv += v[i] / WITH;
  for (int i = 0; i < WITH; i++) suu += (u[i] - mu) * (u[i] - mu) / WITH, suv += (u[i] - mu) * (v[i] - mv) / WITH,
      svv += (v[i] - mv) * (v[i] - mv) / WITH;
  for (int i = 0; i < N; i++) s_all += (u[i] - all) * (u[i] - all) / N;
  const double b = suv / suu;
  const struct em_rule rule = {1000, 1e-10};
  assert_int_equal(em_normal(a, &t, &rule, &f, &e), E_OK);
  assert_true(f.converged);
  assert_int_equal(f.n_patterns, 2);
  close_to(f.mean[0], all, 1e-6);
  close_to(f.mean[1], mv + b * (all - mu), 1e-5);
  close_to(f.cov[3], svv - b * b * suu + b * b * s_all, 1e-4);
  int64_t n;
  assert_int_equal(em_impute(a, &t, &f, false, 1, &n, &e), E_OK);
  assert_int_equal(n, N - WITH);
  close_to(t.columns[1].x[11], mv + b * (20 - mu), 1e-4);
  assert_int_equal(t.columns[1].status[11], VAL_IMPUTED);
  arena_free(a);
}
static void em_draws_have_the_conditional_variance(void **state) {
  enum { N = 4000 };
  static const char *const names[] = {"u", "v"};
  struct arena *a = arena_new(0);
  struct num_table t = table(a, names, 2, N);
  const struct em_fit f = {.p = 2, .mean = {0, 0}, .cov = {1, 0.6, 0.6, 1}};
  struct err e;
  int64_t n;
  double mean = 0, square = 0;
  (void)state;
  for (int i = 0; i < N; i++) put(&t, 0, i, 2);
  assert_int_equal(em_impute(a, &t, &f, true, 3, &n, &e), E_OK);
  for (int i = 0; i < N; i++) mean += t.columns[1].x[i] / N, square += t.columns[1].x[i] * t.columns[1].x[i] / N;
  close_to(mean, 1.2, 0.05);
  close_to(square - mean * mean, 0.64, 0.05);
  arena_free(a);
}
/* Three items: variance of the first given the others by the inverse of a 2 x 2 matrix; the mean of an exponential from draws. */
static void em_conditional_variances_by_hand(void **state) {
  const struct em_fit f = {.p = 3, .cov = {4, 1, 2, 1, 2, 0.5, 2, 0.5, 3}};
  double v;
  struct err e;
  (void)state;
  assert_int_equal(em_conditional_variance(&f, 0, 0, &v, &e), E_OK);
  close_to(v, 4, 1e-14);
  assert_int_equal(em_conditional_variance(&f, 2, 0, &v, &e), E_OK);
  close_to(v, 4 - 1.0 / 2, 1e-14);
  assert_int_equal(em_conditional_variance(&f, 6, 0, &v, &e), E_OK);
  /* [1 2] [[2 .5][.5 3]]^-1 [1 2]' = (1*3 - 2*1*2*.5 + 4*2) / (6 - .25) = 9 / 5.75 */
  close_to(v, 4 - 9 / 5.75, 1e-13);
  const struct em_fit flat = {.p = 3, .cov = {1, 1, 1, 1, 1, 1, 1, 1, 1}};
  assert_int_equal(em_conditional_variance(&flat, 6, 0, &v, &e), E_MODEL_DATA);
}
static void em_refuses_items_that_say_nothing(void **state) {
  static const char *const names[] = {"u", "v"};
  struct arena *a = arena_new(0);
  struct num_table t = table(a, names, 2, 3);
  struct em_fit f;
  struct err e;
  const struct em_rule rule = {10, 1e-6};
  (void)state;
  for (int i = 0; i < 3; i++) put(&t, 0, i, i), put(&t, 1, i, 5);
  assert_int_equal(em_normal(a, &t, &rule, &f, &e), E_MODEL_DATA);
  arena_free(a);
}
static void matching_gives_an_observed_value_of_a_near_unit(void **state) {
  enum { N = 50 };
  static const char *const names[] = {"y", "x"};
  struct arena *a = arena_new(0);
  struct num_table t = table(a, names, 2, N);
  struct pmm_result r;
  struct err e;
  const int predictor = 1;
  (void)state;
  for (int i = 0; i < N; i++) put(&t, 1, i, i);
  for (int i = 0; i < N; i++)
    if (i % 10 != 5) put(&t, 0, i, 3 * i + 1);
  t.columns[1].status[25] = VAL_BLANK;
  assert_int_equal(pmm_impute(a, &t, 0, &predictor, 1, 4, 8, &r, &e), E_OK);
  assert_int_equal(r.imputed, 4);
  assert_int_equal(r.no_predictor, 1);
  for (int i = 5; i < N; i += 10) {
    if (i == 25) continue;
    assert_true(abs(r.donor[i] - i) <= 2); /* the four nearest are i-2 .. i+2 without i */
    close_to(t.columns[0].x[i], 3 * r.donor[i] + 1, 0);
  }
  assert_int_equal(r.donor[25], -1);
  assert_int_equal(pmm_impute(a, &t, 0, &predictor, 1, N, 8, &r, &e), E_MODEL_DATA);
  arena_free(a);
}
/* An exact plane and a category that a threshold decides: the chain must find both. */
static void chained_models_recover_what_is_exact(void **state) {
  enum { N = 200 };
  static const char *const names[] = {"y", "x", "z", "kind"};
  static const int categories[] = {0, 0, 0, 3};
  struct arena *a = arena_new(0);
  struct num_table t = table(a, names, 4, N);
  double y[N];
  int kind[N], wrong = 0;
  struct chain_result r;
  struct err e;
  (void)state;
  for (int i = 0; i < N; i++) {
    struct rng g;
    rng_init(&g, 2, "chain", &i, sizeof i);
    const double x = 10 * rng_uniform(&g), z = 5 * rng_uniform(&g);
    kind[i] = x < 3 ? 0 : z < 2 ? 1 : 2;
    y[i] = 2 + 3 * x - z;
    put(&t, 0, i, y[i]), put(&t, 1, i, x), put(&t, 2, i, z), put(&t, 3, i, kind[i]);
  }
  for (int i = 0; i < N; i += 8) t.columns[0].status[i] = VAL_BLANK, t.columns[0].x[i] = 0;
  for (int i = 4; i < N; i += 8) t.columns[3].status[i] = VAL_BLANK, t.columns[3].x[i] = 0;
  const struct robust_rule robust = {ROBUST_HUBER, 1.345, 0, 30, 1e-10};
  const struct chain_rule rule = {categories, &robust, 20, 1e-4};
  assert_int_equal(chain_impute(a, &t, &rule, &r, &e), E_OK);
  assert_true(r.converged && r.rounds < 20);
  assert_int_equal(r.imputed, 50);
  for (int i = 0; i < N; i += 8) close_to(t.columns[0].x[i], y[i], 1e-6);
  for (int i = 4; i < N; i += 8) wrong += t.columns[3].x[i] != kind[i];
  assert_true(wrong <= 2);
  t.columns[3].x[1] = 7;
  assert_int_equal(chain_impute(a, &t, &rule, &r, &e), E_MODEL_DATA);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(weights_fall_as_published),
      cmocka_unit_test(ratios_by_hand),
      cmocka_unit_test(one_gross_error_hardly_moves_a_robust_ratio),
      cmocka_unit_test(a_robust_ratio_without_outliers_is_the_ratio),
      cmocka_unit_test(em_reaches_the_closed_form_of_a_monotone_pattern),
      cmocka_unit_test(em_draws_have_the_conditional_variance),
      cmocka_unit_test(em_conditional_variances_by_hand), cmocka_unit_test(em_refuses_items_that_say_nothing),
      cmocka_unit_test(matching_gives_an_observed_value_of_a_near_unit),
      cmocka_unit_test(chained_models_recover_what_is_exact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

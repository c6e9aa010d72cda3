/* Errors that other programs made and their users reported, each as a test of what ours does instead; the table stands in tests/peers/README.md. One
 * sample for most of them: three strata (the third taken in full) of four units of two records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/estimate/interval.h"
#include "estimators/estimate/quantile.h"
#include "estimators/variance/replicate_make.h"
#include "estimators/variance/survey.h"
#include "estimators/weight/calibrate.h"
#include "estimators/weight/trim.h"

enum { N = 24 };
static const double Y[N] = {3, 5, 8, 6, 2, 9, 7, 4, 11, 13, 10, 15, 12, 9, 14, 18, 21, 20, 25, 23, 19, 27, 22, 24};
static const double POPULATION[3] = {12, 10, 4};
struct sample {
  struct arena *arena;
  int32_t stratum[N], unit[N], domain[N];
  double population[N], weight[N];
  struct sample_design design;
};
static void near(double ours, double expected, double relative) {
  if (!(fabs(ours - expected) <= relative * fmax(fabs(expected), 1e-12))) fail_msg("ours %.17g expected %.17g", ours, expected);
}
static void build(struct sample *s, bool repeated) {
  struct err e;
  s->arena = arena_new(0);
  for (int i = 0; i < N; i++) {
    s->stratum[i] = i / 8, s->unit[i] = repeated ? i / 2 % 4 : i / 2, s->domain[i] = i % 8 < 2 ? 0 : -1;
    s->population[i] = POPULATION[i / 8], s->weight[i] = POPULATION[i / 8] / 4;
  }
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{s->stratum, s->unit, s->population}}, .weight = s->weight, .nested = repeated};
  assert_int_equal(sample_design_build(s->arena, &spec, &s->design, &e), E_OK);
}
static double variance_of(struct sample *s, const int32_t *domain, const double *u) {
  const struct survey v = {.n = N, .design = &s->design, .weight = s->weight};
  const struct taylor_domains d = {1, domain};
  double var;
  struct err e;
  assert_int_equal(survey_covariance(NULL, s->arena, &v, &d, 1, &u, &var, &e), E_OK);
  return var;
}

/* Rows taken away before the variance: unit counts lost. One unit of four is in the domain; the other three count as zeros. */
static void a_domain_keeps_the_units_that_are_outside_it(void **state) {
  (void)state;
  struct sample s;
  build(&s, false);
  double expected = 0;
  for (int h = 0; h < 2; h++) {
    const double t = s.weight[8 * h] * (Y[8 * h] + Y[8 * h + 1]), f = 4 / POPULATION[h];
    expected += (1 - f) * 4 / 3 * (t * t - t * t / 4);
  }
  near(variance_of(&s, s.domain, Y), expected, 1e-13);
  arena_free(s.arena);
}
/* Labels of units that begin again in every stratum, pooled into one unit. */
static void labels_that_repeat_across_strata_are_other_units(void **state) {
  (void)state;
  struct sample own, repeated;
  struct err e;
  build(&own, false), build(&repeated, true);
  near(variance_of(&repeated, NULL, Y), variance_of(&own, NULL, Y), 0);
  const struct sample_spec silent = {.n = N, .n_stages = 1, .stage = {{repeated.stratum, repeated.unit, repeated.population}},
      .weight = repeated.weight};
  struct sample_design d;
  assert_int_equal(sample_design_build(own.arena, &silent, &d, &e), E_UNIT_IN_TWO_STRATA);
  arena_free(own.arena), arena_free(repeated.arena);
}
/* A sort option that changed the variance (paired differences): ours does not know the order of rows. */
static void the_order_of_rows_changes_no_variance(void **state) {
  (void)state;
  struct sample s, turned;
  double y[N];
  struct err e;
  build(&s, false), build(&turned, false);
  for (int i = 0; i < N; i++) {
    const int from = (i * 7 + 3) % N;
    turned.stratum[i] = s.stratum[from], turned.unit[i] = s.unit[from], turned.population[i] = s.population[from], turned.weight[i] = s.weight[from];
    y[i] = Y[from];
  }
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{turned.stratum, turned.unit, turned.population}}, .weight = turned.weight};
  assert_int_equal(sample_design_build(turned.arena, &spec, &turned.design, &e), E_OK);
  near(variance_of(&turned, NULL, y), variance_of(&s, NULL, Y), 1e-14);
  arena_free(s.arena), arena_free(turned.arena);
}
/* Bounds accepted and then ignored: weights stay inside, and what cannot be reached is told. */
static void bounds_hold_even_where_totals_cannot_be_reached(void **state) {
  (void)state;
  struct sample s;
  int32_t all[N] = {0};
  double total = 0;
  struct err e;
  build(&s, false);
  for (int i = 0; i < N; i++) total += 2 * s.weight[i]; /* g = 2 is wanted, 1.2 is allowed */
  const struct auxiliary x = {.n = N, .n_factors = 1, .code = {all}, .levels = {1}};
  static const enum calibration_method methods[] = {CALIBRATE_TRUNCATED, CALIBRATE_RAKING, CALIBRATE_LOGIT};
  for (int m = 0; m < 3; m++) {
    const struct calibration_spec spec = {.method = methods[m], .x = &x, .d = s.weight, .total = &total, .bounded = true, .low = 0.8, .high = 1.2};
    struct calibration c;
    assert_int_equal(calibrate(s.arena, &spec, &c, &e), E_OK);
    assert_false(c.converged);
    assert_int_equal(c.n_unmet, 1);
    for (int i = 0; i < N; i++) assert_true(c.g[i] >= 0.8 - 1e-12 && c.g[i] <= 1.2 + 1e-12);
  }
  arena_free(s.arena);
}
/* Trimming that the raking after it took no notice of: the raking starts from the weights it is given. */
static void raking_begins_with_the_trimmed_weights(void **state) {
  (void)state;
  struct sample s;
  int32_t half[N];
  double plain[N], trimmed[N], total[2] = {40, 30};
  struct trim_result cut;
  struct ipf_result r;
  struct err e;
  build(&s, false);
  for (int i = 0; i < N; i++) half[i] = i % 2, plain[i] = trimmed[i] = s.weight[i] + (i == 4) * 9;
  const struct auxiliary x = {.n = N, .n_factors = 1, .code = {half}, .levels = {2}};
  assert_int_equal(weight_trim(N, 0, 4, false, trimmed, &cut, &e), E_OK);
  assert_int_equal(cut.n_cut, 1);
  assert_int_equal(weight_ipf(s.arena, &x, total, 1e-13, 50, plain, &r, &e), E_OK);
  assert_int_equal(weight_ipf(s.arena, &x, total, 1e-13, 50, trimmed, &r, &e), E_OK);
  assert_true(plain[4] / plain[6] > 3.9 && trimmed[4] / trimmed[6] < 1.5);
  arena_free(s.arena);
}
/* The centre of replicates: their mean, or the estimate of the full sample when `mse` says so; never the one for the other. */
static void the_centre_of_replicates_is_the_one_that_is_named(void **state) {
  (void)state;
  const double theta[3] = {1, 2, 6}, full = 1;
  struct replicate_set r = {.n_replicates = 3, .scale = 0.5};
  double var;
  assert_int_equal(replicate_covariance(&r, 1, theta, NULL, &full, &var), 3);
  near(var, 0.5 * (4 + 1 + 9), 1e-15);
  r.mse = true;
  assert_int_equal(replicate_covariance(&r, 1, theta, NULL, &full, &var), 3);
  near(var, 0.5 * (0 + 1 + 25), 1e-15);
}
/* 1.96 in place of a t quantile that does not exist: no degrees of freedom, no interval. */
static void without_degrees_of_freedom_there_is_no_interval(void **state) {
  (void)state;
  static const enum interval_scale scales[] = {INTERVAL_MEAN, INTERVAL_LOGIT, INTERVAL_ASIN, INTERVAL_BETA, INTERVAL_WILSON, INTERVAL_LIKELIHOOD};
  const struct interval_spec none = {0.95, 0, 12}, some = {0.95, 9, 12};
  double low = -7, high = -7;
  for (int k = 0; k < 6; k++) {
    assert_false(interval_of_proportion(scales[k], &none, 0.4, 0.1, &low, &high));
    assert_true(interval_of_proportion(scales[k], &some, 0.4, 0.1, &low, &high));
  }
}
/* R survey 4.1 leaves the records of a stratum taken in full out of the replicates of a calibrated total: the calibrated variable itself then has a
 * standard error. Calibrated again in every replicate it has none. */
static void a_calibrated_total_has_no_jackknife_error(void **state) {
  (void)state;
  struct sample s;
  struct replicate_set r;
  double total[2] = {0, 420}, theta[N], w[N], var;
  int32_t all[N] = {0};
  struct err e;
  build(&s, false);
  for (int i = 0; i < N; i++) total[0] += s.weight[i];
  const struct auxiliary x = {.n = N, .n_factors = 1, .n_numbers = 1, .code = {all}, .levels = {1}, .number = {Y}};
  assert_int_equal(replicate_jkn(s.arena, &s.design, &r, &e), E_OK);
  assert_int_equal(r.n_replicates, 8); /* the stratum taken in full has none */
  for (int k = 0; k < r.n_replicates; k++) {
    struct calibration c;
    assert_int_equal(replicate_weights(s.arena, &r, k, s.weight, w, &e), E_OK);
    const struct calibration_spec spec = {.x = &x, .d = w, .total = total, .tolerance = 1e-13};
    assert_int_equal(calibrate(s.arena, &spec, &c, &e), E_OK);
    theta[k] = 0;
    for (int i = 0; i < N; i++) theta[k] += c.w[i] * Y[i];
  }
  replicate_covariance(&r, 1, theta, NULL, &total[1], &var);
  assert_true(sqrt(var) < 1e-9);
  arena_free(s.arena);
}
/* Equal weights and p n a whole number: a tie that long double decided by rounding noise. */
static void ties_of_equal_weights_are_ties(void **state) {
  (void)state;
  double x[200], w[200];
  struct arena *a = arena_new(0);
  struct quantile_order o;
  struct err e;
  for (int k = 1; k < 40; k++) {
    for (int i = 0; i < 200; i++) x[i] = i, w[i] = 1.0 / (k * 3);
    assert_int_equal(quantile_sort(a, 200, x, w, NULL, 0, &o, &e), E_OK);
    near(quantile_at(&o, 0.5, QUANTILE_MATH), 99, 0);
    near(quantile_at(&o, 0.5, QUANTILE_SCHOOL), 99.5, 0);
    near(quantile_at(&o, 0.3, QUANTILE_MATH), 59, 0);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_domain_keeps_the_units_that_are_outside_it),
      cmocka_unit_test(labels_that_repeat_across_strata_are_other_units), cmocka_unit_test(the_order_of_rows_changes_no_variance),
      cmocka_unit_test(bounds_hold_even_where_totals_cannot_be_reached), cmocka_unit_test(raking_begins_with_the_trimmed_weights),
      cmocka_unit_test(the_centre_of_replicates_is_the_one_that_is_named), cmocka_unit_test(without_degrees_of_freedom_there_is_no_interval),
      cmocka_unit_test(a_calibrated_total_has_no_jackknife_error), cmocka_unit_test(ties_of_equal_weights_are_ties)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

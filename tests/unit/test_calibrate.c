/* Calibration: totals are met, bounds kept, redundant and contradicting margins told, a hint that holds; raking by Newton equals proportional
 * fitting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/weight/calibrate.h"
#include "estimators/weight/nonresponse.h"
#include "estimators/weight/trim.h"

enum { N = 400 };
struct sample {
  struct arena *a;
  int32_t area[N], sex[N];
  double d[N], income[N];
  struct auxiliary x;
};
static void new_sample(struct sample *s, bool with_number) {
  struct rng r;
  rng_init(&r, 5, "calibrate", "sample", 6);
  s->a = arena_new(0);
  for (int i = 0; i < N; i++) {
    s->area[i] = (int32_t)rng_below(&r, 4), s->sex[i] = (int32_t)rng_below(&r, 2);
    s->d[i] = 5 + 10 * rng_uniform(&r), s->income[i] = 100 + 50 * rng_uniform(&r);
  }
  s->x = (struct auxiliary){.n = N, .n_factors = 2, .code = {s->area, s->sex}, .levels = {4, 2}, .n_numbers = with_number, .number = {s->income}};
}
static void target(struct sample *s, double change, double *total) {
  struct err e;
  assert_int_equal(auxiliary_totals(s->a, &s->x, s->d, total, &e), E_OK);
  const double population = total[0] + total[1] + total[2] + total[3];
  total[0] *= 1 + change, total[3] = population - total[0] - total[1] - total[2];
  total[4] *= 1 - change / 2, total[5] = population - total[4];
}
static void meets(struct sample *s, const struct calibration *c, const double *total) {
  double reached[8];
  struct err e;
  assert_true(c->converged);
  assert_int_equal(auxiliary_totals(s->a, &s->x, c->w, reached, &e), E_OK);
  for (int k = 0; k < auxiliary_columns(&s->x); k++) assert_true(fabs(reached[k] - total[k]) <= 1e-9 * (1 + fabs(total[k])));
}

static void every_method_meets_totals(void **state) {
  (void)state;
  struct sample s;
  double total[8];
  struct err e;
  new_sample(&s, true);
  target(&s, 0.1, total);
  for (int method = CALIBRATE_LINEAR; method <= CALIBRATE_LOGIT; method++) {
    struct calibration c;
    struct calibration_spec spec = {.method = (enum calibration_method)method, .x = &s.x, .d = s.d, .total = total, .low = 0.6, .high = 1.6};
    assert_int_equal(calibrate(s.a, &spec, &c, &e), E_OK);
    meets(&s, &c, total);
    assert_int_equal(c.n_redundant, 1); /* sexes and areas add up to the same population */
    assert_int_equal(c.n_unmet, 0);
    if (method == CALIBRATE_TRUNCATED || method == CALIBRATE_LOGIT) assert_true(c.smallest_g >= 0.6 && c.largest_g <= 1.6);
  }
  arena_free(s.a);
}
static void raking_is_proportional_fitting(void **state) {
  (void)state;
  struct sample s;
  double total[8], w[N];
  struct err e;
  struct calibration c;
  struct ipf_result ipf;
  new_sample(&s, false);
  target(&s, 0.2, total);
  struct calibration_spec spec = {.method = CALIBRATE_RAKING, .x = &s.x, .d = s.d, .total = total, .tolerance = 1e-13};
  assert_int_equal(calibrate(s.a, &spec, &c, &e), E_OK);
  memcpy(w, s.d, sizeof w);
  assert_int_equal(weight_ipf(s.a, &s.x, total, 1e-14, 1000, w, &ipf, &e), E_OK);
  assert_true(ipf.converged);
  for (int i = 0; i < N; i++) assert_true(fabs(c.w[i] - w[i]) <= 1e-10 * w[i]);
  arena_free(s.a);
}
/* Margins that cannot be met: an answer all the same, the margins named, and for bounds a hint that holds. */
static void impossible(void **state) {
  (void)state;
  struct sample s;
  double total[8];
  struct err e;
  struct calibration c;
  new_sample(&s, false);
  target(&s, 0.5, total);
  struct calibration_spec spec = {.method = CALIBRATE_LOGIT, .x = &s.x, .d = s.d, .total = total, .low = 0.9, .high = 1.1, .hint = true};
  assert_int_equal(calibrate(s.a, &spec, &c, &e), E_OK);
  assert_false(c.converged);
  assert_true(c.n_unmet > 0 && c.has_hint);
  spec.low = c.hint_low, spec.high = c.hint_high;
  assert_int_equal(calibrate(s.a, &spec, &c, &e), E_OK);
  meets(&s, &c, total);
  total[5] += 1000; /* contradicts the areas */
  spec.method = CALIBRATE_LINEAR;
  assert_int_equal(calibrate(s.a, &spec, &c, &e), E_OK);
  assert_false(c.converged);
  assert_true(c.n_unmet >= 1);
  for (int i = 0; i < N; i++) assert_true(isfinite(c.w[i]));
  spec.low = 1.2, spec.high = 1.5, spec.method = CALIBRATE_TRUNCATED;
  assert_int_equal(calibrate(s.a, &spec, &c, &e), E_CALIBRATION_SPEC);
  arena_free(s.a);
}
/* The residuals are orthogonal to every auxiliary variable, and a variable of the regression has none. */
static void residuals(void **state) {
  (void)state;
  struct sample s;
  struct regression r;
  struct err e;
  double out[N], q[N], sums[8];
  new_sample(&s, true);
  assert_int_equal(regression_new(s.a, &s.x, s.d, &r, &e), E_OK);
  assert_int_equal(regression_residuals(s.a, &r, s.income, out, &e), E_OK);
  for (int i = 0; i < N; i++) assert_true(fabs(out[i]) < 1e-10 * s.income[i]);
  for (int i = 0; i < N; i++) q[i] = s.income[i] * s.income[i];
  assert_int_equal(regression_residuals(s.a, &r, q, out, &e), E_OK);
  for (int i = 0; i < N; i++) out[i] *= s.d[i];
  assert_int_equal(auxiliary_totals(s.a, &s.x, out, sums, &e), E_OK);
  for (int k = 0; k < 7; k++) assert_true(fabs(sums[k]) < 1e-6);
  arena_free(s.a);
}
static void trimming(void **state) {
  (void)state;
  double w[] = {1, 4, 5, 6, 20}, loose[] = {2, 9, 9, 22};
  struct trim_result r;
  struct err e;
  assert_int_equal(weight_trim(5, 2, 10, false, w, &r, &e), E_OK);
  const double expected[] = {2, 7, 8, 9, 10}; /* 9 won and lost, shared by three */
  for (int i = 0; i < 5; i++) assert_true(fabs(w[i] - expected[i]) < 1e-12);
  assert_int_equal(weight_trim(4, 2, 10, true, loose, &r, &e), E_CALIBRATION_SPEC); /* the mass does not fit under the bounds */
  assert_int_equal(weight_trim(4, 5, 3, true, loose, &r, &e), E_CALIBRATION_SPEC);
}
/* A saturated logistic model gives the weighting classes; a class without answers stops. */
static void nonresponse(void **state) {
  (void)state;
  struct sample s;
  uint8_t answered[N];
  double factor[4], w[N], v[N];
  struct propensity p;
  struct err e;
  new_sample(&s, false);
  for (int i = 0; i < N; i++) answered[i] = (i * 7 + s.area[i]) % 5 != 0;
  assert_int_equal(nonresponse_classes(s.a, N, s.d, answered, s.area, 4, factor, w, &e), E_OK);
  const struct auxiliary x = {.n = N, .n_factors = 1, .code = {s.area}, .levels = {4}};
  assert_int_equal(nonresponse_logistic(s.a, &x, s.d, answered, &p, v, &e), E_OK);
  assert_true(p.converged);
  for (int i = 0; i < N; i++) assert_true(fabs(w[i] - v[i]) <= 1e-10 * w[i]);
  for (int i = 0; i < N; i++) answered[i] = s.area[i] != 2;
  assert_int_equal(nonresponse_classes(s.a, N, s.d, answered, s.area, 4, factor, w, &e), E_NO_RESPONDENTS);
  assert_string_equal(e.subject, "2");
  arena_free(s.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_method_meets_totals), cmocka_unit_test(raking_is_proportional_fitting),
      cmocka_unit_test(impossible), cmocka_unit_test(residuals), cmocka_unit_test(trimming), cmocka_unit_test(nonresponse)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_seats.c -- canonical decomposition of the airline model: its parts make the whole at every frequency and touch zero; estimates are exact where
 * they must be, and the filter in the middle of a long series is the quotient of spectra. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "estimators/seasonal/seats.h"

static struct err error;
static double spectrum(const double *c, double w) {
  double sum = c[0];
  for (int k = 1; k < SEATS_LAGS; k++) sum += 2 * c[k] * cos(k * w);
  return sum;
}
static double power_of_sum(int period, double w) { /* |1 + B + ... |^2 */
  const double s = sin(w / 2);
  return s == 0 ? period * period : pow(sin(period * w / 2) / s, 2);
}
static double model(double theta, double seasonal, int period, double w) { /* times |(1-B)(1-B^s)|^2 */
  return (1 + theta * theta - 2 * theta * cos(w)) * (1 + seasonal * seasonal - 2 * seasonal * cos(period * w));
}
static void parts_make_the_whole(void **state) {
  static const struct {
    double theta, seasonal;
    int period;
  } cases[] = {{0.4, 0.55, 12}, {0.9, 0.3, 12}, {-0.2, 0.8, 12}, {0.5, 0.5, 4}, {0.92, 0.24, 4}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct seats_parts p;
    const int s = cases[i].period;
    double least_trend = HUGE_VAL, least_seasonal = HUGE_VAL;
    assert_int_equal(seats_decompose(cases[i].theta, cases[i].seasonal, s, &p, &error), E_OK);
    for (int k = 1; k < 1000; k++) {
      const double w = M_PI * k / 1000.0 + 1e-4, dt = pow(2 - 2 * cos(w), 2), ds = power_of_sum(s, w);
      if (w > M_PI || ds < 1e-6) continue;
      const double t = spectrum(p.trend, w) / dt, x = spectrum(p.seasonal, w) / ds, whole = model(cases[i].theta, cases[i].seasonal, s,
          w) / (dt * ds);
      least_trend = fmin(least_trend, t), least_seasonal = fmin(least_seasonal, x);
      assert_true(t > -1e-9 && x > -1e-9);
      assert_true(fabs(t + x + p.irregular - whole) < 1e-7 * fmax(1, whole));
      assert_true(fabs(spectrum(p.adjusted, w) / dt - (t + p.irregular)) < 1e-7 * fmax(1, t));
      assert_true(fabs(spectrum(p.rest, w) / ds - (x + p.irregular)) < 1e-7 * fmax(1, x));
    }
    assert_true(least_trend < 1e-3 && least_seasonal < 1e-3 && p.irregular > 0);
  }
}
static void a_line_and_a_fixed_pattern_come_back(void **state) {
  enum { N = 96 };
  static const double pattern[12] = {3, -1, 2, -4, 5, -2, 1, 0, -3, 2, -1, -2};
  double z[N], s[N], t[N];
  struct arena *a = arena_new(0);
  struct seats_parts p;
  (void)state;
  assert_int_equal(seats_decompose(0.4, 0.55, 12, &p, &error), E_OK);
  for (int i = 0; i < N; i++) z[i] = 100 + 0.5 * i + pattern[i % 12];
  assert_int_equal(seats_estimate(a, &p, z, N, s, t, &error), E_OK);
  for (int i = 0; i < N; i++) assert_true(fabs(s[i] - pattern[i % 12]) < 1e-6 && fabs(t[i] - 100 - 0.5 * i) < 1e-6);
  arena_free(a);
}
/* The response to one impulse in the middle, seen at a frequency, is the share of the seasonal in the spectrum there. */
static void the_filter_is_the_quotient_of_spectra(void **state) {
  enum { N = 481, MIDDLE = 240 };
  double *z, *s, *t;
  struct arena *a = arena_new(0);
  struct seats_parts p;
  (void)state;
  assert_int_equal(seats_decompose(0.4, 0.4, 12, &p, &error), E_OK);
  z = ARENA_ARRAY(a, double, N), s = ARENA_ARRAY(a, double, N), t = ARENA_ARRAY(a, double, N);
  z[MIDDLE] = 1;
  assert_int_equal(seats_estimate(a, &p, z, N, s, t, &error), E_OK);
  for (int k = 1; k < 20; k++) {
    const double w = M_PI * k / 20.0 + 0.013, dt = pow(2 - 2 * cos(w), 2), ds = power_of_sum(12, w);
    double of_s = 0, of_t = 0;
    for (int i = 0; i < N; i++) of_s += s[i] * cos(w * (i - MIDDLE)), of_t += t[i] * cos(w * (i - MIDDLE));
    if (w > M_PI) break;
    const double whole = model(0.4, 0.4, 12, w) / (dt * ds);
    assert_true(fabs(of_s - spectrum(p.seasonal, w) / ds / whole) < 1e-5);
    assert_true(fabs(of_t - spectrum(p.trend, w) / dt / whole) < 1e-5);
  }
  for (int i = 1; i < 100; i++) assert_true(fabs(s[MIDDLE - i] - s[MIDDLE + i]) < 1e-6);
  arena_free(a);
}
static void a_model_without_decomposition_is_refused(void **state) {
  struct seats_parts p;
  (void)state;
  assert_int_equal(seats_decompose(0.4, -0.6, 12, &p, &error), E_SEATS_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(parts_make_the_whole), cmocka_unit_test(a_line_and_a_fixed_pattern_come_back),
      cmocka_unit_test(the_filter_is_the_quotient_of_spectra), cmocka_unit_test(a_model_without_decomposition_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

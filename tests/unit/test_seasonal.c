/* test_seasonal.c -- filters of X-11 against published weights, series whose components are known, exact likelihoods that can be written down,
 * holidays of years of record, regressors, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "estimators/seasonal/henderson.h"
#include "estimators/seasonal/holiday_ja.h"
#include "estimators/seasonal/outliers.h"

static struct err error;
static void close_to(double found, double expected, double tolerance) {
  if (!(fabs(found - expected) <= tolerance)) fail_msg("%.12g instead of %.12g", found, expected);
}
static int64_t day(int y, int m, int d) { return date_from_civil(y, m, d); }

/* --- filters ------------------------------------------------------------------------------------------------------------------------- */
static void henderson_has_its_published_weights(void **state) {
  (void)state;
  static const double thirteen[7] = {-0.01935, -0.02786, 0, 0.06549, 0.14736, 0.21434, 0.24006};
  static const double last_of_thirteen[7] = {-0.09187, -0.05812, 0.01202, 0.11977, 0.24390, 0.35315, 0.42113};
  double w[HENDERSON_MOST], v[HENDERSON_MOST];
  henderson_weights(13, w);
  for (int i = 0; i < 7; i++) close_to(w[i], thirteen[i], 6e-6);
  henderson_end(13, w, 7, 3.5, v);
  for (int i = 0; i < 7; i++) close_to(v[i], last_of_thirteen[i], 1.1e-5);
  for (int n = 3; n <= 31; n += 2) {
    double sum = 0, third = 0;
    henderson_weights(n, w);
    for (int i = 0; i < n; i++) sum += w[i], third += w[i] * pow(i - n / 2, 2);
    close_to(sum, 1, 1e-12);
    if (n > 3) close_to(third, 0, 1e-9); /* cubics pass */
  }
}
static void seasonal_filters_sum_to_one(void **state) {
  (void)state;
  for (int f = SEASONAL_3X1; f <= SEASONAL_STABLE; f++)
    for (int n = 1; n <= 30; n++) {
      double value[30], out[30];
      for (int i = 0; i < n; i++) value[i] = 7.25;
      seasonal_smooth_years((enum seasonal_filter)f, value, n, out);
      for (int i = 0; i < n; i++) close_to(out[i], 7.25, 1e-12);
    }
  double value[5] = {0, 0, 1, 0, 0}, out[5];
  seasonal_smooth_years(SEASONAL_3X3, value, 5, out);
  close_to(out[0], 5 / 27.0, 1e-15);
  close_to(out[1], 0.7 / 2.7, 1e-15);
  close_to(out[2], 3 / 9.0, 1e-15);
  close_to(out[4], 5 / 27.0, 1e-15);
  double years[40] = {0}, smooth[40];
  years[20] = 45;
  seasonal_smooth_years(SEASONAL_3X15, years, 40, smooth);
  static const double middle[10] = {3, 3, 3, 3, 3, 3, 3, 2, 1, 0};
  for (int k = 0; k < 10; k++) close_to(smooth[20 + k], middle[k], 1e-12), close_to(smooth[20 - k], middle[k], 1e-12);
  seasonal_smooth_years(SEASONAL_3X15, years, 19, smooth); /* too few years: their mean */
  for (int k = 1; k < 19; k++) close_to(smooth[k], smooth[0], 0);
}

/* --- a series whose parts are known -------------------------------------------------------------------------------------------------- */
enum { MONTHS = 144 };
static void known_series(double *value, double *factor, bool multiply) {
  double sum = 0, month[12];
  for (int m = 0; m < 12; m++) {
    month[m] = (multiply ? 1 : 0) + 0.2 * sin(2 * M_PI * m / 12) + (m == 5 ? 0.3 : 0);
    sum += month[m] / 12;
  }
  for (int i = 0; i < MONTHS; i++) {
    factor[i] = multiply ? month[i % 12] / sum : 100 * (month[i % 12] - sum);
    value[i] = multiply ? 200 * factor[i] : 200 + factor[i];
  }
}
static void known_components_come_back(void **state) {
  (void)state;
  static const enum x11_mode modes[] = {X11_MULTIPLICATIVE, X11_ADDITIVE, X11_PSEUDO_ADDITIVE, X11_LOG_ADDITIVE};
  for (size_t k = 0; k < 4; k++) {
    double value[MONTHS], factor[MONTHS];
    struct arena *a = arena_new(0);
    struct x11_spec spec = x11_defaults();
    struct x11_result x;
    spec.mode = modes[k];
    known_series(value, factor, spec.mode != X11_ADDITIVE);
    struct x11_series in = {value, MONTHS, 12, 0, 0, 0};
    assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_OK);
    for (int i = 0; spec.mode != X11_LOG_ADDITIVE && i < MONTHS; i++) {
      close_to(x.table[X11_D10][i], factor[i], 1e-9);
      close_to(x.table[X11_D11][i], 200, 1e-6);
    }
    /* logarithms: the same pattern up to the level that the bias correction gives back */
    for (int i = 12; spec.mode == X11_LOG_ADDITIVE && i < MONTHS; i++) close_to(x.table[X11_D10][i] / x.table[X11_D10][i - 12], 1, 1e-9);
    arena_free(a);
  }
}
static void forecasts_only_lengthen(void **state) {
  (void)state;
  double value[MONTHS + 12], factor[MONTHS];
  struct arena *a = arena_new(0);
  struct x11_spec spec = x11_defaults();
  struct x11_result x, y;
  known_series(value, factor, true);
  for (int i = 0; i < 12; i++) value[MONTHS + i] = value[MONTHS - 12 + i];
  struct x11_series in = {value, MONTHS, 12, 0, 0, 0}, longer = {value, MONTHS + 12, 12, 0, 0, 12};
  assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_OK);
  assert_int_equal(x11_run(a, &spec, &longer, &y, &error), E_OK);
  for (int i = 0; i < MONTHS; i++) close_to(x.table[X11_D11][i], y.table[X11_D11][i], 1e-9);
  arena_free(a);
}
static void bad_series_are_refused(void **state) {
  (void)state;
  double value[MONTHS], factor[MONTHS];
  struct arena *a = arena_new(0);
  struct x11_spec spec = x11_defaults();
  struct x11_result x;
  known_series(value, factor, true);
  struct x11_series in = {value, 35, 12, 0, 0, 0};
  assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_SEASONAL_SHORT);
  in.n = MONTHS;
  value[40] = 0;
  assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_SEASONAL_SIGN);
  assert_int_equal(error.line, 41);
  value[40] = NAN;
  assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_SEASONAL_VALUE);
  value[40] = 1;
  spec.trend_terms = 12;
  assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_SEASONAL_OPTION);
  spec = x11_defaults();
  spec.sigma_high = 1;
  assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_SEASONAL_OPTION);
  in.period = 7;
  assert_int_equal(x11_run(a, &spec, &in, &x, &error), E_SEASONAL_OPTION);
  arena_free(a);
}

/* --- models -------------------------------------------------------------------------------------------------------------------------- */
static void orders_are_read(void **state) {
  (void)state;
  struct arima_order o;
  assert_int_equal(arima_order_parse("(0 1 1)(0 1 1)", 12, &o, &error), E_OK);
  assert_true(o.q == 1 && o.sq == 1 && o.d == 1 && o.sd == 1);
  assert_int_equal(arima_order_parse("(2,1,0)", 4, &o, &error), E_OK);
  assert_true(o.p == 2 && o.sd == 0);
  static const char *const wrong[] = {
      "", "(0 1 1", "(0 1 1)(0 1 1) x", "(-1 1 1)(0 1 1)", "(0 1 1)(0 2 1)", "airline", "(99 1 1)(0 1 1)", "(0 4 0)"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_int_equal(arima_order_parse(wrong[i], 12, &o, &error), E_ARIMA_ORDER);
}
/* AR(1): log likelihood = log f(y_1) + sum log f(y_t | y_t-1), written down. */
static void likelihood_of_ar1_is_exact(void **state) {
  (void)state;
  enum { N = 30 };
  double y[N], phi = 0.6, s = 0;
  struct arena *a = arena_new(0);
  struct arima_order o = {.p = 1, .period = 12};
  struct arima_fit fit;
  for (int i = 0; i < N; i++) y[i] = sin(1.7 * i) + 0.3 * cos(0.4 * i * i);
  s = y[0] * y[0] * (1 - phi * phi);
  for (int i = 1; i < N; i++) s += (y[i] - phi * y[i - 1]) * (y[i] - phi * y[i - 1]);
  double expected = -N / 2.0 * (log(2 * M_PI * s / N) + 1) + 0.5 * log(1 - phi * phi);
  struct arima_input in = {y, NULL, N, 0, 0};
  assert_int_equal(arima_apply(a, &o, &phi, &in, &fit, &error), E_OK);
  close_to(fit.log_likelihood, expected, 1e-10);
  close_to(fit.sigma2, s / N, 1e-12);
  arena_free(a);
}
/* MA(1): the covariance is tridiagonal; its factor by the recursion d_t = 1 + theta^2 - theta^2 / d_t-1. */
static void likelihood_of_ma1_is_exact(void **state) {
  (void)state;
  enum { N = 25 };
  double y[N], theta = 0.8, d = 1 + theta * theta, u = 0, s = 0, logs = 0;
  struct arena *a = arena_new(0);
  struct arima_order o = {.q = 1, .period = 12};
  struct arima_fit fit;
  for (int i = 0; i < N; i++) y[i] = cos(2.1 * i) + 0.1 * i;
  for (int i = 0; i < N; i++) {
    double before = d;
    if (i) {
      d = 1 + theta * theta - theta * theta / before;
      u = y[i] + theta / before * u; /* covariance of neighbours: -theta */
    } else u = y[0];
    s += u * u / d;
    logs += log(d);
  }
  struct arima_input in = {y, NULL, N, 0, 0};
  assert_int_equal(arima_apply(a, &o, &theta, &in, &fit, &error), E_OK);
  close_to(fit.sigma2, s / N, 1e-12);
  close_to(fit.log_likelihood, -N / 2.0 * (log(2 * M_PI * s / N) + 1) - logs / 2, 1e-10);
  arena_free(a);
}
static void random_walk_is_forecast_by_its_last_value(void **state) {
  (void)state;
  enum { N = 40, AHEAD = 6 };
  double y[N];
  struct arena *a = arena_new(0);
  struct arima_order o = {.d = 1, .period = 12};
  struct arima_fit fit;
  for (int i = 0; i < N; i++) y[i] = i % 3 - 0.1 * (i % 7);
  struct arima_input in = {y, NULL, N, 0, AHEAD};
  assert_int_equal(arima_estimate(a, &o, &in, &fit, &error), E_OK);
  for (int h = 0; h < AHEAD; h++) {
    close_to(fit.forecast[h], y[N - 1], 1e-12);
    close_to(fit.forecast_se[h], sqrt(fit.sigma2 * (h + 1)), 1e-12);
  }
  arena_free(a);
}
/* White noise about regressors: ordinary least squares, written down for a constant and a slope. */
static void regression_is_least_squares(void **state) {
  (void)state;
  enum { N = 20 };
  double y[N], one[N + 2], slope[N + 2], sx = 0, sxx = 0, sy = 0, sxy = 0, rest = 0;
  struct arena *a = arena_new(0);
  struct arima_order o = {.period = 12};
  struct arima_fit fit;
  for (int i = 0; i < N + 2; i++) one[i] = 1, slope[i] = i;
  for (int i = 0; i < N; i++) {
    y[i] = 3 + 0.5 * i + (i % 4 - 1.5) / 3;
    sx += i, sxx += (double)i * i, sy += y[i], sxy += i * y[i];
  }
  double b = (N * sxy - sx * sy) / (N * sxx - sx * sx), c = (sy - b * sx) / N;
  for (int i = 0; i < N; i++) rest += (y[i] - c - b * i) * (y[i] - c - b * i);
  const double *x[] = {one, slope};
  struct arima_input in = {y, x, N, 2, 2};
  assert_int_equal(arima_estimate(a, &o, &in, &fit, &error), E_OK);
  close_to(fit.beta[0], c, 1e-10);
  close_to(fit.beta[1], b, 1e-10);
  close_to(fit.beta_se[1], sqrt(rest / N / (sxx - sx * sx / N)), 1e-10);
  close_to(fit.forecast[1], c + b * (N + 1), 1e-10);
  double far = N + 1 - sx / N;
  close_to(fit.forecast_se[1], sqrt(rest / N * (1 + 1.0 / N + far * far / (sxx - sx * sx / N))), 1e-10);
  x[1] = one;
  assert_int_equal(arima_estimate(a, &o, &in, &fit, &error), E_ARIMA_SINGULAR);
  arena_free(a);
}

/* --- calendar ------------------------------------------------------------------------------------------------------------------------ */
static void holidays_are_those_of_the_law(void **state) {
  (void)state;
  static const struct {
    int year, days;
  } years[] = {{1955, 9}, {1974, 15}, {1988, 14}, {2009, 17}, {2015, 17}, {2019, 22}, {2020, 18}, {2021, 17}, {2024, 21}, {2026, 18}};
  static const struct {
    int y, m, d;
    bool holiday;
  } days[] = {{1973, 4, 30, true}, {1973, 2, 12, false}, {1988, 5, 4, true}, {1959, 4, 10, true}, {1989, 2, 24, true}, {1999, 1, 15, true},
      {2000, 1, 10, true}, {2000, 1, 15, false}, {2009, 9, 22, true}, {2019, 4, 30, true}, {2019, 5, 2, true}, {2019, 10, 22, true},
      {2019, 12, 23, false}, {2020, 10, 12, false}, {2020, 7, 24, true}, {2021, 8, 9, true}, {2021, 10, 11, false}, {2026, 9, 22, true},
      {2026, 5, 6, true}, {1948, 7, 1, false}};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++)
    if (holiday_ja(day(days[i].y, days[i].m, days[i].d)) != days[i].holiday) fail_msg("%d-%d-%d", days[i].y, days[i].m, days[i].d);
  for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
    int n = 0;
    for (int64_t d = day(years[i].year, 1, 1); d < day(years[i].year + 1, 1, 1); d++) n += holiday_ja(d);
    if (n != years[i].days) fail_msg("%d holidays in %d instead of %d", n, years[i].year, years[i].days);
  }
  assert_true(new_year_closure_ja(day(2025, 12, 29)) && new_year_closure_ja(day(2026, 1, 3)) && !new_year_closure_ja(day(2026, 1, 4)));
}
static void regressors_are_made_by_name(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct effect_list *list = ARENA_NEW(a, struct effect_list);
  struct effect_span span = {2008, 0, 12, 48, 12};
  static const char *const good[] = {"ao2008-10", "ls2009-01", "tc2010-02", "rp2008-10:2009-01", "td1", "lpyear"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_int_equal(effects_add(a, &span, good[i], list, &error), E_OK);
  assert_int_equal(list->n, 6);
  assert_true(list->effect[0].x[9] == 1 && list->effect[0].x[8] == 0 && list->effect[1].x[11] == -1 && list->effect[1].x[12] == 0);
  close_to(list->effect[2].x[27], 0.49, 1e-15);
  close_to(list->effect[3].x[10], -2 / 3.0, 1e-15);
  close_to(list->effect[4].x[0], 23 - 2.5 * 8, 1e-15); /* January 2008 */
  close_to(list->effect[5].x[1], 0.75, 1e-15);
  assert_int_equal(effects_add(a, &span, "td", list, &error), E_OK);
  assert_int_equal(effects_add(a, &span, "jpdays", list, &error), E_OK);
  assert_int_equal(list->n, 20);
  for (int k = 12; k < 20; k++) { /* each calendar month of a working-day regressor has mean zero */
    double sum = 0;
    for (int i = 3; i < 60; i += 12) sum += list->effect[k].x[i];
    close_to(sum, 0, 1e-12);
  }
  static const char *const wrong[] = {"ao", "ls2008", "ao2008-13", "x2008-10", "rp2008-10", "TD", "ao2008-Q1"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_int_equal(effects_add(a, &span, wrong[i], list, &error), E_EFFECT_NAME);
  static const char *const outside[] = {"ao2007-12", "ls2008-01", "tc2012-01", "rp2009-02:2008-02"};
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) assert_int_equal(effects_add(a, &span, outside[i], list, &error), E_EFFECT_DATE);
  arena_free(a);
}
static void planted_outliers_are_found(void **state) {
  (void)state;
  enum { N = 120 };
  double value[N], e = 0.7;
  struct arena *a = arena_new(0);
  struct effect_list *list = ARENA_NEW(a, struct effect_list);
  struct effect_span span = {2010, 0, 12, N, 0};
  struct adjustment_spec spec = {
      .x11 = x11_defaults(), .with_model = true, .logs = true, .order = {.d = 1, .q = 1, .sd = 1, .sq = 1, .period = 12}};
  struct outlier_request q = {.kinds = {true, true, true}, .most = 10};
  struct outlier_found found[OUTLIERS_MOST];
  int n = 0;
  for (int i = 0; i < N; i++) { /* a chaotic map is noise enough, and the same everywhere */
    e = 3.9 * e * (1 - e);
    value[i] = 100 * exp(0.2 * sin(2 * M_PI * i / 12) + 0.01 * (e - 0.5) + (i == 60 ? 0.15 : 0) - (i >= 85 ? 0.2 : 0));
  }
  assert_int_equal(outliers_find(a, &span, &q, value, &spec, list, found, &n, &error), E_OK);
  assert_int_equal(n, 2);
  bool first = false, second = false;
  for (int i = 0; i < n; i++) {
    first |= found[i].kind == OUTLIER_AO && found[i].place == 60 && found[i].t > 4;
    second |= found[i].kind == OUTLIER_LS && found[i].place == 85 && found[i].t < -4;
  }
  assert_true(first && second);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(henderson_has_its_published_weights), cmocka_unit_test(seasonal_filters_sum_to_one),
      cmocka_unit_test(known_components_come_back), cmocka_unit_test(forecasts_only_lengthen), cmocka_unit_test(bad_series_are_refused),
      cmocka_unit_test(orders_are_read), cmocka_unit_test(likelihood_of_ar1_is_exact), cmocka_unit_test(likelihood_of_ma1_is_exact),
      cmocka_unit_test(random_walk_is_forecast_by_its_last_value), cmocka_unit_test(regression_is_least_squares),
      cmocka_unit_test(holidays_are_those_of_the_law), cmocka_unit_test(regressors_are_made_by_name),
      cmocka_unit_test(planted_outliers_are_found)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

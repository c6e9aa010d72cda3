#include "estimators/seasonal/adjustment.h"

#include <math.h>
#include <string.h>

static const double limit_95 = 1.959963984540054; /* normal quantile of 0.975 */

static double joined(bool divide, double a, double b) { return divide ? a * b : a + b; }
static double parted(bool divide, double a, double b) { return divide ? a / b : a - b; }
static bool factors_multiply(const struct adjustment_spec *spec) { return spec->x11.mode != X11_ADDITIVE; }

static enum err_code fit_model(
    struct arena *a, const struct adjustment_spec *spec, const double *value, int n, struct adjustment *out, struct err *e) {
  double *y = ARENA_ARRAY(a, double, n);
  const double **x = ARENA_ARRAY(a, const double *, spec->n_effects + 1);
  if (!y || !x) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  for (int i = 0; i < n; i++) {
    if (spec->logs && !(value[i] > 0)) return ERR(e, E_SEASONAL_SIGN, .line = i + 1);
    if (!isfinite(value[i])) return ERR(e, E_SEASONAL_VALUE, .line = i + 1);
    y[i] = spec->logs ? log(value[i]) : value[i];
  }
  for (int j = 0; j < spec->n_effects; j++) x[j] = spec->effects[j].x;
  out->input = (struct arima_input){y, x, n, spec->n_effects, spec->ahead};
  if (spec->parameter) return arima_apply(a, &spec->order, spec->parameter, &out->input, &out->fit, e);
  return arima_estimate(a, &spec->order, &out->input, &out->fit, e);
}
/* The effects of one kind (or of all: kind -1) at place i, as a factor or an amount. */
static double effect_at(const struct adjustment_spec *spec, const struct adjustment *out, int kind, int i) {
  double sum = 0;
  for (int j = 0; j < spec->n_effects; j++)
    if (kind < 0 ? spec->effects[j].kind != EFFECT_CONSTANT : (int)spec->effects[j].kind == kind) sum += out->fit.beta[j] * spec->effects[j].x[i];
  return spec->logs ? exp(sum) : sum;
}
static enum err_code prior_adjusted(
    struct arena *a, const struct adjustment_spec *spec, const double *value, int n, struct adjustment *out, struct err *e) {
  int ahead = spec->with_model ? spec->ahead : 0;
  double *b1 = ARENA_ARRAY(a, double, n + ahead);
  if (!b1) return ERR(e, E_NO_MEMORY, .subject = "X-11");
  for (int i = 0; i < n; i++) b1[i] = spec->n_effects ? parted(spec->logs, value[i], effect_at(spec, out, -1, i)) : value[i];
  for (int h = 0; h < ahead; h++) {
    double f = spec->logs ? exp(out->fit.forecast[h]) : out->fit.forecast[h];
    b1[n + h] = spec->n_effects ? parted(spec->logs, f, effect_at(spec, out, -1, n + h)) : f;
  }
  out->series.value = b1;
  out->series.n = n + ahead;
  out->series.n_after = ahead;
  return E_OK;
}
static enum err_code room(struct arena *a, int n, int period, int ahead, struct adjustment *out, struct err *e) {
  double **all[] = {&out->calendar, &out->level, &out->combined, &out->adjusted, &out->trend, &out->irregular};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    if (!(*all[k] = ARENA_ARRAY(a, double, n))) return ERR(e, E_NO_MEMORY, .subject = "X-11");
  out->forecast = ARENA_ARRAY(a, double, ahead + 1);
  out->forecast_low = ARENA_ARRAY(a, double, ahead + 1);
  out->forecast_high = ARENA_ARRAY(a, double, ahead + 1);
  out->next_factor = ARENA_ARRAY(a, double, period);
  return out->forecast && out->forecast_low && out->forecast_high && out->next_factor ? E_OK : ERR(e, E_NO_MEMORY, .subject = "X-11");
}
static bool has_kind(const struct adjustment_spec *spec, enum effect_kind kind) {
  for (int j = 0; j < spec->n_effects; j++)
    if (spec->effects[j].kind == kind) return true;
  return false;
}
/* Pseudo-additive factors are taken out as a share of the trend, so the combined factor is what X-11 removed. */
static void put_back(const struct adjustment_spec *spec, const double *value, int n, struct adjustment *out) {
  bool divide = factors_multiply(spec), calendar = has_kind(spec, EFFECT_CALENDAR), level = has_kind(spec, EFFECT_LEVEL);
  for (int i = 0; i < n; i++) {
    double removed = spec->x11.mode == X11_PSEUDO_ADDITIVE ? out->x11.table[X11_B1][i] / out->x11.table[X11_D11][i] : out->x11.table[X11_D10][i];
    out->calendar[i] = calendar ? effect_at(spec, out, EFFECT_CALENDAR, i) : divide ? 1 : 0;
    out->level[i] = level ? effect_at(spec, out, EFFECT_LEVEL, i) : divide ? 1 : 0;
    out->combined[i] = joined(divide, removed, out->calendar[i]);
    out->adjusted[i] = spec->n_effects ? parted(divide, value[i], out->combined[i]) : out->x11.table[X11_D11][i];
    out->trend[i] = joined(divide, out->x11.table[X11_D12][i], out->level[i]);
    out->irregular[i] = parted(divide, out->adjusted[i], out->trend[i]);
  }
}
static void forecasts(const struct adjustment_spec *spec, struct adjustment *out) {
  for (int h = 0; spec->with_model && h < spec->ahead; h++) {
    double f = out->fit.forecast[h], wide = limit_95 * out->fit.forecast_se[h];
    out->forecast[h] = spec->logs ? exp(f) : f;
    out->forecast_low[h] = spec->logs ? exp(f - wide) : f - wide;
    out->forecast_high[h] = spec->logs ? exp(f + wide) : f + wide;
  }
}
/* Factors of the coming year: from the forecasts where they reach, else last year's change goes on by half. */
static void next_year(struct adjustment *out, int n, int period) {
  const double *s = out->x11.table[X11_D10];
  for (int k = 0; k < period; k++) {
    int last = n - period + k;
    out->next_factor[k] = n + k < out->series.n ? s[n + k] : s[last] + (s[last] - s[last - period]) / 2;
  }
}
enum err_code adjustment_finish(
    struct arena *a, const struct adjustment_spec *spec, const double *value, int n, struct adjustment *out, struct err *e) {
  put_back(spec, value, n, out);
  struct x11_prior prior = {has_kind(spec, EFFECT_CALENDAR) ? out->calendar : NULL, has_kind(spec, EFFECT_LEVEL) ? out->level : NULL};
  return x11_quality(a, &spec->x11, &out->series, &prior, &out->x11, &out->quality, e);
}
enum err_code adjust_series(
    struct arena *a, const struct adjustment_spec *spec, const double *value, int n, int period, int at, struct adjustment *out, struct err *e) {
  memset(out, 0, sizeof *out);
  out->series = (struct x11_series){.period = period, .at = at};
  if (spec->with_model && spec->logs != factors_multiply(spec))
    return ERR(e, E_SEASONAL_OPTION, .subject = "mode", .found = x11_mode_names[spec->x11.mode],
        .expected = spec->logs ? "mult, logadd or pseudoadd for a model of logarithms" : "add for a model without logarithms");
  if (!spec->with_model && spec->n_effects)
    return ERR(e, E_SEASONAL_OPTION, .subject = "effects", .expected = "used with a model", .found = "alone");
  if (spec->with_model) TRY(fit_model(a, spec, value, n, out, e));
  TRY(prior_adjusted(a, spec, value, n, out, e));
  TRY(room(a, n, period, spec->ahead, out, e));
  TRY(x11_run(a, &spec->x11, &out->series, &out->x11, e));
  TRY(adjustment_finish(a, spec, value, n, out, e));
  forecasts(spec, out);
  next_year(out, n, period);
  return E_OK;
}

/* --- SEATS --- */
static bool is_airline(const struct arima_order *o) {
  return o->p == 0 && o->d == 1 && o->q == 1 && o->sp == 0 && o->sd == 1 && o->sq == 1;
}
/* Logarithms of factors average 0, factors themselves more than 1: without this the adjusted series would lie below the level of the original. */
static double mean_factor(const double *s, int n, int period) {
  const int whole = n / period * period;
  double sum = 0;
  for (int i = n - whole; i < n; i++) sum += exp(s[i]);
  return sum / whole;
}
/* The forecasts of the model lengthen the series: by the law of iterated expectations this changes no estimate inside and gives next year's
 * factors. */
enum err_code adjustment_seats(struct arena *a, const struct adjustment_spec *spec, const double *value, int n, struct adjustment *out,
    struct seats_parts *parts, struct err *e) {
  const int all = out->series.n;
  const bool logs = spec->logs;
  double **table = out->x11.table, *z = ARENA_ARRAY(a, double, all), *s = ARENA_ARRAY(a, double, all), *t = ARENA_ARRAY(a, double, all);
  if (!spec->with_model || !is_airline(&spec->order))
    return ERR(e, E_SEASONAL_OPTION, .subject = "method seats", .found = "another model", .expected = "with the model (0 1 1)(0 1 1)");
  if (spec->x11.mode == X11_PSEUDO_ADDITIVE)
    return ERR(e, E_SEASONAL_OPTION, .subject = "mode", .found = "pseudoadd", .expected = "mult, logadd or add");
  if (!z || !s || !t) return ERR(e, E_NO_MEMORY, .subject = "SEATS");
  for (int i = 0; i < all; i++) z[i] = logs ? log(out->series.value[i]) : out->series.value[i];
  TRY(seats_decompose(out->fit.parameter[0], out->fit.parameter[1], spec->order.period, parts, e));
  TRY(seats_estimate(a, parts, z, all, s, t, e));
  const double level = logs ? mean_factor(s, n, out->series.period) : 1;
  for (int i = 0; i < all; i++) {
    table[X11_D10][i] = logs ? exp(s[i]) / level : s[i];
    table[X11_D11][i] = parted(logs, out->series.value[i], table[X11_D10][i]);
    table[X11_D12][i] = logs ? exp(t[i]) * level : t[i];
    table[X11_D13][i] = parted(logs, table[X11_D11][i], table[X11_D12][i]);
  }
  put_back(spec, value, n, out);
  next_year(out, n, out->series.period);
  return E_OK;
}

/* The five models of X-11-ARIMA, by the errors of their forecasts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "estimators/seasonal/choice_impl.h"

enum { MODELS = 5, ORIGINS = 3, LAGS_MONTHS = 24, LAGS_QUARTERS = 8 };
static const double worst_error = 15, least_p = 0.05, most_ma = 0.99;

/* Mean error in per cent of the forecasts of a year from the last three year-ends of the data, at the parameters of the whole series. */
static enum err_code forecast_error(struct arena *a, const struct choice_input *in, const double *y, const struct arima_fit *fit, double *out,
    struct err *e) {
  const int period = in->span->period;
  const double *x[EFFECTS_MOST];
  double sum = 0;
  int n = 0;
  for (int j = 0; j < in->list->n; j++) x[j] = in->list->effect[j].x;
  *out = NAN;
  for (int k = 1; k <= ORIGINS; k++) {
    struct arena_mark mark = arena_mark(a);
    struct arima_fit at;
    struct err inner = {.code = E_OK};
    const int end = in->span->n - k * period;
    const struct arima_input cut = {y, x, end, in->list->n, period};
    const enum err_code code = arima_apply(a, &fit->order, fit->parameter, &cut, &at, &inner);
    if (code == E_NO_MEMORY) return *e = inner, code;
    for (int h = 0; !code && h < period; h++, n++) {
      const double seen = in->value[end + h], said = in->logs ? exp(at.forecast[h]) : at.forecast[h];
      sum += seen != 0 ? fabs(said / seen - 1) : 0;
    }
    arena_reset(a, mark);
  }
  if (n == ORIGINS * period) *out = 100 * sum / n;
  return E_OK;
}
static double ljung_box(const struct arima_fit *fit) {
  const int lags = fit->order.period == 12 ? LAGS_MONTHS : LAGS_QUARTERS, n = fit->n_effective;
  double variance = 0, q = 0;
  if (n <= lags + 1 || lags <= fit->n_parameters) return NAN;
  for (int i = 0; i < n; i++) variance += fit->residual[i] * fit->residual[i];
  for (int k = 1; k <= lags; k++) {
    double sum = 0;
    for (int i = k; i < n; i++) sum += fit->residual[i] * fit->residual[i - k];
    q += sum / variance * sum / variance / (n - k);
  }
  return dist_chi2_upper(q * n * (n + 2.0), lags - fit->n_parameters);
}
static enum choice_flaw flaw_of(const struct choice_candidate *c, const struct arima_fit *fit) {
  double ma = 0;
  for (int i = 0; i < c->order.q; i++) ma += fit->parameter[c->order.p + c->order.sp + i];
  if (ma > most_ma) return CHOICE_OVERDIFFERENCED;
  if (!(c->forecast_error <= worst_error)) return CHOICE_FORECAST;
  return c->ljung_box >= least_p ? CHOICE_SOUND : CHOICE_RESIDUALS;
}
enum err_code choose_of_five(struct arena *a, const struct choice_input *in, struct choice *out, struct err *e) {
  static const int orders[MODELS][3] = {{0, 1, 1}, {0, 1, 2}, {2, 1, 0}, {0, 2, 2}, {2, 1, 2}};
  double *y;
  int fallback = -1;
  *out = (struct choice){.taken = -1};
  TRY(choice_scale(a, in, in->logs, &y, e));
  for (int k = 0; k < MODELS; k++) {
    struct arena_mark mark = arena_mark(a);
    struct arima_fit fit;
    const struct arima_order o = {.p = orders[k][0], .d = orders[k][1], .q = orders[k][2], .sd = 1, .sq = 1, .period = in->span->period};
    TRY(choice_try(a, &o, y, in->span->n, in->list, out, &fit, e));
    struct choice_candidate *c = &out->candidate[k];
    if (!c->flaw) {
      TRY(forecast_error(a, in, y, &fit, &c->forecast_error, e));
      c->ljung_box = ljung_box(&fit);
      c->flaw = flaw_of(c, &fit);
      if (c->flaw == CHOICE_SOUND && (out->taken < 0 || c->forecast_error < out->candidate[out->taken].forecast_error)) out->taken = k;
      if (isfinite(c->forecast_error) && (fallback < 0 || c->forecast_error < out->candidate[fallback].forecast_error)) fallback = k;
    }
    arena_reset(a, mark);
  }
  if (out->taken < 0) out->taken = fallback; /* none is sound: the caller says so */
  return out->taken < 0 ? ERR(e, E_SEASONAL_AUTO, .found = "five") : E_OK;
}

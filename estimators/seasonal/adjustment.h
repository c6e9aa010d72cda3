/* adjustment.h -- seasonal adjustment as a statistical office publishes it: regARIMA takes calendar and outliers out and lengthens the series, X-11
 * decomposes what is left, and the effects go back where they belong.
 * Effects  calendar (trading days, holidays, leap year): to the combined factor D16; level shifts and ramps: to the trend D12; outliers (AO, TC):
 *          to the irregular D13; a constant of the differences serves the forecasts alone. D11 = original without D16, in every model.
 * Input    value: [n] observations, no gaps. Regressors: [n + ahead] each (their future values are needed for forecasts).
 * Result   tables over the observations only; the X-11 run over observations and forecasts.
 * Errors   those of x11.h and arima.h. Memory: the arena. Cost: one estimate and one run of X-11.
 * Source   X-13ARIMA-SEATS Reference Manual 1.1, 4 and 7.19. */
#ifndef SHIRABE_ESTIMATORS_ADJUSTMENT_H
#define SHIRABE_ESTIMATORS_ADJUSTMENT_H
#include "estimators/seasonal/arima.h"
#include "estimators/seasonal/seats.h"
#include "estimators/seasonal/x11_quality.h"

enum effect_kind { EFFECT_CALENDAR, EFFECT_LEVEL, EFFECT_IRREGULAR, EFFECT_CONSTANT }; /* a constant is never taken out */
struct effect {
  const char *name;
  enum effect_kind kind;
  const double *x; /* [n + ahead] */
};
struct adjustment_spec {
  struct x11_spec x11;
  bool with_model;
  bool logs; /* the model is of logarithms; X-11 must then multiply */
  struct arima_order order;
  const double *parameter; /* NULL: estimated; otherwise kept as given */
  const struct effect *effects;
  int n_effects, ahead;
};
struct adjustment {
  struct x11_series series; /* what X-11 read: B1 with its forecasts */
  struct x11_result x11;
  struct x11_quality quality;
  struct arima_fit fit;         /* with_model only */
  struct arima_input input;     /* what the model was estimated from; with_model only */
  double *calendar, *level;     /* [n] factors or amounts taken out; neutral without effects */
  double *combined, *adjusted, *trend, *irregular; /* [n]: D16, D11, D12, D13 */
  double *forecast, *forecast_low, *forecast_high; /* [ahead] on the scale of the series, 95 % limits */
  double *next_factor;          /* [period]: D10 carried one year on where there are no forecasts */
};
enum err_code adjust_series(struct arena *a, const struct adjustment_spec *spec, const double *value, int n, int period, int at,
    struct adjustment *out, struct err *e) NODISCARD;
/* After adjust_series with an airline model: trend, seasonal and irregular by SEATS instead of X-11, effects put back. The statistics of quality stay
 * those of X-11. E_SEASONAL_OPTION for another model or a pseudo-additive series, those of seats.h. */
enum err_code adjustment_seats(struct arena *a, const struct adjustment_spec *spec, const double *value, int n, struct adjustment *out,
    struct seats_parts *parts, struct err *e) NODISCARD;
/* Effects put back and statistics of quality anew, after out->x11 was run again or out->fit.beta set to coefficients of record. */
enum err_code adjustment_finish(struct arena *a, const struct adjustment_spec *spec, const double *value, int n, struct adjustment *out,
    struct err *e) NODISCARD;
#endif

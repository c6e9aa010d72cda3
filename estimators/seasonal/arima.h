/* arima.h -- seasonal ARIMA models (p d q)(P D Q) with regressors: exact likelihood, estimates with standard errors, forecasts.
 * Signs    AR 1 - phi B - ..., MA 1 - theta B - ... (both as X-13 writes them; R's arima has the MA the other way round).
 * Input    y: [n] on the scale of the model (logarithms taken by the caller), no missing values. x: n_x columns of n + ahead values each.
 * Result   parameters in the order AR, seasonal AR, MA, seasonal MA; regression coefficients; sigma^2 = u'u / n_eff; log likelihood of the
 *          differenced series; forecasts with standard errors (they count the uncertainty of the regression, not that of the ARMA parameters).
 * Method   the differenced series goes through its AR part beyond the first max(p, q) values (Ansley 1979); the banded covariance is factored and
 *          filters series and regressors alike, so that the coefficients are ordinary least squares inside the likelihood. Pure moving averages are
 *          searched by a filter that is linear in n. A coarse simplex, then Newton's steps, on partial autocorrelations, which keeps AR and MA inside
 *          or on the unit circle.
 * Errors   E_ARIMA_ORDER, E_ARIMA_SHORT, E_ARIMA_SINGULAR (a regressor that the others explain), E_ARIMA_SEARCH, E_NO_MEMORY.
 * Memory   O((n + ahead) (m + n_x)), m = max(p + sP, q + sQ). Cost: O(n m^2) an evaluation, O(n) for
 *          moving averages; 50 to 150 evaluations.
 * Source   Ansley (1979), Biometrika 66; Monahan (1984), Biometrika 71; X-13ARIMA-SEATS Reference Manual 1.1, ch. 4. */
#ifndef SHIRABE_ESTIMATORS_ARIMA_H
#define SHIRABE_ESTIMATORS_ARIMA_H
#include "base/arena.h"
#include "base/err.h"

enum { ARIMA_MOST_PARAMETERS = 12, ARIMA_MOST_REGRESSORS = 60, ARIMA_MOST_LAGS = 60, ARIMA_MOST_VALUES = 4800 };
struct arima_order {
  int p, d, q, sp, sd, sq; /* seasonal ones: P D Q */
  int period;
};
struct arima_input {
  const double *y;        /* [n] */
  const double *const *x; /* [n_x][n + ahead] */
  int n, n_x, ahead;
};
struct arima_fit {
  struct arima_order order;
  int n_parameters, n_x, n_effective;
  double parameter[ARIMA_MOST_PARAMETERS], parameter_se[ARIMA_MOST_PARAMETERS];
  double *beta, *beta_se; /* [n_x] */
  double sigma2, log_likelihood, log_determinant;
  double aic, aicc, bic;  /* of the differenced series; add 2 * (sum of logarithms) for those of the series itself */
  int evaluations;
  double *forecast, *forecast_se; /* [ahead] on the scale of y, regression included */
  double *residual;       /* [n_effective] whitened */
};
/* "(0 1 1)(0 1 1)" */
enum err_code arima_order_parse(const char *text, int period, struct arima_order *out, struct err *e) NODISCARD;
int arima_order_lost(const struct arima_order *o); /* values lost by differencing */
enum err_code arima_estimate(struct arena *a, const struct arima_order *order, const struct arima_input *in, struct arima_fit *out,
    struct err *e) NODISCARD;
/* Likelihood, coefficients and forecasts at given parameters (a model kept from an earlier year). */
enum err_code arima_apply(struct arena *a, const struct arima_order *order, const double *parameter, const struct arima_input *in,
    struct arima_fit *out, struct err *e) NODISCARD;
/* Standard errors of the parameters of a fit as X-13ARIMA-SEATS prints them (parameter_se comes from the curvature of the likelihood). NaN at the
 * boundary. */
enum err_code arima_x13_errors(struct arena *a, const struct arima_input *in, const struct arima_fit *fit, double out[ARIMA_MOST_PARAMETERS],
    struct err *e) NODISCARD;
#endif

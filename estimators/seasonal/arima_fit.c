/* The search for the parameters and what follows from them. */
#include <math.h>
#include <string.h>

#include "base/ext_gsl_solve.h"
#include "estimators/seasonal/arima_impl.h"

enum { SIMPLEX_STEPS = 600, ROUNDS = 8 };
static const double start_value = 0.1, simplex_size = 1e-7, first_size = 1e-4, least_gain = 1e-6, hessian_step = 1e-4;

struct search {
  struct arima_work *work;
  int evaluations;
};
static double objective(const double *v, void *context) {
  struct search *s = context;
  double parameter[ARIMA_MOST_PARAMETERS];
  parameters_of(s->work->order, v, parameter);
  s->evaluations++;
  double l = arima_likelihood(s->work, parameter);
  return isfinite(l) ? -l : 1e300;
}
/* Started again, finer, from its own end until that gains next to nothing: a simplex can collapse on a slope. Where the likelihood grows towards the
 * boundary for ever, a round ends after its last step. */
static bool search_parameters(struct search *s, int k, double *free_value) {
  double before = HUGE_VAL, now = 0;
  for (int i = 0; i < k; i++) free_value[i] = atanh(start_value);
  for (int round = 0; round < ROUNDS && k; round++) {
    now = minimise_simplex(objective, s, (size_t)k, free_value, round ? 0.02 : 0.3, round ? simplex_size : first_size, SIMPLEX_STEPS);
    if (fabs(before - now) < least_gain) return true;
    before = now;
  }
  return k == 0;
}

/* Standard errors from the curvature of the log likelihood in the parameters themselves; NaN where it is not a maximum (boundary). */
static double curvature(struct arima_work *w, const double *at, int i, int j, double h) {
  double sum = 0;
  for (int a = -1; a <= 1; a += 2)
    for (int b = -1; b <= 1; b += 2) {
      double v[ARIMA_MOST_PARAMETERS];
      memcpy(v, at, sizeof v);
      v[i] += a * h;
      v[j] += b * h;
      sum += a * b * arima_likelihood(w, v);
    }
  return -sum / (4 * h * h);
}
static void parameter_errors(struct arima_work *w, struct arima_fit *out) {
  int k = out->n_parameters;
  double matrix[ARIMA_MOST_PARAMETERS * ARIMA_MOST_PARAMETERS] = {0};
  for (int i = 0; i < k; i++) out->parameter_se[i] = NAN;
  for (int i = 0; i < k; i++)
    for (int j = 0; j <= i; j++) matrix[i * k + j] = matrix[j * k + i] = curvature(w, out->parameter, i, j, hessian_step);
  for (int i = 0; i < k * k; i++)
    if (!isfinite(matrix[i])) return;
  if (!invert_positive(matrix, (size_t)k)) return;
  for (int i = 0; i < k; i++) out->parameter_se[i] = sqrt(matrix[i * k + i]);
}
/* Coefficients' errors: sigma^2 (X'X)^-1 of the whitened regressors. */
static void regression_errors(const struct arima_work *w, struct arima_fit *out) {
  int k = w->ls.k;
  for (int c = 0; c < k; c++) {
    double sum = 0;
    /* row c of R^-1: solve r' z = e_c from below */
    double z[ARIMA_MOST_REGRESSORS];
    for (int j = c; j < k; j++) {
      double x = j == c;
      for (int i = c; i < j; i++) x -= z[i] * w->ls.r[i * k + j];
      z[j] = x / w->ls.r[j * k + j];
      sum += z[j] * z[j];
    }
    out->beta_se[c] = sqrt(sum * out->sigma2);
  }
}
static void criteria(struct arima_fit *out) {
  double p = out->n_parameters + out->n_x + 1, n = out->n_effective;
  out->aic = -2 * out->log_likelihood + 2 * p;
  out->aicc = n > p + 1 ? -2 * out->log_likelihood + 2 * p / (1 - (p + 1) / n) : NAN;
  out->bic = -2 * out->log_likelihood + p * log(n);
}
static enum err_code finish(struct arena *a, struct arima_work *w, struct arima_fit *out, struct err *e) {
  int k = w->ls.k, ahead = w->in->ahead;
  out->beta = ARENA_ARRAY(a, double, k + 1);
  out->beta_se = ARENA_ARRAY(a, double, k + 1);
  out->forecast = ARENA_ARRAY(a, double, ahead + 1);
  out->forecast_se = ARENA_ARRAY(a, double, ahead + 1);
  if (!out->beta || !out->beta_se || !out->forecast || !out->forecast_se) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  parameter_errors(w, out);
  out->log_likelihood = arima_likelihood(w, out->parameter); /* last: the factor and the residuals are those of the estimate */
  if (!isfinite(out->log_likelihood)) return ERR(e, k ? E_ARIMA_SINGULAR : E_ARIMA_SEARCH, .line = 0);
  out->log_determinant = w->white.log_determinant;
  out->sigma2 = w->ls.rest / w->n_effective;
  out->residual = w->u;
  for (int j = 0; j < k; j++) out->beta[j] = w->ls.beta[j];
  regression_errors(w, out);
  criteria(out);
  arima_forecast(a, w, out);
  return E_OK;
}
static enum err_code prepare(struct arena *a, const struct arima_order *o, const struct arima_input *in, struct arima_work *w, struct arima_fit *out,
    struct err *e) {
  TRY(arima_work_new(a, o, in, w, e));
  memset(out, 0, sizeof *out);
  out->order = *o;
  out->n_parameters = parameter_count(o);
  out->n_x = in->n_x;
  out->n_effective = w->n_effective;
  return E_OK;
}
enum err_code arima_estimate(struct arena *a, const struct arima_order *o, const struct arima_input *in, struct arima_fit *out, struct err *e) {
  struct arima_work w;
  double free_value[ARIMA_MOST_PARAMETERS] = {0};
  TRY(prepare(a, o, in, &w, out, e));
  struct search s = {&w, 0};
  bool settled = search_parameters(&s, out->n_parameters, free_value);
  parameters_of(o, free_value, out->parameter);
  out->evaluations = s.evaluations;
  return settled ? finish(a, &w, out, e) : ERR(e, E_ARIMA_SEARCH, .line = 0);
}
enum err_code arima_apply(struct arena *a, const struct arima_order *o, const double *parameter, const struct arima_input *in, struct arima_fit *out,
    struct err *e) {
  struct arima_work w;
  TRY(prepare(a, o, in, &w, out, e));
  memcpy(out->parameter, parameter, (size_t)out->n_parameters * sizeof *parameter);
  return finish(a, &w, out, e);
}

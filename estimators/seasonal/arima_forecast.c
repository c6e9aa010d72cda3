/* Best linear prediction from all innovations; the errors of later values are sums of later innovations. */
#include <math.h>

#include "estimators/seasonal/arima_impl.h"

struct horizon {
  int lost;
  double d[ARIMA_MOST_LAGS + 1]; /* y_t = sum d[k] y_{t-k} + w_t */
};
/* w and y beyond the end by recursion; back(k) = value k steps before, from the data or from what is predicted already. */
static double recursion(const double *weight, int degree, const double *known, int n, const double *ahead, int h) {
  double x = 0;
  for (int k = 1; k <= degree; k++)
    if (weight[k] != 0) x += weight[k] * (h - k >= 0 ? ahead[h - k] : known[n + h - k]);
  return x;
}
static double regression(const struct arima_work *w, int i) {
  double sum = 0;
  for (int j = 0; j < w->ls.k; j++) sum += w->ls.beta[j] * w->in->x[j][i];
  return sum;
}
static void predict(struct arena *a, struct arima_work *w, const struct horizon *z, struct arima_fit *out) {
  int n = w->in->n, m = w->white.poly.m, ahead = w->in->ahead, effective = w->n_effective;
  double *rest = ARENA_ARRAY(a, double, n), *differenced = ARENA_ARRAY(a, double, n), *step = ARENA_ARRAY(a, double, ahead + 1);
  if (!rest || !differenced || !step) return;
  for (int i = 0; i < n; i++) rest[i] = w->in->y[i] - regression(w, i);
  difference(w->order, rest, n, differenced);
  for (int h = 0; h < ahead; h++) {
    double x = 0;
    for (int j = effective + h - m > 0 ? effective + h - m : 0; j < effective; j++) x += whitener_at(&w->white, effective + h, j) * w->u[j];
    step[h] = x + recursion(w->white.poly.ar, w->white.poly.r, differenced, effective, step, h);
    out->forecast[h] = step[h] + recursion(z->d, z->lost, rest, n, out->forecast, h);
  }
  for (int h = 0; h < ahead; h++) out->forecast[h] += regression(w, n + h);
}
/* Weights of innovation effective + j in the error of step h, through AR and differences. */
static void error_weights(struct arima_work *w, const struct horizon *z, double *weight, double *of_w) {
  int ahead = w->in->ahead, effective = w->n_effective;
  for (int j = 0; j < ahead; j++)
    for (int h = j; h < ahead; h++) {
      double x = whitener_at(&w->white, effective + h, effective + j), y;
      for (int k = 1; k <= w->white.poly.r && h - k >= j; k++) x += w->white.poly.ar[k] * of_w[j * ahead + h - k];
      of_w[j * ahead + h] = y = x;
      for (int k = 1; k <= z->lost && h - k >= j; k++) y += z->d[k] * weight[j * ahead + h - k];
      weight[j * ahead + h] = y;
    }
}
/* What the regressors of step h leave unexplained by the innovations known: x_h minus its own prediction. */
static void regressor_error(struct arena *a, struct arima_work *w, const struct horizon *z, double *row /* [ahead][k] */) {
  int n = w->in->n, m = w->white.poly.m, ahead = w->in->ahead, effective = w->n_effective, k = w->ls.k;
  double *white = ARENA_ARRAY(a, double, effective), *step = ARENA_ARRAY(a, double, ahead + 1), *level = ARENA_ARRAY(a, double, ahead + 1);
  if (!white || !step || !level) return;
  for (int c = 0; c < k; c++) {
    whiten(&w->white, w->x[c], white);
    for (int h = 0; h < ahead; h++) {
      double x = 0;
      for (int j = effective + h - m > 0 ? effective + h - m : 0; j < effective; j++) x += whitener_at(&w->white, effective + h, j) * white[j];
      step[h] = x + recursion(w->white.poly.ar, w->white.poly.r, w->x[c], effective, step, h);
      level[h] = step[h] + recursion(z->d, z->lost, w->in->x[c], n, level, h);
      row[h * k + c] = w->in->x[c][n + h] - level[h];
    }
  }
}
/* v' (X'X)^-1 v = |R^-T v|^2 */
static double spread(const struct least_squares *s, const double *v) {
  double z[ARIMA_MOST_REGRESSORS], sum = 0;
  for (int j = 0; j < s->k; j++) {
    z[j] = v[j];
    for (int i = 0; i < j; i++) z[j] -= s->r[i * s->k + j] * z[i];
    z[j] /= s->r[j * s->k + j];
    sum += z[j] * z[j];
  }
  return sum;
}
void arima_forecast(struct arena *a, struct arima_work *w, struct arima_fit *out) {
  struct horizon z = {.lost = arima_order_lost(w->order)};
  int ahead = w->in->ahead, k = w->ls.k;
  if (!ahead) return;
  difference_weights(w->order, z.d);
  double *weight = ARENA_ARRAY(a, double, (size_t)ahead * (size_t)ahead), *of_w = ARENA_ARRAY(a, double, (size_t)ahead * (size_t)ahead);
  double *row = ARENA_ARRAY(a, double, (size_t)ahead * (size_t)(k + 1));
  if (!weight || !of_w || !row) return;
  predict(a, w, &z, out);
  error_weights(w, &z, weight, of_w);
  regressor_error(a, w, &z, row);
  for (int h = 0; h < ahead; h++) {
    double sum = k ? spread(&w->ls, row + (size_t)h * (size_t)k) : 0;
    for (int j = 0; j <= h; j++) sum += weight[j * ahead + h] * weight[j * ahead + h];
    out->forecast_se[h] = sqrt(sum * out->sigma2);
  }
}

/* Standard errors of ARMA parameters as X-13ARIMA-SEATS prints them: its search is a least squares of a vector e(p) whose sum of squares, times the
 * n-th root of the determinant, is the exact likelihood; the errors are sigma^2 (J'J)^-1 of the slopes J of that vector at the estimates,
 * coefficients of regressors held fixed. The vector: the first r values of the differenced series given the rest, made white, and the expected
 * innovations of the rest, those before it among them (Otto, Bell & Burman 1987). Found by trying the vectors that have this sum of squares: this one
 * gives every printed error of the reference runs to five digits, the others differ in the second. */
#include <math.h>
#include <string.h>

#include "base/ext_gsl_solve.h"
#include "estimators/seasonal/arima_impl.h"

static const double slope_step = 1e-5;
struct deviance {
  const struct arima_order *order;
  int n, r, q, total; /* total: values of the vector */
  double *w;          /* differenced, regressors taken out */
  struct whitener all, rest; /* moments of the model; factor of the moving average alone */
  double *z, *u, *back, *near, *column; /* near: [r][n - r] */
};

static enum err_code make(struct arena *a, const struct arima_order *o, const struct arima_input *in, const struct arima_fit *fit, struct deviance *d,
    struct err *e) {
  const int lost = arima_order_lost(o), n = in->n - lost, r = o->p + o->period * o->sp, q = o->q + o->period * o->sq;
  double *y = ARENA_ARRAY(a, double, in->n);
  *d = (struct deviance){.order = o, .n = n, .r = r, .q = q, .total = n + q, .w = ARENA_ARRAY(a, double, n)};
  if (!y || !d->w) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  for (int i = 0; i < in->n; i++) {
    y[i] = in->y[i];
    for (int j = 0; j < in->n_x; j++) y[i] -= fit->beta[j] * in->x[j][i];
  }
  difference(o, y, in->n, d->w);
  TRY(whitener_new(a, r > q ? r : q, n, 0, &d->all, e));
  TRY(whitener_new(a, q, n - r, n - r, &d->rest, e));
  d->z = ARENA_ARRAY(a, double, n);
  d->u = ARENA_ARRAY(a, double, n);
  d->back = ARENA_ARRAY(a, double, n);
  d->column = ARENA_ARRAY(a, double, n);
  d->near = ARENA_ARRAY(a, double, (size_t)r * (size_t)n + 1);
  return d->z && d->u && d->back && d->column && d->near ? E_OK : ERR(e, E_NO_MEMORY, .subject = "ARIMA");
}
/* Innovations of the rest: moving average of the whitened values, backwards; out: [n - r + q]. */
static void innovations(const struct deviance *d, const struct polynomials *p, double *out) {
  const int m = d->n - d->r, q = d->q;
  for (int i = m - 1; i >= 0; i--) {
    double x = d->u[i];
    for (int k = i + 1; k <= i + q && k < m; k++) x -= whitener_at(&d->rest, k, i) * d->back[k];
    d->back[i] = x / whitener_at(&d->rest, i, i);
  }
  for (int t = -q; t < m; t++) {
    double x = 0;
    for (int k = t < 0 ? -t : 0; k <= q && t + k < m; k++) x += p->ma[k] * d->back[t + k];
    out[t + q] = x;
  }
}
/* The first r values given the rest; false without a covariance. */
static bool beginning(struct deviance *d, double *out, double *log_determinant) {
  const int r = d->r, m = d->n - d->r;
  double v[ARIMA_MOST_LAGS * ARIMA_MOST_LAGS];
  for (int i = 0; i < r; i++) {
    for (int t = 0; t < m; t++) d->column[t] = t + r - i <= d->q ? d->all.cross[t + r - i] : 0;
    whiten(&d->rest, d->column, d->near + (size_t)i * (size_t)m);
  }
  for (int i = 0; i < r; i++) {
    out[i] = d->w[i];
    for (int t = 0; t < m; t++) out[i] -= d->near[(size_t)i * (size_t)m + (size_t)t] * d->u[t];
    for (int j = 0; j <= i; j++) {
      double sum = d->all.gamma[i - j];
      for (int t = 0; t < m; t++) sum -= d->near[(size_t)i * (size_t)m + (size_t)t] * d->near[(size_t)j * (size_t)m + (size_t)t];
      for (int k = 0; k < j; k++) sum -= v[i * r + k] * v[j * r + k];
      if (j < i) v[i * r + j] = sum / v[j * r + j];
      else if (!(sum > 0)) return false;
      else v[i * r + i] = sqrt(sum), *log_determinant += log(sum);
    }
  }
  for (int i = 0; i < r; i++) {
    for (int k = 0; k < i; k++) out[i] -= v[i * r + k] * out[k];
    out[i] /= v[i * r + i];
  }
  return true;
}
static bool deviance_vector(struct deviance *d, const double *parameter, double *out) {
  struct polynomials p, moving;
  const int m = d->n - d->r;
  polynomials_of(d->order, parameter, &p);
  moving = p;
  moving.r = 0, moving.m = moving.q;
  if (!whitener_moments(&d->all, &p) || !whitener_set(&d->rest, &moving)) return false;
  for (int t = 0; t < m; t++) {
    d->z[t] = d->w[t + d->r];
    for (int j = 1; j <= d->r; j++) d->z[t] -= p.ar[j] * d->w[t + d->r - j];
  }
  whiten(&d->rest, d->z, d->u);
  double log_determinant = d->rest.log_determinant;
  if (!beginning(d, out, &log_determinant)) return false;
  innovations(d, &p, out + d->r);
  const double scale = exp(log_determinant / (2.0 * d->n));
  for (int i = 0; i < d->total; i++) out[i] *= scale;
  return true;
}
enum err_code arima_x13_errors(struct arena *a, const struct arima_input *in, const struct arima_fit *fit, double out[ARIMA_MOST_PARAMETERS],
    struct err *e) {
  const int k = fit->n_parameters;
  double matrix[ARIMA_MOST_PARAMETERS * ARIMA_MOST_PARAMETERS];
  struct deviance d;
  for (int i = 0; i < k; i++) out[i] = NAN;
  TRY(make(a, &fit->order, in, fit, &d, e));
  double *slope = ARENA_ARRAY(a, double, (size_t)d.total * (size_t)(k + 2)), *low = slope ? slope + (size_t)d.total * (size_t)k : NULL;
  if (!slope) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  for (int j = 0; j < k; j++) {
    double at[ARIMA_MOST_PARAMETERS], *to = slope + (size_t)j * (size_t)d.total;
    memcpy(at, fit->parameter, sizeof at);
    at[j] = fit->parameter[j] + slope_step;
    if (!deviance_vector(&d, at, to)) return E_OK; /* at the boundary there is none */
    at[j] = fit->parameter[j] - slope_step;
    if (!deviance_vector(&d, at, low)) return E_OK;
    for (int i = 0; i < d.total; i++) to[i] = (to[i] - low[i]) / (2 * slope_step);
  }
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++) {
      double sum = 0;
      for (int t = 0; t < d.total; t++) sum += slope[(size_t)i * (size_t)d.total + (size_t)t] * slope[(size_t)j * (size_t)d.total + (size_t)t];
      matrix[i * k + j] = sum;
    }
  if (k == 0 || !invert_positive(matrix, (size_t)k)) return E_OK;
  for (int i = 0; i < k; i++) out[i] = sqrt(matrix[i * k + i] * fit->sigma2);
  return E_OK;
}

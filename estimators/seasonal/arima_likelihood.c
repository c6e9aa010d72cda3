/* Exact log likelihood with the coefficients of the regressors and sigma^2 concentrated out. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/seasonal/arima_impl.h"

static double dot(const double *a, const double *b, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}
/* Gram-Schmidt, each column twice: as orthogonal as Householder, and the columns stay where they are. */
bool least_squares(struct least_squares *s, double *y) {
  for (int j = 0; j < s->k; j++) {
    double *column = s->q + (size_t)j * (size_t)s->n, before = sqrt(dot(column, column, s->n));
    for (int i = 0; i <= j; i++) s->r[i * s->k + j] = 0;
    for (int pass = 0; pass < 2; pass++)
      for (int i = 0; i < j; i++) {
        const double *other = s->q + (size_t)i * (size_t)s->n;
        double c = dot(other, column, s->n);
        s->r[i * s->k + j] += c;
        for (int t = 0; t < s->n; t++) column[t] -= c * other[t];
      }
    double length = sqrt(dot(column, column, s->n));
    if (!(length > 1e-9 * before)) return false;
    s->r[j * s->k + j] = length;
    for (int t = 0; t < s->n; t++) column[t] /= length;
  }
  for (int j = 0; j < s->k; j++) {
    const double *column = s->q + (size_t)j * (size_t)s->n;
    s->beta[j] = dot(column, y, s->n);
    for (int t = 0; t < s->n; t++) y[t] -= s->beta[j] * column[t];
  }
  for (int j = s->k - 1; j >= 0; j--) {
    for (int i = j + 1; i < s->k; i++) s->beta[j] -= s->r[j * s->k + i] * s->beta[i];
    s->beta[j] /= s->r[j * s->k + j];
  }
  s->rest = dot(y, y, s->n);
  return true;
}

static enum err_code ma_work(struct arena *a, const struct arima_order *o, struct arima_work *w, struct err *e) {
  const int n = w->n_effective, k = w->ls.k;
  struct ma_filter *f = ARENA_NEW(a, struct ma_filter);
  if (!f) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  TRY(ma_filter_new(a, o, n, f, e));
  w->ma_u = ARENA_ARRAY(a, double, n + f->m);
  w->ma_ls = w->ls;
  w->ma_ls.n = n + f->m;
  w->ma_ls.q = ARENA_ARRAY(a, double, (size_t)(n + f->m) * (size_t)k + 1);
  w->ma_ls.r = ARENA_ARRAY(a, double, (size_t)k * (size_t)k + 1);
  w->ma_ls.beta = ARENA_ARRAY(a, double, k + 1);
  if (!w->ma_u || !w->ma_ls.q || !w->ma_ls.r || !w->ma_ls.beta) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  w->ma = f;
  return E_OK;
}
enum err_code arima_work_new(struct arena *a, const struct arima_order *o, const struct arima_input *in, struct arima_work *w, struct err *e) {
  int lost = arima_order_lost(o), n = in->n - lost, r = o->p + o->period * o->sp, q = o->q + o->period * o->sq, m = r > q ? r : q;
  char text[32];
  snprintf(text, sizeof text, "%d", in->n);
  if (n <= m + parameter_count(o) + in->n_x + 1 || in->n + in->ahead > ARIMA_MOST_VALUES || in->n_x > ARIMA_MOST_REGRESSORS)
    return ERR(e, E_ARIMA_SHORT, .found = text);
  *w = (struct arima_work){.order = o, .in = in, .n_effective = n};
  TRY(whitener_new(a, m, n, n + in->ahead, &w->white, e));
  w->w = ARENA_ARRAY(a, double, n);
  w->u = ARENA_ARRAY(a, double, n);
  w->x = ARENA_ARRAY(a, double *, in->n_x + 1);
  w->ls = (struct least_squares){.n = n, .k = in->n_x, .q = ARENA_ARRAY(a, double, (size_t)n * (size_t)in->n_x + 1),
      .r = ARENA_ARRAY(a, double, (size_t)in->n_x * (size_t)in->n_x + 1), .beta = ARENA_ARRAY(a, double, in->n_x + 1)};
  bool good = w->w && w->u && w->x && w->ls.q && w->ls.r && w->ls.beta;
  for (int j = 0; good && j < in->n_x; j++) good = (w->x[j] = ARENA_ARRAY(a, double, n)) != NULL;
  if (!good) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  difference(o, in->y, in->n, w->w);
  for (int j = 0; j < in->n_x; j++) difference(o, in->x[j], in->n, w->x[j]);
  return ma_filter_fits(o) ? ma_work(a, o, w, e) : E_OK;
}
static double concentrated(int n, double rest, double log_determinant) {
  const double l = -0.5 * n * (log(2 * M_PI * rest / n) + 1) - 0.5 * log_determinant;
  return rest > 0 && isfinite(l) ? l : -HUGE_VAL;
}
double arima_likelihood(struct arima_work *w, const double *parameter) {
  struct polynomials p;
  int n = w->n_effective;
  polynomials_of(w->order, parameter, &p);
  if (!whitener_set(&w->white, &p)) return -HUGE_VAL;
  whiten(&w->white, w->w, w->u);
  for (int j = 0; j < w->in->n_x; j++) whiten(&w->white, w->x[j], w->ls.q + (size_t)j * (size_t)n);
  return least_squares(&w->ls, w->u) ? concentrated(n, w->ls.rest, w->white.log_determinant) : -HUGE_VAL;
}
double arima_search_likelihood(struct arima_work *w, const double *parameter) {
  if (!w->ma) return arima_likelihood(w, parameter);
  if (!ma_filter_set(w->ma, parameter)) return -HUGE_VAL;
  ma_filter_apply(w->ma, w->w, w->ma_u);
  for (int j = 0; j < w->in->n_x; j++) ma_filter_apply(w->ma, w->x[j], w->ma_ls.q + (size_t)j * (size_t)w->ma_ls.n);
  return least_squares(&w->ma_ls, w->ma_u) ? concentrated(w->n_effective, w->ma_ls.rest, w->ma->log_determinant) : -HUGE_VAL;
}

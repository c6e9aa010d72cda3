/* Exact likelihood of pure moving-average models (0 d q)(0 D Q), Q <= 1, in time linear in n: no covariance is factored.
 * What came before the first value is taken as unknown: with u_t = theta(B) a_t the model says u_t = w_t + Theta u_{t-s}, so that the innovations are
 * a = a0 + G g, where a0 starts from zeros, g holds the q + s values before the series and every column of G is one of two responses moved in
 * time: theta(B)^-1 of one impulse, or of impulses Theta^k every s periods. The least squares over g give the sum of squares of the exact
 * likelihood and |G'G| its determinant (Ljung & Box 1979; Hillmer & Tiao 1979). G'G follows from two columns: moving both responses by a
 * period takes away one product at the end. The map from g to the innovations before the series is triangular with ones, it adds nothing. */
#include <math.h>
#include <string.h>

#include "estimators/seasonal/arima_impl.h"

bool ma_filter_fits(const struct arima_order *o) {
  return o->p == 0 && o->sp == 0 && o->sq <= 1 && o->q + o->sq > 0 && o->q + o->period * o->sq <= MA_MOST;
}
enum err_code ma_filter_new(struct arena *a, const struct arima_order *o, int n, struct ma_filter *f, struct err *e) {
  *f = (struct ma_filter){.q = o->q, .s = o->sq ? o->period : 0, .n = n};
  f->m = f->q + f->s;
  f->u = ARENA_ARRAY(a, double, f->n + f->m);
  f->a = ARENA_ARRAY(a, double, f->n + f->m);
  f->b = ARENA_ARRAY(a, double, f->n + f->m + MA_MOST);
  return f->u && f->a && f->b ? E_OK : ERR(e, E_NO_MEMORY, .subject = "ARIMA");
}

/* a from the values before the series (NULL = zeros) and the series (NULL = zeros). */
static void forward(const struct ma_filter *f, const double *w, const double *start, double *u, double *a) {
  const int total = f->n + f->m;
  const double seasonal = f->seasonal;
  for (int t = 0; t < f->m; t++) u[t] = start ? start[t] : 0;
  if (f->s)
    for (int t = f->m; t < total; t++) u[t] = (w ? w[t - f->m] : 0) + seasonal * u[t - f->s];
  else
    for (int t = f->m; t < total; t++) u[t] = w ? w[t - f->m] : 0;
  if (f->q == 1) { /* the usual case: one product a value */
    const double theta = f->theta[0];
    double last = 0;
    for (int t = 0; t < total; t++) a[t] = last = u[t] + theta * last;
    return;
  }
  for (int t = 0; t < total; t++) {
    double x = u[t];
    for (int k = 1; k <= f->q && k <= t; k++) x += f->theta[k - 1] * a[t - k];
    a[t] = x;
  }
}
/* Products of a vector with every column of G: the filters run backwards. */
static void products(const struct ma_filter *f, const double *x, double *out) {
  const int total = f->n + f->m;
  double *r = f->b;
  if (f->q == 1) {
    const double theta = f->theta[0];
    double last = 0;
    for (int t = total - 1; t >= 0; t--) r[t] = last = x[t] + theta * last;
  } else
    for (int t = total - 1; t >= 0; t--) {
      double sum = x[t];
      for (int k = 1; k <= f->q && t + k < total; k++) sum += f->theta[k - 1] * r[t + k];
      r[t] = sum;
    }
  if (f->s)
    for (int t = total - 1 - f->s; t >= f->q; t--) r[t] += f->seasonal * r[t + f->s];
  memcpy(out, r, (size_t)f->m * sizeof *out);
}
/* Rows of G'G that begin a group of columns, by the filters. */
static void first_rows(struct ma_filter *f, double *impulse, double *train) {
  double start[MA_MOST] = {0};
  if (f->q) {
    start[0] = 1;
    forward(f, NULL, start, f->u, f->a);
    memcpy(impulse, f->a + f->n, (size_t)f->m * sizeof *impulse); /* its end, the last m values */
    products(f, f->a, f->gram);
    start[0] = 0;
  }
  if (!f->s) return;
  start[f->q] = 1;
  forward(f, NULL, start, f->u, f->a);
  memcpy(train, f->a + f->n, (size_t)f->m * sizeof *train);
  products(f, f->a, f->gram + f->q * f->m);
}
static void gram_matrix(struct ma_filter *f) {
  const int m = f->m, q = f->q;
  double impulse[MA_MOST] = {0}, train[MA_MOST] = {0};
  first_rows(f, impulse, train);
  for (int i = 1; i < m; i++) {
    if (i == q) continue; /* a first row */
    for (int j = i; j < m; j++) {
      const bool other = i < q && j >= q;
      if (other && j == q) {
        f->gram[i * m + j] = f->gram[q * m + i];
        continue;
      }
      /* Column i ends where the first of its group would i periods later: its last value is the one i - 1 before the group's end. */
      const double end_i = i < q ? impulse[m - i] : train[m - (i - q)], end_j = j < q ? impulse[m - j] : train[m - (j - q)];
      f->gram[i * m + j] = f->gram[(i - 1) * m + j - 1] - end_i * end_j;
    }
  }
  for (int i = 0; i < m; i++)
    for (int j = 0; j < i; j++) f->gram[i * m + j] = f->gram[j * m + i];
}
static bool factor(struct ma_filter *f) {
  const int m = f->m;
  double *g = f->gram, product = 1;
  f->log_determinant = 0;
  for (int i = 0; i < m; i++)
    for (int j = 0; j <= i; j++) {
      double sum = g[i * m + j];
      for (int k = 0; k < j; k++) sum -= g[i * m + k] * g[j * m + k];
      if (j < i) g[i * m + j] = sum / g[j * m + j];
      else if (!(sum > 0)) return false;
      else {
        g[i * m + i] = sqrt(sum);
        product *= g[i * m + i];
        if (product > 1e100) f->log_determinant += 2 * log(product), product = 1;
      }
    }
  f->log_determinant += 2 * log(product);
  return isfinite(f->log_determinant);
}
static void solve(const struct ma_filter *f, double *b) {
  const int m = f->m;
  const double *g = f->gram;
  for (int i = 0; i < m; i++) {
    for (int k = 0; k < i; k++) b[i] -= g[i * m + k] * b[k];
    b[i] /= g[i * m + i];
  }
  for (int i = m - 1; i >= 0; i--) {
    for (int k = i + 1; k < m; k++) b[i] -= g[k * m + i] * b[k];
    b[i] /= g[i * m + i];
  }
}
bool ma_filter_set(struct ma_filter *f, const double *parameter) {
  memcpy(f->theta, parameter, (size_t)f->q * sizeof *parameter);
  f->seasonal = f->s ? parameter[f->q] : 0;
  gram_matrix(f);
  return factor(f);
}
void ma_filter_apply(const struct ma_filter *f, const double *w, double *out) {
  double g[MA_MOST];
  forward(f, w, NULL, f->u, f->a);
  products(f, f->a, g);
  solve(f, g);
  for (int i = 0; i < f->m; i++) g[i] = -g[i];
  forward(f, w, g, f->u, out);
}

/* Covariance of the transformed series, its banded factor, and the filter that makes it white (Ansley 1979). */
#include <math.h>
#include <string.h>

#include "base/ext_gsl_solve.h"
#include "estimators/seasonal/arima_impl.h"

enum err_code whitener_new(struct arena *a, int m, int n, int rows, struct whitener *w, struct err *e) {
  *w = (struct whitener){.n = n, .rows = rows};
  w->factor = ARENA_ARRAY(a, double, (size_t)rows * (size_t)(m + 1));
  w->gamma = ARENA_ARRAY(a, double, m + 1);
  w->cross = ARENA_ARRAY(a, double, m + 1);
  w->noise = ARENA_ARRAY(a, double, m + 1);
  w->scratch = ARENA_ARRAY(a, double, (size_t)(m + 1) * (size_t)(m + 2));
  return w->factor && w->gamma && w->cross && w->noise && w->scratch ? E_OK : ERR(e, E_NO_MEMORY, .subject = "ARIMA");
}

static void noise_and_cross(struct whitener *w) {
  const struct polynomials *p = &w->poly;
  double psi[ARIMA_MOST_LAGS + 1] = {0};
  for (int k = 0; k <= p->q; k++) {
    psi[k] = p->ma[k];
    for (int j = 1; j <= k && j <= p->r; j++) psi[k] += p->ar[j] * psi[k - j];
  }
  for (int d = 0; d <= p->m; d++) {
    w->noise[d] = w->cross[d] = 0;
    for (int k = d; k <= p->q; k++) {
      w->noise[d] += p->ma[k] * p->ma[k - d];
      w->cross[d] += p->ma[k] * psi[k - d];
    }
  }
}
/* gamma_k - sum ar_j gamma_|k-j| = cross_k for k = 0 .. r, then by recursion. */
static bool autocovariances(struct whitener *w) {
  const struct polynomials *p = &w->poly;
  int size = p->r + 1;
  double *matrix = w->scratch, *g = w->gamma;
  memset(matrix, 0, (size_t)size * (size_t)size * sizeof *matrix);
  for (int k = 0; k < size; k++) {
    matrix[k * size + k] += 1;
    for (int j = 1; j <= p->r; j++) matrix[k * size + (k > j ? k - j : j - k)] -= p->ar[j];
  }
  if (!solve_linear(matrix, w->cross, (size_t)size, g)) return false;
  for (int k = size; k <= p->m; k++) {
    g[k] = w->cross[k];
    for (int j = 1; j <= p->r; j++) g[k] += p->ar[j] * g[k - j];
  }
  return isfinite(g[0]) && g[0] > 0;
}
/* Covariance of values i >= j of the transformed series. */
static double covariance(const struct whitener *w, int i, int j) {
  int m = w->poly.m, d = i - j;
  if (i < m) return w->gamma[d];
  if (d > w->poly.q) return 0;
  return j < m ? w->cross[d] : w->noise[d];
}
double whitener_at(const struct whitener *w, int i, int j) {
  int m = w->poly.m;
  return j > i || j < i - m ? 0 : w->factor[(size_t)i * (size_t)(m + 1) + (size_t)(j - i + m)];
}
/* Row i of the factor from those before it; the band is m wide. */
static bool factor_row(struct whitener *w, int i) {
  int m = w->poly.m, from = i > m ? i - m : 0;
  double *row = w->factor + (size_t)i * (size_t)(m + 1) + m - i; /* row[j] = L(i, j) */
  double diagonal = covariance(w, i, i);
  for (int j = from; j < i; j++) {
    const double *other = w->factor + (size_t)j * (size_t)(m + 1) + m - j;
    double sum = covariance(w, i, j);
    for (int k = from > j - m ? from : j - m; k < j; k++) sum -= row[k] * other[k];
    row[j] = sum / other[j];
    diagonal -= row[j] * row[j];
  }
  if (!(diagonal > 0)) return false;
  row[i] = sqrt(diagonal);
  return true;
}
bool whitener_moments(struct whitener *w, const struct polynomials *p) {
  w->poly = *p;
  noise_and_cross(w);
  return autocovariances(w);
}
bool whitener_set(struct whitener *w, const struct polynomials *p) {
  if (!whitener_moments(w, p)) return false;
  double product = 1; /* one logarithm for many rows: the product stays within 1e-150 .. 1e150 */
  w->log_determinant = 0;
  for (int i = 0; i < w->rows; i++) {
    if (!factor_row(w, i)) return false;
    if (i < w->n) product *= whitener_at(w, i, i);
    if (product > 1e150 || product < 1e-150) {
      w->log_determinant += 2 * log(product);
      product = 1;
    }
  }
  w->log_determinant += 2 * log(product);
  return true;
}
void whiten(const struct whitener *w, const double *column, double *out) {
  const struct polynomials *p = &w->poly;
  for (int i = 0; i < w->n; i++) {
    const double *row = w->factor + (size_t)i * (size_t)(p->m + 1) + p->m - i;
    double x = column[i];
    if (i >= p->m)
      for (int j = 1; j <= p->r; j++) x -= p->ar[j] * column[i - j];
    for (int k = i > p->m ? i - p->m : 0; k < i; k++) x -= row[k] * out[k];
    out[i] = x / row[i];
  }
}

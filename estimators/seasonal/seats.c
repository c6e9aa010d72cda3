#include "estimators/seasonal/seats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_gsl_solve.h"

enum { WIDE = 2 * SEATS_LAGS + 1, GRID = 20000, GOLDEN_STEPS = 80 };
/* A symmetric polynomial c[0] + c[1] (B + F) + ... of degree n. */
struct symmetric {
  int n;
  double c[WIDE];
};
static struct symmetric of_polynomial(const double *p, int n) {
  struct symmetric s = {.n = n};
  for (int k = 0; k <= n; k++)
    for (int j = 0; j + k <= n; j++) s.c[k] += p[j] * p[j + k];
  return s;
}
static double coefficient(const struct symmetric *s, int k) {
  if (k < 0) k = -k;
  return k <= s->n ? s->c[k] : 0;
}
static double product_at(const struct symmetric *a, const struct symmetric *b, int k) {
  double sum = 0;
  for (int j = -a->n; j <= a->n; j++) sum += coefficient(a, j) * coefficient(b, k - j);
  return sum;
}
static double value_at(const struct symmetric *s, double w) {
  double sum = s->c[0];
  for (int k = 1; k <= s->n; k++) sum += 2 * s->c[k] * cos(k * w);
  return sum;
}
static double quotient(const struct symmetric *a, const struct symmetric *b, double w) {
  const double below = value_at(b, w);
  return below > 1e-12 ? value_at(a, w) / below : HUGE_VAL;
}
/* The smallest value over all frequencies: a grid, then golden sections beside its best point. */
static double smallest(const struct symmetric *a, const struct symmetric *b) {
  const double step = M_PI / GRID, golden = 0.6180339887498949;
  int best = 0;
  double least = HUGE_VAL;
  for (int i = 0; i <= GRID; i++) {
    const double v = quotient(a, b, i * step);
    if (v < least) least = v, best = i;
  }
  double low = fmax(0, (best - 1) * step), high = fmin(M_PI, (best + 1) * step);
  for (int k = 0; k < GOLDEN_STEPS; k++) {
    const double x = high - golden * (high - low), y = low + golden * (high - low);
    if (quotient(a, b, x) < quotient(a, b, y)) high = y;
    else low = x;
  }
  return fmin(least, quotient(a, b, (low + high) / 2));
}
static void combine(const struct symmetric *a, double weight, const struct symmetric *b, double *out) {
  for (int k = 0; k < SEATS_LAGS; k++) out[k] = coefficient(a, k) + weight * coefficient(b, k);
}
enum err_code seats_decompose(double theta, double seasonal_theta, int period, struct seats_parts *out, struct err *e) {
  double ma[SEATS_LAGS] = {1}, sum[SEATS_LAGS], matrix[SEATS_LAGS * SEATS_LAGS], right[SEATS_LAGS], x[SEATS_LAGS];
  const double twice[3] = {1, -2, 1};
  const int size = period + 2;
  if (size > SEATS_LAGS) return ERR(e, E_SEATS_NONE, .subject = "period");
  ma[1] = -theta, ma[period] -= seasonal_theta, ma[period + 1] = theta * seasonal_theta;
  for (int k = 0; k < period; k++) sum[k] = 1;
  const struct symmetric all = of_polynomial(ma, period + 1), dt = of_polynomial(twice, 2), ds = of_polynomial(sum, period - 1);
  for (int j = 0; j < size; j++) { /* unknown j: two of the trend, period - 1 of the seasonal, the constant */
    struct symmetric unit = {.n = j < 2 ? j : j < size - 1 ? j - 2 : 0}, both = {.n = period + 1};
    unit.c[unit.n] = 1;
    for (int k = 0; k <= period + 1; k++) both.c[k] = product_at(&dt, &ds, k);
    for (int k = 0; k < size; k++)
      matrix[k * size + j] = j < 2 ? product_at(&unit, &ds, k) : j < size - 1 ? product_at(&unit, &dt, k) : both.c[k];
  }
  for (int k = 0; k < size; k++) right[k] = coefficient(&all, k);
  if (!solve_linear(matrix, right, (size_t)size, x)) return ERR(e, E_SEATS_NONE, .subject = "partial fractions");
  struct symmetric at = {.n = 1}, as = {.n = period - 2};
  memcpy(at.c, x, 2 * sizeof *x), memcpy(as.c, x + 2, (size_t)(period - 1) * sizeof *x);
  *out = (struct seats_parts){.period = period, .trend_noise = smallest(&at, &dt), .seasonal_noise = smallest(&as, &ds)};
  const double constant = x[size - 1];
  out->irregular = constant + out->trend_noise + out->seasonal_noise;
  if (!(out->irregular >= 0)) return ERR(e, E_SEATS_NONE, .subject = "irregular");
  combine(&at, -out->trend_noise, &dt, out->trend);
  combine(&as, -out->seasonal_noise, &ds, out->seasonal);
  combine(&at, constant + out->seasonal_noise, &dt, out->adjusted);
  combine(&as, constant + out->trend_noise, &ds, out->rest);
  return E_OK;
}

/* --- estimates --- */
/* D' V^-1 D, V banded Toeplitz: rows of D through the factor of V. weight: the differencing operator, `lost` values long. */
static bool precision(struct arena *a, const double *v, const double *weight, int lost, int n, double *out) {
  const int m = n - lost, band = SEATS_LAGS - 1;
  double *l = ARENA_ARRAY(a, double, (size_t)m * SEATS_LAGS), *d = ARENA_ARRAY(a, double, (size_t)m * (size_t)n);
  if (!l || !d) return false;
  for (int i = 0; i < m; i++) {
    for (int j = i > band ? i - band : 0; j <= i; j++) {
      double x = v[i - j];
      for (int k = i > band ? i - band : 0; k < j; k++)
        if (j - k <= band) x -= l[i * SEATS_LAGS + i - k] * l[j * SEATS_LAGS + j - k];
      if (j < i) l[i * SEATS_LAGS + i - j] = x / l[j * SEATS_LAGS];
      else if (!(x > 0)) return false;
      else l[i * SEATS_LAGS] = sqrt(x);
    }
    double *row = d + (size_t)i * (size_t)n;
    for (int j = 0; j <= lost; j++) row[i + j] = weight[lost - j];
    for (int k = i > band ? i - band : 0; k < i; k++) {
      const double c = l[i * SEATS_LAGS + i - k], *other = d + (size_t)k * (size_t)n;
      for (int j = 0; j <= i + lost; j++) row[j] -= c * other[j];
    }
    for (int j = 0; j <= i + lost; j++) row[j] /= l[i * SEATS_LAGS];
  }
  memset(out, 0, (size_t)n * (size_t)n * sizeof *out);
  for (int i = 0; i < m; i++) {
    const double *row = d + (size_t)i * (size_t)n;
    for (int p = 0; p <= i + lost; p++) {
      if (row[p] == 0) continue;
      double *to = out + (size_t)p * (size_t)n;
      for (int q = 0; q <= p; q++) to[q] += row[p] * row[q];
    }
  }
  return true;
}
/* (own + other) x = other z by Cholesky; only lower halves are read. own is overwritten. */
static bool conditional_mean(double *own, const double *other, const double *z, int n, double *x) {
  for (int i = 0; i < n; i++) {
    x[i] = 0;
    for (int j = 0; j < n; j++) x[i] += other[j <= i ? (size_t)i * (size_t)n + (size_t)j : (size_t)j * (size_t)n + (size_t)i] * z[j];
  }
  for (int i = 0; i < n; i++) {
    double *row = own + (size_t)i * (size_t)n;
    for (int j = 0; j <= i; j++) {
      const double *up = own + (size_t)j * (size_t)n;
      double sum = row[j] + other[(size_t)i * (size_t)n + (size_t)j];
      for (int k = 0; k < j; k++) sum -= row[k] * up[k];
      if (j < i) row[j] = sum / up[j];
      else if (!(sum > 0)) return false;
      else row[i] = sqrt(sum);
    }
  }
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < i; k++) x[i] -= own[(size_t)i * (size_t)n + (size_t)k] * x[k];
    x[i] /= own[(size_t)i * (size_t)n + (size_t)i];
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int k = i + 1; k < n; k++) x[i] -= own[(size_t)k * (size_t)n + (size_t)i] * x[k];
    x[i] /= own[(size_t)i * (size_t)n + (size_t)i];
  }
  return true;
}
static enum err_code part(struct arena *a, const double *own_v, const double *own_weight, int own_lost, const double *other_v,
    const double *other_weight, int other_lost, const double *z, int n, double *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *own = ARENA_ARRAY(a, double, (size_t)n * (size_t)n), *other = ARENA_ARRAY(a, double, (size_t)n * (size_t)n);
  if (!own || !other) return ERR(e, E_NO_MEMORY, .subject = "SEATS");
  const bool good = precision(a, own_v, own_weight, own_lost, n, own) && precision(a, other_v, other_weight, other_lost, n, other)
                    && conditional_mean(own, other, z, n, out);
  arena_reset(a, mark);
  return good ? E_OK : ERR(e, E_SEATS_NONE, .subject = "covariance");
}
enum err_code seats_estimate(struct arena *a, const struct seats_parts *p, const double *z, int n, double *seasonal, double *trend, struct err *e) {
  const double twice[3] = {1, -2, 1};
  double sum[SEATS_LAGS] = {0};
  char found[32];
  snprintf(found, sizeof found, "%d", n);
  if (n > SEATS_MOST || n < 3 * p->period) return ERR(e, E_SEASONAL_OPTION, .subject = "method seats", .found = found,
      .expected = "3 years to 1200 values");
  for (int k = 0; k < p->period; k++) sum[k] = 1;
  TRY(part(a, p->seasonal, sum, p->period - 1, p->adjusted, twice, 2, z, n, seasonal, e));
  return part(a, p->trend, twice, 2, p->rest, sum, p->period - 1, z, n, trend, e);
}

#include "estimators/seasonal/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_gsl.h"

enum { ORDER_MOST = 30, LAGS_MOST = 112 };
static const double trading_day[2] = {0.3482, 0.432}, stars_of_range = 52, least_stars = 6, step = 1.0 / 120;

/* Autocovariances of the centred values. */
static void autocovariances(const double *x, int n, int lags, double *c) {
  double mean = 0;
  for (int i = 0; i < n; i++) mean += x[i] / n;
  for (int k = 0; k <= lags; k++) {
    c[k] = 0;
    for (int i = k; i < n; i++) c[k] += (x[i] - mean) * (x[i - k] - mean);
    c[k] /= n;
  }
}
/* Yule-Walker by Levinson's recursion; returns the variance of the innovations. */
static double levinson(const double *c, int order, double *phi) {
  double variance = c[0], before[ORDER_MOST];
  for (int k = 0; k < order; k++) {
    double sum = c[k + 1];
    for (int j = 0; j < k; j++) sum -= phi[j] * c[k - j];
    const double partial = sum / variance;
    memcpy(before, phi, (size_t)k * sizeof *phi);
    for (int j = 0; j < k; j++) phi[j] = before[j] - partial * before[k - 1 - j];
    phi[k] = partial;
    variance *= 1 - partial * partial;
  }
  return variance;
}
static double ar_decibel(const double *phi, int order, double variance, double f) {
  double real = 1, imaginary = 0;
  for (int j = 0; j < order; j++) real -= phi[j] * cos(2 * M_PI * f * (j + 1)), imaginary += phi[j] * sin(2 * M_PI * f * (j + 1));
  return 10 * log10(variance / (2 * M_PI * (real * real + imaginary * imaginary)));
}
static double window_decibel(const double *c, int lags, double f) {
  double sum = c[0];
  for (int k = 1; k < lags; k++) sum += 2 * 0.5 * (1 + cos(M_PI * k / lags)) * c[k] * cos(2 * M_PI * f * k);
  return sum > 0 ? 10 * log10(sum / (2 * M_PI)) : NAN; /* this window can fall below zero between peaks */
}
static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
struct judge {
  const double *phi;
  int order;
  double variance, range;
  struct spectrum *out;
};
static void add_peak(struct judge *j, double f, bool day, int period) {
  struct spectrum *s = j->out;
  const bool last = f > 0.5 - step / 2;
  const double here = ar_decibel(j->phi, j->order, j->variance, f), low = ar_decibel(j->phi, j->order, j->variance, f - step),
               high = last ? low : ar_decibel(j->phi, j->order, j->variance, f + step);
  struct spectrum_peak p = {day, false, f, here, stars_of_range * (here - fmax(low, high)) / j->range};
  p.significant = here > s->median && p.stars >= least_stars && !(last && period == 12);
  s->peak[s->n_peaks++] = p;
}
enum err_code spectrum_of(struct arena *a, const double *x, int n, int period, struct spectrum *out, struct err *e) {
  double phi[ORDER_MOST] = {0}, sorted[SPECTRUM_POINTS];
  *out = (struct spectrum){.order = period == 12 ? 30 : 10};
  if (n < SPECTRUM_LEAST) {
    const char *found = arena_printf(a, "%d", n);
    return ERR(e, E_SPECTRUM_SHORT, .found = found ? found : "?", .expected = "61 at least");
  }
  if (n > SPECTRUM_VALUES) x += n - SPECTRUM_VALUES, n = SPECTRUM_VALUES;
  out->n_values = n;
  out->lags = n >= 120 ? LAGS_MOST : n >= 80 ? 79 : 44;
  double *c = ARENA_ARRAY(a, double, LAGS_MOST + 1);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "spectrum");
  autocovariances(x, n, out->lags, c);
  if (!(c[0] > 0) || !isfinite(c[0])) return E_OK;
  const double variance = levinson(c, out->order, phi);
  if (!(variance > 0)) return E_OK;
  out->known = true;
  for (int i = 0; i < SPECTRUM_POINTS; i++) {
    out->frequency[i] = i * step;
    out->ar[i] = sorted[i] = ar_decibel(phi, out->order, variance, i * step);
    out->smooth[i] = window_decibel(c, out->lags, i * step);
  }
  qsort(sorted, SPECTRUM_POINTS, sizeof *sorted, by_size);
  out->median = sorted[SPECTRUM_POINTS / 2];
  struct judge j = {phi, out->order, variance, sorted[SPECTRUM_POINTS - 1] - sorted[0], out};
  if (!(j.range > 0)) return E_OK; /* flat: no peak */
  for (int k = 1; k <= period / 2; k++) add_peak(&j, (double)k / period, false, period);
  for (int k = 0; period == 12 && k < 2; k++) add_peak(&j, trading_day[k], true, period);
  return E_OK;
}

struct qs_statistic qs_of(const double *x, int n, int period, bool centre) {
  struct qs_statistic q = {false, 0, 1};
  double mean = 0, c[3] = {0};
  if (n <= 2 * period + 1) return q;
  for (int i = 0; centre && i < n; i++) mean += x[i] / n;
  for (int k = 0; k < 3; k++)
    for (int i = k * period; i < n; i++) c[k] += (x[i] - mean) * (x[i - k * period] - mean);
  if (!(c[0] > 0) || !isfinite(c[0])) return q;
  q.known = true;
  const double first = c[1] / c[0], second = c[2] / c[0];
  if (first > 0) q.qs = n * (n + 2.0) * (first * first / (n - period) + (second > 0 ? second * second / (n - 2.0 * period) : 0));
  q.p = dist_chi2_upper(q.qs, 2);
  return q;
}
int spectrum_differences(const double *value, int n, bool logs, int times, double *out) {
  for (int i = 0; i < n; i++) {
    if (logs && !(value[i] > 0)) return -1;
    out[i] = logs ? log(value[i]) : value[i];
  }
  for (int t = 0; t < times; t++, n--)
    for (int i = 0; i + 1 < n; i++) out[i] = out[i + 1] - out[i];
  return n;
}

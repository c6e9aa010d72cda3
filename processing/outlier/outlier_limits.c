#include "processing/outlier/outlier_limits.h"

#include <math.h>
#include <string.h>

#include "processing/outlier/medcouple.h"

static const double MAD_TO_SIGMA = 1.4826; /* 1 / normal quantile of 0.75, to the digits official software uses */

static bool on_side(const struct outlier_params *p, int limit) {
  return p->side == SIDE_BOTH || (limit <= LIMIT_EXCL_L) == (p->side == SIDE_LEFT);
}
/* left and right: the distance a multiplier of 1 stands for, from the two anchors. */
static void set_limits(struct outlier_limits *out, const struct outlier_params *p, double low, double left, double high, double right) {
  const bool has[N_LIMITS] = {p->has_imputation, p->has_exclusion, p->has_exclusion, p->has_imputation};
  const double at[N_LIMITS] = {low - p->imputation * left, low - p->exclusion * left, high + p->exclusion * right, high + p->imputation * right};
  for (int i = 0; i < N_LIMITS; i++) {
    out->has[i] = has[i] && on_side(p, i);
    if (out->has[i]) out->at[i] = at[i];
  }
}
double outlier_hb_effect(double value, double aux, double median_ratio, double exponent) {
  const double r = value / aux;
  const double s = r > 0 && r < median_ratio ? 1 - median_ratio / r : r / median_ratio - 1;
  if (exponent == 0) return s;
  const double size = fmax(fabs(value), fabs(aux)); /* of accepted negatives the size counts */
  return s * (exponent == 1 ? size : pow(size, exponent));
}
static void hb(struct outlier_limits *out, const struct outlier_params *p) {
  const struct quartiles *q = &out->quartiles;
  const double least = fabs(q->median * p->mdm);
  set_limits(out, p, q->median, fmax(q->median - q->q1, least), q->median, fmax(q->q3 - q->median, least));
}
static void adjusted(struct outlier_limits *out, const struct outlier_params *p, const double *x, int64_t n, double *scratch) {
  const double range = out->quartiles.q3 - out->quartiles.q1, mc = medcouple(x, n, scratch);
  out->medcouple = mc;
  set_limits(out, p, out->quartiles.q1, range * exp((mc >= 0 ? -4 : -3) * mc), out->quartiles.q3, range * exp((mc >= 0 ? 3 : 4) * mc));
}
static void logarithms(struct outlier_limits *out, const struct outlier_params *p, double *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) x[i] = log(x[i]);
  const struct quartiles q = order_quartiles(x, n);
  out->quartiles = (struct quartiles){exp(q.q1), exp(q.median), exp(q.q3)};
  set_limits(out, p, q.q1, q.q3 - q.q1, q.q3, q.q3 - q.q1);
  for (int i = 0; i < N_LIMITS; i++)
    if (out->has[i]) out->at[i] = exp(out->at[i]);
}
static double standard_deviation(const double *x, int64_t n) { /* of sorted values: the same bits for any order of records */
  double mean = 0, squares = 0;
  for (int64_t i = 0; i < n; i++) mean += x[i] / (double)n;
  for (int64_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
  return n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
}
/* The first gap of the ascending x larger than limit, at or behind rank `from`; -1 when none. The outliers begin at the returned rank + 1. */
static int64_t gap_right(const double *x, int64_t n, int64_t from, double limit) {
  for (int64_t i = from; i + 1 < n; i++)
    if (x[i + 1] - x[i] > limit) return i;
  return -1;
}
static int64_t gap_left(const double *x, int64_t n, int64_t from, double limit) {
  for (int64_t i = n - 1 - from; i > 0; i--)
    if (x[i] - x[i - 1] > limit) return i;
  return -1;
}
static void sigma_gap(struct outlier_limits *out, const struct outlier_params *p, double *x, int64_t n, double *scratch) {
  const double multiplier[N_LIMITS] = {p->imputation, p->exclusion, p->exclusion, p->imputation};
  const bool has[N_LIMITS] = {p->has_imputation, p->has_exclusion, p->has_exclusion, p->has_imputation};
  if (p->sigma == SIGMA_MAD) out->deviation = MAD_TO_SIGMA * order_absolute_deviation(x, n, order_percentile(x, n, 0.5), scratch);
  order_sort(x, n);
  if (p->sigma == SIGMA_STD) out->deviation = standard_deviation(x, n);
  const int64_t start = (int64_t)floor(p->start_centile / 100 * (double)(n + 1)), from = start > 0 ? start - 1 : 0;
  for (int i = 0; i < N_LIMITS; i++) {
    if (!has[i] || !on_side(p, i)) continue;
    const bool left = i <= LIMIT_EXCL_L;
    const int64_t k = left ? gap_left(x, n, from, multiplier[i] * out->deviation) : gap_right(x, n, from, multiplier[i] * out->deviation);
    if (k < 0) continue;
    out->has[i] = true;
    out->at[i] = x[k];
    out->gap[i] = left ? x[k] - x[k - 1] : x[k + 1] - x[k];
  }
}
void outlier_limits_of(struct outlier_limits *out, const struct outlier_params *p, double *x, int64_t n, double *scratch) {
  *out = (struct outlier_limits){0};
  if (p->method == OUTLIER_SIGMA_GAP) {
    sigma_gap(out, p, x, n, scratch);
    return;
  }
  if (p->method == OUTLIER_LOG) {
    logarithms(out, p, x, n);
    return;
  }
  const struct quartiles q = out->quartiles = order_quartiles(x, n);
  const double range = q.q3 - q.q1;
  switch (p->method) {
    case OUTLIER_HB: hb(out, p); break;
    case OUTLIER_FENCES: set_limits(out, p, q.q1, range, q.q3, range); break;
    case OUTLIER_ASYMMETRIC: set_limits(out, p, q.q1, q.median - q.q1, q.q3, q.q3 - q.median); break;
    case OUTLIER_ADJUSTED: adjusted(out, p, x, n, scratch); break;
    case OUTLIER_MAD:
      out->deviation = MAD_TO_SIGMA * order_absolute_deviation(x, n, q.median, scratch);
      set_limits(out, p, q.median, out->deviation, q.median, out->deviation);
      break;
    case OUTLIER_SIGMA_GAP:
    case OUTLIER_LOG: break;
  }
}

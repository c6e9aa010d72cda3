#include "processing/outlier/bacon_eem.h"

#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "processing/outlier/order_stat.h"

enum { SUBSETS = 50, START_PER_ITEM = 4, RECORDS_PER_ITEM_ALL = 5, OBSERVED_PER_ITEM = 2 };
static const double MAD_TO_SIGMA = 1.4826;

struct bacon {
  const struct sample *s;
  uint8_t *inside, *next;
  double *work, *median, *scale;
};
/* Medians and MADs of the observed values of each item. */
static enum err_code item_scales(struct bacon *b, struct err *e) {
  const struct sample *s = b->s;
  for (int j = 0; j < s->p; j++) {
    int64_t n = 0;
    for (int64_t i = 0; i < s->n; i++)
      if (!(s->missing[i] >> j & 1)) b->work[n++] = s->x[i * s->p + j];
    if (n < OBSERVED_PER_ITEM * s->p)
      return ERR(e, E_OUTLIER_FEW, .subject = "distance", .expected = "every item observed in twice as many records as there are items");
    b->median[j] = order_percentile(b->work, n, 0.5);
    for (int64_t i = 0; i < n; i++) b->work[i] = fabs(b->work[i] - b->median[j]);
    b->scale[j] = MAD_TO_SIGMA * order_percentile(b->work, n, 0.5);
    if (!(b->scale[j] > 1e-12 * fabs(b->median[j]))) return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  }
  return E_OK;
}
static void middle_distances(const struct bacon *b, double *d2) {
  const struct sample *s = b->s;
  for (int64_t i = 0; i < s->n; i++) {
    double sum = 0;
    int q = 0;
    for (int j = 0; j < s->p; j++) {
      if (s->missing[i] >> j & 1) continue;
      const double z = (s->x[i * s->p + j] - b->median[j]) / b->scale[j];
      sum += z * z, q++;
    }
    d2[i] = sum * s->p / q;
  }
}
static void start_moments(const struct bacon *b, double *centre, double *scatter) {
  const int p = b->s->p;
  memset(scatter, 0, (size_t)(p * p) * sizeof *scatter);
  for (int j = 0; j < p; j++) centre[j] = b->median[j], scatter[j * p + j] = b->scale[j] * b->scale[j];
}
static bool fit(struct bacon *b, struct bacon_result *out, const uint8_t *inside, double *l) {
  bool settled;
  start_moments(b, out->centre, out->scatter);
  if (!bacon_em(b->s, inside, out->centre, out->scatter, &settled) || !dense_cholesky(l, out->scatter, b->s->p)) return false;
  for (int j = 0; j < b->s->p; j++) /* an item that hardly varies in the subset shows no direction yet */
    if (out->scatter[j * b->s->p + j] < 1e-8 * b->scale[j] * b->scale[j]) return false;
  out->settled = settled;
  return true;
}
/* Subset of all within `limit` of the middle; ties enter together. The subset grows until its covariance is regular. */
static enum err_code first_subset(struct bacon *b, struct bacon_result *out, double *l, struct err *e) {
  const int64_t n = b->s->n;
  middle_distances(b, out->d2);
  for (int64_t m = START_PER_ITEM * b->s->p; m < 2 * n; m *= 2) {
    memcpy(b->work, out->d2, (size_t)n * sizeof *b->work);
    const double limit = order_select(b->work, n, (m < n ? m : n) - 1);
    for (int64_t i = 0; i < n; i++) b->inside[i] = out->d2[i] <= limit;
    if (fit(b, out, b->inside, l)) return E_OK;
  }
  return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
}
static double correction(int64_t n_records, int items, int64_t n_inside) {
  const double n = (double)n_records, p = items, h = floor((n + p + 1) / 2), r = (double)n_inside;
  return 1 + (p + 1) / (n - p) + 2 / (n - 1 - 3 * p) + fmax(0, (h - r) / (h + r));
}
static enum err_code grow(struct bacon *b, struct bacon_result *out, double quantile, double *l, struct err *e) {
  const struct sample *s = b->s;
  for (out->n_subsets = 1;; out->n_subsets++) {
    int64_t r = 0;
    bool same = true;
    for (int64_t i = 0; i < s->n; i++) r += b->inside[i];
    const double c = correction(s->n, s->p, r);
    if (!em_distances(s, out->centre, out->scatter, out->d2)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
    out->limit = c * c * quantile;
    for (int64_t i = 0; i < s->n; i++) {
      b->next[i] = out->d2[i] < out->limit;
      same = same && b->next[i] == b->inside[i];
    }
    if (same) return E_OK;
    if (out->n_subsets == SUBSETS) return out->settled = false, E_OK;
    memcpy(b->inside, b->next, (size_t)s->n);
    if (!fit(b, out, b->inside, l)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  }
}
static enum err_code run(struct bacon *b, struct bacon_result *out, double alpha, double *l, struct err *e) {
  double quantile;
  if (!dist_chi2_quantile(1 - alpha / (double)b->s->n, b->s->p, &quantile))
    return ERR(e, E_OUTLIER_PARAMETER, .subject = "alpha", .expected = "above 0 and below 0.5");
  TRY(item_scales(b, e));
  TRY(first_subset(b, out, l, e));
  TRY(grow(b, out, quantile, l, e));
  for (int64_t i = 0; i < b->s->n; i++) {
    out->outlier[i] = !(out->d2[i] < out->limit);
    out->n_outliers += out->outlier[i];
  }
  return E_OK;
}
enum err_code bacon_eem(struct bacon_result *out, struct arena *a, const struct sample *s, double alpha, struct err *e) {
  const int p = s->p;
  if (!(alpha > 0 && alpha < 0.5)) return ERR(e, E_OUTLIER_PARAMETER, .subject = "alpha", .expected = "above 0 and below 0.5");
  if (s->n < RECORDS_PER_ITEM_ALL * p) return ERR(e, E_OUTLIER_FEW, .subject = "distance", .expected = "5 records for each item");
  *out = (struct bacon_result){.centre = ARENA_ARRAY(a, double, p), .scatter = ARENA_ARRAY(a, double, p * p), .d2 = ARENA_ARRAY(a, double, s->n),
                               .outlier = ARENA_ARRAY(a, uint8_t, s->n)};
  const struct arena_mark mark = arena_mark(a);
  struct bacon b = {s, ARENA_ARRAY(a, uint8_t, s->n), ARENA_ARRAY(a, uint8_t, s->n), ARENA_ARRAY(a, double, s->n), ARENA_ARRAY(a, double, p),
                    ARENA_ARRAY(a, double, p)};
  double *l = ARENA_ARRAY(a, double, p * p);
  const bool ok = out->centre && out->scatter && out->d2 && out->outlier && b.inside && b.next && b.work && b.median && b.scale && l;
  const enum err_code code = ok ? run(&b, out, alpha, l, e) : ERR(e, E_NO_MEMORY, .subject = "distances");
  arena_reset(a, mark);
  return code;
}

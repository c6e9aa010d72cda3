/* EM for the multivariate normal, by pattern of missing items; see bacon_eem.h. */
#include <math.h>
#include <string.h>

#include "processing/outlier/bacon_eem.h"

enum { EM_STEPS = 1000 };
static const double EM_TOLERANCE = 1e-8; /* of the change of a step, relative to the spread */

struct pattern { /* regression of the missing on the observed items of one pattern */
  int n_observed, n_missing;
  int observed[DENSE_MAX], missing[DENSE_MAX];
  double l[DENSE_MAX * DENSE_MAX];          /* factor of the observed block */
  double slope[DENSE_MAX * DENSE_MAX];      /* [n_missing x n_observed] */
  double conditional[DENSE_MAX * DENSE_MAX]; /* [n_missing x n_missing] */
};
static bool pattern_of(struct pattern *t, uint64_t bits, const double *scatter, int p) {
  double block[DENSE_MAX * DENSE_MAX];
  t->n_observed = t->n_missing = 0;
  for (int j = 0; j < p; j++) *(bits >> j & 1 ? &t->missing[t->n_missing++] : &t->observed[t->n_observed++]) = j;
  const int q = t->n_observed;
  for (int j = 0; j < q; j++)
    for (int k = 0; k < q; k++) block[j * q + k] = scatter[t->observed[j] * p + t->observed[k]];
  if (!dense_cholesky(t->l, block, q)) return false;
  for (int m = 0; m < t->n_missing; m++) {
    double *b = t->slope + m * q;
    for (int k = 0; k < q; k++) b[k] = scatter[t->missing[m] * p + t->observed[k]];
    dense_solve(t->l, b, q);
  }
  for (int m = 0; m < t->n_missing; m++)
    for (int r = 0; r < t->n_missing; r++) {
      double v = scatter[t->missing[m] * p + t->missing[r]];
      for (int k = 0; k < q; k++) v -= t->slope[m * q + k] * scatter[t->missing[r] * p + t->observed[k]];
      t->conditional[m * t->n_missing + r] = v;
    }
  return true;
}
/* Deviations from the mean, the missing ones by their regression. */
static void fill_row(const struct pattern *t, const double *x, const double *mean, double *d) {
  for (int k = 0; k < t->n_observed; k++) d[t->observed[k]] = x[t->observed[k]] - mean[t->observed[k]];
  for (int m = 0; m < t->n_missing; m++) {
    double v = 0;
    for (int k = 0; k < t->n_observed; k++) v += t->slope[m * t->n_observed + k] * d[t->observed[k]];
    d[t->missing[m]] = v;
  }
}
static void add_row(const struct pattern *t, double w, const double *d, int p, double *first, double *second) {
  for (int j = 0; j < p; j++) {
    first[j] += w * d[j];
    for (int k = 0; k <= j; k++) second[j * p + k] += w * d[j] * d[k];
  }
  for (int m = 0; m < t->n_missing; m++)
    for (int r = 0; r < t->n_missing; r++)
      if (t->missing[r] <= t->missing[m]) second[t->missing[m] * p + t->missing[r]] += w * t->conditional[m * t->n_missing + r];
}
/* One E and M step: the largest change relative to the spread is the result; negative when a block is singular. */
static double em_step(const struct sample *s, const uint8_t *inside, double *mean, double *scatter, struct pattern *t) {
  const int p = s->p;
  double first[DENSE_MAX] = {0}, d[DENSE_MAX] = {0}, second[DENSE_MAX * DENSE_MAX], total = 0, change = 0;
  memset(second, 0, sizeof second);
  bool have = false;
  uint64_t bits = 0;
  for (int64_t i = 0; i < s->n; i++) {
    if (!inside[i] || s->weight[i] == 0) continue;
    if (!have || bits != s->missing[i]) {
      bits = s->missing[i], have = true;
      if (!pattern_of(t, bits, scatter, p)) return -1;
    }
    fill_row(t, s->x + i * p, mean, d);
    add_row(t, s->weight[i], d, p, first, second);
    total += s->weight[i];
  }
  for (int j = 0; j < p; j++) first[j] /= total;
  for (int j = 0; j < p; j++)
    for (int k = 0; k <= j; k++) {
      const double v = second[j * p + k] / total - first[j] * first[k];
      change = fmax(change, fabs(v - scatter[j * p + k]) / sqrt(fabs(scatter[j * p + j] * scatter[k * p + k])));
      second[j * p + k] = v;
    }
  for (int j = 0; j < p; j++) change = fmax(change, fabs(first[j]) / sqrt(scatter[j * p + j])), mean[j] += first[j];
  for (int j = 0; j < p; j++)
    for (int k = 0; k <= j; k++) scatter[j * p + k] = scatter[k * p + j] = second[j * p + k];
  return change;
}
bool bacon_em(const struct sample *s, const uint8_t *inside, double *mean, double *scatter, bool *settled) {
  struct pattern t;
  *settled = false;
  for (int step = 0; step < EM_STEPS && !*settled; step++) {
    const double change = em_step(s, inside, mean, scatter, &t);
    if (!(change >= 0)) return false;
    *settled = change < EM_TOLERANCE;
  }
  return true;
}
bool em_distances(const struct sample *s, const double *mean, const double *scatter, double *d2) {
  struct pattern t;
  double d[DENSE_MAX];
  for (int64_t i = 0; i < s->n; i++) {
    if ((i == 0 || s->missing[i] != s->missing[i - 1]) && !pattern_of(&t, s->missing[i], scatter, s->p)) return false;
    for (int k = 0; k < t.n_observed; k++) d[k] = s->x[i * s->p + t.observed[k]] - mean[t.observed[k]];
    d2[i] = (double)s->p / t.n_observed * dense_distance(t.l, d, t.n_observed);
  }
  return true;
}

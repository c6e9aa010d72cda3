/* EM on a subset of the sample, and distances by pattern of missing items; see bacon_eem.h. */
#include <math.h>
#include <string.h>

#include "processing/outlier/bacon_eem.h"
#include "processing/outlier/normal_em.h"

enum { EM_STEPS = 1000 };
static const double EM_TOLERANCE = 1e-8; /* of the change of a step, relative to the spread */

struct subset {
  const struct sample *s;
  const uint8_t *inside;
};
static double subset_row(const void *from, int64_t i, double *x, uint64_t *missing) {
  const struct subset *w = from;
  memcpy(x, w->s->x + i * w->s->p, (size_t)w->s->p * sizeof *x);
  *missing = w->s->missing[i];
  return w->inside[i] ? w->s->weight[i] : 0;
}
static void load(struct normal_em *m, int p, const double *mean, const double *scatter) {
  m->p = p;
  memcpy(m->mean, mean, (size_t)p * sizeof *mean);
  memcpy(m->cov, scatter, (size_t)(p * p) * sizeof *scatter);
}
bool bacon_em(const struct sample *s, const uint8_t *inside, double *mean, double *scatter, bool *settled) {
  const struct subset from = {s, inside};
  const struct normal_rows rows = {s->n, &from, subset_row};
  struct normal_em m;
  *settled = false;
  load(&m, s->p, mean, scatter);
  for (int step = 0; step < EM_STEPS && !*settled; step++) {
    double moved;
    if (!normal_em_round(&m, &rows, 0, &moved)) return false;
    *settled = moved < EM_TOLERANCE;
  }
  memcpy(mean, m.mean, (size_t)s->p * sizeof *mean);
  memcpy(scatter, m.cov, (size_t)(s->p * s->p) * sizeof *scatter);
  return true;
}
bool em_distances(const struct sample *s, const double *mean, const double *scatter, double *d2) {
  struct normal_em m;
  double d[DENSE_MAX];
  load(&m, s->p, mean, scatter);
  for (int64_t i = 0; i < s->n; i++) {
    const uint64_t missing = s->missing[i];
    if ((i == 0 || missing != s->missing[i - 1]) && !normal_condition(&m, missing)) return false;
    for (int j = 0; j < s->p; j++) d[j] = s->x[i * s->p + j] - mean[j];
    d2[i] = (double)s->p / (s->p - __builtin_popcountll(missing)) * normal_distance(&m, missing, d);
  }
  return true;
}

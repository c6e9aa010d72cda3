#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "processing/outlier/order_stat.h"
#include "processing/outlier/robust_distance.h"

static const double MAD_TO_SIGMA = 1.4826;
enum { STARTS = 6, STEPS = 100, TANH = 0, RANKS, SCORES, SIGNS, INNER_HALF, PAIRS };

struct mcd { /* scratch; z is the sample with columns centred by median and scaled by MAD */
  struct sample z, t; /* t: the transformed values of a start */
  int p;
  int64_t n, h;
  double *work, *inside, *d2;
  double *mean, *scatter, *l, *vectors, *values, *median, *scale;
};
struct ranked {
  double x;
  int64_t row;
};
static int compare_ranked(const void *u, const void *v) {
  const struct ranked *a = u, *b = v;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}
/* Median and scaled MAD of a strided column; false when it does not vary. */
static bool location_scale(const double *x, int64_t n, int stride, double *work, double *median, double *scale) {
  for (int64_t i = 0; i < n; i++) work[i] = x[i * stride];
  *median = order_percentile(work, n, 0.5);
  for (int64_t i = 0; i < n; i++) work[i] = fabs(x[i * stride] - *median);
  *scale = MAD_TO_SIGMA * order_percentile(work, n, 0.5);
  return *scale > 1e-12 * fabs(*median);
}
static enum err_code alloc(struct mcd *m, struct arena *a, const struct sample *s, struct err *e) {
  const int p = s->p;
  *m = (struct mcd){.p = p, .n = s->n, .h = (s->n + p + 1) / 2};
  m->z = m->t = *s;
  double **const rows[] = {&m->work, &m->inside, &m->d2}, **const squares[] = {&m->scatter, &m->l, &m->vectors},
      **const lines[] = {&m->mean, &m->values, &m->median, &m->scale};
  bool ok = (m->z.x = ARENA_ARRAY(a, double, s->n * p)) && (m->t.x = ARENA_ARRAY(a, double, s->n * p));
  for (size_t i = 0; i < 3; i++) ok = ok && (*rows[i] = ARENA_ARRAY(a, double, s->n)) && (*squares[i] = ARENA_ARRAY(a, double, p * p));
  for (size_t i = 0; i < 4; i++) ok = ok && (*lines[i] = ARENA_ARRAY(a, double, p));
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = "distances");
}
static bool standardise(struct mcd *m, const struct sample *s) {
  for (int j = 0; j < m->p; j++) {
    if (!location_scale(s->x + j, m->n, m->p, m->work, &m->median[j], &m->scale[j])) return false;
    for (int64_t i = 0; i < m->n; i++) m->z.x[i * m->p + j] = (s->x[i * m->p + j] - m->median[j]) / m->scale[j];
  }
  return true;
}
/* Mean ranks scaled to (0, 1), or the normal deviates that belong to them. */
static enum err_code to_ranks(struct mcd *m, struct arena *a, bool scores, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct ranked *r = ARENA_ARRAY(a, struct ranked, m->n);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "ranks");
  for (int j = 0; j < m->p; j++) {
    for (int64_t i = 0; i < m->n; i++) r[i] = (struct ranked){m->z.x[i * m->p + j], i};
    qsort(r, (size_t)m->n, sizeof *r, compare_ranked);
    for (int64_t i = 0, end; i < m->n; i = end) {
      for (end = i + 1; end < m->n && r[end].x == r[i].x;) end++;
      double v = ((double)(i + end - 1) / 2 + 1) / (double)(m->n + 1);
      if (scores && !dist_normal_quantile((v * (double)(m->n + 1) - 1. / 3) / ((double)m->n + 1. / 3), &v))
        return ERR(e, E_OUTLIER_FEW, .subject = "distance");
      for (int64_t k = i; k < end; k++) m->t.x[r[k].row * m->p + j] = v;
    }
  }
  arena_reset(a, mark);
  return E_OK;
}
static double norm_of(const double *x, int p) {
  double v = 0;
  for (int j = 0; j < p; j++) v += x[j] * x[j];
  return sqrt(v);
}
/* Pairwise robust covariances (sigma(a + b)^2 - sigma(a - b)^2) / 4 with MAD for sigma: the raw matrix of the orthogonalised estimator (Maronna and
 * Zamar 2002). */
static double scale_of_pair(struct mcd *m, int j, int k, double sign) {
  double median, scale;
  for (int64_t i = 0; i < m->n; i++) m->t.x[i] = m->z.x[i * m->p + j] + sign * m->z.x[i * m->p + k];
  return location_scale(m->t.x, m->n, 1, m->work, &median, &scale) ? scale : 0;
}
static void pair_scatter(struct mcd *m) {
  for (int j = 0; j < m->p; j++) {
    m->scatter[j * m->p + j] = 1;
    for (int k = 0; k < j; k++) {
      const double sum = scale_of_pair(m, j, k, 1), difference = scale_of_pair(m, j, k, -1);
      m->scatter[j * m->p + k] = m->scatter[k * m->p + j] = (sum * sum - difference * difference) / 4;
    }
  }
}
/* Scatter of one start into m->scatter. */
static enum err_code start_scatter(struct mcd *m, struct arena *a, int start, struct err *e) {
  const int p = m->p;
  const bool ranked = start == RANKS || start == SCORES;
  if (start == PAIRS) return pair_scatter(m), E_OK;
  if (ranked) TRY(to_ranks(m, a, start == SCORES, e));
  for (int64_t i = 0; i < m->n; i++) m->d2[i] = m->work[i] = norm_of(m->z.x + i * p, p);
  const double half = start == INNER_HALF ? order_select(m->work, m->n, (m->n + 1) / 2 - 1) : 0;
  for (int64_t i = 0; i < m->n; i++) {
    m->inside[i] = start != INNER_HALF || m->d2[i] <= half;
    if (ranked) continue;
    for (int j = 0; j < p; j++) {
      const double v = m->z.x[i * p + j];
      m->t.x[i * p + j] = start == TANH ? tanh(v) : start == SIGNS ? (m->d2[i] > 0 ? v / m->d2[i] : 0) : v;
    }
  }
  sample_moments(&m->t, m->inside, 0, m->mean, m->scatter);
  return E_OK;
}
/* The start's axes, each rescaled by the MAD of the projections: distances of all rows into d2. */
static bool start_distances(struct mcd *m) {
  const int p = m->p;
  dense_jacobi(m->scatter, m->vectors, m->values, p);
  memset(m->d2, 0, (size_t)m->n * sizeof *m->d2);
  for (int k = 0; k < p; k++) {
    double median, scale;
    for (int64_t i = 0; i < m->n; i++) {
      double v = 0;
      for (int j = 0; j < p; j++) v += m->vectors[k * p + j] * m->z.x[i * p + j];
      m->t.x[i] = v;
    }
    if (!location_scale(m->t.x, m->n, 1, m->work, &median, &scale)) return false;
    for (int64_t i = 0; i < m->n; i++) m->d2[i] += (m->t.x[i] - median) * (m->t.x[i] - median) / (scale * scale);
  }
  return true;
}
/* The h rows of least distance; ties at the limit by their place in the sample. */
static void keep_nearest(struct mcd *m, int64_t h) {
  memcpy(m->work, m->d2, (size_t)m->n * sizeof *m->work);
  const double limit = order_select(m->work, m->n, h - 1);
  int64_t below = 0;
  for (int64_t i = 0; i < m->n; i++) below += m->d2[i] < limit;
  for (int64_t i = 0; i < m->n; i++) {
    const bool tie = m->d2[i] == limit && below < h;
    below += tie;
    m->inside[i] = m->d2[i] < limit || tie;
  }
}
/* Concentration steps from the distances at hand; the log determinant reached, or INFINITY when the half is singular. */
static double concentrate(struct mcd *m) {
  double best = INFINITY;
  for (int step = 0; step < STEPS; step++) {
    keep_nearest(m, m->h);
    sample_moments(&m->z, m->inside, 0, m->mean, m->scatter);
    if (!dense_cholesky(m->l, m->scatter, m->p)) return INFINITY;
    const double now = dense_log_determinant(m->l, m->p);
    sample_distances(&m->z, m->mean, m->l, m->d2);
    if (!(now < best - 1e-12 * fabs(best)) && step > 0) return now < best ? now : best;
    best = now;
  }
  return best;
}
/* Factor that makes the median of d2 what a normal sample has. */
static bool calibrate(struct mcd *m) {
  double expected;
  memcpy(m->work, m->d2, (size_t)m->n * sizeof *m->work);
  const double factor = dist_chi2_quantile(0.5, m->p, &expected) ? order_percentile(m->work, m->n, 0.5) / expected : 0;
  if (!(factor > 0)) return false;
  for (int k = 0; k < m->p * m->p; k++) m->scatter[k] *= factor;
  for (int64_t i = 0; i < m->n; i++) m->d2[i] /= factor;
  return true;
}
static bool reweight(struct mcd *m) {
  double limit;
  if (!calibrate(m) || !dist_chi2_quantile(0.975, m->p, &limit)) return false;
  for (int64_t i = 0; i < m->n; i++) m->inside[i] = m->d2[i] <= limit;
  sample_moments(&m->z, m->inside, 0, m->mean, m->scatter);
  if (!dense_cholesky(m->l, m->scatter, m->p)) return false;
  sample_distances(&m->z, m->mean, m->l, m->d2);
  return calibrate(m);
}
static enum err_code best_half(struct mcd *m, struct arena *a, double *best_d2, struct err *e) {
  double best = INFINITY;
  for (int start = 0; start < STARTS; start++) {
    TRY(start_scatter(m, a, start, e));
    if (!start_distances(m)) continue;
    const double reached = concentrate(m);
    if (!(reached < best)) continue;
    best = reached;
    memcpy(best_d2, m->d2, (size_t)m->n * sizeof *best_d2);
  }
  if (isinf(best)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  memcpy(m->d2, best_d2, (size_t)m->n * sizeof *best_d2);
  (void)concentrate(m); /* from the winner's distances: its own half again, with its moments */
  return E_OK;
}
static void give_back(struct robust_distance *out, const struct mcd *m) {
  const int p = m->p;
  for (int j = 0; j < p; j++) {
    out->centre[j] = m->median[j] + m->scale[j] * m->mean[j];
    for (int k = 0; k < p; k++) out->scatter[j * p + k] = m->scatter[j * p + k] * m->scale[j] * m->scale[k];
  }
  memcpy(out->d2, m->d2, (size_t)m->n * sizeof *out->d2);
  memcpy(out->weight, m->inside, (size_t)m->n * sizeof *out->weight);
  robust_flag(out, m->n);
}
enum err_code robust_mcd(struct robust_distance *out, struct arena *a, const struct sample *s, double probability, struct err *e) {
  struct mcd m;
  TRY(robust_init(out, a, s, probability, e));
  if (!dist_chi2_quantile(probability, s->p, &out->limit)) return ERR(e, E_OUTLIER_PARAMETER, .subject = "probability", .expected = "below 1");
  const struct arena_mark mark = arena_mark(a);
  enum err_code code = alloc(&m, a, s, e);
  if (!code && !standardise(&m, s)) code = ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  if (!code) code = best_half(&m, a, out->d2, e);
  if (!code && !reweight(&m)) code = ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  if (!code) give_back(out, &m);
  arena_reset(a, mark);
  return code;
}

#include "estimators/sdc/micro/loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_gsl_solve.h"
#include "base/sum.h"
#include "estimators/sdc/micro/near_tree.h"

enum { M = MICRO_LOSS_COLUMNS_MOST };
struct moments {
  double mean[M], sd[M], cov[M * M];
};
static double mean_of(const double *x, int64_t n) { return n ? sum_of(x, n) / (double)n : 0; }
static void moments_of(const double *const *x, int d, int64_t n, struct moments *m) {
  for (int j = 0; j < d; j++) m->mean[j] = mean_of(x[j], n);
  for (int i = 0; i < d; i++)
    for (int j = 0; j <= i; j++) {
      struct sum s = {0, 0};
      for (int64_t r = 0; r < n; r++) sum_add(&s, (x[i][r] - m->mean[i]) * (x[j][r] - m->mean[j]));
      m->cov[i * d + j] = m->cov[j * d + i] = n > 1 ? sum_result(&s) / (double)(n - 1) : 0;
    }
  for (int j = 0; j < d; j++) m->sd[j] = sqrt(m->cov[j * d + j]);
}

/* --- differences of moments --- */
static void il1s(const double *const *x, const double *const *y, const struct moments *m, struct micro_loss *out) {
  struct sum s = {0, 0};
  int64_t values = 0;
  for (int j = 0; j < out->d; j++) {
    if (!(m->sd[j] > 0)) continue;
    for (int64_t i = 0; i < out->n; i++) sum_add(&s, fabs(x[j][i] - y[j][i]) / (sqrt(2) * m->sd[j]));
    values += out->n;
  }
  out->has_il1s = values > 0;
  out->il1s = values ? sum_result(&s) / (double)values : 0;
}
static void moment_gaps(const struct moments *p, const struct moments *q, struct micro_loss *out) {
  struct sum mean = {0, 0}, variance = {0, 0}, covariance = {0, 0};
  int columns = 0, pairs = 0;
  for (int i = 0; i < out->d; i++) {
    if (!(p->sd[i] > 0)) continue;
    columns++;
    sum_add(&mean, fabs(p->mean[i] - q->mean[i]) / p->sd[i]);
    sum_add(&variance, fabs(p->cov[i * out->d + i] - q->cov[i * out->d + i]) / p->cov[i * out->d + i]);
    for (int j = 0; j < i; j++)
      if (p->sd[j] > 0) pairs++, sum_add(&covariance, fabs(p->cov[i * out->d + j] - q->cov[i * out->d + j]) / (p->sd[i] * p->sd[j]));
  }
  out->has_variance = columns > 0;
  out->mean = columns ? sum_result(&mean) / columns : 0, out->variance = columns ? sum_result(&variance) / columns : 0;
  out->covariance = pairs ? sum_result(&covariance) / pairs : 0;
}
static void rotate(double *a, int m, int p, int q) {
  if (a[p * m + q] == 0) return;
  const double theta = (a[q * m + q] - a[p * m + p]) / (2 * a[p * m + q]);
  const double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
  for (int k = 0; k < m; k++) {
    const double x = a[k * m + p], y = a[k * m + q];
    a[k * m + p] = c * x - s * y, a[k * m + q] = s * x + c * y;
  }
  for (int k = 0; k < m; k++) {
    const double x = a[p * m + k], y = a[q * m + k];
    a[p * m + k] = c * x - s * y, a[q * m + k] = s * x + c * y;
  }
}
static int falling(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x > y ? -1 : x < y;
}
void micro_eigenvalues(double *matrix, int m, double *out) {
  for (int sweep = 0; sweep < 60; sweep++) {
    double off = 0, diagonal = 0;
    for (int p = 0; p < m; p++)
      for (int q = 0; q < m; q++) *(p == q ? &diagonal : &off) += matrix[p * m + q] * matrix[p * m + q];
    if (off <= 1e-30 * diagonal) break;
    for (int p = 0; p < m; p++)
      for (int q = p + 1; q < m; q++) rotate(matrix, m, p, q);
  }
  for (int k = 0; k < m; k++) out[k] = matrix[k * m + k];
  qsort(out, (size_t)m, sizeof *out, falling);
}
static void eigen_gap(const struct moments *p, const struct moments *q, struct micro_loss *out) {
  double a[M * M], b[M * M], x[M], y[M];
  int m = 0, at[M];
  for (int j = 0; j < out->d; j++)
    if (p->sd[j] > 0) at[m++] = j;
  for (int i = 0; i < m; i++)
    for (int j = 0; j < m; j++) {
      const double by = p->sd[at[i]] * p->sd[at[j]];
      a[i * m + j] = p->cov[at[i] * out->d + at[j]] / by, b[i * m + j] = q->cov[at[i] * out->d + at[j]] / by;
    }
  if (!m) return;
  micro_eigenvalues(a, m, x), micro_eigenvalues(b, m, y);
  struct sum s = {0, 0};
  int used = 0;
  for (int k = 0; k < m; k++)
    if (x[k] > 1e-9) used++, sum_add(&s, fabs(x[k] - y[k]) / x[k]);
  out->has_eigen = used > 0, out->eigen = used ? sum_result(&s) / used : 0;
}

/* --- regression --- */
struct line {
  double low[M + 1], high[M + 1];
};
/* Least squares of column 0 on the others and a constant, by the centred covariances. */
static bool fit(const struct moments *m, int d, int64_t n, struct line *out) {
  double inverse[M * M], b[M];
  const int k = d - 1;
  if (k < 1 || n <= d + 1) return false;
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++) inverse[i * k + j] = m->cov[(i + 1) * d + j + 1];
  for (int i = 0; i < k; i++)
    if (!(m->sd[i + 1] > 0)) return false;
  if (!invert_positive(inverse, (size_t)k)) return false;
  double explained = 0, constant = m->mean[0], spread = 1 / (double)n;
  for (int i = 0; i < k; i++) {
    b[i] = 0;
    for (int j = 0; j < k; j++) b[i] += inverse[i * k + j] * m->cov[j + 1];
    explained += b[i] * m->cov[i + 1], constant -= b[i] * m->mean[i + 1];
    for (int j = 0; j < k; j++) spread += m->mean[i + 1] * inverse[i * k + j] * m->mean[j + 1] / (double)(n - 1);
  }
  const double left = m->cov[0] - explained, variance = (left > 0 ? left : 0) * (double)(n - 1) / (double)(n - d);
  for (int i = 0; i <= k; i++) {
    const double se = i < k ? sqrt(variance * inverse[i * k + i] / (double)(n - 1)) : sqrt(variance * spread);
    out->low[i] = (i < k ? b[i] : constant) - 1.959963984540054 * se, out->high[i] = (i < k ? b[i] : constant) + 1.959963984540054 * se;
  }
  return true;
}
static void overlap(const struct moments *p, const struct moments *q, struct micro_loss *out) {
  struct line x, y;
  struct sum s = {0, 0};
  if (!fit(p, out->d, out->n, &x) || !fit(q, out->d, out->n, &y)) return;
  for (int i = 0; i < out->d; i++) {
    const double both = fmin(x.high[i], y.high[i]) - fmax(x.low[i], y.low[i]), wx = x.high[i] - x.low[i], wy = y.high[i] - y.low[i];
    if (!(wx > 0 && wy > 0)) {
      sum_add(&s, x.low[i] == y.low[i] && x.high[i] == y.high[i]);
      continue;
    }
    sum_add(&s, both > 0 ? (both / wx + both / wy) / 2 : 0);
  }
  out->has_overlap = true, out->overlap = sum_result(&s) / out->d;
}

/* --- linkage --- */
struct value {
  double x;
  int64_t at;
};
static int rising(const void *a, const void *b) {
  const struct value *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->at < q->at ? -1 : p->at > q->at;
}
enum err_code micro_mid_ranks(struct arena *a, const double *x, int64_t n, double *rank, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct value *v = ARENA_ARRAY(a, struct value, n + 1);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = "ranks");
  for (int64_t i = 0; i < n; i++) v[i] = (struct value){.x = x[i], .at = i};
  if (n > 1) qsort(v, (size_t)n, sizeof *v, rising);
  for (int64_t from = 0, to; from < n; from = to) {
    for (to = from + 1; to < n && v[to].x == v[from].x; to++) continue;
    for (int64_t i = from; i < to; i++) rank[v[i].at] = (double)(from + to + 1) / 2;
  }
  arena_reset(a, mark);
  return E_OK;
}
static double square_distance(const double *p, const double *q, int d) {
  double s = 0;
  for (int j = 0; j < d; j++) s += (p[j] - q[j]) * (p[j] - q[j]);
  return s;
}
/* Share of the records that look for themselves (every stride-th) whose nearest point before is their own; ties share. x, y by rows. */
static enum err_code link(struct arena *a, const double *x, const double *y, int d, int64_t n, int64_t stride, double *out, struct err *e) {
  enum { TIES = 64 };
  struct near_tree t;
  struct near_point near[TIES];
  struct sum s = {0, 0};
  int64_t asked = 0;
  TRY(near_tree_build(&t, a, x, d, n, e));
  for (int64_t i = 0; i < n; i += stride, asked++) {
    const double own = square_distance(&x[i * d], &y[i * d], d);
    const int64_t got = near_tree_nearest(&t, &y[i * d], TIES, near);
    int64_t ties = 0;
    while (ties < got && near[ties].distance == near[0].distance) ties++;
    if (got && own == near[0].distance) sum_add(&s, 1 / (double)ties); /* 64 ties or more: at most 1/64 */
  }
  *out = asked ? sum_result(&s) / (double)asked : 0;
  return E_OK;
}
static void rows_of(const double *const *x, const struct moments *m, int d, int64_t n, double *out) {
  for (int j = 0; j < d; j++)
    for (int64_t i = 0; i < n; i++) out[i * d + j] = m->sd[j] > 0 ? (x[j][i] - m->mean[j]) / m->sd[j] : 0;
}
/* Place of y among the sorted values before, as a mid-rank. */
static double rank_among(const struct value *v, int64_t n, double y) {
  int64_t low[2] = {0, 0};
  for (int k = 0; k < 2; k++) {
    int64_t high = n;
    while (low[k] < high) {
      const int64_t middle = low[k] + (high - low[k]) / 2;
      if (k ? v[middle].x <= y : v[middle].x < y) low[k] = middle + 1;
      else high = middle;
    }
  }
  return (double)(low[0] + low[1] + 1) / 2;
}
static enum err_code ranks(struct arena *a, const double *x, const double *y, int64_t n, double *of_x, double *of_y, struct err *e) {
  struct value *v = ARENA_ARRAY(a, struct value, n + 1);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = "ranks");
  TRY(micro_mid_ranks(a, x, n, of_x, e));
  for (int64_t i = 0; i < n; i++) v[i] = (struct value){.x = x[i], .at = i};
  if (n > 1) qsort(v, (size_t)n, sizeof *v, rising);
  for (int64_t i = 0; i < n; i++) of_y[i] = rank_among(v, n, y[i]);
  return E_OK;
}
static enum err_code risks(struct arena *a, const double *const *x, const double *const *y, const struct moments *m,
    const struct micro_loss_options *o, struct micro_loss *out, struct err *e) {
  const int d = out->d;
  const int64_t n = out->n, stride = o->linkage_most && n > o->linkage_most ? (n + o->linkage_most - 1) / o->linkage_most : 1;
  double *p = ARENA_ARRAY(a, double, n * d + 1), *q = ARENA_ARRAY(a, double, n * d + 1), *rx = ARENA_ARRAY(a, double, n + 1);
  double *ry = ARENA_ARRAY(a, double, n + 1);
  int64_t inside = 0;
  if (!p || !q || !rx || !ry) return ERR(e, E_NO_MEMORY, .subject = "linkage");
  rows_of(x, m, d, n, p), rows_of(y, m, d, n, q);
  out->n_linked = (n + stride - 1) / stride;
  TRY(link(a, p, q, d, n, stride, &out->linked, e));
  for (int j = 0; j < d; j++) {
    TRY(ranks(a, x[j], y[j], n, rx, ry, e));
    for (int64_t i = 0; i < n; i++) {
      p[i * d + j] = rx[i], q[i * d + j] = ry[i];
      inside += fabs(rx[i] - ry[i]) <= o->width / 100 * (double)n;
    }
  }
  out->interval = n ? (double)inside / (double)(n * d) : 0;
  return link(a, p, q, d, n, stride, &out->rank_linked, e);
}
enum err_code micro_loss_of(struct arena *a, const double *const *before, const double *const *after, int d, int64_t n,
    const struct micro_loss_options *o, struct micro_loss *out, struct err *e) {
  struct moments p = {.mean = {0}}, q = {.mean = {0}};
  *out = (struct micro_loss){.n = n, .d = d};
  if (d < 1 || d > M) return ERR(e, E_MICRO_PARAMETER, .subject = "variables", .expected = "1 to 16");
  if (!(o->width >= 0 && o->width <= 100)) return ERR(e, E_MICRO_PARAMETER, .subject = "width", .expected = "0 to 100");
  if (!n) return E_OK;
  moments_of(before, d, n, &p), moments_of(after, d, n, &q);
  il1s(before, after, &p, out);
  moment_gaps(&p, &q, out);
  eigen_gap(&p, &q, out);
  overlap(&p, &q, out);
  const struct arena_mark mark = arena_mark(a);
  const enum err_code code = risks(a, before, after, &p, o, out, e);
  arena_reset(a, mark);
  return code;
}

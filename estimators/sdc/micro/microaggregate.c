#include "estimators/sdc/micro/microaggregate.h"

#include <math.h>
#include <stdlib.h>

#include "base/sum.h"
#include "estimators/sdc/micro/near_tree.h"

struct mdav {
  struct near_tree tree;
  int d;
  int64_t left, k;
  struct sum total[MICRO_COLUMNS_MOST]; /* of the points left */
  struct near_point *near;
  struct micro_groups *out;
};
/* Points by rows, each column with mean 0 and variance 1; a constant column is 0. */
static void standardise(const double *const *x, int d, int64_t n, double *point) {
  for (int j = 0; j < d; j++) {
    struct sum s = {0, 0}, squares = {0, 0};
    for (int64_t i = 0; i < n; i++) sum_add(&s, x[j][i]);
    const double mean = sum_result(&s) / (double)n;
    for (int64_t i = 0; i < n; i++) sum_add(&squares, (x[j][i] - mean) * (x[j][i] - mean));
    const double sd = n > 1 ? sqrt(sum_result(&squares) / (double)(n - 1)) : 0;
    for (int64_t i = 0; i < n; i++) point[i * d + j] = sd > 0 ? (x[j][i] - mean) / sd : 0;
  }
}
static void take_group(struct mdav *m, const double *from, int64_t size) {
  const int64_t got = near_tree_nearest(&m->tree, from, size, m->near);
  for (int64_t i = 0; i < got; i++) {
    const int32_t p = m->near[i].point;
    m->out->group[p] = m->out->n;
    near_tree_remove(&m->tree, p);
    for (int j = 0; j < m->d; j++) sum_add(&m->total[j], -m->tree.point[(int64_t)p * m->d + j]);
  }
  m->left -= got;
  m->out->n++;
}
/* The point farthest from the centroid of those left. */
static const double *outermost(const struct mdav *m) {
  double centre[MICRO_COLUMNS_MOST];
  for (int j = 0; j < m->d; j++) centre[j] = sum_result(&m->total[j]) / (double)m->left;
  return &m->tree.point[(int64_t)near_tree_farthest(&m->tree, centre) * m->d];
}
static void form_groups(struct mdav *m) {
  while (m->left >= 3 * m->k) {
    const double *r = outermost(m);
    take_group(m, r, m->k);
    const double *s = &m->tree.point[(int64_t)near_tree_farthest(&m->tree, r) * m->d];
    take_group(m, s, m->k);
  }
  if (m->left >= 2 * m->k) take_group(m, outermost(m), m->k);
  if (m->left) {
    for (int64_t i = 0; i < m->tree.n; i++)
      if (m->tree.alive[i]) m->out->group[i] = m->out->n;
    m->out->n++;
  }
}
static enum err_code check(int d, int64_t n, int64_t k, struct err *e) {
  if (k < 2) return ERR(e, E_MICRO_PARAMETER, .subject = "k", .expected = "2 or more");
  if (d < 1 || d > MICRO_COLUMNS_MOST) return ERR(e, E_MICRO_PARAMETER, .subject = "variables", .expected = "1 to 16");
  return n > INT32_MAX ? ERR(e, E_CAP_EXCEEDED, .subject = "records") : E_OK;
}
enum err_code micro_mdav(struct arena *a, const double *const *x, int d, int64_t n, int64_t k, struct micro_groups *out, struct err *e) {
  TRY(check(d, n, k, e));
  *out = (struct micro_groups){.group = ARENA_ARRAY(a, int32_t, n + 1)};
  if (!out->group) return ERR(e, E_NO_MEMORY, .subject = "microaggregation");
  const struct arena_mark mark = arena_mark(a);
  struct mdav m = {.d = d, .left = n, .k = k, .out = out, .near = ARENA_ARRAY(a, struct near_point, (k < n ? k : n) + 1)};
  double *point = ARENA_ARRAY(a, double, n * d + 1);
  enum err_code code = point && m.near ? E_OK : ERR(e, E_NO_MEMORY, .subject = "microaggregation");
  if (!code) {
    standardise(x, d, n, point);
    code = near_tree_build(&m.tree, a, point, d, n, e);
  }
  if (!code) {
    for (int64_t i = 0; i < n; i++)
      for (int j = 0; j < d; j++) sum_add(&m.total[j], point[i * d + j]);
    form_groups(&m);
  }
  arena_reset(a, mark);
  return code;
}

struct ranked {
  double x;
  int64_t at;
};
static int by_value(const void *a, const void *b) {
  const struct ranked *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->at < q->at ? -1 : p->at > q->at;
}
enum err_code micro_sorted_groups(struct arena *a, const double *x, int64_t n, int64_t k, struct micro_groups *out, struct err *e) {
  TRY(check(1, n, k, e));
  *out = (struct micro_groups){.group = ARENA_ARRAY(a, int32_t, n + 1)};
  struct ranked *r = ARENA_ARRAY(a, struct ranked, n + 1);
  if (!out->group || !r) return ERR(e, E_NO_MEMORY, .subject = "microaggregation");
  for (int64_t i = 0; i < n; i++) r[i] = (struct ranked){.x = x[i], .at = i};
  if (n > 1) qsort(r, (size_t)n, sizeof *r, by_value);
  out->n = n ? (int32_t)(n / k ? n / k : 1) : 0;
  for (int64_t i = 0; i < n; i++) out->group[r[i].at] = (int32_t)(i / k < out->n ? i / k : out->n - 1);
  return E_OK;
}
enum err_code micro_group_means(struct arena *a, const struct micro_groups *g, const double *x, const double *weight, int64_t n, double *mean,
    struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct sum *s = ARENA_ARRAY(a, struct sum, g->n + 1), *w = ARENA_ARRAY(a, struct sum, g->n + 1);
  if (!s || !w) return ERR(e, E_NO_MEMORY, .subject = "microaggregation");
  for (int64_t i = 0; i < n; i++) {
    const double mine = weight ? weight[i] : 1;
    sum_add(&s[g->group[i]], mine * x[i]);
    sum_add(&w[g->group[i]], mine);
  }
  for (int64_t i = 0; i < n; i++) mean[i] = sum_result(&s[g->group[i]]) / sum_result(&w[g->group[i]]);
  arena_reset(a, mark);
  return E_OK;
}

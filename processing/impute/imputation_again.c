#include "processing/impute/imputation_again.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/sum.h"
#include "processing/impute/regression_robust.h"
#include "processing/unit/num_table.h"

static enum err_code poor(struct err *e) {
  return ERR(e, E_MODEL_DATA, .subject = "bootstrap", .found = "a replicate has too few respondents in a class");
}
static int by_x(const void *a, const void *b) {
  const struct again_point *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return (p->place > q->place) - (p->place < q->place);
}
enum err_code again_make(struct arena *a, struct again *x, struct err *e) {
  x->donors = ARENA_ARRAY(a, struct again_point *, x->n_classes + 1);
  x->n_donors = ARENA_ARRAY(a, int64_t, x->n_classes + 1), x->drawn = ARENA_ARRAY(a, int64_t, x->in->design->n + 1);
  x->q = ARENA_NEW(a, struct qr_sum);
  if (!x->donors || !x->n_donors || !x->drawn || !x->q) return ERR(e, E_NO_MEMORY, .subject = "bootstrap");
  for (int g = 0; g < x->n_classes; g++) {
    const struct parts_class *c = &x->classes[g];
    if (!(x->donors[g] = ARENA_ARRAY(a, struct again_point, c->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "bootstrap");
    for (int64_t k = 0; k < c->n; k++)
      if (x->in->role[c->row[k]] == PARTS_REPORTED)
        x->donors[g][x->n_donors[g]++] = (struct again_point){c->p ? x->in->x[c->row[k] * x->in->p] : 0, c->row[k], (int32_t)k};
    qsort(x->donors[g], (size_t)x->n_donors[g], sizeof **x->donors, by_x);
  }
  return E_OK;
}
static enum err_code refit(const struct again *x, const struct parts_class *c, const double *weight, struct qr_fit *fit, struct err *e) {
  const struct parts_input *in = x->in;
  qr_init(x->q, in->p);
  for (int64_t k = 0; k < c->n; k++) {
    const int64_t i = c->row[k];
    const double *r = in->x + i * in->p, d = in->design->pop[in->design->stratum[i]] / in->design->size[in->design->stratum[i]];
    const double w = weight[i] / d * (in->weight ? in->weight[i] : 1);
    if (in->role[i] == PARTS_REPORTED && w > 0) qr_add(x->q, r, in->y[i], c->kind == PARTS_RATIO ? w / r[0] : w);
  }
  qr_solve(x->q, fit);
  return fit->rank < in->p ? poor(e) : E_OK;
}
/* The drawn donor nearest to x: outward from its place in the order. */
static int64_t nearest(const struct again_point *p, int64_t n, const int32_t *times, double x) {
  int64_t low = 0, high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (p[middle].x < x) low = middle + 1;
    else high = middle;
  }
  int64_t left = low - 1, right = low;
  while (left >= 0 && !times[p[left].row]) left--;
  while (right < n && !times[p[right].row]) right++;
  if (left < 0 || right >= n) return left >= 0 ? p[left].row : right < n ? p[right].row : -1;
  while (left > 0 && p[left - 1].x == p[left].x && times[p[left - 1].row]) left--;
  return x - p[left].x <= p[right].x - x ? p[left].row : p[right].row;
}
static int64_t drawn_donors(const struct again *x, int g, const int32_t *times) {
  int64_t n = 0;
  for (int64_t k = 0; k < x->n_donors[g]; k++) x->drawn[k] = n += times[x->donors[g][k].row];
  return n;
}
static int64_t at_random(const struct again *x, int g, int64_t n, int replicate, int64_t row) {
  struct rng r;
  const int64_t key[2] = {(int64_t)num_unit_hash(x->seed, x->unit[row]), replicate};
  rng_init(&r, x->seed, "donor drawn again", key, sizeof key);
  const int64_t wanted = (int64_t)rng_below(&r, (uint64_t)n);
  int64_t low = 0, high = x->n_donors[g] - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (x->drawn[middle] > wanted) high = middle;
    else low = middle + 1;
  }
  return x->donors[g][low].row;
}
static enum err_code class_total(
    const struct again *x, int g, const int32_t *times, const double *weight, int replicate, double *out, struct err *e) {
  const struct parts_class *c = &x->classes[g];
  const struct parts_input *in = x->in;
  struct qr_fit fit = {.p = 0};
  struct sum all = {0};
  const int64_t n = c->kind == PARTS_DONOR ? drawn_donors(x, g, times) : 0;
  if (c->kind != PARTS_DONOR) TRY(refit(x, c, weight, &fit, e));
  else if (!n) return poor(e);
  for (int64_t k = 0; k < c->n; k++) {
    const int64_t i = c->row[k];
    double y = in->y[i];
    if (!x->domain[i] || !times[i]) continue;
    if (in->role[i] == PARTS_IMPUTED && c->kind != PARTS_DONOR) y = regression_value(&fit, in->x + i * in->p);
    else if (in->role[i] == PARTS_IMPUTED)
      y = in->y[c->p ? nearest(x->donors[g], x->n_donors[g], times, in->x[i * in->p]) : at_random(x, g, n, replicate, i)];
    sum_add(&all, weight[i] * y);
  }
  *out = sum_result(&all);
  return E_OK;
}
enum err_code again_totals(void *context, const int32_t *times, const double *weight, int replicate, double *out, struct err *e) {
  const struct again *x = context;
  out[0] = 0;
  for (int g = 0; g < x->n_classes; g++) {
    TRY(class_total(x, g, times, weight, replicate, &out[1 + g], e));
    out[0] += out[1 + g];
  }
  return E_OK;
}

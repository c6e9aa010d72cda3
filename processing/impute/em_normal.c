#include "processing/impute/em_normal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define EM_RIDGE 1e-8
enum { SIDE = EM_ITEMS + 1 };
struct pattern_row {
  uint32_t observed; /* bit j: item j is there */
  int32_t row;
};
struct em_work {
  const struct num_table *t;
  int p;
  struct pattern_row *rows; /* by pattern, then row */
  double g[SIDE * SIDE];    /* swept parameters of the present pattern */
};
static int by_pattern(const void *a, const void *b) {
  const struct pattern_row *x = a, *y = b;
  if (x->observed != y->observed) return x->observed < y->observed ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}
/* Sweep on k (symmetric, side n): Little & Rubin 7.4.3. False when the pivot is not above 0. */
static bool sweep(double *g, int n, int k) {
  const double pivot = g[k * SIDE + k];
  if (!(pivot > 0)) return false;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      if (i != k && j != k) g[i * SIDE + j] -= g[i * SIDE + k] * g[k * SIDE + j] / pivot;
  for (int i = 0; i < n; i++)
    if (i != k) g[i * SIDE + k] /= pivot, g[k * SIDE + i] /= pivot;
  g[k * SIDE + k] = -1 / pivot;
  return true;
}
/* g[0][j] = intercept and g[k][j] = slopes of missing j on observed k; g[j][l] = conditional covariance of missing j, l. */
static bool condition(struct em_work *w, const struct em_fit *f, uint32_t observed) {
  memset(w->g, 0, sizeof w->g);
  w->g[0] = -1;
  for (int i = 0; i < w->p; i++) {
    w->g[i + 1] = w->g[(i + 1) * SIDE] = f->mean[i];
    for (int j = 0; j < w->p; j++) w->g[(i + 1) * SIDE + j + 1] = f->cov[i * w->p + j];
  }
  for (int j = 0; j < w->p; j++)
    if (observed >> j & 1 && !sweep(w->g, w->p + 1, j + 1)) return false;
  return true;
}
static void complete(const struct em_work *w, const struct pattern_row *r, double *x) {
  for (int j = 0; j < w->p; j++)
    if (r->observed >> j & 1) x[j] = w->t->columns[j].x[r->row];
  for (int j = 0; j < w->p; j++) {
    if (r->observed >> j & 1) continue;
    double v = w->g[j + 1];
    for (int k = 0; k < w->p; k++)
      if (r->observed >> k & 1) v += w->g[(k + 1) * SIDE + j + 1] * x[k];
    x[j] = v;
  }
}
static enum err_code patterns(struct arena *a, const struct num_table *t, struct em_work *w, struct err *e) {
  *w = (struct em_work){.t = t, .p = t->p, .rows = ARENA_ARRAY(a, struct pattern_row, t->n)};
  if (t->p < 1 || t->p > EM_ITEMS || t->n > INT32_MAX) return ERR(e, E_MODEL_SPEC, .subject = "EM", .found = "not 1 to 32 items");
  if (!w->rows) return ERR(e, E_NO_MEMORY, .subject = "EM");
  for (int64_t i = 0; i < t->n; i++) {
    w->rows[i].row = (int32_t)i;
    for (int j = 0; j < t->p; j++) w->rows[i].observed |= (uint32_t)num_present(&t->columns[j], i) << j;
  }
  qsort(w->rows, (size_t)t->n, sizeof *w->rows, by_pattern);
  return E_OK;
}
static enum err_code start(const struct em_work *w, struct em_fit *f, struct err *e) {
  for (int j = 0; j < w->p; j++) {
    const struct num_column *c = &w->t->columns[j];
    double n = 0, mean = 0, squares = 0;
    for (int64_t i = 0; i < w->t->n; i++)
      if (num_present(c, i)) n++, squares += (c->x[i] - mean) * (c->x[i] - mean) * (n - 1) / n, mean += (c->x[i] - mean) / n;
    if (n < 2 || !(squares > 0)) return ERR(e, E_MODEL_DATA, .subject = c->name, .found = "fewer than two different values");
    f->mean[j] = mean;
    f->cov[j * w->p + j] = squares / n;
  }
  return E_OK;
}
/* One round: sums and squares about the present means, so that large means cost no digits. */
static bool round_of(struct em_work *w, struct em_fit *f, double *moved) {
  const int p = w->p;
  double sum[EM_ITEMS] = {0}, squares[EM_ITEMS * EM_ITEMS] = {0}, x[EM_ITEMS];
  const double n = (double)w->t->n;
  f->n_patterns = 0;
  for (int64_t i = 0; i < w->t->n; i++) {
    const uint32_t observed = w->rows[i].observed;
    if (i == 0 || observed != w->rows[i - 1].observed) {
      f->n_patterns++;
      if (!condition(w, f, observed)) return false;
    }
    complete(w, &w->rows[i], x);
    for (int j = 0; j < p; j++) x[j] -= f->mean[j], sum[j] += x[j];
    for (int j = 0; j < p; j++)
      for (int k = 0; k <= j; k++) squares[j * p + k] += x[j] * x[k] + (observed >> j & 1 || observed >> k & 1 ? 0 : w->g[(j + 1) * SIDE + k + 1]);
  }
  *moved = 0;
  for (int j = 0; j < p; j++) {
    const double scale = sqrt(f->cov[j * p + j]);
    *moved = fmax(*moved, fabs(sum[j] / n) / scale);
    for (int k = 0; k <= j; k++) {
      const double next = (squares[j * p + k] / n - sum[j] / n * (sum[k] / n)) * (j == k ? 1 + EM_RIDGE : 1);
      *moved = fmax(*moved, fabs(next - f->cov[j * p + k]) / (scale * sqrt(f->cov[k * p + k])));
      squares[j * p + k] = next;
    }
  }
  for (int j = 0; j < p; j++) {
    f->mean[j] += sum[j] / n;
    for (int k = 0; k <= j; k++) f->cov[j * p + k] = f->cov[k * p + j] = squares[j * p + k];
  }
  return true;
}
enum err_code em_normal(struct arena *a, const struct num_table *t, const struct em_rule *rule, struct em_fit *out, struct err *e) {
  struct em_work w;
  const struct arena_mark mark = arena_mark(a);
  *out = (struct em_fit){.p = t->p};
  if (rule->max_iterations < 1 || !(rule->tolerance > 0)) return ERR(e, E_MODEL_SPEC, .subject = "EM",
      .found = "iterations or tolerance not above 0");
  TRY(patterns(a, t, &w, e));
  TRY(start(&w, out, e));
  while (!out->converged && out->iterations < rule->max_iterations) {
    double moved;
    if (!round_of(&w, out, &moved)) return ERR(e, E_MODEL_DATA, .subject = "EM", .found = "an item is a linear function of others");
    out->iterations++;
    out->converged = moved <= rule->tolerance;
  }
  arena_reset(a, mark);
  return E_OK;
}
static double normal_of(uint64_t seed, struct str unit, const char *item) {
  struct rng r;
  rng_init(&r, seed, item, unit.p, unit.n);
  return rng_normal(&r);
}
/* x += L z over the missing items, L the Cholesky factor of their conditional covariance. */
static void add_draw(const struct em_work *w, const struct pattern_row *r, uint64_t seed, double *x) {
  int missing[EM_ITEMS], m = 0;
  double l[EM_ITEMS * EM_ITEMS] = {0}, z[EM_ITEMS] = {0};
  for (int j = 0; j < w->p; j++)
    if (!(r->observed >> j & 1)) missing[m++] = j;
  for (int i = 0; i < m; i++) {
    for (int j = 0; j <= i; j++) {
      double v = w->g[(missing[i] + 1) * SIDE + missing[j] + 1];
      for (int k = 0; k < j; k++) v -= l[i * m + k] * l[j * m + k];
      l[i * m + j] = i == j ? sqrt(fmax(v, 0)) : l[j * m + j] > 0 ? v / l[j * m + j] : 0;
    }
    z[i] = normal_of(seed, w->t->unit[r->row], w->t->columns[missing[i]].name);
    for (int k = 0; k <= i; k++) x[missing[i]] += l[i * m + k] * z[k];
  }
}
enum err_code em_impute(struct arena *a, struct num_table *t, const struct em_fit *fit, bool draw, uint64_t seed, int64_t *n, struct err *e) {
  struct em_work w;
  double x[EM_ITEMS] = {0};
  const struct arena_mark mark = arena_mark(a);
  *n = 0;
  if (fit->p != t->p) return ERR(e, E_MODEL_SPEC, .subject = "EM", .found = "the fit is of other items");
  TRY(patterns(a, t, &w, e));
  for (int64_t i = 0; i < t->n; i++) {
    const struct pattern_row *r = &w.rows[i];
    if ((i == 0 || r->observed != w.rows[i - 1].observed) && !condition(&w, fit, r->observed)) return ERR(e, E_MODEL_DATA, .subject = "EM",
        .found = "an item is a linear function of others");
    complete(&w, r, x);
    if (draw) add_draw(&w, r, seed, x);
    for (int j = 0; j < t->p; j++) {
      if (r->observed >> j & 1) continue;
      t->columns[j].x[r->row] = x[j];
      t->columns[j].status[r->row] = VAL_IMPUTED;
      ++*n;
    }
  }
  arena_reset(a, mark);
  return E_OK;
}

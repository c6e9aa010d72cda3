#include "processing/impute/em_normal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "processing/outlier/normal_em.h"

#define EM_RIDGE 1e-8
struct pattern_row {
  uint32_t observed; /* bit j: item j is there */
  int32_t row;
};
struct em_work {
  const struct num_table *t;
  int p;
  struct pattern_row *rows; /* by pattern, then row */
  struct normal_em model;
};
static int by_pattern(const void *a, const void *b) {
  const struct pattern_row *x = a, *y = b;
  if (x->observed != y->observed) return x->observed < y->observed ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}
static double table_row(const void *from, int64_t i, double *x, uint64_t *missing) {
  const struct em_work *w = from;
  const struct pattern_row *r = &w->rows[i];
  for (int j = 0; j < w->p; j++) x[j] = w->t->columns[j].x[r->row];
  *missing = ~(uint64_t)r->observed & ((UINT64_C(1) << w->p) - 1);
  return 1;
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
static enum err_code start(struct em_work *w, struct err *e) {
  w->model.p = w->p;
  for (int j = 0; j < w->p; j++) {
    const struct num_column *c = &w->t->columns[j];
    double n = 0, mean = 0, squares = 0;
    for (int64_t i = 0; i < w->t->n; i++)
      if (num_present(c, i)) n++, squares += (c->x[i] - mean) * (c->x[i] - mean) * (n - 1) / n, mean += (c->x[i] - mean) / n;
    if (n < 2 || !(squares > 0)) return ERR(e, E_MODEL_DATA, .subject = c->name, .found = "fewer than two different values");
    w->model.mean[j] = mean;
    w->model.cov[j * w->p + j] = squares / n;
  }
  return E_OK;
}
static void give(const struct normal_em *m, struct em_fit *f) {
  f->n_patterns = m->n_patterns;
  memcpy(f->mean, m->mean, (size_t)m->p * sizeof *f->mean);
  memcpy(f->cov, m->cov, (size_t)(m->p * m->p) * sizeof *f->cov);
}
enum err_code em_normal(struct arena *a, const struct num_table *t, const struct em_rule *rule, struct em_fit *out, struct err *e) {
  struct em_work w;
  const struct arena_mark mark = arena_mark(a);
  *out = (struct em_fit){.p = t->p};
  if (rule->max_iterations < 1 || !(rule->tolerance > 0)) return ERR(e, E_MODEL_SPEC, .subject = "EM",
      .found = "iterations or tolerance not above 0");
  TRY(patterns(a, t, &w, e));
  TRY(start(&w, e));
  const struct normal_rows rows = {t->n, &w, table_row};
  while (!out->converged && out->iterations < rule->max_iterations) {
    double moved;
    if (!normal_em_round(&w.model, &rows, EM_RIDGE, &moved))
      return ERR(e, E_MODEL_DATA, .subject = "EM", .found = "an item is a linear function of others");
    out->iterations++;
    out->converged = moved <= rule->tolerance;
  }
  give(&w.model, out);
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
      double v = w->model.g[missing[i] * w->p + missing[j]];
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
  w.model.p = t->p;
  memcpy(w.model.mean, fit->mean, (size_t)t->p * sizeof *fit->mean);
  memcpy(w.model.cov, fit->cov, (size_t)(t->p * t->p) * sizeof *fit->cov);
  for (int64_t i = 0; i < t->n; i++) {
    const struct pattern_row *r = &w.rows[i];
    uint64_t missing;
    (void)table_row(&w, i, x, &missing);
    if ((i == 0 || r->observed != w.rows[i - 1].observed) && !normal_condition(&w.model, missing))
      return ERR(e, E_MODEL_DATA, .subject = "EM", .found = "an item is a linear function of others");
    for (int j = 0; j < t->p; j++) x[j] -= fit->mean[j];
    normal_complete(&w.model, missing, x);
    for (int j = 0; j < t->p; j++) x[j] += fit->mean[j];
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

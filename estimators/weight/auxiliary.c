#include "estimators/weight/auxiliary.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"

static const double REDUNDANT = 1e-11;

int auxiliary_columns(const struct auxiliary *x) {
  int64_t p = x->n_numbers;
  for (int f = 0; f < x->n_factors; f++) p += x->levels[f];
  return p > AUXILIARY_MOST ? AUXILIARY_MOST + 1 : (int)p;
}

double auxiliary_dot(const struct auxiliary *x, int64_t i, const double *coefficient) {
  double u = 0;
  for (int f = 0; f < x->n_factors; coefficient += x->levels[f++])
    if (x->code[f][i] >= 0) u += coefficient[x->code[f][i]];
  for (int k = 0; k < x->n_numbers; k++) u += coefficient[k] * x->number[k][i];
  return u;
}

/* The columns of one row that are not 0. */
struct sparse {
  int n;
  int column[2 * AUXILIARY_FACTORS];
  double value[2 * AUXILIARY_FACTORS];
};
static void row_of(const struct auxiliary *x, int64_t i, struct sparse *out) {
  int at = 0;
  out->n = 0;
  for (int f = 0; f < x->n_factors; at += x->levels[f++]) {
    if (x->code[f][i] < 0) continue;
    out->column[out->n] = at + x->code[f][i];
    out->value[out->n++] = 1;
  }
  for (int k = 0; k < x->n_numbers; k++, at++) {
    out->column[out->n] = at;
    out->value[out->n++] = x->number[k][i];
  }
}

enum err_code auxiliary_totals(struct arena *a, const struct auxiliary *x, const double *w, double *out, struct err *e) {
  const int p = auxiliary_columns(x);
  struct arena_mark mark = arena_mark(a);
  struct sum *s = ARENA_ARRAY(a, struct sum, p + 1);
  struct sparse r;
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "auxiliary totals");
  for (int64_t i = 0; i < x->n; i++) {
    const double v = w ? w[i] : 1;
    row_of(x, i, &r);
    for (int k = 0; k < r.n; k++) sum_add(&s[r.column[k]], v * r.value[k]);
  }
  for (int k = 0; k < p; k++) out[k] = sum_result(&s[k]);
  arena_reset(a, mark);
  return E_OK;
}

void auxiliary_normal(const struct auxiliary *x, const double *w, double *into) {
  const int64_t p = auxiliary_columns(x);
  struct sparse r;
  memset(into, 0, sizeof *into * (size_t)(p * p));
  for (int64_t i = 0; i < x->n; i++) {
    row_of(x, i, &r);
    for (int j = 0; j < r.n; j++) {
      double *row = into + r.column[j] * p;
      const double v = w[i] * r.value[j];
      for (int k = 0; k <= j; k++) row[r.column[k]] += v * r.value[k];
    }
  }
}

enum err_code auxiliary_factorise(struct arena *a, int p, const double *m, struct factorised *out, struct err *e) {
  *out = (struct factorised){.p = p, .l = ARENA_ARRAY(a, double, (int64_t)p * p + 1), .redundant = ARENA_ARRAY(a, uint8_t, p + 1)};
  if (!out->l || !out->redundant) return ERR(e, E_NO_MEMORY, .subject = "normal equations");
  for (int64_t j = 0; j < p; j++) {
    double *lj = out->l + j * p;
    for (int64_t k = 0; k <= j; k++) {
      const double *lk = out->l + k * p;
      double v = m[j * p + k];
      if (out->redundant[k]) continue;
      for (int64_t i = 0; i < k; i++) v -= lj[i] * lk[i];
      if (k < j) lj[k] = v / lk[k];
      else if (v > REDUNDANT * m[j * p + j]) lj[j] = sqrt(v);
      else out->redundant[j] = 1, out->n_redundant++;
    }
    if (out->redundant[j]) memset(lj, 0, sizeof *lj * (size_t)(j + 1));
  }
  return E_OK;
}

void auxiliary_solve(const struct factorised *f, const double *right, double *out) {
  const int64_t p = f->p;
  for (int64_t j = 0; j < p; j++) {
    double v = right[j];
    for (int64_t k = 0; k < j; k++) v -= f->l[j * p + k] * out[k];
    out[j] = f->redundant[j] ? 0 : v / f->l[j * p + j];
  }
  for (int64_t j = p - 1; j >= 0; j--) {
    double v = out[j];
    for (int64_t k = j + 1; k < p; k++) v -= f->l[k * p + j] * out[k];
    out[j] = f->redundant[j] ? 0 : v / f->l[j * p + j];
  }
}

enum err_code regression_new(struct arena *a, const struct auxiliary *x, const double *q, struct regression *out, struct err *e) {
  const int p = auxiliary_columns(x);
  double *m = ARENA_ARRAY(a, double, (int64_t)p * p + 1);
  if (p > AUXILIARY_MOST || !m) return ERR(e, E_NO_MEMORY, .subject = "regression");
  *out = (struct regression){.x = x, .q = q};
  auxiliary_normal(x, q, m);
  return auxiliary_factorise(a, p, m, &out->f, e);
}

static enum err_code fit_once(struct arena *a, const struct regression *r, const double *u, double *coefficient, struct err *e) {
  const struct auxiliary *x = r->x;
  struct sum *s = ARENA_ARRAY(a, struct sum, r->f.p + 1);
  struct sparse row;
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "regression");
  for (int64_t i = 0; i < x->n; i++) {
    const double v = r->q[i] * u[i];
    if (v == 0) continue;
    row_of(x, i, &row);
    for (int k = 0; k < row.n; k++) sum_add(&s[row.column[k]], v * row.value[k]);
  }
  for (int k = 0; k < r->f.p; k++) coefficient[k] = sum_result(&s[k]);
  auxiliary_solve(&r->f, coefficient, coefficient);
  return E_OK;
}

/* Fitted twice, the second time on the residuals: what the first solution lost by the condition of the normal equations comes back. */
enum err_code regression_residuals(struct arena *a, const struct regression *r, const double *u, double *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *coefficient = ARENA_ARRAY(a, double, r->f.p + 1);
  if (!coefficient) return ERR(e, E_NO_MEMORY, .subject = "regression");
  if (out != u) memcpy(out, u, sizeof *out * (size_t)r->x->n);
  for (int pass = 0; pass < 2; pass++) {
    TRY(fit_once(a, r, out, coefficient, e));
    for (int64_t i = 0; i < r->x->n; i++) out[i] -= auxiliary_dot(r->x, i, coefficient);
  }
  arena_reset(a, mark);
  return E_OK;
}

#include "estimators/weight/auxiliary.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"

static const double REDUNDANT = 1e-11;

int auxiliary_columns(const struct auxiliary *x) {
  int64_t p = (int64_t)x->n_numbers + x->n_sparse;
  for (int f = 0; f < x->n_factors; f++) p += x->levels[f];
  return p > AUXILIARY_MOST ? AUXILIARY_MOST + 1 : (int)p;
}

struct auxiliary auxiliary_slice(const struct auxiliary *x, int64_t from, int64_t to) {
  struct auxiliary part = *x;
  part.n = to - from;
  for (int f = 0; f < x->n_factors; f++) part.code[f] += from;
  for (int k = 0; k < x->n_numbers; k++) part.number[k] += from;
  if (x->n_sparse) part.sparse_first += from;
  return part;
}

double auxiliary_dot(const struct auxiliary *x, int64_t i, const double *coefficient) {
  double u = 0;
  if (x->n_sparse)
    for (int64_t k = x->sparse_first[i]; k < x->sparse_first[i + 1]; k++) u += coefficient[x->sparse_column[k]] * x->sparse_value[k];
  for (int f = 0; f < x->n_factors; coefficient += x->levels[f++])
    if (x->code[f][i] >= 0) u += coefficient[x->code[f][i]];
  for (int k = 0; k < x->n_numbers; k++) u += coefficient[k] * x->number[k][i];
  return u;
}

/* The columns of one row that are not 0. */
struct sparse {
  int n;
  const int32_t *column;
  const double *value;
  int32_t own_column[2 * AUXILIARY_FACTORS];
  double own_value[2 * AUXILIARY_FACTORS];
};
static void row_of(const struct auxiliary *x, int64_t i, struct sparse *out) {
  int at = 0, n = 0;
  out->column = out->own_column, out->value = out->own_value;
  if (x->n_sparse) {
    const int64_t from = x->sparse_first[i];
    out->n = (int)(x->sparse_first[i + 1] - from), out->column = x->sparse_column + from, out->value = x->sparse_value + from;
    return;
  }
  for (int f = 0; f < x->n_factors; at += x->levels[f++]) {
    if (x->code[f][i] < 0) continue;
    out->own_column[n] = at + x->code[f][i];
    out->own_value[n++] = 1;
  }
  for (int k = 0; k < x->n_numbers; k++, at++) {
    out->own_column[n] = at;
    out->own_value[n++] = x->number[k][i];
  }
  out->n = n;
}

enum err_code auxiliary_totals(struct arena *a, const struct auxiliary *x, const double *w, double *out, struct err *e) {
  const int p = auxiliary_columns(x);
  struct arena_mark mark = arena_mark(a);
  struct sum *s = ARENA_ARRAY(a, struct sum, p + 1);
  struct sparse r;
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "auxiliary totals");
  for (int64_t i = 0; i < x->n; i++) {
    const double v = w ? w[i] : 1;
    if (v == 0) continue;
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
  *out = (struct regression){.x = x, .q = q, .n_records = x->n};
  auxiliary_normal(x, q, m);
  return auxiliary_factorise(a, p, m, &out->f, e);
}

/* out[rows of x] = sum of q u over the records of the row; u NULL = 1. */
static void by_row(const struct regression *r, const double *u, double *out) {
  memset(out, 0, sizeof *out * (size_t)r->x->n);
  for (int64_t i = 0; i < r->n_records; i++) out[r->unit ? r->unit[i] : i] += u ? r->q[i] * u[i] : r->q[i];
}

enum err_code regression_grouped(struct arena *a, const struct auxiliary *x, int64_t n_records, const double *q, const int64_t *unit, int32_t n_parts,
    const int64_t *first, struct regression *out, struct err *e) {
  const int p = auxiliary_columns(x);
  *out = (struct regression){.x = x, .q = q, .n_records = n_records, .unit = unit, .n_parts = n_parts, .first = first};
  if (p > AUXILIARY_MOST || !(out->part = ARENA_ARRAY(a, struct factorised, n_parts + 1))) return ERR(e, E_NO_MEMORY, .subject = "regression");
  for (int32_t k = 0; k < n_parts; k++) { /* what is kept is made before the mark */
    out->part[k] = (struct factorised){.p = p, .l = ARENA_ARRAY(a, double, (int64_t)p * p + 1), .redundant = ARENA_ARRAY(a, uint8_t, p + 1)};
    if (!out->part[k].l || !out->part[k].redundant) return ERR(e, E_NO_MEMORY, .subject = "regression");
  }
  struct arena_mark mark = arena_mark(a);
  double *m = ARENA_ARRAY(a, double, (int64_t)p * p + 1), *rows = ARENA_ARRAY(a, double, x->n + 1);
  if (!m || !rows) return ERR(e, E_NO_MEMORY, .subject = "regression");
  by_row(out, NULL, rows);
  for (int32_t k = 0; k < n_parts; k++) {
    const struct auxiliary part = auxiliary_slice(x, first[k], first[k + 1]);
    struct factorised f;
    auxiliary_normal(&part, rows + first[k], m);
    TRY(auxiliary_factorise(a, p, m, &f, e));
    memcpy(out->part[k].l, f.l, sizeof *f.l * (size_t)((int64_t)p * p)), memcpy(out->part[k].redundant, f.redundant, (size_t)p);
    out->part[k].n_redundant = f.n_redundant;
  }
  if (n_parts == 1) out->f = out->part[0];
  arena_reset(a, mark);
  return E_OK;
}

/* Coefficients of one fit: right sides v by row (q times the values). */
static enum err_code fit_once(
    struct arena *a, const struct auxiliary *x, const struct factorised *f, const double *v, double *coefficient, struct err *e) {
  TRY(auxiliary_totals(a, x, v, coefficient, e));
  auxiliary_solve(f, coefficient, coefficient);
  return E_OK;
}

/* Fitted twice, the second time on the residuals: what the first solution lost by the condition of the normal equations comes back. */
enum err_code regression_residuals(struct arena *a, const struct regression *r, const double *u, double *out, struct err *e) {
  const int32_t parts = r->n_parts > 1 ? r->n_parts : 1;
  const int p = auxiliary_columns(r->x);
  struct arena_mark mark = arena_mark(a);
  double *coefficient = ARENA_ARRAY(a, double, p + 1), *v = ARENA_ARRAY(a, double, r->x->n + 1);
  if (!coefficient || !v) return ERR(e, E_NO_MEMORY, .subject = "regression");
  if (out != u) memcpy(out, u, sizeof *out * (size_t)r->n_records);
  for (int pass = 0; pass < 2; pass++) {
    by_row(r, out, v);
    for (int32_t k = 0; k < parts; k++) {
      const int64_t from = parts > 1 ? r->first[k] : 0, to = parts > 1 ? r->first[k + 1] : r->x->n;
      const struct auxiliary part = auxiliary_slice(r->x, from, to);
      TRY(fit_once(a, &part, parts > 1 ? &r->part[k] : &r->f, v + from, coefficient, e));
      for (int64_t i = from; i < to; i++) v[i] = auxiliary_dot(r->x, i, coefficient);
    }
    for (int64_t i = 0; i < r->n_records; i++) out[i] -= v[r->unit ? r->unit[i] : i];
  }
  arena_reset(a, mark);
  return E_OK;
}

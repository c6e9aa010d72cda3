/* auxiliary.h -- auxiliary variables of a calibration or regression, kept sparse: factors by code, numbers as columns; sums, normal equations and
 *    residuals over them.
 * Columns  in order: the levels of every factor, then the numbers, then sparse columns. A code of -1 has no column there (the level that treatment
 *          contrasts drop, an item that does not apply). A constant is a factor of one level. Sparse rows (sums of a household) list their columns
 *          and values; an auxiliary has sparse rows or factors and numbers, not both.
 * Shapes   code: [n_factors][n]; number: [n_numbers][n]; p = columns, at most AUXILIARY_MOST.
 * Singular columns that depend on earlier ones get coefficient 0 and are marked redundant; the solution does not depend on which of them is left
 *          out.
 * Memory   p^2 doubles. Cost: O(n k^2), k = factors + numbers, whatever the number of levels.
 * Source   Cholesky with skipped pivots: Lawson & Hanson (1974), Solving Least Squares Problems, ch. 19 (sequential use); regression residuals of
 *          calibrated estimators: Deville & Särndal (1992), JASA 87:376-382. */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_AUXILIARY_H
#define SHIRABE_ESTIMATORS_WEIGHT_AUXILIARY_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { AUXILIARY_MOST = 4096, AUXILIARY_FACTORS = 64 };
struct auxiliary {
  int64_t n;
  int n_factors, n_numbers;
  const int32_t *code[AUXILIARY_FACTORS];
  int32_t levels[AUXILIARY_FACTORS];
  const double *number[AUXILIARY_FACTORS];
  int n_sparse;                 /* 0 = factors and numbers */
  const int64_t *sparse_first;  /* [n + 1] where the entries of a row begin */
  const int32_t *sparse_column; /* ascending within a row */
  const double *sparse_value;
};
int auxiliary_columns(const struct auxiliary *x);
/* Rows from to - 1 of x as an auxiliary of their own; borrows from x. */
struct auxiliary auxiliary_slice(const struct auxiliary *x, int64_t from, int64_t to);
/* sum over columns of coefficient * x for row i. */
double auxiliary_dot(const struct auxiliary *x, int64_t i, const double *coefficient);
/* out[p] = sum_i w[i] x_i, compensated; w NULL = 1. */
enum err_code auxiliary_totals(struct arena *a, const struct auxiliary *x, const double *w, double *out, struct err *e) NODISCARD;
/* into[p][p] (lower triangle): sum_i w[i] x_i x_i'. */
void auxiliary_normal(const struct auxiliary *x, const double *w, double *into);

struct factorised {
  int p, n_redundant;
  double *l;          /* [p][p] lower */
  uint8_t *redundant; /* [p] */
};
/* Takes the lower triangle of m; a pivot below 1e-11 of its diagonal is redundant. */
enum err_code auxiliary_factorise(struct arena *a, int p, const double *m, struct factorised *out, struct err *e) NODISCARD;
void auxiliary_solve(const struct factorised *f, const double *right, double *out); /* may be the same array */

/* Residuals of u on x by weighted least squares, weights q [n]. Keeps the factorised normal equations for many u.
 * Groups   with `unit` records share rows of x (persons of a household): record i reads row unit[i]. With parts the rows of x stand part by part
 *          and every part has a fit of its own. A caller with a short cut over x, q and f asks regression_is_plain first. */
struct regression {
  const struct auxiliary *x;
  const double *q;      /* [n_records] */
  struct factorised f;  /* without parts */
  int64_t n_records;
  const int64_t *unit;  /* NULL = record i is row i */
  int32_t n_parts;      /* 0, 1 = one fit */
  const int64_t *first; /* [n_parts + 1] rows of x */
  struct factorised *part;
};
static inline bool regression_is_plain(const struct regression *r) { return !r->unit && r->n_parts < 2; }
enum err_code regression_new(struct arena *a, const struct auxiliary *x, const double *q, struct regression *out, struct err *e) NODISCARD;
enum err_code regression_grouped(struct arena *a, const struct auxiliary *x, int64_t n_records, const double *q, const int64_t *unit, int32_t n_parts,
    const int64_t *first, struct regression *out, struct err *e) NODISCARD;
enum err_code regression_residuals(struct arena *a, const struct regression *r, const double *u, double *out, struct err *e) NODISCARD;
#endif

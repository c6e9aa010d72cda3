/* gvf.h -- generalised variance functions: the relative variance of an estimated total as a function of the total, fitted over many cells.
 * Models   INVERSE relvar = a + b/X; LOGLOG log relvar = a + b log X; QUADRATIC se^2 = a X + b X^2.
 * Fit      ordinary least squares, or weighted by 1/predicted relvar^2 in rounds until coefficients move by less than 1e-8 (`rounds` > 0). Cells
 *          with X not above 0 or se not above 0 are left out; those with a standardised residual beyond `drop` (0 = none) are dropped once and
 *          the fit repeated.
 * Result   a, b, R squared (unweighted), cells used and dropped; gvf_cv predicts the coefficient of variation of a total X, NAN when the
 *          predicted variance is not above 0.
 * Errors   E_GVF: fewer than three usable cells, or all of one size. Cost O(n rounds).
 * Source   Wolter (2007), Introduction to Variance Estimation, ch. 7. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_GVF_H
#define SHIRABE_ESTIMATORS_VARIANCE_GVF_H
#include "base/arena.h"
#include "base/err.h"

enum gvf_model { GVF_INVERSE, GVF_LOGLOG, GVF_QUADRATIC };
struct gvf_spec {
  enum gvf_model model;
  int rounds;
  double drop;
};
struct gvf {
  enum gvf_model model;
  double a, b, r_squared, residual_sd;
  int64_t n_used, n_left_out, n_dropped;
};
enum err_code gvf_fit(
    struct arena *a, const struct gvf_spec *s, int64_t n, const double *total, const double *se, struct gvf *out, struct err *e) NODISCARD;
double gvf_cv(const struct gvf *g, double total);
#endif

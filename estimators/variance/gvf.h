/* gvf.h -- generalised variance functions: the relative variance of an estimated total as a function of the total, fitted over many cells.
 * Models   INVERSE relvar = a + b/X; LOGLOG log relvar = a + b log X; QUADRATIC se^2 = a X + b X^2. Fitted as the straight lines
 *          relvar on 1/X, log relvar on log X, se^2/X on X (with weights X^2, so that it is least squares of se^2).
 * Fit      ordinary least squares, or weighted by 1/predicted relvar^2 in rounds until coefficients move by less than 1e-8 (`rounds` > 0;
 *          LOGLOG has constant relative error already and no rounds). Cells with X not above 0 or se not above 0 are left out; those whose
 *          residual from the line is beyond `drop` times the residual sd (0 = none) are dropped once and the fit repeated.
 * Result   a, b; R squared and residual sd (n - 2) of the straight line, unweighted; cells used, left out and dropped, which add up to n;
 *          rounds done and whether they settled; cells of weight 0 in the last round (their predicted variance was not above 0). gvf_cv predicts
 *          the coefficient of variation of a total X, NAN when the predicted variance is not above 0.
 * Errors   E_GVF: fewer than three usable cells; E_GVF_ONE_SIZE; E_GVF_ROUNDS: fewer than three cells keep a weight; E_GVF_DROPPED: fewer than
 *          three are left by `drop`. The subject is empty: the caller knows what the cells are.
 * Memory   the arena, 40 bytes per cell. Cost O(n rounds).
 * Source   Wolter (2007), Introduction to Variance Estimation, ch. 7; when to use which: gvf.md. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_GVF_H
#define SHIRABE_ESTIMATORS_VARIANCE_GVF_H
#include "base/arena.h"
#include "base/err.h"

enum gvf_model { GVF_INVERSE, GVF_LOGLOG, GVF_QUADRATIC };
enum gvf_cell { GVF_USED, GVF_LEFT_OUT, GVF_DROPPED };
struct gvf_spec {
  enum gvf_model model;
  int rounds;
  double drop;
};
struct gvf {
  enum gvf_model model;
  double a, b, r_squared, residual_sd;
  int64_t n_used, n_left_out, n_dropped, n_weightless;
  int rounds;   /* done in the last fit */
  bool settled; /* false: `rounds` ended before the coefficients stood still */
};
/* cell: [n] enum gvf_cell, or NULL. */
enum err_code gvf_fit(struct arena *a, const struct gvf_spec *s, int64_t n, const double *total, const double *se, uint8_t *cell, struct gvf *out,
    struct err *e) NODISCARD;
double gvf_cv(const struct gvf *g, double total);
#endif

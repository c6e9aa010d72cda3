/* calibrate.h -- weights that meet known totals and stay near the design weights: linear, bounded, raking, logit.
 * Problem  find lambda with sum_k d_k F(u_k) x_k = T, u_k = x_k' lambda / sigma2_k; g_k = F(u_k), w_k = d_k g_k.
 * Methods  LINEAR F = 1 + u; TRUNCATED F = min(max(1 + u, low), high); RAKING F = exp u, within bounds when they are given; LOGIT F = (L(U-1) +
 *          U(1-L) e^{Au}) / ((U-1) + (1-L) e^{Au}), A = (U-L)/((1-L)(U-1)), 0 <= L < 1 < U.
 * Solving  Newton from lambda = 0 (or a start given, for replicates), halving steps that do not come nearer, to max |T - That| / (1 + |T|) below
 *          `tolerance`. Margins that depend on others are left out and named redundant; if their totals contradict the others the margin is
 *          unmet.
 * Always   an answer: the nearest weights found, `converged`, the unmet margins with what is missing, and for bounded methods a hint: the
 *          narrowest bounds 1 -+ t that reach the totals. Whether weights that miss a margin may be used is the caller's to decide, never silent.
 * Shapes   d, sigma2 (NULL = 1), w, g: [n]; total, reached: [p] in the order of the columns of auxiliary.h.
 * Units    d >= 0; a record of weight 0 keeps 0. Negative w are possible with LINEAR and counted.
 * Errors   E_CALIBRATION_SPEC: bounds that do not hold 1 between them, n or p impossible, sigma2 not above 0; E_NO_MEMORY.
 * Memory   16 bytes a record, p^2. Cost: 4 to 10 passes of O(n k^2).
 * Source   Deville & Särndal (1992), JASA 87:376-382; Deville, Särndal & Sautory (1993), JASA 88:1013-1020. */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_CALIBRATE_H
#define SHIRABE_ESTIMATORS_WEIGHT_CALIBRATE_H
#include "estimators/weight/auxiliary.h"

enum calibration_method { CALIBRATE_LINEAR, CALIBRATE_TRUNCATED, CALIBRATE_RAKING, CALIBRATE_LOGIT };
struct calibration_spec {
  enum calibration_method method;
  const struct auxiliary *x;
  const double *d, *sigma2, *total;
  bool bounded; /* low and high count; always for TRUNCATED and LOGIT */
  double low, high;
  const double *low_each, *high_each; /* [n] bounds of each record's factor instead of low and high (TRUNCATED only, need not hold 1) */
  double tolerance;  /* 0 = 1e-10 */
  int max_steps;     /* 0 = 100 */
  const double *start; /* [p] lambda to begin with; NULL = 0 */
  bool hint;         /* look for bounds that would do when these do not */
};
struct calibration {
  bool converged;
  int steps, n_redundant, n_unmet;
  double worst;        /* max |T - That| / (1 + |T|) */
  double *w, *g, *lambda, *reached;
  uint8_t *redundant, *unmet; /* [p] */
  double smallest_g, largest_g;
  int64_t n_negative, n_at_bound;
  bool has_hint;
  double hint_low, hint_high;
};
enum err_code calibrate(struct arena *a, const struct calibration_spec *s, struct calibration *out, struct err *e) NODISCARD;
#endif

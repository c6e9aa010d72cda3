/* trim.h -- two simple changes of weights: iterative proportional fitting, and cutting large and small weights with their mass shared out.
 * IPF      in turn for each margin: w = w T_c / sum of w in c, until no margin is off by more than tolerance (relative to 1 + T) or most sweeps
 *          are done.
 * Trim     weights outside [low, high] are cut; the lost (or won) mass is added in equal parts to the weights that were inside before; `strict`
 *          repeats until none is outside. The sum of weights stays; calibration totals do not: calibrate with bounds where they must.
 * Shapes   factors of x only; totals: the columns of auxiliary.h. w: [n], changed in place.
 * Empty    a margin without weight whose total is not 0 cannot be fitted: it is counted in n_empty and left out, never silently met.
 * Errors   E_CALIBRATION_SPEC: numbers among the factors, low above high. Cost O(n sweeps factors).
 * Source   Deming & Stephan (1940), AMS 11:427-444; trimming as in R survey's trimWeights (Lumley 2010). */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_TRIM_H
#define SHIRABE_ESTIMATORS_WEIGHT_TRIM_H
#include "estimators/weight/auxiliary.h"

struct ipf_result {
  int sweeps, n_empty;
  bool converged;
  double worst;
};
enum err_code weight_ipf(struct arena *a, const struct auxiliary *x, const double *total, double tolerance, int most, double *w,
    struct ipf_result *out, struct err *e) NODISCARD;
struct trim_result {
  int64_t n_cut;
  int rounds;
  double moved; /* mass that was shared out, all rounds */
};
enum err_code weight_trim(int64_t n, double low, double high, bool strict, double *w, struct trim_result *out, struct err *e) NODISCARD;
#endif

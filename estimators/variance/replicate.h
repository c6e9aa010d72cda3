/* replicate.h -- variances by replicates: sets of weights that resample the primary units, and what the estimates under them say together.
 * Set      n_replicates columns of multipliers per unit (all records of a unit share them); unit_of_row NULL = every record its own. Multipliers
 *          apply to the design weight; adjustments (nonresponse, calibration) are redone by the caller in every replicate.
 * Combine  V = scale sum_r rscale_r (theta_r - c)(theta_r - c)', c = the mean of the theta_r, or the estimate of the full sample when `mse`.
 * JK1      drop unit i, the others n/(n-1); scale (1-f)(n-1)/n, all strata taken as one.
 * JKn      within stratum h: rscale (1-f_h)(n_h-1)/n_h; a stratum taken in full has no replicates.
 * Missing  a theta that is not defined in a replicate leaves that replicate out and is counted; fewer than two: no variance.
 * Errors   E_LONELY_PSU from the design; E_NO_MEMORY. Memory 8 bytes per replicate and unit.
 * Source   Wolter (2007), Introduction to Variance Estimation, ch. 3-4; Rust & Rao (1996), Statistical Methods in Medical Research 5:283-310. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_H
#include "estimators/design/sample_design.h"

struct replicate_set {
  int64_t n, n_units;
  int n_replicates;
  const int64_t *unit_of_row; /* [n] NULL = row */
  const double *multiplier;   /* [n_replicates][n_units] */
  double scale;
  const double *rscale;       /* [n_replicates]; NULL = 1 */
  bool mse;
  int64_t df;                 /* degrees of freedom: units - strata of a jackknife, else replicates - 1 */
};
/* out[n] = w[i] * multiplier of its unit in replicate r. */
void replicate_weights(const struct replicate_set *s, int r, const double *w, double *out);
/* theta: [n_replicates][m], full: [m], cov: [m][m]; defined NULL or [n_replicates]. Returns how many replicates were used. */
int replicate_covariance(const struct replicate_set *s, int m, const double *theta, const uint8_t *defined, const double *full, double *cov);
enum err_code replicate_jk1(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) NODISCARD;
enum err_code replicate_jkn(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) NODISCARD;
#endif

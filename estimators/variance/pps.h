/* pps.h -- variances of samples drawn without replacement with unequal probabilities, one stage.
 * Shapes   pik, z: [n]; joint: [n][n] row-major, pi_kl, diagonal pi_k; stratum [n] dense labels from 0, NULL = one. z is the linearised value times
 *          weight (y / pik).
 * Strata   drawn independently: BREWER, HAJEK, OVERTON and HARTLEY_RAO are taken in each (n and S of the stratum), and added; the joint forms have
 *          their strata in pi_kl and take no notice.
 * Formula  BREWER n/(n-1) sum (1-pi)(z - zbar)^2, zbar plain mean (form of R survey; Hajek's centre is in variance `hajek`); OVERTON, HARTLEY_RAO
 *          sum_kl D_kl z_k z_l with D_kk = 1 - pi_k, D_kl = 1 - (n - (pi_k + pi_l)/2)/(n-1), resp. 1 - (n - pi_k - pi_l + S/n)/(n-1), S = sum
 *          over the population of pi^2, or its estimate sum over the sample of pi when not known (sum_pik2_over_n < 0); HORVITZ_THOMPSON D_kl = 1
 *          - pi_k pi_l / pi_kl; YATES_GRUNDY sum_{k<l} (pi_k pi_l / pi_kl - 1)(z_k - z_l)^2, fixed size only.
 * Negative forms with D_kl can give a variance below 0: it is returned as it is, and has no standard error.
 * Errors   E_PPS_SPEC: a probability outside (0, 1], a joint probability of 0, fewer than two records.
 * Cost     O(n) for BREWER, O(n^2) else; n is a number of primary units. Memory O(1).
 * Source   Brewer & Hanif (1983), Sampling with Unequal Probabilities; Overton (1985), Oregon State TR 47; Hartley & Rao (1962), AMS 33; Horvitz
 *          & Thompson (1952), JASA 47; Yates & Grundy (1953), JRSS B 15; Sen (1953). */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_PPS_H
#define SHIRABE_ESTIMATORS_VARIANCE_PPS_H
#include <stdint.h>

#include "base/err.h"

enum pps_form { PPS_BREWER, PPS_HAJEK, PPS_OVERTON, PPS_HARTLEY_RAO, PPS_HORVITZ_THOMPSON, PPS_YATES_GRUNDY };
struct pps_design {
  int64_t n;
  enum pps_form form;
  const double *pik;
  const double *joint;     /* HORVITZ_THOMPSON, YATES_GRUNDY */
  double sum_pik2_over_n;  /* HARTLEY_RAO; below 0 = estimated from the sample (of each stratum) */
  const int32_t *stratum;
};
enum err_code pps_check(const struct pps_design *d, struct err *e) NODISCARD;
/* Covariance of sum x and sum y; x = y gives the variance. */
double pps_covariance(const struct pps_design *d, const double *x, const double *y);
#endif

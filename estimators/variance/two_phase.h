/* two_phase.h -- the variance of a sample of a sample: records of the first phase (any multistage design) of which a stratified simple random sample
 *    without replacement answered the second phase.
 * Weights  w = w1 n1_g / n2_g in stratum g of the second phase, 0 for records that were not selected; n1_g, n2_g its records in the two phases.
 * Formula  V = V_1 + V_2. V_2 = sum_g n2 (1 - n2/n1) s_g^2(z), z = w u. V_1 = sum_kl D_kl z_k z_l r_kl with D the quadratic form of the first phase
 *          (taylor.h) and r_kl = pi2_k pi2_l / pi2_kl: 1 between strata, 1 + a_g inside one, pi2_k on the diagonal, so that V_1 = Q(z) + sum_g a_g
 *          Q(z in g) + sum_k (pi2_k - 1 - a_g) Q(e_k) z_k^2, 1 + a_g = n2 (n1 - 1) / (n1 (n2 - 1)); Q(e_k) is the form of record k alone. Exact, and
 *          of the cost of two passes where the matrix of joint probabilities would need n^2.
 * Shapes   stratum: [n] by row, 0..n_strata-1, every record of the first phase; share: [n_strata] n2/n1; selected rows have w > 0.
 * Lonely   a stratum of the second phase with one of several records selected has no variance: E_LONELY_PSU at two_phase_new.
 * Errors   those of sample_design.h, taylor.h. Memory 24 bytes a record. Cost: two passes of taylor.h, O(n strata of the second phase) sums.
 * Source   Särndal, Swensson & Wretman (1992) 9.3 (9.3.7: variance of the pi* estimator), 9.4; compared with R survey's twophase(method = "full"). */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_TWO_PHASE_H
#define SHIRABE_ESTIMATORS_VARIANCE_TWO_PHASE_H
#include "base/job.h"
#include "estimators/design/sample_design.h"

struct two_phase {
  const struct sample_design *first; /* with the final weights */
  struct sample_design second;       /* records in strata of the second phase, selected ones only: rows are 0..n_selected-1 */
  int64_t n, n_selected;
  int32_t n_strata;
  const int64_t *row;                /* [n_selected] row of the first phase */
  const int32_t *stratum;            /* [n] -1 where not selected */
  const double *share, *together;    /* [n_strata] n2 / n1; 1 + a_g */
  const double *alone;               /* [n] Q(e_k) of the selected */
};
/* selected: [n] 0 or 1; stratum NULL = one. */
enum err_code two_phase_new(struct arena *a, const struct sample_design *first, const uint8_t *selected, const int32_t *stratum, int32_t n_strata,
    struct two_phase *out, struct err *e) NODISCARD;
/* w1 -> w, in place. */
void two_phase_weights(const struct two_phase *p, double *w);
enum err_code two_phase_covariance(
    const struct job *job, struct arena *a, const struct two_phase *p, int m, const double *const *z, double *cov, struct err *e) NODISCARD;
#endif

/* imputation_variance.h -- variance of a total of which some values were imputed by the ratio y = r x of one class (x = 1: the mean), stratified
 *          simple random sampling.
 * Input    d = pop/n of the stratum for all sampled units, observed[i] = 1 where y was reported; the rest was imputed by r x, r = sum_r d y / sum_r d
 *          x.
 * Särndal  (1992, Survey Methodology 18): V = V_sam + V_imp + 2 V_mix. V_sam = usual formula on completed data + what the missing residuals would add
 *          to it: sum_h pop^2 (1-f)/n sigma^2 sum_m x / (n-1) * (1 - 1/n); V_imp = sigma^2 [a^2 sum_r d^2 x + sum_m d^2 x], V_mix = sigma^2 [a sum_r
 *          d(d-1) x - sum_m d(d-1) x], a = sum_m d x / sum_r d x; sigma^2 = sum_r (y - r x)^2 / sum_r x * r/(r-1), model y = r x + e, variance
 *          sigma^2 x.
 * Jackknife Rao & Shao (1992): when unit k is left out, weights of its stratum become d n/(n-1) and imputed values r(-k) x; v = sum_h (1-f)(n-1)/n
 *           sum_k (total(-k) - total)^2.
 * Reverse  Shao & Steel (1999): V = V1 + V2, V1 the sampling variance of z with response held fixed (z = (1+M/B) y - r (M/B) x of respondents, r x of
 *          the others, M = sum_m d x, B = sum_r d x), V2 = sigma^2 [(M/B)^2 sum_r d x + sum_m d x].
 * Assumes  the response does not depend on y within the class; V_mix and V2 also the ratio model. A usual formula on completed data alone is too
 *          small.
 * Errors   E_MODEL_DATA: fewer than two units in a stratum, fewer than two respondents, x not above 0, pop below n. Cost O(n). */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTATION_VARIANCE_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTATION_VARIANCE_H
#include "base/arena.h"
#include "base/err.h"

struct iv_input {
  int64_t n;
  const double *y, *x; /* y of missing units is not read */
  const uint8_t *observed;
  const int32_t *stratum; /* 0 .. n_strata-1 */
  int32_t n_strata;
  const double *pop; /* [n_strata] units in the frame */
};
struct iv_result {
  double total, ratio, sigma_squared;
  double naive; /* the usual formula on completed data: for comparison only */
  double sampling, imputation, mix, sarndal; /* sarndal = sampling + imputation + 2 mix */
  double jackknife, reverse;
};
enum err_code imputation_variance(struct arena *a, const struct iv_input *in, struct iv_result *out, struct err *e) NODISCARD;
#endif

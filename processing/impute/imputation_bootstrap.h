/* imputation_bootstrap.h -- variance of an estimate from imputed data by resampling units and imputing each replicate anew, for any method of
 * imputation.
 * Method    in every stratum n_h - 1 units are drawn with replacement from n_h, flags of imputation carried along; weights become d n_h/(n_h - 1)
 *           times how often a unit was drawn; the caller's function imputes the gaps from the drawn respondents by the same procedure as the record's
 *           own values and returns the estimate. v = sum (estimate_b - mean)^2 / (B - 1). Source: Shao & Sitter (1996), J. Am. Stat. Assoc. 91.
 * Assumes   small sampling fractions: there is no finite population correction, so that with large fractions the variance is somewhat too large.
 * Draws     draw k of stratum h in replicate b is a function of (seed, b, h, k) over the stratum's units in the order of their hash: the same in any
 *           order of rows.
 * Shapes    times: [n] how often a row was drawn; weight: [n], 0 where times is 0. Errors: those of the function; E_MODEL_SPEC: B below 2. */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTATION_BOOTSTRAP_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTATION_BOOTSTRAP_H
#include "base/str.h"
#include "processing/impute/srs_design.h"

typedef enum err_code (*bootstrap_estimate)(void *context, const int32_t *times, const double *weight, int replicate, double *out, struct err *e);
struct bootstrap_input {
  const struct srs_design *design;
  const struct str *unit;
  int replicates;
  uint64_t seed;
  bootstrap_estimate estimate;
  void *context;
  int n_estimates; /* out of `estimate` and of the variances */
};
enum err_code imputation_bootstrap(struct arena *a, const struct bootstrap_input *in, double *variance, struct err *e) NODISCARD;
#endif

/* srs_design.h -- totals and means of a stratified simple random sample without replacement, for all units or a domain of them, with their variances:
 *          the complete-data formulas that multiple imputation and the variance due to imputation start from.
 * Formula   total = sum_h pop_h/n_h sum z, variance sum_h pop_h^2 (1 - n_h/pop_h) s_h^2 / n_h, z = y in the domain and 0 outside it. Mean of a domain
 *           = total / estimated size, variance by linearisation: the total's formula for (y - mean)/size in the domain. Source: Cochran (1977),
 *           Sampling Techniques, 5.3, 5A.14; Särndal, Swensson & Wretman (1992), 5.6, 10.3.
 * Shapes    y, stratum, domain: [n]; stratum in 0 .. n_strata-1; pop: [n_strata] units in the frame; domain NULL = all. Sums run in `order`.
 * Missing   not here: give completed values; y outside the domain is not read.
 * Errors    E_MODEL_DATA: a stratum with fewer than two units, or more units than its frame. Cost O(n). */
#ifndef SHIRABE_PROCESSING_IMPUTE_SRS_DESIGN_H
#define SHIRABE_PROCESSING_IMPUTE_SRS_DESIGN_H
#include "base/arena.h"
#include "base/err.h"

struct srs_design {
  int64_t n;
  const int32_t *stratum;
  int32_t n_strata;
  const double *pop;
  const int32_t *order; /* [n] rows in the order of the sums, such as unit_order.h gives; NULL = as they stand */
  double *size;         /* [n_strata] units in the sample; made by srs_design_make */
};
struct srs_estimate {
  double estimate, variance;
  int64_t n;        /* units of the domain */
  double degrees;   /* n less the strata with a unit of the domain */
};
enum err_code srs_design_make(struct arena *a, struct srs_design *d, struct err *e) NODISCARD;
enum err_code srs_total(
    struct arena *a, const struct srs_design *d, const double *y, const uint8_t *domain, struct srs_estimate *out, struct err *e) NODISCARD;
enum err_code srs_mean(
    struct arena *a, const struct srs_design *d, const double *y, const uint8_t *domain, struct srs_estimate *out, struct err *e) NODISCARD;
static inline int64_t srs_row(const struct srs_design *d, int64_t k) { return d->order ? d->order[k] : k; }
#endif

/* mls_growth.h -- standard error of the growth of an average between two months whose samples overlap, and standard errors by random groups.
 * Growth   with the linearised values z of mls_variance.h (per head): V(X1/X0) = (X1/X0)^2 [V1/X1^2 + V0/X0^2 - 2 C/(X1 X0)],
 *          C = sum over strata (mc - m1 m0 / M) s10, s10 = covariance of z1 and z0 over the mc units of the stratum that report in both months.
 *          With full overlap that is the variance of z1/X1 - z0/X0; with less than two common units a stratum adds no covariance.
 * Strata   same[h] = index in the month before of a stratum of this month; -1 = drawn anew since: independent, no covariance.
 * Groups   each stratum's reports dealt at random into G groups, the whole estimator (ratios, collapse) in each: V = sum (x_g - mean)^2/(G (G - 1)).
 *          No finite population correction: too large where much of the frame is surveyed. The second kind: deal districts (unit[k] = district).
 * Missing  defined = false when the average is, or when a group has no report of a cell and no neighbour for it.
 * Source   Särndal, Swensson & Wretman (1992) 9.9; Wolter (2007) ch. 2; Tam (1984) on overlapping samples. Memory: arena. Cost: O(n), G runs. */
#ifndef SHIRABE_ESTIMATORS_MLS_GROWTH_H
#define SHIRABE_ESTIMATORS_MLS_GROWTH_H
#include "estimators/mls/mls_common.h"
#include "estimators/mls/mls_variance.h"

struct mls_growth_month {
  const struct mls_sample *sample;
  struct mls_variance *variance;
  const struct mls_rollup *rollup;
};
struct mls_growth_error {
  bool defined;
  double growth, se;       /* percent, percentage points */
  double independent_se;   /* what it would be without the covariance */
  int64_t n_common;
};
enum err_code mls_growth_error(struct arena *a, const struct mls_growth_month *now, const struct mls_growth_month *before,
    const struct mls_pair *pairs, int64_t n_pairs, const int32_t *same, int split, int column, struct mls_growth_error *out,
    struct err *e) NODISCARD;

struct mls_groups {
  int n_groups; /* 2..100 */
  uint64_t seed;
  const int64_t *unit; /* [n] first-stage unit within its stratum; NULL = every report by itself */
};
enum err_code mls_random_groups(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells, int64_t min_reports,
    const struct mls_rollup *g, int split, int item, const struct mls_groups *how, struct mls_error *out, struct err *e) NODISCARD;
#endif

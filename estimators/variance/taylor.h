/* taylor.h -- the variance of linearised statistics under a design of any number of stages, for all domains of a partition in one pass.
 * Shapes   z: [n] by row, linearised value times weight; of_row: [n] 0..n_domains-1 or -1 (in no domain), NULL = all in domain 0. var, psus,
 *          strata: [n_domains]. taylor_covariance: z[m][n], cov [n_domains][m][m].
 * Many     taylor_many: variances (no covariances) of up to 64 statistics side by side in one pass. A term makes its z from the columns while it
 *          reads them, w (y - ratio[k] x) scale[k] with k the record's domain, so totals, means and ratios of many variables by domain need no
 *          column of linearised values. total, var: [n_domains][m]. With var, psus and strata NULL the totals alone, compensated every 512 records.
 * Formula  sample_design.h; a unit without records of a domain counts there as 0. Deviations are taken from the mean in a second look at each
 *          parent, so large values with small differences lose no digits.
 * Lonely   by the design's policy; E_LONELY_PSU is sample_design_lonely's to say, before.
 * Order    strata are cut into blocks of about 65,536 records at fixed places; blocks are worked on by any number of threads and added in their
 *          order by compensated sums: the same bits whatever the threads. df       psus - strata: units of the first stage with a record of
 *          weight above 0 in the domain, less the strata that hold them.
 * Memory   per block of records (at most 256) 16 bytes a domain and statistic for its total and variance, the open units of one stratum, and a
 *          window of 512 records times m per thread. Cost O(n m + touched cells m); covariances m^2.
 * Source   estimators/design/sample_design.h. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_TAYLOR_H
#define SHIRABE_ESTIMATORS_VARIANCE_TAYLOR_H
#include "base/job.h"
#include "estimators/design/sample_design.h"

struct taylor_domains {
  int32_t n_domains;
  const int32_t *of_row;
};
struct taylor_result { /* each [n_domains] or NULL = not wanted */
  double *total, *var; /* sum of z, its variance */
  int64_t *psus, *strata, *records;
};
enum err_code taylor_variance(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains,
    const double *z, struct taylor_result *out, struct err *e) NODISCARD;
/* z = w (y - ratio[k] x) scale[k]; k = domain. NULL: w 1, y 1, x 1, ratio 0, scale 1. */
struct taylor_term {
  const double *w, *y, *x;      /* [n] by row */
  const double *ratio, *scale;  /* [n_domains] */
};
enum { TAYLOR_MOST_TERMS = 64 };
enum err_code taylor_many(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains, int m,
    const struct taylor_term *terms, struct taylor_result *out, struct err *e) NODISCARD;
/* z may be NULL at [k]: all zeros. */
enum err_code taylor_covariance(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains, int m,
    const double *const *z, double *cov, struct err *e) NODISCARD;
#endif

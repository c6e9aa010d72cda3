/* taylor.h -- the variance of linearised statistics under a design of any number of stages, for all domains of a partition in one pass.
 * Shapes   z: [n] by row, linearised value times weight; of_row: [n] 0..n_domains-1 or -1 (in no domain), NULL = all in domain 0. var, psus,
 *          strata: [n_domains]. taylor_covariance: z[m][n], cov [n_domains][m][m].
 * Formula  sample_design.h; a unit without records of a domain counts there as 0. Deviations are taken from the mean in a second look at each
 *          parent, so large values with small differences lose no digits.
 * Lonely   by the design's policy; E_LONELY_PSU is sample_design_lonely's to say, before.
 * Order    strata are cut into blocks of about 65,536 records at fixed places; blocks are worked on by any number of threads and added in their
 *          order by compensated sums: the same bits whatever the threads. df       psus - strata: units of the first stage with a record of
 *          weight above 0 in the domain, less the strata that hold them.
 * Memory   24 bytes per domain and thread, and the open units of one stratum. Cost O(n + touched cells).
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
/* z may be NULL at [k]: all zeros. */
enum err_code taylor_covariance(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains, int m,
    const double *const *z, double *cov, struct err *e) NODISCARD;
#endif

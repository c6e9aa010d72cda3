/* replicate_moments.h -- what the deviations of replicates from the full sample's estimate add up to, kept so that replicates need not be.
 * Formula  with d_r = theta_r - full, s_r = rscale_r: V = scale [sum s d d' - mean (sum s d)' - (sum s d) mean' + (sum s) mean mean'], mean = sum
 *          d / R; with mse: scale sum s d d'. Deviations are small against the estimates, so nothing is lost.
 * Shapes   per domain: m sums of d, m of s d, m(m+1)/2 of s d d'. `times` = so many replicates that are alike. Memory 16 bytes a sum.
 * Source   algebra of replicate.h's formula. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_MOMENTS_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_MOMENTS_H
#include "base/arena.h"
#include "base/err.h"
#include "base/sum.h"
#include "estimators/variance/replicate.h"

struct replicate_moments {
  int64_t n_domains;
  int m, pairs;
  int64_t *used;           /* [n_domains] */
  struct sum *sum_scale;   /* [n_domains] */
  struct sum *sum, *scaled; /* [n_domains][m] */
  struct sum *square;      /* [n_domains][pairs] */
};
enum err_code replicate_moments_new(struct arena *a, int64_t n_domains, int m, struct replicate_moments *out, struct err *e) NODISCARD;
void replicate_moments_clear(struct replicate_moments *x);
void replicate_moments_add(struct replicate_moments *x, int64_t domain, const double *deviation, double rscale, double times);
void replicate_moments_merge(struct replicate_moments *into, const struct replicate_moments *from);
void replicate_moments_covariance(const struct replicate_moments *x, const struct replicate_set *s, int64_t domain, double *cov);
#endif

/* normal_em.h -- one round of EM for the multivariate normal with gaps, weighted; what bacon_eem.h and impute/em_normal.h share.
 * Method   the covariance is swept on the observed items of a pattern: what is left gives the regression of the missing on the observed ones and
 *          their conditional covariance C. E: each row is completed by its conditional mean; M: weighted mean and covariance of the completed
 *          rows about the present mean (so that large means cost no digits), C added for the missing ones; each variance times 1 + ridge.
 * Rows     by a function, row 0 .. n - 1: values, bits of the missing items, weight (0 = left out). Rows of one pattern should stand together: a
 *          new pattern costs p^3.
 * Errors   false: a pivot is not above 1e-12 of its variance: an item is a linear function of others.
 * Source   Little and Rubin (2019), Statistical Analysis with Missing Data, 7.4.3 (sweep), 11.2; Beguin and Hulliger (2008), Survey Methodology
 *          34, for the weights. Cost: n p^2 a round. No allocation; 64 KiB of caller's memory. */
#ifndef SHIRABE_PROCESSING_OUTLIER_NORMAL_EM_H
#define SHIRABE_PROCESSING_OUTLIER_NORMAL_EM_H
#include <stdbool.h>
#include <stdint.h>

enum { NORMAL_EM_ITEMS = 64 };
struct normal_rows {
  int64_t n;
  const void *from;
  /* Fills x[p] (observed items) and *missing; returns the weight. */
  double (*row)(const void *from, int64_t i, double *x, uint64_t *missing);
};
struct normal_em {
  int p, n_patterns;
  double mean[NORMAL_EM_ITEMS], cov[NORMAL_EM_ITEMS * NORMAL_EM_ITEMS]; /* [p * p] row-major */
  double g[NORMAL_EM_ITEMS * NORMAL_EM_ITEMS]; /* cov swept on the observed items of the present pattern */
};
/* Sweeps for a pattern; then g[k][j] = slope of missing j on observed k, g[j][l] = conditional covariance of missing j and l, and minus the inverse
 * of the observed block. */
bool normal_condition(struct normal_em *m, uint64_t missing);
/* Deviations from the mean: d[j] of observed items is given, of missing ones filled. */
void normal_complete(const struct normal_em *m, uint64_t missing, double *d);
/* d' S_oo^-1 d over the observed items. */
double normal_distance(const struct normal_em *m, uint64_t missing, const double *d);
/* One round; *moved: the largest change of a mean or covariance, in standard deviations. */
bool normal_em_round(struct normal_em *m, const struct normal_rows *rows, double ridge, double *moved);
#endif

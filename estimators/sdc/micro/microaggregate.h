/* microaggregate.h -- groups of at least k similar records whose values are replaced by the mean of the group.
 * Shapes   x: d columns of n values, all present (the caller leaves records with missing values out); group [n]: 0..n_groups - 1.
 * Method   MDAV: centroid of what remains, the record farthest from it with its k - 1 nearest is a group, the record farthest from that one with its
 *          k - 1 nearest another, as long as 3k remain; then the farthest with its k - 1 nearest, and the rest. Columns are standardised first.
 *          Univariate: sorted, k after k, the last group up to 2k - 1. Ties by place in the file.
 * Cost     farthest and nearest records by a k-d tree whose boxes shrink with what is taken away: about n log n for few columns, where the
 *          plain form needs n^2/k. Memory: 8 (d + 4) bytes a record.
 * Errors   E_MICRO_PARAMETER (k below 2; no column, more than MICRO_COLUMNS_MOST), E_NO_MEMORY. n < k: one group of all.
 * Source   Domingo-Ferrer & Mateo-Sanz (2002), IEEE TKDE 14, 189-201; Hundepool et al. (2012), Statistical Disclosure Control. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_MICROAGGREGATE_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_MICROAGGREGATE_H
#include "base/arena.h"
#include "base/err.h"

enum { MICRO_COLUMNS_MOST = 16 };
struct micro_groups {
  int32_t *group; /* [n] */
  int32_t n;
};
enum err_code micro_mdav(struct arena *a, const double *const *x, int d, int64_t n, int64_t k, struct micro_groups *out, struct err *e) NODISCARD;
enum err_code micro_sorted_groups(struct arena *a, const double *x, int64_t n, int64_t k, struct micro_groups *out, struct err *e) NODISCARD;
/* Mean of x by group, weighted when weight is not NULL, written to mean [n]. */
enum err_code micro_group_means(struct arena *a, const struct micro_groups *g, const double *x, const double *weight, int64_t n, double *mean,
    struct err *e) NODISCARD;
#endif

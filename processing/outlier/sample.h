/* sample.h -- the rows a multivariate method works on, in an order of their own, so that sums have the same bits for any order of the table's rows.
 * Shapes   x: [n * p] row-major, rows in the order (which items are missing, values, weight); row[i]: the row of the table. p <= DENSE_MAX.
 * Missing  sample_complete() leaves out rows with a missing item; sample_observed() keeps rows with one item at least: bit j of missing[i] set where
 *          item j is missing, its x is 0. Rows left out are not judged: their place in a result is nowhere.
 * Weight   NULL = unweighted: 1 for each row. Missing or negative ones are errors of the caller's table: E_OUTLIER_WEIGHT.
 * Logs     with logarithm every value is replaced by its natural logarithm; rows with a value of 0 or less are left out (their item is not even
 *          missing: they are counted in n_not_positive).
 * Memory   8 p + 24 bytes per row. Cost O(n log n). */
#ifndef SHIRABE_PROCESSING_OUTLIER_SAMPLE_H
#define SHIRABE_PROCESSING_OUTLIER_SAMPLE_H
#include "base/arena.h"
#include "base/err.h"
#include "processing/outlier/dense.h"
#include "processing/unit/num_table.h"

struct sample {
  int64_t n, n_not_positive;
  int p;
  double *x, *weight;
  uint64_t *missing;
  int64_t *row;
};
struct sample_spec {
  const struct num_table *table;
  const int *columns;  /* [p] */
  int p;
  const int64_t *rows; /* [n_rows] the group, or NULL for all */
  int64_t n_rows;
  const double *weight; /* [table rows] */
  bool logarithm;
};
enum err_code sample_complete(struct sample *s, struct arena *a, const struct sample_spec *spec, struct err *e) NODISCARD;
enum err_code sample_observed(struct sample *s, struct arena *a, const struct sample_spec *spec, struct err *e) NODISCARD;
/* Weighted mean and sum w (x - m)(x - m)' / divisor over complete rows; weights w: [n] or NULL = 1. divisor 0 = sum w. */
void sample_moments(const struct sample *s, const double *w, double divisor, double *mean, double *scatter);
/* Squared Mahalanobis distances of complete rows from mean under the factor l. */
void sample_distances(const struct sample *s, const double *mean, const double *l, double *d2);
#endif

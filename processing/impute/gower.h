/* gower.h -- k nearest neighbours over numbers and categories (Gower's distance), for values that no linear rule binds: a draw, the median or the
 * most frequent.
 * Distance  sum w_j d_j / sum w_j over the variables both records have; numbers: |x - y| / range over all records present, categories: 0 or 1. A
 *           variable missing in either is dropped; two records without a common variable are not comparable. A number with range 0 counts as equal.
 * Donors    the k nearest comparable ones of the class; ties by hash of (seed, unit ids). Fewer than k: GOWER_TOO_FEW, nothing is imputed.
 * Result    draw: one of the k by hash of the unit. Median of a number: of an even k the lower of the two middle ones, so that it is a value someone
 *           reported. Mode of a category: of equally frequent codes the one that the nearest donor has.
 * Same bits whatever the order of rows and the subset of recipients; sums run over the variables in their order.
 * Errors    E_GOWER_PARAMETER. Memory: 24 bytes per donor and k per recipient. Cost: O(recipients * donors of the class * variables).
 * Source    Gower (1971), Biometrics 27; kNN imputation: Kowarik and Templ (2016), J. Stat. Software 74(7). */
#ifndef SHIRABE_PROCESSING_IMPUTE_GOWER_H
#define SHIRABE_PROCESSING_IMPUTE_GOWER_H
#include "processing/unit/num_table.h"

enum { GOWER_MAX_VARIABLES = 256, GOWER_MAX_K = 1000 };
enum gower_aggregate { GOWER_DRAW, GOWER_MEDIAN, GOWER_MODE };
enum gower_outcome { GOWER_FOUND, GOWER_TOO_FEW };
struct gower_variable {
  const double *x;       /* [n] a number; NULL for a category */
  const int32_t *code;   /* [n] a category, compared for equality */
  const uint8_t *status; /* [n] */
  double weight;         /* > 0 */
};
struct gower_spec {
  int n_variables, k;
  const struct gower_variable *variables;
  enum gower_aggregate aggregate;
  uint64_t seed;
};
struct gower_data {
  int64_t n;
  const struct str *unit;
  const uint8_t *recipient, *donor; /* [n] */
  const int32_t *group;             /* [n]; NULL = one class */
  const double *target;             /* [n] the item to impute, of donors; a category's codes as numbers */
};
struct gower_result {
  int64_t n_recipients;
  int64_t *row;       /* ascending by unit id */
  uint8_t *outcome;
  int64_t *donors;    /* [n_recipients * k] nearest first, -1 */
  double *distance;   /* [n_recipients * k] */
  double *value;      /* [n_recipients] */
  int64_t *donor;     /* [n_recipients] whose value it is */
  int32_t *use;       /* [n] times a row gave its value */
};
/* < 0: not comparable. range: of each number. */
double gower_distance(const struct gower_spec *s, const double *range, int64_t a, int64_t b);
enum err_code gower_ranges(const struct gower_spec *s, const struct gower_data *d, double *range, struct err *e) NODISCARD;
enum err_code gower_impute(struct arena *a, const struct gower_spec *s, const struct gower_data *d, struct gower_result *out,
                           struct err *e) NODISCARD;
#endif

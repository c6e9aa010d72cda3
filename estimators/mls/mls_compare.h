/* mls_compare.h -- published master-table rows against ours, figure by figure: published | ours | difference.
 * Shapes   two lists of rows matched by (industry, size); a figure that only one side has is a difference of its own kind.
 * Units    as displayed: persons, yen; hours and days in tenths.
 * Tolerance per column; the usual ones are mls_tolerance_exact (all 0) and mls_tolerance_rounded: workers 0, C O S 1 yen, G and B 2 yen (two rounded
 *          terms), Hs Ho D 0.1, H 0.2, because the inputs of a roll-up of published rows are rounded themselves.
 * Memory   arena. Cost: O(rows log rows). Source: 毎月勤労統計 result master tables. */
#ifndef SHIRABE_ESTIMATORS_MLS_COMPARE_H
#define SHIRABE_ESTIMATORS_MLS_COMPARE_H
#include "base/arena.h"
#include "base/err.h"
#include "estimators/mls/mls.h"

struct mls_difference {
  const struct mls_row *published, *ours; /* one may be NULL */
  int split, column;
  bool missing; /* only one side has a figure */
  int64_t published_value, our_value;
};
struct mls_tolerance {
  int64_t column[MLS_COLUMNS];
};
struct mls_comparison {
  int64_t n_rows, n_compared, n_exact, n_within, n_failed, n_suppressed,
      n_not_computed; /* figures; not computed = ours is suppressed with a reason */
  int64_t largest[MLS_COLUMNS]; /* largest absolute difference per column */
  struct mls_difference *failures; /* first max_failures */
  int64_t n_failures;
};
extern const struct mls_tolerance mls_tolerance_exact, mls_tolerance_rounded;
enum err_code mls_compare(struct arena *a, const struct mls_row *published, int32_t n_published, const struct mls_row *ours, int32_t n_ours,
    const struct mls_tolerance *tolerance, int64_t max_failures, struct mls_comparison *out, struct err *e) NODISCARD;
/* One difference as a line: "TL/T/T C published 291279 ours 291280 difference +1". */
const char *mls_difference_text(const struct mls_difference *d, char *out, size_t size);
#endif

/* recode.h -- values made coarser: categories merged by a table, numbers into classes, tails cut off.
 * Shapes   act on one column of a table, [n] rows, in place; a recoded column is COL_CODE with a dictionary of its own in the order of the table
 *          (classes) or of first appearance (categories).
 * Missing  stays missing.
 * Tails    by a threshold (values beyond it), by a share (at most that share of the present records; the most extreme value alone when it is shared
 *          by more), by a number of records (the fewest values from the end that hold so many). Ties are never torn apart. Values are replaced by the
 *          threshold or by the weighted mean of the tail, rounded to the decimals of the column; the mean before rounding is kept for the codebook.
 *          It is a figure: a tail of fewer than 10 (or `least_for_mean`, if more) records, or one that is dominated, (2, 90 %) or p 10 %, has none.
 * Errors   E_MICRO_VARIABLE, E_MICRO_CODE (a code without a row), E_MICRO_PARAMETER, E_NO_MEMORY. Cost: one pass; tails sort once.
 * Source   Hundepool et al. (2012), Statistical Disclosure Control, 3.5. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECODE_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECODE_H
#include "base/table.h"

struct micro_recode_table {
  int n;
  const char *const *from, *const *to; /* [n] */
  const char *other;                   /* code of what has no row; NULL = an error */
};
enum err_code micro_recode(struct arena *a, struct column *c, int64_t n, const struct micro_recode_table *t, struct err *e) NODISCARD;
/* Class i holds edge[i] <= x < edge[i + 1], the last one all above; label [n]. A value below edge[0] is E_MICRO_CODE. */
struct micro_classes {
  int n;
  const double *edge;
  const char *const *label;
};
enum err_code micro_classify(struct arena *a, struct column *c, int64_t n, const struct micro_classes *k, struct err *e) NODISCARD;

enum { MICRO_TAIL_LEAST = 10 };
enum micro_tail_rule { MICRO_TAIL_THRESHOLD, MICRO_TAIL_SHARE, MICRO_TAIL_RECORDS };
struct micro_tail {
  bool bottom;
  enum micro_tail_rule rule;
  double limit;        /* value, share 0..1, or records */
  bool mean;           /* replace by the mean, else by the threshold */
  int64_t least_for_mean;
};
struct micro_tail_report {
  double threshold;
  int64_t n_coded;
  double weighted; /* sum of weights of the tail */
  bool has_mean;
  double mean;
};
/* weight [n] or NULL. */
enum err_code micro_cut_tail(struct arena *a, struct column *c, int64_t n, const double *weight, const struct micro_tail *t,
    struct micro_tail_report *out, struct err *e) NODISCARD;
/* A value of a COL_INT column as a number, and back: to the nearest, halves away from zero; false when it does not fit. */
double micro_value(const struct column *c, int64_t row);
bool micro_set_value(struct column *c, int64_t row, double v);
#endif

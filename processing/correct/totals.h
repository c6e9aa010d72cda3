/* totals.h -- a total and its components that nearly agree: the total is replaced by the sum, or the components are scaled to the total; else a
 * person decides.
 * Method   S = sum of the present components, g = predictive (a total known otherwise), else auxiliary, else the reported total. T = S: NONE. S = 0
 *          while g > 0, or the total is missing: STOPPED. |g - S| <= absolute, or S (1 - percent) <= g <= S (1 + percent): corrected, by amend_total:
 *          T := S (TOTAL), else c_i := c_i T / S (COMPONENTS). Else MANUAL.
 * Bounds   inclusive. T = S and the bounds allow for what adding n decimals in binary can be wrong by, (n + 2) 2^-52 relative. An absent threshold
 *          is negative; one of the two must be given.
 * Rounding decimals >= 0: components are rounded by prorate_round so that they add up exactly; -1: not rounded. Missing and zero components never
 *          move.
 * Units    var in a correction = column of the table. Cost: one pass.
 * Source   Office for National Statistics, Statistical Methods Library, totals and components (methodology, OGL 3.0). */
#ifndef SHIRABE_PROCESSING_CORRECT_TOTALS_H
#define SHIRABE_PROCESSING_CORRECT_TOTALS_H
#include "processing/correct/prorate.h"

enum totals_marker { TOTALS_NONE = 'N', TOTALS_TOTAL = 'T', TOTALS_COMPONENTS = 'C', TOTALS_MANUAL = 'M', TOTALS_STOPPED = 'S' };
struct totals_limits {
  bool amend_total;
  double absolute, percent; /* negative = not given; percent as a share, 0.1 = 10 % */
  int decimals;
  enum prorate_rounding rounding;
};
struct totals_rule {
  int total, n;
  const int *parts; /* columns of the table */
  int predictive, auxiliary; /* -1 = none */
  struct totals_limits limits;
};
struct totals_result {
  enum totals_marker marker;
  double total, sum, difference; /* difference = |g - S|, 0 where STOPPED */
};
enum err_code totals_check(const struct totals_limits *limits, int n_parts, struct err *e) NODISCARD;
/* One record: NULL = missing; part[n] is scaled in place where the marker says so; missing[k] parts are not read. */
struct totals_result totals_decide(const struct totals_limits *limits, const double *total, const double *predictive, const double *auxiliary,
    double *part, const bool *missing, int n);
/* fixed[column][row] not 0 = does not move, NULL = nothing is fixed. marker[n], may be NULL; MANUAL and STOPPED also as markers LEFT_MANUAL,
 * LEFT_STOPPED with the difference. */
enum err_code totals_run(const struct totals_rule *r, const struct num_table *t, const uint8_t *const *fixed, char *marker, struct corrections *out,
    struct err *e) NODISCARD;
#endif

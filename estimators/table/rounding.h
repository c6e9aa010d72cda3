/* rounding.h -- rounding of published figures, once, at the end.
 * Rule     half away from zero; on an exact ratio the decision is made in 128-bit integers, never on the quotient.
 * Largest remainder (Hamilton): parts are rounded down, the units still missing to the total go to the largest fractions, ties to the first part.
 * Source   人口動態統計 and 毎月勤労統計 publish figures rounded half up from unrounded ratios; Hamilton's method of apportionment. */
#ifndef SHIRABE_ESTIMATORS_ROUNDING_H
#define SHIRABE_ESTIMATORS_ROUNDING_H
#include <stdbool.h>
#include <stdint.h>

/* round(numerator * scale / denominator); denominator > 0, scale > 0. */
int64_t round_ratio(int64_t numerator, int64_t denominator, int64_t scale);
int64_t round_half_away(double x);
double round_decimals(double x, int decimals); /* 0..9; for display */
/* Splits total over n parts near x (x >= 0, sum near total): out sums to total exactly. n <= 16. */
void largest_remainder(const double *x, int n, int64_t total, int64_t *out);
int64_t power_of_ten(int decimals);
#endif

/* facility_rate.h -- a rate of the facility surveys: numerator and denominator kept as whole numbers, rounded once for print.
 * Formula  value = numerator / denominator * per; printed half away from zero on the exact ratio with the decimals of the measure.
 *          The double is at most a few units of its last digit off and rounds to that print: 8.15 is never shown as 8.1.
 * Missing  a denominator of 0 or less is not defined: no value, and the caller says why. Nothing becomes 0 or infinite.
 * Units    per 100 (per cent, per 100 beds, per 100 users), per 100,000 persons, or 1. Cost: O(1).
 * Source   厚生労働省 病院報告, 医療施設調査: 用語の解説 (rates are rounded half up from unrounded numbers). */
#ifndef SHIRABE_ESTIMATORS_FACILITY_RATE_H
#define SHIRABE_ESTIMATORS_FACILITY_RATE_H
#include <stdbool.h>
#include <stdint.h>

struct facility_rate {
  int64_t numerator, denominator, per;
  int decimals;
  bool defined;
  double value;
  int64_t printed; /* scaled by 10^decimals */
};
struct facility_rate facility_rate_of(int64_t numerator, int64_t denominator, int64_t per, int decimals);
#endif

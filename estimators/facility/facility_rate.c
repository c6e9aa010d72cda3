#include "estimators/facility/facility_rate.h"

#include "estimators/table/rounding.h"

struct facility_rate facility_rate_of(int64_t numerator, int64_t denominator, int64_t per, int decimals) {
  struct facility_rate r = {.numerator = numerator, .denominator = denominator, .per = per, .decimals = decimals};
  if (denominator <= 0) return r;
  r.defined = true;
  r.value = (double)numerator / (double)denominator * (double)per;
  r.printed = round_ratio(numerator, denominator, per * power_of_ten(decimals));
  return r;
}

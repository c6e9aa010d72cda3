#include "estimators/facility/facility_rate.h"

#include <math.h>

#include "estimators/table/rounding.h"

/* One division; where a product of it falls on the other side of a half than the exact ratio does, the next double on the right side. */
static double printing_as(double value, int64_t printed, int decimals) {
  const double scale = (double)power_of_ten(decimals);
  const double towards = (double)printed / scale;
  for (int step = 0; step < 4 && round_half_away(value * scale) != printed; step++) value = nextafter(value, towards);
  return value;
}
struct facility_rate facility_rate_of(int64_t numerator, int64_t denominator, int64_t per, int decimals) {
  struct facility_rate r = {.numerator = numerator, .denominator = denominator, .per = per, .decimals = decimals};
  if (denominator <= 0) return r;
  r.defined = true;
  r.printed = round_ratio(numerator, denominator, per * power_of_ten(decimals));
  r.value = printing_as((double)numerator * (double)per / (double)denominator, r.printed, decimals);
  return r;
}

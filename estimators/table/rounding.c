#include "estimators/table/rounding.h"

#include <math.h>

__extension__ typedef __int128 wide;

int64_t round_ratio(int64_t numerator, int64_t denominator, int64_t scale) {
  wide n = (wide)numerator * scale, d = denominator;
  wide q = n / d, r = n % d;
  if (r < 0 && -r * 2 >= d) q--;
  if (r > 0 && r * 2 >= d) q++;
  return (int64_t)q;
}

int64_t round_half_away(double x) { return (int64_t)(x < 0 ? -floor(-x + 0.5) : floor(x + 0.5)); }

int64_t power_of_ten(int decimals) {
  int64_t p = 1;
  for (int i = 0; i < decimals; i++) p *= 10;
  return p;
}

double round_decimals(double x, int decimals) {
  double scale = (double)power_of_ten(decimals);
  if (fabs(x) * scale >= 9007199254740992.0) return x;
  return (double)round_half_away(x * scale) / scale;
}

void largest_remainder(const double *x, int n, int64_t total, int64_t *out) {
  bool taken[16] = {false};
  int64_t rest = total;
  for (int i = 0; i < n; i++) {
    out[i] = (int64_t)floor(x[i]);
    rest -= out[i];
  }
  /* More than n missing units means the parts do not nearly add up: spread evenly before ranking the fractions. */
  int64_t whole = rest >= 0 ? rest / n : -((-rest + n - 1) / n);
  for (int i = 0; i < n; i++) out[i] += whole;
  rest -= whole * n;
  for (; rest > 0; rest--) {
    int best = 0; /* rest < n: there is one that was not taken yet */
    while (taken[best]) best++;
    for (int i = best + 1; i < n; i++)
      if (!taken[i] && x[i] - floor(x[i]) > x[best] - floor(x[best])) best = i;
    taken[best] = true;
    out[best]++;
  }
}

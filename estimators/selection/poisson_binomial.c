#include "estimators/selection/poisson_binomial.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"

int64_t pb_top(int64_t n, const double *p, int64_t at_least) {
  struct sum mean = {0, 0}, spread = {0, 0};
  for (int64_t i = 0; i < n; i++) sum_add(&mean, p[i]), sum_add(&spread, p[i] * (1 - p[i]));
  const int64_t far = (int64_t)(sum_result(&mean) + 12 * sqrt(sum_result(&spread))) + 48;
  const int64_t top = far > at_least ? far : at_least;
  return top < n ? top : n;
}

void pb_build(int64_t n, const double *p, int64_t top, double *f) {
  memset(f, 0, (size_t)(top + 1) * sizeof *f);
  f[0] = 1;
  for (int64_t i = 0; i < n; i++) {
    const double q = 1 - p[i];
    for (int64_t j = i < top ? i + 1 : top; j > 0; j--) f[j] = q * f[j] + p[i] * f[j - 1];
    f[0] *= q;
  }
}

void pb_without(const double *f, int64_t top, double p, double *out) {
  if (p <= 0.5) {
    out[0] = f[0] / (1 - p);
    for (int64_t j = 1; j <= top; j++) {
      const double v = (f[j] - p * out[j - 1]) / (1 - p);
      out[j] = v > 0 ? v : 0;
    }
    return;
  }
  out[top] = 0;
  for (int64_t j = top; j > 0; j--) {
    const double v = (f[j] - (1 - p) * out[j]) / p;
    out[j - 1] = v > 0 ? v : 0;
  }
}

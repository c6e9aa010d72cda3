/* ratio_model.h -- one ratio y = r x + e of a class, plain and robust.
 * Weighted  r = sum d y / sum d x (Särndal, Swensson & Wretman 1992, 7.3: the ratio model with variance proportional to x).
 * Robust    y = r x + x^gamma e. Iteratively reweighted: quasi-residuals u = (y - r x) / x^gamma, scale s = median |u| / 0.6745, weights Huber min(1,
 *           c/|u/s|) or Tukey (1 - (u/(c s))^2)^2 inside c, else 0; r = sum w d y x^(1-2 gamma) / sum w d x^(2-2 gamma). Source: Wada & Tsubaki
 *           (2018), robust estimators of the ratio model; Huber & Ronchetti (2009), 7.8. gamma = 1/2 is the usual ratio, 1 the mean of ratios, 0
 *           regression through the origin.
 * Trimmed   mean of the ratios y/x after leaving out floor(n a) smallest and floor(n a) largest; a below 0.5.
 * Shapes    y, x, d: [n], x > 0 and d > 0 (d NULL: 1); order matters in no bit beyond the sum's rounding: give rows in unit_order.
 * Errors    E_MODEL_DATA: no record, x not above 0, or all weights 0. E_MODEL_SPEC: parameters. E_NO_MEMORY. Cost O(n) an iteration, n log n for
 *           medians. */
#ifndef SHIRABE_PROCESSING_IMPUTE_RATIO_MODEL_H
#define SHIRABE_PROCESSING_IMPUTE_RATIO_MODEL_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum robust_weight { ROBUST_HUBER, ROBUST_TUKEY };
struct robust_rule {
  enum robust_weight weight;
  double c;     /* tuning constant: 1.345 (Huber) and 4.685 (Tukey) have 95 % efficiency under the normal */
  double gamma; /* 0 to 1 */
  int max_iterations;
  double tolerance; /* relative change of r */
};
struct ratio_fit {
  double ratio, scale;
  int iterations;
  bool converged;
  int64_t n, downweighted;
};
double robust_weight_of(enum robust_weight kind, double standardised, double c);
/* Middle of |x|: sorts scratch[n]. */
double robust_median(double *scratch, int64_t n);
enum err_code ratio_weighted(const double *y, const double *x, const double *d, int64_t n, double *out, struct err *e) NODISCARD;
enum err_code ratio_robust(struct arena *a, const double *y, const double *x, const double *d, int64_t n, const struct robust_rule *rule,
    struct ratio_fit *out, struct err *e) NODISCARD;
enum err_code ratio_trimmed(struct arena *a, const double *y, const double *x, int64_t n, double share, double *out, struct err *e) NODISCARD;
#endif

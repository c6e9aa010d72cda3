/* size_probability.h -- inclusion probabilities proportional to a measure of size, with units that come out above 1 taken for certain.
 * Formula  pi_k = m x_k / T over the units that are not certain, m = size - certain ones, T = their total; a unit with m x_k >= T becomes certain and
 *          the rest is computed anew until none is left. The result does not depend on the order of the units.
 * Shapes   x, pi: [n]; certain [n]: 1 = certain, on entry the ones asked for (NULL = none asked for; then not returned either).
 * Units    x > 0 in any unit; size = units wanted, certain ones among them. sum pi = size.
 * Result   rest_size = m and rest_total = T: the weight of a unit that is not certain is T / (m x_k), a fraction when x are whole numbers.
 * Errors   E_SAMPLE_SIZE when size > n, or when more are asked for with certainty than the size; sizes are the caller's to check.
 * Memory   none beyond the arrays. Cost: O(n) a round, one to four rounds in practice.
 * Source   Särndal, Swensson & Wretman (1992) 3.6.1; Tillé (2006) Sampling Algorithms, 2.10. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_SIZE_PROBABILITY_H
#define SHIRABE_ESTIMATORS_SELECTION_SIZE_PROBABILITY_H
#include "base/err.h"

struct size_probability {
  int64_t n_certain, rest_size;
  double rest_total;
};
enum err_code size_probability(
    int64_t n, const double *x, int64_t size, uint8_t *certain, double *pi, struct size_probability *out, struct err *e) NODISCARD;
#endif

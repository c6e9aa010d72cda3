/* medcouple.h -- medcouple, a robust measure of skewness in [-1, 1].
 * Formula  median over x_i <= m <= x_j of h = ((x_j - m) - (m - x_i)) / (x_j - x_i), m = median; of the k values equal to m the pairs have h =
 *          sign(k - 1 - r - c) by their ranks r, c in 0 .. k-1. With an even number of pairs the mean of the two middle ones.
 * Source   Brys, Hubert and Struyf (2004), Journal of Computational and Graphical Statistics 13, 996-1017. The pairs are never formed: h grows with
 *          the ratio (x_j - m) / (m - x_i), whose matrix is monotone also in floating point; its median is
 *          bisected over the bits of a double, each step counting along the staircase of the matrix as in Johnson and Mizoguchi (1978), SIAM J.
 *          Computing 7.
 * Shapes   x: [n], left as it is; scratch: [n]. Cost O(n log n) and at most 128 linear counts, the same bits for any order of x. */
#ifndef SHIRABE_PROCESSING_OUTLIER_MEDCOUPLE_H
#define SHIRABE_PROCESSING_OUTLIER_MEDCOUPLE_H
#include <stdint.h>

double medcouple(const double *x, int64_t n, double *scratch); /* n >= 1 */
#endif

/* poisson_binomial.h -- the size of a Poisson sample: f(j) = P(S = j), S = sum of independent indicators with probabilities p, and the same with one
 *    unit left out. What exact inclusion probabilities of conditional Poisson and Sampford samples are made of.
 * Shapes   p [n], 0 < p < 1; f [top + 1] for j = 0..top, top <= n. pb_top gives a top beyond which less than 1e-30 lies.
 * Formula  f(j) <- (1 - p) f(j) + p f(j - 1), unit by unit; left out by the inverse, from below for p <= 1/2 and from above for p > 1/2, where it
 *          does not enlarge errors: absolute error below 1e-15 of the mode.
 * Errors   none. Memory: the caller's. Cost: n top to build, top to leave one out.
 * Source   Chen & Liu (1997) Statistica Sinica 7 (conditional Bernoulli distributions); Wang (1993) Statistica Sinica 3. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_POISSON_BINOMIAL_H
#define SHIRABE_ESTIMATORS_SELECTION_POISSON_BINOMIAL_H
#include <stdint.h>

int64_t pb_top(int64_t n, const double *p, int64_t at_least);
void pb_build(int64_t n, const double *p, int64_t top, double *f);
void pb_without(const double *f, int64_t top, double p, double *out);
#endif

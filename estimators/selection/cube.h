/* cube.h -- balanced sampling: the Horvitz-Thompson totals of the balancing variables meet the known totals, exactly as far as whole units allow.
 * Problem  pi moves from the given probabilities to a vertex of the unit cube, staying in { s : sum_k x_kj s_k / pi_k = X_j } and with E(s) = pi.
 * Flight   units in the order of their random numbers, p + 1 at a time: a vector of the kernel of their balancing equations, a step to one of the two
 *          walls with probabilities that keep the mean; whoever is 0 or 1 makes room for the next.
 * Landing  the at most p units left: while more than CUBE_LANDING the last variable is given up; then the linear programme over their 2^q samples
 *          that keeps the mean and costs least, cost = sum of squared relative imbalances; with keep_size only over samples of the size.
 * Shapes   x [p][n] values (not divided by pi); put pi itself first and set keep_size for a fixed size. u, key [n] order; in [n] 1 = selected.
 * Units    0 < pi < 1.
 * Errors   E_SAMPLE_METHOD when p > CUBE_VARIABLES or the landing programme cannot be solved; E_NO_MEMORY.
 * Memory   8 p n bytes and 2^CUBE_LANDING (CUBE_LANDING + 1) numbers. Cost: n p^2 to n p^3 / 3 in the flight.
 * Source   Deville & Tillé (2004) Biometrika 91:893-912; Chauvet & Tillé (2006) Computational Statistics 21:53-62. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_CUBE_H
#define SHIRABE_ESTIMATORS_SELECTION_CUBE_H
#include "base/arena.h"
#include "base/err.h"

enum { CUBE_VARIABLES = 64, CUBE_LANDING = 10 };
struct cube_spec {
  int64_t n;
  const double *pi, *u;
  const uint64_t *key;
  int p;
  const double *const *x;
  bool keep_size; /* x[0] is pi: the sample has exactly sum pi units */
  uint64_t stream;
};
enum err_code cube_sample(struct arena *a, const struct cube_spec *s, uint8_t *in, struct err *e) NODISCARD;
/* The flight alone: pi [n] moves; what is left strictly between 0 and 1 are at most p units. */
enum err_code cube_flight(struct arena *a, const struct cube_spec *s, double *pi, struct err *e) NODISCARD;
#endif

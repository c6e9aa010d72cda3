/* collapse.h -- strata with a single unit joined with a neighbour, so that they have a variance.
 * Rule     a stratum with one unit and a sampled fraction below 1 is joined with the stratum of the same block whose size is nearest (the lower
 *          label of two as near); joined strata count as one, with units and population added up, and are joined on until none has one unit. Strata
 *          taken in full and units sure to be drawn are never joined.
 * Order    the lonely are joined from the lowest label up: the same result whatever the order of the records.
 * Bias     the variance of a joined stratum holds the difference between its parts: on the safe side where they differ.
 * Shapes   n strata. units, size, population, block, never: [n]; population INFINITY = not known. into: [n] the stratum that stands for it (its own
 *          number when it was not joined), always the lowest label of those together.
 * Errors   E_COLLAPSE_ALONE with *alone = the stratum for which no other is left in its block. Memory: 12 bytes a stratum. Cost: O(lonely strata).
 * Source   Wolter (2007), Introduction to Variance Estimation, 2.5 (collapsed strata); Hansen, Hurwitz & Madow (1953) II 5.2. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_COLLAPSE_H
#define SHIRABE_ESTIMATORS_DESIGN_COLLAPSE_H
#include "base/arena.h"
#include "base/err.h"

struct collapse_strata {
  int32_t n;
  const int64_t *units;
  const double *size, *population;
  const int32_t *block;
  const uint8_t *never;
};
enum err_code collapse_strata(
    struct arena *a, const struct collapse_strata *s, int32_t *into, int64_t *n_joined, int32_t *alone, struct err *e) NODISCARD;
#endif

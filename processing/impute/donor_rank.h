/* donor_rank.h -- ranks of values among the records of a class: the scale on which donors are near or far.
 * Shapes   x, usable: [n] of the records of the class; rank2[i] = 2 * rank + ties - 1 (twice the mid-rank), 0 where not usable; n_usable.
 * Units    a rank as a fraction is rank2 / (2 (n_usable + 1)); twice the mid-rank is whole, so equal distances are equal exactly.
 * Method   radix sort on the ordered bits of the double, stable. -0 ranks as 0.
 * Memory   32 bytes per record, reset before return. Cost: at most 8 passes, those with one digit only are skipped. */
#ifndef SHIRABE_PROCESSING_IMPUTE_DONOR_RANK_H
#define SHIRABE_PROCESSING_IMPUTE_DONOR_RANK_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { DONOR_MAX_CLASS = 1 << 29 }; /* records of one class: twice a rank must fit an int32 */
enum err_code donor_rank(struct arena *a, const double *x, const bool *usable, int32_t n, int32_t *rank2, int32_t *n_usable, struct err *e) NODISCARD;
#endif

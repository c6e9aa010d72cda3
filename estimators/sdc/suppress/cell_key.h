/* cell_key.h -- counts perturbed by cell keys: the same cell gets the same noise in every table, because the noise comes from the units it counts.
 * Keys     record key = 64 bits of a keyed hash of the unit's identifier and the survey's secret (SipHash-2-4); cell key = their sum modulo 2^64, the
 *          fractional part of the sum of keys in [0,1) without rounding.
 * Table    for each original count up to the last row: noise, probability and cumulated bounds; larger counts use the last row.
 * Making   noise in -D..D, mean 0, variance V, no negative result, no result of 1 .. blocked; the probabilities of greatest entropy: p(v)
 *          proportional to
 *          exp(a v + b v^2), a and b by Newton's method; `stay` > 0 fixes the probability of no noise. Row 0 has none.
 * Not      additive, by design; never publish D. Means only from perturbed sums.
 * Errors   E_SDC_PTABLE names the row whose variance cannot be reached. Cost: a few Newton steps per row.
 * Source   Fraser & Wooton (2005); Giessing (2016), Computational issues in the design of transition probabilities; Handbook on SDC, 2nd ed., 5.4. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_CELL_KEY_H
#define SHIRABE_ESTIMATORS_SUPPRESS_CELL_KEY_H
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct ptable_row {
  int64_t original;
  int noise;
  double probability, lower, upper; /* [lower, upper) of the cell key */
};
struct ptable {
  int64_t n;
  const struct ptable_row *row; /* by original, then lower; originals 0 .. last without gaps */
};
uint64_t cell_record_key(const uint8_t secret[16], const void *unit, uint64_t n);
enum err_code ptable_check(const struct ptable *p, struct err *e) NODISCARD;
int64_t cell_key_noise(const struct ptable *p, int64_t count, uint64_t key);
enum err_code ptable_make(struct arena *a, int range, double variance, double stay, int blocked, struct ptable *out, struct err *e) NODISCARD;
#endif

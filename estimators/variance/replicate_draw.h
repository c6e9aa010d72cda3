/* replicate_draw.h -- the numbers behind random replicates: each a function of (key, counter), nothing is kept between replicates.
 * Key      of a stratum: SipHash-2-4 under the seed (replicate_make.c); of a replicate, and of the strata inside a unit: draw_key of the key above.
 * Method   SplitMix64 at counter k: Steele, Lea & Flood (2014), OOPSLA. Whole numbers below a bound by the upper half of a 128-bit product: a bias
 *          below bound / 2^64. Cost: some nanoseconds each. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_DRAW_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_DRAW_H
#include <stdint.h>

__extension__ typedef unsigned __int128 replicate_wide;
static inline uint64_t draw_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
/* k-th number of a key. */
static inline uint64_t draw_at(uint64_t key, uint64_t k) { return draw_mix(key + (k + 1) * 0x9e3779b97f4a7c15u); }
static inline uint64_t draw_below(uint64_t key, uint64_t k, uint64_t bound) { return (uint64_t)(((replicate_wide)draw_at(key, k) * bound) >> 64); }
static inline double draw_uniform(uint64_t key, uint64_t k) { return (double)(draw_at(key, k) >> 11) * 0x1p-53; }
/* Key of a part (a replicate, a unit's own lower stage) of something that has a key. */
static inline uint64_t draw_key(uint64_t key, uint64_t part) { return draw_mix(draw_mix(key ^ 0x6a09e667f3bcc908u) + part * 0xd1342543de82ef95u); }
#endif

/* rng.h -- seeded random streams keyed by (seed, purpose, unit): adding a record does not reshuffle the others.
 * Method   key = SipHash-2-4 of (purpose, unit) under the seed; stream = xoshiro256++ seeded by SplitMix64 (Blackman & Vigna 2018).
 * Not for keys or secrets: those come from ext_sodium. */
#ifndef SHIRABE_BASE_RNG_H
#define SHIRABE_BASE_RNG_H
#include <stdint.h>

struct rng {
  uint64_t s[4];
};
void rng_init(struct rng *r, uint64_t seed, const char *purpose, const void *unit, uint64_t unit_bytes);
uint64_t rng_u64(struct rng *r);
double rng_uniform(struct rng *r);                  /* [0,1), 53 bits */
uint64_t rng_below(struct rng *r, uint64_t bound);  /* unbiased, bound > 0 */
double rng_normal(struct rng *r);                   /* polar method */
uint64_t siphash24(const uint8_t key[16], const void *p, uint64_t n);
#endif

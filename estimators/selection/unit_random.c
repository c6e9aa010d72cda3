#include "estimators/selection/unit_random.h"

#include "base/rng.h"

uint64_t random_seed(struct str text) {
  static const uint8_t key[16] = {'s', 'h', 'i', 'r', 'a', 'b', 'e', ' ', 's', 'e', 'l', 'e', 'c', 't', 'e', 'd'};
  return siphash24(key, text.p, text.n);
}

uint64_t random_key(uint64_t seed, const char *purpose, struct str id) {
  struct rng r;
  rng_init(&r, seed, purpose, id.p, id.n);
  return rng_u64(&r);
}

uint64_t random_at(uint64_t key, uint64_t counter) {
  uint64_t z = key + (counter + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

uint64_t random_below_at(uint64_t key, uint64_t counter, uint64_t bound) {
  const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  uint64_t x = random_at(key, counter);
  while (x >= limit) x = random_at(key, ++counter);
  return x % bound;
}

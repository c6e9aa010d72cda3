/* rng.c -- see rng.h. SipHash-2-4: Aumasson & Bernstein (2012); SplitMix64: Steele, Lea & Flood (2014); xoshiro256++: Blackman & Vigna (2018);
 * bounded integers: Lemire (2019); normal deviates: Marsaglia's polar method (1964). */
#include "base/rng.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

static void sip_round(uint64_t v[4]) {
  v[0] += v[1], v[1] = rotate(v[1], 13) ^ v[0], v[0] = rotate(v[0], 32);
  v[2] += v[3], v[3] = rotate(v[3], 16) ^ v[2];
  v[0] += v[3], v[3] = rotate(v[3], 21) ^ v[0];
  v[2] += v[1], v[1] = rotate(v[1], 17) ^ v[2], v[2] = rotate(v[2], 32);
}

static uint64_t load_little_endian(const uint8_t *p, uint64_t n) {
  uint64_t v = 0;
  for (uint64_t i = n; i > 0; i--) v = v << 8 | p[i - 1];
  return v;
}

struct siphash {
  uint64_t v[4], n;
  uint8_t tail[8];
};

static void sip_word(struct siphash *h, uint64_t word) {
  h->v[3] ^= word;
  sip_round(h->v), sip_round(h->v);
  h->v[0] ^= word;
}

static struct siphash sip_begin(uint64_t k0, uint64_t k1) {
  return (struct siphash){.v = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u}};
}

static void sip_add(struct siphash *h, const void *p, uint64_t n) {
  const uint8_t *bytes = p;
  for (uint64_t i = 0; i < n; i++) {
    h->tail[h->n++ % 8] = bytes[i];
    if (h->n % 8 == 0) sip_word(h, load_little_endian(h->tail, 8));
  }
}

static uint64_t sip_end(struct siphash *h) {
  sip_word(h, load_little_endian(h->tail, h->n % 8) | h->n << 56);
  h->v[2] ^= 0xff;
  for (int i = 0; i < 4; i++) sip_round(h->v);
  return h->v[0] ^ h->v[1] ^ h->v[2] ^ h->v[3];
}

uint64_t siphash24(const uint8_t key[16], const void *p, uint64_t n) {
  struct siphash h = sip_begin(load_little_endian(key, 8), load_little_endian(key + 8, 8));
  sip_add(&h, p, n);
  return sip_end(&h);
}

static uint64_t splitmix(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

void rng_init(struct rng *r, uint64_t seed, const char *purpose, const void *unit, uint64_t unit_bytes) {
  uint64_t mixed = seed, k1 = splitmix(&mixed);
  struct siphash h = sip_begin(seed, k1);
  sip_add(&h, purpose, strlen(purpose) + 1); /* with its NUL: ("ab","c") is not ("a","bc") */
  sip_add(&h, unit, unit_bytes);
  uint64_t state = sip_end(&h);
  for (int i = 0; i < 4; i++) r->s[i] = splitmix(&state);
}

uint64_t rng_u64(struct rng *r) {
  uint64_t *s = r->s, result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate(s[3], 45);
  return result;
}

double rng_uniform(struct rng *r) { return (double)(rng_u64(r) >> 11) * 0x1p-53; }

uint64_t rng_below(struct rng *r, uint64_t bound) {
  wide m = (wide)rng_u64(r) * bound;
  if ((uint64_t)m < bound) {
    uint64_t threshold = (0 - bound) % bound;
    while ((uint64_t)m < threshold) m = (wide)rng_u64(r) * bound;
  }
  return (uint64_t)(m >> 64);
}

double rng_normal(struct rng *r) {
  double u, v, s;
  do {
    u = 2 * rng_uniform(r) - 1;
    v = 2 * rng_uniform(r) - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  return u * sqrt(-2 * log(s) / s); /* the second deviate is dropped: the stream's state is the generator alone */
}

/* modular.h -- arithmetic modulo the prime 2^31 - 1: exact linear algebra without growing numbers. What vanishes over the rationals vanishes
 *    here; the
 *    opposite can fail only where the prime divides a minor, which the programmes of the audit would still find. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_MODULAR_H
#define SHIRABE_ESTIMATORS_SUPPRESS_MODULAR_H
#include <stdint.h>

enum { MODULUS = 2147483647 };
static inline uint32_t mod_mul(uint32_t a, uint32_t b) {
  const uint64_t x = (uint64_t)a * b, y = (x & MODULUS) + (x >> 31);
  return (uint32_t)(y >= MODULUS ? y - MODULUS : y);
}
static inline uint32_t mod_add(uint32_t a, uint32_t b) {
  const uint32_t s = a + b;
  return s >= MODULUS ? s - MODULUS : s;
}
static inline uint32_t mod_sub(uint32_t a, uint32_t b) { return a >= b ? a - b : a + MODULUS - b; }
static inline uint32_t mod_neg(uint32_t a) { return a ? MODULUS - a : 0; }
static inline uint32_t mod_inverse(uint32_t a) {
  uint32_t r = 1;
  for (uint32_t k = MODULUS - 2; k; k >>= 1, a = mod_mul(a, a))
    if (k & 1) r = mod_mul(r, a);
  return r;
}
static inline uint64_t mod_mix(uint64_t x) { /* SplitMix64: the fixed "random" numbers of the null vectors */
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
#endif

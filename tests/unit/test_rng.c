/* Random streams: published known answers, independence of units, plain distribution checks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"

/* Reference output of xoshiro256++ from the state {1,2,3,4} (Blackman & Vigna's C program). */
static void xoshiro256pp_gives_the_reference_output(void **state) {
  (void)state;
  static const uint64_t expected[] = {41943041u, 58720359u, 3588806011781223u, 3591011842654386u, 9228616714210784205u, 9973669472204895162u,
      14011001112246962877u, 12406186145184390807u, 15849039046786891736u, 10450023813501588000u};
  struct rng r = {{1, 2, 3, 4}};
  for (size_t i = 0; i < 10; i++) assert_true(rng_u64(&r) == expected[i]);
}

/* vectors_sip64 of the SipHash reference implementation: key 00..0f, message 00..n-1. */
static void siphash24_gives_the_reference_vectors(void **state) {
  (void)state;
  static const struct {
    uint64_t n, hash;
  } cases[] = {{0, 0x726fdb47dd0e0e31u}, {1, 0x74f839c593dc67fdu}, {2, 0x0d6c8009d9a94f5au}, {3, 0x85676696d7fb7e2du}, {7, 0xab0200f58b01d137u},
      {8, 0x93f5f5799a932462u}, {9, 0x9e0082df0ba9e4b0u}, {15, 0xa129ca6149be45e5u}, {63, 0x958a324ceb064572u}};
  uint8_t key[16], message[64];
  for (int i = 0; i < 64; i++) message[i] = (uint8_t)i;
  memcpy(key, message, 16);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_true(siphash24(key, message, cases[i].n) == cases[i].hash);
}

/* The chain seed -> SipHash -> SplitMix64 -> state, fixed so that old runs stay reproducible. */
static void streams_of_this_program_never_change(void **state) {
  (void)state;
  struct rng r;
  rng_init(&r, 20251201, "donor", "unit-0001", 9);
  static const uint64_t expected[] = {104472928301920335u, 6102835306379961223u, 15428041999237660143u, 10797859801297056445u};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) assert_true(rng_u64(&r) == expected[i]);
}

static uint64_t first_of(uint64_t seed, const char *purpose, const char *unit) {
  struct rng r;
  rng_init(&r, seed, purpose, unit, strlen(unit));
  return rng_u64(&r);
}

static void seed_purpose_and_unit_all_matter(void **state) {
  (void)state;
  uint64_t base = first_of(1, "donor", "a");
  assert_true(base == first_of(1, "donor", "a"));
  assert_true(base != first_of(2, "donor", "a"));
  assert_true(base != first_of(1, "draw", "a"));
  assert_true(base != first_of(1, "donor", "b"));
  assert_true(first_of(1, "ab", "c") != first_of(1, "a", "bc"));
  assert_true(first_of(1, "a", "") != first_of(1, "", "a"));
}

static void adding_a_unit_leaves_the_others_alone(void **state) {
  (void)state;
  uint64_t before[100], after[101];
  for (uint32_t pass = 0; pass < 2; pass++)
    for (uint32_t i = 0; i < 100 + pass; i++) {
      uint32_t unit = pass && i > 50 ? i - 1 : i; /* the second pass has a new unit in the middle */
      if (pass && i == 50) unit = 1000;
      struct rng r;
      rng_init(&r, 7, "draw", &unit, sizeof unit);
      (pass ? after : before)[i] = rng_u64(&r);
    }
  for (int i = 0; i < 50; i++) assert_true(before[i] == after[i]);
  for (int i = 51; i < 100; i++) assert_true(before[i] == after[i + 1]);
}

static void uniform_stays_below_one_and_fills_the_line(void **state) {
  (void)state;
  struct rng r;
  double sum = 0, square = 0;
  int bins[10] = {0};
  rng_init(&r, 1, "uniform", NULL, 0);
  for (int i = 0; i < 1000000; i++) {
    double u = rng_uniform(&r);
    assert_true(u >= 0 && u < 1);
    bins[(int)(u * 10)]++;
    sum += u, square += u * u;
  }
  assert_true(fabs(sum / 1e6 - 0.5) < 0.0015); /* five standard errors */
  assert_true(fabs(square / 1e6 - 1.0 / 3) < 0.0015);
  for (int b = 0; b < 10; b++) assert_true(abs(bins[b] - 100000) < 1500);
}

static void bounded_integers_are_unbiased(void **state) {
  (void)state;
  struct rng r;
  int counts[7] = {0};
  rng_init(&r, 1, "below", NULL, 0);
  for (int i = 0; i < 700000; i++) {
    uint64_t v = rng_below(&r, 7);
    assert_true(v < 7);
    counts[v]++;
  }
  for (int k = 0; k < 7; k++) assert_true(abs(counts[k] - 100000) < 1500);
  uint64_t bound = (UINT64_C(1) << 63) + 1, low = 0; /* a plain remainder would favour the lower half two to one */
  for (int i = 0; i < 10000; i++) low += rng_below(&r, bound) < bound / 2;
  assert_true(low > 4700 && low < 5300);
  assert_int_equal(rng_below(&r, 1), 0);
}

static void normal_deviates_have_mean_0_and_variance_1(void **state) {
  (void)state;
  struct rng r;
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  rng_init(&r, 1, "normal", NULL, 0);
  for (int i = 0; i < 1000000; i++) {
    double z = rng_normal(&r);
    m1 += z, m2 += z * z, m3 += z * z * z, m4 += z * z * z * z;
  }
  assert_true(fabs(m1) / 1e6 < 0.005 && fabs(m2 / 1e6 - 1) < 0.008 && fabs(m3) / 1e6 < 0.02 && fabs(m4 / 1e6 - 3) < 0.05);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(xoshiro256pp_gives_the_reference_output),
      cmocka_unit_test(siphash24_gives_the_reference_vectors),
      cmocka_unit_test(streams_of_this_program_never_change),
      cmocka_unit_test(seed_purpose_and_unit_all_matter),
      cmocka_unit_test(adding_a_unit_leaves_the_others_alone),
      cmocka_unit_test(uniform_stays_below_one_and_fills_the_line),
      cmocka_unit_test(bounded_integers_are_unbiased),
      cmocka_unit_test(normal_deviates_have_mean_0_and_variance_1),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rounding and cell keys: sums hold, nothing small remains, the noise has the moments that were asked for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <stdint.h>
#include <cmocka.h>

#include "estimators/sdc/suppress/cell_key.h"
#include "estimators/sdc/suppress/perturb.h"

static struct arena *a;
static int setup(void **state) {
  (void)state;
  return !(a = arena_new(0));
}
static int teardown(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}
/* 4 x 5 counts with margins; inner value = small pseudo-random. */
static struct cell_table *counts(uint32_t seed) {
  enum { R = 5, C = 6 };
  int64_t v[R][C] = {{0}};
  struct cell_builder b;
  struct cell_table *t = NULL;
  for (int i = 1; i < R; i++)
    for (int j = 1; j < C; j++) {
      seed = seed * 1664525u + 1013904223u;
      v[i][j] = seed >> 28;
      v[0][j] += v[i][j], v[i][0] += v[i][j], v[0][0] += v[i][j];
    }
  assert_int_equal(cell_builder_begin(&b, a, "counts", 0, NULL), E_OK);
  for (int k = 0; k < R * C; k++) assert_int_equal(cell_builder_cell(&b, STR(""), v[k / C][k % C], 's', 0, 0, NULL), E_OK);
  for (int i = 0; i < R; i++) {
    int32_t m[C];
    for (int j = 0; j < C; j++) m[j] = i * C + j;
    assert_int_equal(cell_builder_relation(&b, C, m, NULL), E_OK);
  }
  for (int j = 0; j < C; j++) {
    int32_t m[R];
    for (int i = 0; i < R; i++) m[i] = i * C + j;
    assert_int_equal(cell_builder_relation(&b, R, m, NULL), E_OK);
  }
  assert_int_equal(cell_builder_close(&b, &t, NULL), E_OK);
  return t;
}
static void controlled_rounding_is_additive_and_near(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 20; seed++) {
    struct cell_table *t = counts(seed);
    int64_t out[30];
    bool proved;
    assert_int_equal(round_controlled(t, 5, 0, 20, out, &proved, NULL), E_OK);
    assert_true(perturb_additive(t, out));
    for (int c = 0; c < 30; c++) assert_true(out[c] % 5 == 0 && llabs(out[c] - t->value[c]) < 5);
  }
}
static void small_counts_vanish_and_the_rest_stays(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 20; seed++) {
    struct cell_table *t = counts(seed);
    int64_t out[30];
    assert_int_equal(round_small(t, 3, out, NULL), E_OK);
    assert_true(perturb_additive(t, out));
    for (int c = 0; c < 30; c++) assert_true(out[c] == 0 || out[c] >= 3);
    for (int i = 1; i < 5; i++)
      for (int j = 1; j < 6; j++) {
        const int c = i * 6 + j;
        const bool feeds = t->value[c] < 3 || (t->value[i * 6] && t->value[i * 6] < 3) || (t->value[j] && t->value[j] < 3);
        if (!feeds) assert_true(out[c] == t->value[c]);
      }
  }
}
static void redacted_before_rounded(void **state) {
  (void)state;
  struct cell_table *t = counts(3);
  int64_t out[30];
  uint8_t redacted[30];
  redact_then_round(t, 4, 5, false, out, redacted);
  for (int c = 0; c < 30; c++) {
    assert_int_equal(redacted[c], t->value[c] > 0 && t->value[c] < 4);
    assert_true(out[c] % 5 == 0);
    assert_true(redacted[c] || llabs(out[c] - t->value[c]) <= 2);
  }
}
static void noise_has_the_moments_asked_for(void **state) {
  (void)state;
  struct ptable p;
  assert_int_equal(ptable_make(a, 5, 2, 0, 0, &p, NULL), E_OK);
  for (int64_t i = 0; i < p.n;) {
    const int64_t row = p.row[i].original;
    double mean = 0, variance = 0, sum = 0;
    for (; i < p.n && p.row[i].original == row; i++) {
      sum += p.row[i].probability;
      mean += p.row[i].probability * p.row[i].noise;
      variance += p.row[i].probability * p.row[i].noise * p.row[i].noise;
      assert_true(row + p.row[i].noise >= 0);
    }
    assert_true(fabs(sum - 1) < 1e-9 && fabs(mean) < 1e-9);
    assert_true(row == 0 || fabs(variance - 2) < 1e-9);
  }
  assert_int_equal(ptable_make(a, 5, 2, 0.5, 2, &p, NULL), E_OK);
  for (int64_t i = 0; i < p.n; i++) assert_false(p.row[i].original + p.row[i].noise == 1 || p.row[i].original + p.row[i].noise == 2);
  assert_int_equal(ptable_make(a, 2, 9, 0, 0, &p, NULL), E_SDC_PTABLE); /* a variance of 9 within +-2 */
}
static void keys_decide_the_noise(void **state) {
  (void)state;
  struct ptable p;
  const uint8_t secret[16] = {1, 2, 3};
  double mean = 0;
  assert_int_equal(ptable_make(a, 3, 1, 0, 0, &p, NULL), E_OK);
  for (uint64_t unit = 0; unit < 20000; unit++) mean += (double)cell_key_noise(&p, 50, cell_record_key(secret, &unit, sizeof unit)) / 20000;
  assert_true(fabs(mean) < 0.03);
  const uint64_t one = 7, two = 9, k1 = cell_record_key(secret, &one, 8), k2 = cell_record_key(secret, &two, 8);
  assert_int_equal(cell_key_noise(&p, 2, k1 + k2), cell_key_noise(&p, 2, k2 + k1));
  assert_int_equal(cell_key_noise(&p, 0, k1), 0);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(controlled_rounding_is_additive_and_near, setup, teardown),
      cmocka_unit_test_setup_teardown(small_counts_vanish_and_the_rest_stays, setup, teardown),
      cmocka_unit_test_setup_teardown(redacted_before_rounded, setup, teardown),
      cmocka_unit_test_setup_teardown(noise_has_the_moments_asked_for, setup, teardown),
      cmocka_unit_test_setup_teardown(keys_decide_the_noise, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

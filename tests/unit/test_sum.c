/* Sums: the same bits however the blocks are shared out, and as exact as sum.h says. The exact value comes from integer arithmetic. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "base/sum.h"

enum { ROWS = 200003 };

static uint64_t bits(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

static struct sum block_sum(const double *x, int64_t start, int64_t n) {
  struct sum s = {0, 0};
  for (int64_t i = start; i < start + SUM_BLOCK_ROWS && i < n; i++) sum_add(&s, x[i]);
  return s;
}

/* As threads do it: blocks are summed by whoever is free, then merged in block order. */
static double sum_by_threads(const double *x, int64_t n, int n_threads) {
  int64_t n_blocks = (n + SUM_BLOCK_ROWS - 1) / SUM_BLOCK_ROWS;
  struct sum *blocks = calloc((size_t)n_blocks + 1, sizeof *blocks), all = {0, 0};
  for (int t = n_threads - 1; t >= 0; t--)
    for (int64_t b = t; b < n_blocks; b += n_threads) blocks[b] = block_sum(x, b * SUM_BLOCK_ROWS, n);
  for (int64_t b = 0; b < n_blocks; b++) sum_merge(&all, &blocks[b]);
  free(blocks);
  return sum_result(&all);
}

static double *column(int64_t n, uint64_t seed, double scale) {
  double *x = malloc((size_t)n * sizeof *x);
  struct rng r;
  rng_init(&r, seed, "test", NULL, 0);
  for (int64_t i = 0; i < n; i++) x[i] = rng_normal(&r) * (rng_below(&r, 10) == 0 ? scale : 1);
  return x;
}

static void same_bits_for_any_number_of_threads(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    double *x = column(ROWS, seed, 1e12);
    static const int64_t lengths[] = {0, 1, SUM_BLOCK_ROWS - 1, SUM_BLOCK_ROWS, SUM_BLOCK_ROWS + 1, ROWS};
    for (size_t k = 0; k < 6; k++)
      for (int threads = 1; threads <= 8; threads++) assert_true(bits(sum_by_threads(x, lengths[k], threads)) == bits(sum_of(x, lengths[k])));
    free(x);
  }
}

static void cancellation_keeps_the_small_part(void **state) {
  (void)state;
  static const double x[] = {1, 1e100, 1, -1e100};
  assert_true(sum_of(x, 4) == 2);
  double *y = malloc(30000 * sizeof *y); /* the large pair stands in different blocks */
  for (int i = 0; i < 30000; i++) y[i] = i == 10 ? 1e16 : i == 29990 ? -1e16 : 0.5;
  assert_true(sum_of(y, 30000) == 14999);
  free(y);
}

/* Values that are multiples of 2^-20 below 2^40: their exact sum fits 128 bits. */
static void sums_are_the_rounded_exact_value(void **state) {
  (void)state;
  double *x = malloc(ROWS * sizeof *x);
  for (uint64_t seed = 1; seed <= 10; seed++) {
    struct rng r;
    sum_int exact = 0;
    rng_init(&r, seed, "exact", NULL, 0);
    for (int64_t i = 0; i < ROWS; i++) {
      int64_t v = (int64_t)rng_below(&r, UINT64_C(1) << 53) - (INT64_C(1) << 52);
      exact += v;
      x[i] = (double)v * 0x1p-20;
    }
    assert_true(sum_of(x, ROWS) == (double)exact * 0x1p-20);
  }
  free(x);
}

static void error_stays_below_the_stated_bound(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    double *x = column(ROWS, seed, 1e9);
    long double exact = 0, lost = 0, size = 0;
    for (int64_t i = 0; i < ROWS; i++) { /* compensated in 64-bit mantissas: eleven bits better than what is tested */
      long double t = exact + x[i];
      lost += fabsl(exact) >= fabs(x[i]) ? (exact - t) + x[i] : (x[i] - t) + exact;
      exact = t;
      size += fabs(x[i]);
    }
    exact += lost;
    double s = sum_of(x, ROWS);
    long double bound = 2 * fabsl(exact) * 0x1p-52L + (long double)ROWS * ROWS * 0x1p-104L * size;
    assert_true(fabsl((long double)s - exact) <= bound);
    free(x);
  }
}

static void a_plain_loop_would_fail_these_tests(void **state) {
  (void)state;
  double *x = column(ROWS, 1, 1e12), plain = 0;
  for (int64_t i = 0; i < ROWS; i++) plain += x[i];
  assert_true(bits(plain) != bits(sum_of(x, ROWS)));
  free(x);
}

static void products_are_summed_alike(void **state) {
  (void)state;
  double *x = column(ROWS, 1, 1e6), *y = column(ROWS, 2, 1), *xy = malloc(ROWS * sizeof *xy);
  for (int64_t i = 0; i < ROWS; i++) xy[i] = x[i] * y[i];
  assert_true(bits(sum_of_products(x, y, ROWS)) == bits(sum_of(xy, ROWS)));
  free(x);
  free(y);
  free(xy);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(same_bits_for_any_number_of_threads),
      cmocka_unit_test(cancellation_keeps_the_small_part),
      cmocka_unit_test(sums_are_the_rounded_exact_value),
      cmocka_unit_test(error_stays_below_the_stated_bound),
      cmocka_unit_test(a_plain_loop_would_fail_these_tests),
      cmocka_unit_test(products_are_summed_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

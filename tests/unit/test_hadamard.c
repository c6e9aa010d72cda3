/* Hadamard matrices: orthogonal for every order that is promised, normalised, and no order is promised that is not kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "estimators/variance/hadamard.h"

enum { ORDERS = 690, DOUBLED = 373 }; /* q + 1, 2 (q + 1) and their doublings up to 4096, counted apart from the program */

/* Rows as bits: two rows are orthogonal when half of their bits differ. Of a large order every stride-th row. */
static void check_order(int n, int stride) {
  struct arena *a = arena_new(0);
  struct hadamard h;
  struct err e;
  assert_int_equal(hadamard_new(a, n, &h, &e), E_OK);
  const int words = (n + 63) / 64;
  uint64_t *bits = ARENA_ARRAY(a, uint64_t, (int64_t)n * words);
  assert_non_null(bits);
  for (int r = 0; r < n; r += stride)
    for (int c = 0; c < n; c++)
      if (hadamard_sign(&h, r, c) < 0) bits[(int64_t)r * words + c / 64] |= 1ull << (c % 64);
  for (int c = 0; c < n; c++) assert_true(hadamard_sign(&h, 0, c) == 1 && hadamard_sign(&h, c, 0) == 1);
  for (int r = 0; r < n; r += stride)
    for (int s = 0; s < r; s += stride) {
      int differ = 0;
      for (int k = 0; k < words; k++) differ += __builtin_popcountll(bits[(int64_t)r * words + k] ^ bits[(int64_t)s * words + k]);
      if (2 * differ != n) fail_msg("order %d: rows %d and %d are not orthogonal", n, r, s);
    }
  arena_free(a);
}
static void every_order_is_orthogonal(void **state) {
  (void)state;
  int orders = 0, doubled = 0;
  for (int n = hadamard_order(1); n; n = hadamard_order(n + 1)) {
    check_order(n, n <= 256 ? 1 : n / 48 + 1);
    orders++, doubled += n % 2 == 0 && hadamard_order(n / 2) == n / 2;
  }
  assert_int_equal(orders, ORDERS);
  assert_int_equal(doubled, DOUBLED);
}
/* Multiples of 4 up to 88 are all there; 92 is the first that Sylvester and Paley do not give. */
static void orders_that_exist(void **state) {
  (void)state;
  for (int n = 8; n <= 88; n += 4) assert_int_equal(hadamard_order(n - 3), n);
  assert_int_equal(hadamard_order(89), 96);
  assert_int_equal(hadamard_order(1), 1);
  assert_int_equal(hadamard_order(2), 2);
  assert_int_equal(hadamard_order(4096), 4096);
  assert_int_equal(hadamard_order(4097), 0);
}
static void an_order_without_matrix_is_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct hadamard h;
  struct err e;
  assert_int_equal(hadamard_new(a, 92, &h, &e), E_REPLICATE_SPEC);
  assert_int_equal(hadamard_new(a, 6, &h, &e), E_REPLICATE_SPEC);
  assert_int_equal(hadamard_new(a, 8192, &h, &e), E_REPLICATE_SPEC);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_order_is_orthogonal), cmocka_unit_test(orders_that_exist), cmocka_unit_test(an_order_without_matrix_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

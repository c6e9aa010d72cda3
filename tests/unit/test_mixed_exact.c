/* Exact sums of products: what rounding would lose stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdint.h>

#include "base/rng.h"
#include "processing/localise/mixed_exact.h"

static void small_terms_survive_large_ones(void **state) {
  (void)state;
  struct exact s = {0};
  exact_add(&s, 1e100);
  exact_add(&s, 1);
  exact_add(&s, 1e-100);
  exact_add(&s, -1e100);
  assert_true(exact_value(&s) == 1); /* rounded only when read */
  exact_add(&s, -1);
  assert_true(exact_value(&s) == 1e-100);
  exact_add(&s, -1e-100);
  assert_true(s.n == 0 && exact_value(&s) == 0);
}
static void a_product_has_its_low_part(void **state) {
  (void)state;
  struct exact s = {0};
  const double a = 134217729, b = 134217731; /* 2^27 + 1, 2^27 + 3: the product has 55 bits */
  exact_add_product(&s, a, b);
  exact_add(&s, -a * b);
  assert_true(exact_value(&s) == 3 - (a * b - 18014399046352896.0)); /* 2^54 + 2^29 + 3 */
}
/* Terms and their negatives in another order: nothing is left, whatever the magnitudes. */
static void orders_do_not_matter(void **state) {
  (void)state;
  for (int k = 0; k < 2000; k++) {
    struct rng r;
    struct exact s = {0}, t = {0};
    double a[12], b[12];
    rng_init(&r, 5, "exact sums", &k, sizeof k);
    for (int i = 0; i < 12; i++) {
      a[i] = ldexp(rng_uniform(&r) - 0.5, (int)rng_below(&r, 120) - 60);
      b[i] = ldexp(rng_uniform(&r) - 0.5, (int)rng_below(&r, 60) - 30);
      exact_add_product(&s, a[i], b[i]);
    }
    for (int i = 11; i >= 0; i--) exact_add_product(&t, a[i], b[i]);
    assert_false(s.full || t.full);
    exact_add_multiple(&s, &t, -1);
    assert_true(!s.full && s.n == 0);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(small_terms_survive_large_ones), cmocka_unit_test(a_product_has_its_low_part),
                                     cmocka_unit_test(orders_do_not_matter)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

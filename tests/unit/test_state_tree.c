/* The kept tree gives the root of the plain one after any change of leaves and of their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "secure-store/state_tree.h"

enum { MOST = 130 };

static void fill(struct rng *r, uint8_t leaf[MERKLE_HASH]) {
  for (int i = 0; i < MERKLE_HASH; i++) leaf[i] = (uint8_t)rng_below(r, 256);
}

static void assert_same_root(struct state_tree *t, uint8_t (*leaves)[MERKLE_HASH], uint64_t n) {
  uint8_t kept[MERKLE_HASH], plain[MERKLE_HASH];
  assert_true(state_tree_root(t, (const uint8_t *)leaves, n, kept));
  merkle_root_of((const uint8_t(*)[MERKLE_HASH])leaves, n, plain);
  assert_memory_equal(kept, plain, MERKLE_HASH);
}

static void every_size_and_every_changed_leaf(void **state) {
  (void)state;
  static uint8_t leaves[MOST][MERKLE_HASH];
  struct rng r;
  struct state_tree t = {.n = 0};
  rng_init(&r, 71, "state tree", NULL, 0);
  for (int i = 0; i < MOST; i++) fill(&r, leaves[i]);
  for (uint64_t n = 0; n <= MOST; n++) {
    assert_same_root(&t, leaves, n);
    for (uint64_t i = 0; i < n; i++) {
      fill(&r, leaves[i]);
      assert_same_root(&t, leaves, n);
    }
  }
  state_tree_release(&t);
}

static void several_leaves_change_and_the_number_too(void **state) {
  (void)state;
  static uint8_t leaves[MOST][MERKLE_HASH];
  struct rng r;
  struct state_tree t = {.n = 0};
  rng_init(&r, 72, "state tree", NULL, 0);
  for (int step = 0; step < 2000; step++) {
    uint64_t n = step % 10 ? t.n : rng_below(&r, MOST + 1);
    for (uint64_t k = rng_below(&r, 5); k > 0 && n; k--) fill(&r, leaves[rng_below(&r, n)]);
    assert_same_root(&t, leaves, n);
  }
  state_tree_release(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_size_and_every_changed_leaf), cmocka_unit_test(several_leaves_change_and_the_number_too)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

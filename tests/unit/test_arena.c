/* Arena: alignment, cap, marks, the failing allocation, and what ASan must see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

static void every_alignment_is_kept(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  for (size_t align = 1; align <= 4096; align *= 2)
    for (size_t bytes = 0; bytes < 70; bytes += 23) {
      char *p = arena_alloc(a, bytes, align);
      assert_non_null(p);
      assert_int_equal((uintptr_t)p % align, 0);
      memset(p, 0xff, bytes);
    }
  arena_free(a);
}

static void arrays_are_zeroed_and_aligned_to_64(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct arena_mark mark = arena_mark(a);
  memset(arena_alloc(a, 4096, 1), 0xff, 4096);
  arena_reset(a, mark);
  unsigned char *p = arena_array(a, 512, 8);
  assert_int_equal((uintptr_t)p % 64, 0);
  for (int i = 0; i < 4096; i++) assert_int_equal(p[i], 0);
  arena_free(a);
}

static void array_size_overflow_is_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  assert_null(arena_array(a, SIZE_MAX / 2, 3));
  assert_null(arena_array(a, SIZE_MAX, 1));
  assert_null(arena_alloc(a, SIZE_MAX - 8, 1));
  assert_int_equal(arena_used(a), 0);
  arena_free(a);
}

static void cap_counts_bytes_handed_out(void **state) {
  (void)state;
  struct arena *a = arena_new(100);
  assert_non_null(arena_alloc(a, 60, 1));
  assert_null(arena_alloc(a, 41, 1));
  assert_int_equal(arena_used(a), 60);
  struct arena_mark mark = arena_mark(a);
  assert_non_null(arena_alloc(a, 40, 1));
  assert_null(arena_alloc(a, 1, 1));
  arena_reset(a, mark);
  assert_non_null(arena_alloc(a, 40, 1));
  arena_free(a);
}

static void reset_goes_back_over_many_blocks(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  char *kept = arena_strdup(a, "kept", 4);
  struct arena_mark mark = arena_mark(a);
  char *first = arena_alloc(a, 16, 1);
  for (int round = 0; round < 50; round++) {
    for (int i = 0; i < 200; i++) memset(arena_alloc(a, 5000, 8), round, 5000);
    memset(arena_alloc(a, 3000000, 8), round, 3000000); /* larger than any common block */
    arena_reset(a, mark);
    assert_int_equal(arena_used(a), 5);
  }
  assert_string_equal(kept, "kept");
  assert_ptr_equal(arena_alloc(a, 16, 1), first);
  arena_free(a);
}

static void mark_of_an_empty_arena_resets_to_empty(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct arena_mark mark = arena_mark(a);
  assert_non_null(arena_alloc(a, 100000, 8));
  arena_reset(a, mark);
  assert_int_equal(arena_used(a), 0);
  assert_non_null(arena_alloc(a, 10, 8));
  arena_free(a);
  arena_free(NULL);
}

static void the_named_allocation_fails_once(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  arena_fail_at(3);
  assert_non_null(arena_alloc(a, 1, 1));
  assert_non_null(arena_strdup(a, "x", 1));
  assert_null(arena_printf(a, "%d", 1));
  assert_string_equal(arena_printf(a, "%d", 42), "42");
  arena_fail_at(1);
  arena_fail_at(0);
  assert_non_null(arena_alloc(a, 1, 1));
  arena_free(a);
}

static void memory_outside_allocations_is_poisoned(void **state) {
  (void)state;
#if defined(__SANITIZE_ADDRESS__)
  struct arena *a = arena_new(0);
  struct arena_mark mark = arena_mark(a);
  char *p = arena_alloc(a, 24, 8), *q = arena_alloc(a, 24, 8);
  assert_false(__asan_address_is_poisoned(p + 23));
  assert_true(__asan_address_is_poisoned(p + 24));
  assert_true(q - p >= 24 + 16);
  struct arena_mark second = arena_mark(a);
  char *r = arena_alloc(a, 8, 8);
  arena_reset(a, second);
  assert_true(__asan_address_is_poisoned(r));
  arena_reset(a, mark);
  arena_free(a);
#else
  skip();
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_alignment_is_kept),
      cmocka_unit_test(arrays_are_zeroed_and_aligned_to_64),
      cmocka_unit_test(array_size_overflow_is_refused),
      cmocka_unit_test(cap_counts_bytes_handed_out),
      cmocka_unit_test(reset_goes_back_over_many_blocks),
      cmocka_unit_test(mark_of_an_empty_arena_resets_to_empty),
      cmocka_unit_test(the_named_allocation_fails_once),
      cmocka_unit_test(memory_outside_allocations_is_poisoned),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Dictionary: dense ids in order of insertion, texts with any bytes, out of memory leaves it usable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/table.h"

static void ids_are_dense_in_order_of_insertion(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct dict *d = dict_new(a);
  char text[32];
  for (int32_t i = 0; i < 100000; i++) {
    int n = snprintf(text, sizeof text, "code-%d", i * 7 % 100000); /* 7 and 100000 are coprime: all distinct */
    assert_int_equal(dict_add(d, str_view(text, (size_t)n)), i);
  }
  assert_int_equal(dict_count(d), 100000);
  for (int32_t i = 0; i < 100000; i++) {
    int n = snprintf(text, sizeof text, "code-%d", i * 7 % 100000);
    assert_int_equal(dict_find(d, str_view(text, (size_t)n)), i);
    assert_int_equal(dict_add(d, str_view(text, (size_t)n)), i);
    assert_true(str_eq(dict_text(d, i), str_view(text, (size_t)n)));
  }
  assert_int_equal(dict_count(d), 100000);
  arena_free(a);
}

static void texts_differ_by_every_byte_and_length(void **state) {
  (void)state;
  static const struct str texts[] = {
      {"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"12345678", 8}, {"12345678\0", 9}, {"1234567", 7}, {"調べ", 6}, {" ", 1}};
  struct arena *a = arena_new(0);
  struct dict *d = dict_new(a);
  for (int32_t i = 0; i < 10; i++) {
    assert_int_equal(dict_find(d, texts[i]), -1);
    assert_int_equal(dict_add(d, texts[i]), i);
  }
  for (int32_t i = 0; i < 10; i++) assert_int_equal(dict_find(d, texts[i]), i);
  assert_true(str_eq(dict_text(d, 10), STR("")));
  assert_true(str_eq(dict_text(d, -1), STR("")));
  arena_free(a);
}

static void texts_are_copied(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct dict *d = dict_new(a);
  char text[] = "before";
  assert_int_equal(dict_add(d, str_of(text)), 0);
  memcpy(text, "after!", 6);
  assert_true(str_eq(dict_text(d, 0), STR("before")));
  assert_int_equal(dict_find(d, STR("after!")), -1);
  arena_free(a);
}

static void a_failed_allocation_loses_no_text(void **state) {
  (void)state;
  for (uint64_t fail = 1; fail < 60; fail++) {
    struct arena *a = arena_new(0);
    struct dict *d = dict_new(a);
    char text[16];
    int32_t expected = 0;
    arena_fail_at(fail);
    for (int32_t i = 0; i < 200; i++) {
      int n = snprintf(text, sizeof text, "%d", i);
      int32_t id = dict_add(d, str_view(text, (size_t)n));
      if (id == -1) id = dict_add(d, str_view(text, (size_t)n)); /* the fault happens once */
      assert_int_equal(id, expected++);
    }
    for (int32_t i = 0; i < 200; i++) {
      int n = snprintf(text, sizeof text, "%d", i);
      assert_int_equal(dict_find(d, str_view(text, (size_t)n)), i);
    }
    arena_fail_at(0);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ids_are_dense_in_order_of_insertion),
      cmocka_unit_test(texts_differ_by_every_byte_and_length),
      cmocka_unit_test(texts_are_copied),
      cmocka_unit_test(a_failed_allocation_loses_no_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

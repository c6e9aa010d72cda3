/* Columnar table: padding, growth, values as text, missing values show nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/table.h"

enum { AMOUNT, DAY, CODE, TEXT, RATE, N_COLUMNS };
static const struct column columns[N_COLUMNS] = {[AMOUNT] = {.name = "amount", .type = COL_INT, .decimals = 2, .unit = "yen"},
    [DAY] = {.name = "day", .type = COL_INT, .is_date = true},
    [CODE] = {.name = "code", .type = COL_CODE},
    [TEXT] = {.name = "text", .type = COL_TEXT},
    [RATE] = {.name = "rate", .type = COL_REAL}};

static void arrays_are_padded_aligned_and_zero(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table t;
  struct err e;
  for (int64_t rows = 0; rows < 200; rows += 33) {
    assert_int_equal(table_init(&t, a, columns, N_COLUMNS, rows, &e), E_OK);
    assert_int_equal(t.capacity % 64, 0);
    assert_true(t.capacity >= rows && t.capacity >= 64);
    const void *arrays[] = {t.columns[AMOUNT].i64, t.columns[DAY].i64, t.columns[CODE].code, t.columns[RATE].real, t.columns[RATE].status};
    for (size_t i = 0; i < 5; i++) assert_int_equal((uintptr_t)arrays[i] % 64, 0);
    assert_null(t.columns[AMOUNT].code);
    assert_null(t.columns[CODE].i64);
    for (int64_t i = 0; i < t.capacity; i++) assert_true(t.columns[AMOUNT].i64[i] == 0 && t.columns[AMOUNT].status[i] == VAL_REPORTED);
  }
  arena_free(a);
}

static void growing_keeps_values_and_status(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table t;
  struct err e;
  assert_int_equal(table_init(&t, a, columns, N_COLUMNS, 1, &e), E_OK);
  for (int64_t i = 0; i < 1000; i++) {
    assert_int_equal(table_reserve(&t, i + 1, &e), E_OK);
    t.columns[AMOUNT].i64[i] = i * 3;
    t.columns[AMOUNT].status[i] = (uint8_t)(i % VAL_STATUS_COUNT);
    t.columns[RATE].real[i] = (double)i / 8;
    t.n_rows = i + 1;
  }
  for (int64_t i = 0; i < 1000; i++)
    assert_true(t.columns[AMOUNT].i64[i] == i * 3 && t.columns[AMOUNT].status[i] == i % VAL_STATUS_COUNT && t.columns[RATE].real[i] * 8 == (double)i);
  arena_free(a);
}

static void out_of_memory_is_an_error_that_names_the_column(void **state) {
  (void)state;
  struct arena *a = arena_new(200000);
  struct table t;
  struct err e;
  assert_int_equal(table_init(&t, a, columns, N_COLUMNS, INT64_MAX, &e), E_NO_MEMORY);
  assert_string_equal(e.subject, "amount");
  assert_int_equal(table_init(&t, a, columns, N_COLUMNS, 64, &e), E_OK);
  t.n_rows = 64;
  t.columns[AMOUNT].i64[63] = 42;
  assert_int_equal(table_reserve(&t, 1000000, &e), E_NO_MEMORY);
  assert_int_equal(t.columns[AMOUNT].i64[63], 42);
  arena_free(a);
}

static void columns_are_found_by_name(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table t;
  struct err e;
  assert_int_equal(table_init(&t, a, columns, N_COLUMNS, 0, &e), E_OK);
  assert_int_equal(table_find(&t, "rate"), RATE);
  assert_int_equal(table_find(&t, "Rate"), -1);
  assert_ptr_equal(table_column(&t, "day"), &t.columns[DAY]);
  assert_null(table_column(&t, ""));
  arena_free(a);
}

static void a_given_dictionary_is_shared(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table t;
  struct err e;
  struct dict *shared = dict_new(a);
  struct column two[2] = {{.name = "a", .type = COL_CODE, .dict = shared}, {.name = "b", .type = COL_CODE}};
  assert_int_equal(table_init(&t, a, two, 2, 0, &e), E_OK);
  assert_ptr_equal(t.columns[0].dict, shared);
  assert_non_null(t.columns[1].dict);
  assert_ptr_not_equal(t.columns[1].dict, shared);
  arena_free(a);
}

static void values_become_text(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table t;
  struct err e;
  char buffer[64];
  assert_int_equal(table_init(&t, a, columns, N_COLUMNS, 1, &e), E_OK);
  t.columns[AMOUNT].i64[0] = -123456;
  t.columns[DAY].i64[0] = date_from_civil(2019, 5, 1);
  t.columns[CODE].code[0] = dict_add(t.columns[CODE].dict, STR("0010"));
  t.columns[TEXT].code[0] = dict_add(t.columns[TEXT].dict, STR("調べ"));
  t.columns[RATE].real[0] = 0.1;
  static const char *const expected[N_COLUMNS] = {"-1234.56", "2019-05-01", "0010", "調べ", "0.1"};
  for (int k = 0; k < N_COLUMNS; k++) {
    assert_true(str_eq(column_text(&t.columns[k], 0, buffer, sizeof buffer), str_of(expected[k])));
    for (uint8_t s = 0; s < VAL_STATUS_COUNT; s++) {
      t.columns[k].status[0] = s;
      assert_int_equal(column_text(&t.columns[k], 0, buffer, sizeof buffer).n > 0, value_present(s));
    }
  }
  arena_free(a);
}

static void status_names_are_distinct(void **state) {
  (void)state;
  for (uint8_t i = 0; i < VAL_STATUS_COUNT; i++)
    for (uint8_t k = 0; k < i; k++) assert_string_not_equal(value_status_name(i), value_status_name(k));
  assert_string_equal(value_status_name(VAL_UNKNOWN), "unknown");
  assert_string_equal(value_status_name(VAL_STATUS_COUNT), "?");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arrays_are_padded_aligned_and_zero),
      cmocka_unit_test(growing_keeps_values_and_status),
      cmocka_unit_test(out_of_memory_is_an_error_that_names_the_column),
      cmocka_unit_test(columns_are_found_by_name),
      cmocka_unit_test(a_given_dictionary_is_shared),
      cmocka_unit_test(values_become_text),
      cmocka_unit_test(status_names_are_distinct),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

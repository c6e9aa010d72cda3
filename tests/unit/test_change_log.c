/* The change log: no value changes without its line, old and new are kept as the item writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "processing/unit/change_log.h"

static struct table three_columns(struct arena *a) {
  static const struct column columns[] = {
      {.name = "hours", .type = COL_INT, .decimals = 1}, {.name = "born", .type = COL_INT, .is_date = true}, {.name = "sex", .type = COL_CODE}};
  struct table t;
  struct err e;
  assert_int_equal(table_init(&t, a, columns, 3, 2, &e), E_OK);
  t.n_rows = 2;
  t.columns[0].i64[0] = 805;
  t.columns[2].code[0] = dict_add(t.columns[2].dict, STR("2"));
  for (int k = 0; k < 3; k++) t.columns[k].status[1] = VAL_UNKNOWN;
  return t;
}

static void assert_text(const struct change_log *log, int64_t line, enum change_column k, const char *want) {
  char buffer[64];
  struct str got = column_text(&log->table.columns[k], line, buffer, sizeof buffer);
  assert_int_equal(got.n, strlen(want));
  assert_memory_equal(got.p, want, got.n);
}

static void a_change_keeps_old_and_new(void **state) {
  struct arena *a = arena_new(0);
  struct table t = three_columns(a);
  struct change_log log;
  struct err e;
  const struct change_reason ratio =
                                 {.method = "previous_ratio", .class = STR("E16;3"), .level = 2, .donors = 5, .step = 1, .rule = "impute.csv:2"},
                             derived = {.method = "derived", .class = {"", 0}, .donors = -1, .rule = "items.csv:9"};
  (void)state;
  assert_int_equal(change_log_init(&log, a, &e), E_OK);
  assert_int_equal(change_number(&log, &t.columns[0], 0, 41, 7905, VAL_IMPUTED, &ratio, &e), E_OK);
  assert_int_equal(change_number(&log, &t.columns[1], 1, 42, -1, VAL_DERIVED, &derived, &e), E_OK);
  assert_int_equal(change_text(&log, &t.columns[2], 0, 41, STR("1"), VAL_CORRECTED, &ratio, &e), E_OK);
  assert_int_equal(change_number(&log, &t.columns[0], 0, 41, 0, VAL_NOT_APPLICABLE, &derived, &e), E_OK);
  assert_int_equal(log.table.n_rows, 4);
  static const char *const want[4][6] = {{"hours", "80.5", "reported", "790.5", "imputed", "previous_ratio"},
      {"born", "", "unknown", "1969-12-31", "derived", "derived"}, {"sex", "2", "reported", "1", "corrected", "previous_ratio"},
      {"hours", "790.5", "imputed", "", "not_applicable", "derived"}};
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 6; k++) assert_text(&log, i, (enum change_column)(CHANGE_ITEM + k), want[i][k]);
  assert_text(&log, 0, CHANGE_CLASS, "E16;3");
  assert_text(&log, 0, CHANGE_RULE, "impute.csv:2");
  assert_text(&log, 0, CHANGE_RECORD_NO, "42");
  assert_text(&log, 0, CHANGE_DONORS, "5");
  assert_int_equal(log.table.columns[CHANGE_DONORS].status[1], VAL_BLANK);
  assert_int_equal(log.table.columns[CHANGE_LEVEL].status[1], VAL_BLANK);
  assert_int_equal(t.columns[0].status[0], VAL_NOT_APPLICABLE);
  assert_int_equal(t.columns[0].i64[0], 0); /* nothing to read under a missing status */
  assert_int_equal(t.columns[1].i64[1], -1);
  arena_free(a);
}

/* Memory runs out at any point: either line and value, or neither. */
static void a_value_never_changes_without_its_line(void **state) {
  int64_t stopped = 0;
  (void)state;
  for (uint64_t n = 1; n < 40; n++) {
    struct arena *a = arena_new(0);
    struct table t = three_columns(a);
    struct change_log log;
    struct err e;
    const struct change_reason why = {.method = "class_mean", .class = STR("A"), .level = 1, .donors = 3, .step = 1, .rule = "impute.csv:2"};
    assert_int_equal(change_log_init(&log, a, &e), E_OK);
    for (int64_t i = 0; i < 300; i++) {
      int64_t before = log.table.n_rows, old = t.columns[0].i64[0];
      if (i == 250) arena_fail_at(n);
      enum err_code code = change_number(&log, &t.columns[0], 0, i, i * 31, VAL_IMPUTED, &why, &e);
      assert_true(code == E_OK || code == E_NO_MEMORY);
      stopped += code == E_NO_MEMORY;
      assert_int_equal(log.table.n_rows, before + (code == E_OK));
      assert_int_equal(t.columns[0].i64[0], code ? old : i * 31);
    }
    arena_fail_at(0);
    arena_free(a);
  }
  assert_true(stopped > 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_change_keeps_old_and_new), cmocka_unit_test(a_value_never_changes_without_its_line)};
  return cmocka_run_group_tests_name("change_log", tests, NULL, NULL);
}

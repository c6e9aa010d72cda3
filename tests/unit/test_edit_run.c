/* Checks over shards, units joined by key: counts, failures, and that nothing depends on threads, cuts or the order of the other dataset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "processing/edit/edit_run.h"
#include "tests/unit/process_fixture.h"

static const char *const current[] = {"u1,A,1,10,100,5", "u2,A,1,0,,", "u3,B,2,20,300,7", "u4,B,2,,50,", "u5,C,3,7,-1,0"};
static const char *const previous[] = {"u5,C,3,7,90", "u3,B,2,20,30", "u1,A,1,10,100"};

static void add_checks(struct small *s) {
  small_check(s, "H1", SEVERITY_HARD, "", "pay >= 0");
  small_check(s, "H2", SEVERITY_HARD, "workers > 0", "not missing(pay)");
  small_check(s, "S1", SEVERITY_SOFT, "", "pay / prev(pay) between 0.5 and 2");
  small_check(s, "I1", SEVERITY_INFO, "", "industry = 'A'");
}

/* H1: u5 fails, u2 has no pay: unknown, 3 pass. H2: universe true for u1 u3 u5 (pass), false for u2, unknown for u4.
 * S1: u1 100/100 = 1 passes; u2, u4 have no previous record; u3 300/30 = 10 fails; u5 -1/90 fails. I1: u1, u2 pass. */
static void counts_by_hand(void **state) {
  struct small *s = small_new();
  struct small_data d = {current, previous, NULL, 5, 3, 0};
  struct edit_result r;
  struct err e;
  static const int64_t want[4][4] = {{3, 1, 1, 0}, {3, 0, 1, 1}, {1, 2, 2, 0}, {2, 3, 0, 0}};
  (void)state;
  add_checks(s);
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, &d, 1), 1, &r, &e), E_OK);
  for (int c = 0; c < 4; c++) {
    assert_int_equal(r.counts[c].passed, want[c][0]);
    assert_int_equal(r.counts[c].failed, want[c][1]);
    assert_int_equal(r.counts[c].unknown, want[c][2]);
    assert_int_equal(r.counts[c].outside, want[c][3]);
  }
  static const int64_t failures[][2] = {{2, 2}, {2, 3}, {3, 3}, {4, 0}, {4, 2}, {4, 3}};
  assert_int_equal(r.n_failures, 6);
  for (int i = 0; i < 6; i++) {
    assert_int_equal(r.record[i], failures[i][0]);
    assert_int_equal(r.check[i], failures[i][1]);
  }
  static const uint8_t states[] = {0, EDIT_UNKNOWN_HARD, EDIT_FAILED_SOFT | EDIT_FAILED_INFO, EDIT_UNKNOWN_HARD | EDIT_FAILED_INFO,
      EDIT_FAILED_HARD | EDIT_FAILED_SOFT | EDIT_FAILED_INFO};
  assert_memory_equal(r.state, states, sizeof states);
  small_free(s);
}

static void nothing_depends_on_threads_or_shards(void **state) {
  enum { N = 100000 };
  (void)state;
  struct small *s = small_new();
  const char **rows = ARENA_ARRAY(s->arena, const char *, N);
  for (int i = 0; i < N; i++) rows[i] = arena_printf(s->arena, "u%d,%c,1,%d,%d,%d", i, 'A' + i % 3, i % 11, i % 97 ? i * 7919 % 1000 - 5 : 3, i % 5);
  struct small_data d = {rows, previous, NULL, N, 3, 0};
  struct edit_result first = {0}, r;
  struct err e;
  add_checks(s);
  static const struct { int threads, shards; } ways[] = {{1, 1}, {2, 1}, {8, 1}, {1, 3}, {3, 7}, {8, 100}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    s->job.n_threads = ways[i].threads;
    assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, &d, ways[i].shards), ways[i].shards, &r, &e), E_OK);
    if (i == 0) first = r;
    assert_int_equal(r.n_failures, first.n_failures);
    assert_true(r.n_failures > 1000);
    assert_memory_equal(r.check, first.check, (size_t)r.n_failures * sizeof *r.check);
    assert_memory_equal(r.record, first.record, (size_t)r.n_failures * sizeof *r.record);
    assert_memory_equal(r.state, first.state, N);
    assert_memory_equal(r.counts, first.counts, 4 * sizeof *r.counts);
  }
  small_free(s);
}

static void divisions_by_zero_are_counted_per_check(void **state) {
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,0,5", "u2,A,1,0,6", "u3,A,1,2,6"), NULL, NULL, 3, 0, 0};
  struct edit_result r;
  struct err e;
  (void)state;
  small_check(s, "D", SEVERITY_SOFT, "", "pay / workers > 1");
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, &d, 2), 2, &r, &e), E_OK);
  assert_int_equal(r.counts[0].divisions_by_zero, 2);
  assert_int_equal(r.counts[0].unknown, 2);
  assert_int_equal(r.counts[0].passed, 1);
  small_free(s);
}

static void overflow_stops_with_the_first_record(void **state) {
  struct small *s = small_new();
  struct small_data d = {
      ROWS("u1,A,1,1,1", "u2,A,1,9000000000000000000,9000000000000000000", "u3,A,1,9000000000000000000,9000000000000000000"), NULL, NULL, 3, 0, 0};
  struct edit_result r;
  struct err e = {0};
  (void)state;
  small_check(s, "O", SEVERITY_HARD, "", "workers * pay * pay > 0");
  s->job.n_threads = 4;
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, &d, 1), 1, &r, &e), E_EXPR_OVERFLOW);
  assert_string_equal(e.subject, "row 2");
  small_free(s);
}

static void a_missing_column_is_an_error(void **state) {
  struct small *s = small_new();
  struct small_data d = {current, NULL, NULL, 5, 0, 0};
  struct edit_result r;
  struct err e = {0};
  (void)state;
  small_check(s, "H1", SEVERITY_HARD, "", "hours > 0");
  struct unit_shard *shards = small_shards(s, &d, 1);
  shards[0].current->n_columns = 3;
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, shards, 1, &r, &e), E_EDIT_NO_COLUMN);
  assert_string_equal(e.subject, "hours");
  small_free(s);
}

static void checks_of_another_record_type_are_marked(void **state) {
  struct small *s = small_new();
  struct small_data d = {current, NULL, NULL, 5, 0, 0};
  struct edit_result r;
  struct err e;
  (void)state;
  small_check(s, "H1", SEVERITY_HARD, "", "pay >= 0");
  small_check(s, "P1", SEVERITY_HARD, "", "pay >= 0");
  s->form.checks[1].record = "person";
  s->form.n_records = 2;
  struct unit_shard *shards = small_shards(s, &d, 1);
  shards[0].record = "unit";
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, shards, 1, &r, &e), E_OK);
  assert_false(r.counts[0].not_run);
  assert_true(r.counts[1].not_run);
  assert_int_equal(r.counts[1].passed + r.counts[1].failed + r.counts[1].unknown + r.counts[1].outside, 0);
  small_free(s);
}

static void failures_become_a_table(void **state) {
  struct small *s = small_new();
  struct small_data d = {current, previous, NULL, 5, 3, 0};
  struct edit_result r;
  struct table t;
  struct err e;
  char buffer[64];
  (void)state;
  add_checks(s);
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, &d, 2), 2, &r, &e), E_OK);
  assert_int_equal(edit_failures_init(s->arena, &t, &e), E_OK);
  assert_int_equal(edit_failures_append(&s->form, &r, "edited", &t, &e), E_OK);
  assert_int_equal(edit_failures_append(&s->form, &r, "imputed", &t, &e), E_OK);
  assert_int_equal(t.n_rows, 12);
  assert_int_equal(t.columns[0].i64[3], 5);
  assert_true(str_eq(column_text(&t.columns[1], 3, buffer, sizeof buffer), STR("H1")));
  assert_true(str_eq(column_text(&t.columns[2], 3, buffer, sizeof buffer), STR("hard")));
  assert_true(str_eq(column_text(&t.columns[3], 9, buffer, sizeof buffer), STR("imputed")));
  small_free(s);
}

/* --- units --- */
static void joined_rows_follow_the_key_not_the_order(void **state) {
  struct small *s = small_new();
  const struct table *now = small_table(s, &s->form, current, 5);
  static const char *const other_order[] = {"u3,B,2,20,30", "u1,A,1,10,100", "u5,C,3,7,90"};
  (void)state;
  for (int way = 0; way < 2; way++) {
    struct unit_match m = {0};
    const struct table *t = small_align(s, &s->form, now, way ? other_order : previous, 3, &m);
    int pay = table_find(t, "pay");
    assert_int_equal(m.rows, 5);
    assert_int_equal(m.matched, 3);
    assert_int_equal(m.absent, 2);
    assert_int_equal(t->columns[pay].i64[0], 100);
    assert_int_equal(t->columns[pay].i64[2], 30);
    assert_int_equal(t->columns[pay].i64[4], 90);
    assert_int_equal(t->columns[pay].status[1], VAL_BLANK);
    assert_int_equal(t->columns[pay].status[3], VAL_BLANK);
  }
  small_free(s);
}

static enum err_code index_of(struct small *s, const char *const *rows, int n, struct err *e) {
  static const char *const keys[] = {"unit_id", "industry"};
  const struct table *t[2] = {small_table(s, &s->form, rows, 1), small_table(s, &s->form, rows + 1, n - 1)};
  const struct unit_source source = {"register", t, 2, keys, 2};
  struct unit_index *x;
  return unit_index_new(s->arena, &source, &x, e);
}

static void duplicates_and_missing_keys_are_refused_by_place(void **state) {
  struct small *s = small_new();
  struct err e;
  (void)state;
  assert_int_equal(index_of(s, ROWS("u1,A", "u1,B", "u2,A"), 3, &e), E_OK);
  assert_int_equal(index_of(s, ROWS("u1,A", "u2,A", "u1,A"), 3, &e), E_UNIT_DUPLICATE);
  assert_string_equal(e.subject, "part 2, row 2");
  assert_int_equal(index_of(s, ROWS("u1,A", "u2,"), 2, &e), E_UNIT_KEY);
  assert_string_equal(e.subject, "part 2, row 1");
  small_free(s);
}

static void many_units_all_find_themselves(void **state) {
  enum { N = 50000 };
  struct small *s = small_new();
  const char **rows = ARENA_ARRAY(s->arena, const char *, N), **back = ARENA_ARRAY(s->arena, const char *, N);
  struct unit_match m = {0};
  (void)state;
  for (int i = 0; i < N; i++) rows[i] = back[N - 1 - i] = arena_printf(s->arena, "%07d,A,1,%d,%d", i, i, i * 3);
  const struct table *now = small_table(s, &s->form, rows, N), *t = small_align(s, &s->form, now, back, N, &m);
  int pay = table_find(t, "pay");
  assert_int_equal(m.matched, N);
  for (int i = 0; i < N; i++) assert_int_equal(t->columns[pay].i64[i], i * 3);
  small_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_by_hand),
      cmocka_unit_test(nothing_depends_on_threads_or_shards),
      cmocka_unit_test(divisions_by_zero_are_counted_per_check),
      cmocka_unit_test(overflow_stops_with_the_first_record),
      cmocka_unit_test(a_missing_column_is_an_error),
      cmocka_unit_test(checks_of_another_record_type_are_marked),
      cmocka_unit_test(failures_become_a_table),
      cmocka_unit_test(joined_rows_follow_the_key_not_the_order),
      cmocka_unit_test(duplicates_and_missing_keys_are_refused_by_place),
      cmocka_unit_test(many_units_all_find_themselves),
  };
  return cmocka_run_group_tests_name("edit_run", tests, NULL, NULL);
}

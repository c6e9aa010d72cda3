/* The expression language: every line of tests/spec/expr.csv and every example of base/expr.md, by blocks and by exact rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "tests/unit/expr_fixture.h"

static int decimals_of(const char *expected) {
  const char *point = strchr(expected, '.');
  return point ? (int)strlen(point + 1) : 0;
}

/* Returns true when the case holds; says which one does not. */
static bool holds(const char *where, int64_t line, struct str text, struct str bindings, const char *expected, int64_t column) {
  struct fixture f = fixture_new();
  struct expr_scope scope = fixture_scope(&f);
  struct expr *x = NULL;
  struct err e = {0};
  const char *results[2] = {NULL, NULL};
  enum err_code code = expr_compile(f.arena, text, &scope, "checks.csv", 7, 1, &x, &e);
  if (code) {
    results[0] = results[1] = err_name(code);
  } else {
    struct fixture_rows *rows = fixture_bind(&f, x, bindings);
    for (int exact = 0; exact < 2; exact++) results[exact] = fixture_evaluate(&f, x, rows, decimals_of(expected), exact, &e);
  }
  bool good = strcmp(results[0], expected) == 0 && strcmp(results[1], expected) == 0 && (column == 0 || (e.column == column && e.line == 7));
  if (!good)
    print_error("%s:%lld: %.*s [%.*s]: expected %s column %lld, got %s and %s column %lld (%s / %s)\n", where, (long long)line, (int)text.n, text.p,
        (int)bindings.n, bindings.p, expected, (long long)column, results[0], results[1], (long long)e.column, e.expected, e.found);
  arena_free(f.arena);
  return good;
}

static void spec_table_holds(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table t;
  struct err e;
  uint8_t *p = NULL;
  size_t n = 0;
  int64_t failed = 0;
  (void)state;
  assert_int_equal(file_read("tests/spec/expr.csv", 1 << 20, &p, &n, &e), E_OK);
  assert_int_equal(csv_table_parse(a, "tests/spec/expr.csv", (char *)p, n, &t, &e), E_OK);
  assert_int_equal(t.n_columns, 4);
  assert_true(t.n_rows > 100);
  for (int64_t i = 0; i < t.n_rows; i++) {
    int64_t column = 0;
    struct str expected = csv_table_cell(&t, i, 2);
    (void)str_int64(csv_table_cell(&t, i, 3), &column);
    failed += !holds(
        "tests/spec/expr.csv", t.lines[i], csv_table_cell(&t, i, 0), csv_table_cell(&t, i, 1), arena_strdup(a, expected.p, expected.n), column);
  }
  assert_int_equal(failed, 0);
  free(p);
  arena_free(a);
}

/* Lines of ```expr fences: EXPRESSION ## BINDINGS -> RESULT */
static void examples_of_the_page_hold(void **state) {
  struct arena *a = arena_new(0);
  struct err e;
  uint8_t *p = NULL;
  size_t n = 0;
  int64_t failed = 0, line = 0, run = 0;
  bool inside = false;
  (void)state;
  assert_int_equal(file_read("base/expr.md", 1 << 20, &p, &n, &e), E_OK);
  struct str text = str_view((char *)p, n);
  while (text.n) {
    struct str one = str_split(text, '\n', &text);
    line++;
    if (str_starts(one, STR("```"))) {
      inside = str_eq(one, STR("```expr"));
      continue;
    }
    const char *mark = inside ? memmem(one.p, one.n, " ## ", 4) : NULL;
    if (!inside || !one.n) continue;
    assert_non_null(mark);
    const char *arrow = memmem(mark, one.n - (size_t)(mark - one.p), "-> ", 3);
    assert_non_null(arrow);
    struct str expected = str_trim(str_view(arrow + 3, (size_t)(one.p + one.n - arrow - 3)));
    failed += !holds("base/expr.md", line, str_trim(str_view(one.p, (size_t)(mark - one.p))),
        str_trim(str_view(mark + 4, (size_t)(arrow - mark - 4))), arena_strdup(a, expected.p, expected.n), 0);
    run++;
  }
  assert_true(run >= 30);
  assert_int_equal(failed, 0);
  free(p);
  arena_free(a);
}

static const char *printed(struct fixture *f, const char *text) {
  struct expr_scope scope = fixture_scope(f);
  struct expr *x = NULL;
  struct err e;
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_int_equal(expr_compile(f->arena, str_of(text), &scope, "x", 1, 1, &x, &e), E_OK);
  assert_int_equal(expr_print(x, &b, &e), E_OK);
  const char *copy = arena_strdup(f->arena, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return copy;
}

static void printing_is_canonical(void **state) {
  static const char *const cases[][2] = {
      {"if a>1 then b=2 and c=3", "(if (a > 1) then ((b = 2) and (c = 3)))"},
      {"a+b*c-1.50", "((a + (b * c)) - 1.50)"},
      {"pref = 01", "(pref = '01')"},
      {"a not in {3,1}", "(not (a in {3,1}))"},
      {"name = \"it's\"", "(name = 'it''s')"},
      {"-(5) = a", "((-(5)) = a)"},
      {"min(a,b,c) < sum(person.income where age<15)", "(min(min(a,b),c) < sum(person.income where (age < 15)))"},
      {"birth >= date('2022-04-01')", "(birth >= date('2022-04-01'))"},
      {"cause in list(maternal) or prefix(cause,1)='O'", "((cause in list(maternal)) or (prefix(cause,1) = 'O'))"},
      {"choose(a=1,'x',b>2,prefix(name,1),substr(name,2,3))", "choose((a = 1),'x',choose((b > 2),prefix(name,1),substr(name,2,3)))"},
      {"choose(a=1,era(birth))=2", "(choose((a = 1),era(birth)) = 2)"},
      {"a between -1 and 2 and missing(prev(b))", "((a between -1 and 2) and missing(prev(b)))"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_new();
    assert_string_equal(printed(&f, cases[i][0]), cases[i][1]);
    assert_string_equal(printed(&f, cases[i][1]), cases[i][1]);
    arena_free(f.arena);
  }
}

static void divisions_by_zero_are_counted(void **state) {
  (void)state;
  for (int exact = 0; exact < 2; exact++) {
    struct fixture f = fixture_new();
    struct expr_scope scope = fixture_scope(&f);
    struct expr *x = NULL;
    struct err e;
    uint8_t out[EXPR_BATCH];
    assert_int_equal(expr_compile(f.arena, STR("a / b > 1 or mod(a, b) = 0"), &scope, "x", 1, 1, &x, &e), E_OK);
    struct fixture_rows *rows = fixture_bind(&f, x, STR("a=5;b=0"));
    struct expr_scratch *s = expr_scratch_new(f.arena, x);
    s->exact_only = exact;
    assert_int_equal(expr_eval_bool(x, &rows->binding, s, 0, FIXTURE_ROWS, out, &e), E_OK);
    assert_int_equal(expr_divisions_by_zero(s), 2 * FIXTURE_ROWS);
    arena_free(f.arena);
  }
}

static void overflow_names_the_row(void **state) {
  struct fixture f = fixture_new();
  struct expr_scope scope = fixture_scope(&f);
  struct expr *x = NULL;
  struct err e;
  uint8_t out[EXPR_BATCH];
  (void)state;
  assert_int_equal(expr_compile(f.arena, STR("a * b * c > 0"), &scope, "checks.csv", 9, 30, &x, &e), E_OK);
  struct fixture_rows *rows = fixture_bind(&f, x, STR("a=1;b=1;c=1"));
  for (int i = 0; i < 3; i++) rows->binding.columns[i]->i64[777] = INT64_MAX;
  struct expr_scratch *s = expr_scratch_new(f.arena, x);
  assert_int_equal(expr_eval_bool(x, &rows->binding, s, 0, FIXTURE_ROWS, out, &e), E_EXPR_OVERFLOW);
  assert_string_equal(e.subject, "row 778");
  assert_int_equal(e.line, 9);
  assert_int_equal(e.column, 30 + 6);
  rows->binding.columns[1]->status[777] = VAL_BLANK;
  assert_int_equal(expr_eval_bool(x, &rows->binding, s, 0, FIXTURE_ROWS, out, &e), E_OK);
  assert_int_equal(out[777], EXPR_UNKNOWN);
  assert_int_equal(out[776], EXPR_TRUE);
  arena_free(f.arena);
}

static void tables_follow_the_dictionary_of_each_pass(void **state) {
  struct fixture f = fixture_new();
  struct expr_scope scope = fixture_scope(&f);
  struct expr *x = NULL;
  struct err e;
  uint8_t out[EXPR_BATCH];
  (void)state;
  assert_int_equal(expr_compile(f.arena, STR("pref = 01"), &scope, "x", 1, 1, &x, &e), E_OK);
  struct expr_scratch *s = expr_scratch_new(f.arena, x);
  struct fixture_rows *hokkaido = fixture_bind(&f, x, STR("pref=01")), *aomori = fixture_bind(&f, x, STR("pref=02"));
  assert_int_equal(expr_eval_bool(x, &hokkaido->binding, s, 0, 10, out, &e), E_OK);
  assert_int_equal(out[9], EXPR_TRUE);
  assert_int_equal(expr_eval_bool(x, &aomori->binding, s, 0, 10, out, &e), E_OK);
  assert_int_equal(out[9], EXPR_FALSE);
  arena_free(f.arena);
}

static void wrong_columns_are_refused(void **state) {
  struct fixture f = fixture_new();
  struct expr_scope scope = fixture_scope(&f);
  struct expr *x = NULL;
  struct err e;
  uint8_t out[4];
  (void)state;
  assert_int_equal(expr_compile(f.arena, STR("a = 1"), &scope, "x", 1, 1, &x, &e), E_OK);
  struct fixture_rows *rows = fixture_bind(&f, x, STR("a=1"));
  struct column two_decimals = *rows->binding.columns[0];
  two_decimals.decimals = 2;
  const struct column *columns[] = {&two_decimals};
  struct expr_binding binding = {columns, NULL, 0};
  assert_int_equal(expr_eval_bool(x, &binding, expr_scratch_new(f.arena, x), 0, 4, out, &e), E_EXPR_BIND);
  arena_free(f.arena);
}

static void limits_are_errors(void **state) {
  struct fixture f = fixture_new();
  struct expr_scope scope = fixture_scope(&f);
  struct expr *x = NULL;
  struct err e;
  char text[EXPR_MAX_TEXT + 2];
  (void)state;
  memset(text, ' ', sizeof text);
  assert_int_equal(expr_compile(f.arena, str_view(text, sizeof text), &scope, "x", 1, 1, &x, &e), E_EXPR_TOO_LONG);
  memset(text, '(', 200);
  assert_int_equal(expr_compile(f.arena, str_view(text, 200), &scope, "x", 1, 1, &x, &e), E_EXPR_TOO_DEEP);
  for (int i = 0; i < 2000; i++) memcpy(text + 2 * i, i == 1999 ? "a " : "a+", 2);
  assert_int_equal(expr_compile(f.arena, str_view(text, 4000), &scope, "x", 1, 1, &x, &e), E_EXPR_TOO_DEEP);
  memcpy(text, "a = '\xff'", 8);
  assert_int_equal(expr_compile(f.arena, str_view(text, 8), &scope, "x", 1, 1, &x, &e), E_EXPR_SYNTAX);
  arena_free(f.arena);
}

/* Each allocation in turn fails: an error, never a crash. */
static void out_of_memory_is_an_error(void **state) {
  (void)state;
  for (uint64_t n = 1; n < 60; n++) {
    struct fixture f = fixture_new();
    struct expr_scope scope = fixture_scope(&f);
    struct expr *x = NULL;
    struct err e;
    arena_fail_at(n);
    enum err_code code =
        expr_compile(f.arena, STR("if a/b > 1.5 then pref in {01,02} and count(person where age < 15) >= 1"), &scope, "x", 1, 1, &x, &e);
    if (code == E_OK && !expr_scratch_new(f.arena, x)) code = E_NO_MEMORY;
    arena_fail_at(0);
    assert_true(code == E_OK || code == E_NO_MEMORY);
    if (n == 1) assert_int_equal(code, E_NO_MEMORY);
    arena_free(f.arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spec_table_holds),
      cmocka_unit_test(examples_of_the_page_hold),
      cmocka_unit_test(printing_is_canonical),
      cmocka_unit_test(divisions_by_zero_are_counted),
      cmocka_unit_test(overflow_names_the_row),
      cmocka_unit_test(tables_follow_the_dictionary_of_each_pass),
      cmocka_unit_test(wrong_columns_are_refused),
      cmocka_unit_test(limits_are_errors),
      cmocka_unit_test(out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests_name("expr", tests, NULL, NULL);
}

/* CSV reading: nothing trimmed, places kept, caps and damage found. Every case is fed whole and one byte at a time: the answers must be the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ext_csv.h"

struct row_case {
  const char *name, *text;
  size_t n; /* 0 = strlen */
  const char *rows; /* line:[cell][cell] per row; a quoted empty cell is "" */
  enum err_code code;
  int64_t line, column;
};

static const struct row_case CASES[] = {
    {.name = "plain rows", .text = "a,b\nc,d\n", .rows = "1:[a][b] 2:[c][d]"},
    {.name = "last line end may be missing", .text = "a,b\nc,d", .rows = "1:[a][b] 2:[c][d]"},
    {.name = "spaces and tabs are kept", .text = " a ,\tb\t, \n", .rows = "1:[ a ][\tb\t][ ]"},
    {.name = "ideographic space is kept", .text = "\xE3\x80\x80x,y\n", .rows = "1:[\xE3\x80\x80x][y]"},
    {.name = "spaces inside quotes are kept", .text = "\" a \",b\n", .rows = "1:[ a ][b]"},
    {.name = "quoted empty differs from empty", .text = ",\"\",x\n", .rows = "1:[][\"\"][x]"},
    {.name = "crlf counts once", .text = "a\r\nb\r\nc", .rows = "1:[a] 2:[b] 3:[c]"},
    {.name = "cr alone ends a line", .text = "a\rb\rc", .rows = "1:[a] 2:[b] 3:[c]"},
    {.name = "blank lines are skipped and counted", .text = "a\n\n\nb\r\n\r\nc\n", .rows = "1:[a] 4:[b] 6:[c]"},
    {.name = "newline in quotes is text and counts", .text = "\"a\nb\",c\nd\n", .rows = "1:[a\nb][c] 3:[d]"},
    {.name = "crlf in quotes counts once", .text = "\"a\r\nb\",c\r\nd\r\n", .rows = "1:[a\r\nb][c] 3:[d]"},
    {.name = "doubled quote is one quote", .text = "\"a\"\"b\"\n", .rows = "1:[a\"b]"},
    {.name = "trailing delimiter makes an empty cell", .text = "a,\n,\n", .rows = "1:[a][] 2:[][]"},
    {.name = "backslash is an ordinary character", .text = "a\\,b\n", .rows = "1:[a\\][b]"},
    {.name = "empty input has no rows", .text = "", .rows = ""},
    {.name = "open quote names the line where it opened",
        .text = "a\nb,\"c\nd\ne",
        .rows = "1:[a]",
        .code = E_CSV_OPEN_QUOTE,
        .line = 2,
        .column = 2},
    {.name = "quote inside an unquoted cell", .text = "a\nx,b\"c,d\n", .rows = "1:[a]", .code = E_CSV_QUOTE, .line = 2, .column = 2},
    {.name = "text after a closing quote", .text = "\"a\"b,c\n", .rows = "", .code = E_CSV_QUOTE, .line = 1, .column = 1},
    {.name = "nul", .text = "a\nb,c\0d\n", .n = 8, .rows = "1:[a]", .code = E_CSV_NUL, .line = 2, .column = 2},
    {.name = "nul inside quotes names its own line", .text = "\"a\nb\0\"\n", .n = 7, .rows = "", .code = E_CSV_NUL, .line = 2, .column = 1},
    {.name = "too many cells", .text = "1,2,3,4\n1,2,3,4,5\n", .rows = "1:[1][2][3][4]", .code = E_CSV_TOO_WIDE, .line = 2, .column = 5},
    {.name = "too many bytes", .text = "ok\n0123456789,0123456789,0123456789,0\n", .rows = "1:[ok]", .code = E_CSV_TOO_LONG, .line = 2, .column = 4},
};

static enum err_code on_row(void *context, const struct csv_row *row, struct err *e) {
  (void)e;
  struct strbuf *b = context;
  strbuf_addf(b, "%s%lld:", b->n ? " " : "", (long long)row->line);
  for (int64_t i = 0; i < row->n_cells; i++) {
    struct csv_cell c = row->cells[i];
    strbuf_addc(b, '[');
    if ((c.flags & CSV_CELL_QUOTED) && !c.text.n) strbuf_adds(b, "\"\"");
    strbuf_add(b, c.text.p, c.text.n);
    strbuf_addc(b, ']');
  }
  return E_OK;
}

static void run_case(const struct row_case *c, size_t piece) {
  struct csv_limits limits = {.cells_per_row = 4, .bytes_per_row = 30};
  struct csv_reader *r;
  struct err e = {0};
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_int_equal(csv_reader_new("f.csv", &limits, ',', on_row, &b, &r, &e), E_OK);
  size_t n = c->n ? c->n : strlen(c->text);
  enum err_code code = E_OK;
  for (size_t at = 0; at < n && !code; at += piece) code = csv_reader_feed(r, c->text + at, n - at < piece ? n - at : piece, &e);
  if (!code) code = csv_reader_end(r, &e);
  if (code != c->code || strcmp(strbuf_cstr(&b), c->rows) != 0)
    print_error("case: %s (pieces of %zu): %s, %s\n", c->name, piece, err_name(code), strbuf_cstr(&b));
  assert_int_equal(code, c->code);
  assert_string_equal(strbuf_cstr(&b), c->rows);
  if (code) {
    if (e.line != c->line || e.column != c->column) print_error("case: %s\n", c->name);
    assert_int_equal(e.line, c->line);
    assert_int_equal(e.column, c->column);
    assert_string_equal(e.file, "f.csv");
    assert_int_equal(csv_reader_feed(r, "a", 1, &e), c->code); /* a failure sticks */
  }
  csv_reader_free(r);
  strbuf_release(&b);
}

static void rows_and_places(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
    for (size_t piece = 1; piece <= 64; piece = piece * 3 + 1) run_case(&CASES[i], piece);
}

static enum err_code stop_at_second(void *context, const struct csv_row *row, struct err *e) {
  ++*(int *)context;
  return row->line == 2 ? ERR(e, E_CAP_EXCEEDED, .subject = "rows") : E_OK;
}

static void callback_error_stops_the_reading(void **state) {
  (void)state;
  int calls = 0;
  struct csv_reader *r;
  struct err e = {0};
  assert_int_equal(csv_reader_new("f", NULL, ',', stop_at_second, &calls, &r, &e), E_OK);
  assert_int_equal(csv_reader_feed(r, "a\nb\nc\nd\n", 8, &e), E_CAP_EXCEEDED);
  assert_int_equal(calls, 2);
  csv_reader_free(r);
}

static enum err_code check_long(void *context, const struct csv_row *row, struct err *e) {
  (void)e;
  assert_int_equal(row->n_cells, 3);
  for (int64_t i = 0; i < 3; i++)
    for (size_t k = 0; k < row->cells[i].text.n; k++) assert_int_equal(row->cells[i].text.p[k], 'a' + i);
  ++*(int *)context;
  return E_OK;
}

/* The row's text moves when it grows: earlier cells must still point at their own bytes. */
static void cells_survive_growth(void **state) {
  (void)state;
  static char text[300 * 1024];
  struct csv_reader *r;
  struct err e = {0};
  int rows = 0;
  size_t n = 0;
  for (int i = 0; i < 3; i++) {
    memset(text + n, 'a' + i, 90000);
    n += 90000;
    text[n++] = i < 2 ? ',' : '\n';
  }
  assert_int_equal(csv_reader_new("f", NULL, ',', check_long, &rows, &r, &e), E_OK);
  assert_int_equal(csv_reader_feed(r, text, n, &e), E_OK);
  assert_int_equal(csv_reader_end(r, &e), E_OK);
  assert_int_equal(rows, 1);
  csv_reader_free(r);
}

static void table_has_header_and_lines(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct csv_table t;
  struct err e = {0};
  const char *text = "\xEF\xBB\xBF" "name,label\r\nx,\"a\nb\"\r\ny\r\n";
  assert_int_equal(csv_table_parse(a, "t.csv", text, strlen(text), &t, &e), E_OK);
  assert_int_equal(t.n_rows, 2);
  assert_int_equal(csv_table_column(&t, "label"), 1);
  assert_int_equal(csv_table_column(&t, "nothing"), -1);
  assert_int_equal(t.lines[0], 2);
  assert_int_equal(t.lines[1], 4);
  assert_true(str_eq(csv_table_cell(&t, 0, 1), STR("a\nb")));
  assert_true(str_eq(csv_table_cell(&t, 1, 0), STR("y")));
  assert_int_equal(csv_table_cell(&t, 1, 1).n, 0);
  arena_free(a);
}

static void table_refusals(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum err_code code;
    int64_t line, column;
  } bad[] = {
      {"", E_CSV_NO_HEADER, 1, 0},
      {"a,b,a\n", E_CSV_HEADER_TWICE, 1, 3},
      {"a,b\n1,2\n1,2,3\n", E_CSV_EXTRA_CELL, 3, 3},
      {"a,b\n1,\xFF\n", E_CSV_NOT_UTF8, 2, 0},
      {"a,b\n1,\x82\xA0\n", E_CSV_NOT_UTF8, 2, 0},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct arena *a = arena_new(0);
    struct csv_table t;
    struct err e = {0};
    assert_int_equal(csv_table_parse(a, "t.csv", bad[i].text, strlen(bad[i].text), &t, &e), bad[i].code);
    assert_int_equal(e.line, bad[i].line);
    assert_int_equal(e.column, bad[i].column);
    arena_free(a);
  }
}

static void what_would_be_a_formula_is_a_text(void **state) {
  (void)state;
  static const struct {
    const char *cell, *out;
  } cases[] = {
      {"=1+1", "'=1+1"},
      {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
      {"+81-3", "'+81-3"},
      {"-1-2", "'-1-2"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "'\t=1"},
      {"\r=1", "\"'\r=1\""},
      {"-5", "-5"},
      {"+5", "+5"},
      {"-0.25", "-0.25"},
      {"-.5", "-.5"},
      {"-1e-05", "-1e-05"},
      {"-1e", "'-1e"},
      {"-1.2.3", "'-1.2.3"},
      {"-inf", "'-inf"},
      {"-", "-"},
      {"----", "----"},
      {"=", "="},
      {"", ""},
      {"a=1", "a=1"},
      {" =1", " =1"},
      {"'x", "'x"},
      {"\xe2\x88\x92"
       "5",
          "\xe2\x88\x92"
          "5"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf b;
    strbuf_init(&b, 0);
    csv_put_text(&b, str_of(cases[i].cell), true);
    assert_string_equal(strbuf_cstr(&b), cases[i].out);
    strbuf_release(&b);
  }
}
static void put_quotes_only_what_needs_it(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 0);
  csv_put(&b, STR("a b"), true);
  csv_put(&b, STR("a,b"), false);
  csv_put(&b, STR("say \"x\""), false);
  csv_put(&b, STR("l1\nl2"), false);
  csv_put(&b, STR(""), false);
  assert_string_equal(strbuf_cstr(&b), "a b,\"a,b\",\"say \"\"x\"\"\",\"l1\nl2\",");
  strbuf_release(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_and_places),
      cmocka_unit_test(callback_error_stops_the_reading),
      cmocka_unit_test(cells_survive_growth),
      cmocka_unit_test(table_has_header_and_lines),
      cmocka_unit_test(table_refusals),
      cmocka_unit_test(what_would_be_a_formula_is_a_text),
      cmocka_unit_test(put_quotes_only_what_needs_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

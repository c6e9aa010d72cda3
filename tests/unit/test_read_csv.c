/* The CSV reader: rows with places out of files in every encoding, limits before allocation, errors with line and cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sys/resource.h>

#include "collector/read_source.h"

struct seen {
  struct strbuf text;
  int64_t rows, lines[64];
  unsigned flags;
};

/* "cell|cell\n" per row */
static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  struct seen *s = context;
  (void)e;
  if (s->rows < 64) s->lines[s->rows] = row->line;
  s->rows++;
  for (int64_t i = 0; i < row->n_cells; i++) {
    if (i) strbuf_addc(&s->text, '|');
    strbuf_add(&s->text, row->cells[i].text.p, row->cells[i].text.n);
    s->flags |= row->cells[i].flags;
  }
  strbuf_addc(&s->text, '\n');
  return E_OK;
}

static char path[] = "/tmp/shirabe-read-csv-XXXXXX";

static void write_file(const char *p, size_t n) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(p, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static enum err_code read_file(struct seen *s, struct err *e) {
  struct job job = {.n_threads = 1};
  struct source source;
  struct arena *a = arena_new(0);
  memset(s, 0, sizeof *s);
  strbuf_init(&s->text, 0);
  enum err_code code = source_open(a, path, true, &source, e);
  if (!code) code = source_reader_csv.read(&job, &source, on_row, s, e);
  source_close(&source);
  arena_free(a);
  return code;
}

#define BYTES(literal) (literal), sizeof(literal) - 1

static void cells_come_as_they_stand(void **state) {
  (void)state;
  static const struct {
    const char *p;
    size_t n;
    const char *rows;
  } cases[] = {
    {BYTES("a,b\r\n1, 2 \r\n"), "a|b\n1| 2 \n"},
    {BYTES("a,b\n \n,\n"), "a|b\n \n|\n"},
    {BYTES("\xef\xbb\xbf" "a,b\n1,2"), "a|b\n1|2\n"},
    {BYTES("\"a\nb\",\"c\"\"d\"\n\n1,2\n"), "a\nb|c\"d\n1|2\n"},
    {BYTES("\x90\xab\x95\xca,\x83\x5c\n\xb1,\x81\x7c\n"), "性別|ソ\nｱ|－\n"},
    {BYTES("\xe6\x80\xa7,\xe2\x91\xa0\n"), "性|①\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct seen s;
    struct err e = {0};
    write_file(cases[i].p, cases[i].n);
    assert_int_equal(read_file(&s, &e), E_OK);
    assert_string_equal(strbuf_cstr(&s.text), cases[i].rows);
    strbuf_release(&s.text);
  }
}

static void a_row_knows_its_line_although_cells_hold_line_breaks(void **state) {
  (void)state;
  struct seen s;
  struct err e = {0};
  write_file(BYTES("a,b\r\n\"1\r\n1\",2\r\n\r\n3,4\r\n"));
  assert_int_equal(read_file(&s, &e), E_OK);
  assert_int_equal(s.rows, 3);
  assert_true(s.lines[0] == 1 && s.lines[1] == 2 && s.lines[2] == 5);
  strbuf_release(&s.text);
}

static void an_external_character_flags_its_cell(void **state) {
  (void)state;
  struct seen s;
  struct err e = {0};
  write_file(BYTES("a,\xf0\x40" "b\n"));
  assert_int_equal(read_file(&s, &e), E_OK);
  assert_int_equal(s.flags, SOURCE_CELL_EXTERNAL);
  assert_int_equal(external_character(str_view(s.text.p, s.text.n)), 0xe000);
  strbuf_release(&s.text);
}

static void a_broken_file_is_an_error_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *p;
    size_t n;
    enum err_code code;
    int64_t line;
  } cases[] = {
    {BYTES(""), E_INPUT_EMPTY, 0},
    {BYTES("a,b\n1,\"open\n2,3\n"), E_CSV_OPEN_QUOTE, 2},
    {BYTES("a,b\n1,\0002\n3,4 and more text here\n"), E_INPUT_NUL, 2},
    {BYTES("a,b\n1,x\"y\n"), E_CSV_QUOTE, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct seen s;
    struct err e = {0};
    write_file(cases[i].p, cases[i].n);
    assert_int_equal(read_file(&s, &e), cases[i].code);
    assert_int_equal(e.line, cases[i].line);
    strbuf_release(&s.text);
  }
}

static long peak_kib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss;
}

/* A million columns and a line of 8 MiB stop at the limits of one row, without room for the whole. */
static void a_monstrous_row_is_refused_without_allocating_it(void **state) {
  (void)state;
  enum { N = 8 << 20 };
  char *p = malloc(N);
  struct seen s;
  struct err e = {0};
  memset(p, ',', N);
  write_file(p, N);
  assert_int_equal(read_file(&s, &e), E_CSV_TOO_WIDE);
  assert_int_equal(e.line, 1);
  strbuf_release(&s.text);
  memset(p, 'x', N);
  write_file(p, N);
  long before = peak_kib();
  assert_int_equal(read_file(&s, &e), E_CSV_TOO_LONG);
  assert_int_equal(e.line, 1);
  strbuf_release(&s.text);
  free(p);
  assert_true(peak_kib() - before < 40 * 1024);
}

static void a_file_that_grows_meanwhile_is_noticed(void **state) {
  (void)state;
  struct source source;
  struct err e = {0};
  struct arena *a = arena_new(0);
  write_file(BYTES("a,b\n1,2\n"));
  assert_int_equal(source_open(a, path, true, &source, &e), E_OK);
  assert_false(source_changed(&source));
  write_file(BYTES("a,b\n1,2\n3,4\n"));
  assert_true(source_changed(&source));
  source_close(&source);
  arena_free(a);
}

static void what_is_no_file_cannot_be_opened(void **state) {
  (void)state;
  struct source source;
  struct err e = {0};
  struct arena *a = arena_new(0);
  assert_int_equal(source_open(a, "/nonexistent/file.csv", true, &source, &e), E_FILE_OPEN);
  source_close(&source);
  assert_int_equal(source_open(a, "/tmp", true, &source, &e), E_FILE_OPEN);
  source_close(&source);
  arena_free(a);
}

static int setup(void **state) {
  (void)state;
  int fd = mkstemp(path);
  return fd < 0 || close(fd) ? -1 : 0;
}
static int teardown(void **state) {
  (void)state;
  return unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cells_come_as_they_stand),
    cmocka_unit_test(a_row_knows_its_line_although_cells_hold_line_breaks),
    cmocka_unit_test(an_external_character_flags_its_cell),
    cmocka_unit_test(a_broken_file_is_an_error_with_its_place),
    cmocka_unit_test(a_monstrous_row_is_refused_without_allocating_it),
    cmocka_unit_test(a_file_that_grows_meanwhile_is_noticed),
    cmocka_unit_test(what_is_no_file_cannot_be_opened),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}

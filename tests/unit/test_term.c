/* Terminal: tables align in display columns, colour needs a terminal and no NO_COLOR, no progress into files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <termios.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/term.h"

static char *printed(const struct text_table *t, bool header) {
  char *p = NULL;
  size_t n = 0;
  FILE *f = tmpfile();
  assert_non_null(f);
  text_table_print(t, f, header);
  n = (size_t)ftell(f);
  p = calloc(n + 1, 1);
  rewind(f);
  assert_int_equal(fread(p, 1, n, f), n);
  fclose(f);
  return p;
}

static void columns_align_by_display_width(void **state) {
  (void)state;
  static const char *const cells[] = {"office", "件数", "札幌市", "1,234", "A", "5", "ｱｲ", ""};
  struct text_table *t = text_table_new(2);
  text_table_right(t, 1);
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) text_table_cell(t, cells[i]);
  char *text = printed(t, true);
  assert_string_equal(text, "office   件数\n------  -----\n札幌市  1,234\nA           5\nｱｲ           \n");
  free(text);
  text_table_free(t);
}

static void the_last_left_column_has_no_blanks_behind(void **state) {
  (void)state;
  struct text_table *t = text_table_new(2);
  for (const char *const *p = (const char *const[]){"a", "long text", "b", "x", NULL}; *p; p++) text_table_cell(t, *p);
  char *text = printed(t, false);
  assert_string_equal(text, "a  long text\nb  x\n");
  free(text);
  text_table_free(t);
}

static void a_file_gets_no_colour(void **state) {
  (void)state;
  struct text_table *t = text_table_new(1);
  text_table_cell(t, "red");
  text_table_colour(t, 0, 0, 31);
  text_table_colour(t, 9, 9, 31); /* outside: ignored */
  setenv("TERM", "xterm", 1);
  char *text = printed(t, false);
  assert_string_equal(text, "red\n");
  free(text);
  text_table_free(t);
}

static FILE *open_terminal(int *master) {
  *master = posix_openpt(O_RDWR | O_NOCTTY);
  if (*master < 0 || grantpt(*master) || unlockpt(*master)) return NULL;
  int fd = open(ptsname(*master), O_RDWR | O_NOCTTY);
  return fd < 0 ? NULL : fdopen(fd, "r+");
}

static void a_terminal_has_colour_unless_told_otherwise(void **state) {
  (void)state;
  int master;
  FILE *f = open_terminal(&master);
  if (!f) skip();
  unsetenv("NO_COLOR");
  setenv("TERM", "xterm", 1);
  assert_true(term_is_terminal(f));
  assert_true(term_colour(f));
  setenv("NO_COLOR", "", 1); /* empty counts as not set */
  assert_true(term_colour(f));
  setenv("NO_COLOR", "1", 1);
  assert_false(term_colour(f));
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  assert_false(term_colour(f));
  struct winsize size = {.ws_col = 123, .ws_row = 40};
  assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
  assert_int_equal(term_width(f), 123);
  fclose(f);
  close(master);
}

static void a_file_is_80_columns_wide(void **state) {
  (void)state;
  FILE *f = tmpfile();
  assert_false(term_is_terminal(f));
  assert_int_equal(term_width(f), 80);
  fclose(f);
}

static void progress_is_silent_without_a_terminal(void **state) {
  (void)state;
  FILE *f = tmpfile();
  int saved = dup(2);
  fflush(stderr);
  dup2(fileno(f), 2);
  term_progress("reading", 1, 10);
  term_progress("reading", 10, 10);
  term_progress_end();
  fflush(stderr);
  dup2(saved, 2);
  close(saved);
  assert_int_equal(lseek(fileno(f), 0, SEEK_END), 0);
  fclose(f);
}

static void progress_is_drawn_on_a_terminal_and_wiped(void **state) {
  (void)state;
  int master, saved = dup(2);
  FILE *f = open_terminal(&master);
  if (!f) skip();
  fflush(stderr);
  dup2(fileno(f), 2);
  term_progress("reading", 10, 10);
  term_progress_end();
  term_progress_end();
  fflush(stderr);
  dup2(saved, 2);
  close(saved);
  char got[256] = "";
  ssize_t n = read(master, got, sizeof got - 1);
  assert_true(n > 0);
  assert_string_equal(got, "\r\033[Kreading: 10 / 10 (100%)\r\033[K");
  fclose(f);
  close(master);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_align_by_display_width),
      cmocka_unit_test(the_last_left_column_has_no_blanks_behind),
      cmocka_unit_test(a_file_gets_no_colour),
      cmocka_unit_test(a_terminal_has_colour_unless_told_otherwise),
      cmocka_unit_test(a_file_is_80_columns_wide),
      cmocka_unit_test(progress_is_silent_without_a_terminal),
      cmocka_unit_test(progress_is_drawn_on_a_terminal_and_wiped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

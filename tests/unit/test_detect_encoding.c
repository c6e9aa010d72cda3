/* Encoding decided on the whole file: a table of byte strings, what they are, and where they break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collector/detect_encoding.h"

static struct cp932 *table;

static int setup(void **state) {
  (void)state;
  struct err e;
  table = malloc(sizeof *table);
  return table && cp932_init(table, &e) == E_OK ? 0 : -1;
}
static int teardown(void **state) {
  (void)state;
  free(table);
  return 0;
}

#define BYTES(literal) (literal), sizeof(literal) - 1

static void each_text_is_what_it_is(void **state) {
  (void)state;
  static const struct {
    const char *p;
    size_t n;
    enum text_encoding encoding;
    size_t skip;
  } cases[] = {
    {BYTES("a,b\n1,2\n"), ENCODING_ASCII, 0},
    {BYTES("\xef\xbb\xbf" "a,b\n"), ENCODING_UTF8_BOM, 3},
    {BYTES("\xef\xbb\xbf\xe6\x80\xa7\xe5\x88\xa5\n"), ENCODING_UTF8_BOM, 3},
    {BYTES("\xe6\x80\xa7\xe5\x88\xa5\n"), ENCODING_UTF8, 0},
    {BYTES("\x90\xab\x95\xca\n"), ENCODING_CP932, 0},
    {BYTES("\xb1\xb2\xb3\n"), ENCODING_CP932, 0},
    {BYTES("a\\b~c\n"), ENCODING_ASCII, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct encoding_report r;
    struct err e = {0};
    assert_int_equal(detect_encoding("f", (const uint8_t *)cases[i].p, cases[i].n, table, &r, &e), E_OK);
    assert_int_equal(r.encoding, cases[i].encoding);
    assert_int_equal(r.skip, cases[i].skip);
  }
}

static void what_is_no_text_is_refused_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *p;
    size_t n;
    enum err_code code;
    int64_t line, column;
  } cases[] = {
    {BYTES(""), E_INPUT_EMPTY, 0, 0},
    {BYTES("\xff\xfe" "a\0,\0b\0"), E_INPUT_UTF16, 1, 0},
    {BYTES("\xfe\xff\0a\0,\0b"), E_INPUT_UTF16, 1, 0},
    {BYTES("a\0,\0b\0\n\0" "1\0,\0" "2\0\n\0"), E_INPUT_UTF16, 1, 0},
    {BYTES("\0a\0,\0b\0\n\0" "1\0,\0" "2\0\n"), E_INPUT_UTF16, 1, 0},
    {BYTES("a,b\n1,\0\n2,3 and more of this line\n"), E_INPUT_NUL, 2, 3},
    {BYTES("PK\003\004 a workbook"), E_INPUT_BINARY, 1, 0},
    {BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old one"), E_INPUT_BINARY, 1, 0},
    {BYTES("%PDF-1.7\n"), E_INPUT_BINARY, 1, 0},
    {BYTES("\x01\x02\x03\x04\x05 noise"), E_INPUT_BINARY, 1, 0},
    {BYTES("a,b\n\x90\xab,\xff\n"), E_INPUT_ENCODING, 2, 3},
    {BYTES("\xef\xbb\xbf" "a,b\n\x90\xab\n"), E_INPUT_ENCODING, 2, 1},
    {BYTES("a\n\xe6\x80\xa7,\x80\n"), E_INPUT_ENCODING, 2, 4},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct encoding_report r;
    struct err e = {0};
    enum err_code code = detect_encoding("f", (const uint8_t *)cases[i].p, cases[i].n, table, &r, &e);
    if (code != cases[i].code) fail_msg("case %zu: %s, expected %s", i, err_name(code), err_name(cases[i].code));
    assert_int_equal(e.line, cases[i].line);
    if (cases[i].code != E_INPUT_UTF16 && cases[i].code != E_INPUT_BINARY && e.column != cases[i].column)
      fail_msg("case %zu: column %lld", i, (long long)e.column);
  }
}

/* A head sample would call this ASCII; one character at the end decides. */
static void one_character_after_200_kilobytes_decides(void **state) {
  (void)state;
  enum { N = 200 * 1024 };
  uint8_t *p = malloc(N + 2);
  struct encoding_report r;
  struct err e = {0};
  memset(p, 'a', N);
  memcpy(p + N, "\x88\x9f", 2);
  assert_int_equal(detect_encoding("f", p, N + 2, table, &r, &e), E_OK);
  assert_int_equal(r.encoding, ENCODING_CP932);
  memcpy(p + N - 1, "\xe4\xba\x9c", 3);
  assert_int_equal(detect_encoding("f", p, N + 2, table, &r, &e), E_OK);
  assert_int_equal(r.encoding, ENCODING_UTF8);
  p[N + 1] = 0xff;
  assert_int_equal(detect_encoding("f", p, N + 2, table, &r, &e), E_INPUT_ENCODING);
  free(p);
}

static void doubts_are_counted(void **state) {
  (void)state;
  struct encoding_report r;
  struct err e = {0};
  static const char garbled[] = "a\n縺ゅ＞縺�縺��\n";
  assert_int_equal(detect_encoding("f", (const uint8_t *)garbled, sizeof garbled - 1, table, &r, &e), E_OK);
  assert_int_equal(r.mojibake, 3);
  assert_int_equal(r.mojibake_line, 2);
  assert_int_equal(r.lost, 3);
  static const char private_use[] = "\xee\x80\x80,\xee\x9d\x97\n";
  assert_int_equal(detect_encoding("f", (const uint8_t *)private_use, sizeof private_use - 1, table, &r, &e), E_OK);
  assert_int_equal(r.external, 2);
  static const char external[] = "\xf0\x40,\xf9\xfc,\xe3\x81\xe3\x82\n";
  assert_int_equal(detect_encoding("f", (const uint8_t *)external, sizeof external - 1, table, &r, &e), E_OK);
  assert_int_equal(r.encoding, ENCODING_CP932);
  assert_int_equal(r.external, 2);
  assert_int_equal(r.mojibake, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_text_is_what_it_is), cmocka_unit_test(what_is_no_text_is_refused_with_its_place),
                                     cmocka_unit_test(one_character_after_200_kilobytes_decides), cmocka_unit_test(doubts_are_counted)};
  return cmocka_run_group_tests(tests, setup, teardown);
}

/* CP932 by table against the C library's converter, code by code, and the round-trip facts of collection practice: 9,604 double-byte codes outside
 * the external area with a character, of which 398 come back as another code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <iconv.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/str.h"
#include "collector/decode_cp932.h"

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

static size_t convert(iconv_t with, const char *p, size_t n, char *out, size_t size) {
  char *from = (char *)(uintptr_t)p, *to = out;
  size_t left = size;
  iconv(with, NULL, NULL, NULL, NULL);
  return iconv(with, &from, &n, &to, &left) == (size_t)-1 || n ? 0 : size - left;
}

static void every_code_decodes_as_the_c_library_does(void **state) {
  (void)state;
  iconv_t with = iconv_open("UTF-8", "CP932");
  assert_true(with != (iconv_t)-1);
  int characters = 0;
  for (unsigned code = 1; code < 0x10000; code++) {
    uint8_t p[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    bool two = code > 0xff, bad;
    if (two && !cp932_is_lead(p[0])) continue;
    if (!two && cp932_is_lead(p[1])) continue;
    char want[8], got[8];
    size_t got_n, want_n = convert(with, (const char *)p + !two, 1u + two, want, sizeof want);
    size_t used = cp932_decode(table, p + !two, 1u + two, got, &got_n, &bad);
    if (want_n == 0) {
      assert_true(bad && used == 0);
      continue;
    }
    assert_int_equal(used, 1u + two);
    assert_int_equal(got_n, want_n);
    assert_memory_equal(got, want, want_n);
    characters += two;
  }
  iconv_close(with);
  assert_int_equal(characters, 9604);
}

static void three_hundred_ninety_eight_codes_do_not_come_back(void **state) {
  (void)state;
  iconv_t back = iconv_open("CP932", "UTF-8");
  int changed = 0;
  for (unsigned code = 0x8140; code <= 0xfcfc; code++) {
    char utf8[4], again[4];
    if (!table->point[code]) continue;
    size_t n = utf8_encode(table->point[code], utf8);
    size_t m = convert(back, utf8, n, again, sizeof again);
    changed += m != 2 || (uint8_t)again[0] != code >> 8 || (uint8_t)again[1] != (code & 0xff);
  }
  iconv_close(back);
  assert_int_equal(changed, 398);
}

static void the_listed_extension_characters_are_those(void **state) {
  (void)state;
  const char *folder = getenv("REFERENCE");
  char path[512];
  uint8_t *bytes = NULL;
  size_t n = 0;
  struct err e;
  snprintf(path, sizeof path, "%s/codes/cp932_extension_chars.csv", folder ? folder : "../shared/data");
  if (file_read(path, 1 << 20, &bytes, &n, &e)) skip();
  struct arena *a = arena_new(0);
  struct csv_table t;
  assert_int_equal(csv_table_parse(a, path, (const char *)bytes, n, &t, &e), E_OK);
  int not_round = 0, code_column = csv_table_column(&t, "cp932_hex"), point_column = csv_table_column(&t, "unicode"),
      trip = csv_table_column(&t, "round_trips");
  for (int64_t i = 0; i < t.n_rows; i++) {
    unsigned code = (unsigned)strtoul(csv_table_cell(&t, i, code_column).p, NULL, 16);
    unsigned point = (unsigned)strtoul(csv_table_cell(&t, i, point_column).p + 2, NULL, 16);
    assert_int_equal(table->point[code], point);
    not_round += str_eq(csv_table_cell(&t, i, trip), STR("0"));
  }
  assert_int_equal(not_round, 398);
  arena_free(a);
  free(bytes);
}

static void forbidden_bytes_and_halves_are_refused(void **state) {
  (void)state;
  static const char *const bad_texts[] = {"\x80", "\xa0", "\xfd", "\xfe", "\xff", "a\x81 ", "\x81\x7f", "\x81\x20", "\xfc\xfc", "\x85\x40"};
  char out[16];
  size_t n;
  bool bad;
  for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
    const uint8_t *p = (const uint8_t *)bad_texts[i];
    cp932_decode(table, p, strlen(bad_texts[i]), out, &n, &bad);
    assert_true(bad);
    assert_true(cp932_valid_prefix(table, p, strlen(bad_texts[i])) < strlen(bad_texts[i]));
  }
  assert_int_equal(cp932_decode(table, (const uint8_t *)"ab\x88", 3, out, &n, &bad), 2);
  assert_false(bad);
}

/* 81 5C and 83 5C end in a backslash, 5C stays a backslash, 7E a tilde; wave dash and minus become the full-width forms. */
static void troublesome_characters_decode_as_windows_does(void **state) {
  (void)state;
  static const struct {
    const char *cp932, *utf8;
  } cases[] = {{"\\~", "\\~"},
               {"\x83\x5c", "ソ"},
               {"\x81\x60", "～"},
               {"\x81\x7c", "－"},
               {"\x87\x40", "①"},
               {"\x87\x8a", "㈱"},
               {"\xee\xe0", "髙"},
               {"\xfb\xfc", "髙"},
               {"\xed\x95", "﨑"},
               {"\xb1\xb2", "ｱｲ"},
               {"abcdefgh\x88\x9fijklmnop", "abcdefgh亜ijklmnop"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char out[64];
    size_t n;
    bool bad;
    cp932_decode(table, (const uint8_t *)cases[i].cp932, strlen(cases[i].cp932), out, &n, &bad);
    assert_false(bad);
    assert_int_equal(n, strlen(cases[i].utf8));
    assert_memory_equal(out, cases[i].utf8, n);
  }
}

static void external_codes_come_back_from_the_private_area(void **state) {
  (void)state;
  int n = 0;
  for (unsigned code = 0xf040; code <= 0xf9fc; code++) {
    if (!table->point[code]) continue;
    assert_int_equal(cp932_external_code(table->point[code]), code);
    n++;
  }
  assert_int_equal(n, 1880);
  assert_int_equal(cp932_external_code(0xe758), 0);
  assert_int_equal(cp932_external_code('A'), 0);
}

/* Any cut of a text into two pieces gives the same bytes. */
static void pieces_may_end_anywhere(void **state) {
  (void)state;
  static const char text[] = "ID,\x96\xbc\x8e\x9a\r\n1,\x8d\xb2\x93\xa1\xee\xe0\xb1" "end of the line, long enough\n";
  size_t n = sizeof text - 1;
  char whole[256], parts[256];
  size_t whole_n, a, b;
  bool bad;
  assert_int_equal(cp932_decode(table, (const uint8_t *)text, n, whole, &whole_n, &bad), n);
  for (size_t cut = 0; cut <= n; cut++) {
    size_t used = cp932_decode(table, (const uint8_t *)text, cut, parts, &a, &bad);
    assert_false(bad);
    assert_true(used == cut || used == cut - 1);
    assert_int_equal(used + cp932_decode(table, (const uint8_t *)text + used, n - used, parts + a, &b, &bad), n);
    assert_int_equal(a + b, whole_n);
    assert_memory_equal(parts, whole, whole_n);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_code_decodes_as_the_c_library_does),
    cmocka_unit_test(three_hundred_ninety_eight_codes_do_not_come_back),
    cmocka_unit_test(the_listed_extension_characters_are_those),
    cmocka_unit_test(forbidden_bytes_and_halves_are_refused),
    cmocka_unit_test(troublesome_characters_decode_as_windows_does),
    cmocka_unit_test(external_codes_come_back_from_the_private_area),
    cmocka_unit_test(pieces_may_end_anywhere),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}

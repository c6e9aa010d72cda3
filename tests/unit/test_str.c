/* Text: integers, trimming, UTF-8 by RFC 3629, display columns, the growing buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/str.h"

static void whole_texts_are_integers_or_nothing(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool ok;
    int64_t value;
  } cases[] = {{"0", true, 0}, {"-0", true, 0}, {"+7", true, 7}, {"007", true, 7}, {"9223372036854775807", true, INT64_MAX},
      {"-9223372036854775808", true, INT64_MIN}, {"9223372036854775808", false, 0}, {"-9223372036854775809", false, 0},
      {"99999999999999999999", false, 0}, {"", false, 0}, {"-", false, 0}, {"+", false, 0}, {" 1", false, 0}, {"1 ", false, 0}, {"1.0", false, 0},
      {"--1", false, 0}, {"0x1", false, 0}, {"１", false, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t v = 12345;
    assert_int_equal(str_int64(str_of(cases[i].text), &v), cases[i].ok);
    assert_int_equal(v, cases[i].ok ? cases[i].value : 12345);
  }
}

static void trimming_takes_ascii_and_ideographic_space(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {" a ", "a"}, {"\t\r\na b\n", "a b"}, {"　調べ　", "調べ"}, {" 　 ", ""}, {"", ""}, {"調　べ", "調　べ"}, {"\xc2\xa0x", "\xc2\xa0x"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_true(str_eq(str_trim(str_of(cases[i][0])), str_of(cases[i][1])));
}

static void splitting_keeps_empty_parts(void **state) {
  (void)state;
  struct str rest = STR("a,,b");
  assert_true(str_eq(str_split(rest, ',', &rest), STR("a")));
  assert_true(str_eq(str_split(rest, ',', &rest), STR("")));
  assert_true(str_eq(str_split(rest, ',', &rest), STR("b")));
  assert_int_equal(rest.n, 0);
}

static void order_is_binary_and_shorter_first(void **state) {
  (void)state;
  static const char *const rising[] = {"", "A", "AB", "B", "a", "é", "あ", "ア"};
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) assert_int_equal(str_cmp(str_of(rising[i]), str_of(rising[j])), (i > j) - (i < j));
  assert_int_equal(str_cmp(str_view("a\0b", 3), str_view("a\0a", 3)), 1);
}

static void a_cut_text_is_mended_to_whole_characters(void **state) {
  (void)state;
  static const struct {
    const char *cut, *mended;
  } cases[] = {{"", ""}, {"abc", "abc"}, {"\xE8\xAA\xBF\xE3\x81", "\xE8\xAA\xBF"}, {"\xE3\x81", ""},
        {"a\xE3 joined \xE8\xAA\xBF", "a joined \xE8\xAA\xBF"},
      {"\x81\xFF x", " x"}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    char text[64];
    snprintf(text, sizeof text, "%s", cases[k].cut);
    assert_int_equal(utf8_mend(text), strlen(cases[k].mended));
    assert_string_equal(text, cases[k].mended);
  }
}
static void utf8_is_checked_as_rfc_3629_says(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t n, bad;
  } cases[] = {{"plain ascii text, longer than eight", 35, 35}, {"調べ", 6, 6}, {"\xf0\x9f\x8d\xa3", 4, 4}, {"\xf4\x8f\xbf\xbf", 4, 4},
      {"\xf4\x90\x80\x80", 4, 0}, {"\xc0\x80", 2, 0}, {"\xc1\xbf", 2, 0}, {"\xe0\x9f\xbf", 3, 0}, {"\xed\xa0\x80", 3, 0}, {"\xf0\x8f\xbf\xbf", 4, 0},
      {"ab\x80", 3, 2}, {"abc\xe3\x81", 5, 3}, {"\xff", 1, 0}, {"12345678\x83\x65", 10, 8}, {"\xe3\x81\x41", 3, 0}, {"", 0, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t bad = cases[i].n;
    bool ok = utf8_valid(cases[i].text, cases[i].n, &bad);
    assert_int_equal(ok, cases[i].bad == cases[i].n);
    assert_int_equal(bad, cases[i].bad);
  }
}

static void every_code_point_survives_encoding(void **state) {
  (void)state;
  for (uint32_t c = 0; c <= 0x110000; c++) {
    char text[4];
    uint32_t back = 0;
    size_t n = utf8_encode(c, text);
    bool scalar = c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
    if (scalar != (n > 0)) fail_msg("U+%04X", c);
    if (n && (utf8_decode(text, n, &back) != n || back != c)) fail_msg("U+%04X", c);
    if (n > 1 && utf8_decode(text, n - 1, &back) != 0) fail_msg("U+%04X cut", c);
  }
}

static void columns_follow_east_asian_width(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t columns;
  } cases[] = {{"abc", 3}, {"調べ", 4}, {"ｱｲｳ", 3}, {"ＡＢ", 4}, {"か\xe3\x82\x99", 2}, {"e\xcc\x81", 1}, {"𠮷", 2}, {"한", 2}, {"¥1,000", 6},
      {"、。", 4}, {"\xff", 1}, {"", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(utf8_columns(cases[i].text, strlen(cases[i].text)), cases[i].columns);
}

static void decimals_are_scaled_integers(void **state) {
  (void)state;
  static const struct {
    int64_t value;
    int decimals;
    const char *text;
  } cases[] = {{12345, 2, "123.45"}, {5, 2, "0.05"}, {-5, 2, "-0.05"}, {0, 2, "0.00"}, {100, 0, "100"}, {INT64_MIN, 0, "-9223372036854775808"},
      {INT64_MAX, 6, "9223372036854.775807"}, {-10, 1, "-1.0"}, {7, 18, "0.000000000000000007"}};
  struct strbuf b;
  strbuf_init(&b, 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    strbuf_reset(&b);
    strbuf_add_decimal(&b, cases[i].value, cases[i].decimals);
    assert_string_equal(strbuf_cstr(&b), cases[i].text);
  }
  strbuf_release(&b);
}

static void a_full_buffer_ignores_every_later_write(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 10);
  strbuf_adds(&b, "12345");
  strbuf_addf(&b, "%s", "67890");
  assert_false(b.failed);
  assert_string_equal(strbuf_cstr(&b), "1234567890");
  strbuf_addc(&b, 'x');
  assert_true(b.failed);
  strbuf_add(&b, "", 0);
  assert_true(b.failed);
  assert_string_equal(strbuf_cstr(&b), "1234567890");
  strbuf_reset(&b);
  strbuf_adds(&b, "again");
  assert_string_equal(strbuf_cstr(&b), "again");
  strbuf_release(&b);
  struct strbuf zero = {0};
  assert_string_equal(strbuf_cstr(&zero), "");
  strbuf_adds(&zero, "grows");
  assert_string_equal(strbuf_cstr(&zero), "grows");
  strbuf_release(&zero);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole_texts_are_integers_or_nothing),
      cmocka_unit_test(trimming_takes_ascii_and_ideographic_space),
      cmocka_unit_test(splitting_keeps_empty_parts),
      cmocka_unit_test(order_is_binary_and_shorter_first),
      cmocka_unit_test(a_cut_text_is_mended_to_whole_characters), cmocka_unit_test(utf8_is_checked_as_rfc_3629_says),
      cmocka_unit_test(every_code_point_survives_encoding),
      cmocka_unit_test(columns_follow_east_asian_width),
      cmocka_unit_test(decimals_are_scaled_integers),
      cmocka_unit_test(a_full_buffer_ignores_every_later_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

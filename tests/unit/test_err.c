/* Errors: the whole message table, the text at the edge, causes, and shapes that show form but not content. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"

/* Messages of a layer's file and the numbers it may use (its first line says the same). */
static const struct {
  const char *file;
  int first, last;
} layers[] = {{"base", 1001, 1999}, {"forms", 2001, 2999}, {"store", 3001, 3999}, {"collector", 4001, 4999}, {"processing", 5001, 5999},
    {"estimators", 6001, 6999}, {"front", 7001, 7999}};

static bool holds_japanese(const char *text) {
  for (size_t at = 0, n = strlen(text); at < n;) {
    uint32_t c;
    size_t length = utf8_decode(text + at, n - at, &c);
    if (!length) return false;
    if (c >= 0x3040) return true;
    at += length;
  }
  return false;
}

static bool ascii_only(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text >= 0x80) return false;
  return true;
}

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

static void every_message_speaks_both_languages(void **state) {
  (void)state;
  struct err_message m;
  size_t n = 0;
  for (; err_message_at(n, &m); n++) {
    bool needs_next = m.grade != GRADE_NOTE; /* a note may leave nothing to do */
    if (!m.text[LANG_EN][0] || !m.text[LANG_JA][0] || (needs_next && !m.next[LANG_EN][0]) || !m.next[LANG_EN][0] != !m.next[LANG_JA][0])
      fail_msg("%s lacks a text", m.name);
    if (!holds_japanese(m.text[LANG_JA]) || (m.next[LANG_JA][0] && !holds_japanese(m.next[LANG_JA]))) fail_msg("%s has no Japanese text", m.name);
    if (!ascii_only(m.text[LANG_EN])) fail_msg("%s has an English text with other letters", m.name);
    if (ends_with(m.text[LANG_EN], ".") || ends_with(m.text[LANG_JA], "。")) fail_msg("%s ends with a full stop", m.name);
  }
  assert_true(n > 5);
}

static void substitutions_are_the_same_in_both_languages(void **state) {
  (void)state;
  struct err_message m;
  for (size_t i = 0; err_message_at(i, &m); i++)
    for (const char *const *p = (const char *const[]){"{s}", "{x}", "{f}", NULL}; *p; p++)
      if (!strstr(m.text[LANG_EN], *p) != !strstr(m.text[LANG_JA], *p)) fail_msg("%s: %s stands in one language only", m.name, *p);
}

static void numbers_are_unique_and_stay_in_their_layer(void **state) {
  (void)state;
  struct err_message m, other;
  for (size_t i = 0; err_message_at(i, &m); i++) {
    for (size_t k = 0; k < i && err_message_at(k, &other); k++)
      if (m.code == other.code) fail_msg("%s and %s share number %d", m.name, other.name, (int)m.code);
  }
  for (size_t l = 0; l < sizeof layers / sizeof *layers; l++) {
    char path[128], line[4096];
    snprintf(path, sizeof path, "base/messages/%s.def", layers[l].file);
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("%s: run from the root of the tree", path);
    while (fgets(line, sizeof line, f)) {
      int number;
      if (sscanf(line, "MSG(%*[A-Z0-9_], %d", &number) == 1 && (number < layers[l].first || number > layers[l].last))
        fail_msg("%s: %d is outside %d..%d", path, number, layers[l].first, layers[l].last);
    }
    fclose(f);
  }
}

static void exit_statuses_are_those_of_the_manual(void **state) {
  (void)state;
  static const int allowed[] = {0, 1, 64, 65, 66, 70, 73, 74, 75, 77, 78};
  struct err_message m;
  for (size_t i = 0; err_message_at(i, &m); i++) {
    bool ok = false;
    for (size_t k = 0; k < sizeof allowed / sizeof *allowed; k++) ok = ok || allowed[k] == m.exit_status;
    if (!ok) fail_msg("%s has exit status %d", m.name, m.exit_status);
    if (m.grade == GRADE_BUG && m.exit_status != 70) fail_msg("%s is a bug but exits with %d", m.name, m.exit_status);
    if (m.grade == GRADE_STOPPED && m.exit_status == 0) fail_msg("%s stops the job and exits with 0", m.name);
  }
  assert_int_equal(err_exit_status(E_OK), 0);
  assert_int_equal(err_exit_status(E_DISK_FULL), 74);
  assert_int_equal(err_exit_status((enum err_code)9999), 70);
}

static void text_has_place_message_found_and_next(void **state) {
  (void)state;
  struct err e;
  char text[4096];
  assert_int_equal(
      ERR(&e, E_CAP_EXCEEDED, .file = "in.csv", .line = 41, .column = 7, .subject = "row", .expected = "<= 10", .found = "11"), E_CAP_EXCEEDED);
  size_t n = err_format(&e, LANG_EN, text, sizeof text);
  assert_string_equal(text, "in.csv:41:7: error[E1002]: 'row' is larger than the limit\n  expected: <= 10  found: 11\n  next: check where the file "
                            "comes from; limits are listed in the manual");
  assert_int_equal(n, strlen(text));
  err_format(&e, LANG_JA, text, sizeof text);
  assert_string_equal(text, "in.csv:41:7: エラー[E1002]: 「row」が上限を超えています\n  期待: <= 10  実際: 11\n  次に: "
                            "ファイルの出所を確認してください。上限は手引にあります");
}

static void the_next_step_can_be_overridden(void **state) {
  (void)state;
  struct err e;
  char text[1024];
  (void)ERR(&e, E_FILE_OPEN, .subject = "x", .next = "look elsewhere");
  err_format(&e, LANG_EN, text, sizeof text);
  assert_string_equal(text, "error[E1010]: cannot open 'x'\n  next: look elsewhere");
}

static void causes_stand_behind_their_effect(void **state) {
  (void)state;
  struct err e;
  char text[4096];
  (void)ERR(&e, E_DISK_FULL, .file = "d/f", .subject = "d/f");
  (void)ERR_WRAP(&e, E_FILE_WRITE, .subject = e.subject); /* a detail may point into the error it replaces */
  (void)ERR_WRAP(&e, E_BUG, .subject = "seal");
  assert_int_equal(e.n_causes, 2);
  assert_int_equal(e.causes[0].code, E_FILE_WRITE);
  assert_int_equal(e.causes[1].code, E_DISK_FULL);
  assert_string_equal(e.causes[0].subject, "d/f");
  err_format(&e, LANG_EN, text, sizeof text);
  assert_non_null(strstr(text, "d/f: bug[E1099]: internal error in 'seal'\n  because: error[E1012]: cannot write 'd/f'\n  because: error[E1013]: no "
                               "space left to write 'd/f'\n  next: "));
  for (int i = 0; i < 10; i++) (void)ERR_WRAP(&e, E_BUG, .subject = "more");
  assert_int_equal(e.n_causes, ERR_CAUSES);
}

static void a_null_error_is_allowed(void **state) {
  (void)state;
  assert_int_equal(ERR(NULL, E_BUG, .subject = "x"), E_BUG);
  assert_int_equal(ERR_WRAP(NULL, E_BUG, .subject = "x"), E_BUG);
}

static void control_characters_cannot_reach_the_terminal(void **state) {
  (void)state;
  static const char *const bad[] = {"a\033[2Jb", "a\nb",
      "a\xe2\x80\xae"
      "b",
      "a\xc2\x9b"
      "b",
      "a\xff"
      "b",
      "a\xe2\x81\xa6"
      "b"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err e;
    char text[1024];
    (void)ERR(&e, E_FILE_OPEN, .file = bad[i], .subject = bad[i], .found = bad[i]);
    err_format(&e, LANG_EN, text, sizeof text);
    assert_null(strstr(text, bad[i]));
    assert_non_null(strstr(text, "cannot open 'a?"));
  }
}

static void long_texts_are_cut_at_a_character(void **state) {
  (void)state;
  struct strbuf b = {0};
  for (int i = 0; i < 200; i++) strbuf_adds(&b, "調");
  for (size_t shift = 0; shift < 3; shift++) {
    struct err e;
    char text[4096];
    struct strbuf shifted = {0};
    strbuf_add(&shifted, "abc", shift);
    strbuf_adds(&shifted, strbuf_cstr(&b));
    (void)ERR(&e, E_FILE_OPEN, .subject = strbuf_cstr(&shifted));
    assert_true(strlen(e.subject) > ERR_TEXT_BYTES - 4);
    assert_true(utf8_valid(e.subject, strlen(e.subject), NULL));
    for (size_t size = 0; size < 300; size++) {
      memset(text, 'z', sizeof text);
      size_t n = err_format(&e, LANG_JA, text, size);
      assert_true(size == 0 ? n == 0 : n < size && text[n] == 0 && utf8_valid(text, n, NULL));
      assert_int_equal(text[size], 'z');
    }
    strbuf_release(&shifted);
  }
  strbuf_release(&b);
}

static void shape_shows_form_and_hides_content(void **state) {
  (void)state;
  static const char *const cases[][2] = {{"昭和50年3月1日", "昭和99年9月9日"}, {"S50.3.1", "A99.9.9"}, {"令和元年", "令和元年"},
      {"2025-01-31", "9999-99-99"}, {"１２３", "９９９"}, {"Ｓ５０", "Ａ９９"}, {"山田 太郎", "〇〇 〇〇"}, {"ﾔﾏﾀﾞ", "〇〇〇〇"},
      {"abc@example.jp", "AAA@AAAAAAA.AA"}, {"1,234円", "9,999〇"}, {"", ""}, {"a\tb", "A?A"}, {"\x83\x65", "?A"}, {"（株）", "（〇）"},
      {"㍻30", "㍻99"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char out[256];
    assert_string_equal(text_shape(cases[i][0], strlen(cases[i][0]), out, sizeof out), cases[i][1]);
  }
  char small[8];
  assert_string_equal(text_shape("山田太郎", 12, small, sizeof small), "〇〇");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_message_speaks_both_languages),
      cmocka_unit_test(substitutions_are_the_same_in_both_languages),
      cmocka_unit_test(numbers_are_unique_and_stay_in_their_layer),
      cmocka_unit_test(exit_statuses_are_those_of_the_manual),
      cmocka_unit_test(text_has_place_message_found_and_next),
      cmocka_unit_test(the_next_step_can_be_overridden),
      cmocka_unit_test(causes_stand_behind_their_effect),
      cmocka_unit_test(a_null_error_is_allowed),
      cmocka_unit_test(control_characters_cannot_reach_the_terminal),
      cmocka_unit_test(long_texts_are_cut_at_a_character),
      cmocka_unit_test(shape_shows_form_and_hides_content),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

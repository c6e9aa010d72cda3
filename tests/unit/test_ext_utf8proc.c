/* Composition that keeps names apart: what composes is composed, compatibility ideographs stay, and the quick way out is taken only by texts that
 * NFC leaves alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "base/ext_utf8proc.h"

static void texts_are_composed_but_compatibility_ideographs_stay(void **state) {
  (void)state;
  static const struct {
    const char *in, *out;
  } cases[] = {
      {"", ""},
      {"東京都 千代田区", "東京都 千代田区"},
      {"か\xe3\x82\x99", "が"},             /* U+3099 */
      {"ハ\xe3\x82\x9aリ", "パリ"},         /* U+309A */
      {"e\xcc\x81", "é"},                   /* U+0301 */
      {"\xef\xa8\x99社", "\xef\xa8\x99社"}, /* U+FA19 */
      {"\xef\xa8\x99か\xe3\x82\x99", "\xef\xa8\x99が"},
      {"葛\xf3\xa0\x84\x80", "葛\xf3\xa0\x84\x80"}, /* IVS */
      {"\xe2\x84\xab", "Å"},                        /* U+212B */
      {"１２㈱①ｶﾞ", "１２㈱①ｶﾞ"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf b;
    bool changed;
    strbuf_init(&b, 0);
    assert_true(text_nfc_safe(str_of(cases[i].in), &b, &changed));
    assert_string_equal(strbuf_cstr(&b), cases[i].out);
    assert_int_equal(changed, strcmp(cases[i].in, cases[i].out) != 0);
    strbuf_release(&b);
  }
}

/* Every code point alone, behind a kana and before a combining mark: the same as the library's own NFC. */
static void every_character_is_composed_as_the_library_does(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int32_t c = 1; c < 0x110000; c++) {
    char text[16] = "か";
    bool changed;
    if ((c >= 0xd800 && c < 0xe000) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f)) continue;
    size_t n = 3 + (size_t)utf8proc_encode_char(c, (uint8_t *)text + 3);
    memcpy(text + n, "\xe3\x82\x99", 4);
    uint8_t *expected = utf8proc_NFC((const uint8_t *)text);
    strbuf_reset(&b);
    assert_true(text_nfc_safe(str_of(text), &b, &changed));
    if (strcmp(strbuf_cstr(&b), (const char *)expected)) fail_msg("U+%04X", (unsigned)c);
    free(expected);
    text[n] = 0;
    expected = utf8proc_NFC((const uint8_t *)text);
    strbuf_reset(&b);
    assert_true(text_nfc_safe(str_of(text), &b, &changed));
    if (strcmp(strbuf_cstr(&b), (const char *)expected)) fail_msg("U+%04X", (unsigned)c);
    free(expected);
  }
  strbuf_release(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(texts_are_composed_but_compatibility_ideographs_stay),
                                     cmocka_unit_test(every_character_is_composed_as_the_library_does)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

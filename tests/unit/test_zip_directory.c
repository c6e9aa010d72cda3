/* The table of contents of a zip: caps at their exact values, names, and members that other programs write (sizes behind the data, zip64 fields that
 * are not needed). Hostile zips: tests/spec/hostile_input.csv. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ext_archive_zip.h"
#include "tests/unit/zip_writer.h"

static const struct zip_caps roomy = {100, 1 << 20, 1 << 22, 400};
static enum err_code add(void *context, const char *p, size_t n, struct err *e) {
  (void)e;
  strbuf_add(context, p, n);
  return E_OK;
}
static enum err_code read_directory(const struct strbuf *b, const struct zip_caps *caps, struct arena *a, struct zip_directory *d) {
  struct err e;
  return zip_directory_read(a, "test.zip", b->p, b->n, caps, d, &e);
}
static void three_members(struct strbuf *out) {
  struct zip_writer z;
  zip_begin(&z);
  zip_stored(&z, "a", STR("1234567"));
  zip_stored(&z, "folder/", STR(""));
  zip_stored(&z, "folder/B.xml", STR("89"));
  zip_finish(&z);
  *out = z.out;
}

static void members_are_found_and_unpacked(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct zip_directory d;
  struct strbuf b, text;
  strbuf_init(&text, 0);
  three_members(&b);
  assert_int_equal(read_directory(&b, &roomy, a, &d), E_OK);
  assert_int_equal(d.n_entries, 3);
  assert_true(d.entries[1].folder);
  assert_null(zip_find(&d, "c"));
  const struct zip_entry *m = zip_find(&d, "FOLDER/b.XML");
  assert_non_null(m);
  assert_int_equal(zip_member_read("test.zip", &d, m, add, &text, NULL), E_OK);
  assert_string_equal(strbuf_cstr(&text), "89");
  strbuf_release(&b);
  strbuf_release(&text);
  arena_free(a);
}
static void caps_hold_at_their_exact_values(void **state) {
  (void)state;
  static const struct {
    struct zip_caps caps;
    enum err_code code;
  } cases[] = {{{3, 7, 9, 1}, E_OK}, {{2, 7, 9, 1}, E_ZIP_BOMB}, {{3, 6, 9, 1}, E_ZIP_BOMB}, {{3, 7, 8, 1}, E_ZIP_BOMB}};
  struct arena *a = arena_new(0);
  struct zip_directory d;
  struct strbuf b;
  three_members(&b);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(read_directory(&b, &cases[i].caps, a, &d), cases[i].code);
  strbuf_release(&b);
  arena_free(a);
}
static void the_ratio_counts_beyond_the_first_mebibyte(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct zip_caps caps = {10, 64 << 20, 64 << 20, 100}, wide = {10, 64 << 20, 64 << 20, 160};
  for (int large = 0; large < 2; large++) {
    struct zip_writer z;
    struct zip_directory d;
    struct packed p;
    struct strbuf text;
    strbuf_init(&text, 0);
    zip_begin(&z);
    pack_run(&p, STR("("), STR("x"), large ? 8000 : 4000, STR(")")); /* 158:1 */
    size_t size = p.size;
    zip_packed(&z, "run", &p);
    zip_finish(&z);
    assert_int_equal(read_directory(&z.out, &caps, a, &d), large ? E_ZIP_BOMB : E_OK);
    assert_int_equal(read_directory(&z.out, &wide, a, &d), E_OK);
    assert_int_equal(zip_member_read("test.zip", &d, &d.entries[0], add, &text, NULL), E_OK);
    assert_int_equal(text.n, size);
    assert_true(text.p[0] == '(' && text.p[text.n - 1] == ')' && text.p[1] == 'x' && memcmp(text.p + 1, text.p + 2, text.n - 3) == 0);
    strbuf_release(&text);
    strbuf_release(&z.out);
  }
  arena_free(a);
}
static void every_truncation_and_every_changed_byte_is_refused_or_harmless(void **state) {
  (void)state;
  struct strbuf b, text;
  three_members(&b);
  strbuf_init(&text, 0);
  for (size_t n = 0; n < b.n; n++) {
    struct arena *a = arena_new(0);
    struct zip_directory d;
    struct strbuf cut = {.p = b.p, .n = n};
    assert_int_equal(read_directory(&cut, &roomy, a, &d), E_ZIP_FORMAT);
    arena_free(a);
  }
  for (size_t i = 0; i < b.n; i++) {
    struct arena *a = arena_new(0);
    struct zip_directory d;
    b.p[i] = (char)(b.p[i] ^ 0x55);
    strbuf_reset(&text);
    enum err_code code = read_directory(&b, &roomy, a, &d);
    const struct zip_entry *m = code ? NULL : zip_find(&d, "a");
    if (m) code = zip_member_read("test.zip", &d, m, add, &text, NULL);
    if (m && !code) assert_string_equal(strbuf_cstr(&text), "1234567"); /* a date, a version: whatever passes gives the same bytes */
    b.p[i] = (char)(b.p[i] ^ 0x55);
    arena_free(a);
  }
  strbuf_release(&b);
  strbuf_release(&text);
}
static void sizes_may_stand_behind_the_data(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct zip_writer z;
  struct zip_directory d;
  struct packed p;
  struct strbuf text;
  strbuf_init(&text, 0);
  zip_begin(&z);
  pack_run(&p, STR("<"), STR("y"), 3, STR(">"));
  uint32_t crc = p.crc, size = (uint32_t)p.size, packed = (uint32_t)p.bytes.n;
  zip_packed(&z, "behind", &p);
  strbuf_add(&z.out, "PK\007\010", 4);
  bytes_put_u32(&z.out, crc);
  bytes_put_u32(&z.out, packed);
  bytes_put_u32(&z.out, size);
  zip_finish(&z);
  memset(zip_header(&z.out, "PK\003\004", 0) + 14, 0, 12);
  zip_header(&z.out, "PK\003\004", 0)[6] = 8;
  zip_header(&z.out, "PK\001\002", 0)[8] = 8;
  assert_int_equal(read_directory(&z.out, &roomy, a, &d), E_OK);
  assert_int_equal(zip_member_read("test.zip", &d, &d.entries[0], add, &text, NULL), E_OK);
  assert_int_equal(text.n, size);
  zip_header(&z.out, "PK\001\002", 0)[8] = 0; /* the two headers differ */
  assert_int_equal(read_directory(&z.out, &roomy, a, &d), E_ZIP_FORMAT);
  strbuf_release(&z.out);
  strbuf_release(&text);
  arena_free(a);
}
static enum err_code refuse(void *context, const char *p, size_t n, struct err *e) {
  (void)context, (void)p, (void)n;
  return ERR(e, E_CANCELLED, .subject = "x");
}
static void the_callers_refusal_ends_the_reading(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct zip_directory d;
  struct strbuf b;
  three_members(&b);
  assert_int_equal(read_directory(&b, &roomy, a, &d), E_OK);
  assert_int_equal(zip_member_read("test.zip", &d, zip_find(&d, "a"), refuse, NULL, NULL), E_CANCELLED);
  strbuf_release(&b);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(members_are_found_and_unpacked),
      cmocka_unit_test(caps_hold_at_their_exact_values),
      cmocka_unit_test(the_ratio_counts_beyond_the_first_mebibyte),
      cmocka_unit_test(every_truncation_and_every_changed_byte_is_refused_or_harmless),
      cmocka_unit_test(sizes_may_stand_behind_the_data),
      cmocka_unit_test(the_callers_refusal_ends_the_reading),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ustar: deterministic writing, and refusal of everything a hostile archive can hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ext_archive.h"
#include "base/ext_sodium.h"

static const struct tar_caps roomy = {100, 1 << 20, 1 << 22};
static const struct tar_member members[] = {{"manifest.json", "{}", 2}, {"empty", "", 0}, {"data/birth.csv", "a,b\n1,2\n", 8}};

static struct strbuf archive_of(const struct tar_member *m, size_t n) {
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_int_equal(tar_write(m, n, &b, NULL), E_OK);
  return b;
}
struct seen {
  size_t n;
  bool same;
};
static enum err_code compare(void *context, const struct tar_member *m, struct err *e) {
  struct seen *s = context;
  (void)e;
  if (s->n >= 3 || strcmp(m->name, members[s->n].name) != 0 || m->n != members[s->n].n || memcmp(m->p, members[s->n].p, m->n) != 0) s->same = false;
  s->n++;
  return E_OK;
}
static enum err_code count(void *context, const struct tar_member *m, struct err *e) {
  (void)m, (void)e;
  (*(size_t *)context)++;
  return E_OK;
}

static void what_is_written_is_read_back_in_order(void **state) {
  (void)state;
  struct strbuf b = archive_of(members, 3), again = archive_of(members, 3);
  struct seen s = {0, true};
  assert_int_equal(tar_read(b.p, b.n, &roomy, compare, &s, NULL), E_OK);
  assert_int_equal(s.n, 3);
  assert_true(s.same);
  assert_int_equal(b.n, again.n);
  assert_memory_equal(b.p, again.p, b.n);
  assert_int_equal(b.n % 512, 0);
  strbuf_release(&b);
  strbuf_release(&again);
}
static void an_archive_without_members_is_its_end_only(void **state) {
  (void)state;
  size_t n = 0;
  struct strbuf b = archive_of(NULL, 0);
  assert_int_equal(tar_read(b.p, b.n, &roomy, count, &n, NULL), E_OK);
  assert_int_equal(n, 0);
  strbuf_release(&b);
}
static void bad_names_are_neither_written_nor_read(void **state) {
  (void)state;
  static const char *const names[] = {"/etc/passwd", "../x", "a/../b", "a//b", "a/", "A", "a b", "a\\b", "con", "data/nul.txt", "com1", "lpt9.csv",
      "x.", ".", "..", "a:b", "\xe8\xaa\xbf", "a\nb", ""};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct tar_member m = {names[i], "x", 1};
    struct strbuf b;
    strbuf_init(&b, 0);
    assert_int_equal(tar_write(&m, 1, &b, NULL), E_TAR_NAME);
    strbuf_release(&b);
  }
  static const char *const fine[] = {"con1", "com", "com10", "a.b.c", "lower/0123abc/manifest.json", "-x", "a-b_c"};
  for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
    struct tar_member m = {fine[i], "x", 1};
    struct strbuf b = archive_of(&m, 1);
    size_t n = 0;
    assert_int_equal(tar_read(b.p, b.n, &roomy, count, &n, NULL), E_OK);
    strbuf_release(&b);
  }
}
static void duplicates_and_file_folder_clashes_are_refused(void **state) {
  (void)state;
  static const struct tar_member twice[] = {{"a", "1", 1}, {"b", "2", 1}, {"a", "3", 1}}, clash[] = {{"a/b", "1", 1}, {"a-b", "", 0}, {"a", "2", 1}};
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_int_equal(tar_write(twice, 3, &b, NULL), E_TAR_DUPLICATE);
  assert_int_equal(tar_write(clash, 3, &b, NULL), E_TAR_DUPLICATE);
  assert_int_equal(b.n, 0);
  strbuf_release(&b);
  struct strbuf one = archive_of(members, 1);
  size_t body = one.n - 1024, n = 0;
  char *doubled = calloc(1, 2 * body + 1024);
  memcpy(doubled, one.p, body);
  memcpy(doubled + body, one.p, body);
  assert_int_equal(tar_read(doubled, 2 * body + 1024, &roomy, count, &n, NULL), E_TAR_DUPLICATE);
  assert_int_equal(n, 0); /* nothing was handed out before the refusal */
  free(doubled);
  strbuf_release(&one);
}

/* Alters one header field of a good archive and repairs its checksum. */
static void header_set(char *block, size_t at, const void *p, size_t n) {
  unsigned sum = 0;
  memcpy(block + at, p, n);
  memset(block + 148, ' ', 8);
  for (int i = 0; i < 512; i++) sum += (unsigned char)block[i];
  snprintf(block + 148, 8, "%06o", sum);
}
static void hostile_headers_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *what;
    size_t at;
    const char *bytes;
    size_t n;
    enum err_code code;
  } cases[] = {
      {"symbolic link", 156, "2", 1, E_TAR_TYPE},
      {"hard link", 156, "1", 1, E_TAR_TYPE},
      {"character device", 156, "3", 1, E_TAR_TYPE},
      {"folder", 156, "5", 1, E_TAR_TYPE},
      {"fifo", 156, "6", 1, E_TAR_TYPE},
      {"pax header", 156, "x", 1, E_TAR_TYPE},
      {"global pax header", 156, "g", 1, E_TAR_TYPE},
      {"GNU long name", 156, "L", 1, E_TAR_TYPE},
      {"GNU sparse", 156, "S", 1, E_TAR_TYPE},
      {"link target", 157, "x", 1, E_TAR_TYPE},
      {"absolute", 0, "/anifest.json", 13, E_TAR_NAME},
      {"upper case", 0, "M", 1, E_TAR_NAME},
      {"parent", 0, "../ifest.json", 13, E_TAR_NAME},
      {"bytes after NUL", 20, "x", 1, E_TAR_NAME},
      {"prefix with ..", 345, "..", 2, E_TAR_NAME},
      {"size in base 256", 124, "\x80\0\0\0\0\0\0\0\0\0\0\2", 12, E_TAR_FORMAT},
      {"negative size", 124, "-0000000002", 11, E_TAR_FORMAT},
      {"huge size", 124, "77777777777", 11, E_CAP_EXCEEDED},
      {"size beyond the end", 124, "00000010000", 11, E_TAR_FORMAT},
      {"v7 magic", 257, "\0\0\0\0\0\0\0\0", 8, E_TAR_FORMAT},
      {"GNU magic", 257, "ustar  ", 8, E_TAR_FORMAT},
      {"padding not zero", 512 + 100, "x", 1, E_TAR_FORMAT},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf b = archive_of(members, 3);
    size_t n = 0;
    struct err e;
    header_set(b.p, cases[i].at < 512 ? cases[i].at : 0, cases[i].at < 512 ? cases[i].bytes : b.p, cases[i].at < 512 ? cases[i].n : 0);
    if (cases[i].at >= 512) memcpy(b.p + cases[i].at, cases[i].bytes, cases[i].n);
    enum err_code code = tar_read(b.p, b.n, &roomy, count, &n, &e);
    if (code != cases[i].code) fail_msg("%s: %s", cases[i].what, err_name(code));
    assert_int_equal(n, 0);
    strbuf_release(&b);
  }
}
static void wrong_checksum_is_refused(void **state) {
  (void)state;
  struct strbuf b = archive_of(members, 3);
  size_t n = 0;
  b.p[148] ^= 1;
  assert_int_equal(tar_read(b.p, b.n, &roomy, count, &n, NULL), E_TAR_FORMAT);
  strbuf_release(&b);
}
static void every_truncation_and_every_appendix_is_refused(void **state) {
  (void)state;
  struct strbuf b = archive_of(members, 3);
  for (size_t n = 0; n < b.n; n++) {
    size_t seen = 0;
    assert_int_equal(tar_read(b.p, n, &roomy, count, &seen, NULL), E_TAR_FORMAT);
    assert_int_equal(seen, 0);
  }
  size_t seen = 0;
  strbuf_add(&b, "\0\0\0", 3);
  assert_int_equal(tar_read(b.p, b.n, &roomy, count, &seen, NULL), E_OK); /* zeros only */
  strbuf_addc(&b, 'x');
  seen = 0;
  assert_int_equal(tar_read(b.p, b.n, &roomy, count, &seen, NULL), E_TAR_FORMAT);
  assert_int_equal(seen, 0);
  strbuf_release(&b);
}
static void caps_hold_before_anything_is_handed_out(void **state) {
  (void)state;
  static const struct tar_caps caps[] = {{2, 1 << 20, 1 << 20}, {3, 7, 1 << 20}, {3, 1 << 20, 9}};
  struct strbuf b = archive_of(members, 3);
  for (size_t i = 0; i < 3; i++) {
    size_t n = 0;
    assert_int_equal(tar_read(b.p, b.n, &caps[i], count, &n, NULL), E_CAP_EXCEEDED);
    assert_int_equal(n, 0);
  }
  const struct tar_caps exact = {3, 8, 10};
  size_t n = 0;
  assert_int_equal(tar_read(b.p, b.n, &exact, count, &n, NULL), E_OK);
  strbuf_release(&b);
}
static enum err_code refuse(void *context, const struct tar_member *m, struct err *e) {
  (void)context;
  return ERR(e, E_TAR_NAME, .subject = m->name);
}
static void the_callers_refusal_ends_the_reading(void **state) {
  (void)state;
  struct strbuf b = archive_of(members, 3);
  assert_int_equal(tar_read(b.p, b.n, &roomy, refuse, NULL, NULL), E_TAR_NAME);
  strbuf_release(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read_back_in_order),
      cmocka_unit_test(an_archive_without_members_is_its_end_only),
      cmocka_unit_test(bad_names_are_neither_written_nor_read),
      cmocka_unit_test(duplicates_and_file_folder_clashes_are_refused),
      cmocka_unit_test(hostile_headers_are_refused),
      cmocka_unit_test(wrong_checksum_is_refused),
      cmocka_unit_test(every_truncation_and_every_appendix_is_refused),
      cmocka_unit_test(caps_hold_before_anything_is_handed_out),
      cmocka_unit_test(the_callers_refusal_ends_the_reading),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

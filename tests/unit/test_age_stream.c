/* test_age_stream.c -- age files in pieces: the same as whole ones at every length around a chunk's end, cut and altered ones are refused, and what
 * came
 * out before is a true beginning. Also frames of zstd in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ext_sodium.h"
#include "base/ext_zstd.h"
#include "secure-store/age.h"
#include "secure-store/age_stream.h"

static struct err error;
static const uint8_t secret[32] = {5, 6, 7};
static enum err_code take(void *context, const void *p, size_t n, struct err *e) {
  (void)e;
  strbuf_add(context, p, n);
  return E_OK;
}
static void seal(const uint8_t *p, size_t n, size_t piece, struct strbuf *out) {
  struct age_writer *w;
  char recipient[AGE_RECIPIENT_BYTES];
  assert_int_equal(age_recipient_of(secret, recipient, &error), E_OK);
  assert_int_equal(age_writer_new(recipient, take, out, &w, &error), E_OK);
  for (size_t at = 0; at < n; at += piece) assert_int_equal(age_writer_add(w, p + at, n - at < piece ? n - at : piece, &error), E_OK);
  assert_int_equal(age_writer_end(w, &error), E_OK);
  age_writer_free(w);
}
static enum err_code unseal(const char *p, size_t n, size_t piece, struct strbuf *out) {
  struct age_reader *r;
  enum err_code code = age_reader_new(secret, take, out, &r, &error);
  for (size_t at = 0; !code && at < n; at += piece) code = age_reader_feed(r, p + at, n - at < piece ? n - at : piece, &error);
  if (!code) code = age_reader_end(r, &error);
  age_reader_free(r);
  return code;
}
static void every_length_round_a_chunk_in_pieces_of_any_size(void **state) {
  (void)state;
  static const size_t lengths[] = {0, 1, 65535, 65536, 65537, 131071, 131072, 131073, 200000}, pieces[] = {1000, 65536, 65552, 65553, 300000};
  uint8_t *plain = malloc(200000);
  for (size_t i = 0; i < 200000; i++) plain[i] = (uint8_t)(i * 7 >> 3);
  for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
      struct strbuf sealed, whole, back;
      strbuf_init(&sealed, 0), strbuf_init(&whole, 0), strbuf_init(&back, 0);
      seal(plain, lengths[l], pieces[k], &sealed);
      assert_int_equal(age_decrypt(secret, sealed.p, sealed.n, 300000, &whole, &error), E_OK);
      assert_int_equal(unseal(sealed.p, sealed.n, pieces[(k + 1) % 5], &back), E_OK);
      assert_int_equal(back.n, lengths[l]);
      assert_int_equal(whole.n, lengths[l]);
      if (lengths[l]) assert_memory_equal(back.p, plain, lengths[l]);
      if (lengths[l]) assert_memory_equal(whole.p, plain, lengths[l]);
      strbuf_release(&sealed), strbuf_release(&whole), strbuf_release(&back);
    }
  free(plain);
}
static void cut_and_altered_files_are_refused(void **state) {
  (void)state;
  uint8_t *plain = calloc(1, 140000);
  struct strbuf sealed, back;
  strbuf_init(&sealed, 0), strbuf_init(&back, 0);
  seal(plain, 140000, 140000, &sealed);
  for (size_t cut = 0; cut < sealed.n; cut += cut < 300 ? 1 : 4999) {
    strbuf_reset(&back);
    assert_int_not_equal(unseal(sealed.p, cut, 65536, &back), E_OK);
  }
  for (size_t i = 0; i < sealed.n; i += i < 300 ? 1 : 4999) {
    strbuf_reset(&back);
    sealed.p[i] ^= 1;
    assert_int_not_equal(unseal(sealed.p, sealed.n, 65536, &back), E_OK);
    sealed.p[i] ^= 1;
  }
  strbuf_addc(&sealed, 'x');
  assert_int_not_equal(unseal(sealed.p, sealed.n, 65536, &back), E_OK);
  free(plain);
  strbuf_release(&sealed), strbuf_release(&back);
}
static void frames_follow_one_another_and_the_limit_holds(void **state) {
  (void)state;
  struct strbuf packed, back;
  struct zstd_writer *w;
  struct zstd_reader *r;
  char plain[5000];
  memset(plain, 'z', sizeof plain);
  strbuf_init(&packed, 0), strbuf_init(&back, 0);
  assert_int_equal(zstd_writer_new(3, take, &packed, &w, &error), E_OK);
  for (int i = 0; i < 4; i++) {
    assert_int_equal(zstd_writer_add(w, plain, sizeof plain, &error), E_OK);
    assert_int_equal(zstd_writer_end_frame(w, &error), E_OK);
    assert_int_equal(zstd_writer_end_frame(w, &error), E_OK); /* none is open */
  }
  zstd_writer_free(w);
  for (size_t limit = 20000; limit >= 19999; limit--) {
    strbuf_reset(&back);
    assert_int_equal(zstd_reader_new(limit, take, &back, &r, &error), E_OK);
    enum err_code code = zstd_reader_feed(r, packed.p, packed.n, &error);
    assert_int_equal(code, limit == 20000 ? E_OK : E_CAP_EXCEEDED);
    if (!code) assert_int_equal(zstd_reader_end(r, &error), E_OK);
    if (!code) assert_int_equal(back.n, 20000);
    zstd_reader_free(r);
  }
  /* skippable, dictionary id, other */
  static const char *const refused[] = {"\x50\x2a\x4d\x18\x01\0\0\0x", "\x28\xb5\x2f\xfd\x03\0\0\0\0", "junk of no kind"};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(zstd_reader_new(1000, take, &back, &r, &error), E_OK);
    enum err_code code = zstd_reader_feed(r, refused[i], 9, &error);
    if (!code) code = zstd_reader_end(r, &error);
    assert_int_equal(code, E_ZSTD);
    zstd_reader_free(r);
  }
  strbuf_release(&packed), strbuf_release(&back);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_length_round_a_chunk_in_pieces_of_any_size),
      cmocka_unit_test(cut_and_altered_files_are_refused), cmocka_unit_test(frames_follow_one_another_and_the_limit_holds)};
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}

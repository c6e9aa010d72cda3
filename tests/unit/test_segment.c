/* Segments: known answer (the example of segment.md, confirmed by tests/reference/segment_kat.py), and every attack of the threat list that
 * ends here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "base/ext_zstd.h"
#include "tests/fault/segment_fixture.h"

static const uint8_t salt[24] = {0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52,
    0x53, 0x54, 0x55, 0x56, 0x57};

static const char wanted[] =
    "53534731404142434445464748494a4b4c4d4e4f5051525354555657116abeea66d20abd55e997941cb446c2d83608b790f23e027f7b35688a190891"
    "98ef534bf4c83aefa5564a584b40f11431db92152c48cd5508de1cd3cce6d6cbc293a24dbbab67a683e7e84489811b2339a8505410f66844e6801d02";

static struct strbuf sealed(const struct segment_place *p, const void *bytes, size_t n) {
  struct strbuf out;
  strbuf_init(&out, 0);
  assert_int_equal(segment_seal(dek, p, bytes, n, &out, NULL), E_OK);
  return out;
}
static void assert_refused(const struct segment_place *p, const void *bytes, size_t n) {
  uint8_t out[4096];
  struct err e;
  memset(out, 0xee, sizeof out);
  assert_true(p->raw_n <= sizeof out);
  enum err_code code = segment_open(dek, p, bytes, n, out, &e);
  assert_true(code == E_STORE_TAMPERED || code == E_CAP_EXCEEDED);
  for (uint32_t i = 0; i < p->raw_n; i++) assert_int_equal(out[i], 0);
}

static void known_answer_of_the_format_page(void **state) {
  (void)state;
  struct segment_place p = place_of(RAW_N);
  struct strbuf out;
  uint8_t back[RAW_N], file[512];
  char hex[1024];
  strbuf_init(&out, 0);
  assert_int_equal(segment_seal_salted(dek, &p, salt, raw, RAW_N, &out, NULL), E_OK);
  hex_encode((uint8_t *)out.p, out.n, hex);
  assert_string_equal(hex, wanted);
  assert_true(hex_decode(wanted, strlen(wanted), file));
  assert_int_equal(segment_open(dek, &p, file, strlen(wanted) / 2, back, NULL), E_OK);
  assert_memory_equal(back, raw, RAW_N);
  strbuf_release(&out);
}
/* tests/reference/segment_kat.py shares no line with the C code. */
static void a_second_implementation_agrees(void **state) {
  (void)state;
  char command[1024];
  if (access("tests/reference/segment_kat.py", R_OK) != 0 || system("command -v python3 >/dev/null 2>&1") != 0) skip();
  snprintf(command, sizeof command, "python3 tests/reference/segment_kat.py %s >/dev/null", wanted);
  int status = system(command);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) skip();
  assert_int_equal(status, 0);
}
static void the_format_page_shows_the_known_answer(void **state) {
  (void)state;
  uint8_t *p;
  size_t n, used = 0;
  if (access("secure-store/segment.md", R_OK) != 0) skip();
  assert_int_equal(file_read("secure-store/segment.md", 1 << 20, &p, &n, NULL), E_OK);
  for (size_t i = 0; i < n; i++)
    if (p[i] != ' ' && p[i] != '\n') p[used++] = p[i];
  bool found = false;
  for (size_t i = 0; i + sizeof wanted - 1 <= used; i++) found = found || memcmp(p + i, wanted, sizeof wanted - 1) == 0;
  assert_true(found);
  free(p);
}
static void round_trips_at_all_sizes(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 4096, 65536, 1 << 20, SEGMENT_RAW_MAX};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int kind = 0; kind < 2; kind++) { /* all zeros meet the ratio limit; noise does not compress */
      size_t n = sizes[i];
      uint8_t *p = calloc(1, n + 1), *q = malloc(n + 1);
      if (kind) random_bytes(p, n);
      struct segment_place place = place_of(n);
      struct strbuf s = sealed(&place, p, n);
      assert_int_equal(segment_lengths_ok(n, s.n, NULL), E_OK);
      assert_int_equal(segment_open(dek, &place, s.p, s.n, q, NULL), E_OK);
      assert_memory_equal(p, q, n);
      strbuf_release(&s);
      free(p);
      free(q);
    }
  struct segment_place too_long = place_of(SEGMENT_RAW_MAX + 1);
  uint8_t *p = calloc(1, SEGMENT_RAW_MAX + 1);
  struct strbuf s;
  strbuf_init(&s, 0);
  assert_int_equal(segment_seal(dek, &too_long, p, SEGMENT_RAW_MAX + 1, &s, NULL), E_CAP_EXCEEDED);
  free(p);
}
static void two_writes_of_the_same_bytes_share_nothing(void **state) {
  (void)state;
  struct segment_place p = place_of(RAW_N);
  struct strbuf a = sealed(&p, raw, RAW_N), b = sealed(&p, raw, RAW_N);
  assert_int_equal(a.n, b.n);
  assert_memory_not_equal(a.p + 4, b.p + 4, 24);
  assert_memory_not_equal(a.p + 28, b.p + 28, 32);
  assert_memory_not_equal(a.p + 60, b.p + 60, a.n - 60);
  strbuf_release(&a);
  strbuf_release(&b);
}
static void every_flipped_byte_gives_an_error_and_no_plaintext(void **state) {
  (void)state;
  struct segment_place p = place_of(RAW_N);
  struct strbuf s = sealed(&p, raw, RAW_N);
  for (size_t at = 0; at < s.n; at++)
    for (int bit = 1; bit < 256; bit *= 2) {
      s.p[at] = (char)(s.p[at] ^ bit);
      assert_refused(&p, s.p, s.n);
      s.p[at] = (char)(s.p[at] ^ bit);
    }
  strbuf_release(&s);
}
static void every_truncation_and_appendix_is_refused(void **state) {
  (void)state;
  struct segment_place p = place_of(RAW_N);
  struct strbuf s = sealed(&p, raw, RAW_N);
  for (size_t n = 0; n < s.n; n++) assert_refused(&p, s.p, n);
  strbuf_addc(&s, 0);
  assert_refused(&p, s.p, s.n);
  strbuf_release(&s);
}
/* Each field of the place is bound: a segment opens only where it was written. */
static void a_segment_moved_elsewhere_is_refused(void **state) {
  (void)state;
  struct segment_place home = place_of(RAW_N), p;
  struct strbuf s = sealed(&home, raw, RAW_N);
#define MOVED(change) p = home; p.change; assert_refused(&p, s.p, s.n)
  MOVED(dataset = "vital/birth/2025-11/received");
  MOVED(dataset = "vital/birth/2025-12/edited");
  MOVED(table = "shard:2");
  MOVED(column = "gestation_weeks");
  MOVED(part = 0);
  MOVED(codec = SEGMENT_COLUMN);
  MOVED(seg_no = 8);
  MOVED(row_first = 0);
  MOVED(rows = 65535);
  MOVED(raw_n = RAW_N - 1);
  MOVED(raw_n = RAW_N + 1);
  MOVED(schema_hash[31] = 0);
  MOVED(write_sequence = 41);
#undef MOVED
  uint8_t out[RAW_N], other[32] = {9};
  assert_int_equal(segment_open(other, &home, s.p, s.n, out, NULL), E_STORE_TAMPERED);
  assert_int_equal(segment_open(dek, &home, s.p, s.n, out, NULL), E_OK);
  strbuf_release(&s);
}
/* Names cannot run into one another. */
static void names_are_delimited(void **state) {
  (void)state;
  struct segment_place a = place_of(RAW_N), b = a;
  a.table = "ab", a.column = "c";
  b.table = "a", b.column = "bc";
  struct strbuf s = sealed(&a, raw, RAW_N);
  assert_refused(&b, s.p, s.n);
  strbuf_release(&s);
  char longer[SEGMENT_NAME_MAX + 2];
  memset(longer, 'n', sizeof longer - 1);
  longer[sizeof longer - 1] = 0;
  const char *const bad[] = {"", "a|b", longer, NULL};
  for (size_t i = 0; i < 4; i++) {
    a.table = bad[i];
    strbuf_init(&s, 0);
    assert_int_equal(segment_seal(dek, &a, raw, RAW_N, &s, NULL), E_SEGMENT_PLACE);
  }
}
static void lengths_are_judged_before_allocation(void **state) {
  (void)state;
  static const struct {
    uint64_t raw_n, n;
    enum err_code code;
  } cases[] = {
      {0, COMMIT_OVERHEAD + 4, E_OK},
      {0, COMMIT_OVERHEAD + 3, E_STORE_TAMPERED},
      {800, COMMIT_OVERHEAD + 4, E_OK},
      {801, COMMIT_OVERHEAD + 4, E_CAP_EXCEEDED},
      {SEGMENT_RAW_MAX, 1 << 20, E_OK},
      {SEGMENT_RAW_MAX + 1ull, 1 << 20, E_CAP_EXCEEDED},
      {UINT64_MAX, 1 << 20, E_CAP_EXCEEDED},
      {1, UINT64_MAX, E_CAP_EXCEEDED},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(segment_lengths_ok(cases[i].raw_n, cases[i].n, NULL), cases[i].code);
}

/* Someone who holds the key but writes what the sealer never would: authentic, and still refused. */
static enum err_code open_forged(const struct segment_place *p, const uint8_t *plain, size_t n, uint8_t *out) {
  struct strbuf box = forged(p, plain, n);
  enum err_code code = segment_open(dek, p, box.p, box.n, out, NULL);
  strbuf_release(&box);
  return code;
}
static void authentic_rubbish_is_refused(void **state) {
  (void)state;
  struct segment_place p = place_of(RAW_N);
  struct strbuf frame;
  uint8_t plain[512] = {0}, out[RAW_N + 1];
  strbuf_init(&frame, 0);
  assert_int_equal(zstd_compress(raw, RAW_N, 3, &frame, NULL), E_OK);
  size_t n = (size_t)padme_length(4 + frame.n);
  assert_true(n > 4 + frame.n); /* there is padding to spoil */
  plain[0] = (uint8_t)frame.n;
  memcpy(plain + 4, frame.p, frame.n);
  assert_int_equal(open_forged(&p, plain, n, out), E_OK); /* what the sealer would write */
  assert_memory_equal(out, raw, RAW_N);
  plain[n - 1] = 1;
  assert_int_equal(open_forged(&p, plain, n, out), E_STORE_TAMPERED); /* padding not zero */
  plain[n - 1] = 0;
  assert_int_equal(open_forged(&p, plain, n + 2, out), E_STORE_TAMPERED); /* more padding than due */
  plain[3] = 1;
  assert_int_equal(open_forged(&p, plain, n, out), E_STORE_TAMPERED); /* frame length beyond the plaintext */
  plain[3] = 0;
  plain[0]--;
  assert_int_equal(open_forged(&p, plain, n, out), E_STORE_TAMPERED); /* cut frame */
  plain[0]++;
  p.raw_n++;
  assert_int_equal(open_forged(&p, plain, n, out), E_STORE_TAMPERED); /* content size is not the raw length */
  p.raw_n--;
  memcpy(plain + 4, "\x50\x2a\x4d\x18", 4); /* a skippable frame */
  assert_int_equal(open_forged(&p, plain, n, out), E_STORE_TAMPERED);
  strbuf_release(&frame);
}
static void padme_rounds_up_by_at_most_an_eighth(void **state) {
  (void)state;
  static const struct {
    uint64_t n, padded;
  } cases[] = {{0, 0}, {1, 1}, {2, 2}, {9, 10}, {100, 104}, {1000, 1024}, {1023, 1024}, {65536, 65536}, {65537, 67584}, {1000000, 1015808}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(padme_length(cases[i].n), cases[i].padded);
  for (uint64_t n = 1; n < 100000; n += 7) {
    uint64_t padded = padme_length(n);
    assert_true(padded >= n && (padded - n) * 8 <= n);
    assert_int_equal(padme_length(padded), padded);
  }
}
/* One ciphertext, two keys: the commitment is compared before anything is decrypted. */
static void the_commitment_names_the_key(void **state) {
  (void)state;
  struct commit_context c = {STR("info"), STR("ad")};
  uint8_t box[5 + COMMIT_OVERHEAD], out[5], other[32] = {1};
  commit_seal(dek, &c, NULL, "hello", 5, box);
  assert_true(commit_open(dek, &c, box, sizeof box, out));
  assert_false(commit_open(other, &c, box, sizeof box, out));
  uint8_t derived[64];
  hkdf_sha256(other, 32, box + 4, 24, "info", 4, derived, 64);
  assert_memory_not_equal(derived + 32, box + 28, 32);
  memcpy(box + 28, derived + 32, 32); /* now the other key's commitment, still this key's ciphertext */
  assert_false(commit_open(dek, &c, box, sizeof box, out));
  assert_false(commit_open(other, &c, box, sizeof box, out));
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answer_of_the_format_page),
      cmocka_unit_test(a_second_implementation_agrees),
      cmocka_unit_test(the_format_page_shows_the_known_answer),
      cmocka_unit_test(round_trips_at_all_sizes),
      cmocka_unit_test(two_writes_of_the_same_bytes_share_nothing),
      cmocka_unit_test(every_flipped_byte_gives_an_error_and_no_plaintext),
      cmocka_unit_test(every_truncation_and_appendix_is_refused),
      cmocka_unit_test(a_segment_moved_elsewhere_is_refused),
      cmocka_unit_test(names_are_delimited),
      cmocka_unit_test(lengths_are_judged_before_allocation),
      cmocka_unit_test(padme_rounds_up_by_at_most_an_eighth),
      cmocka_unit_test(the_commitment_names_the_key),
      cmocka_unit_test(authentic_rubbish_is_refused),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}

/* zstd: round trips, and every refusal that must come before memory is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ext_zstd.h"

static struct strbuf frame_of(const void *p, size_t n) {
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_int_equal(zstd_compress(p, n, 3, &b, NULL), E_OK);
  return b;
}
static void round_trips_at_all_sizes(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 2, 255, 256, 65535, 65536, 1000003};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t n = sizes[i];
    uint8_t *p = malloc(n + 1), *q = malloc(n + 1);
    for (size_t k = 0; k < n; k++) p[k] = (uint8_t)(k * k >> 7);
    struct strbuf f = frame_of(p, n), out;
    strbuf_init(&out, 0);
    assert_int_equal(zstd_decompress(f.p, f.n, q, n, NULL), E_OK);
    assert_memory_equal(p, q, n);
    assert_int_equal(zstd_decompress_capped(f.p, f.n, n, 100000, &out, NULL), E_OK);
    assert_int_equal(out.n, n);
    if (n) assert_memory_equal(out.p, p, n);
    strbuf_release(&f);
    strbuf_release(&out);
    free(p);
    free(q);
  }
}
static void same_bytes_give_the_same_frame(void **state) {
  (void)state;
  char text[5000];
  memset(text, 'x', sizeof text);
  struct strbuf a = frame_of(text, sizeof text), b = frame_of(text, sizeof text);
  assert_int_equal(a.n, b.n);
  assert_memory_equal(a.p, b.p, a.n);
  strbuf_release(&a);
  strbuf_release(&b);
}
/* Frames written by hand after RFC 8878 section 3.1.1: magic, descriptor, window or content size, one raw block. */
static void hand_made_frames_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *what;
    uint8_t bytes[32];
    size_t n;
    enum err_code code;
  } cases[] = {
      {"plain, content size 1", {0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0x09, 0, 0, 'a'}, 10, E_OK},
      {"content size 2, holds 1", {0x28, 0xb5, 0x2f, 0xfd, 0x20, 2, 0x09, 0, 0, 'a'}, 10, E_ZSTD},
      {"dictionary id 7", {0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1, 0x09, 0, 0, 'a'}, 11, E_ZSTD},
      {"reserved bit", {0x28, 0xb5, 0x2f, 0xfd, 0x28, 1, 0x09, 0, 0, 'a'}, 10, E_ZSTD},
      {"window of 2 GiB", {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x09, 0, 0, 'a'}, 10, E_ZSTD},
      {"window of 16 MiB", {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x70, 0x09, 0, 0, 'a'}, 10, E_ZSTD},
      {"content size 2^40", {0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 0x09, 0, 0, 'a'}, 17, E_ZSTD},
      {"skippable frame", {0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 'a'}, 9, E_ZSTD},
      {"skippable frame behind", {0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0x09, 0, 0, 'a', 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0}, 18, E_ZSTD},
      {"two frames", {0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0x09, 0, 0, 'a', 0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 0x01, 0, 0}, 19, E_ZSTD},
      {"one byte behind", {0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0x09, 0, 0, 'a', 0}, 11, E_ZSTD},
      {"older magic", {0x27, 0xb5, 0x2f, 0xfd, 0x20, 1, 0x09, 0, 0, 'a'}, 10, E_ZSTD},
      {"empty", {0}, 0, E_ZSTD},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf out;
    struct err e;
    uint8_t byte;
    strbuf_init(&out, 1 << 20);
    enum err_code code = zstd_decompress_capped(cases[i].bytes, cases[i].n, 1 << 20, 100, &out, &e);
    if (cases[i].code ? code == E_OK : code != E_OK) fail_msg("%s: %s", cases[i].what, err_name(code));
    if (code) assert_int_equal(out.n, 0);
    assert_int_equal(zstd_decompress(cases[i].bytes, cases[i].n, &byte, 1, &e), cases[i].code);
    strbuf_release(&out);
  }
}
static void a_frame_without_content_size_is_read_within_caps_only(void **state) {
  (void)state;
  static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x09, 0, 0, 'a'}; /* window 2 MiB, size unknown */
  struct strbuf out;
  uint8_t byte;
  strbuf_init(&out, 0);
  assert_int_equal(zstd_decompress(frame, sizeof frame, &byte, 1, NULL), E_ZSTD);
  assert_int_equal(zstd_decompress_capped(frame, sizeof frame, 1, 100, &out, NULL), E_OK);
  assert_int_equal(out.n, 1);
  assert_int_equal(zstd_decompress_capped(frame, sizeof frame, 0, 100, &out, NULL), E_CAP_EXCEEDED);
  assert_int_equal(out.n, 1);
  strbuf_release(&out);
}
static void bombs_stop_at_the_caps(void **state) {
  (void)state;
  size_t n = 64 << 20;
  uint8_t *zeros = calloc(1, n);
  struct strbuf f = frame_of(zeros, n), out;
  strbuf_init(&out, 0);
  assert_true(f.n < n / 1000);
  assert_int_equal(zstd_decompress_capped(f.p, f.n, n - 1, UINT32_MAX, &out, NULL), E_CAP_EXCEEDED);
  assert_int_equal(zstd_decompress_capped(f.p, f.n, n, 200, &out, NULL), E_CAP_EXCEEDED);
  assert_int_equal(out.capacity, 0); /* refused before anything was allocated */
  assert_int_equal(zstd_decompress(f.p, f.n, zeros, n - 1, NULL), E_ZSTD);
  strbuf_release(&f);
  free(zeros);
}
static void every_truncation_is_refused(void **state) {
  (void)state;
  char text[3000];
  for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + i * 7 % 13 + i / 500);
  struct strbuf f = frame_of(text, sizeof text), out;
  strbuf_init(&out, 0);
  char back[sizeof text];
  for (size_t n = 0; n < f.n; n++) {
    assert_int_equal(zstd_decompress(f.p, n, back, sizeof back, NULL), E_ZSTD);
    assert_int_equal(zstd_decompress_capped(f.p, n, sizeof text, 1000, &out, NULL), E_ZSTD);
    assert_int_equal(out.n, 0);
  }
  strbuf_release(&f);
  strbuf_release(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(round_trips_at_all_sizes),
      cmocka_unit_test(same_bytes_give_the_same_frame),
      cmocka_unit_test(hand_made_frames_are_refused),
      cmocka_unit_test(a_frame_without_content_size_is_read_within_caps_only),
      cmocka_unit_test(bombs_stop_at_the_caps),
      cmocka_unit_test(every_truncation_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

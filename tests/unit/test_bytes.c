/* Binary reader and writer: little-endian, canonical varints, a short read fails for good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"

static void integers_are_little_endian(void **state) {
  (void)state;
  static const uint8_t expected[] = {0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08};
  struct strbuf b = {0};
  struct bytes_reader r;
  bytes_put_u8(&b, 1);
  bytes_put_u16(&b, 0x0203);
  bytes_put_u32(&b, 0x04050607);
  bytes_put_u64(&b, 0x08090a0b0c0d0e0f);
  assert_int_equal(b.n, sizeof expected);
  assert_memory_equal(b.p, expected, sizeof expected);
  bytes_reader_init(&r, b.p, b.n);
  assert_int_equal(bytes_u8(&r), 1);
  assert_int_equal(bytes_u16(&r), 0x0203);
  assert_int_equal(bytes_u32(&r), 0x04050607);
  assert_true(bytes_u64(&r) == 0x08090a0b0c0d0e0f);
  assert_int_equal(bytes_left(&r), 0);
  assert_false(r.failed);
  strbuf_release(&b);
}

static void a_short_read_fails_and_stays_failed(void **state) {
  (void)state;
  struct bytes_reader r;
  bytes_reader_init(&r, "\x01\x02\x03", 3);
  assert_int_equal(bytes_u16(&r), 0x0201);
  assert_int_equal(bytes_u32(&r), 0);
  assert_true(r.failed);
  assert_int_equal(bytes_u8(&r), 0); /* one byte is left, but the place is lost */
  assert_null(bytes_take(&r, 0));
  assert_int_equal(bytes_left(&r), 0);
  bytes_reader_init(&r, "abc", 3);
  assert_null(bytes_take(&r, SIZE_MAX));
  bytes_reader_init(&r, NULL, 0);
  assert_non_null(bytes_take(&r, 0));
  assert_null(bytes_take(&r, 1));
}

static void varints_round_trip(void **state) {
  (void)state;
  for (int bit = 0; bit < 64; bit++)
    for (uint64_t off = 0; off < 3; off++) {
      uint64_t v = (UINT64_C(1) << bit) - 1 + off;
      struct strbuf b = {0};
      struct bytes_reader r;
      bytes_put_varint(&b, v);
      bytes_reader_init(&r, b.p, b.n);
      assert_true(bytes_varint(&r) == v);
      assert_false(r.failed);
      assert_int_equal(bytes_left(&r), 0);
      bytes_reader_init(&r, b.p, b.n - 1);
      (void)bytes_varint(&r);
      assert_true(r.failed);
      strbuf_release(&b);
    }
}

static void only_the_shortest_varint_is_read(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n;
    bool ok;
  } cases[] = {{"\x00", 1, true}, {"\x80\x00", 2, false}, {"\xff\x00", 2, false}, {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, true},
      {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, false}, {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct bytes_reader r;
    bytes_reader_init(&r, cases[i].bytes, cases[i].n);
    (void)bytes_varint(&r);
    assert_int_equal(!r.failed, cases[i].ok);
  }
}

static void hex_goes_both_ways_and_refuses_the_rest(void **state) {
  (void)state;
  uint8_t all[256], back[256];
  char text[513];
  for (int i = 0; i < 256; i++) all[i] = (uint8_t)i;
  hex_encode(all, 256, text);
  assert_int_equal(strlen(text), 512);
  assert_memory_equal(text, "000102", 6);
  assert_string_equal(text + 506, "fdfeff");
  assert_true(hex_decode(text, 512, back));
  assert_memory_equal(all, back, 256);
  assert_true(hex_decode("aBCd", 4, back) && back[0] == 0xab && back[1] == 0xcd);
  assert_false(hex_decode("abc", 3, back));
  assert_false(hex_decode("0g", 2, back));
  assert_false(hex_decode("0x", 2, back));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(integers_are_little_endian),
      cmocka_unit_test(a_short_read_fails_and_stays_failed),
      cmocka_unit_test(varints_round_trip),
      cmocka_unit_test(only_the_shortest_varint_is_read),
      cmocka_unit_test(hex_goes_both_ways_and_refuses_the_rest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

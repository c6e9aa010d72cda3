/* Attacks on one sealed segment (secure.md 4.15, rows 1 to 5; table in tests/attacks.md): altered fields, frames of zstd that are bombs or not what
 * the sealer writes, and a ciphertext that is valid under two keys. What flips, cuts and moves whole segments stands in tests/unit/test_segment.c,
 * what happens in a store in test_attack_store.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ext_sodium.h"
#include "base/ext_zstd.h"
#include "tests/fault/heap_meter.h"
#include "tests/fault/segment_fixture.h"

enum { MIB = 1 << 20 };

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}
static enum err_code open_at(const struct segment_place *p, const struct strbuf *s) {
  static uint8_t out[64];
  assert_true(p->raw_n <= sizeof out);
  memset(out, 0xee, sizeof out);
  enum err_code code = segment_open(dek, p, s->p, s->n, out, NULL);
  for (uint32_t i = 0; code && i < p->raw_n; i++) assert_int_equal(out[i], 0); /* not one byte */
  return code;
}

/* --- row 1: the fields that are authenticated and not stored --- */
static void flip_number(void *field, size_t bytes, const struct segment_place *p, const struct strbuf *s) {
  for (size_t bit = 0; bit < bytes * 8; bit++) {
    ((uint8_t *)field)[bit / 8] ^= (uint8_t)(1 << bit % 8);
    if (p->raw_n <= 64) assert_int_equal(open_at(p, s), E_STORE_TAMPERED);
    else assert_int_equal(segment_lengths_ok(p->raw_n, s->n, NULL), p->raw_n > (s->n - COMMIT_OVERHEAD) * SEGMENT_RATIO_MAX ? E_CAP_EXCEEDED : E_OK);
    ((uint8_t *)field)[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}
static void flip_text(const char **field, const struct segment_place *p, const struct strbuf *s) {
  const char *was = *field;
  char text[64];
  snprintf(text, sizeof text, "%s", was);
  *field = text;
  for (size_t i = 0; was[i]; i++)
    for (int bit = 1; bit < 256; bit *= 2) {
      text[i] = (char)(text[i] ^ bit);
      enum err_code code = open_at(p, s);
      assert_true(code == E_STORE_TAMPERED || (code == E_SEGMENT_PLACE && text[i] == '|') || (code == E_SEGMENT_PLACE && !text[0]));
      text[i] = was[i];
    }
  *field = was;
}
static void every_bit_of_every_bound_field_is_authenticated(void **state) {
  (void)state;
  struct segment_place p = place_of(RAW_N);
  struct strbuf s;
  strbuf_init(&s, 0);
  assert_int_equal(segment_seal(dek, &p, raw, RAW_N, &s, NULL), E_OK);
  flip_text(&p.dataset, &p, &s);
  flip_text(&p.table, &p, &s);
  flip_text(&p.column, &p, &s);
  flip_number(&p.part, sizeof p.part, &p, &s);
  flip_number(&p.codec, sizeof p.codec, &p, &s);
  flip_number(&p.seg_no, sizeof p.seg_no, &p, &s);
  flip_number(&p.row_first, sizeof p.row_first, &p, &s);
  flip_number(&p.rows, sizeof p.rows, &p, &s);
  flip_number(&p.raw_n, sizeof p.raw_n, &p, &s);
  flip_number(p.schema_hash, sizeof p.schema_hash, &p, &s);
  flip_number(&p.write_sequence, sizeof p.write_sequence, &p, &s);
  assert_int_equal(open_at(&p, &s), E_OK);
  strbuf_release(&s);
}

/* --- row 3: garbage of any length behind a segment --- */
static void garbage_behind_a_segment_is_refused(void **state) {
  (void)state;
  struct segment_place p = place_of(RAW_N);
  struct strbuf s, twice;
  strbuf_init(&s, 0);
  strbuf_init(&twice, 0);
  assert_int_equal(segment_seal(dek, &p, raw, RAW_N, &s, NULL), E_OK);
  strbuf_add(&twice, s.p, s.n);
  for (size_t i = 0; i < s.n; i++) { /* at the end: the segment twice */
    strbuf_addc(&twice, s.p[i]);
    assert_int_equal(open_at(&p, &twice), E_STORE_TAMPERED);
  }
  strbuf_release(&s);
  strbuf_release(&twice);
}

/* --- row 4: frames by hand (RFC 8878, section 3.1.1) --- */
static void frame_begin(struct strbuf *f, uint8_t descriptor) {
  strbuf_init(f, 0);
  strbuf_add(f, "\x28\xb5\x2f\xfd", 4);
  strbuf_addc(f, (char)descriptor);
}
static void number(struct strbuf *f, uint64_t v, int bytes) {
  for (int i = 0; i < bytes; i++) strbuf_addc(f, (char)(v >> 8 * i));
}
static void block(struct strbuf *f, bool last, int type, uint32_t size, const char *p, size_t n) {
  number(f, (uint64_t)last | (uint64_t)type << 1 | (uint64_t)size << 3, 3);
  strbuf_add(f, p, n);
}
enum { RAW_BLOCK = 0, RLE_BLOCK = 1 };
enum { SINGLE = 0x20, SIZE_4 = 0x80, SIZE_8 = 0xc0, RESERVED = 0x08, DICTIONARY_1 = 1, DICTIONARY_4 = 3, ANY_SIZE = 0, WINDOW_8_MIB = 13 << 3 };
static void zeros(struct strbuf *f, int blocks) { /* 128 KiB of zeros for four bytes each */
  for (int i = 0; i < blocks; i++) block(f, i + 1 == blocks, RLE_BLOCK, 128 * 1024, "", 1);
}
/* X(name, text, code of the reader that does not know the size) */
#define BOMB_LIST(X)                                                  \
  X(GOOD, "good", E_OK)                                               \
  X(ANNOUNCES_1_GIB, "announces 1 GiB", E_CAP_EXCEEDED)               \
  X(ANNOUNCES_1_GIB_IN_ONE, "announces 1 GiB in one piece", E_ZSTD)   \
  X(ANNOUNCES_2_64, "announces 2^64 - 1", E_ZSTD)                     \
  X(NO_SIZE, "no size, 125 MiB", E_CAP_EXCEEDED)                      \
  X(LONGER_THAN_SAID, "longer than said", E_ZSTD)                     \
  X(FAR_LONGER_THAN_SAID, "125 MiB behind a small size", E_ZSTD)      \
  X(SHORTER_THAN_SAID, "shorter than said", E_ZSTD)                   \
  X(WITH_DICTIONARY_1, "dictionary id of 1 byte", E_ZSTD)             \
  X(WITH_DICTIONARY_4, "dictionary id of 4 bytes", E_ZSTD)            \
  X(WINDOW_31, "window log 31", E_ZSTD)                               \
  X(WINDOW_41, "window log 41", E_ZSTD)                               \
  X(RESERVED_BIT, "reserved bit", E_ZSTD)                             \
  X(RESERVED_BLOCK, "reserved block type", E_ZSTD)                    \
  X(SKIPPABLE_BEFORE, "skippable frame before", E_ZSTD)               \
  X(SKIPPABLE_ALONE, "skippable frame alone", E_ZSTD)                 \
  X(SKIPPABLE_BEHIND, "skippable frame behind", E_ZSTD)               \
  X(TWO_FRAMES, "two frames", E_ZSTD)                                 \
  X(CUT, "cut", E_ZSTD)
#define NAME(name, text, code) name,
enum bomb { BOMB_LIST(NAME) BOMBS };
#define TEXT(name, text, code) text,
static const char *const bomb_names[BOMBS] = {BOMB_LIST(TEXT)};
#define CAPPED(name, text, code) code,
static const enum err_code capped_code[BOMBS] = {BOMB_LIST(CAPPED)};

static void small_frame(struct strbuf *f, uint8_t descriptor, const char *p, size_t n) {
  frame_begin(f, descriptor | SINGLE);
  number(f, RAW_N, 1);
  block(f, true, RAW_BLOCK, (uint32_t)n, p, n);
}
static void whole(struct strbuf *f) { block(f, true, RAW_BLOCK, RAW_N, raw, RAW_N); }
static void skippable(struct strbuf *f) {
  strbuf_add(f, "\x50\x2a\x4d\x18", 4);
  number(f, 4, 4);
  strbuf_add(f, "data", 4);
}
static void make_bomb(enum bomb b, struct strbuf *f) {
  switch (b) {
  case ANNOUNCES_1_GIB: frame_begin(f, SIZE_4), number(f, WINDOW_8_MIB, 1), number(f, 1u << 30, 4), zeros(f, 8192); return;
  case ANNOUNCES_1_GIB_IN_ONE: frame_begin(f, SINGLE | SIZE_4), number(f, 1u << 30, 4), zeros(f, 8192); return; /* its window is its size */
  case ANNOUNCES_2_64: frame_begin(f, SINGLE | SIZE_8), number(f, UINT64_MAX, 8), zeros(f, 8); return;
  case NO_SIZE: frame_begin(f, ANY_SIZE), number(f, 0x50, 1), zeros(f, 1000); return;
  case LONGER_THAN_SAID: frame_begin(f, SINGLE), number(f, RAW_N, 1), zeros(f, 1); return;
  case FAR_LONGER_THAN_SAID: frame_begin(f, SINGLE), number(f, RAW_N, 1), zeros(f, 1000); return;
  case SHORTER_THAN_SAID: small_frame(f, 0, raw, RAW_N - 1); return;
  case WITH_DICTIONARY_1: frame_begin(f, SINGLE | DICTIONARY_1), number(f, 7, 1), number(f, RAW_N, 1), whole(f); return;
  case WITH_DICTIONARY_4: frame_begin(f, SINGLE | DICTIONARY_4), number(f, 0x80000001, 4), number(f, RAW_N, 1), whole(f); return;
  case WINDOW_31: frame_begin(f, SIZE_4), number(f, 21 << 3, 1), number(f, RAW_N, 4), whole(f); return;
  case WINDOW_41: frame_begin(f, SIZE_4), number(f, 31 << 3, 1), number(f, RAW_N, 4), whole(f); return;
  case RESERVED_BIT: small_frame(f, RESERVED, raw, RAW_N); return;
  case RESERVED_BLOCK: frame_begin(f, SINGLE), number(f, RAW_N, 1), block(f, true, 3, RAW_N, raw, RAW_N); return;
  case SKIPPABLE_BEFORE:
  case SKIPPABLE_ALONE: {
    struct strbuf good;
    strbuf_init(f, 0);
    skippable(f);
    small_frame(&good, 0, raw, RAW_N);
    if (b == SKIPPABLE_BEFORE) strbuf_add(f, good.p, good.n);
    strbuf_release(&good);
    return;
  }
  case SKIPPABLE_BEHIND: small_frame(f, 0, raw, RAW_N), skippable(f); return;
  case TWO_FRAMES: small_frame(f, 0, raw, RAW_N), strbuf_add(f, f->p, f->n); return;
  case CUT: small_frame(f, 0, raw, RAW_N), f->n--; return;
  default: small_frame(f, 0, raw, RAW_N); return;
  }
}
static void assert_cheap(size_t begin, size_t most, const char *name) {
  if (heap_metered() && heap_taken(begin) > most) fail_msg("%s: took %zu bytes", name, heap_taken(begin));
}
/* A good frame of 8 MiB through the capped reader takes its 8 MiB, and the meter sees it. */
static void the_meter_sees_what_is_taken(void **state) {
  (void)state;
  struct strbuf f, out;
  strbuf_init(&out, 0);
  frame_begin(&f, SIZE_4);
  number(&f, WINDOW_8_MIB, 1);
  number(&f, 8 * MIB, 4);
  zeros(&f, 64);
  size_t begin = heap_begin();
  assert_int_equal(zstd_decompress_capped(f.p, f.n, 16 * MIB, 200000, &out, NULL), E_OK);
  assert_int_equal(out.n, 8 * MIB);
  if (heap_metered()) assert_true(heap_taken(begin) >= 8 * MIB);
  strbuf_release(&f);
  strbuf_release(&out);
}
static void bombs_are_refused_before_memory_is_taken(void **state) {
  (void)state;
  for (int b = 0; b < BOMBS; b++) {
    struct strbuf f;
    char out[RAW_N] = {0};
    make_bomb((enum bomb)b, &f);
    size_t begin = heap_begin();
    enum err_code code = zstd_decompress(f.p, f.n, out, RAW_N, NULL);
    if (code != (b == GOOD ? E_OK : E_ZSTD)) fail_msg("%s: %s", bomb_names[b], err_name(code));
    assert_cheap(begin, MIB, bomb_names[b]);
    strbuf_release(&f);
  }
}
/* The same where the size is not known beforehand: a member of a batch, capped at 16 MiB and 200 times its length (but at least 1 MiB). */
static void bombs_stop_at_the_cap_of_an_untrusted_reader(void **state) {
  (void)state;
  for (int b = 0; b < BOMBS; b++) {
    struct strbuf f, out;
    make_bomb((enum bomb)b, &f);
    strbuf_init(&out, 0);
    size_t begin = heap_begin();
    enum err_code code = zstd_decompress_capped(f.p, f.n, 16 * MIB, 200, &out, NULL);
    if (code != capped_code[b]) fail_msg("%s: %s, not %s", bomb_names[b], err_name(code), err_name(capped_code[b]));
    assert_int_equal(out.n, code ? 0 : RAW_N);
    assert_cheap(begin, 16 * MIB, bomb_names[b]);
    strbuf_release(&f);
    strbuf_release(&out);
  }
}
/* Sealed with the right key for the right place: authentic, so that only the checks behind the tag stand in its way. */
static void authentic_bombs_in_a_segment_are_refused(void **state) {
  (void)state;
  for (int b = 0; b < BOMBS; b++) {
    struct strbuf f;
    struct segment_place p = place_of(RAW_N);
    make_bomb((enum bomb)b, &f);
    size_t n = (size_t)padme_length(4 + f.n);
    uint8_t *plain = calloc(1, n);
    for (int i = 0; i < 4; i++) plain[i] = (uint8_t)(f.n >> 8 * i);
    memcpy(plain + 4, f.p, f.n);
    struct strbuf s = forged(&p, plain, n);
    size_t begin = heap_begin();
    enum err_code code = open_at(&p, &s);
    if (code != (b == GOOD ? E_OK : E_STORE_TAMPERED)) fail_msg("%s: %s", bomb_names[b], err_name(code));
    assert_cheap(begin, MIB, bomb_names[b]);
    free(plain);
    strbuf_release(&f);
    strbuf_release(&s);
  }
}
/* 16 MiB of zeros in a few hundred bytes: the ratio is judged before the reader makes room for 16 MiB. */
static void a_segment_beyond_the_ratio_is_refused_before_room_is_made(void **state) {
  (void)state;
  struct strbuf f;
  struct segment_place p = place_of(16 * MIB);
  frame_begin(&f, SIZE_4);
  number(&f, WINDOW_8_MIB, 1);
  number(&f, 16 * MIB, 4);
  zeros(&f, 128);
  uint8_t plain[1024] = {(uint8_t)f.n, (uint8_t)(f.n >> 8)};
  assert_true(f.n + 4 <= sizeof plain);
  memcpy(plain + 4, f.p, f.n);
  struct strbuf s = forged(&p, plain, (size_t)padme_length(4 + f.n));
  static uint8_t out[16 * MIB];
  size_t begin = heap_begin();
  assert_int_equal(segment_lengths_ok(p.raw_n, s.n, NULL), E_CAP_EXCEEDED);
  assert_int_equal(segment_open(dek, &p, s.p, s.n, out, NULL), E_CAP_EXCEEDED);
  assert_cheap(begin, 4096, "ratio");
  assert_int_equal(zstd_decompress(f.p, f.n, out, sizeof out, NULL), E_OK); /* a good frame otherwise */
  strbuf_release(&f);
  strbuf_release(&s);
}

/* --- row 5: one ciphertext, two keys (tests/reference/secure/salamander.py) --- */
static const char salamander_dek[2][65] = {
    "27e7994352da4e0cc6fb621d69e5ecafa7e0b8e11020acaa256548b2ebff569f",
    "296681af50eb72f6ce513b3f710ad8fe2af3aebc39bbb16e64a7037318422faf"};
static const char salamander_salt[] = "63479ad69a090b258277ec8fba6f99419a2ffb2489815106";
static const char salamander_box[] =
    "2af7909ca08f18facc556624b02e1a5c6f16d177d4848d8b9dcb2cdf3e4745ba258f64f1547db7258c1a85f5474953c5795af0009e9baf2b2798dcaddf1ba760";
static void a_ciphertext_valid_under_two_keys_opens_under_the_committed_one_only(void **state) {
  (void)state;
  enum { BOX = 64, PLAIN = BOX - AEAD_TAG_BYTES };
  static const uint8_t nonce[AEAD_NONCE_BYTES] = {0};
  struct commit_context c = {STR("mhlw-seg1|attack"), STR("a place")};
  uint8_t keys[2][32], derived[2][64], box[COMMIT_HEAD_BYTES + BOX] = "SSG1", plain[2][PLAIN], out[PLAIN], none[PLAIN] = {0};
  assert_true(hex_decode(salamander_salt, 48, box + 4));
  assert_true(hex_decode(salamander_box, 2 * BOX, box + COMMIT_HEAD_BYTES));
  for (int i = 0; i < 2; i++) {
    assert_true(hex_decode(salamander_dek[i], 64, keys[i]));
    hkdf_sha256(keys[i], 32, box + 4, COMMIT_SALT_BYTES, c.info.p, c.info.n, derived[i], 64);
    /* The attack is real: the cipher itself takes it under both keys, and gives two plaintexts. */
    assert_true(aead_open(derived[i], nonce, c.ad.p, c.ad.n, box + COMMIT_HEAD_BYTES, BOX, plain[i]));
  }
  assert_memory_not_equal(plain[0], plain[1], PLAIN);
  for (int i = 0; i < 2; i++) { /* whichever commitment is written, the other key is refused */
    memcpy(box + 4 + COMMIT_SALT_BYTES, derived[i] + 32, 32);
    assert_true(commit_open(keys[i], &c, box, sizeof box, out));
    assert_memory_equal(out, plain[i], PLAIN);
    assert_false(commit_open(keys[1 - i], &c, box, sizeof box, out));
    assert_memory_equal(out, none, PLAIN); /* nothing was decrypted */
  }
  memcpy(box + 4 + COMMIT_SALT_BYTES, derived[0] + 32, 16); /* half of each */
  memcpy(box + 4 + COMMIT_SALT_BYTES + 16, derived[1] + 48, 16);
  assert_false(commit_open(keys[0], &c, box, sizeof box, out));
  assert_false(commit_open(keys[1], &c, box, sizeof box, out));
}
static void the_pinned_pair_is_what_the_script_finds(void **state) {
  (void)state;
  char line[512], wanted[512];
  if (system("command -v python3 >/dev/null 2>&1") != 0) skip();
  FILE *f = popen("python3 -B tests/reference/secure/salamander.py", "r");
  assert_non_null(f);
  bool found = false;
  snprintf(wanted, sizeof wanted, "ciphertext and tag: %s\n", salamander_box);
  while (fgets(line, sizeof line, f)) found = found || strcmp(line, wanted) == 0;
  assert_int_equal(pclose(f), 0);
  assert_true(found);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_bit_of_every_bound_field_is_authenticated),
      cmocka_unit_test(garbage_behind_a_segment_is_refused),
      cmocka_unit_test(the_meter_sees_what_is_taken),
      cmocka_unit_test(bombs_are_refused_before_memory_is_taken),
      cmocka_unit_test(bombs_stop_at_the_cap_of_an_untrusted_reader),
      cmocka_unit_test(authentic_bombs_in_a_segment_are_refused),
      cmocka_unit_test(a_segment_beyond_the_ratio_is_refused_before_room_is_made),
      cmocka_unit_test(a_ciphertext_valid_under_two_keys_opens_under_the_committed_one_only),
      cmocka_unit_test(the_pinned_pair_is_what_the_script_finds),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}

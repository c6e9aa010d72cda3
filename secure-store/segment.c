/* segment.c -- see segment.h and segment.md. */
#include "secure-store/segment.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_zstd.h"
#include "secure-store/commit_aead.h"

enum { LEVEL_COLUMN = 3, LEVEL_BYTES = 1, LENGTH_BYTES = 4, INFO_BYTES = 1024, AD_BYTES = 1024, SEALED_MAX = 18 * 1024 * 1024 };

uint64_t padme_length(uint64_t n) {
  if (n < 2) return n;
  int e = 63 - __builtin_clzll(n), s = 32 - __builtin_clz((unsigned)e); /* bits of the exponent may stay, the lower ones are rounded up */
  uint64_t mask = e > s ? (1ull << (e - s)) - 1 : 0;
  return (n + mask) & ~mask;
}
/* Padme, but never so short that the ratio limit would refuse it. */
static size_t padded_length(size_t frame_n, size_t raw_n) {
  size_t padded = (size_t)padme_length(LENGTH_BYTES + frame_n), least = (raw_n + SEGMENT_RATIO_MAX - 1) / SEGMENT_RATIO_MAX;
  return padded < least ? least : padded;
}

/* --- the place, as key derivation info and as authenticated data --- */
static bool text_ok(const char *s) {
  size_t n = s ? strlen(s) : 0;
  return n >= 1 && n <= SEGMENT_NAME_MAX && !memchr(s, '|', n);
}
struct binding {
  char info[INFO_BYTES];
  uint8_t ad[AD_BYTES];
  size_t info_n, ad_n;
};
static void put(struct binding *b, const void *p, size_t n) {
  memcpy(b->ad + b->ad_n, p, n);
  b->ad_n += n;
}
static void put_number(struct binding *b, uint64_t v, int bytes) {
  for (int i = 0; i < bytes; i++) b->ad[b->ad_n++] = (uint8_t)(v >> 8 * i);
}
static void put_text(struct binding *b, const char *s) {
  size_t n = strlen(s);
  put_number(b, n, 1);
  put(b, s, n);
}
static enum err_code bind(const struct segment_place *p, struct binding *b, struct err *e) {
  if (!text_ok(p->dataset) || !text_ok(p->table) || !text_ok(p->column))
    return ERR(e, E_SEGMENT_PLACE, .subject = p->column, .expected = "names of 1 to 255 bytes without '|'");
  char schema[65];
  hex_encode(p->schema_hash, sizeof p->schema_hash, schema);
  b->ad_n = 0;
  b->info_n = (size_t)snprintf(b->info, sizeof b->info, "mhlw-seg1|%s|%u|%s|%s|%llu|%lu|%s", p->dataset, p->part, p->table, p->column,
      (unsigned long long)p->seg_no, (unsigned long)p->rows, schema);
  put_text(b, p->dataset);
  put_number(b, p->part, 1);
  put_text(b, p->table);
  put_text(b, p->column);
  put_number(b, p->seg_no, 8);
  put_number(b, p->row_first, 8);
  put_number(b, p->rows, 4);
  put_number(b, p->raw_n, 4);
  put_number(b, p->codec, 1);
  put(b, p->schema_hash, sizeof p->schema_hash);
  put_number(b, p->write_sequence, 8);
  return E_OK;
}
static struct commit_context context_of(const struct binding *b) {
  return (struct commit_context){str_view(b->info, b->info_n), str_view((const char *)b->ad, b->ad_n)};
}

/* --- sealing --- */
static enum err_code seal_frame(const uint8_t dek[32], const struct binding *b, const uint8_t *salt, struct str frame, size_t raw_n,
    struct strbuf *out, struct err *e) {
  size_t padded = padded_length(frame.n, raw_n);
  uint8_t *sealed = (uint8_t *)strbuf_extend(out, padded + COMMIT_OVERHEAD);
  if (!sealed) return ERR(e, E_NO_MEMORY, .subject = "segment");
  uint8_t *plain = sealed + COMMIT_HEAD_BYTES; /* sealed in place */
  for (int i = 0; i < LENGTH_BYTES; i++) plain[i] = (uint8_t)(frame.n >> 8 * i);
  memcpy(plain + LENGTH_BYTES, frame.p, frame.n);
  struct commit_context c = context_of(b);
  commit_seal(dek, &c, salt, plain, padded, sealed);
  return E_OK;
}
static enum err_code seal(const uint8_t dek[32], const struct segment_place *place, const uint8_t *salt, const void *raw, size_t n,
    struct strbuf *out, struct err *e) {
  struct binding b;
  struct strbuf frame;
  if (place->raw_n != n) return ERR(e, E_SEGMENT_PLACE, .subject = place->column, .expected = "the true raw length");
  if (n > SEGMENT_RAW_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = place->column, .expected = "at most 16 MiB");
  TRY(bind(place, &b, e));
  strbuf_init(&frame, 0);
  enum err_code code = zstd_compress(raw, n, place->codec == SEGMENT_BYTES ? LEVEL_BYTES : LEVEL_COLUMN, &frame, e);
  if (!code) code = seal_frame(dek, &b, salt, str_view(frame.p, frame.n), n, out, e);
  if (frame.p) wipe(frame.p, frame.n);
  strbuf_release(&frame);
  return code;
}
enum err_code segment_seal(const uint8_t dek[32], const struct segment_place *place, const void *raw, size_t n, struct strbuf *out, struct err *e) {
  return seal(dek, place, NULL, raw, n, out, e);
}
enum err_code segment_seal_salted(const uint8_t dek[32], const struct segment_place *place, const uint8_t salt[24], const void *raw, size_t n,
    struct strbuf *out, struct err *e) {
  return seal(dek, place, salt, raw, n, out, e);
}

/* --- opening --- */
enum err_code segment_lengths_ok(uint64_t raw_n, uint64_t n, struct err *e) {
  if (raw_n > SEGMENT_RAW_MAX || n > SEALED_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "segment", .expected = "at most 16 MiB");
  if (n < COMMIT_OVERHEAD + LENGTH_BYTES) return ERR(e, E_STORE_TAMPERED, .subject = "segment", .found = "too few bytes");
  if (raw_n > (n - COMMIT_OVERHEAD) * SEGMENT_RATIO_MAX)
    return ERR(e, E_CAP_EXCEEDED, .subject = "segment", .expected = "at most 200 times the sealed length");
  return E_OK;
}
static bool zeros(const uint8_t *p, size_t n) { return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0); }
/* Authenticated by now; the checks find our own bugs, and keep one form per content. */
static bool unpack(const uint8_t *plain, size_t n, uint8_t *out, size_t raw_n) {
  size_t frame_n = 0;
  for (int i = 0; i < LENGTH_BYTES; i++) frame_n |= (size_t)plain[i] << 8 * i;
  if (frame_n > n - LENGTH_BYTES || padded_length(frame_n, raw_n) != n || !zeros(plain + LENGTH_BYTES + frame_n, n - LENGTH_BYTES - frame_n))
    return false;
  return zstd_decompress(plain + LENGTH_BYTES, frame_n, out, raw_n, NULL) == E_OK;
}
static bool open_bound(const uint8_t dek[32], const struct binding *b, const void *p, size_t n, uint8_t *plain, uint8_t *out, size_t raw_n) {
  struct commit_context c = context_of(b);
  return commit_open(dek, &c, p, n, plain) && unpack(plain, n - COMMIT_OVERHEAD, out, raw_n);
}
enum err_code segment_open(const uint8_t dek[32], const struct segment_place *place, const void *p, size_t n, uint8_t *out, struct err *e) {
  struct binding b;
  if (place->raw_n <= SEGMENT_RAW_MAX) memset(out, 0, place->raw_n);
  TRY(segment_lengths_ok(place->raw_n, n, e));
  TRY(bind(place, &b, e));
  uint8_t *plain = malloc(n);
  if (!plain) return ERR(e, E_NO_MEMORY, .subject = "segment");
  bool ok = open_bound(dek, &b, p, n, plain, out, place->raw_n);
  wipe(plain, n);
  free(plain);
  if (ok) return E_OK;
  wipe(out, place->raw_n);
  return ERR(e, E_STORE_TAMPERED, .subject = place->column);
}

bool segment_is_of(const uint8_t dek[32], const struct segment_place *place, const uint8_t head[SEGMENT_HEAD_BYTES]) {
  _Static_assert((int)SEGMENT_HEAD_BYTES == (int)COMMIT_HEAD_BYTES, "the head of a segment is that of commit_aead");
  struct binding b;
  struct err ignored;
  if (bind(place, &b, &ignored)) return false;
  const struct commit_context c = context_of(&b);
  return commit_is_of(dek, &c, head);
}

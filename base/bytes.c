/* bytes.c -- see bytes.h. */
#include "base/bytes.h"

void bytes_reader_init(struct bytes_reader *r, const void *p, size_t n) { *r = (struct bytes_reader){.p = p, .n = n}; }

size_t bytes_left(const struct bytes_reader *r) { return r->failed ? 0 : r->n - r->at; }

const uint8_t *bytes_take(struct bytes_reader *r, size_t n) {
  static const uint8_t nothing[1] = {0};
  if (r->failed || n > r->n - r->at) {
    r->failed = true;
    return NULL;
  }
  const uint8_t *p = r->p ? r->p + r->at : nothing;
  r->at += n;
  return p;
}

static uint64_t little_endian(struct bytes_reader *r, size_t n) {
  const uint8_t *p = bytes_take(r, n);
  uint64_t v = 0;
  for (size_t i = n; p && i > 0; i--) v = v << 8 | p[i - 1]; // NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult): bytes_take() gave n bytes
  return v;
}

uint8_t bytes_u8(struct bytes_reader *r) { return (uint8_t)little_endian(r, 1); }
uint16_t bytes_u16(struct bytes_reader *r) { return (uint16_t)little_endian(r, 2); }
uint32_t bytes_u32(struct bytes_reader *r) { return (uint32_t)little_endian(r, 4); }
uint64_t bytes_u64(struct bytes_reader *r) { return little_endian(r, 8); }

uint64_t bytes_varint(struct bytes_reader *r) {
  size_t start = r->at;
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    uint8_t byte = bytes_u8(r);
    if (r->failed) break;
    if (shift == 63 && byte > 1) break; /* more than 64 bits */
    if (shift > 0 && byte == 0) break;  /* a shorter form exists */
    v |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return v;
  }
  r->failed = true;
  r->at = start;
  return 0;
}

static void put_little_endian(struct strbuf *b, uint64_t v, size_t n) {
  char out[8];
  for (size_t i = 0; i < n; i++, v >>= 8) out[i] = (char)(v & 0xff);
  strbuf_add(b, out, n);
}

void bytes_put_u8(struct strbuf *b, uint8_t v) { put_little_endian(b, v, 1); }
void bytes_put_u16(struct strbuf *b, uint16_t v) { put_little_endian(b, v, 2); }
void bytes_put_u32(struct strbuf *b, uint32_t v) { put_little_endian(b, v, 4); }
void bytes_put_u64(struct strbuf *b, uint64_t v) { put_little_endian(b, v, 8); }

void bytes_put_varint(struct strbuf *b, uint64_t v) {
  for (; v >= 0x80; v >>= 7) bytes_put_u8(b, (uint8_t)(v | 0x80));
  bytes_put_u8(b, (uint8_t)v);
}

void hex_encode(const uint8_t *p, size_t n, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = digits[p[i] >> 4];
    out[2 * i + 1] = digits[p[i] & 15];
  }
  out[2 * n] = 0;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool hex_decode(const char *p, size_t n, uint8_t *out) {
  if (n % 2) return false;
  for (size_t i = 0; i < n; i += 2) {
    int high = hex_digit(p[i]), low = hex_digit(p[i + 1]);
    if (high < 0 || low < 0) return false;
    out[i / 2] = (uint8_t)(high << 4 | low);
  }
  return true;
}

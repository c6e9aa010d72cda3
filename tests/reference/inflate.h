/* inflate.h -- RFC 1951 decompression for test vectors that come zlib-compressed (RFC 1950). Tests only: slow, checks bounds, trusts nothing
 * else. */
#ifndef SHIRABE_TESTS_INFLATE_H
#define SHIRABE_TESTS_INFLATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct inflate {
  const uint8_t *in;
  size_t n, at, held, max, out_n;
  uint32_t bits;
  uint8_t *out;
  bool failed;
};
struct huffman {
  uint16_t count[16], symbol[288];
};

static inline uint32_t inflate_bits(struct inflate *s, size_t need) {
  while (s->held < need) {
    if (s->at >= s->n) {
      s->failed = true;
      return 0;
    }
    s->bits |= (uint32_t)s->in[s->at++] << s->held;
    s->held += 8;
  }
  uint32_t v = s->bits & ((1u << need) - 1);
  s->bits >>= need;
  s->held -= need;
  return v;
}
static inline void inflate_put(struct inflate *s, uint8_t byte) {
  if (s->out_n < s->max) s->out[s->out_n++] = byte;
  else s->failed = true;
}
static inline void huffman_build(struct huffman *h, const uint8_t *length, int n) {
  uint16_t offset[16] = {0};
  memset(h->count, 0, sizeof h->count);
  for (int i = 0; i < n; i++) h->count[length[i]]++;
  for (int l = 1; l < 15; l++) offset[l + 1] = (uint16_t)(offset[l] + h->count[l]);
  for (int i = 0; i < n; i++)
    if (length[i]) h->symbol[offset[length[i]]++] = (uint16_t)i;
}
static inline int huffman_symbol(struct inflate *s, const struct huffman *h) {
  int code = 0, first = 0, index = 0;
  for (int l = 1; l <= 15 && !s->failed; l++) {
    code |= (int)inflate_bits(s, 1);
    int count = h->count[l];
    if (code - count < first) return h->symbol[index + code - first];
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  s->failed = true;
  return 256;
}
static inline void inflate_codes(struct inflate *s, const struct huffman *literal, const struct huffman *distance) {
  static const uint16_t base[29] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
      258};
  static const uint8_t extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const uint16_t far[30] = {1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
      8193, 12289, 16385, 24577};
  for (int symbol; !s->failed && (symbol = huffman_symbol(s, literal)) != 256;) {
    if (symbol < 256) {
      inflate_put(s, (uint8_t)symbol);
      continue;
    }
    if (symbol > 285) s->failed = true;
    if (s->failed) return;
    size_t length = base[symbol - 257] + inflate_bits(s, extra[symbol - 257]);
    int d = huffman_symbol(s, distance);
    if (s->failed || d > 29) {
      s->failed = true;
      return;
    }
    size_t back = far[d] + inflate_bits(s, d < 2 ? 0 : (size_t)(d / 2 - 1));
    if (back > s->out_n) s->failed = true;
    for (; length && !s->failed; length--) inflate_put(s, s->out[s->out_n - back]);
  }
}
static inline void inflate_stored(struct inflate *s) {
  s->bits = 0, s->held = 0;
  if (s->n - s->at < 4) {
    s->failed = true;
    return;
  }
  size_t length = (size_t)s->in[s->at] | (size_t)s->in[s->at + 1] << 8;
  s->at += 4;
  for (; length && !s->failed; length--) {
    if (s->at >= s->n) s->failed = true;
    else inflate_put(s, s->in[s->at++]);
  }
}
static inline void inflate_fixed(struct inflate *s) {
  uint8_t length[288];
  struct huffman literal, distance;
  for (int i = 0; i < 288; i++) length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  huffman_build(&literal, length, 288);
  memset(length, 5, 30);
  huffman_build(&distance, length, 30);
  inflate_codes(s, &literal, &distance);
}
static inline void inflate_dynamic(struct inflate *s) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  uint8_t length[320] = {0};
  struct huffman literal, distance;
  int n_literal = (int)inflate_bits(s, 5) + 257, n_distance = (int)inflate_bits(s, 5) + 1, n_code = (int)inflate_bits(s, 4) + 4, i = 0;
  for (int k = 0; k < n_code; k++) length[order[k]] = (uint8_t)inflate_bits(s, 3);
  huffman_build(&literal, length, 19);
  memset(length, 0, sizeof length);
  while (i < n_literal + n_distance && !s->failed) {
    int symbol = huffman_symbol(s, &literal);
    if (symbol < 16) {
      length[i++] = (uint8_t)symbol;
      continue;
    }
    uint8_t value = symbol == 16 && i > 0 ? length[i - 1] : 0;
    int repeat = symbol == 16 ? 3 + (int)inflate_bits(s, 2) : symbol == 17 ? 3 + (int)inflate_bits(s, 3) : 11 + (int)inflate_bits(s, 7);
    if (i + repeat > n_literal + n_distance) s->failed = true;
    while (repeat-- && !s->failed) length[i++] = value;
  }
  if (s->failed) return;
  huffman_build(&literal, length, n_literal);
  huffman_build(&distance, length + n_literal, n_distance);
  inflate_codes(s, &literal, &distance);
}
/* Bytes written, or 0 when the stream is bad or does not fit. */
static inline size_t zlib_inflate(const uint8_t *p, size_t n, uint8_t *out, size_t max) {
  struct inflate s = {.in = p, .n = n, .at = 2, .max = max, .out = out};
  for (bool last = n < 6; !last && !s.failed;) {
    last = inflate_bits(&s, 1);
    uint32_t kind = inflate_bits(&s, 2);
    if (kind == 0) inflate_stored(&s);
    else if (kind == 1) inflate_fixed(&s);
    else if (kind == 2) inflate_dynamic(&s);
    else s.failed = true;
  }
  return s.failed ? 0 : s.out_n;
}
#endif

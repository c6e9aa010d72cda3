/* decode_cp932.c -- see decode_cp932.h. */
#include "collector/decode_cp932.h"

#include <iconv.h>
#include <string.h>

enum { EXTERNAL_FIRST = 0xe000, EXTERNAL_LAST = 0xe757, TRAILS = 188 };

/* 0 when the converter has no single UTF-16 unit for the code. */
static uint16_t ask(iconv_t converter, unsigned code) {
  char in[2] = {(char)(code >> 8), (char)(code & 0xff)};
  char *from = code > 0xff ? in : in + 1;
  size_t n = code > 0xff ? 2 : 1;
  uint8_t out[4];
  char *to = (char *)out;
  size_t room = sizeof out;
  iconv(converter, NULL, NULL, NULL, NULL);
  if (iconv(converter, &from, &n, &to, &room) == (size_t)-1 || n || room != sizeof out - 2) return 0;
  return (uint16_t)(out[0] | out[1] << 8);
}

enum err_code cp932_init(struct cp932 *t, struct err *e) {
  iconv_t converter = iconv_open("UTF-16LE", "CP932");
  if (converter == (iconv_t)-1) return ERR(e, E_CP932_CONVERTER, .subject = "CP932");
  memset(t, 0, sizeof *t);
  for (unsigned code = 0; code < 256; code++)
    if (!cp932_is_lead((uint8_t)code) && code != 0x80 && code != 0xa0 && code < 0xfd) t->point[code] = ask(converter, code);
  for (unsigned lead = 0x81; lead <= 0xfc; lead++) {
    if (!cp932_is_lead((uint8_t)lead)) continue;
    for (unsigned trail = 0x40; trail <= 0xfc; trail++)
      if (trail != 0x7f) t->point[lead << 8 | trail] = ask(converter, lead << 8 | trail);
  }
  iconv_close(converter);
  bool sound = t->point['A'] == 'A' && t->point[0x5c] == 0x5c && t->point[0x8160] == 0xff5e && t->point[0xfbfc] == 0x9ad9;
  return sound ? E_OK : ERR(e, E_CP932_CONVERTER, .subject = "CP932");
}

static inline bool eight_ascii(const uint8_t *p) {
  uint64_t word;
  memcpy(&word, p, 8);
  return !(word & 0x8080808080808080u);
}

static inline char *put(char *out, uint16_t c) {
  if (c < 0x80) {
    *out++ = (char)c;
  } else if (c < 0x800) {
    *out++ = (char)(0xc0 | c >> 6);
    *out++ = (char)(0x80 | (c & 0x3f));
  } else {
    *out++ = (char)(0xe0 | c >> 12);
    *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    *out++ = (char)(0x80 | (c & 0x3f));
  }
  return out;
}

/* Code point of the character at p and its length; length 0 = bad, -1 = its trail byte is not there yet. */
static inline uint16_t point_at(const struct cp932 *t, const uint8_t *p, size_t n, int *length) {
  uint8_t b = *p;
  if (!cp932_is_lead(b)) {
    *length = t->point[b] || b == 0 ? 1 : 0;
    return t->point[b];
  }
  if (n < 2) {
    *length = -1;
    return 0;
  }
  uint16_t c = t->point[b << 8 | p[1]];
  *length = c ? 2 : 0;
  return c;
}

size_t cp932_decode(const struct cp932 *t, const uint8_t *p, size_t n, char *out, size_t *out_n, bool *bad) {
  const uint8_t *at = p, *end = p + n;
  char *to = out;
  *bad = false;
  while (at < end) {
    if (end - at >= 8 && eight_ascii(at)) {
      memcpy(to, at, 8);
      at += 8, to += 8;
      continue;
    }
    int length;
    uint16_t c = point_at(t, at, (size_t)(end - at), &length);
    if (length <= 0) {
      *bad = length == 0;
      break;
    }
    to = put(to, c);
    at += length;
  }
  *out_n = (size_t)(to - out);
  return (size_t)(at - p);
}

size_t cp932_valid_prefix(const struct cp932 *t, const uint8_t *p, size_t n) {
  const uint8_t *at = p, *end = p + n;
  while (at < end) {
    if (end - at >= 8 && eight_ascii(at)) {
      at += 8;
      continue;
    }
    int length;
    point_at(t, at, (size_t)(end - at), &length);
    if (length <= 0) break;
    at += length;
  }
  return (size_t)(at - p);
}

unsigned cp932_external_code(uint32_t code_point) {
  if (code_point < EXTERNAL_FIRST || code_point > EXTERNAL_LAST) return 0;
  unsigned i = code_point - EXTERNAL_FIRST, trail = 0x40 + i % TRAILS;
  return (0xf0 + i / TRAILS) << 8 | (trail >= 0x7f ? trail + 1 : trail);
}

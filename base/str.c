/* str.c -- see str.h. UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_of(const char *nul_terminated) {
  return nul_terminated ? (struct str){nul_terminated, strlen(nul_terminated)} : (struct str){"", 0};
}

bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

int str_cmp(struct str a, struct str b) {
  size_t n = a.n < b.n ? a.n : b.n;
  int order = n ? memcmp(a.p, b.p, n) : 0;
  if (order) return order < 0 ? -1 : 1;
  return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str prefix) { return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0); }

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static const char ideographic_space[3] = {'\xe3', '\x80', '\x80'}; /* U+3000 */

struct str str_trim(struct str s) {
  for (;;) {
    if (s.n >= 1 && is_blank(s.p[0])) s.p++, s.n--;
    else if (s.n >= 3 && memcmp(s.p, ideographic_space, 3) == 0) s.p += 3, s.n -= 3;
    else break;
  }
  for (;;) {
    if (s.n >= 1 && is_blank(s.p[s.n - 1])) s.n--;
    else if (s.n >= 3 && memcmp(s.p + s.n - 3, ideographic_space, 3) == 0) s.n -= 3;
    else return s;
  }
}

struct str str_split(struct str s, char separator, struct str *rest) {
  const char *at = s.n ? memchr(s.p, separator, s.n) : NULL;
  if (!at) {
    *rest = (struct str){"", 0};
    return s;
  }
  size_t n = (size_t)(at - s.p);
  *rest = (struct str){at + 1, s.n - n - 1};
  return (struct str){s.p, n};
}

bool str_int64(struct str s, int64_t *out) {
  bool negative = s.n > 0 && s.p[0] == '-';
  size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
  if (i == s.n) return false;
  int64_t value = 0; /* counted downwards: the negative range is the larger one */
  for (; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, s.p[i] - '0', &value)) return false;
  }
  if (!negative && value == INT64_MIN) return false;
  *out = negative ? value : -value;
  return true;
}

size_t utf8_decode(const char *p, size_t n, uint32_t *code_point) {
  const unsigned char *u = (const unsigned char *)p;
  if (n == 0) return 0;
  if (u[0] < 0x80) {
    *code_point = u[0];
    return 1;
  }
  size_t length = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
  if (u[0] < 0xc2 || u[0] > 0xf4 || n < length) return 0;
  uint32_t c = u[0] & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    if ((u[i] & 0xc0) != 0x80) return 0;
    c = c << 6 | (u[i] & 0x3fu);
  }
  static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return 0;
  *code_point = c;
  return length;
}

size_t utf8_encode(uint32_t c, char out[4]) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return 0;
  size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const unsigned char lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = length - 1; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
  out[0] = (char)(lead[length] | c);
  return length;
}

bool utf8_valid(const char *p, size_t n, size_t *bad_offset) {
  size_t at = 0;
  while (at < n) {
    uint64_t eight;
    if (n - at >= 8 && (memcpy(&eight, p + at, 8), !(eight & 0x8080808080808080u))) {
      at += 8;
      continue;
    }
    uint32_t c;
    size_t length = utf8_decode(p + at, n - at, &c);
    if (!length) {
      if (bad_offset) *bad_offset = at;
      return false;
    }
    at += length;
  }
  return true;
}

struct range {
  uint32_t first, last;
};
/* Unicode EastAsianWidth.txt, classes W and F, neighbouring ranges joined. */
static const struct range wide[] = {{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x25fd, 0x25fe}, {0x2614, 0x2615},
    {0x2648, 0x2653}, {0x26aa, 0x26ab}, {0x26bd, 0x26be}, {0x2705, 0x2705}, {0x274c, 0x274c}, {0x2753, 0x2757}, {0x2795, 0x2797}, {0x2e80, 0x303e},
    {0x3041, 0x3247}, {0x3250, 0x4dbf}, {0x4e00, 0xa4c6}, {0xa960, 0xa97c}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe10, 0xfe19}, {0xfe30, 0xfe6b},
    {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18cff}, {0x1aff0, 0x1b2fb}, {0x1f1e6, 0x1f202}, {0x1f210, 0x1f320}, {0x1f32d, 0x1f64f},
    {0x1f680, 0x1f6c5}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
static const struct range narrowless[] = {
    {0, 0x1f}, {0x7f, 0x9f}, {0x300, 0x36f}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xe0100, 0xe01ef}};

static bool in_ranges(const struct range *ranges, size_t n, uint32_t c) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (c > ranges[middle].last) low = middle + 1;
    else if (c < ranges[middle].first) high = middle;
    else return true;
  }
  return false;
}

size_t utf8_mend(char *text) {
  const size_t n = strlen(text);
  size_t to = 0;
  uint32_t c;
  for (size_t at = 0; at < n;) {
    const size_t length = utf8_decode(text + at, n - at, &c);
    if (length) memmove(text + to, text + at, length);
    to += length, at += length ? length : 1;
  }
  text[to] = 0;
  return to;
}

size_t utf8_columns(const char *p, size_t n) {
  size_t columns = 0;
  for (size_t at = 0; at < n;) {
    uint32_t c;
    size_t length = utf8_decode(p + at, n - at, &c);
    if (!length) {
      at++, columns++; /* shown as one replacement mark */
      continue;
    }
    at += length;
    if (in_ranges(narrowless, sizeof narrowless / sizeof *narrowless, c)) continue;
    columns += in_ranges(wide, sizeof wide / sizeof *wide, c) ? 2 : 1;
  }
  return columns;
}

enum { STRBUF_DEFAULT_MAX = 1 << 30 };

void strbuf_init(struct strbuf *b, size_t max) { *b = (struct strbuf){.max = max}; }

void strbuf_release(struct strbuf *b) {
  free(b->p);
  *b = (struct strbuf){.max = b->max};
}

/* Room for n more bytes and a NUL. */
static bool strbuf_room(struct strbuf *b, size_t n) {
  size_t max = b->max ? b->max : STRBUF_DEFAULT_MAX;
  if (b->failed || b->n > max || n > max - b->n) {
    b->failed = true;
    return false;
  }
  if (b->n + n < b->capacity) return true;
  size_t capacity = b->capacity ? b->capacity * 2 : 256;
  if (capacity < b->n + n + 1) capacity = b->n + n + 1;
  if (capacity > max + 1) capacity = max + 1;
  char *p = realloc(b->p, capacity);
  if (!p) {
    b->failed = true;
    return false;
  }
  b->p = p;
  b->capacity = capacity;
  return true;
}

void strbuf_add(struct strbuf *b, const char *p, size_t n) {
  if (!strbuf_room(b, n)) return;
  if (n) memcpy(b->p + b->n, p, n);
  b->n += n;
}

char *strbuf_extend(struct strbuf *b, size_t n) {
  if (!strbuf_room(b, n)) return NULL;
  char *at = b->p + b->n;
  memset(at, 0, n);
  b->n += n;
  return at;
}

void strbuf_adds(struct strbuf *b, const char *nul_terminated) { strbuf_add(b, nul_terminated, strlen(nul_terminated)); }
void strbuf_addc(struct strbuf *b, char c) { strbuf_add(b, &c, 1); }

void strbuf_addf(struct strbuf *b, const char *format, ...) {
  va_list measure, write;
  va_start(measure, format);
  va_copy(write, measure);
  int n = vsnprintf(NULL, 0, format, measure);
  va_end(measure);
  if (n < 0) b->failed = true;
  else if (strbuf_room(b, (size_t)n)) {
    vsnprintf(b->p + b->n, (size_t)n + 1, format, write);
    b->n += (size_t)n;
  }
  va_end(write);
}

void strbuf_add_int(struct strbuf *b, int64_t value) { strbuf_add_decimal(b, value, 0); }

void strbuf_add_decimal(struct strbuf *b, int64_t value, int decimals) {
  char digits[64];
  size_t at = sizeof digits;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  if (decimals < 0 || decimals > 40) decimals = 0;
  for (int written = 0; rest > 0 || written <= decimals; written++) {
    if (decimals > 0 && written == decimals) digits[--at] = '.';
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  }
  if (value < 0) digits[--at] = '-';
  strbuf_add(b, digits + at, sizeof digits - at);
}

void strbuf_reset(struct strbuf *b) {
  b->n = 0;
  b->failed = false;
}

const char *strbuf_cstr(struct strbuf *b) {
  if (!b->p) return "";
  b->p[b->n] = 0; /* strbuf_room always keeps one byte for it */
  return b->p;
}

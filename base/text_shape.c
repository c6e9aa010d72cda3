/* text_shape.c -- shows how a text is built without showing what it says (declared in err.h).
 * Full-width digits and letters keep their width in the mask: a wrong width is the commonest reason for a message. */
#include <string.h>

#include "base/err.h"
#include "base/str.h"

/* The words that dates are made of; the one-character era signs as well. */
static const char *const date_words[] = {"明治", "大正", "昭和", "平成", "令和", "年", "月", "日", "元", "㍾", "㍽", "㍼", "㍻", "㋿"};

static size_t date_word_at(const char *p, size_t n) {
  for (size_t i = 0; i < sizeof date_words / sizeof *date_words; i++) {
    size_t length = strlen(date_words[i]);
    if (length <= n && memcmp(p, date_words[i], length) == 0) return length;
  }
  return 0;
}

static bool in(uint32_t c, uint32_t first, uint32_t last) { return c >= first && c <= last; }

static bool is_sign(uint32_t c) {
  if (in(c, 0x20, 0x7e)) return true; /* digits and letters were taken before */
  return c == 0x3000 || in(c, 0x3001, 0x3003) || in(c, 0x3008, 0x301f) || c == 0x30fb || in(c, 0xff01, 0xff65) || in(c, 0xffe0, 0xffe6) ||
         in(c, 0x2010, 0x2027) || c == 0x2212 || c == 0xa5;
}

static const char *mask_of(uint32_t c) {
  if (in(c, '0', '9')) return "9";
  if (in(c, 'A', 'Z') || in(c, 'a', 'z')) return "A";
  if (in(c, 0xff10, 0xff19)) return "９";
  if (in(c, 0xff21, 0xff3a) || in(c, 0xff41, 0xff5a)) return "Ａ";
  if (c < 0x20 || in(c, 0x7f, 0x9f)) return "?";
  return is_sign(c) ? NULL : "〇";
}

const char *text_shape(const char *p, size_t n, char *out, size_t size) {
  size_t written = 0;
  if (size == 0) return out;
  for (size_t at = 0; at < n;) {
    uint32_t c;
    size_t length = date_word_at(p + at, n - at);
    const char *shown = NULL; /* NULL = as it stands */
    if (!length) {
      length = utf8_decode(p + at, n - at, &c);
      shown = length ? mask_of(c) : "?";
    }
    size_t taken = length ? length : 1;
    const char *from = shown ? shown : p + at;
    size_t bytes = shown ? strlen(shown) : taken;
    if (bytes + 1 > size - written) break;
    memcpy(out + written, from, bytes);
    written += bytes;
    at += taken;
  }
  out[written] = 0;
  return out;
}

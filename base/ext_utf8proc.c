/* ext_utf8proc.c -- see ext_utf8proc.h. */
#include "base/ext_utf8proc.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static bool add_mapped(struct str in, utf8proc_option_t options, struct strbuf *out) {
  utf8proc_uint8_t *mapped = NULL;
  utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)in.p, (utf8proc_ssize_t)in.n, &mapped, options);
  if (n < 0) return false;
  strbuf_add(out, (const char *)mapped, (size_t)n);
  free(mapped);
  return !out->failed;
}

bool text_nfkc(struct str in, struct strbuf *out) {
  return add_mapped(in, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT, out);
}

bool text_fold_case(struct str in, struct strbuf *out) {
  return add_mapped(in, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD, out);
}

static bool is_latin(uint32_t c) { return (c >= 0xc0 && c <= 0x24f) || (c >= 0x1e00 && c <= 0x1eff); }

bool text_latin_plain(struct str in, struct strbuf *out) {
  bool ok = utf8_valid(in.p, in.n, NULL);
  for (size_t at = 0; ok && at < in.n;) {
    uint32_t c;
    size_t n = utf8_decode(in.p + at, in.n - at, &c);
    struct str one = str_view(in.p + at, n);
    if (is_latin(c)) ok = add_mapped(one, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, out);
    else strbuf_add(out, one.p, one.n);
    at += n;
  }
  return ok && !out->failed;
}

bool text_is_letter(uint32_t c) {
  switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT: case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL: return true;
    default: return false;
  }
}

bool text_is_mark(uint32_t c) {
  switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ME: return true;
    default: return false;
  }
}

static bool is_compatibility_ideograph(uint32_t c) { return (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f); }

/* Latin to combining marks, CJK punctuation and kana without their combining voice marks, unified ideographs, width forms: none of these composes with a
 * neighbour (NFC_Quick_Check = Yes, combining class 0), and nearly every text we see holds nothing else. */
static bool never_composes(uint32_t c) {
  return c < 0x300 || (c >= 0x3000 && c <= 0x30ff && c != 0x3099 && c != 0x309a && !(c >= 0x302a && c <= 0x302f)) || (c >= 0x3400 && c <= 0x4dbf) ||
      (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xff00 && c <= 0xffef);
}

static bool is_composed(struct str in) {
  for (size_t at = 0; at < in.n;) {
    uint32_t c;
    at += utf8_decode(in.p + at, in.n - at, &c);
    if (!never_composes(c)) return false;
  }
  return true;
}

bool text_nfc_safe(struct str in, struct strbuf *out, bool *changed) {
  size_t start = out->n, from = 0, at = 0;
  *changed = false;
  if (!utf8_valid(in.p, in.n, NULL)) return false;
  if (is_composed(in)) {
    strbuf_add(out, in.p, in.n);
    return !out->failed;
  }
  while (at < in.n) {
    uint32_t c;
    size_t length = utf8_decode(in.p + at, in.n - at, &c);
    if (is_compatibility_ideograph(c)) {
      if (at > from && !add_mapped(str_view(in.p + from, at - from), UTF8PROC_STABLE | UTF8PROC_COMPOSE, out)) return false;
      strbuf_add(out, in.p + at, length);
      from = at + length;
    }
    at += length;
  }
  if (at > from && !add_mapped(str_view(in.p + from, at - from), UTF8PROC_STABLE | UTF8PROC_COMPOSE, out)) return false;
  *changed = out->n - start != in.n || memcmp(out->p + start, in.p, in.n) != 0;
  return !out->failed;
}

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

static bool is_compatibility_ideograph(uint32_t c) { return (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f); }

bool text_nfc_safe(struct str in, struct strbuf *out, bool *changed) {
  size_t start = out->n, from = 0, at = 0;
  *changed = false;
  if (!utf8_valid(in.p, in.n, NULL)) return false;
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

/* text.c -- files and the small encodings, all strict: there is one way to write each value. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "secure-store/verify/verify.h"

void complain(struct run *r, const char *en, const char *ja, ...) {
  va_list args;
  va_start(args, ja);
  fputs(r->japanese ? "不可: " : "refused: ", r->err);
  vfprintf(r->err, r->japanese ? ja : en, args);
  fputc('\n', r->err);
  va_end(args);
}
void say(struct run *r, const char *en, const char *ja, ...) {
  va_list args;
  if (r->quiet) return;
  va_start(args, ja);
  vfprintf(r->out, r->japanese ? ja : en, args);
  fputc('\n', r->out);
  va_end(args);
}
static bool slurp(FILE *f, size_t n, struct buffer *out) {
  out->p = malloc(n + 1);
  if (!out->p) return false;
  out->n = fread(out->p, 1, n, f);
  out->p[out->n] = 0;
  return out->n == n && fgetc(f) == EOF && !ferror(f);
}
bool read_file(struct run *r, const char *path, size_t max, struct buffer *out) {
  struct stat st;
  *out = (struct buffer){NULL, 0};
  FILE *f = fopen(path, "rb");
  if (!f || fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
    if (f) fclose(f);
    r->missing = true;
    return refused(r, "cannot read '%s': %s", "「%s」を読めません: %s", path, f ? "not a file" : strerror(errno));
  }
  bool fits = st.st_size >= 0 && (uint64_t)st.st_size <= max, whole = fits && slurp(f, (size_t)st.st_size, out);
  fclose(f);
  if (whole) return true;
  free(out->p);
  out->p = NULL;
  return fits ? refused(r, "cannot read '%s' to its end", "「%s」を最後まで読めません", path)
              : refused(r, "'%s' is larger than %zu bytes", "「%s」は %zu バイトを超えています", path, max);
}
struct text view(const void *p, size_t n) { return (struct text){p, n}; }
struct text cut(struct text *rest, char at) {
  const char *p = rest->n ? memchr(rest->p, at, rest->n) : NULL;
  struct text head = {rest->p, p ? (size_t)(p - rest->p) : rest->n};
  size_t used = head.n + (p ? 1 : 0);
  rest->p += used;
  rest->n -= used;
  return head;
}
bool same_text(struct text a, struct text b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
bool same(struct text t, const char *s) { return t.n == strlen(s) && memcmp(t.p, s, t.n) == 0; }
bool begins(struct text t, const char *s) {
  size_t n = strlen(s);
  return t.n >= n && memcmp(t.p, s, n) == 0;
}
bool has_line(struct text rest, struct text *line, struct text *after) {
  if (rest.n == 0 || !memchr(rest.p, '\n', rest.n)) return false;
  *after = rest;
  *line = cut(after, '\n');
  return true;
}
/* Length of the well-formed sequence at p, 0 when there is none (RFC 3629). */
static size_t utf8_step(const unsigned char *p, size_t left) {
  if (p[0] < 0x80) return 1;
  size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
  if (p[0] < 0xc2 || p[0] > 0xf4 || left < n) return 0;
  for (size_t i = 1; i < n; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)) return 0;
  return n;
}
bool utf8_ok(struct text t) {
  for (size_t i = 0, step; i < t.n; i += step)
    if ((step = utf8_step((const unsigned char *)t.p + i, t.n - i)) == 0) return false;
  return true;
}
bool controls_ok(struct text t, const char *allowed) {
  for (size_t i = 0; i < t.n; i++)
    if (((unsigned char)t.p[i] < 32 || t.p[i] == 127) && (!t.p[i] || !strchr(allowed, t.p[i]))) return false;
  return true;
}
bool decimal(struct text t, uint64_t *out) {
  uint64_t v = 0;
  if (t.n == 0 || t.n > 19 || (t.n > 1 && t.p[0] == '0')) return false;
  for (size_t i = 0; i < t.n; i++) {
    if (t.p[i] < '0' || t.p[i] > '9') return false;
    v = v * 10 + (uint64_t)(t.p[i] - '0');
  }
  *out = v;
  return v < 1ull << 63;
}
static int hex_digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }
bool hex(struct text t, uint8_t *out, size_t n) {
  if (t.n != 2 * n) return false;
  for (size_t i = 0; i < n; i++) {
    int high = hex_digit(t.p[2 * i]), low = hex_digit(t.p[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = (uint8_t)(high << 4 | low);
  }
  return true;
}
void to_hex(const uint8_t *p, size_t n, char *out) {
  for (size_t i = 0; i < n; i++) snprintf(out + 2 * i, 3, "%02x", p[i]);
}
static int base64_digit(char c) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = c ? strchr(digits, c) : NULL;
  return at ? (int)(at - digits) : -1;
}
size_t base64(struct text t, uint8_t *out, size_t room) {
  size_t padding = 0, n = 0;
  if (t.n % 4 != 0) return SIZE_MAX;
  while (padding < 2 && padding < t.n && t.p[t.n - 1 - padding] == '=') padding++;
  if (t.n / 4 * 3 - padding > room) return SIZE_MAX;
  for (size_t i = 0; i < t.n; i += 4) {
    uint32_t group = 0;
    size_t digits = i + 4 == t.n ? 4 - padding : 4;
    for (size_t k = 0; k < 4; k++) {
      int d = k < digits ? base64_digit(t.p[i + k]) : 0;
      if (d < 0) return SIZE_MAX;
      group = group << 6 | (uint32_t)d;
    }
    if (digits < 4 && group & ((1u << 8 * (4 - digits)) - 1)) return SIZE_MAX; /* bits that belong to nothing */
    for (size_t k = 0; k + 1 < digits; k++) out[n++] = (uint8_t)(group >> (16 - 8 * k));
  }
  return n;
}

/* age_armor.c -- see age_armor.h. */
#include "secure-store/age_armor.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_sodium.h"

enum { LINE = 64, LINE_BYTES = 48 };
static const char begin[] = "-----BEGIN AGE ENCRYPTED FILE-----", end[] = "-----END AGE ENCRYPTED FILE-----";

static bool white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static struct str trimmed(struct str s) {
  while (s.n > 0 && white(s.p[0])) s.p++, s.n--;
  while (s.n > 0 && white(s.p[s.n - 1])) s.n--;
  return s;
}
bool age_armored(const void *p, size_t n) {
  struct str s = trimmed(str_view(p, n));
  return str_starts(s, STR("-----BEGIN AGE"));
}

/* The rest of the text is trimmed already, so that its last line has no end. */
static struct str next_line(struct str *rest) {
  const char *nl = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
  size_t n = nl ? (size_t)(nl - rest->p) : rest->n;
  struct str line = str_view(rest->p, n);
  *rest = nl ? str_view(nl + 1, rest->n - n - 1) : str_view(rest->p + n, 0);
  if (line.n > 0 && nl && line.p[line.n - 1] == '\r') line.n--;
  return line;
}
static enum err_code armor_error(struct err *e, int64_t line, const char *expected) {
  char found[48];
  snprintf(found, sizeof found, "another text in line %lld", (long long)line);
  return ERR(e, E_AGE_ARMOR, .subject = "age armor", .expected = expected, .found = found);
}
static enum err_code body(struct str *rest, struct strbuf *out, struct err *e) {
  bool last = false;
  for (int64_t n = 2;; n++) {
    uint8_t bytes[LINE_BYTES];
    struct str line = next_line(rest);
    if (str_eq(line, str_view(end, sizeof end - 1))) return rest->n == 0 ? E_OK : armor_error(e, n + 1, "nothing after the last line");
    size_t got = last || line.n == 0 || line.n > LINE ? (size_t)-1 : base64_decode(line.p, line.n, true, bytes, sizeof bytes);
    if (got == (size_t)-1) return armor_error(e, n, last ? "the END line" : "1 to 64 base64 digits");
    last = got < LINE_BYTES;
    strbuf_add(out, (const char *)bytes, got);
  }
}
enum err_code age_armor_decode(const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) {
  struct str rest = trimmed(str_view(p, n));
  size_t start = out->n, most = rest.n / 4 * 3;
  if (!str_eq(next_line(&rest), str_view(begin, sizeof begin - 1))) return armor_error(e, 1, begin);
  if (!strbuf_extend(out, most)) return ERR(e, E_NO_MEMORY, .subject = "age armor");
  out->n = start;
  enum err_code code = body(&rest, out, e);
  if (!code && out->failed) code = ERR(e, E_NO_MEMORY, .subject = "age armor");
  if (!code && out->n - start > max_out) code = ERR(e, E_CAP_EXCEEDED, .subject = "age armor");
  if (code) out->n = start;
  return code;
}

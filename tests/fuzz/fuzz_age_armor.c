/* Any bytes as an armored age file. What is taken has one text only: written anew from the decoded bytes it is the input again, but for line ends and
 * white space outside. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/age_armor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void write_anew(const struct strbuf *bytes, struct strbuf *text) {
  char line[72];
  strbuf_adds(text, "-----BEGIN AGE ENCRYPTED FILE-----\n");
  for (size_t at = 0; at < bytes->n; at += 48) {
    base64_encode((const uint8_t *)bytes->p + at, bytes->n - at < 48 ? bytes->n - at : 48, true, line, sizeof line);
    strbuf_adds(text, line);
    strbuf_addc(text, '\n');
  }
  strbuf_adds(text, "-----END AGE ENCRYPTED FILE-----");
}
/* The input without white space around it, CRLF as LF. */
static void plain_lines(const uint8_t *p, size_t n, struct strbuf *text) {
  while (n && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) p++, n--;
  while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r' || p[n - 1] == '\n')) n--;
  for (size_t i = 0; i < n; i++)
    if (!(p[i] == '\r' && i + 1 < n && p[i + 1] == '\n')) strbuf_addc(text, (char)p[i]);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct strbuf out, again, given;
  struct err e = {0};
  if (!crypto_start()) abort();
  strbuf_init(&out, 1 << 20);
  strbuf_init(&again, 0);
  strbuf_init(&given, 0);
  enum err_code code = age_armor_decode(data, n, 1 << 20, &out, &e);
  if (code != e.code || (code && out.n)) abort();
  if (!code && !age_armored(data, n)) abort();
  if (!code) {
    write_anew(&out, &again);
    plain_lines(data, n, &given);
    if (again.n != given.n || memcmp(again.p, given.p, given.n) != 0) abort();
  }
  strbuf_release(&out);
  strbuf_release(&again);
  strbuf_release(&given);
  return 0;
}

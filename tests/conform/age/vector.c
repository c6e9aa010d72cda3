/* vector.c -- see vector.h. */
#include "tests/conform/age/vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/reference/inflate.h"

static void keep(struct str value, char *out, size_t size) { snprintf(out, size, "%.*s", (int)value.n, value.p); }
static void add_key(struct str value, struct str *list, int *n) {
  if (*n < VECTOR_KEYS) list[(*n)++] = value;
}
static void line_read(struct str line, struct vector *v) {
  struct str value, key = str_split(line, ':', &value);
  if (value.n > 0 && value.p[0] == ' ') value = str_view(value.p + 1, value.n - 1);
  if (str_eq(key, STR("expect"))) keep(value, v->expect, sizeof v->expect);
  else if (str_eq(key, STR("payload"))) keep(value, v->payload, sizeof v->payload);
  else if (str_eq(key, STR("file key"))) keep(value, v->file_key, sizeof v->file_key);
  else if (str_eq(key, STR("identity"))) add_key(value, v->identity, &v->n_identities);
  else if (str_eq(key, STR("passphrase"))) add_key(value, v->passphrase, &v->n_passphrases);
  else if (str_eq(key, STR("armored"))) v->armored = str_eq(value, STR("yes"));
  else if (str_eq(key, STR("compressed"))) v->compressed = str_eq(value, STR("zlib")), v->unknown_key |= !v->compressed;
  else if (!str_eq(key, STR("comment"))) v->unknown_key = true;
}
static bool inflate_body(struct vector *v) {
  v->inflated = malloc(VECTOR_FILE_MAX);
  if (!v->inflated) abort();
  v->n = zlib_inflate(v->body, v->n, v->inflated, VECTOR_FILE_MAX);
  v->body = v->inflated;
  return v->n > 0;
}
bool vector_parse(const uint8_t *p, size_t n, struct vector *v) {
  memset(v, 0, sizeof *v);
  for (size_t at = 0; at < n;) {
    const uint8_t *end = memchr(p + at, '\n', n - at);
    if (!end) return false;
    size_t length = (size_t)(end - p) - at;
    if (length > 0) line_read(str_view((const char *)p + at, length), v);
    at += length + 1;
    if (length > 0) continue;
    v->body = p + at, v->n = n - at;
    return v->expect[0] != 0 && (!v->compressed || inflate_body(v));
  }
  return false;
}
void vector_release(struct vector *v) { free(v->inflated); }

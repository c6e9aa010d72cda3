/* row_id.c -- see row_id.h. */
#include "secure-store/extract/row_id.h"

#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void row_key_init(struct row_key *k, const uint8_t key[32]) { hmac_key_init(&k->hmac, key, 32); }

static void derive(const struct row_key *k, const char *what, size_t what_n, uint64_t number, uint8_t out[HASH_BYTES]) {
  uint8_t message[16];
  memcpy(message, what, what_n);
  for (int i = 0; i < 8; i++) message[what_n + (size_t)i] = (uint8_t)(number >> (56 - 8 * i));
  hmac_with(&k->hmac, message, what_n + 8, out);
}
static void shorten(const uint8_t hash[HASH_BYTES], struct row_id *out) {
  memcpy(out->b, hash, ROW_ID_BYTES);
  out->b[ROW_ID_BYTES - 1] &= 0xf0;
}
void row_id_of(const struct row_key *k, uint64_t serial, struct row_id *out) {
  uint8_t hash[HASH_BYTES];
  derive(k, "row", 3, serial, hash);
  shorten(hash, out);
}
void row_mark(const struct row_key *k, struct row_id *out) {
  uint8_t hash[HASH_BYTES];
  derive(k, "mark", 4, 0, hash);
  shorten(hash, out);
}
static void text_of(const struct row_id *id, char first, char out[ROW_ID_TEXT]) {
  uint32_t bits = 0;
  int have = 0, at = 0;
  *out++ = first;
  for (int i = 0; i < 20; i++) {
    if (have < 5) bits = bits << 8 | id->b[at++], have += 8;
    have -= 5;
    *out++ = digits[bits >> have & 31];
  }
  *out = 0;
}
void row_id_text(const struct row_id *id, char out[ROW_ID_TEXT]) { text_of(id, 'r', out); }
void row_mark_text(const struct row_key *k, char out[ROW_ID_TEXT]) {
  struct row_id id;
  row_mark(k, &id);
  text_of(&id, 'm', out);
}
static int digit_of(char c) {
  if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
  const char *p = c ? strchr(digits, c) : NULL;
  return p ? (int)(p - digits) : -1;
}
bool row_id_parse(struct str text, char first, struct row_id *out) {
  uint32_t bits = 0;
  int have = 0, at = 0;
  if (text.n != ROW_ID_TEXT - 1 || (text.p[0] | 32) != first) return false;
  memset(out, 0, sizeof *out);
  for (size_t i = 1; i < text.n; i++) {
    int d = digit_of(text.p[i]);
    if (d < 0) return false;
    bits = bits << 5 | (uint32_t)d, have += 5;
    if (have >= 8) have -= 8, out->b[at++] = (uint8_t)(bits >> have);
  }
  out->b[at] = (uint8_t)(bits << (8 - have));
  return true;
}
int row_id_cmp(const void *a, const void *b) { return memcmp(((const struct row_id *)a)->b, ((const struct row_id *)b)->b, ROW_ID_BYTES); }

struct placed {
  uint8_t hash[HASH_BYTES];
  int64_t unit;
};
static int by_hash(const void *a, const void *b) { return memcmp(((const struct placed *)a)->hash, ((const struct placed *)b)->hash, HASH_BYTES); }
bool row_unit_order(const struct row_key *k, int64_t n, int64_t *order) {
  struct placed *p = calloc((size_t)n + 1, sizeof *p);
  if (!p) return false;
  for (int64_t i = 0; i < n; i++) {
    p[i].unit = i;
    derive(k, "unit", 4, (uint64_t)i, p[i].hash);
  }
  qsort(p, (size_t)n, sizeof *p, by_hash);
  for (int64_t i = 0; i < n; i++) order[i] = p[i].unit;
  free(p);
  return true;
}
int64_t row_block_end(const int64_t *order, const int64_t *rows, int64_t first, int64_t n) {
  int64_t end = first, total = 0;
  while (end < n && (end == first || total + rows[order[end]] <= EXTRACT_BLOCK_ROWS)) total += rows[order[end++]];
  return end;
}

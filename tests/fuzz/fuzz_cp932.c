/* Any bytes as CP932: the table agrees with the C library's converter on what is valid and on the text, wherever the bytes are cut. */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "collector/encode_cp932.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct cp932 *the_table(void) {
  static struct cp932 *table;
  struct err e;
  if (table) return table;
  table = malloc(sizeof *table);
  if (!table || cp932_init(table, &e)) abort();
  return table;
}

/* What was read can be written, and reads the same again: another code at most, never another character. */
static void write_back(const struct cp932 *t, const char *text, size_t n) {
  static struct cp932_encoder *encoder;
  struct strbuf b = {0};
  struct cp932_losses losses = {0};
  size_t out;
  bool bad;
  if (!encoder) {
    if (!(encoder = malloc(sizeof *encoder))) abort();
    cp932_encoder_init(encoder, t);
  }
  if (!cp932_encode(encoder, str_view(text, n), &b, &losses) || losses.n) abort();
  char *again = malloc(3 * b.n + 1);
  if (!again || cp932_decode(t, (const uint8_t *)(b.p ? b.p : ""), b.n, again, &out, &bad) != b.n || out != n || memcmp(again, text, n)) abort();
  free(again);
  strbuf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  const struct cp932 *t = the_table();
  static iconv_t with;
  if (!with) with = iconv_open("UTF-8", "CP932");
  char *ours = malloc(3 * n + 1), *theirs = malloc(3 * n + 1), *pieces = malloc(3 * n + 1);
  char *from = (char *)(uintptr_t)data, *to = theirs;
  size_t left = n, room = 3 * n + 1, used, out, first, second;
  bool bad;
  used = cp932_decode(t, data, n, ours, &out, &bad);
  iconv(with, NULL, NULL, NULL, NULL);
  iconv(with, &from, &left, &to, &room);
  if (used != n - left || out != (size_t)(to - theirs) || memcmp(ours, theirs, out)) abort();
  if (cp932_valid_prefix(t, data, n) != used || !utf8_valid(ours, out, NULL)) abort();
  write_back(t, ours, out);
  size_t cut = n ? data[0] % (n + 1) : 0;
  size_t a = cp932_decode(t, data, cut, pieces, &first, &bad);
  if (!bad) {
    size_t b = cp932_decode(t, data + a, n - a, pieces + first, &second, &bad);
    if (a + b != used || first + second != out || memcmp(pieces, ours, out)) abort();
  }
  free(ours);
  free(theirs);
  free(pieces);
  return 0;
}

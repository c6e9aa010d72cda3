/* Any bytes as CP932: the table agrees with the C library's converter on what is valid and on the text, wherever the bytes are cut. */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "collector/decode_cp932.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct cp932 *the_table(void) {
  static struct cp932 *table;
  struct err e;
  if (table) return table;
  table = malloc(sizeof *table);
  if (!table || cp932_init(table, &e)) abort();
  return table;
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

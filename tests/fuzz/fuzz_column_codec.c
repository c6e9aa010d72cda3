/* Any bytes as a column: refused, or a column whose own encoding is exactly these bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/column_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void decode(struct arena *a, const struct column_info *info, const uint8_t *data, size_t n) {
  struct table t;
  struct column c = {.name = "x", .type = info->type, .decimals = info->decimals, .unit = "", .is_date = info->is_date};
  struct strbuf again;
  if (table_init(&t, a, &c, 1, info->rows, NULL)) return;
  if (c.type == COL_CODE || c.type == COL_TEXT) t.columns[0].dict = dict_new(a);
  if (column_decode(data, n, &t.columns[0], 0, info->rows, NULL)) return;
  strbuf_init(&again, 0);
  if (column_encode(&t.columns[0], 0, info->rows, &again, NULL)) abort();
  if (again.n != n || memcmp(again.p, data, n) != 0) abort();
  strbuf_release(&again);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct column_info info;
  if (!crypto_start()) abort();
  if (column_info_of(data, n, &info, NULL) || info.rows > 4096) return 0;
  struct arena *a = arena_new(64 << 20);
  if (!a) abort();
  decode(a, &info, data, n);
  arena_free(a);
  return 0;
}

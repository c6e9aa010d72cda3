/* Any bytes as what a worker sends about a batch: taken one after the other as the parent does, in order, within input and limit. */
#include <stdlib.h>

#include "collector/batch_apart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  enum { LIMIT = 1 << 20 };
  enum batch_part before = 0;
  size_t left = LIMIT, taken = 0;
  struct batch_part_head h;
  while (n >= BATCH_PART_HEAD && batch_part_head_parse(data, before, left, &h)) {
    if (h.name_bytes > BATCH_PART_NAME_MAX || (h.kind == BATCH_PART_MEMBER && h.bytes > left)) abort();
    if (before == BATCH_PART_END || (before == 0 && h.kind != BATCH_PART_MANIFEST && h.kind != BATCH_PART_END)) abort();
    data += BATCH_PART_HEAD, n -= BATCH_PART_HEAD;
    if (h.name_bytes > n || h.bytes > n - h.name_bytes) break;
    if (!batch_part_name_ok((const char *)data, h.name_bytes)) break;
    data += h.name_bytes + h.bytes, n -= h.name_bytes + h.bytes;
    if (h.kind == BATCH_PART_MANIFEST || h.kind == BATCH_PART_MEMBER) left -= h.bytes, taken += h.bytes;
    if (taken > LIMIT) abort();
    before = h.kind;
  }
  return 0;
}

/* Any bytes as a log leaf: refused, or written back byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/access_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct log_leaf leaf;
  struct strbuf again;
  if (log_leaf_parse(data, n, &leaf, NULL)) return 0;
  strbuf_init(&again, 0);
  if (log_leaf_encode(&leaf, &again, NULL) || again.n != n || memcmp(again.p, data, n) != 0) abort();
  strbuf_release(&again);
  return 0;
}

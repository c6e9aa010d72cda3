/* Any bytes as the header of a shard: refused, or written again to the same bytes. */
#include <string.h>

#include "secure-store/store_shard_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct err e;
  struct arena *a = arena_new(64u << 20);
  struct shard_header h;
  if (a && shard_header_parse(p, n, a, &h, &e) == E_OK) {
    struct strbuf out;
    strbuf_init(&out, 0);
    if (shard_header_encode(&h, &out, &e) || out.n != n || memcmp(out.p, p, n) != 0) __builtin_trap();
    strbuf_release(&out);
  }
  arena_free(a);
  return 0;
}

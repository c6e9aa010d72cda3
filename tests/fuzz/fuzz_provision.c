/* Any text as the record of a package: refused, or written back byte for byte with its units in bounds. */
#include <stdlib.h>

#include "secure-store/extract/provide.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(64 << 20);
  struct provision p;
  struct strbuf again;
  struct err e;
  const struct str text = str_view((const char *)data, n);
  if (!a) abort();
  strbuf_init(&again, 0);
  if (provision_parse(a, text, &p, &e) == E_OK) {
    if (provision_text(&p, &again, &e) || !str_eq(text, str_view(again.p, again.n))) abort();
    for (int64_t i = 0; i < p.n_units; i++)
      if (!p.shard_hash[i] || p.units[i].rows < 0) abort();
  }
  strbuf_release(&again);
  arena_free(a);
  return 0;
}

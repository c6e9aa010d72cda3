/* Any bytes as a batch manifest: refused, or read and written again to the same meaning. */
#include <string.h>

#include "collector/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct err e;
  struct arena *a = arena_new(64u << 20);
  struct batch_manifest *m = NULL, *again = NULL;
  struct strbuf out;
  strbuf_init(&out, 0);
  if (a && batch_manifest_read(a, "manifest.json", str_view((const char *)p, n), &m, &e) == E_OK && batch_manifest_write(m, &out, &e) == E_OK) {
    char one[BATCH_ID_HEX], two[BATCH_ID_HEX];
    struct strbuf twice;
    strbuf_init(&twice, 0);
    if (batch_manifest_read(a, "manifest.json", str_view(out.p, out.n), &again, &e) || batch_manifest_write(again, &twice, &e)) __builtin_trap();
    batch_id_of(str_view(out.p, out.n), one);
    batch_id_of(str_view(twice.p, twice.n), two);
    if (strcmp(one, two)) __builtin_trap();
    strbuf_release(&twice);
  }
  strbuf_release(&out);
  arena_free(a);
  return 0;
}

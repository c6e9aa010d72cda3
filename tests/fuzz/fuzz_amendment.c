/* Any bytes as an amendment: refused, or written again to a text that reads the same. */
#include <string.h>

#include "base/ext_sodium.h"
#include "collector/amendment.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(16u << 20);
  struct amendment *m = NULL, *again = NULL;
  struct strbuf out;
  struct err e;
  if (!crypto_start()) __builtin_trap();
  strbuf_init(&out, 1 << 20);
  if (a && amendment_read(a, "amendment", str_view((const char *)p, n), &m, &e) == E_OK) {
    enum err_code code = amendment_write(m, &out, &e);
    if (code && code != E_CAP_EXCEEDED) __builtin_trap();
    if (!code && (amendment_read(a, "again", str_view(out.p, out.n), &again, &e) || again->n_changes != m->n_changes || !str_eq(again->key, m->key)))
      __builtin_trap();
  }
  strbuf_release(&out);
  arena_free(a);
  return 0;
}

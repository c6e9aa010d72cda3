/* Any bytes as the answer of the worker that unpacked a package: refused, or an error or a manifest that is written again as the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/extract/package_unpack.h"
#include "secure-store/sandbox_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(64 << 20);
  struct manifest_read *m = a ? ARENA_NEW(a, struct manifest_read) : NULL;
  struct err *said = a ? ARENA_NEW(a, struct err) : NULL;
  struct strbuf again;
  if (!m || !said) abort();
  strbuf_init(&again, 0);
  if (package_answer_parse(a, data, n, said, m)) {
    sandbox_put_error(&again, said);
    if (!said->code) manifest_flat_write(m, &again);
    if (again.n != n || memcmp(again.p, data, n) != 0) abort();
    for (int i = 0; !said->code && i < m->m.n_files; i++)
      if (!package_name_ok(m->m.files[i].name)) abort();
  }
  strbuf_release(&again);
  arena_free(a);
  return 0;
}

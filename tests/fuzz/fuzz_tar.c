/* Any bytes as an archive: refused before the first member, or every member once, within the caps, under a name we would write ourselves. */
#include <stdlib.h>

#include "base/ext_archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
  size_t members, bytes;
};
static enum err_code member(void *context, const struct tar_member *m, struct err *e) {
  struct seen *s = context;
  struct strbuf one;
  s->members++;
  s->bytes += m->n;
  strbuf_init(&one, 0);
  if (tar_write(m, 1, &one, e)) abort();
  strbuf_release(&one);
  return E_OK;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  const struct tar_caps caps = {16, 8192, 16384};
  struct seen s = {0, 0};
  struct err e = {0};
  (void)!tar_read(data, n, &caps, member, &s, &e);
  if (s.members > caps.members || s.bytes > caps.total_bytes) abort();
  return 0;
}

/* Any bytes as a zip: refused, or a directory whose members lie apart inside the file, under names that differ, within the caps; each member unpacks
 * to exactly the bytes it declares or is refused. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ext_archive_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static enum err_code count(void *context, const char *p, size_t n, struct err *e) {
  (void)p, (void)e;
  *(uint64_t *)context += n;
  return E_OK;
}
static void check(const struct zip_directory *d, const struct zip_caps *caps) {
  uint64_t total = 0;
  if (d->n_entries == 0 || d->n_entries > caps->members) abort();
  for (size_t i = 0; i < d->n_entries; i++) {
    const struct zip_entry *m = &d->entries[i];
    if (m->end > d->n || (i && m->offset < d->entries[i - 1].end) || *m->name == '/' || strstr(m->name, "../") || strchr(m->name, '\\')) abort();
    for (size_t k = 0; k < i; k++)
      if (strcasecmp(m->name, d->entries[k].name) == 0) abort();
    total += m->size;
  }
  if (total > caps->total_bytes) abort();
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  const struct zip_caps caps = {16, 1 << 20, 4 << 20, 400};
  struct zip_directory d;
  struct err e = {0};
  struct arena *a = arena_new(0);
  if (!zip_directory_read(a, "fuzz.zip", data, n, &caps, &d, &e)) {
    check(&d, &caps);
    for (size_t i = 0; i < d.n_entries; i++) {
      uint64_t bytes = 0;
      enum err_code code = d.entries[i].folder ? E_OK : zip_member_read("fuzz.zip", &d, &d.entries[i], count, &bytes, &e);
      if (bytes > d.entries[i].size || (!code && !d.entries[i].folder && bytes != d.entries[i].size)) abort();
    }
  }
  arena_free(a);
  return 0;
}

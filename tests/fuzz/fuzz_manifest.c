/* Any text as the manifest of a package: refused, or exactly what the reader gives back is written again (the reader itself compares). */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/extract/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const char *const keys[2] = {
      "RWQBAgMEBQYHCOpKbGPiFz+iOyU6QAqZ2yKQQjcSoMzwpvVTUiOEuGEm", "RWQCAgMEBQYHCOpKbGPiFz+iOyU6QAqZ2yKQQjcSoMzwpvVTUiOEuGEm"};
  struct manifest_read *m = malloc(sizeof *m);
  struct arena *a = arena_new((size_t)64 << 20);
  if (!crypto_start() || !m || !a) abort();
  enum err_code shape = manifest_parse(a, str_view((const char *)data, n), m, NULL);
  if (!shape && (m->m.n_files < 1 || m->m.n_files > PACKAGE_FILES || strlen(m->head.mark) >= ROW_ID_TEXT)) abort();
  if (!manifest_open(a, str_view((const char *)data, n), keys, m, NULL)) abort(); /* nobody holds those keys */
  /* The statement alone, as JSON would be put into an envelope: the first bytes choose. */
  if (n > 2 && data[0] == '{' && !shape && m->statement.n == 0) abort();
  arena_free(a);
  free(m);
  return 0;
}

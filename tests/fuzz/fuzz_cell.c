/* Any text as the name of a cell, and as a lineage: refused or read, never out of bounds. */
#include "front/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(64u << 20);
  struct cell_name cell;
  struct lineage lineage;
  struct err e;
  char *text = a ? arena_strdup(a, (const char *)p, n) : NULL;
  if (text && cell_parse(a, text, &cell, &e) == E_OK && (!cell.release || !cell.table || !cell.measure || cell.n > RESULT_MAX_DIMENSIONS))
    __builtin_trap();
  if (text) (void)!lineage_read(a, str_view(text, n), &lineage, &e);
  arena_free(a);
  return 0;
}

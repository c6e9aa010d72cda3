/* reference.h -- where the reference data lie, and whole files as text; for the tests of this folder only. */
#ifndef SHIRABE_TESTS_REFERENCE_H
#define SHIRABE_TESTS_REFERENCE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ext_csv.h"

/* NULL when the file is absent: the caller must skip(). */
static inline char *reference_text(struct arena *a, const char *relative, size_t *n) {
  const char *folder = getenv("REFERENCE");
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder && *folder ? folder : "../shared/data", relative);
  FILE *f = fopen(path, "rb");
  if (!f) return NULL;
  size_t capacity = 1 << 26, used = 0, got;
  char *text = arena_alloc(a, capacity, 16);
  while (text && used < capacity && (got = fread(text + used, 1, capacity - used, f)) > 0) used += got;
  fclose(f);
  *n = used;
  return text;
}

static inline int reference_csv(struct arena *a, const char *relative, struct csv_table *out) {
  struct err e;
  size_t n;
  char *text = reference_text(a, relative, &n);
  return text && csv_table_parse(a, relative, text, n, out, &e) == E_OK;
}

static inline double cell_number(const struct csv_table *t, int64_t row, const char *column) {
  struct str s = csv_table_cell(t, row, csv_table_column(t, column));
  char b[64];
  snprintf(b, sizeof b, "%.*s", (int)(s.n < 63 ? s.n : 63), s.p);
  return strtod(b, NULL);
}

static inline int cell_is(const struct csv_table *t, int64_t row, const char *column, const char *text) {
  struct str s = csv_table_cell(t, row, csv_table_column(t, column));
  return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}
#endif

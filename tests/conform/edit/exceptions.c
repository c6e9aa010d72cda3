/* Known exceptions: cases whose expected result is not ours, each with reason and proof in exceptions.csv. Read once per case that differs; a case
 * that passes is never looked up. */
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "tests/conform/edit/runner.h"

#define EXCEPTIONS "tests/conform/edit/exceptions.csv"

bool exception_known(const char *id) {
  struct arena *a = arena_new(1 << 22);
  struct csv_table t;
  struct err e = {0};
  uint8_t *bytes = NULL;
  size_t n;
  bool known = false;
  if (a && file_read(EXCEPTIONS, 1 << 20, &bytes, &n, &e) == E_OK && csv_table_parse(a, EXCEPTIONS, (const char *)bytes, n, &t,
      &e) == E_OK && t.n_columns == 3)
    for (int64_t i = 0; i < t.n_rows && !known; i++) known = str_eq(t.cells[i * 3],
        str_of(id)) && t.cells[i * 3 + 1].n > 0 && t.cells[i * 3 + 2].n > 0;
  free(bytes);
  arena_free(a);
  return known;
}

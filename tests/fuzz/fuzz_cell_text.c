/* Fuzz target: any text as figures of cells. What parses has an item, a number above 0 and no cell twice. */
#include <stdlib.h>

#include "processing/outlier/cell_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *a = arena_new((size_t)16 << 20);
  struct cell_value *v;
  struct err e;
  int n;
  const bool with_item = size == 0 || data[0] % 2 == 0;
  if (a && cell_values_parse(a, str_view((const char *)data, size), with_item, &v, &n, &e) == E_OK) {
    if (n < 1) abort();
    for (int i = 0; i < n; i++)
      for (int k = 0; k < i; k++)
        if (with_item != (v[i].item.n > 0) || !(v[i].value > 0) || (str_eq(v[i].item, v[k].item) && str_eq(v[i].class_, v[k].class_))) abort();
  }
  arena_free(a);
  return 0;
}

/* Any bytes as the list of sensitive items: refused, or every row has all its texts and a known status. */
#include <stdlib.h>

#include "secure-store/use/application_items.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(64 << 20);
  struct use_sensitive_list list;
  struct err e;
  if (!a) abort();
  if (use_sensitive_parse(a, "list", str_view((const char *)data, n), &list, &e) == E_OK)
    for (int64_t k = 0; k < list.n; k++)
      if (!list.row[k].survey.n || !list.row[k].item.n || (list.row[k].status != 'V' && list.row[k].status != 'F' &&
          list.row[k].status != 'M')) abort();
  arena_free(a);
  return 0;
}

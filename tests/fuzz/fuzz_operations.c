/* Fuzz target: any text as the operations of the step localise. What parses has names, weights in range, a factor above 1 for divisions alone. */
#include <stdlib.h>

#include "processing/step/operation_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *a = arena_new((size_t)1 << 20);
  struct operation_list list;
  struct err e;
  if (!a) return 0;
  if (operation_list_parse(a, str_view((const char *)data, size), &list, &e) == E_OK) {
    if (list.n < 1 || list.n > OPERATION_MAX) abort();
    for (int i = 0; i < list.n; i++) {
      const struct named_operation *o = &list.list[i];
      const bool two = o->kind == OPERATION_SWAP || o->kind == OPERATION_MOVE;
      if (!o->a || !*o->a || two != (o->b != NULL) || !(o->weight >= 1e-6 && o->weight <= 1e9)) abort();
      if ((o->kind == OPERATION_DIVIDE) != (o->factor > 1)) abort();
    }
  }
  arena_free(a);
  return 0;
}

/* Tables of perturbations: any text is refused or read; one that is read gives every count a result of 0 or more, from its own rows, and is the same
 * when written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "estimators/sdc/suppress/perturb_keyed.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct ptable x, y;
  struct strbuf b;
  struct err e = {.code = E_OK};
  if (a && ptable_parse(a, "table", str_view((const char *)p, n), &x, &e) == E_OK) {
    for (int64_t count = 0; count < 40; count++)
      for (uint64_t k = 0; k < 64; k++)
        if (count + cell_key_noise(&x, count, k << 58) < 0) __builtin_trap();
    strbuf_init(&b, 0);
    ptable_write(&x, &b);
    if (ptable_parse(a, "table", str_view(b.p, b.n), &y, &e) || y.n != x.n) __builtin_trap();
    for (int64_t i = 0; i < x.n; i++)
      if (y.row[i].noise != x.row[i].noise || y.row[i].lower != x.row[i].lower || y.row[i].upper != x.row[i].upper) __builtin_trap();
    strbuf_release(&b);
  }
  arena_free(a);
  return 0;
}

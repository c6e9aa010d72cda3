/* Functions of figures: any text is read or refused with a place; what was read is evaluated without trouble. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "estimators/estimate/smooth.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 22);
  char *text = a ? arena_strdup(a, (const char *)p, n) : NULL;
  struct smooth s;
  struct err e = {0};
  double x[SMOOTH_MOST], g[SMOOTH_MOST], v;
  for (int k = 0; k < SMOOTH_MOST; k++) x[k] = 1.5 - k;
  if (text && smooth_parse(a, text, &s, &e) == E_OK) (void)smooth_value(&s, x, &v, g);
  arena_free(a);
  return 0;
}

/* Any text as a number: what is accepted, written canonically, reads back to the same value without a repair. */
#include <stdlib.h>

#include "collector/normalise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  if (n == 0) return 0;
  const struct number_rule rule = {.decimals = data[0] % 7, .units = data[0] & 8 ? number_unit_texts("g", 1) : NULL};
  int64_t value, again;
  uint32_t rules = 0, none = 0;
  struct strbuf b;
  if (normalise_number(str_view((const char *)data + 1, n - 1), &rule, &value, &rules)) return 0;
  strbuf_init(&b, 64);
  strbuf_add_decimal(&b, value, rule.decimals);
  if (b.failed || normalise_number(str_view(b.p, b.n), &rule, &again, &none) || again != value || none) abort();
  strbuf_release(&b);
  return 0;
}

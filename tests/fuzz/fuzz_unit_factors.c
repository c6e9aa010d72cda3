/* Fuzz target: any text as factors with windows. What parses is a rule that can run: factors above 0, windows in order and apart. */
#include <stdlib.h>

#include "processing/correct/unit_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct unit_factor f[UNIT_MAX_FACTORS];
  struct err e;
  int n;
  if (unit_factors_parse(str_view((const char *)data, size), f, &n, &e)) return 0;
  if (n < 1 || n > UNIT_MAX_FACTORS) abort();
  for (int i = 0; i < n; i++) {
    const double predictive = 2, middle = (f[i].low + f[i].high) / 2, value = predictive * middle;
    if (!(f[i].factor > 0) || !(f[i].low < f[i].high)) abort();
    const struct unit_error_rule r = {.n_factors = n, .factors = f};
    const struct unit_decision d = unit_error_decide(&r, &value, &predictive, NULL);
    if (f[i].low < d.ratio && d.ratio < f[i].high && (d.marker != UNIT_CORRECTED || d.factor != f[i].factor)) abort();
  }
  return 0;
}

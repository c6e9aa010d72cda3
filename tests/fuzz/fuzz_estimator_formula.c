/* Any text as a formula of either kind: what is accepted stays within its limits and evaluates to a finite value or to none. */
#include <math.h>
#include <stdlib.h>

#include "processing/impute/estimator_formula.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct est_formula f;
  double term[EST_TERMS], v;
  if (n == 0) return 0;
  const struct str text = str_view((const char *)data + 1, n - 1);
  if (est_formula_parse(STR("fuzz"), text, data[0] & 1, &f, NULL)) return 0;
  if (f.n_terms > EST_TERMS || f.n_ops > EST_OPS || f.n_aux > EST_TERMS || (f.regression && f.n_averages)) abort();
  for (int k = 0; k < EST_TERMS; k++) term[k] = (double)(data[(size_t)k % n]) - 100;
  if (!f.regression && est_formula_value(&f, term, &v) == EST_VALUE && !isfinite(v)) abort();
  return 0;
}

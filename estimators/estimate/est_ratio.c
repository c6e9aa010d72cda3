#include "estimators/estimate/est_ratio.h"

enum err_code est_ratio(struct arena *a, const struct design *d, const struct variable *y, const struct variable *x, const struct domains *dom,
    struct estimate *out, struct err *e) {
  int32_t n = domain_count(dom);
  TRY(variable_check(d, y, dom, e));
  TRY(variable_check(d, x, dom, e));
  double *z = ARENA_ARRAY(a, double, d->n_units + 1), *top = ARENA_ARRAY(a, double, n + 1), *bottom = ARENA_ARRAY(a, double, n + 1);
  bool *defined = ARENA_ARRAY(a, bool, n + 1);
  if (!z || !top || !bottom || !defined) return ERR(e, E_NO_MEMORY, .subject = "ratio");
  TRY(domain_sums(a, d, dom, y->value, top, e));
  TRY(domain_sums(a, d, dom, x->value, bottom, e));
  for (int32_t k = 0; k < n; k++) {
    defined[k] = bottom[k] != 0;
    if (defined[k]) top[k] /= bottom[k];
  }
  for (int64_t i = 0; i < d->n_units; i++) {
    int32_t k = domain_of(dom, i);
    if (k >= 0 && defined[k]) z[i] = d->weight[i] * (y->value[i] - top[k] * x->value[i]) / bottom[k];
  }
  return domain_finish(a, d, dom, top, defined, z, out, e);
}

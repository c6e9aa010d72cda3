#include "estimators/estimate/est_total.h"

static enum err_code total_of(
    struct arena *a, const struct design *d, const double *y, const struct domains *dom, struct estimate *out, struct err *e) {
  double *z = ARENA_ARRAY(a, double, d->n_units + 1), *value = ARENA_ARRAY(a, double, domain_count(dom) + 1);
  if (!z || !value) return ERR(e, E_NO_MEMORY, .subject = "total");
  for (int64_t i = 0; i < d->n_units; i++)
    if (domain_of(dom, i) >= 0) z[i] = y ? d->weight[i] * y[i] : d->weight[i];
  TRY(domain_sums(a, d, dom, y, value, e));
  return domain_finish(a, d, dom, value, NULL, z, out, e);
}

enum err_code est_total(
    struct arena *a, const struct design *d, const struct variable *y, const struct domains *dom, struct estimate *out, struct err *e) {
  TRY(variable_check(d, y, dom, e));
  return total_of(a, d, y->value, dom, out, e);
}

enum err_code est_count(struct arena *a, const struct design *d, const struct domains *dom, struct estimate *out, struct err *e) {
  return total_of(a, d, NULL, dom, out, e);
}

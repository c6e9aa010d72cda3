#include "estimators/design/design_sample.h"

enum err_code design_sample(struct arena *a, const struct design *d, struct sample_design *out, struct err *e) {
  double *population = NULL;
  TRY(design_check_lonely(d, e));
  if (d->frame_units) {
    population = ARENA_ARRAY(a, double, d->n_units + 1);
    if (!population) return ERR(e, E_NO_MEMORY, .subject = "design");
    for (int64_t i = 0; i < d->n_units; i++) population[i] = d->frame_units[d->stratum[i]];
  }
  const struct sample_spec s = {.n = d->n_units, .n_stages = 1, .stage = {{d->stratum, NULL, population}}, .weight = d->weight};
  return sample_design_build(a, &s, out, e);
}

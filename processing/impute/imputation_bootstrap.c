#include "processing/impute/imputation_bootstrap.h"

#include "base/rng.h"
#include "processing/impute/unit_order.h"

struct replicates {
  const struct bootstrap_input *in;
  struct unit_order order; /* rows by stratum */
  int32_t *times;
  double *weight, *estimate; /* estimate: [B][n_estimates] */
};
static void draw(struct replicates *r, int b) {
  const struct srs_design *d = r->in->design;
  for (int64_t i = 0; i < d->n; i++) r->times[i] = 0;
  for (int32_t h = 0; h < d->n_strata; h++) {
    struct rng g;
    const int64_t key[2] = {b, h}, n = r->order.start[h + 1] - r->order.start[h];
    rng_init(&g, r->in->seed, "bootstrap of units", key, sizeof key);
    for (int64_t k = 0; k < n - 1; k++) r->times[r->order.row[r->order.start[h] + (int64_t)rng_below(&g, (uint64_t)n)]]++;
  }
  for (int64_t i = 0; i < d->n; i++) {
    const double n = d->size[d->stratum[i]];
    r->weight[i] = d->pop[d->stratum[i]] / n * n / (n - 1) * r->times[i];
  }
}
static void spread(const struct replicates *r, double *variance) {
  const int many = r->in->n_estimates, b = r->in->replicates;
  for (int k = 0; k < many; k++) {
    double mean = 0, squares = 0;
    for (int i = 0; i < b; i++) mean += r->estimate[i * many + k] / b;
    for (int i = 0; i < b; i++) squares += (r->estimate[i * many + k] - mean) * (r->estimate[i * many + k] - mean);
    variance[k] = squares / (b - 1);
  }
}
enum err_code imputation_bootstrap(struct arena *a, const struct bootstrap_input *in, double *variance, struct err *e) {
  const struct srs_design *d = in->design;
  struct replicates r = {.in = in, .times = ARENA_ARRAY(a, int32_t, d->n + 1), .weight = ARENA_ARRAY(a, double, d->n + 1)};
  if (in->replicates < 2 || in->n_estimates < 1) return ERR(e, E_MODEL_SPEC, .subject = "bootstrap", .found = "fewer than two replicates");
  r.estimate = ARENA_ARRAY(a, double, (int64_t)in->replicates * in->n_estimates);
  if (!r.times || !r.weight || !r.estimate) return ERR(e, E_NO_MEMORY, .subject = "bootstrap");
  TRY(unit_order_make(a, in->unit, d->n, d->stratum, d->n_strata, &r.order, e));
  for (int b = 0; b < in->replicates; b++) {
    draw(&r, b);
    TRY(in->estimate(in->context, r.times, r.weight, b, r.estimate + (int64_t)b * in->n_estimates, e));
  }
  spread(&r, variance);
  return E_OK;
}

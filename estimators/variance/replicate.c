#include "estimators/variance/replicate.h"

#include <math.h>

#include "base/sum.h"

void replicate_weights(const struct replicate_set *s, int r, const double *w, double *out) {
  const double *m = s->multiplier + (int64_t)r * s->n_units;
  for (int64_t i = 0; i < s->n; i++) out[i] = w[i] * m[s->unit_of_row ? s->unit_of_row[i] : i];
}

int replicate_covariance(const struct replicate_set *s, int m, const double *theta, const uint8_t *defined, const double *full, double *cov) {
  int used = 0;
  for (int r = 0; r < s->n_replicates; r++) used += !defined || defined[r];
  for (int j = 0; j < m; j++)
    for (int k = 0; k <= j; k++) {
      struct sum mean_j = {0, 0}, mean_k = {0, 0}, v = {0, 0};
      for (int r = 0; r < s->n_replicates; r++)
        if (!defined || defined[r]) sum_add(&mean_j, theta[(int64_t)r * m + j]), sum_add(&mean_k, theta[(int64_t)r * m + k]);
      const double cj = s->mse ? full[j] : sum_result(&mean_j) / used, ck = s->mse ? full[k] : sum_result(&mean_k) / used;
      for (int r = 0; r < s->n_replicates; r++)
        if (!defined || defined[r]) sum_add(&v, (s->rscale ? s->rscale[r] : 1) * (theta[(int64_t)r * m + j] - cj) * (theta[(int64_t)r * m + k] - ck));
      cov[j * m + k] = cov[k * m + j] = s->scale * sum_result(&v);
    }
  return used;
}

/* --- jackknife over the units of the first stage --- */
static enum err_code units_of_rows(struct arena *a, const struct sample_design *d, const int64_t **out, struct err *e) {
  int64_t *of = ARENA_ARRAY(a, int64_t, d->n + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t u = 0; u < d->stage[0].n_units; u++)
    for (int64_t p = design_unit_start(d, 0, u), end = design_unit_start(d, 0, u + 1); p < end; p++) of[design_row(d, p)] = u;
  *out = of;
  return E_OK;
}
/* 1 - f of a stratum. */
static double not_sampled(const struct sample_design *d, int64_t h) {
  const double n = (double)(d->stage[0].first_unit[h + 1] - d->stage[0].first_unit[h]);
  return n < 2 ? 0 : d->stage[0].coefficient[h] * (n - 1) / n;
}

static enum err_code jackknife(struct arena *a, const struct sample_design *d, bool one_stratum, struct replicate_set *out, struct err *e) {
  const struct design_stage *s = &d->stage[0];
  const int64_t n_strata = one_stratum ? 1 : s->n_parents;
  int64_t n = 0;
  TRY(sample_design_lonely(d, NULL, NULL, e));
  for (int64_t h = 0; h < n_strata; h++)
    if (one_stratum || not_sampled(d, h) > 0) n += one_stratum ? s->n_units : s->first_unit[h + 1] - s->first_unit[h];
  double *multiplier = ARENA_ARRAY(a, double, n * s->n_units + 1), *rscale = ARENA_ARRAY(a, double, n + 1);
  if (!multiplier || !rscale || n > INT32_MAX) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  *out = (struct replicate_set){.n = d->n,
      .n_units = s->n_units,
      .n_replicates = (int)n,
      .multiplier = multiplier,
      .rscale = rscale,
      .scale = 1,
      .df = n - (one_stratum ? 1 : 0)};
  TRY(units_of_rows(a, d, &out->unit_of_row, e));
  int64_t r = 0;
  for (int64_t h = 0; h < n_strata; h++) {
    const int64_t from = one_stratum ? 0 : s->first_unit[h], to = one_stratum ? s->n_units : s->first_unit[h + 1];
    const double units = (double)(to - from);
    if (!one_stratum && !(not_sampled(d, h) > 0)) continue;
    out->df -= !one_stratum;
    for (int64_t i = from; i < to; i++, r++) {
      for (int64_t u = 0; u < s->n_units; u++) multiplier[r * s->n_units + u] = u == i ? 0 : u >= from && u < to ? units / (units - 1) : 1;
      rscale[r] = one_stratum ? 1 : not_sampled(d, h) * (units - 1) / units;
    }
    if (one_stratum) out->scale = (s->n_parents == 1 ? not_sampled(d, 0) : 1) * (units - 1) / units;
  }
  return E_OK;
}
enum err_code replicate_jk1(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) {
  return jackknife(a, d, true, out, e);
}
enum err_code replicate_jkn(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) {
  return jackknife(a, d, false, out, e);
}

#include "processing/impute/srs_design.h"

#include "base/sum.h"

static enum err_code wrong(const char *why, struct err *e) { return ERR(e, E_MODEL_DATA, .subject = "design", .found = why); }
static bool inside(const uint8_t *domain, int64_t i) { return !domain || domain[i]; }

enum err_code srs_design_make(struct arena *a, struct srs_design *d, struct err *e) {
  if (!(d->size = ARENA_ARRAY(a, double, d->n_strata + 1))) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t i = 0; i < d->n; i++) {
    if (d->stratum[i] < 0 || d->stratum[i] >= d->n_strata) return wrong("a stratum number out of range", e);
    d->size[d->stratum[i]]++;
  }
  for (int32_t h = 0; h < d->n_strata; h++)
    if (d->size[h] < 2 || d->pop[h] < d->size[h]) return wrong("a stratum with fewer than two units, or fewer in the frame than in the sample", e);
  return E_OK;
}
/* Sums in compensated arithmetic, one stratum beside the other. */
static enum err_code variance_of(struct arena *a, const struct srs_design *d, const double *z, double *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  double *mean = ARENA_ARRAY(a, double, d->n_strata + 1), *squares = ARENA_ARRAY(a, double, d->n_strata + 1);
  if (!mean || !squares) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t k = 0; k < d->n; k++) mean[d->stratum[srs_row(d, k)]] += z[srs_row(d, k)] / d->size[d->stratum[srs_row(d, k)]];
  for (int64_t k = 0; k < d->n; k++) {
    const int64_t i = srs_row(d, k);
    const double away = z[i] - mean[d->stratum[i]];
    squares[d->stratum[i]] += away * away;
  }
  struct sum all = {0};
  for (int32_t h = 0; h < d->n_strata; h++) {
    const double n = d->size[h], pop = d->pop[h];
    sum_add(&all, pop * pop * (1 - n / pop) / n * squares[h] / (n - 1));
  }
  *out = sum_result(&all);
  arena_reset(a, mark);
  return E_OK;
}
static enum err_code count_domain(struct arena *a, const struct srs_design *d, const uint8_t *domain, struct srs_estimate *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  uint8_t *seen = ARENA_ARRAY(a, uint8_t, d->n_strata + 1);
  if (!seen) return ERR(e, E_NO_MEMORY, .subject = "design");
  *out = (struct srs_estimate){.n = 0};
  for (int64_t i = 0; i < d->n; i++) {
    if (!inside(domain, i)) continue;
    out->n++;
    out->degrees += seen[d->stratum[i]];
    seen[d->stratum[i]] = 1;
  }
  arena_reset(a, mark);
  return E_OK;
}
enum err_code srs_total(
    struct arena *a, const struct srs_design *d, const double *y, const uint8_t *domain, struct srs_estimate *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  double *z = ARENA_ARRAY(a, double, d->n + 1);
  struct sum all = {0};
  if (!z) return ERR(e, E_NO_MEMORY, .subject = "design");
  TRY(count_domain(a, d, domain, out, e));
  for (int64_t k = 0; k < d->n; k++) {
    const int64_t i = srs_row(d, k);
    if (inside(domain, i)) z[i] = y[i];
    sum_add(&all, d->pop[d->stratum[i]] / d->size[d->stratum[i]] * z[i]);
  }
  out->estimate = sum_result(&all);
  const enum err_code code = variance_of(a, d, z, &out->variance, e);
  arena_reset(a, mark);
  return code;
}
enum err_code srs_mean(
    struct arena *a, const struct srs_design *d, const double *y, const uint8_t *domain, struct srs_estimate *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  double *z = ARENA_ARRAY(a, double, d->n + 1);
  struct sum units = {0};
  if (!z) return ERR(e, E_NO_MEMORY, .subject = "design");
  TRY(srs_total(a, d, y, domain, out, e));
  if (!out->n) return wrong("a domain without a unit", e);
  for (int64_t k = 0; k < d->n; k++)
    if (inside(domain, srs_row(d, k))) sum_add(&units, d->pop[d->stratum[srs_row(d, k)]] / d->size[d->stratum[srs_row(d, k)]]);
  const double size = sum_result(&units), mean = out->estimate / size;
  for (int64_t i = 0; i < d->n; i++)
    if (inside(domain, i)) z[i] = (y[i] - mean) / size;
  out->estimate = mean;
  const enum err_code code = variance_of(a, d, z, &out->variance, e);
  arena_reset(a, mark);
  return code;
}

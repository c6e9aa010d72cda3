#include "estimators/variance/replicate_moments.h"

#include <string.h>

enum err_code replicate_moments_new(struct arena *a, int64_t n_domains, int m, struct replicate_moments *out, struct err *e) {
  const int64_t d = n_domains + 1, pairs = (int64_t)m * (m + 1) / 2;
  *out = (struct replicate_moments){.n_domains = n_domains,
      .m = m,
      .pairs = (int)pairs,
      .used = ARENA_ARRAY(a, int64_t, d),
      .sum_scale = ARENA_ARRAY(a, struct sum, d),
      .sum = ARENA_ARRAY(a, struct sum, d *m),
      .scaled = ARENA_ARRAY(a, struct sum, d *m),
      .square = ARENA_ARRAY(a, struct sum, d *pairs)};
  if (!out->used || !out->sum_scale || !out->sum || !out->scaled || !out->square) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  return E_OK;
}
void replicate_moments_clear(struct replicate_moments *x) {
  const size_t d = (size_t)x->n_domains;
  memset(x->used, 0, sizeof *x->used * d);
  memset(x->sum_scale, 0, sizeof *x->sum_scale * d);
  memset(x->sum, 0, sizeof *x->sum * d * (size_t)x->m);
  memset(x->scaled, 0, sizeof *x->scaled * d * (size_t)x->m);
  memset(x->square, 0, sizeof *x->square * d * (size_t)x->pairs);
}
void replicate_moments_add(struct replicate_moments *x, int64_t k, const double *deviation, double rscale, double times) {
  int at = 0;
  x->used[k] += (int64_t)times;
  sum_add(&x->sum_scale[k], times * rscale);
  for (int j = 0; j < x->m; j++) {
    sum_add(&x->sum[k * x->m + j], times * deviation[j]);
    sum_add(&x->scaled[k * x->m + j], times * rscale * deviation[j]);
    for (int l = 0; l <= j; l++, at++) sum_add(&x->square[k * x->pairs + at], times * rscale * deviation[j] * deviation[l]);
  }
}
void replicate_moments_merge(struct replicate_moments *into, const struct replicate_moments *from) {
  for (int64_t k = 0; k < into->n_domains; k++) into->used[k] += from->used[k], sum_merge(&into->sum_scale[k], &from->sum_scale[k]);
  for (int64_t i = 0; i < into->n_domains * into->m; i++) sum_merge(&into->sum[i], &from->sum[i]), sum_merge(&into->scaled[i], &from->scaled[i]);
  for (int64_t i = 0; i < into->n_domains * into->pairs; i++) sum_merge(&into->square[i], &from->square[i]);
}
void replicate_moments_covariance(const struct replicate_moments *x, const struct replicate_set *s, int64_t k, double *cov) {
  const double r = (double)x->used[k], weight = sum_result(&x->sum_scale[k]);
  int at = 0;
  for (int j = 0; j < x->m; j++)
    for (int l = 0; l <= j; l++, at++) {
      double v = sum_result(&x->square[k * x->pairs + at]);
      if (!s->mse) {
        const double mean_j = sum_result(&x->sum[k * x->m + j]) / r, mean_l = sum_result(&x->sum[k * x->m + l]) / r;
        v += weight * mean_j * mean_l - mean_j * sum_result(&x->scaled[k * x->m + l]) - mean_l * sum_result(&x->scaled[k * x->m + j]);
      }
      cov[j * x->m + l] = cov[l * x->m + j] = s->scale * v;
    }
}

#include "processing/impute/imputation_variance.h"

#include <math.h>

#include "base/sum.h"

struct stratum { /* sums of a stratum; d is the same for all its units */
  double n, d, f;
  double y, x, missing_x; /* sums of d y and d x of respondents, d x of the others */
};
struct work {
  const struct iv_input *in;
  struct stratum *stratum;
  double y, x, missing_x; /* over strata */
};
static enum err_code wrong(const char *why, struct err *e) { return ERR(e, E_MODEL_DATA, .subject = "variance of imputed totals", .found = why); }

static enum err_code collect(struct work *w, struct err *e) {
  const struct iv_input *in = w->in;
  int64_t respondents = 0;
  for (int64_t i = 0; i < in->n; i++) {
    if (in->stratum[i] < 0 || in->stratum[i] >= in->n_strata) return wrong("a stratum number out of range", e);
    if (!(in->x[i] > 0)) return wrong("an auxiliary is not above 0", e);
    w->stratum[in->stratum[i]].n++;
    respondents += in->observed[i] != 0;
  }
  if (respondents < 2) return wrong("fewer than two respondents", e);
  for (int32_t h = 0; h < in->n_strata; h++) {
    struct stratum *s = &w->stratum[h];
    if (s->n < 2 || in->pop[h] < s->n) return wrong("a stratum with fewer than two units, or fewer in the frame than in the sample", e);
    s->d = in->pop[h] / s->n, s->f = s->n / in->pop[h];
  }
  for (int64_t i = 0; i < in->n; i++) {
    struct stratum *s = &w->stratum[in->stratum[i]];
    if (in->observed[i]) s->y += s->d * in->y[i], s->x += s->d * in->x[i];
    else s->missing_x += s->d * in->x[i];
  }
  for (int32_t h = 0; h < in->n_strata; h++) w->y += w->stratum[h].y, w->x += w->stratum[h].x, w->missing_x += w->stratum[h].missing_x;
  return E_OK;
}
/* Sampling variance of the total of z: sum_h pop^2 (1 - f) s^2 / n. */
static enum err_code stratified(struct arena *a, const struct work *w, const double *z, double *out, struct err *e) {
  double *mean = ARENA_ARRAY(a, double, w->in->n_strata), *squares = ARENA_ARRAY(a, double, w->in->n_strata);
  if (!mean || !squares) return ERR(e, E_NO_MEMORY, .subject = "variance");
  for (int64_t i = 0; i < w->in->n; i++) mean[w->in->stratum[i]] += z[i] / w->stratum[w->in->stratum[i]].n;
  for (int64_t i = 0; i < w->in->n; i++) squares[w->in->stratum[i]] += (z[i] - mean[w->in->stratum[i]]) * (z[i] - mean[w->in->stratum[i]]);
  struct sum all = {0};
  for (int32_t h = 0; h < w->in->n_strata; h++) {
    const struct stratum *s = &w->stratum[h];
    sum_add(&all, w->in->pop[h] * w->in->pop[h] * (1 - s->f) / s->n * squares[h] / (s->n - 1));
  }
  *out = sum_result(&all);
  return E_OK;
}
static double sigma_squared(const struct work *w, double ratio) {
  struct sum squares = {0}, x = {0};
  double n = 0;
  for (int64_t i = 0; i < w->in->n; i++) {
    if (!w->in->observed[i]) continue;
    const double residual = w->in->y[i] - ratio * w->in->x[i];
    sum_add(&squares, residual * residual);
    sum_add(&x, w->in->x[i]);
    n++;
  }
  return sum_result(&squares) / sum_result(&x) * n / (n - 1);
}
static void sarndal(const struct work *w, struct iv_result *r) {
  const double a = w->missing_x / w->x;
  struct sum added = {0}, imputation = {0}, mix = {0};
  for (int64_t i = 0; i < w->in->n; i++) {
    const struct stratum *s = &w->stratum[w->in->stratum[i]];
    const double x = w->in->x[i], d = s->d;
    if (!w->in->observed[i]) sum_add(&added, s->d * s->d * (1 - s->f) * x); /* pop^2 (1-f)/n * x/(n-1) * (1-1/n) = d^2 (1-f) x */
    sum_add(&imputation, w->in->observed[i] ? a * a * d * d * x : d * d * x);
    sum_add(&mix, w->in->observed[i] ? a * d * (d - 1) * x : -d * (d - 1) * x);
  }
  r->sampling = r->naive + r->sigma_squared * sum_result(&added);
  r->imputation = r->sigma_squared * sum_result(&imputation);
  r->mix = r->sigma_squared * sum_result(&mix);
  r->sarndal = r->sampling + r->imputation + 2 * r->mix;
}
static void rao_shao(const struct work *w, struct iv_result *r) {
  struct sum all = {0};
  for (int64_t i = 0; i < w->in->n; i++) {
    const struct stratum *s = &w->stratum[w->in->stratum[i]];
    const double up = s->n / (s->n - 1), y = w->in->observed[i] ? s->d * w->in->y[i] : 0, x = s->d * w->in->x[i];
    const double sum_y = w->y - s->y + up * (s->y - y), sum_x = w->x - s->x + up * (s->x - (w->in->observed[i] ? x : 0));
    const double missing = w->missing_x - s->missing_x + up * (s->missing_x - (w->in->observed[i] ? 0 : x));
    const double moved = (sum_x > 0 ? sum_y + sum_y / sum_x * missing : 0) - r->total;
    sum_add(&all, (1 - s->f) * (s->n - 1) / s->n * moved * moved);
  }
  r->jackknife = sum_result(&all);
}
static enum err_code reverse(struct arena *a, const struct work *w, double *z, struct iv_result *r, struct err *e) {
  const double share = w->missing_x / w->x;
  for (int64_t i = 0; i < w->in->n; i++)
    z[i] = w->in->observed[i] ? (1 + share) * w->in->y[i] - r->ratio * share * w->in->x[i] : r->ratio * w->in->x[i];
  TRY(stratified(a, w, z, &r->reverse, e));
  r->reverse += r->sigma_squared * (share * share * w->x + w->missing_x);
  return E_OK;
}
enum err_code imputation_variance(struct arena *a, const struct iv_input *in, struct iv_result *out, struct err *e) {
  struct work w = {.in = in, .stratum = ARENA_ARRAY(a, struct stratum, in->n_strata)};
  double *z = ARENA_ARRAY(a, double, in->n);
  *out = (struct iv_result){0};
  if (!w.stratum || !z) return ERR(e, E_NO_MEMORY, .subject = "variance");
  TRY(collect(&w, e));
  out->ratio = w.y / w.x;
  out->total = w.y + out->ratio * w.missing_x;
  out->sigma_squared = sigma_squared(&w, out->ratio);
  for (int64_t i = 0; i < in->n; i++) z[i] = in->observed[i] ? in->y[i] : out->ratio * in->x[i];
  TRY(stratified(a, &w, z, &out->naive, e));
  sarndal(&w, out);
  rao_shao(&w, out);
  return reverse(a, &w, z, out, e);
}

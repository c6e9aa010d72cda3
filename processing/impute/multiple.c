#include "processing/impute/multiple.h"

#include <math.h>

#include "base/ext_gsl.h"
#include "base/rng.h"
#include "base/sum.h"

enum err_code mi_combine(const double *q, const double *u, int m, double complete_df, struct mi_result *out, struct err *e) {
  double mean = 0, within = 0, squares = 0;
  if (m < 2) return ERR(e, E_MODEL_SPEC, .subject = "multiple imputation", .found = "fewer than two sets");
  for (int l = 0; l < m; l++) {
    if (!(u[l] >= 0)) return ERR(e, E_MODEL_SPEC, .subject = "multiple imputation", .found = "a variance below 0");
    mean += q[l] / m, within += u[l] / m;
  }
  for (int l = 0; l < m; l++) squares += (q[l] - mean) * (q[l] - mean);
  *out = (struct mi_result){.estimate = mean, .within = within, .between = squares / (m - 1), .m = m};
  const double between = (1 + 1.0 / m) * out->between;
  out->total = within + between;
  if (out->total == 0) return out->df = INFINITY, E_OK;
  const double lambda = between / out->total, inverse = lambda * lambda / (m - 1);
  const double observed = complete_df > 0 ? (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lambda) : INFINITY;
  out->df = 1 / (inverse + 1 / observed);
  const double rho = within > 0 ? between / within : INFINITY;
  out->missing_information = isfinite(rho) ? (rho + 2 / (out->df + 3)) / (rho + 1) : 1;
  return E_OK;
}
enum err_code mi_half_width(const struct mi_result *r, double confidence, double *out, struct err *e) {
  double t;
  const double tail = 1 - (1 - confidence) / 2;
  const bool fine = isfinite(r->df) ? dist_t_quantile(tail, r->df, &t) : dist_normal_quantile(tail, &t);
  if (!fine) return ERR(e, E_MODEL_SPEC, .subject = "multiple imputation", .found = "a confidence outside 0 to 1, or no degrees of freedom");
  *out = t * sqrt(r->total);
  return E_OK;
}
static int poisson_one(struct rng *r) {
  double u = rng_uniform(r), p = exp(-1);
  int k = 0;
  while (u >= p && k < MI_MOST_TIMES) u -= p, p /= ++k;
  return k;
}
static void stream(struct rng *r, char what, uint64_t seed, int set, struct str unit) {
  const char purpose[3] = {what, (char)(set & 0x7f), 0};
  rng_init(r, seed + (uint64_t)(set >> 7), purpose, unit.p, unit.n);
}
int mi_times(uint64_t seed, int set, struct str unit) {
  struct rng r;
  stream(&r, 'b', seed, set, unit);
  return poisson_one(&r);
}
uint64_t mi_choice(uint64_t seed, int set, struct str unit, uint64_t bound) {
  struct rng r;
  stream(&r, 'e', seed, set, unit);
  return rng_below(&r, bound);
}
struct redrawn {
  double ratio;
  int64_t n;
  double *residual; /* of each redrawn respondent, as often as it was drawn */
};
static void redraw(const struct mi_ratio_input *in, int set, uint8_t *times, struct redrawn *d) {
  struct sum y = {0}, x = {0};
  for (int64_t i = 0; i < in->n; i++) {
    times[i] = 0;
    if (!in->observed[i]) continue;
    times[i] = (uint8_t)mi_times(in->seed, set, in->unit[i]);
    sum_add(&y, times[i] * in->y[i]);
    sum_add(&x, times[i] * in->x[i]);
  }
  d->n = 0;
  d->ratio = sum_result(&x) > 0 ? sum_result(&y) / sum_result(&x) : 0;
  for (int64_t i = 0; i < in->n; i++)
    for (int k = 0; k < times[i]; k++) d->residual[d->n++] = (in->y[i] - d->ratio * in->x[i]) / sqrt(in->x[i]);
}
static void fill(const struct mi_ratio_input *in, int set, const struct redrawn *d, double *out) {
  for (int64_t i = 0; i < in->n; i++) {
    out[i] = in->y[i];
    if (in->observed[i]) continue;
    out[i] = d->ratio * in->x[i] + sqrt(in->x[i]) * d->residual[mi_choice(in->seed, set, in->unit[i], (uint64_t)d->n)];
  }
}
static enum err_code check(const struct mi_ratio_input *in, struct err *e) {
  int64_t respondents = 0;
  if (in->m < 2) return ERR(e, E_MODEL_SPEC, .subject = "multiple imputation", .found = "fewer than two sets");
  for (int64_t i = 0; i < in->n; i++) {
    if (!(in->x[i] > 0)) return ERR(e, E_MODEL_DATA, .subject = "multiple imputation", .found = "an auxiliary is not above 0");
    respondents += in->observed[i] != 0;
  }
  return respondents < 2 ? ERR(e, E_MODEL_DATA, .subject = "multiple imputation", .found = "fewer than two respondents") : E_OK;
}
enum err_code mi_ratio(struct arena *a, const struct mi_ratio_input *in, double **out, struct err *e) {
  TRY(check(in, e));
  *out = ARENA_ARRAY(a, double, in->n * in->m);
  uint8_t *times = ARENA_ARRAY(a, uint8_t, in->n);
  struct redrawn d = {.residual = ARENA_ARRAY(a, double, in->n * MI_MOST_TIMES)};
  if (!*out || !times || !d.residual) return ERR(e, E_NO_MEMORY, .subject = "multiple imputation");
  for (int set = 0; set < in->m; set++) {
    redraw(in, set, times, &d);
    if (d.n == 0) return ERR(e, E_MODEL_DATA, .subject = "multiple imputation", .found = "a redrawn class is empty: too few respondents");
    fill(in, set, &d, *out + (int64_t)set * in->n);
  }
  return E_OK;
}

#include "estimators/mls/mls_growth.h"

#include <math.h>

/* z of every report, 0 where it is outside of the roll-up. */
static double *influences(struct arena *a, const struct mls_growth_month *m, int split, int column, struct mls_error *error) {
  double *z = ARENA_ARRAY(a, double, m->sample->n + 1);
  const int64_t *reports;
  int64_t n;
  if (!z) return NULL;
  mls_variance_average(m->variance, m->rollup, split, column, error);
  const double *value = mls_variance_influence(m->variance, &reports, &n);
  for (int64_t i = 0; i < n; i++) z[reports[i]] = value[i];
  return z;
}
struct moments {
  int64_t n;
  double now, before, product;
};
static bool together(const struct mls_growth_month *now, const struct mls_growth_month *before, const struct mls_pair *p, const int32_t *same) {
  return same[now->sample->design->stratum[p->now]] == before->sample->design->stratum[p->before];
}
static enum err_code covariance(struct arena *a, const struct mls_growth_month *now, const struct mls_growth_month *before,
    const struct mls_pair *pairs, int64_t n_pairs, const int32_t *same, const double *z1, const double *z0, double *out, struct err *e) {
  const struct design *d = now->sample->design;
  struct moments *h = ARENA_ARRAY(a, struct moments, d->n_strata + 1);
  if (!h) return ERR(e, E_NO_MEMORY, .subject = "growth");
  for (int64_t i = 0; i < n_pairs; i++) {
    if (!together(now, before, &pairs[i], same)) continue;
    struct moments *k = &h[d->stratum[pairs[i].now]];
    k->now += z1[pairs[i].now], k->before += z0[pairs[i].before], k->n++;
  }
  for (int64_t i = 0; i < n_pairs; i++) {
    if (!together(now, before, &pairs[i], same)) continue;
    struct moments *k = &h[d->stratum[pairs[i].now]];
    k->product += (z1[pairs[i].now] - k->now / (double)k->n) * (z0[pairs[i].before] - k->before / (double)k->n);
  }
  *out = 0;
  for (int32_t s = 0; s < d->n_strata; s++) {
    if (h[s].n < 2) continue;
    const double m1 = (double)d->sample_units[s], m0 = (double)before->sample->design->sample_units[same[s]];
    const double by_chance = d->frame_units ? m1 * m0 / d->frame_units[s] : 0;
    *out += ((double)h[s].n - by_chance) * h[s].product / (double)(h[s].n - 1);
  }
  return E_OK;
}
enum err_code mls_growth_error(struct arena *a, const struct mls_growth_month *now, const struct mls_growth_month *before,
    const struct mls_pair *pairs, int64_t n_pairs, const int32_t *same, int split, int column, struct mls_growth_error *out, struct err *e) {
  struct mls_error x1, x0;
  double c = 0;
  *out = (struct mls_growth_error){.n_common = n_pairs};
  const double *z1 = influences(a, now, split, column, &x1), *z0 = influences(a, before, split, column, &x0);
  if (!z1 || !z0) return ERR(e, E_NO_MEMORY, .subject = "growth");
  if (!x1.defined || !x0.defined || x0.value == 0 || x1.value == 0) return E_OK;
  TRY(covariance(a, now, before, pairs, n_pairs, same, z1, z0, &c, e));
  const double ratio = x1.value / x0.value, own = x1.cv * x1.cv + x0.cv * x0.cv, both = own - 2 * c / (x1.value * x0.value);
  out->defined = true;
  out->growth = 100 * (ratio - 1);
  out->independent_se = 100 * fabs(ratio) * sqrt(own);
  out->se = 100 * fabs(ratio) * sqrt(both > 0 ? both : 0);
  return E_OK;
}

#include "estimators/estimate/domain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/sum.h"
#include "base/table.h"

enum err_code variable_check(const struct design *d, const struct variable *y, const struct domains *dom, struct err *e) {
  char place[160];
  for (int64_t i = 0; y->status && i < d->n_units; i++) {
    if (domain_of(dom, i) < 0 || value_present(y->status[i])) continue;
    snprintf(place, sizeof place, "%s, row %lld", y->name ? y->name : "value", (long long)i + 1);
    return ERR(e, E_MISSING_VALUE, .subject = place, .found = value_status_name(y->status[i]));
  }
  return E_OK;
}

enum err_code domain_sums(struct arena *a, const struct design *d, const struct domains *dom, const double *value, double *out, struct err *e) {
  int32_t n = domain_count(dom);
  struct sum *s = ARENA_ARRAY(a, struct sum, n + 1);
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "domain sums");
  for (int64_t i = 0; i < d->n_units; i++) {
    int32_t k = domain_of(dom, i);
    if (k >= 0) sum_add(&s[k], value ? d->weight[i] * value[i] : d->weight[i]);
  }
  for (int32_t k = 0; k < n; k++) out[k] = sum_result(&s[k]);
  return E_OK;
}

/* Units of some domain sorted by (stratum, domain), row order kept: two counting sorts. */
struct ordered {
  int64_t n;
  int64_t *unit;
};

static void counting_sort(const int64_t *from, int64_t n, const int32_t *key, int64_t *start, int64_t n_keys, int64_t *to) {
  memset(start, 0, sizeof *start * (size_t)(n_keys + 1));
  for (int64_t i = 0; i < n; i++) start[key[from[i]] + 1]++;
  for (int64_t k = 0; k < n_keys; k++) start[k + 1] += start[k];
  for (int64_t i = 0; i < n; i++) to[start[key[from[i]]]++] = from[i];
}

static enum err_code order_units(struct arena *a, const struct design *d, const struct domains *dom, struct ordered *out, struct err *e) {
  int32_t n_domains = domain_count(dom);
  int64_t n_keys = n_domains > d->n_strata ? n_domains : d->n_strata;
  int64_t *first = ARENA_ARRAY(a, int64_t, d->n_units + 1), *second = ARENA_ARRAY(a, int64_t, d->n_units + 1),
          *start = ARENA_ARRAY(a, int64_t, n_keys + 2);
  if (!first || !second || !start) return ERR(e, E_NO_MEMORY, .subject = "domain variance");
  int64_t n = 0;
  for (int64_t i = 0; i < d->n_units; i++)
    if (domain_of(dom, i) >= 0) first[n++] = i;
  if (dom && dom->of_unit) {
    counting_sort(first, n, dom->of_unit, start, n_domains, second);
    counting_sort(second, n, d->stratum, start, d->n_strata, first);
    *out = (struct ordered){n, first};
  } else {
    counting_sort(first, n, d->stratum, start, d->n_strata, second);
    *out = (struct ordered){n, second};
  }
  return E_OK;
}

/* Squared deviations of one (stratum, domain) run around the stratum mean; units outside the domain count as zeros. */
static double run_variance(const struct design *d, int32_t h, const int64_t *unit, int64_t n, const double *z) {
  double n_h = (double)d->sample_units[h], f = design_fraction(d, h);
  if (1 - f < 1e-7 || n_h < 2) return 0;
  struct sum total = {0, 0}, squares = {0, 0};
  for (int64_t i = 0; i < n; i++) sum_add(&total, z[unit[i]]);
  double mean = sum_result(&total) / n_h;
  for (int64_t i = 0; i < n; i++) sum_add(&squares, (z[unit[i]] - mean) * (z[unit[i]] - mean));
  sum_add(&squares, (n_h - (double)n) * mean * mean);
  return (1 - f) * n_h / (n_h - 1) * sum_result(&squares);
}

enum err_code domain_variance(struct arena *a, const struct design *d, const struct domains *dom, const double *z, double *var, struct err *e) {
  struct ordered o;
  TRY(design_check_lonely(d, e));
  TRY(order_units(a, d, dom, &o, e));
  struct sum *v = ARENA_ARRAY(a, struct sum, domain_count(dom) + 1);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = "domain variance");
  for (int64_t i = 0; i < o.n;) {
    int32_t h = d->stratum[o.unit[i]], k = domain_of(dom, o.unit[i]);
    int64_t j = i;
    while (j < o.n && d->stratum[o.unit[j]] == h && domain_of(dom, o.unit[j]) == k) j++;
    sum_add(&v[k], run_variance(d, h, o.unit + i, j - i, z));
    i = j;
  }
  for (int32_t k = 0; k < domain_count(dom); k++) var[k] = sum_result(&v[k]);
  return E_OK;
}

enum err_code domain_counts(struct arena *a, const struct design *d, const struct domains *dom, int64_t *n, int64_t *df, struct err *e) {
  struct ordered o;
  TRY(order_units(a, d, dom, &o, e));
  memset(n, 0, sizeof *n * (size_t)domain_count(dom));
  memset(df, 0, sizeof *df * (size_t)domain_count(dom));
  for (int64_t i = 0; i < o.n; i++) {
    int64_t k = domain_of(dom, o.unit[i]);
    bool new_stratum = i == 0 || d->stratum[o.unit[i]] != d->stratum[o.unit[i - 1]] || domain_of(dom, o.unit[i - 1]) != k;
    n[k]++;
    df[k] += new_stratum ? 0 : 1;
  }
  return E_OK;
}

enum err_code domain_finish(struct arena *a, const struct design *d, const struct domains *dom, const double *value, const bool *defined,
    const double *z, struct estimate *out, struct err *e) {
  int32_t n = domain_count(dom);
  double *var = ARENA_ARRAY(a, double, n + 1);
  int64_t *count = ARENA_ARRAY(a, int64_t, n + 1), *df = ARENA_ARRAY(a, int64_t, n + 1);
  if (!var || !count || !df) return ERR(e, E_NO_MEMORY, .subject = "estimates");
  TRY(domain_variance(a, d, dom, z, var, e));
  TRY(domain_counts(a, d, dom, count, df, e));
  for (int32_t k = 0; k < n; k++) {
    bool ok = !defined || defined[k];
    out[k] = (struct estimate){.n = count[k], .df = df[k], .defined = ok};
    if (!ok) continue;
    out[k].value = value[k];
    out[k].se = sqrt(var[k] > 0 ? var[k] : 0);
    out[k].has_se = true;
    out[k].has_cv = value[k] != 0;
    if (out[k].has_cv) out[k].cv = out[k].se / fabs(value[k]);
  }
  return E_OK;
}

bool estimate_interval(const struct estimate *x, double confidence, bool df_normal, double *low, double *high) {
  double q, p = 0.5 + confidence / 2;
  if (!x->defined || !x->has_se || (!df_normal && x->df <= 0)) return false;
  if (!(df_normal ? dist_normal_quantile(p, &q) : dist_t_quantile(p, (double)x->df, &q))) return false;
  *low = x->value - q * x->se;
  *high = x->value + q * x->se;
  return true;
}

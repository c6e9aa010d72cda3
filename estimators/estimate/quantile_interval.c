#include "estimators/estimate/quantile_interval.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/sum.h"
#include "estimators/variance/survey_variance.h"

static inline int32_t domain_at(const struct taylor_domains *d, int64_t i) { return d && d->of_row ? d->of_row[i] : 0; }
static inline int32_t domain_count(const struct taylor_domains *d) { return d && d->of_row ? d->n_domains : 1; }

enum err_code quantile_rank(
    struct arena *a, int64_t n, const double *x, const struct taylor_domains *domains, struct quantile_ranks *out, struct err *e) {
  const int32_t n_domains = domain_count(domains);
  struct quantile_dealt d;
  TRY(quantile_deal(a, n, x, NULL, domains ? domains->of_row : NULL, n_domains, &d, e));
  *out = (struct quantile_ranks){n_domains, d.first, d.row};
  return E_OK;
}

/* --- the records of one domain under given weights --- */
struct bench {
  double *x, *w, *cumulated; /* room for the largest domain */
};
static bool bench_new(struct arena *a, int32_t n_domains, const int64_t *first, struct bench *b) {
  int64_t most = 0;
  for (int32_t k = 0; k < n_domains; k++) most = first[k + 1] - first[k] > most ? first[k + 1] - first[k] : most;
  *b = (struct bench){ARENA_ARRAY(a, double, most + 1), ARENA_ARRAY(a, double, most + 1), ARENA_ARRAY(a, double, most + 1)};
  return b->x && b->w && b->cumulated;
}
static struct quantile_order gather(const struct quantile_ranks *r, int32_t k, const double *x, const double *w, struct bench *b) {
  int64_t m = 0;
  struct sum s = {0, 0};
  for (int64_t i = r->first[k]; i < r->first[k + 1]; i++) {
    const int64_t row = r->row[i];
    if (!(w[row] > 0)) continue;
    sum_add(&s, w[row]);
    b->x[m] = x[row], b->w[m] = w[row], b->cumulated[m++] = sum_result(&s);
  }
  return (struct quantile_order){m, b->x, b->cumulated, b->w};
}

/* The same of records that stand in order with their weights. */
static struct quantile_order cumulate(const struct quantile_dealt *d, int32_t k, double *cumulated) {
  const int64_t from = d->first[k], m = d->first[k + 1] - from;
  struct sum s = {0, 0};
  for (int64_t i = 0; i < m; i++) {
    sum_add(&s, d->w[from + i]);
    cumulated[i] = sum_result(&s);
  }
  return (struct quantile_order){m, d->x + from, cumulated, d->w + from};
}

/* --- results --- */
static enum err_code result_new(struct arena *a, int32_t n_domains, const struct quantile_spec *spec, struct quantile_result *out, struct err *e) {
  const int64_t cells = (int64_t)n_domains * spec->m;
  for (int j = 0; j < spec->m; j++) {
    char text[40];
    snprintf(text, sizeof text, "%g", spec->p[j]);
    if (!(spec->p[j] >= 0 && spec->p[j] <= 1)) return ERR(e, E_PROBABILITY, .subject = text);
  }
  *out = (struct quantile_result){.value = ARENA_ARRAY(a, double, cells + 1),
      .se = ARENA_ARRAY(a, double, cells + 1),
      .low = ARENA_ARRAY(a, double, cells + 1),
      .high = ARENA_ARRAY(a, double, cells + 1),
      .has_interval = ARENA_ARRAY(a, bool, cells + 1),
      .beyond = ARENA_ARRAY(a, bool, cells + 1),
      .records = ARENA_ARRAY(a, int64_t, n_domains + 1),
      .df = ARENA_ARRAY(a, int64_t, n_domains + 1)};
  if (!out->value || !out->se || !out->low || !out->high || !out->has_interval || !out->beyond || !out->records || !out->df)
    return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  return E_OK;
}
static void values(const struct quantile_ranks *r, const double *x, const double *w, const struct quantile_spec *spec, struct bench *b, double *value,
    int64_t *records) {
  for (int32_t k = 0; k < r->n_domains; k++) {
    const struct quantile_order o = gather(r, k, x, w, b);
    if (records) records[k] = o.n;
    for (int j = 0; j < spec->m && o.n; j++) value[(int64_t)j * r->n_domains + k] = quantile_at(&o, spec->p[j], spec->rule);
  }
}

/* The shares F(q) of all domains and their variances, one probability. */
struct shares {
  double *share, *var, *u;
};
static enum err_code shares_of(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, const double *x,
    const double *q, struct shares *out, struct err *e) {
  const int32_t n_domains = domain_count(domains);
  struct arena_mark mark = arena_mark(a);
  struct sum *size = ARENA_ARRAY(a, struct sum, n_domains + 1), *below = ARENA_ARRAY(a, struct sum, n_domains + 1);
  const double *columns[1] = {out->u};
  double *var = out->var;
  if (!size || !below) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  for (int64_t i = 0; i < s->n; i++) {
    const int32_t k = domain_at(domains, i);
    if (k < 0 || s->weight[i] == 0) continue;
    sum_add(&size[k], s->weight[i]);
    if (x[i] <= q[k]) sum_add(&below[k], s->weight[i]);
  }
  for (int32_t k = 0; k < n_domains; k++) out->share[k] = sum_result(&size[k]) > 0 ? sum_result(&below[k]) / sum_result(&size[k]) : 0;
  for (int64_t i = 0; i < s->n; i++) {
    const int32_t k = domain_at(domains, i);
    out->u[i] = k < 0 || s->weight[i] == 0 ? 0 : ((x[i] <= q[k]) - out->share[k]) / sum_result(&size[k]);
  }
  TRY(survey_variances(job, a, s, domains, 1, columns, &var, e));
  arena_reset(a, mark);
  return E_OK;
}
static void limits(const struct quantile_order *o, const struct quantile_spec *spec, double share, double var, int64_t df, int64_t at,
    struct quantile_result *out) {
  const struct interval_spec s = {spec->confidence, df, o->n};
  double low = share, high = share, t;
  if (df <= 0 || !dist_t_quantile(0.5 + spec->confidence / 2, (double)df, &t)) return;
  if (var > 0 && share > 0 && share < 1 && !interval_of_proportion(spec->scale, &s, share, sqrt(var), &low, &high)) return;
  out->beyond[at] = !(low >= 0 && high <= 1);
  if (out->beyond[at]) return;
  out->low[at] = quantile_at(o, low, spec->rule), out->high[at] = quantile_at(o, high, spec->rule);
  out->se[at] = (out->high[at] - out->low[at]) / (2 * t);
  out->has_interval[at] = true;
}

enum err_code quantile_intervals(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains,
    const double *x, const struct quantile_spec *spec, struct quantile_result *out, struct err *e) {
  const int32_t n = domain_count(domains);
  TRY(result_new(a, n, spec, out, e));
  struct arena_mark mark = arena_mark(a);
  struct quantile_dealt r;
  struct bench b;
  struct shares f = {
      ARENA_ARRAY(a, double, (int64_t)n * spec->m + 1), ARENA_ARRAY(a, double, (int64_t)n * spec->m + 1), ARENA_ARRAY(a, double, s->n + 1)};
  int32_t *of = ARENA_ARRAY(a, int32_t, s->n + 1); /* records of weight 0 have no part in the degrees of freedom */
  if (!of || !f.share || !f.var || !f.u) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  for (int64_t i = 0; i < s->n; i++) of[i] = s->weight[i] != 0 ? domain_at(domains, i) : -1;
  const struct taylor_domains weighted = {n, of};
  TRY(quantile_deal(a, s->n, x, s->weight, of, n, &r, e));
  if (!bench_new(a, n, r.first, &b)) return ERR(e, E_NO_MEMORY, .subject = "quantiles");
  for (int32_t k = 0; k < n; k++) {
    const struct quantile_order o = cumulate(&r, k, b.cumulated);
    out->records[k] = o.n;
    for (int j = 0; j < spec->m && o.n; j++) out->value[(int64_t)j * n + k] = quantile_at(&o, spec->p[j], spec->rule);
  }
  TRY(survey_df(job, a, s, &weighted, out->df, e));
  for (int32_t k = 0; k < n && spec->df > 0; k++) out->df[k] = spec->df;
  for (int j = 0; j < spec->m; j++) {
    struct shares one = {f.share + (int64_t)j * n, f.var + (int64_t)j * n, f.u};
    TRY(shares_of(job, a, s, &weighted, x, out->value + (int64_t)j * n, &one, e));
  }
  for (int32_t k = 0; k < n; k++) {
    const struct quantile_order o = cumulate(&r, k, b.cumulated);
    for (int j = 0; j < spec->m && o.n; j++) {
      const int64_t at = (int64_t)j * n + k;
      limits(&o, spec, f.share[at], f.var[at], out->df[k], at, out);
    }
  }
  arena_reset(a, mark);
  return E_OK;
}

/* --- replicates --- */
static void replicate_limits(const struct replicate_set *set, const struct quantile_spec *spec, int64_t at, double var, struct quantile_result *out) {
  double t;
  if (!(var >= 0) || set->df <= 0 || !dist_t_quantile(0.5 + spec->confidence / 2, (double)set->df, &t)) return;
  out->se[at] = sqrt(var);
  out->low[at] = out->value[at] - t * out->se[at], out->high[at] = out->value[at] + t * out->se[at];
  out->has_interval[at] = true;
}
enum err_code quantile_replicates(struct arena *a, const struct replicate_set *set, const double *w, const double *full,
    const struct taylor_domains *domains, const double *x, const struct quantile_spec *spec, struct quantile_result *out, struct err *e) {
  const int32_t n = domain_count(domains);
  const int64_t cells = (int64_t)n * spec->m;
  TRY(result_new(a, n, spec, out, e));
  struct arena_mark mark = arena_mark(a);
  struct quantile_ranks r;
  struct bench b;
  double *theta = ARENA_ARRAY(a, double, cells *set->n_replicates + 1), *wr = ARENA_ARRAY(a, double, set->n + 1),
         *one = ARENA_ARRAY(a, double, set->n_replicates + 1);
  int64_t *records = ARENA_ARRAY(a, int64_t, (int64_t)n *set->n_replicates + 1);
  uint8_t *defined = ARENA_ARRAY(a, uint8_t, set->n_replicates + 1);
  if (!theta || !wr || !one || !records || !defined) return ERR(e, E_NO_MEMORY, .subject = "quantiles of replicates");
  TRY(quantile_rank(a, set->n, x, domains, &r, e));
  if (!bench_new(a, n, r.first, &b)) return ERR(e, E_NO_MEMORY, .subject = "quantiles of replicates");
  values(&r, x, full, spec, &b, out->value, out->records);
  for (int k = 0; k < set->n_replicates; k++) {
    TRY(replicate_weights(a, set, k, w, wr, e));
    values(&r, x, wr, spec, &b, theta + cells * k, records + (int64_t)n * k);
  }
  for (int64_t at = 0; at < cells; at++) {
    const int32_t domain = (int32_t)(at % n);
    double var;
    for (int k = 0; k < set->n_replicates; k++) one[k] = theta[cells * k + at], defined[k] = records[(int64_t)n * k + domain] > 0;
    out->df[domain] = set->df;
    if (!out->records[domain]) continue;
    const int used = replicate_covariance(set, 1, one, defined, &out->value[at], &var);
    if (used >= 2) replicate_limits(set, spec, at, var, out);
    if (set->n_replicates - used > out->most_lost) out->most_lost = set->n_replicates - used;
  }
  arena_reset(a, mark);
  return E_OK;
}

#include "estimators/variance/survey.h"

#include <string.h>

enum { RAKE_SWEEPS = 10, SURVEY_MOST_STATISTICS = 64 };

static inline int32_t domain_at(const struct taylor_domains *d, int64_t i) { return d && d->of_row ? d->of_row[i] : 0; }
static inline int32_t domain_count(const struct taylor_domains *d) { return d && d->of_row ? d->n_domains : 1; }

/* Centres z / w by each margin with plain means of z / w, as R's rake() does. */
static enum err_code rake_residuals(struct arena *a, const struct auxiliary *x, double *u, struct err *e) {
  for (int sweep = 0; sweep < RAKE_SWEEPS; sweep++)
    for (int f = 0; f < x->n_factors; f++) {
      struct arena_mark mark = arena_mark(a);
      double *sum = ARENA_ARRAY(a, double, x->levels[f] + 1), *n = ARENA_ARRAY(a, double, x->levels[f] + 1);
      if (!sum || !n) return ERR(e, E_NO_MEMORY, .subject = "raking");
      for (int64_t i = 0; i < x->n; i++)
        if (x->code[f][i] >= 0) sum[x->code[f][i]] += u[i], n[x->code[f][i]]++;
      for (int64_t i = 0; i < x->n; i++)
        if (x->code[f][i] >= 0) u[i] -= sum[x->code[f][i]] / n[x->code[f][i]];
      arena_reset(a, mark);
    }
  return E_OK;
}

/* w u of one domain through the adjustments; second[r] gets what response step r adds. */
static enum err_code linearised(struct arena *a, const struct survey *s, const struct taylor_domains *domains, int32_t domain, const double *u,
    double *z, double *const *second, struct err *e) {
  int response = 0;
  for (int64_t i = 0; i < s->n; i++) z[i] = domain_at(domains, i) == domain ? s->weight[i] * u[i] : 0;
  for (int k = s->n_adjustments - 1; k >= 0; k--) {
    const struct adjustment *x = s->adjustments[k];
    if (x->kind == ADJUSTED_FIXED) continue;
    for (int64_t i = 0; i < s->n; i++) z[i] = x->after[i] != 0 ? z[i] / x->after[i] : 0;
    if (x->kind == ADJUSTED_CALIBRATED) TRY(regression_residuals(a, &x->regression, z, z, e));
    if (x->kind == ADJUSTED_RAKED) TRY(rake_residuals(a, x->x, z, e));
    if (x->kind == ADJUSTED_RESPONSE) {
      TRY(response_values(a, x->response, s->n, x->before, z, second[response++], e));
      continue; /* values of the whole sample, its weights before the step within */
    }
    for (int64_t i = 0; i < s->n; i++) z[i] *= x->after[i];
  }
  return E_OK;
}

enum err_code survey_linearise(
    struct arena *a, const struct survey *s, const struct taylor_domains *domains, int32_t domain, const double *u, double *z, struct err *e) {
  for (int k = 0; k < s->n_adjustments; k++)
    if (s->adjustments[k]->kind == ADJUSTED_RESPONSE)
      return ERR(e, E_DESIGN_STAGE, .subject = s->adjustments[k]->name, .expected = "no response step: its second part is no value of a record");
  return linearised(a, s, domains, domain, u, z, NULL, e);
}

static enum err_code dense_domain(
    const struct job *job, struct arena *a, const struct survey *s, int m, const double *const *z, double *cov, struct err *e) {
  if (s->two_phase) return two_phase_covariance(job, a, s->two_phase, m, z, cov, e);
  if (s->pps_stages) return pps_stages_covariance(job, a, s->pps_stages, m, z, cov, e);
  if (!s->pps) return taylor_covariance(job, a, s->design, NULL, m, z, cov, e);
  TRY(pps_check(s->pps, e));
  for (int j = 0; j < m; j++)
    for (int k = 0; k < m; k++) cov[j * m + k] = pps_covariance(s->pps, z[j], z[k]);
  return E_OK;
}

/* --- response steps, last first --- */
struct second_phase {
  int n_steps, m;
  double *fraction, **of; /* of[j * n_steps + r] */
};
static enum err_code second_phase_new(struct arena *a, const struct survey *s, int m, struct second_phase *out, struct err *e) {
  *out = (struct second_phase){.m = m};
  for (int k = 0; k < s->n_adjustments; k++) out->n_steps += s->adjustments[k]->kind == ADJUSTED_RESPONSE;
  if (!(out->of = ARENA_ARRAY(a, double *, m * out->n_steps + 1))) return ERR(e, E_NO_MEMORY, .subject = "variance");
  for (int k = 0; k < m * out->n_steps; k++)
    if (!(out->of[k] = ARENA_ARRAY(a, double, s->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "variance");
  if (out->n_steps == 0) return E_OK;
  if (!(out->fraction = ARENA_ARRAY(a, double, s->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "variance");
  if (!s->pps) sample_design_fractions(s->design, out->fraction);
  else memcpy(out->fraction, s->pps->pik, sizeof *out->fraction * (size_t)s->n);
  return E_OK;
}
static void add_second_phase(const struct survey *s, const struct second_phase *x, double *cov) {
  int r = 0;
  for (int k = s->n_adjustments - 1; k >= 0; k--) {
    if (s->adjustments[k]->kind != ADJUSTED_RESPONSE) continue;
    for (int i = 0; i < x->m; i++)
      for (int j = 0; j < x->m; j++)
        cov[i * x->m + j] +=
            response_covariance(s->adjustments[k]->response, s->n, x->fraction, x->of[i * x->n_steps + r], x->of[j * x->n_steps + r]);
    r++;
  }
}

static bool plain(const struct survey *s) {
  for (int k = 0; k < s->n_adjustments; k++)
    if (s->adjustments[k]->kind != ADJUSTED_FIXED) return false;
  return !s->pps && !s->pps_stages && !s->two_phase;
}

enum err_code survey_covariance(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *cov, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *z[SURVEY_MOST_STATISTICS];
  if (m < 1 || m > SURVEY_MOST_STATISTICS) return ERR(e, E_DESIGN_STAGE, .subject = "number of statistics together");
  for (int j = 0; j < m; j++)
    if (!(z[j] = ARENA_ARRAY(a, double, s->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "variance");
  if (plain(s)) {
    for (int j = 0; j < m; j++)
      for (int64_t i = 0; i < s->n; i++) z[j][i] = domain_at(domains, i) >= 0 ? s->weight[i] * u[j][i] : 0;
    TRY(taylor_covariance(job, a, s->design, domains, m, (const double *const *)z, cov, e));
  } else {
    struct second_phase second;
    TRY(second_phase_new(a, s, m, &second, e));
    for (int32_t k = 0; k < domain_count(domains); k++) {
      for (int j = 0; j < m; j++) TRY(linearised(a, s, domains, k, u[j], z[j], second.of + j * second.n_steps, e));
      TRY(dense_domain(job, a, s, m, (const double *const *)z, cov + (int64_t)k * m * m, e));
      add_second_phase(s, &second, cov + (int64_t)k * m * m);
    }
  }
  arena_reset(a, mark);
  return E_OK;
}

enum err_code survey_df(
    const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int64_t *df, struct err *e) {
  const int32_t n = domain_count(domains);
  struct arena_mark mark = arena_mark(a);
  int64_t *psus = ARENA_ARRAY(a, int64_t, n + 1), *strata = ARENA_ARRAY(a, int64_t, n + 1);
  if (!psus || !strata) return ERR(e, E_NO_MEMORY, .subject = "degrees of freedom");
  if (s->pps) {
    for (int64_t i = 0; i < s->n; i++)
      if (domain_at(domains, i) >= 0) psus[domain_at(domains, i)] += s->weight[i] > 0;
    for (int32_t k = 0; k < n; k++) strata[k] = psus[k] > 0;
  } else {
    struct sample_design counted = *s->design;
    struct taylor_result r = {.psus = psus, .strata = strata};
    double *zero = ARENA_ARRAY(a, double, s->n + 1);
    if (!zero) return ERR(e, E_NO_MEMORY, .subject = "degrees of freedom");
    if (counted.lonely == LONELY_STOP) counted.lonely = LONELY_CENTRE; /* only counting */
    TRY(taylor_variance(job, a, &counted, domains, zero, &r, e));
  }
  for (int32_t k = 0; k < n; k++) df[k] = psus[k] - strata[k];
  arena_reset(a, mark);
  return E_OK;
}
bool survey_is_plain(const struct survey *s) { return plain(s); }

#include "estimators/variance/survey_variance.h"

#include "estimators/variance/calibrated_domains.h"

/* One statistic at a time: its covariance matrix is its variance. */
static enum err_code by_covariance(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) {
  for (int j = 0; j < m; j++) TRY(survey_covariance(job, a, s, domains, 1, &u[j], var[j], e));
  return E_OK;
}
static enum err_code by_taylor(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) {
  const int32_t n = domains && domains->of_row ? domains->n_domains : 1;
  struct taylor_term term[TAYLOR_MOST_TERMS];
  for (int first = 0; first < m; first += TAYLOR_MOST_TERMS) {
    const int k = m - first < TAYLOR_MOST_TERMS ? m - first : TAYLOR_MOST_TERMS;
    struct taylor_result r = {.var = ARENA_ARRAY(a, double, (int64_t)n * k + 1)};
    if (!r.var) return ERR(e, E_NO_MEMORY, .subject = "variance");
    for (int j = 0; j < k; j++) term[j] = (struct taylor_term){.w = s->weight, .y = u[first + j]};
    TRY(taylor_many(job, a, s->design, domains, k, term, &r, e));
    for (int32_t d = 0; d < n; d++)
      for (int j = 0; j < k; j++) var[first + j][d] = r.var[(int64_t)d * k + j];
  }
  return E_OK;
}

enum err_code survey_variances(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  if (survey_is_plain(s)) TRY(by_taylor(job, a, s, domains, m, u, var, e));
  else if (calibrated_domains_possible(s)) TRY(calibrated_domains_variance(job, a, s, domains, m, u, var, e));
  else TRY(by_covariance(job, a, s, domains, m, u, var, e));
  arena_reset(a, mark);
  return E_OK;
}

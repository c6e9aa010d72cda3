#include "estimators/variance/survey_variance.h"

/* One statistic at a time: its covariance matrix is its variance. */
static enum err_code by_covariance(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) {
  for (int j = 0; j < m; j++) TRY(survey_covariance(job, a, s, domains, 1, &u[j], var[j], e));
  return E_OK;
}
static enum err_code by_taylor(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) {
  double *z = ARENA_ARRAY(a, double, s->n + 1);
  if (!z) return ERR(e, E_NO_MEMORY, .subject = "variance");
  for (int j = 0; j < m; j++) {
    struct taylor_result r = {.var = var[j]};
    for (int64_t i = 0; i < s->n; i++) z[i] = s->weight[i] * u[j][i];
    TRY(taylor_variance(job, a, s->design, domains, z, &r, e));
  }
  return E_OK;
}

enum err_code survey_variances(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  if (survey_is_plain(s)) TRY(by_taylor(job, a, s, domains, m, u, var, e));
  else TRY(by_covariance(job, a, s, domains, m, u, var, e));
  arena_reset(a, mark);
  return E_OK;
}

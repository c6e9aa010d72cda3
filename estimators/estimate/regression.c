/* regression.c -- coefficients of the text's order, their design-based covariances, quality of the fit, Wald tests. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/sum.h"
#include "estimators/estimate/contrast.h"
#include "estimators/estimate/regression_impl.h"

bool regression_family_named(const char *name, enum regression_family *out) {
  static const char *const names[] = {"linear", "logistic", "poisson"};
  for (int k = 0; k < 3; k++)
    if (strcmp(names[k], name) == 0) return *out = (enum regression_family)k, true;
  return false;
}

static inline bool inside(const struct glm *g, int64_t i) { return g->m->of_row[i] >= 0; }

/* --- the model matrix: numbers centred (with an intercept) and scaled --- */
static enum err_code standardise(struct glm *g, struct err *e) {
  g->x = g->m->x;
  for (int f = 0; f < g->x.n_factors; f++) g->factors += g->x.levels[f];
  g->columns = auxiliary_columns(&g->x);
  for (int k = 0; k < g->x.n_numbers; k++) {
    struct sum size = {0, 0}, total = {0, 0}, square = {0, 0};
    double *x = ARENA_ARRAY(g->a, double, g->x.n + 1);
    if (!x) return ERR(e, E_NO_MEMORY, .subject = "regression");
    for (int64_t i = 0; i < g->x.n; i++)
      if (inside(g, i)) sum_add(&size, g->w[i]), sum_add(&total, g->w[i] * g->x.number[k][i]);
    const double mean = g->m->intercept ? sum_result(&total) / sum_result(&size) : 0;
    for (int64_t i = 0; i < g->x.n; i++)
      if (inside(g, i)) x[i] = g->x.number[k][i] - mean, sum_add(&square, g->w[i] * x[i] * x[i]);
    const double sd = sqrt(sum_result(&square) / sum_result(&size));
    g->centre[k] = mean, g->scale[k] = sd > 1e-12 * fabs(mean) ? sd : 0;
    for (int64_t i = 0; i < g->x.n; i++) x[i] = inside(g, i) && g->scale[k] > 0 ? x[i] / g->scale[k] : 0; /* a constant: redundant */
    g->x.number[k] = x;
  }
  return E_OK;
}
/* Coefficients of the standardised columns into those of the columns as they are; t: [columns], in place. */
static void unstandardise(const struct glm *g, double *t) {
  for (int k = 0; k < g->x.n_numbers; k++) {
    double *b = &t[g->factors + k];
    *b = g->scale[k] > 0 ? *b / g->scale[k] : 0;
    if (g->m->intercept) t[0] -= *b * g->centre[k];
  }
}

static enum err_code check(const struct glm *g, struct survey_regression *out, struct err *e) {
  struct sum size = {0, 0};
  char place[48];
  for (int64_t i = 0; i < g->m->n; i++) {
    if (!inside(g, i)) continue;
    const double y = g->m->y[i];
    snprintf(place, sizeof place, "row %lld", (long long)i + 1);
    if (g->family == FAMILY_LOGISTIC && !(y >= 0 && y <= 1)) return ERR(e, E_REGRESSION, .subject = place, .expected = "a response from 0 to 1");
    if (g->family == FAMILY_POISSON && !(y >= 0)) return ERR(e, E_REGRESSION, .subject = place, .expected = "a response of 0 or more");
    sum_add(&size, g->w[i]), out->n++;
  }
  out->sum_weights = sum_result(&size);
  if (out->n <= g->columns) return ERR(e, E_REGRESSION, .subject = "fewer records than coefficients");
  return E_OK;
}

/* --- covariances --- */
/* into[p][columns]: what a unit of x (y - mu) moves each coefficient by. */
static enum err_code sensitivity(const struct glm *g, double *into, struct err *e) {
  const int64_t c = g->columns;
  double *unit = ARENA_ARRAY(g->a, double, c + 1);
  if (!unit) return ERR(e, E_NO_MEMORY, .subject = "regression");
  for (int64_t k = 0; k < c; k++) {
    memset(unit, 0, sizeof *unit * (size_t)c);
    unit[k] = 1;
    auxiliary_solve(&g->normal, unit, unit);
    unstandardise(g, unit);
    for (int j = 0; j < g->m->p; j++) into[j * c + k] = unit[g->m->column[j]];
  }
  return E_OK;
}
static void influence(const struct glm *g, const double *by, double *u) { /* by: [columns] */
  for (int64_t i = 0; i < g->x.n; i++) u[i] = inside(g, i) ? auxiliary_dot(&g->x, i, by) * (g->m->y[i] - g->mu[i]) : 0;
}
static enum err_code covariances(const struct job *job, const struct glm *g, const struct survey *s, double *cov, struct err *e) {
  double *u[CONTRAST_MOST_TOGETHER], *by = ARENA_ARRAY(g->a, double, (int64_t)g->m->p *g->columns + 1);
  if (!by) return ERR(e, E_NO_MEMORY, .subject = "regression");
  TRY(sensitivity(g, by, e));
  for (int j = 0; j < g->m->p; j++) {
    if (!(u[j] = ARENA_ARRAY(g->a, double, g->x.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "regression");
    influence(g, by + (int64_t)j * g->columns, u[j]);
  }
  return survey_covariance(job, g->a, s, NULL, g->m->p, (const double *const *)u, cov, e);
}

/* --- quality --- */
static double null_mean(const struct glm *g, double size) {
  struct sum y = {0, 0};
  if (!g->m->intercept) return glm_mean(g->family, 0);
  for (int64_t i = 0; i < g->x.n; i++)
    if (inside(g, i)) sum_add(&y, g->w[i] * g->m->y[i]);
  return sum_result(&y) / size;
}
static void quality(const struct glm *g, struct survey_regression *out) {
  struct sum deviance = {0, 0}, null_deviance = {0, 0}, r = {0, 0}, r2 = {0, 0};
  const double size = out->sum_weights, mean = null_mean(g, size), n = (double)out->n;
  for (int64_t i = 0; i < g->x.n; i++) {
    if (!inside(g, i)) continue;
    const double y = g->m->y[i], pearson = (y - g->mu[i]) / sqrt(glm_variance(g->family, g->mu[i]));
    sum_add(&deviance, g->w[i] * glm_deviance(g->family, y, g->mu[i])), sum_add(&null_deviance, g->w[i] * glm_deviance(g->family, y, mean));
    sum_add(&r, g->w[i] * pearson), sum_add(&r2, g->w[i] * pearson * pearson);
  }
  const double d = sum_result(&deviance), d0 = sum_result(&null_deviance), centre = sum_result(&r) / size;
  out->deviance = d * n / size, out->null_deviance = d0 * n / size; /* per record, as of weights that average 1 */
  out->dispersion = (sum_result(&r2) / size - centre * centre) * n / (n - 1);
  out->r2 = d0 > 0 ? 1 - d / d0 : 0;
  if (g->family != FAMILY_LOGISTIC) return;
  out->cox_snell = 1 - exp((d - d0) / size);
  out->nagelkerke = out->cox_snell / (1 - exp(-d0 / size));
}

static bool all_finite(const struct survey_regression *out) {
  bool yes = isfinite(out->dispersion);
  for (int j = 0; j < out->p; j++) yes = yes && isfinite(out->b[j]) && isfinite(out->cov[j * out->p + j]);
  return yes;
}

static enum err_code fit(const struct job *job, struct glm *g, const struct survey *s, struct survey_regression *out, struct err *e) {
  TRY(standardise(g, e));
  TRY(check(g, out, e));
  g->b = ARENA_ARRAY(g->a, double, g->columns + 1), g->mu = ARENA_ARRAY(g->a, double, g->x.n + 1);
  if (!g->b || !g->mu) return ERR(e, E_NO_MEMORY, .subject = "regression");
  TRY(glm_fit(g, e));
  TRY(covariances(job, g, s, out->cov, e));
  unstandardise(g, g->b);
  for (int j = 0; j < out->p; j++) {
    out->b[j] = g->b[g->m->column[j]];
    out->redundant[j] = g->normal.redundant[g->m->column[j]];
    out->rank += !out->redundant[j];
  }
  quality(g, out);
  if (!all_finite(out)) return ERR(e, E_REGRESSION, .subject = "numbers too large or too small to be computed with", .expected = "another unit");
  TRY(survey_df(job, g->a, s, &(struct taylor_domains){1, g->m->of_row}, &out->df, e));
  out->df_residual = out->df + 1 - out->rank;
  out->rounds = g->rounds;
  return E_OK;
}
enum err_code regression_run(const struct job *job, struct arena *a, const struct survey *s, const struct model *m, enum regression_family family,
    struct survey_regression *out, struct err *e) {
  *out = (struct survey_regression){.p = m->p, .b = ARENA_ARRAY(a, double, m->p + 1), .cov = ARENA_ARRAY(a, double, (int64_t)m->p *m->p + 1),
      .redundant = ARENA_ARRAY(a, uint8_t, m->p + 1)};
  struct arena_mark mark = arena_mark(a);
  struct glm g = {.a = a, .m = m, .family = family, .w = s->weight};
  if (!out->b || !out->cov || !out->redundant) return ERR(e, E_NO_MEMORY, .subject = "regression");
  const enum err_code code = fit(job, &g, s, out, e);
  arena_reset(a, mark);
  return code;
}

bool regression_wald(struct arena *a, const struct survey_regression *r, int first, int count, struct wald *out) {
  struct arena_mark mark = arena_mark(a);
  double v[CONTRAST_MOST_TOGETHER * CONTRAST_MOST_TOGETHER], b[CONTRAST_MOST_TOGETHER], x[CONTRAST_MOST_TOGETHER], chi = 0;
  int at[CONTRAST_MOST_TOGETHER], n = 0;
  struct factorised f;
  struct err e;
  for (int j = first; j < first + count && j < r->p; j++)
    if (!r->redundant[j]) at[n++] = j;
  for (int j = 0; j < n; j++) {
    b[j] = r->b[at[j]];
    for (int k = 0; k < n; k++) /* on the scale of correlations: items of any size */
      v[j * n + k] = r->cov[at[j] * r->p + at[k]] / sqrt(r->cov[at[j] * r->p + at[j]] * r->cov[at[k] * r->p + at[k]]);
  }
  for (int j = 0; j < n; j++) b[j] /= sqrt(r->cov[at[j] * r->p + at[j]]);
  if (n == 0 || r->df_residual <= 0 || auxiliary_factorise(a, n, v, &f, &e) || f.n_redundant > 0) return false;
  auxiliary_solve(&f, b, x);
  for (int j = 0; j < n; j++) chi += b[j] * x[j];
  arena_reset(a, mark);
  *out = (struct wald){chi / n, dist_f_upper(chi / n, n, (double)r->df_residual), n, r->df_residual};
  return true;
}

#include "estimators/estimate/contrast.h"

#include <string.h>

static void rows_of(const struct figure *f, int64_t n, const double *w, int32_t *of) {
  for (int64_t i = 0; i < n; i++) of[i] = w[i] != 0 && (!f->of_row || f->of_row[i] == f->domain) ? 0 : -1;
}

enum err_code figures_value(struct arena *a, const struct survey *s, int n, struct figure *f, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  int32_t *of = ARENA_ARRAY(a, int32_t, s->n + 1);
  const struct taylor_domains one = {1, of};
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "figures");
  for (int j = 0; j < n; j++) {
    rows_of(&f[j], s->n, s->weight, of);
    TRY(statistic_value(a, &f[j].statistic, s->n, s->weight, &one, &f[j].value, &f[j].defined, e));
  }
  arena_reset(a, mark);
  return E_OK;
}

static enum err_code influence_into(
    struct arena *a, const struct survey *s, const struct figure *f, int32_t *of, double *u, struct err *e) {
  const struct taylor_domains one = {1, of};
  rows_of(f, s->n, s->weight, of);
  return statistic_influence(a, &f->statistic, s->n, s->weight, &one, &f->value, &f->defined, u, e);
}

enum err_code figures_covariance(
    const struct job *job, struct arena *a, const struct survey *s, int n, const struct figure *f, double *cov, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *u[CONTRAST_MOST_TOGETHER];
  int32_t *of = ARENA_ARRAY(a, int32_t, s->n + 1);
  if (n < 1 || n > CONTRAST_MOST_TOGETHER) return ERR(e, E_FIGURES_MANY, .subject = "covariances", .expected = "at most 64");
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "figures");
  for (int j = 0; j < n; j++) {
    if (!(u[j] = ARENA_ARRAY(a, double, s->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "figures");
    TRY(influence_into(a, s, &f[j], of, u[j], e));
  }
  TRY(survey_covariance(job, a, s, NULL, n, (const double *const *)u, cov, e));
  arena_reset(a, mark);
  return E_OK;
}

/* The variance of sum c_j theta_j by its one influence. */
static enum err_code combined(const struct job *job, struct arena *a, const struct survey *s, int n, const struct figure *f, const double *c,
    struct contrast *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  int32_t *of = ARENA_ARRAY(a, int32_t, s->n + 1), *used = ARENA_ARRAY(a, int32_t, s->n + 1);
  double *u = ARENA_ARRAY(a, double, s->n + 1), *one = ARENA_ARRAY(a, double, s->n + 1);
  const double *columns[1] = {u};
  if (!of || !used || !u || !one) return ERR(e, E_NO_MEMORY, .subject = "contrast");
  for (int64_t i = 0; i < s->n; i++) used[i] = -1;
  for (int j = 0; j < n; j++) {
    if (c[j] == 0) continue;
    if (!f[j].defined) return ERR(e, E_CONTRAST, .subject = f[j].name ? f[j].name : "figure", .expected = "a denominator other than 0");
    TRY(influence_into(a, s, &f[j], of, one, e));
    for (int64_t i = 0; i < s->n; i++) {
      u[i] += c[j] * one[i];
      if (of[i] == 0) used[i] = 0;
    }
  }
  TRY(survey_covariance(job, a, s, NULL, 1, columns, &out->var, e));
  TRY(survey_df(job, a, s, &(struct taylor_domains){1, used}, &out->df, e));
  arena_reset(a, mark);
  return E_OK;
}

enum err_code contrast_linear(const struct job *job, struct arena *a, const struct survey *s, int n, const struct figure *f,
    const double *coefficient, struct contrast *out, struct err *e) {
  *out = (struct contrast){0};
  for (int j = 0; j < n; j++) out->value += coefficient[j] * f[j].value;
  return combined(job, a, s, n, f, coefficient, out, e);
}

enum err_code contrast_smooth(const struct job *job, struct arena *a, const struct survey *s, int n, const struct figure *f, const struct smooth *g,
    struct contrast *out, struct err *e) {
  double at[SMOOTH_MOST], gradient[SMOOTH_MOST];
  int where[SMOOTH_MOST];
  struct arena_mark mark = arena_mark(a);
  double *c = ARENA_ARRAY(a, double, n + 1);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "contrast");
  *out = (struct contrast){0};
  for (int k = 0; k < g->n_names; k++) {
    where[k] = -1;
    for (int j = 0; j < n && where[k] < 0; j++)
      if (f[j].name && strcmp(f[j].name, g->name[k]) == 0) where[k] = j;
    if (where[k] < 0) return ERR(e, E_CONTRAST, .subject = g->name[k], .expected = "the name of a figure");
    if (!f[where[k]].defined) return ERR(e, E_CONTRAST, .subject = g->name[k], .expected = "a denominator other than 0");
    at[k] = f[where[k]].value;
  }
  if (!smooth_value(g, at, &out->value, gradient)) return ERR(e, E_CONTRAST, .subject = "the function has no value for these figures");
  for (int k = 0; k < g->n_names; k++) c[where[k]] += gradient[k];
  const enum err_code code = combined(job, a, s, n, f, c, out, e);
  arena_reset(a, mark);
  return code;
}

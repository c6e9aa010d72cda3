#include "estimators/estimate/mean_test.h"

#include <math.h>

#include "base/ext_gsl.h"
#include "base/sum.h"
#include "estimators/estimate/contrast.h"
#include "estimators/estimate/quantile_interval.h"

static enum err_code as_t(struct mean_test *t, double var, double confidence, struct err *e) {
  double q;
  if (t->df2 < 1 || !(var > 0) || !dist_t_quantile(0.5 + confidence / 2, (double)t->df2, &q))
    return ERR(e, E_TEST, .subject = "no degrees of freedom or no variance", .expected = "more sampling units than strata");
  t->is_t = true, t->se = sqrt(var), t->df1 = 1;
  t->statistic = t->estimate / t->se, t->p = dist_t_two_sided(t->statistic, (double)t->df2);
  t->low = t->estimate - q * t->se, t->high = t->estimate + q * t->se;
  return E_OK;
}

enum err_code mean_test_one(const struct job *job, struct arena *a, const struct survey *s, const struct mean_test_spec *spec, double value,
    struct mean_test *out, struct err *e) {
  struct figure f = {.statistic = {STATISTIC_MEAN, spec->y, NULL}, .of_row = spec->of_row, .name = "mean"};
  const double one = 1;
  struct contrast c;
  TRY(figures_value(a, s, 1, &f, e));
  if (!f.defined) return ERR(e, E_TEST, .subject = "no records");
  TRY(contrast_linear(job, a, s, 1, &f, &one, &c, e));
  *out = (struct mean_test){.groups = 1, .estimate = c.value - value, .df2 = c.df};
  for (int64_t i = 0; i < s->n; i++) out->n += s->weight[i] != 0 && (!spec->of_row || spec->of_row[i] == 0);
  return as_t(out, c.var, spec->confidence, e);
}

/* Weighted ranks in 0..1 of the records with of 0. */
static enum err_code ranks(struct arena *a, const struct survey *s, const int32_t *of, const double *y, double *out, struct err *e) {
  struct quantile_ranks r;
  struct sum before = {0, 0};
  const struct taylor_domains one = {1, of};
  TRY(quantile_rank(a, s->n, y, &one, &r, e));
  for (int64_t from = 0, to; from < r.first[1]; from = to) {
    struct sum mean = {0, 0};
    for (to = from; to < r.first[1] && y[r.row[to]] == y[r.row[from]]; to++) {
      const double w = s->weight[r.row[to]];
      sum_add(&mean, sum_result(&before) + w / 2);
      sum_add(&before, w);
    }
    for (int64_t i = from; i < to; i++) out[r.row[i]] = sum_result(&mean) / (double)(to - from);
  }
  for (int64_t i = 0; i < r.first[1]; i++) out[r.row[i]] /= sum_result(&before);
  return E_OK;
}

/* y on an intercept and the groups that have records. */
static enum err_code group_model(
    struct arena *a, const struct survey *s, const struct mean_test_spec *spec, struct model *m, int32_t *groups, struct err *e) {
  const int64_t n = s->n;
  int32_t *of = ARENA_ARRAY(a, int32_t, n + 1), *code = ARENA_ARRAY(a, int32_t, n + 1), *map = ARENA_ARRAY(a, int32_t, spec->n_groups + 1);
  double *rank = ARENA_ARRAY(a, double, n + 1);
  if (!of || !code || !map || !rank) return ERR(e, E_NO_MEMORY, .subject = "test of means");
  for (int64_t i = 0; i < n; i++) {
    of[i] = s->weight[i] > 0 && (!spec->of_row || spec->of_row[i] == 0) && spec->group[i] >= 0 ? 0 : -1;
    if (of[i] == 0) map[spec->group[i]] = 1;
  }
  *groups = 0;
  for (int32_t g = 0; g < spec->n_groups; g++) map[g] = map[g] ? (*groups)++ : -1;
  if (*groups < 2) return ERR(e, E_TEST, .subject = "fewer than two groups with records");
  if (*groups > CONTRAST_MOST_TOGETHER) return ERR(e, E_FIGURES_MANY, .subject = "groups", .expected = "at most 64");
  for (int64_t i = 0; i < n; i++) code[i] = of[i] == 0 ? map[spec->group[i]] - 1 : -1;
  if (spec->ranks) TRY(ranks(a, s, of, spec->y, rank, e));
  *m = (struct model){.n = n, .p = *groups, .label = ARENA_ARRAY(a, const char *, *groups), .column = ARENA_ARRAY(a, int, *groups), .intercept = true,
      .y = spec->ranks ? rank : spec->y, .of_row = of, .x = {.n = n, .n_factors = 2, .code = {of, code}, .levels = {1, *groups - 1}}};
  if (!m->label || !m->column) return ERR(e, E_NO_MEMORY, .subject = "test of means");
  for (int j = 0; j < m->p; j++) m->column[j] = j, m->label[j] = "group";
  return E_OK;
}

enum err_code mean_test_groups(
    const struct job *job, struct arena *a, const struct survey *s, const struct mean_test_spec *spec, struct mean_test *out, struct err *e) {
  struct model m;
  struct survey_regression r;
  struct wald w;
  *out = (struct mean_test){0};
  TRY(group_model(a, s, spec, &m, &out->groups, e));
  TRY(regression_run(job, a, s, &m, FAMILY_LINEAR, &r, e));
  out->n = r.n, out->df2 = r.df_residual;
  if (out->groups == 2) {
    out->estimate = r.b[1];
    return as_t(out, r.cov[3], spec->confidence, e);
  }
  if (!regression_wald(a, &r, 1, m.p - 1, &w)) return ERR(e, E_TEST, .subject = "no degrees of freedom or no variance");
  out->statistic = w.f, out->p = w.p, out->df1 = w.df1, out->df2 = w.df2;
  return E_OK;
}

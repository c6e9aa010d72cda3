/* kinds.c -- contrasts, smooth functions, changes between periods, proportions, ratio estimators, variance functions. */
#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/table.h"
#include "estimators/estimate/interval.h"
#include "estimators/estimate/smooth.h"
#include "estimators/variance/gvf.h"
#include "tests/conform/estimation/run.h"

static bool base_figures(struct est_case *c, struct figures *f) {
  const struct json_value *base = json_member(c->estimator, "base");
  const int32_t *where;
  if (!base) return fprintf(c->say, "   no base estimator\n"), false;
  if (!figures_of(c, base, f)) return false;
  return figures_domains(c, json_member(base, "where") || !json_member(c->estimator, "where") ? base : c->estimator, f,
      &where) && figures_compute(c, f, where);
}

/* --- figures together --- */
bool joint_of(struct est_case *c, const struct figures *f, struct joint *out) {
  const int64_t n = (int64_t)f->n_domains * f->m;
  *out = (struct joint){.n = (int)n, .value = f->value, .name = ARENA_ARRAY(c->arena, const char *, n), .other_name = ARENA_ARRAY(c->arena,
      const char *, n),
      .df = f->design_df};
  for (int32_t k = 0; k < f->n_domains; k++)
    for (int j = 0; j < f->m; j++) {
      const char *domain = f->n_by ? figures_domain_name(c, f, k) : NULL;
      out->name[k * f->m + j] = domain ? domain : f->label[j];
      out->other_name[k * f->m + j] = domain ? arena_printf(c->arena, "%s:%s", domain, f->label[j]) : f->label[j];
      if (domain && f->m > 1) out->name[k * f->m + j] = out->other_name[k * f->m + j];
    }
  return true;
}
/* Influence of one figure, zero outside its domain. */
static bool influence(struct est_case *c, const struct figures *f, int at, double *x) {
  double *one = ARENA_ARRAY(c->arena, double, f->n_domains + 1);
  bool *ok = ARENA_ARRAY(c->arena, bool, f->n_domains + 1);
  struct err e;
  for (int32_t l = 0; l < f->n_domains; l++) one[l] = f->value[l * f->m + at % f->m], ok[l] = f->defined[l * f->m + at % f->m];
  if (statistic_influence(c->arena, &f->statistic[at % f->m], c->n, c->survey.weight, &f->domains, one, ok, x, &e)) return false;
  for (int64_t i = 0; i < c->n; i++)
    if (f->of_row && f->of_row[i] != at / f->m) x[i] = 0;
  return true;
}
bool joint_covariance(struct est_case *c, const struct figures *f, struct joint *x) {
  struct err e = {0};
  const int n = x->n_picked, width = f->n_domains * f->m;
  double *u[CASE_MOST_VARS];
  x->cov = ARENA_ARRAY(c->arena, double, n * n + 1);
  for (int j = 0; f->all && j < n; j++)
    for (int k = 0; k < n; k++) x->cov[j * n + k] = f->all[(int64_t)x->pick[j] * width + x->pick[k]];
  if (f->all) return true;
  for (int j = 0; j < n; j++) {
    u[j] = ARENA_ARRAY(c->arena, double, c->n + 1);
    if (!influence(c, f, x->pick[j], u[j])) return false;
  }
  if (survey_covariance(NULL, c->arena, &c->survey, NULL, n, (const double *const *)u, x->cov, &e))
    return fprintf(c->say, "   %s %s\n", err_name(e.code), e.found), false;
  return true;
}
int joint_named(const struct joint *x, const char *name) {
  for (int j = 0; j < x->n; j++)
    if (strcmp(x->name[j], name) == 0 || strcmp(x->other_name[j], name) == 0) return j;
  return -1;
}
static bool pick(struct est_case *c, struct joint *x, int j, const char *name) {
  if (j < 0) return fprintf(c->say, "   no figure %s\n", name), false;
  if (x->n_picked == CASE_MOST_VARS) return fprintf(c->say, "   more than %d figures together\n", CASE_MOST_VARS), false;
  x->pick[x->n_picked++] = j;
  return true;
}
static double quadratic(const struct joint *x, const double *g) {
  double v = 0;
  for (int j = 0; j < x->n_picked; j++)
    for (int k = 0; k < x->n_picked; k++) v += g[j] * g[k] * x->cov[j * x->n_picked + k];
  return v;
}
static enum verdict linear_of(struct est_case *c, const struct figures *f, struct joint *x, const struct json_value *coefs) {
  double g[CASE_MOST_VARS], value = 0;
  const char *name;
  const struct json_value *v;
  for (size_t k = 0; json_member_at(coefs, k, &name, &v); k++)
    if (!pick(c, x, joint_named(x, name), name) || !json_number(v, &g[x->n_picked - 1])) return FAILED;
  if (x->n_picked == 0) return fprintf(c->say, "   no coefficients\n"), FAILED;
  if (!joint_covariance(c, f, x)) return FAILED;
  for (int j = 0; j < x->n_picked; j++) value += g[j] * x->value[x->pick[j]];
  return figure_close(c, json_element(c->expected, 0), "contrast", value, quadratic(x, g), x->df) ? PASSED : FAILED;
}
/* g(figures) by forward-mode derivatives. */
static enum verdict smooth_of(struct est_case *c, const struct figures *f, struct joint *x, const char *text) {
  struct smooth s;
  struct err e;
  double at[SMOOTH_MOST], gradient[SMOOTH_MOST], value;
  if (smooth_parse(c->arena, text, &s, &e)) return fprintf(c->say, "   %s: expected %s\n", text, e.expected), FAILED;
  x->n_picked = 0;
  for (int k = 0; k < s.n_names; k++) {
    if (!pick(c, x, joint_named(x, s.name[k]), s.name[k])) return FAILED;
    at[k] = x->value[x->pick[k]];
  }
  if (!joint_covariance(c, f, x)) return FAILED;
  if (!smooth_value(&s, at, &value, gradient)) return fprintf(c->say, "   the function has no value\n"), FAILED;
  return figure_close(c, json_element(c->expected, 0), "contrast", value, quadratic(x, gradient), x->df) ? PASSED : FAILED;
}
enum verdict run_contrast(struct est_case *c) {
  struct figures f = {0};
  struct joint x;
  if (!base_figures(c, &f) || !joint_of(c, &f, &x)) return FAILED;
  return linear_of(c, &f, &x, json_member(c->estimator, "coefs"));
}
enum verdict run_nonlinear(struct est_case *c) {
  struct figures f = {0};
  struct joint x;
  if (!base_figures(c, &f) || !joint_of(c, &f, &x)) return FAILED;
  return smooth_of(c, &f, &x, json_member_string(c->estimator, "expr", ""));
}

/* --- both periods are domains of one design; units of both count once --- */
static bool period_domains(struct est_case *c, struct figures *f) {
  const struct json_value *periods = json_member(c->design, "periods"), *first = json_member(periods, "t1"), *second = json_member(periods, "t2");
  const struct case_column *period = column_of(c, json_member_string(periods, "var", "period"));
  int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1), *present;
  struct err e = {0};
  bool bad;
  if (!period) return false;
  if (!first || !second) return fprintf(c->say, "   no periods t1 and t2\n"), false;
  const int32_t *where = case_where(c, json_member(c->estimator, "where"), &bad);
  if (bad) return false;
  for (int64_t i = 0; i < c->n; i++) of[i] = where && where[i] < 0 ? -1 : cell_is(period, i, first) ? 0 : cell_is(period, i, second) ? 1 : -1;
  if (domain_present(c->arena, c->n, c->survey.weight, &(struct taylor_domains){2, of}, f->n_status, f->status, &present, &e)) return false;
  f->of_row = present, f->asked = of, f->n_domains = 2;
  return figures_compute(c, f, NULL);
}
enum verdict run_change(struct est_case *c) {
  static const struct {
    const char *name, *text;
  } measures[] = {{"difference", "second - first"}, {"relative", "second / first - 1"}, {"ratio", "second / first"}, {"log", "log(second / first)"}};
  const char *measure = json_member_string(c->estimator, "measure", ""), *text = NULL;
  static const char *const names[] = {"first", "second"};
  struct figures f = {0};
  struct joint x = {.name = (const char **)names, .other_name = (const char **)names, .n = 2, .n_picked = 2, .pick = {0, 1}};
  for (size_t k = 0; k < sizeof measures / sizeof *measures; k++)
    if (strcmp(measures[k].name, measure) == 0) text = measures[k].text;
  if (!text) return fprintf(c->say, "   unknown measure %s\n", measure), UNSUPPORTED;
  if (!figures_of(c, json_member(c->estimator, "base"), &f)) return FAILED;
  if (f.m != 1) return fprintf(c->say, "   the change of one figure, not of %d\n", f.m), FAILED;
  if (!period_domains(c, &f)) return FAILED;
  x.value = f.value, x.df = f.design_df;
  if (!joint_covariance(c, &f, &x)) return FAILED;
  const struct json_value *levels = json_member(c->whole, "levels");
  bool ok = true;
  double v;
  for (int k = 0; levels && k < 2; k++) ok = figure_close(c, json_element(levels, (size_t)k), "level", x.value[k], x.cov[k * 3], x.df) && ok;
  const double spread = sqrt(x.cov[0] * x.cov[3]);
  if (json_number(json_member(c->whole, "cov12"), &v)) ok = case_near(c, MEASURE_SE, "cov12", x.cov[1], v, LIMITS.se, 1e-12 * spread) && ok;
  if (json_number(json_member(c->whole, "cor12"), &v)) ok = case_near(c, MEASURE_SE, "cor12", x.cov[1] / spread, v, LIMITS.se, 1e-12) && ok;
  const enum verdict verdict = smooth_of(c, &f, &x, text);
  return ok ? verdict : FAILED;
}

/* --- the gap of mean pay as a share of the men's: two domains of one mean --- */
enum verdict run_pay_gap(struct est_case *c) {
  const char *names[2], *sex = json_member_string(c->estimator, "sex", "sex");
  const char *name[2] = {json_member_string(c->estimator, "male", "male"), json_member_string(c->estimator, "female", "female")};
  struct figures f = {.m = 1, .n_status = 1, .label = {"mean"}, .n_by = 1};
  struct joint x;
  const int32_t *where;
  if (case_names(c, json_member(c->estimator, "var"), names, 2) != 1) return fprintf(c->say, "   one variable is needed\n"), FAILED;
  const struct case_column *y = number_column(c, names[0], false), *s = column_of(c, sex);
  if (!y || !s) return FAILED;
  f.statistic[0] = (struct statistic){STATISTIC_MEAN, y->value, NULL}, f.status[0] = y->status;
  if (!figures_domains(c, c->estimator, &f, &where)) return FAILED;
  int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) of[i] = f.of_row[i] == 0 ? s->code[i] : -1;
  f.of_row = of, f.by[0] = s, f.n_by = 1, f.n_domains = s->n_levels;
  if (!figures_compute(c, &f, where) || !joint_of(c, &f, &x)) return FAILED;
  return smooth_of(c, &f, &x, arena_printf(c->arena, "(`%s` - `%s`) / `%s`", name[0], name[1], name[0]));
}

/* --- proportions --- */
static bool proportion_row(struct est_case *c, const struct figures *f, const struct json_value *row, enum interval_scale scale, double confidence) {
  const struct json_value *ci = row_limits(row);
  const int32_t k = figures_row_domain(f, row);
  double low = 0, high = 0, expected[2], v;
  int64_t n = 0;
  if (k < 0) return fprintf(c->say, "   no such domain\n"), false;
  for (int64_t i = 0; i < c->n; i++) n += c->survey.n_adjustments || c->survey.pps || f->asked[i] == k; /* R survey's nrow(design) */
  const struct interval_spec s = {.confidence = confidence, .df = f->df[k], .n = n};
  const double limit = scale == INTERVAL_LIKELIHOOD ? 1e-4 : scale == INTERVAL_BETA ? 1e-8 : 1e-7, p = f->value[k], var = f->cov[k];
  bool ok = json_number(json_member(row, "estimate"), &v) && case_close(c, MEASURE_ESTIMATE, "proportion", p, v,
      limit < 1e-7 ? LIMITS.estimate : 1e-7);
  if (json_number(json_member(row, "se"), &v)) ok = case_close(c, MEASURE_SE, "se", sqrt(var > 0 ? var : 0), v, LIMITS.se) && ok;
  if (json_number(json_member(row, "df"), &v)) ok = case_close(c, MEASURE_DF, "df", (double)f->df[k], v, 0) && ok;
  if (!ci) return ok;
  if (!json_number(json_element(ci, 0), &expected[0]) || !json_number(json_element(ci, 1), &expected[1]))
    return fprintf(c->say, "   limits cannot be read\n"), false;
  if (!interval_of_proportion(scale, &s, p, sqrt(var), &low, &high)) return fprintf(c->say, "   no interval\n"), false;
  ok = case_close(c, MEASURE_INTERVAL, "lower limit", low, expected[0], limit) && ok;
  return case_close(c, MEASURE_INTERVAL, "upper limit", high, expected[1], limit) && ok;
}
enum verdict run_proportion(struct est_case *c) {
  const struct json_value *level = json_member(c->estimator, "level");
  const char *method = json_member_string(c->estimator, "method", "logit");
  const struct case_column *x = column_of(c, json_member_string(c->estimator, "var", NULL));
  double confidence = 0.95, *y = ARENA_ARRAY(c->arena, double, c->n + 1);
  struct figures f = {.m = 1, .n_status = 1, .label = {"proportion"}};
  const int32_t *where;
  enum interval_scale scale;
  bool ok = json_length(c->expected) > 0;
  if (!x) return FAILED;
  if (!interval_scale_named(method, &scale)) return fprintf(c->say, "   unknown interval %s\n", method), UNSUPPORTED;
  for (int64_t i = 0; i < c->n; i++) y[i] = level ? cell_is(x, i, level) : x->value[i];
  f.statistic[0] = (struct statistic){STATISTIC_MEAN, y, NULL}, f.status[0] = x->status;
  if (!figures_domains(c, c->estimator, &f, &where) || !figures_compute(c, &f, where)) return FAILED;
  if (!json_number(json_member(c->estimator, "confidence"), &confidence)) (void)json_number(json_member(c->estimator, "level_ci"), &confidence);
  for (size_t r = 0; r < json_length(c->expected); r++) ok = proportion_row(c, &f, json_element(c->expected, r), scale, confidence) && ok;
  return ok ? PASSED : FAILED;
}

/* --- totals through a ratio, combined or by strata --- */
enum verdict run_ratio_total(struct est_case *c) {
  const struct json_value *total = json_member(c->estimator, "total_x");
  const char *y_name = json_member_string(c->estimator, "numerator", NULL), *x_name = json_member_string(c->estimator, "denominator", NULL);
  const struct case_column *y = number_column(c, y_name, false), *d = number_column(c, x_name, false);
  struct figures f = {.m = 1, .n_status = 2, .label = {y_name}};
  struct joint x;
  const int32_t *where;
  double t = 0, value = 0, g[CASE_MOST_VARS] = {0};
  if (!y || !d) return FAILED;
  f.statistic[0] = (struct statistic){STATISTIC_RATIO, y->value, d->value}, f.status[0] = y->status, f.status[1] = d->status;
  const bool separate = !json_number(total, &t);
  if (!figures_domains(c, NULL, &f, &where)) return FAILED;
  if (separate) {
    if (!(f.by[0] = column_of(c, json_member_string(c->design, "strata", NULL)))) return FAILED;
    int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) of[i] = f.of_row[i] < 0 ? -1 : f.by[0]->code[i];
    f.of_row = of, f.n_domains = f.by[0]->n_levels, f.n_by = 1;
  }
  if (!figures_compute(c, &f, where) || !joint_of(c, &f, &x)) return FAILED;
  for (int j = 0; j < x.n; j++) {
    if (!pick(c, &x, j, x.name[j]) || (separate && !json_number(json_member(total, x.name[j]), &t))) return FAILED;
    g[j] = t, value += t * x.value[j];
  }
  if (!joint_covariance(c, &f, &x)) return FAILED;
  return figure_close(c, json_element(c->expected, 0), y_name, value, quadratic(&x, g), x.df) ? PASSED : FAILED;
}

/* --- variance functions --- */
static enum gvf_model model_of(const char *text) {
  if (strncmp(text, "log", 3) == 0) return GVF_LOGLOG;
  return strstr(text, "X^2") || strstr(text, "X2") ? GVF_QUADRATIC : GVF_INVERSE;
}
enum verdict run_gvf(struct est_case *c) {
  struct figures f = {0};
  struct gvf g;
  struct err e;
  const struct gvf_spec s = {.model = model_of(json_member_string(c->estimator, "model", ""))};
  if (!base_figures(c, &f)) return FAILED;
  if (f.m != 1) return fprintf(c->say, "   a variance function of one statistic, not of %d\n", f.m), FAILED;
  double *se = ARENA_ARRAY(c->arena, double, f.n_domains + 1);
  for (int32_t k = 0; k < f.n_domains; k++) se[k] = sqrt(f.cov[k] > 0 ? f.cov[k] : 0);
  if (gvf_fit(c->arena, &s, f.n_domains, f.value, se, NULL, &g, &e))
    return fprintf(c->say, "   no variance function: %s\n", err_name(e.code)), FAILED;
  bool ok = json_length(c->expected) > 0;
  for (size_t r = 0; r < json_length(c->expected); r++) {
    const struct json_value *row = json_element(c->expected, r);
    const char *label = json_member_string(row, "label", "");
    double v;
    const double ours = strcmp(label, "a") == 0 ? g.a
        : strcmp(label, "b") == 0               ? g.b
        : strcmp(label, "r_squared") == 0       ? g.r_squared
        : strcmp(label, "n_domains") == 0       ? (double)g.n_used
                                                : NAN;
    if (isnan(ours)) return fprintf(c->say, "   unknown figure %s\n", label), UNSUPPORTED;
    if (!json_number(json_member(row, "estimate"), &v)) return FAILED;
    ok = case_close(c, MEASURE_ESTIMATE, label, ours, v, LIMITS.se) && ok;
  }
  return ok ? PASSED : FAILED;
}

/* kinds.c -- contrasts, smooth functions, changes between periods, proportions, ratio estimators, variance functions, nonresponse, quantiles,
 * inequality. */
#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/table.h"
#include "estimators/estimate/inequality.h"
#include "estimators/estimate/interval.h"
#include "estimators/estimate/quantile.h"
#include "estimators/estimate/smooth.h"
#include "estimators/variance/gvf.h"
#include "estimators/weight/nonresponse.h"
#include "tests/conform/estimation/run.h"

static bool base_figures(struct est_case *c, struct figures *f) {
  const struct json_value *base = json_member(c->estimator, "base");
  const int32_t *where;
  return figures_of(c, base, f) && figures_domains(c, base, f, &where) && figures_compute(c, f, where);
}
/* Every (domain, statistic) as one statistic of its own: values and the covariance of all with all. */
struct joint {
  int n;
  double *value, *cov;
  const char **name;
  int64_t df;
};
static bool joint_of(struct est_case *c, const struct figures *f, struct joint *out) {
  struct err e;
  const int n = f->n_domains * f->m;
  double *u[CASE_MOST_VARS], *one = ARENA_ARRAY(c->arena, double, f->n_domains + 1);
  bool *ok = ARENA_ARRAY(c->arena, bool, f->n_domains + 1);
  *out = (struct joint){n, f->value, ARENA_ARRAY(c->arena, double, (int64_t)n * n), ARENA_ARRAY(c->arena, const char *, n), f->design_df};
  if (n > CASE_MOST_VARS) return fprintf(c->say, "   too many domains\n"), false;
  for (int32_t k = 0; k < f->n_domains; k++)
    for (int j = 0; j < f->m; j++) {
      double *x = u[k * f->m + j] = ARENA_ARRAY(c->arena, double, c->n + 1);
      for (int32_t l = 0; l < f->n_domains; l++) one[l] = f->value[l * f->m + j], ok[l] = f->defined[l * f->m + j];
      if (statistic_influence(c->arena, &f->statistic[j], c->n, c->survey.weight, &f->domains, one, ok, x, &e)) return false;
      for (int64_t i = 0; i < c->n; i++)
        if (f->of_row[i] != k) x[i] = 0;
      out->name[k * f->m + j] = f->n_by ? arena_printf(c->arena, "%.*s", (int)f->by[0]->level[k].n, f->by[0]->level[k].p) : f->label[j];
    }
  if (survey_covariance(NULL, c->arena, &c->survey, NULL, n, (const double *const *)u, out->cov, &e))
    return fprintf(c->say, "   %s %s\n", err_name(e.code), e.found), false;
  return true;
}
static double quadratic(const struct joint *x, const double *g) {
  double v = 0;
  for (int j = 0; j < x->n; j++)
    for (int k = 0; k < x->n; k++) v += g[j] * g[k] * x->cov[j * x->n + k];
  return v;
}
static int named(const struct joint *x, const char *name) {
  for (int j = 0; j < x->n; j++)
    if (strcmp(x->name[j], name) == 0) return j;
  return -1;
}

enum verdict run_contrast(struct est_case *c) {
  struct figures f = {0};
  struct joint x;
  double g[CASE_MOST_VARS] = {0}, value = 0;
  const char *name;
  const struct json_value *v, *coefs = json_member(c->estimator, "coefs");
  if (!base_figures(c, &f) || !joint_of(c, &f, &x)) return FAILED;
  for (size_t k = 0; json_member_at(coefs, k, &name, &v); k++) {
    const int j = named(&x, name);
    if (j < 0 || !json_number(v, &g[j])) return fprintf(c->say, "   no figure %s\n", name), FAILED;
  }
  for (int j = 0; j < x.n; j++) value += g[j] * x.value[j];
  return figure_close(c, json_element(c->expected, 0), "contrast", value, quadratic(&x, g), x.df) ? PASSED : FAILED;
}
/* g(figures) by forward-mode derivatives. */
static enum verdict smooth_of(struct est_case *c, const struct joint *x, const char *text) {
  struct smooth s;
  struct err e;
  double at[SMOOTH_MOST], gradient[SMOOTH_MOST], g[CASE_MOST_VARS] = {0}, value;
  if (smooth_parse(c->arena, text, &s, &e)) return fprintf(c->say, "   %s: expected %s\n", text, e.expected), FAILED;
  for (int k = 0; k < s.n_names; k++) {
    const int j = named(x, s.name[k]);
    if (j < 0) return fprintf(c->say, "   no figure %s\n", s.name[k]), FAILED;
    at[k] = x->value[j];
  }
  if (!smooth_value(&s, at, &value, gradient)) return fprintf(c->say, "   the function has no value\n"), FAILED;
  for (int k = 0; k < s.n_names; k++) g[named(x, s.name[k])] = gradient[k];
  return figure_close(c, json_element(c->expected, 0), "contrast", value, quadratic(x, g), x->df) ? PASSED : FAILED;
}
enum verdict run_nonlinear(struct est_case *c) {
  struct figures f = {0};
  struct joint x;
  if (!base_figures(c, &f) || !joint_of(c, &f, &x)) return FAILED;
  return smooth_of(c, &x, json_member_string(c->estimator, "expr", ""));
}

/* Both periods are domains of one design; units of both count once. */
enum verdict run_change(struct est_case *c) {
  const struct json_value *periods = json_member(c->design, "periods"), *base = json_member(c->estimator, "base");
  const char *measure = json_member_string(c->estimator, "measure", ""), *name = json_member_string(periods, "var", "period");
  const struct case_column *period = column_of(c, name);
  struct figures f = {0};
  struct joint x;
  double t[2];
  bool bad;
  if (!period || !figures_of(c, base, &f) || !json_number(json_member(periods, "t1"), &t[0]) || !json_number(json_member(periods, "t2"), &t[1]))
    return FAILED;
  int32_t *where = case_where(c, json_member(c->estimator, "where"), &bad), *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1), *present;
  struct err e;
  if (bad) return FAILED;
  for (int64_t i = 0; i < c->n; i++) of[i] = where && where[i] < 0 ? -1 : period->value[i] == t[0] ? 0 : period->value[i] == t[1] ? 1 : -1;
  if (domain_present(c->arena, c->n, c->survey.weight, &(struct taylor_domains){2, of}, f.n_status, f.status, &present, &e)) return FAILED;
  f.of_row = present, f.n_domains = 2;
  if (!figures_compute(c, &f, NULL) || !joint_of(c, &f, &x)) return FAILED;
  x.name[0] = "first", x.name[1] = "second";
  const struct json_value *levels = json_member(c->whole, "levels");
  bool ok = true;
  double v;
  for (int k = 0; levels && k < 2; k++) ok = figure_close(c, json_element(levels, (size_t)k), "level", x.value[k], x.cov[k * 3], x.df) && ok;
  if (json_number(json_member(c->whole, "cov12"), &v)) ok = case_close(c->say, "cov12", x.cov[1], v, LIMITS.se) && ok;
  if (json_number(json_member(c->whole, "cor12"), &v)) ok = case_close(c->say, "cor12", x.cov[1] / sqrt(x.cov[0] * x.cov[3]), v, LIMITS.se) && ok;
  const char *text = strcmp(measure, "difference") == 0 ? "second - first"
      : strcmp(measure, "relative") == 0                ? "second / first - 1"
      : strcmp(measure, "ratio") == 0                   ? "second / first"
                                                        : NULL;
  if (!text) return fprintf(c->say, "   unknown measure %s\n", measure), UNSUPPORTED;
  const enum verdict verdict = smooth_of(c, &x, text);
  return ok ? verdict : FAILED;
}

/* --- proportions --- */
enum verdict run_proportion(struct est_case *c) {
  const struct json_value *row = json_element(c->expected, 0), *ci = json_member(row, "ci95"), *level = json_member(c->estimator, "level");
  const char *method = json_member_string(c->estimator, "method", "");
  const struct case_column *x = column_of(c, json_member_string(c->estimator, "var", ""));
  double number = 0, confidence = 0.95, low = 0, high = 0, expected[2];
  struct figures f = {.m = 1, .n_domains = 1, .n_status = 1, .label = {"proportion"}};
  struct err e;
  if (!x) return FAILED;
  double *y = ARENA_ARRAY(c->arena, double, c->n + 1);
  if (!json_string(level)) (void)json_number(level, &number);
  for (int64_t i = 0; i < c->n; i++)
    y[i] = x->code[i] >= 0 && (json_string(level) ? str_eq(x->level[x->code[i]], str_of(json_string(level))) : x->value[i] == number);
  f.statistic[0] = (struct statistic){STATISTIC_MEAN, y, NULL}, f.status[0] = x->status;
  int32_t *present;
  if (domain_present(c->arena, c->n, c->survey.weight, NULL, 1, f.status, &present, &e)) return FAILED;
  f.of_row = present;
  if (!figures_compute(c, &f, NULL)) return FAILED;
  (void)json_number(json_member(c->estimator, "confidence"), &confidence);
  const struct interval_spec s = {.confidence = confidence, .df = f.df[0], .n = c->n};
  enum interval_scale scale;
  if (!interval_scale_named(method, &scale)) return fprintf(c->say, "   unknown interval %s\n", method), UNSUPPORTED;
  if (!interval_of_proportion(scale, &s, f.value[0], sqrt(f.cov[0]), &low, &high)) return fprintf(c->say, "   no interval\n"), FAILED;
  const double limit = scale == INTERVAL_LIKELIHOOD ? 1e-4 : scale == INTERVAL_BETA ? 1e-8 : 1e-7;
  bool ok = figure_close(c, row, "proportion", f.value[0], f.cov[0], f.df[0]);
  if (!json_number(json_element(ci, 0), &expected[0]) || !json_number(json_element(ci, 1), &expected[1])) return FAILED;
  ok = case_close(c->say, "lower limit", low, expected[0], limit) && ok;
  return case_close(c->say, "upper limit", high, expected[1], limit) && ok ? PASSED : FAILED;
}

/* --- totals through a ratio, combined or by strata --- */
enum verdict run_ratio_total(struct est_case *c) {
  const struct json_value *total = json_member(c->estimator, "total_x");
  struct figures f = {0};
  struct joint x;
  const int32_t *where;
  double t = 0, value = 0, g[CASE_MOST_VARS] = {0};
  const char *y_name = json_member_string(c->estimator, "numerator", ""), *x_name = json_member_string(c->estimator, "denominator", "");
  const struct case_column *y = column_of(c, y_name), *d = column_of(c, x_name);
  if (!y || !d) return FAILED;
  f.m = 1, f.n_status = 2, f.label[0] = y_name;
  f.statistic[0] = (struct statistic){STATISTIC_RATIO, y->value, d->value}, f.status[0] = y->status, f.status[1] = d->status;
  const bool separate = !json_number(total, &t);
  if (!figures_domains(c, NULL, &f, &where)) return FAILED;
  if (separate) {
    f.by[0] = column_of(c, json_member_string(c->design, "strata", "")), f.n_by = 1;
    if (!f.by[0]) return FAILED;
    int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) of[i] = f.of_row[i] < 0 ? -1 : f.by[0]->code[i];
    f.of_row = of, f.n_domains = f.by[0]->n_levels;
  }
  if (!figures_compute(c, &f, where) || !joint_of(c, &f, &x)) return FAILED;
  for (int j = 0; j < x.n; j++) {
    if (separate && !json_number(json_member(total, x.name[j]), &t)) return FAILED;
    g[j] = t, value += t * x.value[j];
  }
  return figure_close(c, json_element(c->expected, 0), y_name, value, quadratic(&x, g), x.df) ? PASSED : FAILED;
}

/* --- variance functions --- */
enum verdict run_gvf(struct est_case *c) {
  struct figures f = {0};
  struct gvf g;
  struct err e;
  const struct gvf_spec s = {.model = strncmp(json_member_string(c->estimator, "model", ""), "log", 3) == 0 ? GVF_LOGLOG : GVF_INVERSE};
  if (!base_figures(c, &f)) return FAILED;
  double *se = ARENA_ARRAY(c->arena, double, f.n_domains + 1);
  for (int32_t k = 0; k < f.n_domains; k++) se[k] = sqrt(f.cov[k]);
  if (gvf_fit(c->arena, &s, f.n_domains, f.value, se, &g, &e)) return fprintf(c->say, "   %s\n", e.subject), FAILED;
  bool ok = true;
  for (size_t r = 0; r < json_length(c->expected); r++) {
    const struct json_value *row = json_element(c->expected, r);
    const char *label = json_member_string(row, "label", "");
    double v;
    const double ours = strcmp(label, "a") == 0 ? g.a
        : strcmp(label, "b") == 0               ? g.b
        : strcmp(label, "r_squared") == 0       ? g.r_squared
        : strcmp(label, "n_domains") == 0       ? (double)g.n_used
                                                : NAN;
    if (!json_number(json_member(row, "estimate"), &v)) return FAILED;
    ok = case_close(c->say, label, ours, v, LIMITS.se) && ok;
  }
  return ok ? PASSED : FAILED;
}

/* --- nonresponse --- */
enum verdict case_nonresponse(struct est_case *c, const struct json_value *n) {
  const char *model = json_string(json_member(n, "model")), *cells = json_string(json_member(n, "cells")),
             *response = json_member_string(n, "response", "resp");
  const char *tilde = model ? strchr(model, '~') : NULL;
  if (tilde) response = arena_strdup(c->arena, model, strcspn(model, " ~")), cells = tilde + 1 + strspn(tilde + 1, " ");
  const struct case_column *r = column_of(c, response), *k = cells ? column_of(c, cells) : NULL;
  double *factor = ARENA_ARRAY(c->arena, double, 4096), *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  uint8_t *answered = ARENA_ARRAY(c->arena, uint8_t, c->n + 1);
  struct err e;
  if (!r || !k || k->n_levels > 4000) return FAILED;
  for (int64_t i = 0; i < c->n; i++) answered[i] = r->status[i] == VAL_REPORTED && r->value[i] == 1;
  if (strcmp(json_member_string(n, "method", ""), "weighting_class") == 0) {
    if (nonresponse_classes(c->arena, c->n, c->base_weight, answered, k->code, k->n_levels, factor, w, &e)) return FAILED;
  } else {
    const struct auxiliary x = {.n = c->n, .n_factors = 1, .code = {k->code}, .levels = {k->n_levels}};
    struct propensity p;
    if (nonresponse_logistic(c->arena, &x, c->base_weight, answered, &p, w, &e) || !p.converged) return FAILED;
  }
  /* "PSU counts are respondents only": the design of those who answered. */
  struct sample_spec s = {.n = 0, .n_stages = 1};
  int32_t *stratum = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  double *weight = ARENA_ARRAY(c->arena, double, c->n + 1);
  struct csv_table kept = c->data;
  kept.cells = ARENA_ARRAY(c->arena, struct str, c->data.n_rows * c->data.n_columns + 1);
  for (int64_t i = 0; i < c->n; i++) {
    if (!answered[i]) continue;
    memcpy(kept.cells + s.n * kept.n_columns, c->data.cells + i * kept.n_columns, sizeof *kept.cells * (size_t)kept.n_columns);
    stratum[s.n] = c->tree.stratum ? c->tree.stratum[i] : 0, weight[s.n++] = w[i];
  }
  s.stage[0].stratum = stratum, s.weight = weight;
  if (sample_design_build(c->arena, &s, &c->tree, &e)) return FAILED;
  bool ok = true;
  for (size_t b = 0; b < json_length(c->expected); b++) {
    const struct json_value *block = json_element(c->expected, b), *rows = json_member(block, "rows");
    if (strcmp(json_member_string(block, "estimator", ""), "factors") != 0) continue;
    for (size_t q = 0; q < json_length(rows); q++)
      for (int32_t l = 0; l < k->n_levels; l++) {
        double v;
        if (str_eq(k->level[l], str_of(json_member_string(json_element(rows, q), "label", "")))
            && json_number(json_member(json_element(rows, q), "estimate"), &v))
          ok = case_close(c->say, "factor", factor[l], v, 1e-10) && ok;
      }
  }
  kept.n_rows = s.n, c->data = kept, c->n = s.n;
  c->survey = (struct survey){.n = s.n, .design = &c->tree, .weight = weight}, c->base_weight = weight;
  return ok ? PASSED : FAILED;
}

/* --- quantiles --- */
static bool quantile_row(
    struct est_case *c, const struct json_value *row, const struct case_column *x, const int32_t *of_row, int32_t domain, double p, int64_t df) {
  const char *rule_name = json_member_string(c->estimator, "qrule", "math"), *scale_name = json_member_string(c->estimator, "interval", "mean");
  const struct json_value *ci = json_member(row, "ci95");
  enum quantile_rule rule;
  enum interval_scale scale;
  struct quantile_order o;
  struct err e;
  struct figures f = {.m = 1, .n_domains = 1, .label = {"share"}};
  double confidence = 0.95, v, low, high, t;
  if (!quantile_rule_named(rule_name, &rule) || !interval_scale_named(scale_name, &scale))
    return fprintf(c->say, "   unknown rule or interval\n"), false;
  if (quantile_sort(c->arena, c->n, x->value, c->survey.weight, of_row, domain, &o, &e) || o.n == 0) return false;
  const double q = quantile_at(&o, p, rule);
  if (!json_number(json_member(row, "estimate"), &v) || !case_close(c->say, "quantile", q, v, LIMITS.estimate)) return false;
  int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  double *below = ARENA_ARRAY(c->arena, double, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) of[i] = of_row[i] == domain ? 0 : -1, below[i] = x->value[i] <= q;
  f.statistic[0] = (struct statistic){STATISTIC_MEAN, below, NULL}, f.of_row = of;
  if (!figures_compute(c, &f, NULL)) return false;
  (void)json_number(json_member(c->estimator, "confidence"), &confidence);
  const struct interval_spec s = {.confidence = confidence, .df = df, .n = c->n};
  low = high = f.value[0]; /* a share of 0 or 1 without spread is its own interval */
  if ((f.cov[0] > 0 && !interval_of_proportion(scale, &s, f.value[0], sqrt(f.cov[0]), &low, &high))
      || !dist_t_quantile(0.5 + confidence / 2, (double)df, &t))
    return fprintf(c->say, "   no interval\n"), false;
  const double lower = quantile_at(&o, low, rule), upper = quantile_at(&o, high, rule);
  bool ok = true;
  if (json_number(json_element(ci, 0), &v)) ok = case_close(c->say, "lower limit", lower, v, LIMITS.interval) && ok;
  if (json_number(json_element(ci, 1), &v)) ok = case_close(c->say, "upper limit", upper, v, LIMITS.interval) && ok;
  if (json_number(json_member(row, "se"), &v)) ok = case_close(c->say, "se", (upper - lower) / (2 * t), v, LIMITS.se) && ok;
  if (json_number(json_member(row, "df"), &v)) ok = case_close(c->say, "df", (double)df, v, 0) && ok;
  return ok;
}
/* Replicates: the standard error is that of the quantile itself. */
static bool quantile_replicates(struct est_case *c, const struct json_value *row, const struct case_column *x, const int32_t *of_row, double p) {
  const int n = c->replicates.n_replicates;
  double *theta = ARENA_ARRAY(c->arena, double, n + 1), *w = ARENA_ARRAY(c->arena, double, c->n + 1), full, var, v;
  enum quantile_rule rule;
  struct quantile_order o;
  struct err e;
  if (!quantile_rule_named(json_member_string(c->estimator, "qrule", "math"), &rule)) return false;
  for (int r = -1; r < n; r++) {
    if (r >= 0 && replicate_weights(c->arena, &c->replicates, r, c->base_weight, w, &e)) return false;
    if (quantile_sort(c->arena, c->n, x->value, r < 0 ? c->survey.weight : w, of_row, 0, &o, &e)) return false;
    *(r < 0 ? &full : &theta[r]) = quantile_at(&o, p, rule);
  }
  replicate_covariance(&c->replicates, 1, theta, NULL, &full, &var);
  bool ok = json_number(json_member(row, "estimate"), &v) && case_close(c->say, "quantile", full, v, LIMITS.estimate);
  if (json_number(json_member(row, "se"), &v)) ok = case_close(c->say, "se", sqrt(var), v, LIMITS.se) && ok;
  return ok;
}
enum verdict run_quantile(struct est_case *c) {
  struct figures f = {0};
  const int32_t *where;
  const char *vars[CASE_MOST_VARS];
  const struct json_value *probs = json_member(c->estimator, "probs");
  if (case_names(json_member(c->estimator, "vars"), vars, CASE_MOST_VARS) != 1) return UNSUPPORTED;
  const struct case_column *x = column_of(c, vars[0]);
  bool ok = json_length(c->expected) > 0;
  if (!x) return FAILED;
  f.m = 1, f.n_status = 1, f.statistic[0] = (struct statistic){STATISTIC_MEAN, x->value, NULL}, f.status[0] = x->status, f.label[0] = vars[0];
  if (!figures_domains(c, c->estimator, &f, &where) || !figures_compute(c, &f, where)) return FAILED;
  for (size_t r = 0; r < json_length(c->expected); r++) {
    const struct json_value *row = json_element(c->expected, r);
    double p;
    if (!json_number(json_member(row, "prob"), &p) && !json_number(json_element(probs, 0), &p)) return FAILED;
    const int32_t k = figures_row_domain(&f, row);
    if (k < 0) return FAILED;
    ok = (c->replicated && strcmp(json_member_string(c->estimator, "interval", ""), "quantile") == 0
                 ? quantile_replicates(c, row, x, f.of_row, p)
                 : quantile_row(c, row, x, f.of_row, k, p, f.df[k]))
        && ok;
  }
  return ok ? PASSED : FAILED;
}

/* --- poverty and inequality --- */
enum verdict run_inequality(struct est_case *c) {
  static const struct {
    const char *name;
    enum inequality_kind kind;
  } kinds[] = {{"gini", INEQUALITY_GINI}, {"arpt", INEQUALITY_ARPT}, {"arpr", INEQUALITY_ARPR}, {"qsr", INEQUALITY_QSR}, {"rmpg", INEQUALITY_RMPG},
      {"poormed", INEQUALITY_POOR_MEDIAN}, {"fgt", INEQUALITY_FGT}, {"gei", INEQUALITY_GEI}, {"atkinson", INEQUALITY_ATKINSON}};
  const char *kind = json_member_string(c->estimator, "kind", "");
  const struct case_column *y = column_of(c, json_member_string(c->estimator, "var", ""));
  struct inequality_spec s = {.quantile = 0.5, .percent = 0.6, .alpha = strcmp(kind, "qsr") == 0 ? 0.2 : 1};
  struct err e;
  double value, var, other;
  bool bad;
  if (!y) return FAILED;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    if (strcmp(kinds[k].name, kind) == 0) s.kind = kinds[k].kind;
  (void)json_number(json_member(c->estimator, "quantile"), &s.quantile);
  (void)json_number(json_member(c->estimator, "percent"), &s.percent);
  static const char *const alphas[] = {"alpha1", "g", "epsilon"};
  for (int k = 0; k < 3; k++) (void)json_number(json_member(c->estimator, alphas[k]), &s.alpha);
  s.fixed_line = json_number(json_member(c->estimator, "abs_thresh"), &s.line);
  const int32_t *where = case_where(c, json_member(c->estimator, "where"), &bad);
  uint8_t *present = ARENA_ARRAY(c->arena, uint8_t, c->n + 1);
  double *u = ARENA_ARRAY(c->arena, double, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) present[i] = y->status[i] == VAL_REPORTED;
  const struct inequality_data d = {c->n, y->value, c->survey.weight, present, where};
  if (bad || inequality(c->arena, &s, &d, &value, u, &e)) return fprintf(c->say, "   refused\n"), FAILED;
  const double *columns[1] = {u};
  if (survey_covariance(NULL, c->arena, &c->survey, NULL, 1, columns, &var, &e)) return FAILED;
  bool ok = figure_close(c, json_element(c->expected, 0), kind, value, var, 0);
  if (json_number(json_member(c->whole, "laeken_gini"), &other)) {
    s.kind = INEQUALITY_GINI_EUROSTAT;
    if (inequality(c->arena, &s, &d, &value, u, &e)) return FAILED;
    ok = case_close(c->say, "Gini by Eurostat's definition", value, other, LIMITS.estimate) && ok;
  }
  return ok ? PASSED : FAILED;
}

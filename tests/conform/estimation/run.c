/* run.c -- totals, means, ratios and their domains of a case against the expected rows. */
#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/table.h"
#include "tests/conform/estimation/run.h"

const struct limits LIMITS = {1e-10, 1e-9, 1e-9};

/* --- the figures --- */
static bool alloc(struct est_case *c, struct figures *f) {
  const int64_t d = f->n_domains, m = f->m;
  f->value = ARENA_ARRAY(c->arena, double, d * m + 1), f->cov = ARENA_ARRAY(c->arena, double, d * m * m + 1);
  f->defined = ARENA_ARRAY(c->arena, bool, d * m + 1), f->df = ARENA_ARRAY(c->arena, int64_t, d + 1);
  return f->value && f->cov && f->defined && f->df;
}
/* Values of all statistics under weights w: [n_domains][m]. */
static bool values_under(struct est_case *c, const struct figures *f, const double *w, double *value, bool *defined) {
  struct err e;
  double *one = ARENA_ARRAY(c->arena, double, f->n_domains + 1);
  bool *ok = ARENA_ARRAY(c->arena, bool, f->n_domains + 1);
  for (int j = 0; j < f->m; j++) {
    if (statistic_value(c->arena, &f->statistic[j], c->n, w, &f->domains, one, ok, &e)) return fprintf(c->say, "   %s\n", err_name(e.code)), false;
    for (int32_t k = 0; k < f->n_domains; k++) value[(int64_t)k * f->m + j] = one[k], defined[(int64_t)k * f->m + j] = ok[k];
  }
  return true;
}
static bool by_influence(struct est_case *c, struct figures *f) {
  double *u[CASE_MOST_VARS], *one = ARENA_ARRAY(c->arena, double, f->n_domains + 1);
  bool *ok = ARENA_ARRAY(c->arena, bool, f->n_domains + 1);
  struct err e;
  for (int j = 0; j < f->m; j++) {
    u[j] = ARENA_ARRAY(c->arena, double, c->n + 1);
    for (int32_t k = 0; k < f->n_domains; k++) one[k] = f->value[(int64_t)k * f->m + j], ok[k] = f->defined[(int64_t)k * f->m + j];
    if (statistic_influence(c->arena, &f->statistic[j], c->n, c->survey.weight, &f->domains, one, ok, u[j], &e)) return false;
  }
  if (survey_covariance(NULL, c->arena, &c->survey, &f->domains, f->m, (const double *const *)u, f->cov, &e))
    return fprintf(c->say, "   %s %s %s\n", err_name(e.code), e.subject, e.found), false;
  return true;
}
static bool by_replicates(struct est_case *c, struct figures *f) {
  const int64_t width = (int64_t)f->n_domains * f->m, replicates = c->replicates.n_replicates;
  double *theta = ARENA_ARRAY(c->arena, double, replicates *width + 1), *w = ARENA_ARRAY(c->arena, double, c->n + 1),
         *all = f->all = ARENA_ARRAY(c->arena, double, width *width + 1);
  bool *ok = ARENA_ARRAY(c->arena, bool, width + 1);
  for (int r = 0; r < replicates; r++)
    if (!case_replicate_weights(c, r, w) || !values_under(c, f, w, theta + r * width, ok)) return false;
  if (!all) return false;
  replicate_covariance(&c->replicates, (int)width, theta, NULL, f->value, all);
  for (int32_t k = 0; k < f->n_domains; k++)
    for (int j = 0; j < f->m; j++)
      for (int l = 0; l < f->m; l++) f->cov[((int64_t)k * f->m + j) * f->m + l] = all[(k * f->m + j) * width + k * f->m + l];
  return true;
}
/* Degrees of freedom: of the whole (records of `where` with weight), and by domain when there are several. */
static bool freedom(struct est_case *c, struct figures *f, const int32_t *where) {
  struct err e = {0};
  int32_t *in = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) in[i] = (where && where[i] < 0) || c->survey.weight[i] == 0 ? -1 : 0;
  if (c->replicated) f->design_df = c->replicates.df >= 0 && !where ? c->replicates.df : case_replicate_df(c, in);
  else if (survey_df(NULL, c->arena, &c->survey, &(struct taylor_domains){1, in}, &f->design_df, &e)) return false;
  for (int32_t k = 0; k < f->n_domains; k++) f->df[k] = f->design_df;
  if (!f->n_by) return true;
  if (!c->replicated) return survey_df(NULL, c->arena, &c->survey, &f->domains, f->df, &e) == E_OK;
  for (int32_t k = 0; k < f->n_domains; k++) {
    for (int64_t i = 0; i < c->n; i++) in[i] = f->of_row && f->of_row[i] != k ? -1 : 0;
    f->df[k] = case_replicate_df(c, in);
  }
  return true;
}
bool figures_compute(struct est_case *c, struct figures *f, const int32_t *where) {
  f->domains = (struct taylor_domains){f->n_domains, f->of_row};
  if (!alloc(c, f) || !values_under(c, f, c->survey.weight, f->value, f->defined)) return false;
  if (!(c->replicated ? by_replicates(c, f) : by_influence(c, f))) return false;
  return !c->survey.design || freedom(c, f, where);
}

/* --- comparison of one figure with its row --- */
static bool limits_close(
    struct est_case *c, const struct json_value *row, const char *key, const char *label, double low, double high, double floor) {
  const struct json_value *ci = json_member(row, key);
  double a, b;
  char what[160];
  if (!ci || !json_number(json_element(ci, 0), &a) || !json_number(json_element(ci, 1), &b)) return true;
  snprintf(what, sizeof what, "%s %s", label, key);
  const bool below = case_near(c, MEASURE_INTERVAL, what, low, a, LIMITS.interval, floor);
  return case_near(c, MEASURE_INTERVAL, what, high, b, LIMITS.interval, floor) && below;
}
const struct json_value *row_limits(const struct json_value *row) {
  const char *key;
  const struct json_value *v;
  for (size_t k = 0; json_member_at(row, k, &key, &v); k++)
    if (strncmp(key, "ci", 2) == 0 && json_is_array(v)) return v;
  return NULL;
}
/* Below this share of the figure itself a standard error or the distance of a limit from 0 is rounding: README.md of tests/peers. */
static double rounding_of(double value) { return 1e-12 * fabs(value); }
bool figure_close(struct est_case *c, const struct json_value *row, const char *label, double value, double var, int64_t df) {
  double v, z = 0, t = 0, se = var > 0 ? sqrt(var) : 0;
  char what[160];
  bool ok = true, asked = json_number(json_member(row, "se"), &v);
  snprintf(what, sizeof what, "%s se", label);
  if (asked) ok = var >= 0 ? case_near(c, MEASURE_SE, what, se, v, LIMITS.se, rounding_of(value)) : (fprintf(c->say, "   %s: ours none\n", what),
      false);
  else if (json_member(row, "se") && !(var < 0)) ok = fprintf(c->say, "   %s: ours %.15g, expected none (variance below 0)\n", what, se) < 0;
  if (json_number(json_member(row, "estimate"), &v)) ok = case_near(c, MEASURE_ESTIMATE, label, value, v, LIMITS.estimate, 1e-13 * se) && ok;
  if (!asked) return ok;
  if (json_number(json_member(row, "cv"), &v)) ok = case_near(c, MEASURE_SE, "cv", se / fabs(value), fabs(v), LIMITS.se, 1e-12) && ok;
  if (json_number(json_member(row, "df"), &v)) ok = case_close(c, MEASURE_DF, "df", (double)df, v, 0) && ok;
  (void)dist_normal_quantile(0.975, &z);
  const double floor = rounding_of(value) + 1e-10 * se; /* a limit near 0 is a difference of two large numbers */
  ok = limits_close(c, row, "ci95_normal", label, value - z * se, value + z * se, floor) && ok;
  if (df > 0 && dist_t_quantile(0.975, (double)df, &t)) ok = limits_close(c, row, "ci95_t", label, value - t * se, value + t * se, floor) && ok;
  return ok;
}

/* --- design effect --- */
static bool deff_close(struct est_case *c, const struct figures *f, int32_t k, int j, const struct json_value *row, const char *kind) {
  double v, *s2 = ARENA_ARRAY(c->arena, double, f->n_domains + 1), *size = ARENA_ARRAY(c->arena, double, f->n_domains + 1);
  bool *ok = ARENA_ARRAY(c->arena, bool, f->n_domains + 1);
  int64_t n = 0;
  struct err e;
  if (!json_number(json_member(row, "deff"), &v)) return true;
  const struct statistic spread = {STATISTIC_VARIANCE, f->statistic[j].y, NULL}, total = {STATISTIC_SIZE, NULL, NULL};
  if (statistic_value(c->arena, &spread, c->n, c->survey.weight, &f->domains, s2, ok, &e)
      || statistic_value(c->arena, &total, c->n, c->survey.weight, &f->domains, size, ok, &e))
    return false;
  for (int64_t i = 0; i < c->n; i++) n += (f->of_row ? f->of_row[i] == k : k == 0) && c->survey.weight[i] != 0;
  double srs = s2[k] / (double)n * (f->statistic[j].kind == STATISTIC_TOTAL ? size[k] * size[k] : 1);
  if (strcmp(kind, "replace") != 0) srs *= (size[k] - (double)n) / size[k];
  return case_close(c, MEASURE_DEFF, "deff", f->cov[((int64_t)k * f->m + j) * f->m + j] / srs, v, LIMITS.se);
}

/* --- statistics of a case --- */
bool figures_add(
    struct est_case *c, struct figures *f, enum statistic_kind kind, const struct case_column *y, const struct case_column *x, const char *label) {
  if (!y || (kind == STATISTIC_RATIO && !x)) return false;
  if (f->m == CASE_MOST_VARS) return fprintf(c->say, "   more than %d statistics\n", CASE_MOST_VARS), false;
  f->statistic[f->m] = (struct statistic){kind, y->value, x ? x->value : NULL};
  f->status[f->n_status++] = y->status;
  if (x) f->status[f->n_status++] = x->status;
  f->label[f->m++] = label;
  return true;
}
/* A text column stands for the indicators of its levels: "awardsNo", "awardsYes". */
static bool add_levels(struct est_case *c, struct figures *f, enum statistic_kind kind, const struct case_column *x) {
  for (int32_t l = 0; l < x->n_levels; l++) {
    struct case_column *y = ARENA_NEW(c->arena, struct case_column);
    *y = *x;
    y->value = ARENA_ARRAY(c->arena, double, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) y->value[i] = x->code[i] == l;
    if (!figures_add(c, f, kind, y, NULL, arena_printf(c->arena, "%s%.*s", x->name, (int)x->level[l].n, x->level[l].p))) return false;
  }
  return true;
}
/* Every numerator over every denominator. */
static bool add_ratios(struct est_case *c, struct figures *f, const struct json_value *estimator) {
  const char *y[CASE_MOST_VARS], *x[CASE_MOST_VARS];
  const int n = case_names(c, json_member(estimator, "numerator"), y, CASE_MOST_VARS), m = case_names(c, json_member(estimator, "denominator"), x,
      CASE_MOST_VARS);
  for (int k = 0; k < m; k++)
    for (int j = 0; j < n; j++)
      if (!figures_add(c, f, STATISTIC_RATIO, number_column(c, y[j], false), number_column(c, x[k], false), arena_printf(c->arena, "%s/%s", y[j],
          x[k])))
        return false;
  return (n > 0 && m > 0) || (fprintf(c->say, "   numerator or denominator cannot be read\n"), false);
}
bool figures_of(struct est_case *c, const struct json_value *estimator, struct figures *f) {
  static const struct {
    const char *name;
    enum statistic_kind kind;
  } kinds[] = {{"total", STATISTIC_TOTAL}, {"mean", STATISTIC_MEAN}, {"population_variance", STATISTIC_VARIANCE}, {"geometric_mean",
      STATISTIC_GEOMETRIC}};
  const char *kind = json_member_string(estimator, "kind", ""), *vars[CASE_MOST_VARS];
  if (strcmp(kind, "ratio") == 0) return add_ratios(c, f, estimator);
  size_t k = 0;
  while (k < sizeof kinds / sizeof *kinds && strcmp(kinds[k].name, kind) != 0) k++;
  if (k == sizeof kinds / sizeof *kinds) return fprintf(c->say, "   unknown kind %s\n", kind), false;
  int n = case_names(c, json_member(estimator, "vars"), vars, CASE_MOST_VARS);
  if (n == 0) n = case_names(c, json_member(estimator, "var"), vars, CASE_MOST_VARS);
  for (int j = 0; j < n; j++) {
    const struct case_column *x = column_of(c, vars[j]);
    if (!x || !(x->is_text ? add_levels(c, f, kinds[k].kind, x) : figures_add(c, f, kinds[k].kind, x, NULL, vars[j]))) return false;
  }
  return n > 0 || (fprintf(c->say, "   variables cannot be read\n"), false);
}
/* Domains: `where` and records that have every variable; `by` crosses columns. */
bool figures_domains(struct est_case *c, const struct json_value *estimator, struct figures *f, const int32_t **where) {
  const char *by[CASE_MOST_VARS];
  struct err e = {0};
  bool bad;
  int32_t *of = case_where(c, json_member(estimator, "where"), &bad), n_domains = 1;
  *where = of;
  if (bad) return false;
  int32_t *cross = ARENA_ARRAY(c->arena, int32_t, c->n + 1), *present;
  f->n_by = case_names(c, json_member(estimator, "by"), by, CASE_MOST_VARS);
  if (f->n_by < 0) return f->n_by = 0, fprintf(c->say, "   domains cannot be read\n"), false;
  for (int k = 0; k < f->n_by; k++) {
    const struct case_column *x = column_of(c, by[k]);
    if (!x) return false;
    if ((int64_t)n_domains * (x->n_levels + 1) > 1 << 20) return fprintf(c->say, "   too many domains\n"), false;
    f->by[k] = x;
    for (int64_t i = 0; i < c->n; i++) cross[i] = cross[i] < 0 || x->code[i] < 0 ? -1 : cross[i] * x->n_levels + x->code[i];
    n_domains *= x->n_levels;
  }
  if (n_domains < 1) return fprintf(c->say, "   a domain variable without a value\n"), false;
  for (int64_t i = 0; i < c->n; i++)
    if (of && of[i] < 0) cross[i] = -1;
  if (domain_present(c->arena, c->n, c->survey.weight, &(struct taylor_domains){n_domains, cross}, f->n_status, f->status, &present, &e))
    return fprintf(c->say, "   %s %s\n", err_name(e.code), e.subject), false;
  f->n = c->n, f->of_row = present, f->asked = cross, f->n_domains = n_domains;
  return true;
}
const char *figures_domain_name(struct est_case *c, const struct figures *f, int32_t k) {
  const char *name = NULL;
  for (int b = f->n_by - 1; b >= 0; b--) {
    const struct str level = f->by[b]->level[k % f->by[b]->n_levels];
    name = arena_printf(c->arena, "%.*s%s%s", (int)level.n, level.p, name ? "." : "", name ? name : "");
    k /= f->by[b]->n_levels;
  }
  return name;
}
/* The domain of an expected row; -1 = not found. */
int32_t figures_row_domain(const struct figures *f, const struct json_value *row) {
  const struct json_value *d = json_member(row, "domain");
  int32_t k = 0;
  for (int b = 0; b < f->n_by; b++) {
    const struct case_column *x = f->by[b];
    const struct json_value *v = json_member(d, x->name);
    const char *text = json_string(v);
    int32_t found = -1;
    for (int32_t l = 0; text && l < x->n_levels && found < 0; l++)
      if (str_eq(x->level[l], str_of(text))) found = l;
    for (int64_t i = 0; v && i < f->n && found < 0; i++) /* by number: 1 and "1.0" */
      if (cell_is(x, i, v)) found = x->code[i];
    if (found < 0) return -1;
    k = k * x->n_levels + found;
  }
  return k;
}

static enum verdict compare(struct est_case *c, const struct figures *f, const struct json_value *rows, const char *deff) {
  bool ok = json_length(rows) > 0;
  for (size_t r = 0; r < json_length(rows); r++) {
    const struct json_value *row = json_element(rows, r);
    const char *label = json_string(json_member(row, "label"));
    const int32_t k = figures_row_domain(f, row);
    int j = f->m == 1 ? 0 : -1;
    for (int l = 0; l < f->m && label; l++)
      if (strcmp(f->label[l], label) == 0) j = l;
    if (k < 0 || j < 0) return fprintf(c->say, "   row %zu (%s): no such figure\n", r, label ? label : "domain"), FAILED;
    const int64_t at = (int64_t)k * f->m + j;
    ok = figure_close(c, row, f->label[j], f->value[at], f->cov[at * f->m + j], f->df[k]) && ok;
    if (deff) ok = deff_close(c, f, k, j, row, deff) && ok;
  }
  return ok ? PASSED : FAILED;
}
/* Covariances of the statistics, or of all domains together. */
static enum verdict compare_vcov(struct est_case *c, const struct figures *f) {
  const struct json_value *v = json_member(c->whole, "expected_vcov");
  struct joint x;
  bool ok = true;
  if (!v) return PASSED;
  if (!joint_of(c, f, &x)) return FAILED;
  for (int j = 0; j < x.n && j < CASE_MOST_VARS; j++) x.pick[x.n_picked++] = j;
  if (!joint_covariance(c, f, &x)) return FAILED;
  for (int j = 0; j < x.n_picked; j++)
    for (int k = 0; k < x.n_picked; k++) {
      double number;
      const struct json_value *row = json_is_array(v) ? json_element(v, (size_t)j) : json_member(v, x.name[j]);
      if (!json_number(json_is_array(row) ? json_element(row, (size_t)k) : json_member(row, x.name[k]), &number))
        return fprintf(c->say, "   covariance matrix cannot be read\n"), FAILED;
      const double floor = 1e-12 * sqrt(x.cov[j * x.n_picked + j] * x.cov[k * x.n_picked + k]);
      ok = case_near(c, MEASURE_SE, "covariance", x.cov[j * x.n_picked + k], number, LIMITS.se, floor) && ok;
    }
  return ok ? PASSED : FAILED;
}

enum verdict run_plain(struct est_case *c) {
  struct figures f = {0};
  const int32_t *where;
  if (!figures_of(c, c->estimator, &f) || !figures_domains(c, c->estimator, &f, &where) || !figures_compute(c, &f, where)) return FAILED;
  enum verdict v = compare(c, &f, c->expected, json_string(json_member(c->estimator, "deff")));
  return v == PASSED && case_flag(c->estimator, "vcov") ? compare_vcov(c, &f) : v;
}

/* "total_enroll", "mean_api00", "ratio_..." with the two names in its row's label. */
static enum verdict one_of_several(struct est_case *c, const struct json_value *block) {
  static const struct {
    const char *prefix;
    enum statistic_kind kind;
  } kinds[] = {{"total_", STATISTIC_TOTAL}, {"mean_", STATISTIC_MEAN}, {"var_", STATISTIC_VARIANCE}};
  const char *name = json_member_string(block, "estimator", "");
  const struct json_value *rows = json_member(block, "rows");
  const char *label = json_member_string(json_element(rows, 0), "label", ""), *slash = strchr(label, '/');
  struct figures f = {0};
  const int32_t *where;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    const char *const var = name + strlen(kinds[k].prefix);
    if (strncmp(name, kinds[k].prefix, strlen(kinds[k].prefix)) != 0) continue;
    const struct case_column *x = column_of(c, var);
    if (!x || !(x->is_text ? add_levels(c, &f, kinds[k].kind, x) : figures_add(c, &f, kinds[k].kind, x, NULL, var))) return FAILED;
  }
  if (f.m == 0 && strncmp(name, "ratio", 5) == 0 && slash
      && !figures_add(c, &f, STATISTIC_RATIO, number_column(c, arena_strdup(c->arena, label, (size_t)(slash - label)), false),
          number_column(c, slash + 1, false), label))
    return FAILED;
  if (f.m == 0) return fprintf(c->say, "   unknown estimator %s\n", name), UNSUPPORTED;
  if (!figures_domains(c, c->estimator, &f, &where) || !figures_compute(c, &f, where)) return FAILED;
  return compare(c, &f, rows, json_string(json_member(c->estimator, "deff")));
}
enum verdict run_several(struct est_case *c) {
  enum verdict v = json_length(c->expected) ? PASSED : FAILED;
  for (size_t k = 0; k < json_length(c->expected); k++) {
    if (strcmp(json_member_string(json_element(c->expected, k), "estimator", ""), "factors") == 0) continue; /* compared where they were made */
    const enum verdict x = one_of_several(c, json_element(c->expected, k));
    if (v != FAILED && x != PASSED) v = x;
  }
  return v;
}

/* Ratio of replicate cases: further rows are totals ("total alive"). */
enum verdict run_ratio_rows(struct est_case *c) {
  struct figures f = {0};
  const int32_t *where;
  if (!figures_of(c, c->estimator, &f)) return FAILED;
  for (size_t r = 0; r < json_length(c->expected); r++) {
    const char *label = json_member_string(json_element(c->expected, r), "label", "");
    if (strncmp(label, "total ", 6) == 0 && !figures_add(c, &f, STATISTIC_TOTAL, number_column(c, label + 6, false), NULL, label)) return FAILED;
  }
  if (!figures_domains(c, c->estimator, &f, &where) || !figures_compute(c, &f, where)) return FAILED;
  return compare(c, &f, c->expected, NULL);
}

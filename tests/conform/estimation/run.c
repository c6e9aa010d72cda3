/* run.c -- totals, means, ratios, their domains, contrasts and intervals of a case against the expected rows. */
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
/* Weights of a replicate, calibrated again when the case asks for it. */
static bool replicate_weight(struct est_case *c, int r, double *w) {
  const struct json_value *k = json_member(c->design, "calibration");
  struct err e;
  if (replicate_weights(c->arena, &c->replicates, r, c->base_weight, w, &e)) return false;
  if (!case_flag(k, "each_replicate")) return true;
  struct auxiliary x;
  double *total;
  struct calibration out;
  if (!case_auxiliary(c, k, &x, &total)) return false;
  struct calibration_spec s = {.x = &x, .d = w, .total = total, .tolerance = 1e-13};
  if (calibrate(c->arena, &s, &out, &e) || out.worst > 1e-9) return fprintf(c->say, "   a replicate could not be calibrated\n"), false;
  memcpy(w, out.w, sizeof *w * (size_t)c->n);
  return true;
}
static bool by_replicates(struct est_case *c, struct figures *f) {
  const int64_t width = (int64_t)f->n_domains * f->m, replicates = c->replicates.n_replicates;
  double *theta = ARENA_ARRAY(c->arena, double, replicates *width + 1), *w = ARENA_ARRAY(c->arena, double, c->n + 1),
         *all = ARENA_ARRAY(c->arena, double, width *width + 1);
  bool *ok = ARENA_ARRAY(c->arena, bool, width + 1);
  for (int r = 0; r < replicates; r++)
    if (!replicate_weight(c, r, w) || !values_under(c, f, w, theta + r * width, ok)) return false;
  if (!all) return false;
  replicate_covariance(&c->replicates, (int)width, theta, NULL, f->value, all);
  for (int32_t k = 0; k < f->n_domains; k++)
    for (int j = 0; j < f->m; j++)
      for (int l = 0; l < f->m; l++) f->cov[((int64_t)k * f->m + j) * f->m + l] = all[(k * f->m + j) * width + k * f->m + l];
  return true;
}
bool figures_compute(struct est_case *c, struct figures *f, const int32_t *where) {
  struct err e;
  f->domains = (struct taylor_domains){f->n_domains, f->of_row};
  if (!alloc(c, f) || !values_under(c, f, c->survey.weight, f->value, f->defined)) return false;
  if (!(c->replicated ? by_replicates(c, f) : by_influence(c, f))) return false;
  if (!c->survey.design) return true;
  int32_t *in = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) in[i] = (where && where[i] < 0) || c->survey.weight[i] == 0 ? -1 : 0;
  int64_t df;
  if (survey_df(NULL, c->arena, &c->survey, &(struct taylor_domains){1, in}, &df, &e)) return false;
  if (c->replicated) df = c->replicates.df;
  f->design_df = df;
  for (int32_t k = 0; k < f->n_domains; k++) f->df[k] = df;
  if (f->n_by && !c->replicated && survey_df(NULL, c->arena, &c->survey, &f->domains, f->df, &e)) return false;
  return true;
}

/* --- comparison of one figure with its row --- */
static bool limits_close(
    struct est_case *c, const struct json_value *row, const char *key, const char *label, double low, double high, double relative) {
  const struct json_value *ci = json_member(row, key);
  double a, b;
  char what[160];
  if (!ci || !json_number(json_element(ci, 0), &a) || !json_number(json_element(ci, 1), &b)) return true;
  snprintf(what, sizeof what, "%s %s", label, key);
  return case_close(c->say, what, low, a, relative) && case_close(c->say, what, high, b, relative);
}
bool figure_close(struct est_case *c, const struct json_value *row, const char *label, double value, double var, int64_t df) {
  double v, z = 0, t = 0, se = var > 0 ? sqrt(var) : 0;
  char what[160];
  bool ok = true, asked = json_number(json_member(row, "se"), &v);
  snprintf(what, sizeof what, "%s se", label);
  if (asked) ok = var >= 0 ? case_close(c->say, what, se, v, LIMITS.se) : (fprintf(c->say, "   %s: ours none\n", what), false);
  else if (json_member(row, "se") && !(var < 0)) ok = fprintf(c->say, "   %s: ours %.15g, expected none (variance below 0)\n", what, se) < 0;
  if (json_number(json_member(row, "estimate"), &v)) ok = case_close(c->say, label, value, v, LIMITS.estimate) && ok;
  if (!asked) return ok;
  if (json_number(json_member(row, "cv"), &v)) ok = case_close(c->say, "cv", se / fabs(value), fabs(v), LIMITS.se) && ok;
  if (json_number(json_member(row, "df"), &v)) ok = case_close(c->say, "df", (double)df, v, 0) && ok;
  (void)dist_normal_quantile(0.975, &z);
  ok = limits_close(c, row, "ci95_normal", label, value - z * se, value + z * se, LIMITS.interval) && ok;
  if (df > 0 && dist_t_quantile(0.975, (double)df, &t))
    ok = limits_close(c, row, "ci95_t", label, value - t * se, value + t * se, LIMITS.interval) && ok;
  return ok;
}

/* --- design effect --- */
static bool deff_close(struct est_case *c, const struct figures *f, int j, const struct json_value *row, const char *kind) {
  double v, s2, size;
  int64_t n = 0;
  bool ok;
  struct err e;
  if (!json_number(json_member(row, "deff"), &v)) return true;
  const struct statistic spread = {STATISTIC_VARIANCE, f->statistic[j].y, NULL}, total = {STATISTIC_SIZE, NULL, NULL};
  if (statistic_value(c->arena, &spread, c->n, c->survey.weight, &f->domains, &s2, &ok, &e)
      || statistic_value(c->arena, &total, c->n, c->survey.weight, &f->domains, &size, &ok, &e))
    return false;
  for (int64_t i = 0; i < c->n; i++) n += (!f->of_row || f->of_row[i] >= 0) && c->survey.weight[i] != 0;
  double srs = s2 / (double)n * (f->statistic[j].kind == STATISTIC_TOTAL ? size * size : 1);
  if (strcmp(kind, "replace") != 0) srs *= (size - (double)n) / size;
  return case_close(c->say, "deff", f->cov[j * f->m + j] / srs, v, LIMITS.se);
}

/* --- statistics of a case --- */
static bool add(
    struct est_case *c, struct figures *f, enum statistic_kind kind, const struct case_column *y, const struct case_column *x, const char *label) {
  if (!y || (kind == STATISTIC_RATIO && !x)) return false;
  f->statistic[f->m] = (struct statistic){kind, y->value, x ? x->value : NULL};
  f->status[f->n_status++] = y->status;
  if (x) f->status[f->n_status++] = x->status;
  f->label[f->m++] = label;
  (void)c;
  return true;
}
/* A text column stands for the indicators of its levels: "awardsNo", "awardsYes". */
static bool add_levels(struct est_case *c, struct figures *f, enum statistic_kind kind, const struct case_column *x) {
  for (int32_t l = 0; l < x->n_levels; l++) {
    struct case_column *y = ARENA_NEW(c->arena, struct case_column);
    *y = *x;
    y->value = ARENA_ARRAY(c->arena, double, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) y->value[i] = x->code[i] == l;
    if (!add(c, f, kind, y, NULL, arena_printf(c->arena, "%s%.*s", x->name, (int)x->level[l].n, x->level[l].p))) return false;
  }
  return true;
}
bool figures_of(struct est_case *c, const struct json_value *estimator, struct figures *f) {
  const char *kind = json_member_string(estimator, "kind", ""), *vars[CASE_MOST_VARS];
  if (strcmp(kind, "ratio") == 0) {
    const char *y = json_member_string(estimator, "numerator", ""), *x = json_member_string(estimator, "denominator", "");
    return add(c, f, STATISTIC_RATIO, column_of(c, y), column_of(c, x), arena_printf(c->arena, "%s/%s", y, x));
  }
  const enum statistic_kind k = strcmp(kind, "total") == 0 ? STATISTIC_TOTAL : strcmp(kind, "mean") == 0 ? STATISTIC_MEAN : STATISTIC_VARIANCE;
  const int n = case_names(json_member(estimator, "vars"), vars, CASE_MOST_VARS);
  for (int j = 0; j < n; j++) {
    const struct case_column *x = column_of(c, vars[j]);
    if (!x || !(x->is_text ? add_levels(c, f, k, x) : add(c, f, k, x, NULL, vars[j]))) return false;
  }
  return n > 0;
}
/* Domains: `where` and records that have every variable; `by` crosses columns. */
bool figures_domains(struct est_case *c, const struct json_value *estimator, struct figures *f, const int32_t **where) {
  const char *by[CASE_MOST_VARS];
  struct err e;
  bool bad;
  int32_t *of = case_where(c, json_member(estimator, "where"), &bad), n_domains = 1;
  *where = of;
  if (bad) return false;
  int32_t *cross = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  f->n_by = case_names(json_member(estimator, "by"), by, CASE_MOST_VARS);
  for (int k = 0; k < f->n_by; k++) {
    const struct case_column *x = column_of(c, by[k]);
    if (!x) return false;
    f->by[k] = x;
    for (int64_t i = 0; i < c->n; i++) cross[i] = cross[i] < 0 || x->code[i] < 0 ? -1 : cross[i] * x->n_levels + x->code[i];
    n_domains *= x->n_levels;
  }
  for (int64_t i = 0; i < c->n; i++)
    if (of && of[i] < 0) cross[i] = -1;
  int32_t *present;
  if (domain_present(c->arena, c->n, c->survey.weight, &(struct taylor_domains){n_domains, cross}, f->n_status, f->status, &present, &e))
    return false;
  f->of_row = present, f->n_domains = n_domains;
  return true;
}
/* The domain of an expected row; -1 = not found. */
int32_t figures_row_domain(const struct figures *f, const struct json_value *row) {
  const struct json_value *d = json_member(row, "domain");
  int32_t k = 0;
  for (int b = 0; b < f->n_by; b++) {
    const struct json_value *v = json_member(d, f->by[b]->name);
    const char *text = json_string(v);
    double number = 0;
    int32_t found = -1;
    if (!text && !json_number(v, &number)) return -1;
    for (int32_t l = 0; l < f->by[b]->n_levels; l++) {
      char level[64];
      snprintf(level, sizeof level, "%.*s", (int)f->by[b]->level[l].n, f->by[b]->level[l].p);
      double own = 0;
      if (text ? strcmp(text, level) == 0 : sscanf(level, "%lf", &own) == 1 && own == number) found = l;
    }
    if (found < 0) return -1;
    k = k * f->by[b]->n_levels + found;
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
    if (deff && f->n_domains == 1) ok = deff_close(c, f, j, row, deff) && ok;
  }
  return ok ? PASSED : FAILED;
}
static enum verdict compare_vcov(struct est_case *c, const struct figures *f) {
  const struct json_value *v = json_member(c->whole, "expected_vcov");
  bool ok = true;
  for (int j = 0; v && j < f->m; j++)
    for (int k = 0; k < f->m; k++) {
      double x;
      const struct json_value *row = json_is_array(v) ? json_element(v, (size_t)j) : json_member(v, f->label[j]);
      if (!json_number(json_is_array(row) ? json_element(row, (size_t)k) : json_member(row, f->label[k]), &x))
        return fprintf(c->say, "   covariance matrix cannot be read\n"), FAILED;
      ok = case_close(c->say, "covariance", f->cov[j * f->m + k], x, LIMITS.se) && ok;
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
  const char *name = json_member_string(block, "estimator", "");
  const struct json_value *rows = json_member(block, "rows");
  const char *label = json_member_string(json_element(rows, 0), "label", "");
  struct figures f = {0};
  const int32_t *where;
  bool ok = false;
  if (strncmp(name, "total_", 6) == 0) ok = add(c, &f, STATISTIC_TOTAL, column_of(c, name + 6), NULL, name + 6);
  else if (strncmp(name, "mean_", 5) == 0) ok = add(c, &f, STATISTIC_MEAN, column_of(c, name + 5), NULL, name + 5);
  else if (strncmp(name, "ratio_", 6) == 0 && strchr(label, '/')) {
    const size_t at = (size_t)(strchr(label, '/') - label);
    ok = add(c, &f, STATISTIC_RATIO, column_of(c, arena_strdup(c->arena, label, at)), column_of(c, label + at + 1), label);
  } else return fprintf(c->say, "   unknown estimator %s\n", name), UNSUPPORTED;
  if (!ok || !figures_domains(c, NULL, &f, &where) || !figures_compute(c, &f, where)) return FAILED;
  return compare(c, &f, rows, NULL);
}
enum verdict run_several(struct est_case *c) {
  enum verdict v = json_length(c->expected) ? PASSED : FAILED;
  for (size_t k = 0; k < json_length(c->expected); k++) {
    if (strcmp(json_member_string(json_element(c->expected, k), "estimator", ""), "factors") == 0) continue; /* compared where they were made */
    const enum verdict x = one_of_several(c, json_element(c->expected, k));
    v = x == PASSED ? v : x;
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
    if (strncmp(label, "total ", 6) == 0 && !add(c, &f, STATISTIC_TOTAL, column_of(c, label + 6), NULL, label)) return FAILED;
  }
  if (!figures_domains(c, c->estimator, &f, &where) || !figures_compute(c, &f, where)) return FAILED;
  return compare(c, &f, c->expected, NULL);
}

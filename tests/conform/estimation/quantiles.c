/* quantiles.c -- quantiles of a case with Woodruff's intervals, or of the replicates. */
#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/table.h"
#include "estimators/estimate/quantile_interval.h"
#include "tests/conform/estimation/run.h"

struct asked {
  const struct case_column *x;
  enum quantile_rule rule;
  enum interval_scale scale;
  bool of_replicates; /* interval from the quantiles of the replicates */
  double confidence;
  struct figures f; /* domains and their degrees of freedom */
};
static bool sorted(struct est_case *c, const struct asked *a, int32_t domain, const double *w, struct quantile_order *o) {
  struct err e;
  if (quantile_sort(c->arena, c->n, a->x->value, w, a->f.of_row, domain, o, &e)) return fprintf(c->say, "   %s\n", err_name(e.code)), false;
  return o->n > 0 || (fprintf(c->say, "   an empty domain\n"), false);
}
/* Degrees of freedom of the replicates on the records that take part. */
static bool freedom(struct est_case *c, const struct asked *a, int32_t domain, int64_t *df) {
  int32_t *in = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  bool all = true;
  for (int64_t i = 0; i < c->n; i++) {
    const bool member = a->f.asked[i] == domain && a->x->status[i] == VAL_REPORTED;
    in[i] = member && c->survey.weight[i] != 0 ? 0 : -1;
    all = all && member;
  }
  *df = all && c->replicates.df >= 0 ? c->replicates.df : case_replicate_df(c, in);
  return true;
}
static bool close_row(struct est_case *c, const struct json_value *row, double q, double lower, double upper, double se, int64_t df) {
  const struct json_value *ci = row_limits(row);
  double v;
  bool ok = true;
  if (json_number(json_member(row, "estimate"), &v)) ok = case_close(c, MEASURE_ESTIMATE, "quantile", q, v, LIMITS.estimate);
  if (json_number(json_element(ci, 0), &v)) ok = case_close(c, MEASURE_INTERVAL, "lower limit", lower, v, LIMITS.interval) && ok;
  if (json_number(json_element(ci, 1), &v)) ok = case_close(c, MEASURE_INTERVAL, "upper limit", upper, v, LIMITS.interval) && ok;
  if (json_number(json_member(row, "se"), &v)) ok = case_close(c, MEASURE_SE, "se", se, v, LIMITS.se) && ok;
  if (json_number(json_member(row, "df"), &v)) ok = case_close(c, MEASURE_DF, "df", (double)df, v, 0) && ok;
  return ok;
}
/* All domains at once by the library; the row's domain is compared. */
static bool by_library(struct est_case *c, const struct asked *a, const struct json_value *row, int32_t domain, double p) {
  const struct quantile_spec s = {.rule = a->rule, .scale = a->scale, .confidence = a->confidence, .m = 1, .p = &p};
  const struct taylor_domains domains = {a->f.n_domains, a->f.of_row};
  struct quantile_result q;
  struct err e = {0};
  double v;
  if (a->of_replicates ? quantile_replicates(c->arena, &c->replicates, c->base_weight, c->survey.weight, &domains, a->x->value, &s, &q, &e)
                       : quantile_intervals(NULL, c->arena, &c->survey, &domains, a->x->value, &s, &q, &e))
    return fprintf(c->say, "   %s %s\n", err_name(e.code), e.subject), false;
  if (q.records[domain] == 0) return fprintf(c->say, "   an empty domain\n"), false;
  if (!q.has_interval[domain] && json_number(json_member(row, "se"), &v)) return fprintf(c->say, "   no interval\n"), false;
  return close_row(c, row, q.value[domain], q.low[domain], q.high[domain], q.se[domain], q.df[domain]);
}
/* Replicates: the interval of the share from their variance. R survey 4.1 takes the scale MEAN whatever it is asked for (tests/peers/README.md). */
static bool by_woodruff(struct est_case *c, const struct asked *a, const struct json_value *row, int32_t domain, double p) {
  struct quantile_order o;
  struct figures f = {.m = 1, .n_domains = 1, .label = {"share"}};
  double low, high, t;
  int64_t df;
  if (!sorted(c, a, domain, c->survey.weight, &o) || !freedom(c, a, domain, &df)) return false;
  const double q = quantile_at(&o, p, a->rule);
  int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  double *below = ARENA_ARRAY(c->arena, double, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) of[i] = a->f.of_row[i] == domain ? 0 : -1, below[i] = a->x->value[i] <= q;
  f.statistic[0] = (struct statistic){STATISTIC_MEAN, below, NULL}, f.of_row = of;
  if (!figures_compute(c, &f, NULL)) return false;
  const struct interval_spec s = {.confidence = a->confidence, .df = df, .n = c->n};
  low = high = f.value[0]; /* a share of 0 or 1 without spread is its own interval */
  if ((f.cov[0] > 0 && !interval_of_proportion(INTERVAL_MEAN, &s, f.value[0], sqrt(f.cov[0]), &low, &high))
      || !dist_t_quantile(0.5 + a->confidence / 2, (double)df, &t))
    return fprintf(c->say, "   no interval\n"), false;
  const double lower = low < 0 ? NAN : quantile_at(&o, low, a->rule), upper = high > 1 ? NAN : quantile_at(&o, high, a->rule);
  return close_row(c, row, q, lower, upper, (upper - lower) / (2 * t), df);
}
/* The standard error of the quantile itself, weights calibrated again in each replicate. */
static bool by_replicates(struct est_case *c, const struct asked *a, const struct json_value *row, int32_t domain, double p) {
  const int n = c->replicates.n_replicates;
  double *theta = ARENA_ARRAY(c->arena, double, n + 1), *w = ARENA_ARRAY(c->arena, double, c->n + 1), full = 0, var, t = 0;
  struct quantile_order o;
  int64_t df;
  for (int r = -1; r < n; r++) {
    if (r >= 0 && !case_replicate_weights(c, r, w)) return false;
    if (!sorted(c, a, domain, r < 0 ? c->survey.weight : w, &o)) return false;
    *(r < 0 ? &full : &theta[r]) = quantile_at(&o, p, a->rule);
  }
  replicate_covariance(&c->replicates, 1, theta, NULL, &full, &var);
  if (!freedom(c, a, domain, &df) || !dist_t_quantile(0.5 + a->confidence / 2, (double)df, &t)) return fprintf(c->say, "   no interval\n"), false;
  return close_row(c, row, full, full - t * sqrt(var), full + t * sqrt(var), sqrt(var), df);
}
static bool one_row(struct est_case *c, const struct asked *a, const struct json_value *row, int32_t domain, double p) {
  const bool again = json_member(c->design, "calibration") || json_member(c->estimator, "calibration");
  if (!c->replicated || (a->of_replicates && !again && c->replicates.df >= 0)) return by_library(c, a, row, domain, p);
  return a->of_replicates ? by_replicates(c, a, row, domain, p) : by_woodruff(c, a, row, domain, p);
}
static bool rows_of(struct est_case *c, const struct asked *a, const char *var, bool several, int *used) {
  const struct json_value *probs = json_member(c->estimator, "probs");
  bool ok = true;
  for (size_t r = 0; r < json_length(c->expected); r++) {
    const struct json_value *row = json_element(c->expected, r);
    const char *label = json_string(json_member(row, "label"));
    double p;
    if (several && (!label || strcmp(label, var) != 0)) continue;
    if (!json_number(json_member(row, "prob"), &p) && !json_number(json_element(probs, 0), &p) && !json_number(probs, &p))
      return fprintf(c->say, "   no probability\n"), false;
    const int32_t k = figures_row_domain(&a->f, row);
    if (k < 0) return fprintf(c->say, "   no such domain\n"), false;
    ok = one_row(c, a, row, k, p) && ok;
    ++*used;
  }
  return ok;
}
enum verdict run_quantile(struct est_case *c) {
  const char *vars[CASE_MOST_VARS], *scale = json_member_string(c->estimator, "interval", "mean"), *rule = json_member_string(c->estimator,
      "qrule", "math");
  int n = case_names(c, json_member(c->estimator, "vars"), vars, CASE_MOST_VARS), used = 0;
  bool ok = true;
  if (n == 0) n = case_names(c, json_member(c->estimator, "var"), vars, CASE_MOST_VARS);
  if (n < 1) return fprintf(c->say, "   variables cannot be read\n"), FAILED;
  for (int j = 0; j < n; j++) {
    struct asked a = {.x = number_column(c, vars[j], false), .confidence = 0.95, .of_replicates = c->replicated && strcmp(scale, "quantile") == 0};
    const int32_t *where;
    if (!quantile_rule_named(rule, &a.rule)) return fprintf(c->say, "   unknown rule %s\n", rule), UNSUPPORTED;
    if (!a.of_replicates && !interval_scale_named(scale, &a.scale)) return fprintf(c->say, "   unknown interval %s\n", scale), UNSUPPORTED;
    if (!a.x) return FAILED;
    (void)json_number(json_member(c->estimator, "confidence"), &a.confidence);
    a.f.n_status = 1, a.f.status[0] = a.x->status;
    if (!figures_domains(c, c->estimator, &a.f, &where)) return FAILED;
    ok = rows_of(c, &a, vars[j], n > 1, &used) && ok;
  }
  if (used == 0) return fprintf(c->say, "   no expected row\n"), FAILED;
  return ok ? PASSED : FAILED;
}

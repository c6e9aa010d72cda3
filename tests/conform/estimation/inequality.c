/* inequality.c -- poverty and inequality of a case, over the whole or by domain. */
#include <math.h>
#include <string.h>

#include "base/table.h"
#include "estimators/estimate/inequality.h"
#include "tests/conform/estimation/run.h"

static bool spec_of(struct est_case *c, struct inequality_spec *s) {
  static const struct {
    const char *name;
    enum inequality_kind kind;
  } kinds[] = {{"gini", INEQUALITY_GINI}, {"arpt", INEQUALITY_ARPT}, {"arpr", INEQUALITY_ARPR}, {"qsr", INEQUALITY_QSR}, {"rmpg", INEQUALITY_RMPG},
      {"poormed", INEQUALITY_POOR_MEDIAN}, {"fgt", INEQUALITY_FGT}, {"gei", INEQUALITY_GEI}, {"atkinson", INEQUALITY_ATKINSON}, {"atk",
          INEQUALITY_ATKINSON},
      {"theil", INEQUALITY_GEI}};
  static const char *const alphas[] = {"alpha1", "g", "epsilon", "alpha"}, *const quantiles[] = {"quantile", "quantiles"},
                           *const lines[] = {"abs_thresh", "line"};
  const char *kind = json_member_string(c->estimator, "kind", ""), *type = json_member_string(c->estimator, "type_thresh", "");
  *s = (struct inequality_spec){.quantile = 0.5, .percent = 0.6, .alpha = strcmp(kind, "qsr") == 0 ? 0.2 : 1};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    if (strcmp(kinds[k].name, kind) == 0) s->kind = kinds[k].kind;
  for (int k = 0; k < 2; k++) (void)json_number(json_member(c->estimator, quantiles[k]), &s->quantile);
  (void)json_number(json_member(c->estimator, "percent"), &s->percent);
  for (int k = 0; k < 4; k++) (void)json_number(json_member(c->estimator, alphas[k]), &s->alpha);
  for (int k = 0; k < 2; k++) s->fixed_line = json_number(json_member(c->estimator, lines[k]), &s->line) || s->fixed_line;
  return strcmp(type, "relm") != 0 || (fprintf(c->say, "   lines relative to the mean\n"), false);
}
static bool one_domain(struct est_case *c, struct inequality_spec s, const struct case_column *y, const int32_t *of, const struct json_value *row) {
  struct err e = {0};
  double value, var, other;
  uint8_t *present = ARENA_ARRAY(c->arena, uint8_t, c->n + 1);
  double *u = ARENA_ARRAY(c->arena, double, c->n + 1);
  for (int64_t i = 0; i < c->n; i++) present[i] = y->status[i] == VAL_REPORTED;
  const struct inequality_data d = {c->n, y->value, c->survey.weight, present, of};
  if (inequality(c->arena, &s, &d, &value, u, &e)) return fprintf(c->say, "   refused: %s %s\n", err_name(e.code), e.subject), false;
  if (survey_covariance(NULL, c->arena, &c->survey, NULL, 1, (const double *const[]){u}, &var, &e)) return fprintf(c->say, "   %s\n",
      err_name(e.code)), false;
  bool ok = figure_close(c, row, y->name, value, var, 0);
  if (json_number(json_member(c->whole, "laeken_gini"), &other)) {
    s.kind = INEQUALITY_GINI_EUROSTAT;
    if (inequality(c->arena, &s, &d, &value, u, &e)) return false;
    ok = case_close(c, MEASURE_ESTIMATE, "Gini by Eurostat's definition", value, other, LIMITS.estimate) && ok;
  }
  return ok;
}
/* Replicates: the measure under the weights of each, never its influence. */
static bool one_replicated(struct est_case *c, const struct inequality_spec *s, const struct case_column *y, const int32_t *of,
    const struct json_value *row) {
  const int n = c->replicates.n_replicates;
  double *theta = ARENA_ARRAY(c->arena, double, n + 1), *w = ARENA_ARRAY(c->arena, double, c->n + 1), *u = ARENA_ARRAY(c->arena, double, c->n + 1);
  double full = 0, var;
  uint8_t *present = ARENA_ARRAY(c->arena, uint8_t, c->n + 1);
  struct err e = {0};
  for (int64_t i = 0; i < c->n; i++) present[i] = y->status[i] == VAL_REPORTED;
  for (int r = -1; r < n; r++) {
    if (r >= 0 && !case_replicate_weights(c, r, w)) return false;
    const struct inequality_data d = {c->n, y->value, r < 0 ? c->survey.weight : w, present, of};
    if (inequality(c->arena, s, &d, r < 0 ? &full : &theta[r], u, &e)) return fprintf(c->say, "   refused: %s\n", err_name(e.code)), false;
  }
  replicate_covariance(&c->replicates, 1, theta, NULL, &full, &var);
  return figure_close(c, row, y->name, full, var, 0);
}
enum verdict run_inequality(struct est_case *c) {
  const char *names[2];
  struct inequality_spec s;
  struct figures f = {.n_status = 0};
  const int32_t *where;
  int n = case_names(c, json_member(c->estimator, "var"), names, 2);
  if (n == 0) n = case_names(c, json_member(c->estimator, "vars"), names, 2);
  if (n != 1) return fprintf(c->say, "   one variable is needed\n"), FAILED;
  const struct case_column *y = number_column(c, names[0], false);
  bool ok = json_length(c->expected) > 0;
  if (!y) return FAILED;
  if (!spec_of(c, &s)) return UNSUPPORTED;
  if (!figures_domains(c, c->estimator, &f, &where)) return FAILED;
  for (size_t r = 0; r < json_length(c->expected); r++) {
    const struct json_value *row = json_element(c->expected, r);
    const int32_t k = figures_row_domain(&f, row);
    int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
    if (k < 0) return fprintf(c->say, "   no such domain\n"), FAILED;
    for (int64_t i = 0; i < c->n; i++) of[i] = f.asked[i] == k ? 0 : -1;
    ok = (c->replicated ? one_replicated(c, &s, y, f.n_by || where ? of : NULL, row) : one_domain(c, s, y, f.n_by || where ? of : NULL, row)) && ok;
  }
  return ok ? PASSED : FAILED;
}

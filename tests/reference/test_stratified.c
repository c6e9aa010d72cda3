/* Totals, means, ratios, domains and intervals of stratified designs against R survey 4.1-1 (reference pack of estimations, 01_stratified.json).
 * Tolerance: relative 1e-10 for estimates and 1e-9 for standard errors, as the pack's README asks. Kinds that are no measure of a table are
 * listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/ext_json.h"
#include "base/table.h"
#include "estimators/design/design_sample.h"
#include "estimators/table/survey_table.h"
#include "reference.h"

struct pack {
  struct arena *a;
  struct csv_table data;
  struct design with_fpc, without_fpc;
  int n_rows, n_cases, n_skipped;
};

static bool load(struct pack *p) {
  struct err e;
  p->a = arena_new(0);
  if (!reference_csv(p->a, "estimation/apistrat.csv", &p->data)) return false;
  int64_t n = p->data.n_rows;
  int32_t *stratum = ARENA_ARRAY(p->a, int32_t, n);
  double *w = ARENA_ARRAY(p->a, double, n), *frame = ARENA_ARRAY(p->a, double, 3);
  for (int64_t i = 0; i < n; i++) {
    stratum[i] = cell_is(&p->data, i, "stype", "E") ? 0 : cell_is(&p->data, i, "stype", "H") ? 1 : 2;
    w[i] = cell_number(&p->data, i, "pw");
    frame[stratum[i]] = cell_number(&p->data, i, "fpc");
  }
  assert_int_equal(design_view(p->a, n, 3, stratum, w, frame, &p->with_fpc, &e), E_OK);
  assert_int_equal(design_view(p->a, n, 3, stratum, w, NULL, &p->without_fpc, &e), E_OK);
  return true;
}

static struct survey_column column(struct pack *p, const char *column_name, const char *name, const char *level) {
  double *v = ARENA_ARRAY(p->a, double, p->data.n_rows);
  uint8_t *status = ARENA_ARRAY(p->a, uint8_t, p->data.n_rows);
  for (int64_t i = 0; i < p->data.n_rows; i++) {
    v[i] = level ? cell_is(&p->data, i, name, level) : cell_number(&p->data, i, name);
    status[i] = csv_table_cell(&p->data, i, csv_table_column(&p->data, name)).n ? VAL_REPORTED : VAL_BLANK;
  }
  return (struct survey_column){column_name, v, NULL, 0, NULL, status, {0, 0}};
}

static void same(double ours, double expected, double relative) {
  if (fabs(ours - expected) > relative * fabs(expected)) fail_msg("ours %.15g expected %.15g", ours, expected);
}

static void check_row(struct pack *p, const struct result_measure *x, const struct json_value *row) {
  double v, limit;
  assert_int_equal(x->status[0], RESULT_SHOWN);
  assert_true(json_number(json_member(row, "estimate"), &v));
  same(x->value[0], v, 1e-10);
  assert_true(json_number(json_member(row, "se"), &v));
  same(x->se[0], v, 1e-9);
  if (json_number(json_member(row, "cv"), &v)) same(x->cv[0], v, 1e-9);
  if (json_number(json_member(row, "df"), &v)) assert_int_equal(x->df[0], (int64_t)v);
  const struct json_value *ci = json_member(row, "ci95_t");
  if (ci) {
    assert_int_equal(x->has_interval[0], 1);
    assert_true(json_number(json_element(ci, 0), &limit));
    same(x->low[0], limit, 1e-9);
    assert_true(json_number(json_element(ci, 1), &limit));
    same(x->high[0], limit, 1e-9);
  }
  p->n_rows++;
}

/* The domain of every expected row as one indicator. */
static uint8_t *domain_of_row(struct pack *p, const struct json_value *conditions) {
  uint8_t *keep = ARENA_ARRAY(p->a, uint8_t, p->data.n_rows);
  const char *name;
  const struct json_value *level;
  memset(keep, 1, (size_t)p->data.n_rows);
  for (size_t k = 0; json_member_at(conditions, k, &name, &level); k++)
    for (int64_t i = 0; i < p->data.n_rows; i++)
      if (!cell_is(&p->data, i, name, json_string(level))) keep[i] = 0;
  return keep;
}

/* One figure as a table without dimensions: x and y are the columns of the measure. */
static const struct result_measure *figure(
    struct pack *p, const struct design *d, const char *measure, struct survey_column x, struct survey_column y, const uint8_t *keep) {
  const struct survey_column list[] = {x, y};
  const struct survey_columns c = {"apistrat.csv", p->data.n_rows, 2, list};
  struct sample_design tree;
  struct measure m;
  struct result_table *t;
  struct err e;
  const struct survey s = {.n = p->data.n_rows, .design = &tree, .weight = d->weight};
  const struct survey_table_request q = {.id = "t", .columns = &c, .survey = &s, .n_measures = 1, .measures = &m, .keep = keep};
  assert_int_equal(design_sample(p->a, d, &tree, &e), E_OK);
  assert_int_equal(measure_parse(p->a, str_of(measure), &m, &e), E_OK);
  assert_int_equal(survey_table(NULL, p->a, &q, &t, &e), E_OK);
  return &t->measures[0];
}
static const struct result_measure *estimate(struct pack *p, const struct design *d, const struct json_value *how, const char *kind,
    const char *variable,
    const char *level, const uint8_t *keep) {
  if (!strcmp(kind, "ratio")) {
    const struct survey_column y = column(p, "y", json_member_string(how, "numerator", ""), NULL),
                               x = column(p, "x", json_member_string(how, "denominator", ""), NULL);
    return figure(p, d, "ratio(y,x)", y, x, keep);
  }
  const struct survey_column y = column(p, "y", variable, level);
  return figure(p, d, !strcmp(kind, "total") ? "total(y)" : "mean(y)", y, y, keep);
}

static bool numeric(struct pack *p, const char *name) {
  struct str s = csv_table_cell(&p->data, 0, csv_table_column(&p->data, name));
  return s.n && s.p[0] >= '0' && s.p[0] <= '9';
}

static void plain_case(struct pack *p, const struct design *d, const struct json_value *how, const struct json_value *rows) {
  const char *kind = json_member_string(how, "kind", "");
  const struct json_value *vars = json_member(how, "vars"), *where = json_member(how, "where");
  for (size_t i = 0; i < json_length(rows); i++) {
    const struct json_value *row = json_element(rows, i), *domain = json_member(row, "domain");
    const char *variable = json_string(json_element(vars, vars && json_length(vars) > 1 && !domain ? i : 0)), *level = NULL;
    const uint8_t *keep = domain || where ? domain_of_row(p, domain ? domain : where) : NULL;
    if (variable && !numeric(p, variable)) level = json_member_string(row, "label", "") + strlen(variable);
    check_row(p, estimate(p, d, how, kind, variable, level, keep), row);
  }
}

static void proportion_case(struct pack *p, const struct design *d, const struct json_value *how, const struct json_value *rows) {
  static const struct str levels[] = {{"0", 1}, {"1", 1}};
  double limit, v;
  const struct json_value *row = json_element(rows, 0), *ci = json_member(row, "ci95");
  const char *method = json_member_string(how, "method", "");
  struct survey_column x = column(p, "x", json_member_string(how, "var", ""), json_member_string(how, "level", ""));
  int32_t *code = ARENA_ARRAY(p->a, int32_t, p->data.n_rows);
  for (int64_t i = 0; i < p->data.n_rows; i++) code[i] = x.number[i] > 0;
  x.number = NULL, x.code = code, x.n_levels = 2, x.level = levels;
  const struct result_measure *m = figure(p, d, arena_printf(p->a, "proportion(x=1,interval=%s)", method), x, x, NULL);
  assert_true(json_number(json_member(row, "estimate"), &v));
  same(m->value[0], v, 1e-10);
  assert_int_equal(m->has_interval[0], 1);
  const double tolerance = !strcmp(method, "likelihood") ? 1e-4 : !strcmp(method, "beta") ? 1e-8 : 1e-7;
  assert_true(json_number(json_element(ci, 0), &limit));
  same(m->low[0], limit, tolerance);
  assert_true(json_number(json_element(ci, 1), &limit));
  same(m->high[0], limit, tolerance);
  p->n_rows++;
}

static bool supported(const struct json_value *how) {
  const char *kind = json_member_string(how, "kind", "");
  bool vcov = false;
  if (json_boolean(json_member(how, "vcov"), &vcov) && vcov) return true; /* its estimates and standard errors; the covariances are not compared */
  if (!strcmp(kind, "proportion_ci")) return true;
  return !strcmp(kind, "total") || !strcmp(kind, "mean") || !strcmp(kind, "ratio");
}

static void stratified_cases_agree_with_R_survey(void **state) {
  (void)state;
  struct pack p = {0};
  struct json_document *doc;
  struct err e;
  size_t n = 0;
  if (!load(&p)) {
    arena_free(p.a);
    skip();
  }
  char *text = reference_text(p.a, "estimation/01_stratified.json", &n);
  assert_non_null(text);
  assert_int_equal(json_parse("01_stratified.json", text, n, &doc, &e), E_OK);
  for (size_t i = 0; i < json_length(json_root(doc)); i++) {
    const struct json_value *c = json_element(json_root(doc), i), *how = json_member(c, "estimator"), *rows = json_member(c, "expected");
    const struct design *d = json_member_string(json_member(c, "design"), "fpc", NULL) ? &p.with_fpc : &p.without_fpc;
    if (!supported(how)) {
      print_message("   not estimated here: %s (%s)\n", json_member_string(c, "id", ""), json_member_string(how, "kind", ""));
      p.n_skipped++;
      continue;
    }
    if (!strcmp(json_member_string(how, "kind", ""), "proportion_ci")) proportion_case(&p, d, how, rows);
    else plain_case(&p, d, how, rows);
    p.n_cases++;
  }
  print_message("   %d cases, %d rows compared, %d cases of other kinds\n", p.n_cases, p.n_rows, p.n_skipped);
  assert_true(p.n_cases >= 16 && p.n_rows >= 30 && p.n_skipped <= 4);
  json_release(doc);
  arena_free(p.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(stratified_cases_agree_with_R_survey)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

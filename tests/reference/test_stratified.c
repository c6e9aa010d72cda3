/* Totals, means, ratios, domains and intervals of stratified designs against R survey 4.1-1 (reference pack of estimations, 01_stratified.json).
 * Tolerance: relative 1e-10 for estimates and 1e-9 for standard errors, as the pack's README asks. Kinds this program does not estimate are listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/ext_json.h"
#include "base/table.h"
#include "estimators/estimate/est_mean.h"
#include "estimators/estimate/est_ratio.h"
#include "estimators/estimate/est_total.h"
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

static struct variable column(struct pack *p, const char *name, const char *level) {
  double *v = ARENA_ARRAY(p->a, double, p->data.n_rows);
  uint8_t *status = ARENA_ARRAY(p->a, uint8_t, p->data.n_rows);
  for (int64_t i = 0; i < p->data.n_rows; i++) {
    v[i] = level ? cell_is(&p->data, i, name, level) : cell_number(&p->data, i, name);
    status[i] = csv_table_cell(&p->data, i, csv_table_column(&p->data, name)).n ? VAL_REPORTED : VAL_BLANK;
  }
  return (struct variable){v, status, name};
}

static void same(double ours, double expected, double relative) {
  if (fabs(ours - expected) > relative * fabs(expected)) fail_msg("ours %.15g expected %.15g", ours, expected);
}

static void check_row(struct pack *p, const struct estimate *x, const struct json_value *row) {
  double v, low, high, limit;
  assert_true(x->defined);
  assert_true(json_number(json_member(row, "estimate"), &v));
  same(x->value, v, 1e-10);
  assert_true(json_number(json_member(row, "se"), &v));
  same(x->se, v, 1e-9);
  if (json_number(json_member(row, "cv"), &v)) same(x->cv, v, 1e-9);
  if (json_number(json_member(row, "df"), &v)) assert_int_equal(x->df, (int64_t)v);
  for (int normal = 0; normal < 2; normal++) {
    const struct json_value *ci = json_member(row, normal ? "ci95_normal" : "ci95_t");
    if (!ci) continue;
    assert_true(estimate_interval(x, 0.95, normal, &low, &high));
    assert_true(json_number(json_element(ci, 0), &limit));
    same(low, limit, 1e-9);
    assert_true(json_number(json_element(ci, 1), &limit));
    same(high, limit, 1e-9);
  }
  p->n_rows++;
}

/* The domain of every expected row as one indicator. */
static struct domains domain_of_row(struct pack *p, const struct json_value *conditions) {
  int32_t *of = ARENA_ARRAY(p->a, int32_t, p->data.n_rows);
  const char *name;
  const struct json_value *level;
  for (size_t k = 0; json_member_at(conditions, k, &name, &level); k++)
    for (int64_t i = 0; i < p->data.n_rows; i++)
      if (!cell_is(&p->data, i, name, json_string(level))) of[i] = -1;
  return (struct domains){1, of};
}

static void estimate(struct pack *p, const struct design *d, const struct json_value *how, const char *kind, const char *variable, const char *level, const struct domains *dom, struct estimate *out) {
  struct err e;
  enum err_code code;
  if (!strcmp(kind, "ratio")) {
    struct variable y = column(p, json_member_string(how, "numerator", ""), NULL), x = column(p, json_member_string(how, "denominator", ""), NULL);
    code = est_ratio(p->a, d, &y, &x, dom, out, &e);
  } else {
    struct variable y = column(p, variable, level);
    code = !strcmp(kind, "total") ? est_total(p->a, d, &y, dom, out, &e) : est_mean(p->a, d, &y, dom, out, &e);
  }
  assert_int_equal(code, E_OK);
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
    struct domains dom = {1, NULL};
    struct estimate x;
    if (domain || where) dom = domain_of_row(p, domain ? domain : where);
    if (variable && !numeric(p, variable)) level = json_member_string(row, "label", "") + strlen(variable);
    estimate(p, d, how, kind, variable, level, &dom, &x);
    check_row(p, &x, row);
  }
}

static void proportion_case(struct pack *p, const struct design *d, const struct json_value *how, const struct json_value *rows) {
  double low, high, limit, v;
  struct estimate x;
  struct domains dom = {1, NULL};
  const struct json_value *row = json_element(rows, 0), *ci = json_member(row, "ci95");
  estimate(p, d, how, "mean", json_member_string(how, "var", ""), json_member_string(how, "level", ""), &dom, &x);
  assert_true(json_number(json_member(row, "estimate"), &v));
  same(x.value, v, 1e-10);
  assert_true(proportion_interval(&x, json_member_string(how, "method", ""), d->n_units, x.df, 0.95, &low, &high));
  double tolerance = !strcmp(json_member_string(how, "method", ""), "beta") ? 1e-8 : 1e-7;
  assert_true(json_number(json_element(ci, 0), &limit));
  same(low, limit, tolerance);
  assert_true(json_number(json_element(ci, 1), &limit));
  same(high, limit, tolerance);
  p->n_rows++;
}

static bool supported(const struct json_value *how) {
  const char *kind = json_member_string(how, "kind", "");
  bool vcov = false;
  if (json_boolean(json_member(how, "vcov"), &vcov) && vcov) return true; /* its estimates and standard errors; the covariances are not compared */
  if (!strcmp(kind, "proportion_ci")) return strcmp(json_member_string(how, "method", ""), "likelihood") != 0;
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

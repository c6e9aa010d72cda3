/* Two runs of a table compared: every kind of cell, differences in standard errors, reasons. */
#include "table_fixture.h"

#include <math.h>

#include "estimators/table/revision.h"

static const struct revision_cell *cell(const struct revision *r, const char *a, const char *b, const char *measure) {
  for (int64_t i = 0; i < r->n_cells; i++) {
    const struct revision_cell *c = &r->cells[i];
    if (str_eq(revision_code(r, c, 0), str_of(a)) && str_eq(revision_code(r, c, 1), str_of(b)) && !strcmp(revision_measure(r, c), measure)) return c;
  }
  fail_msg("no cell %s %s %s", a, b, measure);
  return NULL;
}

static void the_same_table_has_no_revision(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 5);
  struct revision r;
  const struct revision_options o = {0};
  OK(revision_compare(a, t, t, &o, &r, e));
  assert_int_equal(r.summary.n_cells, 2 * FIXTURE_ROWS);
  assert_int_equal(r.summary.n_same, 2 * (FIXTURE_ROWS - 4));
  assert_int_equal(r.summary.n_hidden, 8);
  assert_int_equal(r.summary.n_changed + r.summary.n_new + r.summary.n_gone + r.summary.n_status + r.summary.n_flags + r.summary.n_precision, 0);
  assert_int_equal(r.summary.n_largest, 0);
  arena_free(a);
}

static void every_kind_of_cell_is_told(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *x = fixture_table(a, 5), *y = fixture_table(a, 5);
  struct revision r;
  const struct revision_options o = {.independent = true};
  y->measures[0].value[0] = 330.25;                         /* +30 on 300.3 */
  y->measures[0].value[2] = 320.34;                         /* below the last decimal */
  y->measures[0].status[3] = RESULT_SUPPRESSED;             /* shown -> suppressed */
  y->measures[0].status[FIXTURE_SUPPRESSED] = RESULT_SHOWN; /* suppressed -> shown */
  y->measures[0].se[5] *= 2;                                /* only the error */
  y->measures[0].flag[1] = "F";                             /* only the mark */
  y->dimensions[0].code[6] = STR("14");                     /* 13 x _T gone, 14 x _T new */
  OK(result_sort(y, e));
  OK(revision_compare(a, x, y, &o, &r, e));
  const struct revision_cell *c = cell(&r, "_T", "_T", "mean(income)");
  assert_int_equal(c->kind, REVISION_CHANGED);
  assert_true(fabs(c->old_value - 300.3) < 1e-9 && fabs(c->new_value - 330.3) < 1e-9 && fabs(c->difference - 30) < 1e-9);
  assert_true(fabs(c->relative - 30 / 300.3) < 1e-12);
  assert_true(fabs(c->old_se_units - 30 / (300.25 / 20)) < 1e-9);
  assert_true(fabs(c->difference_se - sqrt(2) * 300.25 / 20) < 1e-9);
  assert_int_equal(cell(&r, "_T", "2", "mean(income)")->kind, REVISION_SAME);
  c = cell(&r, "01", "_T", "mean(income)");
  assert_true(c->kind == REVISION_STATUS && !c->has_values && !c->exposed);
  c = cell(&r, "01", "1", "mean(income)");
  assert_true(c->kind == REVISION_STATUS && !c->has_values && c->exposed);
  c = cell(&r, "01", "2", "mean(income)");
  assert_true(c->kind == REVISION_SAME && c->precision_changed);
  assert_true(cell(&r, "_T", "1", "mean(income)")->flag_changed);
  assert_int_equal(cell(&r, "13", "_T", "total(income)")->kind, REVISION_GONE);
  assert_int_equal(cell(&r, "14", "_T", "total(income)")->kind, REVISION_NEW);
  assert_string_equal(revision_status(&r, cell(&r, "14", "_T", "total(income)"), false), "absent");
  const struct revision_summary *s = &r.summary;
  assert_int_equal(s->n_cells, s->n_same + s->n_changed + s->n_new + s->n_gone + s->n_status + s->n_hidden);
  assert_true(s->n_changed == 1 && s->n_new == 2 && s->n_gone == 2 && s->n_status == 2 && s->n_exposed == 1 && s->n_flags == 1);
  assert_true(s->n_largest == 1 && s->n_beyond_1_se == 1 && s->n_beyond_2_se == 0); /* 30 is 1.998 standard errors */
  arena_free(a);
}

static void the_error_of_a_difference_is_never_assumed(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *x = fixture_table(a, 5), *y = fixture_table(a, 5);
  struct revision r;
  double cov[2 * FIXTURE_ROWS] = {0};
  y->measures[0].value[0] += 30;
  const struct revision_options nothing = {0}, overlap = {.cov = cov};
  OK(revision_compare(a, x, y, &nothing, &r, e));
  assert_false(cell(&r, "_T", "_T", "mean(income)")->has_difference_se);
  const double v = 300.25 / 20 * 300.25 / 20;
  cov[0] = 0.75 * v;
  OK(revision_compare(a, x, y, &overlap, &r, e));
  assert_true(fabs(cell(&r, "_T", "_T", "mean(income)")->difference_se - sqrt(2 * v - 1.5 * v)) < 1e-9);
  cov[0] = 1.5 * v; /* more than the variances: no standard error, and no root of a negative number */
  OK(revision_compare(a, x, y, &overlap, &r, e));
  assert_false(cell(&r, "_T", "_T", "mean(income)")->has_difference_se);
  arena_free(a);
}

static void tables_of_other_shape_are_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *x = fixture_table(a, 5), *y = fixture_table(a, 5);
  const struct revision_options o = {0};
  struct revision r;
  struct err e;
  y->dimensions[1].name = "age";
  assert_int_equal(revision_compare(a, x, y, &o, &r, &e), E_RESULT_UNLIKE);
  y = fixture_table(a, 5);
  y->measures[0].name = "a", y->measures[1].name = "b";
  assert_int_equal(revision_compare(a, x, y, &o, &r, &e), E_RESULT_UNLIKE);
  y->n_dimensions = 1;
  assert_int_equal(revision_compare(a, x, y, &o, &r, &e), E_RESULT_UNLIKE);
  arena_free(a);
}

static void what_differs_around_the_tables_is_named(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *x = fixture_table(a, 5), *y = fixture_table(a, 5);
  struct result_source old_sources[] = {{"hes/household/2025-12/imputed", "f1", 100, 2, "c1 c2"}, {"hes/frame/2025-12/received", "g", 9, 1, "d"}};
  struct result_source new_sources[] = {{"hes/household/2025-12/imputed", "f2", 101, 2, "c1 c3"}, {"hes/frame/2025-12/received", "g", 9, 1, "e"}};
  const struct result_document p = {
      .spec_hash = "s", .program = "1", .n_sources = 2, .sources = old_sources, .weights = {.present = true, .units = 100}};
  const struct result_document q = {
      .spec_hash = "t", .program = "1", .n_sources = 2, .sources = new_sources, .weights = {.present = true, .units = 101}};
  static const char *const expected[] = {"specifications", "weights", "form version of hes/household/2025-12/imputed",
      "records of hes/household/2025-12/imputed", "records of hes/frame/2025-12/received"};
  const struct revision_options o = {0};
  struct revision r;
  OK(revision_compare(a, x, y, &o, &r, e));
  OK(revision_reasons(a, &p, &p, &r, e));
  assert_int_equal(r.n_why, 0);
  OK(revision_reasons(a, &p, &q, &r, e));
  assert_int_equal(r.n_why, 5);
  for (int i = 0; i < 5; i++) assert_string_equal(r.why[i].what, expected[i]);
  assert_string_equal(r.why[4].new_text, "as many, with other content");
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_table_has_no_revision), cmocka_unit_test(every_kind_of_cell_is_told),
      cmocka_unit_test(the_error_of_a_difference_is_never_assumed), cmocka_unit_test(tables_of_other_shape_are_refused),
      cmocka_unit_test(what_differs_around_the_tables_is_named)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Secondary suppression of linked tables: partners, groups, shared cells, levels, sums that do not hold. Cells small enough to be added by hand; the
 * attacker of the tests tries every whole number that agrees with what is shown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/sdc_protect.h"

static const struct disclosure_profile persons = {.name = "persons_10", .rule = {.min_n = 10, .coalition = 1, .weights = SDC_WEIGHTS_RAW}};
static const struct disclosure_profile establishments = {.name = "establishments_3",
    .rule = {.min_n = 3, .dominance_n = 2, .dominance_percent = 90, .p = 10, .coalition = 1, .safety_range = 10, .weights = SDC_WEIGHTS_RAW}};

static struct table_plan *plan_of(struct arena *a, const char *measures) {
  struct table_plan *p = ARENA_NEW(a, struct table_plan);
  struct err e;
  assert_non_null(p);
  assert_int_equal(measures_parse(a, str_of(measures), p->measures, &p->n_measures, &e), E_OK);
  return p;
}
/* Codes "_T", "1", "2", ... in each of two dimensions; margins are added up here. */
static struct result_table *table_of(struct arena *a, const char *id, const char *rows, int n_rows, const char *columns, int n_columns,
    const struct table_plan *plan, const int64_t *inner) {
  static const char *const codes[] = {"_T", "1", "2", "3", "4"};
  struct result_table *t;
  struct err e;
  const int all = (n_rows + 1) * (n_columns + 1);
  assert_int_equal(result_table_new(a, id, all, 2, plan->n_measures, &t, &e), E_OK);
  t->dimensions[0].name = rows, t->dimensions[1].name = columns;
  for (int i = 0; i < all; i++) {
    const int r = i / (n_columns + 1), c = i % (n_columns + 1);
    int64_t n = 0;
    t->dimensions[0].code[i] = str_of(codes[r]), t->dimensions[1].code[i] = str_of(codes[c]);
    for (int x = 0; x < n_rows; x++)
      for (int y = 0; y < n_columns; y++)
        if ((r == 0 || r == x + 1) && (c == 0 || c == y + 1)) n += inner[x * n_columns + y];
    t->n[i] = n;
    for (int m = 0; m < plan->n_measures; m++) {
      t->measures[m].name = plan->measures[m].name;
      t->measures[m].additive = plan->measures[m].kind <= MEASURE_TOTAL;
      t->measures[m].value[i] = (double)n;
    }
  }
  return t;
}
static void protect(struct arena *a, struct sdc_linked_table *t, int n, const struct disclosure_profile *p) {
  struct err e;
  assert_int_equal(sdc_protect(a, t, n, p, NULL, &e), E_OK);
}
static bool hidden(const struct sdc_linked_table *t, int measure, int row) { return t->table->measures[measure].status[row] == RESULT_SUPPRESSED; }

static void a_single_hidden_count_gets_partners(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "count()");
  struct sdc_linked_table t = {.table = table_of(a, "births", "sex", 2, "area", 2, plan, (const int64_t[]){47, 5, 13, 35}), .plan = plan};
  protect(a, &t, 1, &persons);
  assert_true(t.secondary.needed && t.secondary.treated && t.secondary.clean);
  assert_null(t.table->refusal);
  assert_int_equal(t.primary.n_small, 1);
  assert_int_equal(t.secondary.n_rows, 3); /* the smallest closed pattern of a table of two ways */
  for (int i = 0; i < 9; i++) assert_int_equal(t.table->n_status[i], t.table->measures[0].status[i]);
  assert_true(t.secondary.narrowest > 0);
  assert_int_equal(t.secondary.n_primary_cells, 1);
  assert_int_equal(t.secondary.n_secondary_cells, 3);
  assert_int_equal(t.additive.n_single, 0);
  arena_free(a);
}
static void nothing_hidden_needs_nothing(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "count()");
  struct sdc_linked_table t = {.table = table_of(a, "births", "sex", 2, "area", 2, plan, (const int64_t[]){47, 15, 13, 35}), .plan = plan};
  protect(a, &t, 1, &persons);
  assert_false(t.secondary.needed || t.secondary.n_rows);
  assert_null(t.table->refusal);
  arena_free(a);
}
/* sex x area and sex x month share the totals of the sexes: what one hides the other does not show. */
static void a_shared_cell_is_hidden_in_both_tables(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "count()");
  struct sdc_linked_table t[2] = {{.table = table_of(a, "area", "sex", 2, "area", 2, plan, (const int64_t[]){4, 2, 40, 30}), .plan = plan},
      {.table = table_of(a, "month", "sex", 2, "month", 2, plan, (const int64_t[]){3, 3, 35, 35}), .plan = plan}};
  protect(a, t, 2, &persons);
  for (int r = 0; r < 3; r++) assert_int_equal(hidden(&t[0], 0, 3 * r), hidden(&t[1], 0, 3 * r)); /* column _T: the same cells */
  assert_true(hidden(&t[0], 0, 3)); /* sex 1 in all: 6 */
  assert_true(t[0].secondary.clean && t[1].secondary.clean);
  assert_int_equal(t[0].secondary.n_linked_cells, 3);
  arena_free(a);
}
/* A partner in one table must not be found in the other. */
static void a_partner_shared_with_another_table_stays_hidden_there(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "count()");
  struct sdc_linked_table t[2] = {{.table = table_of(a, "area", "sex", 1, "area", 2, plan, (const int64_t[]){4, 30}), .plan = plan},
      {.table = table_of(a, "again", "area", 2, "kind", 2, plan, (const int64_t[]){2, 2, 15, 15}), .plan = plan}};
  protect(a, t, 2, &persons);
  for (int i = 0; i < 2; i++) assert_true(t[i].secondary.clean);
  /* area 1 and 2 of the first (kind _T) are the rows 1=_T and 2=_T of the second */
  assert_int_equal(hidden(&t[0], 0, 1), hidden(&t[1], 0, 3));
  assert_int_equal(hidden(&t[0], 0, 2), hidden(&t[1], 0, 6));
  assert_true(hidden(&t[0], 0, 1));
  arena_free(a);
}

/* --- magnitudes --- */
static void judge(struct result_table *t, int measure, int row, const struct sdc_rule *rule, const double *x, int n) {
  struct sdc_contribution c[16];
  struct err e;
  double sum = 0;
  for (int i = 0; i < n; i++) c[i] = (struct sdc_contribution){x[i], 1, -1, false, false, row * 100 + i}, sum += x[i];
  if (!t->measures[measure].judged) assert_int_equal(result_keep_judgements(t, measure, false, &e), E_OK);
  assert_int_equal(sdc_judge(rule, c, n, &t->measures[measure].judged[row], &e), E_OK);
  t->measures[measure].value[row] = t->measures[measure].additive ? sum : sum / n;
}
/* One dimension: total, and five cells of contributions; cell 1 is dominated: 1000, 20, 5 -> level 100 - 5 = 95 by p %, 1020/0.9 - 1025 = 108.3. */
static struct sdc_linked_table dominated(struct arena *a, const char *measures) {
  static const double x[4][4] = {{1000, 20, 3, 2}, {300, 280, 290, 310}, {60, 50, 55, 45}, {10, 12, 9, 11}};
  static const int64_t counts[] = {4, 4, 4, 4};
  struct table_plan *plan = plan_of(a, measures);
  struct sdc_linked_table t = {.table = table_of(a, "sales", "all", 1, "area", 4, plan, counts), .plan = plan};
  double every[16];
  for (int k = 0; k < 16; k++) every[k] = x[k / 4][k % 4];
  for (int m = 0; m < plan->n_measures; m++)
    for (int i = 0; i < 10 && plan->measures[m].kind != MEASURE_COUNT; i++)
      judge(t.table, m, i, &establishments.rule, i % 5 ? x[i % 5 - 1] : every, i % 5 ? 4 : 16);
  return t;
}
static double reach(const struct sdc_linked_table *t, int measure) { /* how far the dominated cell can move: what its hidden partners hold */
  double least = INFINITY;
  for (int line = 0; line < 2; line++) {
    double sum = 0;
    static const double truth[5] = {0, 1025, 1180, 210, 42};
    for (int i = 2; i < 5; i++)
      if (hidden(t, measure, 5 * line + i)) sum += truth[i];
    if (hidden(t, measure, 5 * line)) sum = INFINITY;
    if (sum < least) least = sum;
  }
  return least;
}
static void partners_are_as_large_as_the_level_asks(void **state) {
  (void)state;
  static const char *const measures[] = {"total(x)", "mean(x)", "count();mean(x)"};
  for (size_t k = 0; k < 3; k++) {
    struct arena *a = arena_new(0);
    struct sdc_linked_table t = dominated(a, measures[k]);
    const int m = t.plan->n_measures - 1;
    protect(a, &t, 1, &establishments);
    assert_true(t.secondary.treated && t.secondary.clean);
    assert_true(hidden(&t, m, 1) && hidden(&t, m, 6));
    if (!(reach(&t, m) >= 1020 / 0.9 - 1025)) fail_msg("%s: partners hold %g", measures[k], reach(&t, m));
    assert_true(t.secondary.narrowest * 1025 >= 2 * (1020 / 0.9 - 1025) * 0.999);
    for (int i = 0; m > 0 && i < 10; i++) assert_false(hidden(&t, 0, i)); /* the counts of establishments stay */
    arena_free(a);
  }
}
/* The naive release hides the dominated cell alone; its value is the total less the others. */
static void the_naive_release_is_broken(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct sdc_linked_table t = dominated(a, "total(x)");
  struct sdc_primary_report p;
  sdc_primary(t.table, &establishments, &p);
  assert_int_equal(p.n_dominated, 2); /* in the row and in its margin */
  assert_int_equal(reach(&t, 0), 0);
  const struct result_measure *m = &t.table->measures[0];
  assert_true(m->value[0] - m->value[2] - m->value[3] - m->value[4] == 1025);
  arena_free(a);
}
static void a_margin_that_does_not_add_up_is_refused_with_its_reason(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "count()");
  struct sdc_linked_table t = {.table = table_of(a, "births", "sex", 2, "area", 2, plan, (const int64_t[]){47, 5, 13, 35}), .plan = plan};
  t.table->measures[0].value[4] += 30;
  protect(a, &t, 1, &persons);
  assert_false(t.secondary.clean);
  assert_non_null(strstr(t.table->refusal, "do not add up"));
  arena_free(a);
}
/* Weighted totals are sums of real numbers: rounding is no reason to refuse. */
static void weighted_totals_are_treated(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "count();total(x)");
  struct sdc_linked_table t = {.table = table_of(a, "income", "sex", 2, "area", 2, plan, (const int64_t[]){47, 5, 13, 35}), .plan = plan};
  for (int i = 0; i < 9; i++) t.table->measures[1].value[i] *= 1.0 / 3, t.table->measures[0].value[i] *= 12.345;
  protect(a, &t, 1, &persons);
  if (t.table->refusal) fail_msg("%s", t.table->refusal);
  assert_true(t.secondary.clean);
  assert_int_equal(t.secondary.n_rows, 3);
  for (int i = 0; i < 9; i++) assert_int_equal(hidden(&t, 0, i), hidden(&t, 1, i)); /* where the count is hidden everything is */
  arena_free(a);
}
static void negative_values_have_no_floor(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "total(x)");
  struct sdc_linked_table t = {.table = table_of(a, "profit", "all", 1, "area", 4, plan, (const int64_t[]){4, 4, 4, 4}), .plan = plan};
  static const double x[4][4] = {{-1000, 20, 3, 2}, {300, -280, 290, 310}, {60, 50, -55, 45}, {10, 12, 9, 11}};
  double every[16];
  for (int k = 0; k < 16; k++) every[k] = x[k / 4][k % 4];
  for (int i = 0; i < 10; i++) judge(t.table, 0, i, &establishments.rule, i % 5 ? x[i % 5 - 1] : every, i % 5 ? 4 : 16);
  protect(a, &t, 1, &establishments);
  assert_true(hidden(&t, 0, 1) && t.secondary.clean && t.secondary.n_rows >= 2);
  arena_free(a);
}
/* x = y + z: with x hidden, y and z beside one another would tell it; u stands alone. */
static void items_of_one_equation_are_hidden_together(void **state) {
  (void)state;
  static const struct sdc_tie ties[] = {{"x", "y"}, {"x", "z"}, {"x", "not published"}};
  for (int tied = 0; tied < 2; tied++) {
    struct arena *a = arena_new(0);
    struct sdc_linked_table t = dominated(a, "total(x);total(y);total(z);total(u)");
    const struct sdc_structure structure = {.ties = ties, .n_ties = tied ? 3 : 0};
    struct err e;
    for (int m = 1; m < 4; m++) t.table->measures[m].judged = NULL; /* safe by themselves */
    assert_int_equal(sdc_protect(a, &t, 1, &establishments, &structure, &e), E_OK);
    assert_true(t.secondary.clean && hidden(&t, 0, 1));
    for (int i = 0; i < 10; i++) {
      assert_int_equal(hidden(&t, 1, i), tied && hidden(&t, 0, i));
      assert_int_equal(hidden(&t, 2, i), tied && hidden(&t, 0, i));
      assert_false(hidden(&t, 3, i));
    }
    arena_free(a);
  }
}
static void a_rate_without_its_sums_is_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "rate(x,y,1000)");
  struct sdc_linked_table t = {.table = table_of(a, "rates", "sex", 2, "area", 2, plan, (const int64_t[]){5, 5, 5, 5}), .plan = plan};
  protect(a, &t, 1, &persons);
  assert_true(t.secondary.needed && !t.secondary.clean);
  assert_non_null(strstr(t.table->refusal, "not known"));
  arena_free(a);
}
/* A formula that is a sum hides it from the audit by its name alone: no quantity, no verdict. */
static void a_formula_without_its_sums_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *measures;
    bool clean;
  } cases[] = {{"formula(total(x)+0)", false}, {"formula(total(x)/count())", false}, {"formula(mean(x)-1);mean(x)", true},
      {"total(x);formula(total(x)*2)", true}, {"variance(x)", false}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    struct arena *a = arena_new(0);
    struct sdc_linked_table t = dominated(a, cases[k].measures);
    for (int m = 0; m < t.plan->n_measures; m++) t.table->measures[m].additive = t.plan->measures[m].kind == MEASURE_TOTAL;
    protect(a, &t, 1, &establishments);
    assert_true(t.secondary.needed);
    assert_int_equal(t.secondary.clean, cases[k].clean);
    assert_int_equal(t.table->refusal == NULL, cases[k].clean);
    arena_free(a);
  }
}
/* What an attacker who knows the rules makes of one line: hidden counts of few units are 1 to 9, other hidden ones 10 at least. */
static void assert_no_few_is_exact(const struct sdc_linked_table *t, const int64_t *inner, int n) {
  int64_t sum = 0;
  assert_false(hidden(t, 0, n + 1)); /* the line's total is shown */
  for (int i = 0; i < n; i++) sum += hidden(t, 0, n + 2 + i) ? inner[i] : 0;
  for (int i = 0; i < n; i++) {
    int64_t low = sum, high = sum;
    if (inner[i] >= 10) continue;
    assert_true(hidden(t, 0, n + 2 + i));
    for (int j = 0; j < n; j++) {
      if (j == i || !hidden(t, 0, n + 2 + j)) continue;
      high -= inner[j] < 10 ? 1 : 10;
      low -= inner[j] < 10 ? 9 : sum;
    }
    if (low < 1) low = 1;
    if (high > 9) high = 9;
    assert_true(low < high);
  }
}
static void the_rule_bounds_hidden_counts(void **state) {
  (void)state;
  static const int64_t inner[][4] = {{250, 250, 1, 1}, {250, 250, 9, 9}, {250, 10, 150, 1}, {60, 9, 9, 9}, {11, 12, 1, 9}};
  for (size_t k = 0; k < sizeof inner / sizeof *inner; k++) {
    struct arena *a = arena_new(0);
    struct table_plan *plan = plan_of(a, "count()");
    struct sdc_linked_table t = {.table = table_of(a, "counts", "all", 1, "area", 4, plan, inner[k]), .plan = plan};
    protect(a, &t, 1, &persons);
    assert_true(t.secondary.clean);
    assert_no_few_is_exact(&t, inner[k], 4);
    arena_free(a);
  }
}
/* Beyond the 0.99 quantile of 60 lies one: it is hidden alone; half of 20 is ten. */
static void a_quantile_needs_units_beyond_it(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table_plan *plan = plan_of(a, "total(x);median(x);quantile(x,0.99)");
  struct sdc_linked_table t = {.table = table_of(a, "sizes", "all", 1, "area", 4, plan, (const int64_t[]){20, 19, 60, 1000}), .plan = plan};
  t.table->measures[0].additive = true;
  protect(a, &t, 1, &persons);
  for (int i = 0; i < 10; i++) {
    assert_false(hidden(&t, 0, i));
    assert_int_equal(hidden(&t, 1, i), i % 5 == 2);
    assert_int_equal(hidden(&t, 2, i), i % 5 > 0 && i % 5 < 4);
  }
  assert_null(t.table->refusal);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_single_hidden_count_gets_partners),
      cmocka_unit_test(nothing_hidden_needs_nothing),
      cmocka_unit_test(a_shared_cell_is_hidden_in_both_tables),
      cmocka_unit_test(a_partner_shared_with_another_table_stays_hidden_there),
      cmocka_unit_test(partners_are_as_large_as_the_level_asks),
      cmocka_unit_test(the_naive_release_is_broken),
      cmocka_unit_test(a_margin_that_does_not_add_up_is_refused_with_its_reason),
      cmocka_unit_test(weighted_totals_are_treated),
      cmocka_unit_test(negative_values_have_no_floor),
      cmocka_unit_test(items_of_one_equation_are_hidden_together),
      cmocka_unit_test(a_rate_without_its_sums_is_refused),
      cmocka_unit_test(a_formula_without_its_sums_is_refused),
      cmocka_unit_test(the_rule_bounds_hidden_counts),
      cmocka_unit_test(a_quantile_needs_units_beyond_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Records of the survey of living conditions joined, incomes, medians, rates and Gini under weights, series: against facts and plain computation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/rng.h"
#include "estimators/estimate/inequality.h"
#include "estimators/livelihood/livelihood_series.h"
#include "tests/unit/livelihood_fixture.h"

#define NEAR(x, y, e) assert_true(fabs((x) - (y)) <= (e))
static const struct {
  int head, adults, children, workers, unknown, code;
} classes[] = {{40, 1, 0, 1, 0, 1}, {40, 1, 0, 0, 0, 2}, {40, 1, 2, 1, 0, 3}, {64, 1, 1, 0, 0, 4}, {18, 2, 0, 2, 0, 5}, {40, 3, 0, 1, 0, 6},
    {40, 2, 0, 0, 0, 7}, {40, 2, 1, 3, 0, 8}, {40, 2, 1, 1, 0, 9}, {40, 2, 1, 0, 0, 10}, {65, 1, 0, 1, 0, 11}, {80, 1, 0, 0, 0, 12},
    {65, 2, 0, 2, 0, 13}, {65, 2, 1, 1, 0, 14}, {65, 2, 0, 0, 0, 15}, {17, 1, 0, 0, 0, 99}, {40, 2, 1, 1, 1, 99}, {-1, 2, 1, 1, 0, 99}};
static void households_fall_into_the_classes_of_the_layout(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    assert_int_equal(
        livelihood_oecd(classes[i].head, classes[i].adults, classes[i].children, classes[i].workers, classes[i].unknown), classes[i].code);
}

/* --- records --- */
static void records_are_joined_by_key_whatever_their_order(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct fixture_survey *s = fixture_survey(a, 2, 4);
  struct livelihood_records r;
  struct err e;
  fixture_keys(s->household, 0, 2, 9, 9, 9); /* now the last one by key, and its persons and income are nobody's */
  fixture_set(s->household, 0, "area", 2);
  assert_int_equal(livelihood_records_join(a, &s->source, &r, &e), E_OK);
  assert_int_equal(r.n, 48);
  assert_int_equal(r.row[47], 0);
  assert_int_equal(r.row[0], 1);
  assert_int_equal(r.n_areas, 2);
  assert_int_equal(r.n_districts, 9);
  assert_int_equal(r.n_without_person, 1);
  assert_int_equal(r.link[LIVELIHOOD_PERSON].records - r.link[LIVELIHOOD_PERSON].linked, 1);
  assert_int_equal(r.link[LIVELIHOOD_INCOME].records - r.link[LIVELIHOOD_INCOME].linked, 1);
  s->source.form[LIVELIHOOD_SAVINGS] = s->source.form[LIVELIHOOD_INCOME];
  assert_int_equal(livelihood_records_join(a, &s->source, &r, &e), E_OK);
  assert_int_equal(r.link[LIVELIHOOD_SAVINGS].records - r.link[LIVELIHOOD_SAVINGS].linked, 1);
  assert_int_equal(livelihood_linked(&r, &e), E_LIVELIHOOD_LINK);
  assert_string_equal(e.found, "1 / 96");
  arena_free(a);
}
static enum err_code join_with(const char *form, int64_t row, const char *item, double v, struct err *e) {
  struct arena *a = arena_new(0);
  struct fixture_survey *s = fixture_survey(a, 2, 4);
  struct livelihood_records r;
  fixture_set(!strcmp(form, "household") ? s->household : !strcmp(form, "person") ? s->person : s->income, row, item, v);
  const enum err_code code = livelihood_records_join(a, &s->source, &r, e);
  arena_free(a);
  return code;
}
static void records_that_cannot_be_joined_are_refused_with_their_place(void **state) {
  (void)state;
  struct err e;
  assert_int_equal(join_with("household", 1, "household_no", 1, &e), E_LIVELIHOOD_TWICE);
  assert_int_equal(join_with("income", 1, "household_no", 1, &e), E_LIVELIHOOD_TWICE);
  assert_int_equal(join_with("household", 5, "district", GONE, &e), E_LIVELIHOOD_VALUE);
  assert_int_equal(e.line, 6);
  assert_string_equal(e.subject, "district");
  assert_int_equal(join_with("household", 5, "members", 0, &e), E_LIVELIHOOD_VALUE);
  assert_int_equal(join_with("household", 5, "members", 2.5, &e), E_LIVELIHOOD_VALUE);
  assert_int_equal(join_with("household", 5, "area", GONE, &e), E_LIVELIHOOD_VALUE);
  assert_int_equal(join_with("household", 1, "area", 2, &e), E_LIVELIHOOD_VALUE); /* a district in two areas */
  assert_int_equal(join_with("person", 3, "age", GONE, &e), E_OK);
}

/* --- income --- */
static struct livelihood_income income_with(struct arena *a, enum livelihood_basis basis, const char *item, double v, enum err_code expected) {
  struct fixture_survey *s = fixture_survey(a, 1, 2);
  struct livelihood_income x;
  struct livelihood_records r;
  struct err e;
  if (item) fixture_set(s->income, 2, item, v); /* the household of 3 in district 1 */
  assert_int_equal(livelihood_records_join(a, &s->source, &r, &e), E_OK);
  assert_int_equal(livelihood_income_of(a, &r, s->source.form[LIVELIHOOD_INCOME], basis, &x, &e), expected);
  return x;
}
/* Figures need every person once, the members of the household, one head; the join itself only counts. */
static enum err_code completed(struct arena *a, const char *item, int64_t row, double v, struct err *e) {
  struct fixture_survey *f = fixture_survey(a, 2, 2);
  struct livelihood_records r;
  if (item) fixture_set(f->person, row, item, v);
  assert_int_equal(livelihood_records_join(a, &f->source, &r, e), E_OK);
  return livelihood_complete(&r, &f->source, e);
}
static void persons_must_be_those_of_their_household(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e = {.code = E_OK};
  assert_int_equal(completed(a, NULL, 0, 0, &e), E_OK);
  assert_int_equal(completed(a, "person_no", 2, 1, &e), E_LIVELIHOOD_TWICE); /* the second person of a household of two */
  assert_int_equal(e.line, 3);
  assert_int_equal(completed(a, "relation", 0, 2, &e), E_LIVELIHOOD_VALUE); /* no head */
  assert_string_equal(e.subject, "relation (01-1-1-1)");
  assert_int_equal(completed(a, "relation", 2, 1, &e), E_LIVELIHOOD_VALUE); /* two */
  assert_string_equal(e.subject, "relation (01-1-1-2)");
  assert_int_equal(completed(a, "household_no", 0, 2, &e), E_LIVELIHOOD_TWICE);
  assert_int_equal(completed(a, "unit_area", 0, 2, &e), E_LIVELIHOOD_TWICE);
  struct fixture_survey *f = fixture_survey(a, 2, 2);
  struct livelihood_records r;
  f->person->columns.n--; /* the last household of three has two records */
  assert_int_equal(livelihood_records_join(a, &f->source, &r, &e), E_OK);
  assert_int_equal(livelihood_complete(&r, &f->source, &e), E_LIVELIHOOD_VALUE);
  assert_string_equal(e.subject, "members (02-2-2-3)");
  assert_string_equal(e.expected, "= 2 (person; 1 / 24)");
  arena_free(a);
}
static void income_is_what_is_left_after_taxes_and_premiums(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct livelihood_income x = income_with(a, BASIS_OLD, NULL, 0, E_OK);
  assert_int_equal(x.disposable[2], 3110 - 10 - 20); /* 311 in 10,000 yen = 3110 in 1,000 yen */
  NEAR(x.equivalised[2], 308.0 / sqrt(3), 1e-12);
  x = income_with(a, BASIS_OLD, "remittance_paid", 500, E_OK);
  assert_int_equal(x.disposable[2], 3080);
  x = income_with(a, BASIS_2018, "remittance_paid", 500, E_OK);
  assert_int_equal(x.disposable[2], 2580);
  x = income_with(a, BASIS_OLD, "tax_property", 4000, E_OK);
  assert_int_equal(x.disposable[2], -920);
  assert_int_equal(x.n_negative, 1);
  arena_free(a);
}
static void unknown_amounts_leave_the_household_out_and_are_counted(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct livelihood_income x = income_with(a, BASIS_OLD, "premiums", GONE, E_OK);
  assert_int_equal(x.known[2], 0);
  assert_int_equal(x.n_no_deduction, 1);
  assert_int_equal(x.n_known, 5);
  x = income_with(a, BASIS_OLD, "total_income", GONE, E_OK);
  assert_int_equal(x.n_no_total, 1);
  x = income_with(a, BASIS_OLD, "tax_vehicle", GONE, E_OK); /* no deduction of the old basis */
  assert_int_equal(x.n_known, 6);
  x = income_with(a, BASIS_2018, "tax_vehicle", GONE, E_OK);
  assert_int_equal(x.n_known, 5);
  (void)income_with(a, BASIS_OLD, "tax_income", 999999, E_LIVELIHOOD_VALUE); /* the code of tapes is no amount */
  (void)income_with(a, BASIS_OLD, "tax_income", 999998, E_LIVELIHOOD_VALUE);
  arena_free(a);
}

/* --- values --- */
struct sample {
  struct livelihood_persons persons;
  struct livelihood_sorted sorted;
  double *income, *w, *in[LIVELIHOOD_GROUPS];
  uint8_t *known;
};
static struct sample sample_of(struct arena *a, int64_t n) {
  struct sample s = {.income = ARENA_ARRAY(a, double, n), .w = ARENA_ARRAY(a, double, n), .known = ARENA_ARRAY(a, uint8_t, n)};
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) s.in[g] = ARENA_ARRAY(a, double, n);
  for (int64_t i = 0; i < n; i++) s.w[i] = s.known[i] = 1, s.in[GROUP_ALL][i] = 1;
  s.persons = (struct livelihood_persons){.n = n, .income = s.income, .known = s.known};
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) s.persons.persons[g] = s.in[g];
  return s;
}
static void values_of(struct arena *a, struct sample *s, bool school, double *value, uint8_t *defined) {
  struct err e;
  assert_int_equal(livelihood_sort(a, &s->persons, school, &s->sorted, &e), E_OK);
  livelihood_values(&s->sorted, s->w, value, defined);
}
static int by_double(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return a < b ? -1 : a > b;
}
/* Whole weights: every person written out as many times as the weight says. */
static void values_are_those_of_the_persons_written_out(void **state) {
  (void)state;
  for (int seed = 1; seed <= 40; seed++) {
    struct arena *a = arena_new(0);
    struct rng r;
    const int64_t n = 5 + seed * 3;
    struct sample s = sample_of(a, n);
    double *all = ARENA_ARRAY(a, double, n * 40), value[LIVELIHOOD_FIGURES], children = 0, poor = 0;
    uint8_t defined[LIVELIHOOD_FIGURES];
    int64_t m = 0;
    rng_init(&r, (uint64_t)seed, "sample", "", 0);
    for (int64_t i = 0; i < n; i++) {
      s.income[i] = (double)rng_below(&r, 60) - 4, s.w[i] = 1 + (double)rng_below(&r, 4);
      s.in[GROUP_ALL][i] = 1 + (double)rng_below(&r, 5), s.in[GROUP_CHILDREN][i] = (double)rng_below(&r, (uint64_t)s.in[GROUP_ALL][i]);
      s.known[i] = rng_below(&r, 9) > 0;
      for (int64_t k = 0; s.known[i] && k < (int64_t)(s.w[i] * s.in[GROUP_ALL][i]); k++) all[m++] = s.income[i];
    }
    values_of(a, &s, false, value, defined);
    qsort(all, (size_t)m, sizeof *all, by_double);
    const double line = all[(m - 1) / 2] / 2;
    double sum = 0, ranked = 0, below = 0, mean = 0;
    for (int64_t k = 0; k < m; k++) {
      const double y = all[k] > 0 ? all[k] : 0;
      sum += y, mean += all[k], below += all[k] < line, ranked += (double)(2 * (k + 1) - m - 1) * y;
    }
    for (int64_t i = 0; i < n; i++)
      if (s.known[i]) children += s.w[i] * s.in[GROUP_CHILDREN][i], poor += s.income[i] < line ? s.w[i] * s.in[GROUP_CHILDREN][i] : 0;
    NEAR(value[FIGURE_MEDIAN], all[(m - 1) / 2], 0);
    NEAR(value[FIGURE_LINE], line, 0);
    NEAR(value[FIGURE_RATE], below / (double)m, 1e-12);
    NEAR(value[FIGURE_MEAN], mean / (double)m, 1e-9);
    NEAR(value[FIGURE_GINI], ranked / ((double)m * sum), 1e-12);
    NEAR(value[FIGURE_DECILE + 8], all[(9 * m + 9) / 10 - 1], 0);
    if (children > 0) NEAR(value[FIGURE_RATE + GROUP_CHILDREN], poor / children, 1e-12);
    assert_int_equal(defined[FIGURE_RATE + GROUP_CHILDREN], children > 0);
    assert_int_equal(defined[FIGURE_RATE + GROUP_ONE_ADULT], 0);
    arena_free(a);
  }
}
static void at_the_line_is_not_below_it(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct sample s = sample_of(a, 5);
  double value[LIVELIHOOD_FIGURES], rate, u[5];
  uint8_t defined[LIVELIHOOD_FIGURES];
  struct err e;
  const double income[] = {99.9, 100, 200, 300, 400};
  memcpy(s.income, income, sizeof income);
  values_of(a, &s, false, value, defined);
  NEAR(value[FIGURE_LINE], 100, 0);
  NEAR(value[FIGURE_RATE], 0.2, 1e-15);
  struct inequality_spec spec = {.kind = INEQUALITY_ARPR_BELOW, .quantile = 0.5, .percent = 0.5};
  const struct inequality_data d = {.n = 5, .y = s.income, .w = s.w};
  assert_int_equal(inequality(a, &spec, &d, &rate, u, &e), E_OK);
  NEAR(rate, 0.2, 1e-15);
  spec.kind = INEQUALITY_ARPR;
  assert_int_equal(inequality(a, &spec, &d, &rate, u, &e), E_OK);
  NEAR(rate, 0.4, 1e-15);
  arena_free(a);
}
static void school_takes_the_mean_where_the_half_is_met(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct sample s = sample_of(a, 4);
  double value[LIVELIHOOD_FIGURES];
  uint8_t defined[LIVELIHOOD_FIGURES];
  const double income[] = {10, 20, 30, 40};
  memcpy(s.income, income, sizeof income);
  values_of(a, &s, false, value, defined);
  NEAR(value[FIGURE_MEDIAN], 20, 0);
  values_of(a, &s, true, value, defined);
  NEAR(value[FIGURE_MEDIAN], 25, 0);
  s.w[2] = 0; /* nobody there: the next with weight is 40 */
  values_of(a, &s, true, value, defined);
  NEAR(value[FIGURE_MEDIAN], 20, 0); /* of 10, 20, 40 the half is inside 20 */
  arena_free(a);
}
static void extreme_incomes_give_figures_or_none(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct sample s = sample_of(a, 6);
  double value[LIVELIHOOD_FIGURES], gini;
  uint8_t defined[LIVELIHOOD_FIGURES];
  for (int i = 0; i < 6; i++) s.income[i] = 50;
  values_of(a, &s, false, value, defined);
  NEAR(value[FIGURE_RATE], 0, 0);
  NEAR(value[FIGURE_GINI], 0, 1e-15);
  NEAR(value[FIGURE_P90_P10], 1, 0);
  for (int i = 0; i < 6; i++) s.income[i] = -5; /* nobody has anything: no Gini, no ratio */
  values_of(a, &s, false, value, defined);
  assert_int_equal(defined[FIGURE_GINI], 0);
  assert_int_equal(defined[FIGURE_P90_P10], 0);
  assert_int_equal(livelihood_gini_unweighted(&s.sorted, &gini), 0);
  s.income[5] = 10; /* one has everything: (n - 1) / n */
  values_of(a, &s, false, value, defined);
  NEAR(value[FIGURE_GINI], 5.0 / 6, 1e-15);
  for (int i = 0; i < 5; i++) s.w[i] = 0; /* one household */
  values_of(a, &s, false, value, defined);
  NEAR(value[FIGURE_MEDIAN], 10, 0);
  NEAR(value[FIGURE_RATE], 0, 0);
  NEAR(value[FIGURE_GINI], 0, 1e-15);
  s.w[5] = 0;
  values_of(a, &s, false, value, defined);
  for (int f = 0; f < LIVELIHOOD_FIGURES; f++) assert_int_equal(defined[f], 0);
  arena_free(a);
}
static void no_known_income_is_an_error(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct sample s = sample_of(a, 2);
  struct livelihood_sorted sorted;
  struct err e;
  s.known[0] = s.known[1] = 0;
  assert_int_equal(livelihood_sort(a, &s.persons, false, &sorted, &e), E_LIVELIHOOD_EMPTY);
  arena_free(a);
}

/* --- influences: against the change of the figure when a weight changes a little --- */
static void influences_are_derivatives_where_there_is_no_density(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct sample s = sample_of(a, 600);
  struct rng r;
  double value[LIVELIHOOD_FIGURES], moved[LIVELIHOOD_FIGURES], u[600];
  uint8_t defined[LIVELIHOOD_FIGURES];
  bool finite;
  struct err e;
  rng_init(&r, 5, "influence", "", 0);
  for (int i = 0; i < 600; i++) s.income[i] = 20 + 100 * rng_uniform(&r), s.in[GROUP_ALL][i] = 1 + (double)rng_below(&r, 4), s.w[i] = 1000 + i;
  values_of(a, &s, false, value, defined);
  static const int figures[] = {FIGURE_MEAN, FIGURE_GINI};
  for (int k = 0; k < 2; k++) {
    assert_int_equal(livelihood_influence(a, &s.sorted, s.w, value, figures[k], u, &finite, &e), E_OK);
    assert_true(finite);
    double most = 0;
    for (int i = 0; i < 600; i++) most = fmax(most, fabs(u[i]));
    for (int i = 0; i < 600; i++) {
      const double step = 1e-3;
      s.w[i] += step;
      livelihood_values(&s.sorted, s.w, moved, defined);
      s.w[i] -= step;
      /* inequality.h's influence of Gini leaves out terms of order w / N: up to 4 of 1,500 persons here */
      NEAR((moved[figures[k]] - value[figures[k]]) / step, u[i], 0.02 * most);
    }
  }
  for (int i = 0; i < 600; i++) s.income[i] = 7; /* no spread: no density, no influence */
  values_of(a, &s, false, value, defined);
  assert_int_equal(livelihood_influence(a, &s.sorted, s.w, value, FIGURE_RATE, u, &finite, &e), E_OK);
  assert_false(finite);
  arena_free(a);
}

/* --- series --- */
static void lines_are_half_of_medians_within_their_rounding(void **state) {
  (void)state;
  const struct livelihood_year years[] = {{1994, true, 13.8, 12.2, 11.3, 53.5, 10.2, 289, 144}, {1997, true, 14.6, 13.4, 12.2, 63.1, 10.8, 297, 149},
      {1985, true, 12, 10.9, 10.3, 54.5, 9.6, 216, 108}, {1900, true, 12, 10.9, 60, 54.5, 9.6, 216, 110}, {1901, false, 12, 0, 0, 0, 0, 0, 0}};
  struct livelihood_check check[5];
  livelihood_series_check(years, 5, check);
  assert_int_equal(check[0].line, SERIES_BY_ROUNDING);
  assert_int_equal(check[1].line, SERIES_AGREES);
  assert_int_equal(check[2].line, SERIES_AGREES);
  assert_int_equal(check[3].line, SERIES_CONTRADICTS);
  assert_int_equal(check[4].line, SERIES_NONE);
  assert_true(check[0].has_share && check[0].share_holds && check[0].share > 2.5 && check[0].share < 2.6);
  assert_true(check[3].has_share && !check[3].share_holds);
  assert_false(check[4].has_share);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(households_fall_into_the_classes_of_the_layout),
      cmocka_unit_test(records_are_joined_by_key_whatever_their_order), cmocka_unit_test(records_that_cannot_be_joined_are_refused_with_their_place),
      cmocka_unit_test(persons_must_be_those_of_their_household),
      cmocka_unit_test(income_is_what_is_left_after_taxes_and_premiums), cmocka_unit_test(unknown_amounts_leave_the_household_out_and_are_counted),
      cmocka_unit_test(values_are_those_of_the_persons_written_out), cmocka_unit_test(at_the_line_is_not_below_it),
      cmocka_unit_test(school_takes_the_mean_where_the_half_is_met), cmocka_unit_test(extreme_incomes_give_figures_or_none),
      cmocka_unit_test(no_known_income_is_an_error), cmocka_unit_test(influences_are_derivatives_where_there_is_no_density),
      cmocka_unit_test(lines_are_half_of_medians_within_their_rounding)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

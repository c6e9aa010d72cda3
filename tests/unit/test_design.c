/* Stratified design: what may not pass, and estimates with known answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "base/table.h"
#include "estimators/design/design_sample.h"
#include "estimators/estimate/group_sum.h"
#include "estimators/table/rounding.h"
#include "estimators/table/survey_table.h"

#define TEXT(literal) {literal, sizeof(literal) - 1} /* a constant, as file scope asks for */
static const struct {
  const char *rule;
  struct stratum stratum;
  enum err_code code;
} stratum_cases[] = {
    {"a take-all stratum with every unit drawn", {TEXT("s"), STRATUM_TAKE_ALL, 7, 7, 1, 1, NULL}, E_OK},
    {"a sampled stratum with weight M/m", {TEXT("s"), STRATUM_SAMPLE, 300, 20, 15, 1, NULL}, E_OK},
    {"a weight that is no whole number", {TEXT("s"), STRATUM_SAMPLE, 7, 2, 7, 2, NULL}, E_OK},
    {"the same ratio in other terms", {TEXT("s"), STRATUM_SAMPLE, 7, 2, 14, 4, NULL}, E_OK},
    {"a take-all stratum that is sampled stops", {TEXT("s"), STRATUM_TAKE_ALL, 1464, 491, 1, 1, NULL}, E_TAKE_ALL_SAMPLED},
    {"also with the right weight", {TEXT("s"), STRATUM_TAKE_ALL, 1464, 488, 3, 1, NULL}, E_TAKE_ALL_SAMPLED},
    {"a signed exception lets it pass with M/m", {TEXT("s"), STRATUM_TAKE_ALL, 1464, 488, 3, 1, "approval 12 of 2026-01-05"}, E_OK},
    {"but not with weight 1", {TEXT("s"), STRATUM_TAKE_ALL, 1464, 488, 1, 1, "approval 12 of 2026-01-05"}, E_WEIGHT_NOT_INVERSE},
    {"an empty exception is none", {TEXT("s"), STRATUM_TAKE_ALL, 1464, 488, 3, 1, ""}, E_TAKE_ALL_SAMPLED},
    {"take-all with weight 2", {TEXT("s"), STRATUM_TAKE_ALL, 7, 7, 2, 1, NULL}, E_TAKE_ALL_SAMPLED},
    {"a weight near M/m is not M/m", {TEXT("s"), STRATUM_SAMPLE, 300, 20, 16, 1, NULL}, E_WEIGHT_NOT_INVERSE},
    {"weight 1 in a sampled stratum", {TEXT("s"), STRATUM_SAMPLE, 300, 20, 1, 1, NULL}, E_WEIGHT_NOT_INVERSE},
    {"no weight", {TEXT("s"), STRATUM_SAMPLE, 300, 20, 0, 0, NULL}, E_NO_WEIGHT},
    {"more drawn than in the frame", {TEXT("s"), STRATUM_SAMPLE, 20, 21, 20, 21, NULL}, E_DESIGN_BAD},
    {"nothing drawn", {TEXT("s"), STRATUM_SAMPLE, 20, 0, 1, 1, NULL}, E_DESIGN_BAD},
    {"near overflow", {TEXT("s"), STRATUM_SAMPLE, INT64_MAX, INT64_MAX - 1, INT64_MAX, INT64_MAX - 1, NULL}, E_OK},
};

static void strata_obey_the_plan_or_stop(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof stratum_cases / sizeof *stratum_cases; i++) {
    struct err e;
    enum err_code code = stratum_check(&stratum_cases[i].stratum, &e);
    if (code != stratum_cases[i].code) fail_msg("%s: %s", stratum_cases[i].rule, err_name(code));
  }
}

static const struct stratum two_strata[2] = {{TEXT("b"), STRATUM_SAMPLE, 30, 3, 10, 1, NULL}, {TEXT("a"), STRATUM_TAKE_ALL, 2, 2, 1, 1, NULL}};

static enum err_code build(struct arena *a, const struct design_unit *units, int64_t n, struct design *d, struct err *e) {
  struct design_report r;
  return design_build(a, two_strata, 2, units, n, d, &r, e);
}

static void a_unit_without_stratum_or_weight_stops_and_its_place_is_named(void **state) {
  (void)state;
  const struct {
    struct design_unit unit;
    enum err_code code;
  } cases[] = {{{STR("b"), 10, 1, "row 2"}, E_OK}, {{STR(""), 10, 1, "row 2"}, E_NO_STRATUM}, {{STR("c"), 10, 1, "row 2"}, E_NO_STRATUM},
      {{STR("b"), 0, 0, "row 2"}, E_NO_WEIGHT}, {{STR("b"), 1, 2, "row 2"}, E_NO_WEIGHT}, {{STR("b"), 1, 1, "row 2"}, E_WEIGHT_NOT_INVERSE},
      {{STR("b"), 20, 2, "row 2"}, E_OK}, {{STR("a"), 10, 1, "row 2"}, E_WEIGHT_NOT_INVERSE}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct arena *a = arena_new(0);
    struct design_unit units[2] = {{STR("a"), 1, 1, "row 1"}, cases[i].unit};
    struct design d;
    struct err e;
    enum err_code code = build(a, units, 2, &d, &e);
    assert_int_equal(code, cases[i].code);
    if (code) assert_string_equal(e.subject, "row 2");
    arena_free(a);
  }
}

static void exceptions_are_carried(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct stratum s = {STR("tokyo"), STRATUM_TAKE_ALL, 6, 2, 3, 1, "text as signed"};
  struct design_unit units[2] = {{STR("tokyo"), 3, 1, "row 1"}, {STR("tokyo"), 3, 1, "row 2"}};
  struct design_report r;
  struct design d;
  struct err e;
  assert_int_equal(design_build(a, &s, 1, units, 2, &d, &r, &e), E_OK);
  assert_int_equal(r.n_exceptions, 1);
  assert_string_equal(r.exceptions[0].text, "text as signed");
  arena_free(a);
}

static void a_stratum_listed_twice_stops(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct stratum s[2] = {two_strata[0], two_strata[0]};
  struct design_report r;
  struct design d;
  struct err e;
  assert_int_equal(design_build(a, s, 2, NULL, 0, &d, &r, &e), E_STRATUM_TWICE);
  arena_free(a);
}

static void lonely_strata_stop_and_are_listed_together(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  int32_t stratum[4] = {0, 1, 2, 2};
  double w[4] = {5, 1, 2, 2}, frame[3] = {5, 1, 4};
  struct design d;
  struct err e;
  struct sample_design out;
  assert_int_equal(design_view(a, 4, 3, stratum, w, frame, &d, &e), E_OK);
  assert_int_equal(design_sample(a, &d, &out, &e), E_LONELY_PSU);
  assert_string_equal(e.found, "0"); /* stratum 1 is covered wholly: not lonely */
  frame[1] = 3;
  assert_int_equal(design_sample(a, &d, &out, &e), E_LONELY_PSU);
  assert_string_equal(e.found, "0, 1");
  arena_free(a);
}

/* One measure over a design by hand: y, x and the group of every unit. */
static struct result_table *table_of(struct arena *a, const struct design *d, const char *measures, const double *y, const double *x,
    const int32_t *of,
    const uint8_t *status) {
  static const struct str groups[] = {{"0", 1}, {"1", 1}};
  static const char *const by[] = {"of"};
  struct measure m[PLAN_MAX_MEASURES];
  struct sample_design tree;
  struct result_table *t;
  struct err e;
  const uint8_t *present = ARENA_ARRAY(a, uint8_t, d->n_units);
  const struct survey_column list[] = {{"y", y, NULL, 0, NULL, status ? status : present, {0, 0}}, {"x", x, NULL, 0, NULL, present, {0, 0}},
      {"of", NULL, of, 2, groups, present, {0, 0}}};
  const struct survey_columns c = {"by hand", d->n_units, 3, list};
  const struct survey s = {.n = d->n_units, .design = &tree, .weight = d->weight};
  struct survey_table_request q = {.id = "t", .columns = &c, .survey = &s, .n_dimensions = of ? 1 : 0, .dimensions = by, .measures = m};
  assert_int_equal(design_sample(a, d, &tree, &e), E_OK);
  assert_int_equal(measures_parse(a, str_of(measures), m, &q.n_measures, &e), E_OK);
  assert_int_equal(survey_table(NULL, a, &q, &t, &e), E_OK);
  return t;
}

/* By hand: stratum 0 N=4 n=2 y=(1,3); stratum 1 N=n=2 y=(10,20). Total = 2*4 + 30; V = 16 (1/2) s2/2 with s2 = 2 -> 8. */
static void fpc_census_stratum_has_zero_variance(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  int32_t stratum[4] = {0, 0, 1, 1};
  double w[4] = {2, 2, 1, 1}, frame[2] = {4, 2}, y[4] = {1, 3, 10, 20}, x[4] = {1, 1, 2, 2};
  struct design d;
  struct err e;
  assert_int_equal(design_view(a, 4, 2, stratum, w, frame, &d, &e), E_OK);
  const struct result_table *t = table_of(a, &d, "total(y);mean(y);ratio(y,x)", y, x, NULL, NULL);
  const struct result_measure *m = t->measures;
  assert_true(m[0].value[0] == 38 && fabs(m[0].se[0] - sqrt(8)) < 1e-14 && t->n[0] == 4 && m[0].df[0] == 2);
  assert_true(fabs(m[1].value[0] - 38.0 / 6) < 1e-14 && fabs(m[1].se[0] - sqrt(
      8) / 6) < 1e-14); /* N is known by the weights: only stratum 0 varies */
  assert_true(fabs(m[2].value[0] - 38.0 / 8) < 1e-14);
  arena_free(a);
}

static void domains_keep_the_design(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  int32_t stratum[4] = {0, 0, 0, 0}, of[4] = {0, -1, 1, -1};
  double w[4] = {1, 1, 1, 1}, y[4] = {4, 7, 9, 5};
  struct design d;
  struct err e;
  assert_int_equal(design_view(a, 4, 1, stratum, w, NULL, &d, &e), E_OK);
  const struct result_table *t = table_of(a, &d, "total(y)", y, y, of, NULL); /* rows: _T, 0, 1, _U */
  const struct result_measure *m = t->measures;
  /* z = (4,0,0,0): sum of squares about the mean 1 is 12; V = 4/3 * 12 = 16. Dropping rows would give no variance at all. */
  assert_true(m->value[1] == 4 && fabs(m->se[1] - 4) < 1e-14 && t->n[1] == 1 && m->df[1] == 0);
  assert_int_equal(m->has_interval[1], 0); /* df 0: no interval */
  assert_non_null(m->reason[1]);
  assert_true(fabs(m->se[2] - 9) < 1e-14);
  arena_free(a);
}

static void a_missing_value_is_outside_the_domain_and_noted(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  int32_t stratum[3] = {0, 0, 0};
  double w[3] = {1, 1, 1}, y[3] = {4, 7, 0};
  uint8_t status[3] = {VAL_REPORTED, VAL_REPORTED, VAL_UNKNOWN};
  struct design d;
  struct err e;
  assert_int_equal(design_view(a, 3, 1, stratum, w, NULL, &d, &e), E_OK);
  const struct result_table *t = table_of(a, &d, "mean(y)", y, y, NULL, status);
  assert_true(t->measures[0].value[0] == 5.5 && t->measures[0].n_used[0] == 2 && t->n[0] == 3);
  assert_int_equal(t->n_notes, 1);
  assert_string_equal(t->notes[0], "1 records without a value are left out of mean(y)");
  arena_free(a);
}

static void an_empty_denominator_is_undefined_not_infinite(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  int32_t stratum[2] = {0, 0};
  double w[2] = {1, 1}, y[2] = {4, 7}, x[2] = {0, 0};
  struct design d;
  struct err e;
  assert_int_equal(design_view(a, 2, 1, stratum, w, NULL, &d, &e), E_OK);
  const struct result_table *t = table_of(a, &d, "ratio(y,x)", y, x, NULL, NULL);
  assert_int_equal(t->measures[0].status[0], RESULT_UNDEFINED);
  assert_string_equal(t->measures[0].reason[0], "denominator is 0");
  arena_free(a);
}

enum { ROWS = 20000 };
static void grouped_sums_have_the_same_bits_for_any_split(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  int32_t *group = ARENA_ARRAY(a, int32_t, ROWS);
  double *w = ARENA_ARRAY(a, double, ROWS);
  int64_t *y = ARENA_ARRAY(a, int64_t, ROWS);
  uint8_t *status = ARENA_ARRAY(a, uint8_t, ROWS);
  uint64_t seed = 12345;
  for (int i = 0; i < ROWS; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    group[i] = (int32_t)(seed >> 33) % 41 - 1;
    w[i] = 1 + (double)(seed >> 40) / 3.7e5;
    y[i] = (int64_t)(seed >> 20) % 1000000;
    status[i] = seed % 7 ? VAL_REPORTED : VAL_UNKNOWN;
  }
  struct group_sum whole, parts;
  struct err e;
  assert_int_equal(group_sum_init(&whole, a, 40, 1, &e), E_OK);
  group_sum_add(&whole, 0, group, w, y, status, ROWS);
  static const int64_t cuts[][4] = {{0, 1, 4096, ROWS}, {0, 7777, 7778, ROWS}, {0, 0, 19999, ROWS}};
  for (int c = 0; c < 3; c++) {
    assert_int_equal(group_sum_init(&parts, a, 40, 1, &e), E_OK);
    for (int k = 0; k < 3; k++)
      group_sum_add(&parts, 0, group + cuts[c][k], w + cuts[c][k], y + cuts[c][k], status + cuts[c][k], cuts[c][k + 1] - cuts[c][k]);
    for (int32_t g = 0; g < 40; g++) {
      double p = group_sum_value(&whole, 0, g), q = group_sum_value(&parts, 0, g);
      assert_memory_equal(&p, &q, sizeof p);
      assert_int_equal(group_sum_n(&whole, 0, g), group_sum_n(&parts, 0, g));
    }
  }
  double naive = 0;
  int64_t n = 0;
  struct sum reference = {0, 0};
  for (int i = 0; i < ROWS; i++)
    if (group[i] == 5 && value_present(status[i])) naive += w[i] * (double)y[i], sum_add(&reference, w[i] * (double)y[i]), n++;
  double exact = sum_result(&reference), ours = group_sum_value(&whole, 0, 5);
  assert_memory_equal(&exact, &ours, sizeof ours);
  assert_true(fabs(naive - group_sum_value(&whole, 0, 5)) < 1e-9 * naive);
  assert_int_equal(group_sum_n(&whole, 0, 5), n);
  arena_free(a);
}

static void largest_remainder_adds_up(void **state) {
  (void)state;
  static const struct {
    double x[3];
    int64_t total, out[3];
  } cases[] = {{{1.5, 1.5, 0}, 3, {2, 1, 0}}, {{0.3, 0.3, 0.4}, 1, {0, 0, 1}}, {{2.9, 2.9, 2.9}, 8, {3, 3, 2}}, {{10, 20, 30}, 60, {10, 20, 30}},
      {{0.1, 0.2, 0.3}, 0, {0, 0, 0}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t out[3];
    largest_remainder(cases[i].x, 3, cases[i].total, out);
    assert_memory_equal(out, cases[i].out, sizeof out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(strata_obey_the_plan_or_stop),
      cmocka_unit_test(a_unit_without_stratum_or_weight_stops_and_its_place_is_named),
      cmocka_unit_test(exceptions_are_carried),
      cmocka_unit_test(a_stratum_listed_twice_stops),
      cmocka_unit_test(lonely_strata_stop_and_are_listed_together),
      cmocka_unit_test(fpc_census_stratum_has_zero_variance),
      cmocka_unit_test(domains_keep_the_design),
      cmocka_unit_test(a_missing_value_is_outside_the_domain_and_noted),
      cmocka_unit_test(an_empty_denominator_is_undefined_not_infinite),
      cmocka_unit_test(grouped_sums_have_the_same_bits_for_any_split),
      cmocka_unit_test(largest_remainder_adds_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

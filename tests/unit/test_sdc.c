/* Disclosure control of result tables: primary rules and the refusal of single suppressed figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/sdc_additive.h"
#include "estimators/sdc/sdc_primary.h"

static const struct sdc_profile persons = {"persons_10", "unconfirmed", 10, 0, 0, 0};
static const struct sdc_profile establishments = {"establishments_3", "unconfirmed", 3, 2, 90, 10};
static const struct disclosure_profile of_persons = {.name = "persons_10", .rule = {.min_n = 10}};
static const struct disclosure_profile of_establishments = {
    .name = "establishments_3", .rule = {.min_n = 3, .dominance_n = 2, .dominance_percent = 90, .p = 10, .weights = SDC_WEIGHTS_RAW}};

static const struct {
  const char *rule;
  const struct sdc_profile *profile;
  int64_t n;
  double top1, top2, total;
  bool unsafe;
} cases[] = {
    {"9 persons", &persons, 9, 0, 0, 0, true},
    {"10 persons", &persons, 10, 0, 0, 0, false},
    {"nobody is shown as 0", &persons, 0, 0, 0, 0, false},
    {"2 establishments", &establishments, 2, 50, 50, 100, true},
    {"3 even establishments", &establishments, 3, 34, 33, 100, false},
    {"two make up 90 %: not above", &establishments, 5, 50, 40, 100, false},
    {"two above 90 %", &establishments, 5, 50, 41, 100, true},
    {"p-percent: the rest is below 10 % of the largest", &establishments, 4, 60, 30, 95.9, true},
    {"p-percent: the rest is above", &establishments, 4, 60, 22, 100, false},
    {"totals may be negative", &establishments, 5, 50, 41, -100, true},
    {"no contributions kept: n alone decides", &establishments, 4, 0, 0, 0, false},
    {"n not known: dominance still decides", &establishments, -1, 95, 1, 100, true},
};

static void primary_rules(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bool unsafe = sdc_unsafe(cases[i].profile, cases[i].n, cases[i].top1 > 0, cases[i].top1, cases[i].top2, cases[i].total) != NULL;
    if (unsafe != cases[i].unsafe) fail_msg("%s", cases[i].rule);
  }
}

/* sex x area with margins; n per cell. */
static struct result_table *table_of(struct arena *a, const int64_t n[3][3]) {
  static const char *const sexes[] = {"_T", "1", "2"}, *const areas[] = {"_T", "01", "02"};
  struct result_table *t;
  struct err e;
  assert_int_equal(result_table_new(a, "births", 9, 2, 1, &t, &e), E_OK);
  t->dimensions[0].name = "sex";
  t->dimensions[1].name = "area";
  t->measures[0].name = "count()";
  for (int i = 0; i < 9; i++) {
    t->dimensions[0].code[i] = str_of(sexes[i / 3]);
    t->dimensions[1].code[i] = str_of(areas[i % 3]);
    t->n[i] = n[i / 3][i % 3];
    t->measures[0].value[i] = (double)t->n[i];
    t->measures[0].se[i] = 1;
    t->measures[0].has_se[i] = 1;
  }
  return t;
}

static void a_suppressed_figure_loses_value_error_and_n(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const int64_t n[3][3] = {{100, 60, 40}, {52, 47, 5}, {48, 13, 35}};
  struct result_table *t = table_of(a, n);
  struct sdc_primary_report r;
  sdc_primary(t, &of_persons, &r);
  assert_int_equal(r.n_small, 1);
  assert_int_equal(r.n_cells, 9);
  assert_true(
      t->measures[0].status[5] == RESULT_SUPPRESSED && t->measures[0].value[5] == 0 && t->measures[0].se[5] == 0 && t->measures[0].has_se[5] == 0);
  assert_true(t->n[5] == 0 && t->n_status[5] == RESULT_SUPPRESSED);
  assert_non_null(t->measures[0].reason[5]);
  struct strbuf b;
  strbuf_init(&b, 0);
  result_csv_long(t, &b);
  assert_non_null(strstr(strbuf_cstr(&b), "1,02,count(),,,,,,suppressed,fewer units"));
  strbuf_release(&b);
  arena_free(a);
}

static void one_hidden_figure_in_a_set_is_refused_and_the_set_is_named(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const int64_t n[3][3] = {{100, 60, 40}, {52, 47, 5}, {48, 13, 35}};
  struct result_table *t = table_of(a, n);
  struct sdc_primary_report p;
  struct sdc_additive_report r;
  struct err e;
  assert_int_equal(sdc_additive_check(t, NULL, 0, &r, &e), E_OK);
  assert_int_equal(r.n_sets, 6);
  sdc_primary(t, &of_persons, &p);
  assert_int_equal(sdc_additive_check(t, NULL, 0, &r, &e), E_SDC_SINGLE_SUPPRESSED);
  assert_int_equal(r.n_single, 2); /* over sex in area 02, over area for sex 1 */
  assert_string_equal(r.named[0], "births count() over sex area=02");
  assert_string_equal(e.subject, r.named[0]);
  arena_free(a);
}

static void a_closed_pattern_of_four_passes(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const int64_t n[3][3] = {{22, 11, 11}, {11, 5, 6}, {11, 6, 5}};
  struct result_table *t = table_of(a, n);
  struct sdc_primary_report p;
  struct sdc_additive_report r;
  struct err e;
  sdc_primary(t, &of_persons, &p);
  assert_int_equal(p.n_small, 4);
  assert_int_equal(sdc_additive_check(t, NULL, 0, &r, &e), E_OK);
  arena_free(a);
}

/* The number of units is hidden with a figure that is not there to be hidden: a mean that is undefined. */
static void a_hidden_number_of_units_counts_like_a_figure(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const int64_t n[3][3] = {{100, 60, 40}, {52, 47, 5}, {48, 13, 35}};
  struct result_table *t = table_of(a, n);
  struct sdc_primary_report p;
  struct sdc_additive_report r;
  struct err e;
  t->measures[0].status[5] = RESULT_UNDEFINED;
  sdc_primary(t, &of_persons, &p);
  assert_int_equal(p.n_small, 0);
  assert_int_equal(sdc_additive_check(t, NULL, 0, &r, &e), E_SDC_SINGLE_SUPPRESSED);
  assert_int_equal(r.n_single, 2);
  assert_string_equal(r.named[0], "births n over sex area=02");
  arena_free(a);
}

static void a_mean_is_judged_by_the_units_that_have_a_value(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const int64_t n[3][3] = {{100, 60, 40}, {52, 40, 12}, {48, 20, 28}};
  int64_t used[9] = {90, 57, 33, 45, 40, 5, 45, 17, 28};
  struct result_table *t = table_of(a, n);
  struct sdc_primary_report p;
  t->measures[0].n_used = used;
  sdc_primary(t, &of_persons, &p);
  assert_int_equal(p.n_small, 1);
  assert_int_equal(t->measures[0].status[5], RESULT_SUPPRESSED);
  assert_int_equal(t->n_status[5], RESULT_SHOWN); /* twelve births are twelve births */
  arena_free(a);
}

/* Figures of one row that an identity ties: what is hidden in one is hidden in all. */
static void a_suppressed_figure_does_not_follow_from_its_row(void **state) {
  (void)state;
  static const char *const measures[] = {
      "e0", "inc", "dec", "e1", "pt", "D", "H", "Hs", "Ho", "G", "C", "B", "O", "S", "part_rate", "part_hourly_pay"};
  static const struct {
    const char *dominated, *gone; /* in the row itself, ';' around each name */
  } rows[] = {{"S", ";G;C;B;O;S;part_hourly_pay;"}, {"O", ";G;C;B;O;S;part_hourly_pay;"}, {"Ho", ";H;Hs;Ho;"}, {"D", ";D;"}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct arena *a = arena_new(0);
    struct result_table *t;
    struct sdc_primary_report p;
    struct err e;
    assert_int_equal(result_table_new(a, "main", 1, 1, 16, &t, &e), E_OK);
    t->dimensions[0].name = "size";
    t->dimensions[0].code[0] = STR("5");
    t->n[0] = 20;
    for (int m = 0; m < 16; m++) {
      t->measures[m].name = measures[m];
      if (strcmp(measures[m], rows[k].dominated)) continue;
      struct sdc_contribution x[] = {{95, 1, -1, 0, 0, 0}, {1, 1, -1, 0, 0, 1}, {4, 1, -1, 0, 0, 2}};
      assert_int_equal(result_keep_judgements(t, m, false, &e), E_OK);
      assert_int_equal(sdc_judge(&of_establishments.rule, x, 3, &t->measures[m].judged[0], &e), E_OK);
    }
    sdc_primary(t, &of_establishments, &p);
    for (int m = 0; m < 16; m++) {
      char name[32];
      snprintf(name, sizeof name, ";%s;", measures[m]);
      bool gone = strstr(rows[k].gone, name) != NULL;
      if (gone != (t->measures[m].status[0] == RESULT_SUPPRESSED)) fail_msg("%s dominated: %s", rows[k].dominated, measures[m]);
    }
    assert_int_equal(p.n_dominated, 1);
    assert_true(sdc_suppressed(&p) > 0 && sdc_suppressed(&p) == p.n_dominated + p.n_linked);
    arena_free(a);
  }
}

/* e1 of the part-time row is pt of the row of all workers. */
static void part_time_workers_of_few_are_hidden_in_both_rows(void **state) {
  (void)state;
  static const char *const measures[] = {"e1", "pt", "part_rate"}, *const forms[] = {"N", "P", "T"};
  struct arena *a = arena_new(0);
  struct result_table *t;
  struct sdc_primary_report p;
  struct err e;
  assert_int_equal(result_table_new(a, "main", 3, 1, 3, &t, &e), E_OK);
  t->dimensions[0].name = "worker_form";
  for (int m = 0; m < 3; m++) t->measures[m].name = measures[m];
  for (int i = 0; i < 3; i++) {
    t->dimensions[0].code[i] = str_of(forms[i]);
    t->n[i] = i == 1 ? 2 : 20;
  }
  sdc_primary(t, &of_establishments, &p);
  assert_int_equal(t->measures[0].status[1], RESULT_SUPPRESSED);
  assert_int_equal(t->measures[1].status[2], RESULT_SUPPRESSED);
  assert_int_equal(t->measures[2].status[2], RESULT_SUPPRESSED);
  assert_int_equal(t->measures[0].status[2], RESULT_SHOWN);
  arena_free(a);
}

static void sum_rules_of_the_labour_survey(void **state) {
  (void)state;
  static const char *const sizes[] = {"0", "1", "3", "4", "5", "7", "9", "T"};
  static const struct {
    const char *hidden; /* sizes */
    int64_t single;
  } patterns[] = {{"", 0}, {"1", 1}, {"13", 0}, {"3", 1}, {"34", 1} /* 4+5+7=0 */, {"345", 0}, {"9", 1}, {"134570", 1} /* 0+9=T */};
  for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
    struct arena *a = arena_new(0);
    struct result_table *t;
    struct sdc_additive_report r;
    struct err e;
    assert_int_equal(result_table_new(a, "main", 8, 1, 1, &t, &e), E_OK);
    t->dimensions[0].name = "size";
    t->measures[0].name = "C";
    for (int i = 0; i < 8; i++) {
      t->dimensions[0].code[i] = str_of(sizes[i]);
      if (strchr(patterns[k].hidden, sizes[i][0])) result_hide(&t->measures[0], i, "test");
    }
    enum err_code code = sdc_additive_check(t, sdc_mls_rules, sdc_n_mls_rules, &r, &e);
    if (r.n_single != patterns[k].single || (code == E_SDC_SINGLE_SUPPRESSED) != (r.n_single > 0))
      fail_msg("hidden sizes %s: %lld single sets", patterns[k].hidden, (long long)r.n_single);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(primary_rules),
      cmocka_unit_test(a_suppressed_figure_loses_value_error_and_n),
      cmocka_unit_test(one_hidden_figure_in_a_set_is_refused_and_the_set_is_named),
      cmocka_unit_test(a_closed_pattern_of_four_passes),
      cmocka_unit_test(a_hidden_number_of_units_counts_like_a_figure),
      cmocka_unit_test(a_mean_is_judged_by_the_units_that_have_a_value),
      cmocka_unit_test(a_suppressed_figure_does_not_follow_from_its_row),
      cmocka_unit_test(part_time_workers_of_few_are_hidden_in_both_rows),
      cmocka_unit_test(sum_rules_of_the_labour_survey),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

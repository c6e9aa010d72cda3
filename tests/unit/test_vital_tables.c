/* Tables of the vital statistics from aggregated rows: joins of denominators, folded ages, labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/vital/asdr.h"
#include "estimators/vital/vital_tables.h"

static struct table_plan plan_of(struct arena *a, struct table_spec *spec) {
  struct table_plan plan;
  struct err e;
  assert_int_equal(table_plan_parse(a, spec, &plan, &e), E_OK);
  return plan;
}

static bool noted(const struct result_table *t, const char *words) {
  for (int i = 0; i < t->n_notes; i++)
    if (strstr(t->notes[i], words)) return true;
  return false;
}

static void tfr_by_groups_with_women_by_single_age(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const int64_t births[7] = {11890, 84461, 262256, 364870, 228293, 52558, 1308},
                       women[7] = {2904186, 2868752, 3082677, 3531534, 4046870, 4763673, 4254117};
  struct vital_row b[8], w[36];
  struct table_spec spec = {"tfr", "", "", "births_by_age", "", "", "tfr(births,women)", "", "", "2", "persons_10", 2};
  struct table_plan plan = plan_of(a, &spec);
  struct result_table *t;
  struct err e;
  for (int g = 0; g < 7; g++) b[g] = (struct vital_row){STR(""), STR(""), 15 + 5 * g, 19 + 5 * g, births[g], true};
  b[7] = (struct vital_row){STR(""), STR(""), 0, 14, 39, true};
  for (int x = 0; x < 35; x++) w[x] = (struct vital_row){STR("2"), STR(""), 15 + x, 15 + x, women[x / 5] / 5 + (x % 5 ? 0 : women[x / 5] % 5), true};
  w[35] = (struct vital_row){STR("1"), STR(""), 15, 15, 999999, true}; /* men do not count */
  assert_int_equal(vital_tfr_table(a, &plan, b, 8, w, 36, &t, &e), E_OK);
  assert_true(fabs(t->measures[0].value[0] - 1.448469) < 5e-7);
  assert_true(noted(t, "five-year"));
  assert_int_equal(t->n[0], 1005675);
  b[2].has_count = false;
  assert_int_equal(vital_tfr_table(a, &plan, b, 8, w, 36, &t, &e), E_VITAL_AGES);
  b[2].has_count = true;
  assert_int_equal(vital_tfr_table(a, &plan, b, 8, w, 30, &t, &e), E_VITAL_NO_POPULATION);
  b[2].age_to = 30;
  assert_int_equal(vital_tfr_table(a, &plan, b, 8, w, 36, &t, &e), E_VITAL_AGES);
  arena_free(a);
}

/* 45 and over as published: births over women 45-49 when the row gives them, refused when only a population of all older women is there. */
static void an_open_last_group_takes_the_women_of_its_own_row(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const int64_t births[7] = {11890, 84461, 262256, 364870, 228293, 52558, 1308},
                       women[7] = {2904186, 2868752, 3082677, 3531534, 4046870, 4763673, 4254117};
  struct vital_row b[8], w[8];
  struct table_spec spec = {"tfr", "", "", "births_by_age", "", "", "tfr(births,women)", "", "", "2", "persons_10", 2};
  struct table_plan plan = plan_of(a, &spec);
  struct result_table *t;
  struct err e;
  for (int g = 0; g < 7; g++) {
    int64_t to = g == 6 ? INT64_MAX : 19 + 5 * g;
    b[g] = (struct vital_row){STR(""), STR(""), 15 + 5 * g, to, births[g], true};
    w[g] = (struct vital_row){STR("2"), STR(""), 15 + 5 * g, to, women[g], true};
  }
  b[7] = (struct vital_row){STR(""), STR(""), 0, 14, 39, true};
  w[7] = (struct vital_row){STR("2"), STR(""), 0, 14, 0, false};
  assert_int_equal(vital_tfr_table(a, &plan, b, 8, w, 8, &t, &e), E_OK);
  assert_true(fabs(t->measures[0].value[0] - 1.448469) < 5e-7);
  assert_true(noted(t, "45 and over"));
  assert_int_equal(vital_tfr_table(a, &plan, b, 8, w, 7, &t, &e), E_VITAL_NO_POPULATION); /* another dataset: all women of 45 and over */
  arena_free(a);
}

static void asdr_by_sex_and_both_from_finer_ages(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct vital_row d[36], p[36];
  struct table_spec spec = {"asdr", "", "", "deaths_by_age", "sex", "", "asdr(deaths,population,S60)", "", "", "1", "persons_10", 2};
  struct table_plan plan = plan_of(a, &spec);
  struct result_table *t;
  struct err e;
  for (int g = 0; g < 18; g++)
    for (int s = 0; s < 2; s++) {
      int64_t to = g == 17 ? INT64_MAX : 5 * g + 4;
      d[2 * g + s] = (struct vital_row){s ? STR("2") : STR("1"), STR(""), 5 * g, to, s ? 2 : 1, true};
      p[2 * g + s] = (struct vital_row){s ? STR("2") : STR("1"), STR(""), 5 * g, to, 1000, true};
    }
  assert_int_equal(vital_asdr_table(a, &plan, d, 36, p, 36, &t, &e), E_OK);
  assert_int_equal(t->n_rows, 3);
  assert_true(str_eq(t->dimensions[0].code[0], STR("_T")) && fabs(t->measures[0].value[0] - 1.5) < 1e-12);
  assert_true(fabs(t->measures[0].value[1] - 1) < 1e-12 && fabs(t->measures[0].value[2] - 2) < 1e-12); /* constant rates stay what they are */
  assert_true(noted(t, "S60"));
  d[0].age_to = 9;
  assert_int_equal(vital_asdr_table(a, &plan, d, 36, p, 36, &t, &e), E_VITAL_AGES);
  spec.measure = "asdr(deaths,population,H27)";
  plan = plan_of(a, &spec);
  d[0].age_to = 4;
  assert_int_equal(vital_asdr_table(a, &plan, d, 36, p, 36, &t, &e), E_VITAL_AGES); /* 0-4 is not a group of H27 */
  arena_free(a);
}

static void rates_join_the_population_of_the_same_sex_and_place(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct vital_row d[3] = {{STR("1"), STR(""), 0, 4, 30, true}, {STR("2"), STR(""), 0, 4, 10, true}, {STR("1"), STR("13"), 0, 4, 7, true}};
  const struct vital_row p[4] = {{STR("1"), STR(""), 0, 0, 1000, true}, {STR("1"), STR(""), 1, 4, 5000, true},
      {STR("2"), STR(""), 0, 4, 5000, true}, {STR("1"), STR("13"), 0, 4, 77, true}};
  struct table_spec spec = {"r", "", "", "deaths_by_age", "age_from", "sex", "rate(deaths,population,1000)", "", "", "1", "persons_10", 2};
  struct table_plan plan = plan_of(a, &spec);
  struct result_table *t;
  struct err e;
  assert_int_equal(vital_rate_table(a, &plan, d, 3, p, 4, &t, &e), E_OK);
  assert_int_equal(t->n_rows, 2);
  assert_true(fabs(t->measures[0].value[0] - 5) < 1e-12 && fabs(t->measures[0].value[1] - 2) < 1e-12);
  assert_true(fabs(t->measures[0].se[0] - 5 / sqrt(30)) < 1e-12);
  arena_free(a);
}

static void life_table_rows_come_in_order_of_age(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct vital_q q[24];
  struct table_spec spec = {"l", "", "", "life_q", "age_from", "sex", "life_table(q)", "", "", "2", "persons_10", 2};
  struct table_plan plan = plan_of(a, &spec);
  struct result_table *t;
  struct err e;
  for (int i = 0; i < 24; i++) q[i] = (struct vital_q){i < 12 ? STR("2") : STR("1"), 11 - i % 12, i % 12 == 0 ? 1.0 : 0.1};
  assert_int_equal(vital_life_table(a, &plan, q, 24, &t, &e), E_OK);
  assert_true(
      str_eq(t->dimensions[0].code[0], STR("0")) && str_eq(t->dimensions[0].code[23], STR("11")) && str_eq(t->dimensions[0].code[4], STR("2")));
  q[3].age = 30;
  assert_int_equal(vital_life_table(a, &plan, q, 24, &t, &e), E_LIFE_TABLE_INPUT);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tfr_by_groups_with_women_by_single_age), cmocka_unit_test(an_open_last_group_takes_the_women_of_its_own_row),
      cmocka_unit_test(asdr_by_sex_and_both_from_finer_ages),
      cmocka_unit_test(rates_join_the_population_of_the_same_sex_and_place),
      cmocka_unit_test(life_table_rows_come_in_order_of_age),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

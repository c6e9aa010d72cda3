/* Scope and months of slips, annualised rates, the table set over a handful of records, releases and their checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "estimators/table/chart/chart_pyramid.h"
#include "estimators/vital/vital_rates.h"
#include "estimators/vital/vital_suppress.h"
#include "estimators/vital/vital_year.h"

static int64_t day(int64_t y, int64_t m, int64_t d) { return date_from_civil(y, m, d); }
static void batch(enum vital_form f, int64_t event, int64_t filed, int64_t year, int64_t month) {
  const struct vital_month m = vital_batch_month(f, event, filed);
  assert_int_equal(m.year, year);
  assert_int_equal(m.month, month);
}
static void months_of_slips(void **state) {
  (void)state;
  batch(VITAL_BIRTH, day(2024, 12, 20), day(2025, 1, 14), 2024, 12); /* in time */
  batch(VITAL_BIRTH, day(2024, 12, 20), day(2025, 1, 15), 2025, 1);  /* a day late: with the next batch */
  batch(VITAL_DEATH, day(2025, 1, 3), day(2025, 1, 5), 2025, 1);
  batch(VITAL_DEATH, day(2020, 5, 1), day(2025, 3, 14), 2025, 2);
  batch(VITAL_MARRIAGE, day(2024, 12, 20), day(2025, 1, 5), 2025, 1);
  assert_true(vital_is_late(VITAL_BIRTH, 100, 115) && !vital_is_late(VITAL_BIRTH, 100, 114) && vital_is_late(VITAL_DEATH, 100, 108));
  assert_int_equal(vital_scope(true, true, 2024, 2024), 1);
  assert_int_equal(vital_scope(false, true, 2023, 2024), 5);
  assert_int_equal(vital_scope(true, false, 2024, 2024), 3);
  assert_int_equal(vital_scope(false, false, 2024, 2024), 0);
  assert_true(vital_in_table(VITAL_FLASH, 6, 0) && !vital_in_table(VITAL_APPROXIMATE, 6, 0) && vital_in_table(VITAL_APPROXIMATE, 6, 6));
  assert_true(vital_residence(48) == 48 && vital_residence(99) == 0 && vital_residence(-1) == 0);
}
static void monthly_rates_are_annualised_exactly(void **state) {
  (void)state;
  struct vital_rate r;
  struct err e;
  int64_t numerator, denominator;
  vital_annualise(60000, 120000000, 2024, 2, &numerator, &denominator); /* 366/29 of 0.5 per 1,000 */
  assert_int_equal(vital_rate(VITAL_BIRTH_RATE, numerator, denominator, &r, &e), E_OK);
  assert_int_equal(r.printed, 63); /* 6.310 */
  assert_int_equal(numerator, 60000LL * 366);
}

static const int32_t b_scope[] = {1, 1, 1, 4}, b_pref[] = {13, 13, 48, 13}, b_month[] = {1, 2, 2, 2}, b_sex[] = {1, 2, 2, 1},
                     b_age[] = {14, 30, 30, 30}, b_order[] = {1, 2, 7, 1};
static const int32_t d_scope[] = {1, 1, 1, 2}, d_pref[] = {1, 99, 13, 13}, d_month[] = {1, 1, 1, 1}, d_sex[] = {1, 2, 2, 2},
                     d_age[] = {0, 80, 101, 50}, d_days[] = {3, -1, -1, -1};
static const int32_t s_scope[] = {1, 1}, s_pref[] = {13, 13}, s_type[] = {1, 2}, s_weeks[] = {22, 13};
static void tabulate(struct arena *a, int threads, struct vital_year *y) {
  struct err e;
  int32_t icd[4] = {vital_icd_value(STR("P07.3")), vital_icd_value(STR("C34")), vital_icd_value(STR("R54")), vital_icd_value(STR("Z99"))};
  struct vital_records r[VITAL_FORMS] = {{4, {b_scope, b_pref, b_month, b_sex, b_age, b_order}, false},
      {4, {d_scope, d_pref, d_month, d_sex, d_age, d_days, icd}, false},
      {2, {s_scope, s_pref, NULL, s_type, s_weeks}, false}};
  assert_int_equal(vital_year_tabulate(a, 2023, r, &cause_rank_list, threads, y, &e), E_OK);
}
static void a_handful_of_records(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct vital_year *y = ARENA_NEW(a, struct vital_year), *z = ARENA_NEW(a, struct vital_year);
  struct vital_release *r = ARENA_NEW(a, struct vital_release);
  struct vital_check_report *c = ARENA_NEW(a, struct vital_check_report);
  tabulate(a, 1, y), tabulate(a, 3, z);
  for (int t = 0; t < VITAL_TABLES; t++) assert_memory_equal(y->table[t].cell, z->table[t].cell, sizeof(int64_t) * (size_t)y->table[t].n_cells);
  vital_year_release(y, VITAL_APPROXIMATE, r);
  assert_int_equal(r->n[0][VITAL_N_BIRTHS], 3); /* the one of an earlier year stands apart */
  assert_int_equal(r->n[13][VITAL_N_BIRTHS], 2);
  assert_int_equal(r->n[48][VITAL_N_BIRTHS_F], 1);
  assert_int_equal(r->n[0][VITAL_N_DEATHS], 3);
  assert_int_equal(r->n[49][VITAL_N_DEATHS], 1); /* unknown residence: in the nation, in no prefecture */
  assert_int_equal(r->n[1][VITAL_N_EARLY], 1);
  assert_int_equal(r->n[13][VITAL_N_PERINATAL], 1);
  assert_int_equal(r->n[13][VITAL_N_STILL_ARTIFICIAL], 1);
  assert_int_equal(vital_count(&y->table[VITAL_TABLE_births_scope], (const int[4]){4, -1, -1, -1}), 1);
  vital_release_check(r, NULL, vital_year_leaf_causes(y), c);
  assert_true(c->n_checked > 400 && c->n_failed == 0);
  r->n[13][VITAL_N_BIRTHS_M]++;
  vital_release_check(r, NULL, vital_year_leaf_causes(y) + 1, c);
  assert_int_equal(c->n_failed, 3); /* sexes of 13, men of the nation, causes */
  char buffer[32];
  const struct vital_table *t = &y->table[VITAL_TABLE_births_mother_year];
  assert_string_equal(vital_class_code(y, t, 0, 16, buffer, sizeof buffer), "30");
  assert_int_equal(t->cell[(0 * t->size[1] + 0) * t->size[2] + 1], 1); /* a mother of 14, first child, boy */
  struct result_table *out;
  struct err e;
  assert_int_equal(vital_count_table(a, y, VITAL_TABLE_deaths_cause_age, &out, &e), E_OK);
  assert_int_equal(out->n_rows, 3);
  assert_int_equal(vital_rank_table(a, y, &out, &e), E_OK);
  arena_free(a);
}
static void fertility_and_mortality_by_area(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct vital_year *y = ARENA_NEW(a, struct vital_year);
  struct vital_population *p = ARENA_NEW(a, struct vital_population);
  struct tfr_result f;
  struct asdr_result m;
  struct err e;
  tabulate(a, 1, y);
  assert_int_equal(vital_year_tfr(y, p, 0, &f, &e), E_VITAL_NO_POPULATION);
  for (int area = 0; area < 48; area++)
    for (int s = 1; s < 3; s++)
      for (int x = 0; x < VITAL_POPULATION_AGES; x++) p->n[area][s][x] = 10;
  assert_int_equal(vital_year_tfr(y, p, 0, &f, &e), E_OK);
  assert_true(fabs(f.value - 0.3) < 1e-12 && fabs(f.rate[0] - 0.1) < 1e-12); /* the mother of 14 counts at 15 */
  assert_int_equal(vital_year_tfr(y, p, 13, &f, &e), E_OK);
  assert_true(fabs(f.value - 5 * 2 / 50.0) < 1e-12);
  /* Women of Tokyo: one death at 85 and over, of 26 x 10 women. */
  assert_int_equal(vital_year_asdr(y, p, ASDR_S60, 13, 2, -1, &m, &e), E_OK);
  assert_true(fabs(m.value - 1 / 260.0 * 784000 / 120287000) < 1e-12);
  arena_free(a);
}
static void the_line_of_releases(void **state) {
  (void)state;
  struct err e;
  const enum vital_status all[] = {VITAL_FLASH, VITAL_APPROXIMATE, VITAL_FINAL};
  for (int n = 0; n < 3; n++) assert_int_equal(vital_release_follows(all, n, all[n], &e), E_OK);
  assert_int_equal(vital_release_follows(all, 1, VITAL_FINAL, &e), E_VITAL_STATUS);
  assert_int_equal(vital_release_follows(all, 3, VITAL_FINAL, &e), E_VITAL_STATUS);
  assert_int_equal(vital_release_follows(all, 2, VITAL_FLASH, &e), E_VITAL_STATUS);
  static struct vital_release before = {.status = VITAL_APPROXIMATE}, after = {.status = VITAL_FINAL};
  static struct vital_check_report c;
  before.known[0][VITAL_N_BIRTHS] = after.known[0][VITAL_N_BIRTHS] = before.known[0][VITAL_N_DEATHS] = after.known[0][VITAL_N_DEATHS] = true;
  before.n[0][VITAL_N_BIRTHS] = 1005656, after.n[0][VITAL_N_BIRTHS] = 1005677; /* 2015: +21 */
  before.n[0][VITAL_N_DEATHS] = 1290428, after.n[0][VITAL_N_DEATHS] = 1292000;
  vital_release_check(&after, &before, -1, &c);
  assert_true(c.n_failed == 0 && c.n_soft == 1 && c.finding[0].item == VITAL_N_DEATHS);
}

static void no_total_gives_a_small_count_away(void **state) {
  (void)state;
  /*  1 9 5      1 is hidden; its row loses 5, its column 8, and the corner of both goes too: 9 in the second column would not help. */
  const int64_t cell[9] = {1, 9, 5, 8, 7, 6, 30, 40, 50};
  const int size[2] = {3, 3};
  uint8_t hidden[9];
  struct vital_suppression s;
  vital_suppress(cell, 2, size, 2, hidden, &s);
  assert_true(hidden[0] == 1 && hidden[2] == 2 && hidden[3] == 2 && hidden[5] == 2);
  assert_true(s.n_primary == 1 && s.n_complementary == 3);
  assert_int_equal(vital_single_hidden(2, size, hidden), 0);
  hidden[5] = 0;
  assert_int_equal(vital_single_hidden(2, size, hidden), 2);
  /* Random tables of three axes: never one alone in a line. */
  int64_t many[4 * 5 * 6];
  uint8_t out[4 * 5 * 6];
  const int sizes[3] = {4, 5, 6};
  uint32_t seed = 7;
  for (int round = 0; round < 200; round++) {
    for (int i = 0; i < 120; i++) seed = seed * 1664525u + 1013904223u, many[i] = (int64_t)(seed >> 24) % 12;
    vital_suppress(many, 3, sizes, 2, out, &s);
    assert_int_equal(vital_single_hidden(3, sizes, out), 0);
    for (int i = 0; i < 120; i++) assert_true((many[i] > 0 && many[i] <= 2) == (out[i] == 1));
  }
}
static void small_counts_leave_the_table(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct vital_year *y = ARENA_NEW(a, struct vital_year);
  struct result_table *t;
  struct vital_suppression s;
  struct err e;
  tabulate(a, 1, y);
  assert_int_equal(vital_count_table(a, y, VITAL_TABLE_deaths_cause_age, &t, &e), E_OK);
  assert_int_equal(vital_suppress_table(a, y, VITAL_TABLE_deaths_cause_age, 2, t, &s, &e), E_OK);
  for (int64_t i = 0; i < t->n_rows; i++) assert_true(t->measures[0].status[i] == RESULT_SUPPRESSED && t->measures[0].value[i] == 0 && t->n[i] == 0);
  arena_free(a);
}
static void a_pyramid_has_both_sides(void **state) {
  (void)state;
  const char *const label[3] = {"0", "1", "2+"};
  const struct chart_frame f = {.id = "p", .title = "a & b", .subtitle = "", .unit = "", .x_title = "", .y_title = "", .source = "", .lang = LANG_EN};
  struct strbuf b;
  struct err e;
  strbuf_init(&b, 0);
  assert_int_equal(chart_pyramid(&f, label, (const double[]){1, 2, 3}, (const double[]){1, 2, 4}, 3, &b, &e), E_OK);
  assert_non_null(strstr(strbuf_cstr(&b), "6 men, 7 women"));
  assert_non_null(strstr(b.p, "a &amp; b"));
  assert_int_equal(chart_pyramid(&f, label, NULL, NULL, 0, &b, &e), E_CHART_EMPTY);
  assert_int_equal(chart_pyramid(&f, label, NULL, NULL, 131, &b, &e), E_CHART_TOO_MANY);
  strbuf_release(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(months_of_slips),
      cmocka_unit_test(monthly_rates_are_annualised_exactly),
      cmocka_unit_test(a_handful_of_records),
      cmocka_unit_test(fertility_and_mortality_by_area),
      cmocka_unit_test(the_line_of_releases),
      cmocka_unit_test(no_total_gives_a_small_count_away),
      cmocka_unit_test(small_counts_leave_the_table),
      cmocka_unit_test(a_pyramid_has_both_sides),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Life tables of the ministry's form, reproduction rates, SMR, cause lists: figures worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/vital/cause_list.h"
#include "estimators/vital/life_q.h"
#include "estimators/vital/life_single.h"
#include "estimators/vital/reproduction.h"
#include "estimators/vital/smr.h"

static void near(double found, double expected, double within) {
  if (fabs(found - expected) > within) fail_msg("%.12g is not %.12g", found, expected);
}

static void births_of_two_years_stand_behind_infant_deaths(void **state) {
  (void)state;
  struct err e;
  int64_t births[24], deaths[8] = {70, 35, 35, 35, 100, 50, 100, 200};
  double q[8], q0, alive = 1;
  static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  /* Half of those born over the year before reach age 1/2 within it: mean of max(0, u + 1) over u in [-1, 0) at age [0, 1). */
  near(life_infant_exposure(-1, 0, 0, 1), 0.5, 1e-15);
  near(life_infant_exposure(0, 1, 0, 1), 0.5, 1e-15);
  near(life_infant_exposure(0, 0.5, 0, 0.5), 1, 1e-15);
  near(life_infant_exposure(0.5, 1, 0.5, 1), 0, 1e-15);
  for (int m = 0; m < 24; m++) births[m] = 1000 * days[m % 12]; /* an even flow: 365,000 a year reach every age but for the dead */
  assert_int_equal(life_infant_q(2015, births, deaths, q, &q0, &e), E_OK);
  for (int i = 0; i < 8; i++) {
    near(q[i], (double)deaths[i] / (365000 * alive), 1e-12);
    alive *= 1 - q[i];
  }
  near(q0, 625.0 / 365000, 1e-12);
  births[5] = -1;
  assert_int_equal(life_infant_q(2015, births, deaths, q, &q0, &e), E_VITAL_INFANT);
  assert_int_equal(life_infant_q_yearly(1000, 2000, 0.25, 5, &q0, &e), E_OK);
  near(q0, 5.0 / 1250, 1e-15);
  assert_int_equal(life_infant_q_yearly(1000, 2000, 1.25, 5, &q0, &e), E_VITAL_INFANT);
}

static void lexis_triangles_and_central_rates(void **state) {
  (void)state;
  struct err e;
  double q;
  struct life_lexis x = {80, 1000, 900, 100, 50};
  /* 1 - 900/1000 x 950/1000 */
  assert_int_equal(life_q_lexis(&x, &q, &e), E_OK);
  near(q, 1 - 0.9 * 0.95, 1e-15);
  x.deaths_upper = 1001;
  assert_int_equal(life_q_lexis(&x, &q, &e), E_VITAL_LEXIS);
  assert_string_equal(e.subject, "80");
  near(life_mid_year(1000, 1400), 1100, 1e-12);
  assert_int_equal(life_q_central(70, 20, 1000, &q, &e), E_OK);
  near(q, 0.02 / 1.01, 1e-15);
  assert_int_equal(life_q_central(70, 20, 0, &q, &e), E_VITAL_NO_POPULATION);
}

static void graduation_leaves_cubics_and_small_children_alone(void **state) {
  (void)state;
  struct err e;
  double q[40], out[40], weights = life_greville[0];
  for (int k = 1; k < 5; k++) weights += 2 * life_greville[k];
  near(weights, 1, 1e-6);
  for (int x = 0; x < 40; x++) q[x] = 0.01 + 1e-4 * x - 3e-6 * x * x + 5e-8 * x * x * x;
  assert_int_equal(life_graduate(q, 40, 5, false, out, &e), E_OK);
  for (int x = 0; x < 40; x++) near(out[x], q[x], 2e-8);
  q[3] += 0.01, q[20] += 0.01;
  assert_int_equal(life_graduate(q, 40, 5, false, out, &e), E_OK);
  near(out[3], q[3], 0);
  near(out[20], q[20] - 0.01 * (1 - life_greville[0]), 2e-8); /* a single bump is cut to its own weight */
  assert_int_equal(life_graduate(q, 40, 3, false, out, &e), E_LIFE_TABLE_INPUT);
}

static void the_curve_finds_its_own_parameters(void **state) {
  (void)state;
  struct err e;
  const struct life_curve made = {95, -0.28374, 0.0086908, 1.044701, 0}; /* men 2020 as stated in the methods page */
  struct life_curve found;
  double q[116], weights[16];
  for (int x = 0; x < 116; x++) q[x] = life_curve_q(&made, x) > 0 ? life_curve_q(&made, x) : 0;
  for (int i = 0; i < 16; i++) weights[i] = 1000 >> i;
  near(life_curve_q(&made, 100), 0.33324, 2e-5); /* as published */
  for (int w = 0; w < 2; w++) {
    assert_int_equal(life_curve_fit(q, 116, 95, 16, w ? weights : NULL, &found, &e), E_OK);
    near(found.A, made.A, 1e-5);
    near(found.c, made.c, 1e-6);
    assert_true(found.worst < 1e-9);
  }
  for (int x = 0; x < 116; x++) q[x] = 0.3;
  assert_int_equal(life_curve_fit(q, 116, 95, 16, NULL, &found, &e), E_VITAL_OLD_AGE);
}

static void columns_of_a_table(void **state) {
  (void)state;
  struct err e;
  struct life_single t;
  double q[111];
  int64_t deaths[111];
  const double force = 0.02;
  /* Constant force: l = 100,000 exp(-0.02 x), mu = 0.02, L = d/mu, e = 1/mu. */
  for (int x = 0; x < 111; x++) q[x] = -expm1(-force), deaths[x] = 400;
  assert_int_equal(life_single_from_rows(q, 111, 1, deaths, &t, &e), E_OK);
  near(t.row[50].l, 100000 * exp(-1), 1e-6);
  near(t.row[50].L, t.row[50].d / force, 1e-3);
  near(t.row[50].mu, force, 1e-8);
  near(t.row[50].e, 1 / force, 1e-4);
  assert_false(t.row[2].has_mu);
  /* The last age but one: a = share of the year, its error is that of the step and what is left: (1 - a) + e_last = about 50.5. */
  near(t.row[109].se_e, (1 - 0.4983 + t.row[110].e) * q[109] * sqrt((1 - q[109]) / 400), 1e-4);
  near(t.row[110].se_e, 0, 0);
  struct life_marks m;
  life_single_marks(&t, &m);
  near(m.median_age, log(2) / force, 0.01);
  near(m.reach[0], exp(-1.3), 1e-9);
}

static void weeks_and_months_of_the_first_year(void **state) {
  (void)state;
  struct err e;
  struct life_single t;
  const double force = 0.05;
  double infant[8], q[20], alive = 1;
  for (int i = 0; i < 8; i++) alive *= 1 - (infant[i] = -expm1(-force * (life_infant_start[i + 1] - life_infant_start[i])));
  for (int x = 0; x < 20; x++) q[x] = -expm1(-force);
  assert_int_equal(life_single_table(infant, q, 20, NULL, &t, &e), E_OK);
  assert_int_equal(t.n, 27);
  near(t.row[0].mu, force, 1e-6);
  near(t.row[8].age, 1, 0);
  near(t.row[8].l, 100000 * alive, 1e-6);
  double year = 0;
  for (int i = 0; i < 8; i++) year += t.row[i].L;
  near(year, 100000 * -expm1(-force) / force, 0.01);
  q[0] *= 1.01;
  assert_int_equal(life_single_table(infant, q, 20, NULL, &t, &e), E_LIFE_TABLE_INPUT);
}

static void half_of_all_deaths_deleted(void **state) {
  (void)state;
  struct err e;
  struct life_single t, without;
  double q[111];
  int64_t deaths[111], cause[111];
  for (int x = 0; x < 111; x++) q[x] = -expm1(-0.02), deaths[x] = 10, cause[x] = 5;
  assert_int_equal(life_single_from_rows(q, 111, 1, NULL, &t, &e), E_OK);
  assert_int_equal(life_cause_deleted(&t, deaths, cause, &without, &e), E_OK);
  near(without.row[30].q, -expm1(-0.01), 1e-14); /* half the force */
  near(without.row[30].e, 100, 1e-3);
  cause[4] = 11;
  assert_int_equal(life_cause_deleted(&t, deaths, cause, &without, &e), E_LIFE_TABLE_INPUT);
}

static void reproduction_by_order_and_by_daughters(void **state) {
  (void)state;
  struct err e;
  static struct parity_input in = {.n = TFR_GROUPS_N};
  static struct parity_result r;
  int64_t women[7], girls[7];
  double L[7];
  for (int g = 0; g < 7; g++) women[g] = 1000, girls[g] = 10 * (g + 1), L[g] = 490000, in.births[0][g] = 20, in.births[1][g] = 10;
  in.women = women, in.younger[0] = 3, in.older[1] = 2;
  assert_int_equal(tfr_by_parity(TFR_FIVE_YEAR_GROUPS, &in, &r, &e), E_OK);
  near(r.order[0].value, 5 * (140 + 3) / 1000.0, 1e-12);
  near(r.order[1].value, 5 * (70 + 2) / 1000.0, 1e-12);
  near(r.all.value, r.order[0].value + r.order[1].value, 1e-12);
  struct reproduction p;
  assert_int_equal(reproduction_rates(TFR_FIVE_YEAR_GROUPS, 7, girls, women, L, &p, &e), E_OK);
  near(p.gross, 5 * 280 / 1000.0, 1e-12);
  near(p.net, 1.4 * 0.98, 1e-12);
  near(p.gross_se, sqrt(25 * 280) / 1000, 1e-12);
  L[0] = 600000;
  assert_int_equal(reproduction_rates(TFR_FIVE_YEAR_GROUPS, 7, girls, women, L, &p, &e), E_LIFE_TABLE_INPUT);
}

static void small_areas_are_drawn_to_their_group(void **state) {
  (void)state;
  struct err e;
  struct smr_prior p;
  struct smr_area a[2] = {{.deaths = 150, .expected = 100}, {.deaths = 50, .expected = 100}};
  /* m = 1, spread = 0.25, less m n / sum E = 0.01: s2 = 0.24, alpha = beta = 1/0.24 */
  assert_int_equal(smr_areas(a, 2, 0.95, &p, &e), E_OK);
  near(p.variance, 0.24, 1e-12);
  near(a[0].eb, (150 + 1 / 0.24) / (100 + 1 / 0.24), 1e-12);
  assert_true(a[0].eb_low < a[0].eb && a[0].eb < a[0].eb_high && a[0].low < 1.5 && a[0].high > 1.5);
  near(a[1].se, sqrt(50) / 100, 1e-12);
  a[0].deaths = 101, a[1].deaths = 99;
  assert_int_equal(smr_areas(a, 2, 0.95, &p, &e), E_OK);
  assert_true(p.flat && a[0].eb == 1 && !a[0].has_eb_interval);
  a[1].expected = 0;
  assert_int_equal(smr_areas(a, 2, 0.95, &p, &e), E_VITAL_NO_POPULATION);
  near(pyll(3, (const double[]){10, 69, 70}, (const int64_t[]){1, 2, 3}, 70), 62, 0);
  near(smr_expected(2, (const double[]){0.1, 0.2}, (const int64_t[]){10, 20}), 5, 1e-12);
}

static void members_split_their_groups_and_nothing_else(void **state) {
  (void)state;
  struct err e;
  struct arena *a = arena_new(0);
  int16_t *whole = ARENA_ARRAY(a, int16_t, ICD_KEYS), *split = ARENA_ARRAY(a, int16_t, ICD_KEYS);
  int64_t n_split = 0;
  assert_int_equal(cause_list_map(&cause_rank_list, 20000, whole, &e), E_OK);
  assert_int_equal(cause_list_map(&cause_member_list, 20000, split, &e), E_OK);
  for (int k = 0; k < ICD_KEYS; k++) {
    assert_true((whole[k] < 0) == (split[k] < 0));
    if (whole[k] < 0) continue;
    const char *group = cause_rank_list.groups[whole[k]].code, *member = cause_member_list.groups[split[k]].code;
    char code[6] = "", parent[6];
    memcpy(code, member, 5);
    cause_parent(code, parent);
    assert_true(!strcmp(group, member) || !strcmp(group, parent));
    n_split += strcmp(group, member) != 0;
  }
  assert_true(n_split > 1000);
  arena_free(a);
}
static void codes_groups_and_ranks(void **state) {
  (void)state;
  static int16_t map[ICD_KEYS];
  struct err e;
  struct arena *a = arena_new(0);
  assert_int_equal(cause_list_check(a, &cause_rank_list, &e), E_OK);
  assert_int_equal(cause_list_map(&cause_rank_list, 18292, map, &e), E_OK);
  assert_string_equal(cause_rank_list.groups[cause_of(map, STR("C34.1"))].code, "02100");
  assert_string_equal(cause_rank_list.groups[cause_of(map, STR("I020"))].code, "09200");
  assert_int_equal(cause_of(map, STR("I02")), -1);   /* only I02.0 is in the group */
  assert_int_equal(cause_of(map, STR("I02.9")), -1);
  assert_int_equal(cause_of(map, STR("U07.1")), -1); /* the day before the code was in force */
  assert_int_equal(cause_list_map(&cause_rank_list, 18293, map, &e), E_OK);
  assert_string_equal(cause_rank_list.groups[cause_of(map, STR("U07.1"))].code, "22200");
  assert_int_equal(cause_of(map, STR("c34")), -1);
  const struct cause_group twice[] = {{"1", "", "", "", INT64_MIN, INT64_MAX, true, "A00-A09"}, {"2", "", "", "", 0, 10, true, "A09"}};
  assert_int_equal(cause_list_check(a, &(struct cause_list){twice, 2}, &e), E_VITAL_LIST);
  int rank[41];
  int64_t deaths[41] = {0};
  deaths[0] = 5, deaths[1] = 9, deaths[2] = 5, deaths[3] = 1, deaths[40] = 100;
  cause_rank(&cause_rank_list, deaths, rank);
  assert_true(rank[1] == 1 && rank[0] == 2 && rank[2] == 2 && rank[3] == 4 && rank[40] == 0 && rank[5] == 0);
  char up[6];
  cause_parent("01201", up), assert_string_equal(up, "01200");
  cause_parent("01200", up), assert_string_equal(up, "01000");
  cause_parent("01000", up), assert_string_equal(up, "00000");
  struct icd_range r[CAUSE_RANGES_MOST];
  int n;
  assert_int_equal(icd_ranges_parse(STR("C97-C00"), r, &n, &e), E_VITAL_CODE);
  arena_free(a);
}

static void bridge_of_two_editions(void **state) {
  (void)state;
  struct err e;
  struct arena *a = arena_new(0);
  /* 90 stay in group 0, 10 leave it for 1, 30 stay in 1, 5 leave it for 0. */
  const struct bridge_cell cells[] = {{0, 0, 90}, {0, 1, 10}, {1, 1, 30}, {1, 0, 5}};
  struct comparability c;
  double out[2];
  assert_int_equal(bridge_ratio(cells, 4, 0, 1.96, &c, &e), E_OK);
  near(c.ratio, 0.95, 1e-12);
  near(c.se_log, sqrt(1 / 95.0 + 1 / 100.0 - 2 * 90 / (95.0 * 100)), 1e-12);
  assert_int_equal(bridge_convert(a, cells, 4, 2, (const double[]){200, 70}, out, &e), E_OK);
  near(out[0], 180 + 10, 1e-12);
  near(out[1], 20 + 60, 1e-12);
  assert_int_equal(bridge_ratio(cells, 4, 7, 1.96, &c, &e), E_VITAL_BRIDGE);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(members_split_their_groups_and_nothing_else),
      cmocka_unit_test(births_of_two_years_stand_behind_infant_deaths),
      cmocka_unit_test(lexis_triangles_and_central_rates),
      cmocka_unit_test(graduation_leaves_cubics_and_small_children_alone),
      cmocka_unit_test(the_curve_finds_its_own_parameters),
      cmocka_unit_test(columns_of_a_table),
      cmocka_unit_test(weeks_and_months_of_the_first_year),
      cmocka_unit_test(half_of_all_deaths_deleted),
      cmocka_unit_test(reproduction_by_order_and_by_daughters),
      cmocka_unit_test(small_areas_are_drawn_to_their_group),
      cmocka_unit_test(codes_groups_and_ranks),
      cmocka_unit_test(bridge_of_two_editions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

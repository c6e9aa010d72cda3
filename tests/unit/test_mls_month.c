/* Carrying a month on: benchmark and its gap, back-revision, choice of K, movers, common establishments, special survey; figures by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/mls/mls_common.h"
#include "estimators/mls/mls_path.h"
#include "estimators/mls/mls_special.h"

#define TEXT(t) {t, sizeof(t) - 1}

static void near(double found, double expected, double tolerance) {
  if (!(fabs(found - expected) <= tolerance)) fail_msg("%.10g, expected %.10g", found, expected);
}

static void a_benchmark_sets_e_and_shows_the_gap(void **state) {
  struct mls_carry_cell carried[3] = {{.workers_next = 1000}, {.workers_next = 500}, {.workers_next = 250}};
  static const double census[3] = {900, -1, 275};
  double before[3];
  struct mls_gap gap[3], total;
  struct err e;
  (void)state;
  assert_int_equal(mls_benchmark(carried, census, 3, before, gap, &total, &e), E_OK);
  assert_true(before[0] == 900 && before[1] == 500 && before[2] == 275);
  near(gap[0].share, -0.1, 1e-12);
  near(total.gap, -75, 1e-9);
  near(total.share, -75.0 / 1750, 1e-12);
  carried[1].workers_next = NAN;
  assert_int_equal(mls_benchmark(carried, census, 3, before, gap, &total, &e), E_MLS_MONTH_INPUT);
}
static void back_revision_grows_to_the_switch(void **state) {
  double f[5];
  struct err e;
  (void)state;
  assert_int_equal(mls_factors(1000, 960, 4, MLS_FACTOR_LINEAR, f, &e), E_OK);
  near(f[0], 1, 0), near(f[1], 0.99, 1e-12), near(f[4], 0.96, 1e-12);
  assert_int_equal(mls_factors(1000, 810, 2, MLS_FACTOR_GEOMETRIC, f, &e), E_OK);
  near(f[1], 0.9, 1e-12), near(f[2], 0.81, 1e-12);
  assert_int_equal(mls_factors(0, 810, 2, MLS_FACTOR_LINEAR, f, &e), E_MLS_MONTH_INPUT);
}
static void k_of_the_least_deviation(void **state) {
  static const double growth[2] = {1, 1}, rho[2] = {0.1, 0}, flat[2] = {0, 0}, moved[2] = {0, 20}, gone[2] = {-1000, 20},
      shrunk[2] = {1, -1}, percent[2] = {40, 0};
  struct mls_k_months m = {2, growth, rho, NULL, 0};
  struct mls_k_choice k;
  struct err e;
  (void)state;
  assert_int_equal(mls_choose_k(1000, 1070, &m, &k, &e), E_OK); /* 1000 (1 + 0.1 K): K = 0.7 */
  near(k.k, 0.7, 1e-12), near(k.end[10], 1100, 1e-9), near(k.deviation[0], 0.07, 1e-12);
  m.rho = flat; /* all equal: nearest to 0.5 */
  assert_int_equal(mls_choose_k(1000, 1070, &m, &k, &e), E_OK);
  near(k.k, 0.5, 1e-12);
  m = (struct mls_k_months){2, growth, rho, moved, 0.5};
  assert_int_equal(mls_choose_k(1000, 1010, &m, &k, &e), E_OK); /* 10 of movers: K = 0 */
  near(k.k, 0, 1e-12);
  m.l = 7;
  assert_int_equal(mls_choose_k(1000, 1010, &m, &k, &e), E_MLS_MONTH_INPUT);
  m.l = 1, m.moved = gone; /* 1000 leave, then 20 come: 0 in between is a path, below is none */
  assert_int_equal(mls_choose_k(1000, 1010, &m, &k, &e), E_OK);
  assert_int_equal(mls_choose_k(900, 1010, &m, &k, &e), E_MLS_MONTH_INPUT);
  m.growth = shrunk;
  assert_int_equal(mls_choose_k(1000, 1010, &m, &k, &e), E_MLS_MONTH_INPUT);
  m.growth = growth, m.rho = percent;
  assert_int_equal(mls_choose_k(1000, 1010, &m, &k, &e), E_MLS_MONTH_INPUT);
  m.n = 0;
  assert_int_equal(mls_choose_k(1000, 1010, &m, &k, &e), E_MLS_MONTH_INPUT);
}

/* The example of the methods page: cells A and B, part of their rows. */
static const int32_t cell[6] = {0, 0, 0, 1, 1, 1}, stratum[6] = {0, 0, 1, 2, 2, 3};
static const double weight[6] = {8, 8, 12, 48, 48, 64};
static const int64_t e0[6] = {200, 150, 120, 50, 40, 95}, e1[6] = {206, 144, 124, 47, 39, 107}, pay[6] = {62000, 40000, 38500, 13500, 12200, 24400};
static const int64_t later[6] = {63240, 40800, 39270, 13770, 12444, 24888}; /* 2 % more */
static const struct mls_cell cells[2] = {{TEXT("A"), TEXT("X"), TEXT("5"), 12000, -1}, {TEXT("B"), TEXT("X"), TEXT("7"), 20000, -1}};
struct made {
  struct mls_sample s;
  struct design d;
  struct mls_ratio_result r;
};
static void make(struct arena *a, struct made *m, const int64_t *c) {
  struct err e;
  assert_int_equal(design_view(a, 6, 4, stratum, weight, NULL, &m->d, &e), E_OK);
  m->s = (struct mls_sample){.n = 6, .cell = cell, .design = &m->d};
  m->s.x[MLS_ALL][MLS_E0] = e0, m->s.x[MLS_ALL][MLS_E1] = e1, m->s.x[MLS_ALL][MLS_C] = c;
  assert_int_equal(mls_ratio(a, &m->s, cells, 2, 1, &m->r, &e), E_OK);
}
static void movers_by_policy(void **state) {
  struct arena *a = arena_new(0);
  int32_t now[6] = {0, 0, 0, 1, 1, 0};
  double left[2] = {0, 0}, destination[6] = {8, 8, 12, 48, 48, 12};
  struct mls_mover movers[6];
  struct mls_mover_policy policy = {NULL, true};
  struct made m;
  struct err e;
  int64_t n;
  (void)state;
  make(a, &m, pay);
  assert_int_equal(mls_find_movers(&m.s, &m.r, 2, now, &policy, movers, &n, left, &e), E_OK);
  assert_int_equal(n, 1);
  near(movers[0].workers, 13169.230769, 1e-5); /* r_B 64 107 */
  policy.destination_weight = destination;
  assert_int_equal(mls_find_movers(&m.s, &m.r, 2, now, &policy, movers, &n, left, &e), E_OK);
  near(movers[0].workers, 1.9230769231 * 12 * 107, 1e-4);
  now[5] = -1;
  policy = (struct mls_mover_policy){NULL, true};
  assert_int_equal(mls_find_movers(&m.s, &m.r, 2, now, &policy, movers, &n, left, &e), E_OK);
  assert_int_equal(n, 0);
  near(left[1], 13169.230769, 1e-5);
  now[5] = 7;
  assert_int_equal(mls_find_movers(&m.s, &m.r, 2, now, &policy, movers, &n, left, &e), E_MLS_NO_CELL);
  arena_free(a);
}
static void common_establishments_are_free_of_the_panel(void **state) {
  static const struct str now_id[6] = {TEXT("a"), TEXT("b"), TEXT("c"), TEXT("d"), TEXT("e"), TEXT("f")},
                          before_id[6] = {TEXT("a"), TEXT("b"), TEXT("x"), TEXT("d"), TEXT("y"), TEXT("f")};
  static const int32_t all[2] = {0, 1};
  static const int64_t strange[6] = {62000, 40000, 99999, 13500, 99999, 24400};
  const struct mls_rollup g = {STR("TL"), STR("T"), 2, all};
  struct arena *a = arena_new(0);
  struct made now, before;
  struct mls_pair *pairs;
  struct mls_common_row row;
  struct err e;
  int64_t n;
  (void)state;
  make(a, &now, later);
  make(a, &before, strange);
  struct mls_common_month t1 = {&now.s, &now.r}, t0 = {&before.s, &before.r};
  assert_int_equal(mls_common_pairs(a, now_id, 6, before_id, 6, &pairs, &n, &e), E_OK);
  assert_int_equal(n, 4);
  assert_int_equal(mls_common(a, &t1, &t0, pairs, n, 2, &g, 1, MLS_COMMON_NOW, &row, &e), E_OK);
  assert_int_equal(row.growth[MLS_ALL][MLS_COL_C], 20); /* 2.0 %, whatever the establishments that changed paid */
  assert_int_equal(row.n_pairs, 4);
  /* By hand: each cell stands for its E, 8 (200 + 150) = 2800 and 48 50 + 64 95 = 8480 weighted workers are common. */
  const double fa = 12000.0 / 2800 * 8, fb = 20000.0 / 8480;
  const double top = fa * (62000 + 40000) + fb * (48 * 13500 + 64 * 24400), heads = fa * (203 + 147) + fb * (48 * 48.5 + 64 * 101);
  assert_int_equal(row.before.value[MLS_ALL][MLS_COL_C], (int64_t)(1000 * top / heads + 0.5));
  assert_int_equal(mls_common(a, &t1, &t0, pairs, n, 2, &g, 1, MLS_COMMON_OWN, &row, &e), E_OK);
  assert_int_equal(row.n_pairs, 4);
  pairs[0].now = 6;
  assert_int_equal(mls_common(a, &t1, &t0, pairs, n, 2, &g, 1, MLS_COMMON_OWN, &row, &e), E_MLS_MONTH_INPUT);
  arena_free(a);
}
static void special_survey_by_districts(void **state) {
  /* Stratum of 10 districts, 2 drawn: persons (100, 120) and (90); weight 5. */
  static const int32_t district[3] = {0, 0, 1}, group[3] = {0, 1, 0}, of[2] = {0, 0};
  static const double value[3] = {100, 120, 90}, census[2] = {12, 4};
  static const struct mls_district_stratum h[1] = {{10, 2}}, lonely[1] = {{10, 1}};
  struct mls_special s = {3, district, group, value, 2, 1, 2, of, h, NULL};
  struct mls_special_result r;
  struct arena *a = arena_new(0);
  struct err e;
  (void)state;
  assert_int_equal(mls_special_estimate(a, &s, &r, &e), E_OK);
  near(r.persons, 15, 1e-12), near(r.total, 1550, 1e-9), near(r.average, 310.0 / 3, 1e-9);
  near(r.total_se, sqrt(0.8 * 2 * (1100 - 775.0) * (1100 - 775.0) * 2), 1e-6); /* z = 1100, 450 */
  near(r.average_se, sqrt(0.8 * 2 * 2 * pow(5 * (220 - 2 * 310.0 / 3), 2)) / 15, 1e-6);
  s.census = census;
  assert_int_equal(mls_special_estimate(a, &s, &r, &e), E_OK);
  near(r.persons, 16, 1e-12), near(r.total, 1.2 * 950 + 0.8 * 600, 1e-9), near(r.adjustment[1], 0.8, 1e-12);
  near(r.total_se, sqrt(0.8 * 2 * 2 * pow(1.2 * 5 * 5, 2)), 1e-6); /* residuals of group 0: 5 and -5 */
  s.strata = lonely;
  assert_int_equal(mls_special_estimate(a, &s, &r, &e), E_MLS_MONTH_INPUT); /* two districts, one drawn */
  assert_string_equal(e.found, "2");
  s.n = 2, s.n_districts = 1, s.census = NULL; /* persons of the first district alone */
  assert_int_equal(mls_special_estimate(a, &s, &r, &e), E_LONELY_PSU);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_benchmark_sets_e_and_shows_the_gap),
      cmocka_unit_test(back_revision_grows_to_the_switch),
      cmocka_unit_test(k_of_the_least_deviation),
      cmocka_unit_test(movers_by_policy),
      cmocka_unit_test(common_establishments_are_free_of_the_panel),
      cmocka_unit_test(special_survey_by_districts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

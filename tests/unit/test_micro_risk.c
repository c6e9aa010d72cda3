/* test_micro_risk.c -- risk, special uniques, diversity and blanks on examples worked by hand, and files that nobody expects: empty, of one record,
 *    all
 * equal, all missing, keys with 10^5 values, k beyond the file. */
#include "tests/unit/micro_fixture.h"

#include "estimators/sdc/micro/diversity.h"
#include "estimators/sdc/micro/microaggregate.h"
#include "estimators/sdc/micro/recount.h"
#include "estimators/sdc/micro/risk.h"
#include "estimators/sdc/micro/suda.h"
#include "estimators/sdc/micro/suppress_local.h"

static struct err e;
#define NEAR(x, y) assert_true(fabs((x) - (double)(y)) <= 1e-12 * fabs((double)(y)))

static void risk_of_one_two_three_and_all(void **state) {
  (void)state;
  NEAR(micro_risk(1, 17), log(17) / 16);
  NEAR(micro_risk(2, 110), (1.0 / 54) - (1.0 / 54) * (1.0 / 54) * log(55));
  NEAR(micro_risk(3, 300), 0.01 / (3 - 0.99));
  NEAR(micro_risk(3, 3), 1.0 / 3);
  NEAR(micro_risk(1, 1), 1);
  NEAR(micro_risk(4, 3), 0.25); /* weights below 1: the sample knows all it has */
}
static void a_household_falls_with_its_weakest(void **state) {
  struct arena *a = arena_new(0);
  static const int32_t value[] = {1, 1, 2, 3};
  static const int32_t household[] = {0, 0, 1, 1};
  static const double weight[] = {10, 10, 50, 1};
  struct micro_keys k;
  struct micro_patterns p;
  struct micro_frequency f;
  struct micro_risk_file r;
  (void)state;
  keys_of_rows(a, &k, value, 4, 1);
  assert_int_equal(micro_patterns_of(a, &k, weight, &p, &e), E_OK);
  assert_int_equal(micro_frequency_of(a, &p, &f, &e), E_OK);
  assert_int_equal(micro_risk_of(a, &f, (struct micro_meaning){.missing = MICRO_MATCHES_ALL}, household, &r, &e), E_OK);
  NEAR(r.risk[2], log(50) / 49);
  NEAR(r.risk[3], 1);
  NEAR(r.household_risk[0], 1 - (1 - r.risk[0]) * (1 - r.risk[1]));
  NEAR(r.household_risk[2], 1);
  NEAR(r.global, r.risk[0] + r.risk[1] + r.risk[2] + r.risk[3]);
  NEAR(r.greatest, 1);
  arena_free(a);
}
/* Two keys of two values, main effects: margins 3 + 1 and 3 + 1 of 4 give mu = 9/4, 3/4, 3/4, 1/4. */
static void log_linear_main_effects_by_hand(void **state) {
  struct arena *a = arena_new(0);
  static const int32_t value[] = {1, 1, 1, 1, 1, 2, 2, 1};
  struct micro_keys k;
  struct micro_patterns p;
  struct micro_loglinear m;
  (void)state;
  keys_of_rows(a, &k, value, 4, 2);
  assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
  assert_int_equal(micro_loglinear_of(a, &p, 0.1, false, &m, &e), E_OK);
  assert_int_equal(m.n_unique, 2);
  const double beyond = 0.75 / 0.1 * 0.9;
  NEAR(m.tau1, 2 * exp(-beyond));
  NEAR(m.tau2, 2 * (1 - exp(-beyond)) / beyond);
  assert_int_equal(micro_loglinear_of(a, &p, 0.1, true, &m, &e), E_OK); /* two keys and their pair: the table itself */
  assert_true(fabs(m.tau1 - 2 * exp(-9)) < 1e-9);
  assert_int_equal(micro_loglinear_of(a, &p, 0, false, &m, &e), E_MICRO_PARAMETER);
  assert_int_equal(micro_loglinear_of(a, &p, 1, false, &m, &e), E_OK);
  NEAR(m.tau1, 2);
  arena_free(a);
}
/* Record 0 is single by a alone (2! points for three keys); record 1 by b and c together (1 point); record 2 and 3 are twins. */
static void special_uniques_by_hand(void **state) {
  struct arena *a = arena_new(0);
  static const int32_t value[] = {2, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 1, 1, 1, 2, 1, 1, 2};
  struct micro_keys k;
  struct micro_patterns p;
  struct micro_suda s;
  (void)state;
  keys_of_rows(a, &k, value, 8, 3);
  assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
  assert_int_equal(micro_suda_of(a, &p, &(struct micro_suda_options){.fraction = 0.01}, &s, &e), E_OK);
  assert_true(s.score[0] == 2 && s.n_sets[0] == 1);
  assert_true(s.score[1] == 1 && s.n_sets[1] == 1);
  for (int i = 2; i < 8; i++) assert_true(s.score[i] == 0 && s.dis[i] == 0);
  assert_int_equal(s.n_unique, 2);
  assert_int_equal(s.n_pairs, 6);
  NEAR(s.file_dis, 0.02 / (0.02 + 6 * 0.99));
  assert_true(s.dis[0] > s.dis[1]);
  assert_int_equal(micro_suda_of(a, &p, &(struct micro_suda_options){.fraction = 0.01, .largest = 1}, &s, &e), E_OK);
  assert_true(s.score[0] == 2 && s.score[1] == 0);
  assert_int_equal(micro_suda_of(a, &p, &(struct micro_suda_options){.fraction = 1}, &s, &e), E_MICRO_PARAMETER);
  arena_free(a);
}
/* One group with 3, 1 of two values, one with 2, 2 (of four values in all). */
static void diversity_by_hand(void **state) {
  struct arena *a = arena_new(0);
  static const int32_t value[] = {1, 1, 1, 1, 2, 2, 2, 2}, sick[] = {1, 1, 1, 2, 3, 3, 4, 4};
  struct micro_keys k;
  struct micro_patterns p;
  struct micro_diversity d;
  (void)state;
  keys_of_rows(a, &k, value, 8, 1);
  assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
  struct micro_sensitive s = {.code = sick, .n_codes = 4};
  const struct micro_diversity_limits limit = {.l = 2, .c = 2, .t = 0.5};
  assert_int_equal(micro_diversity_of(a, &p, &s, &limit, &d, &e), E_OK);
  assert_true(d.distinct[0] == 2 && d.distinct[1] == 2);
  NEAR(d.entropy[0], exp(-(0.75 * log(0.75) + 0.25 * log(0.25))));
  NEAR(d.entropy[1], 2);
  assert_int_equal(d.n_below_entropy, 4);
  assert_true(!d.recursive[0] && d.recursive[1]); /* 3 < 2 x 1 is wrong, 2 < 2 x 2 */
  NEAR(d.distance[0], (fabs(0.75 - 0.375) + fabs(0.25 - 0.125) + 0.25 + 0.25) / 2);
  s.ordered = true;
  assert_int_equal(micro_diversity_of(a, &p, &s, &limit, &d, &e), E_OK);
  NEAR(d.distance[0], (0.375 + 0.5 + 0.25) / 3);
  assert_int_equal(micro_diversity_of(a, &p, &s, &(struct micro_diversity_limits){.l = 1, .c = 1, .t = 1}, &d, &e), E_MICRO_PARAMETER);
  arena_free(a);
}
/* Three records of one cell, each alone by the first key: two blanks do, where one each would be three. */
static void two_blanks_carry_a_third_record(void **state) {
  struct arena *a = arena_new(0);
  static const int32_t value[] = {1, 1, 2, 1, 3, 1};
  struct micro_keys k;
  struct micro_patterns p;
  struct micro_suppression s;
  struct micro_recount again;
  (void)state;
  keys_of_rows(a, &k, value, 3, 2);
  assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 3, .share = 0}, &s, &e), E_OK);
  assert_true(s.n_all == 3 && s.n_carried == 0);
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 3, .share = 1}, &s, &e), E_OK);
  assert_true(s.n_all == 2 && s.n_carried == 1 && s.n_blanks[0] == 2);
  assert_int_equal(micro_recount(a, &k, s.blanked, 3, &again, &e), E_OK);
  assert_true(again.n_below == 0 && again.least == 3);
  const double never[] = {0, 0};
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 3, .share = 1, .importance = never}, &s, &e), E_OK);
  assert_true(s.n_all == 0 && s.n_unsolved == 3);
  const double dear[] = {100, 1}; /* the second key alone does not help */
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 3, .share = 1, .importance = dear}, &s, &e), E_OK);
  assert_true(s.n_blanks[0] == 2 && s.n_unsolved == 0);
  arena_free(a);
}

/* --- files that nobody expects --- */
static void whole_chain(struct arena *a, const struct micro_keys *k, int64_t least, int64_t want_below, int64_t want_left) {
  struct micro_patterns p;
  struct micro_frequency f;
  struct micro_suppression s;
  struct micro_recount again;
  struct micro_suda suda;
  struct micro_risk_file risk;
  assert_int_equal(micro_patterns_of(a, k, NULL, &p, &e), E_OK);
  assert_int_equal(micro_frequency_of(a, &p, &f, &e), E_OK);
  assert_int_equal(micro_below(&f, (struct micro_meaning){.missing = MICRO_MATCHES_ALL}, (double)least), want_below);
  assert_int_equal(micro_risk_of(a, &f, (struct micro_meaning){.missing = MICRO_MATCHES_ALL}, NULL, &risk, &e), E_OK);
  assert_int_equal(micro_suda_of(a, &p, &(struct micro_suda_options){.fraction = 0.5}, &suda, &e), E_OK);
  for (int share = 0; share <= 1; share++) {
    assert_int_equal(micro_suppress(a, k, &p, &(struct micro_suppress_options){.k = least, .share = share}, &s, &e), E_OK);
    assert_int_equal(s.n_unsolved, want_left);
    assert_int_equal(micro_recount(a, k, s.blanked, least, &again, &e), E_OK);
    assert_int_equal(again.n_below, want_left);
  }
}
static void strange_files(void **state) {
  enum { N = 3000 };
  struct arena *a = arena_new(0);
  struct micro_keys k;
  int32_t *v = ARENA_ARRAY(a, int32_t, 2 * N);
  (void)state;
  keys_of_rows(a, &k, v, 0, 2);
  whole_chain(a, &k, 3, 0, 0);
  for (int i = 0; i < 2 * N; i++) v[i] = 1;
  keys_of_rows(a, &k, v, 1, 2); /* one record: k is beyond the file */
  whole_chain(a, &k, 3, 1, 1);
  keys_of_rows(a, &k, v, N, 2); /* all equal */
  whole_chain(a, &k, N, 0, 0);
  whole_chain(a, &k, N + 1, N, N);
  memset(v, 0, 2 * N * sizeof *v); /* missing everywhere */
  keys_of_rows(a, &k, v, N, 2);
  whole_chain(a, &k, N, 0, 0);
  arena_free(a);
}
/* Ten keys with 10^5 values each: 170 bits of codes, everybody alone, nothing but blank records left. */
static void keys_with_many_values(void **state) {
  enum { N = 100000, M = 10 };
  struct arena *a = arena_new(0);
  struct micro_keys k = {.n = N, .m = M};
  struct micro_patterns p;
  struct micro_suppression s;
  struct micro_recount again;
  (void)state;
  for (int j = 0; j < M; j++) {
    k.name[j] = micro_names[j], k.n_codes[j] = N, k.code[j] = ARENA_ARRAY(a, int32_t, N);
    for (int64_t i = 0; i < N; i++) k.code[j][i] = 1 + (int32_t)((i * (2 * j + 1) + j) % N);
  }
  k.m = 4;
  assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
  assert_int_equal(p.n, N);
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 3, .share = 0}, &s, &e), E_OK);
  assert_int_equal(s.n_violating, N);
  assert_int_equal(micro_recount(a, &k, s.blanked, 3, &again, &e), E_OK);
  assert_int_equal(again.n_below, 0);
  k.m = M;
  assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
  assert_int_equal(p.n, N);
  arena_free(a);
}
static void equal_records_are_grouped_without_a_search(void **state) {
  enum { N = 100000 };
  struct arena *a = arena_new(0);
  struct micro_groups g;
  double *x = ARENA_ARRAY(a, double, N);
  const double *const columns[] = {x, x};
  (void)state;
  assert_int_equal(micro_mdav(a, columns, 2, N, 3, &g, &e), E_OK);
  assert_int_equal(g.n, N / 3);
  arena_free(a);
}
static void wrong_questions_are_refused(void **state) {
  struct arena *a = arena_new(0);
  static const int32_t value[] = {1, 2};
  struct micro_keys k;
  struct micro_patterns p;
  struct micro_suppression s;
  int rounds;
  (void)state;
  keys_of_rows(a, &k, value, 2, 1);
  assert_int_equal(micro_patterns_of(a, &k, NULL, &p, &e), E_OK);
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 1}, &s, &e), E_MICRO_PARAMETER);
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 2, .share = 2}, &s, &e), E_MICRO_PARAMETER);
  const double negative[] = {-1};
  assert_int_equal(micro_suppress(a, &k, &p, &(struct micro_suppress_options){.k = 2, .importance = negative}, &s, &e), E_MICRO_PARAMETER);
  assert_int_equal(micro_suppress_all(a, &k, 2, &(struct micro_suppress_options){.k = 2}, &s, &rounds, &e), E_MICRO_PARAMETER);
  const char *const twice[] = {"x", "x"};
  struct table t;
  assert_int_equal(table_init(&t, a, &(struct column){.name = "x", .type = COL_INT}, 1, 4, &e), E_OK);
  assert_int_equal(micro_keys_of(a, &t, twice, 2, &k, &e), E_MICRO_KEYS);
  assert_int_equal(micro_keys_of(a, &t, twice, 0, &k, &e), E_MICRO_KEYS);
  const char *const absent[] = {"y"};
  assert_int_equal(micro_keys_of(a, &t, absent, 1, &k, &e), E_MICRO_VARIABLE);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(risk_of_one_two_three_and_all), cmocka_unit_test(a_household_falls_with_its_weakest),
      cmocka_unit_test(log_linear_main_effects_by_hand), cmocka_unit_test(special_uniques_by_hand), cmocka_unit_test(diversity_by_hand),
      cmocka_unit_test(two_blanks_carry_a_third_record), cmocka_unit_test(strange_files), cmocka_unit_test(keys_with_many_values),
      cmocka_unit_test(equal_records_are_grouped_without_a_search), cmocka_unit_test(wrong_questions_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Univariate outliers: limits computed by hand for each method, the medcouple against its definition, reasons, groups, refusals. */
#include <stdlib.h>

#include "processing/outlier/medcouple.h"
#include "tests/unit/outlier_fixture.h"

static const double TENS[] = {60, 10, 110, 20, 100, 30, 90, 40, 80, 50, 70}; /* quartiles 30, 60, 90: positions 3, 6, 9 of 11 */

static struct outlier_params params(enum outlier_method m, double imputation, double exclusion) {
  struct outlier_params p = outlier_params_of(m, SIDE_BOTH);
  p.has_imputation = imputation > 0, p.has_exclusion = exclusion > 0;
  p.imputation = imputation, p.exclusion = exclusion;
  return p;
}
static struct outlier_limits limits(const struct outlier_params *p, const double *x, int64_t n) {
  double copy[64], scratch[64];
  struct outlier_limits l;
  assert_true(n <= 64);
  memcpy(copy, x, (size_t)n * sizeof *x);
  outlier_limits_of(&l, p, copy, n, scratch);
  return l;
}
static void assert_limits(const struct outlier_limits *l, double il, double el, double er, double ir) {
  const double want[N_LIMITS] = {il, el, er, ir};
  for (int i = 0; i < N_LIMITS; i++) {
    assert_true(l->has[i]);
    assert_near(l->at[i], want[i], 1e-9);
  }
}
static void percentiles_are_linear_between_positions_of_n_plus_one(void **state) {
  (void)state;
  double x[] = {4, 1, 3, 2}; /* positions 1.25, 2.5, 3.75 */
  struct quartiles q = order_quartiles(x, 4);
  assert_near(q.q1, 1.25, 0);
  assert_near(q.median, 2.5, 0);
  assert_near(q.q3, 3.75, 0);
  double two[] = {7, 5}, one[] = {3}; /* positions outside 1 .. n are clamped */
  q = order_quartiles(two, 2);
  assert_true(q.q1 == 5 && q.median == 6 && q.q3 == 7);
  q = order_quartiles(one, 1);
  assert_true(q.q1 == 3 && q.median == 3 && q.q3 == 3);
}
static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
static void selection_agrees_with_sorting(void **state) {
  struct arena *a = *state;
  for (uint64_t seed = 0; seed < 40; seed++) {
    struct rng r;
    rng_init(&r, seed, "select", NULL, 0);
    const int64_t n = 1 + (int64_t)rng_below(&r, seed % 4 == 0 ? 5000 : 60);
    double *x = ARENA_ARRAY(a, double, n), *sorted = ARENA_ARRAY(a, double, n), *ours = ARENA_ARRAY(a, double, n);
    for (int64_t i = 0; i < n; i++) x[i] = sorted[i] = ours[i] = seed % 2 ? rng_normal(&r) : (double)rng_below(&r, 7);
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    order_sort(ours, n);
    assert_memory_equal(ours, sorted, (size_t)n * sizeof *x);
    for (int k = 0; k < 5; k++) {
      const int64_t rank = (int64_t)rng_below(&r, (uint64_t)n);
      assert_true(order_select(x, n, rank) == sorted[rank]);
      for (int64_t i = 0; i < n; i++) assert_true(i < rank ? x[i] <= x[rank] : x[i] >= x[rank]);
    }
  }
}
static void hb_measures_from_the_median_to_its_quartiles(void **state) {
  (void)state;
  const struct outlier_params p = params(OUTLIER_HB, 2, 1);
  struct outlier_limits l = limits(&p, TENS, 11);
  assert_limits(&l, 0, 30, 90, 120);
  static const double flat[] = {10, 10, 10, 10, 10, 10, 10, 10, 10, 50}; /* no spread: A |E_M| = 0.5 stands in */
  l = limits(&p, flat, 10);
  assert_limits(&l, 9, 9.5, 10.5, 11);
}
static void hb_effect_is_symmetric_in_growth_and_fall_and_weighs_size(void **state) {
  (void)state;
  assert_near(outlier_hb_effect(200, 100, 1, 0), 1, 0);
  assert_near(outlier_hb_effect(100, 200, 1, 0), -1, 0);
  assert_near(outlier_hb_effect(50, 100, 1, 0.5), -10, 1e-12);
  assert_near(outlier_hb_effect(100, 25, 1, 1), 300, 1e-12);
  assert_near(outlier_hb_effect(30, 10, 1.5, 0), 1, 1e-12);
  assert_near(outlier_hb_effect(10, 10, 1.5, 0), -0.5, 1e-12);
}
static void sigma_gap_starts_at_the_centile_and_stops_at_the_first_gap(void **state) {
  (void)state;
  static const double x[] = {31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30};
  struct outlier_params p = params(OUTLIER_SIGMA_GAP, 2, 0); /* sigma 1.4826 x 3, limit 8.8956 */
  struct outlier_limits l = limits(&p, x, 12);
  assert_near(l.deviation, 4.4478, 1e-12);
  assert_true(l.has[LIMIT_IMP_R] && !l.has[LIMIT_IMP_L]);
  assert_true(l.at[LIMIT_IMP_R] == 10 && l.gap[LIMIT_IMP_R] == 20);
  p.start_centile = 95; /* position floor(12.35): behind the gap */
  l = limits(&p, x, 12);
  assert_false(l.has[LIMIT_IMP_R]);
  p = params(OUTLIER_SIGMA_GAP, 1, 0);
  p.sigma = SIGMA_STD;
  l = limits(&p, TENS, 11); /* squares 2 (50^2 + 40^2 + 30^2 + 20^2 + 10^2) / 10 = 1100 */
  assert_near(l.deviation, sqrt(1100), 1e-12);
}
static void fences_by_hand(void **state) {
  (void)state;
  struct outlier_params p = params(OUTLIER_FENCES, 3, 1.5);
  struct outlier_limits l = limits(&p, TENS, 11);
  assert_limits(&l, -150, -60, 180, 270);
  p.method = OUTLIER_ADJUSTED; /* symmetric values: medcouple 0, the plain fences */
  l = limits(&p, TENS, 11);
  assert_limits(&l, -150, -60, 180, 270);
  static const double skewed[] = {1, 2, 3, 4, 5, 7, 9, 12, 16, 25, 60}; /* quartiles 3, 7, 16 */
  p.method = OUTLIER_ASYMMETRIC;
  l = limits(&p, skewed, 11);
  assert_limits(&l, 3 - 3 * 4, 3 - 1.5 * 4, 16 + 1.5 * 9, 16 + 3 * 9);
  p.method = OUTLIER_ADJUSTED;
  l = limits(&p, skewed, 11);
  assert_true(l.medcouple > 0.3);
  assert_limits(&l, 3 - 3 * 13 * exp(-4 * l.medcouple), 3 - 1.5 * 13 * exp(-4 * l.medcouple), 16 + 1.5 * 13 * exp(3 * l.medcouple),
                16 + 3 * 13 * exp(3 * l.medcouple));
  static const double doubling[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}; /* in powers of 2: quartiles 2 and 8 */
  p = params(OUTLIER_LOG, 0.5, 0.25);
  l = limits(&p, doubling, 11);
  assert_limits(&l, 0.5, sqrt(2), exp2(9.5), 2048);
  p = params(OUTLIER_MAD, 2, 1);
  l = limits(&p, TENS, 11); /* |x - 60|: 0 10 10 20 20 30 30 ...: median 30 */
  assert_limits(&l, 60 - 2 * 44.478, 60 - 44.478, 60 + 44.478, 60 + 2 * 44.478);
}
/* The definition, pair by pair. */
static double medcouple_of_all_pairs(struct arena *a, const double *x, int64_t n) {
  double *s = ARENA_ARRAY(a, double, n), *h = ARENA_ARRAY(a, double, n * n + 1);
  int64_t count = 0, k = 0;
  memcpy(s, x, (size_t)n * sizeof *x);
  qsort(s, (size_t)n, sizeof *s, by_value);
  const double m = n % 2 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2;
  for (int64_t i = 0; i < n; i++) k += s[i] == m;
  int64_t first = 0;
  while (first < n && s[first] < m) first++;
  for (int64_t i = 0; i < n && s[i] <= m; i++)
    for (int64_t j = first; j < n; j++) {
      const int64_t r = i - first, c = j - first; /* ranks among the ties, where both are */
      if (s[i] == m && s[j] == m) h[count++] = r + c < k - 1 ? -1 : r + c > k - 1 ? 1 : 0;
      else h[count++] = ((s[j] - m) - (m - s[i])) / (s[j] - s[i]);
    }
  qsort(h, (size_t)count, sizeof *h, by_value);
  return count % 2 ? h[count / 2] : (h[count / 2 - 1] + h[count / 2]) / 2;
}
static void medcouple_is_the_median_over_all_pairs(void **state) {
  struct arena *a = *state;
  for (uint64_t seed = 0; seed < 300; seed++) {
    double x[80], scratch[80];
    struct rng r;
    rng_init(&r, seed, "medcouple", NULL, 0);
    const int64_t n = 1 + (int64_t)rng_below(&r, 80);
    for (int64_t i = 0; i < n; i++)
      x[i] = seed % 3 == 0 ? (double)rng_below(&r, 6) : seed % 3 == 1 ? exp(rng_normal(&r)) : rng_normal(&r) * 1e-5 + 1e3;
    assert_near(medcouple(x, n, scratch), medcouple_of_all_pairs(a, x, n), 1e-12);
  }
}
static void medcouple_changes_sign_with_the_values(void **state) {
  (void)state;
  double x[101], mirrored[101], scratch[101];
  struct rng r;
  rng_init(&r, 5, "medcouple", NULL, 0);
  for (int i = 0; i < 101; i++) x[i] = exp(rng_normal(&r)), mirrored[i] = -x[i];
  assert_true(medcouple(x, 101, scratch) > 0.1);
  assert_near(medcouple(x, 101, scratch), -medcouple(mirrored, 101, scratch), 1e-12);
}
static void every_row_left_out_has_its_reason(void **state) {
  struct arena *a = *state;
  static const double y[] = {1, 1, 1, 1, 0, 1, -1, 1, 5, 6, 7}, aux[] = {1, 1, 1, 1, 1, 0, 1, -1, 5, 6, 7}, w[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2};
  struct num_column cy = column_of(a, "y", y, 11), ca = column_of(a, "aux", aux, 11);
  uint8_t matched[11], weighted[11];
  memset(matched, 1, sizeof matched);
  memset(weighted, VAL_REPORTED, sizeof weighted);
  matched[0] = 0, weighted[1] = VAL_BLANK, cy.status[2] = VAL_BLANK, ca.status[3] = VAL_BLANK;
  const struct outlier_data d = {11, &cy, &ca, matched, w, weighted};
  struct outlier_params p = params(OUTLIER_FENCES, 3, 0);
  struct outlier_groups g;
  struct outlier_result r;
  struct err e;
  p.min_obs = 3;
  assert_int_equal(outlier_groups_init(&g, a, NULL, 11, 1, false, &e), E_OK);
  assert_int_equal(outlier_result_init(&r, a, 11, 1, true, &e), E_OK);
  assert_int_equal(outlier_run(&r, a, &d, &g, &p, &e), E_OK);
  for (int k = 0; k < N_REJECTS; k++) assert_int_equal(r.summary[0].n_rejected[k], 1);
  assert_int_equal(r.summary[0].n_used, 3);
  assert_true(r.effect[8] == 1 && r.effect[10] == 2 && r.effect[0] == 0); /* the weight multiplies the value alone */
}
static void groups_are_judged_apart_and_small_ones_not_at_all(void **state) {
  struct arena *a = *state;
  double y[25];
  int32_t group[25];
  struct outlier_params p = params(OUTLIER_HB, 2, 1);
  struct outlier_groups g;
  struct outlier_result r;
  struct err e;
  for (int i = 0; i < 11; i++) y[2 * i] = TENS[i], y[2 * i + 1] = 1000 * TENS[i], group[2 * i] = 1, group[2 * i + 1] = 0;
  for (int i = 22; i < 25; i++) y[i] = 1e9, group[i] = 2;
  struct num_column c = column_of(a, "y", y, 25);
  const struct outlier_data d = {.n = 25, .y = &c};
  assert_int_equal(outlier_groups_init(&g, a, group, 25, 3, false, &e), E_OK);
  assert_int_equal(outlier_result_init(&r, a, 25, 3, false, &e), E_OK);
  assert_int_equal(outlier_run(&r, a, &d, &g, &p, &e), E_OK);
  for (int i = 0; i < 11; i++) {
    const enum outlier_flag want = TENS[i] < 30 ? OUTLIER_ODEL : TENS[i] > 90 ? OUTLIER_ODER : OUTLIER_NONE;
    assert_int_equal(r.flag[2 * i], want);
    assert_int_equal(r.flag[2 * i + 1], want);
  }
  assert_false(r.summary[2].judged);
  assert_int_equal(r.summary[1].n_exclusion, 4);
  assert_string_equal(outlier_flag_status((enum outlier_flag)r.flag[2]), "FTE");
  assert_int_equal(outlier_groups_init(&g, a, group, 25, 3, true, &e), E_OUTLIER_UNSORTED);
  assert_int_equal(e.line, 2);
}
static void each_flag_of_sigma_gap_has_its_gap(void **state) {
  struct arena *a = *state;
  static const double y[] = {31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 30, -40};
  struct num_column c = column_of(a, "y", y, 14);
  const struct outlier_data d = {.n = 14, .y = &c};
  struct outlier_params p = params(OUTLIER_SIGMA_GAP, 2, 0);
  struct outlier_groups g;
  struct outlier_result r;
  struct err e;
  double gap[14];
  p.accept_negative = true, p.start_centile = 60;
  assert_int_equal(outlier_groups_init(&g, a, NULL, 14, 1, false, &e), E_OK);
  assert_int_equal(outlier_result_init(&r, a, 14, 1, false, &e), E_OK);
  r.gap = gap;
  assert_int_equal(outlier_run(&r, a, &d, &g, &p, &e), E_OK);
  assert_true(r.flag[0] == OUTLIER_ODIR && r.flag[11] == OUTLIER_ODIR && r.flag[13] == OUTLIER_ODIL && r.flag[10] == OUTLIER_NONE);
  assert_true(gap[0] == 1 && gap[11] == 20 && gap[12] == 20 && gap[13] == 41 && gap[10] == 0); /* the two thirties share theirs */
}
static void names_lead_to_methods_and_back(void **state) {
  (void)state;
  enum outlier_method m;
  enum outlier_side side;
  for (int i = OUTLIER_HB; i <= OUTLIER_MAD; i++) {
    assert_true(outlier_method_of(str_of(outlier_method_name((enum outlier_method)i)), &m));
    assert_int_equal(m, i);
  }
  assert_false(outlier_method_of(STR("hb"), &m));
  assert_true(outlier_side_of(STR("RIGHT"), &side) && side == SIDE_RIGHT);
  assert_false(outlier_side_of(STR(""), &side));
}
static void one_side_leaves_the_other_alone(void **state) {
  (void)state;
  struct outlier_params p = params(OUTLIER_HB, 2, 1);
  p.side = SIDE_LEFT;
  struct outlier_limits l = limits(&p, TENS, 11);
  assert_true(l.has[LIMIT_IMP_L] && l.has[LIMIT_EXCL_L] && !l.has[LIMIT_EXCL_R] && !l.has[LIMIT_IMP_R]);
  p.side = SIDE_RIGHT;
  l = limits(&p, TENS, 11);
  assert_true(!l.has[LIMIT_IMP_L] && !l.has[LIMIT_EXCL_L] && l.has[LIMIT_EXCL_R] && l.has[LIMIT_IMP_R]);
}
static void wrong_parameters_are_refused(void **state) {
  (void)state;
  struct outlier_params good = params(OUTLIER_HB, 2, 1), gap = params(OUTLIER_SIGMA_GAP, 2, 1), p;
  struct err e;
  assert_int_equal(outlier_params_check(&good, &e), E_OK);
  assert_int_equal(outlier_params_check(&gap, &e), E_OK);
#define REFUSED(from, change) p = from, change, assert_int_equal(outlier_params_check(&p, &e), E_OUTLIER_PARAMETER)
  REFUSED(good, p.has_imputation = p.has_exclusion = false);
  REFUSED(good, p.imputation = 0);
  REFUSED(good, p.exclusion = -1);
  REFUSED(good, p.exclusion = 3);
  REFUSED(good, p.exponent = 1.5);
  REFUSED(good, p.mdm = 0);
  REFUSED(good, p.min_obs = 2);
  REFUSED(gap, p.min_obs = 4);
  REFUSED(gap, p.exclusion = 2);
  REFUSED(gap, p.start_centile = 49);
  REFUSED(gap, p.start_centile = 100);
#undef REFUSED
}
static void a_negative_weight_stops_the_step(void **state) {
  struct arena *a = *state;
  static const double w[] = {1, -1, 1};
  struct num_column c = column_of(a, "y", TENS, 3);
  const struct outlier_data d = {.n = 3, .y = &c, .weight = w};
  const struct outlier_params p = params(OUTLIER_HB, 2, 1);
  struct outlier_groups g;
  struct outlier_result r;
  struct err e;
  assert_int_equal(outlier_groups_init(&g, a, NULL, 3, 1, false, &e), E_OK);
  assert_int_equal(outlier_result_init(&r, a, 3, 1, false, &e), E_OK);
  assert_int_equal(outlier_run(&r, a, &d, &g, &p, &e), E_OUTLIER_WEIGHT);
  assert_int_equal(e.line, 2);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(percentiles_are_linear_between_positions_of_n_plus_one),
      cmocka_unit_test_setup_teardown(selection_agrees_with_sorting, arena_setup, arena_teardown),
      cmocka_unit_test(hb_measures_from_the_median_to_its_quartiles),
      cmocka_unit_test(hb_effect_is_symmetric_in_growth_and_fall_and_weighs_size),
      cmocka_unit_test(sigma_gap_starts_at_the_centile_and_stops_at_the_first_gap),
      cmocka_unit_test(fences_by_hand),
      cmocka_unit_test_setup_teardown(medcouple_is_the_median_over_all_pairs, arena_setup, arena_teardown),
      cmocka_unit_test(medcouple_changes_sign_with_the_values),
      cmocka_unit_test_setup_teardown(every_row_left_out_has_its_reason, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(groups_are_judged_apart_and_small_ones_not_at_all, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(each_flag_of_sigma_gap_has_its_gap, arena_setup, arena_teardown),
      cmocka_unit_test(names_lead_to_methods_and_back),
      cmocka_unit_test(one_side_leaves_the_other_alone),
      cmocka_unit_test(wrong_parameters_are_refused),
      cmocka_unit_test_setup_teardown(a_negative_weight_stops_the_step, arena_setup, arena_teardown),
  };
  return cmocka_run_group_tests_name("outlier", tests, NULL, NULL);
}

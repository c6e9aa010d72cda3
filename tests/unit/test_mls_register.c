/* The register over time, two weights per establishment, and the January selection by thirds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/mls/mls_register.h"
#include "estimators/mls/mls_rollup.h"
#include "estimators/mls/mls_selection.h"

#define TEXT(t) {t, sizeof(t) - 1}

static void rows_by_day_and_movers(void **state) {
  struct mls_register_row r[4] = {{TEXT("13"), TEXT("2"), TEXT("h1"), TEXT("c1"), INT64_MIN, 99, {8, 4}, {1, 1}},
      {TEXT("13"), TEXT("2"), TEXT("h2"), TEXT("c2"), 100, INT64_MAX, {2, 2}, {1, 1}},
      {TEXT("13"), TEXT("1"), TEXT("h1"), TEXT("c1"), 50, 150, {8, 4}, {1, 1}},
      {TEXT("01"), TEXT("9"), TEXT("h3"), TEXT("c1"), 0, 200, {8, 0}, {1, 0}}};
  struct arena *a = arena_new(0);
  int64_t *on, n;
  struct err e;
  (void)state;
  assert_int_equal(mls_register_on(a, r, 4, 99, &on, &n, &e), E_OK);
  assert_int_equal(n, 3);
  assert_true(on[0] == 3 && on[1] == 2 && on[2] == 0);
  assert_int_equal(mls_register_find(r, on, n, STR("13"), STR("2")), 0);
  assert_int_equal(mls_register_find(r, on, n, STR("13"), STR("3")), -1);
  assert_int_equal(mls_register_moved(a, r, 4, 99, 100, &on, &n, &e), E_OK);
  assert_int_equal(n, 1);
  assert_int_equal(on[0], 1);
  r[1].from = 99; /* two rows on day 99 */
  assert_int_equal(mls_register_on(a, r, 4, 99, &on, &n, &e), E_MLS_MONTH_INPUT);
  arena_free(a);
}
static void national_and_prefectural_results(void **state) {
  /* Establishments a, b in the national sample (weight 10), b, c in that of prefecture 13 (weights 4, 3): b serves both. */
  static const struct mls_register_row r[3] = {{TEXT("01"), TEXT("1"), TEXT("h"), TEXT("c"), 0, 9, {10, 0}, {1, 0}},
      {TEXT("13"), TEXT("2"), TEXT("h"), TEXT("c"), 0, 9, {10, 4}, {1, 1}}, {TEXT("13"), TEXT("3"), TEXT("h"), TEXT("c"), 0, 9, {0, 6}, {0, 2}}};
  static const int64_t of[3] = {0, 1, 2}, workers[3] = {10, 20, 30}, pay[3] = {2000, 5000, 9000};
  static const int32_t zero[3] = {0, 0, 0};
  static const double one[3] = {1, 1, 1};
  const struct mls_cell cell[1] = {{TEXT("c"), TEXT("X"), TEXT("7"), 600, -1}};
  struct arena *a = arena_new(0);
  struct design whole;
  struct mls_subset part;
  struct mls_ratio_result result;
  uint8_t keep[3];
  double weight[3], x;
  struct err e;
  (void)state;
  assert_int_equal(design_view(a, 3, 1, zero, one, NULL, &whole, &e), E_OK);
  struct mls_sample s = {.n = 3, .cell = zero, .design = &whole};
  s.x[MLS_ALL][MLS_E0] = s.x[MLS_ALL][MLS_E1] = workers;
  s.x[MLS_ALL][MLS_C] = pay;
  assert_int_equal(mls_weights_for(r, of, 3, MLS_NATIONAL, STR(""), keep, weight, &e), E_OK);
  assert_int_equal(mls_sample_subset(a, &s, keep, weight, NULL, &part, &e), E_OK);
  assert_int_equal(part.sample.n, 2);
  assert_int_equal(mls_ratio(a, &part.sample, cell, 1, 1, &result, &e), E_OK);
  assert_true(mls_average(&result.cells[0].totals, MLS_ALL, MLS_C, &x) && fabs(x - 7000000.0 / 30) < 1e-6);
  assert_int_equal(mls_weights_for(r, of, 3, MLS_PREFECTURAL, STR("13"), keep, weight, &e), E_OK);
  assert_int_equal(mls_sample_subset(a, &s, keep, weight, NULL, &part, &e), E_OK);
  assert_true(part.sample.n == 2 && part.report[0] == 1 && part.design.weight[1] == 3);
  assert_int_equal(mls_ratio(a, &part.sample, cell, 1, 1, &result, &e), E_OK);
  assert_true(mls_average(&result.cells[0].totals, MLS_ALL, MLS_C, &x) && fabs(x - 47000000.0 / 170) < 1e-6);
  struct mls_register_row none = r[2];
  none.num[1] = none.den[1] = 0;
  assert_int_equal(mls_weights_for(&none, of, 1, MLS_NATIONAL, STR(""), keep, weight, &e), E_NO_WEIGHT);
  none.num[1] = 1, none.den[1] = 2;
  assert_int_equal(mls_weights_for(&none, of, 1, MLS_NATIONAL, STR(""), keep, weight, &e), E_NO_WEIGHT);
  arena_free(a);
}

enum { LARGE = 5, SMALL = 60, FRAME = LARGE + SMALL };
static const char plan_text[] = "{\"rules\":[{\"size\":\"1\",\"rule\":\"take-all\"},{\"size\":\"7\",\"rule\":\"sample\",\"weight_num\":5}]}";
static void januaries(void **state) {
  struct mls_guard_stratum h[2] = {{.id = TEXT("X/1"), .industry = TEXT("X"), .size = TEXT("1"), .prefecture = TEXT("00"), .frame_workers = -1},
      {.id = TEXT("X/7"), .industry = TEXT("X"), .size = TEXT("7"), .prefecture = TEXT("00"), .frame_workers = -1}};
  struct arena *a = arena_new(0);
  struct str id[FRAME];
  int32_t stratum[FRAME];
  double random[FRAME];
  struct mls_plan plan;
  struct mls_selected drawn, last = {.panel = NULL};
  struct mls_guard_result guard;
  struct err e;
  int stays[FRAME] = {0};
  (void)state;
  assert_int_equal(mls_plan_read(a, "plan", plan_text, sizeof plan_text - 1, &plan, &e), E_OK);
  for (int i = 0; i < FRAME; i++) {
    id[i] = str_of(arena_printf(a, "%03d", i));
    stratum[i] = i >= LARGE;
    random[i] = (i * 37 % FRAME + 0.5) / FRAME;
  }
  struct mls_selection in = {.n = FRAME, .id = id, .stratum = stratum, .random = random, .plan = &plan, .rest = 2};
  for (int january = 0; january < 6; january++) {
    in.january = january;
    in.history = last.panel;
    in.n_history = last.n_panel;
    assert_int_equal(mls_select_sample(a, &in, h, 2, &drawn, &e), E_OK);
    assert_int_equal(drawn.n_drawn, LARGE + SMALL / 5);
    assert_true(h[0].weight_num == 1 && h[0].weight_den == 1 && h[0].drawn_units == LARGE);
    assert_true(h[1].weight_num == 5 && h[1].weight_den == 1 && h[1].drawn_units == SMALL / 5);
    struct mls_guard_input g = {.plan = &plan, .strata = h, .n_strata = 2};
    assert_int_equal(mls_guard(a, &g, &guard, &e), E_OK);
    assert_int_equal(guard.n_findings, 0);
    int kept = 0;
    for (int64_t i = 0; i < drawn.n_drawn; i++)
      for (int64_t k = 0; k < last.n_drawn; k++) kept += drawn.drawn[i] >= LARGE && drawn.drawn[i] == last.drawn[k];
    if (january) assert_int_equal(kept, SMALL / 5 * 2 / 3); /* a third is new every January */
    for (int64_t i = 0; i < drawn.n_drawn; i++) stays[drawn.drawn[i]]++;
    last = drawn;
  }
  for (int i = 0; i < LARGE; i++) assert_int_equal(stays[i], 6);
  for (int i = LARGE; i < FRAME; i++) assert_in_range(stays[i], 0, 4);
  const int64_t half[2] = {3, 0}, other[2] = {0, 6};
  in.requested = half; /* sampling where the plan takes all */
  assert_int_equal(mls_select_sample(a, &in, h, 2, &drawn, &e), E_MLS_PLAN_DEVIATES);
  assert_non_null(strstr(e.subject, "X/1"));
  in.requested = other;
  assert_int_equal(mls_select_sample(a, &in, h, 2, &drawn, &e), E_MLS_PLAN_DEVIATES);
  in.requested = NULL;
  h[1].size = STR("9");
  assert_int_equal(mls_select_sample(a, &in, h, 2, &drawn, &e), E_MLS_PLAN_DEVIATES);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_by_day_and_movers),
      cmocka_unit_test(national_and_prefectural_results),
      cmocka_unit_test(januaries),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Estimators, chains and models give each unit the same bits in any order of rows; draws are the same in any subset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "processing/impute/chain_model.h"
#include "processing/impute/estimator.h"
#include "processing/impute/longitudinal.h"
#include "processing/impute/multiple.h"
#include "processing/impute/pmm.h"

enum { ROWS = 900, ITEMS = 4, GROUPS = 3 };
static const char *const NAMES[ITEMS] = {"y", "a", "b", "w"};
struct data {
  struct num_table now, before;
  uint8_t *flags[ITEMS];
  int32_t *group;
};
static uint64_t bits(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}
/* Unit k stands in row at[k]; its values depend on k alone. */
static void make(struct data *d, struct arena *a, const int *at) {
  struct err e;
  assert_int_equal(num_table_init(&d->now, a, NAMES, ITEMS, ROWS, &e), E_OK);
  assert_int_equal(num_table_init(&d->before, a, NAMES, ITEMS, ROWS, &e), E_OK);
  struct str *unit = ARENA_ARRAY(a, struct str, ROWS);
  d->group = ARENA_ARRAY(a, int32_t, ROWS);
  for (int j = 0; j < ITEMS; j++) d->flags[j] = ARENA_ARRAY(a, uint8_t, ROWS);
  for (int k = 0; k < ROWS; k++) {
    struct rng r;
    rng_init(&r, 11, "order", &k, sizeof k);
    unit[at[k]] = str_of(arena_printf(a, "unit%04d", k));
    d->group[at[k]] = k % GROUPS;
    for (int j = 0; j < ITEMS; j++) {
      d->now.columns[j].x[at[k]] = 1 + 1e6 * rng_uniform(&r), d->now.columns[j].status[at[k]] = VAL_REPORTED;
      d->before.columns[j].x[at[k]] = 1 + 1e-3 * rng_uniform(&r), d->before.columns[j].status[at[k]] = VAL_REPORTED;
    }
    if (k % 7 == 0) d->now.columns[0].status[at[k]] = VAL_BLANK, d->flags[0][at[k]] = EST_TO_IMPUTE;
    if (k % 11 == 0) d->now.columns[1].status[at[k]] = VAL_BLANK, d->flags[1][at[k]] = EST_TO_IMPUTE;
  }
  d->now.unit = d->before.unit = unit;
}
static void shuffled(int *at) {
  struct rng r;
  rng_init(&r, 5, "shuffle", "", 0);
  for (int k = 0; k < ROWS; k++) at[k] = k;
  for (int k = ROWS - 1; k > 0; k--) {
    const int m = (int)rng_below(&r, (uint64_t)k + 1), t = at[k];
    at[k] = at[m], at[m] = t;
  }
}
static void compare(struct data *x, struct data *y, const int *at) {
  for (int j = 0; j < ITEMS; j++)
    for (int k = 0; k < ROWS; k++) {
      assert_int_equal(x->now.columns[j].status[k], y->now.columns[j].status[at[k]]);
      assert_true(bits(x->now.columns[j].x[k]) == bits(y->now.columns[j].x[at[k]]));
    }
}
static void estimate(struct data *d, struct arena *a) {
  static const char *const ALGORITHM[] = {"DIFTREND", "CURRATIO", "CURREG"};
  struct est_spec s[3];
  struct est_result r;
  struct err e;
  for (int k = 0; k < 3; k++) {
    s[k] = (struct est_spec){.name = ALGORITHM[k], .algorithm = est_algorithm_find(ALGORITHM[k]), .field = k == 1 ? "a" : "y", .auxiliary = {"b"},
        .n_auxiliary = k > 0, .minimum_count = 5, .minimum_percent = 5};
    if (k == 2) s[k].auxiliary[0] = "a";
    s[k].random_error = k != 0;
  }
  s[0].field = "b"; /* nothing to impute there */
  const struct est_input in = {.current = &d->now, .previous = &d->before, .current_flags = d->flags, .group = d->group, .n_groups = GROUPS,
      .seed = 3, .accept_negative = true};
  assert_int_equal(est_run(a, &in, s, 3, &r, &e), E_OK);
  assert_true(r.n_changes > 150);
}
static void match(struct data *d, struct arena *a) {
  const int predictors[] = {2, 3};
  struct pmm_result r;
  struct err e;
  assert_int_equal(pmm_impute(a, &d->now, 0, predictors, 2, 5, 9, &r, &e), E_OK);
  assert_true(r.imputed > 100);
}
static void chain(struct data *d, struct arena *a) {
  const int categories[ITEMS] = {0};
  const struct robust_rule robust = {ROBUST_HUBER, 1.345, 0, 20, 1e-8};
  const struct chain_rule rule = {categories, &robust, 5, 1e-4};
  struct chain_result r;
  struct err e;
  assert_int_equal(chain_impute(a, &d->now, &rule, &r, &e), E_OK);
  assert_true(r.imputed > 150);
}
static void any_order(void (*method)(struct data *, struct arena *)) {
  struct arena *a = arena_new(0);
  struct data x, y;
  int straight[ROWS], at[ROWS];
  for (int k = 0; k < ROWS; k++) straight[k] = k;
  shuffled(at);
  make(&x, a, straight), make(&y, a, at);
  method(&x, a), method(&y, a);
  compare(&x, &y, at);
  arena_free(a);
}
static void estimators_do_not_see_the_order_of_rows(void **state) { (void)state, any_order(estimate); }
static void matching_does_not_see_the_order_of_rows(void **state) { (void)state, any_order(match); }
static void chained_models_do_not_see_the_order_of_rows(void **state) { (void)state, any_order(chain); }

static void time_chains_do_not_see_the_order_of_rows(void **state) {
  struct arena *a = arena_new(0);
  struct long_row *out[2];
  int at[2][ROWS];
  (void)state;
  for (int k = 0; k < ROWS; k++) at[0][k] = k;
  shuffled(at[1]);
  for (int pass = 0; pass < 2; pass++) {
    struct str *unit = ARENA_ARRAY(a, struct str, ROWS);
    int32_t *period = ARENA_ARRAY(a, int32_t, ROWS), *class_ = ARENA_ARRAY(a, int32_t, ROWS);
    double *y = ARENA_ARRAY(a, double, ROWS), *x = ARENA_ARRAY(a, double, ROWS);
    uint8_t *status = ARENA_ARRAY(a, uint8_t, ROWS), *all = ARENA_ARRAY(a, uint8_t, ROWS);
    for (int k = 0; k < ROWS; k++) {
      struct rng r;
      const int i = at[pass][k];
      rng_init(&r, 4, "chain", &k, sizeof k);
      unit[i] = str_of(arena_printf(a, "%d", k / 9)), period[i] = k % 9, class_[i] = k / 9 % 4;
      y[i] = 1 + 1e5 * rng_uniform(&r), x[i] = 1 + rng_uniform(&r), status[i] = rng_uniform(&r) < 0.3 ? VAL_BLANK : VAL_REPORTED;
    }
    const struct long_input in = {.n = ROWS, .unit = unit, .period = period, .class_ = class_, .response = {y, status}, .auxiliary = {x, all}};
    const struct long_rule rule = {.mean_of_ratios = true, .lower_trim = 10, .upper_trim = 10, .trim_above = 5, .weight = 0.5, .weight_lag = 1,
        .step = 1};
    struct err e;
    assert_int_equal(longitudinal_run(a, &in, &rule, &out[pass], &e), E_OK);
  }
  for (int k = 0; k < ROWS; k++) {
    assert_int_equal(out[0][k].marker, out[1][at[1][k]].marker);
    assert_true(bits(out[0][k].value) == bits(out[1][at[1][k]].value));
  }
  arena_free(a);
}
/* With the respondents' numbers untouched, a unit's draw does not depend on which other recipients are there. */
static void draws_are_the_same_in_a_subset(void **state) {
  enum { N = 60, HALF = 40, M = 3 };
  struct arena *a = arena_new(0);
  double y[N], x[N], *whole, *part;
  uint8_t observed[N];
  struct str unit[N];
  struct err e;
  (void)state;
  for (int i = 0; i < N; i++) y[i] = 5 + i % 7, x[i] = 1 + i % 3, observed[i] = i < 30, unit[i] = str_of(arena_printf(a, "v%d", i));
  struct mi_ratio_input in = {N, y, x, observed, unit, M, 12};
  assert_int_equal(mi_ratio(a, &in, &whole, &e), E_OK);
  in.n = HALF;
  assert_int_equal(mi_ratio(a, &in, &part, &e), E_OK);
  for (int l = 0; l < M; l++)
    for (int i = 0; i < HALF; i++) assert_true(bits(whole[l * N + i]) == bits(part[l * HALF + i]));
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(estimators_do_not_see_the_order_of_rows), cmocka_unit_test(matching_does_not_see_the_order_of_rows),
      cmocka_unit_test(chained_models_do_not_see_the_order_of_rows), cmocka_unit_test(time_chains_do_not_see_the_order_of_rows),
      cmocka_unit_test(draws_are_the_same_in_a_subset),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

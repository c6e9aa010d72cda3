/* The n-th allocation fails in each method of models and chains: the answer is "out of memory" or the result, never anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "processing/impute/chain_model.h"
#include "processing/impute/em_normal.h"
#include "processing/impute/estimator.h"
#include "processing/impute/imputation_variance.h"
#include "processing/impute/longitudinal.h"
#include "processing/impute/multiple.h"
#include "processing/impute/pmm.h"

enum { ROWS = 40, ITEMS = 3 };
static const char *const NAMES[ITEMS] = {"y", "a", "b"};
struct data {
  struct arena *a;
  struct num_table t;
  uint8_t *flags[ITEMS], *observed;
  int32_t *group, *period;
  struct str *unit;
};
static struct data make(void) {
  struct data d = {.a = arena_new(0)};
  struct err e;
  assert_int_equal(num_table_init(&d.t, d.a, NAMES, ITEMS, ROWS, &e), E_OK);
  d.unit = ARENA_ARRAY(d.a, struct str, ROWS);
  d.group = ARENA_ARRAY(d.a, int32_t, ROWS), d.period = ARENA_ARRAY(d.a, int32_t, ROWS), d.observed = ARENA_ARRAY(d.a, uint8_t, ROWS);
  for (int j = 0; j < ITEMS; j++) d.flags[j] = ARENA_ARRAY(d.a, uint8_t, ROWS);
  for (int i = 0; i < ROWS; i++) {
    d.unit[i] = str_of(arena_printf(d.a, "r%d", i)), d.observed[i] = i % 4 != 0, d.period[i] = i;
    for (int j = 0; j < ITEMS; j++) d.t.columns[j].x[i] = 1 + (i * (j + 3)) % 17, d.t.columns[j].status[i] = VAL_REPORTED;
    if (i % 4 == 0) d.t.columns[0].status[i] = VAL_BLANK, d.flags[0][i] = EST_TO_IMPUTE;
  }
  d.t.unit = d.unit;
  return d;
}
static enum err_code estimate(struct data *d, struct err *e) {
  struct est_spec s = {.name = "s", .algorithm = est_algorithm_find("CURREG"), .field = "y", .auxiliary = {"a"}, .n_auxiliary = 1,
                       .minimum_count = 2, .minimum_percent = 1, .random_error = true};
  const struct est_input in = {.current = &d->t, .current_flags = d->flags, .group = d->group, .n_groups = 1, .seed = 1, .complete_records = true};
  struct est_result r;
  return est_run(d->a, &in, &s, 1, &r, e);
}
static enum err_code chains(struct data *d, struct err *e) {
  const struct long_input in = {
      .n = ROWS, .unit = d->unit, .period = d->period, .class_ = d->group, .response = {d->t.columns[0].x, d->t.columns[0].status}};
  const struct long_rule rule = {.weight = 1, .step = 1};
  struct long_row *r;
  return longitudinal_run(d->a, &in, &rule, &r, e);
}
static enum err_code match(struct data *d, struct err *e) {
  const int predictors[] = {1, 2};
  struct pmm_result r;
  return pmm_impute(d->a, &d->t, 0, predictors, 2, 3, 1, &r, e);
}
static enum err_code expect(struct data *d, struct err *e) {
  const struct em_rule rule = {50, 1e-6};
  struct em_fit f;
  int64_t n;
  TRY(em_normal(d->a, &d->t, &rule, &f, e));
  return em_impute(d->a, &d->t, &f, true, 1, &n, e);
}
static enum err_code chain(struct data *d, struct err *e) {
  const int categories[ITEMS] = {0};
  const struct robust_rule robust = {ROBUST_HUBER, 1.345, 0, 10, 1e-6};
  const struct chain_rule rule = {categories, &robust, 3, 1e-4};
  struct chain_result r;
  return chain_impute(d->a, &d->t, &rule, &r, e);
}
static enum err_code multiple(struct data *d, struct err *e) {
  const struct mi_ratio_input in = {ROWS, d->t.columns[0].x, d->t.columns[1].x, d->observed, d->unit, 3, 1};
  double *out;
  return mi_ratio(d->a, &in, &out, e);
}
static enum err_code variance(struct data *d, struct err *e) {
  const double pop = 400;
  const struct iv_input in = {ROWS, d->t.columns[0].x, d->t.columns[1].x, d->observed, d->group, 1, &pop};
  struct iv_result r;
  return imputation_variance(d->a, &in, &r, e);
}
static enum err_code ratio(struct data *d, struct err *e) {
  const struct robust_rule rule = {ROBUST_TUKEY, 4.685, 0.5, 30, 1e-8};
  struct ratio_fit f;
  double trimmed;
  TRY(ratio_robust(d->a, d->t.columns[2].x, d->t.columns[1].x, NULL, ROWS, &rule, &f, e));
  return ratio_trimmed(d->a, d->t.columns[2].x, d->t.columns[1].x, ROWS, 0.1, &trimmed, e);
}
static void every_allocation_that_fails_is_reported(void **state) {
  enum err_code (*const METHODS[])(struct data *, struct err *) = {estimate, chains, match, expect, chain, multiple, variance, ratio};
  (void)state;
  for (size_t m = 0; m < sizeof METHODS / sizeof *METHODS; m++) {
    int failures = 0;
    enum err_code code = E_NO_MEMORY;
    for (uint64_t n = 1; n < 200 && code == E_NO_MEMORY; n++) {
      struct data d = make();
      struct err e;
      arena_fail_at(n);
      code = METHODS[m](&d, &e);
      arena_fail_at(0);
      assert_true(code == E_OK || code == E_NO_MEMORY);
      failures += code == E_NO_MEMORY;
      arena_free(d.a);
    }
    assert_int_equal(code, E_OK);
    assert_true(failures >= 1);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_that_fails_is_reported)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

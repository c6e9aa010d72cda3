/* 40,000 random records of a hierarchy with weights and modifiers, both methods, both roundings, 0 to 2 decimals: what was prorated adds up exactly,
 * what may not move has not, ratios lie within the bounds, scaling keeps every sign, no part is a unit or more away from its exact share. */
#include <math.h>

#include "base/rng.h"
#include "processing/correct/prorate.h"
#include "tests/unit/correct_fixture.h"

enum { RECORDS = 40000, ITEMS = 9 };
static const char RULES[] = "S1 + 2 S2 + S3:N = G; A:I + B + 3 C:O = S1; D + .5 E = S2;";
static const struct {
  int total, n, part[3];
  double weight[3];
} BALANCES[] = {{3, 3, {0, 1, 2}, {1, 2, 1}}, {0, 3, {4, 5, 6}, {1, 1, 3}}, {1, 2, {7, 8}, {1, 0.5}}}; /* by order of mention: S1 S2 S3 G A B C D E */

static bool may_move(int var, bool imputed, double x) { return x != 0 && var != 2 && (var != 4 || imputed) && (var != 6 || !imputed); }

static void check_balance(int which, const struct prorate_settings *set, const double *x, const double *y, const bool *missing, const bool *imputed) {
  const double unit = pow(10, -set->decimals);
  double sum = 0, before = 0, base = 0, size = 0;
  for (int k = 0; k < BALANCES[which].n; k++) {
    const int j = BALANCES[which].part[k];
    sum += y[j], before += x[j], size += fabs(x[j]);
    if (may_move(j, imputed[j], x[j]) && !missing[j]) base += (set->method == PRORATE_SCALING ? fabs(x[j]) : x[j]) / BALANCES[which].weight[k];
  }
  const double total = y[BALANCES[which].total];
  assert_true(fabs(sum - total) <= 1e-6 * unit + 2e-9 * (size + fabs(total)));
  for (int k = 0; k < BALANCES[which].n; k++) {
    const int j = BALANCES[which].part[k];
    if (!may_move(j, imputed[j], x[j]) || missing[j]) {
      assert_true(y[j] == x[j]);
      continue;
    }
    if (y[j] == x[j]) continue;
    const double ratio = y[j] / x[j];
    assert_true(ratio >= set->lower && ratio <= set->upper);
    if (set->method == PRORATE_SCALING) assert_true(y[j] == 0 || (y[j] > 0) == (x[j] > 0));
    const double exact = x[j] + (total - before) / base * (set->method == PRORATE_SCALING ? fabs(x[j]) : x[j]) / BALANCES[which].weight[k];
    assert_true(fabs(y[j] - exact) < 1.06 * unit);
  }
}
static void one(struct arena *a, struct rng *r, int *prorated, int *left) {
  struct prorate_settings set = {.method = rng_below(r, 2) ? PRORATE_BASIC : PRORATE_SCALING,
                                 .rounding = rng_below(r, 2) ? PRORATE_CUMULATIVE : PRORATE_LARGEST_REMAINDER,
                                 .modifier = PRORATE_ALWAYS, .decimals = (int)rng_below(r, 3), .upper = rng_below(r, 2) ? INFINITY : 4,
                                 .accept_negative = true, .missing_as_zero = true};
  set.lower = set.method == PRORATE_BASIC ? -5 : 0;
  struct small_table f = {.arena = a};
  struct prorate_plan plan;
  struct prorate_count count;
  struct err e;
  double x[ITEMS], y[ITEMS];
  bool missing[ITEMS], imputed[ITEMS];
  corrections_init(&f.got, a);
  assert_int_equal(prorate_parse(a, STR(RULES), &set, &plan, &e), E_OK);
  small_rows(&f, plan.names, plan.p, (const char *[]){". . . . . . . . ."}, 1, 0);
  const double unit = pow(10, -set.decimals);
  for (int j = 0; j < ITEMS; j++) {
    missing[j] = j != 3 && rng_below(r, 25) == 0;
    imputed[j] = rng_below(r, 2) != 0;
    x[j] = missing[j] || rng_below(r, 10) == 0 ? 0 : ((double)rng_below(r, 4000) - (rng_below(r, 6) ? 0 : 2000)) * unit;
    f.t.columns[j].x[0] = x[j];
    f.t.columns[j].status[0] = missing[j] ? VAL_BLANK : VAL_REPORTED;
    set_flag(&f, plan.names[j], 0, imputed[j]);
  }
  assert_int_equal(prorate_run(&plan, &f.t, f.flag, &f.got, &count, &e), E_OK);
  for (int j = 0; j < ITEMS; j++) y[j] = x[j];
  for (int64_t k = 0; k < f.got.n; k++) {
    assert_true(f.got.list[k].before == y[f.got.list[k].var]); /* each value moves at most once */
    y[f.got.list[k].var] = f.got.list[k].value;
  }
  assert_true(y[3] == x[3]);
  if (count.left) {
    assert_int_equal(f.got.n, 0);
    ++*left;
    return;
  }
  *prorated += (int)count.prorated;
  for (int b = 0; b < 3; b++) check_balance(b, &set, x, y, missing, imputed);
}
static void prorated_records_add_up(void **state) {
  struct rng r;
  int prorated = 0, left = 0;
  (void)state;
  rng_init(&r, 5, "prorate", "", 0);
  struct arena *a = arena_new(0);
  for (int k = 0; k < RECORDS; k++) {
    const struct arena_mark mark = arena_mark(a);
    one(a, &r, &prorated, &left);
    arena_reset(a, mark);
  }
  arena_free(a);
  printf("%d prorated, %d left\n", prorated, left);
  assert_true(prorated > RECORDS / 10 && left > RECORDS / 10);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(prorated_records_add_up)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

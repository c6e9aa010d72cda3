/* Any order of rows, and any subset of them, gives every unit the same values, bit by bit, in every step of correction. */
#include "tests/unit/correct_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "processing/correct/deterministic.h"
#include "processing/correct/min_adjust.h"
#include "processing/correct/obvious.h"
#include "processing/correct/prorate.h"

enum { ROWS = 400, ITEMS = 8, STEPS = 6 };
#define EDITS "A + B + C = T; D + E = U; T + U = G; B <= 2*A; E <= 3*D;"
static const char *const NAMES[ITEMS] = {"A", "B", "C", "T", "D", "E", "U", "G"};

struct world {
  struct arena *a;
  struct linear_system s;
  struct num_table t;
  const uint8_t **flag;
  int64_t *origin; /* row of the whole table */
};
static void value_of(int64_t unit, int j, double *x, uint8_t *status, uint8_t *flag) {
  struct rng r;
  int64_t key[2] = {unit, j};
  rng_init(&r, 7, "order", key, sizeof key);
  *x = (double)rng_below(&r, 40);
  *status = rng_below(&r, 12) ? VAL_REPORTED : VAL_BLANK;
  *flag = rng_below(&r, 4) == 0;
  if (*status == VAL_BLANK) *x = 0;
}
/* Totals are sums, with a few of them off by one, tenfold, or with a wrong sign. */
static void make_consistent(double *x, int64_t unit) {
  x[3] = x[0] + x[1] + x[2], x[6] = x[4] + x[5], x[7] = x[3] + x[6];
  if (unit % 5 == 1) x[3] += 1;
  if (unit % 5 == 2) x[7] *= 10;
  if (unit % 5 == 3) x[6] = -x[6];
}
static struct world make(const int64_t *units, int64_t n) {
  struct world w = {.a = arena_new(0)};
  struct err e;
  struct str *unit = ARENA_ARRAY(w.a, struct str, n);
  assert_int_equal(linear_parse(w.a, STR(EDITS), true, &w.s, &e), E_OK);
  assert_int_equal(num_table_init(&w.t, w.a, NAMES, ITEMS, n, &e), E_OK);
  w.flag = ARENA_ARRAY(w.a, const uint8_t *, ITEMS);
  for (int j = 0; j < ITEMS; j++) w.flag[j] = ARENA_ARRAY(w.a, uint8_t, n), assert_string_equal(w.s.names[j], NAMES[j]);
  for (int64_t i = 0; i < n; i++) {
    double x[ITEMS];
    unit[i] = str_of(arena_printf(w.a, "u%lld", (long long)units[i]));
    for (int j = 0; j < ITEMS; j++) value_of(units[i], j, &x[j], &w.t.columns[j].status[i], (uint8_t *)(uintptr_t)&w.flag[j][i]);
    make_consistent(x, units[i]);
    for (int j = 0; j < ITEMS; j++) w.t.columns[j].x[i] = x[j];
  }
  w.t.unit = unit;
  return w;
}
static void run(struct world *w, int step, struct corrections *got) {
  struct err e;
  struct deterministic_count d;
  struct obvious_count o;
  struct adjust_count a;
  struct prorate_count p;
  struct prorate_plan plan;
  const struct prorate_settings set = {.modifier = PRORATE_ALWAYS, .lower = -INFINITY, .upper = INFINITY, .accept_negative = true,
      .missing_as_zero = true};
  const struct sign_action actions[] = {{6, -1, 1}, {0, 1, 1}, {2, -1, 1}};
  corrections_init(got, w->a);
  switch (step) {
    case 0: assert_int_equal(deterministic_impute(&w->s, &w->t, w->flag, got, &d, &e), E_OK); break;
    case 1:
      assert_int_equal(prorate_parse(w->a, STR("T + U = G; A + B + C = T; D + E = U;"), &set, &plan, &e), E_OK);
      assert_int_equal(prorate_run(&plan, &w->t, NULL, got, &p, &e), E_OK);
      break;
    case 2: assert_int_equal(sign_swap_correct(&w->s, &w->t, NULL, &(struct sign_plan){3, 2, actions}, got, &o, &e), E_OK); break;
    case 3: assert_int_equal(rounding_correct(&w->s, &w->t, NULL, 2, got, &o, &e), E_OK); break;
    case 4: assert_int_equal(typing_correct(&w->s, &w->t, NULL, TYPING_DIGITS, got, &o, &e), E_OK); break;
    default: assert_int_equal(min_adjust(&w->s, &w->t, w->flag, &(struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false}, got, &a, &e), E_OK);
  }
}
/* Every change of `part` is one of `whole` for the same unit, and there are as many for those units. */
static int64_t compare(const struct world *whole, const struct corrections *all, const struct world *part, const struct corrections *some) {
  int64_t expected = 0;
  for (int64_t k = 0; k < all->n; k++)
    for (int64_t i = 0; i < part->t.n; i++) expected += str_eq(part->t.unit[i], whole->t.unit[all->list[k].row]);
  assert_int_equal(expected, some->n);
  for (int64_t k = 0; k < some->n; k++) {
    bool found = false;
    for (int64_t q = 0; q < all->n && !found; q++)
      found = str_eq(whole->t.unit[all->list[q].row], part->t.unit[some->list[k].row]) && all->list[q].var == some->list[k].var
          && memcmp(&all->list[q].value, &some->list[k].value, 8) == 0 &&
              all->list[q].rule == some->list[k].rule;
    assert_true(found);
  }
  return expected;
}
static void order_and_subset_change_nothing(void **state) {
  int64_t units[ROWS], mixed[ROWS], n_mixed = 0;
  struct rng r;
  (void)state;
  rng_init(&r, 3, "order", "permutation", 11);
  for (int64_t i = 0; i < ROWS; i++) units[i] = i;
  for (int64_t i = ROWS - 1; i > 0; i--) {
    const int64_t k = (int64_t)rng_below(&r, (uint64_t)i + 1), keep = units[i];
    units[i] = units[k], units[k] = keep;
  }
  for (int64_t i = 0; i < ROWS; i++)
    if (units[i] % 3) mixed[n_mixed++] = units[i];
  for (int64_t i = 0; i < ROWS; i++) units[i] = i;
  for (int step = 0; step < STEPS; step++) {
    struct world whole = make(units, ROWS), part = make(mixed, n_mixed);
    struct corrections all, some;
    run(&whole, step, &all);
    run(&part, step, &some);
    const int64_t compared = compare(&whole, &all, &part, &some);
    printf("step %d: %lld changes compared\n", step, (long long)compared);
    assert_true(compared > 5);
    arena_free(whole.a);
    arena_free(part.a);
  }
}
/* The rows of a table with one unit twice are refused. */
static void a_unit_twice_is_refused(void **state) {
  const int64_t twice[] = {4, 9, 4}, once[] = {4, 9, 5};
  struct err e;
  (void)state;
  struct world w = make(twice, 3), v = make(once, 3);
  assert_int_equal(correct_check_units(w.a, &w.t, &e), E_UNIT_DUPLICATE);
  assert_int_equal(correct_check_units(v.a, &v.t, &e), E_OK);
  arena_free(w.a);
  arena_free(v.a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(order_and_subset_change_nothing), cmocka_unit_test(a_unit_twice_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

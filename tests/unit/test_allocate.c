/* Allocation: exact whole numbers against every possibility, targets held at least cost, the bound below every cost, textbook formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/selection/allocate.h"

enum { H = 4 };
static double objective(const double *a, const int64_t *n) {
  double v = 0;
  for (int h = 0; h < H; h++)
    if (a[h] > 0) v += n[h] > 0 ? a[h] / (double)n[h] : INFINITY;
  return v;
}

/* All allocations of a total among four strata. */
static double best_of_all(const double *a, const int64_t *least, const int64_t *most, int64_t total) {
  double best = INFINITY;
  int64_t n[H];
  for (n[0] = least[0]; n[0] <= most[0]; n[0]++)
    for (n[1] = least[1]; n[1] <= most[1]; n[1]++)
      for (n[2] = least[2]; n[2] <= most[2]; n[2]++) {
        n[3] = total - n[0] - n[1] - n[2];
        if (n[3] >= least[3] && n[3] <= most[3]) best = fmin(best, objective(a, n));
      }
  return best;
}
static void a_given_total_is_shared_out_exactly(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  int tried = 0;
  for (uint64_t seed = 1; seed <= 200; seed++) {
    struct rng r;
    double w[H];
    int64_t least[H], most[H], n[H], low = 0, high = 0, sum = 0;
    rng_init(&r, seed, "allocate", "total", 5);
    for (int h = 0; h < H; h++) {
      least[h] = 1 + (int64_t)rng_below(&r, 3), most[h] = least[h] + (int64_t)rng_below(&r, 15);
      w[h] = exp(4 * rng_normal(&r));
      low += least[h], high += most[h];
    }
    const int64_t total = low + (int64_t)rng_below(&r, (uint64_t)(high - low + 1));
    assert_int_equal(allocate_total(a, H, w, least, most, total, n, &e), E_OK);
    for (int h = 0; h < H; h++) {
      sum += n[h];
      assert_true(n[h] >= least[h] && n[h] <= most[h]);
    }
    assert_int_equal(sum, total);
    assert_true(objective(w, n) <= best_of_all(w, least, most, total) * (1 + 1e-14));
    tried++;
    assert_int_equal(allocate_total(a, H, w, least, most, low - 1, n, &e), E_ALLOCATION);
    assert_int_equal(allocate_total(a, H, w, least, most, high + 1, n, &e), E_ALLOCATION);
  }
  assert_int_equal(tried, 200);
  arena_free(a);
}

/* Cochran (1977) 5.5: n_h in proportion to N_h S_h; far from the bounds whole numbers are within one of it. */
static void neyman_is_in_proportion_to_size_and_spread(void **state) {
  (void)state;
  static const double size[H] = {400, 600, 250, 1000}, spread[H] = {10, 4, 30, 1};
  static const int64_t least[H] = {0, 0, 0, 0}, most[H] = {400, 600, 250, 1000};
  struct arena *a = arena_new(0);
  struct err e;
  double w[H], sum = 0;
  int64_t n[H];
  for (int h = 0; h < H; h++) w[h] = pow(size[h] * spread[h], 2), sum += size[h] * spread[h];
  assert_int_equal(allocate_total(a, H, w, least, most, 300, n, &e), E_OK);
  for (int h = 0; h < H; h++) assert_true(fabs((double)n[h] - 300 * size[h] * spread[h] / sum) < 1);
  static const double one[H] = {1, 1, 1, 1};
  assert_int_equal(allocate_total(a, H, one, least, most, 302, n, &e), E_OK); /* equal; what is left goes to the first */
  assert_true(n[0] == 76 && n[1] == 76 && n[2] == 75 && n[3] == 75);
  arena_free(a);
}

/* --- targets --- */
enum { TARGETS = 3, LARGEST = 12 };
struct problem {
  double a[TARGETS * H], b[TARGETS], cost[H];
  int64_t least[H], most[H];
  struct allocate_problem p;
};
static void random_problem(struct problem *x, uint64_t seed) {
  struct rng r;
  rng_init(&r, seed, "allocate", "targets", 7);
  const int targets = 1 + (int)(seed % TARGETS);
  for (int h = 0; h < H; h++) {
    x->least[h] = 1, x->most[h] = 6 + (int64_t)rng_below(&r, LARGEST - 5);
    x->cost[h] = seed % 2 ? 1 : 1 + (double)rng_below(&r, 5);
  }
  for (int j = 0; j < targets; j++) {
    double all = 0, some = 0;
    for (int h = 0; h < H; h++) {
      x->a[j * H + h] = rng_below(&r, 6) ? exp(rng_normal(&r)) : 0;
      all += x->a[j * H + h] / (double)x->most[h], some += x->a[j * H + h];
    }
    x->b[j] = all + (0.02 + 0.5 * rng_uniform(&r)) * (some - all) + 1e-9;
  }
  x->p = (struct allocate_problem){.n_strata = H, .n_targets = targets, .a = x->a, .b = x->b, .cost = x->cost, .least = x->least, .most = x->most};
}
static bool targets_hold(const struct problem *x, const int64_t *n) {
  for (int j = 0; j < x->p.n_targets; j++) {
    double v = 0;
    for (int h = 0; h < H; h++) v += x->a[j * H + h] / (double)n[h];
    if (v > x->b[j] * (1 + 1e-11)) return false;
  }
  return true;
}
static double cheapest_of_all(const struct problem *x) {
  double best = INFINITY;
  int64_t n[H];
  for (n[0] = 1; n[0] <= x->most[0]; n[0]++)
    for (n[1] = 1; n[1] <= x->most[1]; n[1]++)
      for (n[2] = 1; n[2] <= x->most[2]; n[2]++)
        for (n[3] = 1; n[3] <= x->most[3]; n[3]++) {
          double cost = 0;
          for (int h = 0; h < H; h++) cost += x->cost[h] * (double)n[h];
          if (cost < best && targets_hold(x, n)) best = cost;
        }
  return best;
}
static void targets_are_held_at_least_cost(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  int best = 0;
  enum { PROBLEMS = 150 };
  for (uint64_t seed = 1; seed <= PROBLEMS; seed++) {
    struct problem x;
    struct allocate_result r;
    random_problem(&x, seed);
    assert_int_equal(allocate_cv(a, &x.p, &r, &e), E_OK);
    assert_true(targets_hold(&x, r.n));
    const double cheapest = cheapest_of_all(&x);
    assert_true(r.bound <= cheapest * (1 + 1e-9));
    assert_true(r.cost >= cheapest * (1 - 1e-9));
    double dearest = 0;
    for (int h = 0; h < H; h++) dearest = fmax(dearest, x.cost[h]);
    if (r.cost > cheapest + dearest + 1e-9) fail_msg("problem %d: cost %g, cheapest %g", (int)seed, r.cost, cheapest);
    best += r.cost <= cheapest * (1 + 1e-9);
  }
  printf("cheapest of all found in %d of %d problems\n", best, (int)PROBLEMS);
  assert_true(best >= PROBLEMS * 95 / 100);
  arena_free(a);
}

/* One target, equal costs, bounds far away: Cochran's n = (sum a^.5)^2 / b in closed form. */
static void one_target_has_the_closed_form(void **state) {
  (void)state;
  static const double w[H] = {100, 400, 900, 2500}, cost[H] = {1, 1, 1, 1};
  static const int64_t least[H] = {1, 1, 1, 1}, most[H] = {100000, 100000, 100000, 100000};
  const double b = 0.5, root = 10 + 20 + 30 + 50;
  struct arena *a = arena_new(0);
  struct err e;
  struct allocate_result r;
  const struct allocate_problem p = {.n_strata = H, .n_targets = 1, .a = w, .b = &b, .cost = cost, .least = least, .most = most};
  assert_int_equal(allocate_cv(a, &p, &r, &e), E_OK);
  for (int h = 0; h < H; h++) assert_true(fabs(r.continuous[h] - sqrt(w[h]) * root / b) < 1e-6 * r.continuous[h]);
  assert_true(fabs(r.bound - root * root / b) < 1e-8 * r.bound);
  const double too_much = 1e-5;
  const struct allocate_problem no = {.n_strata = H, .n_targets = 1, .a = w, .b = &too_much, .cost = cost, .least = least, .most = most};
  assert_int_equal(allocate_cv(a, &no, &r, &e), E_ALLOCATION);
  arena_free(a);
}

/* A larger programme: 200 strata, 20 targets; the cost found is within a tenth of a per cent of what no allocation can beat. */
static void a_large_programme_is_near_its_bound(void **state) {
  (void)state;
  enum { STRATA = 200, MANY = 20 };
  struct arena *a = arena_new(0);
  struct rng r;
  struct err e;
  double *w = ARENA_ARRAY(a, double, STRATA * MANY), b[MANY] = {0}, cost[STRATA];
  int64_t least[STRATA], most[STRATA];
  rng_init(&r, 12, "allocate", "large", 5);
  for (int h = 0; h < STRATA; h++) least[h] = 2, most[h] = 40 + (int64_t)rng_below(&r, 2000), cost[h] = 1 + rng_uniform(&r);
  for (int j = 0; j < MANY; j++) {
    for (int h = 0; h < STRATA; h++) {
      const double s = exp(rng_normal(&r)), n = (double)most[h];
      w[j * STRATA + h] = j > 0 && h % (MANY - 1) != j - 1 ? 0 : n * n * s * s;
      b[j] += n * s * s * (j > 0 && h % (MANY - 1) != j - 1 ? 0 : 1);
    }
    b[j] *= j == 0 ? 10 : 4;
  }
  const struct allocate_problem p = {.n_strata = STRATA, .n_targets = MANY, .a = w, .b = b, .cost = cost, .least = least, .most = most};
  struct allocate_result x;
  assert_int_equal(allocate_cv(a, &p, &x, &e), E_OK);
  printf("cost %.2f, bound %.2f, %d steps\n", x.cost, x.bound, x.steps);
  assert_true(x.cost >= x.bound && x.cost <= 1.001 * x.bound);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_given_total_is_shared_out_exactly),
      cmocka_unit_test(neyman_is_in_proportion_to_size_and_spread),
      cmocka_unit_test(targets_are_held_at_least_cost),
      cmocka_unit_test(one_target_has_the_closed_form),
      cmocka_unit_test(a_large_programme_is_near_its_bound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

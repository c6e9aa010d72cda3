/* Balanced sampling: totals met exactly where whole units allow, nearly elsewhere; inclusion probabilities kept; the size kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "estimators/selection/cube.h"
#include "tests/unit/selection_fixture.h"

struct world {
  int n, p;
  double *pi, *u, *column[8];
  const double *x[8];
  uint64_t *key;
};
static void make(struct arena *a, struct world *w, int n, int p, double pi, uint64_t seed) {
  struct rng r;
  rng_init(&r, seed, "cube", "world", 5);
  *w = (struct world){.n = n, .p = p, .pi = ARENA_ARRAY(a, double, n), .u = ARENA_ARRAY(a, double, n), .key = ARENA_ARRAY(a, uint64_t, n)};
  for (int j = 0; j < p; j++) w->x[j] = w->column[j] = ARENA_ARRAY(a, double, n);
  for (int k = 0; k < n; k++) {
    w->pi[k] = pi > 0 ? pi : 0.05 + 0.3 * rng_uniform(&r);
    w->key[k] = rng_u64(&r), w->u[k] = random_unit_interval(w->key[k]);
    for (int j = 0; j < p; j++) w->column[j][k] = 10 + 5 * rng_normal(&r);
  }
}
static double imbalance(const struct world *w, int j, const double *s) {
  double total = 0, estimate = 0;
  for (int k = 0; k < w->n; k++) total += w->x[j][k], estimate += w->x[j][k] * s[k] / w->pi[k];
  return fabs(estimate - total) / fabs(total);
}

/* The flight leaves at most p units open and is balanced to the last digits. */
static void flight_is_exactly_balanced(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  struct world w;
  for (int p = 1; p <= 6; p++) {
    make(a, &w, 1000, p, 0, (uint64_t)p);
    double *now = ARENA_ARRAY(a, double, w.n);
    const struct cube_spec s = {.n = w.n, .pi = w.pi, .u = w.u, .key = w.key, .p = p, .x = w.x, .stream = 5};
    assert_int_equal(cube_flight(a, &s, now, &e), E_OK);
    int open = 0;
    for (int k = 0; k < w.n; k++) open += now[k] > 0 && now[k] < 1;
    assert_true(open <= p);
    for (int j = 0; j < p; j++)
      if (imbalance(&w, j, now) > 1e-9) fail_msg("variable %d of %d: %g", j, p, imbalance(&w, j, now));
  }
  arena_free(a);
}

/* Indicators of groups whose probabilities add to whole numbers: every sample has exactly these numbers in each group. */
static void whole_margins_are_met_exactly(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  struct world w;
  make(a, &w, 120, 5, 0.25, 3);
  for (int k = 0; k < w.n; k++) {
    w.column[0][k] = w.pi[k];
    w.column[1][k] = k % 2 ? 0.25 : 0, w.column[2][k] = k % 2 ? 0 : 0.25; /* one of them says nothing new */
    w.column[3][k] = k % 3 == 0 ? 0.25 : 0, w.column[4][k] = k % 3 == 1 ? 0.25 : 0;
  }
  uint8_t in[120];
  for (uint64_t seed = 1; seed <= 50; seed++) {
    int size = 0, odd = 0, third[3] = {0, 0, 0};
    for (int k = 0; k < w.n; k++) w.key[k] = random_at(seed, (uint64_t)k), w.u[k] = random_unit_interval(w.key[k]);
    const struct cube_spec s = {.n = w.n, .pi = w.pi, .u = w.u, .key = w.key, .p = 5, .x = w.x, .keep_size = true, .stream = seed};
    assert_int_equal(cube_sample(a, &s, in, &e), E_OK);
    for (int k = 0; k < w.n; k++) size += in[k], odd += in[k] && k % 2, third[k % 3] += in[k];
    assert_int_equal(size, 30);
    assert_int_equal(odd, 15);
    for (int g = 0; g < 3; g++) assert_int_equal(third[g], 10);
  }
  arena_free(a);
}

/* 20 000 balanced samples of 8 from 24: every unit as often as planned, the totals nearer than those of simple random samples. */
static void probabilities_are_kept_and_totals_nearly_met(void **state) {
  (void)state;
  enum { N = 24, DRAWS = 20000 };
  struct arena *a = arena_new(0);
  struct err e;
  struct world w;
  static int64_t taken[N];
  uint8_t in[N];
  double off = 0, off_srs = 0;
  make(a, &w, N, 3, 8.0 / N, 11);
  for (int k = 0; k < N; k++) w.column[0][k] = w.pi[k];
  for (int d = 0; d < DRAWS; d++) {
    double s[N];
    for (int k = 0; k < N; k++) w.key[k] = random_at((uint64_t)d + 1, (uint64_t)k), w.u[k] = random_unit_interval(w.key[k]);
    const struct arena_mark mark = arena_mark(a);
    const struct cube_spec spec = {.n = N, .pi = w.pi, .u = w.u, .key = w.key, .p = 3, .x = w.x, .keep_size = true, .stream = random_at(77,
        (uint64_t)d)};
    assert_int_equal(cube_sample(a, &spec, in, &e), E_OK);
    const struct draw_group g = {.n = N, .size = 8, .key = w.key, .u = w.u, .pi = w.pi};
    int size = 0;
    for (int k = 0; k < N; k++) taken[k] += in[k], size += in[k], s[k] = in[k];
    assert_int_equal(size, 8);
    off += imbalance(&w, 1, s) + imbalance(&w, 2, s);
    assert_int_equal(draw_take(a, DRAW_SRS, &g, in, &e), E_OK);
    for (int k = 0; k < N; k++) s[k] = in[k];
    off_srs += imbalance(&w, 1, s) + imbalance(&w, 2, s);
    arena_reset(a, mark);
  }
  for (int k = 0; k < N; k++) assert_true(deviations(taken[k], DRAWS, w.pi[k]) < 4.5);
  if (off > 0.5 * off_srs) fail_msg("imbalance %g, of simple random samples %g", off / DRAWS, off_srs / DRAWS);
  arena_free(a);
}

/* More variables than a landing can enumerate: the last ones are given up, the first (the size) never. */
static void many_variables_land(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  struct rng r;
  enum { N = 200, P = 20 };
  rng_init(&r, 6, "cube", "many", 4);
  double *column[P], pi[N], u[N];
  const double *x[P];
  uint64_t key[N];
  uint8_t in[N];
  for (int j = 0; j < P; j++) x[j] = column[j] = ARENA_ARRAY(a, double, N);
  for (int k = 0; k < N; k++) {
    pi[k] = 0.2, key[k] = rng_u64(&r), u[k] = random_unit_interval(key[k]);
    for (int j = 0; j < P; j++) column[j][k] = j == 0 ? pi[k] : rng_normal(&r);
  }
  struct cube_spec s = {.n = N, .pi = pi, .u = u, .key = key, .p = P, .x = x, .keep_size = true, .stream = 8};
  assert_int_equal(cube_sample(a, &s, in, &e), E_OK);
  int size = 0;
  for (int k = 0; k < N; k++) size += in[k];
  assert_int_equal(size, 40);
  s.p = CUBE_VARIABLES + 1;
  assert_int_equal(cube_sample(a, &s, in, &e), E_SAMPLE_METHOD);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flight_is_exactly_balanced),
      cmocka_unit_test(whole_margins_are_met_exactly),
      cmocka_unit_test(probabilities_are_kept_and_totals_nearly_met),
      cmocka_unit_test(many_variables_land),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

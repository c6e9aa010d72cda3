/* Designs of selection: fixed sizes, inclusion and joint probabilities over many draws with known numbers, exact ones against enumeration, refusals.
 * */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "estimators/selection/max_entropy.h"
#include "tests/unit/selection_fixture.h"

static const double sizes[] = {3, 7, 1, 12, 5, 5, 9, 2, 20, 6, 4, 8};
enum { N = 12, SIZE = 4, DRAWS = 20000 };
static const double MOST_DEVIATIONS = 4.5;

static void compare_tally(struct arena *a, enum draw_method m, struct group *w, const struct tally *t) {
  double actual[UNITS_MOST], two[N * N];
  int64_t all[N];
  struct err e;
  assert_int_equal(draw_probabilities(a, m, N, w->pi, actual, &e), E_OK);
  for (int k = 0; k < N; k++) {
    all[k] = k;
    const double z = deviations(t->one[k], t->draws, actual[k]);
    if (z > MOST_DEVIATIONS) fail_msg("%s: unit %d taken %lld of %lld times, expected %.4f: %.1f deviations", draw_name(m), k, (long long)t->one[k],
        (long long)t->draws, actual[k], z);
  }
  if (joint_kind(m) != JOINT_EXACT) return;
  assert_int_equal(joint_probabilities(a, m, N, w->pi, N, all, two, &e), E_OK);
  for (int k = 0; k < N; k++)
    for (int l = 0; l < k; l++) {
      const double z = deviations(t->two[k][l], t->draws, two[k * N + l]);
      if (z > MOST_DEVIATIONS) fail_msg("%s: pair %d %d taken %lld times, expected %.5f: %.1f deviations", draw_name(m), k, l,
          (long long)t->two[k][l], two[k * N + l], z);
    }
}

/* Every design with unequal probabilities takes its units, and where joint probabilities are exact its pairs, as often as it says. */
static void designs_take_units_as_often_as_they_say(void **state) {
  (void)state;
  static const enum draw_method methods[] = {DRAW_POISSON, DRAW_PPS_SYSTEMATIC, DRAW_SUNTER, DRAW_SAMPFORD, DRAW_MAXIMUM_ENTROPY, DRAW_BREWER,
      DRAW_PIVOTAL, DRAW_CUBE};
  struct arena *a = arena_new(0);
  static struct group w;
  static struct tally t;
  group_sizes(&w, N, SIZE, sizes);
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    tally_draws(a, methods[i], &w, DRAWS, 1000, &t);
    if (draw_fixed_size(methods[i])) assert_true(t.smallest == SIZE && t.largest == SIZE);
    else assert_true(t.smallest < SIZE && t.largest > SIZE);
    compare_tally(a, methods[i], &w, &t);
  }
  arena_free(a);
}

static void equal_designs_take_units_as_often_as_they_say(void **state) {
  (void)state;
  static const enum draw_method methods[] = {DRAW_SRS, DRAW_BERNOULLI, DRAW_SYSTEMATIC, DRAW_PARETO, DRAW_SEQUENTIAL};
  struct arena *a = arena_new(0);
  static struct group w;
  static struct tally t;
  group_sizes(&w, N, 5, NULL);
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    tally_draws(a, methods[i], &w, DRAWS, 77000, &t);
    if (draw_fixed_size(methods[i])) assert_true(t.smallest == 5 && t.largest == 5);
    compare_tally(a, methods[i], &w, &t);
  }
  arena_free(a);
}

/* Pareto is within 0.006 of what is aimed at in a group of 12 with pi up to 0.98; sequential Poisson is not (0.075), as draw.h warns. */
static void order_samples_are_nearly_as_planned(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct group w;
  static struct tally t;
  group_sizes(&w, N, SIZE, sizes);
  for (int m = DRAW_PARETO; m <= DRAW_SEQUENTIAL; m++) {
    tally_draws(a, (enum draw_method)m, &w, 2 * DRAWS, 5, &t);
    assert_true(t.smallest == SIZE && t.largest == SIZE);
    double worst = 0;
    for (int k = 0; k < N; k++) worst = fmax(worst, fabs((double)t.one[k] / (double)t.draws - w.pi[k]));
    assert_true(m == DRAW_PARETO ? worst < 0.012 : worst > 0.03 && worst < 0.09);
  }
  arena_free(a);
}

/* --- enumeration of all samples of a size: the definition of the designs --- */
struct enumerated {
  double one[N], two[N][N], sum;
};
static void enumerate(int n, int size, const double *odds, const double *extra, struct enumerated *out) {
  memset(out, 0, sizeof *out);
  for (unsigned s = 0; s < 1u << n; s++) {
    if (__builtin_popcount(s) != size) continue;
    double p = 1, more = 0;
    for (int k = 0; k < n; k++)
      if (s >> k & 1) p *= odds[k], more += extra ? extra[k] : 0;
    if (extra) p *= more;
    out->sum += p;
    for (int k = 0; k < n; k++)
      for (int l = 0; l <= k; l++)
        if ((s >> k & 1) && (s >> l & 1)) out->two[k][l] += p;
  }
  for (int k = 0; k < n; k++) {
    out->one[k] = out->two[k][k] / out->sum;
    for (int l = 0; l <= k; l++) out->two[k][l] /= out->sum;
  }
}
static void near_all(const char *what, const struct enumerated *x, int n, const double *pi, const double *two) {
  for (int k = 0; k < n; k++) {
    if (fabs(x->one[k] - pi[k]) > 1e-12) fail_msg("%s: unit %d %.17g, enumerated %.17g", what, k, pi[k], x->one[k]);
    for (int l = 0; l < k; l++)
      if (fabs(x->two[k][l] - two[k * n + l]) > 1e-12) fail_msg("%s: pair %d %d %.17g, enumerated %.17g", what, k, l, two[k * n + l], x->two[k][l]);
  }
}
static void joint_probabilities_equal_enumeration(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct group w;
  static struct enumerated x;
  struct err e;
  double p[N], odds[N], rest[N], two[N * N];
  int64_t all[N];
  for (int k = 0; k < N; k++) all[k] = k;
  for (int round = 0; round < 40; round++) {
    struct rng r;
    double own[N];
    const int n = 4 + round % 9, size = 2 + round % (n - 3);
    rng_init(&r, 9, "selection", &round, sizeof round);
    for (int k = 0; k < n; k++) own[k] = round % 4 == 0 ? 1 + (double)rng_below(&r, 2) : 1 + 4 * rng_uniform(&r);
    group_sizes(&w, n, size, own);
    bool certain = false;
    for (int k = 0; k < n; k++) certain = certain || w.pi[k] >= 1, rest[k] = 1 - w.pi[k];
    if (certain) continue;
    for (int k = 0; k < n; k++) odds[k] = w.pi[k] / rest[k];
    enumerate(n, size, odds, rest, &x);
    assert_int_equal(joint_probabilities(a, DRAW_SAMPFORD, n, w.pi, n, all, two, &e), E_OK);
    near_all("sampford", &x, n, w.pi, two);
    assert_int_equal(max_entropy_working(a, n, w.pi, size, p, &e), E_OK);
    for (int k = 0; k < n; k++) odds[k] = p[k] / (1 - p[k]);
    enumerate(n, size, odds, NULL, &x);
    assert_int_equal(joint_probabilities(a, DRAW_MAXIMUM_ENTROPY, n, w.pi, n, all, two, &e), E_OK);
    near_all("maximum entropy", &x, n, w.pi, two);
  }
  arena_free(a);
}

/* Sunter's list followed path by path. */
static void sunter_paths(int n, int size, const double *x, int tail, int k, int taken, double p, unsigned s, double *two) {
  if (k == n) {
    for (int i = 0; i < n; i++)
      for (int j = 0; j <= i; j++)
        if ((s >> i & 1) && (s >> j & 1)) two[i * n + j] += p;
    return;
  }
  double rest = 0;
  for (int j = k; j < n; j++) rest += x[j];
  const double q = k < tail ? (size - taken) * x[k] / rest : (double)(size - taken) / (n - k);
  if (q > 0) sunter_paths(n, size, x, tail, k + 1, taken + 1, p * q, s | 1u << k, two);
  if (q < 1) sunter_paths(n, size, x, tail, k + 1, taken, p * (1 - q), s, two);
}
static void sunter_equals_its_paths(void **state) {
  (void)state;
  static const double x[] = {9, 8, 7, 6, 5, 4, 3, 3, 2, 1}; /* falling, no unit certain for size 3 */
  enum { n = 10, size = 3 };
  struct arena *a = arena_new(0);
  static struct group w;
  struct err e;
  double two[n * n] = {0}, ours[n * n], actual[n];
  int64_t all[n];
  group_sizes(&w, n, size, x);
  int tail = 0;
  for (; tail < n - size; tail++) {
    double rest = 0;
    for (int j = tail; j < n; j++) rest += x[j];
    if (size * x[tail] >= rest) break;
  }
  sunter_paths(n, size, x, tail, 0, 0, 1, 0, two);
  for (int k = 0; k < n; k++) all[k] = k;
  assert_int_equal(joint_probabilities(a, DRAW_SUNTER, n, w.pi, n, all, ours, &e), E_OK);
  assert_int_equal(draw_probabilities(a, DRAW_SUNTER, n, w.pi, actual, &e), E_OK);
  for (int k = 0; k < n; k++) {
    assert_true(fabs(actual[k] - two[k * n + k]) < 1e-14);
    for (int l = 0; l < k; l++) assert_true(fabs(ours[k * n + l] - two[k * n + l]) < 1e-14);
  }
  arena_free(a);
}

/* Sums that hold for every fixed size: sum over l of pi_kl = n pi_k; also where enumeration cannot reach. */
static void joint_probabilities_of_large_groups_add_up(void **state) {
  (void)state;
  enum { MANY = 300 };
  static const enum draw_method methods[] = {DRAW_SAMPFORD, DRAW_MAXIMUM_ENTROPY, DRAW_SUNTER, DRAW_SRS};
  struct arena *a = arena_new(0);
  double *x = ARENA_ARRAY(a, double, MANY), *pi = ARENA_ARRAY(a, double, MANY), *two = ARENA_ARRAY(a, double, MANY * MANY);
  int64_t *all = ARENA_ARRAY(a, int64_t, MANY);
  struct err e;
  struct size_probability sp;
  struct rng r;
  rng_init(&r, 4, "selection", "large", 5);
  for (int k = 0; k < MANY; k++) x[k] = exp(rng_normal(&r)), all[k] = k;
  for (int size = 20; size <= 220; size += 100)
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
      double equal[MANY], actual[MANY];
      assert_int_equal(size_probability(MANY, x, size, NULL, pi, &sp, &e), E_OK);
      for (int k = 0; k < MANY; k++) equal[k] = (double)size / MANY;
      const double *use = methods[i] == DRAW_SRS ? equal : pi;
      assert_int_equal(joint_probabilities(a, methods[i], MANY, use, MANY, all, two, &e), E_OK);
      assert_int_equal(draw_probabilities(a, methods[i], MANY, use, actual, &e), E_OK);
      for (int k = 0; k < MANY; k++) {
        double row = 0;
        for (int l = 0; l < MANY; l++) row += two[k * MANY + l];
        if (fabs(row - size * actual[k]) > 1e-9 * size) fail_msg("%s %d: row %d adds to %.15g, not %.15g", draw_name(methods[i]), size, k, row,
            size * actual[k]);
      }
    }
  arena_free(a);
}

/* --- sizes --- */
static void units_above_one_are_certain(void **state) {
  (void)state;
  static const double x[] = {100, 50, 1, 1, 1, 1};
  double pi[6];
  uint8_t certain[6] = {0, 0, 0, 0, 0, 1};
  struct size_probability p;
  struct err e;
  assert_int_equal(size_probability(6, x, 4, NULL, pi, &p, &e), E_OK); /* 100, then 50 become certain, 2 of 4 are left */
  assert_int_equal(p.n_certain, 2);
  assert_true(pi[0] == 1 && pi[1] == 1 && pi[2] == 0.5 && p.rest_size == 2 && p.rest_total == 4);
  assert_int_equal(size_probability(6, x, 4, certain, pi, &p, &e), E_OK);
  assert_true(p.n_certain == 3 && certain[0] && certain[1] && certain[5] && fabs(pi[3] - 1.0 / 3) < 1e-15);
  assert_int_equal(size_probability(6, x, 7, NULL, pi, &p, &e), E_SAMPLE_SIZE);
}

/* The frame in another order gives every unit the same fate; so does one unit more far from the threshold. */
static void order_of_the_units_does_not_matter(void **state) {
  (void)state;
  static const enum draw_method methods[] = {DRAW_SRS, DRAW_POISSON, DRAW_SAMPFORD, DRAW_PARETO, DRAW_SUNTER, DRAW_PIVOTAL, DRAW_CUBE};
  static const double different[] = {3, 7, 1, 12, 5.5, 5, 9, 2, 20, 6, 4, 8}; /* no ties */
  struct arena *a = arena_new(0);
  static struct group w, v;
  uint8_t one[N], two[N];
  struct err e;
  group_sizes(&w, N, SIZE, different);
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    for (uint64_t seed = 1; seed < 30; seed++) {
      group_keys(&w, seed);
      v = w, v.g.key = v.key, v.g.u = v.u, v.g.pi = v.pi;
      for (int k = 0; k < N; k++) v.key[k] = w.key[N - 1 - k], v.u[k] = w.u[N - 1 - k], v.pi[k] = w.pi[N - 1 - k];
      assert_int_equal(draw_take(a, methods[i], &w.g, one, &e), E_OK);
      assert_int_equal(draw_take(a, methods[i], &v.g, two, &e), E_OK);
      for (int k = 0; k < N; k++) assert_int_equal(one[k], two[N - 1 - k]);
    }
  arena_free(a);
}

static void whole_groups_and_empty_ones(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct group w;
  uint8_t taken[N];
  struct err e;
  for (int m = DRAW_SRS; m < DRAW_METHODS; m++)
    for (int size = 0; size <= N; size += N) {
      group_sizes(&w, N, size, sizes);
      group_keys(&w, 1);
      assert_int_equal(draw_take(a, (enum draw_method)m, &w.g, taken, &e), E_OK);
      for (int k = 0; k < N; k++) assert_int_equal(taken[k], size > 0);
    }
  arena_free(a);
}

static void too_large_groups_are_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  const double pi[] = {0.5, 0.5};
  double p[2];
  assert_int_equal(max_entropy_working(a, INT64_C(1000000000), pi, 500, p, &e), E_SAMPLE_METHOD);
  assert_int_equal(max_entropy_working(a, 2, pi, 2, p, &e), E_SAMPLE_METHOD);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(designs_take_units_as_often_as_they_say),
      cmocka_unit_test(equal_designs_take_units_as_often_as_they_say),
      cmocka_unit_test(order_samples_are_nearly_as_planned),
      cmocka_unit_test(joint_probabilities_equal_enumeration),
      cmocka_unit_test(sunter_equals_its_paths),
      cmocka_unit_test(joint_probabilities_of_large_groups_add_up),
      cmocka_unit_test(units_above_one_are_certain),
      cmocka_unit_test(order_of_the_units_does_not_matter),
      cmocka_unit_test(whole_groups_and_empty_ones),
      cmocka_unit_test(too_large_groups_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

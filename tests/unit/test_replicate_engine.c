/* The engine of replicates: the same numbers by sums per unit, by weights of each replicate, and by linearisation where these agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/variance/replicate_adjust.h"
#include "estimators/variance/replicate_engine.h"
#include "estimators/variance/replicate_make.h"

enum { STRATA = 6, PSUS = 5, RECORDS = 4, N = STRATA * PSUS * RECORDS, DOMAINS = 3, M = 4 };
struct sample {
  int32_t stratum[N], psu[N], domain[N], cell[N];
  double population[N], weight[N], y[N], x[N];
  struct sample_design d;
  struct taylor_domains domains;
  struct statistic statistics[M];
};
static void near(double ours, double expected, double relative) {
  if (fabs(ours - expected) > relative * fmax(fabs(expected), 1e-300)) fail_msg("ours %.17g expected %.17g", ours, expected);
}
/* Stratum 2 is taken in full; domain 2 lives in two strata only. */
static void make(struct arena *a, struct sample *s) {
  struct rng r;
  struct err e;
  rng_init(&r, 12, "replicate engine", "sample", 6);
  for (int i = 0; i < N; i++) {
    s->stratum[i] = i / (PSUS * RECORDS), s->psu[i] = i / RECORDS, s->cell[i] = (int32_t)rng_below(&r, 3);
    s->domain[i] = s->stratum[i] < 2 && rng_below(&r, 3) == 0 ? 2 : (int32_t)rng_below(&r, 2);
    s->population[i] = s->stratum[i] == 2 ? PSUS : 20 + s->stratum[i];
    s->weight[i] = 2 + s->stratum[i] + rng_uniform(&r), s->x[i] = 50 + 10 * rng_normal(&r), s->y[i] = 3 * s->x[i] + 20 * rng_normal(&r);
  }
  struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{s->stratum, s->psu, s->population}}, .weight = s->weight};
  assert_int_equal(sample_design_build(a, &spec, &s->d, &e), E_OK);
  s->domains = (struct taylor_domains){DOMAINS, s->domain};
  s->statistics[0] = (struct statistic){STATISTIC_TOTAL, s->y, NULL}, s->statistics[1] = (struct statistic){STATISTIC_RATIO, s->y, s->x};
  s->statistics[2] = (struct statistic){STATISTIC_MEAN, s->y, NULL}, s->statistics[3] = (struct statistic){STATISTIC_SIZE, NULL, NULL};
}
static const struct replicate_spec SPECS[] = {{.method = REPLICATE_JKN}, {.method = REPLICATE_JKN, .mse = true}, {.method = REPLICATE_JK1},
    {.method = REPLICATE_BRR, .rho = 0.4}, {.method = REPLICATE_BOOTSTRAP, .count = 60, .seed = 3},
    {.method = REPLICATE_PRESTON, .count = 33, .seed = 4}, {.method = REPLICATE_ANTAL_TILLE, .count = 50, .seed = 5, .mse = true},
    {.method = REPLICATE_GENERALIZED, .tau = 3}, {.method = REPLICATE_SUCCESSIVE}};
enum { N_SPECS = sizeof SPECS / sizeof *SPECS };

/* Sums per unit and weights per replicate give the same covariances, for every method. */
static void both_ways_agree(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  make(a, &s);
  for (int k = 0; k < N_SPECS; k++) {
    struct replicate_set set;
    struct replicate_result fast = {0}, slow = {0};
    struct err e;
    assert_int_equal(replicate_make(a, &s.d, &SPECS[k], &set, NULL, &e), E_OK);
    struct values_of_statistics values = {N, &s.domains, M, s.statistics};
    struct replicate_task task = {
        .set = &set, .weight = s.weight, .n_domains = DOMAINS, .m = M, .values = replicate_statistics, .values_context = &values};
    assert_int_equal(replicate_linear(NULL, a, &set, s.weight, &s.domains, M, s.statistics, &fast, &e), E_OK);
    assert_int_equal(replicate_any(NULL, a, &task, &slow, &e), E_OK);
    for (int d = 0; d < DOMAINS; d++) {
      assert_true(fast.used[d] == slow.used[d] && fast.used[d] > 2);
      for (int i = 0; i < M; i++) {
        near(fast.value[d * M + i], slow.value[d * M + i], 1e-13);
        for (int j = 0; j < M; j++) {
          const double size = sqrt(slow.cov[(d * M + i) * M + i] * slow.cov[(d * M + j) * M + j]);
          if (fabs(fast.cov[(d * M + i) * M + j] - slow.cov[(d * M + i) * M + j]) > 1e-10 * size) fail_msg("method %d domain %d: %d %d", k, d, i, j);
        }
      }
    }
  }
  arena_free(a);
}
static void jackknife_of_totals_is_the_linearised_variance_in_every_domain(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_set set;
  struct replicate_result r = {0};
  struct err e;
  double z[N], var[DOMAINS];
  make(a, &s);
  for (int i = 0; i < N; i++) z[i] = s.weight[i] * s.y[i];
  struct taylor_result t = {.var = var};
  assert_int_equal(taylor_variance(NULL, a, &s.d, &s.domains, z, &t, &e), E_OK);
  assert_int_equal(replicate_jkn(a, &s.d, &set, &e), E_OK);
  assert_int_equal(replicate_linear(NULL, a, &set, s.weight, &s.domains, M, s.statistics, &r, &e), E_OK);
  for (int d = 0; d < DOMAINS; d++) near(r.cov[d * M * M], var[d], 1e-12);
  arena_free(a);
}
static void same_bits_for_any_threads_and_rows(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s, mixed;
  struct replicate_set set;
  struct err e;
  make(a, &s), make(a, &mixed);
  assert_int_equal(replicate_make(a, &s.d, &SPECS[4], &set, NULL, &e), E_OK);
  struct replicate_result first = {0};
  for (int threads = 1; threads <= 8; threads *= 2) {
    struct job job = {.arena = a, .n_threads = threads};
    struct replicate_result r = {0}, any = {0};
    struct values_of_statistics values = {N, &s.domains, M, s.statistics};
    struct replicate_task task = {
        .set = &set, .weight = s.weight, .n_domains = DOMAINS, .m = M, .values = replicate_statistics, .values_context = &values};
    assert_int_equal(replicate_linear(&job, a, &set, s.weight, &s.domains, M, s.statistics, &r, &e), E_OK);
    assert_int_equal(replicate_any(&job, a, &task, &any, &e), E_OK);
    if (threads == 1) first = r;
    assert_memory_equal(first.cov, r.cov, sizeof(double) * DOMAINS * M * M);
    static double cov[DOMAINS * M * M];
    if (threads == 1) memcpy(cov, any.cov, sizeof cov);
    assert_memory_equal(cov, any.cov, sizeof cov);
  }
  for (int i = 0; i < N; i++) { /* rows turned round: the same units, other sums inside a unit only by their order */
    const int k = N - 1 - i;
    mixed.stratum[i] = s.stratum[k], mixed.psu[i] = s.psu[k], mixed.domain[i] = s.domain[k], mixed.population[i] = s.population[k];
    mixed.weight[i] = s.weight[k], mixed.y[i] = s.y[k], mixed.x[i] = s.x[k];
  }
  struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{mixed.stratum, mixed.psu, mixed.population}}, .weight = mixed.weight};
  struct replicate_result r = {0};
  assert_int_equal(sample_design_build(a, &spec, &mixed.d, &e), E_OK);
  assert_int_equal(replicate_make(a, &mixed.d, &SPECS[4], &set, NULL, &e), E_OK);
  assert_int_equal(replicate_linear(NULL, a, &set, mixed.weight, &mixed.domains, M, mixed.statistics, &r, &e), E_OK);
  for (int i = 0; i < DOMAINS * M * M; i++) near(r.cov[i], first.cov[i], 1e-9);
  arena_free(a);
}

/* --- calibration redone in every replicate --- */
static void calibration_of(struct sample *s, struct auxiliary *x, double *total, struct calibration_spec *spec) {
  *x = (struct auxiliary){.n = N, .n_factors = 1, .code = {s->cell}, .levels = {3}, .n_numbers = 1, .number = {s->x}};
  memset(total, 0, 4 * sizeof *total);
  for (int i = 0; i < N; i++) total[s->cell[i]] += s->weight[i] * 1.05, total[3] += s->weight[i] * s->x[i] * 1.04;
  *spec = (struct calibration_spec){.method = CALIBRATE_RAKING, .x = x, .d = s->weight, .total = total};
}
/* A calibrated jackknife with a stratum taken in full: the calibrated variables have no variance, because the records of that stratum take part in
 * every calibration though they have no replicates of their own. */
static void calibrated_jackknife_with_take_all_strata_has_no_variance_of_its_margins(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_set set;
  struct replicate_result r = {0};
  struct auxiliary x;
  struct calibration_spec spec;
  double total[4];
  struct err e;
  make(a, &s);
  calibration_of(&s, &x, total, &spec);
  const struct statistic statistics[3] = {{STATISTIC_TOTAL, s.x, NULL}, {STATISTIC_SIZE, NULL, NULL}, {STATISTIC_TOTAL, s.y, NULL}};
  struct readjust_calibration again;
  assert_int_equal(readjust_calibration_new(a, &spec, &again, &e), E_OK);
  struct values_of_statistics values = {N, NULL, 3, statistics};
  struct replicate_task task = {.set = &set, .weight = s.weight, .readjust = readjust_calibration, .readjust_context = &again, .n_domains = 1, .m = 3,
      .values = replicate_statistics, .values_context = &values};
  assert_int_equal(replicate_jkn(a, &s.d, &set, &e), E_OK);
  assert_int_equal(set.n_replicates, (STRATA - 1) * PSUS);
  assert_int_equal(replicate_any(NULL, a, &task, &r, &e), E_OK);
  assert_true(r.n_failed == 0 && r.n_unmet == 0);
  near(r.value[0], total[3], 1e-9);
  assert_true(sqrt(r.cov[0]) < 1e-8 * r.value[0] && sqrt(r.cov[4]) < 1e-8 * r.value[1]);
  /* The other variable: near the linearised variance of the calibrated total. */
  struct regression g;
  double q[N], z[N], var;
  memcpy(q, s.weight, sizeof q);
  assert_int_equal(regression_new(a, &x, q, &g, &e), E_OK);
  assert_int_equal(regression_residuals(a, &g, s.y, z, &e), E_OK);
  for (int i = 0; i < N; i++) z[i] *= again.main.w[i];
  struct taylor_result t = {.var = &var};
  assert_int_equal(taylor_variance(NULL, a, &s.d, NULL, z, &t, &e), E_OK);
  near(sqrt(r.cov[8]), sqrt(var), 0.1);
  arena_free(a);
}
/* Weighting classes redone; a replicate that loses the respondents of a class is left out and counted. */
static void replicates_that_cannot_be_adjusted_are_left_out_and_counted(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_set set;
  struct replicate_result r = {0};
  struct err e;
  uint8_t respondent[N];
  int32_t class[N];
  make(a, &s);
  for (int i = 0; i < N; i++) respondent[i] = i % 5 != 0, class[i] = s.cell[i];
  for (int i = 0; i < 3 * RECORDS; i++) class[i] = 3, respondent[i] = i < RECORDS; /* only the first primary unit answers in class 3 */
  struct readjust_classes again = {N, respondent, class, 4};
  struct values_of_statistics values = {N, NULL, M, s.statistics};
  struct replicate_task task = {.set = &set, .weight = s.weight, .readjust = readjust_classes, .readjust_context = &again, .n_domains = 1, .m = M,
      .values = replicate_statistics, .values_context = &values};
  assert_int_equal(replicate_jkn(a, &s.d, &set, &e), E_OK);
  assert_int_equal(replicate_any(NULL, a, &task, &r, &e), E_OK);
  assert_int_equal(r.n_failed, 1);
  assert_int_equal(r.used[0], set.n_replicates - 1);
  assert_true(r.cov[0] > 0);
  arena_free(a);
}
/* A median under a design of replicates is the median under each replicate's weights, not an interval turned round. */
static void median_is_taken_under_the_weights_of_each_replicate(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_set set;
  struct replicate_result r = {0};
  struct err e;
  double w[N], mean = 0, sum = 0;
  make(a, &s);
  const double half = 0.5;
  struct values_of_quantiles values = {.n = N, .domains = &s.domains, .x = s.y, .m = 1, .p = &half, .rule = QUANTILE_MATH};
  struct replicate_task task = {
      .set = &set, .weight = s.weight, .n_domains = DOMAINS, .m = 1, .values = replicate_quantiles, .values_context = &values};
  assert_int_equal(replicate_make(a, &s.d, &SPECS[4], &set, NULL, &e), E_OK);
  assert_int_equal(replicate_any(NULL, a, &task, &r, &e), E_OK);
  double theta[60];
  for (int k = 0; k < 60; k++) { /* by hand: the smallest y whose cumulated weight reaches a half, in domain 1 */
    double whole = 0;
    assert_int_equal(replicate_weights(a, &set, k, s.weight, w, &e), E_OK);
    for (int i = 0; i < N; i++) whole += s.domain[i] == 1 ? w[i] : 0;
    theta[k] = INFINITY;
    for (int i = 0; i < N; i++) {
      double below = 0;
      if (s.domain[i] != 1 || !(w[i] > 0)) continue;
      for (int j = 0; j < N; j++) below += s.domain[j] == 1 && s.y[j] <= s.y[i] ? w[j] : 0;
      if (below >= whole / 2 && s.y[i] < theta[k]) theta[k] = s.y[i];
    }
    mean += theta[k] / 60;
  }
  for (int k = 0; k < 60; k++) sum += (theta[k] - mean) * (theta[k] - mean) / 59;
  near(r.cov[1], sum, 1e-12);
  arena_free(a);
}
/* A domain that lives in one primary unit: the replicate without it has no ratio there, and says so by `used`. */
static void undefined_replicates_of_a_domain_are_counted(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_set set;
  struct replicate_result r = {0};
  struct err e;
  make(a, &s);
  for (int i = 0; i < N; i++) s.domain[i] = i < RECORDS ? 2 : s.domain[i] == 2 ? 1 : s.domain[i];
  assert_int_equal(replicate_jkn(a, &s.d, &set, &e), E_OK);
  assert_int_equal(replicate_linear(NULL, a, &set, s.weight, &s.domains, M, s.statistics, &r, &e), E_OK);
  assert_true(r.used[2] == set.n_replicates - 1 && r.used[0] == set.n_replicates);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(both_ways_agree),
      cmocka_unit_test(jackknife_of_totals_is_the_linearised_variance_in_every_domain), cmocka_unit_test(same_bits_for_any_threads_and_rows),
      cmocka_unit_test(calibrated_jackknife_with_take_all_strata_has_no_variance_of_its_margins),
      cmocka_unit_test(replicates_that_cannot_be_adjusted_are_left_out_and_counted),
      cmocka_unit_test(median_is_taken_under_the_weights_of_each_replicate), cmocka_unit_test(undefined_replicates_of_a_domain_are_counted)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

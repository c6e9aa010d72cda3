/* Variances of all domains under calibrated weights at once against survey_covariance, which makes a regression for every domain: one and two
 * stages, one calibration and several in a row with trimming between, numbers and factors, dependent margins, lonely units under every policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/variance/calibrated_domains.h"
#include "estimators/variance/survey_variance.h"
#include "estimators/weight/calibrate.h"

enum { N = 1200, D = 23, M = 4 };
struct world {
  int32_t stratum[N], psu[N], margin[2][N], of[N];
  double n1[N], n2[N], w[4][N], x[N], constant[N], u[M][N];
  struct sample_design design;
  struct auxiliary aux[2];
  struct adjustment step[3];
  struct survey survey;
};
static void fill(struct world *s, uint64_t seed) {
  struct rng r;
  rng_init(&r, seed, "calibrated domains", "w", 1);
  for (int64_t i = 0; i < N; i++) {
    s->psu[i] = (int32_t)(i / 12), s->stratum[i] = s->psu[i] / 9; /* 100 units in 12 strata: the last has one */
    s->n1[i] = s->stratum[i] == 11 ? 3 : 20, s->n2[i] = 30;
    s->w[0][i] = 5 + rng_uniform(&r);
    s->margin[0][i] = (int32_t)rng_below(&r, 7), s->margin[1][i] = (int32_t)rng_below(&r, 4);
    s->x[i] = 10 + 20 * rng_uniform(&r), s->constant[i] = 1;
    s->of[i] = rng_below(&r, 20) == 0 ? -1 : (int32_t)rng_below(&r, D);
    for (int j = 0; j < M; j++) s->u[j][i] = rng_normal(&r) + (double)j * s->x[i];
  }
}
/* Weights that stand after each step: any will do for the comparison. */
static void adjust(struct arena *a, struct world *s, int n_steps, struct rng *r) {
  struct err e;
  s->aux[0] = (struct auxiliary){.n = N, .n_factors = 2, .code = {s->margin[0], s->margin[1]}, .levels = {7, 4}, .n_numbers = 1, .number = {s->x}};
  s->aux[1] = (struct auxiliary){.n = N, .n_factors = 1, .code = {s->margin[1]}, .levels = {4}, .n_numbers = 1, .number = {s->constant}};
  s->survey = (struct survey){.n = N, .design = &s->design, .weight = s->w[n_steps], .n_adjustments = n_steps};
  for (int k = 0; k < n_steps; k++) {
    for (int64_t i = 0; i < N; i++) s->w[k + 1][i] = s->w[k][i] * (0.7 + 0.6 * rng_uniform(r));
    if (k == 1) s->w[2][5] = s->w[3][5] = 0;
    s->step[k] = (struct adjustment){.kind = k == 1 ? ADJUSTED_FIXED : ADJUSTED_CALIBRATED, .before = s->w[k], .after = s->w[k + 1]};
    if (k != 1) assert_int_equal(regression_new(a, &s->aux[k / 2], s->w[k], &s->step[k].regression, &e), E_OK);
    s->survey.adjustments[k] = &s->step[k];
  }
}
static void compare(struct arena *a, const struct world *s, const struct job *job) {
  const double *u[M] = {s->u[0], s->u[1], s->u[2], s->u[3]};
  const struct taylor_domains domains = {D, s->of};
  double *var[M], *one = ARENA_ARRAY(a, double, D);
  struct err e;
  for (int j = 0; j < M; j++) var[j] = ARENA_ARRAY(a, double, D);
  assert_true(calibrated_domains_possible(&s->survey));
  assert_int_equal(calibrated_domains_variance(job, a, &s->survey, &domains, M, u, var, &e), E_OK);
  for (int j = 0; j < M; j++) {
    assert_int_equal(survey_covariance(NULL, a, &s->survey, &domains, 1, &u[j], one, &e), E_OK);
    for (int d = 0; d < D; d++)
      if (!(fabs(var[j][d] - one[d]) <= 1e-12 * one[d])) fail_msg("statistic %d domain %d: %.17g, by its own regression %.17g", j, d, var[j][d],
          one[d]);
    double *whole = &var[j][0];
    const double expected_old = *whole;
    assert_int_equal(calibrated_domains_variance(NULL, a, &s->survey, NULL, 1, &u[j], &whole, &e), E_OK);
    assert_int_equal(survey_covariance(NULL, a, &s->survey, NULL, 1, &u[j], one, &e), E_OK);
    assert_true(fabs(*whole - one[0]) <= 1e-12 * one[0] && *whole != expected_old);
  }
}
static void every_domain_is_that_of_its_own_regression(void **state) {
  (void)state;
  static const enum lonely_policy policies[] = {LONELY_CENTRE, LONELY_MEAN, LONELY_ZERO, LONELY_AVERAGE};
  for (uint64_t seed = 1; seed <= 16; seed++) {
    struct arena *a = arena_new(0);
    struct world *s = ARENA_NEW(a, struct world);
    struct rng r;
    struct err e;
    fill(s, seed);
    rng_init(&r, seed, "calibrated domains", "g", 1);
    struct sample_spec spec = {.n = N, .n_stages = seed % 2 ? 1 : 2, .stage = {{s->stratum, s->psu, seed % 5 ? s->n1 : NULL}, {NULL, NULL, s->n2}},
        .weight = s->w[0], .lonely = policies[seed % 4]};
    if (seed % 7 == 0) spec.n_stages = 1, spec.stage[0] = (struct stage_spec){s->stratum, NULL, NULL}; /* every record is a unit */
    assert_int_equal(sample_design_build(a, &spec, &s->design, &e), E_OK);
    adjust(a, s, 1 + (int)(seed % 3), &r);
    compare(a, s, NULL);
    arena_free(a);
  }
}

/* The total of a calibration variable is known: no error in the whole, and some in a part of it. */
static void a_known_total_has_no_error(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = ARENA_NEW(a, struct world);
  struct rng r;
  struct err e;
  double var[D + 1], *v = var;
  const double *u[1] = {s->x};
  fill(s, 3);
  rng_init(&r, 3, "calibrated domains", "g", 1);
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{s->stratum, s->psu, NULL}}, .weight = s->w[0], .lonely = LONELY_CENTRE};
  assert_int_equal(sample_design_build(a, &spec, &s->design, &e), E_OK);
  adjust(a, s, 1, &r);
  assert_int_equal(survey_variances(NULL, a, &s->survey, NULL, 1, u, &v, &e), E_OK);
  assert_true(sqrt(var[0]) < 1e-9);
  assert_int_equal(survey_variances(NULL, a, &s->survey, &(struct taylor_domains){D, s->of}, 1, u, &v, &e), E_OK);
  for (int d = 0; d < D; d++) assert_true(sqrt(var[d]) > 10);
  arena_free(a);
}

/* Sparse rows, and rows that the persons of a household share, are none of factors and numbers: no short cut, and a known total has no error. */
static void rows_of_households_have_no_short_cut(void **state) {
  (void)state;
  enum { HOUSES = N / 4 };
  static int64_t first[N + 1], unit[N], house_first[HOUSES + 1];
  static const int64_t parts[] = {0, HOUSES};
  static int32_t column[N], house_column[HOUSES];
  static double value[N], house_value[HOUSES], sum[N];
  struct arena *a = arena_new(0);
  struct world *s = ARENA_NEW(a, struct world);
  struct err e;
  double var[D + 1], *v = var;
  fill(s, 5);
  for (int64_t i = 0; i < N; i++) first[i + 1] = i + 1, value[i] = s->x[i], unit[i] = i / 4, house_value[i / 4] += s->x[i];
  for (int64_t h = 0; h < HOUSES; h++) house_first[h + 1] = h + 1;
  for (int64_t i = 0; i < N; i++) sum[i] = house_value[i / 4];
  const struct auxiliary sparse[2] = {
      {.n = N, .n_sparse = 1, .sparse_first = first, .sparse_column = column, .sparse_value = value},
      {.n = HOUSES, .n_sparse = 1, .sparse_first = house_first, .sparse_column = house_column, .sparse_value = house_value}};
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{s->stratum, s->psu, NULL}}, .weight = s->w[0], .lonely = LONELY_CENTRE};
  assert_int_equal(sample_design_build(a, &spec, &s->design, &e), E_OK);
  for (int k = 0; k < 2; k++) {
    s->step[0] = (struct adjustment){.kind = ADJUSTED_CALIBRATED, .before = s->w[0], .after = s->w[0]};
    if (k == 0) assert_int_equal(regression_new(a, &sparse[0], s->w[0], &s->step[0].regression, &e), E_OK);
    else assert_int_equal(regression_grouped(a, &sparse[1], N, s->w[0], unit, 1, parts, &s->step[0].regression, &e), E_OK);
    s->survey = (struct survey){.n = N, .design = &s->design, .weight = s->w[0], .n_adjustments = 1, .adjustments = {&s->step[0]}};
    const double *u[1] = {k ? sum : s->x};
    assert_false(calibrated_domains_possible(&s->survey));
    assert_int_equal(survey_variances(NULL, a, &s->survey, NULL, 1, u, &v, &e), E_OK);
    assert_true(sqrt(var[0]) < 1e-6);
    assert_int_equal(survey_variances(NULL, a, &s->survey, &(struct taylor_domains){D, s->of}, 1, u, &v, &e), E_OK);
    for (int d = 0; d < D; d++) assert_true(sqrt(var[d]) > 10);
  }
  arena_free(a);
}

static void no_bit_depends_on_threads(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = ARENA_NEW(a, struct world);
  struct rng r;
  struct err e;
  double var[3][M][D];
  const double *u[M] = {s->u[0], s->u[1], s->u[2], s->u[3]};
  fill(s, 5);
  rng_init(&r, 5, "calibrated domains", "g", 1);
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{s->stratum, s->psu, s->n1}}, .weight = s->w[0], .lonely = LONELY_MEAN};
  assert_int_equal(sample_design_build(a, &spec, &s->design, &e), E_OK);
  adjust(a, s, 3, &r);
  for (int k = 0; k < 3; k++) {
    const struct job job = {.n_threads = k == 0 ? 1 : k == 1 ? 2 : 8};
    double *v[M] = {var[k][0], var[k][1], var[k][2], var[k][3]};
    assert_int_equal(calibrated_domains_variance(&job, a, &s->survey, &(struct taylor_domains){D, s->of}, M, u, v, &e), E_OK);
    if (k) assert_memory_equal(var[k], var[0], sizeof var[0]);
  }
  arena_free(a);
}

/* Raked weights and designs with a lonely unit under STOP take another way, or none. */
static void what_is_not_possible_is_said(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = ARENA_NEW(a, struct world);
  struct rng r;
  struct err e;
  double var[D], *v = var;
  const double *u[1] = {s->x};
  fill(s, 3);
  rng_init(&r, 3, "calibrated domains", "g", 1);
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{s->stratum, s->psu, s->n1}}, .weight = s->w[0]};
  assert_int_equal(sample_design_build(a, &spec, &s->design, &e), E_OK);
  adjust(a, s, 1, &r);
  assert_int_equal(calibrated_domains_variance(NULL, a, &s->survey, NULL, 1, u, &v, &e), E_LONELY_PSU);
  s->step[0].kind = ADJUSTED_RAKED, s->step[0].x = &s->aux[0];
  assert_false(calibrated_domains_possible(&s->survey));
  s->survey.n_adjustments = 0;
  assert_false(calibrated_domains_possible(&s->survey));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_domain_is_that_of_its_own_regression), cmocka_unit_test(a_known_total_has_no_error),
      cmocka_unit_test(rows_of_households_have_no_short_cut),
      cmocka_unit_test(no_bit_depends_on_threads), cmocka_unit_test(what_is_not_possible_is_said)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

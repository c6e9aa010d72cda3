/* Variance of totals with imputed values and multiple imputation: formulas by hand, and the coverage of 95 % intervals over repeated samples of a
 *          known population. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "processing/impute/imputation_variance.h"
#include "processing/impute/multiple.h"

static void close_to(double a, double b, double within) { assert_true(fabs(a - b) <= within); }

static void rubins_rules_by_hand(void **state) {
  const double q[] = {10, 12, 14}, u[] = {3, 4, 5};
  struct mi_result r;
  struct err e;
  double half;
  (void)state;
  assert_int_equal(mi_combine(q, u, 3, 0, &r, &e), E_OK);
  close_to(r.estimate, 12, 1e-12), close_to(r.within, 4, 1e-12), close_to(r.between, 4, 1e-12);
  close_to(r.total, 4 + 4.0 / 3 * 4, 1e-12);
  const double lambda = (16.0 / 3) / (28.0 / 3), old = 2 / (lambda * lambda);
  close_to(r.df, old, 1e-10);
  const double rho = 4.0 / 3;
  close_to(r.missing_information, (rho + 2 / (old + 3)) / (rho + 1), 1e-12);
  assert_int_equal(mi_combine(q, u, 3, 20, &r, &e), E_OK); /* Barnard & Rubin: never more than the complete data's */
  const double observed = 21.0 / 23 * 20 * (1 - lambda);
  close_to(r.df, old * observed / (old + observed), 1e-10);
  assert_int_equal(mi_half_width(&r, 0.95, &half, &e), E_OK);
  assert_true(half > 1.96 * sqrt(r.total));
  assert_int_equal(mi_combine(q, u, 1, 0, &r, &e), E_MODEL_SPEC);
}
/* Without gaps all three are the usual variance (the jackknife of a linear total is exact). */
static void without_gaps_every_method_is_the_usual_formula(void **state) {
  enum { N = 8 };
  const double y[N] = {3, 5, 4, 8, 10, 12, 9, 11}, x[N] = {1, 2, 1, 2, 3, 4, 3, 4}, pop[2] = {40, 20};
  const int32_t stratum[N] = {0, 0, 0, 0, 1, 1, 1, 1};
  const uint8_t observed[N] = {1, 1, 1, 1, 1, 1, 1, 1};
  const struct iv_input in = {N, y, x, observed, stratum, 2, pop};
  struct arena *a = arena_new(0);
  struct iv_result r;
  struct err e;
  (void)state;
  assert_int_equal(imputation_variance(a, &in, &r, &e), E_OK);
  /* s2: 14/3 and 5/3 */
  const double usual = 1600 * 0.9 / 4 * (14.0 / 3) + 400 * 0.8 / 4 * (5.0 / 3);
  close_to(r.total, 10 * 20 + 5 * 42, 1e-9);
  close_to(r.naive, usual, 1e-9), close_to(r.sarndal, usual, 1e-9), close_to(r.jackknife, usual, 1e-9), close_to(r.reverse, usual, 1e-9);
  arena_free(a);
}
static void too_few_units_are_refused(void **state) {
  const double y[3] = {1, 2, 3}, x[3] = {1, 1, 1}, pop[2] = {10, 10};
  const int32_t stratum[3] = {0, 0, 1};
  const uint8_t observed[3] = {1, 1, 1};
  const struct iv_input in = {3, y, x, observed, stratum, 2, pop};
  struct arena *a = arena_new(0);
  struct iv_result r;
  struct err e;
  (void)state;
  assert_int_equal(imputation_variance(a, &in, &r, &e), E_MODEL_DATA);
  arena_free(a);
}

enum { FRAME = 1500, SAMPLE = 150, REPEATS = 600, SETS = 8 };
struct frame {
  double y[FRAME], x[FRAME], total;
  struct str unit[FRAME];
};
static void make_frame(struct arena *a, struct frame *f) {
  for (int i = 0; i < FRAME; i++) {
    struct rng r;
    rng_init(&r, 1, "frame", &i, sizeof i);
    f->x[i] = 1 + 20 * rng_uniform(&r);
    f->y[i] = 3 * f->x[i] + 1.5 * sqrt(f->x[i]) * rng_normal(&r);
    f->unit[i] = str_of(arena_printf(a, "f%d", i));
    f->total += f->y[i];
  }
}
struct draw {
  double y[SAMPLE], x[SAMPLE];
  uint8_t observed[SAMPLE];
  int32_t stratum[SAMPLE];
  struct str unit[SAMPLE];
};
/* Simple random sample without replacement; 60 % answer, whatever y is. */
static void sample(const struct frame *f, int repeat, struct draw *d) {
  struct rng r;
  int order[FRAME];
  rng_init(&r, 77, "sample", &repeat, sizeof repeat);
  for (int i = 0; i < FRAME; i++) order[i] = i;
  for (int k = 0; k < SAMPLE; k++) {
    const int m = k + (int)rng_below(&r, (uint64_t)(FRAME - k)), t = order[k];
    order[k] = order[m], order[m] = t;
    d->y[k] = f->y[order[k]], d->x[k] = f->x[order[k]], d->unit[k] = f->unit[order[k]];
    d->observed[k] = rng_uniform(&r) < 0.6, d->stratum[k] = 0;
  }
}
static int covers(double estimate, double variance, double truth, double quantile) { return fabs(estimate - truth) <= quantile * sqrt(variance); }

struct coverage {
  int naive, sarndal, jackknife, reverse;
};
static struct coverage simulate(bool mean_model) {
  static struct frame f;
  static struct draw d;
  struct arena *a = arena_new(0);
  struct coverage c = {0};
  const double pop = FRAME;
  f.total = 0;
  make_frame(a, &f);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    const struct arena_mark mark = arena_mark(a);
    struct iv_result r;
    struct err e;
    sample(&f, repeat, &d);
    for (int k = 0; k < SAMPLE && mean_model; k++) d.x[k] = 1;
    const struct iv_input in = {SAMPLE, d.y, d.x, d.observed, d.stratum, 1, &pop};
    assert_int_equal(imputation_variance(a, &in, &r, &e), E_OK);
    c.naive += covers(r.total, r.naive, f.total, 1.96), c.sarndal += covers(r.total, r.sarndal, f.total, 1.96);
    c.jackknife += covers(r.total, r.jackknife, f.total, 1.96), c.reverse += covers(r.total, r.reverse, f.total, 1.96);
    arena_reset(a, mark);
  }
  arena_free(a);
  print_message("coverage of %d: naive %d, sarndal %d, jackknife %d, reverse %d\n", REPEATS, c.naive, c.sarndal, c.jackknife, c.reverse);
  return c;
}
/* 600 samples: the share of a true 95 % interval has standard error 0.9 points; 92 to 98 is more than 3 of them. */
static void intervals_cover_the_truth_where_the_naive_one_does_not(void **state) {
  const int low = REPEATS * 92 / 100, high = REPEATS * 98 / 100;
  (void)state;
  for (int mean_model = 0; mean_model < 2; mean_model++) {
    const struct coverage c = simulate(mean_model);
    assert_in_range(c.sarndal, low, high), assert_in_range(c.jackknife, low, high), assert_in_range(c.reverse, low, high);
    assert_true(mean_model ? c.naive < REPEATS * 85 / 100 : c.naive < c.sarndal);
  }
}
/* The mean model (x = 1): here the naive formula is far too small. */
static void multiple_imputation_covers_the_truth(void **state) {
  static struct frame f;
  static struct draw d;
  struct arena *a = arena_new(0);
  int covered = 0, single = 0;
  const double d_weight = (double)FRAME / SAMPLE, factor = (double)FRAME * FRAME * (1 - 1 / d_weight) / SAMPLE;
  (void)state;
  f.total = 0;
  make_frame(a, &f);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    const struct arena_mark mark = arena_mark(a);
    double q[SETS], u[SETS], half, *sets;
    struct mi_result r;
    struct err e;
    sample(&f, repeat, &d);
    for (int k = 0; k < SAMPLE; k++) d.x[k] = 1;
    const struct mi_ratio_input in = {SAMPLE, d.y, d.x, d.observed, d.unit, SETS, (uint64_t)repeat};
    assert_int_equal(mi_ratio(a, &in, &sets, &e), E_OK);
    for (int l = 0; l < SETS; l++) {
      double mean = 0, squares = 0;
      for (int k = 0; k < SAMPLE; k++) mean += sets[l * SAMPLE + k] / SAMPLE;
      for (int k = 0; k < SAMPLE; k++) squares += (sets[l * SAMPLE + k] - mean) * (sets[l * SAMPLE + k] - mean);
      q[l] = FRAME * mean, u[l] = factor * squares / (SAMPLE - 1);
    }
    assert_int_equal(mi_combine(q, u, SETS, SAMPLE - 1, &r, &e), E_OK);
    assert_int_equal(mi_half_width(&r, 0.95, &half, &e), E_OK);
    covered += fabs(r.estimate - f.total) <= half;
    single += covers(q[0], u[0], f.total, 1.96);
    arena_reset(a, mark);
  }
  print_message("coverage of %d: multiple %d, one set alone %d\n", REPEATS, covered, single);
  assert_in_range(covered, REPEATS * 92 / 100, REPEATS * 98 / 100);
  assert_true(single < covered - REPEATS * 3 / 100);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rubins_rules_by_hand),
      cmocka_unit_test(without_gaps_every_method_is_the_usual_formula),
      cmocka_unit_test(too_few_units_are_refused),
      cmocka_unit_test(intervals_cover_the_truth_where_the_naive_one_does_not),
      cmocka_unit_test(multiple_imputation_covers_the_truth),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

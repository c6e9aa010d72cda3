/* Multiple imputation by ratio, regression, matching and EM: intervals of 95 % hold the truth in 95 % of the samples, those of one completed set do
 * not; draws belong to the unit. `test_multiple_models 2000` takes 2,000 samples. */
#include "imputation_simulation.h"

#include "processing/impute/multiple_model.h"

enum { SETS = 10 };
enum model { RATIO, REGRESSION, MATCHING, NORMAL, MODELS };
static const char *const NAMES[MODELS] = {"ratio", "regression", "matching", "normal"};
static int samples = SIM_SAMPLES;

static double *normal_sets(struct arena *a, const struct sim_sample *s, uint64_t seed) {
  static const char *const items[] = {"y", "x"};
  const struct em_rule rule = {2000, 1e-6};
  struct num_table t;
  struct err e;
  double *sets;
  assert_int_equal(num_table_init(&t, a, items, 2, SIM_SAMPLE, &e), E_OK);
  t.unit = s->unit;
  for (int i = 0; i < SIM_SAMPLE; i++) {
    t.columns[1].x[i] = s->x[i], t.columns[1].status[i] = VAL_REPORTED;
    if (s->observed[i]) t.columns[0].x[i] = s->y[i], t.columns[0].status[i] = VAL_REPORTED;
  }
  assert_int_equal(mi_normal(a, &t, 0, &rule, SETS, seed, &sets, &e), E_OK);
  return sets;
}
static double *sets_of(struct arena *a, enum model model, const struct sim_sample *s, uint64_t seed) {
  double x[SIM_SAMPLE * 2], *sets;
  uint8_t known[SIM_SAMPLE];
  struct err e;
  const struct mi_ratio_input ratio = {SIM_SAMPLE, s->y, s->x, s->observed, s->unit, SETS, seed};
  const struct mi_regression_input line = {SIM_SAMPLE, 2, SETS, model == MATCHING ? 5 : 0, x, s->y, s->observed, known, s->unit, seed};
  for (int i = 0; i < SIM_SAMPLE; i++) x[2 * i] = 1, x[2 * i + 1] = s->x[i], known[i] = 1;
  if (model == NORMAL) return normal_sets(a, s, seed);
  if (model == RATIO) assert_int_equal(mi_ratio(a, &ratio, &sets, &e), E_OK);
  else assert_int_equal(mi_regression(a, &line, &sets, &e), E_OK);
  return sets;
}
static void covers(enum model model, int *all, int *single) {
  static struct sim_frame f;
  static struct sim_sample s;
  struct arena *a = arena_new(0);
  struct err e;
  *all = *single = 0;
  sim_make(a, model == RATIO ? SIM_RATIO : SIM_LINE, &f);
  for (int repeat = 0; repeat < samples; repeat++) {
    const struct arena_mark mark = arena_mark(a);
    double q[SETS], u[SETS], half;
    struct mi_result r;
    struct srs_estimate one = {.estimate = 0};
    sim_draw(a, &f, repeat, &s);
    const double *sets = sets_of(a, model, &s, (uint64_t)repeat);
    for (int l = 0; l < SETS; l++) {
      assert_int_equal(srs_total(a, &s.design, sets + l * SIM_SAMPLE, NULL, &one, &e), E_OK);
      q[l] = one.estimate, u[l] = one.variance;
    }
    assert_int_equal(mi_combine(q, u, SETS, one.degrees, &r, &e), E_OK);
    assert_int_equal(mi_half_width(&r, 0.95, &half, &e), E_OK);
    *all += fabs(r.estimate - f.total) <= half;
    *single += fabs(q[0] - f.total) <= 1.96 * sqrt(u[0]);
    arena_reset(a, mark);
  }
  arena_free(a);
}
static void intervals_hold_the_truth(void **state) {
  (void)state;
  for (int model = 0; model < MODELS; model++) {
    int all, single;
    covers((enum model)model, &all, &single);
    print_message("one set of %s: %d\n", NAMES[model], single);
    sim_nominal(NAMES[model], all, samples);
    assert_true(single < all);
  }
}
/* A unit's numbers depend on nothing but the seed, the set and its id; observed values stay. */
static void draws_belong_to_the_unit(void **state) {
  static struct sim_frame f;
  static struct sim_sample s, turned;
  struct arena *a = arena_new(0);
  (void)state;
  assert_int_equal(mi_times(3, 200, STR("u1")), mi_times(3, 200, STR("u1")));
  int64_t times = 0;
  for (int l = 0; l < 2000; l++) times += mi_times(9, l, STR("some unit"));
  assert_in_range(times, 1860, 2140); /* Poisson(1): 2,000 with standard error 45 */
  sim_make(a, SIM_LINE, &f);
  sim_draw(a, &f, 1, &s);
  turned = s;
  for (int i = 0, gone = 0; i < SIM_SAMPLE && gone < 10; i++) /* ten recipients less: the others keep their values to the bit */
    if (!s.observed[i]) turned.observed[i] = 2, turned.y[i] = NAN, gone++;
  for (int model = MATCHING; model >= RATIO; model--) {
    struct sim_sample less = s;
    const double *whole = sets_of(a, (enum model)model, &s, 5);
    int n = 0, from[SIM_SAMPLE];
    for (int i = 0; i < SIM_SAMPLE; i++)
      if (turned.observed[i] != 2) from[n++] = i;
    for (int k = 0; k < SIM_SAMPLE; k++) { /* those left; recipients that change no fit take the other places */
      const int i = k < n ? from[k] : from[0];
      less.y[k] = s.y[i], less.x[k] = s.x[i], less.unit[k] = k < n ? s.unit[i] : STR("other"), less.observed[k] = k < n && s.observed[i];
    }
    const double *part = sets_of(a, (enum model)model, &less, 5);
    for (int l = 0; l < SETS; l++)
      for (int k = 0; k < n; k++) {
        assert_memory_equal(&part[l * SIM_SAMPLE + k], &whole[l * SIM_SAMPLE + from[k]], sizeof *part);
        if (s.observed[from[k]]) assert_true(part[l * SIM_SAMPLE + k] == s.y[from[k]]);
      }
  }
  arena_free(a);
}
static void too_little_is_refused(void **state) {
  const double x[6] = {1, 2, 1, 2, 1, 2}, y[3] = {1, 2, 3}; /* the second regressor says nothing of its own */
  const uint8_t observed[3] = {1, 1, 1}, known[3] = {1, 1, 1};
  const struct str unit[3] = {STR("a"), STR("b"), STR("c")};
  struct arena *a = arena_new(0);
  struct err e;
  double *sets;
  struct mi_regression_input in = {3, 2, 5, 0, x, y, observed, known, unit, 1};
  (void)state;
  assert_int_equal(mi_regression(a, &in, &sets, &e), E_MODEL_DATA); /* fewer than p + 2 */
  in.p = 1, in.k = 4;
  assert_int_equal(mi_regression(a, &in, &sets, &e), E_MODEL_DATA);
  in.k = 0, in.m = 1;
  assert_int_equal(mi_regression(a, &in, &sets, &e), E_MODEL_SPEC);
  arena_free(a);
}
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold_the_truth), cmocka_unit_test(draws_belong_to_the_unit),
      cmocka_unit_test(too_little_is_refused)};
  samples = sim_samples(argc, argv);
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Parts of the variance due to imputation for linear models and donors, and the bootstrap that imputes anew: against the case of one ratio, by hand,
 * and by the coverage of 95 % intervals. `test_imputation_parts 2000` takes 2,000 samples. */
#include "imputation_simulation.h"

#include "processing/impute/imputation_again.h"
#include "processing/impute/imputation_bootstrap.h"
#include "processing/impute/imputation_parts.h"
#include "processing/impute/imputation_variance.h"
#include "processing/impute/regression_robust.h"
#include "processing/impute/unit_order.h"

enum { REPLICATES = 60 };
enum way { RATIO, LINE, NEAREST, WAYS };
static int samples = SIM_SAMPLES;
static void close_to(double a, double b, double within) { assert_true(fabs(a - b) <= within * (1 + fabs(b))); }

struct completed {
  double y[SIM_SAMPLE], x[2 * SIM_SAMPLE];
  uint8_t role[SIM_SAMPLE];
  int64_t donor[SIM_SAMPLE];
  int32_t row[SIM_SAMPLE];
};
static void impute(enum way way, const struct sim_sample *s, double *y, int64_t *donor) {
  static struct qr_sum q;
  struct qr_fit f;
  qr_init(&q, way == LINE ? 2 : 1);
  for (int i = 0; i < SIM_SAMPLE; i++) {
    const double x[2] = {way == RATIO ? s->x[i] : 1, s->x[i]};
    if (s->observed[i]) qr_add(&q, x, s->y[i], way == RATIO ? 1 / s->x[i] : 1);
  }
  qr_solve(&q, &f);
  for (int i = 0; i < SIM_SAMPLE; i++) {
    const double x[2] = {way == RATIO ? s->x[i] : 1, s->x[i]};
    double best = INFINITY;
    donor[i] = -1;
    y[i] = s->observed[i] ? s->y[i] : regression_value(&f, x);
    if (s->observed[i] || way != NEAREST) continue;
    for (int k = 0; k < SIM_SAMPLE; k++)
      if (s->observed[k] && fabs(s->x[k] - s->x[i]) < best) best = fabs(s->x[k] - s->x[i]), donor[i] = k;
    y[i] = s->y[donor[i]];
  }
}
static struct parts_input complete(enum way way, const struct sim_sample *s, struct completed *c) {
  impute(way, s, c->y, c->donor);
  const int p = way == LINE ? 2 : 1;
  for (int i = 0; i < SIM_SAMPLE; i++) {
    c->role[i] = s->observed[i] ? PARTS_REPORTED : PARTS_IMPUTED, c->row[i] = i;
    c->x[p * i] = way == LINE ? 1 : s->x[i];
    if (way == LINE) c->x[2 * i + 1] = s->x[i];
  }
  return (struct parts_input){&s->design, c->y, c->role, c->x, p, NULL, way == NEAREST ? c->donor : NULL};
}
static const enum parts_kind KIND[WAYS] = {PARTS_RATIO, PARTS_LINEAR, PARTS_DONOR};
static struct parts_result parts_of(struct arena *a, enum way way, const struct sim_sample *s, struct completed *c) {
  const struct parts_input in = complete(way, s, c);
  const struct parts_class all = {KIND[way], SIM_SAMPLE, c->row, in.p};
  struct parts_model m;
  struct parts_result r;
  struct err e;
  assert_int_equal(parts_model_make(a, SIM_SAMPLE, &m, &e), E_OK);
  assert_int_equal(parts_fit(a, &in, &all, &m, &e), E_OK);
  assert_int_equal(parts_variance(a, &in, &m, NULL, &r, &e), E_OK);
  return r;
}
/* Weighted by d and with a stratum of its own sampling fraction, the general formula is the special one. */
static void one_ratio_is_the_special_case(void **state) {
  static struct sim_frame f;
  static struct sim_sample s;
  static struct completed c;
  struct arena *a = arena_new(0);
  double weight[SIM_SAMPLE];
  struct parts_model m;
  struct parts_result r;
  struct iv_result v;
  struct err e;
  (void)state;
  sim_make(a, SIM_RATIO, &f);
  sim_draw(a, &f, 3, &s);
  struct parts_input in = complete(RATIO, &s, &c);
  const struct iv_input special = {SIM_SAMPLE, s.y, s.x, s.observed, s.stratum, SIM_STRATA, s.pop};
  const struct parts_class all = {PARTS_RATIO, SIM_SAMPLE, c.row, 1};
  for (int i = 0; i < SIM_SAMPLE; i++) weight[i] = s.pop[s.stratum[i]] / s.design.size[s.stratum[i]];
  assert_int_equal(imputation_variance(a, &special, &v, &e), E_OK);
  for (int i = 0; i < SIM_SAMPLE; i++)
    if (!s.observed[i]) c.y[i] = v.ratio * s.x[i];
  in.weight = weight;
  assert_int_equal(parts_model_make(a, SIM_SAMPLE, &m, &e), E_OK);
  assert_int_equal(parts_fit(a, &in, &all, &m, &e), E_OK);
  assert_int_equal(parts_variance(a, &in, &m, NULL, &r, &e), E_OK);
  close_to(r.total, v.total, 1e-10), close_to(r.naive, v.naive, 1e-10);
  close_to(r.sampling, v.sampling, 1e-10), close_to(r.imputation, v.imputation, 1e-10), close_to(r.mix, v.mix, 1e-10);
  close_to(r.variance, v.sarndal, 1e-10);
  close_to(r.share, (v.imputation + 2 * v.mix) / v.sarndal, 1e-10);
  arena_free(a);
}
/* Five units of ten, one gap served by the first: d = 2, variance 2.5 of 1, 2, 3, 4. extra of the donor 2: V_imp = 4 * 2.5 + 4 * 2.5 = 20 (in units
 * of s2 = 5/3), V_mix = 2 * 1 * s2 - 2 * 1 * s2 = 0. c = 100 * 0.5 / 20 = 2.5; own 5 s2, carried (4 + 1 + 1 + 1) s2: lack 2.5 * (0 - (5 - 7) / 5) s2
 * = s2. */
static void donors_by_hand(void **state) {
  const double y[5] = {1, 2, 3, 4, 1}, pop = 10;
  const uint8_t role[5] = {PARTS_REPORTED, PARTS_REPORTED, PARTS_REPORTED, PARTS_REPORTED, PARTS_IMPUTED};
  const int64_t donor[5] = {-1, -1, -1, -1, 0};
  const int32_t stratum[5] = {0, 0, 0, 0, 0}, row[5] = {0, 1, 2, 3, 4};
  struct arena *a = arena_new(0);
  struct srs_design d = {.n = 5, .stratum = stratum, .n_strata = 1, .pop = &pop};
  const struct parts_input in = {&d, y, role, NULL, 0, NULL, donor};
  const struct parts_class all = {PARTS_DONOR, 5, row, 0};
  struct parts_model m;
  struct parts_result r;
  struct err e;
  (void)state;
  assert_int_equal(srs_design_make(a, &d, &e), E_OK);
  assert_int_equal(parts_model_make(a, 5, &m, &e), E_OK);
  assert_int_equal(parts_fit(a, &in, &all, &m, &e), E_OK);
  assert_int_equal(parts_variance(a, &in, &m, NULL, &r, &e), E_OK);
  const double s2 = 5.0 / 3;
  close_to(r.total, 22, 1e-12), close_to(r.naive, 100 * 0.5 / 5 * 1.7, 1e-12);
  close_to(r.sampling, r.naive + s2, 1e-12), close_to(r.imputation, 8 * s2, 1e-12), close_to(r.mix, 0, 1e-12);
  arena_free(a);
}
static void without_gaps_it_is_the_usual_formula(void **state) {
  static struct sim_frame f;
  static struct sim_sample s;
  static struct completed c;
  struct arena *a = arena_new(0);
  (void)state;
  sim_make(a, SIM_LINE, &f);
  sim_draw(a, &f, 3, &s);
  memset(s.observed, 1, sizeof s.observed);
  for (int way = 0; way < WAYS; way++) {
    const struct parts_result r = parts_of(a, (enum way)way, &s, &c);
    close_to(r.variance, r.naive, 1e-12);
    assert_true(r.imputation == 0 && r.mix == 0 && r.share == 0);
  }
  arena_free(a);
}
static void poor_classes_are_refused(void **state) {
  static struct sim_frame f;
  static struct sim_sample s;
  static struct completed c;
  struct arena *a = arena_new(0);
  struct parts_model m;
  struct err e;
  (void)state;
  sim_make(a, SIM_LINE, &f);
  sim_draw(a, &f, 3, &s);
  for (int way = 0; way < WAYS; way++) {
    const struct parts_input in = complete((enum way)way, &s, &c);
    const struct parts_class few = {KIND[way], 2, c.row, in.p};
    c.role[0] = PARTS_REPORTED, c.role[1] = PARTS_IMPUTED;
    assert_int_equal(parts_model_make(a, SIM_SAMPLE, &m, &e), E_OK);
    assert_int_equal(parts_fit(a, &in, &few, &m, &e), E_MODEL_DATA);
  }
  arena_free(a);
}

/* Without x a donor is drawn: the variance of a mean imputed so comes near that of the parts, and rows in another order give the same bits. */
static void drawn_donors_again(void **state) {
  static struct sim_frame f;
  static struct sim_sample s, turned;
  struct arena *a = arena_new(0);
  struct err e;
  double v[2][2];
  (void)state;
  sim_make(a, SIM_LINE, &f);
  sim_draw(a, &f, 3, &s);
  turned = s;
  for (int i = 0; i < SIM_SAMPLE; i++) {
    const int k = SIM_SAMPLE - 1 - i;
    turned.y[i] = s.y[k], turned.observed[i] = s.observed[k], turned.stratum[i] = s.stratum[k], turned.unit[i] = s.unit[k];
  }
  turned.design.stratum = turned.stratum;
  for (int t = 0; t < 2; t++) {
    static struct completed c;
    static uint8_t all[SIM_SAMPLE];
    struct unit_order order;
    const struct sim_sample *x = t ? &turned : &s;
    assert_int_equal(unit_order_make(a, x->unit, SIM_SAMPLE, NULL, 1, &order, &e), E_OK);
    for (int i = 0; i < SIM_SAMPLE; i++) c.y[i] = x->y[i], c.role[i] = x->observed[i] ? PARTS_REPORTED : PARTS_IMPUTED, all[i] = 1;
    const struct parts_input in = {&x->design, c.y, c.role, NULL, 0, NULL, c.donor};
    const struct parts_class whole = {PARTS_DONOR, SIM_SAMPLE, order.row, 0};
    struct again again = {.in = &in, .classes = &whole, .n_classes = 1, .domain = all, .unit = x->unit, .seed = 4};
    const struct bootstrap_input b = {&x->design, x->unit, 400, 4, again_totals, &again, 2};
    assert_int_equal(again_make(a, &again, &e), E_OK);
    assert_int_equal(imputation_bootstrap(a, &b, v[t], &e), E_OK);
  }
  assert_memory_equal(v[0], v[1], sizeof v[0]);
  double mean = 0, squares = 0, n = 0;
  for (int i = 0; i < SIM_SAMPLE; i++)
    if (s.observed[i]) n++, mean += s.y[i];
  mean /= n;
  for (int i = 0; i < SIM_SAMPLE; i++)
    if (s.observed[i]) squares += (s.y[i] - mean) * (s.y[i] - mean);
  /* a mean of n respondents and the noise of the draws of the others: near pop^2 s2 (1/n + (1 - n/N)/N) */
  const double near = (double)SIM_FRAME * SIM_FRAME * squares / (n - 1) * (1 / n + (1 - n / SIM_SAMPLE) / SIM_SAMPLE);
  assert_true(v[0][0] > 0.7 * near && v[0][0] < 1.5 * near);
  arena_free(a);
}

/* --- simulation --- */
static double bootstrap_of(struct arena *a, enum way way, const struct sim_sample *s, struct completed *c, uint64_t seed) {
  static uint8_t all[SIM_SAMPLE];
  const struct parts_input in = complete(way, s, c);
  const struct parts_class whole = {KIND[way], SIM_SAMPLE, c->row, in.p};
  struct again again = {.in = &in, .classes = &whole, .n_classes = 1, .domain = all, .unit = s->unit, .seed = seed};
  const struct bootstrap_input b = {&s->design, s->unit, REPLICATES, seed, again_totals, &again, 2};
  struct err e;
  double v[2];
  memset(all, 1, sizeof all);
  assert_int_equal(again_make(a, &again, &e), E_OK);
  assert_int_equal(imputation_bootstrap(a, &b, v, &e), E_OK);
  assert_true(v[0] == v[1]);
  return v[0];
}
static void intervals_hold_the_truth(void **state) {
  static const char *const names[WAYS] = {"ratio", "regression", "nearest neighbour"};
  static struct sim_frame f;
  static struct sim_sample s;
  static struct completed c;
  (void)state;
  for (int way = 0; way < WAYS; way++) {
    struct arena *a = arena_new(0);
    int naive = 0, parts = 0, bootstrap = 0;
    double share = 0;
    sim_make(a, way == RATIO ? SIM_RATIO : SIM_LINE, &f);
    for (int repeat = 0; repeat < samples; repeat++) {
      const struct arena_mark mark = arena_mark(a);
      sim_draw(a, &f, repeat, &s);
      const struct parts_result r = parts_of(a, (enum way)way, &s, &c);
      const double v = bootstrap_of(a, (enum way)way, &s, &c, (uint64_t)repeat);
      naive += fabs(r.total - f.total) <= 1.96 * sqrt(r.naive), parts += fabs(r.total - f.total) <= 1.96 * sqrt(r.variance);
      bootstrap += fabs(r.total - f.total) <= 1.96 * sqrt(v);
      share += r.share / samples;
      arena_reset(a, mark);
    }
    print_message("%s: naive %d of %d, share due to imputation %.2f\n", names[way], naive, samples, share);
    sim_nominal(names[way], parts, samples);
    sim_nominal("its bootstrap", bootstrap, samples);
    assert_true(naive < parts);
    arena_free(a);
  }
}
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_ratio_is_the_special_case), cmocka_unit_test(donors_by_hand),
      cmocka_unit_test(without_gaps_it_is_the_usual_formula), cmocka_unit_test(poor_classes_are_refused),
      cmocka_unit_test(drawn_donors_again), cmocka_unit_test(intervals_hold_the_truth)};
  samples = sim_samples(argc, argv);
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Replicate sets against closed forms: where a method promises the linearised variance of a total it must be that, else in expectation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/rng.h"
#include "estimators/variance/replicate_make.h"
#include "estimators/variance/taylor.h"

enum { STRATA = 7, MOST = 400 };
struct sample {
  int64_t n;
  int32_t stratum[MOST], psu[MOST], ssu[MOST];
  double psus[MOST], ssus[MOST], weight[MOST], y[MOST], order[MOST];
  struct sample_design d;
};
static void near(double ours, double expected, double relative) {
  if (fabs(ours - expected) > relative * fmax(fabs(expected), 1e-300)) fail_msg("ours %.17g expected %.17g", ours, expected);
}
/* Strata with 2, 3, 4, 5, 6, 2, 3 units (or 2 each) of 3 records; stratum 5 taken in full when asked. */
static void make(struct arena *a, struct sample *s, bool pairs, bool fpc, bool take_all, int n_stages) {
  static const int units[STRATA] = {2, 3, 4, 5, 6, 2, 3};
  struct rng r;
  struct err e;
  rng_init(&r, 4, "replicates", "sample", 6);
  s->n = 0;
  int32_t label = 0;
  for (int32_t h = 0; h < STRATA; h++)
    for (int u = 0; u < (pairs ? 2 : units[h]); u++, label++) {
      const double level = 20 + 10 * rng_normal(&r);
      for (int j = 0; j < 3; j++, s->n++) {
        s->stratum[s->n] = h, s->psu[s->n] = label, s->ssu[s->n] = (int32_t)s->n;
        s->psus[s->n] = take_all && h == 5 ? 2 : 8 + h, s->ssus[s->n] = 9;
        s->weight[s->n] = 3 + h + 0.25 * j, s->y[s->n] = level + 5 * rng_normal(&r), s->order[s->n] = -(double)label;
      }
    }
  struct sample_spec spec = {.n = s->n, .n_stages = n_stages,
      .stage = {{s->stratum, s->psu, fpc ? s->psus : NULL}, {NULL, s->ssu, n_stages > 1 ? s->ssus : NULL}}, .weight = s->weight};
  assert_int_equal(sample_design_build(a, &spec, &s->d, &e), E_OK);
}
static double taylor(struct arena *a, const struct sample *s) {
  double z[MOST], var;
  struct err e;
  for (int64_t i = 0; i < s->n; i++) z[i] = s->weight[i] * s->y[i];
  struct taylor_result r = {.var = &var};
  assert_int_equal(taylor_variance(NULL, a, &s->d, NULL, z, &r, &e), E_OK);
  return var;
}
static double by_replicates(struct arena *a, const struct sample *s, const struct replicate_spec *spec, struct replicate_report *report) {
  struct replicate_set set;
  struct err e;
  double w[MOST], var, full = 0;
  assert_int_equal(replicate_make(a, &s->d, spec, &set, report, &e), E_OK);
  double *theta = ARENA_ARRAY(a, double, set.n_replicates);
  assert_non_null(theta);
  for (int64_t i = 0; i < s->n; i++) full += s->weight[i] * s->y[i];
  for (int r = 0; r < set.n_replicates; r++) {
    assert_int_equal(replicate_weights(a, &set, r, s->weight, w, &e), E_OK);
    theta[r] = 0;
    for (int64_t i = 0; i < s->n; i++) theta[r] += w[i] * s->y[i];
  }
  assert_int_equal(replicate_covariance(&set, 1, theta, NULL, &full, &var), set.n_replicates);
  return var;
}

static void jackknife_of_a_total_is_the_linearised_variance(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  for (int k = 0; k < 4; k++) {
    make(a, &s, false, k & 1, k & 2, 1);
    near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_JKN}, NULL), taylor(a, &s), 1e-11);
    near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_JKN, .mse = true}, NULL), taylor(a, &s), 1e-11);
  }
  arena_free(a);
}
static void balanced_half_samples_are_the_linearised_variance(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_report said;
  for (int k = 0; k < 4; k++) {
    make(a, &s, true, k & 1, k & 2, 1);
    near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_BRR}, &said), taylor(a, &s), 1e-11);
    assert_true(said.balanced && said.n_pairs == STRATA - (k == 3));
    near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_BRR, .rho = 0.3, .mse = true}, NULL), taylor(a, &s), 1e-11);
  }
  arena_free(a);
}
/* Strata of more than two: pairs in order give half the sum of squared differences; the triple and the halves are unbiased under permutation. */
static void larger_strata_are_split_or_merged_and_said(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_report said;
  make(a, &s, false, true, false, 1);
  assert_true(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_BRR}, &said) > 0);
  assert_true(said.n_split == 3 && said.n_merged == 2 && said.n_odd == 3 && said.n_pairs == 1 + 1 + 2 + 2 + 3 + 1 + 1);
  assert_true(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_BRR, .merge = true}, &said) > 0);
  assert_true(said.n_split == 0 && said.n_merged == 5 && said.n_pairs == STRATA);
  for (int merge = 0; merge < 2; merge++) { /* mean over random orders of the units' values inside their stratum */
    double sum = 0, expected = 0;
    enum { TIMES = 4000 };
    for (int t = 0; t < TIMES; t++) {
      struct rng r;
      rng_init(&r, 11, "order", &t, sizeof t);
      for (int64_t i = s.n / 3 - 1; i > 0; i--) { /* exchange whole units of one stratum */
        int64_t k = (int64_t)rng_below(&r, (uint64_t)i + 1);
        if (s.stratum[3 * i] != s.stratum[3 * k]) continue;
        for (int j = 0; j < 3; j++) {
          const double y = s.y[3 * i + j];
          s.y[3 * i + j] = s.y[3 * k + j], s.y[3 * k + j] = y;
        }
      }
      sum += by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_BRR, .merge = merge}, NULL);
      expected = taylor(a, &s);
    }
    near(sum / TIMES, expected, 0.02);
  }
  arena_free(a);
}
static void generalised_replicates_are_the_linearised_variance_of_all_stages(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_report said;
  for (int stages = 1; stages <= 2; stages++) {
    make(a, &s, false, true, true, stages);
    near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_GENERALIZED}, &said), taylor(a, &s), 1e-11);
    assert_true(said.balanced);
    near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_GENERALIZED, .tau = 4, .mse = true}, NULL), taylor(a, &s), 1e-11);
    near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_GENERALIZED, .count = 3000, .seed = 5}, &said), taylor(a, &s), 0.08);
  }
  arena_free(a);
}
/* Circular squared differences in the order of selection, by hand. */
static void successive_differences(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  make(a, &s, false, true, false, 1);
  for (int64_t u = 0; u < s.n / 3; u++)
    for (int j = 0; j < 3; j++) s.order[3 * u + j] = (double)((u * 7) % 5);
  double expected = 0;
  for (int64_t from = 0, end; from < s.n / 3; from = end) {
    int64_t at[8], n = 0;
    for (end = from; end < s.n / 3 && s.stratum[3 * end] == s.stratum[3 * from]; end++) at[n++] = end;
    for (int64_t i = 1; i < n; i++)
      for (int64_t k = i; k > 0 && s.order[3 * at[k]] < s.order[3 * at[k - 1]]; k--) {
        const int64_t x = at[k];
        at[k] = at[k - 1], at[k - 1] = x;
      }
    double total[8], sum = 0;
    for (int64_t i = 0; i < n; i++) {
      total[i] = 0;
      for (int j = 0; j < 3; j++) total[i] += s.weight[3 * at[i] + j] * s.y[3 * at[i] + j];
    }
    for (int64_t i = 0; i < n; i++) sum += (total[i] - total[(i + 1) % n]) * (total[i] - total[(i + 1) % n]);
    expected += (1 - (double)n / s.psus[3 * from]) * sum / 2;
  }
  near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_SUCCESSIVE, .order = s.order, .mse = true}, NULL), expected, 1e-11);
  arena_free(a);
}
static void random_methods_have_the_linearised_variance_in_expectation(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  const struct replicate_spec specs[] = {{.method = REPLICATE_BOOTSTRAP, .count = 8000, .seed = 1},
      {.method = REPLICATE_BOOTSTRAP, .count = 8000, .seed = 2, .draws = 1}, {.method = REPLICATE_PRESTON, .count = 8000, .seed = 3},
      {.method = REPLICATE_ANTAL_TILLE, .count = 8000, .seed = 4, .mse = true}};
  for (int fpc = 0; fpc < 2; fpc++) {
    make(a, &s, false, fpc, fpc, 1);
    for (size_t k = 0; k < sizeof specs / sizeof *specs; k++) near(by_replicates(a, &s, &specs[k], NULL), taylor(a, &s), 0.05);
  }
  make(a, &s, false, true, true, 2); /* two stages: the first-stage bootstrap would miss the second stage of stratum 5 */
  near(by_replicates(a, &s, &specs[2], NULL), taylor(a, &s), 0.05);
  arena_free(a);
}
/* Whole numbers of the doubled half add up to the units; weights of the bootstrap sum to the units in every replicate. */
static void multipliers_add_up(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct err e;
  for (int k = 0; k < 3; k++) {
    const struct replicate_spec spec = {.method = k == 0 ? REPLICATE_BOOTSTRAP
            : k == 1                                     ? REPLICATE_PRESTON
                                                         : REPLICATE_ANTAL_TILLE,
        .count = 200,
        .seed = 8};
    struct replicate_set set;
    make(a, &s, false, true, true, 1);
    assert_int_equal(replicate_make(a, &s.d, &spec, &set, NULL, &e), E_OK);
    for (int64_t g = 0; g < replicate_groups(&set); g++) {
      double out[8], sum;
      const int64_t n = replicate_group_unit(&set, g + 1) - replicate_group_unit(&set, g);
      for (int r = 0; r < 200; r++) {
        replicate_changes(&set, g, r, 1, out);
        sum = 0;
        for (int64_t u = 0; u < n; u++) {
          sum += out[u];
          if (k == 2) assert_true(out[u] == floor(out[u]) && out[u] >= -1);
          if (g == 5) assert_true(out[u] == 0); /* taken in full */
        }
        assert_true(fabs(sum) < 1e-12);
      }
    }
  }
  arena_free(a);
}
/* A draw depends on seed, replicate and stratum only: blocks of any size, and a sample without one stratum, give the same numbers. */
static void draws_do_not_depend_on_blocks_or_other_strata(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_set all, part;
  struct err e;
  double one[8], many[8 * 10];
  const struct replicate_spec spec = {.method = REPLICATE_BOOTSTRAP, .count = 40, .seed = 77};
  make(a, &s, false, true, false, 1);
  assert_int_equal(replicate_make(a, &s.d, &spec, &all, NULL, &e), E_OK);
  int64_t n = 0;
  static struct sample less;
  for (int64_t i = 0; i < s.n; i++) {
    if (s.stratum[i] == 1) continue;
    less.stratum[n] = s.stratum[i], less.psu[n] = s.psu[i], less.psus[n] = s.psus[i], less.weight[n] = s.weight[i], n++;
  }
  struct sample_spec less_spec = {.n = n, .n_stages = 1, .stage = {{less.stratum, less.psu, less.psus}}, .weight = less.weight};
  assert_int_equal(sample_design_build(a, &less_spec, &less.d, &e), E_OK);
  assert_int_equal(replicate_make(a, &less.d, &spec, &part, NULL, &e), E_OK);
  for (int r = 0; r < 30; r += 10) {
    replicate_changes(&all, 4, r, 10, many);
    for (int k = 0; k < 10; k++) {
      replicate_changes(&part, 3, r + k, 1, one); /* stratum 4 is the fourth there */
      for (int u = 0; u < 6; u++) assert_true(one[u] == many[u * 10 + k]);
    }
  }
  arena_free(a);
}
static void what_cannot_be_made_is_refused(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static struct sample s;
  struct replicate_set set;
  struct err e;
  make(a, &s, true, true, false, 1);
  assert_int_equal(replicate_make(a, &s.d, &(struct replicate_spec){.method = REPLICATE_BOOTSTRAP}, &set, NULL, &e), E_REPLICATE_SPEC);
  assert_int_equal(replicate_make(a, &s.d, &(struct replicate_spec){.method = REPLICATE_BRR, .rho = 1}, &set, NULL, &e), E_REPLICATE_SPEC);
  assert_int_equal(replicate_make(a, &s.d, &(struct replicate_spec){.method = REPLICATE_BRR, .count = 5000}, &set, NULL, &e), E_REPLICATE_SPEC);
  s.stratum[0] = s.stratum[1] = s.stratum[2] = STRATA; /* two lonely strata */
  struct sample_spec spec = {.n = s.n, .n_stages = 1, .stage = {{s.stratum, s.psu, s.psus}}, .weight = s.weight, .lonely = LONELY_CENTRE};
  assert_int_equal(sample_design_build(a, &spec, &s.d, &e), E_OK);
  assert_int_equal(replicate_make(a, &s.d, &(struct replicate_spec){.method = REPLICATE_JKN}, &set, NULL, &e), E_REPLICATE_LONELY);
  spec.lonely = LONELY_STOP;
  assert_int_equal(sample_design_build(a, &spec, &s.d, &e), E_OK);
  assert_int_equal(replicate_make(a, &s.d, &(struct replicate_spec){.method = REPLICATE_JKN}, &set, NULL, &e), E_LONELY_PSU);
  spec.lonely = LONELY_AVERAGE;
  assert_int_equal(sample_design_build(a, &spec, &s.d, &e), E_OK);
  near(by_replicates(a, &s, &(struct replicate_spec){.method = REPLICATE_JKN}, NULL), taylor(a, &s), 1e-11);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(jackknife_of_a_total_is_the_linearised_variance),
      cmocka_unit_test(balanced_half_samples_are_the_linearised_variance), cmocka_unit_test(larger_strata_are_split_or_merged_and_said),
      cmocka_unit_test(generalised_replicates_are_the_linearised_variance_of_all_stages), cmocka_unit_test(successive_differences),
      cmocka_unit_test(random_methods_have_the_linearised_variance_in_expectation), cmocka_unit_test(multipliers_add_up),
      cmocka_unit_test(draws_do_not_depend_on_blocks_or_other_strata), cmocka_unit_test(what_cannot_be_made_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

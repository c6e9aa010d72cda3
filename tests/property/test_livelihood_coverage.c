/* Simulated samples of a small population of known truth: how often the 95 per cent intervals for poverty rate, Gini, median and a ratio hold the
 *    truth.
 * Population 10 strata x 60 districts x 5 households; sample 20 districts a stratum with replacement (a district drawn twice counts as two), all
 *          their households. Truth by sorting the persons. SAMPLES sets the number of samples (default 1,000, all of them with 500 bootstrap
 *          replicates). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/livelihood/livelihood_shares.h"

enum { STRATA = 10, DISTRICTS = 60, HOUSEHOLDS = 5, DRAWN = 20, N = STRATA * DISTRICTS * HOUSEHOLDS, SAMPLE = STRATA * DRAWN * HOUSEHOLDS };
enum { BOOTSTRAPPED = 1000, RATE_ALL = FIGURE_RATE };
struct household {
  double income;
  int members, children, old;
};
static struct household population[N];

static void make_population(uint64_t seed) {
  struct rng r;
  rng_init(&r, seed, "population", "", 0);
  for (int d = 0; d < STRATA * DISTRICTS; d++) {
    const double luck = 0.25 * rng_normal(&r) + 0.05 * (d / DISTRICTS);
    for (int k = 0; k < HOUSEHOLDS; k++) {
      struct household *h = &population[d * HOUSEHOLDS + k];
      h->members = 1 + (int)rng_below(&r, 4), h->old = h->members < 3 && rng_below(&r, 5) < 2;
      h->children = h->members > 2 ? h->members - 2 : 0;
      h->income = exp(5 + luck + 0.55 * rng_normal(&r)) * (h->old ? 0.7 : 1) / sqrt(h->members);
    }
  }
}
struct person {
  double income;
};
static int by_income(const void *x, const void *y) {
  const double a = ((const struct person *)x)->income, b = ((const struct person *)y)->income;
  return a < b ? -1 : a > b;
}
struct truth {
  double rate, gini, median, old;
};
static struct truth truth_of(void) {
  static struct person p[N * 4];
  struct truth t = {0};
  int64_t n = 0;
  double below = 0, sum = 0, ranked = 0, old = 0;
  for (int i = 0; i < N; i++) {
    old += population[i].old;
    for (int k = 0; k < population[i].members; k++) p[n++].income = population[i].income;
  }
  qsort(p, (size_t)n, sizeof *p, by_income);
  t.median = p[(n - 1) / 2].income;
  for (int64_t k = 0; k < n; k++) {
    below += p[k].income < t.median / 2;
    sum += p[k].income, ranked += (double)(2 * (k + 1) - n - 1) * p[k].income;
  }
  t.rate = below / (double)n, t.gini = ranked / ((double)n * sum), t.old = old / N;
  return t;
}

/* --- one sample --- */
struct drawn {
  int32_t stratum[SAMPLE], district[SAMPLE];
  double weight[SAMPLE], income[SAMPLE], in[LIVELIHOOD_GROUPS][SAMPLE], old[SAMPLE], one[SAMPLE];
  uint8_t known[SAMPLE];
  int64_t row[SAMPLE];
};
static void draw(struct drawn *s, uint64_t seed) {
  struct rng r;
  int n = 0;
  memset(s, 0, sizeof *s);
  rng_init(&r, seed, "sample", "", 0);
  for (int h = 0; h < STRATA; h++)
    for (int d = 0; d < DRAWN; d++) {
      const int district = h * DISTRICTS + (int)rng_below(&r, DISTRICTS);
      for (int k = 0; k < HOUSEHOLDS; k++, n++) {
        const struct household *x = &population[district * HOUSEHOLDS + k];
        s->stratum[n] = h, s->district[n] = h * DRAWN + d, s->weight[n] = (double)DISTRICTS / DRAWN;
        s->income[n] = x->income, s->in[GROUP_ALL][n] = x->members, s->in[GROUP_CHILDREN][n] = x->children;
        s->old[n] = x->old, s->one[n] = 1, s->known[n] = 1, s->row[n] = n;
      }
    }
}
struct count {
  int n, held;
};
static void note(struct count *c, const struct livelihood_estimate *x, enum livelihood_method m, double truth) {
  if (!x->has[m]) return;
  c->n++;
  c->held += x->low[m] <= truth && truth <= x->high[m];
}
enum { RATE_LINEARISED, GINI_LINEARISED, RATIO, MEDIAN_WOODRUFF, MEDIAN_LINEARISED, RATE_BOOTSTRAP, GINI_BOOTSTRAP, MEDIAN_BOOTSTRAP, KINDS };
static const char *const kinds[KINDS] = {"poverty rate, linearised", "Gini, linearised", "ratio", "median, Woodruff", "median, linearised",
    "poverty rate, bootstrap", "Gini, bootstrap", "median, bootstrap"};
static void one_sample(struct arena *a, struct drawn *s, uint64_t seed, bool bootstrap, const struct truth *t, struct count *c) {
  struct livelihood_survey survey = {.n = SAMPLE, .row = s->row, .base = s->weight, .weighted = true};
  struct livelihood_measures m;
  struct livelihood_estimate share;
  struct livelihood_shares shares = {.m = 1, .share = {{"old", 1, s->old, s->one}}};
  const struct taylor_domains all = {1, NULL};
  struct err e;
  draw(s, seed);
  const struct sample_spec spec = {.n = SAMPLE, .n_stages = 1, .stage = {{s->stratum, s->district, NULL}}, .weight = s->weight};
  assert_int_equal(sample_design_build(a, &spec, &survey.design, &e), E_OK);
  survey.survey = (struct survey){.n = SAMPLE, .design = &survey.design, .weight = s->weight};
  struct livelihood_persons persons = {.n = SAMPLE, .income = s->income, .known = s->known};
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) persons.persons[g] = s->in[g];
  const struct livelihood_request q = {.survey = &survey, .persons = &persons, .linearised = true, .woodruff = true,
      .bootstrap = bootstrap ? LIVELIHOOD_LEAST_BOOTSTRAP : 0, .seed = seed};
  assert_int_equal(livelihood_measure(NULL, a, &q, &m, &e), E_OK);
  assert_int_equal(livelihood_share_estimates(NULL, a, &survey, &shares, &all, &share, &e), E_OK);
  note(&c[RATE_LINEARISED], &m.estimate[RATE_ALL], METHOD_LINEARISED, t->rate);
  note(&c[GINI_LINEARISED], &m.estimate[FIGURE_GINI], METHOD_LINEARISED, t->gini);
  note(&c[RATIO], &share, METHOD_LINEARISED, t->old);
  note(&c[MEDIAN_WOODRUFF], &m.estimate[FIGURE_MEDIAN], METHOD_WOODRUFF, t->median);
  note(&c[MEDIAN_LINEARISED], &m.estimate[FIGURE_MEDIAN], METHOD_LINEARISED, t->median);
  note(&c[RATE_BOOTSTRAP], &m.estimate[RATE_ALL], METHOD_BOOTSTRAP, t->rate);
  note(&c[GINI_BOOTSTRAP], &m.estimate[FIGURE_GINI], METHOD_BOOTSTRAP, t->gini);
  note(&c[MEDIAN_BOOTSTRAP], &m.estimate[FIGURE_MEDIAN], METHOD_BOOTSTRAP, t->median);
}
static void intervals_hold_the_truth_as_often_as_they_say(void **state) {
  static struct drawn s;
  struct count c[KINDS] = {{0, 0}};
  const char *asked = getenv("SAMPLES");
  const int samples = asked ? atoi(asked) : 1000;
  (void)state;
  make_population(20250605);
  const struct truth t = truth_of();
  struct arena *a = arena_new(0);
  for (int k = 0; k < samples; k++) {
    const struct arena_mark mark = arena_mark(a);
    one_sample(a, &s, 1000 + (uint64_t)k, k < BOOTSTRAPPED, &t, c);
    arena_reset(a, mark);
  }
  arena_free(a);
  printf("truth: rate %.4f, Gini %.4f, median %.2f, ratio %.4f\n", t.rate, t.gini, t.median, t.old);
  for (int k = 0; k < KINDS; k++) printf("%-26s %4d samples: %5.1f %% of intervals hold the truth\n", kinds[k], c[k].n, 100.0 * c[k].held / c[k].n);
  for (int k = 0; k < KINDS && samples >= 200; k++) {
    const bool quantile = k == MEDIAN_WOODRUFF || k == MEDIAN_LINEARISED || k == MEDIAN_BOOTSTRAP;
    const double share = (double)c[k].held / c[k].n;
    assert_true(c[k].n >= 200);
    assert_true(share >= (quantile ? 0.92 : 0.93) && share <= (quantile ? 0.98 : 0.97));
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold_the_truth_as_often_as_they_say)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Variances of totals and means with imputed values: by simulation (stratified cluster samples, answers missing by class), against
 * the influence worked out by differences of the weights, and imputing again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/variance/imputed.h"
#include "estimators/variance/taylor.h"

enum { CLUSTERS = 400, EACH = 5, DRAWN = 60, N = 2 * DRAWN * EACH, CLASSES = 3, SAMPLES = 1500 };
struct population {
  double y[2][CLUSTERS][EACH], x[2][CLUSTERS][EACH];
  int32_t class_of[2][CLUSTERS][EACH];
  double total, domain_total, domain_size; /* domain: odd places in a cluster */
};
struct sample {
  double y[N], x[N], w[N];
  uint8_t flag[N];
  int32_t class_of[N], stratum[N], cluster[N], domain[N];
};

static void make(struct population *p, struct rng *r) {
  memset(p, 0, sizeof *p);
  for (int h = 0; h < 2; h++)
    for (int c = 0; c < CLUSTERS; c++) {
      const double shift = rng_normal(r) * 3;
      for (int k = 0; k < EACH; k++) {
        const int32_t class_of = (int32_t)rng_below(r, CLASSES);
        p->class_of[h][c][k] = class_of;
        p->x[h][c][k] = 10 + (double)rng_below(r, 20);
        p->y[h][c][k] = 40 + 20 * class_of + 2 * p->x[h][c][k] + shift + 8 * rng_normal(r);
        p->total += p->y[h][c][k];
        if (k % 2) p->domain_total += p->y[h][c][k], p->domain_size++;
      }
    }
}
static void draw(const struct population *p, struct rng *r, struct sample *s) {
  static const double answers[CLASSES] = {0.55, 0.8, 0.7};
  int i = 0;
  for (int h = 0; h < 2; h++) {
    int order[CLUSTERS];
    for (int c = 0; c < CLUSTERS; c++) order[c] = c;
    for (int d = 0; d < DRAWN; d++) {
      const int at = d + (int)rng_below(r, (uint64_t)(CLUSTERS - d)), c = order[at];
      order[at] = order[d], order[d] = c;
      for (int k = 0; k < EACH; k++, i++) {
        s->y[i] = p->y[h][c][k], s->x[i] = p->x[h][c][k], s->class_of[i] = p->class_of[h][c][k];
        s->w[i] = (double)CLUSTERS / DRAWN, s->stratum[i] = h, s->cluster[i] = h * CLUSTERS + c, s->domain[i] = k % 2 ? 0 : -1;
        s->flag[i] = (double)rng_below(r, 1000000) / 1e6 >= answers[s->class_of[i]];
      }
    }
  }
}
static void impute(struct sample *s, struct rng *r, enum imputed_method method) {
  double wy[CLASSES] = {0}, wx[CLASSES] = {0};
  int donors[CLASSES][N], n[CLASSES] = {0};
  for (int i = 0; i < N; i++) {
    const int c = s->class_of[i];
    if (s->flag[i]) continue;
    wy[c] += s->w[i] * s->y[i], wx[c] += s->w[i] * (method == IMPUTED_RATIO ? s->x[i] : 1), donors[c][n[c]++] = i;
  }
  for (int i = 0; i < N; i++) {
    const int c = s->class_of[i];
    if (!s->flag[i]) continue;
    if (method == IMPUTED_HOTDECK) s->y[i] = s->y[donors[c][rng_below(r, (uint64_t)n[c])]];
    else s->y[i] = wy[c] / wx[c] * (method == IMPUTED_RATIO ? s->x[i] : 1);
  }
}
static double design_variance(struct arena *a, const struct sample *s, const double *u) {
  double z[N], population[N], var;
  struct sample_design d;
  struct err e;
  for (int i = 0; i < N; i++) z[i] = s->w[i] * u[i], population[i] = CLUSTERS;
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{s->stratum, s->cluster, population}}, .weight = s->w};
  assert_int_equal(sample_design_build(a, &spec, &d, &e), E_OK);
  struct taylor_result out = {.var = &var};
  assert_int_equal(taylor_variance(NULL, a, &d, NULL, z, &out, &e), E_OK);
  return var;
}

static void covers(enum imputed_method method, bool domain_mean) {
  static struct population p;
  static struct sample s;
  struct arena *a = arena_new(0);
  struct rng r;
  int covered = 0, naive = 0;
  double squares = 0, predicted = 0;
  rng_init(&r, 11, "imputed", "population", 10);
  make(&p, &r);
  const double truth = domain_mean ? p.domain_total / p.domain_size : p.total;
  for (int k = 0; k < SAMPLES; k++) {
    struct arena_mark mark = arena_mark(a);
    struct imputed_figure f;
    struct err e;
    double u[N], plain[N], size = 0, value = 0;
    rng_init(&r, 100 + (uint64_t)k, "imputed", "sample", 6);
    draw(&p, &r, &s);
    impute(&s, &r, method);
    const struct imputed_item m = {.name = "y", .method = method, .n = N, .y = s.y, .x = s.x, .flag = s.flag,
        .class_of = s.class_of, .n_classes = CLASSES};
    assert_int_equal(imputed_influence(a, &m, s.w, domain_mean ? s.domain : NULL, domain_mean, u, &f, &e), E_OK);
    const double var = design_variance(a, &s, u) + f.response + f.donors;
    for (int i = 0; i < N; i++)
      if (!domain_mean || s.domain[i] == 0) size += s.w[i], value += s.w[i] * s.y[i];
    if (domain_mean) value /= size;
    assert_true(fabs(f.value - value) <= 1e-9 * fabs(value));
    for (int i = 0; i < N; i++) plain[i] = domain_mean ? (s.domain[i] == 0 ? (s.y[i] - value) / size : 0) : s.y[i];
    covered += fabs(f.value - truth) <= 1.96 * sqrt(var);
    naive += fabs(f.value - truth) <= 1.96 * sqrt(design_variance(a, &s, plain));
    squares += (f.value - truth) * (f.value - truth), predicted += var;
    arena_reset(a, mark);
  }
  const double share = (double)covered / SAMPLES, naive_share = (double)naive / SAMPLES;
  if (share < 0.93 || share > 0.97 || naive_share >= share || fabs(predicted / squares - 1) > 0.12)
    fail_msg("method %d: %.3f of the intervals cover, %.3f of the usual ones; variance %.3f of what it should be", method, share, naive_share,
        predicted / squares);
  print_message("method %d%s: 95 %% intervals cover %.1f %%, as observed %.1f %%; variance / mean square error %.3f\n", method,
      domain_mean ? ", mean of a domain" : "",
      100 * share, 100 * naive_share, predicted / squares);
  arena_free(a);
}
static void intervals_cover(void **state) {
  (void)state;
  for (int method = IMPUTED_MEAN; method <= IMPUTED_HOTDECK; method++)
    for (int domain_mean = 0; domain_mean < 2; domain_mean++) covers((enum imputed_method)method, domain_mean);
}

/* The influence is the derivative of the figure by a record's weight, imputed values following. */
static void influence_is_the_derivative(void **state) {
  (void)state;
  static struct population p;
  static struct sample s;
  struct arena *a = arena_new(0);
  struct rng r;
  struct err e;
  rng_init(&r, 12, "imputed", "derivative", 10);
  make(&p, &r);
  draw(&p, &r, &s);
  for (int mean = 0; mean < 2; mean++)
    for (int method = IMPUTED_MEAN; method <= IMPUTED_RATIO; method++) {
      double u[N], again[N], unused[N], w[N];
      struct imputed_figure f, g;
      impute(&s, &r, (enum imputed_method)method);
      struct imputed_item m = {.name = "y", .method = (enum imputed_method)method, .n = N, .y = s.y, .x = s.x, .flag = s.flag, .class_of = s.class_of,
          .n_classes = CLASSES};
      assert_int_equal(imputed_influence(a, &m, s.w, s.domain, mean, u, &f, &e), E_OK);
      for (int i = 0; i < N; i += 7) {
        memcpy(w, s.w, sizeof w);
        w[i] += 1e-4;
        assert_int_equal(imputed_again(a, &m, s.w, w, again, &e), E_OK);
        struct imputed_item changed = m;
        changed.y = again;
        assert_int_equal(imputed_influence(a, &changed, w, s.domain, mean, unused, &g, &e), E_OK);
        const double slope = (g.value - f.value) / 1e-4;
        if (fabs(slope - u[i]) > 1e-5 * fmax(1, fabs(u[i]))) fail_msg("record %d: influence %.10g, slope %.10g", i, u[i], slope);
      }
    }
  arena_free(a);
}
static void a_class_without_answers_stops(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  struct imputed_figure f;
  const double y[] = {1, 2, 3}, w[] = {1, 1, 1};
  const uint8_t flag[] = {0, 1, 1};
  const int32_t class_of[] = {0, 0, 1};
  double u[3];
  const struct imputed_item m = {.name = "y", .method = IMPUTED_MEAN, .n = 3, .y = y, .flag = flag, .class_of = class_of, .n_classes = 2};
  assert_int_equal(imputed_influence(a, &m, w, NULL, false, u, &f, &e), E_IMPUTED_CLASS);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_cover), cmocka_unit_test(influence_is_the_derivative),
      cmocka_unit_test(a_class_without_answers_stops)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

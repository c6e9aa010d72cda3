/* Variances of multistage designs: two published examples, and random designs of one to three stages against a recursion written from the formula. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/variance/taylor.h"

static void near(double ours, double expected, double relative) {
  if (fabs(ours - expected) > relative * fmax(fabs(expected), 1e-12)) fail_msg("ours %.17g expected %.17g", ours, expected);
}

/* Two stages, MU284 sample of Särndal, Swensson & Wretman (1992): 5 of 50 clusters, 3 municipalities of each. */
static void mu284(void **state) {
  (void)state;
  static const int32_t cluster[] = {19, 45, 47, 50, 31, 19, 45, 47, 50, 31, 19, 45, 47, 50, 31};
  static const double y[] = {41, 49, 31, 39, 49, 49, 49, 31, 41, 51, 49, 45, 35, 61, 33}, size[] = {5, 8, 5, 9, 7, 5, 8, 5, 9, 7, 5, 8, 5, 9, 7};
  double n1[15], w[15], z[15], total, var;
  for (int i = 0; i < 15; i++) n1[i] = 50, w[i] = 10 * size[i] / 3, z[i] = w[i] * y[i];
  struct arena *a = arena_new(0);
  struct err e;
  struct sample_design d;
  struct sample_spec s = {.n = 15, .n_stages = 2, .stage = {{NULL, cluster, n1}, {NULL, NULL, size}}, .weight = w};
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  int64_t psus;
  struct taylor_result r = {.total = &total, .var = &var, .psus = &psus};
  assert_int_equal(taylor_variance(NULL, a, &d, NULL, z, &r, &e), E_OK);
  near(total, 15080, 1e-12);
  near(sqrt(var), 2274.25, 1e-5);
  assert_int_equal(psus, 5);
  arena_free(a);
}

/* Two strata; figures of the Stata manual's example: with and without finite population correction. */
static void two_strata(void **state) {
  (void)state;
  static const int32_t h[] = {0, 0, 0, 0, 0, 1, 1, 1};
  static const double x[] = {2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2}, w[] = {3, 3, 3, 3, 3, 4, 4, 4}, population[] = {15, 15, 15, 15, 15, 12, 12, 12};
  double z[8], total, var;
  for (int i = 0; i < 8; i++) z[i] = w[i] * x[i];
  struct arena *a = arena_new(0);
  struct err e;
  for (int with = 0; with < 2; with++) {
    struct sample_design d;
    struct sample_spec s = {.n = 8, .n_stages = 1, .stage = {{h, NULL, with ? population : NULL}}, .weight = w};
    assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
    struct taylor_result r = {.total = &total, .var = &var};
    assert_int_equal(taylor_variance(NULL, a, &d, NULL, z, &r, &e), E_OK);
    near(total, 147.1, 1e-12);
    near(sqrt(var), with ? 16.633 : 20.014, 1e-4);
  }
  arena_free(a);
}

/* --- random designs --- */
enum { MOST = 4000, STAGES = 3, DOMAINS = 7 };
struct world {
  int n, stages;
  int32_t stratum[STAGES][MOST], unit[STAGES][MOST], domain[MOST];
  double population[STAGES][MOST], w[MOST], z[2][MOST];
  bool with_population[STAGES];
};
static int below(struct rng *r, int n) { return (int)rng_below(r, (uint64_t)n); }

static void grow(struct world *x, struct rng *r, int stage, int32_t *path) {
  if (x->n > MOST - 64) return;
  int strata = 1 + below(r, stage == 0 ? 6 : 2);
  for (int h = 0; h < strata; h++) {
    int units = 1 + below(r, 5), more = below(r, 3) ? below(r, 9) : 0;
    for (int u = 0; u < units; u++) {
      path[2 * stage] = h, path[2 * stage + 1] = u;
      double population = units + more;
      for (int records = stage + 1 < x->stages ? 1 : 1 + below(r, 3); records > 0; records--) {
        int from = x->n;
        if (stage + 1 < x->stages) grow(x, r, stage + 1, path);
        else if (x->n < MOST - 1) {
          for (int k = 0; k < x->stages; k++) x->stratum[k][x->n] = path[2 * k], x->unit[k][x->n] = path[2 * k + 1];
          x->domain[x->n] = below(r, 10) ? below(r, DOMAINS) : -1;
          x->w[x->n] = 1 + rng_uniform(r);
          for (int j = 0; j < 2; j++) x->z[j][x->n] = 100 * rng_normal(r) + 1000;
          x->n++;
        }
        for (int i = from; i < x->n; i++) x->population[stage][i] = population;
      }
    }
  }
}
static void new_world(struct world *x, uint64_t seed) {
  struct rng r;
  int32_t path[2 * STAGES] = {0};
  memset(x, 0, sizeof *x);
  rng_init(&r, seed, "taylor", "world", 5);
  x->stages = 1 + (int)(seed % STAGES);
  grow(x, &r, 0, path);
  for (int k = 0; k < x->stages; k++) x->with_population[k] = below(&r, 4) != 0 && (k == 0 || x->with_population[k - 1]);
}
static void shuffle(struct world *x, uint64_t seed) {
  struct rng r;
  rng_init(&r, seed, "taylor", "shuffle", 7);
  for (int i = x->n - 1; i > 0; i--) {
    int j = below(&r, i + 1);
#define SWAP(type, m) do { type t_ = x->m[i]; x->m[i] = x->m[j]; x->m[j] = t_; } while (0)
    for (int k = 0; k < STAGES; k++) { SWAP(int32_t, stratum[k]); SWAP(int32_t, unit[k]); SWAP(double, population[k]); }
    SWAP(int32_t, domain);
    SWAP(double, w);
    SWAP(double, z[0]);
    SWAP(double, z[1]);
#undef SWAP
  }
}

/* The formula of sample_design.h as it stands there: records that share the first `depth` labels, stage by stage. */
struct naive {
  const struct world *x;
  enum lonely_policy lonely;
  bool in_domain;
  int domain, j, l;
  double mean[STAGES][2]; /* over all units of a stage */
};
static bool same_path(const struct world *x, int i, int k, int stages, bool with_stratum) {
  for (int s = 0; s < stages; s++)
    if (x->stratum[s][i] != x->stratum[s][k] || x->unit[s][i] != x->unit[s][k]) return false;
  return !with_stratum || x->stratum[stages][i] == x->stratum[stages][k];
}
static double naive_stage(const struct naive *q, int stage, int of);
static double naive_parent(const struct naive *q, int stage, int of, bool *alone) {
  const struct world *x = q->x;
  double t[64][2] = {{0}}, below_ = 0, mean[2] = {0, 0}, out = 0;
  int first[64], n = 0, touched = 0;
  bool has[64] = {false};
  for (int i = 0; i < x->n; i++) {
    if (!same_path(x, i, of, stage, true)) continue;
    int u = 0;
    while (u < n && x->unit[stage][first[u]] != x->unit[stage][i]) u++;
    if (u == n) first[n++] = i;
    if (x->domain[i] != q->domain) continue;
    has[u] = true;
    t[u][0] += x->z[q->j][i], t[u][1] += x->z[q->l][i];
  }
  double f = x->with_population[stage] ? n / x->population[stage][of] : 0;
  for (int u = 0; u < n && stage + 1 < x->stages; u++) below_ += naive_stage(q, stage + 1, first[u]);
  for (int u = 0; u < n; u++) touched += has[u], mean[0] += t[u][0] / n, mean[1] += t[u][1] / n;
  *alone = n < 2 && 1 - f > 1e-7;
  bool uncentred = *alone || (q->in_domain && touched == 1);
  if (uncentred && q->lonely == LONELY_MEAN) mean[0] = q->mean[stage][0], mean[1] = q->mean[stage][1];
  else if (uncentred && q->lonely == LONELY_CENTRE) mean[0] = mean[1] = 0;
  for (int u = 0; u < n; u++) {
    if (uncentred && !has[u]) continue; /* one unit alone */
    out += (t[u][0] - mean[0]) * (t[u][1] - mean[1]);
  }
  if (touched == 0 || 1 - f < 1e-7 || (*alone && (q->lonely == LONELY_ZERO || q->lonely == LONELY_AVERAGE))) out = 0;
  return (1 - f) * (n < 2 ? 1 : n / (n - 1.0)) * out + f * below_;
}
static double naive_stage(const struct naive *q, int stage, int of) {
  const struct world *x = q->x;
  int seen[64], n = 0;
  double sum = 0;
  for (int i = 0; i < x->n; i++) {
    if (!same_path(x, i, of, stage, false)) continue;
    int h = 0;
    while (h < n && x->stratum[stage][seen[h]] != x->stratum[stage][i]) h++;
    if (h < n) continue;
    seen[n++] = i;
    bool alone;
    sum += naive_parent(q, stage, i, &alone);
  }
  return sum;
}
static double naive_variance(struct naive *q) {
  const struct world *x = q->x;
  for (int s = 0; s < x->stages; s++) {
    int units = 0;
    double t[2] = {0, 0};
    for (int i = 0; i < x->n; i++) {
      bool first = true;
      for (int k = 0; k < i && first; k++) first = !(same_path(x, i, k, s, true) && x->unit[s][i] == x->unit[s][k]);
      units += first;
      if (x->domain[i] == q->domain) t[0] += x->z[q->j][i], t[1] += x->z[q->l][i];
    }
    q->mean[s][0] = t[0] / units, q->mean[s][1] = t[1] / units;
  }
  return naive_stage(q, 0, 0);
}

/* A term made while the records are read is the same as a column made before. */
static void many_terms(struct world *x, const struct sample_design *d, struct arena *a) {
  struct err e;
  double ratio[DOMAINS], scale[DOMAINS], many[DOMAINS * 3], total[DOMAINS * 3], only[DOMAINS * 3], var[DOMAINS], *z = ARENA_ARRAY(a, double, x->n);
  const struct taylor_domains domains = {DOMAINS, x->domain};
  for (int k = 0; k < DOMAINS; k++) ratio[k] = 0.3 * k - 1, scale[k] = 1.0 / (k + 2);
  const struct taylor_term terms[3] = {{.w = x->w, .y = x->z[0], .x = x->z[1], .ratio = ratio, .scale = scale}, {.y = x->z[0]},
      {.w = x->w, .ratio = ratio}};
  struct taylor_result out = {.var = many, .total = total}, one = {.var = var};
  assert_int_equal(taylor_many(NULL, a, d, &domains, 3, terms, &out, &e), E_OK);
  struct taylor_result totals = {.total = only};
  assert_int_equal(taylor_many(NULL, a, d, &domains, 3, terms, &totals, &e), E_OK);
  for (int t = 0; t < 3; t++) {
    double sum[DOMAINS] = {0};
    for (int i = 0; i < x->n; i++) {
      const int k = x->domain[i] < 0 ? 0 : x->domain[i];
      z[i] = t == 0 ? x->w[i] * (x->z[0][i] - ratio[k] * x->z[1][i]) * scale[k] : t == 1 ? x->z[0][i] : x->w[i] * (1 - ratio[k]);
      if (x->domain[i] >= 0) sum[k] += z[i];
    }
    assert_int_equal(taylor_variance(NULL, a, d, &domains, z, &one, &e), E_OK);
    for (int k = 0; k < DOMAINS; k++) {
      near(many[k * 3 + t], var[k], 1e-9);
      if (fabs(total[k * 3 + t] - sum[k]) > 1e-9 * fmax(1, fabs(sum[k]))) fail_msg("total %.17g, sum %.17g", total[k * 3 + t], sum[k]);
      if (fabs(only[k * 3 + t] - sum[k]) > 1e-9 * fmax(1, fabs(sum[k]))) fail_msg("total alone %.17g, sum %.17g", only[k * 3 + t], sum[k]);
    }
  }
}

static void compare(struct world *x, enum lonely_policy lonely, bool in_domain) {
  struct arena *a = arena_new(0);
  struct err e;
  struct sample_design d;
  struct sample_spec s = {.n = x->n, .n_stages = x->stages, .weight = x->w, .nested = true, .lonely = lonely, .lonely_in_domain = in_domain};
  for (int k = 0; k < x->stages; k++) s.stage[k] = (struct stage_spec){x->stratum[k], x->unit[k], x->with_population[k] ? x->population[k] : NULL};
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  struct taylor_domains domains = {DOMAINS, x->domain};
  double var[DOMAINS], cov[DOMAINS * 4];
  const double *z[2] = {x->z[0], x->z[1]};
  struct taylor_result r = {.var = var};
  assert_int_equal(taylor_variance(NULL, a, &d, &domains, x->z[0], &r, &e), E_OK);
  assert_int_equal(taylor_covariance(NULL, a, &d, &domains, 2, z, cov, &e), E_OK);
  for (int k = 0; k < DOMAINS; k++) {
    for (int j = 0; j < 2; j++)
      for (int l = 0; l < 2; l++) {
        struct naive q = {.x = x, .lonely = lonely, .in_domain = in_domain, .domain = k, .j = j, .l = l};
        double v = naive_variance(&q);
        if (fabs(cov[k * 4 + j * 2 + l] - v) > 1e-10 * fmax(1, fabs(v)))
          fail_msg("domain %d (%d,%d): %.17g, formula %.17g", k, j, l, cov[k * 4 + j * 2 + l], v);
      }
    assert_true(var[k] == cov[k * 4]);
  }
  many_terms(x, &d, a);
  arena_free(a);
}
static void random_designs(void **state) {
  (void)state;
  static struct world x;
  int tried = 0;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    new_world(&x, seed);
    if (x.n > 700) continue;
    tried++;
    compare(&x, LONELY_CENTRE, seed % 2);
    compare(&x, LONELY_MEAN, seed % 2);
    compare(&x, LONELY_ZERO, false);
    shuffle(&x, seed);
    compare(&x, LONELY_CENTRE, seed % 2);
  }
  assert_true(tried >= 40);
}

/* 1, 2 and 8 threads give the same bits, whatever the cut into blocks. */
static void same_bits(void **state) {
  (void)state;
  enum { N = 300000, D = 50 };
  struct arena *a = arena_new(0);
  struct err e;
  int32_t *h = ARENA_ARRAY(a, int32_t, N), *psu = ARENA_ARRAY(a, int32_t, N), *domain = ARENA_ARRAY(a, int32_t, N);
  double *w = ARENA_ARRAY(a, double, N), *z = ARENA_ARRAY(a, double, N), *p1 = ARENA_ARRAY(a, double, N), *p2 = ARENA_ARRAY(a, double, N),
         var[3][D], many[3][D * 2];
  struct rng r;
  rng_init(&r, 3, "taylor", "bits", 4);
  for (int i = 0; i < N; i++)
    h[i] = i / 3000, psu[i] = i / 20, domain[i] = (int32_t)rng_below(&r, D) - 1, w[i] = 3, z[i] = rng_normal(&r) * 1e6 + 1e7, p1[i] = 400, p2[i] = 30;
  struct sample_spec s = {.n = N, .n_stages = 2, .stage = {{h, psu, p1}, {NULL, NULL, p2}}, .weight = w};
  struct sample_design d;
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  assert_null(d.row);
  static const int threads[] = {1, 2, 8};
  double ratio[D];
  for (int k = 0; k < D; k++) ratio[k] = k;
  for (int t = 0; t < 3; t++) {
    struct job job = {.n_threads = threads[t]};
    struct taylor_domains domains = {D, domain};
    struct taylor_result out = {.var = var[t]};
    const struct taylor_term terms[2] = {{.y = z}, {.w = w, .y = z, .x = p1, .ratio = ratio}};
    struct taylor_result both = {.var = many[t]};
    assert_int_equal(taylor_variance(&job, a, &d, &domains, z, &out, &e), E_OK);
    assert_int_equal(taylor_many(&job, a, &d, &domains, 2, terms, &both, &e), E_OK);
    for (int k = 0; k < D; k++) assert_true(many[t][k * 2] == var[t][k]);
  }
  assert_memory_equal(many[0], many[1], sizeof many[0]);
  assert_memory_equal(many[0], many[2], sizeof many[0]);
  assert_memory_equal(var[0], var[1], sizeof var[0]);
  assert_memory_equal(var[0], var[2], sizeof var[0]);
  arena_free(a);
}

/* --- refusals --- */
static void refusals(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  struct sample_design d;
  int32_t h[] = {0, 0, 1, 1}, psu[] = {0, 1, 1, 2};
  double w[] = {1, 1, 1, 1}, population[] = {4, 4, 4, 4}, z[] = {1, 2, 3, 4}, var;
  struct sample_spec s = {.n = 4, .n_stages = 1, .stage = {{h, psu, population}}, .weight = w};
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_UNIT_IN_TWO_STRATA);
  assert_non_null(strstr(e.subject, "row 3"));
  s.nested = true;
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  population[3] = 5;
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_POPULATION_DIFFERS);
  population[2] = population[3] = 1;
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_POPULATION_SHORT);
  population[2] = population[3] = 4;
  w[1] = NAN;
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_NO_WEIGHT);
  w[1] = 1, psu[3] = 1;
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  struct taylor_result r = {.var = &var};
  assert_int_equal(taylor_variance(NULL, a, &d, NULL, z, &r, &e), E_LONELY_PSU);
  assert_string_equal(e.found, "1");
  population[2] = population[3] = 1; /* the one unit is all there is */
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  assert_int_equal(taylor_variance(NULL, a, &d, NULL, z, &r, &e), E_OK);
  arena_free(a);
}

/* AVERAGE: two strata with variance, one without: the mean of the two stands for it. */
static void average(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct err e;
  struct sample_design d;
  int32_t h[] = {0, 0, 1, 1, 2};
  double w[] = {1, 1, 1, 1, 1}, z[] = {1, 3, 10, 14, 7}, var;
  struct sample_spec s = {.n = 5, .n_stages = 1, .stage = {{h, NULL, NULL}}, .weight = w, .lonely = LONELY_AVERAGE};
  assert_int_equal(sample_design_build(a, &s, &d, &e), E_OK);
  struct taylor_result r = {.var = &var};
  assert_int_equal(taylor_variance(NULL, a, &d, NULL, z, &r, &e), E_OK);
  near(var, (4.0 + 16.0) * 3 / 2, 1e-14);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(mu284), cmocka_unit_test(two_strata), cmocka_unit_test(random_designs),
      cmocka_unit_test(same_bits), cmocka_unit_test(refusals), cmocka_unit_test(average)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

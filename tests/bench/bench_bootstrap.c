/* 500 bootstrap replicates of a total and a ratio in 940 domains (47 prefectures x 20 industries; 470 strata, PSU of 20 records), against a bare
 * loop of the same sums in the same run; the jackknife of all primary units; one thread and two; and 500 replicates of a sample of 10^5 calibrated
 * again to 66 margins each time. Target: 10^6 records in 5 s and 500 MB on one core. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "estimators/variance/replicate_adjust.h"
#include "estimators/variance/replicate_engine.h"
#include "estimators/variance/replicate_make.h"

enum { STRATA = 470, DOMAINS = 940, PSU = 20, REPLICATES = 500, PREFECTURES = 47, INDUSTRIES = 20 };
struct rows {
  int64_t n;
  int32_t *stratum, *psu, *domain, *prefecture, *industry;
  double *weight, *y, *x;
};

static double processor_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}
static double wall_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static double peak_mb(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_maxrss / 1024;
}
static bool make(struct arena *a, struct rows *r) {
  uint64_t seed = 88172645463325252u;
  int32_t **codes[] = {&r->stratum, &r->psu, &r->domain, &r->prefecture, &r->industry};
  double **numbers[] = {&r->weight, &r->y, &r->x};
  for (int k = 0; k < 5; k++)
    if (!(*codes[k] = ARENA_ARRAY(a, int32_t, r->n))) return false;
  for (int k = 0; k < 3; k++)
    if (!(*numbers[k] = ARENA_ARRAY(a, double, r->n))) return false;
  const int64_t per_stratum = r->n / STRATA / PSU * PSU;
  for (int64_t i = 0; i < r->n; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    const int64_t h = i / per_stratum < STRATA ? i / per_stratum : STRATA - 1;
    r->stratum[i] = (int32_t)h, r->psu[i] = (int32_t)(i / PSU);
    r->prefecture[i] = (int32_t)(h / 10), r->industry[i] = (int32_t)((seed >> 40) % INDUSTRIES);
    r->domain[i] = r->prefecture[i] * INDUSTRIES + r->industry[i];
    r->weight[i] = 12 + (double)(h % 7), r->y[i] = (double)((seed >> 8) & 0xffff), r->x[i] = 1 + (double)((seed >> 24) & 0xff);
  }
  return true;
}

/* What one would write for this layout: weights of a replicate per primary unit, sums of all records by domain; every replicate one pass. */
static double __attribute__((noinline)) bare(const struct rows *r, int replicates, double *sink) {
  static double y[DOMAINS], x[DOMAINS];
  double *times = malloc(sizeof *times * (size_t)(r->n / PSU + 2));
  uint64_t seed = 2463534242u;
  if (!times) return 0;
  const double start = processor_seconds();
  for (int b = 0; b < replicates; b++) {
    memset(times, 0, sizeof *times * (size_t)(r->n / PSU + 2));
    for (int64_t i = 0, end; i < r->n; i = end) {
      for (end = i; end < r->n && r->stratum[end] == r->stratum[i]; end += PSU) {}
      const int64_t first = i / PSU, n = (end - i) / PSU;
      for (int64_t k = 0; k + 1 < n; k++) seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17, times[first + (int64_t)(seed % (uint64_t)n)]++;
    }
    memset(y, 0, sizeof y), memset(x, 0, sizeof x);
    for (int64_t i = 0; i < r->n; i++) {
      const double w = r->weight[i] * times[i / PSU];
      y[r->domain[i]] += w * r->y[i], x[r->domain[i]] += w * r->x[i];
    }
    for (int k = 0; k < DOMAINS; k++) *sink += y[k] / (x[k] + 1);
  }
  free(times);
  return processor_seconds() - start;
}

static int bootstrap_of(int64_t n) {
  struct arena *a = arena_new(0);
  struct rows r = {.n = n};
  struct sample_design d;
  struct replicate_set set, jackknife;
  struct err e;
  double sink = 0, cpu[3], wall[3];
  if (!a || !make(a, &r)) return 1;
  const struct sample_spec spec = {.n = n, .n_stages = 1, .stage = {{r.stratum, r.psu, NULL}}, .weight = r.weight};
  const struct replicate_spec how = {.method = REPLICATE_BOOTSTRAP, .count = REPLICATES, .seed = 1};
  const struct statistic s[2] = {{STATISTIC_TOTAL, r.y, NULL}, {STATISTIC_RATIO, r.y, r.x}};
  const struct taylor_domains domains = {DOMAINS, r.domain};
  if (sample_design_build(a, &spec, &d, &e) || replicate_make(a, &d, &how, &set, NULL, &e) || replicate_jkn(a, &d, &jackknife, &e)) return 1;
  for (int k = 0; k < 3; k++) {
    struct job job = {.arena = a, .n_threads = k == 1 ? 2 : 1};
    struct replicate_result out = {0};
    const double c0 = processor_seconds(), w0 = wall_seconds();
    if (replicate_linear(&job, a, k == 2 ? &jackknife : &set, r.weight, &domains, 2, s, &out, &e)) return 1;
    cpu[k] = processor_seconds() - c0, wall[k] = wall_seconds() - w0, sink += out.cov[0];
  }
  const double peak = peak_mb(), floor = bare(&r, n > 1000000 ? 20 : 50, &sink) * REPLICATES / (n > 1000000 ? 20 : 50);
  printf(
      "bootstrap %9lld records: %6.2f s cpu, %6.2f s with two threads, bare loop over records %6.1f s (ratio %.3f), jackknife of %lld units %.3f s, peak %.0f MB%s\n",
      (long long)n, cpu[0], wall[1], floor, cpu[0] / floor, (long long)jackknife.n_units, cpu[2], peak, sink == 0 ? " empty" : "");
  arena_free(a);
  return 0;
}

static int calibrated_bootstrap(void) {
  enum { N = 98700 };
  struct arena *a = arena_new(0);
  struct rows r = {.n = N};
  struct sample_design d;
  struct replicate_set set;
  struct readjust_calibration again;
  struct replicate_result out = {0};
  struct err e;
  double total[PREFECTURES + INDUSTRIES] = {0};
  if (!a || !make(a, &r)) return 1;
  const struct auxiliary x = {.n = N, .n_factors = 2, .code = {r.prefecture, r.industry}, .levels = {PREFECTURES, INDUSTRIES}};
  for (int64_t i = 0; i < N; i++) {
    const double w = r.weight[i] * (1 + 0.03 * (r.industry[i] % 5) + 0.01 * (r.prefecture[i] % 7));
    total[r.prefecture[i]] += w, total[PREFECTURES + r.industry[i]] += w;
  }
  const struct sample_spec spec = {.n = N, .n_stages = 1, .stage = {{r.stratum, r.psu, NULL}}, .weight = r.weight};
  const struct replicate_spec how = {.method = REPLICATE_BOOTSTRAP, .count = REPLICATES, .seed = 1};
  const struct calibration_spec to = {.method = CALIBRATE_RAKING, .x = &x, .d = r.weight, .total = total};
  const struct statistic s[2] = {{STATISTIC_TOTAL, r.y, NULL}, {STATISTIC_RATIO, r.y, r.x}};
  const struct taylor_domains domains = {DOMAINS, r.domain};
  if (sample_design_build(a, &spec, &d, &e) || replicate_make(a, &d, &how, &set, NULL, &e) || readjust_calibration_new(a, &to, &again, &e)) return 1;
  struct values_of_statistics values = {N, &domains, 2, s};
  const struct replicate_task task = {.set = &set,
      .weight = r.weight,
      .readjust = readjust_calibration,
      .readjust_context = &again,
      .n_domains = DOMAINS,
      .m = 2,
      .values = replicate_statistics,
      .values_context = &values};
  const double c0 = processor_seconds();
  if (replicate_any(NULL, a, &task, &out, &e)) return 1;
  printf("calibrated bootstrap %d records, 66 margins, %d replicates: %.2f s cpu (%.1f ms each), %lld left out, peak %.0f MB\n", N, REPLICATES,
      processor_seconds() - c0, (processor_seconds() - c0) / REPLICATES * 1e3, (long long)(out.n_failed + out.n_unmet), peak_mb());
  arena_free(a);
  return 0;
}

int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  for (int64_t n = 100000; n <= most; n *= 10)
    if (bootstrap_of(n / STRATA / PSU * PSU * STRATA)) return 1;
  return calibrated_bootstrap();
}

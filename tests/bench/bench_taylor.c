/* Two-stage variances with finite population correction of a total in 940 domains at once (47 prefectures x 20 industries; 470 strata, PSU of 20
 * records), sorted columns in memory, against a bare loop for this one layout in the same run; growth from 10^5 to 10^7 records, one thread and two.
 * Target: 10^7 records in 0.5 s, 10^6 in 40 ms on one core. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "estimators/variance/taylor.h"

enum { STRATA = 470, DOMAINS = 940, PSU = 20, REPEATS = 5 };
struct rows {
  int64_t n;
  int32_t *stratum, *psu, *domain;
  double *weight, *z, *psus, *records;
};

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static double wall_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int make(struct arena *a, struct rows *r) {
  uint64_t seed = 88172645463325252u;
  r->stratum = ARENA_ARRAY(a, int32_t, r->n), r->psu = ARENA_ARRAY(a, int32_t, r->n), r->domain = ARENA_ARRAY(a, int32_t, r->n);
  r->weight = ARENA_ARRAY(a, double, r->n), r->z = ARENA_ARRAY(a, double, r->n), r->psus = ARENA_ARRAY(a, double, r->n),
  r->records = ARENA_ARRAY(a, double, r->n);
  if (!r->stratum || !r->psu || !r->domain || !r->weight || !r->z || !r->psus || !r->records) return 0;
  int64_t per_stratum = r->n / STRATA / PSU * PSU;
  for (int64_t i = 0; i < r->n; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    int64_t h = i / per_stratum < STRATA ? i / per_stratum : STRATA - 1;
    r->stratum[i] = (int32_t)h;
    r->psu[i] = (int32_t)(i / PSU);
    r->domain[i] = (int32_t)(h / 10 * 20 + (int64_t)(seed >> 40) % 20);
    r->weight[i] = 12 + (double)(h % 7);
    r->z[i] = r->weight[i] * (double)((seed >> 8) & 0xffff);
    r->psus[i] = (double)(per_stratum / PSU * 4 + 400), r->records[i] = PSU * 3;
  }
  return 1;
}

/* What one would write for exactly this layout: sums of squares, no care for cancellation, order or empty policies. */
static void __attribute__((noinline)) bare(const struct rows *r, double *var) {
  static double sum[DOMAINS], square[DOMAINS], top[DOMAINS], top_square[DOMAINS];
  static int32_t open_psu[PSU], open_stratum[DOMAINS];
  static unsigned char in_psu[DOMAINS], in_stratum[DOMAINS];
  int n_stratum = 0;
  for (int64_t i = 0; i < r->n;) {
    int32_t h = r->stratum[i];
    int64_t begin = i, psus = 0;
    double f1 = 0, within = 0;
    for (; i < r->n && r->stratum[i] == h;) {
      int n_psu = 0;
      int64_t first = i;
      for (int32_t u = r->psu[i]; i < r->n && r->psu[i] == u; i++) {
        int32_t k = r->domain[i];
        if (!in_psu[k]) in_psu[k] = 1, open_psu[n_psu++] = k, sum[k] = square[k] = 0;
        sum[k] += r->z[i], square[k] += r->z[i] * r->z[i];
      }
      double n = (double)(i - first), f2 = n / r->records[first];
      within = (1 - f2) * n / (n - 1);
      psus++;
      for (int j = 0; j < n_psu; j++) {
        int32_t k = open_psu[j];
        in_psu[k] = 0;
        if (!in_stratum[k]) in_stratum[k] = 1, open_stratum[n_stratum++] = k, top[k] = top_square[k] = 0;
        top[k] += sum[k], top_square[k] += sum[k] * sum[k];
        square[k] = within * (square[k] - sum[k] * sum[k] / n);
        var[k] += square[k] * 0.25; /* first-stage fraction, the same everywhere up to the 400 */
      }
    }
    f1 = (double)psus / r->psus[begin];
    for (int j = 0; j < n_stratum; j++) {
      int32_t k = open_stratum[j];
      in_stratum[k] = 0;
      var[k] += (1 - f1) * (double)psus / (double)(psus - 1) * (top_square[k] - top[k] * top[k] / (double)psus);
    }
    n_stratum = 0;
  }
}

static void measure(int64_t n) {
  struct arena *a = arena_new(0);
  struct rows r = {.n = n};
  struct err e;
  struct sample_design d;
  double *var = a ? ARENA_ARRAY(a, double, DOMAINS) : NULL, *floor_var = a ? ARENA_ARRAY(a, double, DOMAINS) : NULL;
  if (!var || !floor_var || !make(a, &r)) exit(75);
  double start = processor_seconds();
  struct sample_spec s = {.n = n, .n_stages = 2, .stage = {{r.stratum, r.psu, r.psus}, {NULL, NULL, r.records}}, .weight = r.weight};
  if (sample_design_build(a, &s, &d, &e)) exit(70);
  double build = processor_seconds() - start, one = 1e9, two = 1e9, floor_seconds = 1e9;
  for (int k = 0; k < REPEATS; k++)
    for (int threads = 1; threads <= 2; threads++) {
      struct job job = {.n_threads = threads};
      struct taylor_domains domains = {DOMAINS, r.domain};
      struct taylor_result out = {.var = var};
      start = threads == 1 ? processor_seconds() : wall_seconds();
      if (taylor_variance(&job, a, &d, &domains, r.z, &out, &e)) exit(70);
      double t = (threads == 1 ? processor_seconds() : wall_seconds()) - start;
      if (threads == 1) one = t < one ? t : one;
      else two = t < two ? t : two;
    }
  for (int k = 0; k < REPEATS; k++) {
    memset(floor_var, 0, sizeof *floor_var * DOMAINS);
    start = processor_seconds();
    bare(&r, floor_var);
    double t = processor_seconds() - start;
    floor_seconds = t < floor_seconds ? t : floor_seconds;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf(
      "%9lld records: build %.3f s; variance %.4f s of the processor, %.1f M records/s, %.2f x the bare loop (%.4f s); two threads %.4f s of the clock = %.2f x; peak %ld MiB\n",
      (long long)n, build, one, (double)n / one * 1e-6, one / floor_seconds, floor_seconds, two, one / two, usage.ru_maxrss / 1024);
  arena_free(a);
}

int main(int argc, char **argv) {
  int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000000;
  printf("two-stage variance of a total in 940 domains; target 10^7 in 0.5 s, 10^6 in 40 ms\n");
  for (int64_t n = 100000; n <= most; n *= 10) measure(n);
  return 0;
}

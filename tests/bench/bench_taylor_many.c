/* Ten variables by 940 domains (47 prefectures x 20 industries) under a two-stage design with finite population correction: totals, ratios to one of
 * them, their standard errors, coefficients of variation and 95 % intervals with t(df), from columns in memory. Floor: the grouped sums alone, as a
 * bare loop in the same run. Target: 10^7 records in 3 s of one core, 2 GB. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/ext_gsl.h"
#include "estimators/variance/taylor.h"

enum { STRATA = 470, DOMAINS = 940, PSU = 20, VARIABLES = 10, TERMS = 2 * VARIABLES, REPEATS = 3 };
struct rows {
  int64_t n;
  int32_t *stratum, *psu, *domain;
  double *weight, *psus, *records, *y[VARIABLES];
};
struct table { /* [DOMAINS][TERMS] */
  double value[DOMAINS * TERMS], se[DOMAINS * TERMS], cv[DOMAINS * TERMS], low[DOMAINS * TERMS], high[DOMAINS * TERMS];
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

static void make(struct arena *a, struct rows *r) {
  uint64_t seed = 88172645463325252u;
  const int64_t n = r->n, per_stratum = n / STRATA / PSU * PSU;
  r->stratum = ARENA_ARRAY(a, int32_t, n), r->psu = ARENA_ARRAY(a, int32_t, n), r->domain = ARENA_ARRAY(a, int32_t, n);
  r->weight = ARENA_ARRAY(a, double, n), r->psus = ARENA_ARRAY(a, double, n), r->records = ARENA_ARRAY(a, double, n);
  for (int v = 0; v < VARIABLES; v++)
    if (!(r->y[v] = ARENA_ARRAY(a, double, n))) exit(75);
  if (!r->stratum || !r->psu || !r->domain || !r->weight || !r->psus || !r->records) exit(75);
  for (int64_t i = 0; i < n; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    const int64_t h = i / per_stratum < STRATA ? i / per_stratum : STRATA - 1;
    r->stratum[i] = (int32_t)h;
    r->psu[i] = (int32_t)(i / PSU);
    r->domain[i] = (int32_t)(h / 10 * 20 + (int64_t)(seed >> 40) % 20);
    r->weight[i] = 12 + (double)(h % 7);
    r->psus[i] = (double)(per_stratum / PSU * 4 + 400), r->records[i] = PSU * 3;
    for (int v = 0; v < VARIABLES; v++) r->y[v][i] = 1 + (double)((seed >> (4 * v)) & 0xffff);
  }
}

/* Totals, then the variance of totals and ratios in one pass over the columns. */
static void estimate(const struct job *job, struct arena *a, const struct sample_design *d, const struct rows *r, struct table *out) {
  static double total[DOMAINS * VARIABLES], ratio[VARIABLES][DOMAINS], scale[DOMAINS], var[DOMAINS * TERMS];
  static int64_t psus[DOMAINS], strata[DOMAINS];
  const struct taylor_domains domains = {DOMAINS, r->domain};
  struct taylor_term terms[TERMS];
  struct taylor_result sums = {.total = total}, all = {.var = var, .psus = psus, .strata = strata};
  struct err e;
  for (int v = 0; v < VARIABLES; v++) terms[v] = (struct taylor_term){.w = r->weight, .y = r->y[v]};
  if (taylor_many(job, a, d, &domains, VARIABLES, terms, &sums, &e)) exit(70);
  for (int k = 0; k < DOMAINS; k++) {
    scale[k] = 1 / total[k * VARIABLES];
    for (int v = 0; v < VARIABLES; v++) ratio[v][k] = total[k * VARIABLES + v] * scale[k];
  }
  for (int v = 0; v < VARIABLES; v++)
    terms[VARIABLES + v] = (struct taylor_term){.w = r->weight, .y = r->y[v], .x = r->y[0], .ratio = ratio[v], .scale = scale};
  if (taylor_many(job, a, d, &domains, TERMS, terms, &all, &e)) exit(70);
  for (int k = 0; k < DOMAINS; k++) {
    double t;
    if (!dist_t_quantile(0.975, (double)(psus[k] - strata[k]), &t)) exit(70);
    for (int j = 0; j < TERMS; j++) {
      const int64_t at = (int64_t)k * TERMS + j;
      out->value[at] = j < VARIABLES ? total[k * VARIABLES + j] : ratio[j - VARIABLES][k];
      out->se[at] = sqrt(var[at]);
      out->cv[at] = out->se[at] / fabs(out->value[at]);
      out->low[at] = out->value[at] - t * out->se[at], out->high[at] = out->value[at] + t * out->se[at];
    }
  }
}

static void __attribute__((noinline)) bare(const struct rows *r, double *sum) {
  for (int v = 0; v < VARIABLES; v++)
    for (int64_t i = 0; i < r->n; i++) sum[v * DOMAINS + r->domain[i]] += r->weight[i] * r->y[v][i];
}

static void measure(int64_t n) {
  static struct table table;
  static double sum[DOMAINS * VARIABLES];
  struct arena *a = arena_new(0);
  struct rows r = {.n = n};
  struct err e;
  struct sample_design d;
  if (!a) exit(75);
  make(a, &r);
  const struct sample_spec s = {.n = n, .n_stages = 2, .stage = {{r.stratum, r.psu, r.psus}, {NULL, NULL, r.records}}, .weight = r.weight};
  if (sample_design_build(a, &s, &d, &e)) exit(70);
  double best = 1e9, two = 1e9, one_wall = 1e9, floor_seconds = 1e9;
  for (int k = 0; k < REPEATS; k++) {
    struct job one = {.n_threads = 1}, both = {.n_threads = 2};
    double start = processor_seconds(), clock = wall_seconds(), t;
    estimate(&one, a, &d, &r, &table);
    t = processor_seconds() - start, best = t < best ? t : best;
    t = wall_seconds() - clock, one_wall = t < one_wall ? t : one_wall;
    clock = wall_seconds();
    estimate(&both, a, &d, &r, &table);
    t = wall_seconds() - clock, two = t < two ? t : two;
    start = processor_seconds();
    bare(&r, sum);
    t = processor_seconds() - start, floor_seconds = t < floor_seconds ? t : floor_seconds;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%9lld records: %.3f s of the processor, %.2f M records/s, %.1f x the bare sums (%.3f s); two threads %.2f x by the clock; peak %ld MiB\n",
      (long long)n, best, (double)n / best * 1e-6, best / floor_seconds, floor_seconds, one_wall / two, usage.ru_maxrss / 1024);
  if (!(table.se[0] > 0) || !(sum[0] > 0)) exit(70);
  arena_free(a);
}

int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000000;
  printf("10 totals and 10 ratios with se, cv and interval in 940 domains, two stages; target 10^7 in 3 s, 2 GB\n");
  for (int64_t n = 100000; n <= most; n *= 10) measure(n);
  return 0;
}

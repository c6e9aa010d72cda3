/* Poverty line, five rates, deciles and Gini of 300,000 households with 720,000 persons (67 strata, 5,530 districts), with 500 bootstrap replicates,
 * against a bare loop of the same replicates in the same run: sorted once, weights of the districts drawn, plain sums. One thread and two;
 * linearised errors of the same figures. Target: 60 s on one core. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "estimators/livelihood/livelihood_measures.h"

enum { STRATA = 67, DISTRICTS = 5530, REPLICATES = 500, BARE = 50, GROUPS = LIVELIHOOD_GROUPS };
struct rows {
  int64_t n;
  int32_t *stratum, *district;
  double *weight, *income, *in[GROUPS];
  uint8_t *known;
  int64_t *row;
};
static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}
static double wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static double peak_mb(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_maxrss / 1024;
}
static uint64_t step(uint64_t *seed) { return *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17; }

static bool make(struct arena *a, struct rows *r) {
  static const int size[] = {1, 1, 1, 2, 2, 2, 3, 3, 4, 5}; /* 2.4 persons */
  uint64_t seed = 88172645463325252u;
  r->stratum = ARENA_ARRAY(a, int32_t, r->n), r->district = ARENA_ARRAY(a, int32_t, r->n), r->row = ARENA_ARRAY(a, int64_t, r->n);
  r->weight = ARENA_ARRAY(a, double, r->n), r->income = ARENA_ARRAY(a, double, r->n), r->known = ARENA_ARRAY(a, uint8_t, r->n);
  for (int g = 0; g < GROUPS; g++)
    if (!(r->in[g] = ARENA_ARRAY(a, double, r->n))) return false;
  if (!r->stratum || !r->district || !r->row || !r->weight || !r->income || !r->known) return false;
  for (int64_t i = 0; i < r->n; i++) {
    const int64_t district = i * DISTRICTS / r->n;
    double normal = 0;
    for (int k = 0; k < 6; k++) normal += (double)(step(&seed) >> 11) * 0x1p-53 - 0.5;
    const int members = size[step(&seed) % 10], children = members > 2 ? members - 2 : 0;
    r->district[i] = (int32_t)district, r->stratum[i] = (int32_t)(district * STRATA / DISTRICTS), r->row[i] = i, r->known[i] = 1;
    r->weight[i] = 150 + 3 * r->stratum[i];
    r->income[i] = exp(5.3 + 0.9 * normal) / sqrt(members);
    r->in[GROUP_ALL][i] = members, r->in[GROUP_CHILDREN][i] = children, r->in[GROUP_WORKING][i] = children ? members : 0;
    r->in[GROUP_MORE_ADULTS][i] = children && step(&seed) % 10 ? members : 0;
    r->in[GROUP_ONE_ADULT][i] = r->in[GROUP_WORKING][i] - r->in[GROUP_MORE_ADULTS][i];
  }
  return true;
}

/* --- the floor --- */
struct place {
  double income;
  int32_t row;
};
static int by_income(const void *x, const void *y) {
  const double a = ((const struct place *)x)->income, b = ((const struct place *)y)->income;
  return a < b ? -1 : a > b;
}
static double bare_replicate(const struct rows *r, const struct place *order, const double *times) {
  double size[GROUPS] = {0}, poor[GROUPS] = {0}, total = 0, area = 0, passed = 0, median = 0, sum = 0;
  for (int64_t k = 0; k < r->n; k++) {
    const int32_t i = order[k].row;
    const double w = r->weight[i] * times[r->district[i]], p = w * r->in[GROUP_ALL][i];
    for (int g = 0; g < GROUPS; g++) size[g] += w * r->in[g][i];
    area += p * (2 * total + p * order[k].income), total += p * order[k].income;
  }
  for (int64_t k = 0; k < r->n && median == 0; k++) {
    const int32_t i = order[k].row;
    passed += r->weight[i] * times[r->district[i]] * r->in[GROUP_ALL][i];
    if (passed >= size[0] / 2) median = order[k].income;
  }
  for (int64_t k = 0; k < r->n && order[k].income < median / 2; k++) {
    const int32_t i = order[k].row;
    for (int g = 0; g < GROUPS; g++) poor[g] += r->weight[i] * times[r->district[i]] * r->in[g][i];
  }
  for (int g = 0; g < GROUPS; g++) sum += poor[g] / (size[g] + 1);
  return sum + 1 - area / (size[0] * total);
}
static double bare(const struct rows *r, double *sink) {
  struct place *order = malloc(sizeof *order * (size_t)r->n);
  double *times = calloc(DISTRICTS, sizeof *times);
  uint64_t seed = 2463534242u;
  if (!order || !times) return 0;
  const double start = cpu();
  for (int64_t i = 0; i < r->n; i++) order[i] = (struct place){r->income[i], (int32_t)i};
  qsort(order, (size_t)r->n, sizeof *order, by_income);
  const double sorted = cpu();
  for (int b = 0; b < BARE; b++) {
    memset(times, 0, sizeof *times * DISTRICTS);
    for (int h = 0; h < STRATA; h++) {
      const int from = (h * DISTRICTS + STRATA - 1) / STRATA, to = ((h + 1) * DISTRICTS + STRATA - 1) / STRATA, n = to - from;
      for (int k = 0; k + 1 < n; k++) times[from + (int)(step(&seed) % (uint64_t)n)] += (double)n / (n - 1);
    }
    *sink += bare_replicate(r, order, times);
  }
  const double each = (cpu() - sorted) / BARE;
  free(order), free(times);
  return sorted - start + each * REPLICATES;
}

int main(int argc, char **argv) {
  struct rows r = {.n = argc > 1 ? strtoll(argv[1], NULL, 10) : 300000};
  struct arena *a = arena_new(0);
  struct livelihood_survey survey = {.weighted = true};
  struct livelihood_measures m;
  struct err e;
  double sink = 0, seconds[4], elapsed[4], persons = 0;
  if (!a || !make(a, &r)) return 1;
  const struct sample_spec spec = {.n = r.n, .n_stages = 1, .stage = {{r.stratum, r.district, NULL}}, .weight = r.weight};
  if (sample_design_build(a, &spec, &survey.design, &e)) return 1;
  survey.survey = (struct survey){.n = r.n, .design = &survey.design, .weight = r.weight};
  survey.n = r.n, survey.row = r.row, survey.base = r.weight;
  struct livelihood_persons who = {.n = r.n, .income = r.income, .known = r.known};
  for (int g = 0; g < GROUPS; g++) who.persons[g] = r.in[g];
  for (int64_t i = 0; i < r.n; i++) persons += r.in[GROUP_ALL][i];
  for (int k = 0; k < 4; k++) { /* linearised; 500 replicates with one thread and two; jackknife is 5,530 replicates and not run here */
    const struct job job = {.arena = a, .n_threads = k == 2 ? 2 : 1};
    const struct livelihood_request q = {.survey = &survey, .persons = &who, .linearised = k == 0, .woodruff = k == 3, .seed = 1,
        .bootstrap = k == 1 || k == 2 ? REPLICATES : 0};
    const struct arena_mark mark = arena_mark(a);
    const double c0 = cpu(), w0 = wall();
    if (livelihood_measure(&job, a, &q, &m, &e)) return 1;
    seconds[k] = cpu() - c0, elapsed[k] = wall() - w0, sink += m.estimate[FIGURE_RATE].value;
    arena_reset(a, mark);
  }
  const double peak = peak_mb(), floor = bare(&r, &sink);
  printf("livelihood %lld households, %.0f persons: 500 bootstrap replicates %.1f s cpu, %.1f s with two threads, bare loop %.1f s (ratio %.2f), "
         "linearised %.1f s, Woodruff %.1f s, peak %.0f MB%s\n",
      (long long)r.n, persons, seconds[1], elapsed[2], floor, seconds[1] / floor, seconds[0], seconds[3], peak, sink == 0 ? " empty" : "");
  arena_free(a);
  return 0;
}

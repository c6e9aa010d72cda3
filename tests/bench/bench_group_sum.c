/* Grouped weighted sums of 940 cells over 10 million rows and 4 columns, against a bare loop over the same columns in the same run. Target: within 2
 * times. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "base/table.h"
#include "estimators/estimate/group_sum.h"

enum { GROUPS = 940, COLUMNS = 4, REPEATS = 3 };
struct rows {
  int64_t n;
  int32_t *group;
  double *weight;
  int64_t *value[COLUMNS];
  uint8_t *status[COLUMNS];
};

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int make(struct arena *a, struct rows *r) {
  uint64_t seed = 88172645463325252u;
  r->group = ARENA_ARRAY(a, int32_t, r->n);
  r->weight = ARENA_ARRAY(a, double, r->n);
  for (int c = 0; c < COLUMNS; c++) {
    r->value[c] = ARENA_ARRAY(a, int64_t, r->n);
    r->status[c] = ARENA_ARRAY(a, uint8_t, r->n);
    if (!r->value[c] || !r->status[c]) return 0;
  }
  if (!r->group || !r->weight) return 0;
  for (int64_t i = 0; i < r->n; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    r->group[i] = (int32_t)(seed >> 32) % GROUPS;
    r->group[i] = r->group[i] < 0 ? -r->group[i] : r->group[i];
    r->weight[i] = 1 + (double)(seed & 127);
    for (int c = 0; c < COLUMNS; c++)
      r->value[c][i] = (int64_t)(seed >> (8 + c)) & 0xfffff, r->status[c][i] = (seed >> (20 + c)) % 50 ? VAL_REPORTED : VAL_BLANK;
  }
  return 1;
}

/* What one would write without statuses, unknown groups and compensation. */
static void __attribute__((noinline)) bare(const struct rows *r, int c, double *sum) {
  const int32_t *group = r->group;
  const double *weight = r->weight;
  const int64_t *value = r->value[c];
  for (int64_t i = 0; i < r->n; i++) sum[group[i]] += weight[i] * (double)value[i];
}

static double time_ours(struct arena *a, const struct rows *r) {
  double best = 1e9;
  for (int k = 0; k < REPEATS; k++) {
    struct group_sum g;
    struct err e;
    if (group_sum_init(&g, a, GROUPS, COLUMNS, &e)) return -1;
    double start = seconds();
    for (int c = 0; c < COLUMNS; c++) group_sum_add(&g, c, r->group, r->weight, r->value[c], r->status[c], r->n);
    double t = seconds() - start;
    best = t < best ? t : best;
  }
  return best;
}

static double time_bare(const struct rows *r, double *check) {
  static double sum[GROUPS];
  double best = 1e9;
  for (int k = 0; k < REPEATS; k++) {
    double start = seconds();
    for (int c = 0; c < COLUMNS; c++) bare(r, c, sum);
    double t = seconds() - start;
    best = t < best ? t : best;
  }
  for (int g = 0; g < GROUPS; g++) *check += sum[g];
  return best;
}

int main(int argc, char **argv) {
  struct arena *a = arena_new(0);
  struct rows r = {.n = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000000};
  struct rusage usage;
  double check = 0;
  if (!a || r.n < 1 || !make(a, &r)) return 75;
  double ours = time_ours(a, &r), floor_seconds = time_bare(&r, &check);
  getrusage(RUSAGE_SELF, &usage);
  if (ours < 0 || check == 0) return 70;
  printf("group_sum 940 cells x %d columns, %lld rows: %.0f rows/s, %.0f MiB, %.2f x bare loop, target 2.00\n", COLUMNS, (long long)r.n,
      (double)r.n / ours, (double)usage.ru_maxrss / 1024, ours / floor_seconds);
  arena_free(a);
  return 0;
}

/* HB on 10 items in 20 strata, current values and trends, 1 million records (an argument changes it): beside a bare sort of the same columns within
 * the strata, which is the least a method that sorts must spend. Processor seconds; the generator: log-normal values, 1 in 1,000 times 1,000, 3 %
 * missing. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "processing/outlier/outlier.h"

enum { ITEMS = 10, STRATA = 20 };
struct population {
  int64_t n;
  struct num_column now[ITEMS], before[ITEMS];
  int32_t *stratum;
};
static double seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
static int make_column(struct arena *a, struct num_column *c, int64_t n) {
  *c = (struct num_column){.name = "item", .decimals = 0, .x = ARENA_ARRAY(a, double, n), .status = ARENA_ARRAY(a, uint8_t, n)};
  return c->x && c->status;
}
static int make(struct arena *a, struct population *p) {
  struct rng r;
  rng_init(&r, 20261128, "bench_outlier", NULL, 0);
  for (int j = 0; j < ITEMS; j++)
    if (!make_column(a, &p->now[j], p->n) || !make_column(a, &p->before[j], p->n)) return 0;
  if (!(p->stratum = ARENA_ARRAY(a, int32_t, p->n))) return 0;
  for (int64_t i = 0; i < p->n; i++) {
    p->stratum[i] = (int32_t)rng_below(&r, STRATA);
    const double size = rng_normal(&r);
    for (int j = 0; j < ITEMS; j++) {
      p->before[j].x[i] = ceil(exp(6 + size + 0.5 * rng_normal(&r)));
      p->now[j].x[i] = ceil(p->before[j].x[i] * (0.9 + 0.2 * rng_uniform(&r)) * (rng_below(&r, 1000) ? 1 : 1000));
      p->now[j].status[i] = rng_below(&r, 100) < 3 ? VAL_BLANK : VAL_REPORTED;
      p->before[j].status[i] = VAL_REPORTED;
    }
  }
  return 1;
}
static double time_hb(struct arena *a, const struct population *p, int trend, int64_t *flagged) {
  struct outlier_params q = outlier_params_of(OUTLIER_HB, SIDE_BOTH);
  struct outlier_groups g;
  struct err e = {0};
  q.has_imputation = q.has_exclusion = true, q.imputation = 20, q.exclusion = 10, q.exponent = trend ? 0.3 : 0;
  const struct arena_mark mark = arena_mark(a);
  const double start = seconds();
  if (outlier_groups_init(&g, a, p->stratum, p->n, STRATA, false, &e)) return -1;
  for (int j = 0; j < ITEMS; j++) {
    struct outlier_result r;
    const struct outlier_data d = {.n = p->n, .y = &p->now[j], .aux = trend ? &p->before[j] : NULL};
    if (outlier_result_init(&r, a, p->n, STRATA, false, &e) || outlier_run(&r, a, &d, &g, &q, &e)) return -1;
    for (int k = 0; k < STRATA; k++) *flagged += r.summary[k].n_imputation + r.summary[k].n_exclusion;
  }
  const double t = seconds() - start;
  arena_reset(a, mark);
  return t;
}
static double time_sort(struct arena *a, const struct population *p, double *check) {
  struct outlier_groups g;
  struct err e = {0};
  const struct arena_mark mark = arena_mark(a);
  double *x = ARENA_ARRAY(a, double, p->n);
  const double start = seconds();
  if (!x || outlier_groups_init(&g, a, p->stratum, p->n, STRATA, false, &e)) return -1;
  for (int j = 0; j < ITEMS; j++) {
    for (int64_t i = 0; i < p->n; i++) x[i] = p->now[j].x[g.row[i]];
    for (int k = 0; k < STRATA; k++) order_sort(x + g.start[k], g.start[k + 1] - g.start[k]);
    *check += x[p->n / 2];
  }
  const double t = seconds() - start;
  arena_reset(a, mark);
  return t;
}
int main(int argc, char **argv) {
  struct arena *a = arena_new(0);
  struct population p = {.n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000};
  struct rusage before, after;
  int64_t flagged = 0;
  double check = 0;
  if (!a || p.n < 1 || !make(a, &p)) return 75;
  getrusage(RUSAGE_SELF, &before);
  const double current = time_hb(a, &p, 0, &flagged), trend = time_hb(a, &p, 1, &flagged);
  getrusage(RUSAGE_SELF, &after);
  const double sorting = time_sort(a, &p, &check);
  if (current < 0 || trend < 0 || sorting < 0 || !flagged || check == 0) return 70;
  printf("HB current, %d items, %d strata, %lld records: %.3f s of processor, %.2f x a bare sort (%.3f s), target 2 s\n", ITEMS, STRATA,
         (long long)p.n, current, current / sorting, sorting);
  printf("HB trend, the same: %.3f s of processor, %.2f x a bare sort; %lld flags; %.0f MiB beyond the data\n", trend, trend / sorting,
         (long long)flagged,
         (double)(after.ru_maxrss - before.ru_maxrss) / 1024);
  arena_free(a);
  return 0;
}

/* 20 linear rules over 1 M records of 10 items (the generator's shape: 3 balances, 7 ratio rules, 10 lower bounds; 10 % of the records in error, 4
 * % with missing items), and the six edit statistics on the same, against a bare loop that only adds up and compares. Processor time: the machine
 * may be busy. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "processing/edit/edit_stats.h"
#include "processing/edit/rule_analysis.h"

enum { P = 10, REPEATS = 5 };
static const char TEXT[] = "A + B = C; D + E = F; G + H + I = J; F <= 300*C; F >= 20*C; J >= 50*C; J <= 3000*C; E <= 0.6*D; H <= 0.6*G; I <= 2*G;";

static double processor(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec * 1e-6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec * 1e-6;
}
static void make_record(struct num_table *t, int64_t i) {
  struct rng r;
  rng_init(&r, 7, "bench", &i, sizeof i);
  double v[P];
  v[0] = (double)rng_below(&r, 90) + 5, v[1] = (double)rng_below(&r, 40);
  v[2] = v[0] + v[1];
  v[3] = v[2] * (double)(100 + rng_below(&r, 60)), v[4] = (double)rng_below(&r, (uint64_t)(v[3] * 0.5));
  v[5] = v[3] + v[4];
  v[6] = v[2] * (double)(200 + rng_below(&r, 200)), v[7] = (double)rng_below(&r, (uint64_t)(v[6] * 0.5)),
  v[8] = (double)rng_below(&r, (uint64_t)(v[6] * 0.2));
  v[9] = v[6] + v[7] + v[8];
  if (rng_below(&r, 10) == 0) v[rng_below(&r, P)] *= 1000;
  const int64_t gone = rng_below(&r, 25) == 0 ? (int64_t)rng_below(&r, P) : -1;
  for (int j = 0; j < P; j++) {
    t->columns[j].x[i] = j == gone ? 0 : v[j];
    t->columns[j].status[i] = j == gone ? VAL_BLANK : VAL_REPORTED;
  }
}
/* What one would write by hand without statuses, decimals and tolerance: adds and compares, counts failures. */
static int64_t __attribute__((noinline)) bare(const struct linear_system *s, const struct num_table *t) {
  int64_t failed = 0;
  for (int i = 0; i < s->m; i++) {
    const struct linear_edit *r = &s->edits[i];
    for (int64_t row = 0; row < t->n; row++) {
      double sum = 0;
      for (int k = 0; k < r->n; k++) sum += r->coef[k] * t->columns[r->var[k]].x[row];
      failed += r->op == LINEAR_EQ ? sum != r->rhs : sum > r->rhs;
    }
  }
  return failed;
}
static double time_eval(struct arena *a, const struct linear_system *s, const struct num_table *t, int64_t *failed) {
  struct linear_plan *plan;
  struct err e;
  double best = 1e9;
  uint8_t *status = ARENA_ARRAY(a, uint8_t, (int64_t)s->m * LINEAR_BLOCK);
  if (!status || linear_plan_new(a, s, t, &plan, &e)) exit(70);
  struct linear_scratch *scratch = linear_scratch_new(a, plan);
  uint8_t *any = ARENA_ARRAY(a, uint8_t, s->m);
  if (!scratch || !any) exit(75);
  for (int k = 0; k < REPEATS; k++) {
    const double start = processor();
    *failed = 0;
    for (int64_t row = 0; row < t->n; row += LINEAR_BLOCK) {
      linear_eval(plan, scratch, row, t->n - row < LINEAR_BLOCK ? (int)(t->n - row) : LINEAR_BLOCK, status, any);
      for (int i = 0; i < s->m; i++) *failed += any[i] == EDIT_FAIL;
    }
    const double used = processor() - start;
    best = used < best ? used : best;
  }
  return best;
}
static double time_stats(struct arena *a, const struct linear_system *s, const struct num_table *t, struct edit_stats *r) {
  double best = 1e9;
  struct err e;
  for (int k = 0; k < REPEATS; k++) {
    const double start = processor();
    if (edit_stats_run(a, s, t, NULL, r, &e)) exit(70);
    const double used = processor() - start;
    best = used < best ? used : best;
  }
  return best;
}
int main(int argc, char **argv) {
  struct arena *a = arena_new(0);
  struct linear_system text, rows;
  struct num_table t;
  struct edit_stats r;
  struct rusage usage;
  struct err e;
  const int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  int64_t blocks = 0;
  if (!a || linear_parse(a, str_of(TEXT), false, &text, &e) || linear_with_bounds(a, &text, &rows, &e) || num_table_init(&t, a, rows.names, P, n, &e))
    return 70;
  for (int64_t i = 0; i < n; i++) make_record(&t, i);
  for (int declared = 1; declared >= 0; declared--) {
    for (int j = 0; j < P; j++) t.columns[j].decimals = declared - 1;
    const double eval = time_eval(a, &rows, &t, &blocks);
    const double start = processor();
    const int64_t failures = bare(&rows, &t);
    const double floor_seconds = processor() - start;
    const double stats = time_stats(a, &rows, &t, &r);
    getrusage(RUSAGE_SELF, &usage);
    if (failures == 0 || blocks == 0) return 70;
    printf("%d rules on %lld records, %s: %.3f s of processor (%.1f M rule-rows/s), %.2f of a bare loop (%.3f s); target 0.06 s for 1 M, peer "
           "validate 0.12 s\n",
           rows.m, (long long)n, declared ? "declared whole numbers, exact" : "decimals not declared, tolerance", eval,
           (double)n * rows.m / eval / 1e6, eval / floor_seconds, floor_seconds);
    printf("edit statistics of the same: %.3f s of processor, %.1f %% of the records fail; %ld MiB peak with the data; target 0.3 s for 1 M, peer "
           "Banff 0.35 s\n",
           stats, 100.0 * (double)r.global[EDIT_FAIL].n / (double)n, usage.ru_maxrss / 1024);
  }
  arena_free(a);
  return 0;
}

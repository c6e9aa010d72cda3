/* Deterministic imputation and prorating of 1 M records (and 10 k, 100 k for growth), processor seconds of one core, each against a bare loop in C
 * over the same columns; minimum adjustment of 100 k records.
 * Population: 10 whole non-negative items, ER + EP = ET, HS + HO = HT, PS + PO + PX = PT and 7 ratio rules, drawn per record from its number alone.
 * 13 % of the records have items to impute, as localisation leaves them: one item (65 %), two (27 %), three (8 %). Prorating: PS + PO + PX = PT
 * missed by up to 20 in 13 % of the records.
 * Anchors: Banff 3.01.003, deterministic 2.07 s, prorate 0.107 s of 1 M records on a machine of this kind. Targets: 1 s and 0.1 s. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "processing/correct/deterministic.h"
#include "processing/correct/min_adjust.h"
#include "processing/correct/prorate.h"

enum { ITEMS = 10, REPEATS = 3 };
static const char EDITS[] =
    "ER + EP = ET; HS + HO = HT; PS + PO + PX = PT; HT <= 300*ET; HT >= 20*ET; PT >= 50*ET; PT <= 3000*ET; HO <= 0.6*HS; PO <= 0.6*PS; PX <= 2*PS;";
enum { ER, EP, ET, HS, HO, HT, PS, PO, PX, PT };

static double processor_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec * 1e-6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec * 1e-6;
}
static long peak_kib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss;
}
struct population {
  struct linear_system s;
  struct num_table t;
  const uint8_t **flag;
};
static void one_record(struct rng *r, double *x, uint8_t *flag) {
  x[ER] = (double)(5 + rng_below(r, 200)), x[EP] = (double)rng_below(r, 60), x[ET] = x[ER] + x[EP];
  x[HS] = floor(x[ET] * (double)(90 + rng_below(r, 90))), x[HO] = floor(x[HS] * (double)rng_below(r, 50) / 100), x[HT] = x[HS] + x[HO];
  x[PS] = floor(x[ET] * (double)(180 + rng_below(r, 300))), x[PO] = floor(x[PS] * (double)rng_below(r, 50) / 100),
      x[PX] = floor(x[PS] * (double)rng_below(r, 120) / 100);
  x[PT] = x[PS] + x[PO] + x[PX];
  memset(flag, 0, ITEMS);
  if (rng_below(r, 100) >= 13) return;
  const uint64_t kind = rng_below(r, 100);
  const int n = kind < 65 ? 1 : kind < 92 ? 2 : 3;
  for (int k = 0; k < n; k++) flag[rng_below(r, ITEMS)] = 1;
}
static int make(struct arena *a, int64_t n, struct population *p) {
  struct err e;
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  if (linear_parse(a, STR(EDITS), false, &p->s, &e) || !unit || num_table_init(&p->t, a, p->s.names, ITEMS, n, &e)) return 0;
  p->flag = ARENA_ARRAY(a, const uint8_t *, ITEMS);
  for (int j = 0; j < ITEMS; j++) p->flag[j] = ARENA_ARRAY(a, uint8_t, n);
  int at[ITEMS];
  static const char *const names[] = {"ER", "EP", "ET", "HS", "HO", "HT", "PS", "PO", "PX", "PT"};
  for (int j = 0; j < ITEMS; j++) at[j] = linear_find(&p->s, str_of(names[j]));
  for (int64_t i = 0; i < n; i++) {
    struct rng r;
    double x[ITEMS];
    uint8_t flag[ITEMS];
    rng_init(&r, 1, "population", &i, sizeof i);
    one_record(&r, x, flag);
    for (int j = 0; j < ITEMS; j++) {
      p->t.columns[at[j]].x[i] = flag[j] ? 0 : x[j];
      p->t.columns[at[j]].status[i] = flag[j] ? VAL_BLANK : VAL_REPORTED;
      ((uint8_t *)(uintptr_t)p->flag[at[j]])[i] = flag[j];
    }
    unit[i] = STR("u");
  }
  p->t.unit = unit;
  return 1;
}
/* 21 items in a hierarchy of 5 balances: G = T1 + .. + T4, each Ti of four parts, and 20 ratio rules; 19 % of the records have one to four items to
 * impute. */
enum { WIDE = 21 };
static const char WIDE_EDITS[] =
    "T1 + T2 + T3 + T4 = G; A1 + B1 + C1 + D1 = T1; A2 + B2 + C2 + D2 = T2; A3 + B3 + C3 + D3 = T3; A4 + B4 + C4 + D4 = T4;"
    "A1 <= 0.9*T1; B1 <= 0.9*T1; C1 <= 0.9*T1; A2 <= 0.9*T2; B2 <= 0.9*T2; C2 <= 0.9*T2; A3 <= 0.9*T3; B3 <= 0.9*T3; C3 <= 0.9*T3; A4 <= 0.9*T4;"
    "B4 <= 0.9*T4; C4 <= 0.9*T4; T1 <= 0.8*G; T2 <= 0.8*G; T3 <= 0.8*G; T4 <= 0.8*G; D1 <= 3*A1; D2 <= 3*A2; D3 <= 3*A3; D4 <= 3*A4;";
static int make_wide(struct arena *a, int64_t n, struct population *p) {
  struct err e;
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  if (linear_parse(a, STR(WIDE_EDITS), false, &p->s, &e) || !unit || num_table_init(&p->t, a, p->s.names, WIDE, n, &e)) return 0;
  p->flag = ARENA_ARRAY(a, const uint8_t *, WIDE);
  for (int j = 0; j < WIDE; j++) p->flag[j] = ARENA_ARRAY(a, uint8_t, n);
  for (int64_t i = 0; i < n; i++) {
    struct rng r;
    double x[WIDE];
    uint8_t flag[WIDE] = {0};
    rng_init(&r, 2, "population", &i, sizeof i);
    x[4] = 0; /* by first mention: T1 T2 T3 T4 G, then four parts of each */
    for (int k = 0; k < 4; k++) {
      x[k] = 0;
      for (int q = 0; q < 4; q++) x[5 + 4 * k + q] = (double)(100 + rng_below(&r, 200)), x[k] += x[5 + 4 * k + q];
      x[4] += x[k];
    }
    const int flags = rng_below(&r, 100) < 19 ? 1 + (int)rng_below(&r, 4) : 0;
    for (int k = 0; k < flags; k++) flag[rng_below(&r, WIDE)] = 1;
    for (int j = 0; j < WIDE; j++) {
      p->t.columns[j].x[i] = flag[j] ? 0 : x[j];
      p->t.columns[j].status[i] = flag[j] ? VAL_BLANK : VAL_REPORTED;
      ((uint8_t *)(uintptr_t)p->flag[j])[i] = flag[j];
    }
    unit[i] = STR("u");
  }
  p->t.unit = unit;
  return 1;
}
static int wide(int64_t n) {
  struct arena *a = arena_new(0);
  struct population p;
  struct deterministic_count count = {0};
  struct corrections got;
  struct err e;
  if (!a || !make_wide(a, n, &p)) return 1;
  corrections_init(&got, a);
  const double start = processor_seconds();
  if (deterministic_impute(&p.s, &p.t, p.flag, &got, &count, &e)) return 1;
  const double seconds = processor_seconds() - start;
  printf("%-28s %9lld rows  %7.3f s processor  %6.1f us a record with flags  (%lld records, %lld items flagged, %lld determined, %lld without an "
         "answer, %lld programmes)\n",
         "deterministic, 21 items", (long long)n, seconds, seconds * 1e6 / (double)count.records, (long long)count.records, (long long)count.flagged,
         (long long)count.determined, (long long)count.infeasible, (long long)count.programmes);
  arena_free(a);
  return 0;
}
/* What one would write for the one case "single missing part of a balance", without rules, bounds or ratios: the floor. */
static int64_t __attribute__((noinline)) bare_deterministic(const struct population *p, double *out) {
  int64_t filled = 0;
  for (int64_t i = 0; i < p->t.n; i++)
    for (int e = 0; e < 3; e++) {
      const struct linear_edit *edit = &p->s.edits[e];
      double sum = 0, own = 0;
      int unknown = 0;
      for (int k = 0; k < edit->n; k++) {
        if (p->flag[edit->var[k]][i]) unknown++, own = edit->coef[k];
        else sum += edit->coef[k] * p->t.columns[edit->var[k]].x[i];
      }
      if (unknown == 1) out[filled++ & 1023] = -sum / own;
    }
  return filled;
}
static void row(const char *what, int64_t n, double seconds, double floor_seconds, const char *target, const char *detail) {
  printf("%-28s %9lld rows  %7.3f s processor  %6.2f M rows/s  peak %ld MiB  %.1f x the bare loop (%.4f s)  target %s  %s\n", what, (long long)n,
      seconds, (double)n / seconds * 1e-6,
         peak_kib() / 1024, seconds / floor_seconds, floor_seconds, target, detail);
}
static double least(double a, double b) { return a < b ? a : b; }

static int deterministic(int64_t n) {
  struct arena *a = arena_new(0);
  struct population p;
  struct deterministic_count count = {0};
  struct err e;
  double best = 1e9, bare = 1e9, sink[1024];
  int64_t filled = 0;
  if (!a || !make(a, n, &p)) return 1;
  for (int k = 0; k < REPEATS; k++) {
    struct corrections got;
    const struct arena_mark mark = arena_mark(a);
    corrections_init(&got, a);
    double start = processor_seconds();
    if (deterministic_impute(&p.s, &p.t, p.flag, &got, &count, &e)) return 1;
    best = least(best, processor_seconds() - start);
    arena_reset(a, mark);
    start = processor_seconds();
    filled = bare_deterministic(&p, sink);
    bare = least(bare, processor_seconds() - start);
  }
  char detail[160];
  snprintf(detail, sizeof detail,
      "(%lld records, %lld items flagged, %lld determined, %lld without an answer, %lld programmes; the bare loop fills %lld)",
      (long long)count.records, (long long)count.flagged,
           (long long)count.determined, (long long)count.infeasible, (long long)count.programmes, (long long)filled);
  row("deterministic imputation", n, best, bare, n == 1000000 ? "1 s" : "-", detail);
  arena_free(a);
  return 0;
}
/* Basic proration with rounding of three parts, no checks. */
static double __attribute__((noinline)) bare_prorate(const struct num_table *t, const int *at) {
  double sink = 0;
  const double *x = t->columns[at[0]].x, *y = t->columns[at[1]].x, *z = t->columns[at[2]].x, *total = t->columns[at[3]].x;
  for (int64_t i = 0; i < t->n; i++) {
    const double sum = x[i] + y[i] + z[i];
    if (sum == total[i]) continue;
    const double k = total[i] / sum, u = floor(x[i] * k + 0.5), v = floor(y[i] * k + x[i] * k - u + 0.5);
    sink += u + v + (total[i] - u - v);
  }
  return sink;
}
static int prorate(int64_t n) {
  struct arena *a = arena_new(0);
  struct population p;
  struct prorate_plan plan;
  struct prorate_count count = {0};
  struct err e;
  double best = 1e9, bare = 1e9, sink = 0;
  const struct prorate_settings set = {.modifier = PRORATE_ALWAYS, .upper = INFINITY};
  int at[4];
  if (!a || !make(a, n, &p) || prorate_parse(a, STR("PS + PO + PX = PT;"), &set, &plan, &e) || correct_bind(plan.names, 4, &p.t, at, &e)) return 1;
  for (int64_t i = 0; i < n; i++) { /* complete the values; then miss some totals */
    for (int k = 0; k < 4; k++)
      if (p.t.columns[at[k]].status[i] != VAL_REPORTED) p.t.columns[at[k]].status[i] = VAL_REPORTED, p.t.columns[at[k]].x[i] = 100;
    p.t.columns[at[3]].x[i] = p.t.columns[at[0]].x[i] + p.t.columns[at[1]].x[i] + p.t.columns[at[2]].x[i] + (i % 100 < 13 ? (double)(i % 20 + 1) : 0);
  }
  for (int k = 0; k < REPEATS; k++) {
    struct corrections got;
    const struct arena_mark mark = arena_mark(a);
    corrections_init(&got, a);
    double start = processor_seconds();
    if (prorate_run(&plan, &p.t, NULL, &got, &count, &e)) return 1;
    best = least(best, processor_seconds() - start);
    arena_reset(a, mark);
    start = processor_seconds();
    sink += bare_prorate(&p.t, at);
    bare = least(bare, processor_seconds() - start);
  }
  char detail[160];
  snprintf(detail, sizeof detail, "(%lld balanced, %lld prorated, %lld left; bare sum %.3g)", (long long)count.balanced, (long long)count.prorated,
      (long long)count.left, sink);
  row("prorating, one balance", n, best, bare, n == 1000000 ? "0.1 s" : "-", detail);
  arena_free(a);
  return 0;
}
/* All items of the failing records move: near proportional, every rule binding or not. */
static int adjust(int64_t n) {
  struct arena *a = arena_new(0);
  struct population p;
  struct adjust_count count = {0};
  struct corrections got;
  struct err e;
  if (!a || !make(a, n, &p)) return 1;
  for (int64_t i = 0; i < n; i++)
    for (int j = 0; j < ITEMS; j++) {
      struct num_column *c = &p.t.columns[j];
      if (c->status[i] != VAL_REPORTED) c->status[i] = VAL_REPORTED, c->x[i] = 100;
      ((uint8_t *)(uintptr_t)p.flag[j])[i] = 1;
    }
  corrections_init(&got, a);
  const double start = processor_seconds();
  if (min_adjust(&p.s, &p.t, p.flag, &(struct adjust_settings){ADJUST_QUADRATIC, ADJUST_ABSOLUTE, true}, &got, &count, &e)) return 1;
  const double seconds = processor_seconds() - start;
  printf("%-28s %9lld rows  %7.3f s processor  %6.1f us a failing record  (%lld held, %lld adjusted, %lld left, %lld by the second solver)\n",
      "minimum adjustment", (long long)n, seconds,
         seconds * 1e6 / (double)(count.adjusted + count.left), (long long)count.held, (long long)count.adjusted, (long long)count.left,
             (long long)count.second_solver);
  arena_free(a);
  return 0;
}
/* bench_correct [ROWS]: up to so many rows, 1 M when not said. */
int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  int failed = 0;
  for (int64_t n = 10000; n <= most; n *= 10) failed |= deterministic(n);
  for (int64_t n = 10000; n <= most; n *= 10) failed |= prorate(n);
  return failed | wide(100000) | adjust(100000);
}

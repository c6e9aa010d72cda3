/* Thirty estimator specifications (DIFTREND, CURRATIO, CURREG for each of 10 items) over 1 M records in 20 classes, 4 % of records with 1 to 3 items
 *          to impute. Rows in random order
 * of units, the worst case for memory access. Peer in the same run: thirty bare sums over one column. Anchor: Banff 3.1.3, 13.3 s of processor and
 *          1248 MiB. Target: 4 s, 100 MiB beyond the input. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "processing/impute/estimator.h"
#include "tests/bench/bench_child.h"

enum { ITEMS = 10, CLASSES = 20, SPECS = 30 };
static const char *const NAMES[ITEMS] = {"v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9"};

static double processor(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}
static long peak_kib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss;
}
static struct est_input make(struct arena *a, int64_t n) {
  struct num_table *t = ARENA_ARRAY(a, struct num_table, 2);
  struct err e;
  uint64_t state = 42;
  uint8_t **flags = ARENA_ARRAY(a, uint8_t *, ITEMS);
  int32_t *group = ARENA_ARRAY(a, int32_t, n);
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  if (!t || !flags || !group || !unit || num_table_init(&t[0], a, NAMES, ITEMS, n, &e) || num_table_init(&t[1], a, NAMES, ITEMS, n,
      &e)) bench_die("data", NULL);
  for (int j = 0; j < ITEMS; j++)
    if (!(flags[j] = ARENA_ARRAY(a, uint8_t, n))) bench_die("flags", NULL);
  for (int64_t i = 0; i < n; i++) {
    char *id = arena_printf(a, "U%08lld", (long long)i);
    unit[i] = str_view(id, 9);
    group[i] = (int32_t)bench_draw(&state, 0, CLASSES - 1);
    for (int j = 0; j < ITEMS; j++) {
      const double before = (double)bench_draw(&state, 1, 100000);
      t[1].columns[j].x[i] = before, t[1].columns[j].status[i] = VAL_REPORTED;
      t[0].columns[j].x[i] = before * (double)bench_draw(&state, 90, 115) / 100, t[0].columns[j].status[i] = VAL_REPORTED;
    }
    if (bench_draw(&state, 1, 100) > 4) continue;
    for (int64_t k = bench_draw(&state, 1, 3); k > 0; k--) {
      const int j = (int)bench_draw(&state, 0, ITEMS - 1);
      flags[j][i] = EST_TO_IMPUTE, t[0].columns[j].status[i] = VAL_BLANK;
    }
    if (bench_draw(&state, 1, 10) == 1) t[1].columns[bench_draw(&state, 0, ITEMS - 1)].status[i] = VAL_BLANK;
  }
  t[0].unit = t[1].unit = unit;
  return (struct est_input){.current = &t[0], .previous = &t[1], .current_flags = flags, .group = group, .n_groups = CLASSES, .seed = 1};
}
static void specify(struct est_spec *s) {
  static const char *const ALGORITHM[] = {"DIFTREND", "CURRATIO", "CURREG"};
  for (int k = 0; k < SPECS; k++) {
    const int j = k % ITEMS;
    s[k] = (struct est_spec){.name = NAMES[j], .algorithm = est_algorithm_find(ALGORITHM[k / ITEMS]), .field = NAMES[j], .auxiliary =
        {NAMES[(j + 1) % ITEMS]}, .n_auxiliary = k >= ITEMS,
                             .minimum_count = 5, .minimum_percent = 10, .exclude_imputed = EST_YES, .exclude_outliers = EST_YES};
  }
}
static double bare(const struct est_input *in) {
  volatile double sink = 0;
  const double start = processor();
  for (int k = 0; k < SPECS; k++) {
    const struct num_column *c = &in->current->columns[k % ITEMS];
    double all = 0;
    for (int64_t i = 0; i < in->current->n; i++) all += value_present(c->status[i]) ? c->x[i] : 0;
    sink = sink + all;
  }
  return processor() - start;
}
static void row(int64_t n) {
  struct arena *a = arena_new(0);
  struct est_spec s[SPECS];
  struct est_result r;
  struct err e;
  if (!a) bench_die("arena", NULL);
  struct est_input in = make(a, n);
  specify(s);
  const double peer = bare(&in), wall = bench_now(), start = processor();
  const long before = peak_kib();
  if (est_run(a, &in, s, SPECS, &r, &e)) bench_die("estimators", &e);
  const double cpu = processor() - start;
  printf(
      "30 estimators, %lld records, 20 classes, %lld cells imputed: %.2f s of processor (%.2f s by the clock), %.2f M rows/s, %.0f MiB beyond the input; %.1f x 30 bare sums; target for 1 M 4 s, 100 MiB\n",
      (long long)n, (long long)r.n_changes, cpu, bench_now() - wall, (double)n / cpu * 1e-6, (double)(peak_kib() - before) / 1024, cpu / peer);
  arena_free(a);
}
int main(void) {
  row(10000);
  row(100000);
  row(1000000);
  return 0;
}

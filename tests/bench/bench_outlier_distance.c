/* Multivariate outliers and scores: processor seconds beside one classical pass (mean, covariance, distances) over the same records, which finds no
 * masked outlier but is the least that any distance costs. Arguments: records for MSD and MCD, records for the others. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "processing/outlier/bacon_eem.h"
#include "processing/outlier/contaminated.h"
#include "processing/outlier/replay.h"
#include "processing/outlier/robust_distance.h"

enum { ITEMS = 5 };
static double seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
/* Log-normal items of one common size, 5 % with errors in the first two, 1 value in 20 missing in the last item. */
static int make(struct arena *a, struct num_table *t, int64_t n) {
  static const char *const names[ITEMS] = {"a", "b", "c", "d", "e"};
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  struct err e;
  struct rng r;
  if (!unit || num_table_init(t, a, names, ITEMS, n, &e)) return 0;
  rng_init(&r, 20261128, "bench_outlier_distance", NULL, 0);
  for (int64_t i = 0; i < n; i++) {
    const double size = rng_normal(&r);
    const int bad = rng_below(&r, 20) == 0;
    unit[i] = str_of(arena_printf(a, "%lld", (long long)i));
    for (int j = 0; j < ITEMS; j++) {
      t->columns[j].x[i] = exp(6 + size + 0.3 * rng_normal(&r) + (bad && j < 2 ? 2 * rng_normal(&r) : 0));
      t->columns[j].status[i] = j == ITEMS - 1 && rng_below(&r, 20) == 0 ? VAL_BLANK : VAL_REPORTED;
    }
  }
  t->unit = unit;
  return 1;
}
static double classical(struct arena *a, const struct sample *s, double *check) {
  double mean[ITEMS], scatter[ITEMS * ITEMS], l[ITEMS * ITEMS], *d2 = ARENA_ARRAY(a, double, s->n);
  const double start = seconds();
  if (!d2) exit(75);
  sample_moments(s, NULL, 0, mean, scatter);
  if (!dense_cholesky(l, scatter, s->p)) exit(70);
  sample_distances(s, mean, l, d2);
  *check += d2[s->n / 2];
  return seconds() - start;
}
static void say(const char *what, int64_t n, double t, double floor_seconds, int64_t found) {
  printf("%s, %d items, %lld records: %.3f s of processor, %.0f records/s, %.0f x a classical pass, %lld found\n", what, ITEMS, (long long)n, t,
         (double)n / t, t / floor_seconds, (long long)found);
}
static void stop(enum err_code code) {
  if (code) fprintf(stderr, "%s\n", err_name(code)), exit(70);
}
static void complete(struct arena *a, const struct num_table *t, int64_t n, double *check) {
  static const int columns[ITEMS] = {0, 1, 2, 3, 4};
  int64_t *rows = ARENA_ARRAY(a, int64_t, n);
  for (int64_t i = 0; rows && i < n; i++) rows[i] = i;
  const struct sample_spec q = {.table = t, .columns = columns, .p = ITEMS, .rows = rows, .n_rows = n, .logarithm = true};
  struct sample s;
  struct robust_distance d;
  struct err e;
  stop(rows ? sample_complete(&s, a, &q, &e) : E_NO_MEMORY);
  const double floor_seconds = classical(a, &s, check);
  double start = seconds();
  stop(robust_msd(&d, a, &s, 1, 0.999, &e));
  say("MSD", s.n, seconds() - start, floor_seconds, d.n_outliers);
  start = seconds();
  stop(robust_mcd(&d, a, &s, 0.999, &e));
  say("MCD", s.n, seconds() - start, floor_seconds, d.n_outliers);
}
static void many(struct arena *a, const struct num_table *t, double *check) {
  static const int columns[ITEMS] = {0, 1, 2, 3, 4};
  const struct sample_spec q = {.table = t, .columns = columns, .p = ITEMS, .logarithm = true};
  struct sample s, observed;
  struct contaminated m;
  struct bacon_result b;
  struct err e;
  double start = seconds();
  stop(sample_complete(&s, a, &q, &e));
  printf("records put in their own order: %.3f s of processor\n", seconds() - start);
  const double floor_seconds = classical(a, &s, check);
  stop(sample_observed(&observed, a, &q, &e));
  start = seconds();
  stop(bacon_eem(&b, a, &observed, 0.05, &e));
  say("BACON-EEM, 5 % of an item missing", observed.n, seconds() - start, floor_seconds, b.n_outliers);
  start = seconds();
  stop(contaminated_fit(&m, a, &s, 2, true, &e));
  int64_t suspected = 0;
  for (int64_t i = 0; i < s.n; i++) suspected += m.probability[i] > 0.5;
  say("contaminated normal, 2 on 3", s.n, seconds() - start, floor_seconds, suspected);
  int64_t *rank = ARENA_ARRAY(a, int64_t, t->n);
  start = seconds();
  stop(rank ? score_rank(rank, a, t->columns[0].x, t->unit, t->n, 1, &e) : E_NO_MEMORY);
  *check += (double)rank[0];
  printf("ranking of scores with ties by unit, %lld records: %.3f s of processor\n", (long long)t->n, seconds() - start);
}
int main(int argc, char **argv) {
  struct arena *a = arena_new(0);
  const int64_t few = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000, all = argc > 2 ? strtoll(argv[2], NULL, 10) : 200000;
  struct num_table t;
  double check = 0;
  if (!a || few < 100 || all < few || !make(a, &t, all)) return 75;
  complete(a, &t, few, &check);
  many(a, &t, &check);
  arena_free(a);
  return check > 0 ? 0 : 70;
}

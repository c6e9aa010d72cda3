/* Error localisation: 1 M records of 10 variables and 10 edits (target 3 s of one processor), 100 k of 21 variables and 25 edits (1 s), growth
 * from 10 k on. The least cardinality of a sample is checked against an enumeration of all sets by GLPK. Anchors: Banff 3.1.3: 250 s; 22.9 s for
 * 1,000 records, 6 % rejected. bench_localise [LARGEST]: also 10 k, 100 k ... up to LARGEST records of the small population (default 1,000,000). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "processing/localise/localise.h"
#include "tests/bench/edit_population.h"
#include "tests/property/localise_oracle.h"

enum { SAMPLE = 400, BLOCK = 1000000 };
static double processor_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec * 1e-6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec * 1e-6;
}
/* How many of the first SAMPLE failing records differ from the enumeration. */
static int compare(const struct linear_system *s, const struct num_table *t, const struct localise_result *r, int64_t *checked) {
  int differ = 0;
  double x[POPULATION_MAX_ITEMS];
  bool missing[POPULATION_MAX_ITEMS];
  for (*checked = 0; *checked < r->n_cases && *checked < SAMPLE; ++*checked) {
    const struct localise_case *c = &r->cases[*checked];
    for (int j = 0; j < s->p; j++) {
      const struct num_column *column = &t->columns[num_table_find(t, str_of(s->names[j]))];
      x[j] = column->x[c->row];
      missing[j] = !num_present(column, c->row);
    }
    differ += oracle_least_size(s, x, missing) != c->cost;
  }
  return differ;
}
/* What the blocks of one run add up to: a million records at a time, so that memory does not grow with the number of records. */
struct totals {
  double seconds;
  int64_t several, failing, unsolved, programmes, checked, by_size[LOCALISE_SIZES];
  int differ, cuts;
  size_t bytes;
};
static int one_block(enum edit_population kind, const struct linear_system *s, const double *weight, int64_t from, int64_t n, int optima,
                     struct totals *t) {
  struct arena *a = arena_new(0);
  struct num_table data;
  struct localise_result r;
  struct err e;
  const struct job job = {.n_threads = 1};
  int64_t checked = 0;
  if (!a || population_table(a, kind, 20261128, from, n, &data, &e)) return 75;
  const size_t before = arena_used(a);
  const double start = processor_seconds();
  if (localise_run(&job, a, &(struct localise_spec){.system = s, .weight = weight, .max_cost = INFINITY, .seed = 1, .max_optima = optima}, &data, &r,
                   &e))
    return 70;
  t->seconds += processor_seconds() - start;
  if (from == 0) t->differ += compare(s, &data, &r, &checked);
  t->checked += checked;
  t->failing += r.n_cases;
  t->several += r.metrics.several_optima;
  t->unsolved += r.metrics.by_status[LOCALISE_UNSOLVED] + r.metrics.by_status[LOCALISE_NO_SOLUTION];
  t->programmes += r.metrics.programmes;
  t->cuts = r.metrics.cuts > t->cuts ? r.metrics.cuts : t->cuts;
  for (int k = 0; k < LOCALISE_SIZES; k++) t->by_size[k] += r.metrics.by_size[k];
  t->bytes = arena_used(a) - before > t->bytes ? arena_used(a) - before : t->bytes;
  arena_free(a);
  return 0;
}
static int one(enum edit_population kind, int64_t n, int optima, const char *target, const char *anchor) {
  struct arena *a = arena_new(0);
  struct linear_system s;
  struct totals t = {0};
  struct err e;
  double weight[POPULATION_MAX_ITEMS];
  int status = 0;
  for (int j = 0; j < POPULATION_MAX_ITEMS; j++) weight[j] = 1;
  if (!a || linear_parse(a, str_of(population_edits(kind)), false, &s, &e)) return 75;
  for (int64_t from = 0; from < n && !status; from += BLOCK)
    status = one_block(kind, &s, weight, from, n - from < BLOCK ? n - from : BLOCK, optima, &t);
  printf(
      "localise %lld records, %d variables, %d edits: %.3f s of processor (%.0f rows/s), %.1f %% fail, %lld unsolved, %lld programmes, %d cuts, "
      "results %.1f MiB;"
      " %lld against enumeration: %d differ; target %s; anchor %s\n  sizes:",
      (long long)n, s.p, s.m, t.seconds, (double)n / t.seconds, 100 * (double)t.failing / (double)n, (long long)t.unsolved, (long long)t.programmes,
      t.cuts, (double)t.bytes / 1048576, (long long)t.checked, t.differ, target, anchor);
  for (int k = 1; k < LOCALISE_SIZES; k++)
    if (t.by_size[k]) printf(" %d: %lld", k, (long long)t.by_size[k]);
  if (optima) printf("; all optimal sets listed: %.1f %% of the failing have several", 100 * (double)t.several / (double)t.failing);
  printf("\n");
  arena_free(a);
  return status ? status : t.differ ? 70 : 0;
}
int main(int argc, char **argv) {
  const int64_t largest = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  int status = 0;
  for (int64_t n = 10000; n <= largest && !status; n *= 10)
    status = one(POPULATION_SMALL, n, 0, n == 1000000 ? "3 s" : "linear", n == 1000000 ? "Banff 250 s" : "none");
  for (int64_t n = 1000; n <= 100000 && !status; n *= 10)
    status = one(POPULATION_LARGE, n, 0, n == 100000 ? "1 s" : "linear", n == 1000 ? "Banff 22.9 s, 11 rejected" : "none");
  if (!status) status = one(POPULATION_SMALL, 100000, 1000, "none", "none");
  if (!status) status = one(POPULATION_LARGE, 100000, 1000, "none", "none");
  return status;
}

/* Mixed error localisation: 1 M records of 10 numbers and 5 categories, 20 rules of which 8 IF-THEN and 3 soft (target 10 s of one processor,
 * none unsolved); beside it the same records one by one without a pool, trying all sets with GLPK, and GLPK's mixed integer programme, on the first
 * 1,000 records, in the same run.
 * bench_localise_mixed [RECORDS] (default 1,000,000). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "processing/localise/localise_mixed_run.h"
#include "tests/bench/mixed_population.h"
#include "tests/bench/mixed_programme.h"
#include "tests/property/mixed_oracle.h"

enum { BLOCK = 250000, SAMPLE = 1000 };
static double processor_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec * 1e-6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec * 1e-6;
}
struct columns {
  double *x[MIXED_P];
  uint8_t *status[MIXED_P];
  int *code[MIXED_Q];
  struct mixed_columns view;
};
static bool fill(struct arena *a, int64_t from, int64_t n, struct columns *c) {
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  for (int j = 0; j < MIXED_P; j++) {
    c->x[j] = ARENA_ARRAY(a, double, n);
    c->status[j] = ARENA_ARRAY(a, uint8_t, n);
    if (!c->x[j] || !c->status[j]) return false;
  }
  for (int k = 0; k < MIXED_Q; k++)
    if (!(c->code[k] = ARENA_ARRAY(a, int, n))) return false;
  for (int64_t i = 0; unit && i < n; i++) {
    double x[MIXED_P];
    uint8_t status[MIXED_P];
    int code[MIXED_Q];
    mixed_population_record(20261128, from + i, x, status, code);
    for (int j = 0; j < MIXED_P; j++) {
      c->x[j][i] = x[j];
      c->status[j][i] = status[j];
    }
    for (int k = 0; k < MIXED_Q; k++) c->code[k][i] = code[k];
    const char *id = arena_printf(a, "U%lld", (long long)(from + i));
    if (!id) return false;
    unit[i] = str_of(id);
  }
  c->view = (struct mixed_columns){
      .n = n, .unit = unit, .x = (const double *const *)c->x, .status = (const uint8_t *const *)c->status, .code = (const int *const *)c->code};
  return unit;
}
struct others {
  double alone, naive, programme;
  int wrong; /* of GLPK's programme */
};
/* One record at a time, by enumeration, by programme; how many costs of the first two differ. */
static int compare(const struct mixed_spec *spec, const struct columns *c, const struct mixed_result *r, int64_t n, struct others *o) {
  int differ = 0;
  int64_t at = 0;
  for (int64_t i = 0; i < n && i < SAMPLE; i++) {
    struct arena *a = arena_new(0);
    double x[MIXED_P];
    bool missing[MIXED_P];
    int code[MIXED_Q];
    struct mixed_answer m;
    struct err e;
    for (int j = 0; j < MIXED_P; j++) {
      x[j] = c->x[j][i];
      missing[j] = c->status[j][i] >= VAL_BLANK;
    }
    for (int k = 0; k < MIXED_Q; k++) code[k] = c->code[k][i];
    while (at < r->n_cases && r->cases[at].row < i) at++;
    const double found = at < r->n_cases && r->cases[at].row == i ? r->cases[at].cost : 0;
    double start = processor_seconds();
    if (!a || localise_mixed(a, spec, &(struct mixed_record){.unit = c->view.unit[i], .x = x, .missing = missing, .code = code}, &m, &e)) return -1;
    o->alone += processor_seconds() - start;
    start = processor_seconds();
    const double least = mixed_oracle_least(spec->rules, spec->weight, x, missing, code);
    o->naive += processor_seconds() - start;
    start = processor_seconds();
    const double whole = programme_least(spec->rules, spec->weight, x, missing, code);
    o->programme += processor_seconds() - start;
    o->wrong += fabs(whole - found) > 1e-4;
    differ += fabs(least - found) > 1e-6 || fabs(m.cost - found) > 1e-9;
    arena_free(a);
  }
  return differ;
}
int main(int argc, char **argv) {
  const int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  struct mixed_population population;
  struct err e;
  struct arena *rules = arena_new(0);
  struct mixed_metrics all = {0};
  struct others o = {0};
  size_t bytes = 0;
  double seconds = 0;
  int differ = 0;
  if (!rules || mixed_population_rules(rules, &population, &e)) return 70;
  const struct mixed_spec spec = {.rules = &population.rules, .weight = population.weight, .seed = 1, .max_cost = INFINITY};
  for (int64_t from = 0; from < n; from += BLOCK) {
    struct arena *a = arena_new(0);
    struct columns c;
    struct mixed_result r;
    const struct job job = {.n_threads = 1};
    if (!a || !fill(a, from, n - from < BLOCK ? n - from : BLOCK, &c)) return 75;
    const size_t before = arena_used(a);
    const double start = processor_seconds();
    if (localise_mixed_run(&job, a, &spec, &c.view, &r, &e)) return 70;
    seconds += processor_seconds() - start;
    bytes = arena_used(a) - before > bytes ? arena_used(a) - before : bytes;
    if (from == 0 && argc < 3) differ = compare(&spec, &c, &r, c.view.n, &o);
    for (int k = 0; k < 5; k++) all.by_status[k] += r.metrics.by_status[k];
    for (int k = 0; k < LOCALISE_SIZES; k++) all.by_size[k] += r.metrics.by_size[k];
    all.programmes += r.metrics.programmes;
    all.doubtful += r.metrics.doubtful;
    all.exact_programmes += r.metrics.exact_programmes;
    all.conflicts = r.metrics.conflicts > all.conflicts ? r.metrics.conflicts : all.conflicts;
    arena_free(a);
  }
  const int64_t unsolved = all.by_status[LOCALISE_UNSOLVED] + all.by_status[LOCALISE_NO_SOLUTION];
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf(
      "mixed localise %lld records, %d numbers, %d categories, %d rules: %.3f s of processor (%.0f rows/s), %.1f %% fail, %lld unsolved, %lld "
      "programmes (%lld doubtful, %lld exact), %lld conflicts kept, results %.1f MiB a block, peak %.0f MiB; target 10 s\n  the first %d: one by one "
      "%.3f s, all sets by GLPK %.3f s (%d differ), mixed integer programmes by GLPK %.3f s (%d differ)\n  sizes:",
      (long long)n, MIXED_P, MIXED_Q, population.rules.n_rules, seconds, (double)n / seconds,
      100 * (double)(n - all.by_status[LOCALISE_PASSED]) / (double)n, (long long)unsolved, (long long)all.programmes, (long long)all.doubtful,
      (long long)all.exact_programmes, (long long)all.conflicts, (double)bytes / 1048576, (double)usage.ru_maxrss / 1024, SAMPLE, o.alone, o.naive,
      differ, o.programme, o.wrong);
  for (int k = 0; k < LOCALISE_SIZES; k++)
    if (all.by_size[k]) printf(" %d: %lld", k, (long long)all.by_size[k]);
  printf("\n");
  arena_free(rules);
  return differ ? 70 : 0;
}

/* bench_donor.c -- nearest donors with rules after imputation on the small editing population: seconds of processor, peak memory above the input,
 * growth, and on 10,000 records the floor: every recipient against every donor over all ten ranks, bare loops. Flags are the true errors and the
 *          missing values.
 * Optional argument: the largest number of records (1,000,000 unless given). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "processing/impute/donor_mass.h"
#include "tests/bench/edit_population.h"

static const char *const POST =
    "ER + EP <= 1.2*ET; ER + EP >= 0.8*ET; HS + HO <= 1.2*HT; HS + HO >= 0.8*HT; PS + PO + PX <= 1.2*PT; PS + PO + PX >= 0.8*PT;"
    "HT <= 300*ET; HT >= 20*ET; PT >= 50*ET; PT <= 3000*ET; HO <= 0.6*HS; PO <= 0.6*PS; PX <= 2*PS;";
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
static _Noreturn void die(const char *what) {
  fprintf(stderr, "benchmark: %s\n", what);
  exit(70);
}
struct work {
  struct arena *a;
  struct num_table t;
  uint8_t *flags;
  int32_t *stratum;
  struct linear_system edits, post;
};
static void make(struct work *w, int64_t n, int strata) {
  struct err e;
  w->a = arena_new(0);
  if (!w->a || population_table(w->a, POPULATION_SMALL, 1, 0, n, &w->t, &e)) die("no population");
  w->flags = ARENA_ARRAY(w->a, uint8_t, 10 * n);
  w->stratum = ARENA_ARRAY(w->a, int32_t, n);
  if (!w->flags || !w->stratum) die("no memory");
  for (int64_t i = 0; i < n; i++) {
    double x[POPULATION_MAX_ITEMS], truth[POPULATION_MAX_ITEMS];
    uint8_t missing[POPULATION_MAX_ITEMS];
    population_record(POPULATION_SMALL, 1, i, x, missing, truth);
    for (int j = 0; j < 10; j++) w->flags[j * n + i] = missing[j] || x[j] != truth[j] ? DONOR_FLAGGED : 0;
    w->stratum[i] = (int32_t)(i % strata);
  }
  if (linear_parse(w->a, str_of(population_edits(POPULATION_SMALL)), false, &w->edits, &e) || linear_parse(w->a, str_of(POST), false, &w->post, &e))
    die("edits");
}
/* Every recipient against every donor over ten columns: what no index and no rules would cost. */
static double floor_seconds(const struct work *w, int64_t *nearest_sum) {
  const int64_t n = w->t.n;
  float *row_major = ARENA_ARRAY(w->a, float, 10 * n);
  uint8_t *any = ARENA_ARRAY(w->a, uint8_t, n);
  if (!row_major || !any) die("no memory");
  for (int64_t i = 0; i < n; i++)
    for (int j = 0; j < 10; j++) row_major[i * 10 + j] = (float)w->t.columns[j].x[i], any[i] |= w->flags[j * n + i];
  const double begin = processor();
  for (int64_t i = 0; i < n; i++) {
    float least = 3e38f;
    int64_t best = 0;
    for (int64_t d = 0; any[i] && d < n; d++) {
      float far = 0;
      for (int j = 0; j < 10; j++) {
        const float difference = fabsf(row_major[d * 10 + j] - row_major[i * 10 + j]);
        far = difference > far ? difference : far;
      }
      if (!any[d] && far < least) least = far, best = d;
    }
    *nearest_sum += best;
  }
  return processor() - begin;
}
static double run(int64_t n, int strata, double before) {
  struct work w;
  struct donor_result r;
  struct err e;
  int64_t sum = 0;
  make(&w, n, strata);
  const struct donor_spec s = {
      .edits = &w.edits, .post_edits = &w.post, .n_nearest = 20, .min_donors = 5, .percent_donors = 1, .original_only = true, .seed = 1};
  const struct donor_data d = {.t = &w.t, .flags = w.flags, .group = w.stratum, .n_groups = strata};
  const long memory = peak_kib();
  const double begin = processor();
  if (donor_impute(w.a, &s, &d, &r, &e)) die("donors");
  const double seconds = processor() - begin;
  printf(
      "donors, %lld records, %d classes: %lld recipients, %lld served; %.2f s of processor, %.0f records/s, peak %ld MiB above the input (%.0f bytes "
      "a record)",
      (long long)n, strata, (long long)r.n_recipients, (long long)r.by_outcome[DONOR_FOUND], seconds, (double)n / seconds,
      (peak_kib() - memory) / 1024, (double)(peak_kib() - memory) * 1024 / (double)n);
  if (before > 0) printf(", %.1f x the run before", seconds / before);
  if (n <= 10000) {
    const double bare = floor_seconds(&w, &sum);
    printf(", %.2f x a bare scan (%.2f s, check %lld)", seconds / bare, bare, (long long)sum % 1000);
  }
  printf("\n");
  arena_free(w.a);
  return seconds;
}
/* One record in ten without pay, matched on employees and hours. */
static void mass(int64_t n, int strata) {
  static const int impute[] = {6, 7, 8, 9}, match[] = {2, 5};
  struct work w;
  struct donor_result r;
  struct err e;
  int64_t partial;
  make(&w, n, strata);
  for (int64_t i = 0; i < n; i++)
    for (int k = 0; k < 4; k++)
      if (num_unit_hash(9, w.t.unit[i]) % 10 == 0) w.t.columns[impute[k]].status[i] = VAL_BLANK;
  const struct donor_mass_spec s = {.must_impute = impute,
                                    .n_must_impute = 4,
                                    .must_match = match,
                                    .n_must_match = 2,
                                    .min_donors = 5,
                                    .percent_donors = 1,
                                    .seed = 1};
  const struct donor_data d = {.t = &w.t, .group = w.stratum, .n_groups = strata};
  const long memory = peak_kib();
  const double begin = processor();
  if (donor_mass_impute(w.a, &s, &d, &r, &partial, &e)) die("mass imputation");
  const double seconds = processor() - begin;
  printf("mass imputation, %lld records, %d classes: %lld recipients, %lld served; %.2f s of processor, "
         "%.0f records/s, peak %ld MiB above the input\n",
         (long long)n, strata, (long long)r.n_recipients, (long long)r.by_outcome[DONOR_FOUND], seconds, (double)n / seconds,
         (peak_kib() - memory) / 1024);
  arena_free(w.a);
}
/* In a process of its own, so that the peak is its own. */
static double apart(int64_t n, int strata, double before) {
  int fd[2];
  double seconds = 0;
  fflush(stdout);
  if (pipe(fd)) die("pipe");
  const pid_t child = fork();
  if (child == 0) {
    seconds = run(n, strata, before);
    fflush(stdout);
    _exit(write(fd[1], &seconds, sizeof seconds) == sizeof seconds ? 0 : 70);
  }
  close(fd[1]);
  int status = 0;
  if (child < 0 || read(fd[0], &seconds, sizeof seconds) != sizeof seconds || waitpid(child, &status, 0) != child || status) die("a run failed");
  close(fd[0]);
  return seconds;
}
int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  double before = apart(10000, 1, 0);
  if (most >= 100000) before = apart(100000, 1, before);
  if (most >= 1000000) (void)apart(1000000, 1, before);
  if (most >= 100000) printf("  target: 100,000 in one class 3 s (Banff 3.01.003: 55.8 s, 70 MiB)\n");
  before = apart(10000, 20, 0);
  if (most >= 100000) before = apart(100000, 20, before);
  if (most >= 1000000) (void)apart(1000000, 20, before);
  if (most >= 1000000) printf("  target: 1,000,000 in 20 classes 30 s (Banff 3.01.003: 331 s, 44 MiB); 1 KiB a record\n");
  if (most >= 100000) mass(100000, 20);
  if (most >= 1000000) mass(1000000, 20);
  if (most >= 1000000) printf("  Banff 3.01.003: 0.21 s and 4.85 s, 32 MiB\n");
  return 0;
}

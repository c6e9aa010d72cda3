/* bench_duplicates.c -- 250,000 births with 500 planted doubles: seconds, recall, false alarms. */
#include <sys/resource.h>
#include <time.h>

#include "tests/unit/duplicates_fixture.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The peer: four bare sorts of as many random numbers, one for each block rule. */
static int by_number(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}
static double bare_sorts(int64_t n) {
  uint64_t *numbers = malloc((size_t)n * 2 * sizeof *numbers);
  struct rng r;
  double seconds = 0;
  rng_init(&r, 1, "sorts", "", 0);
  for (int k = 0; numbers && k < 4; k++) {
    for (int64_t i = 0; i < 2 * n; i++) numbers[i] = rng_u64(&r);
    double begin = now();
    qsort(numbers, (size_t)n, 2 * sizeof *numbers, by_number);
    seconds += now() - begin;
  }
  free(numbers);
  return seconds;
}

int main(void) {
  static const int spoils[] = {0, 5, 15};
  const struct duplicate_rule *rule = duplicate_rule_of("vital", "birth");
  for (int i = 0; i < 3; i++) {
    struct arena *a = arena_new(0);
    struct job job = {.arena = a, .n_threads = 1};
    struct births b;
    struct duplicates_found found;
    struct err e;
    int64_t hits, alarms;
    if (!a || births_make(&b, a, 1, 250000, 500, spoils[i])) return 1;
    double begin = now();
    if (duplicates_find(&job, a, rule, b.tables, b.current, 2, DUPLICATE_SCORE, &found, &e)) return 1;
    double seconds = now() - begin;
    births_judge(&b, &found, &hits, &alarms);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("duplicates, %2d %% of cells spoilt: %lld records in %.2f s (%.1f x four bare sorts), %lld pairs compared, recall %lld of 500,"
           " %lld false alarms, %lld twin pairs left out, peak %ld MB; target 5 s\n",
        spoils[i], (long long)found.n_records, seconds, seconds / bare_sorts(found.n_records), (long long)found.n_compared, (long long)hits,
        (long long)alarms, (long long)found.n_exempt, use.ru_maxrss / 1024);
    arena_free(a);
  }
  return 0;
}

/* Weighted quantiles (median, quartiles, deciles) of 10 million records: whole numbers as in pay, and reals whose every bit differs. Floor: libc's
 * qsort of the same pairs in the same run. Target: 10^7 records in 1 s of one core. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "estimators/estimate/quantile.h"

enum { REPEATS = 3, N_P = 5 };
struct pair {
  double x, w;
};

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static int pair_cmp(const void *p, const void *q) {
  const struct pair *a = p, *b = q;
  return (a->x > b->x) - (a->x < b->x);
}
static void make(double *x, double *w, int64_t n, int whole) {
  uint64_t seed = 88172645463325252u;
  for (int64_t i = 0; i < n; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    const double u = (double)(seed >> 11) * 0x1p-53;
    x[i] = whole ? (double)(int64_t)(u * u * 900000) : u * u * 900000 - 1000;
    w[i] = 1 + (double)(seed & 127) / 8;
  }
}
/* The smallest value whose cumulated weight reaches half: the answer to compare with. */
static double by_qsort(struct pair *pairs, const double *x, const double *w, int64_t n) {
  double all = 0, sum = 0;
  int64_t i = 0;
  for (i = 0; i < n; i++) pairs[i] = (struct pair){x[i], w[i]}, all += w[i];
  qsort(pairs, (size_t)n, sizeof *pairs, pair_cmp);
  for (i = 0; i < n && (sum += pairs[i].w) < all / 2; i++) continue;
  return pairs[i].x;
}

static void measure(int64_t n, int whole) {
  static const double p[N_P] = {0.5, 0.25, 0.75, 0.1, 0.9};
  struct arena *a = arena_new(0);
  double *x = ARENA_ARRAY(a, double, n), *w = ARENA_ARRAY(a, double, n), q[N_P], best = 1e9;
  struct pair *pairs = malloc(sizeof *pairs * (size_t)n);
  struct err e;
  if (!x || !w || !pairs) exit(75);
  make(x, w, n, whole);
  for (int k = 0; k < REPEATS; k++) {
    struct arena_mark mark = arena_mark(a);
    struct quantile_order o;
    double start = processor_seconds(), t;
    if (quantile_sort(a, n, x, w, NULL, 0, &o, &e)) exit(70);
    for (int j = 0; j < N_P; j++) q[j] = quantile_at(&o, p[j], QUANTILE_MATH);
    t = processor_seconds() - start, best = t < best ? t : best;
    arena_reset(a, mark);
  }
  double start = processor_seconds();
  const double check = by_qsort(pairs, x, w, n), floor_seconds = processor_seconds() - start;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  if (check != q[0]) exit(70); /* a fast wrong answer is no answer */
  printf("%9lld records, %s: %.3f s of the processor, %.1f M records/s, %.2f x libc's qsort (%.3f s); peak %ld MiB\n", (long long)n,
      whole ? "whole numbers" : "reals", best, (double)n / best * 1e-6, best / floor_seconds, floor_seconds, usage.ru_maxrss / 1024);
  free(pairs);
  arena_free(a);
}

/* The order of 47 or 2000 domains, dealt out and sorted one by one, and the median of each. */
static void measure_domains(int64_t n, int32_t domains, int whole) {
  struct arena *a = arena_new(0);
  double *x = ARENA_ARRAY(a, double, n), *w = ARENA_ARRAY(a, double, n), best = 1e9;
  int32_t *of = ARENA_ARRAY(a, int32_t, n);
  double *cumulated = ARENA_ARRAY(a, double, n), check = 0;
  struct err e;
  if (!x || !w || !of || !cumulated) exit(75);
  make(x, w, n, whole);
  for (int64_t i = 0; i < n; i++) of[i] = (int32_t)(i * 7919 % domains);
  for (int r = 0; r < REPEATS; r++) {
    struct arena_mark mark = arena_mark(a);
    struct quantile_dealt d;
    const double start = processor_seconds();
    if (quantile_deal(a, n, x, w, of, domains, &d, &e)) exit(70);
    for (int32_t k = 0; k < domains; k++) {
      const int64_t from = d.first[k], m = d.first[k + 1] - from;
      double sum = 0;
      for (int64_t i = 0; i < m; i++) cumulated[i] = sum += d.w[from + i];
      const struct quantile_order o = {m, d.x + from, cumulated, d.w + from};
      check += quantile_at(&o, 0.5, QUANTILE_MATH);
    }
    const double t = processor_seconds() - start;
    best = t < best ? t : best;
    arena_reset(a, mark);
  }
  printf("%9lld records, %s, medians of %d domains: %.3f s of the processor, %.1f M records/s (mean of the medians %.0f)\n", (long long)n,
      whole ? "whole numbers" : "reals", domains, best, (double)n / best * 1e-6, check / REPEATS / domains);
  arena_free(a);
}

int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000000;
  printf("five weighted quantiles; target 10^7 in 1 s\n");
  for (int64_t n = 100000; n <= most; n *= 10)
    for (int whole = 1; whole >= 0; whole--) {
      measure(n, whole);
      measure_domains(n, 47, whole), measure_domains(n, 2000, whole);
    }
  return 0;
}

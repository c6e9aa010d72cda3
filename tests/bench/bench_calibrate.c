/* Calibration of a million weights to 66 margins (47 prefectures, 17 age classes, 2 sexes), raking and bounded logit, against the bare passes over
 * the same rows that Newton cannot do without. Target: 0.3 s each. Growth from 10^5 to 10^7 records. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "estimators/weight/calibrate.h"

enum { FACTORS = 3, MARGINS = 66 };
static const int32_t LEVELS[FACTORS] = {47, 17, 2};

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* One pass as bare as can be: exponential of three coefficients, sums by margin, the normal matrix. */
static double __attribute__((noinline)) bare(const struct auxiliary *x, const double *d, const double *lambda, double *sum, double *m) {
  double check = 0;
  for (int64_t i = 0; i < x->n; i++) {
    const int a = x->code[0][i], b = 47 + x->code[1][i], c = 64 + x->code[2][i];
    const double w = d[i] * exp(lambda[a] + lambda[b] + lambda[c]);
    sum[a] += w, sum[b] += w, sum[c] += w;
    m[a * MARGINS + a] += w, m[b * MARGINS + a] += w, m[b * MARGINS + b] += w, m[c * MARGINS + a] += w, m[c * MARGINS + b] += w,
        m[c * MARGINS + c] += w;
    check += w;
  }
  return check;
}

static void measure(int64_t n) {
  struct arena *a = arena_new(0);
  int32_t *code[FACTORS];
  double *d = a ? ARENA_ARRAY(a, double, n) : NULL, total[MARGINS], lambda[MARGINS] = {0}, sum[MARGINS] = {0};
  static double m[MARGINS * MARGINS];
  struct err e;
  uint64_t seed = 88172645463325252u;
  for (int f = 0; f < FACTORS; f++)
    if (!a || !(code[f] = ARENA_ARRAY(a, int32_t, n))) exit(75);
  if (!d) exit(75);
  for (int64_t i = 0; i < n; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    for (int f = 0; f < FACTORS; f++) code[f][i] = (int32_t)((seed >> (8 + 16 * f)) % (uint64_t)LEVELS[f]);
    d[i] = 90 + (double)(seed & 31);
  }
  struct auxiliary x = {.n = n, .n_factors = FACTORS, .code = {code[0], code[1], code[2]}, .levels = {47, 17, 2}};
  if (auxiliary_totals(a, &x, d, total, &e)) exit(70);
  for (int k = 0; k < MARGINS; k++) total[k] *= 1 + 0.1 * sin(k);
  for (int at = 0, f = 0; f < FACTORS; at += LEVELS[f++]) { /* every factor sums to the same population */
    double s = 0;
    for (int k = 0; k < LEVELS[f]; k++) s += total[at + k];
    for (int k = 0; k < LEVELS[f]; k++) total[at + k] *= (double)n * 110 / s;
  }
  double start = processor_seconds();
  double check = bare(&x, d, lambda, sum, m);
  const double floor_pass = processor_seconds() - start;
  if (!(check > 0)) exit(70);
  static const char *const names[] = {"raking", "logit [0.5, 2]"};
  for (int method = 0; method < 2; method++) {
    struct calibration out;
    struct calibration_spec s = {.method = method ? CALIBRATE_LOGIT : CALIBRATE_RAKING, .x = &x, .d = d, .total = total, .low = 0.5, .high = 2};
    start = processor_seconds();
    if (calibrate(a, &s, &out, &e)) exit(70);
    const double t = processor_seconds() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%9lld records, %-14s %.3f s of the processor, %d steps, %s, %.1f x %d bare passes (%.3f s each), peak %ld MiB\n", (long long)n,
        names[method], t, out.steps, out.converged ? "converged" : "NOT converged", t / (floor_pass * (out.steps + 1)), out.steps + 1, floor_pass,
        usage.ru_maxrss / 1024);
  }
  arena_free(a);
}

int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000000;
  printf("calibration to 66 margins; target 10^6 in 0.3 s\n");
  for (int64_t n = 100000; n <= most; n *= 10) measure(n);
  return 0;
}

/* bench_seasonal [N] -- N monthly series of 36 years (default 1,000): X-11 alone, and with an airline model and a year of forecasts. One core.
 * Floor: one pass of a 13-term moving average over the same values, in bare C. Peer: X-13ARIMA-SEATS takes 8 to 45 ms a series as a process
 * (`seconds_wall` of the reference pack). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/rng.h"
#include "estimators/seasonal/adjustment.h"

enum { YEARS = 36, MONTHS = YEARS * 12, FLOOR_PASSES = 100 };

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
/* A trend that wanders, a seasonal pattern of its own for each series, noise. */
static void make_series(int k, double *value) {
  double level = log(100 + k), state = 0.1 + 0.8 * (k % 97) / 97.0;
  for (int i = 0; i < MONTHS; i++) {
    state = 3.99 * state * (1 - state);
    level += 0.002 + 0.004 * (state - 0.5);
    value[i] = exp(level + 0.1 * sin(2 * M_PI * (i + k) / 12) + 0.05 * cos(4 * M_PI * (i + 2 * k) / 12) + 0.02 * (state - 0.5));
  }
}
static double floor_pass(const double *value) {
  double sum = 0;
  for (int i = 6; i < MONTHS - 6; i++) {
    double x = 0;
    for (int j = -6; j <= 6; j++) x += value[i + j];
    sum += x;
  }
  return sum;
}
static double run_all(int n, bool model, double *sum, int64_t *evaluations) {
  double began = cpu();
  for (int k = 0; k < n; k++) {
    double value[MONTHS];
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct adjustment x;
    struct adjustment_spec spec = {.x11 = x11_defaults(), .with_model = model, .logs = model, .ahead = model ? 12 : 0,
        .order = {.d = 1, .q = 1, .sd = 1, .sq = 1, .period = 12}};
    make_series(k, value);
    if (adjust_series(a, &spec, value, MONTHS, 12, 0, &x, &e)) exit((fprintf(stderr, "%s\n", err_name(e.code)), 1));
    *sum += x.adjusted[MONTHS - 1];
    *evaluations += x.fit.evaluations;
    arena_free(a);
  }
  return cpu() - began;
}
int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 1000;
  double value[MONTHS], sum = 0;
  struct rusage use;
  int64_t evaluations = 0;
  if (n < 1) return fputs("usage: bench_seasonal [N]\n", stderr), 64;
  double began = cpu();
  for (int k = 0; k < n; k++) {
    make_series(k, value);
    for (int p = 0; p < FLOOR_PASSES; p++) sum += floor_pass(value) / FLOOR_PASSES;
  }
  double base = (cpu() - began) / FLOOR_PASSES, x11 = run_all(n, false, &sum, &evaluations), model = run_all(n, true, &sum, &evaluations);
  getrusage(RUSAGE_SELF, &use);
  printf("seasonal: %d series of %d months, one core, processor time\n", n, MONTHS);
  printf("  X-11 alone            %8.3f s  %8.3f ms a series, %6.0f x one moving average\n", x11, 1000 * x11 / n, x11 / base);
  printf("  X-11 + airline        %8.3f s  %8.3f ms a series, %6.0f x one moving average\n", model, 1000 * model / n, model / base);
  printf("  %.0f evaluations of the likelihood a series\n", (double)evaluations / n);
  printf("  %.1f MiB, check %.6g\n", (double)use.ru_maxrss / 1024, sum);
  return 0;
}

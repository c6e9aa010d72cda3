/* imputation_simulation.h -- a known population, simple random samples from it with gaps, and counts of intervals that hold the truth. The number of
 * samples is the program's first argument (SIM_SAMPLES without one); the share of a true 95 % interval has standard error sqrt(0.95 * 0.05 /
 * samples). */
#ifndef SHIRABE_TESTS_IMPUTATION_SIMULATION_H
#define SHIRABE_TESTS_IMPUTATION_SIMULATION_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "base/str.h"
#include "processing/impute/srs_design.h"

enum { SIM_FRAME = 2000, SIM_SAMPLE = 160, SIM_STRATA = 2, SIM_SAMPLES = 200 };
enum sim_kind { SIM_RATIO, SIM_LINE }; /* y = 3 x + sqrt(x) e, or y = 40 + 3 x + e */
struct sim_frame {
  double y[SIM_FRAME], x[SIM_FRAME], total;
  struct str unit[SIM_FRAME];
};
struct sim_sample {
  double y[SIM_SAMPLE], x[SIM_SAMPLE], pop[SIM_STRATA];
  uint8_t observed[SIM_SAMPLE];
  int32_t stratum[SIM_SAMPLE];
  struct str unit[SIM_SAMPLE];
  struct srs_design design;
};
/* Strata: the first half of the frame and the second, 100 and 60 units drawn from them. */
static inline void sim_make(struct arena *a, enum sim_kind kind, struct sim_frame *f) {
  f->total = 0;
  for (int i = 0; i < SIM_FRAME; i++) {
    struct rng r;
    rng_init(&r, 1, "frame", &i, sizeof i);
    f->x[i] = (i < SIM_FRAME / 2 ? 1 : 6) + 15 * rng_uniform(&r);
    const double e = rng_normal(&r);
    f->y[i] = kind == SIM_RATIO ? 3 * f->x[i] + 1.5 * sqrt(f->x[i]) * e : 40 + 3 * f->x[i] + 6 * e;
    f->unit[i] = str_of(arena_printf(a, "f%d", i));
    f->total += f->y[i];
  }
}
/* The larger x, the more answer: 40 to 80 %. Missing at random given x, so that means alone would be wrong. */
static inline void sim_draw(struct arena *a, const struct sim_frame *f, int64_t repeat, struct sim_sample *s) {
  struct rng r;
  struct err e;
  int order[SIM_FRAME], at = 0;
  rng_init(&r, 77, "sample", &repeat, sizeof repeat);
  for (int h = 0; h < SIM_STRATA; h++) {
    const int n = h ? 60 : 100, half = SIM_FRAME / SIM_STRATA;
    for (int i = 0; i < half; i++) order[i] = h * half + i;
    for (int k = 0; k < n; k++, at++) {
      const int m = k + (int)rng_below(&r, (uint64_t)(half - k)), t = order[k];
      order[k] = order[m], order[m] = t;
      s->y[at] = f->y[order[k]], s->x[at] = f->x[order[k]], s->unit[at] = f->unit[order[k]], s->stratum[at] = h;
      s->observed[at] = rng_uniform(&r) < 0.4 + 0.4 * s->x[at] / 21;
    }
    s->pop[h] = half;
  }
  s->design = (struct srs_design){.n = SIM_SAMPLE, .stratum = s->stratum, .n_strata = SIM_STRATA, .pop = s->pop};
  assert_int_equal(srs_design_make(a, &s->design, &e), E_OK);
}
static inline int sim_samples(int argc, char **argv) { return argc > 1 && atoi(argv[1]) > 0 ? atoi(argv[1]) : SIM_SAMPLES; }
/* The share lies within three standard errors of the nominal one. */
static inline void sim_nominal(const char *what, int covered, int samples) {
  const double share = (double)covered / samples, error = sqrt(0.95 * 0.05 / samples);
  print_message("%s: %d of %d samples, %.1f %% (95 +- %.1f)\n", what, covered, samples, 100 * share, 300 * error);
  assert_true(fabs(share - 0.95) <= 3 * error);
}
#endif

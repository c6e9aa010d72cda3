/* Effects of a job by class: 1,000,000 records in 1, 1,000 and 100,000 classes, unweighted and weighted, before and after. One line of JSON per
 * row. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "processing/unit/value_effect.h"

static double cpu_seconds(void) {
  struct rusage u;
  (void)getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* A unit's draw is a function of its number only. */
static uint64_t draw(uint64_t unit) {
  uint64_t z = unit * 0x9E3779B97F4A7C15u + 0x5EED;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static bool measure(struct arena *a, int64_t n, int32_t classes) {
  int64_t *x = ARENA_ARRAY(a, int64_t, n), *w = ARENA_ARRAY(a, int64_t, n);
  uint8_t *before = ARENA_ARRAY(a, uint8_t, n), *after = ARENA_ARRAY(a, uint8_t, n);
  int32_t *group = ARENA_ARRAY(a, int32_t, n);
  struct str *names = ARENA_ARRAY(a, struct str, classes);
  struct table t;
  struct err e;
  if (!x || !w || !before || !after || !group || !names) return false;
  for (int32_t g = 0; g < classes; g++) names[g] = str_of(arena_printf(a, "%06d", g));
  for (int64_t i = 0; i < n; i++) {
    const uint64_t h = draw((uint64_t)i);
    x[i] = (int64_t)(h % 1000003);
    w[i] = (int64_t)(1 + (h >> 40) % 20) * 1000000000;
    group[i] = (int32_t)((h >> 20) % (uint64_t)classes);
    before[i] = h % 20 ? VAL_REPORTED : VAL_BLANK;
    after[i] = h % 20 ? VAL_REPORTED : VAL_IMPUTED;
  }
  const struct effect_input in = {"item", 0, n, {x, before}, {x, after}, w, group, classes, names};
  if (effect_table_init(a, &t, &e)) return false;
  const double start = cpu_seconds();
  if (effect_append(&in, &t, &e)) return false;
  const double seconds = cpu_seconds() - start;
  struct rusage u;
  (void)getrusage(RUSAGE_SELF, &u);
  printf("{\"bench\":\"effect\",\"records\":%lld,\"classes\":%d,\"rows\":%lld,\"cpu_seconds\":%.3f,\"records_per_s\":%.0f,\"peak_mib\":%.0f}\n",
      (long long)n, classes, (long long)t.n_rows, seconds, (double)n / seconds, (double)u.ru_maxrss / 1024);
  return true;
}

int main(int argc, char **argv) {
  const int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
  static const int32_t classes[] = {1, 1000, 100000};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    struct arena *a = arena_new(0);
    if (!a || !measure(a, n, classes[i])) return 1;
    arena_free(a);
  }
  return 0;
}

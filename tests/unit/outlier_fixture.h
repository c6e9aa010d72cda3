/* Columns, tables and samples of a test, made from plain arrays. */
#ifndef SHIRABE_TESTS_UNIT_OUTLIER_FIXTURE_H
#define SHIRABE_TESTS_UNIT_OUTLIER_FIXTURE_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "processing/outlier/outlier.h"
#include "processing/outlier/sample.h"

#define N_OF(a) ((int64_t)(sizeof(a) / sizeof *(a)))
#define assert_near(a, b, tolerance) assert_true(fabs((double)(a) - (double)(b)) <= (tolerance))

static inline struct num_column column_of(struct arena *a, const char *name, const double *x, int64_t n) {
  struct num_column c = {.name = name, .decimals = -1, .x = ARENA_ARRAY(a, double, n), .status = ARENA_ARRAY(a, uint8_t, n)};
  assert_true(c.x && c.status);
  memcpy(c.x, x, (size_t)n * sizeof *x);
  for (int64_t i = 0; i < n; i++) c.status[i] = VAL_REPORTED;
  return c;
}
/* A table of p columns from x, row-major; units "u0", "u1" ... */
static inline struct num_table table_of_rows(struct arena *a, const double *x, int64_t n, int p) {
  static const char *const names[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P"};
  struct num_table t;
  struct err e;
  assert_int_equal(num_table_init(&t, a, names, p, n, &e), E_OK);
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  for (int64_t i = 0; i < n; i++) {
    unit[i] = str_of(arena_printf(a, "u%lld", (long long)i));
    for (int j = 0; j < p; j++) t.columns[j].x[i] = x[i * p + j], t.columns[j].status[i] = VAL_REPORTED;
  }
  t.unit = unit;
  return t;
}
static const int ALL_COLUMNS[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static inline struct sample_spec spec_of(const struct num_table *t) { return (struct sample_spec){.table = t, .columns = ALL_COLUMNS, .p = t->p}; }
static inline uint64_t bits_of(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}
/* A permutation of 0 .. n-1. */
static inline int64_t *shuffled(struct arena *a, int64_t n, uint64_t seed) {
  int64_t *at = ARENA_ARRAY(a, int64_t, n);
  struct rng r;
  rng_init(&r, seed, "shuffle", NULL, 0);
  for (int64_t i = 0; i < n; i++) at[i] = i;
  for (int64_t i = n - 1; i > 0; i--) {
    const int64_t j = (int64_t)rng_below(&r, (uint64_t)i + 1), t = at[i];
    at[i] = at[j], at[j] = t;
  }
  return at;
}
static inline int arena_setup(void **state) { return (*state = arena_new(0)) ? 0 : 1; }
static inline int arena_teardown(void **state) { return arena_free(*state), 0; }
#endif

/* micro_fixture.h -- key variables from small arrays and from random numbers; for the tests of estimators/sdc/micro. */
#ifndef SHIRABE_TESTS_UNIT_MICRO_FIXTURE_H
#define SHIRABE_TESTS_UNIT_MICRO_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/sdc/micro/pattern.h"

#define UNUSED_HERE __attribute__((unused))
static const char *const micro_names[MICRO_KEYS_MOST] UNUSED_HERE = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
/* value [n x m] by rows; 0 = missing. */
static void UNUSED_HERE keys_of_rows(struct arena *a, struct micro_keys *k, const int32_t *value, int64_t n, int m) {
  *k = (struct micro_keys){.n = n, .m = m};
  for (int j = 0; j < m; j++) {
    k->name[j] = micro_names[j];
    k->code[j] = ARENA_ARRAY(a, int32_t, n + 1);
    assert_non_null(k->code[j]);
    for (int64_t i = 0; i < n; i++) {
      k->code[j][i] = value[i * m + j];
      if (value[i * m + j] > k->n_codes[j]) k->n_codes[j] = value[i * m + j];
    }
  }
}
static void UNUSED_HERE random_keys(struct arena *a, struct rng *r, struct micro_keys *k, int64_t n, int m, int codes, int missing_percent) {
  int32_t *v = ARENA_ARRAY(a, int32_t, n * m + 1);
  assert_non_null(v);
  for (int64_t i = 0; i < n * m; i++)
    v[i] = (int)rng_below(r, 100) < missing_percent
        ? 0
        : 1 + (int32_t)(rng_below(r, (uint64_t)codes) * rng_below(r, (uint64_t)codes) / (uint64_t)codes);
  keys_of_rows(a, k, v, n, m);
}
/* Do two records agree where both have a value that is not blanked? */
static bool UNUSED_HERE agree(const struct micro_keys *k, const uint32_t *blanked, int64_t i, int64_t j) {
  for (int x = 0; x < k->m; x++) {
    const int32_t p = blanked && blanked[i] >> x & 1 ? 0 : k->code[x][i], q = blanked && blanked[j] >> x & 1 ? 0 : k->code[x][j];
    if (p && q && p != q) return false;
  }
  return true;
}
static int64_t UNUSED_HERE count_agreeing(const struct micro_keys *k, const uint32_t *blanked, int64_t i) {
  int64_t n = 0;
  for (int64_t j = 0; j < k->n; j++) n += agree(k, blanked, i, j);
  return n;
}
#endif

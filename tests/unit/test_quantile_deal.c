/* test_quantile_deal.c -- the records of every domain in order of x: each domain beside a stable sort of its own, around the sizes where the method
 * changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "estimators/estimate/quantile.h"

enum { MOST = 400000 };
static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state >> 11;
}
struct record {
  double x, w;
  int64_t row;
};
static int record_cmp(const void *p, const void *q) {
  const struct record *a = p, *b = q;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}
static double value(int kind) {
  const uint64_t r = next();
  switch (kind) {
    case 0: return (double)(r % 7) - 3;                       /* many ties */
    case 1: return (double)(r % 1000003) * 0.37 - 1000;       /* fractions, below 0 too */
    case 2: return (double)(r % 100000) * 1000;               /* pay */
    default: return r % 5 ? 0 : r % 2 ? -1e-300 : 1e300;      /* far apart */
  }
}
/* Domain k of n records with every possible size around 32 and 4096 taken in turn. */
static void check(struct arena *a, int64_t n, int32_t domains, int kind, bool weighted) {
  double *x = ARENA_ARRAY(a, double, n + 1), *w = ARENA_ARRAY(a, double, n + 1);
  int32_t *of = ARENA_ARRAY(a, int32_t, n + 1);
  struct record *own = ARENA_ARRAY(a, struct record, n + 1);
  struct quantile_dealt d;
  struct err e;
  for (int64_t i = 0; i < n; i++) {
    x[i] = value(kind), w[i] = next() % 9 ? (double)(next() % 100) / 8 : 0;
    of[i] = (int32_t)(next() % (uint64_t)(domains + 1)) - 1;
  }
  assert_int_equal(quantile_deal(a, n, x, weighted ? w : NULL, domains > 1 ? of : NULL, domains, &d, &e), E_OK);
  assert_int_equal(d.first[0], 0);
  for (int32_t k = 0; k < domains; k++) {
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
      if ((domains == 1 || of[i] == k) && (!weighted || w[i] > 0)) own[m++] = (struct record){x[i], w[i], i};
    qsort(own, (size_t)m, sizeof *own, record_cmp);
    assert_int_equal(d.first[k + 1] - d.first[k], m);
    for (int64_t i = 0; i < m; i++) {
      const int64_t at = d.first[k] + i;
      if (weighted) assert_true(d.x[at] == own[i].x && d.w[at] == own[i].w);
      else assert_int_equal(d.row[at], own[i].row);
    }
  }
}
static void every_domain_is_in_order_of_x_and_row(void **context) {
  (void)context;
  static const int64_t sizes[] = {0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 129, 4095, 4096, 4097, 9000, 131072, 131073, MOST};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int kind = 0; kind < 4; kind++)
      for (int form = 0; form < (sizes[s] > 100000 ? 4 : 6); form++) {
        struct arena *a = arena_new(0);
        check(a, sizes[s], form / 2 == 0 ? 1 : form / 2 == 1 ? 5 : 300, kind, form % 2);
        arena_free(a);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_domain_is_in_order_of_x_and_row)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The attacker of redacted and rounded tables against brute force: on small random tables every table of whole numbers that agrees with what is
 * published is listed; a small cell is known where all of them agree. Marks, the gap between 0 and the threshold, and sums in two directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "estimators/sdc/suppress/perturb.h"

enum { TABLES = 1500, CELLS = 9, INNER = 4, BASE = 10, THRESHOLD = 3 };
/* Cells: 0..3 inner, 4.. totals, as sums of inner cells (bits). Two shapes: a sum of four, and a square with margins. */
struct shape {
  int n_totals, n_relations;
  int total[5];
  int length[6], member[6][5];
};
static const struct shape shapes[2] = {
    {1, 1, {0xf}, {5}, {{4, 0, 1, 2, 3}}},
    {5, 6, {0x3, 0xc, 0x5, 0xa, 0xf}, {3, 3, 3, 3, 3, 3}, {{4, 0, 1}, {5, 2, 3}, {6, 0, 2}, {7, 1, 3}, {8, 4, 5}, {8, 6, 7}}}};
static uint32_t seed;
static int draw(int n) {
  seed = seed * 1664525u + 1013904223u;
  return (int)((seed >> 16) % (uint32_t)n);
}
static int fill(const struct shape *s, const int *inner, int64_t *v) {
  for (int i = 0; i < INNER; i++) v[i] = inner[i];
  for (int k = 0; k < s->n_totals; k++) {
    v[INNER + k] = 0;
    for (int i = 0; i < INNER; i++) v[INNER + k] += s->total[k] >> i & 1 ? inner[i] : 0;
  }
  return INNER + s->n_totals;
}
static struct cell_table *table_of(struct arena *a, const struct shape *s, const int64_t *v, int n) {
  struct cell_builder b;
  struct cell_table *t = NULL;
  assert_int_equal(cell_builder_begin(&b, a, "small", 0, NULL), E_OK);
  for (int c = 0; c < n; c++) assert_int_equal(cell_builder_cell(&b, STR(""), v[c], 's', 0, 0, NULL), E_OK);
  for (int r = 0; r < s->n_relations; r++) {
    int32_t m[5];
    for (int i = 0; i < s->length[r]; i++) m[i] = s->member[r][i];
    assert_int_equal(cell_builder_relation(&b, s->length[r], m, NULL), E_OK);
  }
  assert_int_equal(cell_builder_close(&b, &t, NULL), E_OK);
  return t;
}
/* The rule itself, not the intervals of the module: does this value look as published? */
static bool looks(int64_t v, int64_t out, bool marked, bool zeros) {
  if (marked != (v >= !zeros && v < THRESHOLD)) return false;
  return marked || (v + BASE / 2) / BASE * BASE == out;
}
static int known(const struct shape *s, const int64_t *v, int n, const int64_t *out, const uint8_t *marked, bool zeros) {
  uint8_t open[CELLS] = {0};
  int x[INNER], count = 0;
  int64_t w[CELLS];
  for (x[0] = 0; x[0] < 30; x[0]++)
    for (x[1] = 0; looks(x[0], out[0], marked[0], zeros) && x[1] < 30; x[1]++)
      for (x[2] = 0; looks(x[1], out[1], marked[1], zeros) && x[2] < 30; x[2]++)
        for (x[3] = 0; looks(x[2], out[2], marked[2], zeros) && x[3] < 30; x[3]++) {
          bool same = true;
          (void)fill(s, x, w);
          for (int c = 0; c < n && same; c++) same = looks(w[c], out[c], marked[c], zeros);
          for (int c = 0; c < n && same; c++) open[c] |= w[c] != v[c];
        }
  for (int c = 0; c < n; c++) count += v[c] > 0 && v[c] < THRESHOLD && !open[c];
  return count;
}
static void the_attack_finds_what_brute_force_finds(void **state) {
  (void)state;
  int with = 0, exact[2] = {0, 0};
  seed = 20261129u;
  for (int number = 0; number < TABLES; number++) {
    struct arena *a = arena_new(0);
    const struct shape *s = &shapes[number % 2];
    const bool zeros = number % 4 == 3;
    int inner[INNER];
    int64_t v[CELLS], out[CELLS], low[CELLS], high[CELLS];
    uint8_t marked[CELLS];
    struct interval_attack found;
    for (int i = 0; i < INNER; i++) inner[i] = draw(3) == 0 ? draw(20) : draw(5);
    const int n = fill(s, inner, v);
    struct cell_table *t = table_of(a, s, v, n);
    redact_then_round(t, THRESHOLD, BASE, zeros, out, marked);
    rounding_intervals(t, out, marked, THRESHOLD, BASE, true, zeros, low, high);
    assert_int_equal(perturb_attack(t, low, high, zeros ? 0 : THRESHOLD, THRESHOLD, CELLS, true, &found, NULL), E_OK);
    const int want = known(s, v, n, out, marked, zeros);
    assert_int_equal(found.n_judged, found.n_small);
    assert_int_equal(found.n_exact, want);
    with += want > 0;
    exact[zeros] += want;
    arena_free(a);
  }
  printf("tables %d, with a cell known %d; cells known %d, where zeros are marked %d\n", TABLES, with, exact[0], exact[1]);
  assert_true(exact[0] > 50 && with < TABLES / 2);
}
static void the_gap_between_zero_and_the_threshold_counts(void **state) { /* 4 = 1 + 3 under marks of 1 and 2: 0, marked, 0 */
  (void)state;
  const struct shape two = {1, 1, {0xf}, {3}, {{4, 0, 1}}};
  const int inner[INNER] = {1, 3, 0, 0};
  struct arena *a = arena_new(0);
  int64_t v[CELLS], out[CELLS], low[CELLS], high[CELLS];
  uint8_t marked[CELLS];
  struct interval_attack found;
  struct cell_table *t = table_of(a, &two, v, fill(&two, inner, v));
  redact_then_round(t, THRESHOLD, BASE, false, out, marked);
  rounding_intervals(t, out, marked, THRESHOLD, BASE, true, false, low, high);
  assert_int_equal(perturb_attack(t, low, high, THRESHOLD, THRESHOLD, CELLS, true, &found, NULL), E_OK);
  assert_int_equal(found.n_exact, 1);
  assert_int_equal(found.first, 0);
  assert_int_equal(perturb_attack(t, low, high, THRESHOLD, THRESHOLD, 0, true, &found, NULL), E_OK);
  assert_true(found.n_judged < found.n_small); /* no search left: said, not passed */
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_attack_finds_what_brute_force_finds),
      cmocka_unit_test(the_gap_between_zero_and_the_threshold_counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

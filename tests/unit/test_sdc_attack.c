/* Two hundred made populations, each with two tables that share their margin: an attacker with every published total and linear programmes stays
 * outside the levels of the rules for what sdc_protect leaves, and gets inside for what the primary rules alone hide. The attacker's cells, sums and
 * levels are made here from the units, and so is who alone contributes to a cell and knows it; nothing is taken from the pattern's maker but what it
 * hides. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_cells.h"
#include "estimators/sdc/sdc_protect.h"
#include "estimators/sdc/suppress/audit.h"

enum { FAMILIES = 200, UNITS = 260, A = 5, B = 4, C = 3, MOST = UNITS };
static const struct disclosure_profile profile = {.name = "p",
    .rule = {
        .min_n = 3, .dominance_n = 2, .dominance_percent = 90, .p = 10, .q = 100, .coalition = 1, .safety_range = 10, .weights = SDC_WEIGHTS_RAW}};
struct world {
  int at[UNITS][3];
  double x[UNITS];
};
static uint64_t draw(uint64_t *s) {
  *s ^= *s << 13, *s ^= *s >> 7, *s ^= *s << 17;
  return *s >> 11;
}
static void make_world(struct world *w, uint64_t seed) {
  static const int sizes[3] = {A, B, C};
  for (int i = 0; i < UNITS; i++) {
    for (int d = 0; d < 3; d++) {
      const int u = (int)(draw(&seed) % 1000), v = (int)(draw(&seed) % 1000);
      w->at[i][d] = (u < v ? u : v) * sizes[d] / 1000; /* the first codes are full, the last ones thin */
    }
    w->x[i] = floor(exp(4 + 5 * (double)(draw(&seed) % 10000) / 10000 * (double)(draw(&seed) % 10000) / 10000));
  }
}
/* Codes 0 .. n-1 of a cell, -1 = all. */
static bool inside(const struct world *w, int i, const int cell[3]) {
  for (int d = 0; d < 3; d++)
    if (cell[d] >= 0 && w->at[i][d] != cell[d]) return false;
  return true;
}
static int by_size(const void *p, const void *q) {
  const double a = *(const double *)p, b = *(const double *)q;
  return (a < b) - (a > b);
}
/* The rules written plainly: 0 = safe. */
static double level_of(const struct world *w, const int cell[3], double *total) {
  double x[MOST + 2] = {0}, level = 0;
  int n = 0;
  *total = 0;
  for (int i = 0; i < UNITS; i++)
    if (inside(w, i, cell)) x[n++] = w->x[i], *total += w->x[i];
  qsort(x, (size_t)n, sizeof *x, by_size);
  const double two = x[0] + x[1], rest = *total - two;
  if (n == 0) return 0;
  if (n < 3) level = fmax(level, fmax(1, *total / 10));
  if (two > 0.9 * *total) level = fmax(level, fmax(1, two / 0.9 - *total));
  if (rest < 0.1 * x[0]) level = fmax(level, fmax(1, 0.1 * x[0] - rest));
  return level;
}

/* --- the tables --- */
static const char *const words[] = {"_T", "0", "1", "2", "3", "4"};
static struct sdc_linked_table table_of(struct arena *a, const struct world *w, const char *id, const char *second, int d2, int n2) {
  struct table_plan *plan = ARENA_NEW(a, struct table_plan);
  struct sdc_linked_table t = {.plan = plan};
  const struct sdc_judging g = {.rule = &profile.rule};
  struct err e;
  int32_t row[UNITS];
  const int all = (A + 1) * (n2 + 1);
  assert_int_equal(measures_parse(a, STR("total(x)"), plan->measures, &plan->n_measures, &e), E_OK);
  assert_int_equal(result_table_new(a, id, all, 2, 1, &t.table, &e), E_OK);
  t.table->dimensions[0].name = "a", t.table->dimensions[1].name = second;
  t.table->measures[0].name = "total(x)", t.table->measures[0].additive = true;
  assert_int_equal(result_keep_judgements(t.table, 0, false, &e), E_OK);
  for (int r = 0; r < all; r++) {
    int cell[3] = {r / (n2 + 1) - 1, -1, -1};
    cell[d2] = r % (n2 + 1) - 1;
    t.table->dimensions[0].code[r] = str_of(words[cell[0] + 1]), t.table->dimensions[1].code[r] = str_of(words[cell[d2] + 1]);
    for (int i = 0; i < UNITS; i++) {
      row[i] = inside(w, i, cell) ? r : -1;
      t.table->n[r] += row[i] == r;
    }
    assert_int_equal(sdc_judge_cells(a, &g, UNITS, row, w->x, NULL, all, t.table->measures[0].judged, &e), E_OK);
    t.table->measures[0].value[r] = t.table->measures[0].judged[r].sum;
  }
  return t;
}

/* --- the attacker --- */
struct attackers {
  struct cell_builder b;
  int32_t single[(A + 1) * (B + C + 2)]; /* the only unit of a cell, -1 */
  int32_t cell[2][A + 1][B + 1];
};
static void add_cells(struct attackers *x, const struct world *w, int which, int d2, int n2, struct err *e) {
  for (int i = 0; i <= A; i++)
    for (int k = 0; k <= n2; k++) {
      int c[3] = {i - 1, -1, -1};
      double total;
      c[d2] = k - 1;
      if (which == 1 && k == 0) { /* the same cell as in the first table */
        x->cell[1][i][0] = x->cell[0][i][0];
        continue;
      }
      const double level = level_of(w, c, &total);
      int32_t n = 0, unit = -1;
      for (int u = 0; u < UNITS; u++)
        if (inside(w, u, c)) n++, unit = u;
      x->single[x->b.t->n_cells] = n == 1 ? unit : -1;
      const int64_t whole = (int64_t)floor(level);
      x->cell[which][i][k] = x->b.t->n_cells;
      assert_int_equal(
          cell_builder_cell(&x->b, STR(""), (int64_t)total, level > 0 ? 'u' : 's', total > 0 ? whole : 0, total > 0 ? whole : 0, e), E_OK);
    }
}
static void add_sums(struct attackers *x, int which, int n2, struct err *e) {
  int32_t m[A + B + 2];
  for (int i = 0; i <= A; i++) {
    for (int k = 0; k <= n2; k++) m[k] = x->cell[which][i][k];
    assert_int_equal(cell_builder_relation(&x->b, n2 + 1, m, e), E_OK);
  }
  for (int k = 0; k <= n2; k++) {
    for (int i = 0; i <= A; i++) m[i] = x->cell[which][i][k];
    assert_int_equal(cell_builder_relation(&x->b, A + 1, m, e), E_OK);
  }
}
/* Units that alone know cells, each with its cells. */
static struct owners owners_of(struct arena *a, const struct attackers *x, int32_t n_cells) {
  int32_t *first = ARENA_ARRAY(a, int32_t, UNITS + 2), *cell = ARENA_ARRAY(a, int32_t, n_cells + 1), n = 0, m = 0;
  assert_true(first && cell);
  for (int32_t u = 0; u < UNITS; u++) {
    const int32_t from = n;
    for (int32_t c = 0; c < n_cells; c++)
      if (x->single[c] == u) cell[n++] = c;
    if (n > from) first[m++] = from;
  }
  first[m] = n;
  return (struct owners){.n = m, .first = first, .cell = cell};
}
static void attack(struct arena *a, const struct world *w, const struct sdc_linked_table *t, struct audit_report *left, struct audit_report *naive) {
  struct attackers x;
  struct cell_table *cells;
  struct err e;
  assert_int_equal(cell_builder_begin(&x.b, a, "attack", 0, &e), E_OK);
  add_cells(&x, w, 0, 1, B, &e), add_cells(&x, w, 1, 2, C, &e);
  add_sums(&x, 0, B, &e), add_sums(&x, 1, C, &e);
  assert_int_equal(cell_builder_close(&x.b, &cells, &e), E_OK); /* every sum holds */
  const struct owners owners = owners_of(a, &x, cells->n_cells);
  const struct audit_options o = {.exact = true, .owners = &owners, .owner_programmes = UNITS};
  uint8_t *hidden = ARENA_ARRAY(a, uint8_t, cells->n_cells + 1), *none = ARENA_ARRAY(a, uint8_t, cells->n_cells + 1);
  for (int which = 0; which < 2; which++)
    for (int64_t r = 0; r < t[which].table->n_rows; r++) {
      const int n2 = which ? C : B;
      const int32_t c = x.cell[which][r / (n2 + 1)][r % (n2 + 1)];
      const bool gone = t[which].table->measures[0].status[r] == RESULT_SUPPRESSED;
      if (cells->status[c] == 'u' && !gone && cells->value[c] > 0) fail_msg("a primary cell is shown");
      if (which == 1 && r % (n2 + 1) == 0 && hidden[c] != gone) fail_msg("a shared cell is hidden in one table only");
      hidden[c] = gone;
    }
  assert_int_equal(audit_run(a, cells, hidden, &o, left, &e), E_OK);
  assert_int_equal(audit_run(a, cells, none, &o, naive, &e), E_OK);
}
static void no_attacker_gets_inside_the_levels(void **state) {
  (void)state;
  int broken = 0, refused = 0, primary = 0, secondary = 0;
  for (int f = 0; f < FAMILIES; f++) {
    struct arena *a = arena_new(0);
    struct world w;
    struct audit_report left, naive;
    struct err e;
    make_world(&w, 1000003u * (uint64_t)(f + 1));
    struct sdc_linked_table t[2] = {table_of(a, &w, "ab", "b", 1, B), table_of(a, &w, "ac", "c", 2, C)};
    assert_int_equal(sdc_protect(a, t, 2, &profile, NULL, &e), E_OK);
    attack(a, &w, t, &left, &naive);
    const bool released = !t[0].table->refusal && !t[1].table->refusal;
    if (released && !left.clean) fail_msg("family %d: %d cells too narrow, %d exact", f, (int)left.n_violations, (int)left.n_exact);
    refused += !released, broken += !naive.clean;
    primary += left.n_primary, secondary += left.n_secondary;
    arena_free(a);
  }
  assert_int_equal(refused, 0);
  assert_true(primary > 3 * FAMILIES && secondary > 0);
  if (broken < FAMILIES * 9 / 10) fail_msg("the attacker breaks only %d of %d naive releases", broken, FAMILIES);
  print_message("%d primary cells in %d families, %d secondary; naive releases broken: %d\n", primary, FAMILIES, secondary, broken);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_attacker_gets_inside_the_levels)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Attackers inside a table, and attackers of rounded tables, on generated families. A contributor knows what he reports himself, and every cell to
 *          which
 * nobody else contributes; he never comes nearer than the rule allows to the largest other contributor of a primary cell. The same attacker breaks
 * patterns that were made against outsiders only. Rounded tables: what our check finds is what a programme with its own intervals finds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/contributions.h"
#include "estimators/sdc/suppress/flow.h"
#include "estimators/sdc/suppress/perturb.h"
#include "tests/property/suppress_family.h"

static struct lp_sparse *programme(const struct cell_table *t, const double *low, const double *high) {
  struct lp_sparse *lp = lp_sparse_new(t->n_relations, t->n_cells);
  assert_non_null(lp);
  for (int32_t r = 0; r < t->n_relations; r++) {
    int column[CODES + 1], n = 0;
    double value[CODES + 1];
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) column[n] = t->member[i], value[n++] = i == t->first[r] ? 1 : -1;
    lp_sparse_set_row(lp, r, n, column, value);
  }
  for (int32_t c = 0; c < t->n_cells; c++) lp_sparse_bounds(lp, c, low[c], high[c]);
  return lp;
}
static double end_of(struct lp_sparse *lp, int32_t c, bool up) {
  lp_sparse_cost(lp, c, up ? -1 : 1);
  const enum lp_status s = lp_sparse_solve(lp);
  const double v = s == LP_UNBOUNDED ? INFINITY : lp_sparse_value(lp, c);
  assert_true(s == LP_OPTIMAL || (s == LP_UNBOUNDED && up));
  lp_sparse_cost(lp, c, 0);
  return v;
}

/* --- contributors --- */

static const double share = 0.1;
static const struct sdc_rule rule = {.name = "test", .status = "unconfirmed", .min_n = 3, .p = 10};
static const char *units_of(struct arena *a, const struct family *f) {
  const char *text = "cell,unit,value\n";
  for (int i = 0; i < f->n_units; i++) text = arena_printf(a, "%s%d,u%d,%lld\n", text, f->cell[i], i, (long long)f->amount[i]);
  return text;
}
/* The totals above a cell by the tree of codes, not by the relations. */
static bool in_cell(const struct family *f, int unit, int cell) {
  for (int d = f->dims - 1, u = f->cell[unit]; d >= 0; u /= f->tree[d].n, cell /= f->tree[d].n, d--)
    if (!above(&f->tree[d], cell % f->tree[d].n, u % f->tree[d].n)) return false;
  return true;
}
/* Primary cells in which unit k comes too near to the largest other one, or finds the rest exactly. */
static int attack_of_unit(const struct cell_table *t, const struct family *f, const uint8_t *hidden, int k) {
  double *low = malloc(sizeof *low * (size_t)t->n_cells), *high = malloc(sizeof *high * (size_t)t->n_cells);
  int found = 0;
  assert_true(low && high);
  for (int32_t c = 0; c < t->n_cells; c++) {
    const double v = (double)t->value[c], own = in_cell(f, k, c) ? (double)f->amount[k] : 0;
    const bool known = !hidden[c] || (own > 0 && f->n[c] == 1);
    low[c] = known ? v : own;
    high[c] = known ? v : INFINITY;
  }
  struct lp_sparse *lp = programme(t, low, high);
  for (int32_t c = 0; c < t->n_cells; c++) {
    const double v = (double)t->value[c], own = in_cell(f, k, c) ? (double)f->amount[k] : 0;
    double other = 0;
    if (t->status[c] != 'u' || own == 0 || f->n[c] < 2) continue;
    for (int i = 0; i < f->n_units; i++)
      if (i != k && in_cell(f, i, c) && (double)f->amount[i] > other) other = (double)f->amount[i];
    const double need = own + (1 + share) * other, top = end_of(lp, c, true);
    found += (need > v && top < need - 1e-4 * (1 + v)) || (top < v + 1e-4 && end_of(lp, c, false) > v - 1e-4);
  }
  lp_sparse_free(lp);
  free(low), free(high);
  return found;
}
static void contributors_come_no_nearer_than_the_rule(void **state) {
  (void)state;
  struct family *f = malloc(sizeof *f);
  int against_all = 0, outsiders_only = 0, clean = 0, primaries = 0, attackers = 0;
  assert_non_null(f);
  for (int number = 0; number < FAMILIES; number += 5) {
    struct arena *a = arena_new(0);
    struct cell_table *t;
    struct contributions x;
    struct suppress_result ours, plain;
    assert_int_equal(make_family(a, f, number, &t, NULL), E_OK);
    for (int32_t c = 0; c < t->n_cells; c++) t->status[c] = 's', t->lpl[c] = t->upl[c] = 0;
    assert_int_equal(contributions_apply(a, "units", str_of(units_of(a, f)), &rule, false, t, &x, NULL), E_OK);
    for (int32_t c = 0; c < t->n_cells; c++) { /* the rule by the family's own counts */
      if (f->n[c] > 0 && f->n[c] < 3) assert_int_equal(t->status[c], 'u');
      if (f->n[c] == 0) assert_int_equal(t->status[c], 's');
    }
    primaries += x.n_primary;
    assert_int_equal(suppress_by_flow(a, t, &(struct suppress_options){.cost = FLOW_COST_LOG}, &plain, NULL), E_OK);
    assert_int_equal(
        suppress_by_flow(a, t, &(struct suppress_options){.cost = FLOW_COST_LOG, .owners = &x.owners, .owner_programmes = x.owners.n}, &ours, NULL),
        E_OK);
    for (int k = 0; k < f->n_units; k++) {
      outsiders_only += attack_of_unit(t, f, plain.hidden, k);
      if (ours.audit.clean) against_all += attack_of_unit(t, f, ours.hidden, k);
    }
    attackers += f->n_units;
    clean += ours.audit.clean;
    assert_true(ours.audit.clean || ours.n_trapped > 0);
    arena_free(a);
  }
  free(f);
  printf("families %d (clean %d), primary cells %d, attackers %d: too near %d; against patterns for outsiders %d\n", FAMILIES / 5, clean, primaries,
      attackers, against_all, outsiders_only);
  assert_int_equal(against_all, 0);
  assert_true(outsiders_only > 0); /* the attacker is real */
  assert_true(clean >= FAMILIES / 5 * 3 / 4);
}

/* --- rounded tables --- */

static enum err_code counts_of(struct arena *a, const struct family *f, const struct cell_table *like, struct cell_table **out) {
  struct cell_builder b;
  TRY(cell_builder_begin(&b, a, "counts", 0, NULL));
  for (int32_t c = 0; c < like->n_cells; c++) TRY(cell_builder_cell(&b, STR(""), f->n[c], 's', 0, 0, NULL));
  for (int32_t r = 0; r < like->n_relations; r++)
    TRY(cell_builder_relation(&b, like->first[r + 1] - like->first[r], like->member + like->first[r], NULL));
  return cell_builder_close(&b, out, NULL);
}
static int attack_rounded(const struct cell_table *t, const double *low, const double *high, int64_t threshold) {
  struct lp_sparse *lp = programme(t, low, high);
  int exact = 0;
  for (int32_t c = 0; c < t->n_cells; c++)
    if (t->value[c] > 0 && t->value[c] < threshold) exact += floor(end_of(lp, c, true) + 1e-6) <= ceil(end_of(lp, c, false) - 1e-6);
  lp_sparse_free(lp);
  return exact;
}
static void a_rounded_table_is_checked_by_what_it_says(void **state) {
  (void)state;
  enum { BASE = 10, THRESHOLD = 3 };
  struct family *f = malloc(sizeof *f);
  int with_zeros = 0, without = 0, small = 0, controlled = 0, controlled_exact = 0, by_gaps = 0;
  assert_non_null(f);
  for (int number = 1; number < FAMILIES; number += 5) {
    struct arena *a = arena_new(0);
    struct cell_table *amounts, *t;
    struct interval_attack found;
    assert_int_equal(make_family(a, f, number, &amounts, NULL), E_OK);
    assert_int_equal(counts_of(a, f, amounts, &t), E_OK);
    int64_t *out = ARENA_ARRAY(a, int64_t, CELLS), *l = ARENA_ARRAY(a, int64_t, CELLS), *h = ARENA_ARRAY(a, int64_t, CELLS);
    double *low = ARENA_ARRAY(a, double, CELLS), *high = ARENA_ARRAY(a, double, CELLS);
    uint8_t *marked = ARENA_ARRAY(a, uint8_t, CELLS);
    bool proved;
    for (int zeros = 0; zeros < 2; zeros++) {
      redact_then_round(t, THRESHOLD, BASE, zeros, out, marked);
      for (int32_t c = 0; c < t->n_cells; c++) { /* from the published table and the rule alone */
        low[c] = marked[c] ? !zeros : fmax((double)out[c] - 5, zeros || out[c] > 0 ? THRESHOLD : 0);
        high[c] = marked[c] ? THRESHOLD - 1 : (double)out[c] + 4;
        assert_true(low[c] <= (double)t->value[c] && (double)t->value[c] <= high[c]);
      }
      rounding_intervals(t, out, marked, THRESHOLD, BASE, true, zeros, l, h);
      assert_int_equal(perturb_attack(t, l, h, zeros ? 0 : THRESHOLD, THRESHOLD, CELLS, true, &found, NULL), E_OK);
      const int by_intervals = attack_rounded(t, low, high, THRESHOLD); /* without the gap between 0 and the threshold */
      assert_true(zeros ? found.n_exact == by_intervals : found.n_exact >= by_intervals);
      by_gaps += found.n_exact - by_intervals;
      assert_int_equal(found.n_judged, found.n_small);
      *(zeros ? &with_zeros : &without) += found.n_exact;
      small += zeros ? 0 : found.n_small;
    }
    if (round_controlled(t, 5, 0, 5, out, &proved, NULL) == E_OK) {
      for (int32_t c = 0; c < t->n_cells; c++) low[c] = fmax((double)out[c] - 4, 0), high[c] = (double)out[c] + 4;
      rounding_intervals(t, out, NULL, 0, 5, false, false, l, h);
      assert_int_equal(perturb_attack(t, l, h, 0, 5, CELLS, true, &found, NULL), E_OK);
      assert_int_equal(found.n_exact, attack_rounded(t, low, high, 5));
      controlled++, controlled_exact += found.n_exact;
    }
    arena_free(a);
  }
  free(f);
  printf("small counts %d; redacted, then rounded: %d known exactly (%d by the gap alone), with zeros marked %d; controlled rounding %d tables, %d\n",
      small, without, by_gaps, with_zeros, controlled, controlled_exact);
  assert_true(by_gaps > 0);
  assert_true(without > 0 && with_zeros < without);
  assert_true(controlled > 20);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(contributors_come_no_nearer_than_the_rule),
      cmocka_unit_test(a_rounded_table_is_checked_by_what_it_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* perturb_attack.c -- the attacker of a rounded table: intervals instead of values, and the sums that hold between the true ones.
 * A cell is open when there is another table of whole numbers that he cannot tell from the true one and that differs there. Every such table is
 * checked in whole numbers before it counts, so what the solver gets wrong can only refuse a table, never pass one. One table opens all cells in
 * which it differs: far fewer programmes than cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/perturb.h"

enum { BRANCH_SECONDS = 20, ROUNDS = 24 };

void rounding_intervals(const struct cell_table *t, const int64_t *out, const uint8_t *redacted, int64_t threshold, int64_t base, bool nearest,
    bool zeros, int64_t *low, int64_t *high) {
  for (int32_t c = 0; c < t->n_cells; c++) {
    if (redacted && redacted[c]) {
      low[c] = !zeros, high[c] = threshold - 1;
      continue;
    }
    low[c] = nearest ? out[c] - base / 2 : out[c] - base + 1; /* halves go up: base / 2 below, base - 1 - base / 2 above */
    high[c] = nearest ? out[c] + base - 1 - base / 2 : out[c] + base - 1;
    if (t->nonnegative && low[c] < 0) low[c] = 0;
    if (redacted && low[c] < threshold && low[c] > 0) low[c] = threshold; /* what is not marked is 0 or at least the threshold */
    if (redacted && low[c] == 0 && (out[c] > 0 || zeros)) low[c] = threshold;
    if (redacted && low[c] == 0 && high[c] < threshold) high[c] = 0;
  }
}

struct hunt {
  const struct cell_table *t;
  const int64_t *low, *high;
  int64_t gap;
  bool all, branches; /* branches: a cell with a gap may be on the other side of it; else it stays on the side of its true value */
  int n_gaps, n_columns; /* columns: the deviation of each cell, then 1 of each gap: not 0 */
  struct lp_sparse *lp;
  uint8_t *small, *open, *whole; /* [n_cells], [n_cells], [n_columns] */
  int64_t *other;                /* [n_cells] a table he cannot tell from the true one, perhaps */
};
static bool has_gap(const struct hunt *x, int32_t c) { return x->gap > 0 && x->low[c] == 0 && x->high[c] >= x->gap; }
static void bounds(const struct hunt *x, int32_t c, int64_t low, int64_t high) {
  if (!x->branches && has_gap(x, c) && x->t->value[c] == 0) high = 0;
  if (!x->branches && has_gap(x, c) && x->t->value[c] > 0 && low < x->gap) low = x->gap;
  lp_sparse_bounds(x->lp, c, (double)(low - x->t->value[c]), (double)(high - x->t->value[c]));
}
/* value + d is 0 when its column is 0, from the gap to its high end when it is 1. */
static void gap_rows(const struct hunt *x, int32_t c, int column) {
  const int at[2] = {c, column};
  const double v = (double)x->t->value[c], upper[2] = {1, -(double)x->high[c]}, lower[2] = {1, -(double)x->gap};
  (void)lp_sparse_add_row(x->lp, 2, at, upper, -INFINITY, -v);
  (void)lp_sparse_add_row(x->lp, 2, at, lower, -v, INFINITY);
  lp_sparse_bounds(x->lp, column, 0, 1);
}
static bool programme(struct hunt *x) {
  const struct cell_table *t = x->t;
  int *column = malloc(sizeof *column * (size_t)(t->n_cells + 1));
  double *value = malloc(sizeof *value * (size_t)(t->n_cells + 1));
  x->n_gaps = 0;
  for (int32_t c = 0; c < t->n_cells; c++) x->n_gaps += x->branches && has_gap(x, c);
  x->n_columns = t->n_cells + x->n_gaps;
  x->whole = malloc((size_t)x->n_columns + 1);
  x->lp = lp_sparse_new(t->n_relations, x->n_columns);
  const bool ok = column && value && x->whole && x->lp;
  for (int32_t r = 0; ok && r < t->n_relations; r++) {
    int n = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) column[n] = t->member[i], value[n++] = i == t->first[r] ? -1 : 1;
    lp_sparse_set_row(x->lp, r, n, column, value);
  }
  if (ok) memset(x->whole, 1, (size_t)x->n_columns);
  for (int32_t c = 0, k = t->n_cells; ok && c < t->n_cells; c++) {
    bounds(x, c, x->low[c], x->high[c]);
    if (x->branches && has_gap(x, c)) gap_rows(x, c, k++);
  }
  free(column), free(value);
  return ok;
}
/* The last solution opens the small cells in which it differs, if it is a table of whole numbers in which everything that he knows holds. */
static void learn(struct hunt *x, bool branched) {
  const struct cell_table *t = x->t;
  for (int32_t c = 0; c < t->n_cells; c++) {
    const double d = branched ? lp_sparse_whole_value(x->lp, c) : lp_sparse_value(x->lp, c);
    x->other[c] = t->value[c] + (int64_t)nearbyint(d);
    const bool inside = x->other[c] >= x->low[c] && x->other[c] <= x->high[c];
    if (t->same[c] == c && (!inside || (has_gap(x, c) && x->other[c] > 0 && x->other[c] < x->gap))) return;
  }
  if (!perturb_additive(t, x->other)) return;
  for (int32_t c = 0; c < t->n_cells; c++)
    if (x->small[c] && x->other[c] != t->value[c]) x->open[c] = 1;
}
/* Many at once: small cells that are not open pushed up or down; round 0 all up, 1 all down, then by the bits of a hash of cell and round. */
static int pushed(int32_t c, int round) {
  const uint64_t h = ((uint64_t)c * 64 + (uint64_t)round + 1) * 0x9e3779b97f4a7c15u;
  return round < 2 ? 2 * round - 1 : h >> 40 & 1 ? 1 : -1;
}
static int32_t push_all(struct hunt *x, int round) { /* how many it opened */
  int32_t before = 0, after = 0;
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    before += x->open[c];
    if (x->small[c] && !x->open[c]) lp_sparse_cost(x->lp, c, pushed(c, round));
  }
  if (lp_sparse_solve(x->lp) == LP_OPTIMAL) learn(x, false);
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    after += x->open[c];
    if (x->small[c]) lp_sparse_cost(x->lp, c, 0);
  }
  return after - before;
}
/* A table with a larger (or smaller) value of this cell, the nearest one. */
static void push_one(struct hunt *x, int32_t c, bool up) {
  const int64_t v = x->t->value[c];
  bool found = false;
  double bound;
  if (up ? x->high[c] <= v : x->low[c] >= v) return;
  bounds(x, c, up ? v + 1 : x->low[c], up ? x->high[c] : v - 1);
  lp_sparse_cost(x->lp, c, up ? 1 : -1);
  const enum lp_status relaxed = lp_sparse_solve(x->lp);
  if (relaxed == LP_OPTIMAL) learn(x, false);
  if (!x->open[c] && relaxed != LP_INFEASIBLE && x->branches) {
    (void)lp_sparse_whole(x->lp, x->whole, BRANCH_SECONDS, 0, &found, &bound);
    if (found) learn(x, true);
  }
  lp_sparse_cost(x->lp, c, 0);
  bounds(x, c, x->low[c], x->high[c]);
}
static void release(struct hunt *x) {
  lp_sparse_free(x->lp);
  free(x->whole);
  x->lp = NULL, x->whole = NULL;
}
/* Every cell on its own side of the gap: a plain programme, whose solutions are mostly whole. */
static bool without_branches(struct hunt *x, int32_t n_small) {
  x->branches = false;
  if (!programme(x)) return false;
  for (int round = 0; n_small && round < ROUNDS; round++)
    if (push_all(x, round) == 0 && round > 2) break;
  return true;
}
static bool judge(struct hunt *x, int32_t most, struct interval_attack *out) {
  int32_t programmes = 0;
  x->branches = true;
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    if (!x->small[c]) continue;
    if (!x->open[c]) {
      if (programmes >= most) continue;
      if (programmes++ == 0 && !programme(x)) return false;
      push_one(x, c, true);
      if (!x->open[c]) push_one(x, c, false);
    }
    out->n_judged++;
    if (!x->open[c] && out->n_exact++ == 0) out->first = c;
    if (out->n_exact && !x->all) break;
  }
  return true;
}
enum err_code perturb_attack(const struct cell_table *t, const int64_t *low, const int64_t *high, int64_t gap, int64_t threshold, int32_t most,
    bool all, struct interval_attack *out, struct err *e) {
  struct hunt x = {.t = t, .low = low, .high = high, .gap = gap, .all = all};
  const size_t n = (size_t)t->n_cells + 1;
  *out = (struct interval_attack){.first = -1};
  x.small = calloc(n, 1), x.open = calloc(n, 1), x.other = calloc(n, sizeof *x.other);
  bool ok = x.small && x.open && x.other;
  for (int32_t c = 0; ok && c < t->n_cells; c++) {
    x.small[c] = t->same[c] == c && t->value[c] > 0 && t->value[c] < threshold;
    out->n_small += x.small[c];
  }
  ok = ok && without_branches(&x, out->n_small);
  release(&x);
  ok = ok && judge(&x, most, out);
  release(&x);
  free(x.small), free(x.open), free(x.other);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}

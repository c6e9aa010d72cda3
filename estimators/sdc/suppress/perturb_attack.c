/* perturb_attack.c -- the attacker of a rounded table: intervals instead of values, and the sums that hold between the true ones.
 * A cell is open when there is another table of whole numbers that he cannot tell from the true one and that differs there. Every such table is
 * checked in whole numbers before it counts, so what the solver gets wrong can only refuse a table, never pass one. One table opens all cells in
 * which it differs: far fewer programmes than cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/perturb.h"

enum { BRANCH_SECONDS = 20 };

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
  int n_gaps, n_columns; /* columns: the deviation of each cell, then 1 of each gap: not 0 */
  struct lp_sparse *lp;
  uint8_t *small, *open, *whole; /* [n_cells], [n_cells], [n_columns] */
  int64_t *other;                /* [n_cells] a table he cannot tell from the true one, perhaps */
};
static bool has_gap(const struct hunt *x, int32_t c) { return x->gap > 0 && x->low[c] == 0 && x->high[c] >= x->gap; }
static void bounds(const struct hunt *x, int32_t c, int64_t low, int64_t high) {
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
  for (int32_t c = 0; c < t->n_cells; c++) x->n_gaps += has_gap(x, c);
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
    if (has_gap(x, c)) gap_rows(x, c, k++);
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
/* Many at once: all small cells pushed up, or down. */
static void push_all(struct hunt *x, int cost) {
  for (int32_t c = 0; c < x->t->n_cells; c++)
    if (x->small[c]) lp_sparse_cost(x->lp, c, x->open[c] ? 0 : cost);
  if (lp_sparse_solve(x->lp) == LP_OPTIMAL) learn(x, false);
  for (int32_t c = 0; c < x->t->n_cells; c++)
    if (x->small[c]) lp_sparse_cost(x->lp, c, 0);
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
  if (!x->open[c] && relaxed != LP_INFEASIBLE) {
    (void)lp_sparse_whole(x->lp, x->whole, BRANCH_SECONDS, 0, &found, &bound);
    if (found) learn(x, true);
  }
  lp_sparse_cost(x->lp, c, 0);
  bounds(x, c, x->low[c], x->high[c]);
}
static void judge(struct hunt *x, int32_t most, struct interval_attack *out) {
  int32_t programmes = 0;
  if (out->n_small && x->lp) push_all(x, -1), push_all(x, 1);
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    if (!x->small[c]) continue;
    if (!x->open[c]) {
      if (programmes >= most) continue;
      programmes++;
      push_one(x, c, true);
      if (!x->open[c]) push_one(x, c, false);
    }
    out->n_judged++;
    if (!x->open[c] && out->n_exact++ == 0) out->first = c;
  }
}
enum err_code perturb_attack(const struct cell_table *t, const int64_t *low, const int64_t *high, int64_t gap, int64_t threshold, int32_t most,
    struct interval_attack *out, struct err *e) {
  struct hunt x = {.t = t, .low = low, .high = high, .gap = gap};
  const size_t n = (size_t)t->n_cells + 1;
  *out = (struct interval_attack){.first = -1};
  x.small = calloc(n, 1), x.open = calloc(n, 1), x.other = calloc(n, sizeof *x.other);
  const bool ok = x.small && x.open && x.other && programme(&x);
  for (int32_t c = 0; ok && c < t->n_cells; c++) {
    x.small[c] = t->same[c] == c && t->value[c] > 0 && t->value[c] < threshold;
    out->n_small += x.small[c];
  }
  if (ok) judge(&x, most, out);
  lp_sparse_free(x.lp);
  free(x.small), free(x.open), free(x.other), free(x.whole);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}

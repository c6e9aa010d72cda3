/* The unknowns of a record fall into blocks that share no row; each block: elimination of its equations, then an interval of the one free unknown, or
 * linear programmes where two or more stay free. */
#include "processing/correct/deductive_block.h"

#include <math.h>
#include <string.h>

#include "base/ext_glpk.h"

enum err_code deduction_init(struct deduction *d, const struct linear_system *s, struct arena *a, struct err *e) {
  const size_t p = (size_t)s->p, m = (size_t)s->m;
  int n = 0;
  *d = (struct deduction){.s = s, .x = ARENA_ARRAY(a, double, p), .lower = ARENA_ARRAY(a, double, p), .upper = ARENA_ARRAY(a, double, p)};
  d->missing = ARENA_ARRAY(a, bool, p), d->unknown = ARENA_ARRAY(a, bool, p), d->asked = ARENA_ARRAY(a, bool, p);
  d->rule = ARENA_ARRAY(a, uint8_t, p), d->rule_edit = ARENA_ARRAY(a, int, p), d->state = ARENA_ARRAY(a, enum deduced, p);
  d->block = ARENA_ARRAY(a, int, p), d->first_row = ARENA_ARRAY(a, int, p + 1);
  d->pivot = ARENA_ARRAY(a, int, m), d->free_var = ARENA_ARRAY(a, int, p), d->live = ARENA_ARRAY(a, int, p);
  d->row_mark = ARENA_ARRAY(a, uint8_t, m), d->touched = ARENA_ARRAY(a, int, m);
  d->dense = ARENA_ARRAY(a, double, (m + 1) * (p + 1)), d->programme = ARENA_ARRAY(a, double, m * p + 2 * m + 3 * p);
  for (int i = 0; i < s->m; i++) n += s->edits[i].n;
  d->rows_of = ARENA_ARRAY(a, int, n);
  if (!d->x || !d->lower || !d->upper || !d->missing || !d->unknown || !d->asked || !d->rule || !d->rule_edit || !d->state || !d->block
      || !d->first_row ||
      !d->pivot || !d->free_var || !d->live || !d->row_mark || !d->touched || !d->dense || !d->programme || !d->rows_of)
    return ERR(e, E_NO_MEMORY, .subject = "deduction");
  for (int j = 0, at = 0; j < s->p; j++) {
    for (int i = 0; i < s->m; i++)
      for (int k = 0; k < s->edits[i].n; k++)
        if (s->edits[i].var[k] == j) d->rows_of[at++] = i;
    d->first_row[j + 1] = at;
  }
  return E_OK;
}
static int root(const int *block, int j) {
  while (block[j] != j) j = block[j];
  return j;
}
/* Edits with an unknown, ascending; unknowns that share one belong to one block, named by its smallest variable. */
static void find_blocks(struct deduction *d) {
  d->n_touched = 0;
  for (int j = 0; j < d->s->p; j++) d->block[j] = j;
  for (int i = 0; i < d->s->m; i++) {
    const struct linear_edit *r = &d->s->edits[i];
    int first = -1;
    for (int k = 0; k < r->n; k++) {
      const int j = r->var[k];
      if (!d->unknown[j]) continue;
      const int here = root(d->block, j);
      if (first < 0) first = here;
      else if (here != first) {
        const int low = here < first ? here : first, high = here < first ? first : here;
        d->block[high] = low;
        first = low;
      }
    }
    if (first >= 0) d->touched[d->n_touched++] = i;
  }
}
static double *dense_row(const struct deduction *d, int i) { return d->dense + (size_t)i * ((size_t)d->s->p + 1); }

/* Rows of the block's edits over its n live unknowns; the last column is the right side. Equations first; returns how many rows, *n_equations of them
 * equations. */
static int load(struct deduction *d, int block, int n, int *n_equations) {
  int rows = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int t = 0; t < d->n_touched; t++) {
      const struct linear_edit *r = &d->s->edits[d->touched[t]];
      if ((r->op == LINEAR_EQ) != (pass == 0)) continue;
      double *to = dense_row(d, rows), rest = r->rhs;
      bool mine = false;
      memset(to, 0, ((size_t)n + 1) * sizeof *to);
      for (int k = 0; k < r->n; k++) {
        const int j = r->var[k];
        if (!d->unknown[j]) {
          rest -= r->coef[k] * d->x[j];
          continue;
        }
        if (root(d->block, j) != block) break;
        mine = true;
        to[d->free_var[j]] = r->coef[k];
      }
      if (!mine) continue;
      to[n] = rest;
      d->row_mark[rows++] = 0;
    }
    if (pass == 0) *n_equations = rows;
  }
  return rows;
}
static double magnitude(const double *row, int n) {
  double most = 0;
  for (int k = 0; k < n; k++) most = fmax(most, fabs(row[k]));
  return most;
}
/* Reduced row echelon form of the equations by largest pivots; the inequalities are reduced as well. Returns the rank, -1 on 0 = not 0. */
static int eliminate(struct deduction *d, int n, int n_equations, int rows) {
  int rank = 0;
  for (int at = 0; at < n_equations; at++) {
    int best = -1;
    double most = 0;
    for (int i = rank; i < n_equations; i++)
      for (int k = 0; k < n; k++)
        if (fabs(dense_row(d, i)[k]) > most * (1 + 1e-9)) most = fabs(dense_row(d, i)[k]), best = i * n + k;
    if (best < 0 || most < 1e-9) break;
    const int column = best % n;
    double *top = dense_row(d, rank), *from = dense_row(d, best / n);
    for (int k = 0; k <= n; k++) {
      const double keep = top[k];
      top[k] = from[k];
      from[k] = keep;
    }
    const double by = top[column];
    for (int k = 0; k <= n; k++) top[k] /= by;
    top[column] = 1;
    for (int i = 0; i < rows; i++) {
      double *row = dense_row(d, i), factor = row[column];
      if (i == rank || factor == 0) continue;
      for (int k = 0; k <= n; k++) row[k] -= factor * top[k];
      row[column] = 0;
      for (int k = 0; k < n; k++)
        if (fabs(row[k]) < 1e-11) row[k] = 0;
    }
    d->pivot[rank++] = column;
  }
  for (int i = rank; i < n_equations; i++)
    if (fabs(dense_row(d, i)[n]) > deduce_tolerance(magnitude(d->x, d->s->p))) return -1;
  return rank;
}
/* One free unknown z: bounds of all unknowns and the reduced inequalities as an interval of z. */
static bool interval(struct deduction *d, int n, int rank, int n_equations, int rows, int z) {
  const int free_one = d->live[z];
  const double slack = deduce_tolerance(magnitude(d->x, d->s->p));
  double low = d->lower[free_one], high = d->upper[free_one];
  for (int i = 0; i < rank; i++) { /* u = r - c z, lower <= u <= upper */
    const double c = dense_row(d, i)[z], r = dense_row(d, i)[n];
    const int u = d->live[d->pivot[i]];
    if (c == 0) continue;
    const double at_lower = (r - d->lower[u]) / c, at_upper = (r - d->upper[u]) / c;
    high = fmin(high, c > 0 ? at_lower : at_upper);
    low = fmax(low, c > 0 ? at_upper : at_lower);
  }
  for (int i = n_equations; i < rows; i++) { /* c z <= r */
    const double c = dense_row(d, i)[z], r = dense_row(d, i)[n];
    if (c > 0) high = fmin(high, r / c);
    if (c < 0) low = fmax(low, r / c);
    if (c == 0 && r < -slack) return false;
  }
  if (low > high + slack) return false;
  if (!isfinite(low) || !isfinite(high) || high - low > 1e-7 * fmax(1, fabs(low))) return true;
  const double value = low > high ? (low + high) / 2 : low;
  d->lower[free_one] = fmin(d->lower[free_one], value), d->upper[free_one] = fmax(d->upper[free_one], value);
  return deduce_set(d, free_one, value, CORRECT_BOUNDS, -1);
}
/* min or max of one unknown of the block over its rows. */
static enum lp_status extreme(struct deduction *d, const struct lp *lp, double *c, int k, double sign, double *out) {
  struct lp_result result = {0};
  c[k] = sign;
  d->programmes++;
  lp_glpk(lp, &result);
  c[k] = 0;
  *out = sign * result.objective;
  return result.status;
}
static bool programmes(struct deduction *d, int n, int n_equations, int rows) {
  double *a = d->programme, *row_low = a + (size_t)rows * (size_t)n, *row_high = row_low + rows;
  double *low = row_high + rows, *high = low + n, *c = high + n;
  for (int i = 0; i < rows; i++) {
    memcpy(a + (size_t)i * (size_t)n, dense_row(d, i), (size_t)n * sizeof *a);
    row_high[i] = dense_row(d, i)[n];
    row_low[i] = i < n_equations ? row_high[i] : -INFINITY;
  }
  for (int k = 0; k < n; k++) low[k] = d->lower[d->live[k]], high[k] = d->upper[d->live[k]], c[k] = 0;
  const struct lp lp = {.m = rows, .n = n, .a = a, .row_lower = row_low, .row_upper = row_high, .lower = low, .upper = high, .c = c};
  bool any = false;
  for (int k = 0; k < n; k++) {
    double least, most;
    const int j = d->live[k];
    if (!d->asked[j]) continue;
    any = true;
    const enum lp_status down = extreme(d, &lp, c, k, 1, &least);
    if (down == LP_INFEASIBLE) return false;
    const enum lp_status up = down == LP_OPTIMAL ? extreme(d, &lp, c, k, -1, &most) : down;
    if (up == LP_INFEASIBLE) return false;
    if (down == LP_FAILED || up == LP_FAILED) d->state[j] = DEDUCED_UNSETTLED;
    if (down != LP_OPTIMAL || up != LP_OPTIMAL || most - least > 1e-7 * fmax(1, fabs(least))) continue;
    if (!deduce_set(d, j, least, CORRECT_LP, -1)) return false;
  }
  struct lp_result feasible = {0};
  if (any) return true;
  d->programmes++;
  lp_glpk(&lp, &feasible);
  return feasible.status != LP_INFEASIBLE;
}
bool deduce_elimination(struct deduction *d, int block, bool *changed) {
  int n = 0, n_equations = 0, free_count = 0, z = -1;
  for (int j = 0; j < d->s->p; j++)
    if (d->unknown[j] && root(d->block, j) == block) d->free_var[j] = n, d->live[n++] = j;
  if (n < 2) return true; /* rows alone have said all there is */
  const int rows = load(d, block, n, &n_equations);
  const int rank = eliminate(d, n, n_equations, rows);
  if (rank < 0) return false;
  bool is_pivot[LINEAR_MAX_VARIABLES];
  memset(is_pivot, 0, (size_t)n * sizeof *is_pivot);
  for (int i = 0; i < rank; i++) is_pivot[d->pivot[i]] = true;
  for (int k = 0; k < n; k++)
    if (!is_pivot[k]) z = k, free_count++;
  for (int i = 0; i < rank; i++) { /* no free unknown in the row: a value */
    if (magnitude(dense_row(d, i), n) != 1) continue;
    int others = 0;
    for (int k = 0; k < n; k++) others += dense_row(d, i)[k] != 0;
    if (others != 1) continue;
    *changed = true;
    if (!deduce_set(d, d->live[d->pivot[i]], dense_row(d, i)[n], CORRECT_ELIMINATION, -1)) return false;
  }
  if (*changed || free_count == 0) return true;
  if (free_count == 1) {
    const bool before = d->unknown[d->live[z]];
    if (!interval(d, n, rank, n_equations, rows, z)) return false;
    *changed |= before && !d->unknown[d->live[z]];
    return true;
  }
  const int full = load(d, block, n, &n_equations);
  return programmes(d, n, n_equations, full);
}
bool deduce(struct deduction *d) {
  d->bad_edit = -1;
  for (int j = 0; j < d->s->p; j++) {
    d->state[j] = DEDUCED_OPEN;
    d->lower[j] = d->s->lower[j], d->upper[j] = d->s->upper[j];
    if (d->unknown[j]) d->x[j] = 0;
  }
  find_blocks(d);
  for (bool changed = true; changed;) {
    changed = false;
    if (!deduce_rows(d, &changed)) return false;
    find_blocks(d);
    changed = false;
    for (int j = 0; j < d->s->p && !changed; j++)
      if (d->unknown[j] && d->block[j] == j && !deduce_elimination(d, j, &changed)) return false;
  }
  return true;
}

#include "processing/impute/donor_match.h"

#include <math.h>
#include <string.h>

#include "base/ext_glpk.h"

/* Rows over the q flagged items: g z <= h (or = h); `edit` -1 marks a lower or upper bound of an item. */
struct reduced {
  int q, m, n_free;
  double *g, *h; /* [capacity * q], [capacity] */
  int *edit;
  bool *equation, *dropped;
};
static bool tiny(double v, double scale) { return fabs(v) <= 1e-9 * (1 + scale); }
static double *row_of(const struct reduced *r, int i) { return r->g + (size_t)i * (size_t)r->q; }

static enum err_code reduced_room(struct arena *a, struct reduced *r, int q, int rows, struct err *e) {
  *r = (struct reduced){.q = q, .g = ARENA_ARRAY(a, double, (size_t)rows * (size_t)q), .h = ARENA_ARRAY(a, double, rows)};
  r->edit = ARENA_ARRAY(a, int, rows);
  r->equation = ARENA_ARRAY(a, bool, rows);
  r->dropped = ARENA_ARRAY(a, bool, rows);
  return r->g && r->h && r->edit && r->equation && r->dropped ? E_OK : ERR(e, E_NO_MEMORY, .subject = "matching items");
}
/* Edits without a flagged item say nothing here. */
static void put_in_edit(struct reduced *r, const struct linear_edit *edit, int index, const double *x, const int *place) {
  double *g = row_of(r, r->m), rest = edit->rhs;
  bool any = false;
  memset(g, 0, (size_t)r->q * sizeof *g);
  for (int k = 0; k < edit->n; k++) {
    const int at = place[edit->var[k]];
    if (at >= 0) g[at] = edit->coef[k], any = true;
    else rest -= edit->coef[k] * x[edit->var[k]];
  }
  if (!any) return;
  r->h[r->m] = rest;
  r->edit[r->m] = index;
  r->equation[r->m++] = edit->op == LINEAR_EQ;
}
static void put_bound(struct reduced *r, int at, double sign, double bound) {
  if (!isfinite(bound)) return;
  memset(row_of(r, r->m), 0, (size_t)r->q * sizeof(double));
  row_of(r, r->m)[at] = sign;
  r->h[r->m] = sign * bound;
  r->edit[r->m++] = -1;
}
static void subtract(struct reduced *r, int from, int pivot_row, int pivot) {
  double *g = row_of(r, from), *p = row_of(r, pivot_row);
  const double factor = g[pivot] / p[pivot];
  if (factor == 0) return;
  for (int k = 0; k < r->q; k++) {
    const double size = fabs(g[k]);
    g[k] -= factor * p[k];
    if (tiny(g[k], size)) g[k] = 0;
  }
  g[pivot] = 0;
  r->h[from] -= factor * r->h[pivot_row];
}
/* Solves the equations for one item each and puts them into all other rows; n_free = items left. */
static void solve_equations(struct reduced *r) {
  r->n_free = r->q;
  for (int i = 0; i < r->m; i++) {
    if (!r->equation[i]) continue;
    int pivot = -1;
    for (int k = 0; k < r->q; k++)
      if (row_of(r, i)[k] != 0 && (pivot < 0 || fabs(row_of(r, i)[k]) > fabs(row_of(r, i)[pivot]))) pivot = k;
    if (pivot < 0) continue;
    r->n_free--;
    for (int o = 0; o < r->m; o++)
      if (o != i) subtract(r, o, i, pivot);
  }
}
/* One unknown: a row is an upper or a lower bound of it. */
static int only_item(const struct reduced *r, int i) {
  for (int k = 0; k < r->q; k++)
    if (row_of(r, i)[k] != 0) return k;
  return -1;
}
static bool implied_by_interval(const struct reduced *r, int i) {
  const int at = only_item(r, i);
  if (at < 0) return true;
  const double c = row_of(r, i)[at], bound = r->h[i] / c;
  for (int o = 0; o < r->m; o++) {
    if (o == i || r->equation[o] || r->dropped[o] || only_item(r, o) != at) continue;
    const double co = row_of(r, o)[at], other = r->h[o] / co;
    if ((co > 0) != (c > 0)) continue;
    if (c > 0 ? other <= bound + 1e-9 * (1 + fabs(bound)) : other >= bound - 1e-9 * (1 + fabs(bound))) return true;
  }
  return false;
}
struct programme {
  struct lp lp;
  double *a, *row_lower, *row_upper, *lower, *upper, *c;
};
static enum err_code programme_room(struct arena *a, const struct reduced *r, struct programme *p, struct err *e) {
  p->a = ARENA_ARRAY(a, double, (size_t)r->m * (size_t)r->q);
  p->row_lower = ARENA_ARRAY(a, double, r->m);
  p->row_upper = ARENA_ARRAY(a, double, r->m);
  p->lower = ARENA_ARRAY(a, double, r->q);
  p->upper = ARENA_ARRAY(a, double, r->q);
  p->c = ARENA_ARRAY(a, double, r->q);
  if (!p->a || !p->row_lower || !p->row_upper || !p->lower || !p->upper || !p->c) return ERR(e, E_NO_MEMORY, .subject = "matching items");
  for (int k = 0; k < r->q; k++) p->lower[k] = -INFINITY, p->upper[k] = INFINITY;
  for (int i = 0; i < r->m; i++) p->row_lower[i] = -INFINITY;
  p->lp = (struct lp){.n = r->q, .a = p->a, .row_lower = p->row_lower, .row_upper = p->row_upper, .lower = p->lower, .upper = p->upper, .c = p->c};
  return E_OK;
}
/* The largest value of row i under the other inequalities; feasible only when i < 0. */
static enum lp_status largest(const struct reduced *r, struct programme *p, int i, double *out) {
  int m = 0;
  struct lp_result result = {0};
  for (int o = 0; o < r->m; o++) {
    if (o == i || r->equation[o] || r->dropped[o]) continue;
    memcpy(p->a + (size_t)m * (size_t)r->q, row_of(r, o), (size_t)r->q * sizeof(double));
    p->row_upper[m++] = r->h[o];
  }
  for (int k = 0; k < r->q; k++) p->c[k] = i < 0 ? 0 : -row_of(r, i)[k];
  p->lp.m = m;
  lp_glpk(&p->lp, &result);
  *out = -result.objective;
  return result.status;
}
static bool free_row(const struct reduced *r, int i) { return only_item(r, i) >= 0; }

static void drop_by_interval(struct reduced *r) {
  for (int i = r->m - 1; i >= 0; i--)
    if (!r->equation[i]) r->dropped[i] = implied_by_interval(r, i);
}
static enum err_code drop_by_programme(struct arena *a, struct reduced *r, bool *consistent, struct err *e) {
  struct programme p;
  double v;
  TRY(programme_room(a, r, &p, e));
  for (int i = 0; i < r->m; i++)
    if (!r->equation[i] && !free_row(r, i)) r->dropped[i] = true;
  *consistent = largest(r, &p, -1, &v) != LP_INFEASIBLE;
  for (int i = r->m - 1; *consistent && i >= 0; i--)
    if (!r->equation[i] && !r->dropped[i]) r->dropped[i] = largest(r, &p, i, &v) == LP_OPTIMAL && v <= r->h[i] + 1e-7 * (1 + fabs(r->h[i]));
  return E_OK;
}
static bool interval_empty(const struct reduced *r) {
  for (int i = 0; i < r->m; i++) {
    const int at = r->equation[i] ? -1 : only_item(r, i);
    for (int o = 0; at >= 0 && o < r->m; o++) {
      if (r->equation[o] || only_item(r, o) != at) continue;
      const double ci = row_of(r, i)[at], co = row_of(r, o)[at];
      if (ci > 0 && co < 0 && r->h[i] / ci < r->h[o] / co - 1e-6 * (1 + fabs(r->h[i] / ci))) return true;
    }
  }
  return false;
}
static enum err_code fill_rows(struct reduced *r, const struct linear_system *s, const double *x, const bool *flagged, int *place) {
  for (int j = 0, q = 0; j < s->p; j++) place[j] = flagged[j] ? q++ : -1;
  for (int i = 0; i < s->m; i++) put_in_edit(r, &s->edits[i], i, x, place);
  for (int j = 0; j < s->p; j++) {
    if (place[j] < 0) continue;
    put_bound(r, place[j], -1, s->lower[j]);
    put_bound(r, place[j], 1, s->upper[j]);
  }
  return E_OK;
}
enum err_code donor_match(struct arena *a, const struct linear_system *s, const double *x, const bool *flagged, bool *binding, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct reduced r;
  bool consistent = true;
  int q = 0, *place = ARENA_ARRAY(a, int, s->p);
  for (int j = 0; j < s->p; j++) q += flagged[j];
  memset(binding, 0, (size_t)s->m * sizeof *binding);
  if (!place) return ERR(e, E_NO_MEMORY, .subject = "matching items");
  TRY(reduced_room(a, &r, q, s->m + 2 * q, e));
  TRY(fill_rows(&r, s, x, flagged, place));
  solve_equations(&r);
  if (r.n_free <= 1) {
    consistent = !interval_empty(&r);
    if (consistent) drop_by_interval(&r);
  } else TRY(drop_by_programme(a, &r, &consistent, e));
  for (int i = 0; i < r.m; i++)
    if (r.edit[i] >= 0 && (!consistent || !r.dropped[i])) binding[r.edit[i]] = true;
  arena_reset(a, mark);
  return E_OK;
}

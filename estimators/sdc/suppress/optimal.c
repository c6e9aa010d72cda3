#include "estimators/sdc/suppress/optimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/flow_impl.h"

enum { RELAXED_ROUNDS = 400 };
struct cutting {
  struct arena *a;
  const struct cell_table *t;
  const struct suppress_options *o;
  struct optimal_report *r;
  struct lp_sparse *master, *attack;
  int32_t n, *cell, *place; /* cells that may be hidden; their columns, -1 */
  double *lower, *upper, *y, *cost, scale;
  int *index;
  double *value;
  struct timespec begun;
  double seconds;
};
static double elapsed(const struct cutting *x) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)(now.tv_sec - x->begun.tv_sec) + 1e-9 * (double)(now.tv_nsec - x->begun.tv_nsec);
}
static bool is_primary(const struct cutting *x, int32_t j) { return x->t->status[x->cell[j]] == 'u'; }

static bool arrays(struct cutting *x) {
  const size_t n = (size_t)x->t->n_cells + 1;
  x->cell = ARENA_ARRAY(x->a, int32_t, n);
  x->place = ARENA_ARRAY(x->a, int32_t, n);
  x->lower = ARENA_ARRAY(x->a, double, n);
  x->upper = ARENA_ARRAY(x->a, double, n);
  x->y = ARENA_ARRAY(x->a, double, n);
  x->cost = ARENA_ARRAY(x->a, double, n);
  x->index = ARENA_ARRAY(x->a, int, n);
  x->value = ARENA_ARRAY(x->a, double, n);
  return x->cell && x->place && x->lower && x->upper && x->y && x->cost && x->index && x->value;
}
static void columns(struct cutting *x) {
  double most = 1;
  for (int32_t c = 0; c < x->t->n_cells; c++) most = fmax(most, fabs((double)x->t->value[c]) + (double)x->t->upl[c]);
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    x->place[c] = -1;
    if (x->t->same[c] != c || !cell_may_hide(x->t, c)) continue;
    const int32_t j = x->n++;
    x->cell[j] = c;
    x->place[c] = j;
    const int64_t below = cell_room_below(x->t, c), above = cell_room_above(x->t, c);
    x->lower[j] = (below == CELL_OPEN ? 4 * most : (double)below) / x->t->unit;
    x->upper[j] = (above == CELL_OPEN ? 4 * most : (double)above) / x->t->unit;
    x->cost[j] = is_primary(x, j) ? 0 : suppress_cost(x->t, x->o, c);
    if (x->cost[j] > x->scale) x->scale = x->cost[j];
  }
}
static bool programmes(struct cutting *x) {
  const struct cell_table *t = x->t;
  x->attack = lp_sparse_new(t->n_relations, x->n);
  x->master = lp_sparse_new(1, x->n);
  if (!x->attack || !x->master) return false;
  for (int32_t r = 0; r < t->n_relations; r++) {
    int k = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) {
      const int32_t j = x->place[t->member[i]];
      if (j < 0) continue;
      x->index[k] = j;
      x->value[k++] = i == t->first[r] ? -1 : 1;
    }
    lp_sparse_set_row(x->attack, r, k, x->index, x->value);
  }
  lp_sparse_row_bounds(x->master, 0, -INFINITY, INFINITY);
  for (int32_t j = 0; j < x->n; j++) {
    lp_sparse_bounds(x->master, j, is_primary(x, j) ? 1 : 0, 1);
    lp_sparse_cost(x->master, j, x->cost[j] / x->scale);
  }
  return true;
}

/* --- cuts --- */

static void add_cut(struct cutting *x, int32_t p, double goal) {
  int k = 0;
  for (int32_t j = 0; j < x->n; j++) {
    const double d = lp_sparse_reduced(x->attack, j);
    const double f = fmin(d < 0 ? -d * x->upper[j] : d * x->lower[j], goal) / goal;
    if (f <= 1e-9 || j == p) continue;
    x->index[k] = j;
    x->value[k++] = f;
  }
  /* The primary itself is always suppressed: what it contributes is taken from the right side. */
  const double d = lp_sparse_reduced(x->attack, p), own = fmin(d < 0 ? -d * x->upper[p] : d * x->lower[p], goal) / goal;
  if (k == 0 || own >= 1) return;
  lp_sparse_add_row(x->master, k, x->index, x->value, 1 - own, INFINITY);
  x->r->n_cuts++;
}
static enum err_code separate_one(struct cutting *x, int32_t p, bool up, int32_t *found, struct err *e) {
  const double goal = flow_goal(x->t, x->cell[p], up) / x->t->unit;
  char text[160];
  if (goal <= 0) return E_OK;
  lp_sparse_cost(x->attack, p, up ? -1 : 1);
  const enum lp_status status = lp_sparse_solve(x->attack);
  lp_sparse_cost(x->attack, p, 0);
  if (status == LP_INFEASIBLE) return E_OK; /* the true table is always feasible: rounding in the bounds; no cut from this one, the audit decides */
  if (status != LP_OPTIMAL) return ERR(e, E_SDC_SOLVER, .subject = cell_name(x->t, x->cell[p], text, sizeof text));
  const double reached = fabs(lp_sparse_value(x->attack, p));
  if (reached >= goal * (1 - 1e-6)) return E_OK;
  const int32_t before = x->r->n_cuts;
  add_cut(x, p, goal);
  *found += x->r->n_cuts - before;
  return E_OK;
}
/* All primaries against the present y; trapped ones have no cut that helps and are left to the audit. */
static enum err_code separate(struct cutting *x, int32_t *found, struct err *e) {
  *found = 0;
  for (int32_t j = 0; j < x->n; j++) {
    const double y = is_primary(x, j) ? 1 : x->y[j];
    lp_sparse_bounds(x->attack, j, -x->lower[j] * y, x->upper[j] * y);
  }
  for (int32_t j = 0; j < x->n; j++) {
    if (!is_primary(x, j)) continue;
    if (elapsed(x) > x->seconds) return E_OK;
    TRY(separate_one(x, j, true, found, e));
    TRY(separate_one(x, j, false, found, e));
  }
  return E_OK;
}
static enum err_code relaxed(struct cutting *x, bool *empty, struct err *e) {
  for (int round = 0; round < RELAXED_ROUNDS && elapsed(x) < x->seconds; round++) {
    int32_t found;
    const enum lp_status status = lp_sparse_solve_dual(x->master);
    x->r->n_masters++;
    *empty = status == LP_INFEASIBLE;
    if (*empty) return E_OK;
    if (status != LP_OPTIMAL) return ERR(e, E_SDC_SOLVER, .subject = x->t->name);
    x->r->bound = fmax(x->r->bound, lp_sparse_objective(x->master) * x->scale);
    for (int32_t j = 0; j < x->n; j++) {
      const double y = lp_sparse_value(x->master, j);
      x->y[j] = y < 1e-6 ? 0 : y > 1 - 1e-6 ? 1 : y;
    }
    TRY(separate(x, &found, e));
    if (!found) return E_OK;
  }
  return E_OK;
}
static double cost_of(const struct cutting *x, const uint8_t *hidden) {
  double s = 0;
  for (int32_t j = 0; j < x->n; j++)
    if (hidden[x->cell[j]]) s += x->cost[j];
  return s;
}
/* A pattern of the master is mended where it is not valid, and kept when it is cheaper. */
static enum err_code improve(struct cutting *x, struct suppress_result *best, bool whole, struct err *e) {
  struct suppress_options o = *x->o;
  struct suppress_result r;
  uint8_t *start = ARENA_ARRAY(x->a, uint8_t, x->t->n_cells + 1);
  if (!start) return ERR(e, E_NO_MEMORY, .subject = x->t->name);
  for (int32_t j = 0; j < x->n; j++) start[x->cell[j]] = x->y[j] > (whole ? 0.5 : 0.99);
  o.start = start;
  o.clean_up = true;
  TRY(suppress_repair(x->a, x->t, &o, &r, e));
  if (r.audit.clean && (!best->audit.clean || cost_of(x, r.hidden) < cost_of(x, best->hidden) - 1e-9)) *best = r;
  x->r->cost = cost_of(x, best->hidden);
  return E_OK;
}
static enum err_code whole(struct cutting *x, struct suppress_result *best, struct err *e) {
  uint8_t *kind = ARENA_ARRAY(x->a, uint8_t, x->n + 1);
  if (!kind) return ERR(e, E_NO_MEMORY, .subject = x->t->name);
  memset(kind, 1, (size_t)x->n);
  while (elapsed(x) < x->seconds && x->r->cost - x->r->bound > 1e-9 * (1 + x->r->cost)) {
    bool found = false;
    int32_t cuts;
    double bound;
    const enum lp_status status = lp_sparse_whole(x->master, kind, x->seconds - elapsed(x), 0, &found, &bound);
    x->r->n_masters++;
    if (isfinite(bound)) x->r->bound = fmax(x->r->bound, fmin(bound * x->scale, x->r->cost));
    if (!found) return E_OK;
    for (int32_t j = 0; j < x->n; j++) x->y[j] = lp_sparse_whole_value(x->master, j) > 0.5;
    TRY(separate(x, &cuts, e));
    TRY(improve(x, best, true, e));
    flow_progress(&(struct flowing){.o = x->o}, "optimal", x->r->n_cuts, 0);
    if (status == LP_OPTIMAL && cuts == 0 && elapsed(x) < x->seconds) {
      double s = 0;
      for (int32_t j = 0; j < x->n; j++) s += x->y[j] > 0.5 ? x->cost[j] : 0;
      x->r->bound = fmin(s, x->r->cost);
      return E_OK;
    }
  }
  return E_OK;
}
enum err_code suppress_optimal(struct arena *a, const struct cell_table *t, const struct suppress_options *o, double seconds,
    struct suppress_result *out, struct optimal_report *report, struct err *e) {
  struct suppress_options first = *o;
  struct cutting x = {.a = a, .t = t, .o = o, .r = report, .seconds = seconds};
  bool empty = false;
  *report = (struct optimal_report){0};
  clock_gettime(CLOCK_MONOTONIC, &x.begun);
  first.clean_up = true;
  TRY(suppress_by_flow(a, t, &first, out, e));
  if (!arrays(&x)) return ERR(e, E_NO_MEMORY, .subject = t->name);
  columns(&x);
  if (x.scale <= 0) x.scale = 1;
  report->cost = cost_of(&x, out->hidden);
  enum err_code code = programmes(&x) ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
  if (!code && out->n_trapped == 0) code = relaxed(&x, &empty, e); /* a trapped cell: no pattern is valid, nothing to be optimal */
  if (!code && out->n_trapped == 0 && !empty) code = improve(&x, out, false, e);
  if (!code && out->n_trapped == 0 && !empty) code = whole(&x, out, e);
  report->proved = out->n_trapped == 0 && out->audit.clean && report->cost - report->bound <= 1e-7 * (1 + report->cost);
  lp_sparse_free(x.master);
  lp_sparse_free(x.attack);
  return code;
}

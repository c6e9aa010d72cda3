/* Branch and bound for whole answers of the quadratic adjustment; see adjust_problem.h. */
#include <math.h>
#include <string.h>

#include "processing/correct/adjust_problem.h"

static const double WHOLE = 1e-6, ROUNDING = 1e-11, SAME = 1e-9; /* of a step; of a value; of an objective */

double adjust_objective(const struct adjust_problem *p) {
  double sum = 0;
  for (int j = 0; j < p->n; j++)
    if (p->v[j] > 0 && p->y[j] != p->x[j]) sum += (p->y[j] - p->x[j]) * (p->y[j] - p->x[j]) / p->v[j];
  return sum;
}
struct branch {
  struct adjust_problem *p;
  const double *steps;
  int rows, n, solved; /* rows of the problem without the branch's own; nodes made; problems solved */
  int n_items, item[ADJUST_BRANCH_ITEMS];
  bool have;
  double best, lost; /* the best whole answer's objective; the least bound of a branch that could not be settled */
};
static double hair(double objective) { return SAME * (1 + fabs(objective)); }

static void bound_row(struct adjust_problem *p, int j, double sign, double at, bool equation) {
  double *a = adjust_row(p, p->m);
  for (int k = 0; k < p->n; k++) a[k] = 0;
  a[j] = sign;
  p->b[p->m] = sign * at;
  p->equation[p->m] = equation;
  p->edit[p->m++] = -1;
}
/* The real problem within the node's bounds. */
static enum adjust_status relaxed(const struct branch *w, const struct adjust_node *node) {
  struct adjust_problem *p = w->p;
  p->m = w->rows;
  for (int k = 0; k < w->n_items; k++) {
    const bool fixed = node->low[k] == node->high[k];
    if (isfinite(node->low[k])) bound_row(p, w->item[k], fixed ? 1 : -1, node->low[k], fixed);
    if (isfinite(node->high[k]) && !fixed) bound_row(p, w->item[k], 1, node->high[k], false);
  }
  const enum adjust_status status = adjust_quadratic(p);
  p->m = w->rows;
  return status;
}
/* The whole item (its place in the list) whose value is farthest from a whole one; -1 = none is. */
static int farthest(const struct branch *w) {
  const struct adjust_problem *p = w->p;
  double most = 0;
  int best = -1;
  for (int k = 0; k < w->n_items; k++) {
    const double at = p->y[w->item[k]] / w->steps[w->item[k]], by = fabs(at - round(at));
    if (by > fmax(most, WHOLE + ROUNDING * fabs(at))) most = by, best = k;
  }
  return best;
}
static bool holds(const struct adjust_problem *p) {
  for (int i = 0; i < p->m; i++) {
    const double r = adjust_residual(p, i), slack = 1e-7 + adjust_tolerance(p, i);
    if (r > slack || (p->equation[i] && r < -slack)) return false;
  }
  return true;
}
/* The relaxed answer is whole but for rounding; false: rounded it does not hold. */
static bool take(struct branch *w) {
  struct adjust_problem *p = w->p;
  for (int k = 0; k < w->n_items; k++) p->y[w->item[k]] = round(p->y[w->item[k]] / w->steps[w->item[k]]) * w->steps[w->item[k]];
  const double objective = adjust_objective(p);
  if (!holds(p)) return false;
  if (w->have && objective >= w->best - hair(w->best)) return true;
  w->best = objective;
  w->have = true;
  memcpy(p->best, p->y, (size_t)p->n * sizeof *p->best);
  return true;
}
/* Solves the node: it ends, or becomes two. */
static void settle(struct branch *w, struct adjust_node *node) {
  struct adjust_problem *p = w->p;
  const enum adjust_status status = relaxed(w, node);
  w->solved++;
  node->open = false;
  if (status == ADJUST_INFEASIBLE) return;
  const double bound = status == ADJUSTED ? fmax(node->bound, adjust_objective(p)) : node->bound;
  if (w->have && bound >= w->best - hair(w->best)) return;
  const int k = status == ADJUSTED ? farthest(w) : -1;
  if (k < 0) {
    if (status != ADJUSTED || !take(w)) w->lost = fmin(w->lost, bound);
    return;
  }
  const double step = w->steps[w->item[k]], at = p->y[w->item[k]] / step;
  struct adjust_node *down = &p->node[w->n++], *up = &p->node[w->n++];
  *down = *up = *node;
  down->open = up->open = true;
  down->bound = up->bound = bound;
  down->high[k] = floor(at) * step;
  up->low[k] = ceil(at) * step;
}
/* The open node of the least bound, of equals the newest; NULL = none below the best answer. */
static struct adjust_node *next(const struct branch *w) {
  struct adjust_node *best = NULL;
  for (int i = 0; i < w->n; i++) {
    struct adjust_node *node = &w->p->node[i];
    if (node->open && (!best || node->bound <= best->bound)) best = node;
  }
  return best && (!w->have || best->bound < w->best - hair(w->best)) ? best : NULL;
}
static void start(struct branch *w, double root) {
  struct adjust_node *first = &w->p->node[w->n++];
  first->open = true;
  first->bound = root;
  for (int k = 0; k < w->n_items; k++) first->low[k] = -INFINITY, first->high[k] = INFINITY;
}
bool adjust_branch(struct adjust_problem *p, const double *steps, double root, bool have, double *above) {
  struct branch w = {.p = p, .steps = steps, .rows = p->m, .have = have, .best = have ? adjust_objective(p) : INFINITY, .lost = INFINITY};
  double open = INFINITY;
  int items = 0;
  for (int j = 0; j < p->n; j++) {
    if (!(steps[j] > 0 && p->v[j] > 0)) continue;
    if (items < ADJUST_BRANCH_ITEMS) w.item[w.n_items++] = j;
    items++;
  }
  memcpy(p->best, p->y, (size_t)p->n * sizeof *p->best);
  struct adjust_node *node = NULL;
  if (items > ADJUST_BRANCH_ITEMS) open = root;
  else if (!have || w.best > root + hair(root)) start(&w, root);
  while ((node = next(&w)) && w.solved < ADJUST_NODES) settle(&w, node);
  if (node) open = node->bound;
  open = fmin(open, w.lost);
  memcpy(p->y, p->best, (size_t)p->n * sizeof *p->y);
  if (!w.have) *above = isfinite(open) ? INFINITY : 0;
  else *above = w.best <= open + hair(w.best) ? 0 : w.best - open;
  return w.have;
}

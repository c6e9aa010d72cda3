/* From a real optimum to whole multiples of each item's step: rounding, then single and paired steps that take violation away, then those that
 * make the change smaller and break nothing: at the end no single or paired step is better. */
#include <math.h>
#include <string.h>

#include "processing/correct/adjust_problem.h"

/* Fills the residuals (p->right) and their tolerances (p->side); returns the sum of what is broken. */
static double violation(const struct adjust_problem *p) {
  double sum = 0;
  for (int i = 0; i < p->m; i++) {
    p->right[i] = adjust_residual(p, i);
    p->side[i] = 1e-7 + adjust_tolerance(p, i);
    const double by = p->equation[i] ? fabs(p->right[i]) : p->right[i];
    if (by > p->side[i]) sum += by;
  }
  return sum;
}
struct move {
  int j, k;          /* k = -1: a single step */
  double by_j, by_k; /* the steps with their signs */
  double violation, objective;
};
/* The violation after the move, from the residuals and two columns. */
static double violation_after(const struct adjust_problem *p, const struct move *m) {
  double sum = 0;
  for (int i = 0; i < p->m; i++) {
    const double *a = adjust_row(p, i), r = p->right[i] + a[m->j] * m->by_j + (m->k >= 0 ? a[m->k] * m->by_k : 0), by = p->equation[i] ? fabs(r) : r;
    if (by > p->side[i]) sum += by;
  }
  return sum;
}
static double objective_change(const struct adjust_problem *p, int j, double by) { return by * (2 * (p->y[j] - p->x[j]) + by) / p->v[j]; }

static void try_move(const struct adjust_problem *p, struct move m, struct move *best) {
  m.violation = violation_after(p, &m);
  m.objective = objective_change(p, m.j, m.by_j) + (m.k >= 0 ? objective_change(p, m.k, m.by_k) : 0);
  const double hair = 1e-9 * (1 + best->violation);
  if (m.violation < best->violation - hair || (m.violation < best->violation + hair && m.objective < best->objective)) *best = m;
}
static bool may_step(const struct adjust_problem *p, const double *steps, int j) { return steps[j] > 0 && p->v[j] > 0; }

/* The best single step, or the best pair when pairs is set: least violation, then objective; where nothing is broken only what lowers the
 * objective. */
static struct move search(const struct adjust_problem *p, const double *steps, double now, bool pairs) {
  struct move best = {.j = -1, .violation = now * (1 - 1e-9), .objective = now > 0 ? INFINITY : -1e-9};
  for (int j = 0; j < p->n; j++) {
    if (!may_step(p, steps, j)) continue;
    for (int s = -1; s <= 1; s += 2) {
      if (!pairs) try_move(p, (struct move){.j = j, .k = -1, .by_j = s * steps[j]}, &best);
      for (int k = j + 1; pairs && k < p->n; k++) {
        if (!may_step(p, steps, k)) continue;
        try_move(p, (struct move){.j = j, .k = k, .by_j = s * steps[j], .by_k = steps[k]}, &best);
        try_move(p, (struct move){.j = j, .k = k, .by_j = s * steps[j], .by_k = -steps[k]}, &best);
      }
    }
  }
  return best;
}
/* Items without a step are solved again while the whole ones stay. */
static bool solve_rest(struct adjust_problem *p, const double *steps) {
  bool any = false;
  for (int j = 0; j < p->n; j++) {
    if (steps[j] > 0) p->v[j] = 0, p->x[j] = p->y[j];
    else any = true;
  }
  return any && adjust_quadratic(p) == ADJUSTED;
}
bool adjust_whole(struct adjust_problem *p, const double *steps) {
  for (int j = 0; j < p->n; j++)
    if (steps[j] > 0) p->y[j] = round(p->y[j] / steps[j]) * steps[j];
  double now = violation(p);
  for (int turn = 0; turn < 16 * p->n + 16; turn++) {
    struct move best = search(p, steps, now, false);
    if (best.j < 0) best = search(p, steps, now, true);
    if (best.j < 0) break;
    p->y[best.j] = round((p->y[best.j] + best.by_j) / steps[best.j]) * steps[best.j];
    if (best.k >= 0) p->y[best.k] = round((p->y[best.k] + best.by_k) / steps[best.k]) * steps[best.k];
    now = violation(p);
  }
  if (now == 0) return true;
  memcpy(p->keep_x, p->x, (size_t)p->n * sizeof *p->x);
  memcpy(p->keep_v, p->v, (size_t)p->n * sizeof *p->v);
  const bool ok = solve_rest(p, steps);
  memcpy(p->x, p->keep_x, (size_t)p->n * sizeof *p->x);
  memcpy(p->v, p->keep_v, (size_t)p->n * sizeof *p->v);
  return ok;
}

/* From a real optimum to whole multiples of each item's step: rounding, then single and paired steps that take violation away, cheapest first. */
#include <math.h>
#include <string.h>

#include "processing/correct/adjust_problem.h"

static double violation_of(const struct adjust_problem *p, int i) {
  const double r = adjust_residual(p, i), slack = 1e-7 + adjust_tolerance(p, i), by = p->equation[i] ? fabs(r) : r;
  return by > slack ? by : 0;
}
static double violation(const struct adjust_problem *p) {
  double sum = 0;
  for (int i = 0; i < p->m; i++) sum += violation_of(p, i);
  return sum;
}
static double objective_of(const struct adjust_problem *p, int j) { return p->v[j] > 0 ? (p->y[j] - p->x[j]) * (p->y[j] - p->x[j]) / p->v[j] : 0; }

struct move {
  int j, k;          /* k = -1: a single step */
  double by_j, by_k; /* the steps with their signs */
  double violation, objective;
};
static void try_move(struct adjust_problem *p, struct move m, struct move *best) {
  const double was_j = p->y[m.j], was_k = m.k >= 0 ? p->y[m.k] : 0;
  const double before = objective_of(p, m.j) + (m.k >= 0 ? objective_of(p, m.k) : 0);
  p->y[m.j] += m.by_j;
  if (m.k >= 0) p->y[m.k] += m.by_k;
  m.violation = violation(p);
  m.objective = objective_of(p, m.j) + (m.k >= 0 ? objective_of(p, m.k) : 0) - before;
  p->y[m.j] = was_j;
  if (m.k >= 0) p->y[m.k] = was_k;
  const double hair = 1e-9 * (1 + best->violation);
  if (m.violation < best->violation - hair || (m.violation < best->violation + hair && m.objective < best->objective)) *best = m;
}
static bool may_step(const struct adjust_problem *p, const double *steps, int j) { return steps[j] > 0 && p->v[j] > 0; }

/* The best single step, or the best pair when pairs is set. */
static struct move search(struct adjust_problem *p, const double *steps, double now, bool pairs) {
  struct move best = {.j = -1, .violation = now * (1 - 1e-9), .objective = INFINITY};
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
  for (int turn = 0; turn < 8 * p->n + 8; turn++) {
    const double now = violation(p);
    if (now == 0) return true;
    struct move best = search(p, steps, now, false);
    if (best.j < 0) best = search(p, steps, now, true);
    if (best.j < 0) break;
    p->y[best.j] = round((p->y[best.j] + best.by_j) / steps[best.j]) * steps[best.j];
    if (best.k >= 0) p->y[best.k] = round((p->y[best.k] + best.by_k) / steps[best.k]) * steps[best.k];
  }
  return solve_rest(p, steps);
}

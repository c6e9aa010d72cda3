/* Dual active-set method of Goldfarb and Idnani (1983) for min sum (y - x)^2 / v: starts at x, takes in the worst violated row, lets go of rows whose
 * multiplier would change its sign. Ends with the optimum, or with a row that no step can reach: then the rows contradict one another. */
#include <math.h>
#include <string.h>

#include "processing/correct/adjust_problem.h"

/* The worst violated row outside the active set, equations first; *sign = -1 when an equation lies below. */
static int worst(const struct adjust_problem *p, double *sign) {
  int best = -1;
  double most = 0;
  for (int pass = 0; pass < 2 && best < 0; pass++)
    for (int i = 0; i < p->m; i++) {
      if (p->equation[i] != (pass == 0)) continue;
      bool inside = false;
      for (int k = 0; k < p->n_active; k++) inside |= p->active[k] == i;
      const double r = adjust_residual(p, i), slack = adjust_tolerance(p, i);
      const double by = (p->equation[i] ? fabs(r) : r) / slack;
      if (inside || by <= 1 || by <= most) continue;
      most = by, best = i;
      *sign = r < 0 ? -1 : 1;
    }
  return best;
}
struct direction {
  double slope;  /* a z */
  double limit;  /* largest step before an active multiplier reaches 0 */
  int leaving;
};
/* z = V a - V N' r in p->step, r = M^-1 N V a in p->side. */
static bool direction(struct adjust_problem *p, int row, double sign, struct direction *d) {
  const double *a = adjust_row(p, row);
  *d = (struct direction){.limit = INFINITY, .leaving = -1};
  for (int k = 0; k < p->n_active; k++) {
    const double *c = adjust_row(p, p->active[k]);
    p->right[k] = 0;
    for (int j = 0; j < p->n; j++) p->right[k] += c[j] * p->v[j] * a[j] * sign;
  }
  if (!adjust_cholesky(p, p->v, p->side)) return false;
  double own = 0;
  for (int j = 0; j < p->n; j++) {
    p->step[j] = sign * p->v[j] * a[j];
    own += p->v[j] * a[j] * a[j];
    for (int k = 0; k < p->n_active; k++) p->step[j] -= p->v[j] * adjust_row(p, p->active[k])[j] * p->side[k];
    d->slope += sign * a[j] * p->step[j];
  }
  if (d->slope < 1e-10 * own) d->slope = 0;
  for (int k = 0; k < p->n_active; k++) {
    const int i = p->active[k];
    if (p->equation[i] || !(p->side[k] > 1e-13)) continue;
    const double ratio = p->alpha[i] / p->side[k];
    if (ratio < d->limit) d->limit = ratio, d->leaving = k;
  }
  return true;
}
static void walk(struct adjust_problem *p, int row, double sign, double by, double slope) {
  for (int j = 0; j < p->n && slope > 0; j++) p->y[j] -= by * p->step[j];
  for (int k = 0; k < p->n_active; k++) p->alpha[p->active[k]] -= by * p->side[k];
  p->alpha[row] += sign * by;
}
static void drop(struct adjust_problem *p, int k) {
  p->alpha[p->active[k]] = 0;
  memmove(&p->active[k], &p->active[k + 1], (size_t)(p->n_active - k - 1) * sizeof *p->active);
  p->n_active--;
}
/* An edit among the rows that contradict one another: the row itself, or one of the active rows its direction is made of. */
static int contradicting(const struct adjust_problem *p, int row) {
  for (int k = 0; k < p->n_active && p->edit[row] < 0; k++)
    if (fabs(p->side[k]) > 1e-9) row = p->active[k];
  return row;
}
/* Takes one row in. */
static enum adjust_status take_in(struct adjust_problem *p, int row, double sign) {
  for (int turn = 0; turn < p->m + p->n; turn++) {
    struct direction d;
    if (!direction(p, row, sign, &d)) return ADJUST_UNSETTLED;
    if (d.slope == 0 && d.leaving < 0) {
      p->broken = contradicting(p, row);
      return ADJUST_INFEASIBLE;
    }
    const double full = d.slope > 0 ? sign * adjust_residual(p, row) / d.slope : INFINITY;
    const bool arrives = full <= d.limit;
    walk(p, row, sign, arrives ? full : d.limit, d.slope);
    if (arrives) {
      p->active[p->n_active++] = row;
      return ADJUSTED;
    }
    drop(p, d.leaving);
  }
  return ADJUST_UNSETTLED;
}
enum adjust_status adjust_dual(struct adjust_problem *p) {
  double sign = 1;
  memset(p->alpha, 0, (size_t)p->m * sizeof *p->alpha);
  memcpy(p->y, p->x, (size_t)p->n * sizeof *p->y);
  p->n_active = 0;
  for (int turn = 0; turn < 20 * (p->m + p->n) + 20; turn++) {
    const int row = worst(p, &sign);
    if (row < 0) return ADJUSTED;
    const enum adjust_status s = take_in(p, row, sign);
    if (s != ADJUSTED) return s;
  }
  return ADJUST_UNSETTLED;
}

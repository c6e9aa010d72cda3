/* y_j = x_j exp(-sum alpha_i a_ij sign x_j): cyclic projections on the rows, each a one-dimensional equation with a falling left side; then Newton on
 * the rows that bind. */
#include <math.h>
#include <string.h>

#include "processing/correct/adjust_problem.h"

enum { ROUNDS = 100, SWEEPS = 20, NEWTON = 40 };
static const double MOST = 60; /* exp(60): no change of that size is an adjustment */

static double sign_of(double v) { return v < 0 ? -1 : 1; }
static void set_y(struct adjust_problem *p) {
  for (int j = 0; j < p->n; j++) {
    double power = 0;
    for (int i = 0; i < p->m; i++) power += p->alpha[i] * adjust_row(p, i)[j];
    p->y[j] = p->x[j] * exp(fmin(MOST, fmax(-MOST, -power * sign_of(p->x[j]))));
  }
}
/* t with sum a y exp(-t a s) = b. False: the row cannot reach b. */
static bool project(const struct adjust_problem *p, int i, double *out) {
  const double *a = adjust_row(p, i);
  double low = -MOST, high = MOST, t = 0;
  for (int turn = 0; turn < 200; turn++) {
    double value = -p->b[i], slope = 0;
    for (int j = 0; j < p->n; j++) {
      if (a[j] == 0) continue;
      const double y = p->y[j] * exp(-t * a[j] * sign_of(p->x[j]));
      value += a[j] * y;
      slope += a[j] * a[j] * fabs(y);
    }
    if (fabs(value) <= 1e-13 * fmax(1, fabs(p->b[i])) || high - low < 1e-15) {
      *out = t;
      return true;
    }
    if (value > 0) low = t;
    else high = t;
    double next = slope > 0 ? t + value / slope : low;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (next <= -MOST + 1e-9 || next >= MOST - 1e-9) return false;
    t = next;
  }
  *out = t;
  return true;
}
/* False: some row cannot be reached. */
static bool sweep(struct adjust_problem *p, bool *moved) {
  *moved = false;
  for (int i = 0; i < p->m; i++) {
    const double *a = adjust_row(p, i), r = adjust_residual(p, i), slack = adjust_tolerance(p, i);
    if (fabs(r) <= 0.01 * slack || (!p->equation[i] && r < 0 && p->alpha[i] == 0)) continue;
    double by;
    if (!project(p, i, &by)) {
      p->broken = i;
      if (p->equation[i] || r > 0) return false;
      p->broken = -1;
      by = -p->alpha[i];
    }
    if (!p->equation[i] && p->alpha[i] + by < 0) by = -p->alpha[i];
    if (by == 0) continue;
    *moved = true;
    p->alpha[i] += by;
    for (int j = 0; j < p->n; j++) p->y[j] *= exp(-by * a[j] * sign_of(p->x[j]));
  }
  return true;
}
/* The binding rows, without those that depend on rows before them. */
static void choose_active(struct adjust_problem *p) {
  p->n_active = 0;
  for (int j = 0; j < p->n; j++) p->step[j] = fabs(p->y[j]);
  for (int i = 0; i < p->m; i++) {
    if (!p->equation[i] && !(p->alpha[i] > 0)) continue;
    p->right[p->n_active] = 0;
    p->active[p->n_active++] = i;
    if (!adjust_cholesky(p, p->step, p->side)) p->n_active--;
  }
}
static bool newton(struct adjust_problem *p) {
  choose_active(p);
  for (int turn = 0; turn < NEWTON; turn++) {
    bool small = true;
    set_y(p);
    for (int j = 0; j < p->n; j++) p->step[j] = fabs(p->y[j]);
    for (int k = 0; k < p->n_active; k++) {
      p->right[k] = adjust_residual(p, p->active[k]);
      small &= fabs(p->right[k]) <= 0.01 * adjust_tolerance(p, p->active[k]);
    }
    if (small) return true;
    if (!adjust_cholesky(p, p->step, p->side)) return false;
    for (int k = 0; k < p->n_active; k++) p->alpha[p->active[k]] += p->side[k];
  }
  return false;
}
static bool optimal(const struct adjust_problem *p) {
  for (int i = 0; i < p->m; i++) {
    const double r = adjust_residual(p, i), slack = adjust_tolerance(p, i);
    if (r > slack || (p->equation[i] ? r < -slack : p->alpha[i] < -1e-12)) return false;
  }
  return true;
}
enum adjust_status adjust_leibler(struct adjust_problem *p) {
  p->second = false;
  p->broken = -1;
  memset(p->alpha, 0, (size_t)p->m * sizeof *p->alpha);
  set_y(p);
  for (int round = 0; round < ROUNDS; round++) {
    bool moved = true;
    for (int k = 0; k < SWEEPS && moved; k++)
      if (!sweep(p, &moved)) return ADJUST_INFEASIBLE;
    if (!moved && optimal(p)) return ADJUSTED;
    double *keep = p->step + p->n; /* the multipliers before Newton, when it leads astray */
    memcpy(keep, p->alpha, (size_t)p->m * sizeof *keep);
    if (newton(p) && optimal(p)) return ADJUSTED;
    memcpy(p->alpha, keep, (size_t)p->m * sizeof *keep);
    set_y(p);
  }
  return ADJUST_UNSETTLED;
}

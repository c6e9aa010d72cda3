/* Hildreth's projections and the exact finish; the dual active-set method where they do not agree. */
#include <math.h>
#include <string.h>

#include "processing/correct/adjust_problem.h"

enum { SWEEPS = 60 };

double adjust_residual(const struct adjust_problem *p, int i) {
  const double *a = adjust_row(p, i);
  double sum = 0;
  for (int j = 0; j < p->n; j++) sum += a[j] * p->y[j];
  return sum - p->b[i];
}
double adjust_tolerance(const struct adjust_problem *p, int i) {
  const double *a = adjust_row(p, i);
  double size = fabs(p->b[i]);
  for (int j = 0; j < p->n; j++) size += fabs(a[j] * p->y[j]);
  return 1e-9 * fmax(1, size);
}
static double curvature(const struct adjust_problem *p, const double *v, int i, int k) {
  const double *a = adjust_row(p, i), *c = adjust_row(p, k);
  double sum = 0;
  for (int j = 0; j < p->n; j++) sum += a[j] * v[j] * c[j];
  return sum;
}
bool adjust_cholesky(const struct adjust_problem *p, const double *v, double *z) {
  const int n = p->n_active;
  double *g = p->gram;
  if (n > p->n) return false; /* more rows than variables */
  for (int r = 0; r < n; r++) {
    for (int c = 0; c <= r; c++) {
      double sum = curvature(p, v, p->active[r], p->active[c]);
      const double own = sum;
      for (int k = 0; k < c; k++) sum -= g[r * n + k] * g[c * n + k];
      if (c < r) g[r * n + c] = sum / g[c * n + c];
      else if (!(sum > 1e-11 * own)) return false;
      else g[r * n + r] = sqrt(sum);
    }
  }
  for (int r = 0; r < n; r++) {
    double sum = p->right[r];
    for (int k = 0; k < r; k++) sum -= g[r * n + k] * z[k];
    z[r] = sum / g[r * n + r];
  }
  for (int r = n - 1; r >= 0; r--) {
    double sum = z[r];
    for (int k = r + 1; k < n; k++) sum -= g[k * n + r] * z[k];
    z[r] = sum / g[r * n + r];
  }
  return true;
}
static void set_y(struct adjust_problem *p) {
  memcpy(p->y, p->x, (size_t)p->n * sizeof *p->y);
  for (int i = 0; i < p->m; i++) {
    if (p->alpha[i] == 0) continue;
    const double *a = adjust_row(p, i);
    for (int j = 0; j < p->n; j++) p->y[j] -= p->alpha[i] * p->v[j] * a[j];
  }
}
/* Cyclic projections; returns when a sweep moves nothing any more, or after SWEEPS. */
static void hildreth(struct adjust_problem *p) {
  memset(p->alpha, 0, (size_t)p->m * sizeof *p->alpha);
  set_y(p);
  for (int sweep = 0; sweep < SWEEPS; sweep++) {
    bool moved = false;
    for (int i = 0; i < p->m; i++) {
      const double *a = adjust_row(p, i), g = curvature(p, p->v, i, i);
      if (g == 0) continue;
      const double r = adjust_residual(p, i);
      double next = p->alpha[i] + r / g;
      if (!p->equation[i] && next < 0) next = 0;
      const double by = next - p->alpha[i];
      if (by == 0) continue;
      moved |= fabs(by) * g > 0.1 * adjust_tolerance(p, i);
      p->alpha[i] = next;
      for (int j = 0; j < p->n; j++) p->y[j] -= by * p->v[j] * a[j];
    }
    if (!moved) return;
  }
}
/* The rows of the active list solved exactly: multipliers and y. */
static bool solve_active(struct adjust_problem *p) {
  memcpy(p->y, p->x, (size_t)p->n * sizeof *p->y);
  for (int k = 0; k < p->n_active; k++) p->right[k] = adjust_residual(p, p->active[k]);
  if (!adjust_cholesky(p, p->v, p->side)) return false;
  memset(p->alpha, 0, (size_t)p->m * sizeof *p->alpha);
  for (int k = 0; k < p->n_active; k++) p->alpha[p->active[k]] = p->side[k];
  set_y(p);
  return true;
}
/* Multipliers of inequalities are not negative and every row holds: then y is the optimum. */
static bool optimal(const struct adjust_problem *p) {
  for (int i = 0; i < p->m; i++) {
    const double r = adjust_residual(p, i), slack = adjust_tolerance(p, i);
    if (r > slack || (p->equation[i] ? r < -slack : p->alpha[i] < 0)) return false;
  }
  return true;
}
static bool finish(struct adjust_problem *p) {
  p->n_active = 0;
  for (int i = 0; i < p->m; i++)
    if (curvature(p, p->v, i, i) > 0 && (p->equation[i] || p->alpha[i] > 0)) p->active[p->n_active++] = i;
  return solve_active(p) && optimal(p);
}
enum adjust_status adjust_quadratic(struct adjust_problem *p) {
  p->second = false;
  p->broken = -1;
  for (int i = 0; i < p->m; i++) { /* a row nothing of which can move must hold as it is */
    memcpy(p->y, p->x, (size_t)p->n * sizeof *p->y);
    if (curvature(p, p->v, i, i) > 0) continue;
    const double r = adjust_residual(p, i), slack = adjust_tolerance(p, i);
    if (r <= slack && (!p->equation[i] || r >= -slack)) continue;
    p->broken = i;
    return ADJUST_INFEASIBLE;
  }
  hildreth(p);
  if (finish(p)) return ADJUSTED;
  p->second = true;
  const enum adjust_status s = adjust_dual(p);
  return s != ADJUSTED || solve_active(p) ? s : ADJUST_UNSETTLED;
}

#include "base/lp_feasible.h"

#include <math.h>
#include <stddef.h>

static const double PIVOT_MIN = 1e-9;

/* Variables 0 .. n-1 are the programme's, n .. n+m-1 the values of its rows. Row i of the tableau writes basic[i] as a sum over nonbasic[]. */
struct simplex {
  int m, n;
  struct lp_room *r;
  bool bland;
};
static double *line(const struct simplex *s, int i) { return s->r->tableau + (size_t)i * (size_t)s->n; }

bool lp_room_init(struct lp_room *room, struct arena *a, int max_m, int max_n) {
  const size_t m = (size_t)max_m, n = (size_t)max_n, all = m + n + 1;
  *room = (struct lp_room){.max_m = max_m, .max_n = max_n, .tableau = ARENA_ARRAY(a, double, m *n + 1), .value = ARENA_ARRAY(a, double, all)};
  room->lower = ARENA_ARRAY(a, double, all);
  room->upper = ARENA_ARRAY(a, double, all);
  room->tolerance = ARENA_ARRAY(a, double, all);
  room->basic = ARENA_ARRAY(a, int, m + 1);
  room->nonbasic = ARENA_ARRAY(a, int, n + 1);
  return room->tableau && room->value && room->lower && room->upper && room->tolerance && room->basic && room->nonbasic;
}
static double clamp(double v, double lower, double upper) { return v < lower ? lower : v > upper ? upper : v; }

static void load(const struct simplex *s, const struct lp *lp, const double *start, const double *row_tolerance) {
  struct lp_room *r = s->r;
  for (int j = 0; j < s->n; j++) {
    r->lower[j] = lp->lower[j];
    r->upper[j] = lp->upper[j];
    r->tolerance[j] = 1e-9 * (1 + fmax(isfinite(lp->lower[j]) ? fabs(lp->lower[j]) : 0, isfinite(lp->upper[j]) ? fabs(lp->upper[j]) : 0));
    r->value[j] = clamp(start ? start[j] : 0, lp->lower[j], lp->upper[j]);
    r->nonbasic[j] = j;
  }
  for (int i = 0; i < s->m; i++) {
    double sum = 0, *to = line(s, i);
    const double *from = lp->a + (size_t)i * (size_t)s->n;
    for (int j = 0; j < s->n; j++) {
      to[j] = from[j];
      sum += from[j] * r->value[j];
    }
    r->value[s->n + i] = sum;
    r->lower[s->n + i] = lp->row_lower[i];
    r->upper[s->n + i] = lp->row_upper[i];
    r->tolerance[s->n + i] = row_tolerance[i];
    r->basic[i] = s->n + i;
  }
}
/* The basic variable to repair, -1 when none: the one farthest out, or with Bland's rule the first by number. */
static int leaving(const struct simplex *s) {
  const struct lp_room *r = s->r;
  int at = -1;
  double worst = 0;
  for (int i = 0; i < s->m; i++) {
    const int v = r->basic[i];
    const double out = fmax(r->lower[v] - r->value[v], r->value[v] - r->upper[v]);
    if (!(out > r->tolerance[v])) continue;
    if (at < 0 || (s->bland ? v < r->basic[at] : out > worst)) {
      at = i;
      worst = out;
    }
  }
  return at;
}
/* The nonbasic variable that can move row i in direction sign, -1 when every one is held by its bound: that is the proof. */
static int entering(const struct simplex *s, int i, double sign) {
  const struct lp_room *r = s->r;
  const double *t = line(s, i);
  int at = -1;
  for (int j = 0; j < s->n; j++) {
    const int v = r->nonbasic[j];
    const double pull = t[j] * sign;
    if (fabs(pull) <= PIVOT_MIN || (pull > 0 ? r->value[v] >= r->upper[v] : r->value[v] <= r->lower[v])) continue;
    if (at < 0 || (s->bland ? v < r->nonbasic[at] : fabs(pull) > fabs(t[at]))) at = j;
  }
  return at;
}
static void pivot(const struct simplex *s, int row, int column, double target) {
  struct lp_room *r = s->r;
  double *t = line(s, row);
  const int out = r->basic[row], in = r->nonbasic[column];
  const double p = 1 / t[column], theta = (target - r->value[out]) * p;
  for (int i = 0; i < s->m; i++) r->value[r->basic[i]] += line(s, i)[column] * theta;
  r->value[in] += theta;
  r->value[out] = target;
  for (int j = 0; j < s->n; j++) t[j] *= -p;
  t[column] = p;
  for (int i = 0; i < s->m; i++) {
    double *u = line(s, i);
    const double f = u[column];
    if (i == row || f == 0) continue;
    u[column] = 0;
    for (int j = 0; j < s->n; j++) u[j] += f * t[j];
  }
  r->basic[row] = in;
  r->nonbasic[column] = out;
}
static void proof(const struct simplex *s, int row, double sign, double *y) {
  const struct lp_room *r = s->r;
  const double *t = line(s, row);
  for (int i = 0; i < s->m; i++) y[i] = 0;
  if (r->basic[row] >= s->n) y[r->basic[row] - s->n] = -sign;
  for (int j = 0; j < s->n; j++)
    if (r->nonbasic[j] >= s->n && fabs(t[j]) > PIVOT_MIN) y[r->nonbasic[j] - s->n] = sign * t[j];
}
void lp_feasible(const struct lp *lp, const double *start, const double *row_tolerance, struct lp_room *room, struct lp_result *out) {
  struct simplex s = {.m = lp->m, .n = lp->n, .r = room};
  const int steps = 200 + 50 * (lp->m + lp->n), greedy = 20 + 3 * (lp->m + lp->n);
  out->objective = 0;
  load(&s, lp, start, row_tolerance);
  for (int step = 0; step < steps; step++) {
    s.bland = step >= greedy;
    const int i = leaving(&s);
    if (i < 0) {
      out->status = LP_OPTIMAL;
      for (int j = 0; out->x && j < lp->n; j++) out->x[j] = room->value[j];
      return;
    }
    const int v = room->basic[i];
    const double sign = room->value[v] < room->lower[v] ? 1 : -1;
    const int j = entering(&s, i, sign);
    if (j < 0) {
      out->status = LP_INFEASIBLE;
      if (out->y) proof(&s, i, sign, out->y);
      return;
    }
    pivot(&s, i, j, sign > 0 ? room->lower[v] : room->upper[v]);
  }
  out->status = LP_FAILED;
}

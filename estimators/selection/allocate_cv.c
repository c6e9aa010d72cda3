/* allocate_cv.c -- least cost for given precision (allocate.h): the dual of the convex programme, then whole numbers. */
#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/selection/allocate.h"

enum { STEPS = 20000, EXCHANGES = 64 };
static const double GAP = 1e-10, SLACK = 1e-12;

struct programme {
  const struct allocate_problem *p;
  double *lambda, *n, *v, *best; /* [J], [H], [J] variances, [H] */
};

/* n_h that costs least for the multipliers, within its bounds. */
static void respond(struct programme *g) {
  const struct allocate_problem *p = g->p;
  for (int64_t h = 0; h < p->n_strata; h++) {
    struct sum s = {0, 0};
    for (int j = 0; j < p->n_targets; j++) sum_add(&s, g->lambda[j] * p->a[j * p->n_strata + h]);
    const double n = sqrt(sum_result(&s) / p->cost[h]), low = (double)p->least[h], high = (double)p->most[h];
    g->n[h] = n < low ? low : n > high ? high : n;
  }
}

static void variances(const struct allocate_problem *p, const double *n, double *v) {
  for (int j = 0; j < p->n_targets; j++) {
    struct sum s = {0, 0};
    for (int64_t h = 0; h < p->n_strata; h++)
      if (p->a[j * p->n_strata + h] > 0) sum_add(&s, p->a[j * p->n_strata + h] / n[h]);
    v[j] = sum_result(&s);
  }
}

static double cost_of(const struct allocate_problem *p, const double *n) {
  struct sum s = {0, 0};
  for (int64_t h = 0; h < p->n_strata; h++) sum_add(&s, p->cost[h] * n[h]);
  return sum_result(&s);
}

/* The dual's value at the multipliers: a bound from below for every allocation. */
static double dual(const struct programme *g) {
  double value = cost_of(g->p, g->n);
  for (int j = 0; j < g->p->n_targets; j++) value += g->lambda[j] * (g->v[j] - g->p->b[j]);
  return value;
}

/* The present allocation stretched until every target holds: what it costs then. */
static double feasible_cost(const struct programme *g, double *stretched) {
  const struct allocate_problem *p = g->p;
  double low = 1, high = 1;
  for (int t = 0; t < 200; t++) {
    const double by = t == 0 ? 1 : high;
    bool holds = true;
    for (int64_t h = 0; h < p->n_strata; h++) stretched[h] = fmin(g->n[h] * by, (double)p->most[h]);
    double worst = 0;
    for (int j = 0; j < p->n_targets; j++) {
      struct sum s = {0, 0};
      for (int64_t h = 0; h < p->n_strata; h++)
        if (p->a[j * p->n_strata + h] > 0) sum_add(&s, p->a[j * p->n_strata + h] / stretched[h]);
      worst = fmax(worst, sum_result(&s) / p->b[j]);
      holds = worst <= 1 + SLACK;
    }
    if (holds) return cost_of(p, stretched);
    low = by, high = by * fmax(worst, 1 + 1e-12);
  }
  (void)low;
  return INFINITY;
}

/* Chromy's step: a multiplier grows where its target is missed and shrinks where it is more than met. */
static double solve(struct programme *g, double *room, struct allocate_result *out) {
  const struct allocate_problem *p = g->p;
  double bound = 0, best = INFINITY;
  for (int j = 0; j < p->n_targets; j++) {
    struct sum s = {0, 0};
    for (int64_t h = 0; h < p->n_strata; h++) sum_add(&s, sqrt(p->a[j * p->n_strata + h] * p->cost[h]));
    g->lambda[j] = pow(sum_result(&s) / p->b[j], 2) / p->n_targets;
  }
  for (out->steps = 0; out->steps < STEPS; out->steps++) {
    respond(g);
    variances(p, g->n, g->v);
    bound = fmax(bound, dual(g));
    const double cost = feasible_cost(g, room);
    if (cost < best) best = cost, memcpy(out->continuous, room, (size_t)p->n_strata * sizeof *room);
    if (best - bound <= GAP * best) break;
    for (int j = 0; j < p->n_targets; j++) g->lambda[j] *= pow(g->v[j] / p->b[j], 2);
  }
  return bound;
}

struct whole {
  const struct allocate_problem *p;
  int64_t *n;
  double *v;
};
static double change(const struct whole *w, int j, int64_t h, int64_t by) {
  const double a = w->p->a[j * w->p->n_strata + h];
  return a > 0 ? a / (double)(w->n[h] + by) - a / (double)w->n[h] : 0;
}
static void apply(struct whole *w, int64_t h, int64_t by) {
  for (int j = 0; j < w->p->n_targets; j++) w->v[j] += change(w, j, h, by);
  w->n[h] += by;
}
static bool holds(const struct whole *w, int64_t h, int64_t by_h, int64_t g, int64_t by_g) {
  for (int j = 0; j < w->p->n_targets; j++)
    if (w->v[j] + (h >= 0 ? change(w, j, h, by_h) : 0) + (g >= 0 ? change(w, j, g, by_g) : 0) > w->p->b[j] * (1 + SLACK)) return false;
  return true;
}

/* Takes away the dearest unit that no target needs, until there is none. How much of the slack it uses decides between equal costs. */
static void take_away(struct whole *w) {
  for (;;) {
    int64_t found = -1;
    double least_use = 0;
    for (int64_t h = 0; h < w->p->n_strata; h++) {
      if (w->n[h] <= w->p->least[h] || !holds(w, h, -1, -1, 0)) continue;
      double use = 0;
      for (int j = 0; j < w->p->n_targets; j++) use = fmax(use, change(w, j, h, -1) / fmax(w->p->b[j] - w->v[j], w->p->b[j] * 1e-15));
      use /= w->p->cost[h];
      if (found < 0 || use < least_use) found = h, least_use = use;
    }
    if (found < 0) return;
    apply(w, found, -1);
  }
}

/* One unit more here, two less elsewhere (or one dearer less): tried until nothing gains. */
static bool exchange(struct whole *w) {
  const struct allocate_problem *p = w->p;
  for (int64_t g = 0; g < p->n_strata; g++) {
    if (w->n[g] >= p->most[g]) continue;
    apply(w, g, 1);
    for (int64_t h = 0; h < p->n_strata; h++) {
      if (h == g || w->n[h] <= p->least[h] || !holds(w, h, -1, -1, 0)) continue;
      if (p->cost[h] > p->cost[g] * (1 + 1e-12)) return apply(w, h, -1), true;
      for (int64_t k = h; k < p->n_strata; k++) {
        if (k == g || (k == h && w->n[h] - 1 <= p->least[h]) || w->n[k] <= p->least[k]) continue;
        if (p->cost[h] + p->cost[k] <= p->cost[g] * (1 + 1e-12)) continue;
        if (k == h ? holds(w, h, -2, -1, 0) : holds(w, h, -1, k, -1)) {
          apply(w, h, -1), apply(w, k, -1);
          return true;
        }
      }
    }
    apply(w, g, -1);
  }
  return false;
}

static enum err_code check(const struct allocate_problem *p, double *n, double *v, struct err *e) {
  for (int64_t h = 0; h < p->n_strata; h++) n[h] = (double)p->most[h];
  variances(p, n, v);
  for (int j = 0; j < p->n_targets; j++)
    if (v[j] > p->b[j] * (1 + SLACK) || !(p->b[j] > 0)) return ERR(e, E_ALLOCATION,
        .subject = "a target is missed even with all units that may be taken");
  return E_OK;
}

enum err_code allocate_cv(struct arena *a, const struct allocate_problem *p, struct allocate_result *out, struct err *e) {
  struct programme g = {.p = p, .lambda = ARENA_ARRAY(a, double, p->n_targets), .n = ARENA_ARRAY(a, double, p->n_strata), .v = ARENA_ARRAY(a,
      double, p->n_targets)};
  double *room = ARENA_ARRAY(a, double, p->n_strata);
  *out = (struct allocate_result){.n = ARENA_ARRAY(a, int64_t, p->n_strata), .continuous = ARENA_ARRAY(a, double, p->n_strata)};
  if (!g.lambda || !g.n || !g.v || !room || !out->n || !out->continuous) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  TRY(check(p, g.n, g.v, e));
  out->bound = solve(&g, room, out);
  struct whole w = {.p = p, .n = out->n, .v = g.v};
  for (int64_t h = 0; h < p->n_strata; h++) {
    const double up = ceil(out->continuous[h] * (1 - 1e-9));
    w.n[h] = up > (double)p->most[h] ? p->most[h] : up < (double)p->least[h] ? p->least[h] : (int64_t)up;
    g.n[h] = (double)w.n[h];
  }
  variances(p, g.n, g.v);
  for (int64_t h = 0; h < p->n_strata && !holds(&w, -1, 0, -1, 0); h++)
    if (w.n[h] < p->most[h]) apply(&w, h, 1); /* what rounding at the ninth digit took */
  take_away(&w);
  for (int t = 0; t < EXCHANGES && p->n_strata <= 200 && exchange(&w); t++) take_away(&w);
  for (int64_t h = 0; h < p->n_strata; h++) g.n[h] = (double)w.n[h];
  out->cost = cost_of(p, g.n);
  return E_OK;
}

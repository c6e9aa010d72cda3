/* regression_fit.c -- the coefficients: iteratively reweighted least squares on standardised columns. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/estimate/regression_impl.h"

enum { MOST_ROUNDS = 60, MOST_HALVINGS = 30, LAST_ROUNDS = 3 };
static const double CLOSE = 1e-10, FAR = 30;

double glm_mean(enum regression_family f, double eta) { return f == FAMILY_LINEAR ? eta : f == FAMILY_POISSON ? exp(eta) : 1 / (1 + exp(-eta)); }
double glm_variance(enum regression_family f, double mu) { return f == FAMILY_LINEAR ? 1 : f == FAMILY_POISSON ? mu : mu * (1 - mu); }
static double times_log(double y, double ratio) { return y > 0 ? y * log(ratio) : 0; }
double glm_deviance(enum regression_family f, double y, double mu) {
  if (f == FAMILY_LINEAR) return (y - mu) * (y - mu);
  if (f == FAMILY_POISSON) return 2 * (times_log(y, y / mu) - (y - mu));
  return 2 * (times_log(y, y / mu) + times_log(1 - y, (1 - y) / (1 - mu)));
}
static inline bool inside(const struct glm *g, int64_t i) { return g->m->of_row[i] >= 0; }

/* mu at b + step; gives the deviance. */
static double means_at(struct glm *g, const double *b) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < g->x.n; i++) {
    if (!inside(g, i)) continue;
    g->mu[i] = glm_mean(g->family, auxiliary_dot(&g->x, i, b));
    sum_add(&s, g->w[i] * glm_deviance(g->family, g->m->y[i], g->mu[i]));
  }
  return sum_result(&s);
}
/* Where the means start: near the responses, so that every logarithm exists. */
static double start_mean(enum regression_family f, double y) { return f == FAMILY_LINEAR ? y : f == FAMILY_POISSON ? y + 0.1 : (y + 0.5) / 2; }
static double link_of(enum regression_family f, double mu) { return f == FAMILY_LINEAR ? mu : f == FAMILY_POISSON ? log(mu) : log(mu / (1 - mu)); }

struct bench {
  double *q, *score, *step, *m, *trial;
};
/* Solves sum q x x' step = sum score x. */
static enum err_code solve(struct glm *g, struct bench *t, struct err *e) {
  auxiliary_normal(&g->x, t->q, t->m);
  TRY(auxiliary_totals(g->a, &g->x, t->score, t->step, e));
  TRY(auxiliary_factorise(g->a, g->columns, t->m, &g->normal, e));
  auxiliary_solve(&g->normal, t->step, t->step);
  return E_OK;
}
static enum err_code first_round(struct glm *g, struct bench *t, struct err *e) {
  for (int64_t i = 0; i < g->x.n; i++) {
    t->q[i] = t->score[i] = 0;
    if (!inside(g, i)) continue;
    const double mu = start_mean(g->family, g->m->y[i]), v = glm_variance(g->family, mu);
    t->q[i] = g->w[i] * v;
    t->score[i] = g->w[i] * (v * link_of(g->family, mu) + g->m->y[i] - mu);
  }
  TRY(solve(g, t, e));
  memcpy(g->b, t->step, sizeof *g->b * (size_t)g->columns);
  return E_OK;
}
static enum err_code step_of(struct glm *g, struct bench *t, struct err *e) {
  for (int64_t i = 0; i < g->x.n; i++) {
    const bool in = inside(g, i);
    t->q[i] = in ? g->w[i] * glm_variance(g->family, g->mu[i]) : 0;
    t->score[i] = in ? g->w[i] * (g->m->y[i] - g->mu[i]) : 0;
  }
  return solve(g, t, e);
}
/* Takes the step, halved until the deviance does not rise; returns the largest relative move. */
static double take_step(struct glm *g, struct bench *t, double *deviance) {
  double part = 1, largest = 0, now = *deviance;
  for (int k = 0; k < MOST_HALVINGS; k++, part /= 2) {
    for (int j = 0; j < g->columns; j++) t->trial[j] = g->b[j] + part * t->step[j];
    now = means_at(g, t->trial);
    if (isfinite(now) && now <= *deviance + 1e-9 * (fabs(*deviance) + 1e-9)) break;
  }
  for (int j = 0; j < g->columns; j++) largest = fmax(largest, fabs(part * t->step[j]) / (0.1 + fabs(t->trial[j])));
  memcpy(g->b, t->trial, sizeof *g->b * (size_t)g->columns);
  *deviance = now;
  return largest;
}

/* A mean that runs to its limit while the response stands there: the likelihood has no highest point. */
static bool runs_away(const struct glm *g) {
  if (g->family == FAMILY_LINEAR) return false;
  for (int64_t i = 0; i < g->x.n; i++) {
    if (!inside(g, i)) continue;
    const double eta = auxiliary_dot(&g->x, i, g->b);
    if ((eta < -FAR && g->m->y[i] == 0) || (g->family == FAMILY_LOGISTIC && eta > FAR && g->m->y[i] == 1)) return true;
  }
  return false;
}
static enum err_code separated(const struct glm *g, struct err *e) {
  const char *name = "(Intercept)";
  double most = -1;
  for (int j = 0; j < g->m->p; j++)
    if (!(g->m->intercept && j == 0) && fabs(g->b[g->m->column[j]]) > most) most = fabs(g->b[g->m->column[j]]), name = g->m->label[j];
  return ERR(e, E_SEPARATED, .subject = name);
}

enum err_code glm_fit(struct glm *g, struct err *e) {
  const int64_t n = g->x.n, p = g->columns;
  struct bench t = {ARENA_ARRAY(g->a, double, n + 1), ARENA_ARRAY(g->a, double, n + 1), ARENA_ARRAY(g->a, double, p + 1),
      ARENA_ARRAY(g->a, double, p *p + 1), ARENA_ARRAY(g->a, double, p + 1)};
  double move = INFINITY;
  int last = 0;
  if (!t.q || !t.score || !t.step || !t.m || !t.trial) return ERR(e, E_NO_MEMORY, .subject = "regression");
  TRY(first_round(g, &t, e));
  double deviance = means_at(g, g->b);
  for (g->rounds = 1; g->rounds < MOST_ROUNDS && last < LAST_ROUNDS; g->rounds++) {
    TRY(step_of(g, &t, e));
    move = take_step(g, &t, &deviance);
    if (runs_away(g)) return separated(g, e);
    if (move <= CLOSE) last++;
  }
  if (last == 0) return ERR(e, E_REGRESSION, .subject = "the iterations do not settle");
  return step_of(g, &t, e); /* the normal equations at the solution */
}

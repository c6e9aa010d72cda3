/* mixed_programme.h -- mixed error localisation as one mixed integer programme per record, for GLPK: the usual way, and slow. Columns: the numbers,
 * one change flag each, one flag per code, per soft rule and per rule atom; |x - x0| <= M d, at least one atom per rule (or its soft flag), a linear
 * atom in force by big M: 4 times the record's largest value, times the row's coefficients. */
#ifndef SHIRABE_TESTS_BENCH_MIXED_PROGRAMME_H
#define SHIRABE_TESTS_BENCH_MIXED_PROGRAMME_H
#include <math.h>
#include <string.h>

#include "base/ext_glpk.h"
#include "processing/edit/rule_set.h"

enum { PROGRAMME_COLUMNS = 160, PROGRAMME_ROWS = 200 };
struct programme {
  double a[PROGRAMME_ROWS * PROGRAMME_COLUMNS], low[PROGRAMME_ROWS], high[PROGRAMME_ROWS], l[PROGRAMME_COLUMNS], u[PROGRAMME_COLUMNS];
  double c[PROGRAMME_COLUMNS];
  bool whole[PROGRAMME_COLUMNS];
  int n, m;
};
static inline int programme_flag(struct programme *p, double cost) {
  p->l[p->n] = 0;
  p->u[p->n] = 1;
  p->c[p->n] = cost;
  p->whole[p->n] = true;
  return p->n++;
}
static inline double *programme_row(struct programme *p, double low, double high) {
  p->low[p->m] = low;
  p->high[p->m] = high;
  return p->a + (size_t)p->m++ * PROGRAMME_COLUMNS; /* packed to n columns at the end */
}
static inline void programme_atom(struct programme *p, const struct linear_edit *e, int flag, double big) {
  double sum = fabs(e->rhs);
  for (int k = 0; k < e->n; k++) sum += fabs(e->coef[k]) * big;
  for (int side = 0; side < (e->op == LINEAR_EQ ? 2 : 1); side++) {
    const double sign = side ? -1 : 1;
    double *to = programme_row(p, -INFINITY, sign * e->rhs + sum + 1e-6);
    for (int k = 0; k < e->n; k++) to[e->var[k]] = sign * e->coef[k];
    to[flag] = sum;
  }
}
/* Least cost; INFINITY = none, -1 = GLPK gave up. */
static inline double programme_least(const struct rule_set *s, const double *weight, const double *x, const bool *missing, const int *code) {
  static struct programme p;
  const int items = s->numeric.p;
  double base = 0, big = 1000;
  int first_code[64];
  memset(&p, 0, sizeof p);
  for (int j = 0; j < items; j++) big = fmax(big, 4 * fabs(x[j]));
  for (int j = 0; j < items; j++) {
    p.l[p.n] = s->numeric.lower[j];
    p.u[p.n++] = fmin(s->numeric.upper[j], big);
  }
  for (int j = 0; j < items; j++) {
    if (missing[j]) {
      base += weight[j];
      continue;
    }
    const int d = programme_flag(&p, weight[j]);
    for (int side = 0; side < 2; side++) {
      double *to = programme_row(&p, -INFINITY, side ? -x[j] : x[j]);
      to[j] = side ? -1 : 1;
      to[d] = -big;
    }
  }
  for (int k = 0; k < s->n_categories; k++) {
    double *to = programme_row(&p, 1, 1);
    first_code[k] = p.n;
    base += weight[items + k];
    for (int c = 0; c < s->categories[k].n_codes; c++) to[programme_flag(&p, c == code[k] ? -weight[items + k] : 0)] = 1;
  }
  for (int i = 0; i < s->n_rules; i++) {
    double *some = programme_row(&p, 1, INFINITY);
    if (s->rules[i].soft) some[programme_flag(&p, s->rules[i].weight)] = 1;
    for (int t = 0; t < s->rules[i].n_atoms; t++) {
      const struct rule_atom *atom = &s->rules[i].atoms[t];
      if (atom->category) {
        for (int c = 0; c < s->categories[atom->k].n_codes; c++)
          if (atom->set[0] >> c & 1) some[first_code[atom->k] + c] = 1;
        continue;
      }
      const int flag = programme_flag(&p, 0);
      some[flag] = 1;
      programme_atom(&p, &atom->linear, flag, big);
    }
  }
  for (int i = 0; i < p.m; i++) memmove(p.a + i * p.n, p.a + (size_t)i * PROGRAMME_COLUMNS, (size_t)p.n * sizeof *p.a);
  const struct lp lp = {.m = p.m, .n = p.n, .a = p.a, .row_lower = p.low, .row_upper = p.high, .lower = p.l, .upper = p.u, .c = p.c};
  struct lp_result r = {0};
  lp_glpk_whole(&lp, p.whole, &r);
  return r.status == LP_OPTIMAL ? base + r.objective : r.status == LP_INFEASIBLE ? INFINITY : -1;
}
#endif

/* mixed_oracle.h -- mixed error localisation by trying all sets of items and soft rules, cheapest first, all choices of one atom per open rule
 * and all codes of free categories, with GLPK for the numbers (continuous). Slow on purpose; shares nothing with the program but the tolerance:
 * rows are widened by 1e-6 + 1e-9 * the sum over the fixed values. Up to 24 items. */
#ifndef SHIRABE_TESTS_PROPERTY_MIXED_ORACLE_H
#define SHIRABE_TESTS_PROPERTY_MIXED_ORACLE_H
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/ext_glpk.h"
#include "processing/edit/rule_set.h"

enum { MIXED_ORACLE_P = 16, MIXED_ORACLE_ROWS = 64 };
struct mixed_oracle {
  const struct rule_set *s;
  const double *x;
  const int *code;
  int now[16]; /* codes on this branch */
  uint32_t set;
  int n, row_of[MIXED_ORACLE_ROWS];
  const struct linear_edit *row[MIXED_ORACLE_ROWS];
  int64_t programmes;
};
static inline bool oracle_fixed(const struct mixed_oracle *o, const struct linear_edit *e) {
  for (int k = 0; k < e->n; k++)
    if (o->set >> e->var[k] & 1) return false;
  return true;
}
static inline bool oracle_holds(const struct mixed_oracle *o, const struct linear_edit *e) {
  double sum = -e->rhs, size = 0;
  for (int k = 0; k < e->n; k++) {
    sum += e->coef[k] * o->x[e->var[k]];
    size += fabs(e->coef[k] * o->x[e->var[k]]);
  }
  const double slack = 1e-6 + 1e-9 * size;
  return sum <= slack && (e->op == LINEAR_LE || sum >= -slack);
}
static inline bool oracle_programme(struct mixed_oracle *o) {
  static double a[MIXED_ORACLE_ROWS * MIXED_ORACLE_P];
  double low[MIXED_ORACLE_ROWS], high[MIXED_ORACLE_ROWS], l[MIXED_ORACLE_P], u[MIXED_ORACLE_P];
  int column[MIXED_ORACLE_P], n = 0;
  if (o->n == 0) return true;
  for (int j = 0; j < o->s->numeric.p; j++) {
    column[j] = -1;
    if (!(o->set >> j & 1)) continue;
    l[n] = o->s->numeric.lower[j];
    u[n] = o->s->numeric.upper[j];
    column[j] = n++;
  }
  for (int i = 0; i < o->n; i++) {
    const struct linear_edit *e = o->row[i];
    double fixed = 0, size = 0;
    for (int c = 0; c < n; c++) a[i * n + c] = 0;
    for (int k = 0; k < e->n; k++) {
      const double term = e->coef[k] * o->x[e->var[k]];
      if (column[e->var[k]] >= 0)
        a[i * n + column[e->var[k]]] = e->coef[k];
      else {
        fixed += term;
        size += fabs(term);
      }
    }
    const double slack = 1e-6 + 1e-9 * size;
    low[i] = e->op == LINEAR_EQ ? e->rhs - fixed - slack : -INFINITY;
    high[i] = e->rhs - fixed + slack;
  }
  const struct lp lp = {.m = o->n, .n = n, .a = a, .row_lower = low, .row_upper = high, .lower = l, .upper = u};
  struct lp_result r = {0};
  o->programmes++;
  lp_glpk(&lp, &r);
  if (r.status == LP_FAILED) lp_glpk_exact(&lp, &r);
  return r.status == LP_OPTIMAL;
}
static inline bool oracle_choose(struct mixed_oracle *o, int rule, uint32_t paid) {
  if (rule == o->s->n_rules) return oracle_programme(o);
  const struct rule *r = &o->s->rules[rule];
  if (r->soft && paid >> rule & 1) return oracle_choose(o, rule + 1, paid);
  for (int t = 0; t < r->n_atoms; t++) {
    const struct rule_atom *atom = &r->atoms[t];
    const bool fixed = atom->category || oracle_fixed(o, &atom->linear);
    if (!fixed) continue;
    if (atom->category ? atom->set[0] >> o->now[atom->k] & 1 : oracle_holds(o, &atom->linear)) return oracle_choose(o, rule + 1, paid);
  }
  for (int t = 0; t < r->n_atoms; t++) {
    if (r->atoms[t].category || oracle_fixed(o, &r->atoms[t].linear)) continue;
    o->row[o->n++] = &r->atoms[t].linear;
    const bool found = oracle_choose(o, rule + 1, paid);
    o->n--;
    if (found) return true;
  }
  return false;
}
static inline bool oracle_codes(struct mixed_oracle *o, int k, uint32_t paid) {
  if (k == o->s->n_categories) return oracle_choose(o, 0, paid);
  if (!(o->set >> (o->s->numeric.p + k) & 1)) {
    o->now[k] = o->code[k];
    return oracle_codes(o, k + 1, paid);
  }
  for (o->now[k] = 0; o->now[k] < o->s->categories[k].n_codes; o->now[k]++)
    if (oracle_codes(o, k + 1, paid)) return true;
  return false;
}
/* Least cost; INFINITY = none. weight [p + q]. */
static inline double mixed_oracle_least(const struct rule_set *s, const double *weight, const double *x, const bool *missing, const int *code) {
  const int p = s->numeric.p, items = p + s->n_categories;
  int soft[24], n = 0;
  for (int i = 0; i < s->n_rules; i++)
    if (s->rules[i].soft) soft[n++] = i;
  const uint32_t all = (uint32_t)1 << (items + n);
  double best = INFINITY;
  double cheapest = INFINITY;
  for (int j = 0; j < items + n; j++) cheapest = fmin(cheapest, j < items ? weight[j] : s->rules[soft[j - items]].weight);
  for (int size = 0; size <= items + n && size * cheapest < best; size++) /* by number, so that cheap ones come early and bound the rest */
    for (uint32_t set = size ? ((uint32_t)1 << size) - 1 : 0; set < all;) {
      double cost = 0;
      bool usable = true;
      uint32_t paid = 0;
      for (int j = 0; j < items + n; j++) cost += set >> j & 1 ? (j < items ? weight[j] : s->rules[soft[j - items]].weight) : 0;
      for (int j = 0; usable && j < items; j++) {
        const double slack = j < p ? 1e-6 + 1e-9 * fabs(x[j]) : 0;
        if (set >> j & 1) continue;
        usable = j < p ? !missing[j] && x[j] >= s->numeric.lower[j] - slack && x[j] <= s->numeric.upper[j] + slack : code[j - p] >= 0;
      }
      for (int k = 0; k < n; k++) paid |= (set >> (items + k) & 1) << soft[k];
      struct mixed_oracle o = {.s = s, .x = x, .code = code, .set = set & (((uint32_t)1 << items) - 1)};
      if (usable && cost < best - 1e-9 && oracle_codes(&o, 0, paid)) best = cost;
      if (set == 0) break;
      const uint32_t low = set & -set, ripple = set + low;
      set = ripple | ((set ^ ripple) / low >> 2);
    }
  return best;
}
#endif

/* localise_oracle.h -- error localisation by trying all sets, smallest cost first, with GLPK for feasibility. Slow on purpose, and shares
 * nothing with the program but linear_edit.h's tolerance: rows are widened by 1e-6 + 1e-9 * the sum over the fixed values. */
#ifndef SHIRABE_TESTS_PROPERTY_LOCALISE_ORACLE_H
#define SHIRABE_TESTS_PROPERTY_LOCALISE_ORACLE_H
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/ext_glpk.h"
#include "processing/edit/linear_edit.h"

enum { ORACLE_MAX_P = 24, ORACLE_MAX_M = 48 };
static inline bool oracle_feasible(const struct linear_system *s, const double *x, uint32_t set) {
  static double a[ORACLE_MAX_P * ORACLE_MAX_M];
  double row_lower[ORACLE_MAX_M], row_upper[ORACLE_MAX_M], lower[ORACLE_MAX_P], upper[ORACLE_MAX_P];
  int column[ORACLE_MAX_P], n = 0;
  for (int j = 0; j < s->p; j++) {
    column[j] = -1;
    if (set >> j & 1) {
      lower[n] = s->lower[j];
      upper[n] = s->upper[j];
      column[j] = n++;
    } else {
      const double slack = 1e-6 + 1e-9 * fabs(x[j]);
      if (x[j] < s->lower[j] - slack || x[j] > s->upper[j] + slack) return false;
    }
  }
  for (int i = 0; i < s->m; i++) {
    const struct linear_edit *e = &s->edits[i];
    double fixed = 0, size = 0;
    for (int k = 0; k < n; k++) a[i * n + k] = 0;
    for (int k = 0; k < e->n; k++) {
      const int c = column[e->var[k]];
      if (c >= 0)
        a[i * n + c] = e->coef[k];
      else {
        fixed += e->coef[k] * x[e->var[k]];
        size += fabs(e->coef[k] * x[e->var[k]]);
      }
    }
    const double slack = 1e-6 + 1e-9 * size;
    row_lower[i] = e->op == LINEAR_EQ ? e->rhs - fixed - slack : -INFINITY;
    row_upper[i] = e->rhs - fixed + slack;
  }
  struct lp lp = {.m = s->m, .n = n, .a = a, .row_lower = row_lower, .row_upper = row_upper, .lower = lower, .upper = upper};
  struct lp_result r = {0};
  if (n == 0) {
    for (int i = 0; i < s->m; i++)
      if (row_lower[i] > 0 || row_upper[i] < 0) return false;
    return true;
  }
  lp_glpk(&lp, &r);
  if (r.status == LP_FAILED) lp_glpk_exact(&lp, &r);
  return r.status == LP_OPTIMAL;
}
/* Least number of variables, missing ones included; 0 = the record passes, -1 = no set at all. */
static inline double oracle_least_size(const struct linear_system *s, const double *x, const bool *missing) {
  uint32_t forced = 0;
  const uint32_t all = s->p == 32 ? UINT32_MAX : ((uint32_t)1 << s->p) - 1;
  for (int j = 0; j < s->p; j++) forced |= (uint32_t)missing[j] << j;
  for (int size = __builtin_popcount(forced); size <= s->p; size++) {
    /* All sets of that size by the next number with as many bits (Gosper). */
    for (uint64_t set = ((uint64_t)1 << size) - 1; set <= all;) {
      if ((set & forced) == forced && oracle_feasible(s, x, (uint32_t)set)) return size;
      if (set == 0) break;
      const uint64_t low = set & -set, ripple = set + low;
      set = ripple | ((set ^ ripple) / low >> 2);
    }
  }
  return -1;
}
#endif

#include "tests/conform/edit/rule_lp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_glpk.h"

enum err_code rule_lp_init(struct rule_lp *r, struct arena *a, int p, int capacity, struct err *e) {
  *r = (struct rule_lp){.p = p,
                        .capacity = capacity,
                        .a = ARENA_ARRAY(a, double, (int64_t)capacity *p + 1),
                        .scale = ARENA_ARRAY(a, double, capacity + 1)};
  r->lower = ARENA_ARRAY(a, double, capacity + 1);
  r->upper = ARENA_ARRAY(a, double, capacity + 1);
  r->row_lower = ARENA_ARRAY(a, double, capacity + 1);
  r->row_upper = ARENA_ARRAY(a, double, capacity + 1);
  r->on = ARENA_ARRAY(a, bool, capacity + 1);
  r->var_lower = ARENA_ARRAY(a, double, p + 1);
  r->var_upper = ARENA_ARRAY(a, double, p + 1);
  r->objective = ARENA_ARRAY(a, double, p + 1);
  r->x = ARENA_ARRAY(a, double, p + 1);
  if (!r->a || !r->scale || !r->lower || !r->upper || !r->row_lower || !r->row_upper || !r->on) return ERR(e, E_NO_MEMORY, .subject = "rules");
  if (!r->var_lower || !r->var_upper || !r->objective || !r->x) return ERR(e, E_NO_MEMORY, .subject = "rules");
  for (int j = 0; j < p; j++) r->var_lower[j] = -INFINITY, r->var_upper[j] = INFINITY;
  return E_OK;
}
void rule_lp_add(struct rule_lp *r, const struct linear_edit *row) {
  const int i = r->m++;
  double *to = r->a + (size_t)i * (size_t)r->p, scale = 0;
  memset(to, 0, (size_t)r->p * sizeof *to);
  for (int k = 0; k < row->n; k++) scale = fmax(scale, fabs(row->coef[k]));
  if (scale == 0) scale = 1;
  for (int k = 0; k < row->n; k++) to[row->var[k]] = row->coef[k] / scale;
  r->scale[i] = scale;
  r->upper[i] = row->rhs / scale;
  r->lower[i] = row->op == LINEAR_EQ ? r->upper[i] : -INFINITY;
  r->on[i] = true;
}
/* Settled by floating simplex, where that fails by the exact one. */
static enum err_code solve(struct rule_lp *r, const double *c, struct lp_result *out, int named, struct err *e) {
  char name[16];
  for (int i = 0; i < r->m; i++) {
    r->row_lower[i] = r->on[i] ? r->lower[i] : -INFINITY;
    r->row_upper[i] = r->on[i] ? r->upper[i] : INFINITY;
  }
  const struct lp lp = {r->m, r->p, r->a, r->row_lower, r->row_upper, r->var_lower, r->var_upper, c};
  *out = (struct lp_result){.x = r->x};
  lp_glpk(&lp, out);
  if (out->status == LP_FAILED) lp_glpk_exact(&lp, out);
  if (out->status != LP_FAILED) return E_OK;
  snprintf(name, sizeof name, "%d", named + 1);
  return ERR(e, E_RULES_LP, .subject = name);
}
enum err_code rule_lp_feasible(struct rule_lp *r, bool *out, struct err *e) {
  struct lp_result result;
  TRY(solve(r, NULL, &result, 0, e));
  *out = result.status != LP_INFEASIBLE;
  return E_OK;
}
static enum err_code extreme(struct rule_lp *r, int sign, int named, double *out, struct err *e) {
  struct lp_result result;
  for (int j = 0; j < r->p; j++) r->objective[j] *= -sign; /* the solver minimises */
  TRY(solve(r, r->objective, &result, named, e));
  *out = result.status == LP_OPTIMAL      ? -sign * result.objective
         : result.status == LP_INFEASIBLE ? (double)-sign * (double)INFINITY
                                          : (double)sign * (double)INFINITY;
  if (fabs(*out) < 1e-12) *out = 0;
  return E_OK;
}
enum err_code rule_lp_row(struct rule_lp *r, int i, int sign, double *out, struct err *e) {
  memcpy(r->objective, r->a + (size_t)i * (size_t)r->p, (size_t)r->p * sizeof *r->objective);
  return extreme(r, sign, i, out, e);
}
enum err_code rule_lp_variable(struct rule_lp *r, int j, int sign, double *out, struct err *e) {
  memset(r->objective, 0, (size_t)r->p * sizeof *r->objective);
  r->objective[j] = 1;
  return extreme(r, sign, j, out, e);
}

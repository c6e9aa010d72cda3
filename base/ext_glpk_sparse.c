#include "base/ext_glpk_sparse.h"

#include <glpk.h>
#include <math.h>
#include <stdlib.h>

struct lp_sparse {
  glp_prob *p;
  bool basis; /* one of an earlier solution is there */
};
static int bound_type(double lower, double upper) {
  if (lower == upper) return GLP_FX;
  if (isfinite(lower)) return isfinite(upper) ? GLP_DB : GLP_LO;
  return isfinite(upper) ? GLP_UP : GLP_FR;
}
static double finite_or_zero(double v) { return isfinite(v) ? v : 0; }

struct lp_sparse *lp_sparse_new(int m, int n) {
  struct lp_sparse *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  glp_term_out(GLP_OFF);
  s->p = glp_create_prob();
  glp_add_rows(s->p, m > 0 ? m : 1);
  glp_add_cols(s->p, n > 0 ? n : 1);
  for (int i = 0; i < m; i++) glp_set_row_bnds(s->p, i + 1, GLP_FX, 0, 0);
  for (int j = 0; j < n; j++) glp_set_col_bnds(s->p, j + 1, GLP_FX, 0, 0);
  return s;
}
void lp_sparse_free(struct lp_sparse *s) {
  if (!s) return;
  glp_delete_prob(s->p);
  free(s);
}
void lp_sparse_set_row(struct lp_sparse *s, int i, int n, const int *column, const double *value) {
  int *index = glp_alloc(n + 1, (int)sizeof *index);
  double *copy = glp_alloc(n + 1, (int)sizeof *copy);
  for (int k = 0; k < n; k++) index[k + 1] = column[k] + 1, copy[k + 1] = value[k];
  glp_set_mat_row(s->p, i + 1, n, index, copy);
  glp_free(index);
  glp_free(copy);
}
int lp_sparse_add_row(struct lp_sparse *s, int n, const int *column, const double *value, double lower, double upper) {
  const int i = glp_add_rows(s->p, 1) - 1;
  lp_sparse_set_row(s, i, n, column, value);
  lp_sparse_row_bounds(s, i, lower, upper);
  return i;
}
void lp_sparse_row_bounds(struct lp_sparse *s, int i, double lower, double upper) {
  glp_set_row_bnds(s->p, i + 1, bound_type(lower, upper), finite_or_zero(lower), finite_or_zero(upper));
}
void lp_sparse_bounds(struct lp_sparse *s, int j, double lower, double upper) {
  glp_set_col_bnds(s->p, j + 1, bound_type(lower, upper), finite_or_zero(lower), finite_or_zero(upper));
}
void lp_sparse_cost(struct lp_sparse *s, int j, double cost) { glp_set_obj_coef(s->p, j + 1, cost); }

static enum lp_status status_of(glp_prob *p, int code) {
  if (code == GLP_ENOPFS) return LP_INFEASIBLE;
  if (code) return LP_FAILED;
  switch (glp_get_status(p)) {
    case GLP_OPT: return LP_OPTIMAL;
    case GLP_NOFEAS: return LP_INFEASIBLE;
    case GLP_UNBND: return LP_UNBOUNDED;
    default: return glp_get_prim_stat(p) == GLP_NOFEAS ? LP_INFEASIBLE : LP_FAILED;
  }
}
/* A programme that cycles is stopped by its steps, not by the clock: the same on every machine. */
static enum lp_status attempt(struct lp_sparse *s, int method, bool presolve) {
  glp_smcp how;
  glp_init_smcp(&how);
  how.msg_lev = GLP_MSG_OFF;
  how.meth = method;
  how.presolve = presolve ? GLP_ON : GLP_OFF;
  how.it_lim = 20000 + 10 * (glp_get_num_rows(s->p) + glp_get_num_cols(s->p));
  return status_of(s->p, glp_simplex(s->p, &how));
}
static enum lp_status solve(struct lp_sparse *s, int method) {
  if (!s->basis && method == GLP_DUALP) glp_std_basis(s->p); /* costs of 0 and more: a dual feasible start */
  else if (!s->basis) glp_adv_basis(s->p, 0);
  enum lp_status status = attempt(s, method, false);
  if (status == LP_FAILED || status == LP_INFEASIBLE) { /* a worn basis must not decide that there is no solution */
    glp_std_basis(s->p);
    status = attempt(s, GLP_PRIMAL, false);
  }
  if (status == LP_FAILED) {
    glp_adv_basis(s->p, 0);
    status = attempt(s, GLP_DUALP, true);
  }
  s->basis = status == LP_OPTIMAL;
  return status;
}
enum lp_status lp_sparse_solve(struct lp_sparse *s) { return solve(s, GLP_PRIMAL); }
enum lp_status lp_sparse_solve_dual(struct lp_sparse *s) { return solve(s, GLP_DUALP); }
double lp_sparse_objective(const struct lp_sparse *s) { return glp_get_obj_val(s->p); }
double lp_sparse_value(const struct lp_sparse *s, int j) { return glp_get_col_prim(s->p, j + 1); }
double lp_sparse_reduced(const struct lp_sparse *s, int j) { return glp_get_col_dual(s->p, j + 1); }
double lp_sparse_multiplier(const struct lp_sparse *s, int i) { return glp_get_row_dual(s->p, i + 1); }

static void keep_bound(glp_tree *tree, void *context) {
  const int node = glp_ios_best_node(tree);
  if (node) *(double *)context = glp_ios_node_bound(tree, node);
}
enum lp_status lp_sparse_whole(struct lp_sparse *s, const uint8_t *whole, double seconds, double gap, bool *found, double *bound) {
  glp_iocp how;
  glp_init_iocp(&how);
  *bound = -INFINITY;
  how.msg_lev = GLP_MSG_OFF;
  how.tm_lim = (int)(seconds * 1000) + 1;
  how.mip_gap = gap;
  how.cb_func = keep_bound;
  how.cb_info = bound;
  const int n = glp_get_num_cols(s->p);
  for (int j = 0; j < n; j++) glp_set_col_kind(s->p, j + 1, whole[j] ? GLP_IV : GLP_CV);
  *found = false;
  const enum lp_status relaxed = solve(s, GLP_PRIMAL);
  if (relaxed != LP_OPTIMAL) return relaxed;
  *bound = glp_get_obj_val(s->p);
  const int code = glp_intopt(s->p, &how), status = glp_mip_status(s->p);
  *found = status == GLP_OPT || status == GLP_FEAS;
  if (!*found && code == 0) return LP_INFEASIBLE;
  if (*found && (code == 0 || code == GLP_EMIPGAP)) return LP_OPTIMAL;
  return LP_FAILED;
}
double lp_sparse_whole_value(const struct lp_sparse *s, int j) { return glp_mip_col_val(s->p, j + 1); }

#include "base/ext_glpk.h"

#include <glpk.h>
#include <math.h>
#include <string.h>

static int bound_type(double lower, double upper) {
  if (lower == upper) return GLP_FX;
  if (isfinite(lower)) return isfinite(upper) ? GLP_DB : GLP_LO;
  return isfinite(upper) ? GLP_UP : GLP_FR;
}
static double finite_or_zero(double v) { return isfinite(v) ? v : 0; }

static void load_rows(glp_prob *p, const struct lp *lp) {
  int *index = glp_alloc(lp->n + 1, (int)sizeof *index);
  double *value = glp_alloc(lp->n + 1, (int)sizeof *value);
  for (int i = 0; i < lp->m; i++) {
    int n = 0;
    for (int j = 0; j < lp->n; j++)
      if (lp->a[(size_t)i * (size_t)lp->n + (size_t)j] != 0) {
        index[++n] = j + 1;
        value[n] = lp->a[(size_t)i * (size_t)lp->n + (size_t)j];
      }
    glp_set_mat_row(p, i + 1, n, index, value);
    glp_set_row_bnds(p, i + 1, bound_type(lp->row_lower[i], lp->row_upper[i]), finite_or_zero(lp->row_lower[i]), finite_or_zero(lp->row_upper[i]));
  }
  glp_free(index);
  glp_free(value);
}
static glp_prob *load(const struct lp *lp) {
  glp_prob *p = glp_create_prob();
  if (lp->m) glp_add_rows(p, lp->m);
  if (lp->n) glp_add_cols(p, lp->n);
  for (int j = 0; j < lp->n; j++) {
    glp_set_col_bnds(p, j + 1, bound_type(lp->lower[j], lp->upper[j]), finite_or_zero(lp->lower[j]), finite_or_zero(lp->upper[j]));
    glp_set_obj_coef(p, j + 1, lp->c ? lp->c[j] : 0);
  }
  load_rows(p, lp);
  return p;
}
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
static bool bounds_cross(const struct lp *lp) {
  for (int j = 0; j < lp->n; j++)
    if (lp->lower[j] > lp->upper[j]) return true;
  for (int i = 0; i < lp->m; i++)
    if (lp->row_lower[i] > lp->row_upper[i]) return true;
  return false;
}
/* GLPK wants at least one row and one column. */
static void solve(const struct lp *lp, struct lp_result *out, int (*simplex)(glp_prob *, const glp_smcp *)) {
  glp_smcp how;
  out->objective = 0;
  if (bounds_cross(lp)) {
    out->status = LP_INFEASIBLE;
    return;
  }
  glp_term_out(GLP_OFF);
  glp_init_smcp(&how);
  how.msg_lev = GLP_MSG_OFF;
  how.meth = GLP_PRIMAL;
  how.presolve = GLP_OFF;
  glp_prob *p = load(lp);
  if (lp->m == 0) glp_add_rows(p, 1);
  if (lp->n == 0) glp_add_cols(p, 1);
  glp_std_basis(p);
  out->status = status_of(p, simplex(p, &how));
  if (out->status == LP_OPTIMAL) {
    out->objective = glp_get_obj_val(p);
    for (int j = 0; out->x && j < lp->n; j++) out->x[j] = glp_get_col_prim(p, j + 1);
    for (int i = 0; out->y && i < lp->m; i++) out->y[i] = glp_get_row_dual(p, i + 1);
  }
  glp_delete_prob(p);
}
void lp_glpk(const struct lp *lp, struct lp_result *out) { solve(lp, out, glp_simplex); }
void lp_glpk_exact(const struct lp *lp, struct lp_result *out) { solve(lp, out, glp_exact); }
void lp_glpk_whole(const struct lp *lp, const bool *whole, struct lp_result *out) {
  glp_iocp how;
  out->objective = 0;
  glp_term_out(GLP_OFF);
  glp_init_iocp(&how);
  how.msg_lev = GLP_MSG_OFF;
  how.presolve = GLP_ON;
  glp_prob *p = load(lp);
  for (int j = 0; j < lp->n; j++) glp_set_col_kind(p, j + 1, whole[j] ? GLP_IV : GLP_CV);
  const int code = glp_intopt(p, &how);
  const int status = code ? GLP_UNDEF : glp_mip_status(p);
  out->status = code == GLP_ENOPFS || status == GLP_NOFEAS ? LP_INFEASIBLE : status == GLP_OPT ? LP_OPTIMAL : LP_FAILED;
  if (out->status == LP_OPTIMAL) out->objective = glp_mip_obj_val(p);
  for (int j = 0; out->status == LP_OPTIMAL && out->x && j < lp->n; j++) out->x[j] = glp_mip_col_val(p, j + 1);
  glp_delete_prob(p);
}

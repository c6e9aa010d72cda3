#include "processing/edit/rule_analysis.h"

#include <math.h>

#include "processing/edit/rule_lp.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "rule analysis"); }

static enum err_code bound_row(struct arena *a, struct linear_system *to, int j, double sign, double rhs, struct err *e) {
  int *var = ARENA_ARRAY(a, int, 1);
  double *coef = ARENA_ARRAY(a, double, 1);
  char *id = arena_printf(a, "%s %s", to->names[j], sign < 0 ? ">=" : "<=");
  if (!var || !coef || !id) return no_memory(e);
  *var = j;
  *coef = sign;
  to->edits[to->m++] = (struct linear_edit){.op = LINEAR_LE, .n = 1, .var = var, .coef = coef, .rhs = rhs == 0 ? 0 : rhs, .id = id};
  return E_OK;
}
enum err_code linear_with_bounds(struct arena *a, const struct linear_system *s, struct linear_system *out, struct err *e) {
  *out = *s;
  out->m = 0;
  out->edits = ARENA_ARRAY(a, struct linear_edit, s->m + 2 * s->p + 1);
  out->lower = ARENA_ARRAY(a, double, s->p + 1);
  out->upper = ARENA_ARRAY(a, double, s->p + 1);
  if (!out->edits || !out->lower || !out->upper) return no_memory(e);
  for (int i = 0; i < s->m; i++) out->edits[out->m++] = s->edits[i];
  for (int j = 0; j < s->p; j++) {
    if (isfinite(s->lower[j])) TRY(bound_row(a, out, j, -1, -s->lower[j], e));
    if (isfinite(s->upper[j])) TRY(bound_row(a, out, j, 1, s->upper[j], e));
    out->lower[j] = -INFINITY;
    out->upper[j] = INFINITY;
  }
  return E_OK;
}

/* --- duplicates --- */
static bool same_left(const struct linear_edit *a, const struct linear_edit *b) {
  if (a->n != b->n || a->n == 0) return false;
  const double f = b->coef[0] / a->coef[0];
  if (f < 0 && (a->op == LINEAR_LE || b->op == LINEAR_LE)) return false;
  for (int k = 0; k < a->n; k++)
    if (a->var[k] != b->var[k] || fabs(f * a->coef[k] - b->coef[k]) > 1e-12 * fabs(b->coef[k])) return false;
  return true;
}
static void find_duplicates(struct rule_analysis *r) {
  for (int i = 0; i < r->rows.m; i++) {
    r->duplicate_of[i] = -1;
    for (int k = 0; k < i && r->duplicate_of[i] < 0; k++)
      if (r->rows.edits[k].op == r->rows.edits[i].op && same_left(&r->rows.edits[k], &r->rows.edits[i])) r->duplicate_of[i] = k;
  }
}

/* --- consistency --- */
static enum err_code find_conflict(struct rule_analysis *r, struct rule_lp *lp, struct err *e) {
  bool feasible;
  for (int i = r->rows.m - 1; i >= 0; i--) {
    lp->on[i] = false;
    TRY(rule_lp_feasible(lp, &feasible, e));
    if (feasible) lp->on[i] = true;
  }
  for (int i = 0; i < r->rows.m; i++)
    if (lp->on[i]) r->conflict[r->n_conflict++] = i;
  return E_OK;
}

/* --- hidden equalities, redundancy --- */
static bool close_to(double a, double b) { return fabs(a - b) <= RULE_LP_CLOSE * fmax(1, fabs(b)); }
static enum err_code find_hidden(struct rule_analysis *r, struct rule_lp *lp, struct err *e) {
  double least;
  for (int i = 0; i < r->rows.m; i++) {
    if (r->rows.edits[i].op == LINEAR_EQ) continue;
    TRY(rule_lp_row(lp, i, -1, &least, e));
    if (least >= lp->upper[i] || close_to(least, lp->upper[i])) r->state[i] = RULE_HIDDEN_EQUALITY;
  }
  for (int i = 0; i < r->rows.m; i++)
    if (r->state[i] == RULE_HIDDEN_EQUALITY) lp->lower[i] = lp->upper[i];
  return E_OK;
}
/* Is row i said by the others that are on? Then it is switched off and its state set. */
static enum err_code try_drop(struct rule_analysis *r, struct rule_lp *lp, int i, struct err *e) {
  const bool equation = lp->lower[i] == lp->upper[i];
  double most, least;
  lp->on[i] = false;
  TRY(rule_lp_row(lp, i, 1, &most, e));
  bool said = most < lp->upper[i] || close_to(most, lp->upper[i]);
  if (said && equation) {
    TRY(rule_lp_row(lp, i, -1, &least, e));
    said = close_to(least, lp->upper[i]);
  }
  if (!said) {
    lp->on[i] = true;
    return E_OK;
  }
  r->kept[i] = false;
  if (r->state[i] == RULE_HIDDEN_EQUALITY) r->state[i] = RULE_HIDDEN_REDUNDANT;
  else r->state[i] = equation || !close_to(most, lp->upper[i]) ? RULE_REDUNDANT : RULE_TIGHT;
  return E_OK;
}
static enum err_code find_minimal(struct arena *a, struct rule_analysis *r, struct rule_lp *lp, struct err *e) {
  const int m = r->rows.m;
  for (int i = m - 1; i >= 0; i--)
    if (r->rows.edits[i].op == LINEAR_LE && r->state[i] != RULE_HIDDEN_EQUALITY) TRY(try_drop(r, lp, i, e));
  for (int i = m - 1; i >= 0; i--)
    if (r->state[i] == RULE_HIDDEN_EQUALITY) TRY(try_drop(r, lp, i, e));
  for (int i = 0; i < m; i++)
    if (r->rows.edits[i].op == LINEAR_EQ) TRY(try_drop(r, lp, i, e));
  r->minimal = r->rows;
  r->minimal.m = 0;
  r->minimal.edits = ARENA_ARRAY(a, struct linear_edit, m + 1);
  if (!r->minimal.edits) return no_memory(e);
  for (int i = 0; i < m; i++) {
    if (!r->kept[i]) continue;
    struct linear_edit *to = &r->minimal.edits[r->minimal.m++];
    *to = r->rows.edits[i];
    if (r->state[i] == RULE_HIDDEN_EQUALITY) to->op = LINEAR_EQ;
  }
  return E_OK;
}
static double tidy(double v) {
  const double whole = nearbyint(v);
  return fabs(v - whole) <= 1e-9 * fmax(1, fabs(whole)) ? whole : v;
}
double linear_unit(const struct linear_system *s) {
  double least = INFINITY, most = 0;
  for (int i = 0; i < s->m; i++) {
    const double size = fabs(s->edits[i].rhs);
    if (size == 0) continue;
    least = fmin(least, size);
    most = fmax(most, size);
  }
  int power = 0;
  if (most == 0 || (least < 131072 && most > 1.0 / 128)) return 1;
  (void)frexp(least >= 131072 ? least : most, &power);
  return ldexp(1, power - 1);
}
/* In units of `unit`: rounding of a programme in those is nothing. */
static double unscaled(double v, double unit) { return unit != 1 && fabs(v) <= 1e-12 ? 0 : tidy(v * unit); }

static enum err_code find_bounds(struct rule_analysis *r, struct rule_lp *lp, double unit, struct err *e) {
  for (int j = 0; j < r->rows.p; j++) {
    TRY(rule_lp_variable(lp, j, -1, &r->lower[j], e));
    TRY(rule_lp_variable(lp, j, 1, &r->upper[j], e));
    r->determined[j] = isfinite(r->lower[j]) && isfinite(r->upper[j]) && r->upper[j] - r->lower[j] <= 1e-9 * fmax(1, fabs(r->lower[j]));
    if (isfinite(r->lower[j])) r->lower[j] = unscaled(r->lower[j], unit);
    if (isfinite(r->upper[j])) r->upper[j] = unscaled(r->upper[j], unit);
  }
  return E_OK;
}
static enum err_code room(struct arena *a, struct rule_analysis *r, struct err *e) {
  const int m = r->rows.m, p = r->rows.p;
  r->conflict = ARENA_ARRAY(a, int, m + 1);
  r->state = ARENA_ARRAY(a, enum rule_state, m + 1);
  r->kept = ARENA_ARRAY(a, bool, m + 1);
  r->duplicate_of = ARENA_ARRAY(a, int, m + 1);
  r->lower = ARENA_ARRAY(a, double, p + 1);
  r->upper = ARENA_ARRAY(a, double, p + 1);
  r->determined = ARENA_ARRAY(a, bool, p + 1);
  if (!r->conflict || !r->state || !r->kept || !r->duplicate_of || !r->lower || !r->upper || !r->determined) return no_memory(e);
  for (int i = 0; i < m; i++) r->kept[i] = true;
  return E_OK;
}
enum err_code rule_analyse(struct arena *a, const struct linear_system *s, struct rule_analysis *out, struct err *e) {
  struct rule_lp lp;
  *out = (struct rule_analysis){0};
  if (s->m == 0) return ERR(e, E_RULES_NONE, .subject = "edits");
  TRY(linear_with_bounds(a, s, &out->rows, e));
  if (out->rows.m > RULE_ANALYSIS_MAX_ROWS) return ERR(e, E_RULES_TOO_MANY, .subject = "edits");
  TRY(room(a, out, e));
  TRY(rule_lp_init(&lp, a, s->p, out->rows.m, e));
  const double unit = linear_unit(&out->rows);
  for (int i = 0; i < out->rows.m; i++) {
    struct linear_edit row = out->rows.edits[i];
    row.rhs /= unit;
    rule_lp_add(&lp, &row);
  }
  find_duplicates(out);
  TRY(rule_lp_feasible(&lp, &out->consistent, e));
  if (!out->consistent) return find_conflict(out, &lp, e);
  TRY(find_bounds(out, &lp, unit, e));
  TRY(find_hidden(out, &lp, e));
  return find_minimal(a, out, &lp, e);
}

#include "processing/correct/min_adjust.h"

#include <math.h>

#include "processing/correct/adjust_problem.h"

enum err_code adjust_problem_init(struct adjust_problem *p, const struct linear_system *s, struct arena *a, struct err *e) {
  const size_t n = (size_t)s->p, m = (size_t)s->m + 4 * n; /* edits, bounds, bounds of a branch */
  *p = (struct adjust_problem){.most_m = (int)m, .most_n = (int)n, .a = ARENA_ARRAY(a, double, m * n), .b = ARENA_ARRAY(a, double, m),
      .equation = ARENA_ARRAY(a, bool, m)};
  p->edit = ARENA_ARRAY(a, int, m), p->var = ARENA_ARRAY(a, int, n), p->active = ARENA_ARRAY(a, int, m);
  p->x = ARENA_ARRAY(a, double, n), p->v = ARENA_ARRAY(a, double, n), p->y = ARENA_ARRAY(a, double, n), p->alpha = ARENA_ARRAY(a, double, m);
  p->gram = ARENA_ARRAY(a, double, n * n), p->right = ARENA_ARRAY(a, double, m), p->step = ARENA_ARRAY(a, double, n + m), p->side = ARENA_ARRAY(a,
      double, m);
  p->node = ARENA_ARRAY(a, struct adjust_node, 2 * ADJUST_NODES + 1), p->best = ARENA_ARRAY(a, double, n);
  p->keep_x = ARENA_ARRAY(a, double, n), p->keep_v = ARENA_ARRAY(a, double, n);
  if (!p->node || !p->best || !p->keep_x || !p->keep_v) return ERR(e, E_NO_MEMORY, .subject = "adjustment");
  if (!p->a || !p->b || !p->equation || !p->edit || !p->var || !p->active || !p->x || !p->v || !p->y || !p->alpha || !p->gram || !p->right
      || !p->step || !p->side)
    return ERR(e, E_NO_MEMORY, .subject = "adjustment");
  return E_OK;
}
struct run {
  const struct linear_system *s;
  const struct num_table *t;
  const uint8_t *const *movable;
  const struct adjust_settings *set;
  const int *column;
  double *x, *value, *steps; /* [p], [p], [p] */
  bool *missing;
  int *place; /* [p] index in the problem, -1 = fixed */
  struct adjust_problem problem;
  struct correct_marker left;
};
static bool leave(struct run *r, int64_t row, enum correct_reason why, int var, int edit) {
  r->left = (struct correct_marker){.row = row, .var = var, .edit = edit, .reason = (uint8_t)why};
  return false;
}
/* The first edit or bound that does not hold at x: 0 .. m-1, m + j for a bound of j, -1 = all hold. */
static int first_broken(const struct linear_system *s, const double *x) {
  for (int i = 0; i < s->m; i++)
    if (!linear_holds(&s->edits[i], x)) return i;
  for (int j = 0; j < s->p; j++) {
    const double slack = 1e-6 + 1e-9 * fabs(x[j]);
    if (x[j] < s->lower[j] - slack || x[j] > s->upper[j] + slack) return s->m + j;
  }
  return -1;
}
static double v_of(const struct run *r, double x) {
  if (r->set->method == ADJUST_LEIBLER || r->set->weight == ADJUST_ABSOLUTE) return fabs(x);
  if (r->set->weight == ADJUST_SQUARE) return x * x;
  return r->set->hold_zeros && x == 0 ? 0 : 1;
}
static void choose_variables(struct run *r, int64_t row) {
  struct adjust_problem *p = &r->problem;
  p->n = 0;
  for (int j = 0; j < r->s->p; j++) {
    const double v = r->movable[j] && r->movable[j][row] ? v_of(r, r->x[j]) : 0;
    r->place[j] = v > 0 ? p->n : -1;
    if (v == 0) continue;
    p->var[p->n] = j;
    p->x[p->n] = r->x[j];
    p->v[p->n] = v;
    r->steps[p->n++] = r->s->decimals[j] >= 0 ? pow(10, -r->s->decimals[j]) : 0;
  }
}
static double *new_row(struct adjust_problem *p, double rhs, bool equation, int edit) {
  double *a = adjust_row(p, p->m);
  for (int k = 0; k < p->n; k++) a[k] = 0;
  p->b[p->m] = rhs;
  p->equation[p->m] = equation;
  p->edit[p->m++] = edit;
  return a;
}
/* Rows with a movable value, scaled; false: an edit of fixed values does not hold. */
static bool choose_rows(struct run *r, int64_t row) {
  struct adjust_problem *p = &r->problem;
  p->m = 0;
  for (int i = 0; i < r->s->m; i++) {
    const struct linear_edit *edit = &r->s->edits[i];
    double most = 0, rest = edit->rhs;
    for (int k = 0; k < edit->n; k++) {
      if (r->place[edit->var[k]] < 0) rest -= edit->coef[k] * r->x[edit->var[k]];
      else most = fmax(most, fabs(edit->coef[k]));
    }
    if (most == 0) {
      if (!linear_holds(edit, r->x)) return leave(r, row, LEFT_INFEASIBLE, -1, i);
      continue;
    }
    double *a = new_row(p, rest / most, edit->op == LINEAR_EQ, i);
    for (int k = 0; k < edit->n; k++)
      if (r->place[edit->var[k]] >= 0) a[r->place[edit->var[k]]] = edit->coef[k] / most;
  }
  for (int k = 0; k < p->n; k++) {
    const double low = r->s->lower[p->var[k]], high = r->s->upper[p->var[k]];
    if (isfinite(low)) new_row(p, -low, false, -1)[k] = -1;
    if (isfinite(high)) new_row(p, high, false, -1)[k] = 1;
  }
  return true;
}
static double tidy(double y) {
  const double near = round(y);
  return fabs(y - near) <= 1e-10 * fmax(1, fabs(y)) ? near + 0.0 : y;
}
/* Whole items become whole; what is proved of it is counted. */
static bool make_whole(struct run *r, struct adjust_count *count) {
  struct adjust_problem *p = &r->problem;
  const double root = adjust_objective(p);
  double above = INFINITY;
  bool whole = false;
  for (int k = 0; k < p->n; k++) whole |= r->steps[k] > 0;
  if (!whole) return true;
  bool ok = adjust_whole(p, r->steps);
  if (r->set->method == ADJUST_QUADRATIC) ok = adjust_branch(p, r->steps, root, ok, &above);
  count->whole_best += above == 0;
  count->whole_near += above > 0 && isfinite(above);
  if (isfinite(above)) count->most_above = fmax(count->most_above, above);
  return ok;
}
/* False: left, with the marker; else value[] holds the record's new values. */
static bool solve(struct run *r, int64_t row, struct adjust_count *count) {
  struct adjust_problem *p = &r->problem;
  choose_variables(r, row);
  if (!choose_rows(r, row)) return false;
  const enum adjust_status s = r->set->method == ADJUST_LEIBLER ? adjust_leibler(p) : adjust_quadratic(p);
  count->second_solver += p->second;
  if (s == ADJUST_INFEASIBLE) return leave(r, row, LEFT_INFEASIBLE, -1, p->broken < 0 ? -1 : p->edit[p->broken]);
  if (s == ADJUST_UNSETTLED) return leave(r, row, LEFT_SOLVER, -1, -1);
  if (!make_whole(r, count)) return leave(r, row, LEFT_NOT_WHOLE, -1, -1);
  for (int j = 0; j < r->s->p; j++) {
    double y = r->place[j] < 0 ? r->x[j] : tidy(p->y[r->place[j]]);
    if (r->place[j] >= 0) y = fmax(r->s->lower[j], fmin(r->s->upper[j], y));
    r->value[j] = y == 0 ? 0 : y;
  }
  return first_broken(r->s, r->value) < 0 || leave(r, row, LEFT_SOLVER, -1, -1);
}
static bool one_record(struct run *r, int64_t row, struct adjust_count *count) {
  if (!correct_gather(r->t, r->column, r->s->p, row, r->x, r->missing)) {
    int j = 0;
    while (!r->missing[j]) j++;
    return leave(r, row, LEFT_MISSING, j, -1);
  }
  if (first_broken(r->s, r->x) >= 0) return solve(r, row, count);
  for (int j = 0; j < r->s->p; j++) r->value[j] = r->x[j];
  return true;
}
static enum err_code store(struct run *r, int64_t row, struct corrections *out, struct adjust_count *count, struct err *e) {
  bool changed = false;
  for (int j = 0; j < r->s->p; j++) {
    if (r->value[j] == r->x[j]) continue;
    changed = true;
    TRY(corrections_add(out, &(struct correction){.row = row, .var = j, .edit = -1, .before = r->x[j], .value = r->value[j],
        .rule = CORRECT_ADJUST}, e));
  }
  if (changed) count->adjusted++;
  else count->held++;
  return E_OK;
}
enum err_code min_adjust(const struct linear_system *s, const struct num_table *t, const uint8_t *const *movable, const struct adjust_settings *set,
    struct corrections *out, struct adjust_count *count, struct err *e) {
  int column[LINEAR_MAX_VARIABLES];
  struct arena *a = out->arena;
  struct run r = {.s = s, .t = t, .movable = movable, .set = set, .column = column, .x = ARENA_ARRAY(a, double, s->p), .value = ARENA_ARRAY(a,
      double, s->p)};
  r.steps = ARENA_ARRAY(a, double, s->p), r.missing = ARENA_ARRAY(a, bool, s->p), r.place = ARENA_ARRAY(a, int, s->p);
  if (!r.x || !r.value || !r.steps || !r.missing || !r.place) return ERR(e, E_NO_MEMORY, .subject = "adjustment");
  *count = (struct adjust_count){0};
  TRY(correct_bind(s->names, s->p, t, column, e));
  TRY(adjust_problem_init(&r.problem, s, a, e));
  for (int64_t row = 0; row < t->n; row++) {
    if (one_record(&r, row, count)) {
      TRY(store(&r, row, out, count, e));
      continue;
    }
    count->left++;
    TRY(corrections_mark(out, &r.left, e));
  }
  return E_OK;
}

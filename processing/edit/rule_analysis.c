#include "processing/edit/rule_analysis.h"

#include <math.h>

#include "processing/edit/exact_lp.h"

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
/* a1 b2 = a2 b1 for all terms, factor positive where a side has a direction. */
static bool same_left(struct exact_pool *n, const struct linear_edit *a, struct exact *const x[2], const struct linear_edit *b) {
  struct exact l = exact_of(0), r = exact_of(0);
  bool same = a->n == b->n && a->n > 0 && a->op == b->op;
  same = same && (a->op == LINEAR_EQ || exact_sign(n, &x[0][0]) == exact_sign(n, &x[1][0]));
  for (int k = 0; same && k < a->n; k++) {
    exact_multiply(n, &l, &x[0][k], &x[1][0]);
    exact_multiply(n, &r, &x[1][k], &x[0][0]);
    same = a->var[k] == b->var[k] && exact_compare(n, &l, &r) == 0;
  }
  exact_clear(n, &l);
  exact_clear(n, &r);
  return same;
}
static enum err_code find_duplicates(struct arena *a, struct rule_analysis *r, struct err *e) {
  struct exact_pool n;
  const struct arena_mark mark = arena_mark(a);
  struct exact **coef = ARENA_ARRAY(a, struct exact *, r->rows.m + 1);
  if (!coef) return no_memory(e);
  for (int i = 0; i < r->rows.m; i++)
    if (!(coef[i] = ARENA_ARRAY(a, struct exact, r->rows.edits[i].n + 1))) return no_memory(e);
  exact_pool_init(&n);
  for (int i = 0; i < r->rows.m; i++) {
    r->duplicate_of[i] = -1;
    for (int k = 0; k < r->rows.edits[i].n; k++) exact_from_double(&n, &coef[i][k], r->rows.edits[i].coef[k]);
    for (int k = 0; k < i && r->duplicate_of[i] < 0; k++)
      if (same_left(&n, &r->rows.edits[k], (struct exact *const[2]){coef[k], coef[i]}, &r->rows.edits[i])) r->duplicate_of[i] = k;
  }
  exact_pool_release(&n);
  arena_reset(a, mark);
  return E_OK;
}

struct analysis {
  struct rule_analysis *r;
  struct exact_lp lp;
  int *id; /* [rows.m] slacks */
};
/* --- consistency: rows enter one by one; the first that cannot names the conflict --- */
static enum err_code enter_rows(struct analysis *w, struct err *e) {
  struct rule_analysis *r = w->r;
  for (int i = 0; i < r->rows.m; i++) {
    TRY(exact_lp_add(&w->lp, &r->rows.edits[i], &w->id[i], e));
    const enum exact_end end = exact_lp_require(&w->lp, w->id[i], r->rows.edits[i].op == LINEAR_EQ ? EXACT_ZERO : EXACT_NOT_NEGATIVE);
    if (end == EXACT_REACHES) continue;
    for (int k = 0; end == EXACT_ENDS && k < i; k++)
      if (exact_lp_stops(&w->lp, w->id[i], w->id[k])) r->conflict[r->n_conflict++] = k;
    if (end == EXACT_ENDS) r->conflict[r->n_conflict++] = i;
    return E_OK;
  }
  r->consistent = true;
  return E_OK;
}

/* --- bounds --- */
/* The end of variable j; false: not proved. */
static bool end_of(struct analysis *w, int j, int direction, struct exact *end, double *out) {
  const enum exact_end how = exact_lp_push(&w->lp, j, direction, EXACT_AS_FAR);
  const struct exact *v = exact_lp_value(&w->lp, j);
  *out = (double)direction * (double)INFINITY;
  if (how == EXACT_OPEN) return true;
  if (how != EXACT_ENDS || !v) return false;
  exact_copy(&w->lp.numbers, end, v);
  *out = exact_double(&w->lp.numbers, v);
  return true;
}
static void find_bounds(struct analysis *w) {
  struct rule_analysis *r = w->r;
  struct exact low = exact_of(0), high = exact_of(0);
  for (int j = 0; j < r->rows.p; j++) {
    r->open_lower[j] = !end_of(w, j, -1, &low, &r->lower[j]);
    r->open_upper[j] = !end_of(w, j, 1, &high, &r->upper[j]);
    r->determined[j] = !r->open_lower[j] && !r->open_upper[j] && isfinite(r->lower[j]) && isfinite(r->upper[j])
                       && exact_compare(&w->lp.numbers, &low, &high) == 0;
  }
  exact_clear(&w->lp.numbers, &low);
  exact_clear(&w->lp.numbers, &high);
}

/* --- hidden equalities, redundancy --- */
static void find_hidden(struct analysis *w) {
  struct rule_analysis *r = w->r;
  for (int i = 0; i < r->rows.m; i++) {
    if (r->rows.edits[i].op == LINEAR_EQ) continue;
    const enum exact_end end = exact_lp_push(&w->lp, w->id[i], 1, EXACT_PAST_ZERO);
    if (end == EXACT_ENDS) r->state[i] = RULE_HIDDEN_EQUALITY;
    if (end == EXACT_LIMIT) r->state[i] = RULE_NOT_PROVED;
  }
  for (int i = 0; i < r->rows.m; i++)
    if (r->state[i] == RULE_HIDDEN_EQUALITY && exact_lp_require(&w->lp, w->id[i], EXACT_ZERO) != EXACT_REACHES) r->state[i] = RULE_NOT_PROVED;
}
/* Is row i said by the others? Then it is left out and its state set. */
static void try_drop(struct analysis *w, int i) {
  struct rule_analysis *r = w->r;
  const bool equation = r->rows.edits[i].op == LINEAR_EQ || r->state[i] == RULE_HIDDEN_EQUALITY;
  enum exact_end end = exact_lp_push(&w->lp, w->id[i], -1, EXACT_PAST_ZERO);
  const struct exact *least = exact_lp_value(&w->lp, w->id[i]);
  const bool touches = !least || exact_is_zero(least);
  if (end == EXACT_ENDS && equation) end = exact_lp_push(&w->lp, w->id[i], 1, EXACT_PAST_ZERO);
  if (end != EXACT_ENDS) {
    if (end == EXACT_LIMIT) r->state[i] = RULE_NOT_PROVED;
    return;
  }
  exact_lp_drop(&w->lp, w->id[i]);
  r->kept[i] = false;
  if (r->state[i] == RULE_HIDDEN_EQUALITY) r->state[i] = RULE_HIDDEN_REDUNDANT;
  else r->state[i] = equation || !touches ? RULE_REDUNDANT : RULE_TIGHT;
}
static enum err_code find_minimal(struct arena *a, struct analysis *w, struct err *e) {
  struct rule_analysis *r = w->r;
  const int m = r->rows.m;
  for (int i = m - 1; i >= 0; i--)
    if (r->rows.edits[i].op == LINEAR_LE && r->state[i] == RULE_RESTRICTS) try_drop(w, i);
  for (int i = m - 1; i >= 0; i--)
    if (r->state[i] == RULE_HIDDEN_EQUALITY) try_drop(w, i);
  for (int i = 0; i < m; i++)
    if (r->rows.edits[i].op == LINEAR_EQ) try_drop(w, i);
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
static enum err_code room(struct arena *a, struct rule_analysis *r, struct err *e) {
  const int m = r->rows.m, p = r->rows.p;
  r->conflict = ARENA_ARRAY(a, int, m + 1);
  r->state = ARENA_ARRAY(a, enum rule_state, m + 1);
  r->kept = ARENA_ARRAY(a, bool, m + 1);
  r->duplicate_of = ARENA_ARRAY(a, int, m + 1);
  r->lower = ARENA_ARRAY(a, double, p + 1);
  r->upper = ARENA_ARRAY(a, double, p + 1);
  r->determined = ARENA_ARRAY(a, bool, p + 1);
  r->open_lower = ARENA_ARRAY(a, bool, p + 1);
  r->open_upper = ARENA_ARRAY(a, bool, p + 1);
  if (!r->conflict || !r->state || !r->kept || !r->duplicate_of || !r->lower || !r->upper) return no_memory(e);
  if (!r->determined || !r->open_lower || !r->open_upper) return no_memory(e);
  for (int i = 0; i < m; i++) r->kept[i] = true;
  return E_OK;
}
static enum err_code analyse(struct arena *a, struct analysis *w, struct err *e) {
  TRY(enter_rows(w, e));
  if (!w->r->consistent) return E_OK;
  find_bounds(w);
  find_hidden(w);
  TRY(find_minimal(a, w, e));
  return w->lp.numbers.no_memory ? no_memory(e) : E_OK;
}
enum err_code rule_analyse_within(struct arena *a, const struct linear_system *s, int64_t work, struct rule_analysis *out, struct err *e) {
  struct analysis w = {.r = out};
  *out = (struct rule_analysis){0};
  if (s->m == 0) return ERR(e, E_RULES_NONE, .subject = "edits");
  TRY(linear_with_bounds(a, s, &out->rows, e));
  if (out->rows.m > RULE_ANALYSIS_MAX_ROWS) return ERR(e, E_RULES_TOO_MANY, .subject = "edits");
  TRY(room(a, out, e));
  TRY(find_duplicates(a, out, e));
  if (!(w.id = ARENA_ARRAY(a, int, out->rows.m + 1))) return no_memory(e);
  enum err_code code = exact_lp_init(&w.lp, s->p, out->rows.m, e);
  w.lp.most_work = work;
  if (!code) code = analyse(a, &w, e);
  exact_lp_release(&w.lp);
  return code;
}
enum err_code rule_analyse(struct arena *a, const struct linear_system *s, struct rule_analysis *out, struct err *e) {
  return rule_analyse_within(a, s, RULE_ANALYSIS_WORK, out, e);
}

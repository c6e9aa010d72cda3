#include "processing/edit/exact_lp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEGENERATE_MOST = 30 };
enum err_code exact_lp_init(struct exact_lp *l, int p, int rows, struct err *e) {
  const int ids = rows + 2 * p + 1; /* rows, those dropped but not yet forgotten, variables */
  struct arena *a = arena_new(0);
  *l = (struct exact_lp){.arena = a, .p = p, .n_ids = p, .most_rows = rows + p, .most_work = INT64_MAX};
  exact_pool_init(&l->numbers);
  l->ratio = l->best = l->work = exact_of(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "rules");
  l->row = ARENA_ARRAY(a, struct exact *, l->most_rows + 1);
  l->basic = ARENA_ARRAY(a, int, l->most_rows + 1);
  l->outside = ARENA_ARRAY(a, int, p + 1);
  l->place = ARENA_ARRAY(a, int, ids);
  l->vacant = ARENA_ARRAY(a, int, ids);
  l->kind = ARENA_ARRAY(a, uint8_t, ids);
  l->leaving = ARENA_ARRAY(a, uint8_t, ids);
  if (!l->row || !l->basic || !l->outside || !l->place || !l->vacant || !l->kind || !l->leaving) return ERR(e, E_NO_MEMORY, .subject = "rules");
  for (int j = 0; j < p; j++) l->outside[j] = j, l->place[j] = -1 - j;
  return E_OK;
}
void exact_lp_release(struct exact_lp *l) {
  exact_pool_release(&l->numbers);
  arena_free(l->arena);
  l->arena = NULL;
}

/* --- the dictionary --- */
static void forget_row(struct exact_lp *l, int r) {
  struct exact *row = l->row[r];
  const int last = --l->n_rows;
  for (int k = 0; k <= l->p; k++) exact_clear(&l->numbers, &row[k]);
  l->place[l->basic[r]] = EXACT_GONE;
  l->vacant[l->n_vacant++] = l->basic[r];
  if (r < last) {
    l->row[r] = l->row[last];
    l->basic[r] = l->basic[last];
    l->place[l->basic[r]] = r;
  }
  l->row[last] = row; /* its memory serves the next row */
}
/* to += factor * from, but column `skip`; from's zeros cost nothing. */
static void add_row(struct exact_lp *l, struct exact *to, const struct exact *from, const struct exact *factor, int skip) {
  struct exact minus = exact_of(0);
  exact_copy(&l->numbers, &minus, factor);
  exact_negate(&l->numbers, &minus);
  for (int k = 0; k <= l->p; k++)
    if (k != skip && !exact_is_zero(&from[k])) exact_submul(&l->numbers, &to[k], &minus, &from[k]);
  exact_clear(&l->numbers, &minus);
}
/* The row's basic variable and the column's non-basic one change places. */
static void exchange(struct exact_lp *l, int r, int c) {
  struct exact *own = l->row[r], one = exact_of(1);
  struct exact_pool *n = &l->numbers;
  const int in = l->outside[c], out = l->basic[r];
  struct exact by = own[c]; /* in = (out - the rest) / by */
  own[c] = exact_of(0);
  for (int k = 0; k <= l->p; k++) {
    if (exact_is_zero(&own[k])) continue;
    exact_divide(n, &own[k], &own[k], &by);
    exact_negate(n, &own[k]);
  }
  exact_divide(n, &own[c], &one, &by);
  exact_clear(n, &by);
  l->basic[r] = in, l->place[in] = r;
  l->outside[c] = out, l->place[out] = -1 - c;
  for (int q = 0; q < l->n_rows; q++) {
    struct exact *other = l->row[q], factor = other[c];
    if (q == r || exact_is_zero(&factor)) continue;
    other[c] = exact_of(0);
    add_row(l, other, own, &factor, -1);
    exact_clear(n, &factor);
  }
  if (l->leaving[in]) forget_row(l, r);
}
enum err_code exact_lp_add(struct exact_lp *l, const struct linear_edit *row, int *id, struct err *e) {
  if (!l->row[l->n_rows]) {
    if (!(l->row[l->n_rows] = ARENA_ARRAY(l->arena, struct exact, l->p + 1))) return ERR(e, E_NO_MEMORY, .subject = "rules");
    for (int k = 0; k <= l->p; k++) l->row[l->n_rows][k] = exact_of(0);
  }
  struct exact *to = l->row[l->n_rows], one = exact_of(1);
  exact_from_double(&l->numbers, &to[l->p], row->rhs);
  for (int k = 0; k < row->n; k++) {
    const int at = l->place[row->var[k]];
    struct exact coef;
    exact_from_double(&l->numbers, &coef, row->coef[k]);
    if (at < 0) {
      exact_submul(&l->numbers, &to[-1 - at], &coef, &one);
    } else {
      exact_negate(&l->numbers, &coef);
      add_row(l, to, l->row[at], &coef, -1);
    }
    exact_clear(&l->numbers, &coef);
  }
  *id = l->n_vacant > 0 ? l->vacant[--l->n_vacant] : l->n_ids++;
  l->kind[*id] = EXACT_FREE;
  l->leaving[*id] = 0;
  l->basic[l->n_rows] = *id;
  l->place[*id] = l->n_rows++;
  return E_OK;
}
const struct exact *exact_lp_value(const struct exact_lp *l, int id) { return l->place[id] < 0 ? NULL : &l->row[l->place[id]][l->p]; }
bool exact_lp_stops(const struct exact_lp *l, int id, int other) {
  const int r = l->place[id], c = l->place[other];
  return r >= 0 && c < 0 && c != EXACT_GONE && !exact_is_zero(&l->row[r][-1 - c]);
}
void exact_lp_drop(struct exact_lp *l, int id) {
  l->kind[id] = EXACT_FREE;
  l->leaving[id] = 1;
  if (l->place[id] >= 0) forget_row(l, l->place[id]);
}

/* --- one push --- */
struct push {
  struct exact_lp *l;
  int id, direction, degenerate;
};
static double size_of(const struct exact_lp *l, const struct exact *x) { return fabs(exact_rough(&l->numbers, x)); }

/* The non-basic variable whose change moves row r in the direction, and the sign of its change; -1: none. */
static int entering(const struct push *w, int r, int *sign) {
  const struct exact_lp *l = w->l;
  int best = -1;
  double most = 0;
  for (int c = 0; c < l->p; c++) {
    const struct exact *g = &l->row[r][c];
    const int id = l->outside[c];
    if (exact_is_zero(g) || l->kind[id] == EXACT_ZERO) continue;
    const int wanted = exact_sign(&l->numbers, g) * w->direction;
    if (wanted < 0 && l->kind[id] == EXACT_NOT_NEGATIVE) continue;
    const bool better = w->degenerate > DEGENERATE_MOST ? best < 0 || id < l->outside[best] : best < 0 || size_of(l, g) > most;
    if (better) best = c, most = size_of(l, g), *sign = wanted;
  }
  return best;
}
/* The row whose condition ends the change of column c by sign first; -1: none. The step is in l->best. `own` is not asked. */
static int blocking(const struct push *w, int c, int sign, int own) {
  struct exact_lp *l = w->l;
  int best = -1;
  for (int q = 0; q < l->n_rows; q++) {
    const struct exact *g = &l->row[q][c];
    const enum exact_kind kind = (enum exact_kind)l->kind[l->basic[q]];
    if (q == own || kind == EXACT_FREE || exact_is_zero(g)) continue;
    if (kind == EXACT_NOT_NEGATIVE && exact_sign(&l->numbers, g) * sign > 0) continue;
    exact_divide(&l->numbers, &l->ratio, &l->row[q][l->p], g);
    if (exact_sign(&l->numbers, &l->ratio) < 0) exact_negate(&l->numbers, &l->ratio);
    const int order = best < 0 ? -1 : exact_compare(&l->numbers, &l->ratio, &l->best);
    if (order > 0 || (order == 0 && l->basic[q] > l->basic[best])) continue;
    best = q;
    exact_copy(&l->numbers, &l->best, &l->ratio);
  }
  return best;
}
/* How the pushed row's value stands to the step: does it come to 0 before (-1), with (0) or after (1) the step l->best? */
static int zero_against_step(struct exact_lp *l, int r, int c) {
  exact_divide(&l->numbers, &l->work, &l->row[r][l->p], &l->row[r][c]);
  if (exact_sign(&l->numbers, &l->work) < 0) exact_negate(&l->numbers, &l->work);
  return exact_compare(&l->numbers, &l->work, &l->best);
}
static bool spent(const struct exact_lp *l) { return l->numbers.too_long || l->numbers.no_memory || l->numbers.work > l->most_work; }

static void step(struct push *w, int q, int c) {
  w->degenerate = exact_is_zero(&w->l->best) ? w->degenerate + 1 : 0;
  exchange(w->l, q, c);
}
/* Makes a non-basic variable basic, or ends at once. True: ended. */
static bool bring_in(struct push *w, enum exact_until until, enum exact_end *out) {
  struct exact_lp *l = w->l;
  const int c = -1 - l->place[w->id], q = blocking(w, c, w->direction, -1);
  *out = until == EXACT_PAST_ZERO ? EXACT_PASSES : EXACT_OPEN;
  if (q < 0 || (until == EXACT_PAST_ZERO && !exact_is_zero(&l->best))) return true;
  step(w, q, c);
  return false;
}
/* Beyond zero already, or there now? */
static bool at_once(const struct exact_lp *l, int r, int direction, enum exact_until until, enum exact_end *out) {
  const int sign = exact_sign(&l->numbers, &l->row[r][l->p]) * direction;
  *out = until == EXACT_PAST_ZERO ? EXACT_PASSES : EXACT_REACHES;
  return until != EXACT_AS_FAR && (sign > 0 || (sign == 0 && until == EXACT_TO_ZERO));
}
enum exact_end exact_lp_push(struct exact_lp *l, int id, int direction, enum exact_until until) {
  struct push w = {l, id, direction, 0};
  enum exact_end out;
  if (spent(l)) return EXACT_LIMIT;
  if (l->place[id] < 0 && until == EXACT_TO_ZERO) return EXACT_REACHES;
  if (l->place[id] < 0 && bring_in(&w, until, &out)) return out;
  for (;;) {
    const int r = l->place[id];
    int sign = 0;
    if (spent(l)) return EXACT_LIMIT;
    if (at_once(l, r, direction, until, &out)) return out;
    const int c = entering(&w, r, &sign);
    if (c < 0) return EXACT_ENDS;
    const int q = blocking(&w, c, sign, r);
    if (until != EXACT_AS_FAR) {
      const int zero = q < 0 ? -1 : zero_against_step(l, r, c);
      if (zero < 0 && until == EXACT_PAST_ZERO) return EXACT_PASSES;
      if (zero <= 0 && until == EXACT_TO_ZERO) {
        exchange(l, r, c);
        return spent(l) ? EXACT_LIMIT : EXACT_REACHES;
      }
    }
    if (q < 0) return EXACT_OPEN;
    step(&w, q, c);
  }
}
enum exact_end exact_lp_require(struct exact_lp *l, int id, enum exact_kind kind) {
  const struct exact *v = exact_lp_value(l, id);
  const int sign = v ? exact_sign(&l->numbers, v) : 0;
  enum exact_end end = EXACT_REACHES;
  if (spent(l)) return EXACT_LIMIT;
  if (kind == EXACT_ZERO ? sign != 0 : kind == EXACT_NOT_NEGATIVE && sign < 0) end = exact_lp_push(l, id, -sign, EXACT_TO_ZERO);
  if (end == EXACT_REACHES) l->kind[id] = (uint8_t)kind;
  return end;
}

/* Implied edits: rows are combined two by two, oldest first, so that a common variable goes; a combination stays when its multipliers are the only
 * ones on its rows that eliminate what it eliminates: the rows' columns of eliminated variables have rank (number of rows - 1). Rational numbers. */
#include <string.h>

#include "base/exact.h"
#include "processing/edit/rule_analysis.h"

enum { MAX_PARTS = 24, MAX_CANDIDATES = 4000, MAX_TRIES = 4000000 };
struct combination {
  struct exact *coef, rhs; /* [p] */
  bool equation;
  int n_parts, part[MAX_PARTS]; /* rows of the system, ascending */
};
struct implied {
  struct arena *a;
  struct exact_pool numbers;
  const struct linear_system *s;
  struct combination *all;
  struct exact *work; /* [MAX_PARTS * p] */
  int n, max;
  bool complete;
  struct err *e;
};

static enum err_code no_memory(const struct implied *w) { return ERR(w->e, E_NO_MEMORY, .subject = "implied edits"); }
static bool merge_parts(struct combination *to, const struct combination *a, const struct combination *b) {
  int i = 0, k = 0;
  to->n_parts = 0;
  while (i < a->n_parts || k < b->n_parts) {
    int next = i == a->n_parts ? b->part[k] : k == b->n_parts ? a->part[i] : a->part[i] < b->part[k] ? a->part[i] : b->part[k];
    if (to->n_parts == MAX_PARTS) return false;
    to->part[to->n_parts++] = next;
    if (i < a->n_parts && a->part[i] == next) i++;
    if (k < b->n_parts && b->part[k] == next) k++;
  }
  return true;
}
/* to = -(f u) - g v, f and g with their signs changed. */
static void mix(struct implied *w, struct exact *to, const struct exact *f, const struct exact *u, const struct exact *g, const struct exact *v) {
  exact_clear(&w->numbers, to);
  if (!exact_is_zero(u)) exact_submul(&w->numbers, to, f, u);
  if (!exact_is_zero(v)) exact_submul(&w->numbers, to, g, v);
}
/* f a + g b without variable j; g > 0 unless b is an equation, likewise f. */
static bool combine(struct implied *w, const struct combination *a, const struct combination *b, int j, struct combination *to) {
  const int sign_a = exact_sign(&w->numbers, &a->coef[j]), sign_b = exact_sign(&w->numbers, &b->coef[j]);
  struct exact f = exact_of(0), g = exact_of(0); /* below zero: minus the factors */
  bool some = false;
  if (sign_a == sign_b && !a->equation && !b->equation) return false;
  if (!merge_parts(to, a, b)) return w->complete = false;
  exact_copy(&w->numbers, &f, &b->coef[j]);
  exact_copy(&w->numbers, &g, &a->coef[j]);
  if (sign_b > 0) exact_negate(&w->numbers, &f);
  if (sign_a > 0) exact_negate(&w->numbers, &g);
  if (sign_a == sign_b) exact_negate(&w->numbers, b->equation ? &g : &f);
  for (int k = 0; k < w->s->p; k++) {
    mix(w, &to->coef[k], &f, &a->coef[k], &g, &b->coef[k]);
    some = some || !exact_is_zero(&to->coef[k]);
  }
  mix(w, &to->rhs, &f, &a->rhs, &g, &b->rhs);
  to->equation = a->equation && b->equation;
  exact_clear(&w->numbers, &f);
  exact_clear(&w->numbers, &g);
  return some;
}
/* The first row at or after `from` whose column j is not zero, -1 = none. */
static int pivot_row(const struct implied *w, int from, int n, int j) {
  for (int i = from; i < n; i++)
    if (!exact_is_zero(&w->work[i * w->s->p + j])) return i;
  return -1;
}
/* Rank of the parts' rows over the variables that some part has and the combination has not. */
static int eliminated_rank(struct implied *w, const struct combination *c) {
  const int p = w->s->p, n = c->n_parts;
  struct exact f = exact_of(0);
  int rank = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < p; j++) {
      exact_clear(&w->numbers, &w->work[i * p + j]);
      if (exact_is_zero(&c->coef[j])) exact_copy(&w->numbers, &w->work[i * p + j], &w->all[c->part[i]].coef[j]);
    }
  for (int j = 0; j < p && rank < n; j++) {
    const int best = pivot_row(w, rank, n, j);
    if (best < 0) continue;
    for (int k = 0; best != rank && k < p; k++) {
      const struct exact t = w->work[best * p + k];
      w->work[best * p + k] = w->work[rank * p + k];
      w->work[rank * p + k] = t;
    }
    for (int i = rank + 1; i < n; i++) {
      if (exact_is_zero(&w->work[i * p + j])) continue;
      exact_divide(&w->numbers, &f, &w->work[i * p + j], &w->work[rank * p + j]);
      for (int k = j; k < p; k++)
        if (!exact_is_zero(&w->work[rank * p + k])) exact_submul(&w->numbers, &w->work[i * p + k], &f, &w->work[rank * p + k]);
    }
    rank++;
  }
  exact_clear(&w->numbers, &f);
  return rank;
}
/* The first coefficient becomes 1 (equations) or 1 or -1: the same edit always reads the same. */
static void scale(struct implied *w, struct combination *c) {
  struct exact unit = exact_of(0);
  int first = 0;
  while (exact_is_zero(&c->coef[first])) first++;
  exact_copy(&w->numbers, &unit, &c->coef[first]);
  if (!c->equation && exact_sign(&w->numbers, &unit) < 0) exact_negate(&w->numbers, &unit);
  for (int j = first; j < w->s->p; j++)
    if (!exact_is_zero(&c->coef[j])) exact_divide(&w->numbers, &c->coef[j], &c->coef[j], &unit);
  exact_divide(&w->numbers, &c->rhs, &c->rhs, &unit);
  exact_clear(&w->numbers, &unit);
}
/* Said by one that is there: the same left side, and an equation, or no weaker. All are scaled. */
static bool known(struct implied *w, const struct combination *c) {
  for (int i = 0; i < w->n; i++) {
    const struct combination *o = &w->all[i];
    bool same = o->equation == c->equation;
    for (int j = 0; j < w->s->p && same; j++) same = exact_compare(&w->numbers, &o->coef[j], &c->coef[j]) == 0;
    if (same && exact_compare(&w->numbers, &o->rhs, &c->rhs) == 0) return true;
  }
  return false;
}
static enum err_code fresh(const struct implied *w, struct combination *c) {
  *c = (struct combination){.coef = ARENA_ARRAY(w->a, struct exact, w->s->p + 1), .rhs = exact_of(0)};
  for (int j = 0; c->coef && j < w->s->p; j++) c->coef[j] = exact_of(0);
  return c->coef ? E_OK : no_memory(w);
}
static enum err_code start(struct implied *w) {
  w->work = ARENA_ARRAY(w->a, struct exact, (int64_t)MAX_PARTS * w->s->p + 1);
  if (!w->work) return no_memory(w);
  for (int64_t i = 0; i < (int64_t)MAX_PARTS * w->s->p; i++) w->work[i] = exact_of(0);
  for (int i = 0; i < w->s->m; i++) {
    const struct linear_edit *r = &w->s->edits[i];
    struct combination *c = &w->all[w->n++];
    TRY(fresh(w, c));
    for (int k = 0; k < r->n; k++) exact_from_double(&w->numbers, &c->coef[r->var[k]], r->coef[k]);
    exact_from_double(&w->numbers, &c->rhs, r->rhs);
    c->equation = r->op == LINEAR_EQ;
    c->n_parts = 1;
    c->part[0] = i;
    if (r->n > 0) scale(w, c);
  }
  return E_OK;
}
static enum err_code search(struct implied *w) {
  int64_t tries = 0;
  struct combination c;
  TRY(fresh(w, &c));
  for (int b = 1; b < w->n; b++)
    for (int a = 0; a < b; a++)
      for (int j = 0; j < w->s->p; j++) {
        if (exact_is_zero(&w->all[a].coef[j]) || exact_is_zero(&w->all[b].coef[j])) continue;
        if (++tries > MAX_TRIES || w->numbers.too_long) return w->complete = false, E_OK;
        if (!combine(w, &w->all[a], &w->all[b], j, &c)) continue;
        if (eliminated_rank(w, &c) != c.n_parts - 1) continue;
        scale(w, &c);
        if (known(w, &c)) continue;
        if (w->n - w->s->m >= w->max) return w->complete = false, E_OK;
        w->all[w->n++] = c;
        TRY(fresh(w, &c));
      }
  return w->numbers.no_memory ? no_memory(w) : E_OK;
}
static enum err_code to_rows(struct implied *w, struct linear_system *out) {
  for (int i = w->s->m; i < w->n; i++) {
    const struct combination *c = &w->all[i];
    int n = 0;
    int *var = ARENA_ARRAY(w->a, int, w->s->p);
    double *coef = ARENA_ARRAY(w->a, double, w->s->p);
    char *id = arena_printf(w->a, "%d", i - w->s->m + 1);
    if (!var || !coef || !id) return no_memory(w);
    for (int j = 0; j < w->s->p; j++)
      if (!exact_is_zero(&c->coef[j])) var[n] = j, coef[n++] = exact_double(&w->numbers, &c->coef[j]);
    out->edits[out->m++] = (struct linear_edit){.op = c->equation ? LINEAR_EQ : LINEAR_LE, .n = n, .var = var, .coef = coef,
        .rhs = exact_double(&w->numbers, &c->rhs), .id = id};
  }
  return E_OK;
}
enum err_code rule_implied(struct arena *a, const struct linear_system *s, int max, struct linear_system *out, bool *complete, struct err *e) {
  struct implied w = {.a = a, .s = s, .max = max < MAX_CANDIDATES ? max : MAX_CANDIDATES, .complete = true, .e = e};
  w.all = ARENA_ARRAY(a, struct combination, s->m + w.max + 1);
  *out = *s;
  out->m = 0;
  out->edits = ARENA_ARRAY(a, struct linear_edit, w.max + 1);
  if (!w.all || !out->edits) return ERR(e, E_NO_MEMORY, .subject = "implied edits");
  exact_pool_init(&w.numbers);
  enum err_code code = start(&w);
  if (!code) code = search(&w);
  if (!code) code = to_rows(&w, out);
  exact_pool_release(&w.numbers);
  *complete = w.complete;
  return code;
}

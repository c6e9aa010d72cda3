/* Implied edits: rows are combined two by two, oldest first, so that a common variable goes; a combination stays when its multipliers are the only
 * ones on its rows that eliminate what it eliminates: the rows' columns of eliminated variables have rank (number of rows - 1). */
#include <math.h>
#include <string.h>

#include "processing/edit/rule_analysis.h"

enum { MAX_PARTS = 12, MAX_CANDIDATES = 4000, MAX_TRIES = 2000000 };
struct combination {
  double *coef, rhs; /* [p] */
  bool equation;
  int n_parts, part[MAX_PARTS]; /* rows of the system, ascending */
};
struct implied {
  struct arena *a;
  const struct linear_system *s;
  struct combination *all;
  int n, max;
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
/* f a + g b without variable j; g > 0 unless b is an equation, likewise f. */
static bool combine(const struct implied *w, const struct combination *a, const struct combination *b, int j, struct combination *to) {
  double f = fabs(b->coef[j]), g = fabs(a->coef[j]), largest = 0;
  if (a->coef[j] * b->coef[j] > 0) {
    if (b->equation) g = -g;
    else if (a->equation) f = -f;
    else return false;
  }
  for (int k = 0; k < w->s->p; k++) {
    const double u = f * a->coef[k], v = g * b->coef[k];
    to->coef[k] = k == j || fabs(u + v) <= 1e-11 * (fabs(u) + fabs(v)) ? 0 : u + v;
    largest = fmax(largest, fabs(to->coef[k]));
  }
  if (largest == 0) return false;
  to->rhs = f * a->rhs + g * b->rhs;
  if (fabs(to->rhs) <= 1e-11 * (fabs(f * a->rhs) + fabs(g * b->rhs))) to->rhs = 0;
  to->equation = a->equation && b->equation;
  return merge_parts(to, a, b);
}
/* Rank of the parts' rows over the variables that some part has and the combination has not. */
static int eliminated_rank(const struct implied *w, const struct combination *c, double *work) {
  const int p = w->s->p, n = c->n_parts;
  int rank = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < p; j++) work[i * p + j] = c->coef[j] == 0 ? w->all[c->part[i]].coef[j] : 0;
  for (int j = 0; j < p && rank < n; j++) {
    int best = rank;
    for (int i = rank; i < n; i++)
      if (fabs(work[i * p + j]) > fabs(work[best * p + j])) best = i;
    if (fabs(work[best * p + j]) < 1e-9) continue;
    for (int k = 0; k < p; k++) {
      const double t = work[best * p + k];
      work[best * p + k] = work[rank * p + k];
      work[rank * p + k] = t;
    }
    for (int i = rank + 1; i < n; i++) {
      const double f = work[i * p + j] / work[rank * p + j];
      for (int k = j; f != 0 && k < p; k++) work[i * p + k] = k == j ? 0 : work[i * p + k] - f * work[rank * p + k];
    }
    rank++;
  }
  return rank;
}
static void scale(const struct implied *w, struct combination *c) {
  double unit = 0;
  for (int j = 0; j < w->s->p && unit == 0; j++) unit = fabs(c->coef[j]);
  for (int j = 0; j < w->s->p; j++) c->coef[j] /= unit;
  c->rhs /= unit;
}
static bool known(const struct implied *w, const struct combination *c) {
  for (int i = 0; i < w->n; i++) {
    const struct combination *o = &w->all[i];
    double f = 0;
    bool same = true;
    for (int j = 0; j < w->s->p && same; j++) {
      if (f == 0 && c->coef[j] != 0) f = o->coef[j] / c->coef[j];
      same = fabs(o->coef[j] - f * c->coef[j]) <= 1e-9 * fabs(o->coef[j]);
    }
    if (same && f != 0 && (f > 0 || o->equation) && fabs(o->rhs - f * c->rhs) <= 1e-9 * fmax(1, fabs(o->rhs))) return true;
  }
  return false;
}
static enum err_code fresh(const struct implied *w, struct combination *c) {
  *c = (struct combination){.coef = ARENA_ARRAY(w->a, double, w->s->p + 1)};
  return c->coef ? E_OK : no_memory(w);
}
static enum err_code start(struct implied *w) {
  for (int i = 0; i < w->s->m; i++) {
    const struct linear_edit *r = &w->s->edits[i];
    struct combination *c = &w->all[w->n++];
    TRY(fresh(w, c));
    for (int k = 0; k < r->n; k++) c->coef[r->var[k]] = r->coef[k];
    c->rhs = r->rhs;
    c->equation = r->op == LINEAR_EQ;
    c->n_parts = 1;
    c->part[0] = i;
  }
  return E_OK;
}
static enum err_code search(struct implied *w) {
  double *work = ARENA_ARRAY(w->a, double, (int64_t)MAX_PARTS * w->s->p + 1);
  int64_t tries = 0;
  struct combination c;
  if (!work) return no_memory(w);
  TRY(fresh(w, &c));
  for (int b = 1; b < w->n; b++)
    for (int a = 0; a < b; a++)
      for (int j = 0; j < w->s->p; j++) {
        if (w->n - w->s->m >= w->max || ++tries > MAX_TRIES) return E_OK;
        if (w->all[a].coef[j] == 0 || w->all[b].coef[j] == 0 || !combine(w, &w->all[a], &w->all[b], j, &c)) continue;
        if (eliminated_rank(w, &c, work) != c.n_parts - 1) continue;
        scale(w, &c);
        if (known(w, &c)) continue;
        w->all[w->n++] = c;
        TRY(fresh(w, &c));
      }
  return E_OK;
}
static enum err_code to_rows(struct implied *w, struct linear_system *out) {
  for (int i = w->s->m; i < w->n; i++) {
    int n = 0;
    int *var = ARENA_ARRAY(w->a, int, w->s->p);
    double *coef = ARENA_ARRAY(w->a, double, w->s->p);
    char *id = arena_printf(w->a, "%d", i - w->s->m + 1);
    if (!var || !coef || !id) return no_memory(w);
    for (int j = 0; j < w->s->p; j++)
      if (w->all[i].coef[j] != 0) var[n] = j, coef[n++] = w->all[i].coef[j];
    out->edits[out->m++] =
        (struct linear_edit){.op = w->all[i].equation ? LINEAR_EQ : LINEAR_LE, .n = n, .var = var, .coef = coef, .rhs = w->all[i].rhs, .id = id};
  }
  return E_OK;
}
enum err_code rule_implied(struct arena *a, const struct linear_system *s, int max, struct linear_system *out, struct err *e) {
  struct implied w = {.a = a, .s = s, .max = max < MAX_CANDIDATES ? max : MAX_CANDIDATES, .e = e};
  w.all = ARENA_ARRAY(a, struct combination, s->m + w.max + 1);
  *out = *s;
  out->m = 0;
  out->edits = ARENA_ARRAY(a, struct linear_edit, w.max + 1);
  if (!w.all || !out->edits) return ERR(e, E_NO_MEMORY, .subject = "implied edits");
  TRY(start(&w));
  TRY(search(&w));
  return to_rows(&w, out);
}

/* outcheck_interval_n.c -- what the shown numbers of units tell about the others; see outcheck_intervals_n in outcheck.h. A table of numbers of units
 * is made for each measure, and goes through the same programmes as counts. */
#include <string.h>

#include "estimators/sdc/outcheck.h"

enum { MEASURES_MAX = 256 };
struct counting {
  struct arena *a;
  const struct outcheck_profile *p;
  const struct outcheck_table *t;
  struct outcheck_report *r;
  int64_t *group, n_groups; /* of each figure: figures with the same codes */
  int64_t *of_group;        /* [measures][n_groups] units, -1 = not told */
  int64_t *where;           /* [measures][n_groups] figure + 1, 0 = none */
  int64_t first[MEASURES_MAX];
  int n_measures;
};
static enum err_code no_memory(const struct counting *c, struct err *e) { return ERR(e, E_NO_MEMORY, .subject = c->t->name); }

static bool same_codes(const struct outcheck_table *t, const struct outcheck_cell *x, const struct outcheck_cell *y) {
  for (int d = 0; d < t->n_dims; d++)
    if (!str_eq(x->code[d], y->code[d])) return false;
  return true;
}
/* Counted here and not taken from the table: tables read together have none. */
static enum err_code groups(struct counting *c, struct err *e) {
  const struct outcheck_table *t = c->t;
  int64_t room = 16;
  while (room < 2 * t->n_cells) room *= 2;
  int64_t *slot = ARENA_ARRAY(c->a, int64_t, room);
  c->group = ARENA_ARRAY(c->a, int64_t, t->n_cells + 1);
  if (!slot || !c->group) return no_memory(c, e);
  for (int64_t i = 0; i < t->n_cells; i++) {
    uint64_t h = 1469598103934665603ull;
    for (int d = 0; d < t->n_dims; d++)
      for (size_t k = 0; k <= t->cell[i].code[d].n; k++)
        h = (h ^ (k < t->cell[i].code[d].n ? (uint8_t)t->cell[i].code[d].p[k] : 0xffu)) * 1099511628211ull;
    int64_t at = (int64_t)(h & (uint64_t)(room - 1));
    while (slot[at] && !same_codes(t, &t->cell[slot[at] - 1], &t->cell[i])) at = (at + 1) & (room - 1);
    c->group[i] = slot[at] ? c->group[slot[at] - 1] : c->n_groups++;
    if (!slot[at]) slot[at] = i + 1;
  }
  return E_OK;
}
static int measure_of(struct counting *c, int64_t i) { /* -1: too many */
  const struct outcheck_cell *x = &c->t->cell[i];
  for (int k = 0; k < c->n_measures; k++)
    if (c->t->cell[c->first[k]].kind == x->kind && str_eq(c->t->cell[c->first[k]].measure, x->measure)) return k;
  if (c->n_measures == MEASURES_MAX) return -1;
  c->first[c->n_measures] = i;
  return c->n_measures++;
}
/* A count without n is its own number of units, as the rules for single figures take it. */
static int64_t told(const struct outcheck_cell *x) {
  if (x->n >= 0 || x->suppressed || !x->has_value || x->kind != OUTCHECK_COUNT || x->decimals > 0 || x->scaled < 0) return x->n;
  return x->scaled;
}
static enum err_code numbers(struct counting *c, struct err *e) {
  for (int64_t i = 0; i < c->t->n_cells; i++)
    if (c->t->cell[i].kind <= OUTCHECK_PERCENT && measure_of(c, i) < 0)
      return ERR(e, E_CAP_EXCEEDED, .subject = c->t->name, .expected = "at most 256 measures in a table");
  const int64_t all = c->n_measures * c->n_groups;
  c->of_group = ARENA_ARRAY(c->a, int64_t, all + 1);
  c->where = ARENA_ARRAY(c->a, int64_t, all + 1);
  if (!c->of_group || !c->where) return no_memory(c, e);
  for (int64_t i = 0; i < all; i++) c->of_group[i] = -1;
  for (int64_t i = 0; i < c->t->n_cells; i++) {
    if (c->t->cell[i].kind > OUTCHECK_PERCENT) continue;
    const int64_t at = measure_of(c, i) * c->n_groups + c->group[i];
    c->where[at] = i + 1, c->of_group[at] = told(&c->t->cell[i]);
  }
  return E_OK;
}
/* Two measures about the same units: equal wherever both are told, and somewhere they are. */
static bool alike(const struct counting *c, const int64_t *x, const int64_t *y) {
  bool any = false;
  for (int64_t g = 0; g < c->n_groups; g++) {
    if (x[g] < 0 || y[g] < 0) continue;
    if (x[g] != y[g]) return false;
    any = true;
  }
  return any;
}
static void fill(const struct counting *c, int measure, int64_t *out) {
  const int64_t *own = &c->of_group[measure * c->n_groups];
  memcpy(out, own, (size_t)c->n_groups * sizeof *out);
  for (int k = 0; k < c->n_measures; k++) {
    const int64_t *other = &c->of_group[k * c->n_groups];
    if (k == measure || !alike(c, own, other)) continue;
    for (int64_t g = 0; g < c->n_groups; g++)
      if (out[g] < 0) out[g] = other[g];
  }
}
/* Nothing new where each shown figure is a count that is its own n, and none is filled. */
static bool already_judged(const struct counting *c, int measure, const int64_t *n) {
  const int64_t *where = &c->where[measure * c->n_groups];
  bool unknown = false, own = true, known = false;
  for (int64_t g = 0; g < c->n_groups; g++) {
    if (!where[g]) continue;
    const struct outcheck_cell *x = &c->t->cell[where[g] - 1];
    unknown = unknown || n[g] < 0, known = known || n[g] >= 0;
    own = own && x->kind == OUTCHECK_COUNT && (x->suppressed ? n[g] < 0 : x->decimals == 0 && x->scaled == n[g]);
  }
  return !unknown || !known || own;
}
static enum err_code report(const struct counting *c, const struct outcheck_report *own, struct err *e) {
  for (int64_t i = 0; i < own->n_intervals; i++) {
    const struct outcheck_interval *v = &own->interval[i];
    if (v->high > v->low || v->high < 1 || v->high >= (double)c->p->min_n) continue;
    TRY(outcheck_add(c->r, OUTCHECK_FAIL, OUTCHECK_EXACT, c->t->name, v->cell, v->line, "its number of units", e));
  }
  for (int64_t i = 0; i < own->n_findings; i++) {
    const struct outcheck_finding *f = &own->finding[i];
    if (f->reason == OUTCHECK_TOO_LARGE)
      TRY(outcheck_add(c->r, OUTCHECK_REVIEW, f->reason, c->t->name, f->cell, f->line, "numbers of units", e));
  }
  return E_OK;
}
static enum err_code one_measure(const struct counting *c, int measure, struct err *e) {
  const int64_t *where = &c->where[measure * c->n_groups];
  struct outcheck_table t = {.name = c->t->name, .n_dims = c->t->n_dims, .dim = c->t->dim, .levels = c->t->levels};
  struct outcheck_report own = {.a = c->a};
  int64_t *n = ARENA_ARRAY(c->a, int64_t, c->n_groups + 1);
  t.cell = ARENA_ARRAY(c->a, struct outcheck_cell, c->n_groups + 1);
  if (!n || !t.cell) return no_memory(c, e);
  fill(c, measure, n);
  if (already_judged(c, measure, n)) return E_OK;
  for (int64_t g = 0; g < c->n_groups; g++) {
    if (!where[g]) continue;
    const struct outcheck_cell *x = &c->t->cell[where[g] - 1];
    t.cell[t.n_cells++] = (struct outcheck_cell){.code = x->code, .measure = x->measure, .kind = OUTCHECK_COUNT, .suppressed = n[g] < 0,
        .has_value = n[g] >= 0, .scaled = n[g] < 0 ? 0 : n[g], .value = n[g] < 0 ? 0 : (double)n[g], .line = x->line};
  }
  TRY(outcheck_intervals(c->p, &t, &own, e));
  return report(c, &own, e);
}
enum err_code outcheck_intervals_n(const struct outcheck_profile *p, const struct outcheck_table *t, struct outcheck_report *r, struct err *e) {
  bool hidden = false;
  for (int64_t i = 0; i < t->n_cells; i++) hidden = hidden || t->cell[i].suppressed;
  if (p->counts_public || !hidden) return E_OK;
  struct counting c = {.a = arena_new(0), .p = p, .t = t, .r = r};
  enum err_code code = c.a ? groups(&c, e) : no_memory(&c, e);
  if (!code) code = numbers(&c, e);
  for (int k = 0; !code && k < c.n_measures; k++) code = one_measure(&c, k, e);
  arena_free(c.a);
  return code;
}

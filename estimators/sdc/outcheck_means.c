/* outcheck_means.c -- means that follow from other means and numbers of units, by substitution; see outcheck_linked.h. */
#include "estimators/sdc/outcheck_linked.h"

struct substituting {
  const struct outcheck_table *t;
  bool *known;     /* [n_cells] the mean */
  int64_t *units;  /* [n_cells] -1 = not known */
  bool *follows;
};
static bool is_mean(const struct outcheck_cell *c) { return c->kind == OUTCHECK_MEAN || c->kind == OUTCHECK_RATIO || c->kind == OUTCHECK_PERCENT; }
static bool beside(const struct outcheck_table *t, const struct outcheck_cell *x, const struct outcheck_cell *y, int d) {
  if (x->kind != y->kind || !str_eq(x->measure, y->measure)) return false;
  for (int k = 0; k < t->n_dims; k++)
    if (k != d && !str_eq(x->code[k], y->code[k])) return false;
  return true;
}
/* Parts of `whole` in dimension d: one mean and one number of units among them and the whole may be unknown, of the same figure or not. */
static bool substitute(const struct substituting *s, int64_t whole, int d) {
  const struct outcheck_cell *w = &s->t->cell[whole];
  int64_t unknown = s->known[whole] ? -1 : whole, n_unknown = !s->known[whole], no_units = s->units[whole] < 0 ? whole : -1,
      n_no_units = s->units[whole] < 0;
  int64_t parts = 0, sum = 0;
  for (int64_t i = 0; i < s->t->n_cells; i++) {
    const struct outcheck_cell *c = &s->t->cell[i];
    if (i == whole || !beside(s->t, c, w, d) || !str_eq(outcheck_parent(s->t->levels, s->t->dim[d], c->code[d]), w->code[d])) continue;
    parts++;
    if (!s->known[i]) unknown = i, n_unknown++;
    if (s->units[i] < 0) no_units = i, n_no_units++;
    else sum += s->units[i];
  }
  if (parts < 1 || n_no_units > 1) return false;
  bool moved = n_no_units == 1 || (n_unknown == 1 && !s->known[unknown]);
  if (n_no_units == 1) s->units[no_units] = no_units == whole ? sum : s->units[whole] > sum ? s->units[whole] - sum : 0;
  if (n_unknown == 1) s->known[unknown] = s->follows[unknown] = true;
  return moved;
}
enum err_code outcheck_means(struct arena *a, const struct outcheck_table *t, bool *follows, struct err *e) {
  struct substituting s = {.t = t, .known = ARENA_ARRAY(a, bool, t->n_cells + 1), .units = ARENA_ARRAY(a, int64_t, t->n_cells + 1),
      .follows = follows};
  if (!s.known || !s.units) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int64_t i = 0; i < t->n_cells; i++) s.known[i] = !t->cell[i].suppressed && t->cell[i].has_value, s.units[i] = t->cell[i].n;
  for (bool moved = true; moved;) {
    moved = false;
    for (int64_t w = 0; w < t->n_cells; w++)
      for (int d = 0; is_mean(&t->cell[w]) && d < t->n_dims; d++) moved = substitute(&s, w, d) || moved;
  }
  return E_OK;
}

/* outcheck_compare.c -- two tables about the same data whose difference is about a few units. */
#include <stdio.h>

#include "estimators/sdc/outcheck.h"

/* Units in one of the two sets only; stops beyond `most`. Equal sets give 0: the same question, which tells nothing more. */
static int64_t difference(const struct outcheck_set *x, const struct outcheck_set *y, int64_t most) {
  int64_t i = 0, k = 0, d = 0;
  while ((i < x->n || k < y->n) && d <= most) {
    if (k == y->n || (i < x->n && x->token[i] < y->token[k])) i++, d++;
    else if (i == x->n || y->token[k] < x->token[i]) k++, d++;
    else i++, k++;
  }
  return d;
}
/* Per group a figure that is shown; NULL: all are suppressed, nothing to take a difference of. */
static const struct outcheck_cell **first_shown(struct arena *a, const struct outcheck_profile *p, const struct outcheck_table *t) {
  const struct outcheck_cell **first = ARENA_ARRAY(a, const struct outcheck_cell *, t->n_groups + 1);
  for (int64_t i = t->n_cells; first && i-- > 0;)
    if (!t->cell[i].suppressed && t->cell[i].has_value && !(p->counts_public && t->cell[i].kind == OUTCHECK_COUNT))
      first[t->cell[i].group] = &t->cell[i];
  return first;
}
static enum err_code say(const struct outcheck_candidate *mine, const struct outcheck_cell *c, const struct outcheck_candidate *other,
    enum outcheck_reason reason, struct outcheck_report *r, struct err *e) {
  char name[OUTCHECK_CELL_NAME];
  outcheck_cell_name(mine->table, c, name, sizeof name);
  return outcheck_add(r, OUTCHECK_FAIL, reason, mine->table->name, name, c->line, other->where, e);
}
static enum err_code by_sets(const struct outcheck_profile *p, const struct outcheck_candidate *mine, const struct outcheck_candidate *other,
    struct outcheck_report *r, struct err *e) {
  const int64_t most = p->min_n - 1;
  const struct outcheck_cell **here = first_shown(r->a, p, mine->table), **there = first_shown(r->a, p, other->table);
  if (!here || !there) return ERR(e, E_NO_MEMORY, .subject = other->where);
  for (int64_t g = 0; g < mine->table->n_groups; g++) {
    const struct outcheck_cell *c = here[g];
    for (int64_t h = 0; c && h < other->table->n_groups; h++) {
      const int64_t gap = mine->set[g].n - other->set[h].n;
      if (!there[h] || gap > most || gap < -most) continue;
      const int64_t d = difference(&mine->set[g], &other->set[h], most);
      if (d < 1 || d > most) continue;
      TRY(say(mine, c, other, OUTCHECK_DIFFERENCE, r, e));
      break; /* one reason is enough for a figure */
    }
  }
  return E_OK;
}
/* Dimensions that both tables have must agree; what one of them lacks counts as total. */
static bool same_codes(const struct outcheck_table *t, const struct outcheck_cell *x, const struct outcheck_table *u, const struct outcheck_cell *y) {
  for (int d = 0; d < t->n_dims; d++) {
    struct str code = STR("_T");
    for (int k = 0; k < u->n_dims; k++)
      if (str_eq(t->dim[d], u->dim[k])) code = y->code[k];
    if (!str_eq(x->code[d], code)) return false;
  }
  return true;
}
static enum err_code by_counts(const struct outcheck_profile *p, const struct outcheck_candidate *mine, const struct outcheck_candidate *other,
    struct outcheck_report *r, struct err *e) {
  const struct outcheck_table *t = mine->table, *u = other->table;
  for (int64_t i = 0; i < t->n_cells; i++)
    for (int64_t k = 0; k < u->n_cells; k++) {
      const struct outcheck_cell *x = &t->cell[i], *y = &u->cell[k];
      const int64_t gap = x->n > y->n ? x->n - y->n : y->n - x->n;
      if (x->suppressed || y->suppressed || x->n < 0 || y->n < 0 || gap == 0 || gap >= p->min_n || !str_eq(x->measure, y->measure)) continue;
      if (!same_codes(t, x, u, y) || !same_codes(u, y, t, x)) continue;
      TRY(say(mine, x, other, OUTCHECK_DIFFERENCE_LIKELY, r, e));
      break;
    }
  return E_OK;
}
enum err_code outcheck_compare(const struct outcheck_profile *p, const struct outcheck_candidate *mine, const struct outcheck_candidate *other,
    struct outcheck_report *r, struct err *e) {
  return mine->set && other->set ? by_sets(p, mine, other, r, e) : by_counts(p, mine, other, r, e);
}

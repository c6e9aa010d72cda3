/* outcheck_compare.c -- two tables about the same data: their difference is about a few units, or one shows what the other hides. */
#include <stdlib.h>

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
/* Groups of the other table by the size of their sets, so that only near ones are compared. */
struct sized {
  int64_t n, group;
};
static int by_size(const void *x, const void *y) {
  const struct sized *a = x, *b = y;
  if (a->n != b->n) return a->n < b->n ? -1 : 1;
  return a->group < b->group ? -1 : a->group > b->group;
}
static int64_t first_of_size(const struct sized *s, int64_t n, int64_t size) {
  int64_t low = 0;
  while (low < n) {
    const int64_t middle = low + (n - low) / 2;
    if (s[middle].n < size) low = middle + 1;
    else n = middle;
  }
  return low;
}
static enum err_code by_sets(const struct outcheck_profile *p, const struct outcheck_candidate *mine, const struct outcheck_candidate *other,
    struct outcheck_report *r, struct err *e) {
  const int64_t most = p->min_n - 1, n_there = other->table->n_groups;
  const struct outcheck_cell **here = first_shown(r->a, p, mine->table), **there = first_shown(r->a, p, other->table);
  struct sized *sized = ARENA_ARRAY(r->a, struct sized, n_there + 1);
  if (!here || !there || !sized) return ERR(e, E_NO_MEMORY, .subject = other->where);
  for (int64_t h = 0; h < n_there; h++) sized[h] = (struct sized){other->set[h].n, h};
  qsort(sized, (size_t)n_there, sizeof *sized, by_size);
  for (int64_t g = 0; g < mine->table->n_groups; g++) {
    if (!here[g]) continue;
    for (int64_t k = first_of_size(sized, n_there, mine->set[g].n - most); k < n_there && sized[k].n <= mine->set[g].n + most; k++) {
      const int64_t d = there[sized[k].group] ? difference(&mine->set[g], &other->set[sized[k].group], most) : 0;
      if (d < 1 || d > most) continue;
      TRY(say(mine, here[g], other, OUTCHECK_DIFFERENCE, r, e));
      break; /* one reason is enough for a figure */
    }
  }
  return E_OK;
}

/* --- without sets: the same measure and codes, dimensions that one of them lacks counting as total --- */

static struct str code_in(const struct outcheck_table *u, const struct outcheck_cell *y, struct str dim) {
  for (int k = 0; k < u->n_dims; k++)
    if (str_eq(u->dim[k], dim)) return y->code[k];
  return STR("_T");
}
static uint64_t mix(uint64_t h, struct str s) {
  for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211ull;
  return (h ^ 0xffu) * 1099511628211ull;
}
/* A figure of either table by measure and the codes of t's dimensions. */
static uint64_t hash_in(const struct outcheck_table *t, const struct outcheck_table *u, const struct outcheck_cell *y) {
  uint64_t h = mix(1469598103934665603ull, y->measure);
  for (int d = 0; d < t->n_dims; d++) h = mix(h, code_in(u, y, t->dim[d]));
  return h;
}
/* Total in the dimensions that t lacks: the only ones that can agree with a figure of t. */
static bool total_elsewhere(const struct outcheck_table *t, const struct outcheck_table *u, const struct outcheck_cell *y) {
  for (int k = 0; k < u->n_dims; k++) {
    bool in_t = false;
    for (int d = 0; d < t->n_dims; d++) in_t = in_t || str_eq(t->dim[d], u->dim[k]);
    if (!in_t && !outcheck_total(y->code[k])) return false;
  }
  return true;
}
static bool same_codes(const struct outcheck_table *t, const struct outcheck_cell *x, const struct outcheck_table *u, const struct outcheck_cell *y) {
  for (int d = 0; d < t->n_dims; d++)
    if (!str_eq(x->code[d], code_in(u, y, t->dim[d]))) return false;
  for (int d = 0; d < u->n_dims; d++)
    if (!str_eq(y->code[d], code_in(t, x, u->dim[d]))) return false;
  return str_eq(x->measure, y->measure);
}
static bool few_apart(const struct outcheck_profile *p, const struct outcheck_cell *x, const struct outcheck_cell *y) {
  const int64_t gap = x->n > y->n ? x->n - y->n : y->n - x->n;
  return !x->suppressed && !y->suppressed && x->n >= 0 && y->n >= 0 && gap > 0 && gap < p->min_n;
}
/* One table hides what the other shows; of units that are the same, or not known to be others. */
static bool gives_away(const struct outcheck_candidate *mine, const struct outcheck_cell *x, const struct outcheck_candidate *other,
    const struct outcheck_cell *y) {
  if (x->suppressed == y->suppressed || !(x->suppressed ? y->has_value : x->has_value)) return false;
  return !mine->set || !other->set || difference(&mine->set[x->group], &other->set[y->group], 0) == 0;
}
static enum err_code index_other(const struct outcheck_table *t, const struct outcheck_candidate *other, struct outcheck_report *r, int64_t **slot,
    int64_t *room, struct err *e) {
  const struct outcheck_table *u = other->table;
  *room = 16;
  while (*room < 2 * u->n_cells) *room *= 2;
  *slot = ARENA_ARRAY(r->a, int64_t, *room);
  if (!*slot) return ERR(e, E_NO_MEMORY, .subject = other->where);
  for (int64_t k = 0; k < u->n_cells; k++) {
    if (!total_elsewhere(t, u, &u->cell[k])) continue;
    int64_t at = (int64_t)(hash_in(t, u, &u->cell[k]) & (uint64_t)(*room - 1));
    while ((*slot)[at]) at = (at + 1) & (*room - 1);
    (*slot)[at] = k + 1;
  }
  return E_OK;
}
static enum err_code by_codes(const struct outcheck_profile *p, const struct outcheck_candidate *mine, const struct outcheck_candidate *other,
    struct outcheck_report *r, struct err *e) {
  const struct outcheck_table *t = mine->table, *u = other->table;
  const bool sets = mine->set && other->set;
  int64_t room, *slot;
  TRY(index_other(t, other, r, &slot, &room, e));
  for (int64_t i = 0; i < t->n_cells; i++) {
    const struct outcheck_cell *x = &t->cell[i];
    for (int64_t at = (int64_t)(hash_in(t, t, x) & (uint64_t)(room - 1)); slot[at]; at = (at + 1) & (room - 1)) {
      const struct outcheck_cell *y = &u->cell[slot[at] - 1];
      if (!same_codes(t, x, u, y)) continue;
      if (gives_away(mine, x, other, y)) TRY(say(mine, x, other, OUTCHECK_EXACT, r, e));
      else if (!sets && few_apart(p, x, y)) TRY(say(mine, x, other, OUTCHECK_DIFFERENCE_LIKELY, r, e));
      break; /* a table has a figure once */
    }
  }
  return E_OK;
}
enum err_code outcheck_compare(const struct outcheck_profile *p, const struct outcheck_candidate *mine, const struct outcheck_candidate *other,
    struct outcheck_report *r, struct err *e) {
  TRY(by_codes(p, mine, other, r, e));
  return mine->set && other->set ? by_sets(p, mine, other, r, e) : E_OK;
}

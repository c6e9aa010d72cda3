/* outcheck_evidence.c -- what the second checker reads instead of code: for every figure the number of units behind it, how many its total has
 *          besides them, and the
 * shares of the largest contributors, all from the records handed in. No value stands in it. See outcheck.h. */
#include <string.h>

#include "estimators/sdc/outcheck.h"

enum { COMPLEMENTS_MAX = 4000 }; /* figures; the square of it */

static bool is_total_of(const struct outcheck_table *t, const struct outcheck_cell *whole, const struct outcheck_cell *part) {
  int differ = 0;
  for (int d = 0; d < t->n_dims; d++) {
    if (str_eq(whole->code[d], part->code[d])) continue;
    if (!str_eq(whole->code[d], outcheck_parent(t->levels, t->dim[d], part->code[d]))) return false;
    differ++;
  }
  return differ == 1 && str_eq(whole->measure, part->measure);
}
/* The smallest number of units that a total of this figure has besides it: who knows both knows them. */
static int64_t complement(const struct outcheck_table *t, const struct outcheck_units *units, int64_t i) {
  int64_t least = -1;
  if (t->n_cells > COMPLEMENTS_MAX) return -1;
  for (int64_t w = 0; w < t->n_cells; w++) {
    if (w == i || !is_total_of(t, &t->cell[w], &t->cell[i])) continue;
    const int64_t rest = units->cell[w].n - units->cell[i].n;
    if (rest >= 0 && (least < 0 || rest < least)) least = rest;
  }
  return least;
}
enum err_code outcheck_evidence(const struct outcheck_table *t, const struct outcheck_units *units, struct outcheck_report *r, struct err *e) {
  struct outcheck_evidence *list = ARENA_ARRAY(r->a, struct outcheck_evidence, r->n_evidence + t->n_cells + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = t->name);
  if (r->n_evidence) memcpy(list, r->evidence, (size_t)r->n_evidence * sizeof *list);
  r->evidence = list;
  for (int64_t i = 0; i < t->n_cells && r->n_evidence < OUTCHECK_FINDINGS_MAX; i++) {
    const struct outcheck_behind *b = &units->cell[i];
    char name[OUTCHECK_CELL_NAME];
    outcheck_cell_name(t, &t->cell[i], name, sizeof name);
    struct outcheck_evidence *to = &list[r->n_evidence++];
    *to = (struct outcheck_evidence){t->name, arena_strdup(r->a, name, strlen(name)), t->cell[i].line, b->n, complement(t, units, i), -1, -1};
    if (!to->cell) return ERR(e, E_NO_MEMORY, .subject = t->name);
    if (b->dominance && b->total > 0) to->largest = 100 * b->top1 / b->total, to->two_largest = 100 * (b->top1 + b->top2) / b->total;
  }
  return E_OK;
}

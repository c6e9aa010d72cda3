/* cells.h -- cells and additive relations: the one shape of every table that is protected. A hierarchical table, linked tables, several hierarchies
 *    of one dimension and editions of one table are all the union of their cells and relations.
 * Shapes   cells 0..n-1; relation = parent and children, value of the parent = sum of the values of the children, exactly.
 * Units    value, lpl, upl: whole numbers in units of 10^-decimals of the published unit. |value| < 9e15, so that doubles hold it.
 * Status   u primary (must be hidden), s candidate, z forced to be published. A candidate of value 0 is treated as forced unless zeros_may_hide: its
 *          value is known wherever zeros are shown as "-", and a suppressed zero protects no other cell (sdc audit).
 * Levels   lpl, upl: how far below and above the value the attacker's interval must reach. 0 and 0 with a value other than 0: it may not be exact.
 * Attacker `known` percent: every hidden value is known beforehand to that much on either side, not to less than a unit (0: not at all). `least`:
 *          what each cell holds at least,
 *          because the attacker contributes that much himself (NULL: nothing). `floor`, `ceiling`: what the rules tell of a hidden cell (a count
 *          that is hidden for few units is 1 at least and below the minimum). Levels are cut at all of them, as they are at zero.
 * Same key one cell: cells of equal, non-empty key are merged when value and status agree (E_SDC_DUPLICATE else); `same` names the one that stands.
 * Errors   E_SDC_RELATION, E_SDC_NOT_ADDITIVE (names the parent), E_SDC_LEVEL, E_SDC_SIZE. Memory: the caller's arena. Cost: O(terms).
 * Source   Hundepool et al., Handbook on Statistical Disclosure Control, 2nd ed., ch. 4. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_CELLS_H
#define SHIRABE_ESTIMATORS_SUPPRESS_CELLS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { CELLS_MAX = 20000000, CELL_DECIMALS_MAX = 9 };
struct cell_table {
  struct arena *a;
  const char *name; /* for messages */
  int32_t n_cells, n_relations;
  int decimals;
  double unit;        /* 10^decimals */
  int64_t tolerance;  /* how far a sum may be off (rounded figures): the attacker is taken to know by how much */
  bool nonnegative;   /* the attacker knows that no value is below 0 */
  bool zeros_may_hide;
  int known;             /* percent, 0 = outside attackers know no value beforehand */
  const int64_t *least;  /* [n_cells], NULL */
  const int64_t *floor, *ceiling; /* [n_cells], NULL: everyone knows that no value lies beyond; CELL_OPEN: no ceiling, -CELL_OPEN: no floor */
  struct str *key;    /* [n_cells] "" = none */
  int64_t *value, *lpl, *upl;
  char *status;       /* [n_cells] u, s, z */
  int32_t *same;      /* [n_cells] the cell it stands for, itself as a rule */
  int32_t *first;     /* [n_relations + 1] into member */
  int32_t *member;    /* the parent comes first in each relation */
  int32_t *cell_first, *cell_relation; /* the relations of each cell */
};
/* Grows by calls; cells first, then relations, then cell_table_close. */
struct cell_builder {
  struct cell_table *t;
  int32_t room_cells, room_relations;
  int64_t n_terms, room_terms;
};
enum err_code cell_builder_begin(struct cell_builder *b, struct arena *a, const char *name, int decimals, struct err *e) NODISCARD;
enum err_code cell_builder_cell(
    struct cell_builder *b, struct str key, int64_t value, char status, int64_t lpl, int64_t upl, struct err *e) NODISCARD;
/* member[0] is the parent. */
enum err_code cell_builder_relation(struct cell_builder *b, int n, const int32_t *member, struct err *e) NODISCARD;
enum err_code cell_builder_close(struct cell_builder *b, struct cell_table **out, struct err *e) NODISCARD;

static inline bool cell_may_hide(const struct cell_table *t, int32_t c) {
  return t->status[c] == 'u' || (t->status[c] == 's' && (t->value[c] != 0 || t->zeros_may_hide));
}
static inline double cell_value(const struct cell_table *t, int32_t c) { return (double)t->value[c] / t->unit; }
/* How far an attacker must think a hidden cell may lie below and above its value: whole units; CELL_OPEN where nothing bounds it. */
#define CELL_OPEN INT64_MAX
int64_t cell_room_below(const struct cell_table *t, int32_t c);
int64_t cell_room_above(const struct cell_table *t, int32_t c);
/* "12 (P01|I03|S2)" or "12"; into `out`. */
const char *cell_name(const struct cell_table *t, int32_t c, char *out, size_t size);
/* The two tables cells.csv (id,key,value,status,lpl,upl) and rels.csv (parent,child,... without header) as texts. */
enum err_code cells_parse(struct arena *a, const char *cells_name, struct str cells, const char *relations_name, struct str relations,
    struct cell_table **out, struct err *e) NODISCARD;
/* A decimal text as a whole number of 10^-decimals; false when it is none, or not whole there. */
bool cell_decimal(struct str text, int decimals, int64_t *out);
#endif

/* contributions.h -- primary cells, their levels and the attackers inside a table, from what each unit contributes to the inner cells: nobody has to
 *    make status, lpl and upl by hand.
 * Shapes   contributions.csv: cell,unit,value and, where there are, weight,holding,waiver,asked (0/1). Cells are inner ones, no totals; each unit
 *          counts
 *          in every total above its cell once. Units of one holding are one owner.
 * Units    values as in the table of cells; without weights they must add up to each cell exactly, with weights to half a unit of the last decimal
 *          for
 *          each contribution.
 *          Without a column weight every unit counts once.
 * Levels   of the rule (sdc_rule.h), rounded up to a unit of the table; what the table of cells asks already stays where it is more.
 * Owners   an owner knows alone the cells to which nobody else contributes, and of every other cell of his what he reports himself. His level in
 *          such a
 *          cell is what keeps the largest other contributor p % away from him: (1 + p/100) x + own - total, x = the largest of the others.
 *          Order: those with most primary cells first, so that a limit on programmes leaves out the least dangerous. Pairs: the second and
 *          third largest contributor of each primary cell as one attacker.
 * Errors   E_SDC_CONTRIBUTIONS, E_SDC_CONTRIBUTIONS_SUM (names the cell), E_SDC_CONFLICT (a primary cell forced to be published).
 * Memory   the caller's arena; rows times totals above a cell. Cost: O(n log n) in that. Source: Handbook on SDC, 2nd ed., 4.2; Langsrud & Bovim
 *          (2023) for contributors who know several cells. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_CONTRIBUTIONS_H
#define SHIRABE_ESTIMATORS_SUPPRESS_CONTRIBUTIONS_H
#include "estimators/sdc/sdc_rule.h"
#include "estimators/sdc/suppress/audit.h"

struct contributions {
  int64_t n_rows;
  int32_t n_units, n_primary;
  int32_t by_reason[SDC_N_REASONS];
  uint8_t *reason; /* [n_cells] enum sdc_reason */
  struct owners owners;
};
/* Reads, judges every cell, sets status and levels of `t`, lists the owners. */
enum err_code contributions_apply(struct arena *a, const char *name, struct str text, const struct sdc_rule *rule, bool pairs, struct cell_table *t,
    struct contributions *out, struct err *e) NODISCARD;
/* The same file, rows and sums checked as contributions_apply does, nothing judged or changed. counting: the column value may be missing, then the
 * units of each cell are counted and must be as many as its value. */
enum err_code contributions_check(struct arena *a, const char *name, struct str text, struct cell_table *t, bool counting, struct err *e) NODISCARD;
struct contributor { /* by cell, then owner; amounts in units of the table, 0 or more */
  int32_t cell, owner;
  int64_t amount;
};
/* Owners and, where asked, pairs, as attackers of `t`; p = share of the p% rule, 0 = the levels of the cells. */
enum err_code contributors_as_owners(struct arena *a, const struct cell_table *t, const struct contributor *x, int64_t n, int32_t n_owners, double p,
    bool pairs, struct owners *out, struct err *e) NODISCARD;
/* The totals above each cell, itself first: cells above[first[c]] .. above[first[c + 1] - 1]. False: no memory. */
bool cells_above(struct arena *a, const struct cell_table *t, const int32_t *of, int32_t n, int64_t **first, int32_t **above);
#endif

/* eliminate.h -- secondary suppression by elimination: published cells are taken in order of importance while no primary cell becomes a combination
 *    of what is published. A fast preview and a linear proof: it says nothing of intervals, so that its pattern is always audited and repaired.
 * Method   each cell is a column over the inner cells of value other than 0; a candidate is reduced against the published ones; nothing left:
 *          publish;
 *          proportional to a primary's rest: suppress; else publish and eliminate its pivot from all primaries. Modulo 2^31 - 1, proportionality by
 *          a hash of the rest scaled to a leading 1, confirmed by comparison. Pivot: the row with fewest primaries, then the smallest number.
 * Order    forced cells first, then by decreasing importance (the cost: value by default), smaller numbers first among equals.
 * Pairs    owners (may be NULL): for each relation the sum of a cell an owner knows and one other primary of the relation is protected as well.
 * Result   hidden [n_cells]. Cost: one reduction per cell, no programmes. Errors: E_NO_MEMORY.
 * Source   Langsrud (2024), Secondary cell suppression by Gaussian elimination, PSD 2024. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_ELIMINATE_H
#define SHIRABE_ESTIMATORS_SUPPRESS_ELIMINATE_H
#include "estimators/sdc/suppress/audit.h"

struct eliminate_result {
  int32_t n_inner, rank, n_pairs, n_secondary;
};
/* importance [n_cells], NULL = value */
enum err_code suppress_by_elimination(const struct cell_table *t, const double *importance, const struct owners *owners, uint8_t *hidden,
    struct eliminate_result *out, struct err *e) NODISCARD;
#endif

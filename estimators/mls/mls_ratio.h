/* mls_ratio.h -- link-relative ratio estimator by unit tabulation cell.
 * Formula  r_c = E_c / sum_k w_k e0_k; total of any item a = r_c sum_k w_k a_k; every split uses the same r_c. E_c = workers at the end of the
 *          previous month.
 * Shapes   sample: [n] reports with cell and (in its design) stratum and weight; cells: [n_cells]; results: [n_cells].
 * Units    x in persons, person-days, person-hours, thousand yen; results in persons, days, hours, yen.
 * Missing  x[split][item] NULL = not asked; values must be complete (impute or drop the report first: a non-respondent drops out, r absorbs it).
 * Collapse a cell with fewer than min_reports, or sum w e0 = 0, is joined with its declared neighbour: both take their per-worker figures from
 *          the joint sums while each keeps its own E_c. Every join is logged. A cell without workers (E_c = 0) and without reports is an empty
 *          cell.
 * Order    integer sums per cell and stratum are exact; weighted in stratum order: the order of reports changes no bit.
 * Source   MHLW 集計・推計方法: r = E / sum e0 per cell; weights inside the sum since January 2018 (re-tabulation of 2019). The collapse rule is ours.
 * Errors   E_MLS_NO_CELL, E_MLS_NO_E, E_MLS_NO_NEIGHBOUR. Memory: arena. Cost: O(n x items). */
#ifndef SHIRABE_ESTIMATORS_MLS_RATIO_H
#define SHIRABE_ESTIMATORS_MLS_RATIO_H
#include "base/arena.h"
#include "base/err.h"
#include "estimators/design/design.h"
#include "estimators/mls/mls.h"

struct mls_sample {
  int64_t n;
  const int32_t *cell;         /* [n] 0..n_cells-1 */
  const struct design *design; /* n_units = n */
  const int64_t *x[MLS_SPLITS][MLS_ITEMS]; /* general is derived and must be NULL */
};
struct mls_cell {
  struct str id, industry, size;
  double workers_before; /* E_c; below 0 = not known */
  int32_t neighbour;     /* to collapse with; -1 = none declared */
};
struct mls_cell_result {
  int64_t n_reports;
  double weighted_e0;  /* sum w e0 of the cell alone */
  double joint_e0;     /* of its collapse group */
  double ratio;        /* E_c / weighted_e0; of the group when collapsed; 0 for an empty cell */
  int32_t group;       /* lowest cell index of its collapse group */
  bool collapsed, empty;
  struct mls_totals totals;
};
struct mls_collapse {
  int32_t cell, with;
  int64_t n_reports; /* of the cell when it was joined */
};
struct mls_ratio_result {
  struct mls_cell_result *cells;
  struct mls_collapse *log;
  int32_t n_log;
  int64_t *order; /* reports sorted by (cell, stratum, row) */
  int64_t *first; /* [n_cells + 1] into order */
};
enum err_code mls_ratio(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells, int64_t min_reports,
    struct mls_ratio_result *out, struct err *e) NODISCARD;
#endif

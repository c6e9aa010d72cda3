/* mls_carry.h -- carrying the workers of each cell to the next month, and the checks on it.
 * Formula  E_c(t+1) = e1_c + K_c rho_c e1_c + L (sum of movers in - sum of movers out), mover = r_from w e1; movers cancel over all cells.
 * Units    persons; rho as a fraction (+0.004); K and L in 0..1.
 * Source   MHLW 集計・推計方法 (link relative with employment-insurance correction); K per industry and size since the working-group report of March 2025;
 *          L and the treatment of movers are not published: options here.
 * Errors   E_MLS_NO_CELL for a mover between unknown cells. Cost: O(cells + movers). */
#ifndef SHIRABE_ESTIMATORS_MLS_CARRY_H
#define SHIRABE_ESTIMATORS_MLS_CARRY_H
#include "estimators/mls/mls_ratio.h"

struct mls_mover {
  int32_t from, to;
  double workers; /* r_from w e1 */
};
struct mls_carry_cell {
  double k, rho;                             /* in */
  double workers_end;                        /* in: e1_c */
  double insurance, moved, workers_next;     /* out */
};
enum err_code mls_carry(
    struct mls_carry_cell *cells, int32_t n_cells, const struct mls_mover *movers, int64_t n_movers, double l, struct err *e) NODISCARD;

/* Control C2: in a take-all cell the reports, scaled by response, must make up the workers of the cell: r x response within 0.95 .. 1.05. */
struct mls_cover {
  int32_t cell;
  double ratio_times_response;
  int64_t n_reports, n_frame;
  bool alarm;
};
/* Cells whose reports all lie in take-all strata; *n of them. n_frame is the frame count of those strata. */
enum err_code mls_cover_checks(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells,
    const struct mls_ratio_result *r, struct mls_cover **out, int32_t *n, struct err *e) NODISCARD;
#endif

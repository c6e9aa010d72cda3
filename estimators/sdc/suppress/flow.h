/* flow.h -- secondary suppression by flows: for each primary cell and each side, the cheapest table that agrees with all sums and moves the cell
 *    as far
 *    as its level asks; every cell that moves is suppressed. Each such table is also a witness for the cells it moves.
 * Parts    the table is worked part by part (one parent with its children in each dimension, from the keys "a|b|c"); a cell suppressed in one part
 *          is protected by what it moved in the other parts that hold it, until nothing changes. Tables without such keys are one part.
 * Repair   the whole is audited; a cell that is not safe yet is protected on its neighbourhood (all relations of some hundred cells around it),
 *          grown until there is a flow. A cell that has none in the whole table is reported as trapped, with the relation that traps it.
 * Owners   a cell that the only contributor of other cells can determine is protected with those cells held fixed.
 * Costs    unit, log(1 + value), value, or log(1 + value) / (1 + value) of the published figure; cells of several parts times `margin`.
 * Unit     with clean-up, tables of one part are worked twice, plainly and with small values first; the pattern of fewer cells is the result.
 * Clean-up secondaries are published again, dearest first, while every witness they carried can be replaced; tables up to `clean_up_work` only.
 * Result   always audited; `audit.clean` says whether it may go out. Errors E_SDC_SOLVER, E_SDC_CONFLICT, E_NO_MEMORY; a trapped cell is no error.
 * Cost     bench of 10,192 cells: see tests/bench/RESULTS.md. Same input, same pattern.
 * Source   Kelly, Golden & Assad (1992), Cell suppression; Fischetti & Salazar (2001); Hundepool et al., Handbook on SDC, 2nd ed., 4.4. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_FLOW_H
#define SHIRABE_ESTIMATORS_SUPPRESS_FLOW_H
#include "estimators/sdc/suppress/audit.h"

enum flow_cost { FLOW_COST_UNIT, FLOW_COST_LOG, FLOW_COST_VALUE, FLOW_COST_LOG_OVER };
struct suppress_options {
  enum flow_cost cost;
  const double *own_cost; /* [n_cells] instead of the above; NULL */
  double margin;          /* 0 = 20 */
  bool clean_up;
  bool small_first; /* unit cost: among as many cells the smaller ones, by a two-hundredth of log(1 + value) */
  int64_t clean_up_work; /* secondaries times suppressed cells; 0 = 1,000,000 */
  const uint8_t *start;  /* [n_cells] secondaries to begin with (last edition's, elimination's); NULL */
  const struct owners *owners;
  int32_t owner_programmes;
  void (*progress)(void *context, const char *stage, int64_t done, int64_t of);
  void *progress_context;
};
struct suppress_trapped {
  int32_t cell, relation; /* relation -1: the cell is in none */
};
struct suppress_result {
  uint8_t *hidden; /* [n_cells] primaries and secondaries */
  int32_t n_parts, n_rounds, n_repaired, n_cleaned;
  bool clean_up_skipped;
  int64_t n_programmes;
  struct suppress_trapped *trapped;
  int32_t n_trapped;
  struct audit_report audit;
};
enum err_code suppress_by_flow(struct arena *a, const struct cell_table *t, const struct suppress_options *o, struct suppress_result *out,
    struct err *e) NODISCARD;
/* The same from a pattern: audit, repair, clean-up. What the other methods end with. */
enum err_code suppress_repair(struct arena *a, const struct cell_table *t, const struct suppress_options *o, struct suppress_result *out,
    struct err *e) NODISCARD;
double suppress_cost(const struct cell_table *t, const struct suppress_options *o, int32_t cell);
/* Secondaries of a pattern, each cell once; *value = their sum in published units. */
int32_t suppress_secondaries(const struct cell_table *t, const uint8_t *hidden, double *value);
#endif

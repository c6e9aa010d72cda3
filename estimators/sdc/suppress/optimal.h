/* optimal.h -- the cheapest pattern by branch and cut, for tables of some hundred cells.
 * Model    y = 1: suppressed. For each primary and side the attacker's programme with bounds -LB y <= d <= UB y; where it falls short of the goal its
 *          dual values give a cut sum of (coefficient, at most the goal) y >= goal. Cuts are kept in one pool and the master is solved again: first
 *          its relaxation, then with whole y.
 * Limit    `seconds` of wall time; the best valid pattern and the proved bound of the cost are returned, `proved` says whether they meet. The flow
 *          method's cleaned pattern is the start and what is returned when nothing cheaper is found. The only method whose result may depend on the
 *          machine's speed; only where it is not proved.
 * Result   audited as all patterns. Errors: E_SDC_SOLVER, E_NO_MEMORY. Source: Fischetti & Salazar (2001), Management Science 47 (7). */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_OPTIMAL_H
#define SHIRABE_ESTIMATORS_SUPPRESS_OPTIMAL_H
#include "estimators/sdc/suppress/flow.h"

struct optimal_report {
  double cost, bound; /* of the secondaries */
  int32_t n_cuts, n_masters;
  bool proved;
};
enum err_code suppress_optimal(struct arena *a, const struct cell_table *t, const struct suppress_options *o, double seconds,
    struct suppress_result *out, struct optimal_report *report, struct err *e) NODISCARD;
#endif

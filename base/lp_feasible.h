/* lp_feasible.h -- is a small dense linear programme feasible, and what proves that it is not: a bounded-variable dual simplex without an
 * objective.
 * Shapes   lp as in lp.h with c NULL; start [n]: where the search begins (clamped to the bounds; a solution near it is found), NULL = the bound
 *          nearest to 0; row_tolerance [m]: a row counts as kept when it is off by no more.
 * Result   LP_OPTIMAL: x is feasible within the tolerances. LP_INFEASIBLE: y [m] is a Farkas proof: with rhs = row_upper where y > 0, row_lower
 *          where y < 0, the row sum y (A x) <= sum y rhs contradicts the variables' bounds. The caller is expected to verify both in its own
 *          units.
 * Errors   LP_FAILED: the step limit was reached (never seen with less than 100 rows); say so or ask lp_glpk_exact.
 * Method   general simplex of Dutertre and de Moura (2006), A fast linear-arithmetic solver for DPLL(T), CAV: every basis is dual feasible
 *          because there is no objective. Largest violation and largest pivot first, Bland's rule after a while, so that it ends.
 * Same bits  a pure function of its arguments: nothing is kept in the room between calls.
 * Memory   the room: 8 * (m n + 5 (m + n)) bytes. Cost: n m multiplications a step, about as many steps as variables. */
#ifndef SHIRABE_BASE_LP_FEASIBLE_H
#define SHIRABE_BASE_LP_FEASIBLE_H
#include "base/arena.h"
#include "base/lp.h"

struct lp_room {
  int max_m, max_n;
  double *tableau, *value, *lower, *upper, *tolerance;
  int *basic, *nonbasic;
};
bool lp_room_init(struct lp_room *room, struct arena *a, int max_m, int max_n); /* false: no memory */
void lp_feasible(const struct lp *lp, const double *start, const double *row_tolerance, struct lp_room *room, struct lp_result *out);
#endif

/* lp.h -- a linear programme in dense form, and its solution with the proof: minimise c x subject to row_lower <= A x <= row_upper, lower <= x <= upper.
 * Shapes   A is m x n, row-major. -INFINITY and INFINITY = no bound; equal bounds = equation, fixed variable. c NULL = only feasibility is asked for.
 * Result   LP_OPTIMAL: x and objective, y = the rows' multipliers (dual values). LP_INFEASIBLE: y = a Farkas proof where the solver gives one, else n_y = 0.
 * Errors   LP_FAILED: numbers the solver could not settle; the caller must say so, never take it for an answer.
 * Threads  a solver call is self-contained. Same input, same bits.
 * Source   revised simplex: Dantzig; Farkas' lemma: Schrijver (1986), Theory of Linear and Integer Programming, ch. 7. */
#ifndef SHIRABE_BASE_LP_H
#define SHIRABE_BASE_LP_H
#include <stdbool.h>

struct lp {
  int m, n;
  const double *a, *row_lower, *row_upper, *lower, *upper, *c;
};
enum lp_status { LP_OPTIMAL, LP_INFEASIBLE, LP_UNBOUNDED, LP_FAILED };
struct lp_result {
  enum lp_status status;
  double objective;
  double *x; /* [n] filled by the solver when not NULL */
  double *y; /* [m] filled when not NULL */
};
#endif

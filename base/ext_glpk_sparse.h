/* ext_glpk_sparse.h -- a linear programme that stays in the solver: sparse rows, bounds and costs changed between solutions, warm starts. For chains
 *    of related programmes (the attacker's intervals of a table, flows that protect its cells).
 * Use      lp_sparse_new with all rows and columns fixed at 0, then set bounds and costs, solve, read, change, solve again. Optimum: minimum of
 *          the cost.
 * Errors   LP_FAILED: numbers the solver could not settle, also after a fresh basis; never an answer. Memory: GLPK's own; it aborts when there is
 *          none.
 * Threads  GLPK keeps its state per thread. Same calls in the same order, same bits. */
#ifndef SHIRABE_BASE_EXT_GLPK_SPARSE_H
#define SHIRABE_BASE_EXT_GLPK_SPARSE_H
#include <stdint.h>

#include "base/lp.h"

struct lp_sparse;
struct lp_sparse *lp_sparse_new(int m, int n);
void lp_sparse_free(struct lp_sparse *s); /* NULL allowed */
/* Row i has n entries at columns column[]; replaces what was there. */
void lp_sparse_set_row(struct lp_sparse *s, int i, int n, const int *column, const double *value);
int lp_sparse_add_row(struct lp_sparse *s, int n, const int *column, const double *value, double lower, double upper); /* its number */
void lp_sparse_row_bounds(struct lp_sparse *s, int i, double lower, double upper);
void lp_sparse_bounds(struct lp_sparse *s, int j, double lower, double upper);
void lp_sparse_cost(struct lp_sparse *s, int j, double cost);
enum lp_status lp_sparse_solve(struct lp_sparse *s);
/* The same by the dual simplex method first: faster after rows were added or bounds tightened. */
enum lp_status lp_sparse_solve_dual(struct lp_sparse *s);
double lp_sparse_objective(const struct lp_sparse *s);
double lp_sparse_value(const struct lp_sparse *s, int j);
double lp_sparse_reduced(const struct lp_sparse *s, int j);
double lp_sparse_multiplier(const struct lp_sparse *s, int i);
/* Branch and cut with a limit of wall seconds; whole [n]. LP_OPTIMAL: within the relative gap, LP_FAILED with *found: a solution not proved best.
 * Values by lp_sparse_whole_value. *bound = proved bound of the cost. */
enum lp_status lp_sparse_whole(struct lp_sparse *s, const uint8_t *whole, double seconds, double gap, bool *found, double *bound);
double lp_sparse_whole_value(const struct lp_sparse *s, int j);
#endif

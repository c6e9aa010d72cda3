/* allocate.h -- how many units to take from each stratum: exact whole numbers for a given total, and least cost for given precision.
 * Total    allocate_total minimises sum_h a_h / n_h over whole n_h with sum n_h = total and least_h <= n_h <= most_h, exactly. a_h = 1: equal; N_h^2:
 *          proportional; (N_h S_h)^2: Neyman; (X_h^q S_h / mean_h)^2: Bankier's power allocation. The unit that lowers the sum most is added first,
 *          a / (n (n + 1)), which is optimal because each term is convex.
 * Targets  allocate_cv minimises sum c_h n_h with sum_h a_jh / n_h <= b_j for every target j, least <= n <= most: a_jh = N_h^2 S_jh^2, b_j = (cv_j
 *          Y_j)^2 + sum_h N_h S_jh^2, so that n = N (take-all) always holds. Solved as a convex programme by its dual, whole numbers found by
 *          rounding up and then taking units away, and exchanging units, while every target holds.
 * Proof    bound = the dual's value: no allocation, whole or not, costs less. The cost found is at most (cost - bound) from the best.
 * Shapes   arrays [H] by stratum; a [J][H] row by row; b [J].
 * Errors   E_ALLOCATION: total below sum of least or above sum of most (allocate_total), a target that even n = most misses (allocate_cv);
 *          E_NO_MEMORY.
 * Memory   O(H J). Cost: total log H; J H a step of the dual, tens to thousands of steps.
 * Source   Wright (2012) The American Statistician 66, (2017) Statist. Probab. Letters 129 (exact whole numbers); Bankier (1988) The American
 *          Statistician 42; Bethel (1989) Survey Methodology 15; Chromy (1987) Proc. ASA Survey Research Methods; Cochran (1977) 5.5, 5A.4. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_ALLOCATE_H
#define SHIRABE_ESTIMATORS_SELECTION_ALLOCATE_H
#include "base/arena.h"
#include "base/err.h"

enum err_code allocate_total(struct arena *a, int64_t n_strata, const double *weight, const int64_t *least, const int64_t *most, int64_t total,
    int64_t *out,
    struct err *e) NODISCARD;

struct allocate_problem {
  int64_t n_strata;
  int n_targets;
  const double *a, *b, *cost;
  const int64_t *least, *most; /* 1 <= least <= most where any a > 0 */
};
struct allocate_result {
  int64_t *n;          /* [H] whole */
  double *continuous;  /* [H] the programme's own solution */
  double cost, bound;
  int steps;
};
enum err_code allocate_cv(struct arena *a, const struct allocate_problem *p, struct allocate_result *out, struct err *e) NODISCARD;
#endif

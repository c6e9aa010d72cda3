/* min_adjust.h -- the smallest change of the movable values of a record after which it satisfies every edit.
 * Methods  QUADRATIC: min sum (y_j - x_j)^2 / v_j subject to A y <= b, bounds, y = x for what may not move; v_j = 1, |x_j| (near proportional) or
 *          x_j^2. LEIBLER: min sum y_j ln(y_j / x_j) - y_j + x_j: y_j = x_j exp(sum alpha_i a_ij), keeps every sign and every zero (what the edits
 *          force to 0 becomes 0).
 * Solver   quadratic: Hildreth's successive projections find which rows bind, one Cholesky of A_a V A_a' gives the exact answer; where signs or rows
 *          then disagree, the dual active-set method of Goldfarb and Idnani, which ends with the optimum or with the rows that contradict one
 *          another. Leibler: cyclic projections on rows (one-dimensional Newton), finished by Newton steps on the binding rows.
 * Fixed    values without a movable flag, and zeros where hold_zeros (always with |x|, x^2 and LEIBLER: their v is 0). They never move.
 * Whole    items of declared decimals: y is rounded to their step, repaired by single and paired steps until every edit holds, then improved while
 *          such a step makes the change smaller. QUADRATIC: branch and bound then looks for a better answer, or proves that there is none
 *          (adjust_problem.h): whole_best counts records whose answer is proved to be the best (or where none is proved to exist), whole_near those
 *          whose objective is within most_above of the best at most. LEIBLER: the answer of the steps, of which nothing is claimed.
 * Result   a record is changed wholly or not at all; what is written satisfies every edit of the system within the tolerance of linear_edit.h:
 *          checked at the end.
 * Left     MISSING (an item of an edit has no value), INFEASIBLE (edit = one row that shows it, or -1), NOT_WHOLE (no whole repair found), SOLVER
 *          (did not settle).
 * Units    movable[j] = [n] bytes per variable, NULL = none of it moves. Memory: O((m + 2p) p) doubles once. Same bits in any order of rows.
 * Cost     records that satisfy all edits: one evaluation. Else tens of microseconds at 10 items, growing with the cube of the number of binding
 *          rows.
 * Source   Hildreth (1957), Naval Research Logistics Quarterly 4; Pannekoek and Zhang (2015), Survey Methodology 41 (minimum adjustment, weights v);
 *          Goldfarb and Idnani (1983), Mathematical Programming 27; Csiszar (1975), Annals of Probability 3, and Bregman (1967) for LEIBLER; Land
 *          and Doig (1960), Econometrica 28, for whole items. */
#ifndef SHIRABE_PROCESSING_CORRECT_MIN_ADJUST_H
#define SHIRABE_PROCESSING_CORRECT_MIN_ADJUST_H
#include "processing/correct/correct.h"

enum adjust_method { ADJUST_QUADRATIC, ADJUST_LEIBLER };
enum adjust_weight { ADJUST_UNIT, ADJUST_ABSOLUTE, ADJUST_SQUARE };
struct adjust_settings {
  enum adjust_method method;
  enum adjust_weight weight; /* QUADRATIC */
  bool hold_zeros;
};
struct adjust_count {
  int64_t held, adjusted, left; /* records; their sum is the number of rows */
  int64_t second_solver;        /* records that needed the dual active-set method */
  int64_t whole_best, whole_near; /* of records with whole items */
  double most_above;            /* 0 where whole_near is 0; in units of the objective */
};
enum err_code min_adjust(const struct linear_system *s, const struct num_table *t, const uint8_t *const *movable, const struct adjust_settings *set,
    struct corrections *out, struct adjust_count *count, struct err *e) NODISCARD;
#endif

/* adjust_problem.h -- one record's minimum adjustment in dense form; the working part of min_adjust.h.
 * Shapes   a: [m][n] over the movable variables, rows scaled so that the largest coefficient is 1; b[m]; equation[m]; x, v, y: [n]; alpha[m]
 *          multipliers (>= 0 on inequalities): y = x - V A' alpha (quadratic). */
#ifndef SHIRABE_PROCESSING_CORRECT_ADJUST_PROBLEM_H
#define SHIRABE_PROCESSING_CORRECT_ADJUST_PROBLEM_H
#include "processing/correct/min_adjust.h"

enum { ADJUST_NODES = 300, ADJUST_BRANCH_ITEMS = 24 };
struct adjust_node { /* of adjust_branch: bounds of its whole items, and what no answer within them is below */
  bool open;
  double bound, low[ADJUST_BRANCH_ITEMS], high[ADJUST_BRANCH_ITEMS];
};
struct adjust_problem {
  int m, n, most_m, most_n;
  double *a, *b;
  bool *equation;
  int *edit; /* [m] of the system, -1 = a bound */
  int *var;  /* [n] of the system */
  double *x, *v, *y, *alpha;
  int *active, n_active; /* rows, scratch of the solvers */
  double *gram, *right, *step, *side; /* [most_n^2], [most_m], [most_n + most_m], [most_m] */
  double *keep_x, *keep_v, *best; /* [most_n] each, of adjust_whole and adjust_branch */
  struct adjust_node *node;       /* [2 ADJUST_NODES + 1] */
  int broken;   /* a row that shows infeasibility, -1 */
  bool second;  /* the dual active-set method was needed */
};
enum adjust_status { ADJUSTED, ADJUST_INFEASIBLE, ADJUST_UNSETTLED };
enum err_code adjust_problem_init(struct adjust_problem *p, const struct linear_system *s, struct arena *a, struct err *e) NODISCARD;
static inline double *adjust_row(const struct adjust_problem *p, int i) { return p->a + (size_t)i * (size_t)p->n; }
double adjust_residual(const struct adjust_problem *p, int i); /* a y - b */
double adjust_tolerance(const struct adjust_problem *p, int i); /* 1e-9 of the row's size */
/* Solves M z = right over k rows, M = A_k V A_k' of the rows in `active`; false when they depend on one another. */
bool adjust_cholesky(const struct adjust_problem *p, const double *v, double *z);
enum adjust_status adjust_quadratic(struct adjust_problem *p);
enum adjust_status adjust_dual(struct adjust_problem *p);
enum adjust_status adjust_leibler(struct adjust_problem *p);
double adjust_objective(const struct adjust_problem *p); /* sum (y - x)^2 / v over what may move */
/* Rounds y to steps[n] (0 = not whole) and repairs; false: no repair found. x and v are as before. */
bool adjust_whole(struct adjust_problem *p, const double *steps);

/* Is the whole answer y (have: there is one) the best? Branch and bound over the quadratic problem from its real optimum `root`: where it finds a
 * better one, y is that. *above: what is proved of the objective: at most so much above the least one, 0 = it is the least; without an answer: 0 =
 * there is none, INFINITY = not known. False: still none.
 * Method   the real problem within bounds of whole values bounds what each branch can give; the branch of the least bound comes next and is
 *          divided at the item farthest from a whole value; ADJUST_NODES problems at most. Problems of more than ADJUST_BRANCH_ITEMS whole items
 *          are not begun: *above is then against `root`.
 * Source   Land and Doig (1960), Econometrica 28; bounds by convex relaxation: Gupta and Ravindran (1985), Management Science 31. */
bool adjust_branch(struct adjust_problem *p, const double *steps, double root, bool have, double *above);
#endif

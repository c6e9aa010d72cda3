/* rule_lp.h -- the rows of a linear system ready for linear programmes: switched on and off, turned into equations, added and taken away again.
 * Rows     scaled so that the largest coefficient is 1; bounds of variables stand as rows (unless given as such they are free), so that all rules
 *          are treated alike.
 * Answers  extreme values of a row's left side or of one variable over the rows that are on; INFINITY when unbounded. Numbers within RULE_LP_CLOSE
 *          of the rows' scale are one number.
 * Errors   E_RULES_LP: neither the floating nor the exact simplex could settle a programme (named by rule).
 * Memory   m x p doubles. Cost: one simplex from the start per question.
 * Source   linear programming for edits: de Waal, Pannekoek and Scholtus (2011), Handbook of Statistical Data Editing and Imputation, ch. 2 and 3.
 *          */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_RULE_LP_H
#define SHIRABE_TESTS_CONFORM_EDIT_RULE_LP_H
#include "processing/edit/linear_edit.h"

#define RULE_LP_CLOSE 1e-7

struct rule_lp {
  int m, p, capacity;
  double *a, *scale;      /* [capacity * p], [capacity] the row was divided by it */
  double *lower, *upper;  /* [capacity] as asked for */
  bool *on;               /* [capacity] */
  double *row_lower, *row_upper, *var_lower, *var_upper, *objective, *x; /* for the solver */
};
enum err_code rule_lp_init(struct rule_lp *r, struct arena *a, int p, int capacity, struct err *e) NODISCARD;
/* Adds the row, switched on; the capacity must suffice. */
void rule_lp_add(struct rule_lp *r, const struct linear_edit *row);
/* Is there a point that satisfies the rows that are on? */
enum err_code rule_lp_feasible(struct rule_lp *r, bool *out, struct err *e) NODISCARD;
/* The largest (sign +1) or smallest (-1) value of row i's scaled left side; i's own state is as set. Not feasible: *out = -sign * INFINITY. */
enum err_code rule_lp_row(struct rule_lp *r, int i, int sign, double *out, struct err *e) NODISCARD;
enum err_code rule_lp_variable(struct rule_lp *r, int j, int sign, double *out, struct err *e) NODISCARD;
#endif

/* linear_edit.h -- linear edit rules over the p variables of a system: sum coef[k] * x[var[k]] <= rhs or = rhs, sparse rows, and bounds of each
 *    variable.
 * Order    variables by first mention, edits as written; both are what reports and tie-breaks refer to. A row has each variable once, no zero
 *          coefficients.
 * Bounds   lower/upper of a variable hold beside the rows (-INFINITY, INFINITY = none); non-negativity is lower = 0.
 * Text     `A + 2*B <= 1.5*C + 3; pass: D >= E; fail: F > G;`: variables and constants on both sides, one rule ends with `;`. `fail:` states what
 *          must not hold and is turned round. `<` and `>` are read as `<=` and `>=`: of numbers whose decimals are not known nothing stricter can
 *          be kept.
 * Tolerance one for every step: |a x - b| <= 1e-6 * unit + 1e-9 * sum |a_j x_j|, unit = 1 where decimals are not declared, else the smallest
 *          declared step.
 * Errors   E_LINEAR_SYNTAX: rule number, column, what was expected. Memory: the arena; at most LINEAR_MAX_EDITS rules of LINEAR_MAX_VARIABLES
 *          variables.
 * Source   normal form of edits: Fellegi and Holt (1976), JASA 71; de Waal, Pannekoek and Scholtus (2011), Handbook of Statistical Data Editing,
 *          ch. 2. */
#ifndef SHIRABE_PROCESSING_EDIT_LINEAR_EDIT_H
#define SHIRABE_PROCESSING_EDIT_LINEAR_EDIT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { LINEAR_MAX_EDITS = 4096, LINEAR_MAX_VARIABLES = 1024 };
enum linear_op { LINEAR_LE, LINEAR_EQ };
struct linear_edit {
  enum linear_op op;
  int n;
  const int *var;     /* [n] ascending */
  const double *coef; /* [n] */
  double rhs;
  const char *id;     /* "1", "2" ... or the check's id */
};
struct linear_system {
  int p, m;
  const char **names; /* [p] */
  double *lower, *upper;
  int *decimals;      /* [p]; -1 = not declared */
  struct linear_edit *edits; /* [m] */
};
/* accept_negative false: lower = 0 for every variable of the text. */
enum err_code linear_parse(struct arena *a, struct str text, bool accept_negative, struct linear_system *out, struct err *e) NODISCARD;
int linear_find(const struct linear_system *s, struct str name); /* -1 when absent */
/* The tolerance of one row at x[0 .. p-1], and the row's value sum coef x - rhs. Fused multiply-add is off: the same bits everywhere. */
double linear_residual(const struct linear_edit *r, const double *x, double *tolerance);
bool linear_holds(const struct linear_edit *r, const double *x);
/* `A + B - C <= 3`, canonical: variables as in the row, coefficient 1 not written. */
enum err_code linear_print(const struct linear_system *s, const struct linear_edit *r, struct strbuf *to, struct err *e) NODISCARD;
#endif

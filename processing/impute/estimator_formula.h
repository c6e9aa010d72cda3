/* estimator_formula.h -- a formula of an estimator, read once and evaluated per record.
 * Language EF: constants, operands, + - * / ^ and parentheses. An operand is `fieldid` (the item imputed) or `auxN`, with attributes in parentheses:
 *          period c (current, default) or h (previous period), and v (the record's value, default) or a (the average over the acceptable records of
 *          the class). LR: a list of `intercept` and regressors, each an operand with its period. The exponent after ^ is a constant other than 0.
 *          Case does not matter. The current value of the item itself is what is sought and refused; auxN needs aux1 .. auxN-1.
 * Undefined division by zero and powers that are no real number (negative base, broken exponent) give no value, never an infinity.
 * Limits   text of 4096 bytes, 16 terms, 64 operations, nesting of 32: E_EST_FORMULA beyond.
 * Source   the notation and the twenty built-in functions as published in Statistics Canada's Banff documentation (estimator procedure, table of
 *          algorithms).
 * Memory   a value of fixed size. Cost of a record: one pass over the operations. */
#ifndef SHIRABE_PROCESSING_IMPUTE_ESTIMATOR_FORMULA_H
#define SHIRABE_PROCESSING_IMPUTE_ESTIMATOR_FORMULA_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { EST_TERMS = 16, EST_OPS = 64, EST_TEXT = 4096, EST_NESTING = 32 };
struct est_term {
  int variable; /* 0 = the item imputed, k = the k-th auxiliary */
  bool previous, average;
  double power; /* of regressors; 1 in EF, where powers are operations */
};
enum est_op_kind { EST_CONSTANT, EST_TERM, EST_ADD, EST_SUBTRACT, EST_MULTIPLY, EST_DIVIDE, EST_NEGATE, EST_POWER };
struct est_op {
  enum est_op_kind kind;
  int term;
  double value;
};
struct est_formula {
  bool regression, intercept;
  int n_aux, n_terms, n_ops;
  int n_averages; /* terms with (a) */
  struct est_term term[EST_TERMS];
  struct est_op op[EST_OPS]; /* postfix; EF only */
};
struct est_algorithm {
  const char *name, *status; /* status without the leading I */
  bool regression;
  const char *formula;
};
enum { EST_BUILT_IN = 20 };
extern const struct est_algorithm EST_ALGORITHMS[EST_BUILT_IN];

enum err_code est_formula_parse(struct str name, struct str text, bool regression, struct est_formula *out, struct err *e) NODISCARD;
enum est_value { EST_VALUE, EST_ZERO_DIVISOR, EST_NOT_REAL };
/* term[k] = value of term k. */
enum est_value est_formula_value(const struct est_formula *f, const double *term, double *out);
enum est_value est_power(double base, double exponent, double *out);
#endif

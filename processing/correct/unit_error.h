/* unit_error.h -- values written in the wrong unit: yen for thousand yen, one hundred hours for an hour, a year for a month.
 * Method   r = x / g, g = the unit's clean value of the period before, else the imputed one, else the register's (predictive, then auxiliary; the
 *          caller fills predictive with the better of the first two). low < r < high of a factor: the principal item and all other items of the same
 *          unit are divided by it.
 * Factors  a list, each with its own open window, for example {1000, 650, 1350}, {100, 65, 135}; windows must not overlap, so at most one fits:
 *          E_CORRECT_PARAMETER. No factor, window or predictor is assumed.
 * Result   marker per record: CORRECTED, NONE, STOPPED (principal missing, predictor missing or 0: no statement).
 * Rounding an item with declared decimals is rounded to them, half away from zero; else left unrounded. Missing, zero and fixed items never move; a
 *          fixed principal item is no unit error: NONE.
 * Units    var in a correction = column of the table. Cost: one pass.
 * Source   Office for National Statistics, Statistical Methods Library, thousand pounds correction (methodology, OGL 3.0); de Waal, Pannekoek and
 *          Scholtus (2011), ch. 2.3. */
#ifndef SHIRABE_PROCESSING_CORRECT_UNIT_ERROR_H
#define SHIRABE_PROCESSING_CORRECT_UNIT_ERROR_H
#include "processing/correct/correct.h"

struct unit_factor {
  double factor, low, high;
};
struct unit_error_rule {
  int principal;           /* columns of the table */
  int n_others;
  const int *others;
  int predictive, auxiliary; /* -1 = none */
  int n_factors;
  const struct unit_factor *factors;
};
enum unit_marker { UNIT_NONE = 'N', UNIT_CORRECTED = 'C', UNIT_STOPPED = 'S' };
struct unit_decision {
  enum unit_marker marker;
  double ratio, factor; /* 0 where STOPPED; factor 1 where NONE */
};
enum err_code unit_error_check(const struct unit_error_rule *r, struct err *e) NODISCARD;
/* NULL = missing. */
struct unit_decision unit_error_decide(const struct unit_error_rule *r, const double *principal, const double *predictive, const double *auxiliary);
/* "1000:650..1350; 100:65..135": factor and open window each; decimals with a point. E_CORRECT_PARAMETER also for what unit_error_check refuses. */
enum { UNIT_MAX_FACTORS = 16 };
enum err_code unit_factors_parse(struct str text, struct unit_factor out[UNIT_MAX_FACTORS], int *n, struct err *e) NODISCARD;
double unit_error_divide(double value, double factor, int decimals);
/* marker[n], may be NULL; corrections with rule UNIT_ERROR, STOPPED records also as markers LEFT_STOPPED. fixed[column][row] not 0 = does not move;
 * NULL = nothing is fixed. */
enum err_code unit_error_run(const struct unit_error_rule *r, const struct num_table *t, const uint8_t *const *fixed, char *marker,
    struct corrections *out, struct err *e) NODISCARD;
#endif

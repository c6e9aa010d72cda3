/* multiple_model.h -- proper draws of a regression, of predictive mean matching and of a normal distribution, for multiple imputation (multiple.h).
 * Parameters each set l fits the model anew to the units drawn mi_times(seed, l, unit) times: a Poisson bootstrap, a function of seed, set and unit
 *            only.
 * Regression y = x b_l + e: e is the residual of one of the redrawn respondents, widened by sqrt(n/(n-p)), chosen by the recipient's hash.
 * Matching   k >= 1: donors by their fitted value under the fit to all respondents, the recipient by the redrawn one (type 1), one of the k nearest
 *            by the recipient's hash. The value is one that was observed.
 * Normal     EM fitted to the redrawn records (gaps and all), a draw from the conditional distribution for the gaps of one item.
 * Source     van Buuren (2018), Flexible Imputation of Missing Data, 3.2.2, 3.4.2; Honaker & King (2010), Am. J. Political Science 54, for bootstrap
 *            and EM; Poisson bootstrap: Hanley & MacGibbon (2006).
 * Shapes     x: [n][p] row-major, intercept included where wanted; known[i] 0 = row without all of x: it neither fits nor gets a value. y, observed,
 *            unit: [n]; out: [m][n], observed values unchanged, 0 where nothing was given. Give rows in unit_order: same bits in any order.
 * Errors     E_MODEL_SPEC: m below 2, p out of range; E_MODEL_DATA: fewer respondents than p + 2 or than k, a redrawn class does not determine the
 *            fit, or EM did not converge for a set. Cost m n p^2; matching and EM as pmm.h and em_normal.h, m times. */
#ifndef SHIRABE_PROCESSING_IMPUTE_MULTIPLE_MODEL_H
#define SHIRABE_PROCESSING_IMPUTE_MULTIPLE_MODEL_H
#include "processing/impute/em_normal.h"
#include "processing/impute/multiple.h"

struct mi_regression_input {
  int64_t n;
  int p, m, k; /* k = 0: prediction and residual */
  const double *x, *y;
  const uint8_t *observed, *known;
  const struct str *unit;
  uint64_t seed;
};
enum err_code mi_regression(struct arena *a, const struct mi_regression_input *in, double **out, struct err *e) NODISCARD;
/* Sets of one item of t; the other items help. */
enum err_code mi_normal(struct arena *a, const struct num_table *t, int item, const struct em_rule *rule, int m, uint64_t seed, double **out,
    struct err *e) NODISCARD;
#endif

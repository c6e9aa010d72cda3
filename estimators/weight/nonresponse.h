/* nonresponse.h -- weights of respondents that stand for those who did not answer.
 * Classes  a_c = sum of d of all / sum of d of respondents in the cell; w = d a_c for respondents, 0 for the others. A cell without respondents:
 *          E_NO_RESPONDENTS with its number: collapse it first; nothing is spread silently.
 * Logistic p by weighted logistic regression on auxiliary variables (iteratively reweighted least squares, Newton), w = d / p; converged says
 *          whether it did; separation (fitted p of 0 or 1) is E_NO_RESPONDENTS too.
 * Shapes   d, respondent, w, p: [n]; cell 0..n_cells-1; factor [n_cells].
 * Source   Särndal & Lundström (2005), Estimation in Surveys with Nonresponse, ch. 6; Little (1986), International Statistical Review 54:139-157.
 *          Cost O(n k^2) a round. */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_NONRESPONSE_H
#define SHIRABE_ESTIMATORS_WEIGHT_NONRESPONSE_H
#include "estimators/weight/auxiliary.h"

enum err_code nonresponse_classes(struct arena *a, int64_t n, const double *d, const uint8_t *respondent, const int32_t *cell, int32_t n_cells,
    double *factor, double *w, struct err *e) NODISCARD;
struct propensity {
  bool converged;
  int rounds;
  double *coefficient; /* [columns] */
  double *p;           /* [n] */
};
enum err_code nonresponse_logistic(struct arena *a, const struct auxiliary *x, const double *d, const uint8_t *respondent, struct propensity *out,
    double *w, struct err *e) NODISCARD;
#endif

/* regression.h -- regression of a survey with design-based variance: linear, logistic, Poisson (log-linear), by weighted maximum pseudo-likelihood.
 * Model    sum over the domain of w x (y - mu) = 0, mu = x'b, 1 / (1 + exp(-x'b)), exp(x'b).
 * Variance influence of a record on b: A^-1 x (y - mu), A = sum w x x' V(mu), V = 1, mu (1 - mu), mu; through the adjustments of the weights into
 *          the design's variance (survey.h): the sandwich.
 * df       degrees of freedom of the domain + 1 - coefficients: t of each coefficient and the denominator of the Wald test F = b'V^-1 b / q.
 * Fit      iteratively reweighted least squares on columns centred and scaled, steps halved until the deviance does not rise; three more steps
 *          after convergence take back what rounding left. Columns that depend on earlier ones have no coefficient (redundant, value 0).
 * Quality  r2 = 1 - deviance / null deviance (linear: R squared; else McFadden-like of quasi-likelihood); cox_snell, nagelkerke for the logistic
 *          model from -2 log pseudo-likelihood per unit of the population; dispersion: population variance of Pearson residuals.
 * Separated a logistic or Poisson model whose likelihood rises without end is E_SEPARATED with the column; no estimate is given.
 * Errors   E_REGRESSION: response outside 0..1 or below 0, fewer records than coefficients, no convergence. Shapes: model.h.
 * Memory   8 bytes a record and coefficient. Cost O(n k^2) a round, and one covariance pass over p statistics.
 * Source   Binder (1983), International Statistical Review 51:279-292; Lumley & Scott (2017), Statistical Science 32:265-278; Nagelkerke (1991),
 *          Biometrika 78:691-692; McCullagh & Nelder (1989), Generalized Linear Models, 2.5. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_REGRESSION_H
#define SHIRABE_ESTIMATORS_ESTIMATE_REGRESSION_H
#include "estimators/estimate/model.h"
#include "estimators/variance/survey.h"

enum regression_family { FAMILY_LINEAR, FAMILY_LOGISTIC, FAMILY_POISSON };
bool regression_family_named(const char *name, enum regression_family *out); /* "linear", "logistic", "poisson" */
struct survey_regression {
  int p, rank;
  double *b, *cov;    /* [p], [p][p], in the order of the model's text */
  uint8_t *redundant; /* [p] */
  int64_t n, df, df_residual;
  int rounds;
  double sum_weights, deviance, null_deviance, dispersion, r2, cox_snell, nagelkerke;
};
enum err_code regression_run(const struct job *job, struct arena *a, const struct survey *s, const struct model *m, enum regression_family family,
    struct survey_regression *out, struct err *e) NODISCARD;
/* Wald test that the coefficients first .. first + count - 1 are all 0; redundant ones do not count. false = no test (df 0, singular). */
struct wald {
  double f, p;
  int64_t df1, df2;
};
bool regression_wald(struct arena *a, const struct survey_regression *r, int first, int count, struct wald *out);
#endif

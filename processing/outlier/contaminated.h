/* contaminated.h -- errors as a mixture: a value is right with probability 1 - w, and with probability w it carries an error of the same shape and
 * (1 + l) times the spread.
 * Model    y* = x B + e, e ~ N(0, S); observed y = y* or, with probability w, y* + error, error ~ N(0, l S): y ~ N(x B, (1 + l) S). y and x on the
 *          logarithm where the caller took it. One covariate at least: the constant 1 is put in by the method.
 * EM       tau_2 = posterior probability of error; omega = tau_1 + tau_2 / (1 + l); B by least squares with omega, S = sum omega e e' / n, w = mean
 *          tau_2, l = trace(sum tau_2 e e' S^-1) / (q sum tau_2) - 1. Start: B and S by least squares, w = 0.05, l = 3. Stops at a relative change
 *          of the log likelihood below 1e-8, or after 1,000 steps (`settled` false).
 * Value    expected right value E[y* | y] = tau_1 y + tau_2 E[y* | y, error]; in error y* ~ N((y + l x B) / (1 + l), l / (1 + l) S); on the
 *          logarithm its expectation is exp(mean + variance / 2).
 * Guard    BIC = -2 log L + k log n of the mixture and of the plain normal: when the mixture's is not smaller, or l < 0.5, there is nothing that
 *          tells errors from right values and the fit is refused (E_OUTLIER_MODEL), never used.
 * Source   Di Zio and Guarnera (2013), A contamination model for selective editing, Journal of Official Statistics 29, 539-555; Buglielli, Di Zio,
 *          Guarnera (2010).
 * Shapes   the sample's first q items are y, the others x; results [n] by sample row, expected [n * q].
 * Errors   E_OUTLIER_FEW (n < 5 (q + k)), E_OUTLIER_SINGULAR, E_OUTLIER_MODEL, E_OUTLIER_PARAMETER. Cost O(n (q + k)^2) a step. */
#ifndef SHIRABE_PROCESSING_OUTLIER_CONTAMINATED_H
#define SHIRABE_PROCESSING_OUTLIER_CONTAMINATED_H
#include "processing/outlier/sample.h"

struct contaminated {
  int q, k;     /* items of y; covariates with the constant */
  double *b;    /* [k * q] row-major: covariates by items, the constant first */
  double *scatter; /* [q * q] */
  double w, l, log_likelihood, bic, bic_normal;
  double *probability; /* [n] tau_2 */
  double *expected;    /* [n * q] in the units of y: not logarithms */
  int n_steps;
  bool settled;
};
/* q items of y among the sample's p. logarithm: the sample holds logarithms. */
enum err_code contaminated_fit(struct contaminated *out, struct arena *a, const struct sample *s, int q, bool logarithm, struct err *e) NODISCARD;
#endif

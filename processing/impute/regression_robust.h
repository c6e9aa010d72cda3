/* regression_robust.h -- regressions fitted again and again with new weights: robust for numbers, logistic for a yes or no.
 * Robust   y = x b + e: weights of Huber or Tukey on e / s, s = median |e| / 0.6745 (ratio_model.h), each round a weighted least squares by QR. When
 *          s is 0, more than half of the records lie on the plane and the fit stands. Source: Huber & Ronchetti (2009), 7.8.
 * Logit    P(y=1) = 1 / (1 + exp(-x b)); working response x b + (y - p)/(p(1-p)), weights p(1-p); a ridge of 1e-3 on the coefficient of every
 *          standardised regressor (a constant one is free of it) keeps the fit finite when the classes can be separated; a step is halved until the
 *          penalised likelihood does not fall. Source: McCullagh & Nelder (1989), 4.4; ridge: le Cessie & van Houwelingen (1992).
 * Shapes   x: [n][p] row-major, p <= 32; y: [n]. Give rows in unit_order. Errors: E_MODEL_DATA (no record), E_NO_MEMORY. Cost n p^2 a round. */
#ifndef SHIRABE_PROCESSING_IMPUTE_REGRESSION_ROBUST_H
#define SHIRABE_PROCESSING_IMPUTE_REGRESSION_ROBUST_H
#include "processing/impute/ratio_model.h"
#include "processing/impute/regression_qr.h"

struct robust_fit {
  struct qr_fit fit;
  double scale;
  int iterations;
  bool converged;
};
/* rule NULL: ordinary least squares; its gamma is not used. */
enum err_code regression_robust(struct arena *a, const double *x, const double *y, int64_t n, int p, const struct robust_rule *rule,
    struct robust_fit *out, struct err *e) NODISCARD;
enum err_code regression_logit(struct arena *a, const double *x, const double *y, int64_t n, int p, struct robust_fit *out, struct err *e) NODISCARD;
double regression_value(const struct qr_fit *f, const double *x);
#endif

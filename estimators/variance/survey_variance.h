/* survey_variance.h -- variances of many statistics in all domains of a partition, through every adjustment of the weights: what tables ask for.
 * Shapes   u: [m] of [n], influence per unit of weight, read in its domain only; var: [m][n_domains].
 * Path     a design without calibrated weights: Taylor over all domains at once; calibrated: calibrated_domains.h; raked weights and unequal
 *          probabilities without replacement: survey_covariance, a pass per domain.
 * Errors   those of survey.h. Memory: m columns of n doubles. Cost: see the path.
 * Source   estimators/variance/survey.h. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_SURVEY_VARIANCE_H
#define SHIRABE_ESTIMATORS_VARIANCE_SURVEY_VARIANCE_H
#include "estimators/variance/survey.h"

enum err_code survey_variances(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) NODISCARD;
#endif

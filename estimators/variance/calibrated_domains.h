/* calibrated_domains.h -- variances of many statistics in all domains of a partition under calibrated weights, at the cost of a few passes instead of
 *    a regression for every domain.
 * Formula  For domain d with influences u (0 outside), w u goes through the calibrations from the last to the first (survey.h). Each takes off
 *          a_k x_k' B_k(d), a_k the weight after it: z(d) = w u - sum_k a_k x_k' B_k(d), B_k(d) = M_k^-1 (X_k' Q_k (w u / a_k) - sum_{l>k} G_kl B_l(d)),
 *          M_k = X_k' Q_k X_k, G_kl = X_k' Q_k (a_l / a_k) X_l. Right sides touch the records of the domain only; M and G are made once. The total
 *          of a unit is t_u(d) - X_u' B(d), X_u = sum a x over it: not 0 outside the domain, and never taken by differences of variances, so that the
 *          total of a calibration variable has variance 0.
 * Result   that of survey_covariance with m = 1 for each statistic and domain.
 * Shapes   u: [m] of [n] by row, read in its domain only; var: [m][n_domains].
 * Only     calibrations (and factors taken as known) on a design of taylor.h: calibrated_domains_possible says so.
 * Order    columns (statistic x domain) are independent of each other and summed in the order of the design: threads take columns, so that no bit
 *          depends on them. Deviations are taken from the mean within 32 units and joined by Chan's rule.
 * Accuracy M and right sides are compensated and B refined once: about 1e-12 of survey_covariance for margins of usual condition.
 * Errors   those of taylor.h. Memory p_k^2, p_k x 64 a thread, 16 p_k^2 while M is made. Cost O(n k^2) once, then O(n m + (nonzeros of X_u) m D).
 * Source   Deville & Särndal (1992), JASA 87:376-382; joining of deviations: Chan, Golub & LeVeque (1983), The American Statistician 37. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_CALIBRATED_DOMAINS_H
#define SHIRABE_ESTIMATORS_VARIANCE_CALIBRATED_DOMAINS_H
#include "estimators/variance/survey.h"

bool calibrated_domains_possible(const struct survey *s);
enum err_code calibrated_domains_variance(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) NODISCARD;
#endif

/* statistic.h -- statistics of a survey as two functions: the value under given weights, and the influence of each record on it; what every
 *    variance method needs.
 * Shapes   y, x: [n] by row; of_row: [n] domain 0..n_domains-1 or -1, NULL = all in domain 0; value, defined: [n_domains]; u: [n].
 * Use      the influence u is per unit of weight: the linearised value of taylor.h is w u. Records outside every domain get 0. Records with a
 *          missing y or x must be in no domain (domain_present).
 * Formula  total sum w y, u = y; mean sum w y / N, u = (y - mean)/N; ratio Y/X, u = (y - R x)/X; size N, u = 1; population variance n/(n-1) sum w
 *          (y - mean)^2 / N, n = records of weight above 0, u = ((y - mean)^2 n/(n-1) - v)/N; geometric mean G = exp(mean of log y), u = G (log y
 *          - log G)/N.
 * Missing  a mean or ratio with denominator 0 is not defined; its u are 0. Geometric mean of a y not above 0: E_STATISTIC_DOMAIN with the row.
 * Order    compensated sums in row order. Memory: 16 bytes per domain. Cost O(n).
 * Source   Särndal, Swensson & Wretman (1992) 5.5-5.7; Deville (1999), Survey Methodology 25, for influences; Woodruff (1971), JASA 66. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_STATISTIC_H
#define SHIRABE_ESTIMATORS_ESTIMATE_STATISTIC_H
#include "estimators/variance/taylor.h"

enum statistic_kind { STATISTIC_SIZE, STATISTIC_TOTAL, STATISTIC_MEAN, STATISTIC_RATIO, STATISTIC_VARIANCE, STATISTIC_GEOMETRIC };
struct statistic {
  enum statistic_kind kind;
  const double *y, *x; /* x: denominator of a ratio */
};
enum err_code statistic_value(struct arena *a, const struct statistic *s, int64_t n, const double *w, const struct taylor_domains *domains,
    double *value, bool *defined, struct err *e) NODISCARD;
/* value and defined as statistic_value gave them for the same weights. */
enum err_code statistic_influence(struct arena *a, const struct statistic *s, int64_t n, const double *w, const struct taylor_domains *domains,
    const double *value, const bool *defined, double *u, struct err *e) NODISCARD;
/* of_row with -1 where weight is 0 or one of the m columns' status is missing; status[k] NULL = all present. */
enum err_code domain_present(struct arena *a, int64_t n, const double *w, const struct taylor_domains *domains, int m, const uint8_t *const *status,
    int32_t **out, struct err *e) NODISCARD;
#endif

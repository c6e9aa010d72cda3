/* inequality.h -- poverty and inequality: estimate and influence of each record, over a whole sample or a domain of it.
 * Measures GINI sum((2 r - 1) w y)/(N Y) - 1, r cumulated weight; GINI_EUROSTAT (2 sum(w y r) - sum(w^2 y))/(N Y) - 1 (differs in the fourth
 *          digit: say which is published); ARPT percent x quantile; ARPR share at or below it, ARPR_BELOW below it;
 *          POOR_MEDIAN median of the poor; RMPG (t - m)/t;
 *          QSR share of the richest over that of the poorest alpha; FGT mean of ((t - y)/t)^g of those at or below a line t, given or ARPT; GEI
 *          generalised entropy (0 mean log deviation, 1 Theil); ATKINSON.
 * Quantile smallest y whose distribution function reaches the probability. Densities by a Gaussian kernel, h = sd N^(-1/5), sd weighted; N = sum
 *          of weights.
 * Domain   of_row NULL or 0 in the domain, -1 outside; thresholds of ARPR, POOR_MEDIAN, RMPG, FGT come from the whole sample, densities at them
 *          have the domain's own h.
 * Missing  records in `present` 0 take no part (NULL = all). y not above 0: GEI and ATKINSON refuse (E_STATISTIC_DOMAIN); the others take it as
 *          it is.
 * Shapes   y, w, u: [n]. u: influence per unit of weight; standard error by survey_covariance. Cost: one sort, and O(n) per density.
 * Source   Deville (1999), Survey Methodology 25:193-203; Osier (2009), Survey Research Methods 3:167-195; Langel & Tillé (2013), JRSS A 176;
 *          Foster, Greer & Thorbecke (1984), Econometrica 52; Atkinson (1970); Shorrocks (1980), Econometrica 48. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_INEQUALITY_H
#define SHIRABE_ESTIMATORS_ESTIMATE_INEQUALITY_H
#include "base/arena.h"
#include "base/err.h"

enum inequality_kind {
  INEQUALITY_GINI,
  INEQUALITY_GINI_EUROSTAT,
  INEQUALITY_ARPT,
  INEQUALITY_ARPR,
  INEQUALITY_POOR_MEDIAN,
  INEQUALITY_RMPG,
  INEQUALITY_QSR,
  INEQUALITY_FGT,
  INEQUALITY_GEI,
  INEQUALITY_ATKINSON,
  INEQUALITY_ARPR_BELOW /* share below the line, without those at it */
};
struct inequality_spec {
  enum inequality_kind kind;
  double quantile, percent; /* ARPT and what rests on it: 0.5, 0.6 */
  double alpha;             /* QSR: 0.2; FGT: g; GEI, ATKINSON: epsilon */
  bool fixed_line;          /* FGT: line given */
  double line;
};
struct inequality_data {
  int64_t n;
  const double *y, *w;
  const uint8_t *present; /* [n]; NULL = all */
  const int32_t *of_row;  /* [n] 0 in the domain, -1 not; NULL = all */
};
enum err_code inequality(
    struct arena *a, const struct inequality_spec *s, const struct inequality_data *d, double *value, double *u, struct err *e) NODISCARD;
#endif

/* life_q.h -- probabilities of death at single ages from deaths and population, their graduation and the curve of the old ages.
 * Lexis    P = people aged x on 1 January of the year, P+ = aged x on 1 January after it, D_lower = deaths at x of those who turn x in the
 *          year, D_upper = deaths at x of those aged x on 1 January: q = 1 - [P+/(P+ + D_lower)] [(P - D_upper)/P].
 * Central  m = D/P of the middle of the year, q = m/(1 + m/2); a count of 1 October is moved: P_mid = P + 0.25 (P_before - P).
 * Graduate Greville's nine-term third-degree weights, which leave cubics as they are; ages below `from` (at least 5) and the last four of the
 *          column stay as they were: infants and small children are not smoothed, old ages get the curve.
 * Old ages Gompertz-Makeham on y = -ln(1 - q): y_x = A + B c^x. Start by sums over three blocks of equal length (King & Hardy), then least
 *          squares, weighted (by deaths) when weights are given; A may be below 0 as in the published tables.
 * Errors   E_VITAL_LEXIS, E_VITAL_NO_POPULATION, E_LIFE_TABLE_INPUT, E_VITAL_OLD_AGE with the age. Cost: linear; the fit about 300 passes.
 * Source   Greville (1974) Moving-weighted-average smoothing; King & Hardy (1880); that published 完全生命表 satisfy the curve from 90 or 95 on was
 *          computed, which fit the ministry uses was not found. */
#ifndef SHIRABE_ESTIMATORS_LIFE_Q_H
#define SHIRABE_ESTIMATORS_LIFE_Q_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct life_lexis {
  int64_t age, people, people_after, deaths_lower, deaths_upper;
};
enum err_code life_q_lexis(const struct life_lexis *x, double *q, struct err *e) NODISCARD;
double life_mid_year(double october, double october_before);
enum err_code life_q_central(int64_t age, double deaths, double people_mid_year, double *q, struct err *e) NODISCARD;

extern const double life_greville[5];
/* q: [n] from age 0, in place of `out`; log: the logarithm is graduated (ages with q = 0 then stay). */
enum err_code life_graduate(const double *q, int n, int from, bool log_scale, double *out, struct err *e) NODISCARD;

struct life_curve {
  int from;          /* first age of the curve */
  double A, B, c;    /* B at age 0 */
  double worst;      /* largest |q - fitted q| over the ages of the fit */
};
double life_curve_q(const struct life_curve *k, double age);
/* q: [n] from age 0; ages from .. from + n_fit - 1 (at least 6) make the fit; weights: [n_fit] or NULL = equal. */
enum err_code life_curve_fit(const double *q, int n, int from, int n_fit, const double *weights, struct life_curve *out, struct err *e) NODISCARD;
#endif

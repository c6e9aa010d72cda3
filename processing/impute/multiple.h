/* multiple.h -- multiple imputation: m completed sets with the parameters redrawn, and what they say together.
 * Combine  Q = mean Q_l, U = mean U_l, B = variance of the Q_l, T = U + (1 + 1/m) B. Degrees of freedom by Barnard & Rubin (1999): lambda =
 *          (1+1/m)B/T, nu_m = (m-1)/lambda^2, nu_obs = (nu_com+1)/(nu_com+3) nu_com (1-lambda), nu = 1/(1/nu_m + 1/nu_obs); without complete-data
 *          degrees of freedom nu = nu_m (Rubin 1987, 3.1.6). Fraction of missing information (rho + 2/(nu+3))/(rho+1), rho = (1+1/m)B/U.
 * Draws    ratio model in a class, y = r x + sqrt(x) e (x = 1 everywhere: the mean, the approximate Bayesian bootstrap): each set l redraws the
 *          respondents by giving every unit the Poisson(1) number of its hash of (seed, l, unit), takes r_l from them, and adds sqrt(x) times the
 *          standardised residual of one of them, drawn by the recipient's hash. A unit's numbers are the same in any subset or order. Source: Rubin &
 *          Schenker (1986); van Buuren (2018), 3.1; Poisson bootstrap: Hanley & MacGibbon (2006).
 * Shapes   y, x: [n]; observed[i] = 1 where y is there; out: [m][n], observed values unchanged. Give rows in unit_order.
 * Errors   E_MODEL_SPEC: m below 2, U below 0; E_MODEL_DATA: fewer than 2 respondents, x not above 0. Cost m n. */
#ifndef SHIRABE_PROCESSING_IMPUTE_MULTIPLE_H
#define SHIRABE_PROCESSING_IMPUTE_MULTIPLE_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct mi_result {
  double estimate, within, between, total, df, missing_information;
  int m;
};
/* complete_df at or below 0: infinite. df is INFINITY when B = 0 and complete_df is. */
enum err_code mi_combine(const double *q, const double *u, int m, double complete_df, struct mi_result *out, struct err *e) NODISCARD;
/* Half width of the interval of the given confidence: t quantile times sqrt(T). */
enum err_code mi_half_width(const struct mi_result *r, double confidence, double *out, struct err *e) NODISCARD;
/* How often a unit stands in redrawn set l, and a number below bound for it: functions of seed, set and unit alone. */
enum { MI_MOST_TIMES = 20 };
int mi_times(uint64_t seed, int set, struct str unit);
uint64_t mi_choice(uint64_t seed, int set, struct str unit, uint64_t bound);
struct mi_ratio_input {
  int64_t n;
  const double *y, *x;
  const uint8_t *observed;
  const struct str *unit;
  int m;
  uint64_t seed;
};
enum err_code mi_ratio(struct arena *a, const struct mi_ratio_input *in, double **out, struct err *e) NODISCARD;
#endif

/* seats.h -- the airline model (0 1 1)(0 1 1) split into trend, seasonal and irregular by its canonical decomposition, and the best linear
 * estimates of
 * the parts from the finite sample.
 * Model    (1-B)(1-B^s) z = (1 - theta B)(1 - Theta B^s) a. The pseudo-spectrum is parted into At/|1-B|^4 + As/|S(B)|^2 + c, S = 1 + B + .. +
 *          B^(s-1);
 *          canonical: all noise that trend and seasonal can spare goes to the irregular, so that both have a zero in their spectrum.
 * Estimate s minimises (S s)' V_s^-1 (S s) + ((1-B)^2 (z-s))' V_n^-1 ((1-B)^2 (z-s)), V the covariances of the differenced parts: the exact
 *          conditional mean for unknown beginnings, the Wiener-Kolmogorov filter in the middle of a long series. The trend likewise.
 * Units    z: [n], logarithms or values, complete, calendar and outliers taken out. Variances in units of the model's sigma^2.
 * Errors   E_SEATS_NONE (the parts have no common noise to share: the irregular's variance would be below 0; another model), E_SEASONAL_OPTION
 *          (more than SEATS_MOST values), E_NO_MEMORY. Memory: 3 n^2 doubles. Cost: O(n^3), 0.05 s for 432 months.
 * Source   Hillmer & Tiao (1982), JASA 77; Burman (1980), JRSS A 143; McElroy (2008), Econometric Theory 24. X-13's SEATS replaces models without a
 *          decomposition and filters with forecasts: its tables are not in the reference runs and are not compared. */
#ifndef SHIRABE_ESTIMATORS_SEATS_H
#define SHIRABE_ESTIMATORS_SEATS_H
#include "base/arena.h"
#include "base/err.h"

enum { SEATS_MOST = 1200, SEATS_LAGS = 14 };
struct seats_parts {
  int period;
  double trend_noise, seasonal_noise, irregular; /* taken from trend and seasonal; variance of the irregular */
  /* autocovariances of (1-B)^2 t, S s, (1-B)^2 (z-s), S (z-t) */
  double trend[SEATS_LAGS], seasonal[SEATS_LAGS], adjusted[SEATS_LAGS], rest[SEATS_LAGS];
};
enum err_code seats_decompose(double theta, double seasonal_theta, int period, struct seats_parts *out, struct err *e) NODISCARD;
/* seasonal, trend: [n]. */
enum err_code seats_estimate(struct arena *a, const struct seats_parts *p, const double *z, int n, double *seasonal, double *trend,
    struct err *e) NODISCARD;
#endif

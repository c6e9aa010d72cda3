/* ext_gsl.h -- quantiles and special functions through GSL; the only includer of <gsl/...>.
 * Errors   the GSL error handler is switched off before every call: nothing here aborts. Arguments outside the domain give false, *out untouched.
 * Units    probabilities 0..1; df > 0; events are counts.
 * Source   GNU Scientific Library, cdf and specfunc; exact Poisson interval: Garwood (1936), limits from chi-squared quantiles.
 * Cost     microseconds per call. Threads: yes. */
#ifndef SHIRABE_BASE_EXT_GSL_H
#define SHIRABE_BASE_EXT_GSL_H
#include <stdbool.h>
#include <stdint.h>

bool dist_normal_quantile(double p, double *out);
bool dist_t_quantile(double p, double df, double *out);
bool dist_chi2_quantile(double p, double df, double *out);
bool dist_gamma_quantile(double p, double shape, double scale, double *out);
bool dist_beta_quantile(double p, double a, double b, double *out);
double dist_normal_cdf(double z);
/* Probabilities beyond a value: two-sided of t, upper of F and chi-squared; NAN outside df > 0. */
double dist_t_two_sided(double t, double df);
double dist_f_upper(double f, double df1, double df2);
double dist_chi2_upper(double x, double df);
double dist_erf(double x);
/* Exact two-sided interval for the mean of a Poisson count; low is 0 for 0 events. */
bool dist_poisson_interval(int64_t events, double confidence, double *low, double *high);
#endif

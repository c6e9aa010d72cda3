#include "base/ext_gsl.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_erf.h>

static bool inside(double p) { return p > 0 && p < 1; }

static bool give(double value, double *out) {
  if (!isfinite(value)) return false;
  *out = value;
  return true;
}

bool dist_normal_quantile(double p, double *out) {
  gsl_set_error_handler_off();
  return inside(p) && give(gsl_cdf_ugaussian_Pinv(p), out);
}

bool dist_t_quantile(double p, double df, double *out) {
  gsl_set_error_handler_off();
  return inside(p) && df > 0 && give(gsl_cdf_tdist_Pinv(p, df), out);
}

bool dist_chi2_quantile(double p, double df, double *out) {
  gsl_set_error_handler_off();
  return inside(p) && df > 0 && give(gsl_cdf_chisq_Pinv(p, df), out);
}

bool dist_gamma_quantile(double p, double shape, double scale, double *out) {
  gsl_set_error_handler_off();
  return inside(p) && shape > 0 && scale > 0 && give(gsl_cdf_gamma_Pinv(p, shape, scale), out);
}

bool dist_beta_quantile(double p, double a, double b, double *out) {
  gsl_set_error_handler_off();
  return inside(p) && a > 0 && b > 0 && give(gsl_cdf_beta_Pinv(p, a, b), out);
}

double dist_normal_cdf(double z) {
  gsl_set_error_handler_off();
  return gsl_cdf_ugaussian_P(z);
}

double dist_t_two_sided(double t, double df) {
  gsl_set_error_handler_off();
  return df > 0 && isfinite(t) ? 2 * gsl_cdf_tdist_Q(fabs(t), df) : NAN;
}

double dist_f_upper(double f, double df1, double df2) {
  gsl_set_error_handler_off();
  return df1 > 0 && df2 > 0 && isfinite(f) ? gsl_cdf_fdist_Q(f > 0 ? f : 0, df1, df2) : NAN;
}

double dist_chi2_upper(double x, double df) {
  gsl_set_error_handler_off();
  return df > 0 && isfinite(x) ? gsl_cdf_chisq_Q(x > 0 ? x : 0, df) : NAN;
}

double dist_erf(double x) {
  gsl_set_error_handler_off();
  return gsl_sf_erf(x);
}

bool dist_poisson_interval(int64_t events, double confidence, double *low, double *high) {
  if (events < 0 || !inside(confidence)) return false;
  double tail = (1 - confidence) / 2, lower = 0, upper;
  if (events > 0 && !dist_gamma_quantile(tail, (double)events, 1, &lower)) return false;
  if (!dist_gamma_quantile(1 - tail, (double)events + 1, 1, &upper)) return false;
  *low = lower;
  *high = upper;
  return true;
}

#include "estimators/estimate/interval.h"

#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"

bool interval_scale_named(const char *name, enum interval_scale *out) {
  static const struct {
    const char *name;
    enum interval_scale scale;
  } all[] = {{"mean", INTERVAL_MEAN}, {"logit", INTERVAL_LOGIT}, {"xlogit", INTERVAL_LOGIT}, {"asin", INTERVAL_ASIN}, {"beta", INTERVAL_BETA},
      {"wilson", INTERVAL_WILSON}, {"likelihood", INTERVAL_LIKELIHOOD}};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    if (strcmp(all[k].name, name) == 0) return *out = all[k].scale, true;
  return false;
}

static bool beta(const struct interval_spec *s, double p, double se, double t, double *low, double *high) {
  const double tail = (1 - s->confidence) / 2;
  double t_n;
  if (s->n < 2 || !dist_t_quantile(1 - tail, (double)s->n - 1, &t_n)) return false;
  const double n = p * (1 - p) / (se * se) * (t_n / t) * (t_n / t), x = n * p;
  return dist_beta_quantile(tail, x, n - x + 1, low) && dist_beta_quantile(1 - tail, x + 1, n - x, high);
}
static void wilson(double p, double se, double t, double *low, double *high) {
  const double n = p * (1 - p) / (se * se), z2 = t * t / n, centre = (p + z2 / 2) / (1 + z2),
               half = t / (1 + z2) * sqrt(p * (1 - p) / n + z2 / (4 * n));
  *low = centre - half, *high = centre + half;
}
/* Scaled log likelihood ratio at q less its limit: 2 n_eff (p log(p/q) + (1-p) log((1-p)/(1-q))) - t^2; the binomial's dispersion is counted with n
 * - 1. */
static double ratio_at(const struct interval_spec *s, double p, double se, double t, double q) {
  const double n_eff = p * (1 - p) / (se * se) * ((double)s->n - 1) / (double)s->n;
  return 2 * n_eff * (p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))) - t * t;
}
static double root(const struct interval_spec *s, double p, double se, double t, double outer) {
  double from = p, to = outer;
  for (int k = 0; k < 200; k++) {
    const double mid = (from + to) / 2;
    if (ratio_at(s, p, se, t, mid) < 0) from = mid;
    else to = mid;
  }
  return (from + to) / 2;
}

bool interval_of_proportion(enum interval_scale scale, const struct interval_spec *s, double p, double se, double *low, double *high) {
  double t, centre, half;
  if (s->df <= 0 || !(se > 0) || !(p > 0 && p < 1) || !dist_t_quantile(0.5 + s->confidence / 2, (double)s->df, &t)) return false;
  switch (scale) {
    case INTERVAL_MEAN: *low = p - t * se, *high = p + t * se; return true;
    case INTERVAL_LOGIT:
      centre = log(p / (1 - p)), half = t * se / (p * (1 - p));
      *low = 1 / (1 + exp(half - centre)), *high = 1 / (1 + exp(-centre - half));
      return true;
    case INTERVAL_ASIN:
      centre = asin(sqrt(p)), half = t * se / (2 * sqrt(p * (1 - p)));
      *low = centre - half < 0 ? 0 : pow(sin(centre - half), 2), *high = centre + half > acos(0) ? 1 : pow(sin(centre + half), 2);
      return true;
    case INTERVAL_BETA: return beta(s, p, se, t, low, high);
    case INTERVAL_WILSON: wilson(p, se, t, low, high); return true;
    case INTERVAL_LIKELIHOOD: *low = root(s, p, se, t, 0), *high = root(s, p, se, t, 1); return s->n > 1;
  }
  return false;
}

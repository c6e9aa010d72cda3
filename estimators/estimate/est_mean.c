#include "estimators/estimate/est_mean.h"

#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"

enum err_code est_mean(
    struct arena *a, const struct design *d, const struct variable *y, const struct domains *dom, struct estimate *out, struct err *e) {
  int32_t n = domain_count(dom);
  TRY(variable_check(d, y, dom, e));
  double *z = ARENA_ARRAY(a, double, d->n_units + 1), *mean = ARENA_ARRAY(a, double, n + 1), *size = ARENA_ARRAY(a, double, n + 1);
  bool *defined = ARENA_ARRAY(a, bool, n + 1);
  if (!z || !mean || !size || !defined) return ERR(e, E_NO_MEMORY, .subject = "mean");
  TRY(domain_sums(a, d, dom, y->value, mean, e));
  TRY(domain_sums(a, d, dom, NULL, size, e));
  for (int32_t k = 0; k < n; k++) {
    defined[k] = size[k] > 0;
    if (defined[k]) mean[k] /= size[k];
  }
  for (int64_t i = 0; i < d->n_units; i++) {
    int32_t k = domain_of(dom, i);
    if (k >= 0) z[i] = d->weight[i] * (y->value[i] - mean[k]) / size[k];
  }
  return domain_finish(a, d, dom, mean, defined, z, out, e);
}

static bool logit_interval(double p, double se, double t, double *low, double *high) {
  double centre = log(p / (1 - p)), half = t * se / (p * (1 - p));
  *low = 1 / (1 + exp(-(centre - half)));
  *high = 1 / (1 + exp(-(centre + half)));
  return true;
}

static bool asin_interval(double p, double se, double t, double *low, double *high) {
  double centre = asin(sqrt(p)), half = t * se / (2 * sqrt(p * (1 - p)));
  *low = pow(sin(centre - half), 2);
  *high = pow(sin(centre + half), 2);
  return true;
}

static bool beta_interval(double p, double se, double t, int64_t n, double tail, double *low, double *high) {
  double t_n;
  if (n < 2 || !dist_t_quantile(1 - tail, (double)n - 1, &t_n)) return false;
  double effective = p * (1 - p) / (se * se) * (t_n / t) * (t_n / t), x = effective * p;
  return dist_beta_quantile(tail, x, effective - x + 1, low) && dist_beta_quantile(1 - tail, x + 1, effective - x, high);
}

bool proportion_interval(const struct estimate *p, const char *method, int64_t n_design, int64_t df, double confidence, double *low, double *high) {
  double t, tail = (1 - confidence) / 2;
  if (!p->defined || !p->has_se || df <= 0 || p->se <= 0 || p->value <= 0 || p->value >= 1 || !dist_t_quantile(1 - tail, (double)df, &t))
    return false;
  if (!strcmp(method, "logit") || !strcmp(method, "xlogit")) return logit_interval(p->value, p->se, t, low, high);
  if (!strcmp(method, "asin")) return asin_interval(p->value, p->se, t, low, high);
  if (!strcmp(method, "beta")) return beta_interval(p->value, p->se, t, n_design, tail, low, high);
  if (strcmp(method, "mean")) return false;
  *low = p->value - t * p->se;
  *high = p->value + t * p->se;
  return true;
}

#include "estimators/vital/smr.h"

#include <math.h>
#include <stdio.h>

#include "base/ext_gsl.h"
#include "base/sum.h"

double smr_expected(int n, const double *standard_rate, const int64_t *people) {
  struct sum s = {0, 0};
  for (int i = 0; i < n; i++) sum_add(&s, standard_rate[i] * (double)people[i]);
  return sum_result(&s);
}
double pyll(int n, const double *age, const int64_t *deaths, double limit) {
  struct sum s = {0, 0};
  for (int i = 0; i < n; i++)
    if (age[i] < limit) sum_add(&s, (double)deaths[i] * (limit - age[i]));
  return sum_result(&s);
}

static enum err_code plain(struct smr_area *a, int64_t i, double confidence, struct err *e) {
  char place[48];
  snprintf(place, sizeof place, "area %lld", (long long)i + 1);
  if (!(a->expected > 0) || a->deaths < 0) return ERR(e, E_VITAL_NO_POPULATION, .subject = place);
  a->smr = (double)a->deaths / a->expected;
  a->se = sqrt((double)a->deaths) / a->expected;
  if (!dist_poisson_interval(a->deaths, confidence, &a->low, &a->high)) return ERR(e, E_VITAL_NO_POPULATION, .subject = place);
  a->low /= a->expected, a->high /= a->expected;
  return E_OK;
}
static void prior_of(const struct smr_area *areas, int64_t n, struct smr_prior *p) {
  double deaths = 0, expected = 0, spread = 0;
  for (int64_t i = 0; i < n; i++) deaths += (double)areas[i].deaths, expected += areas[i].expected;
  p->mean = deaths / expected;
  for (int64_t i = 0; i < n; i++) spread += areas[i].expected * (areas[i].smr - p->mean) * (areas[i].smr - p->mean);
  p->variance = spread / expected - p->mean * (double)n / expected;
  p->flat = !(p->variance > 0) || !(p->mean > 0);
  p->alpha = p->flat ? 0 : p->mean / p->variance;
  p->beta = p->flat ? 0 : p->mean * p->mean / p->variance;
}
enum err_code smr_areas(struct smr_area *areas, int64_t n, double confidence, struct smr_prior *prior, struct err *e) {
  if (n < 1) return ERR(e, E_VITAL_NO_POPULATION, .subject = "areas");
  for (int64_t i = 0; i < n; i++) TRY(plain(&areas[i], i, confidence, e));
  prior_of(areas, n, prior);
  for (int64_t i = 0; i < n; i++) {
    struct smr_area *a = &areas[i];
    const double shape = (double)a->deaths + prior->beta, rate = a->expected + prior->alpha, tail = (1 - confidence) / 2;
    a->eb = prior->flat ? prior->mean : shape / rate;
    a->has_eb_interval =
        !prior->flat && dist_gamma_quantile(tail, shape, 1 / rate, &a->eb_low) && dist_gamma_quantile(1 - tail, shape, 1 / rate, &a->eb_high);
  }
  return E_OK;
}

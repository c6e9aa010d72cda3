#include "estimators/variance/pps.h"

#include <stdio.h>

#include "base/sum.h"

enum err_code pps_check(const struct pps_design *d, struct err *e) {
  char place[48];
  const bool joint = d->form == PPS_HORVITZ_THOMPSON || d->form == PPS_YATES_GRUNDY;
  if (d->n < 2) return ERR(e, E_PPS_SPEC, .subject = "fewer than two units");
  if (joint && !d->joint) return ERR(e, E_PPS_SPEC, .subject = "no joint probabilities");
  for (int64_t k = 0; k < d->n; k++) {
    snprintf(place, sizeof place, "row %lld", (long long)k + 1);
    if (!(d->pik[k] > 0 && d->pik[k] <= 1)) return ERR(e, E_PPS_SPEC, .subject = place, .expected = "a probability in (0, 1]");
    for (int64_t l = 0; joint && l < d->n; l++)
      if (!(d->joint[k * d->n + l] > 0)) return ERR(e, E_PPS_SPEC, .subject = place, .expected = "joint probabilities above 0");
  }
  return E_OK;
}

static double mean_of(int64_t n, const double *z, const double *weight) {
  struct sum top = {0, 0}, bottom = {0, 0};
  for (int64_t k = 0; k < n; k++) {
    const double w = weight ? 1 - weight[k] : 1;
    sum_add(&top, w * z[k]), sum_add(&bottom, w);
  }
  return sum_result(&bottom) > 0 ? sum_result(&top) / sum_result(&bottom) : 0;
}
static double brewer(const struct pps_design *d, const double *x, const double *y) {
  const double *centre = d->form == PPS_HAJEK ? d->pik : NULL, n = (double)d->n;
  const double mean_x = mean_of(d->n, x, centre), mean_y = mean_of(d->n, y, centre);
  struct sum s = {0, 0};
  for (int64_t k = 0; k < d->n; k++) sum_add(&s, (1 - d->pik[k]) * (x[k] - mean_x) * (y[k] - mean_y));
  return n / (n - 1) * sum_result(&s);
}

/* D_kl of the quadratic form. */
static double weight_of(const struct pps_design *d, double s_by_n, int64_t k, int64_t l) {
  const double n = (double)d->n, pk = d->pik[k], pl = d->pik[l];
  if (d->form == PPS_HORVITZ_THOMPSON) return 1 - pk * pl / d->joint[k * d->n + l];
  if (k == l) return 1 - pk;
  if (d->form == PPS_OVERTON) return 1 - (n - (pk + pl) / 2) / (n - 1);
  return 1 - (n - pk - pl + s_by_n) / (n - 1);
}
static double quadratic(const struct pps_design *d, const double *x, const double *y) {
  struct sum s = {0, 0}, pi = {0, 0};
  for (int64_t k = 0; k < d->n; k++) sum_add(&pi, d->pik[k]);
  const double s_by_n = d->sum_pik2_over_n >= 0 ? d->sum_pik2_over_n : sum_result(&pi) / (double)d->n;
  for (int64_t k = 0; k < d->n; k++)
    for (int64_t l = 0; l < d->n; l++) sum_add(&s, weight_of(d, s_by_n, k, l) * x[k] * y[l]);
  return sum_result(&s);
}
static double yates_grundy(const struct pps_design *d, const double *x, const double *y) {
  struct sum s = {0, 0};
  for (int64_t k = 0; k < d->n; k++)
    for (int64_t l = 0; l < k; l++) sum_add(&s, (d->pik[k] * d->pik[l] / d->joint[k * d->n + l] - 1) * (x[k] - x[l]) * (y[k] - y[l]));
  return sum_result(&s);
}

double pps_covariance(const struct pps_design *d, const double *x, const double *y) {
  if (d->form == PPS_BREWER || d->form == PPS_HAJEK) return brewer(d, x, y);
  return d->form == PPS_YATES_GRUNDY ? yates_grundy(d, x, y) : quadratic(d, x, y);
}

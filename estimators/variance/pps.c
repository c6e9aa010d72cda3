#include "estimators/variance/pps.h"

#include <stdio.h>

#include "base/sum.h"

static inline bool within(const struct pps_design *d, int32_t stratum, int64_t k) { return !d->stratum || d->stratum[k] == stratum; }
static double size_of(const struct pps_design *d, int32_t stratum) {
  int64_t n = 0;
  for (int64_t k = 0; k < d->n; k++) n += within(d, stratum, k);
  return (double)n;
}

enum err_code pps_check(const struct pps_design *d, struct err *e) {
  char place[48];
  const bool joint = d->form == PPS_HORVITZ_THOMPSON || d->form == PPS_YATES_GRUNDY;
  if (d->n < 2) return ERR(e, E_PPS_SPEC, .subject = "fewer than two units");
  if (joint && !d->joint) return ERR(e, E_PPS_SPEC, .subject = "no joint probabilities");
  for (int64_t k = 0; d->stratum && !joint && k < d->n; k++) {
    snprintf(place, sizeof place, "row %lld", (long long)k + 1);
    if (size_of(d, d->stratum[k]) < 2) return ERR(e, E_PPS_SPEC, .subject = place, .expected = "two units in its stratum");
  }
  for (int64_t k = 0; k < d->n; k++) {
    snprintf(place, sizeof place, "row %lld", (long long)k + 1);
    if (!(d->pik[k] > 0 && d->pik[k] <= 1)) return ERR(e, E_PPS_SPEC, .subject = place, .expected = "a probability in (0, 1]");
    for (int64_t l = 0; joint && l < d->n; l++)
      if (!(d->joint[k * d->n + l] > 0)) return ERR(e, E_PPS_SPEC, .subject = place, .expected = "joint probabilities above 0");
  }
  return E_OK;
}

static double mean_of(const struct pps_design *d, int32_t stratum, const double *z) {
  struct sum top = {0, 0}, bottom = {0, 0};
  for (int64_t k = 0; k < d->n; k++) {
    const double w = !within(d, stratum, k) ? 0 : d->form == PPS_HAJEK ? 1 - d->pik[k] : 1;
    sum_add(&top, w * z[k]), sum_add(&bottom, w);
  }
  return sum_result(&bottom) > 0 ? sum_result(&top) / sum_result(&bottom) : 0;
}
static double brewer(const struct pps_design *d, int32_t stratum, const double *x, const double *y) {
  const double n = size_of(d, stratum), mean_x = mean_of(d, stratum, x), mean_y = mean_of(d, stratum, y);
  struct sum s = {0, 0};
  for (int64_t k = 0; k < d->n; k++)
    if (within(d, stratum, k)) sum_add(&s, (1 - d->pik[k]) * (x[k] - mean_x) * (y[k] - mean_y));
  return n / (n - 1) * sum_result(&s);
}

/* D_kl of the quadratic form; n units and S/n of their stratum. */
static double weight_of(const struct pps_design *d, double n, double s_by_n, int64_t k, int64_t l) {
  const double pk = d->pik[k], pl = d->pik[l];
  if (d->form == PPS_HORVITZ_THOMPSON) return 1 - pk * pl / d->joint[k * d->n + l];
  if (k == l) return 1 - pk;
  if (d->form == PPS_OVERTON) return 1 - (n - (pk + pl) / 2) / (n - 1);
  return 1 - (n - pk - pl + s_by_n) / (n - 1);
}
static double quadratic(const struct pps_design *d, int32_t stratum, const double *x, const double *y) {
  const bool whole = d->form == PPS_HORVITZ_THOMPSON;
  const double n = size_of(d, stratum);
  struct sum s = {0, 0}, pi = {0, 0};
  for (int64_t k = 0; k < d->n; k++)
    if (within(d, stratum, k)) sum_add(&pi, d->pik[k]);
  const double s_by_n = d->sum_pik2_over_n >= 0 ? d->sum_pik2_over_n : sum_result(&pi) / n;
  for (int64_t k = 0; k < d->n; k++)
    for (int64_t l = 0; l < d->n; l++)
      if (whole || (within(d, stratum, k) && within(d, stratum, l))) sum_add(&s, weight_of(d, n, s_by_n, k, l) * x[k] * y[l]);
  return sum_result(&s);
}
static double yates_grundy(const struct pps_design *d, const double *x, const double *y) {
  struct sum s = {0, 0};
  for (int64_t k = 0; k < d->n; k++)
    for (int64_t l = 0; l < k; l++) sum_add(&s, (d->pik[k] * d->pik[l] / d->joint[k * d->n + l] - 1) * (x[k] - x[l]) * (y[k] - y[l]));
  return sum_result(&s);
}

double pps_covariance(const struct pps_design *d, const double *x, const double *y) {
  int32_t n_strata = 1;
  struct sum v = {0, 0};
  if (d->form == PPS_YATES_GRUNDY) return yates_grundy(d, x, y);
  for (int64_t k = 0; d->stratum && d->form != PPS_HORVITZ_THOMPSON && k < d->n; k++)
    if (d->stratum[k] >= n_strata) n_strata = d->stratum[k] + 1;
  for (int32_t h = 0; h < n_strata; h++)
    sum_add(&v, d->form == PPS_BREWER || d->form == PPS_HAJEK ? brewer(d, h, x, y) : quadratic(d, h, x, y));
  return sum_result(&v);
}

/* mls_special.h -- the special survey of establishments with 1-4 regular employees: sampled districts, every establishment and person in them.
 * Formula  total = sum over districts W_d x sum of persons; average per person = ratio of two totals; W_d = districts of the stratum / those drawn.
 *          Optional ratio adjustment: within each industry group all weights times census workers / estimated workers.
 * Variance districts are the first stage: V(total) = sum over strata (1 - d/D) d/(d-1) sum (z_d - mean z)^2 with z_d = W_d x district sum; of an
 *          average the linearised z_d = W_d sum (y - R x) / X. With the adjustment the residual is taken within the group.
 * Shapes   persons: [n] with district, group, values; districts: [n_districts] with stratum; strata: [n_strata] counts D and d.
 * Errors   E_MLS_MONTH_INPUT (index, no person of a group that the census has), E_LONELY_PSU when a stratum has one drawn district of more.
 * Source   毎月勤労統計調査特別調査 用語の説明 (every establishment of a drawn district); formulas not published: textbook cluster sampling. Memory: arena. */
#ifndef SHIRABE_ESTIMATORS_MLS_SPECIAL_H
#define SHIRABE_ESTIMATORS_MLS_SPECIAL_H
#include "base/arena.h"
#include "base/err.h"

struct mls_district_stratum {
  int64_t districts, drawn;
};
struct mls_special {
  int64_t n;
  const int32_t *district, *group;
  const double *value;       /* [n] of one item, e.g. contractual pay in yen */
  int32_t n_districts, n_strata, n_groups;
  const int32_t *stratum;    /* [n_districts] */
  const struct mls_district_stratum *strata;
  const double *census;      /* [n_groups] workers; NULL = no adjustment */
};
struct mls_special_result {
  double persons, total, average; /* estimated workers, total of the item, average per person */
  double average_se, total_se;
  double *adjustment;             /* [n_groups] census / estimated; 1 without */
};
enum err_code mls_special_estimate(struct arena *a, const struct mls_special *s, struct mls_special_result *out, struct err *e) NODISCARD;
#endif

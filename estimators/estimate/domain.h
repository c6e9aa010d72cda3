/* domain.h -- domains by indicator, never by subsetting; the variance of a linearised statistic in every domain of a partition.
 * Shapes   of_unit: [n_units], 0..n_domains-1 or -1 (in no domain); z: [n_units] linearised value times weight; var: [n_domains].
 * Formula  V(d) = sum over strata of (1 - f_h) n_h/(n_h - 1) sum_k (z_k I_k(d) - mean_h)^2, n_h = all units of the stratum; a stratum with 1 -
 *          f_h < 1e-7 contributes 0 (take-all).
 * Source   Särndal, Swensson & Wretman (1992) 5.8 and 10.3; Woodruff (1971) for linearisation; values checked against R survey 4.1.
 * Errors   E_LONELY_PSU with the list of strata. Memory: O(n + H + D) scratch from the arena.
 * Cost     two counting sorts and two passes; sums follow row order within (stratum, domain), so shard boundaries change no bit. */
#ifndef SHIRABE_ESTIMATORS_DOMAIN_H
#define SHIRABE_ESTIMATORS_DOMAIN_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "estimators/design/design.h"

struct domains {
  int32_t n_domains;
  const int32_t *of_unit; /* NULL = every unit in domain 0 */
};
static inline int32_t domain_of(const struct domains *d, int64_t i) { return d && d->of_unit ? d->of_unit[i] : 0; }
static inline int32_t domain_count(const struct domains *d) { return d && d->of_unit ? d->n_domains : 1; }

struct estimate {
  double value, se, cv;     /* cv = se / |value| */
  bool defined, has_se, has_cv; /* false: the number beside it must not be read */
  int64_t n;                /* unweighted units in the domain */
  int64_t df;               /* units in the domain - strata holding them */
};

/* A study variable: status may be NULL (all present). */
struct variable {
  const double *value;
  const uint8_t *status;
  const char *name;
};

/* A missing value inside a domain is an error here: impute first, or put the unit outside. */
enum err_code variable_check(const struct design *d, const struct variable *y, const struct domains *dom, struct err *e) NODISCARD;
/* Weighted sums by domain in row order: out[D] of w*value (value NULL = w alone). */
enum err_code domain_sums(
    struct arena *a, const struct design *d, const struct domains *dom, const double *value, double *out, struct err *e) NODISCARD;
enum err_code domain_variance(
    struct arena *a, const struct design *d, const struct domains *dom, const double *z, double *var, struct err *e) NODISCARD;
/* n and df per domain. */
enum err_code domain_counts(struct arena *a, const struct design *d, const struct domains *dom, int64_t *n, int64_t *df, struct err *e) NODISCARD;
/* Puts value and variance together with n and df. */
enum err_code domain_finish(struct arena *a, const struct design *d, const struct domains *dom, const double *value, const bool *defined,
    const double *z, struct estimate *out, struct err *e) NODISCARD;
/* est +- quantile * se; t with df, or the normal when df_normal. false: no interval (df <= 0 or no se). */
bool estimate_interval(const struct estimate *x, double confidence, bool df_normal, double *low, double *high);
#endif

/* est_mean.h -- means (Hajek: weighted total over the sum of weights), by domain; proportions are means of a 0/1 variable.
 * Shapes   y: [n_units]; out: [n_domains].
 * Units    of y.
 * Missing  an absent y inside a domain is E_MISSING_VALUE. An empty domain is not defined (out.defined false).
 * Formula  mean = sum w y / N, N = sum w; z = w (y - mean) / N; variance in domain.h.
 * Source   Särndal, Swensson & Wretman (1992) 5.7; checked against R survey 4.1.
 * Errors   E_LONELY_PSU, E_MISSING_VALUE. Memory: scratch from the arena. Cost: O(n). */
#ifndef SHIRABE_ESTIMATORS_EST_MEAN_H
#define SHIRABE_ESTIMATORS_EST_MEAN_H
#include "estimators/estimate/domain.h"

enum err_code est_mean(
    struct arena *a, const struct design *d, const struct variable *y, const struct domains *dom, struct estimate *out, struct err *e) NODISCARD;

/* Confidence limits of a proportion p with standard error; method "mean", "logit", "xlogit", "asin" or "beta" (Korn & Graubard 1998). false: none. */
bool proportion_interval(const struct estimate *p, const char *method, int64_t n_design, int64_t df, double confidence, double *low, double *high);
#endif

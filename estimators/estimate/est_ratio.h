/* est_ratio.h -- ratio of two totals, by domain, with linearised variance.
 * Shapes   y, x: [n_units]; out: [n_domains].
 * Units    of y per unit of x.
 * Missing  an absent y or x inside a domain is E_MISSING_VALUE. A domain whose denominator is 0 is not defined (out.defined false), never
 *          infinite.
 * Formula  R = sum w y / sum w x; z = w (y - R x) / sum w x; variance in domain.h.
 * Source   Särndal, Swensson & Wretman (1992) 5.6; Woodruff (1971); checked against R survey 4.1. When not: x near 0 in total, or few units (bias
 *          O(1/n)).
 * Errors   E_LONELY_PSU, E_MISSING_VALUE. Memory: scratch from the arena. Cost: O(n). */
#ifndef SHIRABE_ESTIMATORS_EST_RATIO_H
#define SHIRABE_ESTIMATORS_EST_RATIO_H
#include "estimators/estimate/domain.h"

enum err_code est_ratio(struct arena *a, const struct design *d, const struct variable *y, const struct variable *x, const struct domains *dom,
    struct estimate *out, struct err *e) NODISCARD;
#endif

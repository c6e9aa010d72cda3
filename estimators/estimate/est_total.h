/* est_total.h -- totals of a study variable, stratified simple random sampling without replacement, by domain.
 * Shapes   y: [n_units]; dom: partition or NULL; out: [n_domains].
 * Units    y in the unit of its item; weights >= 1.
 * Missing  an absent y inside a domain is E_MISSING_VALUE; outside a domain y is not read.
 * Formula  total = sum w y; z = w y; variance in domain.h. An empty domain has total 0 and se 0 with n 0.
 * Source   Särndal, Swensson & Wretman (1992) 3.7, 10.3; checked against R survey 4.1.
 * Errors   E_LONELY_PSU, E_MISSING_VALUE. Memory: scratch from the arena, reset by the caller. Cost: O(n). */
#ifndef SHIRABE_ESTIMATORS_EST_TOTAL_H
#define SHIRABE_ESTIMATORS_EST_TOTAL_H
#include "estimators/estimate/domain.h"

enum err_code est_total(
    struct arena *a, const struct design *d, const struct variable *y, const struct domains *dom, struct estimate *out, struct err *e) NODISCARD;
/* Estimated number of units: total of 1. */
enum err_code est_count(struct arena *a, const struct design *d, const struct domains *dom, struct estimate *out, struct err *e) NODISCARD;
#endif

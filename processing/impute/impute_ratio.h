/* impute_ratio.h -- ratio imputation by class.
 * previous_ratio  x_hat = x_prev * sum(w x) / sum(w x_prev) over the units of the class that reported in both periods: the unit's own last value
 *                 moved as its class moved. Needs the unit's previous value; without it the value stays missing (no_predictor).
 * class_ratio     x_hat = aux * sum(w x) / sum(w aux) over the units of the class that reported both.
 * Assumes  that within a class the ratio does not depend on whether a unit answered. Not for items whose last value says little (bonuses).
 * Source   Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, ch. 15; Office for National Statistics, ratio of means
 *          ("construction" and "forward" imputation) of the monthly business surveys. Rules of class, rounding and donors: impute_class.h. */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTE_RATIO_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTE_RATIO_H
#include "processing/impute/impute_class.h"

enum err_code impute_previous_ratio(struct impute_run *r, const struct impute_step_plan *s, const struct item *item,
    struct impute_count *count, struct err *e) NODISCARD;
enum err_code impute_class_ratio(struct impute_run *r, const struct impute_step_plan *s, const struct item *item,
    struct impute_count *count, struct err *e) NODISCARD;
#endif

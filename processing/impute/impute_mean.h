/* impute_mean.h -- class mean: x_hat = sum(w x) / sum(w) over the units of the class that reported x.
 * Assumes  that within a class reporting does not depend on x. Shrinks the spread of x: not for distributions. For a mean per head use
 *          class_ratio with the heads as auxiliary. Rules of class, rounding and donors: impute_class.h.
 * Source   Kalton, G. and Kasprzyk, D. (1986), The treatment of missing survey data, Survey Methodology 12. */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTE_MEAN_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTE_MEAN_H
#include "processing/impute/impute_class.h"

enum err_code impute_class_mean(
    struct impute_run *r, const struct impute_step_plan *s, const struct item *item, struct impute_count *count, struct err *e) NODISCARD;
#endif

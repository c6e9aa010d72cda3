/* weight_replicates.h -- a set of replicates after a weight programme: every step done again in every replicate, kept as columns that any
 *    estimator can use.
 * Result   a GIVEN set: multipliers of the survey's final weight. Replicates in which a step cannot be done (a class without respondents, totals
 *          that are not reached) are left out and counted; the scale of a random method is that of the replicates that remain. A jackknife or a
 *          balanced set that loses a replicate is no longer one: E_REPLICATE_SPEC.
 * Shapes   base: [n] design weights; final: [n] weights after the programme. A record with final weight 0 and a weight in a replicate stops
 *          (E_REPLICATE_SPEC): no multiplier can say that.
 * Memory   8 bytes per record and replicate; above WEIGHT_REPLICATES_BYTES it is refused (E_REPLICATE_SPEC). Cost: one programme a replicate;
 *          threads.
 * Source   Rust & Rao (1996), Statistical Methods in Medical Research 5:283-310; Valliant (1993), JASA 88:89-96. */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_WEIGHT_REPLICATES_H
#define SHIRABE_ESTIMATORS_WEIGHT_WEIGHT_REPLICATES_H
#include "estimators/variance/replicate.h"
#include "estimators/weight/weight_plan.h"

#define WEIGHT_REPLICATES_BYTES ((int64_t)4 << 30)
struct weight_replicates_report {
  int n_left_out;
};
enum err_code weight_replicates(const struct job *job, struct arena *a, const struct replicate_set *set, const double *base, const double *final,
    const struct weight_programme *programme, struct replicate_set *out, struct weight_replicates_report *report, struct err *e) NODISCARD;
#endif

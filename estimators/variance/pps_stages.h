/* pps_stages.h -- the variance of a sample whose first-stage units were drawn without replacement with unequal probabilities, inside strata, with any
 *    stages below.
 * Formula  V = sum over strata of V_1(t) + sum over first-stage units i of pi_i V_i(z), t_i = sum of z in unit i, V_1 a form of pps.h with the pi_i,
 *          V_i the variance of the stages below inside the unit as in sample_design.h. z is the linearised value times the whole weight, so that V_i
 *          carries 1 / pi_i^2 and the term is sum V_i / pi_i of the book.
 * Shapes   units in the order of the tree of `design`; pik: [first-stage units]; joint: [first-stage units]^2 or NULL (read inside strata only).
 *          inner: the same records, every first-stage unit a stratum of its own with fraction pi_i, for the stages below; NULL = one stage.
 * Lonely   a stratum with one unit below probability 1: zero when the plan says so, else E_LONELY_PSU from pps_stages_check.
 * Errors   E_PPS_SPEC (pps.h), E_NO_MEMORY. Memory: 8 bytes a first-stage unit and statistic. Cost: O(n), O(units^2) inside strata for forms other
 *          than BREWER and HAJEK.
 * Source   Särndal, Swensson & Wretman (1992) result 4.3.2 (two-stage element sampling) with the first-stage forms of pps.h. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_PPS_STAGES_H
#define SHIRABE_ESTIMATORS_VARIANCE_PPS_STAGES_H
#include "base/job.h"
#include "estimators/design/sample_design.h"
#include "estimators/variance/pps.h"

struct pps_stages {
  const struct sample_design *design;
  const struct sample_design *inner;
  enum pps_form form;
  double sum_pik2_over_n; /* HARTLEY_RAO with one stratum; below 0 = from the sample */
  const double *pik, *joint;
};
/* Counts the strata with one unit of probability below 1; first = the first of them. */
int64_t pps_stages_lonely(const struct pps_stages *p, int64_t *first);
/* cov: [m][m]; z: [m] of [n] by row. */
enum err_code pps_stages_covariance(
    const struct job *job, struct arena *a, const struct pps_stages *p, int m, const double *const *z, double *cov, struct err *e) NODISCARD;
#endif

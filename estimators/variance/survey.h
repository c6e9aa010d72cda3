/* survey.h -- a survey ready for estimation: design, final weights, and what was done to the weights; the one place where a standard error is
 *    made.
 * Use      an estimator hands in influences u (per unit of weight); survey_covariance takes them through every adjustment of the weights, times
 *          the weights, into the variance of the design. Nobody can leave an adjustment out: it stands in the survey, not in the estimator.
 * Adjusted CALIBRATED: u becomes its residual from the regression on the calibration's variables with weights d / sigma2 (over the whole sample
 *          also for a domain); several calibrations in the reverse order of their making. What was done to the weights later (trimming) stays in
 *          u as the factor w / after: it is taken as known. RAKED: the residuals as R's rake() takes them, ten sweeps of centring each margin by
 *          means of w u; kept for comparison. FIXED: factors taken as known (weighting classes, trimming); nothing is done to u.
 *          RESPONSE: respondents as a second phase, see response.h; u of the respondents becomes values of the whole sample, and the variance
 *          between responses is added.
 * Shapes   u: [m] of [n]; cov: [n_domains][m][m]. With adjustments each domain needs a pass of its own: cost n_domains * O(n k^2).
 * Errors   those of taylor.h and pps.h. Memory: m columns of n doubles.
 * Source   Deville & Särndal (1992), JASA 87; Särndal (2007), Survey Methodology 33:99-119. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_SURVEY_H
#define SHIRABE_ESTIMATORS_VARIANCE_SURVEY_H
#include "estimators/variance/pps.h"
#include "estimators/variance/pps_stages.h"
#include "estimators/variance/response.h"
#include "estimators/variance/taylor.h"
#include "estimators/variance/two_phase.h"
#include "estimators/weight/auxiliary.h"

enum adjustment_kind { ADJUSTED_FIXED, ADJUSTED_CALIBRATED, ADJUSTED_RAKED, ADJUSTED_RESPONSE };
struct adjustment {
  enum adjustment_kind kind;
  const char *name;             /* "calibration to census totals" */
  struct regression regression; /* CALIBRATED: on x with d / sigma2 */
  const struct auxiliary *x;    /* RAKED: factors only */
  const struct response_model *response; /* RESPONSE */
  const double *before, *after; /* [n] weights before and after it */
};
enum { SURVEY_MOST_ADJUSTMENTS = 16 };
struct survey {
  int64_t n;
  const struct sample_design *design;
  const struct pps_design *pps; /* NULL = by sample_design */
  const struct pps_stages *pps_stages; /* unequal probabilities at the first stage; NULL = equal inside strata */
  const struct two_phase *two_phase;   /* NULL = one phase */
  const double *weight;         /* [n] final */
  int n_adjustments;
  const struct adjustment *adjustments[SURVEY_MOST_ADJUSTMENTS];
};
/* domains as in taylor.h; u is read in the domain only. */
enum err_code survey_covariance(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *cov, struct err *e) NODISCARD;
/* z: [n] w u of one domain taken through the adjustments, 0 outside it where there are none: what enters the design's variance. */
enum err_code survey_linearise(struct arena *a, const struct survey *s, const struct taylor_domains *domains, int32_t domain, const double *u,
    double *z, struct err *e) NODISCARD;
/* Variance of the design itself with the final weights: no adjustment enters it, and it is that of taylor.h. */
bool survey_is_plain(const struct survey *s);
/* Degrees of freedom by domain: primary units with a record less strata holding them (of a PPS design: records less 1). */
enum err_code survey_df(
    const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int64_t *df, struct err *e) NODISCARD;
#endif

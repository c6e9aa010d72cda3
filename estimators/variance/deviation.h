/* deviation.h -- the variance of a total as a sum of squares over the units of its design: one deviation for each unit of each stage.
 * Formula  d_u = sqrt(c_p) (t_u - mean of its parent p), so that V = sum over stages and units of d_u^2 (sample_design.h); lonely units by the
 *          design's policy. A PPS design of the forms BREWER and HAJEK has one stage: d = sqrt(n/(n-1) (1 - pi)) (z - centre).
 * Use      covariances of two designs whose units are the same: sum of d_u e_u over the units that both have. Never larger than sqrt(V W).
 * Shapes   z: [n] by row, linearised value times weight (survey_linearise); out[s]: [units of stage s].
 * Errors   E_LONELY_PSU; E_DESIGN_STAGE for PPS forms that are no sum of squares.
 * Cost     O(n). Memory 8 bytes a unit. Source: sample_design.h, pps.h. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_DEVIATION_H
#define SHIRABE_ESTIMATORS_VARIANCE_DEVIATION_H
#include "estimators/variance/survey.h"

struct deviations {
  int n_stages;
  int64_t n_units[DESIGN_MAX_STAGES];
  double *unit[DESIGN_MAX_STAGES]; /* [n_units] */
};
enum err_code deviations_new(struct arena *a, const struct survey *s, struct deviations *out, struct err *e) NODISCARD;
/* Fills out, made by deviations_new for the same survey. */
enum err_code deviations_of(const struct survey *s, const double *z, struct deviations *out, struct err *e) NODISCARD;
double deviations_square(const struct deviations *d);
#endif

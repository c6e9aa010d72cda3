/* contrast.h -- figures of a survey together: values, covariances, and any linear or smooth function of them with its variance.
 * Figure   a statistic (statistic.h) in one domain: rows with of_row == domain, NULL = all rows. Records that lack a value of the statistic are in
 *          no domain (domain_present).
 * Formula  linear: sum_j c_j theta_j, influence sum_j c_j u_j; smooth: g(theta), influence sum_j dg/dtheta_j u_j (smooth.h). One variance pass for
 *          a contrast whatever the number of figures, so that hundreds of cells can be compared; the covariances of all with all need a pass of
 *          their own and at most SURVEY_MOST (64) figures.
 * df       of the records that any figure with a coefficient other than 0 uses.
 * Errors   E_CONTRAST: a figure that is not defined, a name that no figure has, a function without value; E_FIGURES_MANY.
 * Cost     O(n) for each figure. Memory: 12 bytes a record (covariance: 8 a record and figure).
 * Source   Woodruff (1971), JASA 66:411-414; Binder (1983), International Statistical Review 51:279-292. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_CONTRAST_H
#define SHIRABE_ESTIMATORS_ESTIMATE_CONTRAST_H
#include "estimators/estimate/smooth.h"
#include "estimators/estimate/statistic.h"
#include "estimators/variance/survey.h"

enum { CONTRAST_MOST_TOGETHER = 64 };
struct figure {
  struct statistic statistic;
  const int32_t *of_row;
  int32_t domain;
  const char *name; /* as a smooth function names it */
  double value;     /* filled by figures_value */
  bool defined;
};
struct contrast {
  double value, var;
  int64_t df;
};
enum err_code figures_value(struct arena *a, const struct survey *s, int n, struct figure *f, struct err *e) NODISCARD;
/* cov: [n][n]; a figure that is not defined has covariances 0. */
enum err_code figures_covariance(const struct job *job, struct arena *a, const struct survey *s, int n, const struct figure *f, double *cov,
    struct err *e) NODISCARD;
/* coefficient: [n]. Figures as figures_value left them. */
enum err_code contrast_linear(const struct job *job, struct arena *a, const struct survey *s, int n, const struct figure *f,
    const double *coefficient, struct contrast *out, struct err *e) NODISCARD;
enum err_code contrast_smooth(const struct job *job, struct arena *a, const struct survey *s, int n, const struct figure *f, const struct smooth *g,
    struct contrast *out, struct err *e) NODISCARD;
#endif

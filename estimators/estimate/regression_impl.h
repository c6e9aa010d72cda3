/* regression_impl.h -- a regression in work, shared by the files of regression.h. Columns are those of `x`: standardised numbers, b in their units.
 * Source, errors: regression.h. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_REGRESSION_IMPL_H
#define SHIRABE_ESTIMATORS_ESTIMATE_REGRESSION_IMPL_H
#include "estimators/estimate/regression.h"

struct glm {
  struct arena *a;
  const struct model *m;
  enum regression_family family;
  const double *w;
  struct auxiliary x;                            /* standardised */
  int columns, factors;                          /* columns of x; those of its factors, which come first */
  double centre[AUXILIARY_FACTORS], scale[AUXILIARY_FACTORS]; /* of the numbers */
  double *b, *mu;                                /* [columns], [n] */
  struct factorised normal;                      /* sum w V x x' at b */
  int rounds;
};
double glm_mean(enum regression_family f, double eta);
double glm_variance(enum regression_family f, double mu);
double glm_deviance(enum regression_family f, double y, double mu);
enum err_code glm_fit(struct glm *g, struct err *e) NODISCARD;
#endif

/* survey_precision.h -- from value and variance to what stands in a table: standard error, cv, interval, design effect, and the reason where there is
 *    none.
 * Shapes   one figure in the domains of one margin; row: [n_domains] rows of the result table.
 * Formula  se = sqrt V, cv = se/|value|, value -+ t(df) se; of a proportion on its scale; of a quantile as quantile_interval.h gave them.
 * Missing  V below 0 (Overton's form may give one) or an influence that is not finite: no standard error. df <= 0: no interval.
 * Cost     O(n_domains). Memory: none. Source survey_table.h. */
#ifndef SHIRABE_ESTIMATORS_TABLE_SURVEY_PRECISION_H
#define SHIRABE_ESTIMATORS_TABLE_SURVEY_PRECISION_H
#include "estimators/estimate/quantile_interval.h"
#include "estimators/table/survey_figure.h"
#include "estimators/table/survey_table.h"

struct figure_precision {
  const struct figure *f;
  struct figure_values v;
  int32_t n_domains;
  const int32_t *row;
  const double *var;
  const struct quantile_result *quantile; /* NULL = not a quantile; then var is not read */
  const uint8_t *no_error;        /* [n_domains] */
  const int64_t *df, *n_used;
  const double *srs;  /* variance of simple random sampling, NULL = none asked */
  const bool *has_srs;
  double confidence;
  bool complete;
};
void precision_into(const struct figure_precision *p, struct result_measure *m);
#endif

/* survey_precision.h -- from value and variance to what stands in a table: standard error, cv, interval, design effect, and the reason where there is
 *    none.
 * Shapes   one figure in the domains of one margin; row: [n_domains] rows of the result table.
 * Formula  se = sqrt V, cv = se/|value|, value -+ t(df) se; of a proportion on its scale; of a quantile by the share at or below it (Woodruff): the
 *          limits of the share, then the quantiles there, se = (upper - lower)/(2 t). Design effect: survey_table.h.
 * Missing  V below 0 (Overton's form may give one) or an influence that is not finite: no standard error. df <= 0: no interval.
 * Cost     O(n_domains); deff_of two passes of O(n). Memory: 32 bytes a domain. Source survey_table.h. */
#ifndef SHIRABE_ESTIMATORS_TABLE_SURVEY_PRECISION_H
#define SHIRABE_ESTIMATORS_TABLE_SURVEY_PRECISION_H
#include "estimators/table/survey_figure.h"
#include "estimators/table/survey_table.h"

struct figure_precision {
  const struct figure *f;
  struct figure_values v;
  int32_t n_domains;
  const int32_t *row;
  const double *var;              /* of the figure, or of the share of a quantile (linearised) */
  const double *share;            /* quantile by linearisation: share at or below it */
  const struct quantile_order *o; /* quantile by linearisation */
  const uint8_t *no_error;        /* [n_domains] */
  const int64_t *df, *n_used;
  const double *deff;             /* NAN-free: has_deff says where; NULL = none */
  const uint8_t *has_deff;
  double confidence;
  bool complete;
};
void precision_into(const struct figure_precision *p, struct result_measure *m);
/* V of simple random sampling of the linearised value, so that deff = var / it; has 0 where there is no spread or one record. */
enum err_code precision_deff(struct arena *a, int64_t n, const double *w, const struct taylor_domains *d, const double *u, enum table_deff kind,
    const double *var, double *deff, uint8_t *has, struct err *e) NODISCARD;
#endif

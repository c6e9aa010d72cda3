/* survey_figure_impl.h -- figures that need the order of the records: for the parts of survey_figure only. */
#ifndef SHIRABE_ESTIMATORS_TABLE_SURVEY_FIGURE_IMPL_H
#define SHIRABE_ESTIMATORS_TABLE_SURVEY_FIGURE_IMPL_H
#include "estimators/table/survey_figure.h"

/* Quantiles (values only) and inequality of each domain by itself; u NULL = values only. */
enum err_code figure_order_value(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct figure_values *v,
    double *u, struct err *e) NODISCARD;
#endif

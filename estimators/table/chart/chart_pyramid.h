/* chart_pyramid.h -- population pyramid: men to the left, women to the right of the ages, by one scale; as chart.h in words, colours and errors.
 * Shapes   label, men, women: [n] from the youngest (bottom) up; at most CHART_PYRAMID_MOST ages. Counts are not negative.
 * Missing  nothing: a population has a count for each age. Errors: E_CHART_EMPTY, E_CHART_TOO_MANY. Cost: linear. */
#ifndef SHIRABE_ESTIMATORS_TABLE_CHART_PYRAMID_H
#define SHIRABE_ESTIMATORS_TABLE_CHART_PYRAMID_H
#include "estimators/table/chart/chart.h"

enum { CHART_PYRAMID_MOST = 130 };
enum err_code chart_pyramid(const struct chart_frame *f, const char *const *label, const double *men, const double *women, int n, struct strbuf *to,
    struct err *e) NODISCARD;
#endif

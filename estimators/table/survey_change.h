/* survey_change.h -- what changed between two periods whose samples overlap: levels, difference, relative change and their correlation, by cell with
 *    all margins.
 * Data     the records of both periods in one survey: a unit that is in both has one label, so that its two totals stand together in the variance;
 *          weights are those of each period. A first-stage unit in both periods counts once among the units of its stratum (their union).
 * Formula  difference: influence u2 - u1; relative change Y2/Y1 - 1: (u2 - (Y2/Y1) u1) / Y1; through every adjustment of the weights into the
 *          design's variance. Correlation cov / sqrt(V1 V2) of the two levels.
 * Shapes   measures of the result, four for each asked: NAME [old], NAME [new], the difference, the relative change; then the correlation without an
 *          error. At most six asked together.
 * Missing  a cell without the figure in one period has no change (RESULT_UNDEFINED). df: of the records of both periods in the cell.
 * Errors   E_TABLE_MEASURE (a quantile, or a measure with a line of the whole sample: their change has no influence here), E_CHANGE (a period without
 *          records, periods that are one). Cost: two covariance passes a measure and margin. Memory: 40 bytes a record.
 * Source   Berger & Priam (2016), JRSS A 179:395-415, for what the union leaves out (conditional covariances of rotation groups); Särndal, Swensson &
 *          Wretman (1992) 9.9; linearisation: Woodruff (1971), JASA 66. */
#ifndef SHIRABE_ESTIMATORS_TABLE_SURVEY_CHANGE_H
#define SHIRABE_ESTIMATORS_TABLE_SURVEY_CHANGE_H
#include "base/job.h"
#include "estimators/table/survey_table.h"

enum { CHANGE_MOST_MEASURES = 6, CHANGE_FIGURES = 5 };
struct survey_change_request {
  struct survey_table_request table; /* columns, survey, dimensions, measures, keep, confidence, decimals */
  const char *period;                /* column */
  struct str from, to;               /* its codes */
};
struct survey_overlap { /* first-stage units with records of weight above 0 */
  int64_t both, only_from, only_to;
};
enum err_code survey_change(const struct job *job, struct arena *a, const struct survey_change_request *q, struct result_table **out,
    struct survey_overlap *overlap, struct err *e) NODISCARD;
#endif

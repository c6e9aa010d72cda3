/* survey_table.h -- n-way tables with all margins over a survey of any design: every measure of table_plan.h with standard error, cv, degrees of
 *    freedom, interval, design effect and units used.
 * Shapes   columns, survey, keep: n records. Rows of the result: every combination of codes that occurs, and every margin (`_T`), in the order of
 *          result_table.h. A row is a domain: its records by indicator, the whole design stays (never a subset).
 * Missing  of a dimension: `_U`, not applicable `_Z`. A missing x or y: the record is outside the domain of that measure, counted in a note. A
 *          record of weight 0 takes no part. Of a formula: a record without one of its items is outside of all its figures.
 * Variance by survey_variance.h (linearised, through every adjustment of the weights), or by the replicates when the request has them: every
 *          figure is computed again under each replicate's weights.
 * Interval value -+ t(df) se; of a proportion on its scale (default logit), of a quantile by Woodruff (default mean). df = primary units with a
 *          record of the cell less the strata that hold them; df <= 0: no interval, and the reason says so. A share of 0 or 1 has none.
 * Deff     V / V of simple random sampling of the linearised value, n and N those of the cell: S^2(u) N^2/n, times (N - n)/N when `without`.
 * Poverty  arpr, rmpg, fgt without a line: the line is that of the whole sample, also in a cell and whatever `keep` says; arpt is the cell's own.
 * Imputed  totals and means of items with imputed values: imputed_figure.h; other measures of them stop. The design effect then compares with simple
 *          random sampling of the completed values.
 * None     a cell whose figure does not exist (no records, denominator 0, a logarithm of 0) is RESULT_UNDEFINED with the reason; others stand.
 * Complete `complete` = no sampling: figures without error, for a register.
 * Order    compensated sums in row order and taylor.h: same bits for any number of threads and any split into shards.
 * Errors   E_TABLE_ITEM (a column that is not there, a text where a number is needed), E_TABLE_MEASURE (a measure with another method),
 *          E_TABLE_TOO_WIDE (above 4,194,304 combinations), E_LONELY_PSU and others of the design.
 * Memory   24 bytes a record and 8 per measure of a batch of 8; the result. Cost: one pass per margin and batch of measures; quantiles and
 *          inequality one sort; arpr, rmpg and fgt without a line O(n) per cell; replicates times their number.
 * Source   statistic.h, quantile.h, inequality.h, interval.h, smooth.h; design effect: Kish (1965), Survey Sampling 8.2; domains: Särndal, Swensson
 *          & Wretman (1992) 5.8, 10.3. */
#ifndef SHIRABE_ESTIMATORS_TABLE_SURVEY_TABLE_H
#define SHIRABE_ESTIMATORS_TABLE_SURVEY_TABLE_H
#include "estimators/design/bind_imputed.h"
#include "estimators/design/columns.h"
#include "estimators/sdc/sdc_cells.h"
#include "estimators/table/result_table.h"
#include "estimators/table/table_plan.h"
#include "estimators/variance/replicate.h"
#include "estimators/variance/survey.h"

enum table_deff { TABLE_DEFF_NONE, TABLE_DEFF_REPLACE, TABLE_DEFF_WITHOUT };
struct survey_table_request {
  const char *id;                         /* of the table; "" */
  const struct survey_columns *columns;
  const struct survey *survey;
  const struct replicate_set *replicates; /* NULL = linearisation */
  const struct survey_imputed *imputed;   /* items with imputed values; NULL = none */
  const double *replicate_weight;         /* [n] weight the multipliers apply to; NULL = survey->weight */
  int n_dimensions, n_row_dimensions;
  const char *const *dimensions;          /* names of columns */
  int n_measures;
  const struct measure *measures;
  const uint8_t *keep;                    /* [n] 1 = in the table; NULL = all */
  int64_t n_unknown;                      /* records left out because a condition is unknown: a note */
  double confidence;                      /* 0 = 0.95 */
  enum table_deff deff;
  int decimals;                           /* PLAN_AS_COMPUTED or 0..9 */
  bool complete;
  const struct sdc_judging *judging;      /* primary rules on all contributions of every cell; NULL = not judged */
};
/* Scratch and result live in the arena. */
enum err_code survey_table(
    const struct job *job, struct arena *a, const struct survey_table_request *q, struct result_table **out, struct err *e) NODISCARD;
#endif

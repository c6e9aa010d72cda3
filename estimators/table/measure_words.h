/* measure_words.h -- what a measure of tables.csv is, in one sentence of either language, and its estimator as a formula.
 * Signs    w the weight of a record (1 in a register), x and y the items of the measure, sums over the records of the cell.
 * Source   the estimators' own headers (estimate/statistic.h, quantile.h, inequality.h, interval.h; vital/, mls/); this page only names them. */
#ifndef SHIRABE_ESTIMATORS_MEASURE_WORDS_H
#define SHIRABE_ESTIMATORS_MEASURE_WORDS_H
#include "estimators/table/table_plan.h"

struct measure_words {
  const char *definition[2]; /* by enum err_lang */
  const char *estimator;
  bool published; /* follows an official publication's own rules, no estimator of records */
};
const struct measure_words *measure_words(enum measure_kind kind);
/* rule, interval, poverty line and other options in words; "" when none. out of 200 bytes or more. */
const char *measure_options(const struct measure *m, enum err_lang lang, char *out, size_t size);
#endif

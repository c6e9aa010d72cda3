/* measure_words.h -- what a measure of tables.csv is, in one sentence of either language, and its estimator as a formula.
 * Signs    w the weight of a record (1 in a register), x and y the items of the measure, sums over the records of the cell.
 * Source   the estimators' own headers (estimate/statistic.h, quantile.h, inequality.h, interval.h; vital/, mls/); this page only names them. */
#ifndef SHIRABE_ESTIMATORS_MEASURE_WORDS_H
#define SHIRABE_ESTIMATORS_MEASURE_WORDS_H
#include "estimators/table/chart/chart_result.h"
#include "estimators/table/table_plan.h"

struct measure_words {
  const char *definition[2]; /* by enum err_lang */
  const char *estimator;
  bool published; /* follows an official publication's own rules, no estimator of records */
};
const struct measure_words *measure_words(enum measure_kind kind);
/* rule, interval, poverty line and other options in words; "" when none. out of 200 bytes or more. */
const char *measure_options(const struct measure *m, enum err_lang lang, char *out, size_t size);
/* The unit in the language: "1000 yen" is 千円; a unit that is not known stays as it is. Returns out. */
const char *unit_words(const char *unit, enum err_lang lang, char *out, size_t size);
/* "mean of income", "収入の平均": the definition with the words of its items in place of x and y; the text of the measure when it is not one of
 * tables.csv. item may be NULL. Returns out. */
const char *measure_title(struct arena *a, const char *measure, enum err_lang lang, item_label_fn item, const void *context, char *out, size_t size);
#endif

/* livelihood_tables.h -- figures of the survey as result tables: one row for each figure and method of its error.
 * Shapes   POVERTY rates in per cent; LINES poverty line, the same in prices of the base year, median, mean, deciles in 10,000 yen; INEQUALITY Gini,
 *          unweighted Gini (without error), P90/P10. Dimensions figure, method. Shares: dimensions figure, area (_T = all).
 * Rule     a figure whose coefficient of variation is above suppress_cv by any method is not printed in any of its rows (mark *); the jackknife of
 *          quantiles does not decide. Figures of 0 with a standard error above 0 are above every limit.
 * Notes    which weights, whose variance, how many households are left out and why, how many incomes are below 0, joined strata, lost replicates.
 * Missing  a figure that is not defined has its reason; one without error by any method stands with method "none".
 * Errors   E_NO_MEMORY. Memory: the table. Cost: rows. Source: none, plain keeping. */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_TABLES_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_TABLES_H
#include "estimators/livelihood/livelihood_income.h"
#include "estimators/livelihood/livelihood_shares.h"
#include "estimators/table/result_table.h"

enum livelihood_table { TABLE_POVERTY, TABLE_LINES, TABLE_INEQUALITY };
struct livelihood_context {
  const struct livelihood_plan *plan;
  const struct livelihood_survey *survey;
  const struct livelihood_records *records;
  enum err_lang lang; /* of the notes */
  const struct livelihood_strata *strata; /* NULL: none given */
};
enum err_code livelihood_income_table(struct arena *a, const struct livelihood_context *c, const struct livelihood_income *income,
    const struct livelihood_measures *m, enum livelihood_table which, struct result_table **out, struct err *e) NODISCARD;
const char *livelihood_say(enum err_lang lang, const char *en, const char *ja);
/* estimate: [m][n_domains]; domain 0 .. of the areas, or one domain of all. */
enum err_code livelihood_share_table(struct arena *a, const struct livelihood_context *c, const char *id, const struct livelihood_shares *s,
    const struct livelihood_estimate *estimate, int32_t n_domains, struct result_table **out, struct err *e) NODISCARD;
#endif

/* tabulate.h -- n-way tables with all margins from dataset columns.
 * Measures all over records (table_plan.h); over a register (every weight 1, no sampling error) or a stratified design, whose figures are those of
 *          survey_table.h.
 * Shapes   shards: [n_shards] tables with the same columns, in shard order; the design's units are the rows of all shards in that order.
 * Domain   filter and domain are conditions; a row counts when both are true. Rows where a condition is unknown are left out and counted in a
 *          note.
 * Missing  dimensions: blank, unknown, refused, invalid -> `_U`, not applicable -> `_Z`. A missing x or y leaves the row out of that measure,
 *          with a note.
 * Margins  every dimension has the total `_T`; rows in the fixed order of result_table.h. Only combinations that occur are rows.
 * Derived  items with an expression are evaluated when the data do not hold them.
 * Exact    counts and totals over a register are summed in 128-bit integers; weighted sums as in survey_table.h. Same bits for any split into shards.
 * Errors   E_TABLE_ITEM, E_TABLE_EXPRESSION, E_TABLE_TOO_WIDE (above 4 million combinations), those of the estimators.
 * Source   statistics of the measures: see survey_table.h and vital_rates.h; `_T`, `_U`, `_Z`: SDMX cross-domain code lists.
 * Rates    of a register carry the standard error of a Poisson count. Cost: one pass per column and margin. */
#ifndef SHIRABE_ESTIMATORS_TABULATE_H
#define SHIRABE_ESTIMATORS_TABULATE_H
#include "base/table.h"
#include "estimators/design/design.h"
#include "estimators/sdc/sdc_cells.h"
#include "estimators/table/result_table.h"
#include "estimators/table/table_plan.h"

struct tabulate_input {
  const struct form *form;
  const struct table *const *shards;
  int64_t n_shards;
  const struct design *design; /* NULL = register */
  const struct sdc_judging *judging; /* primary rules; NULL = cells are not judged */
};
/* Scratch and result live in the arena. */
enum err_code tabulate(
    struct arena *a, const struct tabulate_input *in, const struct table_plan *plan, struct result_table **out, struct err *e) NODISCARD;
/* Units of the measures that are in the unit of their item. */
void tabulate_units(const struct form *form, const struct table_plan *plan, struct result_table *t);
/* Names of the stored columns that a plan needs (dimensions, measures, conditions, sources of derived items); at most max. */
enum err_code tabulate_columns(
    struct arena *a, const struct form *form, const struct table_plan *plan, const char **names, int max, int *n, struct err *e) NODISCARD;
#endif

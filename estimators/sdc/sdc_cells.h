/* sdc_cells.h -- every cell of a table judged on all its contributions while the table is made: what is kept is one judgement a cell, never the
 *    contributions.
 * Shapes   n records; row[i]: the cell of record i, -1 = in none; value, weight [n] (weight NULL = 1); holding, waiver, asked [n] or NULL.
 * Result   out [n_rows]: n is the number of owners; cells without records stay empty (n 0, safe).
 * Order    contributions in the order of the records: same bits for any number of threads and any split into shards.
 * Missing  a record without a value is outside (row -1). A weight that is not above 0 takes no part.
 * Errors   E_SDC_PROFILE_RULE, E_NO_MEMORY. Memory: one contribution a record, in the arena, given back. Cost: O(n). */
#ifndef SHIRABE_ESTIMATORS_SDC_CELLS_H
#define SHIRABE_ESTIMATORS_SDC_CELLS_H
#include "estimators/sdc/sdc_rule.h"

struct sdc_judging { /* the rule and what it asks of the records; NULL arrays: the form has no such item */
  const struct sdc_rule *rule;
  const int64_t *holding; /* -1 = stands alone */
  const uint8_t *waiver, *asked;
};
enum err_code sdc_judge_cells(struct arena *a, const struct sdc_judging *g, int64_t n, const int32_t *row, const double *value, const double *weight,
    int32_t n_rows, struct sdc_judgement *out, struct err *e) NODISCARD;
/* Owners in each cell: units after merging holdings. */
enum err_code sdc_count_owners(
    struct arena *a, const struct sdc_judging *g, int64_t n, const int32_t *row, int32_t n_rows, int64_t *out, struct err *e) NODISCARD;
#endif

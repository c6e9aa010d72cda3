/* cmd_estimate_nesting.h -- which dimension of linked tables lies within another: prefectures in regions, ages in groups. For the cmd_estimate_ files
 *    only.
 * Declared the code list of the inner item names the outer codes as parents, or the outer item is derived and its expression reads the inner one.
 * Checked  over the records: an inner code that stands with two outer codes is in none; what it holds of them is a rest that no table shows.
 * Cost     two dimensions read per declared pair; none for forms that declare nothing. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_NESTING_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_NESTING_H
#include "estimators/command/cmd_estimate_load.h"

/* Fills nestings of `to`. */
enum err_code estimate_nestings(struct estimate_run *r, const struct form *f, const struct shard_rows *rows, const struct sdc_linked_table *t, int n,
    struct sdc_structure *to, struct err *e) NODISCARD;
#endif

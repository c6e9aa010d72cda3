/* shard_columns.h -- the records of a form's dataset as columns of a survey: what designs, weights and tables of surveys read.
 * Shapes   rows of all shards in their order. Amounts and counts are numbers in the item's unit (decimals taken in); codes, texts and dates are codes
 *          in binary order of their texts; whole numbers are both.
 * Derived  items with an expression over the record are computed when the data do not hold them.
 * Missing  the status of the value; of codes only whether it applies (VAL_NOT_APPLICABLE) or not (VAL_BLANK).
 * Wanted   items for which wanted() is true and that the data hold or can derive; NULL = all.
 * Errors   those of tabulate.h. Memory 13 bytes a record and number, 5 a code. Cost: one pass per item. Source: none. */
#ifndef SHIRABE_ESTIMATORS_TABLE_SHARD_COLUMNS_H
#define SHIRABE_ESTIMATORS_TABLE_SHARD_COLUMNS_H
#include "estimators/design/columns.h"
#include "estimators/table/tabulate.h"

enum err_code shard_columns(struct arena *a, const struct tabulate_input *in, const char *place, bool (*wanted)(const void *context, struct str name),
    const void *context, struct survey_columns *out, struct err *e) NODISCARD;
#endif

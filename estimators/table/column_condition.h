/* column_condition.h -- a condition over the columns of a survey: --where "age >= 15 and area in {1,2}".
 * Language base/expr.md over the record itself. A column of numbers is a number (with as many decimals as its values have, at most 9), a column of
 *          texts a code.
 * Shapes   keep: [n] 1 = true; *unknown = records where the condition is unknown because a value is missing: they are left out and counted.
 * Errors   those of the expression with its place; E_TABLE_EXPRESSION when it is no condition; E_TABLE_ITEM for a column that is not there or has
 *          more decimals.
 * Memory   9 bytes a record for every column that the condition reads. Cost: O(n). Source: none. */
#ifndef SHIRABE_ESTIMATORS_TABLE_COLUMN_CONDITION_H
#define SHIRABE_ESTIMATORS_TABLE_COLUMN_CONDITION_H
#include "base/arena.h"
#include "estimators/design/columns.h"
#include "base/err.h"

enum err_code column_condition(
    struct arena *a, const struct survey_columns *c, const char *text, uint8_t *keep, int64_t *unknown, struct err *e) NODISCARD;
#endif

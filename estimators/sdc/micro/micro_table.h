/* micro_table.h -- records as the text of a CSV file into the table of a recipe, and the protected table as text.
 * Shapes   the table gets the recipe's variables in their order and MICRO_ROW_COLUMN; other columns of the file are not read: what the recipe does
 *          not name cannot leave.
 * Missing  an empty cell is blank; the signs of the recipe give their reasons. Out, a missing value is written as the first sign of its reason, else
 *          empty; a value blanked by us is written like one that was never there unless the recipe has a sign for suppressed.
 * Errors   E_MICRO_VARIABLE (no such column), E_MICRO_NUMBER with the line, E_NO_MEMORY. Values never stand in a message.
 * Memory   from the arena, 5 to 9 bytes a value. Cost: one pass. Source: none. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_MICRO_TABLE_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_MICRO_TABLE_H
#include "base/ext_csv.h"
#include "estimators/sdc/micro/recipe.h"

enum err_code micro_table_read(struct arena *a, const struct micro_recipe *r, const char *place, const struct csv_table *c, struct table *out,
    struct err *e) NODISCARD;
void micro_table_write(const struct micro_recipe *r, const struct table *t, struct strbuf *b);
/* A whole text as a number with at most `decimals` decimals, scaled; false: another form, more decimals than zeros, or too long. */
bool micro_decimal(struct str s, int decimals, int64_t *out);
#endif

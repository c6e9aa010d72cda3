/* survey_dimension.h -- columns of a survey as dimensions of a table: code ids of the records, texts of the ids.
 * Ids      0 the total `_T`, 1 + level, then `_U` for a missing code and `_Z` where the item does not apply; radix = levels + 3.
 * Errors   E_TABLE_ITEM (no such column), E_TABLE_TOO_WIDE (more than six, or a column of too many values). Memory: 4 bytes a record. Cost: O(n). */
#ifndef SHIRABE_ESTIMATORS_TABLE_SURVEY_DIMENSION_H
#define SHIRABE_ESTIMATORS_TABLE_SURVEY_DIMENSION_H
#include "estimators/design/columns.h"
#include "estimators/table/result_table.h"
#include "estimators/table/table_cells.h"

struct survey_dimensions {
  int n;
  const struct survey_column *column[CELLS_MOST_DIMENSIONS];
};
/* Fills id and radix of the spec, whose n, n_dimensions and name are set. */
enum err_code survey_dimensions_read(struct arena *a, const struct survey_columns *c, const char *const *names, struct cells_spec *s,
    struct survey_dimensions *out, struct err *e) NODISCARD;
/* Names and codes of the rows into the table. */
void survey_dimensions_name(const struct survey_dimensions *d, const char *const *names, const struct table_cells *cells, struct result_table *t);
#endif

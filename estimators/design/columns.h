/* columns.h -- the columns of a survey by name, as design, weights and tables read them: numbers, texts as codes, a status for each value.
 * Shapes   every array is [n] by row. A text column has no numbers; a number column also has codes of its distinct values, so that it can be a
 *          stratum, a unit or a domain.
 * Codes    dense labels 0..n_levels-1 in binary order of the texts (numbers: by value); -1 = missing. NULL for numbers with fractions of more
 *          than 4096 values (column_read.h): whoever reads codes asks survey_column_codes first.
 * Missing  a value status (base/value.h); the number of a missing value is 0 and must not be read.
 * Errors   survey_column gives NULL for a name that is not there, and the caller says which it wanted; E_DATA_CODES, E_DATA_TEXT (with line and
 *          cell of the first value that is no number, where they are known).
 * Memory   borrowed from whoever made the columns. Cost: O(columns) a look-up. Source: none, plain keeping. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_COLUMNS_H
#define SHIRABE_ESTIMATORS_DESIGN_COLUMNS_H
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct survey_place { /* in a file, from 1; 0 = not known */
  int64_t line, cell;
};
struct survey_column {
  const char *name;
  const double *number;    /* [n]; NULL = texts */
  const int32_t *code;     /* [n] */
  int32_t n_levels;
  const struct str *level; /* [n_levels] texts of the codes */
  const uint8_t *status;   /* [n] */
  struct survey_place text; /* of the first value that makes this a column of texts */
};
struct survey_columns {
  const char *place; /* "household.csv", "mls/register 2025-12": for errors */
  int64_t n;
  int n_columns;
  const struct survey_column *column;
};
const struct survey_column *survey_column(const struct survey_columns *c, const char *name);
/* That x has codes; that it is a column of numbers. */
enum err_code survey_column_codes(const struct survey_columns *c, const struct survey_column *x, struct err *e) NODISCARD;
enum err_code survey_column_numbers(const struct survey_columns *c, const struct survey_column *x, struct err *e) NODISCARD;
#endif

/* column_read.h -- the rows of a CSV file as columns of a survey: numbers where every value of a column is one, else texts as codes.
 * Use      the rows are fed twice: column_read_scan for every row (the head first), column_read_begin, column_read_fill for every row again,
 *          column_read_end. So that a large file is never held as text.
 * Numbers  -1, 0.25, 1e6, .5: no leading zero before a digit (01 is a code), no sign +, no blanks. One value that is none makes a column of texts.
 * Missing  an empty cell and NA are VAL_BLANK.
 * Codes    texts by binary order. Of numbers by value: columns of whole numbers always, others only with at most 4096 distinct values; else code is
 *          NULL and the column cannot be a stratum, unit or domain.
 * Wanted   names NULL = all columns; else only those for which wanted() is true.
 * Errors   E_DATA_HEAD (empty or double name), E_DATA_UTF8, E_DATA_ROW (place: line), E_DATA_EMPTY, E_CAP_EXCEEDED above 2^31 - 2 records,
 *          E_NO_MEMORY.
 * Memory   per record 13 bytes a column of numbers, 5 a column of texts, and the dictionaries. Cost: O(cells); whole numbers of a wide range and
 *          texts sort their distinct values. Source: none, plain reading. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_COLUMN_READ_H
#define SHIRABE_ESTIMATORS_DESIGN_COLUMN_READ_H
#include "base/ext_csv.h"
#include "estimators/design/columns.h"

struct column_read;
enum err_code column_read_new(struct arena *a, const char *place, bool (*wanted)(const void *context, struct str name), const void *context,
    struct column_read **out, struct err *e) NODISCARD;
enum err_code column_read_scan(void *column_read, const struct csv_row *row, struct err *e) NODISCARD; /* csv_row_fn */
enum err_code column_read_begin(struct column_read *r, struct err *e) NODISCARD;
enum err_code column_read_fill(void *column_read, const struct csv_row *row, struct err *e) NODISCARD; /* csv_row_fn */
enum err_code column_read_end(struct column_read *r, struct survey_columns *out, struct err *e) NODISCARD;
int64_t column_read_rows(const struct column_read *r); /* records of the last round so far */
/* A cell as a number by the rule above. */
bool column_number(struct str cell, double *out);
/* Codes of a column of numbers by the rule above; *code NULL = too many values. Also for columns from elsewhere. */
enum err_code column_codes(struct arena *a, int64_t n, const double *number, const uint8_t *status, int32_t **code, int32_t *n_levels,
    struct str **level, struct err *e) NODISCARD;
#endif

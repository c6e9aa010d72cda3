/* micro_table.h -- records from a CSV file or a store into the table of a recipe, and the protected table as text.
 * Origin   cells by row and column with their status, so that files and stores are read by one code. With a second source of households each record
 *          gets the variables of its household; the two are joined by the variables that make up the household id, which both have.
 * Shapes   the table gets the recipe's variables in their order and MICRO_ROW_COLUMN; other columns of the file are not read: what the recipe does
 *          not name cannot leave.
 * Missing  an empty cell is blank; the signs of the recipe give their reasons. Out, a missing value is written as the first sign of its reason, else
 *          empty; a value blanked by us is written like one that was never there unless the recipe has a sign for suppressed.
 * Two files households and people apart: the household file has the variables of households, the other one those of people; both begin with the
 *          number that joins them, counted from 1 in the order of the protected table.
 * Errors   E_MICRO_VARIABLE (no such column), E_MICRO_NUMBER with the line, E_MICRO_PARENT (a record without its household, a household twice),
 *          E_NO_MEMORY. Values never stand in a message.
 * Memory   from the arena, 5 to 9 bytes a value. Cost: one pass. Source: none. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_MICRO_TABLE_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_MICRO_TABLE_H
#include "base/ext_csv.h"
#include "estimators/sdc/micro/recipe.h"
#include "estimators/sdc/micro/rows.h"

struct micro_origin {
  const void *context;
  const char *place; /* for messages */
  int64_t n;
  int (*column)(const void *context, const char *name); /* -1 = none */
  /* Text and status; b holds a number as text. */
  struct str (*cell)(const void *context, int64_t row, int column, char b[64], uint8_t *status);
  int64_t (*line)(const void *context, int64_t row); /* in the file; 0 = none */
};
/* households NULL: every variable is in `records`. */
enum err_code micro_table_join(struct arena *a, const struct micro_recipe *r, const struct micro_origin *records,
    const struct micro_origin *households, struct table *out, struct err *e) NODISCARD;
struct micro_csv { /* of a file: missing as the recipe says */
  const struct micro_recipe *recipe;
  const struct csv_table *csv;
};
struct micro_origin micro_csv_origin(const struct micro_csv *c, const char *place);
enum err_code micro_table_read(struct arena *a, const struct micro_recipe *r, const char *place, const struct csv_table *c, struct table *out,
    struct err *e) NODISCARD;
bool micro_has_households(const struct micro_recipe *r); /* variables of both levels: two files */
enum micro_file { MICRO_FLAT, MICRO_PEOPLE, MICRO_HOUSEHOLDS };
#define MICRO_LINK_COLUMN "household_serial"
/* One of two files, or all variables in one; units of the table as it is. */
void micro_file_write(const struct micro_recipe *r, const struct table *t, const struct micro_units *u, enum micro_file which, struct strbuf *b);
void micro_table_write(const struct micro_recipe *r, const struct table *t, struct strbuf *b);
/* A whole text as a number with at most `decimals` decimals, scaled; false: another form, more decimals than zeros, or too long. */
bool micro_decimal(struct str s, int decimals, int64_t *out);
#endif

/* bundle_source.h -- a published table as the other formats see it: the bytes of its long form, and the column, code, title and note tables of
 * the bundle. Nothing else is known here, so that no format can show what the long form does not.
 * Shapes   table: rows of tables/<id>.csv in their order; dimensions stand between `period` and `measure`.
 * Missing  a column that the table does not have is -1 and reads as "". A code without a label reads as the code.
 * Cost     codes are found by halving. Memory: the arena. Errors: E_RELEASE_REPORT (a table or column is not there), those of CSV. */
#ifndef SHIRABE_SECURE_STORE_BUNDLE_SOURCE_H
#define SHIRABE_SECURE_STORE_BUNDLE_SOURCE_H
#include "base/date.h"
#include "base/ext_csv.h"
#include "secure-store/release.h"

enum { BUNDLE_DIMENSIONS = 16 };
enum bundle_column {
  LONG_PERIOD, LONG_MEASURE, LONG_UNIT, LONG_VALUE, LONG_SE, LONG_CV, LONG_DF, LONG_LOW, LONG_HIGH, LONG_CONFIDENCE, LONG_DEFF, LONG_FLAG, LONG_N,
  LONG_STATUS, LONG_REASON, LONG_COLUMNS
};
struct bundle_words { /* of the whole bundle, read once */
  struct csv_table columns, codes, tables, notes;
};
struct bundle_code {
  struct str column, code, ja, en, parent, from, to;
};
struct bundle_source {
  const char *id;
  const struct bundle_words *words;
  struct csv_table table;
  int at[LONG_COLUMNS];
  int n_dimensions, dimension[BUNDLE_DIMENSIONS]; /* columns of table */
  struct bundle_code *codes;                      /* sorted by column and code */
  int64_t n_codes;
  int64_t title_row; /* in words->tables; -1 */
};
enum err_code bundle_words_read(struct arena *a, const struct release_part *parts, int64_t n, struct bundle_words *out, struct err *e) NODISCARD;
enum err_code bundle_source_read(
    struct arena *a, const struct bundle_words *w, const char *id, struct str long_csv, struct bundle_source *out, struct err *e) NODISCARD;

struct str bundle_cell(const struct bundle_source *s, int64_t row, enum bundle_column k);
struct str bundle_dimension_name(const struct bundle_source *s, int d);
struct str bundle_dimension_code(const struct bundle_source *s, int64_t row, int d);
bool bundle_shown(const struct bundle_source *s, int64_t row);
const struct bundle_code *bundle_code_find(const struct bundle_source *s, struct str column, struct str code); /* NULL */
struct str bundle_label(const struct bundle_source *s, struct str column, struct str code, enum err_lang lang);
/* Of columns.csv: kind, label_ja, label_en, unit; "" when it is not there. */
struct str bundle_column_fact(const struct bundle_source *s, struct str column, const char *fact);
/* Of tables.csv: title_ja, source_en, agency ...; "" when it is not there. */
struct str bundle_title(const struct bundle_source *s, const char *fact);
int bundle_decimals(struct str number); /* digits behind the point; 0 when none, -1 with an exponent */
#endif

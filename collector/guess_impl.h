/* guess_impl.h -- what the guess_*.c files share; not for users of guess.h. */
#ifndef SHIRABE_COLLECTOR_GUESS_IMPL_H
#define SHIRABE_COLLECTOR_GUESS_IMPL_H
#include "collector/guess.h"

enum guess_kind { CELL_BLANK, CELL_SIGN, CELL_NUMBER, CELL_DATE, CELL_TEXT };
/* What one cell looks like by itself; decimals, unit and rules are filled for numbers and dates. */
struct guess_cell {
  enum guess_kind kind;
  int decimals;
  bool negative, leading_zero, too_fine; /* more decimals than an item can have */
  uint32_t rules;
  const char *unit;
};
void guess_cell_read(struct str text, struct guess_cell *out);

/* guess_sample.c */
enum err_code guess_sample_read(struct arena *a, const struct job *job, const struct source *source, const struct source_reader *reader,
                                struct guess_sample *out, struct err *e) NODISCARD;
/* guess_table.c: title_rows, header_rows, first_data, n_columns and the counts of other rows */
enum err_code guess_table(struct arena *a, struct guess *g, struct err *e) NODISCARD;
/* guess_heading.c: headings of all columns from the header rows */
enum err_code guess_headings(struct arena *a, struct guess *g, struct err *e) NODISCARD;
/* Any of the words (separated by |) stands in the heading. */
bool heading_has(const struct guess_column *c, const char *words);
/* guess_column.c: profile and class of column j; `scratch` is reset by the caller */
enum err_code guess_column_read(struct arena *scratch, const struct guess *g, int64_t j, const struct guess_lists *lists, struct guess_column *out,
                                struct err *e) NODISCARD;

/* Distinct filled values of a column with their counts. */
struct guess_value {
  struct str text;
  int64_t n;
};
struct guess_values {
  struct guess_value *slots; /* open addressing, n 0 = free */
  uint64_t mask;
  int64_t distinct;
};
/* guess_codes.c: which list of the library the values come from */
void guess_codes(const struct guess_values *v, const struct guess_lists *lists, struct guess_column *c);

/* A cell of column j of a data row; the empty text where the row is short. */
static inline struct str guess_cell_text(const struct guess *g, int64_t row, int64_t j) {
  const struct guess_row *r = &g->sample.rows[row];
  return j < r->n_cells ? r->cells[j] : (struct str){"", 0};
}
/* Rows that have the table's width and more than a note in them. */
bool guess_is_record(const struct guess *g, int64_t row);
#endif

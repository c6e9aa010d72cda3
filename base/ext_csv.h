/* ext_csv.h -- CSV (RFC 4180) through libcsv; the only includer of <csv.h>. libcsv's trimming is switched off: in Japanese microdata a blank is a code.
 * Input    UTF-8 text in pieces of any size; the reader owns no file. Cells keep their place: line (of the first character), column (1-based cell number).
 * Limits   cells per row, bytes per row and per cell are capped before allocation: E_CSV_TOO_WIDE, E_CSV_TOO_LONG.
 * Errors   an open quote at the end of the file is E_CSV_OPEN_QUOTE with the line where it opened; a NUL is E_CSV_NUL. */
#ifndef SHIRABE_BASE_EXT_CSV_H
#define SHIRABE_BASE_EXT_CSV_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { CSV_CELL_QUOTED = 1 }; /* "" (quoted empty) differs from an empty cell */
struct csv_cell {
  struct str text;
  unsigned flags;
};
struct csv_row {
  const struct csv_cell *cells; /* valid during the callback */
  int64_t n_cells;
  int64_t line; /* 1-based line of the row's first character */
  bool plain;   /* no cell is quoted, and sixteen bytes may be read from each cell's beginning, however short it is */
};
struct csv_limits {
  int64_t cells_per_row, bytes_per_row; /* 0 = 4096 cells, 1 MiB */
};
/* The callback returns E_OK to go on; anything else stops the reading and is returned. */
typedef enum err_code (*csv_row_fn)(void *context, const struct csv_row *row, struct err *e);
struct csv_reader;
enum err_code csv_reader_new(const char *file_name, const struct csv_limits *limits, char delimiter, csv_row_fn fn, void *context, struct csv_reader **out, struct err *e) NODISCARD;
enum err_code csv_reader_feed(struct csv_reader *r, const char *p, size_t n, struct err *e) NODISCARD;
enum err_code csv_reader_end(struct csv_reader *r, struct err *e) NODISCARD;
void csv_reader_all_by_libcsv(struct csv_reader *r); /* no short cut for plain rows: the oracle of the property test */
void csv_reader_free(struct csv_reader *r);

/* Whole small table with a header row (form tables, registers): every row as cells in the header's order. */
struct csv_table {
  int64_t n_rows, n_columns;
  struct str *header;   /* [n_columns] */
  struct str *cells;    /* [n_rows * n_columns], missing trailing cells are empty */
  int64_t *lines;       /* [n_rows] */
};
enum err_code csv_table_parse(struct arena *a, const char *file_name, const char *p, size_t n, struct csv_table *out, struct err *e) NODISCARD;
int csv_table_column(const struct csv_table *t, const char *name); /* -1 */
static inline struct str csv_table_cell(const struct csv_table *t, int64_t row, int column) { return column < 0 ? (struct str){"", 0} : t->cells[row * t->n_columns + column]; }
/* Appends one cell, quoted when it holds a delimiter, quote, CR or LF, or is an empty text that must differ from a blank (quote_empty). */
void csv_put(struct strbuf *b, struct str cell, bool first);
/* For tables that people open in a spreadsheet: a text that would be read as a formula (= + - @, tab or CR first, and more than that sign) gets an apostrophe
 * before it. Numbers (sign, digits, one point, exponent) and
 * dashes alone stay as they are. Intake takes the apostrophe away again. Not for records that travel sealed. */
void csv_put_text(struct strbuf *b, struct str cell, bool first);
#endif

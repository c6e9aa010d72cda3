/* guess.h -- what a file nobody has described looks like: encoding, delimiter, titles, header rows, and per column a class with the evidence for it.
 * It proposes; nothing is taken in. The result is written as a layout of a known form (guess_map.h) or as a draft form, both by guess_write.h, that a
 * person keeps.
 * Sample   the first 20,000 rows, 2,000,000 cells or 16 MiB, whichever ends first; `whole` tells whether that was the whole file. The encoding is
 *          decided on the whole file.
 * Scores   every confidence is a share of counted cells in percent, cut by stated rules (guess.md); the same file gives the same guess.
 * Errors   those of the reader (E_INPUT_*, E_CSV_*), E_GUESS_EMPTY when no cell is filled.
 * Memory   the sample and the profiles in the caller's arena, below 150 MiB. */
#ifndef SHIRABE_COLLECTOR_GUESS_H
#define SHIRABE_COLLECTOR_GUESS_H
#include <stdbool.h>
#include <stdint.h>

#include "collector/read_source.h"
#include "forms/form.h"

enum {
  GUESS_SAMPLE_ROWS = 20000,
  GUESS_SAMPLE_CELLS = 2000000,
  GUESS_SAMPLE_BYTES = 16 << 20,
  GUESS_HEADER_ROWS = 8,
  GUESS_SIGNS = 6,
  GUESS_SHAPE = 32
};

struct guess_row {
  const struct str *cells;
  int64_t n_cells, line, filled;
};
struct guess_sample {
  struct guess_row *rows;
  int64_t n_rows, n_cells, widest;
  bool whole;
  char delimiter;
  int delimiter_percent; /* lines on which it stands as often as on most lines */
};

/* Why a column got its class; the words are guess_print.c's. */
enum guess_reason {
  REASON_EMPTY,
  REASON_DATES,
  REASON_ERA_DATES,
  REASON_COMPACT_DATES,
  REASON_NUMBERS,
  REASON_LEADING_ZEROS,
  REASON_CODE_LIST,
  REASON_TWO_VALUES,
  REASON_FEW_VALUES,
  REASON_NAME_HEADING,
  REASON_CODE_HEADING,
  REASON_TEXT,
  REASON_MIXED,
  REASON_TOO_FINE
};
struct guess_list {
  const char *name; /* code list of the library */
  int percent;      /* filled cells that are codes of it */
};
struct guess_column {
  struct str heading; /* levels joined by "/"; "" = none */
  const char *label;  /* the heading without spaces and line ends, at most 120 bytes, or "" */
  bool heading_unique;
  enum item_class class;
  enum guess_reason reason;
  int confidence;               /* percent */
  int64_t filled, blank, signs; /* data cells of the sample */
  int64_t numbers, dates, era_dates, compact_dates, leading_zeros, too_fine;
  int64_t distinct;             /* of filled cells; GUESS_DISTINCT = that many or more */
  int64_t width_min, width_max; /* characters */
  int decimals;                 /* most that were met */
  bool negative, separators, full_width, ascii;
  const char *unit; /* unit word of the form model, NULL = none */
  int64_t with_unit;
  struct str sign[GUESS_SIGNS]; /* special signs met, in order of appearance */
  int n_signs;
  char shape[GUESS_SHAPE]; /* of the most frequent width's first cell */
  struct str example;      /* first filled cell; shown only on request */
  struct guess_list list;  /* accepted: name NULL = none */
  struct guess_list other; /* second best, or one that was not accepted */
  int check_digit_percent; /* six digits with a valid municipality check digit */
  int lost_zero_percent;   /* five digits that get one with a zero in front */
  int five_digit_percent;  /* municipality codes once zeros in front and the check digit are added */
};
enum { GUESS_DISTINCT = 2048 };

struct guess {
  const struct source *source;
  const char *kind; /* reader kind: "csv" ... */
  struct guess_sample sample;
  int64_t title_rows;  /* rows above the header, empty ones included */
  int64_t header_rows; /* 0 = none */
  int header_confidence;
  int64_t first_data; /* index in the sample */
  int64_t n_columns;
  struct guess_column *columns;
  int64_t other_widths; /* data rows with more or fewer cells */
  int64_t notes, empty; /* data rows with only the first cell filled, with none */
  int64_t tables;       /* rows below the header that look like a header again */
};

/* Code lists that columns are compared with. */
struct guess_lists {
  int n;
  const struct codelist *lists[24];
};
enum err_code guess_lists_read(struct arena *a, const struct job *job, const char *forms, struct guess_lists *out, struct err *e) NODISCARD;
/* `source` must be open; it is borrowed as long as the guess is used. */
enum err_code guess_file(struct arena *a, const struct job *job, const struct source *source, const struct source_reader *reader,
                         const struct guess_lists *lists, struct guess *out, struct err *e) NODISCARD;
#endif

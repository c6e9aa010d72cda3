/* read_source.h -- the one interface of all readers: a file becomes rows of cells with places. A reader knows nothing of forms.
 * Source   the file is mapped read-only and hashed as it lies on the disk; source_changed() tells whether somebody wrote to it meanwhile.
 * Rows     pushed to a callback, in file order; cells are UTF-8, untrimmed, valid during the call.
 * Places   line = 1-based line of the row's first character (row number in a sheet), cell = 1-based cell number.
 * Errors   E_FILE_OPEN, E_INPUT_EMPTY/UTF16/BINARY/NUL/ENCODING from opening; E_CSV_* and E_INPUT_ENCODING while reading.
 * Kinds    a layout of kind csv, xlsx or xls is a table, and the file's bytes say how it is written: any workbook is read as a sheet, any text as CSV.
 *          Sheets: place FILE!SHEET, row, cell; rows as wide as the widest row before; empty rows are left out, their numbers are kept.
 * Memory   a reader holds at most one row and one piece of 256 KiB; limits: 4,096 cells and 1 MiB a row.
 * Fixed    records are cut on the original bytes and the fields decoded afterwards; a row has one cell a field, in the order of the shape. */
#ifndef SHIRABE_COLLECTOR_READ_SOURCE_H
#define SHIRABE_COLLECTOR_READ_SOURCE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/job.h"
#include "base/str.h"
#include "collector/detect_encoding.h"

/* What a layout says about the file's shape; all zero is a CSV with commas. Set between source_open and reading. */
struct source_field {
  int64_t position, bytes; /* 1-based, on the original bytes */
  bool as_bytes;           /* hexadecimal digits of the bytes, not text */
};
struct source_shape {
  char delimiter;          /* 0 = comma */
  int64_t record_bytes;    /* fixed: 0 = lines */
  bool rest_allowed;       /* fixed: bytes of no field may hold something */
  int n_fields;
  const struct source_field *fields;
};
/* What a sheet was besides its rows; filled while it is read. Lines are of the first one, 0 = none. */
struct sheet_report {
  const char *sheet;
  bool date1904;
  int64_t n_sheets, hidden_sheets, other_sheets; /* others: visible, with values, not read */
  int64_t hidden_rows, hidden_columns, skipped_rows, hidden_line;
  int64_t merged, merged_values, merged_line;    /* areas; values below another cell of an area, which are kept */
  int64_t serials, rewritten, rewritten_line, errors, formulas;
};
struct workbook;
enum source_apart { SOURCE_HERE, SOURCE_APART, SOURCE_APART_OPTIONAL }; /* who unpacks a workbook: this process, or a worker (read_apart.h) */
struct source {
  const char *path, *name; /* name: for places: the last part, and of a workbook the sheet */
  const char *file;        /* the last part of the path */
  const char *sheet;       /* wanted sheet; NULL or "" = the first visible one */
  enum source_apart apart;
  bool skip_hidden;        /* leave hidden rows out; they are counted and reported in any case */
  struct workbook *workbook;
  struct sheet_report *sheet_report; /* NULL = no workbook */
  struct source_shape shape;
  const uint8_t *p;
  size_t n;
  struct encoding_report encoding;
  const struct cp932 *cp932; /* decoding table, when the encoding was detected */
  uint8_t sha256[32];
  char sha256_hex[65];
  int fd;
  int64_t stamp[3]; /* size, modification time */
};
/* Maps and hashes; `detect` false for readers that know their own encoding (a sheet). The path is borrowed. */
enum err_code source_open(struct arena *a, const char *path, bool detect, struct source *out, struct err *e) NODISCARD;
/* Opens a file for a layout of `kind`: the reader by kind, among tables by the file's bytes. Formats of other systems are refused by name (recognise.h).
 * `out` may carry sheet, skip_hidden and apart; all else is set. */
struct source_reader;
enum err_code source_open_as(struct arena *a, const char *path, const char *kind, const char *layout, struct source *out, const struct source_reader **reader, struct err *e) NODISCARD;
/* For a file that was opened without detection: this encoding (utf-8 or cp932), to be judged where it is read. */
enum err_code source_declare(struct arena *a, struct source *s, enum text_encoding encoding, struct err *e) NODISCARD;
void source_forget_range(const struct source *s, size_t from, size_t to); /* whole pages inside it */
bool source_changed(const struct source *s);
/* The first `done` bytes have been read: their pages need not stay in memory. They come back when they are read again. */
void source_forget(const struct source *s, size_t done);
void source_close(struct source *s); /* safe after a failed open */

/* TEXT to MERGED come from sheets, whose cells have a type of their own: it need not be guessed. */
enum {
  SOURCE_CELL_QUOTED = 1,
  SOURCE_CELL_EXTERNAL = 2,   /* holds an external character (外字) */
  SOURCE_CELL_TEXT = 4,       /* stored as text */
  SOURCE_CELL_NUMBER = 8,     /* stored as a number: the digits of the file */
  SOURCE_CELL_DATE = 16,      /* a date or time; ISO 8601 */
  SOURCE_CELL_SERIAL = 32,    /* a date that was stored as a day number */
  SOURCE_CELL_REWRITTEN = 64, /* a number that was stored with an exponent or more than 15 digits */
  SOURCE_CELL_BOOLEAN = 128,  /* TRUE, FALSE */
  SOURCE_CELL_ERROR = 256,    /* #N/A and the like, or a day number that is no date: no value */
  SOURCE_CELL_FORMULA = 512,  /* a formula without a stored result: no value */
  SOURCE_CELL_MERGED = 1024,  /* inside a merged area, not its upper left cell */
  SOURCE_CELL_HIDDEN = 2048,  /* in a hidden row or column */
  SOURCE_CELL_CUT = 4096      /* fixed: a character is cut in two, or the bytes are no text: there is no text */
};
struct source_cell {
  struct str text;
  unsigned flags;
};
struct source_row {
  const struct source_cell *cells;
  int64_t n_cells, line;
  bool plain;            /* no cell has a flag, and sixteen bytes may be read from each cell's beginning, however short it is */
  enum err_code problem; /* fixed: the record cannot be cut as it is; E_OK = it can */
  int64_t bytes, wanted; /* of a record with a problem */
};
typedef enum err_code (*source_row_fn)(void *context, const struct source_row *row, struct err *e);

struct source_reader {
  const char *kind; /* "csv", as in a layout */
  bool detects_encoding;
  enum err_code (*read)(const struct job *job, const struct source *s, source_row_fn fn, void *context, struct err *e);
};
extern const struct source_reader source_reader_csv, source_reader_fixed, source_reader_xlsx;
const struct source_reader *source_reader_find(const char *kind); /* NULL when there is none */
/* First external character in a text: its code point, 0 when none. */
uint32_t external_character(struct str text);
#endif

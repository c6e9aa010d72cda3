/* read_source.h -- the one interface of all readers: a file becomes rows of cells with places. A reader knows nothing of forms.
 * Source   the file is mapped read-only and hashed as it lies on the disk; source_changed() tells whether somebody wrote to it meanwhile.
 * Rows     pushed to a callback, in file order; cells are UTF-8, untrimmed, valid during the call.
 * Places   line = 1-based line of the row's first character (row number in a sheet), cell = 1-based cell number.
 * Errors   E_FILE_OPEN, E_INPUT_EMPTY/UTF16/BINARY/NUL/ENCODING from opening; E_CSV_* and E_INPUT_ENCODING while reading.
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
struct source {
  const char *path, *name; /* name: the last part, for places */
  const char *sheet;       /* of a workbook, "" = first visible */
  struct source_shape shape;
  const uint8_t *p;
  size_t n;
  struct encoding_report encoding;
  const struct cp932 *cp932; /* decoding table, when the encoding was detected */
  char sha256_hex[65];
  int fd;
  int64_t stamp[3]; /* size, modification time */
};
/* Maps and hashes; `detect` false for readers that know their own encoding (a sheet). The path is borrowed. */
enum err_code source_open(struct arena *a, const char *path, bool detect, struct source *out, struct err *e) NODISCARD;
/* For a file that was opened without detection: this encoding (utf-8 or cp932), to be judged where it is read. */
enum err_code source_declare(struct arena *a, struct source *s, enum text_encoding encoding, struct err *e) NODISCARD;
bool source_changed(const struct source *s);
/* The first `done` bytes have been read: their pages need not stay in memory. They come back when they are read again. */
void source_forget(const struct source *s, size_t done);
void source_close(struct source *s); /* safe after a failed open */

enum {
  SOURCE_CELL_QUOTED = 1,
  SOURCE_CELL_EXTERNAL = 2, /* holds an external character (外字) */
  SOURCE_CELL_CUT = 16      /* fixed: a character is cut in two, or the bytes are no text: there is no text */
};
struct source_cell {
  struct str text;
  unsigned flags;
};
struct source_row {
  const struct source_cell *cells;
  int64_t n_cells, line;
  enum err_code problem; /* fixed: the record cannot be cut as it is; E_OK = it can */
  int64_t bytes, wanted; /* of a record with a problem */
};
typedef enum err_code (*source_row_fn)(void *context, const struct source_row *row, struct err *e);

struct source_reader {
  const char *kind; /* "csv", as in a layout */
  bool detects_encoding;
  enum err_code (*read)(const struct job *job, const struct source *s, source_row_fn fn, void *context, struct err *e);
};
extern const struct source_reader source_reader_csv, source_reader_fixed;
const struct source_reader *source_reader_find(const char *kind); /* NULL when there is none */
/* First external character in a text: its code point, 0 when none. */
uint32_t external_character(struct str text);
#endif

/* read_source.h -- the one interface of all readers: a file becomes rows of cells with places. A reader knows nothing of forms.
 * Source   the file is mapped read-only and hashed as it lies on the disk; source_changed() tells whether somebody wrote to it meanwhile.
 * Rows     pushed to a callback, in file order; cells are UTF-8, untrimmed, valid during the call.
 * Places   line = 1-based line of the row's first character (row number in a sheet), cell = 1-based cell number.
 * Errors   E_FILE_OPEN, E_INPUT_EMPTY/UTF16/BINARY/NUL/ENCODING from opening; E_CSV_* and E_INPUT_ENCODING while reading.
 * Memory   a reader holds at most one row and one piece of 256 KiB; limits: 4,096 cells and 1 MiB a row. */
#ifndef SHIRABE_COLLECTOR_READ_SOURCE_H
#define SHIRABE_COLLECTOR_READ_SOURCE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/job.h"
#include "base/str.h"
#include "collector/detect_encoding.h"

struct source {
  const char *path, *name; /* name: the last part, for places */
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
void source_forget_range(const struct source *s, size_t from, size_t to); /* whole pages inside it */
bool source_changed(const struct source *s);
/* The first `done` bytes have been read: their pages need not stay in memory. They come back when they are read again. */
void source_forget(const struct source *s, size_t done);
void source_close(struct source *s); /* safe after a failed open */

enum { SOURCE_CELL_QUOTED = 1, SOURCE_CELL_EXTERNAL = 2 /* holds an external character (外字) */ };
struct source_cell {
  struct str text;
  unsigned flags;
};
struct source_row {
  const struct source_cell *cells;
  int64_t n_cells, line;
};
typedef enum err_code (*source_row_fn)(void *context, const struct source_row *row, struct err *e);

struct source_reader {
  const char *kind; /* "csv", as in a layout */
  bool detects_encoding;
  enum err_code (*read)(const struct job *job, const struct source *s, source_row_fn fn, void *context, struct err *e);
};
extern const struct source_reader source_reader_csv;
const struct source_reader *source_reader_find(const char *kind); /* NULL when there is none */
/* First external character in a text: its code point, 0 when none. */
uint32_t external_character(struct str text);
#endif

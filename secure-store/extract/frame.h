/* frame.h -- the rows of one extract in their final order: read once from the source, put in keyed order, described, and kept in an encrypted
 * scratch file from which every file format is written.
 * Shapes   source: units (row groups of shards) of any number of rows, the same columns in each; frame: n_rows x n_columns in slices of at most
 *          4,096 rows.
 * Missing  a status byte per value, as in table.h. Found while reading: which kinds occur, smallest and largest number, longest text.
 * Errors   those of the source, of the scratch file, E_EXTRACT_EMPTY.
 * Memory   one block (65,536 rows or one unit) of all columns, whatever the number of rows. Cost: about 25 ns a value. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_FRAME_H
#define SHIRABE_SECURE_STORE_EXTRACT_FRAME_H
#include "base/job.h"
#include "base/table.h"
#include "forms/form.h"
#include "secure-store/extract/row_id.h"
#include "secure-store/extract/spool.h"

enum { FRAME_SLICE_ROWS = 4096 };
struct frame_column {
  const char *name, *label_ja, *label_en, *unit;
  const struct item *item;     /* NULL = not an item of the form */
  const struct codelist *list; /* NULL = none */
  enum column_type type;
  int decimals;
  bool is_date;
  uint8_t part; /* enum item_part */
  /* --- found while reading --- */
  bool any;          /* a value is present */
  bool digits;       /* every text is 1 to 9 digits */
  uint32_t missing;  /* bit per enum value_status from VAL_BLANK on */
  int64_t lowest, highest;
  size_t width;      /* bytes of the longest text */
};
struct frame_source {
  void *context;
  int64_t n_units;
  int64_t *rows; /* [n_units]; what a read gives may be fewer (a row filter): then corrected here */
  enum err_code (*read)(void *context, int64_t unit, struct arena *a, struct table *out, struct err *e);
};
struct frame_slice {
  uint64_t at;
  uint32_t bytes, raw, rows;
};
struct frame {
  struct arena *arena;
  int n_columns;
  struct frame_column *columns;
  int64_t n_rows, n_slices;
  struct frame_slice *slices;
  struct spool *spool;
};
/* columns: described by the caller, the last part is filled in. folder: where the scratch file may lie. */
enum err_code frame_fill(struct frame *f, struct arena *a, const struct job *job, struct frame_column *columns, int n_columns,
    const struct frame_source *source, const struct row_key *key, const char *folder, struct err *e) NODISCARD;
void frame_release(struct frame *f);

/* --- reading it, from any thread --- */
struct frame_cells { /* one column of a slice */
  const uint8_t *status;
  const int64_t *i64;
  const double *real;
  const uint32_t *text_at; /* [rows + 1] offsets into text */
  const char *text;
};
struct frame_reader {
  const struct frame *f;
  int64_t rows;
  const struct row_id *ids;
  struct frame_cells *cells; /* [n_columns] */
  struct spool_cursor *cursor;
  uint8_t *sealed, *raw, *offsets; /* sized for the largest slice */
  size_t raw_n, offsets_n;
};
enum err_code frame_reader_init(struct frame_reader *r, const struct frame *f, struct err *e) NODISCARD;
enum err_code frame_slice_load(struct frame_reader *r, int64_t slice, struct err *e) NODISCARD;
void frame_reader_release(struct frame_reader *r); /* wipes */
static inline struct str frame_text(const struct frame_cells *c, int64_t row) {
  return str_view(c->text + c->text_at[row], c->text_at[row + 1] - c->text_at[row]);
}
#endif

/* ext_csv.c -- libcsv behind base/ext_csv.h: the streaming reader.
 * Places   libcsv reports no positions. It is asked to report every line end (CSV_REPALL_NL), and line ends inside a quoted cell are counted when the
 *          cell is handed over; so `line` is always the line on which the cell being read began. CR LF counts once.
 * Strict   a quote inside an unquoted cell, or text after a closing quote, has no one meaning: E_CSV_QUOTE.
 * Plain    a row that stands whole in the bytes at hand, holds no quote and no CR but the one before its LF, and passes no limit, has one reading: it is cut
 *          at its delimiters here, 64 bytes at a time, and its cells are lent from the caller's bytes. Every other row goes through libcsv;
 *          tests/property/test_csv_plain_rows.c compares the two on random bytes.
 * Blank    lines without a character are skipped, they still count as lines. The flag is told for empty cells, where it changes the meaning. */
#include "base/ext_csv.h"

#include <csv.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SLICE = 32 * 1024, DEFAULT_CELLS = 4096, DEFAULT_BYTES = 1 << 20, FIRST_CELLS = 64, FIRST_BYTES = 4096 };

struct csv_reader {
  struct csv_parser parser;
  char file_name[ERR_FILE_BYTES];
  csv_row_fn fn;
  void *context;
  struct csv_cell *cells;
  char *text; /* the row's cells one after the other */
  size_t text_size, text_used;
  int64_t cells_size, n_cells;
  int64_t max_cells;
  size_t max_bytes;
  int64_t line, row_line; /* of the cell being read, of its row */
  bool after_cr, plain_rows;
  enum err_code failure; /* the first one; sticks */
  struct err *e;         /* of the running feed */
};

static int no_space(unsigned char c) {
  (void)c;
  return 0;
}

static void fail(struct csv_reader *r, enum err_code code, const char *expected) {
  if (r->failure) return;
  r->failure = ERR(r->e, code, .file = r->file_name, .line = r->line, .column = r->n_cells + 1, .expected = expected);
}

static int64_t count_lines(const char *p, size_t n) {
  int64_t lines = 0;
  const char *end = p + n;
  for (const char *at = p; (at = memchr(at, '\n', (size_t)(end - at))); at++) lines++;
  return lines;
}

/* Doubles up to the cap; cells that already point into the text move with it. */
static bool grow_text(struct csv_reader *r, size_t need) {
  size_t size = r->text_size ? r->text_size : FIRST_BYTES;
  while (size < need) size *= 2;
  char *p = malloc(size);
  if (!p) return false;
  if (r->text_used) memcpy(p, r->text, r->text_used);
  for (int64_t i = 0; i < r->n_cells; i++) r->cells[i].text.p = p + (r->cells[i].text.p - r->text);
  free(r->text);
  r->text = p;
  r->text_size = size;
  return true;
}

static bool grow_cells(struct csv_reader *r) {
  int64_t size = r->cells_size ? r->cells_size * 2 : FIRST_CELLS;
  if (size > r->max_cells) size = r->max_cells;
  struct csv_cell *p = realloc(r->cells, (size_t)size * sizeof *p);
  if (!p) return false;
  r->cells = p;
  r->cells_size = size;
  return true;
}

static bool make_room(struct csv_reader *r, size_t n) {
  if (n > r->max_bytes - r->text_used) fail(r, E_CSV_TOO_LONG, NULL);
  else if (r->n_cells >= r->max_cells) fail(r, E_CSV_TOO_WIDE, NULL);
  else if (r->n_cells == r->cells_size && !grow_cells(r)) fail(r, E_NO_MEMORY, NULL);
  else if (r->text_used + n >= r->text_size && !grow_text(r, r->text_used + n + 1)) fail(r, E_NO_MEMORY, NULL);
  return !r->failure;
}

static void on_cell(void *text, size_t n, void *context) {
  struct csv_reader *r = context;
  if (r->failure || !make_room(r, n)) return;
  r->after_cr = false;
  char *p = r->text + r->text_used;
  if (n) memcpy(p, text, n);
  r->cells[r->n_cells++] = (struct csv_cell){{p, n}, text && n == 0 ? CSV_CELL_QUOTED : 0};
  r->text_used += n;
  if (n && memchr(p, '\n', n)) r->line += count_lines(p, n);
}

static void on_line_end(int c, void *context) {
  struct csv_reader *r = context;
  if (r->failure) return;
  if (r->n_cells > 0) {
    struct csv_row row = {r->cells, r->n_cells, r->row_line, false};
    r->failure = r->fn(r->context, &row, r->e);
    r->n_cells = 0;
    r->text_used = 0;
  }
  if (c != '\n' || !r->after_cr) r->line++;
  r->after_cr = c == '\r';
  r->row_line = r->line;
}

enum err_code csv_reader_new(
    const char *file_name, const struct csv_limits *limits, char delimiter, csv_row_fn fn, void *context, struct csv_reader **out, struct err *e) {
  *out = NULL;
  struct csv_reader *r = calloc(1, sizeof *r);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = file_name);
  if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL | CSV_EMPTY_IS_NULL)) {
    free(r);
    return ERR(e, E_NO_MEMORY, .subject = file_name);
  }
  csv_set_space_func(&r->parser, no_space);
  csv_set_delim(&r->parser, (unsigned char)delimiter);
  csv_set_blk_size(&r->parser, 16 * 1024);
  struct str name = str_of(file_name);
  memcpy(r->file_name, name.p, name.n < sizeof r->file_name ? name.n : sizeof r->file_name - 1);
  r->max_cells = limits && limits->cells_per_row > 0 ? limits->cells_per_row : DEFAULT_CELLS;
  r->max_bytes = limits && limits->bytes_per_row > 0 ? (size_t)limits->bytes_per_row : DEFAULT_BYTES;
  r->fn = fn;
  r->context = context;
  r->line = r->row_line = 1;
  r->plain_rows = delimiter != '"' && delimiter != '\r' && delimiter != '\n';
  *out = r;
  return E_OK;
}

/* --- plain rows --- */

enum { BLOCK = 64 };

#ifdef __SSE2__
static inline uint64_t sixteen(const char *p, __m128i delimiter) {
  __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
  __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, delimiter), _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
  hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'))));
  return (unsigned)_mm_movemask_epi8(hit);
}
#endif

/* Bit i: byte i of the block at p is the delimiter, a quote, CR or LF. */
static inline uint64_t special_bytes(const char *p, char delimiter) {
#ifdef __SSE2__
  __m128i d = _mm_set1_epi8(delimiter);
  return sixteen(p, d) | sixteen(p + 16, d) << 16 | sixteen(p + 32, d) << 32 | sixteen(p + 48, d) << 48;
#else
  uint64_t bits = 0;
  for (int i = 0; i < BLOCK; i++) bits |= (uint64_t)(p[i] == delimiter || p[i] == '"' || p[i] == '\n' || p[i] == '\r') << i;
  return bits;
#endif
}

/* Room for one more cell; false at the limit or without memory, which libcsv's way then meets and names. */
static bool one_more(struct csv_reader *r, int64_t n) { return n < r->max_cells && (n < r->cells_size || grow_cells(r)); }

/* Cuts the row at p; returns its length with its line end, 0 when it is no plain row. Reads whole blocks, so the last row of the bytes is libcsv's. */
static size_t plain_row(struct csv_reader *r, const char *p, size_t n) {
  const char delimiter = (char)r->parser.delim_char, *cell = p;
  int64_t n_cells = 0;
  for (size_t at = 0; at + BLOCK <= n; at += BLOCK) {
    for (uint64_t bits = special_bytes(p + at, delimiter); bits; bits &= bits - 1) {
      const char *hit = p + at + __builtin_ctzll(bits);
      if (!one_more(r, n_cells)) return 0;
      r->cells[n_cells++] = (struct csv_cell){{cell, (size_t)(hit - cell)}, 0};
      cell = hit + 1;
      if (*hit == delimiter) continue;
      r->n_cells = n_cells;
      if (*hit == '\r' && cell < p + n && *cell == '\n' && hit > p) return (size_t)(cell + 1 - p);
      return *hit == '\n' && hit > p ? (size_t)(cell - p) : 0;
    }
  }
  return 0;
}

/* At the beginning of a row: takes the plain rows at p, returns the bytes used. */
static size_t feed_plain(struct csv_reader *r, const char *p, size_t n) {
  size_t used = 0;
  /* libcsv's state 0 is "no row begun"; text in hand or a cell in hand contradict it. */
  while (!r->failure && r->parser.pstate == 0 && r->parser.entry_pos == 0 && r->n_cells == 0) {
    size_t length = plain_row(r, p + used, n - used);
    if (length == 0 || length > r->max_bytes) {
      r->n_cells = 0;
      break;
    }
    struct csv_row row = {r->cells, r->n_cells, r->row_line, n - used - length >= 16};
    r->failure = r->fn(r->context, &row, r->e);
    r->n_cells = 0;
    r->after_cr = false;
    r->row_line = ++r->line;
    used += length;
  }
  return used;
}

/* --- all others --- */

static size_t slice_of(const char *p, size_t n) {
  size_t most = n < SLICE ? n : SLICE;
  const char *line_end = memchr(p, '\n', most);
  return line_end ? (size_t)(line_end + 1 - p) : most;
}

/* Small slices, so that a cell without end is stopped soon after it passes the cap and a failed row soon stops the parsing. */
static enum err_code feed_clean(struct csv_reader *r, const char *p, size_t n) {
  while (n > 0 && !r->failure) {
    size_t plain = r->plain_rows ? feed_plain(r, p, n) : 0;
    p += plain;
    n -= plain;
    if (n == 0 || r->failure) break;
    size_t slice = slice_of(p, n);
    size_t done = csv_parse(&r->parser, p, slice, on_cell, on_line_end, r);
    if (r->failure) break;
    /* + 1: libcsv keeps a closing quote in the cell until it has seen what follows. */
    if (r->parser.entry_pos > r->max_bytes - r->text_used + 1) fail(r, E_CSV_TOO_LONG, NULL);
    else if (done != slice) fail(r, csv_error(&r->parser) == CSV_EPARSE ? E_CSV_QUOTE : E_NO_MEMORY, NULL);
    p += slice;
    n -= slice;
  }
  return r->failure;
}

static void fail_nul(struct csv_reader *r) {
  if (r->parser.entry_pos) r->line += count_lines((const char *)r->parser.entry_buf, r->parser.entry_pos);
  fail(r, E_CSV_NUL, NULL);
}

enum err_code csv_reader_feed(struct csv_reader *r, const char *p, size_t n, struct err *e) {
  if (r->failure) return r->failure;
  r->e = e;
  const char *nul = n ? memchr(p, 0, n) : NULL;
  enum err_code code = feed_clean(r, p, nul ? (size_t)(nul - p) : n);
  if (!code && nul) fail_nul(r);
  r->e = NULL;
  return r->failure;
}

enum err_code csv_reader_end(struct csv_reader *r, struct err *e) {
  if (r->failure) return r->failure;
  r->e = e;
  /* -1 as the line end: the last row without one. */
  if (csv_fini(&r->parser, on_cell, on_line_end, r) && !r->failure)
    fail(r, csv_error(&r->parser) == CSV_EPARSE ? E_CSV_OPEN_QUOTE : E_NO_MEMORY, NULL);
  r->e = NULL;
  return r->failure;
}

void csv_reader_all_by_libcsv(struct csv_reader *r) { r->plain_rows = false; }

void csv_reader_free(struct csv_reader *r) {
  if (!r) return;
  csv_free(&r->parser);
  free(r->cells);
  free(r->text);
  free(r);
}

/* guess_sample.c -- the first rows of a file in memory, and the delimiter that splits most lines alike. */
#include <string.h>

#include "collector/guess_impl.h"
#include "collector/normalise.h"

enum { DELIMITER_BYTES = 256 * 1024, DELIMITER_LINES = 400, FIRST_ROWS = 256 };

/* --- delimiter: counted outside quotes; none of the three is a second byte of CP932 --- */

struct line_counts {
  int n[DELIMITER_LINES];
  int lines;
};

static void count_per_line(const uint8_t *p, size_t n, char delimiter, struct line_counts *out) {
  bool quoted = false, seen = false;
  int count = 0;
  out->lines = 0;
  for (size_t i = 0; i < n && out->lines < DELIMITER_LINES; i++) {
    if (p[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (p[i] == '\n' || p[i] == '\r') {
      if (seen) out->n[out->lines++] = count;
      count = 0, seen = false;
      continue;
    }
    seen = true;
    count += p[i] == (uint8_t)delimiter;
  }
  if (seen && out->lines < DELIMITER_LINES) out->n[out->lines++] = count;
}

/* Percent of lines that hold it as often as the most frequent count above zero says. */
static int agreement(const struct line_counts *c, int *most) {
  int best = 0;
  *most = 0;
  for (int i = 0; i < c->lines; i++) {
    int same = 0;
    if (c->n[i] == 0) continue;
    for (int k = 0; k < c->lines; k++) same += c->n[k] == c->n[i];
    if (same > best || (same == best && c->n[i] > *most)) best = same, *most = c->n[i];
  }
  return c->lines ? best * 100 / c->lines : 0;
}

static char choose_delimiter(const struct source *s, int *percent) {
  static const char candidates[] = {',', '\t', ';'};
  size_t n = s->n - s->encoding.skip < DELIMITER_BYTES ? s->n - s->encoding.skip : DELIMITER_BYTES;
  char best = ',';
  int best_score = 0;
  *percent = 0;
  for (size_t i = 0; i < sizeof candidates; i++) {
    struct line_counts counts;
    int most;
    count_per_line(s->p + s->encoding.skip, n, candidates[i], &counts);
    int share = agreement(&counts, &most), score = share * 100 + (most < 99 ? most : 99);
    if (score <= best_score) continue;
    best_score = score;
    best = candidates[i];
    *percent = share;
  }
  return best;
}

/* --- rows --- */

struct taking {
  struct arena *a;
  struct guess_sample *out;
  int64_t size, bytes;
  bool full;
};

static enum err_code grow(struct taking *t, struct err *e) {
  int64_t size = t->size ? t->size * 2 : FIRST_ROWS;
  struct guess_row *rows = ARENA_ARRAY(t->a, struct guess_row, size);
  if (!rows) return ERR(e, E_NO_MEMORY, .subject = "sample");
  if (t->out->n_rows) memcpy(rows, t->out->rows, (size_t)t->out->n_rows * sizeof *rows);
  t->out->rows = rows;
  t->size = size;
  return E_OK;
}

static int64_t text_bytes(const struct source_row *row) {
  int64_t n = 0;
  for (int64_t i = 0; i < row->n_cells; i++) n += (int64_t)row->cells[i].text.n;
  return n;
}

static enum err_code copy_row(struct taking *t, const struct source_row *row, int64_t bytes, struct err *e) {
  struct str *cells = arena_alloc(t->a, (size_t)(row->n_cells + 1) * sizeof *cells, _Alignof(struct str));
  char *text = arena_alloc(t->a, (size_t)bytes + 1, 1);
  if (!cells || !text) return ERR(e, E_NO_MEMORY, .subject = "sample");
  struct guess_row *r = &t->out->rows[t->out->n_rows++];
  *r = (struct guess_row){cells, row->n_cells, row->line, 0};
  for (int64_t i = 0; i < row->n_cells; i++) {
    struct str s = row->cells[i].text;
    if (s.n) memcpy(text, s.p, s.n);
    cells[i] = str_view(text, s.n);
    text += s.n;
    r->filled += !normalise_is_blank(cells[i]);
  }
  if (r->n_cells > t->out->widest) t->out->widest = r->n_cells;
  t->out->n_cells += r->n_cells;
  t->bytes += bytes;
  return E_OK;
}

static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  struct taking *t = context;
  int64_t bytes = t->full ? 0 : text_bytes(row);
  t->full =
      t->full || t->out->n_rows >= GUESS_SAMPLE_ROWS || t->out->n_cells + row->n_cells > GUESS_SAMPLE_CELLS || t->bytes + bytes > GUESS_SAMPLE_BYTES;
  if (t->full) return E_OK;
  if (t->out->n_rows == t->size) TRY(grow(t, e));
  return copy_row(t, row, bytes, e);
}

/* The file up to the last line end within the sample's bytes; a line end is never the second byte of a character. */
static size_t head_bytes(const struct source *s) {
  size_t n = GUESS_SAMPLE_BYTES;
  if (s->n <= n) return s->n;
  while (n > s->encoding.skip && s->p[n - 1] != '\n' && s->p[n - 1] != '\r') n--;
  return n > s->encoding.skip ? n : s->n;
}

enum err_code guess_sample_read(struct arena *a, const struct job *job, const struct source *source, const struct source_reader *reader,
                                struct guess_sample *out, struct err *e) {
  struct taking t = {.a = a, .out = out};
  struct source head = *source;
  *out = (struct guess_sample){.delimiter = ',', .delimiter_percent = 100};
  if (reader->detects_encoding) {
    out->delimiter = choose_delimiter(source, &out->delimiter_percent);
    head.shape.delimiter = out->delimiter;
    head.n = head_bytes(source);
  }
  struct err cut = {.code = E_OK};
  enum err_code code = reader->read(job, &head, on_row, &t, &cut);
  /* A quoted cell may go on beyond the sample. */
  if (code == E_CSV_OPEN_QUOTE && head.n < source->n) code = E_OK;
  if (code && e) *e = cut;
  out->whole = head.n == source->n && !t.full;
  return code;
}

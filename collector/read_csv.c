/* read_csv.c -- CSV in UTF-8 or CP932 -> rows (read_source.h). Pieces of the mapped file are decoded when they must be and fed to base/ext_csv.h. */
#include <stddef.h>
#include <string.h>

#include "base/ext_csv.h"
#include "collector/read_source.h"

enum { PIECE = 256 * 1024, FORGET = 16 << 20, MAX_CELLS = 4096, MAX_ROW_BYTES = 1 << 20 };

struct csv_source {
  const struct job *job;
  const struct source *source;
  source_row_fn fn;
  void *context;
  struct source_cell cells[MAX_CELLS];
  bool look_for_external;
  char *decoded; /* CP932: room for one piece as UTF-8 */
};

/* Cells of the CSV reader are cells of a row as they stand, unless each must be looked at. */
_Static_assert(sizeof(struct csv_cell) == sizeof(struct source_cell) && offsetof(struct csv_cell, text) == offsetof(struct source_cell, text) &&
                   offsetof(struct csv_cell, flags) == offsetof(struct source_cell, flags) && (int)CSV_CELL_QUOTED == (int)SOURCE_CELL_QUOTED,
               "the two cells are one");

static enum err_code on_row(void *context, const struct csv_row *row, struct err *e) {
  struct csv_source *c = context;
  struct source_row out = {.cells = (const struct source_cell *)(const void *)row->cells, .n_cells = row->n_cells, .line = row->line};
  out.plain = row->plain && !c->look_for_external;
  if (!c->look_for_external) return c->fn(c->context, &out, e);
  for (int64_t i = 0; i < row->n_cells; i++) {
    const struct csv_cell *cell = &row->cells[i];
    c->cells[i] = (struct source_cell){cell->text, cell->flags | (external_character(cell->text) ? SOURCE_CELL_EXTERNAL : 0)};
  }
  out.cells = c->cells;
  return c->fn(c->context, &out, e);
}

/* A piece ends where it may: a lead byte at its end waits for the next piece. */
static enum err_code feed_cp932(struct csv_source *c, struct csv_reader *r, size_t *at, struct err *e) {
  const struct source *s = c->source;
  size_t n = s->n - *at < PIECE ? s->n - *at : PIECE, out_n;
  bool bad;
  size_t used = cp932_decode(s->cp932, s->p + *at, n, c->decoded, &out_n, &bad);
  if (bad || used == 0) return ERR(e, E_INPUT_CHANGED, .file = s->name, .subject = s->name);
  *at += used;
  return csv_reader_feed(r, c->decoded, out_n, e);
}

static enum err_code feed_utf8(struct csv_source *c, struct csv_reader *r, size_t *at, struct err *e) {
  const struct source *s = c->source;
  size_t n = s->n - *at < PIECE ? s->n - *at : PIECE;
  enum err_code code = csv_reader_feed(r, (const char *)s->p + *at, n, e);
  *at += n;
  return code;
}

static enum err_code feed_all(struct csv_source *c, struct csv_reader *r, struct err *e) {
  const struct source *s = c->source;
  bool cp932 = s->encoding.encoding == ENCODING_CP932;
  size_t forgotten = 0;
  for (size_t at = s->encoding.skip; at < s->n;) {
    if (job_cancelled(c->job)) return ERR(e, E_INTAKE_CANCELLED, .file = s->name, .subject = s->name);
    TRY(cp932 ? feed_cp932(c, r, &at, e) : feed_utf8(c, r, &at, e));
    job_progress(c->job, s->name, (int64_t)at, (int64_t)s->n);
    if (at - forgotten >= FORGET) source_forget(s, forgotten = at);
  }
  return csv_reader_end(r, e);
}

static enum err_code read_csv(const struct job *job, const struct source *s, source_row_fn fn, void *context, struct err *e) {
  const struct csv_limits limits = {MAX_CELLS, MAX_ROW_BYTES};
  struct csv_reader *reader = NULL;
  struct arena *scratch = arena_new(0);
  struct csv_source *c = scratch ? ARENA_NEW(scratch, struct csv_source) : NULL;
  enum err_code code = E_OK;
  if (!c || !(c->decoded = arena_alloc(scratch, 3 * PIECE, 64))) {
    code = ERR(e, E_NO_MEMORY, .subject = s->name);
    goto done;
  }
  c->job = job, c->source = s, c->fn = fn, c->context = context;
  c->look_for_external = s->encoding.external > 0;
  if ((code = csv_reader_new(s->name, &limits, s->shape.delimiter ? s->shape.delimiter : ',', on_row, c, &reader, e))) goto done;
  code = feed_all(c, reader, e);
done:
  csv_reader_free(reader);
  arena_free(scratch);
  return code;
}

const struct source_reader source_reader_csv = {"csv", true, read_csv};

/* read_fixed.c -- records of fixed width -> rows (read_source.h). Fields are cut on the original bytes, because positions of a published layout count bytes;
 * only then is a field decoded. A character that a border cuts in two makes both its fields cut, and no half of it is read as another character. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "collector/read_source.h"

enum { MAX_RECORD = 1 << 20, FORGET = 16 << 20 };

struct fixed {
  const struct job *job;
  const struct source *source;
  source_row_fn fn;
  void *context;
  int64_t width;              /* the last byte of the last field */
  struct source_cell *cells;
  char *text;                 /* room for every decoded field */
  uint8_t *owned;             /* [width] 1 = a byte of some field, 2 = of one that is kept as bytes */
  uint8_t *inside;            /* [width + 1] 1 = not the first byte of its character */
  bool cp932;
};

/* --- which bytes begin a character --- */

static int64_t character_bytes(const struct fixed *f, const uint8_t *p, int64_t left) {
  if (f->cp932) return cp932_is_lead(*p) && left > 1 ? 2 : 1;
  uint32_t c;
  size_t n = utf8_decode((const char *)p, (size_t)left, &c);
  return n ? (int64_t)n : 1;
}

/* Fields kept as bytes have no characters: the walk goes round them and starts again behind. */
static void mark_characters(struct fixed *f, const uint8_t *p, int64_t n) {
  memset(f->inside, 0, (size_t)f->width + 1);
  for (int64_t at = 0; at < n;) {
    if (p[at] < 0x80 || f->owned[at] == 2) {
      at++;
      continue;
    }
    int64_t length = character_bytes(f, p + at, n - at);
    for (int64_t k = 1; k < length; k++) f->inside[at + k] = 1;
    at += length;
  }
}

/* --- one record --- */

static void cell_as_bytes(const uint8_t *p, size_t n, char **room, struct source_cell *out) {
  hex_encode(p, n, *room);
  *out = (struct source_cell){str_view(*room, 2 * n), 0};
  *room += 2 * n + 1;
}

static bool decode(const struct fixed *f, const uint8_t *p, size_t n, char *room, size_t *out_n) {
  bool bad = false;
  if (f->cp932) return cp932_decode(f->source->cp932, p, n, room, out_n, &bad) == n && !bad;
  size_t offset;
  memcpy(room, p, n);
  *out_n = n;
  return utf8_valid(room, n, &offset);
}

static void cell_as_text(const struct fixed *f, const uint8_t *record, const struct source_field *field, char **room, struct source_cell *out) {
  int64_t from = field->position - 1;
  size_t n = 0;
  bool cut = f->inside[from] || f->inside[from + field->bytes] || memchr(record + from, 0, (size_t)field->bytes) ||
             !decode(f, record + from, (size_t)field->bytes, *room, &n);
  *out = (struct source_cell){str_view(*room, cut ? 0 : n), cut ? SOURCE_CELL_CUT : 0};
  if (!cut && external_character(out->text)) out->flags |= SOURCE_CELL_EXTERNAL;
  *room += n;
}

/* The first byte (1-based) that holds something and belongs to no field; 0 when there is none. */
static int64_t stray_byte(const struct fixed *f, const uint8_t *p, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (p[i] != ' ' && (i >= f->width || !f->owned[i])) return i + 1;
  return 0;
}

static enum err_code take_record(struct fixed *f, const uint8_t *p, int64_t n, int64_t line, struct err *e) {
  const struct source_shape *shape = &f->source->shape;
  struct source_row row = {.cells = f->cells, .line = line, .bytes = n, .wanted = f->width};
  char *room = f->text;
  int64_t stray = shape->rest_allowed ? 0 : stray_byte(f, p, n);
  mark_characters(f, p, n < f->width ? n : f->width);
  for (int i = 0; i < shape->n_fields; i++) {
    const struct source_field *field = &shape->fields[i];
    bool there = field->position + field->bytes - 1 <= n;
    if (!there) f->cells[i] = (struct source_cell){STR(""), 0};
    else if (field->as_bytes) cell_as_bytes(p + field->position - 1, (size_t)field->bytes, &room, &f->cells[i]);
    else cell_as_text(f, p, field, &room, &f->cells[i]);
  }
  row.n_cells = n ? shape->n_fields : 0; /* an empty line is an empty row */
  if (n && n < f->width) row.problem = E_FIXED_SHORT;
  else if (stray) row.problem = E_FIXED_STRAY, row.bytes = stray;
  return f->fn(f->context, &row, e);
}

/* --- the file --- */

/* Bytes of the next record without its line end; *used with it. */
static int64_t next_record(const struct fixed *f, size_t at, size_t *used) {
  const struct source *s = f->source;
  size_t left = s->n - at, n = left;
  if (s->shape.record_bytes) {
    if (n > (size_t)s->shape.record_bytes) n = (size_t)s->shape.record_bytes;
    *used = n;
    return (int64_t)n;
  }
  const uint8_t *end = memchr(s->p + at, '\n', left);
  if (end) n = (size_t)(end - (s->p + at));
  *used = n + (end != NULL);
  if (n && s->p[at + n - 1] == '\r') n--;
  return (int64_t)n;
}

static enum err_code read_all(struct fixed *f, struct err *e) {
  const struct source *s = f->source;
  size_t used, forgotten = 0;
  int64_t line = 1;
  for (size_t at = s->encoding.skip; at < s->n; at += used, line++) {
    int64_t n = next_record(f, at, &used);
    if (n > MAX_RECORD) return ERR(e, E_CSV_TOO_LONG, .file = s->name, .line = line, .subject = s->name);
    if ((line & 1023) == 0 && job_cancelled(f->job)) return ERR(e, E_INTAKE_CANCELLED, .file = s->name, .subject = s->name);
    TRY(take_record(f, s->p + at, n, line, e));
    if ((line & 1023) == 0) job_progress(f->job, s->name, (int64_t)at, (int64_t)s->n);
    if (at - forgotten >= FORGET) source_forget(s, forgotten = at);
  }
  return E_OK;
}

static enum err_code make_room(struct fixed *f, struct arena *a, struct err *e) {
  const struct source_shape *shape = &f->source->shape;
  int64_t total = 0;
  for (int i = 0; i < shape->n_fields; i++) {
    const struct source_field *field = &shape->fields[i];
    if (field->position < 1 || field->bytes < 1 || field->position + field->bytes - 1 > MAX_RECORD)
      return ERR(e, E_BUG, .subject = "field of a fixed record");
    if (field->position + field->bytes - 1 > f->width) f->width = field->position + field->bytes - 1;
    total += 3 * field->bytes + 1;
  }
  f->cells = ARENA_ARRAY(a, struct source_cell, shape->n_fields + 1);
  f->text = arena_alloc(a, (size_t)total + 1, 1);
  f->owned = ARENA_ARRAY(a, uint8_t, f->width + 1);
  f->inside = ARENA_ARRAY(a, uint8_t, f->width + 2);
  if (!f->cells || !f->text || !f->owned || !f->inside) return ERR(e, E_NO_MEMORY, .subject = f->source->name);
  for (int i = 0; i < shape->n_fields; i++)
    memset(f->owned + shape->fields[i].position - 1, shape->fields[i].as_bytes ? 2 : 1, (size_t)shape->fields[i].bytes);
  return E_OK;
}

static enum err_code read_fixed(const struct job *job, const struct source *s, source_row_fn fn, void *context, struct err *e) {
  struct arena *scratch = arena_new(0);
  struct fixed f = {.job = job, .source = s, .fn = fn, .context = context, .cp932 = s->encoding.encoding == ENCODING_CP932};
  enum err_code code = scratch ? make_room(&f, scratch, e) : ERR(e, E_NO_MEMORY, .subject = s->name);
  if (!code) code = read_all(&f, e);
  arena_free(scratch);
  return code;
}

const struct source_reader source_reader_fixed = {"fixed", true, read_fixed};

/* readable_message.c -- a workbook as the worker tells it, and the same taken in by the parent, who trusts none of it. See readable_impl.h.
 * Layout   records of one tag byte: sheet (hidden, name), cell (row, column, kind, flags, text), merged and object (four corners), hidden row and
 *          column, end (the error, in the form of read_apart.h). Whole numbers of 32 bits, texts with their length first. Cells belong to the sheet
 *          before them. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "collector/readable/readable_impl.h"
#include "collector/read_apart.h"

enum tag { TAG_SHEET = 1, TAG_CELL, TAG_MERGED, TAG_OBJECT, TAG_HIDDEN_ROW, TAG_HIDDEN_COLUMN, TAG_END };
enum { ROWS_MAX = 1048576, COLUMNS_MAX = 16384 };

static void put_text(struct strbuf *b, struct str s) {
  bytes_put_u32(b, (uint32_t)s.n);
  strbuf_add(b, s.p, s.n);
}
void readable_put_sheet(struct strbuf *b, const char *name, bool hidden) {
  bytes_put_u8(b, TAG_SHEET);
  bytes_put_u8(b, hidden);
  put_text(b, str_of(name));
}
void readable_put_cell(struct strbuf *b, int64_t row, int64_t column, const struct readable_cell *cell) {
  bytes_put_u8(b, TAG_CELL);
  bytes_put_u32(b, (uint32_t)row);
  bytes_put_u32(b, (uint32_t)column);
  bytes_put_u8(b, cell->kind);
  bytes_put_u8(b, cell->flags);
  put_text(b, cell->text);
}
static void put_area(struct strbuf *b, enum tag tag, const struct readable_area *a) {
  bytes_put_u8(b, (uint8_t)tag);
  bytes_put_u32(b, (uint32_t)a->top);
  bytes_put_u32(b, (uint32_t)a->left);
  bytes_put_u32(b, (uint32_t)a->bottom);
  bytes_put_u32(b, (uint32_t)a->right);
}
void readable_put_merged(struct strbuf *b, const struct readable_area *a) { put_area(b, TAG_MERGED, a); }
void readable_put_object(struct strbuf *b, const struct readable_area *a) { put_area(b, TAG_OBJECT, a); }
void readable_put_hidden(struct strbuf *b, bool row, int64_t which) {
  bytes_put_u8(b, row ? TAG_HIDDEN_ROW : TAG_HIDDEN_COLUMN);
  bytes_put_u32(b, (uint32_t)which);
}
void readable_put_end(struct strbuf *b, const struct err *problem) {
  struct apart_end *end = calloc(1, sizeof *end);
  struct strbuf text;
  strbuf_init(&text, 0);
  if (!end) {
    b->failed = true;
    return;
  }
  if (problem->code) end->error = *problem;
  apart_end_write(end, &text);
  bytes_put_u8(b, TAG_END);
  put_text(b, str_view(text.n ? text.p : "", text.n));
  b->failed = b->failed || text.failed;
  strbuf_release(&text);
  free(end);
}

/* --- the parent --- */
struct taking {
  struct readable_file *out;
  struct readable_sheet *sheet; /* the one at work */
  bool fill;                    /* second pass */
  bool ended, large;
  struct err *problem;
};
static struct str take_text(struct bytes_reader *b) {
  uint32_t n = bytes_u32(b);
  const uint8_t *p = n <= bytes_left(b) ? bytes_take(b, n) : NULL;
  if (!p) b->failed = true;
  return b->failed || !utf8_valid((const char *)p, n, NULL) ? (b->failed = true, STR("")) : str_view((const char *)p, n);
}
static bool take_sheet(struct arena *a, struct taking *t, struct bytes_reader *b, int i) {
  uint8_t hidden = bytes_u8(b);
  struct str name = take_text(b);
  if (b->failed || hidden > 1 || i >= READABLE_SHEETS || memchr(name.p, 0, name.n)) return false;
  t->sheet = &t->out->sheets[i];
  if (t->fill) {
    t->sheet->n_merged = t->sheet->n_objects = t->sheet->n_hidden_rows = t->sheet->n_hidden_columns = 0;
    return true;
  }
  *t->sheet = (struct readable_sheet){.name = arena_strdup(a, name.p, name.n), .hidden = hidden};
  t->out->n_sheets = i + 1;
  return t->sheet->name != NULL;
}
static bool take_cell(struct taking *t, struct bytes_reader *b) {
  int64_t row = bytes_u32(b), column = bytes_u32(b);
  struct readable_cell cell = {.kind = bytes_u8(b), .flags = bytes_u8(b)};
  cell.text = take_text(b);
  if (b->failed || row < 1 || row > ROWS_MAX || column < 1 || column > COLUMNS_MAX || cell.kind > CELL_OTHER || cell.flags > CELL_FLAGS) return false;
  struct readable_sheet *s = t->sheet;
  if (t->fill) s->cells[(row - 1) * s->n_columns + column - 1] = cell;
  if (row > s->n_rows) s->n_rows = row;
  if (column > s->n_columns) s->n_columns = column;
  return true;
}
static bool take_area(struct bytes_reader *b, struct readable_area *list, int64_t *n) {
  struct readable_area area = {(int32_t)bytes_u32(b), (int32_t)bytes_u32(b), (int32_t)bytes_u32(b), (int32_t)bytes_u32(b)};
  if (b->failed || area.top < 0 || area.left < 0 || area.bottom < area.top || area.right < area.left || area.bottom > ROWS_MAX ||
      area.right > COLUMNS_MAX) return false;
  if (list) list[*n] = area;
  ++*n;
  return true;
}
static bool take_hidden(struct bytes_reader *b, int32_t *list, int64_t *n) {
  uint32_t which = bytes_u32(b);
  if (b->failed || which < 1 || which > ROWS_MAX) return false;
  if (list) list[*n] = (int32_t)which;
  ++*n;
  return true;
}
static bool take_end(struct taking *t, struct bytes_reader *b) {
  uint32_t n = bytes_u32(b);
  const uint8_t *p = n <= bytes_left(b) ? bytes_take(b, n) : NULL;
  struct apart_end *end = p ? calloc(1, sizeof *end) : NULL;
  bool good = end && apart_end_parse(p, n, end);
  if (good && end->error.code) *t->problem = end->error;
  free(end);
  t->ended = true;
  return good;
}
static bool take_record(struct arena *a, struct taking *t, struct bytes_reader *b, int *sheets) {
  uint8_t tag = bytes_u8(b);
  struct readable_sheet *s = t->sheet;
  if (tag == TAG_SHEET) return take_sheet(a, t, b, (*sheets)++);
  if (tag == TAG_END) return take_end(t, b);
  if (!s) return false;
  switch (tag) {
  case TAG_CELL: return take_cell(t, b);
  case TAG_MERGED: return take_area(b, s->merged, &s->n_merged);
  case TAG_OBJECT: return take_area(b, s->objects, &s->n_objects);
  case TAG_HIDDEN_ROW: return take_hidden(b, s->hidden_rows, &s->n_hidden_rows);
  case TAG_HIDDEN_COLUMN: return take_hidden(b, s->hidden_columns, &s->n_hidden_columns);
  default: return false;
  }
}
static bool pass(struct arena *a, struct taking *t, const uint8_t *p, size_t n) {
  struct bytes_reader b;
  int sheets = 0;
  bytes_reader_init(&b, p, n);
  t->sheet = NULL;
  t->ended = false;
  while (bytes_left(&b))
    if (t->ended || !take_record(a, t, &b, &sheets) || b.failed) return false;
  return t->ended;
}
static bool make_room(struct arena *a, struct readable_file *f, struct err *problem) {
  int64_t total = 0;
  for (int i = 0; i < f->n_sheets; i++) {
    struct readable_sheet *s = &f->sheets[i];
    int64_t n = s->n_rows * s->n_columns;
    if (n > READABLE_SHEET_CELLS || (total += n) > READABLE_FILE_CELLS) {
      (void)ERR(problem, E_READABLE_LARGE, .file = f->name, .subject = s->name, .found = "a rectangle of more cells");
      return false;
    }
    s->cells = ARENA_ARRAY(a, struct readable_cell, n + 1);
    s->merged = ARENA_ARRAY(a, struct readable_area, s->n_merged + 1);
    s->objects = ARENA_ARRAY(a, struct readable_area, s->n_objects + 1);
    s->hidden_rows = ARENA_ARRAY(a, int32_t, s->n_hidden_rows + 1);
    s->hidden_columns = ARENA_ARRAY(a, int32_t, s->n_hidden_columns + 1);
    if (!s->cells || !s->merged || !s->objects || !s->hidden_rows || !s->hidden_columns) {
      (void)ERR(problem, E_NO_MEMORY, .subject = f->name);
      return false;
    }
    for (int64_t k = 0; k < n; k++) s->cells[k].text = STR("");
  }
  return true;
}
bool readable_take(struct arena *a, const char *name, const uint8_t *p, size_t n, struct readable_file *out, struct err *problem) {
  struct taking t = {.out = out, .problem = problem};
  problem->code = E_OK;
  out->name = name;
  out->n_sheets = 0;
  out->sheets = ARENA_ARRAY(a, struct readable_sheet, READABLE_SHEETS);
  if (!out->sheets || !pass(a, &t, p, n)) return false;
  if (problem->code || !make_room(a, out, problem)) return true;
  t.fill = true;
  return pass(a, &t, p, n);
}

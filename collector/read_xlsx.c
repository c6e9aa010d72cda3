/* read_xlsx.c -- a sheet of a workbook -> rows (read_source.h), streamed: what stands behind the rows (merged areas) is looked up in a first pass that
 * unpacks the sheet and parses it only when such areas are there. That pass also proves the sheet's checksum before the first row is handed out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/read_apart.h"
#include "collector/xlsx.h"

enum { MAX_CELLS = 4096, MAX_ROW_BYTES = 1 << 20, MAX_COLUMNS = 16384, MAX_ROWS = 1048576 };
static const uint64_t max_text = (uint64_t)8 << 30; /* short references to a long text grow without end */
enum { MAX_MERGED = 65536, MAX_ACTIVE = MAX_CELLS, FORGET = 16 << 20 };

struct area {
  int32_t top, bottom, left, right;
};
enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_BOOLEAN, TYPE_ERROR, TYPE_DATE, TYPE_INLINE };
struct sheet {
  const struct job *job;
  const struct source *source;
  struct workbook *w;
  struct sheet_report *report;
  source_row_fn fn;
  void *context;
  /* place */
  int depth;
  bool in_data, in_columns, in_value, row_hidden, data_seen;
  int64_t row, column, width;
  /* the cell */
  enum cell_type type;
  enum xlsx_format format;
  bool formula, has_value;
  struct rich_text rich;
  struct strbuf value;
  /* the row */
  struct source_cell cells[MAX_CELLS];
  size_t starts[MAX_CELLS];
  int64_t n_cells;
  struct strbuf text;
  uint8_t hidden_columns[MAX_COLUMNS / 8];
  int n_column_marks;
  uint64_t text_bytes; /* of all rows */
  /* merged areas by their first row; those that reach the present row */
  struct area *areas;
  int32_t *active;
  int n_areas, next_area, n_active;
  /* progress */
  const struct zip_entry *part;
  struct xml_reader *xml;
  uint64_t done, forgotten;
};

static enum err_code bad(const struct sheet *s, const char *found, struct err *e) {
  return ERR(e, E_SHEET_FORMAT, .file = s->source->name, .line = s->row, .column = s->column, .subject = s->source->name, .found = found);
}
static enum err_code too_much(const struct sheet *s, const char *found, struct err *e) {
  return ERR(e, E_SHEET_LIMIT, .file = s->source->name, .line = s->row, .column = s->column, .subject = s->source->name, .found = found);
}
static bool is_true(const char *text) { return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0); }
static bool int_attribute(const char **attributes, const char *name, int64_t *out) {
  const char *text = xml_attribute(attributes, name);
  return text && str_int64(str_of(text), out);
}

/* --- columns and merged areas --- */
static enum err_code take_column(struct sheet *s, const char **attributes, struct err *e) {
  int64_t from, to;
  if (!is_true(xml_attribute(attributes, "hidden"))) return E_OK;
  if (++s->n_column_marks > MAX_COLUMNS) return too_much(s, "more descriptions of columns than columns", e);
  if (!int_attribute(attributes, "min", &from) || !int_attribute(attributes, "max", &to) || from < 1 || to > MAX_COLUMNS || from > to)
    return bad(s, "columns without an order", e);
  for (int64_t c = from - 1; c < to; c++) {
    if (!(s->hidden_columns[c / 8] >> c % 8 & 1)) s->report->hidden_columns++;
    s->hidden_columns[c / 8] = (uint8_t)(s->hidden_columns[c / 8] | 1u << c % 8);
  }
  return E_OK;
}
static bool column_hidden(const struct sheet *s, int64_t c) { return s->hidden_columns[c / 8] >> c % 8 & 1; }

static enum err_code take_area(struct sheet *s, const char **attributes, struct err *e) {
  const char *ref = xml_attribute(attributes, "ref");
  struct str rest, first = str_split(str_of(ref), ':', &rest);
  int64_t top, left, bottom, right;
  if (!xlsx_cell_name(first, &top, &left) || !xlsx_cell_name(rest.n ? rest : first, &bottom, &right) || bottom < top || right < left)
    return bad(s, "a merged area without corners", e);
  if (s->n_areas == MAX_MERGED) return too_much(s, "more than 65,536 merged areas", e);
  s->areas[s->n_areas++] = (struct area){(int32_t)top, (int32_t)bottom, (int32_t)left, (int32_t)right};
  return E_OK;
}
static int by_top(const void *a, const void *b) {
  const struct area *x = a, *y = b;
  return x->top != y->top ? (x->top > y->top) - (x->top < y->top) : (x->left > y->left) - (x->left < y->left);
}
/* Which areas reach the row. */
static enum err_code areas_for_row(struct sheet *s, struct err *e) {
  int n = 0;
  int64_t width = 0;
  for (int i = 0; i < s->n_active; i++)
    if (s->areas[s->active[i]].bottom >= s->row) s->active[n++] = s->active[i];
  for (; s->next_area < s->n_areas && s->areas[s->next_area].top <= s->row; s->next_area++) {
    if (s->areas[s->next_area].bottom < s->row) continue;
    if (n == MAX_ACTIVE) return too_much(s, "more merged areas in a row than cells", e);
    s->active[n++] = s->next_area;
  }
  s->n_active = n;
  for (int i = 0; i < n; i++) width += s->areas[s->active[i]].right - s->areas[s->active[i]].left + 1;
  return width > MAX_COLUMNS ? too_much(s, "merged areas over each other", e) : E_OK;
}
static void mark_merged(struct sheet *s) {
  for (int i = 0; i < s->n_active; i++) {
    const struct area *a = &s->areas[s->active[i]];
    for (int64_t c = a->left; c <= a->right && c <= s->n_cells; c++) {
      if (a->top == s->row && c == a->left) continue;
      struct source_cell *cell = &s->cells[c - 1];
      if (cell->text.n && !(cell->flags & SOURCE_CELL_MERGED)) s->report->merged_values++;
      cell->flags |= SOURCE_CELL_MERGED;
    }
  }
}

/* --- rows --- */
static enum err_code add_cell(struct sheet *s, struct str text, unsigned flags, struct err *e) {
  if (s->column > MAX_CELLS) return too_much(s, "a row of more than 4,096 cells", e);
  for (; s->n_cells < s->column - 1; s->n_cells++) s->starts[s->n_cells] = s->text.n, s->cells[s->n_cells] = (struct source_cell){{"", 0}, 0};
  s->starts[s->n_cells] = s->text.n;
  strbuf_add(&s->text, text.p, text.n);
  if (s->text.failed) return too_much(s, "a row of more than 1 MiB", e);
  if (external_character(text)) flags |= SOURCE_CELL_EXTERNAL;
  s->cells[s->n_cells++] = (struct source_cell){{"", text.n}, flags};
  return E_OK;
}
static enum err_code end_row(struct sheet *s, struct err *e) {
  if (s->n_cells == 0) return E_OK;
  if (s->row_hidden && s->source->skip_hidden) {
    s->report->skipped_rows++;
    return E_OK;
  }
  if (s->n_cells > s->width) s->width = s->n_cells;
  for (; s->n_cells < s->width; s->n_cells++) s->starts[s->n_cells] = s->text.n, s->cells[s->n_cells] = (struct source_cell){{"", 0}, 0};
  const char *text = strbuf_cstr(&s->text);
  if (s->text.failed) return too_much(s, "a row of more than 1 MiB", e);
  if ((s->text_bytes += s->text.n) > max_text) return too_much(s, "more than 8 GiB of text", e);
  for (int64_t c = 0; c < s->n_cells; c++) {
    s->cells[c].text.p = text + s->starts[c];
    if (s->row_hidden || column_hidden(s, c)) s->cells[c].flags |= SOURCE_CELL_HIDDEN;
  }
  TRY(areas_for_row(s, e));
  mark_merged(s);
  const struct source_row row = {.cells = s->cells, .n_cells = s->n_cells, .line = s->row};
  return s->fn(s->context, &row, e);
}
static enum err_code start_row(struct sheet *s, const char **attributes, struct err *e) {
  int64_t row = s->row + 1;
  const char *text = xml_attribute(attributes, "r");
  if (text && !str_int64(str_of(text), &row)) return bad(s, "a row without number", e);
  if (row <= s->row || row > MAX_ROWS) return bad(s, "rows out of order", e);
  s->row = row;
  s->column = 0;
  s->n_cells = 0;
  strbuf_reset(&s->text);
  s->row_hidden = is_true(xml_attribute(attributes, "hidden"));
  if (s->row_hidden && s->report->hidden_rows++ == 0) s->report->hidden_line = row;
  return E_OK;
}

/* --- cells --- */
static enum err_code start_cell(struct sheet *s, const char **attributes, struct err *e) {
  static const struct {
    const char *name;
    enum cell_type type;
  } types[] = {{"n", TYPE_NUMBER}, {"s", TYPE_SHARED}, {"str", TYPE_TEXT}, {"b", TYPE_BOOLEAN},
               {"e", TYPE_ERROR}, {"d", TYPE_DATE}, {"inlineStr", TYPE_INLINE}};
  const char *name = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t");
  int64_t row = s->row, column = s->column + 1, style = 0;
  if (name && !xlsx_cell_name(str_of(name), &row, &column)) return bad(s, "a cell without place", e);
  if (row != s->row || column <= s->column || column > MAX_COLUMNS) return bad(s, "cells out of order", e);
  s->column = column;
  s->type = TYPE_NUMBER;
  size_t i = 0;
  for (; type && i < sizeof types / sizeof *types; i++)
    if (strcmp(type, types[i].name) == 0) break;
  if (type && i == sizeof types / sizeof *types) return bad(s, "a cell of unknown type", e);
  if (type) s->type = types[i].type;
  if (xml_attribute(attributes, "s") && (!int_attribute(attributes, "s", &style) || style < 0)) return bad(s, "a cell without style", e);
  s->format = (uint64_t)style < s->w->styles.n ? (enum xlsx_format)s->w->styles.formats[style] : XLSX_NUMBER;
  s->formula = s->has_value = false;
  s->rich = (struct rich_text){0};
  strbuf_reset(&s->value);
  return E_OK;
}
static enum err_code put_number(struct sheet *s, struct str raw, struct err *e) {
  char digits[XLSX_VALUE_BYTES], date[XLSX_VALUE_BYTES];
  bool rewritten;
  size_t n = xlsx_number(str_trim(raw), digits, &rewritten);
  if (n == 0 && !rewritten) return bad(s, "a number that is none", e);
  if (n == 0) return add_cell(s, str_trim(raw), SOURCE_CELL_NUMBER, e); /* too long to be written out: as it stands */
  if (s->format != XLSX_NUMBER) {
    size_t length = xlsx_serial(str_view(digits, n), s->format, s->w->date1904, date);
    if (length == 0) s->report->errors++;
    else s->report->serials++;
    if (length == 0) return add_cell(s, str_view(digits, n), SOURCE_CELL_NUMBER | SOURCE_CELL_ERROR, e);
    return add_cell(s, str_view(date, length), SOURCE_CELL_DATE | SOURCE_CELL_SERIAL, e);
  }
  if (rewritten && s->report->rewritten++ == 0) s->report->rewritten_line = s->row;
  return add_cell(s, str_view(digits, n), SOURCE_CELL_NUMBER | (rewritten ? SOURCE_CELL_REWRITTEN : 0), e);
}
/* 2025-04-01T00:00:00 is the day; 2025-04-01T09:30:00 has a space for its T, as day numbers have. */
static enum err_code put_iso(struct sheet *s, struct str text, struct err *e) {
  char out[32];
  if (text.n < 12 || text.n > sizeof out || text.p[10] != 'T') return add_cell(s, text, SOURCE_CELL_DATE, e);
  memcpy(out, text.p, text.n);
  out[10] = ' ';
  bool midnight = str_starts(str_view(text.p + 11, text.n - 11), STR("00:00:00"));
  return add_cell(s, str_view(out, midnight ? 10 : text.n), SOURCE_CELL_DATE, e);
}
static enum err_code put_text(struct sheet *s, struct err *e) {
  if (s->value.n) s->value.n = xlsx_unescape(s->value.p, s->value.n);
  return s->value.n ? add_cell(s, str_view(s->value.p, s->value.n), SOURCE_CELL_TEXT, e) : E_OK;
}
static enum err_code end_cell(struct sheet *s, struct err *e) {
  struct str raw = str_view(s->value.n ? s->value.p : "", s->value.n), text;
  if (s->value.failed) return too_much(s, "a cell of more than 1 MiB", e);
  if (!s->has_value) {
    if (!s->formula) return E_OK;
    s->report->formulas++;
    return add_cell(s, STR(""), SOURCE_CELL_FORMULA, e);
  }
  if (raw.n == 0) return E_OK; /* a value without a character is a blank */
  switch (s->type) {
  case TYPE_NUMBER: return put_number(s, raw, e);
  case TYPE_SHARED:
    if (!xlsx_string(&s->w->strings, str_trim(raw), &text)) return bad(s, "a shared string that is not there", e);
    return text.n ? add_cell(s, text, SOURCE_CELL_TEXT, e) : E_OK;
  case TYPE_BOOLEAN: return add_cell(s, str_eq(str_trim(raw), STR("1")) || str_eq(str_trim(raw), STR("true")) ? STR("TRUE") : STR("FALSE"), SOURCE_CELL_BOOLEAN, e);
  case TYPE_ERROR: s->report->errors++; return add_cell(s, raw, SOURCE_CELL_ERROR, e);
  case TYPE_DATE: return put_iso(s, str_trim(raw), e);
  case TYPE_TEXT: case TYPE_INLINE: break;
  }
  return put_text(s, e);
}

/* --- events: worksheet(1) sheetData(2) row(3) c(4) v, f, is(5) --- */
static enum err_code start_part_of_cell(struct sheet *s, const char *name) {
  if (s->depth == 5) {
    s->in_value = xml_is(name, "v") && s->type != TYPE_INLINE;
    s->formula |= xml_is(name, "f");
    s->has_value |= s->in_value || xml_is(name, "is");
    return E_OK;
  }
  if (s->type == TYPE_INLINE) rich_start(&s->rich, name);
  return E_OK;
}
static enum err_code on_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct sheet *s = context;
  s->depth++;
  if (s->depth == 1) return xml_is(name, "worksheet") ? E_OK : bad(s, "a sheet that is none", e);
  if (s->depth == 2) {
    bool data = xml_is(name, "sheetData");
    if (data && s->data_seen) return bad(s, "two tables in one sheet", e);
    s->data_seen |= data;
    s->in_data = data;
    s->in_columns = xml_is(name, "cols");
    return E_OK;
  }
  if (s->depth == 3 && s->in_columns && xml_is(name, "col")) return take_column(s, attributes, e);
  if (!s->in_data) return E_OK;
  if (s->depth == 3) return xml_is(name, "row") ? start_row(s, attributes, e) : bad(s, "something between its rows", e);
  if (s->depth == 4) return xml_is(name, "c") ? start_cell(s, attributes, e) : E_OK;
  return start_part_of_cell(s, name);
}
static enum err_code on_end(void *context, const char *name, struct err *e) {
  struct sheet *s = context;
  enum err_code code = E_OK;
  if (s->in_data && s->depth == 3) code = end_row(s, e);
  else if (s->in_data && s->depth == 4 && xml_is(name, "c")) code = end_cell(s, e);
  else if (s->in_data && s->depth == 5) s->in_value = false;
  else if (s->in_data && s->depth > 5) rich_end(&s->rich, name);
  s->depth--;
  return code;
}
static enum err_code on_text(void *context, const char *p, size_t n, struct err *e) {
  struct sheet *s = context;
  (void)e;
  if (s->in_data && s->depth >= 5 && (s->in_value || rich_takes(&s->rich))) strbuf_add(&s->value, p, n);
  return E_OK;
}

/* --- the first pass --- */
static enum err_code on_piece(void *context, const char *p, size_t n, struct err *e) {
  struct sheet *s = context;
  if (job_cancelled(s->job)) return ERR(e, E_INTAKE_CANCELLED, .file = s->source->name, .subject = s->source->name);
  s->done += n;
  job_progress(s->job, s->source->name, (int64_t)s->done, (int64_t)s->part->size);
  if (s->done - s->forgotten >= FORGET) source_forget(s->source, s->source->n), s->forgotten = s->done;
  return s->xml ? xml_reader_feed(s->xml, p, n, e) : E_OK;
}
struct search {
  struct sheet *s;
  const char *word;
  size_t length, kept;
  char joint[64]; /* end of the last piece and beginning of this one */
  bool found, stop;
};
static enum err_code look(void *context, const char *p, size_t n, struct err *e) {
  struct search *f = context;
  size_t head = n < f->length ? n : f->length;
  TRY(on_piece(f->s, p, n, e));
  memcpy(f->joint + f->kept, p, head);
  f->found = f->found || memmem(f->joint, f->kept + head, f->word, f->length) || memmem(p, n, f->word, f->length);
  size_t total = f->kept + head, keep = f->length - 1 < total ? f->length - 1 : total;
  if (n >= f->length) memcpy(f->joint, p + n - keep, keep);
  else memmove(f->joint, f->joint + total - keep, keep);
  f->kept = keep;
  return f->found && f->stop ? E_SHEET_OTHERS : E_OK;
}
static enum err_code search_part(struct sheet *s, const struct zip_entry *part, const char *word, bool stop, bool *found, struct err *e) {
  struct search f = {.s = s, .word = word, .length = strlen(word), .stop = stop};
  s->part = part;
  s->done = s->forgotten = 0;
  enum err_code code = zip_member_read(s->source->name, &s->w->zip, part, look, &f, e);
  *found = f.found;
  return code == E_SHEET_OTHERS ? E_OK : code;
}
static enum err_code area_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct sheet *s = context;
  return ++s->depth == 3 && xml_is(name, "mergeCell") ? take_area(s, attributes, e) : E_OK;
}
static enum err_code area_end(void *context, const char *name, struct err *e) {
  (void)name, (void)e;
  ((struct sheet *)context)->depth--;
  return E_OK;
}
static enum err_code parse_sheet(struct sheet *s, const struct xml_handlers *handlers, struct err *e) {
  s->done = s->forgotten = 0;
  s->depth = 0;
  TRY(xml_reader_new(s->source->name, s->part->name, handlers, s, &s->xml, e));
  enum err_code code = zip_member_read(s->source->name, &s->w->zip, s->part, on_piece, s, e);
  if (!code) code = xml_reader_end(s->xml, e);
  xml_reader_free(s->xml);
  s->xml = NULL;
  return code;
}
static enum err_code find_areas(struct sheet *s, struct arena *a, struct err *e) {
  static const struct xml_handlers handlers = {area_start, area_end, NULL};
  bool found;
  TRY(search_part(s, s->w->sheets[s->w->chosen].part, "mergeCell", false, &found, e));
  if (!found) return E_OK;
  s->areas = arena_alloc(a, MAX_MERGED * sizeof *s->areas, sizeof *s->areas);
  s->active = ARENA_ARRAY(a, int32_t, MAX_ACTIVE);
  if (!s->areas || !s->active) return ERR(e, E_NO_MEMORY, .subject = s->source->name);
  TRY(parse_sheet(s, &handlers, e));
  qsort(s->areas, (size_t)s->n_areas, sizeof *s->areas, by_top);
  s->report->merged = s->n_areas;
  s->report->merged_line = s->n_areas ? s->areas[0].top : 0;
  return E_OK;
}

/* --- all of it --- */
static enum err_code count_others(struct sheet *s, struct err *e) {
  const struct workbook *w = s->w;
  for (int i = 0; i < w->n_sheets; i++) {
    bool found = false;
    if (w->sheets[i].hidden) s->report->hidden_sheets++;
    if (i == w->chosen || w->sheets[i].hidden) continue;
    TRY(search_part(s, w->sheets[i].part, "v>", true, &found, e)); /* </v>, </is>, whatever their prefix: some cell holds a value */
    if (!found) TRY(search_part(s, w->sheets[i].part, "is>", true, &found, e));
    s->report->other_sheets += found;
  }
  s->part = w->sheets[w->chosen].part;
  return E_OK;
}
static enum err_code read_all(struct sheet *s, struct arena *a, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, on_text};
  struct sheet_report *r = s->report;
  *r = (struct sheet_report){.sheet = r->sheet, .n_sheets = s->w->n_sheets, .date1904 = s->w->date1904};
  TRY(xlsx_styles_read(s->w, a, e));
  TRY(xlsx_strings_read(s->w, a, e));
  TRY(count_others(s, e));
  TRY(find_areas(s, a, e));
  return parse_sheet(s, &handlers, e);
}
static enum err_code read_xlsx(const struct job *job, const struct source *source, source_row_fn fn, void *context, struct err *e) {
  if (source->apart != SOURCE_HERE) return apart_read(job, source, fn, context, e);
  struct arena *a = arena_new(0);
  struct sheet *s = a ? ARENA_NEW(a, struct sheet) : NULL;
  enum err_code code;
  if (!s) {
    arena_free(a);
    return ERR(e, E_NO_MEMORY, .subject = source->name);
  }
  s->job = job, s->source = source, s->fn = fn, s->context = context;
  s->w = source->workbook;
  s->report = source->sheet_report;
  strbuf_init(&s->value, MAX_ROW_BYTES);
  strbuf_init(&s->text, MAX_ROW_BYTES);
  code = read_all(s, a, e);
  strbuf_release(&s->value);
  strbuf_release(&s->text);
  arena_free(a);
  source_forget(source, source->n);
  return code;
}

const struct source_reader source_reader_xlsx = {"xlsx", false, read_xlsx};

/* readable_xlsx.c -- every sheet of a workbook with what the rules ask about: values, formulas, styles, merged areas, hidden rows and columns,
 *          objects.
 * Runs in the worker. Objects are pictures, shapes, charts (their anchors), comments (their cells), embedded files and controls (place not known).
 * Source   ISO/IEC 29500-1, 18.3 worksheets, 18.7 comments, 20.5 spreadsheet drawings. */
#include <stdlib.h>
#include <string.h>

#include "collector/readable/readable_impl.h"

enum { MAX_AREAS = 65536, MAX_CELLS = 12000000, MAX_ROWS = 1048576, MAX_COLUMNS = 16384 };
enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_BOOLEAN, TYPE_ERROR, TYPE_DATE, TYPE_INLINE };

struct reading {
  struct workbook *w;
  struct strbuf *out;
  const struct readable_styles *styles;
  int depth;
  bool in_data, in_columns, in_merged, in_value, formula, has_value;
  int64_t row, column, n_cells, n_areas;
  enum cell_type type;
  enum xlsx_format format;
  uint8_t flags;
  struct rich_text rich;
  struct strbuf value;
  uint8_t hidden[MAX_COLUMNS / 8];
};
static enum err_code bad(const struct reading *r, const char *found, struct err *e) {
  return ERR(e, E_SHEET_FORMAT, .file = r->w->source->name, .line = r->row, .column = r->column, .subject = r->w->source->name, .found = found);
}
static enum err_code too_much(const struct reading *r, const char *found, struct err *e) {
  return ERR(e, E_SHEET_LIMIT, .file = r->w->source->name, .line = r->row, .column = r->column, .subject = r->w->source->name, .found = found);
}
static bool is_true(const char *text) { return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0); }
static bool int_attribute(const char **attributes, const char *name, int64_t *out) {
  const char *text = xml_attribute(attributes, name);
  return text && str_int64(str_of(text), out);
}

/* --- columns, rows, areas --- */
static enum err_code take_column(struct reading *r, const char **attributes, struct err *e) {
  int64_t from, to;
  const char *width = xml_attribute(attributes, "width");
  if (!is_true(xml_attribute(attributes, "hidden")) && !(width && strcmp(width, "0") == 0)) return E_OK;
  if (!int_attribute(attributes, "min", &from) || !int_attribute(attributes, "max", &to) || from < 1 || to > MAX_COLUMNS || from > to)
    return bad(r, "columns without an order", e);
  for (int64_t c = from; c <= to; c++) {
    if (r->hidden[(c - 1) / 8] >> (c - 1) % 8 & 1) continue;
    r->hidden[(c - 1) / 8] = (uint8_t)(r->hidden[(c - 1) / 8] | 1u << (c - 1) % 8);
    readable_put_hidden(r->out, false, c);
  }
  return E_OK;
}
static enum err_code take_row(struct reading *r, const char **attributes, struct err *e) {
  int64_t row = r->row + 1;
  const char *text = xml_attribute(attributes, "r"), *height = xml_attribute(attributes, "ht");
  if (text && !str_int64(str_of(text), &row)) return bad(r, "a row without number", e);
  if (row <= r->row || row > MAX_ROWS) return bad(r, "rows out of order", e);
  r->row = row;
  r->column = 0;
  if (is_true(xml_attribute(attributes, "hidden")) || (height && strcmp(height, "0") == 0)) readable_put_hidden(r->out, true, row);
  return E_OK;
}
static bool area_of(const char *ref, struct readable_area *out) {
  struct str rest, first = str_split(str_of(ref), ':', &rest);
  int64_t top, left, bottom, right;
  if (!xlsx_cell_name(first, &top, &left) || !xlsx_cell_name(rest.n ? rest : first, &bottom, &right) || bottom < top || right < left) return false;
  *out = (struct readable_area){(int32_t)top, (int32_t)left, (int32_t)bottom, (int32_t)right};
  return true;
}
static enum err_code take_merged(struct reading *r, const char **attributes, struct err *e) {
  struct readable_area area;
  if (!area_of(xml_attribute(attributes, "ref"), &area)) return bad(r, "a merged area without corners", e);
  if (++r->n_areas > MAX_AREAS) return too_much(r, "more than 65,536 merged areas", e);
  readable_put_merged(r->out, &area);
  return E_OK;
}

/* --- cells --- */
static enum err_code start_cell(struct reading *r, const char **attributes, struct err *e) {
  static const char *const types[] = {"n", "s", "str", "b", "e", "d", "inlineStr"};
  const char *name = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t");
  int64_t row = r->row, column = r->column + 1, style = 0;
  if (name && !xlsx_cell_name(str_of(name), &row, &column)) return bad(r, "a cell without place", e);
  if (row != r->row || column <= r->column || column > MAX_COLUMNS) return bad(r, "cells out of order", e);
  r->column = column;
  r->type = TYPE_NUMBER;
  for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
    if (strcmp(type, types[i]) == 0) r->type = (enum cell_type)i;
  if (xml_attribute(attributes, "s") && (!int_attribute(attributes, "s", &style) || style < 0)) return bad(r, "a cell without style", e);
  r->format = (uint64_t)style < r->w->styles.n ? (enum xlsx_format)r->w->styles.formats[style] : XLSX_NUMBER;
  r->flags = (uint64_t)style < r->styles->n ? r->styles->flags[style] : 0;
  r->formula = r->has_value = false;
  r->rich = (struct rich_text){0};
  strbuf_reset(&r->value);
  return E_OK;
}
static void put(struct reading *r, struct str text, enum readable_kind kind) {
  struct readable_cell cell = {text, (uint8_t)kind, (uint8_t)(r->flags | (r->formula ? CELL_FORMULA : 0))};
  if (text.n == 0 && !r->formula) return;
  r->n_cells++;
  readable_put_cell(r->out, r->row, r->column, &cell);
}
static enum err_code put_number(struct reading *r, struct str raw, struct err *e) {
  char digits[XLSX_VALUE_BYTES], date[XLSX_VALUE_BYTES];
  bool rewritten;
  size_t n = xlsx_number(str_trim(raw), digits, &rewritten), length = 0;
  if (n == 0 && !rewritten) return bad(r, "a number that is none", e);
  if (n && r->format != XLSX_NUMBER) length = xlsx_serial(str_view(digits, n), r->format, r->w->date1904, date);
  if (length) put(r, str_view(date, length), CELL_DATE);
  else put(r, n ? str_view(digits, n) : str_trim(raw), CELL_NUMBER);
  return E_OK;
}
static enum err_code end_cell(struct reading *r, struct err *e) {
  struct str raw = str_view(r->value.n ? r->value.p : "", r->value.n), text;
  if (r->value.failed) return too_much(r, "a cell of more than 1 MiB", e);
  if (r->n_cells > MAX_CELLS) return too_much(r, "more than 12,000,000 filled cells", e);
  if (!r->has_value || raw.n == 0) {
    put(r, STR(""), CELL_BLANK);
    return E_OK;
  }
  switch (r->type) {
  case TYPE_NUMBER: return put_number(r, raw, e);
  case TYPE_SHARED:
    if (!xlsx_string(&r->w->strings, str_trim(raw), &text)) return bad(r, "a shared string that is not there", e);
    put(r, text, CELL_TEXT);
    return E_OK;
  case TYPE_BOOLEAN: case TYPE_ERROR: put(r, raw, CELL_OTHER); return E_OK;
  case TYPE_DATE: put(r, raw, CELL_DATE); return E_OK;
  case TYPE_TEXT: case TYPE_INLINE: break;
  }
  put(r, str_view(r->value.p, xlsx_unescape(r->value.p, r->value.n)), CELL_TEXT);
  return E_OK;
}

/* --- events: worksheet(1) sheetData(2) row(3) c(4) v, f, is(5) --- */
static enum err_code on_data(struct reading *r, const char *name, const char **attributes, struct err *e) {
  if (r->depth == 3) return xml_is(name, "row") ? take_row(r, attributes, e) : bad(r, "something between its rows", e);
  if (r->depth == 4) return xml_is(name, "c") ? start_cell(r, attributes, e) : E_OK;
  if (r->depth == 5) {
    r->in_value = xml_is(name, "v") && r->type != TYPE_INLINE;
    r->formula = r->formula || xml_is(name, "f");
    r->has_value = r->has_value || r->in_value || xml_is(name, "is");
  } else if (r->type == TYPE_INLINE) {
    rich_start(&r->rich, name);
  }
  return E_OK;
}
static enum err_code on_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct reading *r = context;
  r->depth++;
  if (r->depth == 1) return xml_is(name, "worksheet") ? E_OK : bad(r, "a sheet that is none", e);
  if (r->depth == 2) {
    r->in_data = xml_is(name, "sheetData");
    r->in_columns = xml_is(name, "cols");
    r->in_merged = xml_is(name, "mergeCells");
    return E_OK;
  }
  if (r->in_data) return on_data(r, name, attributes, e);
  if (r->depth == 3 && r->in_columns && xml_is(name, "col")) return take_column(r, attributes, e);
  return r->depth == 3 && r->in_merged && xml_is(name, "mergeCell") ? take_merged(r, attributes, e) : E_OK;
}
static enum err_code on_end(void *context, const char *name, struct err *e) {
  struct reading *r = context;
  enum err_code code = E_OK;
  if (r->in_data && r->depth == 4 && xml_is(name, "c")) code = end_cell(r, e);
  else if (r->in_data && r->depth == 5) r->in_value = false;
  else if (r->in_data && r->depth > 5) rich_end(&r->rich, name);
  r->depth--;
  return code ? code : r->out->failed ? too_much(r, "more than 512 MiB", e) : E_OK;
}
static enum err_code on_text(void *context, const char *p, size_t n, struct err *e) {
  struct reading *r = context;
  (void)e;
  if (r->in_data && r->depth >= 5 && (r->in_value || rich_takes(&r->rich))) strbuf_add(&r->value, p, n);
  return E_OK;
}

/* --- objects: xdr:wsDr(1) anchor(2) from(3) col, row(4); comments(1) commentList(2) comment(3) --- */
struct objects {
  struct reading *r;
  int depth;
  bool in_from, in_column, in_row, anchored;
  int64_t column, row;
};
static void put_object(struct reading *r, int64_t row, int64_t column) {
  if (row < 0 || row > MAX_ROWS || column < 0 || column > MAX_COLUMNS || ++r->n_areas > MAX_AREAS) row = column = 0;
  const struct readable_area area = {(int32_t)row, (int32_t)column, (int32_t)row, (int32_t)column};
  readable_put_object(r->out, &area);
}
static enum err_code object_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct objects *o = context;
  const char *ref = xml_attribute(attributes, "ref");
  struct readable_area area;
  (void)e;
  o->depth++;
  if (o->depth == 2) o->column = o->row = -1;
  o->anchored = o->anchored || (o->depth == 2 && strstr(xml_local(name), "Anchor"));
  if (o->depth == 3) o->in_from = xml_is(name, "from");
  if (o->depth == 3 && xml_is(name, "comment") && ref && area_of(ref, &area)) put_object(o->r, area.top, area.left);
  o->in_column = o->in_from && o->depth == 4 && xml_is(name, "col");
  o->in_row = o->in_from && o->depth == 4 && xml_is(name, "row");
  return E_OK;
}
static enum err_code object_end(void *context, const char *name, struct err *e) {
  struct objects *o = context;
  (void)e;
  if (o->depth == 2 && strstr(xml_local(name), "Anchor")) put_object(o->r, o->row + 1, o->column + 1);
  o->in_column = o->in_row = false;
  o->depth--;
  return E_OK;
}
static enum err_code object_text(void *context, const char *p, size_t n, struct err *e) {
  struct objects *o = context;
  int64_t *to = o->in_column ? &o->column : o->in_row ? &o->row : NULL;
  (void)e;
  for (size_t i = 0; to && i < n; i++)
    if (p[i] >= '0' && p[i] <= '9' && *to < MAX_ROWS * 10) *to = (*to < 0 ? 0 : *to) * 10 + (p[i] - '0');
  return E_OK;
}
static enum err_code on_related(void *context, const char *kind, const struct zip_entry *part, struct err *e) {
  static const struct xml_handlers handlers = {object_start, object_end, object_text};
  static const char *const embedded[] = {"oleObject", "package", "control", "image"};
  struct reading *r = context;
  struct objects o = {.r = r, .column = -1, .row = -1};
  if (part && (strcmp(kind, "drawing") == 0 || strcmp(kind, "comments") == 0)) return workbook_part(r->w, part, &handlers, &o, e);
  for (size_t i = 0; i < sizeof embedded / sizeof *embedded; i++)
    if (strcmp(kind, embedded[i]) == 0) put_object(r, 0, 0);
  return E_OK;
}

static enum err_code read_sheet(struct reading *r, const struct xlsx_sheet *s, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, on_text};
  r->depth = 0;
  r->row = r->column = r->n_areas = 0;
  memset(r->hidden, 0, sizeof r->hidden);
  readable_put_sheet(r->out, s->name, s->hidden);
  TRY(workbook_part(r->w, s->part, &handlers, r, e));
  return workbook_related(r->w, s->part, on_related, r, e);
}
enum err_code readable_workbook(struct workbook *w, struct arena *a, struct strbuf *out, struct err *e) {
  struct readable_styles styles;
  struct reading *r = ARENA_NEW(a, struct reading);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = w->source->name);
  *r = (struct reading){.w = w, .out = out, .styles = &styles};
  if (w->n_sheets > READABLE_SHEETS) return ERR(e, E_READABLE_LARGE, .file = w->source->name, .subject = w->source->name,
      .found = "more than 64 sheets");
  TRY(xlsx_styles_read(w, a, e));
  TRY(xlsx_strings_read(w, a, e));
  TRY(readable_styles_read(w, a, &styles, e));
  strbuf_init(&r->value, 1 << 20);
  enum err_code code = E_OK;
  for (int i = 0; !code && i < w->n_sheets; i++) code = read_sheet(r, &w->sheets[i], e);
  strbuf_release(&r->value);
  return code;
}

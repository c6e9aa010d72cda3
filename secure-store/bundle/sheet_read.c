/* sheet_read.c -- reads back what sheet_write.c packs, and refuses everything else: the door looks at the bytes that leave, not at what was
 * meant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_archive_zip.h"
#include "base/ext_expat.h"
#include "secure-store/bundle/sheet_grid.h"

enum { MEMBERS = 5 + GRID_SHEETS };
static const char *const members[MEMBERS] = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/worksheets/sheet4.xml"};

struct reading {
  struct arena *a;
  const char *file;
  struct sheet_grid *g;
  struct xml_reader *xml;
  const char *const *allowed; /* elements */
  int64_t row, capacity;
  int column;
  bool in_value, number;
  struct strbuf text;
  int n_sheets;
};
static enum err_code bad(const struct reading *r, const char *found, struct err *e) {
  return ERR(e, E_PART_XLSX, .file = r->file, .line = r->row, .subject = r->file, .found = found);
}

/* --- elements --- */
static bool is_allowed(const struct reading *r, const char *name) {
  for (const char *const *p = r->allowed; *p; p++)
    if (!strcmp(*p, name)) return true;
  return false;
}
static enum err_code grow(struct reading *r, struct err *e) {
  struct sheet_grid *g = r->g;
  if (g->n_rows < r->capacity) return E_OK;
  const int64_t capacity = r->capacity ? 2 * r->capacity : 64;
  struct grid_cell *cells = ARENA_ARRAY(r->a, struct grid_cell, capacity * GRID_MOST_COLUMNS);
  if (!cells) return ERR(e, E_NO_MEMORY, .subject = r->file);
  if (g->n_rows) memcpy(cells, g->cells, (size_t)(g->n_rows * GRID_MOST_COLUMNS) * sizeof *cells);
  g->cells = cells;
  r->capacity = capacity;
  return E_OK;
}
static enum err_code start_row(struct reading *r, const char **attributes, struct err *e) {
  const char *at = xml_attribute(attributes, "r");
  if (attributes[0] && attributes[2]) return bad(r, "a row with more than its number", e);
  if (r->g->n_rows >= GRID_MOST_ROWS) return bad(r, "too many rows", e);
  TRY(grow(r, e));
  r->row = ++r->g->n_rows;
  return at && strtoll(at, NULL, 10) == r->row ? E_OK : bad(r, "a row out of its place", e);
}
static enum err_code start_cell(struct reading *r, const char **attributes, struct err *e) {
  const char *at = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t");
  int column = 0, n = 0;
  for (; at && at[n] >= 'A' && at[n] <= 'Z' && n < 3; n++) column = 26 * column + at[n] - 'A' + 1;
  if (!at || !column || column > GRID_MOST_COLUMNS || strtoll(at + n, NULL, 10) != r->row) return bad(r, "a cell out of its place", e);
  for (const char **x = attributes; *x; x += 2)
    if (strcmp(*x, "r") && strcmp(*x, "s") && strcmp(*x, "t")) return bad(r, "a cell with another attribute", e);
  if (type && strcmp(type, "inlineStr")) return bad(r, "a cell that is neither a number nor a text", e);
  r->column = column - 1;
  r->number = !type;
  if (column > r->g->n_columns) r->g->n_columns = column;
  return E_OK;
}
/* The four sheets in their order, none of them hidden. */
static enum err_code start_sheet(struct reading *r, const char **attributes, struct err *e) {
  static const char *const names[GRID_SHEETS] = {"data", "columns", "codes", "about"};
  const char *name = xml_attribute(attributes, "name");
  if (r->n_sheets >= GRID_SHEETS || !name || strcmp(name, names[r->n_sheets++])) return bad(r, "other sheets", e);
  return xml_attribute(attributes, "state") ? bad(r, "a hidden sheet", e) : E_OK;
}
static enum err_code on_start(void *context, const char *full, const char **attributes, struct err *e) {
  struct reading *r = context;
  const char *name = xml_local(full);
  if (!is_allowed(r, name)) return bad(r, name, e);
  if (!strcmp(name, "sheet")) return start_sheet(r, attributes, e);
  if (!r->g) return E_OK;
  if (!strcmp(name, "row")) return start_row(r, attributes, e);
  if (!strcmp(name, "c")) return start_cell(r, attributes, e);
  if (!strcmp(name, "v") || !strcmp(name, "t")) {
    if (!r->row || r->number != (name[0] == 'v')) return bad(r, "a value of another kind than its cell", e);
    r->in_value = true;
    strbuf_reset(&r->text);
  }
  return E_OK;
}
static enum err_code on_end(void *context, const char *full, struct err *e) {
  struct reading *r = context;
  const char *name = xml_local(full);
  if (!r->g || !r->in_value || (strcmp(name, "v") && strcmp(name, "t"))) return E_OK;
  struct grid_cell *c = &r->g->cells[(r->row - 1) * GRID_MOST_COLUMNS + r->column];
  const char *copy = r->text.failed ? NULL : arena_strdup(r->a, r->text.p ? r->text.p : "", r->text.n);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = r->file);
  if (c->text.n) return bad(r, "a cell with two values", e);
  *c = (struct grid_cell){str_view(copy, r->text.n), r->number};
  r->in_value = false;
  return E_OK;
}
/* Text outside the values of cells is read by nobody, so it could carry anything. */
static enum err_code on_text(void *context, const char *p, size_t n, struct err *e) {
  struct reading *r = context;
  if (r->in_value) {
    strbuf_add(&r->text, p, n);
    return E_OK;
  }
  for (size_t i = 0; i < n; i++)
    if (p[i] != ' ' && p[i] != '\n' && p[i] != '\r' && p[i] != '\t') return bad(r, "text outside the cells", e);
  return E_OK;
}

static enum err_code feed(void *context, const char *p, size_t n, struct err *e) {
  struct reading *r = context;
  return xml_reader_feed(r->xml, p, n, e);
}

/* --- parts --- */
static enum err_code read_xml(struct reading *r, const struct zip_directory *d, const struct zip_entry *m, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, on_text};
  TRY(xml_reader_new(r->file, m->name, &handlers, r, &r->xml, e));
  enum err_code code = zip_member_read(r->file, d, m, feed, r, e);
  if (!code) code = xml_reader_end(r->xml, e);
  xml_reader_free(r->xml);
  return code;
}

/* Rows were kept with room for every column: now as wide as they are. */
static enum err_code pack(struct reading *r, struct err *e) {
  struct sheet_grid *g = r->g;
  struct grid_cell *cells = ARENA_ARRAY(r->a, struct grid_cell, g->n_rows * g->n_columns + 1);
  if (!cells) return ERR(e, E_NO_MEMORY, .subject = r->file);
  for (int64_t i = 0; i < g->n_rows; i++)
    if (g->n_columns) memcpy(cells + i * g->n_columns, g->cells + i * GRID_MOST_COLUMNS, (size_t)g->n_columns * sizeof *cells);
  g->cells = cells;
  return E_OK;
}

static const char *const *elements_of(int member) {
  static const char *const types[] = {"Types", "Default", "Override", NULL}, *const relations[] = {"Relationships", "Relationship", NULL};
  static const char *const book[] = {"workbook", "sheets", "sheet", NULL};
  static const char *const style[] = {"styleSheet", "numFmts", "numFmt", "fonts", "font", "sz", "name", "fills", "fill", "patternFill", "borders",
      "border", "cellStyleXfs", "cellXfs", "xf", NULL};
  static const char *const sheet[] = {"worksheet", "dimension", "sheetData", "row", "c", "v", "is", "t", NULL};
  switch (member) {
  case 0: return types;
  case 1:
  case 3: return relations;
  case 2: return book;
  case 4: return style;
  default: return sheet;
  }
}

enum err_code sheet_read(struct arena *a, const char *file, struct str xlsx, struct sheet_grid out[GRID_SHEETS], struct err *e) {
  static const char *const names[GRID_SHEETS] = {"data", "columns", "codes", "about"};
  static const struct zip_caps caps = {64, UINT64_C(1) << 30, UINT64_C(1) << 31, 1032};
  struct reading r = {.a = a, .file = file};
  struct zip_directory d;
  TRY(zip_directory_read(a, file, xlsx.p, xlsx.n, &caps, &d, e));
  if (d.n_entries != MEMBERS) return bad(&r, "other parts than a plain workbook has", e);
  strbuf_init(&r.text, 1 << 20);
  enum err_code code = E_OK;
  for (int i = 0; i < MEMBERS && !code; i++) {
    const struct zip_entry *m = zip_find(&d, members[i]);
    r.g = i < 5 ? NULL : &out[i - 5];
    r.row = r.capacity = 0;
    r.allowed = elements_of(i);
    if (r.g) *r.g = (struct sheet_grid){.name = names[i - 5]};
    code = m ? read_xml(&r, &d, m, e) : bad(&r, members[i], e);
    if (!code && r.g) code = pack(&r, e);
  }
  strbuf_release(&r.text);
  return code;
}

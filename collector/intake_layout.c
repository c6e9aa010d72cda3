/* intake_layout.c -- from the layout to readers by cell: what can be settled before the first row, and what follows once the columns are found. */
#include <stdio.h>
#include <string.h>

#include "collector/intake_impl.h"

struct item_reader *reader_of(struct intake_run *run, const struct item *item) {
  for (int i = 0; i < run->n_readers; i++)
    if (run->readers[i].item == item) return &run->readers[i];
  return NULL;
}

/* --- the layout --- */

/* By name; else the first csv layout, else the first. */
static const struct layout *named_layout(const struct form *f, const char *name) {
  if (name) return form_layout(f, name);
  for (int i = 0; i < f->n_layouts; i++)
    if (strcmp(f->layouts[i].kind, "csv") == 0) return &f->layouts[i];
  return f->n_layouts ? &f->layouts[0] : NULL;
}

/* The record type that holds all items: that of the first item, else one that carries it as a key. NULL = none. */
static const char *record_of_layout(const struct form *f, const struct layout *l) {
  for (int t = -1; t < f->n_records; t++) {
    const char *record = t < 0 ? l->items[0]->record : f->records[t].name;
    bool all = true;
    for (int i = 0; i < l->n_items; i++) all = all && form_holds(f, record, l->items[i]);
    if (all) return record;
  }
  return NULL;
}

static enum err_code choose_layout(struct intake_run *run, struct err *e) {
  const char *name = run->options->layout;
  if (run->options->layout_file) {
    struct layout *own;
    TRY(layout_read_file(run->arena, run->job, run->form, run->options->layout_file, &own, e));
    run->layout = own;
  } else {
    run->layout = named_layout(run->form, name);
  }
  if (!run->layout || run->layout->n_items == 0) return ERR(e, E_HEADER_LAYOUT, .file = run->form->folder, .subject = name ? name : "csv");
  run->record = record_of_layout(run->form, run->layout);
  return run->record ? E_OK : ERR(e, E_HEADER_RECORDS, .file = run->form->folder, .subject = run->layout->name);
}

/* How a column's cells become one: anything but one cell of its own row, read as it is. */
static bool is_made(const struct layout_column *c) {
  return c->n_cells > 1 || c->n_recodes || c->take == TAKE_ERA_YEAR_MONTH || c->fill_down || c->head_row >= 0;
}

static bool layout_is_shaped(const struct layout *l) {
  bool shaped = l->blocks != NULL;
  for (int i = 0; l->columns && i < l->n_items; i++) shaped = shaped || is_made(&l->columns[i]);
  return shaped;
}

/* --- readers --- */

static bool has_text_for(const struct item_reader *r, uint8_t status) {
  for (int i = 0; i < r->n_missing; i++)
    if (r->missing[i].status == status) return true;
  return false;
}

/* The layout's way to write a missing value, for an item without a text of its own; a single letter fills the item's bytes. */
static enum err_code add_layout_missing(struct intake_run *run, struct item_reader *r, int column, struct err *e) {
  struct str rest = str_of(run->layout->missing), name;
  int64_t bytes = layout_bytes(run->layout, column);
  bool own[VAL_STATUS_COUNT];
  for (int i = 0; i < VAL_STATUS_COUNT; i++) own[i] = has_text_for(r, (uint8_t)i);
  while (rest.n) {
    struct str pair = str_split(rest, ';', &rest);
    struct missing_text m = {str_split(pair, '=', &name), 0};
    if (!pair.n || !missing_reason_parse(name, &m.status) || own[m.status]) continue;
    if (m.text.n == 1 && bytes > 1 && bytes < 64) {
      char *filled = arena_alloc(run->arena, (size_t)bytes, 1);
      if (!filled) return ERR(e, E_NO_MEMORY, .subject = r->item->name);
      memset(filled, m.text.p[0], (size_t)bytes);
      if (strcmp(run->layout->kind, "fixed") == 0) m.text = str_view(filled, (size_t)bytes);
    }
    if (r->n_missing == INTAKE_MAX_MISSING || m.text.n >= 64) continue;
    r->missing[r->n_missing++] = m;
    r->missing_lengths |= (uint64_t)1 << m.text.n;
  }
  return E_OK;
}

static enum err_code make_readers(struct intake_run *run, struct err *e) {
  const struct form *f = run->form;
  run->readers = ARENA_ARRAY(run->arena, struct item_reader, f->n_items);
  if (!run->readers) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = 0; i < f->n_items; i++) {
    if (!form_holds(f, run->record, &f->items[i])) continue;
    struct item_reader *r = &run->readers[run->n_readers];
    TRY(item_reader_init(run->arena, f, &f->items[i], r, e));
    r->column = run->n_readers++;
    if (f->items[i].class == CLASS_PERIOD) {
      r->period = run->period_known ? &run->period : NULL;
      run->period_item = r;
    }
  }
  for (int i = 0; *run->layout->missing && i < run->layout->n_items; i++)
    TRY(add_layout_missing(run, reader_of(run, run->layout->items[i]), i, e));
  return E_OK;
}

static enum err_code mark_keys(struct intake_run *run, struct err *e) {
  for (int i = 0; i < run->form->n_records; i++) {
    const struct record_type *t = &run->form->records[i];
    if (strcmp(t->name, run->record)) continue;
    for (int k = 0; k < t->n_keys; k++) {
      struct item_reader *r = reader_of(run, t->keys[k]);
      if (!r || run->n_keys == INTAKE_MAX_KEYS) return ERR(e, E_BUG, .file = run->form->folder, .subject = t->keys[k]->name);
      r->key = true;
      run->keys[run->n_keys++] = r;
    }
  }
  return E_OK;
}

enum err_code layout_prepare(struct intake_run *run, struct err *e) {
  TRY(choose_layout(run, e));
  TRY(make_readers(run, e));
  TRY(mark_keys(run, e));
  run->shaped = layout_is_shaped(run->layout);
  run->sources = ARENA_ARRAY(run->arena, struct column_source, run->layout->n_items);
  if (!run->sources) return ERR(e, E_NO_MEMORY, .subject = run->layout->name);
  if (run->shaped) TRY(shape_prepare(run, e));
  return header_prepare(run, e);
}

/* --- the source --- */

static enum err_code set_shape(struct intake_run *run, struct err *e) {
  const struct layout *l = run->layout;
  struct source_shape *shape = &run->source.shape;
  *shape = (struct source_shape){.delimiter = l->delimiter, .record_bytes = l->record_bytes, .rest_allowed = l->ignore_rest};
  if (strcmp(l->kind, "fixed") != 0) return E_OK;
  struct source_field *fields = ARENA_ARRAY(run->arena, struct source_field, l->n_items);
  if (!fields) return ERR(e, E_NO_MEMORY, .subject = l->name);
  for (int i = 0; i < l->n_items; i++)
    fields[i] = (struct source_field){layout_position(l, i), layout_bytes(l, i), l->columns && l->columns[i].take == TAKE_BYTES};
  shape->fields = fields;
  shape->n_fields = l->n_items;
  return E_OK;
}

/* A declared encoding is compared, not imposed: bytes of another encoding would give other characters without a sign. */
static enum err_code check_encoding(const struct intake_run *run, const char *wanted, struct err *e) {
  enum text_encoding is = run->source.encoding.encoding;
  bool utf8 = is == ENCODING_UTF8 || is == ENCODING_UTF8_BOM;
  if (is == ENCODING_ASCII || utf8 == (strcmp(wanted, "utf-8") == 0)) return E_OK;
  return ERR(e, E_LAYOUT_ENCODING, .file = run->source.name, .subject = run->source.name, .expected = wanted, .found = text_encoding_name(is));
}

enum err_code layout_open(struct intake_run *run, const char *path, struct err *e) {
  const struct layout *l = run->layout;
  const char *declared = l->encoding ? l->encoding : "";
  if (strcmp(l->kind, "fixed") == 0 && *declared) { /* packed bytes are no text: only the fields are judged */
    run->reader = &source_reader_fixed;
    TRY(source_open(run->arena, path, false, &run->source, e));
    TRY(set_shape(run, e));
    return source_declare(run->arena, &run->source, strcmp(declared, "cp932") == 0 ? ENCODING_CP932 : ENCODING_UTF8, e);
  }
  const char *sheet = run->options->sheet;
  run->source.sheet = sheet ? sheet : l->sheet ? l->sheet : "";
  bool demonstration = !run->store || store_office(run->store)->light;
  run->source.apart = demonstration ? SOURCE_APART_OPTIONAL : SOURCE_APART;
  TRY(source_open_as(run->arena, path, l->kind, l->name, &run->source, &run->reader, e));
  if (sheet && !run->source.workbook)
    return ERR(e, E_SHEET_UNKNOWN, .file = run->source.name, .subject = sheet, .found = "none: it is no workbook");
  TRY(set_shape(run, e));
  return *declared && run->reader->detects_encoding ? check_encoding(run, declared, e) : E_OK;
}

/* --- binding --- */

/* What can be known once the columns are: keys must be there, and something must say the period. */
static enum err_code settle(struct intake_run *run, struct err *e) {
  run->values = ARENA_ARRAY(run->arena, struct cell_value, run->n_cells);
  if (!run->values) return ERR(e, E_NO_MEMORY, .subject = "header");
  for (int k = 0; k < run->n_keys; k++)
    if (run->keys[k]->cell < 0)
      return ERR(e, E_HEADER_MISSING, .file = run->source.name, .line = run->header_row, .subject = run->keys[k]->item->name);
  run->required = ARENA_ARRAY(run->arena, struct item_reader *, run->n_cells + 1);
  if (!run->required) return ERR(e, E_NO_MEMORY, .subject = "header");
  for (int64_t i = 0; i < run->n_cells; i++)
    if (run->by_cell[i] && run->by_cell[i]->item->required && !run->by_cell[i]->key) run->required[run->n_required++] = run->by_cell[i];
  if (!run->period_known && (!run->period_item || run->period_item->cell < 0)) return ERR(e, E_INTAKE_PERIOD, .subject = "");
  return E_OK;
}

static bool in_head(const struct intake_run *run, int i) { return run->layout->columns && run->layout->columns[i].head_row >= 0; }

static void bind_column(struct intake_run *run, int i) {
  struct item_reader *r = reader_of(run, run->layout->items[i]);
  const struct column_source *from = &run->sources[i];
  if (from->n == 0) return; /* derived, and not in this file */
  r->cell = run->shaped ? i : from->cells[0];
  r->place = from->cells[0] + 1;
  r->n_file_cells = in_head(run, i) ? 0 : from->n;
  run->n_taken_cells += r->n_file_cells;
  run->by_cell[r->cell] = r;
}

enum err_code layout_bind(struct intake_run *run, int64_t n, struct err *e) {
  run->n_file_cells = n;
  run->n_cells = run->shaped ? run->layout->n_items : n;
  run->by_cell = ARENA_ARRAY(run->arena, struct item_reader *, run->n_cells + 1);
  if (!run->by_cell) return ERR(e, E_NO_MEMORY, .subject = "header");
  for (int i = 0; i < run->layout->n_items; i++) bind_column(run, i);
  return settle(run, e);
}

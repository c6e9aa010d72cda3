/* layout_rules.c -- page blocks, and what must hold between the keys of a layout. */
#include <string.h>

#include "forms/form_impl.h"

enum { MOST_HEAD_ROWS = 100 };

static enum layout_blank_row blank_row(struct form_reader *r, const struct layout *l, const struct json_value *v) {
  const char *s = layout_text(r, l, v, "blank_row");
  if (!*s || strcmp(s, "skip") == 0) return BLANK_ROW_SKIPPED;
  if (strcmp(s, "group") == 0) return BLANK_ROW_ENDS_GROUP;
  if (strcmp(s, "end") != 0) layout_problem(r, l, "blocks.blank_row", "skip, group or end");
  return BLANK_ROW_ENDS_BLOCK;
}

static void check_blocks(struct form_reader *r, const struct layout *l, const struct layout_blocks *b) {
  int64_t head = b->header_offset < 0 ? 1 : b->header_offset + l->header_rows;
  if (!b->start_cell || !*b->start_text) layout_problem(r, l, "blocks.start", "an object with cell and text");
  if (l->header != (b->header_offset >= 0)) layout_problem(r, l, "blocks.header", "the row of the header when the layout has one, and only then");
  if (b->data_offset < head) layout_problem(r, l, "blocks.data", "a row below the start row and the header");
  if (l->title_rows > 0) layout_problem(r, l, "title_rows", "nothing: rows above the first block are titles");
  for (int i = 0; i < l->n_items; i++)
    if (l->columns[i].head_row >= b->data_offset) layout_problem(r, l, "blocks.context.row", "a row above blocks.data");
}

enum err_code layout_read_blocks(struct form_reader *r, struct layout *l, const struct json_value *v, struct err *e) {
  if (!v) return E_OK;
  struct layout_blocks *b = ARENA_NEW(r->a, struct layout_blocks);
  const struct json_value *start = json_member(v, "start");
  if (!b) return reader_no_memory(r, e);
  layout_known_keys(r, l, v, "blocks", "|start|context|header|data|blank_row|");
  layout_known_keys(r, l, start, "blocks.start", "|cell|text|");
  b->start_cell = layout_int(r, l, start, "cell", 1, LAYOUT_MAX_COLUMNS, 0);
  b->start_text = layout_text(r, l, start, "text");
  b->header_offset = layout_int(r, l, v, "header", 0, MOST_HEAD_ROWS, -1);
  b->data_offset = layout_int(r, l, v, "data", 1, MOST_HEAD_ROWS, 0);
  b->blank_row = blank_row(r, l, v);
  l->blocks = b;
  check_blocks(r, l, b);
  if (strcmp(l->kind, "fixed") == 0) layout_problem(r, l, "blocks", "nothing in a fixed layout");
  return E_OK;
}

int64_t layout_position(const struct layout *l, int i) {
  return l->columns && l->columns[i].position ? l->columns[i].position : l->items[i]->position;
}

int64_t layout_bytes(const struct layout *l, int i) { return l->columns && l->columns[i].position ? l->columns[i].bytes : l->items[i]->bytes; }

static bool same_cell(const struct layout_column *a, const struct layout_column *b) {
  if (a->head_row != b->head_row) return false;
  for (int i = 0; i < a->n_cells; i++)
    for (int k = 0; k < b->n_cells; k++)
      if (a->cells[i] == b->cells[k]) return true;
  return false;
}

static void check_pair(struct form_reader *r, const struct layout *l, int i, int k) {
  const struct item *a = l->items[i], *b = l->items[k];
  const struct layout_column *x = &l->columns[i], *y = &l->columns[k];
  bool fixed = strcmp(l->kind, "fixed") == 0;
  if (a == b) {
    PROBLEM(r, E_FORM_NAME_TWICE, .file = r->head_path, .subject = a->name);
    return;
  }
  bool by_heading = l->header && !x->n_cells && !y->n_cells;
  if (by_heading && strcmp(l->headings[i], l->headings[k]) == 0)
    PROBLEM(r, E_FORM_HEADING_TWICE, .file = r->head_path, .subject = l->name, .found = l->headings[i]);
  if (same_cell(x, y)) PROBLEM(r, E_FORM_LAYOUT_CELL, .file = r->head_path, .subject = l->name, .found = b->name);
  bool apart =
      layout_position(l, i) + layout_bytes(l, i) <= layout_position(l, k) || layout_position(l, k) + layout_bytes(l, k) <= layout_position(l, i);
  if (fixed && !apart && strcmp(a->record, b->record) == 0)
    PROBLEM(r, E_FORM_POSITION, .file = r->head_path, .subject = a->name, .found = b->name);
}

/* Without a header either all items have cells or none: a mixture would leave the order to guessing. */
static void check_places(struct form_reader *r, const struct layout *l) {
  int with_cells = 0, own_rows = 0;
  for (int i = 0; i < l->n_items; i++) {
    if (l->columns[i].head_row >= 0) continue;
    own_rows++;
    with_cells += l->columns[i].n_cells > 0;
  }
  if (own_rows == 0) layout_problem(r, l, "items", "items of the records' own rows");
  if (l->header && own_rows && with_cells == own_rows && l->title_rows < 0 && !l->blocks)
    layout_problem(r, l, "title_rows", "a number: with cell numbers only there is no heading to search for");
  for (int i = 0; !l->header && with_cells && i < l->n_items; i++)
    if (!l->columns[i].n_cells) PROBLEM(r, E_FORM_LAYOUT_PLACE, .file = r->head_path, .subject = l->items[i]->name);
}

static void check_fixed(struct form_reader *r, const struct layout *l) {
  for (int i = 0; i < l->n_items; i++) {
    int64_t position = layout_position(l, i), bytes = layout_bytes(l, i);
    if (!position || !bytes) PROBLEM(r, E_FORM_FIXED, .file = r->head_path, .subject = l->items[i]->name);
    else if (l->record_bytes && position + bytes - 1 > l->record_bytes)
      layout_problem(r, l, "record_bytes", "at least the last byte of the last item");
    if (l->columns[i].n_cells || l->columns[i].fill_down) layout_problem(r, l, "items.cell", "position and bytes in a fixed layout");
  }
  if (l->n_ignored) layout_problem(r, l, "ignore", "nothing in a fixed layout; ignore_rest leaves the bytes of no item out");
}

void layout_check(struct form_reader *r, const struct layout *l) {
  bool fixed = strcmp(l->kind, "fixed") == 0;
  for (int i = 0; i < l->n_items; i++)
    for (int k = 0; k < i; k++) check_pair(r, l, i, k);
  if (fixed) check_fixed(r, l);
  else check_places(r, l);
  if (!fixed && l->record_bytes) layout_problem(r, l, "record_bytes", "a fixed layout");
}

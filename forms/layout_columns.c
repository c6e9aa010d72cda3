/* layout_columns.c -- the entries of a layout's items: name, heading, cells, byte positions, repeats, recodes. */
#include <stdio.h>
#include <string.h>

#include "forms/form_impl.h"

static const char ENTRY_KEYS[] = "|item|heading|cell|cells|join|position|bytes|repeat|step|fill_down|as|recode|row|take|";

static const char *heading_of(struct form_reader *r, const struct layout *l, const struct json_value *entry, const struct item *it, bool *own) {
  const char *heading = json_is_object(entry) ? layout_text(r, l, entry, "heading") : "";
  *own = *heading != 0;
  return *own ? heading : it->label_ja;
}

static void read_cells(struct form_reader *r, const struct layout *l, const struct json_value *entry, struct layout_column *c) {
  const struct json_value *list = json_member(entry, "cells");
  int64_t cell = layout_int(r, l, entry, "cell", 1, LAYOUT_MAX_COLUMNS, 0);
  if (cell) c->cells[c->n_cells++] = cell;
  if (!list) return;
  size_t n = json_is_array(list) ? json_length(list) : 0;
  if (n == 0 || n > LAYOUT_MAX_CELLS || cell) {
    layout_problem(r, l, "items.cells", "a list of 1 to 8 cell numbers, and no cell beside it");
    return;
  }
  for (size_t i = 0; i < n; i++) {
    if (!json_integer(json_element(list, i), &c->cells[i]) || c->cells[i] < 1 || c->cells[i] > LAYOUT_MAX_COLUMNS)
      layout_problem(r, l, "items.cells", "cell numbers from 1 to 4096");
  }
  c->n_cells = (int)n;
}

static enum err_code read_recode(struct form_reader *r, const struct layout *l, const struct json_value *entry, struct layout_column *c,
                                 struct err *e) {
  const struct json_value *pairs = json_member(entry, "recode"), *value;
  const char *from;
  size_t n = 0;
  if (!pairs) return E_OK;
  if (!json_is_object(pairs)) layout_problem(r, l, "items.recode", "an object: text in the file and what it means");
  while (json_member_at(pairs, n, &from, &value)) n++;
  struct layout_recode *recodes = ARENA_ARRAY(r->a, struct layout_recode, n + 1);
  if (!recodes) return reader_no_memory(r, e);
  for (size_t i = 0; json_member_at(pairs, i, &from, &value); i++) {
    const char *to = json_string(value);
    if (!to) layout_problem(r, l, "items.recode", "texts");
    else recodes[c->n_recodes++] = (struct layout_recode){str_of(reader_copy(r, from, strlen(from))), str_of(reader_copy(r, to, strlen(to)))};
  }
  c->recodes = recodes;
  return E_OK;
}

static enum layout_take read_take(struct form_reader *r, const struct layout *l, const struct json_value *entry) {
  const char *as = layout_text(r, l, entry, "as"), *take = layout_text(r, l, entry, "take");
  bool fixed = strcmp(l->kind, "fixed") == 0;
  if (*as && (strcmp(as, "bytes") != 0 || !fixed)) layout_problem(r, l, "items.as", "bytes, in a fixed layout");
  if (*take && (strcmp(take, "era-year-month") != 0 || fixed)) layout_problem(r, l, "items.take", "era-year-month, not in a fixed layout");
  return *as ? TAKE_BYTES : *take ? TAKE_ERA_YEAR_MONTH : TAKE_TEXT;
}

static enum err_code read_place(struct form_reader *r, const struct layout *l, const struct json_value *entry, bool in_head, struct layout_column *c,
                                struct err *e) {
  read_cells(r, l, entry, c);
  c->position = layout_int(r, l, entry, "position", 1, LAYOUT_MAX_RECORD_BYTES, 0);
  c->bytes = layout_int(r, l, entry, "bytes", 1, 4096, 0);
  c->fill_down = layout_bool(r, l, entry, "fill_down", false);
  c->head_row = layout_int(r, l, entry, "row", 0, 100, -1);
  c->take = read_take(r, l, entry);
  c->join = json_member(entry, "join") ? layout_text(r, l, entry, "join") : c->take == TAKE_ERA_YEAR_MONTH ? "" : "/";
  if (in_head != (c->head_row >= 0)) layout_problem(r, l, "blocks.context.row", "a row of the block's head, in blocks.context and nowhere else");
  if (in_head && !c->n_cells) layout_problem(r, l, "blocks.context.cell", "a cell number");
  if ((c->position != 0) != (c->bytes != 0)) layout_problem(r, l, "items.position", "position and bytes together");
  return read_recode(r, l, entry, c, e);
}

static void add_column(struct layout *l, const struct item *it, const char *heading, const struct layout_column *c) {
  struct layout_column *columns = (struct layout_column *)(uintptr_t)l->columns; /* ours while it is being read */
  columns[l->n_items] = *c;
  l->headings[l->n_items] = heading;
  l->items[l->n_items++] = it;
}

/* income, repeat 3 -> income_1, income_2, income_3, each one step further. */
static enum err_code add_repeats(struct form_reader *r, struct layout *l, const struct json_value *entry, const char *name, struct layout_column c,
                                 int64_t repeat, struct err *e) {
  int64_t step = layout_int(r, l, entry, "step", 1, LAYOUT_MAX_COLUMNS, c.bytes ? c.bytes : 1);
  if (!name || (!c.position && c.n_cells != 1)) layout_problem(r, l, "items.repeat", "an item with a position or one cell");
  for (int64_t i = 1; name && i <= repeat; i++) {
    const char *full = arena_printf(r->a, "%s_%lld", name, (long long)i);
    if (!full) return reader_no_memory(r, e);
    const struct item *it = reader_item(r, full);
    bool own;
    if (it && l->n_items < LAYOUT_MAX_COLUMNS) add_column(l, it, heading_of(r, l, NULL, it, &own), &c);
    if (c.position) c.position += step;
    if (c.n_cells) c.cells[0] += step;
  }
  return E_OK;
}

enum err_code layout_add_entry(struct form_reader *r, struct layout *l, const struct json_value *entry, bool in_head, struct err *e) {
  struct layout_column c = {.head_row = -1, .join = "/"};
  bool object = json_is_object(entry);
  const char *name = object ? json_member_string(entry, "item", NULL) : json_string(entry);
  int64_t repeat = 0;
  if (object) {
    layout_known_keys(r, l, entry, in_head ? "blocks.context" : "items", ENTRY_KEYS);
    TRY(read_place(r, l, entry, in_head, &c, e));
    repeat = layout_int(r, l, entry, "repeat", 1, 1000, 0);
  } else if (in_head) layout_problem(r, l, "blocks.context", "objects with item, row and cell");
  if (repeat) return add_repeats(r, l, entry, name, c, repeat, e);
  const struct item *it = reader_item(r, name);
  if (!it) return E_OK;
  if (l->n_items == LAYOUT_MAX_COLUMNS) {
    layout_problem(r, l, "items", "at most 4096 columns");
    return E_OK;
  }
  const char *heading = heading_of(r, l, entry, it, &c.own_heading);
  add_column(l, it, heading, &c);
  return E_OK;
}

/* How many columns the entries can make: the arrays are made once. */
static size_t count_columns(const struct json_value *list) {
  size_t n = 0;
  for (size_t i = 0; i < json_length(list) && n <= LAYOUT_MAX_COLUMNS; i++) {
    int64_t repeat = json_member_int(json_element(list, i), "repeat", 1);
    n += repeat > 0 && repeat <= 1000 ? (size_t)repeat : 1;
  }
  return n < LAYOUT_MAX_COLUMNS ? n : LAYOUT_MAX_COLUMNS;
}

static void apply_fill_down(struct form_reader *r, struct layout *l, const struct json_value *list) {
  struct layout_column *columns = (struct layout_column *)(uintptr_t)l->columns;
  if (list && !json_is_array(list)) layout_problem(r, l, "fill_down", "a list of items of the layout");
  for (size_t k = 0; k < json_length(list); k++) {
    const char *name = json_string(json_element(list, k));
    bool found = false;
    for (int i = 0; name && i < l->n_items; i++) {
      if (strcmp(l->items[i]->name, name) != 0 || columns[i].head_row >= 0) continue;
      columns[i].fill_down = found = true;
    }
    if (!found) layout_problem(r, l, "fill_down", "items of the layout's own rows");
  }
}

enum err_code layout_read_columns(struct form_reader *r, struct layout *l, const struct json_value *v, struct err *e) {
  const struct json_value *list = json_member(v, "items"), *context = json_member(json_member(v, "blocks"), "context");
  size_t n = count_columns(list) + count_columns(context);
  l->items = ARENA_ARRAY(r->a, const struct item *, n + 1);
  l->headings = ARENA_ARRAY(r->a, const char *, n + 1);
  l->columns = ARENA_ARRAY(r->a, struct layout_column, n + 1);
  if (!l->items || !l->headings || !l->columns) return reader_no_memory(r, e);
  for (size_t i = 0; i < json_length(list) && (size_t)l->n_items < n; i++) TRY(layout_add_entry(r, l, json_element(list, i), false, e));
  for (size_t i = 0; i < json_length(context) && (size_t)l->n_items < n; i++) TRY(layout_add_entry(r, l, json_element(context, i), true, e));
  apply_fill_down(r, l, json_member(v, "fill_down"));
  return E_OK;
}

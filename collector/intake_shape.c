/* intake_shape.c -- the cells of a record made from those of the file, as the layout says: several joined, recoded, repeated from the row above, taken from
 * the head of the block. The made row has one cell an item of the layout; places keep naming the cells of the file. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/intake_impl.h"

enum { MADE_BYTES = 2 << 20 };

enum err_code shape_prepare(struct intake_run *run, struct err *e) {
  int n = run->layout->n_items;
  run->held = ARENA_ARRAY(run->arena, struct held_text, n);
  run->made_cells = ARENA_ARRAY(run->arena, struct source_cell, n);
  if (!run->held || !run->made_cells) return ERR(e, E_NO_MEMORY, .subject = run->layout->name);
  for (int i = 0; i < n; i++) {
    strbuf_init(&run->held[i].text, MADE_BYTES);
    strbuf_init(&run->held[i].made, MADE_BYTES);
  }
  run->block.row = -1;
  return E_OK;
}

void shape_release(struct intake_run *run) {
  for (int i = 0; run->held && run->made_cells && i < run->layout->n_items; i++) {
    strbuf_release(&run->held[i].text);
    strbuf_release(&run->held[i].made);
  }
}

static bool from_head(const struct intake_run *run, int i) { return run->layout->columns && run->layout->columns[i].head_row >= 0; }

void shape_forget(struct intake_run *run, bool head) {
  for (int i = 0; i < run->layout->n_items; i++)
    if (head || !from_head(run, i)) run->held[i].filled = false;
}

/* --- one cell --- */

static struct str cell_at(const struct source_row *row, int64_t cell) { return cell < row->n_cells ? row->cells[cell].text : STR(""); }

static struct str view(const struct strbuf *b) { return str_view(b->p ? b->p : "", b->n); }

/* Blank when all its parts are. */
static struct str join(const struct source_row *row, const int64_t *cells, int n, const char *between, struct strbuf *out) {
  bool blank = true;
  if (n == 1) return cell_at(row, cells[0]);
  strbuf_reset(out);
  for (int k = 0; k < n; k++) {
    struct str part = cell_at(row, cells[k]);
    blank = blank && normalise_is_blank(part);
    if (k) strbuf_adds(out, between);
    strbuf_add(out, part.p, part.n);
  }
  return blank ? STR("") : view(out);
}

static struct str skip_spaces(struct str s) {
  for (;;) {
    size_t n = s.n && s.p[0] == ' ' ? 1 : s.n >= 3 && memcmp(s.p, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
    if (!n) return s;
    s = str_view(s.p + n, s.n - n);
  }
}

static bool same_without_spaces(struct str a, struct str b) {
  for (;;) {
    a = skip_spaces(a);
    b = skip_spaces(b);
    if (!a.n || !b.n) return a.n == b.n;
    if (*a.p != *b.p) return false;
    a = str_view(a.p + 1, a.n - 1);
    b = str_view(b.p + 1, b.n - 1);
  }
}

static struct str recode(const struct layout_column *c, struct str text) {
  for (int k = 0; k < c->n_recodes; k++)
    if (same_without_spaces(text, c->recodes[k].from)) return c->recodes[k].to;
  return text;
}

/* 令和 7年12月分 -> 2025-12; a text that is none stays as it is and fails as a period. */
static struct str take_month(struct str text, struct strbuf *out) {
  const struct date_rule rule = {.month = true};
  char plain[CELL_FOLDED];
  size_t n = 0;
  for (struct str rest = skip_spaces(text); rest.n && n < sizeof plain; rest = skip_spaces(str_view(rest.p + 1, rest.n - 1))) plain[n++] = *rest.p;
  if (n > 3 && memcmp(plain + n - 3, "分", 3) == 0) n -= 3;
  int64_t days, year, month, day;
  uint32_t rules = 0;
  if (normalise_date(str_view(plain, n), &rule, &days, &rules)) return text;
  date_to_civil(days, &year, &month, &day);
  strbuf_reset(out);
  strbuf_addf(out, "%04lld-%02lld", (long long)year, (long long)month);
  return view(out);
}

/* The text of column i in this row of the file, before filling down. */
static struct str make_text(struct intake_run *run, const struct source_row *row, int i) {
  const struct layout_column *c = run->layout->columns ? &run->layout->columns[i] : NULL;
  struct strbuf *room = &run->held[i].made;
  struct str text = join(row, run->sources[i].cells, run->sources[i].n, c ? c->join : "/", room);
  if (c && c->take == TAKE_ERA_YEAR_MONTH) text = take_month(text, room);
  return c ? recode(c, text) : text;
}

/* What a workbook says of one cell (a number, a date) holds for it alone; that a part has no value holds for the whole. */
static unsigned flags_of(const struct source_row *row, const struct column_source *from) {
  const unsigned kept = from->n == 1 ? ~0U : SOURCE_CELL_EXTERNAL | SOURCE_CELL_CUT | SOURCE_CELL_ERROR | SOURCE_CELL_FORMULA;
  unsigned flags = 0;
  for (int k = 0; k < from->n; k++)
    if (from->cells[k] < row->n_cells) flags |= row->cells[from->cells[k]].flags;
  return flags & kept;
}

static void hold(struct held_text *h, struct str text) {
  strbuf_reset(&h->text);
  strbuf_add(&h->text, text.p, text.n);
  h->filled = true;
}

void shape_head(struct intake_run *run, const struct source_row *row, int64_t offset) {
  const struct layout *l = run->layout;
  for (int i = 0; i < l->n_items; i++) {
    const struct layout_column *c = &l->columns[i];
    if (c->head_row != offset) continue;
    run->sources[i].n = c->n_cells; /* known before the header is bound */
    for (int k = 0; k < c->n_cells; k++) run->sources[i].cells[k] = c->cells[k] - 1;
    hold(&run->held[i], make_text(run, row, i));
    struct item_reader *r = reader_of(run, l->items[i]);
    r->place_line = row->line;
  }
}

/* --- one row --- */

static bool only_first_filled(const struct source_row *row) { return row->n_cells > 1 && row_all_blank(row, 1); }

/* A note must not be what the rows below it repeat. */
static void make_cell(struct intake_run *run, const struct source_row *row, int i, bool may_be_note) {
  struct held_text *h = &run->held[i];
  struct source_cell *to = &run->made_cells[i];
  if (from_head(run, i)) {
    *to = (struct source_cell){h->filled ? view(&h->text) : STR(""), 0};
    return;
  }
  *to = (struct source_cell){make_text(run, row, i), flags_of(row, &run->sources[i])};
  if (!run->layout->columns || !run->layout->columns[i].fill_down) return;
  if (!normalise_is_blank(to->text)) {
    if (!may_be_note) hold(h, to->text);
  } else if (h->filled) {
    *to = (struct source_cell){view(&h->text), 0};
  }
}

static int blank_parts(const struct source_row *row, const struct column_source *from) {
  int n = 0;
  for (int k = 0; k < from->n; k++) n += normalise_is_blank(cell_at(row, from->cells[k]));
  return n;
}

/* Of a record that was accepted: cells of the file that are blank although their item has a value, filled down or joined with others. */
static void count_blank(struct intake_run *run, const struct source_row *row) {
  for (int i = 0; i < run->layout->n_items; i++) {
    const struct column_source *from = &run->sources[i];
    int blank = from_head(run, i) || normalise_is_blank(run->made_cells[i].text) ? 0 : blank_parts(row, from);
    if (!blank) continue;
    struct item_reader *r = reader_of(run, run->layout->items[i]);
    struct cell_value v;
    item_read(r, run->made_cells[i].text, &v);
    run->report->filled_cells += blank == from->n;
    run->blank_typed += value_present(v.status) ? blank : 0;
  }
}

static enum err_code take_made(struct intake_run *run, const struct source_row *row, struct err *e) {
  int n = run->layout->n_items;
  int64_t accepted = run->report->accepted;
  bool may_be_note = only_first_filled(row);
  for (int i = 0; i < n; i++) {
    make_cell(run, row, i, may_be_note);
    if (run->held[i].text.failed || run->held[i].made.failed) return ERR(e, E_NO_MEMORY, .subject = run->layout->name);
  }
  struct source_row made = {.cells = run->made_cells, .n_cells = n, .line = row->line};
  run->file_row = row;
  enum err_code code = row_take_record(run, &made, e);
  run->file_row = NULL;
  if (!code && run->layout->columns && run->report->accepted > accepted) count_blank(run, row);
  return code;
}

enum err_code shape_take(struct intake_run *run, const struct source_row *row, struct err *e) {
  bool rest = row->n_cells > run->n_file_cells && (run->layout->ignore_rest || row_all_blank(row, run->n_file_cells));
  if (row_all_blank(row, 0)) {
    run->report->empty_rows++;
    return E_OK;
  }
  if (row->n_cells != run->n_file_cells && !rest) return row_take_odd(run, row, run->n_file_cells, e);
  return take_made(run, row, e);
}

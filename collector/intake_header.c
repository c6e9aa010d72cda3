/* intake_header.c -- from a layout to readers by cell: the header row is found among the first fifty, whatever stands above it is a title. */
#include <stdio.h>
#include <string.h>

#include "base/ext_utf8proc.h"
#include "collector/intake_impl.h"
#include "collector/recognise.h"

enum { HEADING_BYTES = 512, MISSING_SHOWN = 200 };

/* NFKC, without spaces and line breaks, ASCII letters in lower case; "" when it is no heading. */
static bool fold_heading(struct str text, struct strbuf *out) {
  strbuf_reset(out);
  if (text.n == 0 || text.n > HEADING_BYTES || !text_nfkc(text, out)) return false;
  size_t n = 0;
  for (size_t at = 0; at < out->n;) {
    char c = out->p[at];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      at++;
    } else {
      out->p[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
      at++;
    }
  }
  out->n = n;
  return n > 0;
}

static bool same_heading(struct str folded, const char *name, struct strbuf *scratch) {
  return name && *name && fold_heading(str_of(name), scratch) && str_eq(str_view(scratch->p, scratch->n), folded);
}

static struct item_reader *reader_of(struct intake_run *run, const struct item *item) {
  for (int i = 0; i < run->n_readers; i++)
    if (run->readers[i].item == item) return &run->readers[i];
  return NULL;
}

static struct item_reader *match_heading(struct intake_run *run, struct str cell, struct strbuf *folded, struct strbuf *scratch) {
  if (!fold_heading(cell, folded)) return NULL;
  struct str wanted = str_view(folded->p, folded->n);
  for (int i = 0; i < run->layout->n_items; i++) {
    const struct item *item = run->layout->items[i];
    const char *names[] = {run->layout->headings[i], item->label_ja, item->name, item->label_en};
    for (int k = 0; k < 4; k++)
      if (same_heading(wanted, names[k], scratch)) return reader_of(run, item);
  }
  return NULL;
}

/* --- before reading --- */

static enum err_code choose_layout(struct intake_run *run, struct err *e) {
  const char *name = run->options->layout;
  for (int i = 0; !run->layout && i < run->form->n_layouts; i++) {
    const struct layout *l = &run->form->layouts[i];
    if (name ? strcmp(l->name, name) == 0 : strcmp(l->kind, "csv") == 0) run->layout = l;
  }
  if (!run->layout || run->layout->n_items == 0) return ERR(e, E_HEADER_LAYOUT, .file = run->form->folder, .subject = name ? name : "csv");
  run->record = run->layout->items[0]->record;
  for (int i = 1; i < run->layout->n_items; i++)
    if (strcmp(run->layout->items[i]->record, run->record)) return ERR(e, E_HEADER_RECORDS, .file = run->form->folder, .subject = run->layout->name);
  return E_OK;
}

static enum err_code make_readers(struct intake_run *run, struct err *e) {
  const struct form *f = run->form;
  run->readers = ARENA_ARRAY(run->arena, struct item_reader, f->n_items);
  if (!run->readers) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = 0; i < f->n_items; i++) {
    if (strcmp(f->items[i].record, run->record)) continue;
    struct item_reader *r = &run->readers[run->n_readers];
    TRY(item_reader_init(run->arena, f, &f->items[i], r, e));
    r->column = run->n_readers++;
    if (f->items[i].class == CLASS_PERIOD) {
      r->period = run->period_known ? &run->period : NULL;
      run->period_item = r;
    }
  }
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

/* A layout without a header row: the cells are the items in their order. */
static enum err_code bind_by_order(struct intake_run *run, struct err *e) {
  run->n_cells = run->layout->n_items;
  run->by_cell = ARENA_ARRAY(run->arena, struct item_reader *, run->n_cells);
  if (!run->by_cell) return ERR(e, E_NO_MEMORY, .subject = "header");
  for (int i = 0; i < run->layout->n_items; i++) {
    run->by_cell[i] = reader_of(run, run->layout->items[i]);
    run->by_cell[i]->cell = i;
  }
  run->header_found = true;
  return E_OK;
}

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
    if (run->by_cell[i]->item->required && !run->by_cell[i]->key) run->required[run->n_required++] = run->by_cell[i];
  if (!run->period_known && (!run->period_item || run->period_item->cell < 0)) return ERR(e, E_INTAKE_PERIOD, .subject = "");
  return E_OK;
}

enum err_code header_prepare(struct intake_run *run, struct err *e) {
  TRY(choose_layout(run, e));
  TRY(make_readers(run, e));
  TRY(mark_keys(run, e));
  if (run->layout->header) return E_OK;
  TRY(bind_by_order(run, e));
  return settle(run, e);
}

/* --- while reading --- */

static int64_t used_cells(const struct source_row *row) {
  int64_t n = row->n_cells;
  while (n > 0 && normalise_is_blank(row->cells[n - 1].text)) n--;
  return n;
}

static const char *heading_text(struct str text, char *out, size_t size) {
  snprintf(out, size, "%.*s", text.n < size - 1 ? (int)text.n : (int)size - 1, text.p);
  return out;
}

static enum err_code bind_row(struct intake_run *run, const struct source_row *row, int64_t n, struct item_reader **found, struct err *e) {
  char text[200];
  for (int64_t i = 0; i < n; i++) {
    heading_text(row->cells[i].text, text, sizeof text);
    if (!found[i])
      return ERR(e, E_HEADER_UNKNOWN, .file = run->source.name, .line = row->line, .column = i + 1,
                 .subject = normalise_is_blank(row->cells[i].text) ? "(empty)" : text);
    if (found[i]->cell >= 0) return ERR(e, E_HEADER_DUPLICATE, .file = run->source.name, .line = row->line, .column = i + 1, .subject = text);
    found[i]->cell = i;
  }
  struct strbuf missing;
  strbuf_init(&missing, 0);
  for (int i = 0; i < run->layout->n_items; i++) {
    const struct item *item = run->layout->items[i];
    if (item->origin == ORIGIN_DERIVED || reader_of(run, item)->cell >= 0) continue;
    if (missing.n > MISSING_SHOWN) continue;
    strbuf_addf(&missing, "%s%s", missing.n ? ", " : "", run->layout->headings[i] ? run->layout->headings[i] : item->label_ja);
  }
  enum err_code code = missing.n ? ERR(e, E_HEADER_MISSING, .file = run->source.name, .line = row->line, .subject = strbuf_cstr(&missing)) : E_OK;
  strbuf_release(&missing);
  run->by_cell = found;
  run->n_cells = n;
  run->header_row = row->line;
  run->header_found = true;
  return code ? code : settle(run, e);
}

/* Half of the layout's columns, or half of the row's cells and two of them: then it is meant as the header, and must fit. */
static bool meant_as_header(const struct intake_run *run, int matches, int64_t cells) {
  int items = run->layout->n_items;
  return matches > 0 && (matches * 2 >= items || (matches >= 2 && matches * 2 >= cells));
}

static enum err_code match_row(struct intake_run *run, const struct source_row *row, struct strbuf *folded, struct strbuf *scratch, struct err *e) {
  int64_t n = used_cells(row);
  int matches = 0;
  struct item_reader **found = ARENA_ARRAY(run->arena, struct item_reader *, n + 1);
  if (!found) return ERR(e, E_NO_MEMORY, .subject = "header");
  for (int64_t i = 0; i < n; i++) matches += (found[i] = match_heading(run, row->cells[i].text, folded, scratch)) != NULL;
  if (folded->failed || scratch->failed) return ERR(e, E_NO_MEMORY, .subject = "header");
  if (meant_as_header(run, matches, n)) return bind_row(run, row, n, found, e);
  run->codebook |= recognise_codebook(row);
  if (matches > run->best_matches || run->best_line == 0) run->best_matches = matches, run->best_line = row->line;
  return E_OK;
}

/* Only below a header is a row above it a title: before that it may be a record of another form. */
static enum err_code tell_titles(struct intake_run *run, struct err *e) {
  for (int64_t i = 0; i < run->report->title_rows; i++) TRY(problem_add(run, E_ROW_TITLE, &(struct problem_at){.line = run->title_lines[i]}, e));
  return E_OK;
}

enum err_code header_try(struct intake_run *run, const struct source_row *row, struct err *e) {
  struct strbuf folded, scratch;
  strbuf_init(&folded, 1 << 16);
  strbuf_init(&scratch, 1 << 16);
  enum err_code code = match_row(run, row, &folded, &scratch, e);
  strbuf_release(&folded);
  strbuf_release(&scratch);
  if (!code && run->header_found) code = tell_titles(run, e);
  if (code || run->header_found) return code;
  if (used_cells(row) == 0) {
    run->report->empty_rows++;
    return E_OK;
  }
  if (run->report->title_rows + 1 >= INTAKE_HEADER_ROWS) return header_missing(run, e);
  run->title_lines[run->report->title_rows++] = row->line;
  return E_OK;
}

enum err_code header_missing(struct intake_run *run, struct err *e) {
  char found[96];
  if (run->codebook)
    return ERR(e, E_FOREIGN_FORM, .file = run->source.name, .line = run->best_line, .subject = run->source.name, .found = "a codebook (符号表)");
  snprintf(found, sizeof found, "%d/%d :%lld", run->best_matches, run->layout->n_items, (long long)run->best_line);
  return ERR(e, E_HEADER_NOT_FOUND, .file = run->source.name, .line = run->best_line, .subject = run->layout->name, .found = found);
}

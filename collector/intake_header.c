/* intake_header.c -- the header: one to eight rows whose cells, level by level, make one heading each. It is searched among the first fifty rows, or stands
 * where the layout says; whatever stands above it is a title. */
#include <stdio.h>
#include <string.h>

#include "base/ext_utf8proc.h"
#include "collector/intake_impl.h"
#include "collector/recognise.h"

enum { HEADING_BYTES = 512, MISSING_SHOWN = 200, NAMES = 4, MADE_BYTES = 1 << 16 };

/* --- folding --- */

/* Appends: NFKC, without spaces and line breaks, ASCII letters in lower case; false when it is no heading. */
static bool fold_onto(struct str text, struct strbuf *out) {
  size_t from = out->n, n = out->n;
  if (text.n == 0 || text.n > HEADING_BYTES || !text_nfkc(text, out)) return false;
  for (size_t at = from; at < out->n; at++) {
    char c = out->p[at];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    out->p[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
  }
  out->n = n;
  return n > from;
}

static bool fold_heading(struct str text, struct strbuf *out) {
  strbuf_reset(out);
  return fold_onto(text, out);
}

bool header_says(struct str cell, const char *text) {
  struct strbuf a, b;
  strbuf_init(&a, MADE_BYTES);
  strbuf_init(&b, MADE_BYTES);
  bool same = fold_heading(cell, &a) && fold_heading(str_of(text), &b) && str_eq(str_view(a.p, a.n), str_view(b.p, b.n));
  strbuf_release(&a);
  strbuf_release(&b);
  return same;
}

/* --- the window: the last header_rows rows --- */

static struct header_row *window_row(const struct intake_run *run, int level) {
  const struct header_window *w = &run->window;
  return &w->rows[(w->seen - w->n_rows + level) % run->layout->header_rows];
}

static struct str window_cell(const struct header_row *row, int64_t i) {
  if (i >= row->n_cells) return STR("");
  size_t from = i ? row->ends[i - 1] : 0;
  return str_view(row->text.p ? row->text.p + from : "", row->ends[i] - from);
}

enum err_code header_push(struct intake_run *run, const struct source_row *row, struct err *e) {
  struct header_window *w = &run->window;
  struct header_row *to = &w->rows[w->seen % run->layout->header_rows];
  int64_t n = row->n_cells < LAYOUT_MAX_COLUMNS ? row->n_cells : LAYOUT_MAX_COLUMNS;
  strbuf_reset(&to->text);
  to->line = row->line;
  to->n_cells = n;
  for (int64_t i = 0; i < n; i++) {
    strbuf_add(&to->text, row->cells[i].text.p, row->cells[i].text.n);
    to->ends[i] = to->text.n;
  }
  w->seen++;
  if (w->n_rows < run->layout->header_rows) w->n_rows++;
  return to->text.failed ? ERR(e, E_NO_MEMORY, .subject = "header") : E_OK;
}

static int64_t used_cells(const struct intake_run *run) {
  int64_t most = 0;
  for (int level = 0; level < run->window.n_rows; level++) {
    const struct header_row *row = window_row(run, level);
    int64_t n = row->n_cells;
    while (n > most && normalise_is_blank(window_cell(row, n - 1))) n--;
    if (n > most) most = n;
  }
  return most;
}

/* --- headings --- */

struct heading_maker {
  const struct intake_run *run;
  struct str levels[LAYOUT_MAX_HEADER_ROWS]; /* as continued up to the cell at hand */
  struct strbuf folded;
};

/* A blank cell of an upper row continues what stands to its left, as long as the rows above continue as well; the lowest row never does. */
static struct str next_heading(struct heading_maker *m, int64_t i) {
  int rows = m->run->window.n_rows;
  bool continued = i > 0;
  strbuf_reset(&m->folded);
  for (int level = 0; level < rows; level++) {
    struct str cell = window_cell(window_row(m->run, level), i);
    bool blank = normalise_is_blank(cell);
    continued = continued && blank && level < rows - 1;
    if (!continued) m->levels[level] = blank ? STR("") : cell;
    size_t before = m->folded.n;
    if (before && m->levels[level].n) strbuf_addc(&m->folded, '/');
    if (!fold_onto(m->levels[level], &m->folded)) m->folded.n = before;
  }
  return str_view(m->folded.p ? m->folded.p : "", m->folded.n);
}

static int find_column(const struct intake_run *run, struct str heading) {
  for (int i = 0; heading.n && i < run->layout->n_items; i++) {
    for (int k = 0; k < NAMES; k++)
      if (run->names[i * NAMES + k].n && str_eq(run->names[i * NAMES + k], heading)) return i;
  }
  return -1;
}

/* --- before reading --- */

static bool is_searched(const struct intake_run *run) { return run->layout->title_rows < 0 && run->layout->header; }

static enum err_code fold_name(struct intake_run *run, const char *name, struct strbuf *scratch, struct str *out, struct err *e) {
  *out = STR("");
  if (!name || !fold_heading(str_of(name), scratch)) return E_OK;
  const char *copy = arena_strdup(run->arena, scratch->p, scratch->n);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = "header");
  *out = str_view(copy, scratch->n);
  return E_OK;
}

/* The names under which a column is known in a header; a column with a cell number of its own is not searched. */
static enum err_code fold_names(struct intake_run *run, struct err *e) {
  const struct layout *l = run->layout;
  struct strbuf scratch;
  enum err_code code = E_OK;
  run->names = ARENA_ARRAY(run->arena, struct str, l->n_items * NAMES);
  if (!run->names) return ERR(e, E_NO_MEMORY, .subject = "header");
  strbuf_init(&scratch, MADE_BYTES);
  for (int i = 0; !code && i < l->n_items; i++) {
    if (l->columns && l->columns[i].n_cells) continue;
    const char *names[NAMES] = {l->headings[i], l->items[i]->label_ja, l->items[i]->name, l->items[i]->label_en};
    for (int k = 0; !code && k < NAMES; k++) code = fold_name(run, names[k], &scratch, &run->names[i * NAMES + k], e);
  }
  if (!code && scratch.failed) code = ERR(e, E_NO_MEMORY, .subject = "header");
  strbuf_release(&scratch);
  return code;
}

/* Columns with cell numbers stand where these say. */
static int64_t place_by_number(struct intake_run *run) {
  int64_t most = 0;
  for (int i = 0; i < run->layout->n_items; i++) {
    const struct layout_column *c = run->layout->columns ? &run->layout->columns[i] : NULL;
    struct column_source *to = &run->sources[i];
    for (to->n = 0; c && to->n < c->n_cells; to->n++) {
      to->cells[to->n] = c->cells[to->n] - 1;
      if (c->head_row < 0 && c->cells[to->n] > most) most = c->cells[to->n];
    }
  }
  return most;
}

static bool ignored_by_number(const struct layout *l, int64_t cell) {
  for (int k = 0; k < l->n_ignored; k++)
    if (l->ignored[k].cell == cell) return true;
  return false;
}

static void mark_taken(const struct intake_run *run, uint8_t *taken, int64_t n) {
  for (int i = 0; i < run->layout->n_items; i++)
    for (int k = 0; k < run->sources[i].n; k++)
      if (run->sources[i].cells[k] < n && !(run->layout->columns && run->layout->columns[i].head_row >= 0)) taken[run->sources[i].cells[k]] = 1;
}

/* Without a header: cell numbers, or the items in their order. Every cell is an item or left out. */
static enum err_code bind_without_header(struct intake_run *run, struct err *e) {
  const struct layout *l = run->layout;
  int64_t n = place_by_number(run);
  for (int i = 0; i < l->n_items && run->sources[i].n == 0; i++) run->sources[i] = (struct column_source){1, {n++}}; /* head items come last */
  for (int k = 0; k < l->n_ignored; k++)
    if (l->ignored[k].cell > n) n = l->ignored[k].cell;
  uint8_t *taken = ARENA_ARRAY(run->arena, uint8_t, n);
  if (!taken) return ERR(e, E_NO_MEMORY, .subject = "header");
  mark_taken(run, taken, n);
  for (int64_t i = 0; i < n; i++) {
    char cell[24];
    snprintf(cell, sizeof cell, "%lld", (long long)i + 1);
    if (taken[i]) continue;
    if (!l->ignore_rest && !ignored_by_number(l, i + 1))
      return ERR(e, E_LAYOUT_UNTAKEN, .file = run->options->layout_file ? run->options->layout_file : run->form->folder, .subject = l->name,
                 .found = cell);
    run->report->ignored_columns++;
  }
  return layout_bind(run, n, e);
}

enum err_code header_prepare(struct intake_run *run, struct err *e) {
  const struct layout *l = run->layout;
  if (!l->header) {
    TRY(bind_without_header(run, e));
    run->header_found = l->title_rows <= 0 && !l->blocks;
    return E_OK;
  }
  TRY(fold_names(run, e));
  run->window.rows = ARENA_ARRAY(run->arena, struct header_row, l->header_rows);
  if (!run->window.rows) return ERR(e, E_NO_MEMORY, .subject = "header");
  for (int i = 0; i < l->header_rows; i++) strbuf_init(&run->window.rows[i].text, 2 << 20);
  return E_OK;
}

void header_release(struct intake_run *run) {
  for (int i = 0; run->window.rows && i < run->layout->header_rows; i++) strbuf_release(&run->window.rows[i].text);
}

/* --- binding --- */

static bool ignored_by_heading(const struct intake_run *run, struct str heading, struct strbuf *scratch) {
  for (int k = 0; heading.n && k < run->layout->n_ignored; k++) {
    const char *name = run->layout->ignored[k].heading;
    if (*name && fold_heading(str_of(name), scratch) && str_eq(str_view(scratch->p, scratch->n), heading)) return true;
  }
  return false;
}

static int64_t header_line(const struct intake_run *run) { return window_row(run, run->window.n_rows - 1)->line; }

/* The heading for people: of the lowest row that says something. */
static const char *shown_heading(const struct intake_run *run, int64_t i, char *out, size_t size) {
  for (int level = run->window.n_rows; level-- > 0;) {
    struct str cell = window_cell(window_row(run, level), i);
    if (normalise_is_blank(cell)) continue;
    snprintf(out, size, "%.*s", cell.n < size - 1 ? (int)cell.n : (int)size - 1, cell.p);
    return out;
  }
  return "(empty)";
}

static enum err_code cell_error(const struct intake_run *run, enum err_code code, int64_t i, struct err *e) {
  char text[200];
  return ERR(e, code, .file = run->source.name, .line = header_line(run), .column = i + 1, .subject = shown_heading(run, i, text, sizeof text));
}

/* A cell named by number and heading must have both. */
static enum err_code check_own_heading(const struct intake_run *run, int64_t i, struct str heading, struct strbuf *scratch, struct err *e) {
  const struct layout *l = run->layout;
  char text[200];
  for (int k = 0; k < l->n_items; k++) {
    const struct layout_column *c = &l->columns[k];
    if (!c->own_heading || c->n_cells == 0 || c->cells[0] != i + 1 || c->head_row >= 0) continue;
    if (fold_heading(str_of(l->headings[k]), scratch) && str_eq(str_view(scratch->p, scratch->n), heading)) continue;
    return ERR(e, E_LAYOUT_HEADING, .file = run->source.name, .line = header_line(run), .column = i + 1, .subject = l->items[k]->name,
               .expected = l->headings[k], .found = shown_heading(run, i, text, sizeof text));
  }
  return E_OK;
}

static enum err_code tell_ignored(struct intake_run *run, int64_t i, struct err *e) {
  char text[200];
  run->report->ignored_columns++;
  return problem_add(
      run, E_COLUMN_IGNORED,
      &(struct problem_at){.line = header_line(run), .cell = i + 1, .subject = shown_heading(run, i, text, sizeof text), .expected = "", .found = ""},
      e);
}

static enum err_code bind_cell(struct intake_run *run, int64_t i, struct str heading, bool numbered, struct strbuf *scratch, struct err *e) {
  int column = find_column(run, heading);
  if (numbered) return run->layout->columns ? check_own_heading(run, i, heading, scratch, e) : E_OK;
  if (ignored_by_number(run->layout, i + 1) || (column < 0 && ignored_by_heading(run, heading, scratch))) return tell_ignored(run, i, e);
  if (column < 0) return run->layout->ignore_rest ? tell_ignored(run, i, e) : cell_error(run, E_HEADER_UNKNOWN, i, e);
  if (run->sources[column].n) return cell_error(run, E_HEADER_DUPLICATE, i, e);
  run->sources[column] = (struct column_source){1, {i}};
  return E_OK;
}

static enum err_code check_missing_columns(const struct intake_run *run, int64_t n, struct err *e) {
  struct strbuf missing;
  strbuf_init(&missing, 0);
  for (int i = 0; i < run->layout->n_items; i++) {
    const struct item *item = run->layout->items[i];
    bool beyond = run->sources[i].n && run->sources[i].cells[0] >= n && !(run->layout->columns && run->layout->columns[i].head_row >= 0);
    if ((run->sources[i].n || item->origin == ORIGIN_DERIVED) && !beyond) continue;
    if (missing.n > MISSING_SHOWN) continue;
    strbuf_addf(&missing, "%s%s", missing.n ? ", " : "", run->layout->headings[i] ? run->layout->headings[i] : item->label_ja);
  }
  enum err_code code =
      missing.n ? ERR(e, E_HEADER_MISSING, .file = run->source.name, .line = header_line(run), .subject = strbuf_cstr(&missing)) : E_OK;
  strbuf_release(&missing);
  return code;
}

static enum err_code bind_cells(struct intake_run *run, int64_t n, struct heading_maker *m, struct strbuf *scratch, struct err *e) {
  uint8_t *taken = ARENA_ARRAY(run->arena, uint8_t, n + 1);
  if (!taken) return ERR(e, E_NO_MEMORY, .subject = "header");
  (void)place_by_number(run);
  mark_taken(run, taken, n);
  for (int64_t i = 0; i < n; i++) {
    struct str heading = next_heading(m, i);
    if (m->folded.failed) return ERR(e, E_NO_MEMORY, .subject = "header");
    TRY(bind_cell(run, i, heading, taken[i], scratch, e));
  }
  return check_missing_columns(run, n, e);
}

/* Columns that the layout names by number alone may stand to the right of the last heading, when the header's place is certain. */
static int64_t numbered_cells(const struct intake_run *run) {
  const struct layout *l = run->layout;
  int64_t most = 0;
  for (int i = 0; l->columns && l->title_rows >= 0 && i < l->n_items; i++) {
    const struct layout_column *c = &l->columns[i];
    for (int k = 0; k < c->n_cells && !c->own_heading && c->head_row < 0; k++)
      if (c->cells[k] > most) most = c->cells[k];
  }
  return most;
}

enum err_code header_bind_window(struct intake_run *run, struct err *e) {
  struct heading_maker m = {.run = run};
  struct strbuf scratch;
  int64_t used = used_cells(run), numbered = numbered_cells(run), n = numbered > used ? numbered : used;
  strbuf_init(&m.folded, MADE_BYTES);
  strbuf_init(&scratch, MADE_BYTES);
  run->header_row = header_line(run);
  enum err_code code = bind_cells(run, n, &m, &scratch, e);
  strbuf_release(&m.folded);
  strbuf_release(&scratch);
  if (!code) code = layout_bind(run, n, e);
  run->header_found = !code;
  return code;
}

/* The header of a later block: the same headings in the same cells, by the same rules. */
enum err_code header_compare_window(struct intake_run *run, struct err *e) {
  struct heading_maker m = {.run = run};
  int64_t n = used_cells(run), bad = n == run->n_file_cells ? -1 : n < run->n_file_cells ? n : run->n_file_cells;
  strbuf_init(&m.folded, MADE_BYTES);
  for (int64_t i = 0; bad < 0 && i < n; i++) {
    int column = find_column(run, next_heading(&m, i));
    if (column >= 0 && (run->sources[column].n != 1 || run->sources[column].cells[0] != i)) bad = i;
    for (int k = 0; column < 0 && k < run->layout->n_items; k++)
      if (run->names[k * NAMES].n && run->sources[k].n && run->sources[k].cells[0] == i) bad = i;
  }
  bool failed = m.folded.failed;
  strbuf_release(&m.folded);
  if (failed) return ERR(e, E_NO_MEMORY, .subject = "header");
  return bad < 0 ? E_OK : cell_error(run, E_BLOCK_HEADER, bad, e);
}

/* --- searching --- */

/* Half of the layout's columns, or half of the row's cells and two of them: then it is meant as the header, and must fit. */
static bool meant_as_header(struct intake_run *run, bool *failed) {
  struct heading_maker m = {.run = run};
  int64_t cells = used_cells(run);
  int matches = 0, items = 0;
  strbuf_init(&m.folded, MADE_BYTES);
  for (int i = 0; i < run->layout->n_items; i++) items += run->names[i * NAMES].n > 0;
  for (int64_t i = 0; i < cells; i++) matches += find_column(run, next_heading(&m, i)) >= 0;
  *failed = m.folded.failed;
  strbuf_release(&m.folded);
  if (matches > run->best_matches || run->best_line == 0) run->best_matches = matches, run->best_line = header_line(run);
  return matches > 0 && (matches * 2 >= items || (matches >= 2 && matches * 2 >= cells));
}

/* Only below a header is a row above it a title: before that it may be a record of another form. */
static enum err_code tell_titles(struct intake_run *run, struct err *e) {
  for (int64_t i = 0; i < run->report->title_rows && i < INTAKE_HEADER_ROWS; i++)
    TRY(problem_add(run, E_ROW_TITLE, &(struct problem_at){.line = run->title_lines[i]}, e));
  return E_OK;
}

static void count_title(struct intake_run *run, int64_t line) {
  if (run->report->title_rows < INTAKE_HEADER_ROWS) run->title_lines[run->report->title_rows] = line;
  run->report->title_rows++;
}

/* Exactly title_rows rows, empty ones too, then the header. */
static enum err_code try_at_place(struct intake_run *run, const struct source_row *row, struct err *e) {
  const struct layout *l = run->layout;
  int64_t nth = run->report->title_rows + 1;
  if (nth <= l->title_rows) {
    count_title(run, row->line);
    if (l->header || nth < l->title_rows) return E_OK;
    run->header_found = true;
    return tell_titles(run, e);
  }
  TRY(header_push(run, row, e));
  if (run->window.n_rows < l->header_rows) return E_OK;
  TRY(header_bind_window(run, e));
  return tell_titles(run, e);
}

static enum err_code search(struct intake_run *run, const struct source_row *row, struct err *e) {
  int full = run->layout->header_rows;
  int64_t leaving = run->window.n_rows == full ? window_row(run, 0)->line : 0;
  bool failed;
  if (row_all_blank(row, 0)) {
    run->report->empty_rows++;
    return E_OK;
  }
  TRY(header_push(run, row, e));
  run->codebook |= recognise_codebook(row);
  if (leaving) count_title(run, leaving);
  if (run->window.n_rows == full) {
    bool meant = meant_as_header(run, &failed);
    if (failed) return ERR(e, E_NO_MEMORY, .subject = "header");
    if (meant) {
      TRY(header_bind_window(run, e));
      return tell_titles(run, e);
    }
  }
  return run->report->title_rows + full >= INTAKE_HEADER_ROWS ? header_missing(run, e) : E_OK;
}

enum err_code header_try(struct intake_run *run, const struct source_row *row, struct err *e) {
  return is_searched(run) ? search(run, row, e) : try_at_place(run, row, e);
}

enum err_code header_missing(struct intake_run *run, struct err *e) {
  char found[96];
  if (run->codebook)
    return ERR(e, E_FOREIGN_FORM, .file = run->source.name, .line = run->best_line, .subject = run->source.name, .found = "a codebook (符号表)");
  if (run->layout->blocks)
    return ERR(e, E_BLOCK_NONE, .file = run->source.name, .subject = run->source.name, .expected = run->layout->blocks->start_text);
  snprintf(found, sizeof found, "%d/%d :%lld", run->best_matches, run->layout->n_items, (long long)run->best_line);
  return ERR(e, E_HEADER_NOT_FOUND, .file = run->source.name, .line = run->best_line, .subject = run->layout->name, .found = found);
}

/* intake_row.c -- one row below the header: record, note or empty row; keys first, so that a record seen before leaves no trace in the columns. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/intake_impl.h"

enum { NO_VALUE = SOURCE_CELL_ERROR | SOURCE_CELL_FORMULA | SOURCE_CELL_CUT, GROUP_TEXTS = 14 << 20 };

bool row_all_blank(const struct source_row *row, int64_t from) {
  for (int64_t i = from; i < row->n_cells; i++)
    if (!normalise_is_blank(row->cells[i].text) || row->cells[i].flags & NO_VALUE) return false;
  return true;
}

/* A cell without a readable text, a spreadsheet's error or a formula it never calculated is no answer, whatever the item would make of it. */
static void read_cell(const struct source_row *row, struct item_reader *r, struct cell_value *out) {
  const struct source_cell *cell = &row->cells[r->cell];
  if (!(cell->flags & NO_VALUE)) {
    item_read(r, cell->text, out);
    return;
  }
  enum err_code problem = cell->flags & SOURCE_CELL_CUT ? E_FIXED_CUT : cell->flags & SOURCE_CELL_FORMULA ? E_SHEET_FORMULA : E_SHEET_ERROR;
  *out = (struct cell_value){.code = -1, .status = VAL_INVALID, .problem = problem};
}

/* Only the first cell is filled, and it does not identify a record by itself. */
static bool is_note(const struct intake_run *run, const struct source_row *row) {
  if (run->shaped) return row->n_cells > 1 && !normalise_is_blank(row->cells[0].text) && row_all_blank(row, 1);
  if (run->n_cells < 2 || normalise_is_blank(row->cells[0].text) || !row_all_blank(row, 1)) return false;
  struct cell_value v;
  if (run->n_keys != 1 || run->keys[0]->cell != 0) return true;
  read_cell(row, run->keys[0], &v);
  return v.problem != E_OK;
}

/* 1 = taken as note or empty row. */
static enum err_code take_aside(struct intake_run *run, const struct source_row *row, bool *aside, struct err *e) {
  if (run->file_row) row = run->file_row;
  *aside = true;
  if (row_all_blank(row, 0)) {
    run->report->empty_rows++;
    return E_OK;
  }
  if (is_note(run, row)) {
    run->report->note_rows++;
    run->after_note = true;
    return problem_add(run, E_ROW_NOTE, &(struct problem_at){.line = row->line}, e);
  }
  *aside = false;
  return E_OK;
}

enum err_code row_reject(struct intake_run *run, enum err_code code, const struct problem_at *at, struct err *e) {
  run->report->rows_read++;
  run->report->rejected++;
  return problem_add(run, code, at, e);
}

static enum err_code reject_cells(struct intake_run *run, const struct source_row *row, int64_t wanted, struct err *e) {
  char expected[32], found[32];
  snprintf(expected, sizeof expected, "%lld", (long long)wanted);
  snprintf(found, sizeof found, "%lld", (long long)row->n_cells);
  return row_reject(run, E_ROW_CELLS, &(struct problem_at){.line = row->line, .expected = expected, .found = found}, e);
}

/* A record of fixed width that cannot be cut as it is. */
static enum err_code reject_record(struct intake_run *run, const struct source_row *row, struct err *e) {
  char expected[32], found[32];
  snprintf(expected, sizeof expected, "%lld", (long long)row->wanted);
  snprintf(found, sizeof found, "%lld", (long long)row->bytes);
  return row_reject(run, row->problem, &(struct problem_at){.line = row->line, .expected = expected, .found = found}, e);
}

static int64_t line_of(const struct source_row *row, const struct item_reader *r) { return r->place_line ? r->place_line : row->line; }

static void key_part(struct strbuf *b, const struct item_reader *r, const struct cell_value *v) {
  if (v->code < 0 && r->item->type == COL_INT) {
    strbuf_add_int(b, v->number);
  } else {
    strbuf_add_int(b, (int64_t)v->text.n);
    strbuf_addc(b, ':');
    strbuf_add(b, v->text.p, v->text.n);
  }
  strbuf_addc(b, ';');
}

/* Reads the key cells; *bad is the first that identifies nothing. */
static enum err_code read_keys(struct intake_run *run, const struct source_row *row, struct item_reader **bad, struct cell_value *bad_value, struct err *e) {
  *bad = NULL;
  strbuf_reset(&run->key_text);
  for (int k = 0; k < run->n_keys; k++) {
    struct item_reader *r = run->keys[k];
    read_cell(row, r, &run->values[r->cell]);
    if (value_present(run->values[r->cell].status)) {
      key_part(&run->key_text, r, &run->values[r->cell]);
      continue;
    }
    *bad = r;
    *bad_value = run->values[r->cell];
    return E_OK;
  }
  return run->key_text.failed ? ERR(e, E_NO_MEMORY, .subject = "record key") : E_OK;
}

static enum err_code note_duplicate(struct intake_run *run, const struct source_row *row, enum key_seen seen, int64_t where, int64_t intake, struct err *e) {
  char place[ERR_TEXT_BYTES];
  if (seen == KEY_IN_FILE) snprintf(place, sizeof place, "%s:%lld", run->source.name, (long long)where);
  else
    snprintf(place, sizeof place, run->job->lang == LANG_JA ? "取り込み %lld の %lld 行目" : "intake %lld, line %lld", (long long)intake,
             (long long)where);
  run->report->rows_read++;
  run->report->duplicate++;
  return problem_add(run, seen == KEY_IN_FILE ? E_KEY_DUPLICATE : E_KEY_TAKEN,
                     &(struct problem_at){.line = row->line, .other = where, .expected = place}, e);
}

static enum err_code note_external(struct intake_run *run, const struct source_row *row, const struct item_reader *r, struct err *e) {
  char found[32];
  uint32_t c = external_character(row->cells[r->cell].text);
  unsigned code = cp932_external_code(c);
  if (code) snprintf(found, sizeof found, "%04X", code);
  else snprintf(found, sizeof found, "U+%04X", (unsigned)c);
  return problem_add(run, E_INPUT_EXTERNAL,
                     &(struct problem_at){.line = line_of(row, r), .cell = r->place, .reader = r, .expected = "", .found = found}, e);
}

/* The rare part of a cell: a problem, a repair, an external character. */
static enum err_code take_notes(struct intake_run *run, const struct source_row *row, const struct item_reader *r, const struct cell_value *v, struct err *e) {
  const struct source_cell *cell = &row->cells[r->cell];
  const struct problem_at at = {.line = line_of(row, r), .cell = r->place, .reader = r, .raw = cell->text};
  if (v->problem) TRY(problem_add(run, v->problem, &at, e));
  if (v->problem) TRY(propose_for_cell(run, v->problem, r, row->line, run->report->accepted, cell->text, e));
  if (v->rules & (RULE_BIT(REPAIR_HEISEI_31) | RULE_BIT(REPAIR_ZERO_CHECK_DIGIT)))
    TRY(propose_refusable(run, v, r, row->line, run->report->accepted, cell->text, e));
  if (v->rules & RULE_BIT(REPAIR_HEISEI_31)) TRY(problem_add(run, E_DATE_HEISEI_31, &at, e));
  if (v->rules) TRY(repair_add(run, v->rules, row->line, r, e));
  return cell->flags & SOURCE_CELL_EXTERNAL ? note_external(run, row, r, e) : E_OK;
}

static enum err_code take_cell(struct intake_run *run, const struct source_row *row, int64_t cell, int64_t at, struct err *e) {
  struct item_reader *r = run->by_cell[cell];
  struct cell_value v;
  read_cell(row, r, &v);
  TRY(cell_put(&run->group, r, &v, at, e));
  if (row->plain) plain_remember(run->plain, cell, row->cells[cell].text, &v, at);
  return v.problem || v.rules || row->cells[cell].flags & SOURCE_CELL_EXTERNAL ? take_notes(run, row, r, &v, e) : E_OK;
}

/* Plain cells are written before it is known whether the record is a new one: if not, the next record overwrites them. */
static enum err_code begin_cells(struct intake_run *run, const struct source_row *row, struct err *e) {
  if (!run->group_arena) TRY(group_start(run, e));
  if (row->plain) run->n_left = plain_put(run->plain, row->cells, run->group.n_rows, &run->left);
  return E_OK;
}

/* Texts of 14 MiB end a group before its rows do: with one more row of 1 MiB a column still fits a segment of 16 MiB, and memory is bounded. */
static bool group_full(const struct intake_run *run) {
  return run->group.n_rows == run->group.capacity || arena_used(run->group_arena) >= GROUP_TEXTS;
}

static enum err_code take_cells(struct intake_run *run, const struct source_row *row, struct err *e) {
  int64_t at = run->group.n_rows, n = row->plain ? run->n_left : run->n_cells;
  for (int64_t i = 0; i < n; i++) {
    int64_t cell = row->plain ? run->left[i] : i;
    if (run->by_cell[cell]) TRY(take_cell(run, row, cell, at, e));
  }
  run->lines[at] = row->line;
  run->group.n_rows++;
  run->report->rows_read++;
  run->report->accepted++;
  return group_full(run) ? group_flush(run, e) : E_OK;
}

/* Required items besides the keys: their absence rejects the record. */
static struct item_reader *missing_required(struct intake_run *run, const struct source_row *row, struct cell_value *v) {
  for (int i = 0; i < run->n_required; i++) {
    struct item_reader *r = run->required[i];
    read_cell(row, r, v);
    if (!value_present(v->status)) return r;
  }
  return NULL;
}

static enum err_code settle_period(struct intake_run *run, const struct source_row *row, struct err *e) {
  struct item_reader *r = run->period_item;
  struct cell_value v;
  if (run->period_known) return E_OK;
  read_cell(row, r, &v);
  if (!value_present(v.status) || v.text.n >= sizeof run->report->period || !period_parse(v.text, &run->period) ||
      run->period.kind != run->form->period_kind)
    return ERR(e, E_INTAKE_PERIOD, .file = run->source.name, .line = line_of(row, r), .column = r->place, .subject = r->item->name);
  memcpy(run->report->period, v.text.p, v.text.n);
  run->report->period[v.text.n] = 0;
  run->period_known = true;
  r->period = &run->period;
  return E_OK;
}

enum err_code row_take_record(struct intake_run *run, const struct source_row *row, struct err *e) {
  struct item_reader *bad;
  struct cell_value v = {0};
  bool aside;
  TRY(read_keys(run, row, &bad, &v, e));
  if (!bad) bad = missing_required(run, row, &v);
  if (!bad && !run->n_keys && !run->n_required) { /* nothing identifies a record: an empty row or a note is none */
    TRY(take_aside(run, row, &aside, e));
    if (aside) return E_OK;
  }
  if (bad) {
    TRY(take_aside(run, row, &aside, e));
    if (aside) return E_OK;
    return row_reject(run, E_KEY_MISSING,
                  &(struct problem_at){.line = line_of(row, bad), .cell = bad->place, .reader = bad, .raw = row->cells[bad->cell].text}, e);
  }
  TRY(settle_period(run, row, e));
  if (!run->index.n_slots) TRY(keys_start(run, e));
  if (run->n_keys) keys_take(run, str_view(run->key_text.p, run->key_text.n));
  TRY(begin_cells(run, row, e));
  if (run->n_keys) {
    enum key_seen seen;
    int64_t where = 0, intake = 0;
    TRY(keys_see(run, row->line, &seen, &where, &intake, e));
    if (seen != KEY_NEW) return note_duplicate(run, row, seen, where, intake, e);
  }
  if (run->after_note) {
    run->after_note = false;
    TRY(problem_add(run, E_ROW_AFTER_NOTE, &(struct problem_at){.line = row->line}, e));
  }
  return take_cells(run, row, e);
}

enum err_code row_take_odd(struct intake_run *run, const struct source_row *row, int64_t wanted, struct err *e) {
  bool aside;
  TRY(take_aside(run, row, &aside, e));
  return aside ? E_OK : reject_cells(run, row, wanted, e);
}

enum err_code row_take(struct intake_run *run, const struct source_row *row, struct err *e) {
  if (row->problem) return reject_record(run, row, e);
  if (run->shaped) return shape_take(run, row, e);
  bool rest = row->n_cells > run->n_cells && (run->layout->ignore_rest || row_all_blank(row, run->n_cells));
  return row->n_cells == run->n_cells || rest ? row_take_record(run, row, e) : row_take_odd(run, row, run->n_cells, e);
}

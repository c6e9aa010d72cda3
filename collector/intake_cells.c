/* intake_cells.c -- where each cell went: rows by their fate, cells of accepted records by the status that is stored for them. One pass over a row
 * group's status bytes per column, nothing per cell while reading. */
#include <stdio.h>

#include "collector/intake_impl.h"

static int64_t blank_cells(const struct source_row *row, int64_t from) {
  int64_t n = 0;
  for (int64_t i = from; i < row->n_cells; i++) n += normalise_is_blank(row->cells[i].text);
  return n;
}

/* Cells of an accepted record that no item takes: left out by the layout, or empty ones beyond the last column. */
static void count_untaken(struct intake_run *run, const struct source_row *row) {
  struct intake_report *r = run->report;
  int64_t beyond = row->n_cells > run->n_file_cells ? row->n_cells - run->n_file_cells : 0, blank = beyond;
  if (beyond && run->layout->ignore_rest) blank = blank_cells(row, run->n_file_cells);
  r->cells_ignored += run->n_file_cells - run->n_taken_cells + beyond - blank;
  r->cells_blank += blank;
}

void cells_row(struct intake_run *run, const struct source_row *row, bool is_record, bool accepted, bool header_phase) {
  struct intake_report *r = run->report;
  r->cells_read += row->n_cells;
  if (accepted) {
    count_untaken(run, row);
  } else if (is_record) {
    int64_t blank = blank_cells(row, 0);
    r->cells_blank += blank;
    r->cells_problem += row->n_cells - blank;
  } else {
    *(header_phase ? &r->cells_heading : &r->cells_outside) += row->n_cells;
  }
}

static enum err_code make_columns(struct intake_run *run, struct err *e) {
  struct intake_report *r = run->report;
  if (r->columns || !run->job->arena) return E_OK;
  r->columns = ARENA_ARRAY(run->job->arena, struct intake_column_count, run->n_readers);
  if (!r->columns) return ERR(e, E_NO_MEMORY, .subject = run->form->id);
  r->n_columns = run->n_readers;
  for (int k = 0; k < run->n_readers; k++) {
    const struct item_reader *reader = &run->readers[k];
    bool day = reader->item->class == CLASS_DATE || reader->item->class == CLASS_WAREKI;
    r->columns[k] = (struct intake_column_count){reader->item->name, reader->place, reader->item->type == COL_INT && !day, 0, 0, 0};
  }
  return E_OK;
}

static void count_statuses(const uint8_t *status, int64_t n, struct intake_column_count *out) {
  int64_t typed = 0, problem = 0;
  for (int64_t i = 0; i < n; i++) {
    typed += value_present(status[i]);
    problem += status[i] == VAL_INVALID;
  }
  out->typed += typed;
  out->problem += problem;
  out->blank += n - typed - problem;
}

enum err_code cells_group(struct intake_run *run, struct err *e) {
  struct intake_report *r = run->report;
  TRY(make_columns(run, e));
  for (int k = 0; k < run->n_readers; k++) {
    struct intake_column_count group = {0};
    if (run->readers[k].cell < 0) continue;
    count_statuses(run->group.columns[run->readers[k].column].status, run->group.n_rows, &group);
    const int64_t file_cells = run->readers[k].n_file_cells; /* of this record that make the value */
    r->cells_typed += group.typed * file_cells;
    r->cells_blank += group.blank * file_cells;
    r->cells_problem += group.problem * file_cells;
    if (!r->columns) continue;
    r->columns[k].typed += group.typed;
    r->columns[k].blank += group.blank;
    r->columns[k].problem += group.problem;
  }
  return E_OK;
}

enum err_code cells_balance(struct intake_run *run, struct err *e) {
  struct intake_report *r = run->report;
  r->cells_typed -= run->blank_typed; /* the cell is blank, although the item has the value above */
  r->cells_blank += run->blank_typed;
  int64_t sum = r->cells_typed + r->cells_blank + r->cells_problem + r->cells_ignored + r->cells_heading + r->cells_outside;
  char expected[24], found[24];
  if (sum == r->cells_read) return E_OK;
  snprintf(expected, sizeof expected, "%lld", (long long)r->cells_read);
  snprintf(found, sizeof found, "%lld", (long long)sum);
  return ERR(e, E_INTAKE_CELLS, .file = run->source.name, .subject = run->source.name, .expected = expected, .found = found);
}

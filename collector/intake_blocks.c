/* intake_blocks.c -- page blocks: the same table again and again, each with a head that says what its records are about. Rows count from the start row. */
#include "collector/intake_impl.h"

static bool starts_block(const struct intake_run *run, const struct source_row *row) {
  const struct layout_blocks *b = run->layout->blocks;
  return row->n_cells >= b->start_cell && header_says(row->cells[b->start_cell - 1].text, b->start_text);
}

/* A block that ended inside its head has lost its records. */
static enum err_code check_whole(const struct intake_run *run, struct err *e) {
  const struct block_state *s = &run->block;
  if (s->row < 0 || s->row + 1 >= run->layout->blocks->data_offset) return E_OK;
  return ERR(e, E_BLOCK_SHORT, .file = run->source.name, .line = s->start_line, .subject = run->source.name);
}

static enum err_code start(struct intake_run *run, const struct source_row *row, struct err *e) {
  TRY(check_whole(run, e));
  run->block = (struct block_state){.row = 0, .start_line = row->line};
  run->report->blocks++;
  run->window.n_rows = 0;
  run->window.seen = 0;
  shape_forget(run, true);
  return E_OK;
}

/* One row of the head: what it says is kept, a header row is collected, and a whole header bound or compared. */
static enum err_code take_head(struct intake_run *run, const struct source_row *row, struct err *e) {
  const struct layout *l = run->layout;
  int64_t header_row = run->block.row - l->blocks->header_offset;
  run->report->block_head_rows++;
  shape_head(run, row, run->block.row);
  if (l->header && header_row >= 0 && header_row < l->header_rows) {
    TRY(header_push(run, row, e));
    if (header_row + 1 == l->header_rows) TRY(run->header_found ? header_compare_window(run, e) : header_bind_window(run, e));
  }
  if (!l->header && run->block.row + 1 == l->blocks->data_offset) run->header_found = true;
  return E_OK;
}

static enum err_code take_data(struct intake_run *run, const struct source_row *row, struct err *e) {
  enum layout_blank_row blank = run->layout->blocks->blank_row;
  bool empty = row_all_blank(row, 0);
  if (empty && blank == BLANK_ROW_ENDS_GROUP) shape_forget(run, false);
  if (empty && blank == BLANK_ROW_ENDS_BLOCK) run->block.ended = true;
  if (!run->block.ended || empty) return shape_take(run, row, e);
  run->report->note_rows++;
  return problem_add(run, E_ROW_NOTE, &(struct problem_at){.line = row->line}, e);
}

static enum err_code take_title(struct intake_run *run, const struct source_row *row, struct err *e) {
  run->report->title_rows++;
  return problem_add(run, E_ROW_TITLE, &(struct problem_at){.line = row->line}, e);
}

enum err_code blocks_row(struct intake_run *run, const struct source_row *row, bool *heading, struct err *e) {
  struct block_state *s = &run->block;
  if (starts_block(run, row)) TRY(start(run, row, e));
  else if (s->row >= 0) s->row++;
  *heading = s->row < run->layout->blocks->data_offset;
  if (s->row < 0) return take_title(run, row, e);
  return *heading ? take_head(run, row, e) : take_data(run, row, e);
}

enum err_code blocks_end(struct intake_run *run, struct err *e) { return run->layout->blocks ? check_whole(run, e) : E_OK; }

/* intake_group.c -- one row group of typed columns: codes against their dates, derived items, then sealed. Each group has an arena and dictionaries of its
 * own, so that memory is bounded and no segment carries another group's texts. */
#include <string.h>

#include "collector/derive.h"
#include "collector/intake_impl.h"

struct dataset_key intake_dataset(const struct intake_run *run, const char *stage) {
  return (struct dataset_key){run->form->survey, run->form->id, run->report->period, stage};
}

void group_release(struct intake_run *run) {
  if (run->shard) store_shard_abort(run->shard);
  arena_free(run->group_arena);
  run->shard = NULL;
  run->group = (struct table){.n_rows = 0};
  run->group_arena = NULL;
}

static enum err_code fill_parts(struct intake_run *run, struct err *e) {
  if (run->parts) return E_OK;
  run->parts = ARENA_ARRAY(run->arena, uint8_t, run->n_readers);
  if (!run->parts) return ERR(e, E_NO_MEMORY, .subject = run->form->id);
  for (int k = 0; k < run->n_readers; k++) run->parts[k] = (uint8_t)run->readers[k].item->part;
  return E_OK;
}

/* A row has at least a byte for every cell, so a small file needs no room for a whole group. */
static int64_t group_capacity(const struct intake_run *run) {
  int64_t most = (int64_t)run->source.n / (run->n_cells > 0 ? run->n_cells : 1) + 1;
  return most < INTAKE_GROUP ? most : INTAKE_GROUP;
}

enum err_code group_start(struct intake_run *run, struct err *e) {
  int64_t capacity = group_capacity(run);
  TRY(fill_parts(run, e));
  run->group_arena = arena_new(0);
  struct column *columns = run->group_arena ? ARENA_ARRAY(run->group_arena, struct column, run->n_readers) : NULL;
  run->lines = run->group_arena ? ARENA_ARRAY(run->group_arena, int64_t, capacity) : NULL;
  if (!columns || !run->lines) return ERR(e, E_NO_MEMORY, .subject = run->form->id);
  if (form_columns(run->form, run->record, columns, run->n_readers) != run->n_readers) return ERR(e, E_BUG, .subject = "form_columns");
  for (int k = 0; k < run->n_readers; k++) {
    const struct item_reader *r = &run->readers[k];
    bool coded = columns[k].type == COL_CODE || columns[k].type == COL_TEXT;
    columns[k].dict = coded && r->index && !r->own_dict ? r->index->list->dict : NULL;
  }
  TRY(table_init(&run->group, run->group_arena, columns, run->n_readers, capacity, e));
  for (int k = 0; k < run->n_readers; k++)
    if (run->readers[k].cell < 0) memset(run->group.columns[k].status, run->readers[k].blank_status, (size_t)capacity);
  return plain_start(run->arena, run->by_cell, run->n_cells, &run->group, &run->plain, e);
}

/* --- codes on the day of their event --- */

static enum err_code check_code_dates(struct intake_run *run, struct item_reader *r, struct err *e) {
  struct column *c = &run->group.columns[r->column];
  const struct column *day = table_column(&run->group, r->item->as_of);
  if (!day || !day->is_date) return E_OK;
  for (int64_t i = 0; i < run->group.n_rows; i++) {
    int32_t id = c->code[i];
    if (!value_present(c->status[i]) || !value_present(day->status[i])) continue;
    if (r->own_dict && !code_index_find(r->index, dict_text(c->dict, c->code[i]), &id)) continue;
    if (code_index_valid_on(r->index, id, day->i64[i])) continue;
    struct str code = dict_text(c->dict, c->code[i]);
    enum err_code problem = E_CODE_NOT_VALID_ON;
    char found[256];
    int64_t row = run->report->accepted - run->group.n_rows + i; /* in the file */
    TRY(propose_code_of_day(run, r, run->lines[i], row, code, day->i64[i], &problem, found, sizeof found, e));
    const struct problem_at at = {
        .line = run->lines[i], .cell = r->place, .reader = r, .raw = code, .expected = r->item->as_of, .found = *found ? found : NULL};
    TRY(problem_add(run, problem, &at, e));
    c->status[i] = VAL_INVALID;
    c->code[i] = 0;
  }
  return E_OK;
}

/* --- sealing --- */

static enum err_code begin_shard(struct intake_run *run, struct err *e) {
  if (!run->store || run->shard) return E_OK;
  struct dataset_key key = intake_dataset(run, "received");
  store_enter(run->store);
  enum err_code code = store_shard_begin(run->store, &key, run->form->hash_hex, "", store_office(run->store)->id, run->id, &run->shard, e);
  store_leave(run->store);
  return code;
}

enum err_code group_flush(struct intake_run *run, struct err *e) {
  if (run->group.n_rows == 0) return E_OK;
  for (int k = 0; k < run->n_readers; k++) {
    struct item_reader *r = &run->readers[k];
    if (r->cell >= 0 && r->index && r->index->dated && *r->item->as_of) TRY(check_code_dates(run, r, e));
  }
  TRY(cells_group(run, e));
  TRY(derive_columns(run->group_arena, run->form, &run->group, e));
  if (run->options->correct) TRY(change_settle(run, e));
  if (run->group.n_rows) {
    TRY(begin_shard(run, e));
    return sealer_take_group(run, e);
  }
  arena_free(run->group_arena);
  run->group_arena = NULL;
  run->group = (struct table){.n_rows = 0};
  return E_OK;
}

/* intake_group.c -- one row group of typed columns: codes against their dates, derived items, then sealed. Each group has an arena and dictionaries of its
 * own, so that memory is bounded and no segment carries another group's texts; the arrays go from a sealed group to a new one. */
#include <string.h>

#include "collector/derive.h"
#include "collector/intake_impl.h"

struct dataset_key intake_dataset(const struct intake_run *run, const char *stage) {
  return (struct dataset_key){run->form->survey, run->form->id, run->report->period, stage};
}

void group_release(struct intake_run *run) {
  if (run->shard) store_shard_abort(run->shard);
  arena_free(run->group_arena);
  if (run->memory) arena_free(run->memory->arena);
  run->shard = NULL;
  run->group = (struct table){.n_rows = 0};
  run->group_arena = NULL;
  run->memory = NULL;
}

static enum err_code fill_parts(struct intake_run *run, struct err *e) {
  if (run->parts) return E_OK;
  run->parts = ARENA_ARRAY(run->arena, uint8_t, run->n_readers);
  if (!run->parts) return ERR(e, E_NO_MEMORY, .subject = run->form->id);
  for (int k = 0; k < run->n_readers; k++) run->parts[k] = (uint8_t)run->readers[k].item->part;
  return E_OK;
}

/* A small file needs no room for a whole group. A row of plain CSV has at least a byte for every cell, any other row of a text one byte: its
 * cells may come from a block's head, from the row above, or from the same bytes. What a workbook's bytes unpack to is not known. */
static int64_t group_capacity(const struct intake_run *run) {
  if (run->source.workbook) return INTAKE_GROUP;
  bool a_byte_a_cell = run->reader == &source_reader_csv && !run->shaped && run->n_cells > 0;
  int64_t most = (int64_t)run->source.n / (a_byte_a_cell ? run->n_cells : 1) + 1;
  return most < INTAKE_GROUP ? most : INTAKE_GROUP;
}

static bool has_own_texts(const struct item_reader *r, const struct column *c) {
  return (c->type == COL_CODE || c->type == COL_TEXT) && (!r->index || r->own_dict);
}

static enum err_code make_memory(struct intake_run *run, struct err *e) {
  int64_t capacity = group_capacity(run);
  struct arena *a = arena_new(0);
  struct group_memory *m = run->memory = a ? ARENA_NEW(a, struct group_memory) : NULL;
  if (!m) {
    arena_free(a);
    return ERR(e, E_NO_MEMORY, .subject = run->form->id);
  }
  m->arena = a;
  struct column *columns = ARENA_ARRAY(a, struct column, run->n_readers);
  m->lines = ARENA_ARRAY(a, int64_t, capacity);
  if (!columns || !m->lines) return ERR(e, E_NO_MEMORY, .subject = run->form->id);
  if (form_columns(run->form, run->record, columns, run->n_readers) != run->n_readers) return ERR(e, E_BUG, .subject = "form_columns");
  for (int k = 0; k < run->n_readers; k++) {
    bool coded = columns[k].type == COL_CODE || columns[k].type == COL_TEXT;
    if (coded && !has_own_texts(&run->readers[k], &columns[k])) columns[k].dict = run->readers[k].index->list->dict;
  }
  return table_init(&m->table, a, columns, run->n_readers, capacity, e);
}

/* What a group before it wrote stays in the arrays: all that rows have is written anew, columns without a cell are wiped. */
static enum err_code prepare_columns(struct intake_run *run, struct err *e) {
  for (int k = 0; k < run->n_readers; k++) {
    const struct item_reader *r = &run->readers[k];
    struct column *c = &run->group.columns[k];
    if (has_own_texts(r, c) && !(c->dict = dict_new(run->group_arena))) return ERR(e, E_NO_MEMORY, .subject = c->name);
    if (r->cell >= 0) continue;
    memset(c->status, r->blank_status, (size_t)run->group.capacity);
    if (c->i64) memset(c->i64, 0, (size_t)run->group.capacity * sizeof *c->i64);
    if (c->code) memset(c->code, 0, (size_t)run->group.capacity * sizeof *c->code);
  }
  return E_OK;
}

enum err_code group_start(struct intake_run *run, struct err *e) {
  TRY(fill_parts(run, e));
  run->group_arena = arena_new(0);
  if (!run->group_arena) return ERR(e, E_NO_MEMORY, .subject = run->form->id);
  run->memory = sealer_spare(run);
  if (!run->memory) TRY(make_memory(run, e));
  run->lines = run->memory->lines;
  run->group = run->memory->table;
  run->group.arena = run->group_arena;
  TRY(prepare_columns(run, e));
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
  arena_free(run->memory->arena);
  run->group_arena = NULL;
  run->memory = NULL;
  run->group = (struct table){.n_rows = 0};
  return E_OK;
}

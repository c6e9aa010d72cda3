#include "processing/command/cmd_process_checkpoint.h"

#include "processing/command/cmd_process_periods.h"

#include <string.h>

struct dataset_key process_key(const struct process_run *r, const char *stage) {
  return (struct dataset_key){r->form->survey, r->form->id, r->period, stage};
}

enum err_code process_put(struct process_run *r, const char *stage, const struct table *t, struct err *e) {
  const struct dataset_key key = process_key(r, stage);
  TRY(store_dataset_clear(r->s, &key, e));
  return process_write(r->s, &key, r->form, "", store_office(r->s)->id, 1, t, r->a, e);
}

/* Nothing is stored where no step counted anything; what an earlier run left is cleared. */
enum err_code process_put_statistics(struct process_run *r, const char *stage, struct err *e) {
  const struct dataset_key key = process_key(r, stage);
  return r->state->statistics.n_rows ? process_put(r, stage, &r->state->statistics, e) : store_dataset_clear(r->s, &key, e);
}

/* What steps estimated, and the sets it came from: nothing is stored where no step did. */
enum err_code process_put_estimates(struct process_run *r, const char *estimates, const char *sets, struct err *e) {
  const struct dataset_key keys[] = {process_key(r, estimates), process_key(r, sets)};
  const struct table *const tables[] = {&r->state->estimates, &r->state->sets};
  for (int k = 0; k < 2; k++)
    TRY(tables[k]->n_rows ? process_put(r, keys[k].stage, tables[k], e) : store_dataset_clear(r->s, &keys[k], e));
  return E_OK;
}

/* --- out --- */
enum { COUNT_COLUMNS = 4 + IMPUTE_OUTCOMES + IMPUTE_MAX_LEVELS };
static const char *const count_names[COUNT_COLUMNS] = {"step", "item", "method", "missing", "outcome_0", "outcome_1", "outcome_2", "outcome_3",
    "outcome_4", "outcome_5", "outcome_6", "level_0", "level_1", "level_2", "level_3", "level_4", "level_5", "level_6", "level_7"};

static enum err_code put_counts(struct process_run *r, struct err *e) {
  struct column columns[COUNT_COLUMNS];
  struct table t;
  const struct impute_report *all = &r->state->imputed;
  for (int k = 0; k < COUNT_COLUMNS; k++) columns[k] = (struct column){.name = count_names[k], .type = k == 1 || k == 2 ? COL_CODE : COL_INT};
  TRY(table_init(&t, r->a, columns, COUNT_COLUMNS, all->n + 1, e));
  for (int i = 0; i < all->n; i++) {
    const struct impute_count *c = &all->counts[i];
    t.columns[0].i64[i] = c->step;
    t.columns[1].code[i] = dict_add(t.columns[1].dict, str_of(c->item));
    t.columns[2].code[i] = dict_add(t.columns[2].dict, str_of(c->method));
    t.columns[3].i64[i] = c->missing;
    for (int k = 0; k < IMPUTE_OUTCOMES; k++) t.columns[4 + k].i64[i] = c->by_outcome[k];
    for (int k = 0; k < IMPUTE_MAX_LEVELS; k++) t.columns[4 + IMPUTE_OUTCOMES + k].i64[i] = c->by_level[k];
    if (t.columns[1].code[i] < 0 || t.columns[2].code[i] < 0) return ERR(e, E_NO_MEMORY, .subject = "counts");
    t.n_rows++;
  }
  return process_put(r, "step_counts", &t, e);
}

static enum err_code put_states(struct process_run *r, struct err *e) {
  static const struct column columns[] = {{.name = "state", .type = COL_INT, .unit = ""}};
  struct table t;
  TRY(table_init(&t, r->a, columns, 1, r->state->n_records + 1, e));
  for (int64_t i = 0; i < r->state->n_records; i++) t.columns[0].i64[i] = r->state->state[i];
  t.n_rows = r->state->n_records;
  return process_put(r, "step_states", &t, e);
}

static enum err_code put_values(struct process_run *r, struct err *e) {
  const struct dataset_key key = process_key(r, "step_values");
  TRY(store_dataset_clear(r->s, &key, e));
  for (int64_t i = 0; i < r->received->n; i++)
    TRY(process_write(r->s, &key, r->form, r->received->shards[i].batch, r->received->shards[i].sender, i + 1, &r->received->tables[i], r->a, e));
  return E_OK;
}

static enum err_code put_all(struct process_run *r, struct err *e) {
  TRY(put_values(r, e));
  TRY(process_put(r, "step_changes", &r->state->log.table, e));
  TRY(process_put(r, "step_flags", &r->state->flags.log, e));
  TRY(process_put(r, "step_proposals", &r->state->proposals, e));
  TRY(put_counts(r, e));
  TRY(process_put_statistics(r, "step_statistics", e));
  TRY(process_put_estimates(r, "step_estimates", "step_sets", e));
  TRY(process_put_series(r, "step_", e));
  TRY(put_states(r, e));
  return process_put_status(r, "step_status", e);
}

enum err_code checkpoint_write(struct process_run *r, struct err *e) {
  TRY(store_begin(r->s, e));
  enum err_code code = put_all(r, e);
  if (!code) code = store_commit(r->s, e);
  if (code) store_rollback(r->s);
  return code;
}

enum err_code checkpoint_clear(struct process_run *r, struct err *e) {
  static const char *const stages[] = {"step_values", "step_changes", "step_flags", "step_proposals", "step_counts", "step_states",
      "step_statistics", "step_estimates", "step_sets",
                                       "step_status"};
  for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
    const struct dataset_key key = process_key(r, stages[i]);
    TRY(store_dataset_clear(r->s, &key, e));
  }
  return process_clear_series(r, "step_", e);
}

/* --- in --- */
/* The only shard of a stage; rows 0 when it was empty. */
static enum err_code get(struct process_run *r, const char *stage, struct table *out, struct err *e) {
  const struct dataset_key key = process_key(r, stage);
  struct process_data d;
  *out = (struct table){.n_rows = 0};
  TRY(process_read(r->s, &key, r->access, r->a, NULL, &d, e));
  if (d.n_rows) *out = d.tables[0];
  return E_OK;
}

/* Rows of a kept table into the empty one that was just made, so that later rows find the same columns and dictionaries as without the
 * interruption. */
static enum err_code refill(struct table *to, const struct table *from, struct err *e) {
  TRY(table_reserve(to, from->n_rows + 1, e));
  for (int k = 0; k < to->n_columns && from->n_rows; k++) {
    struct column *c = &to->columns[k];
    int at = table_find(from, c->name);
    if (at < 0) return ERR(e, E_BUG, .subject = c->name);
    const struct column *f = &from->columns[at];
    memcpy(c->status, f->status, (size_t)from->n_rows);
    for (int64_t row = 0; row < from->n_rows; row++) {
      if (c->type == COL_INT) c->i64[row] = f->i64[row];
      else if ((c->code[row] = dict_add(c->dict, value_present(f->status[row]) ? dict_text(f->dict, f->code[row]) : STR(""))) < 0)
        return ERR(e, E_NO_MEMORY, .subject = c->name);
    }
  }
  to->n_rows = from->n_rows;
  return E_OK;
}

static enum err_code get_values(struct process_run *r, struct err *e) {
  const struct dataset_key key = process_key(r, "step_values");
  struct process_data d;
  TRY(process_read(r->s, &key, r->access, r->a, NULL, &d, e));
  if (d.n != r->received->n || d.n_rows != r->received->n_rows) return ERR(e, E_BUG, .subject = "step_values");
  for (int64_t i = 0; i < d.n; i++) {
    struct table *to = &r->received->tables[i];
    to->n_rows = 0;
    TRY(refill(to, &d.tables[i], e));
  }
  return E_OK;
}

static const char *kept_text(struct process_run *r, const struct column *c, int64_t row) {
  struct str s = dict_text(c->dict, c->code[row]);
  const char *copy = arena_strdup(r->a, s.p, s.n);
  return copy ? copy : "";
}

static enum err_code get_counts(struct process_run *r, struct err *e) {
  struct table t;
  TRY(get(r, "step_counts", &t, e));
  struct impute_count *counts = ARENA_ARRAY(r->a, struct impute_count, t.n_rows + 1);
  if (!counts) return ERR(e, E_NO_MEMORY, .subject = "counts");
  if (t.n_rows && t.n_columns != COUNT_COLUMNS) return ERR(e, E_BUG, .subject = "step_counts");
  for (int64_t i = 0; i < t.n_rows; i++) {
    counts[i] = (struct impute_count){.step = t.columns[0].i64[i],
        .item = kept_text(r, &t.columns[1], i),
        .method = kept_text(r, &t.columns[2], i),
        .missing = t.columns[3].i64[i]};
    for (int k = 0; k < IMPUTE_OUTCOMES; k++) counts[i].by_outcome[k] = t.columns[4 + k].i64[i];
    for (int k = 0; k < IMPUTE_MAX_LEVELS; k++) counts[i].by_level[k] = t.columns[4 + IMPUTE_OUTCOMES + k].i64[i];
  }
  r->state->imputed = (struct impute_report){(int)t.n_rows, counts};
  return E_OK;
}

static enum err_code get_rest(struct process_run *r, struct err *e) {
  struct table t;
  struct job_state *j = r->state;
  TRY(get(r, "step_changes", &t, e));
  TRY(refill(&j->log.table, &t, e));
  const struct column *method = &j->log.table.columns[CHANGE_METHOD];
  const int32_t derived = dict_find(method->dict, STR("derived")); /* follows from what was changed and marks nothing */
  for (int64_t i = 0; i < t.n_rows; i++)
    if (method->code[i] != derived) j->changed[j->log.table.columns[CHANGE_RECORD_NO].i64[i] - 1] = 1;
  TRY(get(r, "step_flags", &t, e));
  TRY(cell_flags_restore(&j->flags, &t, e));
  TRY(get(r, "step_proposals", &t, e));
  TRY(refill(&j->proposals, &t, e));
  TRY(get(r, "step_statistics", &t, e));
  TRY(refill(&j->statistics, &t, e));
  TRY(get(r, "step_estimates", &t, e));
  TRY(refill(&j->estimates, &t, e));
  TRY(get(r, "step_sets", &t, e));
  TRY(refill(&j->sets, &t, e));
  TRY(get(r, "step_" SERIES_CELLS, &t, e));
  TRY(refill(&j->chain_cells, &t, e));
  TRY(get(r, "step_" SERIES_LINKS, &t, e));
  TRY(refill(&j->chain_links, &t, e));
  TRY(get_counts(r, e));
  TRY(get(r, "step_states", &t, e));
  for (int64_t i = 0; i < t.n_rows && i < j->n_records; i++) j->state[i] = (uint8_t)t.columns[0].i64[i];
  return E_OK;
}

enum err_code checkpoint_read(struct process_run *r, struct err *e) {
  const struct dataset_key key = process_key(r, "step_status");
  struct step_report *steps = NULL;
  struct process_status_head head;
  int n;
  TRY(process_read_status(r->s, &key, r->access, r->a, &steps, &n, &head, e));
  if (!n || strcmp(head.run, r->state->run) != 0 || n > r->state->plan->n_steps) return E_OK;
  TRY(get_values(r, e));
  TRY(get_rest(r, e));
  for (int i = 0; i < n; i++) {
    r->steps[i] = steps[i];
    r->steps[i].resumed = true;
  }
  r->n_steps = n;
  struct err note;
  (void)ERR(&note, E_JOB_RESUMED, .subject = r->steps[n - 1].step);
  job_problem(store_job(r->s), &note);
  return E_OK;
}

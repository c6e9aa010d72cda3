/* Steps: what each method counted itself, how many values were flagged per record, how many flags were right to change, who gave values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/job/process_metrics_impl.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "process metrics"); }

static enum err_code put(
    const struct metric_writer *w, const char *step, const char *name, const char *detail, int64_t part, int64_t whole, bool alone, struct err *e) {
  const struct metric_row row = {
      .step = step, .name = name, .detail = detail, .part = {part, 0}, .whole = {whole, 0}, .no_whole = alone, .unweighted = true};
  return metric_put(w, &row, e);
}
static enum err_code absent(const struct metric_writer *w, const char *step, const char *name, const char *why, struct err *e) {
  return metric_put(w, &(struct metric_row){.step = step, .name = name, .reason = why}, e);
}
static bool note_of(const struct step_report *r, const char *name, int64_t *value) {
  for (int k = 0; k < r->n_notes; k++)
    if (strcmp(r->notes[k].name, name) == 0) return *value = r->notes[k].value, true;
  return false;
}

static int64_t row_of_step(const struct table *t, enum flag_column k, const char *step) { return dict_find(t->columns[k].dict, str_of(step)); }

static int by_record(const void *a, const void *b) {
  const int64_t p = *(const int64_t *)a, q = *(const int64_t *)b;
  return (p > q) - (p < q);
}

/* --- flags: records by the number of values flagged, from 1 --- */
static enum err_code cardinality(const struct metric_writer *w, const char *step, struct err *e) {
  const struct table *t = &w->j->flags.log;
  const int64_t code = row_of_step(t, FLAGGED_STEP, step);
  int64_t *records = ARENA_ARRAY(w->j->arena, int64_t, t->n_rows + 1), *by = ARENA_ARRAY(w->j->arena, int64_t, w->j->form->n_items + 2);
  int64_t n = 0, flagged = 0;
  char k[16];
  if (!records || !by) return no_memory(e);
  for (int64_t r = 0; r < t->n_rows; r++)
    if (t->columns[FLAGGED_STEP].code[r] == code) records[n++] = t->columns[FLAGGED_RECORD_NO].i64[r];
  if (n) qsort(records, (size_t)n, sizeof *records, by_record);
  for (int64_t i = 0, next; i < n; i = next, flagged++) {
    for (next = i; next < n && records[next] == records[i]; next++) continue;
    by[next - i <= w->j->form->n_items ? next - i : w->j->form->n_items + 1]++;
  }
  for (int size = 1; size <= w->j->form->n_items; size++) {
    if (!by[size]) continue;
    (void)snprintf(k, sizeof k, "%d", size);
    TRY(put(w, step, "cardinality", k, by[size], flagged, false, e));
  }
  return E_OK;
}

/* --- flags: was the value another one in the end? --- */
struct flagged {
  int64_t record, item, row; /* row of the change log, from 0 */
};
static int by_cell(const void *a, const void *b) {
  const struct flagged *p = a, *q = b;
  if (p->record != q->record) return p->record < q->record ? -1 : 1;
  if (p->item != q->item) return p->item < q->item ? -1 : 1;
  return (p->row > q->row) - (p->row < q->row);
}

/* The changes of all values that were changed, by record, item and time. */
static enum err_code sorted_changes(const struct metric_writer *w, struct flagged **out, struct err *e) {
  const struct table *log = &w->j->log.table;
  struct flagged *cells = ARENA_ARRAY(w->j->arena, struct flagged, log->n_rows + 1);
  const struct dict *names = log->columns[CHANGE_ITEM].dict;
  int32_t *item = ARENA_ARRAY(w->j->arena, int32_t, dict_count(names) + 1);
  if (!cells || !item) return no_memory(e);
  for (int32_t d = 0; d < dict_count(names); d++) item[d] = dict_find(w->j->flags.log.columns[FLAGGED_ITEM].dict, dict_text(names, d));
  for (int64_t r = 0; r < log->n_rows; r++)
    cells[r] = (struct flagged){log->columns[CHANGE_RECORD_NO].i64[r], item[log->columns[CHANGE_ITEM].code[r]], r};
  if (log->n_rows) qsort(cells, (size_t)log->n_rows, sizeof *cells, by_cell);
  *out = cells;
  return E_OK;
}

static const struct flagged *first_of(const struct flagged *cells, int64_t n, int64_t record, int64_t item) {
  const struct flagged key = {record, item, -1};
  int64_t low = 0, high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (by_cell(&cells[middle], &key) < 0) low = middle + 1;
    else high = middle;
  }
  return low < n && cells[low].record == record && cells[low].item == item ? &cells[low] : NULL;
}

static bool was_there(const struct metric_writer *w, const struct table *t, int64_t row) {
  const int64_t record = t->columns[FLAGGED_RECORD_NO].i64[row] - 1;
  const struct unit_shard *shard = job_shard_of(w->j, record);
  const struct str name = dict_text(t->columns[FLAGGED_ITEM].dict, t->columns[FLAGGED_ITEM].code[row]);
  for (int k = 0; k < shard->current->n_columns; k++)
    if (str_eq(str_of(shard->current->columns[k].name), name))
      return value_present(shard->current->columns[k].status[record - shard->first_record]);
  return false;
}

static struct str cell_text(const struct table *log, enum change_column k, int64_t row) {
  return dict_text(log->columns[k].dict, log->columns[k].code[row]);
}

static enum err_code hit_rate(const struct metric_writer *w, const char *step, const struct flagged *cells, struct err *e) {
  const struct table *t = &w->j->flags.log, *log = &w->j->log.table;
  const int64_t code = row_of_step(t, FLAGGED_STEP, step), impute = dict_find(t->columns[FLAGGED_FLAG].dict, str_of(cell_flag_name(FLAG_IMPUTE)));
  struct tally hits = {0, 0}, there = {0, 0};
  for (int64_t r = 0; r < t->n_rows; r++) {
    if (t->columns[FLAGGED_STEP].code[r] != code || t->columns[FLAGGED_FLAG].code[r] != impute) continue;
    const int64_t record = t->columns[FLAGGED_RECORD_NO].i64[r], item = t->columns[FLAGGED_ITEM].code[r], weight = metric_weight(w, record - 1);
    const struct flagged *first = first_of(cells, log->n_rows, record, item), *last = first;
    if (first ? !value_present(log->columns[CHANGE_OLD_VALUE].status[first->row]) : !was_there(w, t, r)) continue;
    there.n++;
    there.weighted += weight;
    if (!first) continue;
    while (last + 1 < cells + log->n_rows && last[1].record == record && last[1].item == item) last++;
    const bool gone = !value_present(log->columns[CHANGE_NEW_VALUE].status[last->row]);
    if (!gone && str_eq(cell_text(log, CHANGE_OLD_VALUE, first->row), cell_text(log, CHANGE_NEW_VALUE, last->row))) continue;
    hits.n++;
    hits.weighted += weight;
  }
  return metric_put(w, &(struct metric_row){.step = step, .name = "hit_rate", .part = hits, .whole = there}, e);
}

/* --- donors --- */
static enum err_code donors(const struct metric_writer *w, const char *step, struct err *e) {
  const struct table *log = &w->j->log.table;
  const int64_t code = row_of_step(log, (enum flag_column)CHANGE_JOB_STEP, step);
  int64_t *given = ARENA_ARRAY(w->j->arena, int64_t, log->n_rows + 1), n = 0, different = 0, most = 0;
  struct flagged *uses = ARENA_ARRAY(w->j->arena, struct flagged, log->n_rows + 1);
  if (!given || !uses) return no_memory(e);
  for (int64_t r = 0; r < log->n_rows; r++)
    if (log->columns[CHANGE_JOB_STEP].code[r] == code && value_present(log->columns[CHANGE_DONOR].status[r]))
      uses[n++] = (struct flagged){log->columns[CHANGE_DONOR].i64[r], log->columns[CHANGE_RECORD_NO].i64[r], 0};
  if (!n) return E_OK;
  qsort(uses, (size_t)n, sizeof *uses, by_cell);
  int64_t times = 0, all = 0;
  for (int64_t i = 0; i < n; i++) {
    const bool new_donor = !i || uses[i].record != uses[i - 1].record, new_use = new_donor || uses[i].item != uses[i - 1].item;
    times = new_donor ? 1 : times + new_use;
    different += new_donor;
    all += new_use;
    if (times > most) most = times;
  }
  TRY(put(w, step, "donors", NULL, different, all, false, e));
  TRY(put(w, step, "donor_max_use", NULL, most, 0, true, e));
  return E_OK;
}

static enum err_code one_step(const struct metric_writer *w, const struct step_report *r, const struct flagged *cells, struct err *e) {
  int64_t called, scored, n;
  char name[96];
  for (int k = 0; k < r->n_notes; k++) {
    if (strcmp(r->notes[k].name, "lps") == 0) continue; /* work done: depends on threads, stands in the status only */
    (void)snprintf(name, sizeof name, "step_%s", r->notes[k].name);
    TRY(put(w, r->step, name, r->method, r->notes[k].value, r->selected, r->selected == 0, e));
  }
  if (r->flagged) {
    TRY(cardinality(w, r->step, e));
    TRY(hit_rate(w, r->step, cells, e));
  }
  if (strcmp(r->method, "localise") == 0) {
    if (!note_of(r, "lps", &n)) TRY(absent(w, r->step, "localise_lps", "not_counted", e));
    if (!note_of(r, "several_optima", &n)) TRY(absent(w, r->step, "localise_several_optima", "not_counted", e));
  }
  if (strcmp(r->method, "selective") == 0) {
    if (note_of(r, "called", &called) && note_of(r, "scored", &scored)) TRY(put(w, r->step, "reviewed", NULL, called, scored, false, e));
    TRY(absent(w, r->step, "pseudo_bias", "not_counted", e));
  }
  TRY(donors(w, r->step, e));
  if (strcmp(r->method, "hotdeck") == 0 || strcmp(r->method, "gower") == 0) TRY(absent(w, r->step, "donor_distance", "not_logged", e));
  return E_OK;
}

enum err_code metrics_of_steps(struct metric_writer *w, struct err *e) {
  struct flagged *cells = NULL;
  w->by = METRIC_ALL;
  w->group = 0;
  TRY(sorted_changes(w, &cells, e));
  for (int i = 0; i < w->in->n_steps; i++) TRY(one_step(w, &w->in->steps[i], cells, e));
  return E_OK;
}

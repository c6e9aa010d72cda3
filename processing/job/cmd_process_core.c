/* From the store to the edited and imputed stages and back: what `process run` and the front's `run` share. */
#include "processing/job/cmd_process_core.h"

#include <stdio.h>
#include <string.h>

#include "processing/job/cmd_process_io.h"
#include "processing/unit/derive_items.h"
#include "processing/impute/impute_plan.h"

struct run {
  const struct process_request *q;
  const struct job *job;
  struct arena *a;
  struct store *s;
  struct form *form, *frame; /* frame NULL = none needed */
  char period[16], previous[16];
  int64_t access;
  struct impute_plan *plan;
  struct process_data received;
  struct unit_shard *shards;
  struct change_log log;
  struct table failures;
  uint8_t *changed;
  struct process_report report;
};

static struct dataset_key key_of(const struct form *f, const char *period, const char *stage) { return (struct dataset_key){f->survey, f->id, period, stage}; }

/* --- forms and plan --- */
static enum err_code wanted(struct run *r, enum expr_slot_kind kind, struct name_set *out, struct err *e) {
  *out = (struct name_set){.arena = r->a};
  TRY(edit_wanted_by_form(out, r->form, kind, e));
  return r->plan ? impute_plan_wanted(r->plan, out, kind, e) : E_OK;
}

static bool names_frame(const struct form *f) {
  for (int i = 0; i < f->n_impute; i++)
    if (strstr(f->impute[i].classes, "frame(") || strstr(f->impute[i].parameters, "frame(")) return true;
  return false;
}

static enum err_code read_forms(struct run *r, struct err *e) {
  struct name_set from_frame;
  TRY(process_form(r->job, r->q->form, r->q->period, &r->form, e));
  TRY(process_period(r->form, r->q->period, r->period, r->previous, e));
  TRY(wanted(r, EXPR_SLOT_FRAME, &from_frame, e));
  if (from_frame.n || names_frame(r->form)) {
    const char *spec = arena_printf(r->a, "%s/%s", r->form->survey, r->q->frame);
    TRY(process_form(r->job, spec, r->period, &r->frame, e));
  }
  return impute_plan_read(r->a, r->job, r->form, r->frame, &r->plan, e);
}

/* --- data in --- */
static enum err_code add_keys(const struct form *f, struct name_set *s, struct err *e) {
  for (int i = 0; i < f->records[0].n_keys; i++) TRY(name_set_add(s, f->records[0].keys[i]->name, e));
  return E_OK;
}

static enum err_code align(struct run *r, const struct form *f, const struct process_data *d, const char *what, const struct name_set *names, bool frame, struct unit_match *match, struct err *e) {
  struct unit_index *index = NULL;
  TRY(process_index(r->a, f, d, what, &index, e));
  for (int64_t i = 0; i < r->received.n; i++) {
    struct table *t = ARENA_NEW(r->a, struct table);
    if (!t) return ERR(e, E_NO_MEMORY, .subject = what);
    TRY(unit_align(r->a, index, r->shards[i].current, names->names, names->n, t, match, e));
    if (frame) r->shards[i].frame = t;
    else r->shards[i].previous = t;
  }
  return E_OK;
}

static void say_absent(const struct run *r, enum err_code code, const char *form, const char *period) {
  struct err note;
  char subject[96];
  (void)snprintf(subject, sizeof subject, "%s/%s %s", r->form->survey, form, period);
  (void)ERR(&note, code, .subject = subject);
  job_problem(r->job, &note);
}

/* The previous period as imputed, else as edited. */
static enum err_code join_previous(struct run *r, struct err *e) {
  static const char *const stages[] = {"imputed", "edited"};
  struct name_set names, with_keys;
  struct process_data d = {.n = 0};
  TRY(wanted(r, EXPR_SLOT_PREV, &names, e));
  if (!names.n) return E_OK;
  TRY(wanted(r, EXPR_SLOT_PREV, &with_keys, e));
  TRY(add_keys(r->form, &with_keys, e));
  for (int i = 0; i < 2 && !d.n; i++) {
    const struct dataset_key key = key_of(r->form, r->previous, stages[i]);
    TRY(process_read(r->s, &key, r->access, r->a, &with_keys, &d, e));
  }
  if (d.n) return align(r, r->form, &d, "previous period", &names, false, &r->report.ledger.previous, e);
  say_absent(r, E_PROCESS_NO_PREVIOUS, r->form->id, r->previous);
  return E_OK;
}

static enum err_code join_frame(struct run *r, struct err *e) {
  const char *period = r->q->frame_period;
  struct name_set names, with_keys;
  struct process_data d;
  if (!r->frame) return E_OK;
  TRY(wanted(r, EXPR_SLOT_FRAME, &names, e));
  TRY(wanted(r, EXPR_SLOT_FRAME, &with_keys, e));
  TRY(add_keys(r->frame, &with_keys, e));
  const struct dataset_key key = key_of(r->frame, period ? period : r->period, "received");
  TRY(process_read(r->s, &key, r->access, r->a, &with_keys, &d, e));
  if (d.n) return align(r, r->frame, &d, "register", &names, true, &r->report.ledger.frame, e);
  say_absent(r, E_PROCESS_NO_FRAME, r->frame->id, key.period);
  return E_OK;
}

static enum err_code read_data(struct run *r, struct err *e) {
  const struct dataset_key key = key_of(r->form, r->period, "received");
  struct unit_index *unique;
  int64_t first = 0;
  TRY(process_read(r->s, &key, r->access, r->a, NULL, &r->received, e));
  if (!r->received.n) return ERR(e, E_PROCESS_NO_DATA, .subject = arena_printf(r->a, "%s/%s %s", key.survey, key.form, key.period));
  TRY(process_index(r->a, r->form, &r->received, "current period", &unique, e));
  r->shards = ARENA_ARRAY(r->a, struct unit_shard, r->received.n);
  r->changed = ARENA_ARRAY(r->a, uint8_t, r->received.n_rows + 1);
  if (!r->shards || !r->changed) return ERR(e, E_NO_MEMORY, .subject = key.form);
  for (int64_t i = 0; i < r->received.n; i++) {
    r->shards[i] = (struct unit_shard){.record = r->form->records[0].name, .current = &r->received.tables[i], .first_record = first};
    first += r->received.tables[i].n_rows;
  }
  TRY(join_previous(r, e));
  return join_frame(r, e);
}

/* --- the work --- */
static enum err_code write_data(struct run *r, const char *stage, struct err *e) {
  const struct dataset_key key = key_of(r->form, r->period, stage);
  if (!r->report.stored) return E_OK;
  TRY(store_dataset_clear(r->s, &key, e));
  for (int64_t i = 0; i < r->received.n; i++) TRY(process_write(r->s, &key, r->form, r->received.shards[i].batch, r->received.shards[i].sender, i + 1, &r->received.tables[i], r->a, e));
  return E_OK;
}

static enum err_code write_table(struct run *r, const char *stage, const struct table *t, struct err *e) {
  const struct dataset_key key = key_of(r->form, r->period, stage);
  if (!r->report.stored) return E_OK;
  TRY(store_dataset_clear(r->s, &key, e));
  return process_write(r->s, &key, r->form, "", store_office(r->s)->id, 1, t, r->a, e);
}

static enum err_code edit(struct run *r, const char *stage, struct edit_result *out, struct unit_states *states, struct err *e) {
  TRY(edit_run(r->job, r->a, r->form, r->shards, (int)r->received.n, out, e));
  *states = unit_states_of(out);
  return edit_failures_append(r->form, out, stage, &r->failures, e);
}

static enum err_code impute(struct run *r, struct err *e) {
  struct impute_run run = {r->job, r->a, r->form, r->shards, (int)r->received.n, r->received.n_rows, &r->log, r->changed};
  TRY(impute_plan_run(&run, r->plan, &r->report.steps, e));
  for (int64_t i = 0; i < r->received.n; i++) TRY(derive_items(r->a, r->form, &r->shards[i], r->changed, &r->log, e));
  return E_OK;
}

static enum err_code process(struct run *r, struct err *e) {
  struct process_report *p = &r->report;
  TRY(edit_failures_init(r->a, &r->failures, e));
  TRY(change_log_init(&r->log, r->a, e));
  TRY(edit(r, "edited", &p->edited, &p->ledger.edited, e));
  TRY(write_data(r, "edited", e));
  TRY(impute(r, e));
  TRY(edit(r, "imputed", &p->imputed, &p->ledger.imputed, e));
  unit_ledger_values(&p->ledger, &p->steps);
  TRY(unit_ledger_check(&p->ledger, &p->edited, &p->imputed, &p->steps, e));
  p->changes = r->log.table.n_rows;
  TRY(write_data(r, "imputed", e));
  TRY(write_table(r, "edit_failures", &r->failures, e));
  return write_table(r, "changes", &r->log.table, e);
}

static enum err_code in_transaction(struct run *r, struct err *e) {
  TRY(read_data(r, e));
  if (!r->report.stored) return process(r, e);
  TRY(store_begin(r->s, e));
  enum err_code code = process(r, e);
  if (!code) code = store_commit(r->s, e);
  if (code) store_rollback(r->s);
  return code;
}

static enum err_code with_store(struct run *r, struct err *e) {
  char object[160];
  (void)snprintf(object, sizeof object, "process:%s/%s/%s", r->form->survey, r->form->id, r->period);
  struct log_entry entry = {.action = r->report.stored ? "data-segment-write" : "data-read", .object = object, .purpose = "", .detail = ""};
  struct err second = {0};
  TRY(store_log_intent(r->s, &entry, &r->access, e));
  enum err_code code = in_transaction(r, e);
  entry.rows = r->received.n_rows;
  enum err_code logged = store_log_outcome(r->s, r->access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

enum err_code process_month(const struct process_request *q, struct store *s, struct process_report *out, struct err *e) {
  struct run *r = ARENA_NEW(store_job(s)->arena, struct run);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = q->form);
  r->q = q;
  r->s = s;
  r->job = store_job(s);
  r->a = r->job->arena;
  r->report.stored = !q->dry_run;
  TRY(read_forms(r, e));
  TRY(with_store(r, e));
  r->report.form = r->form;
  r->report.period = r->period;
  r->report.previous_period = r->previous;
  r->report.shards = r->received.n;
  *out = r->report;
  return E_OK;
}

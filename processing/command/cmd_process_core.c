/* From the store to the edited and imputed stages and back: what `process run` and the front's `run` share. */
#include "processing/command/cmd_process_core.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "processing/command/cmd_process_checkpoint.h"
#include "processing/command/cmd_process_metrics.h"
#include "processing/command/cmd_process_join.h"
#include "processing/command/cmd_process_result.h"
#include "processing/command/cmd_process_periods.h"
#include "processing/job/job_plan.h"

struct run {
  const struct process_request *q;
  const struct job *job;
  struct arena *a;
  struct store *s;
  struct form *form, *frame; /* frame NULL = none needed */
  char period[16], previous[16];
  int64_t access;
  struct job_plan *plan;
  struct process_data received;
  struct unit_shard *shards;
  struct job_periods *periods;
  struct job_state state;
  struct process_run steps;
  struct effect_keep *before;
  struct process_metrics *metrics;
  struct table failures;
  struct sha256 inputs; /* content of all that was read */
  struct process_report report;
};

static struct dataset_key key_of(const struct form *f, const char *period, const char *stage) {
  return (struct dataset_key){f->survey, f->id, period, stage};
}

/* --- forms and plan --- */
static enum err_code wanted(struct run *r, enum expr_slot_kind kind, struct name_set *out, struct err *e) {
  *out = (struct name_set){.arena = r->a};
  TRY(edit_wanted_by_form(out, r->form, kind, e));
  return r->plan ? job_plan_wanted(r->plan, out, kind, e) : E_OK;
}

static enum err_code read_forms(struct run *r, struct err *e) {
  struct name_set from_frame;
  TRY(process_form(r->job, r->q->form, r->q->period, &r->form, e));
  TRY(process_period(r->form, r->q->period, r->period, r->previous, e));
  TRY(wanted(r, EXPR_SLOT_FRAME, &from_frame, e));
  if (from_frame.n || job_names_frame(r->form)) {
    const char *spec = arena_printf(r->a, "%s/%s", r->form->survey, r->q->frame ? r->q->frame : r->form->frame);
    TRY(process_form(r->job, spec, r->period, &r->frame, e));
  }
  return job_plan_read(r->a, r->job, r->form, r->frame, &r->plan, e);
}

/* --- data in --- */
/* Shards of every dataset read, in order: their contents name the inputs of the run. */
static void hash_inputs(struct run *r, const char *what, const struct process_data *d) {
  sha256_add(&r->inputs, what, strlen(what) + 1);
  for (int64_t i = 0; i < d->n; i++) sha256_add(&r->inputs, d->shards[i].content_hash, sizeof d->shards[i].content_hash);
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
  TRY(process_add_keys(r->form, &with_keys, e));
  for (int i = 0; i < 2 && !d.n; i++) {
    const struct dataset_key key = key_of(r->form, r->previous, stages[i]);
    TRY(process_read(r->s, &key, r->access, r->a, &with_keys, &d, e));
  }
  hash_inputs(r, "previous", &d);
  const struct process_other other = {r->form, &d, "previous period", &names, false};
  if (d.n) return process_align(r->a, r->form, &other, r->shards, r->received.n, &r->report.ledger.previous, e);
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
  TRY(process_add_keys(r->frame, &with_keys, e));
  const struct dataset_key key = key_of(r->frame, period ? period : r->period, "received");
  TRY(process_read(r->s, &key, r->access, r->a, &with_keys, &d, e));
  hash_inputs(r, "register", &d);
  const struct process_other other = {r->frame, &d, "register", &names, true};
  if (d.n) return process_align(r->a, r->form, &other, r->shards, r->received.n, &r->report.ledger.frame, e);
  say_absent(r, E_PROCESS_NO_FRAME, r->frame->id, key.period);
  return E_OK;
}

static enum err_code join_periods(struct run *r, struct err *e) {
  const struct periods_request q = {r->s, r->access, r->a, r->form, r->plan, r->period, r->shards, (int)r->received.n, &r->inputs};
  return process_periods_read(&q, &r->periods, e);
}

static enum err_code read_data(struct run *r, struct err *e) {
  const struct dataset_key key = key_of(r->form, r->period, "received");
  int64_t first = 0;
  TRY(process_read(r->s, &key, r->access, r->a, NULL, &r->received, e));
  if (!r->received.n) return ERR(e, E_PROCESS_NO_DATA, .subject = arena_printf(r->a, "%s/%s %s", key.survey, key.form, key.period));
  TRY(process_unique(r->a, r->form, &r->received, e));
  sha256_begin(&r->inputs);
  hash_inputs(r, "received", &r->received);
  r->shards = ARENA_ARRAY(r->a, struct unit_shard, r->received.n);
  if (!r->shards) return ERR(e, E_NO_MEMORY, .subject = key.form);
  for (int64_t i = 0; i < r->received.n; i++) {
    const int type = r->form->n_records > 1 ? unit_type_of(r->form, &r->received.tables[i]) : 0;
    if (type < 0) return ERR(e, E_RECORD_TYPE, .subject = arena_printf(r->a, "%lld", (long long)i + 1));
    r->shards[i] = (struct unit_shard){.record = r->form->records[type].name, .current = &r->received.tables[i], .first_record = first};
    first += r->received.tables[i].n_rows;
  }
  TRY(join_previous(r, e));
  TRY(join_frame(r, e));
  return join_periods(r, e);
}

/* --- the work --- */
/* The id of a run: what was read, by which form, seed and program. The same again gives the same id and the same result. */
static enum err_code name_run(struct run *r, struct err *e) {
  uint8_t digest[32];
  char inputs[65], run[65];
  struct sha256 h;
  sha256_end(&r->inputs, digest);
  hex_encode(digest, sizeof digest, inputs);
  const char *text = arena_printf(r->a, "%s\n%s\n%s\n%s\n%llu\n", inputs, r->form->hash_hex, r->frame ? r->frame->hash_hex : "", SHIRABE_VERSION,
      (unsigned long long)r->plan->seed);
  if (!text) return ERR(e, E_NO_MEMORY, .subject = "run");
  sha256_begin(&h);
  sha256_add(&h, text, strlen(text));
  sha256_end(&h, digest);
  hex_encode(digest, sizeof digest, run);
  r->steps.inputs_hash = arena_strdup(r->a, inputs, 64);
  r->report.run = arena_strdup(r->a, run, 16);
  r->report.inputs = r->steps.inputs_hash;
  return r->report.run && r->report.inputs ? E_OK : ERR(e, E_NO_MEMORY, .subject = "run");
}

static enum err_code start_job(struct run *r, struct err *e) {
  for (int64_t i = 0; i < r->received.n; i++) r->shards[i].sender = r->received.shards[i].sender;
  TRY(name_run(r, e));
  r->state = (struct job_state){.job = r->job,
      .arena = r->a,
      .form = r->form,
      .frame = r->frame,
      .plan = r->plan,
      .shards = r->shards,
      .n_shards = (int)r->received.n,
      .n_records = r->received.n_rows,
      .run = r->report.run};
  r->state.periods = r->periods;
  TRY(process_family(&r->state, r->shards, (int)r->received.n, e));
  r->state.changed = ARENA_ARRAY(r->a, uint8_t, r->received.n_rows + 1);
  r->state.state = ARENA_ARRAY(r->a, uint8_t, r->received.n_rows + 1);
  r->report.step_reports = ARENA_ARRAY(r->a, struct step_report, r->plan->n_steps + 1);
  if (!r->state.changed || !r->state.state || !r->report.step_reports) return ERR(e, E_NO_MEMORY, .subject = r->form->id);
  r->steps.s = r->s;
  r->steps.access = r->access;
  r->steps.a = r->a;
  r->steps.form = r->form;
  r->steps.period = r->period;
  r->steps.received = &r->received;
  r->steps.state = &r->state;
  r->steps.steps = r->report.step_reports;
  return job_state_init(&r->state, e);
}

static enum err_code write_data(struct run *r, const char *stage, const struct process_data *d, struct err *e) {
  const struct dataset_key key = key_of(r->form, r->period, stage);
  if (!r->report.stored) return E_OK;
  TRY(store_dataset_clear(r->s, &key, e));
  for (int64_t i = 0; i < d->n; i++) TRY(process_write(r->s, &key, r->form, d->shards[i].batch, d->shards[i].sender, i + 1, &d->tables[i], r->a, e));
  return E_OK;
}

static enum err_code edit(struct run *r, const char *stage, struct edit_result *out, struct unit_states *states, struct err *e) {
  TRY(edit_run(r->job, r->a, r->form, r->shards, (int)r->received.n, out, e));
  *states = unit_states_of(out);
  memcpy(r->state.state, out->state, (size_t)out->n_records);
  return edit_failures_append(r->form, out, stage, &r->failures, e);
}

/* Steps are kept one by one where the job says so: then nothing of the run is in an open transaction. */
static bool keeps_steps(const struct run *r) { return r->report.stored && r->plan->checkpoint; }

static enum err_code one_step(struct run *r, int i, struct err *e) {
  struct step_report *report = &r->report.step_reports[i];
  int64_t start = process_cpu_us();
  job_progress(r->job, r->plan->steps[i].name, i, r->plan->n_steps);
  TRY(job_step_run(&r->state, &r->plan->steps[i], report, e));
  report->cpu_us = process_cpu_us() - start;
  r->steps.n_steps = i + 1;
  if (r->q->watch) r->q->watch(r->q->watch_context, i + 1, r->plan->n_steps, report);
  return keeps_steps(r) && i + 1 < r->plan->n_steps ? checkpoint_write(&r->steps, e) : E_OK;
}

static enum err_code run_steps(struct run *r, struct err *e) {
  if (keeps_steps(r)) TRY(checkpoint_read(&r->steps, e));
  for (int i = r->steps.n_steps; i < r->plan->n_steps; i++) TRY(one_step(r, i, e));
  r->report.n_step_reports = r->plan->n_steps;
  r->report.steps = r->state.imputed;
  return E_OK;
}

/* The records as they came, before any step: written from the store's own copy where the steps have run already. */
static enum err_code write_edited(struct run *r, struct err *e) {
  const struct dataset_key key = key_of(r->form, r->period, "received");
  struct process_data again;
  if (!keeps_steps(r) && !r->state.family) return write_data(r, "edited", &r->received, e);
  TRY(process_read(r->s, &key, r->access, r->a, NULL, &again, e));
  return write_data(r, "edited", &again, e);
}

/* Records per type, NULL with one type. */
static const int64_t *records_of_types(struct run *r) {
  int64_t *n = r->state.family ? ARENA_ARRAY(r->a, int64_t, r->form->n_records + 1) : NULL;
  for (int t = 0; n && t < r->form->n_records; t++) n[t] = r->state.family->types[t].n_records;
  return n;
}

/* Changes that lines of impute.csv made. */
static int64_t rows_of_lines(const struct change_log *log) {
  int64_t n = 0;
  const struct column *step = &log->table.columns[CHANGE_STEP];
  for (int64_t i = 0; i < log->table.n_rows; i++) n += value_present(step->status[i]) && step->i64[i] > 0;
  return n;
}

static enum err_code finish(struct run *r, struct err *e) {
  struct process_report *p = &r->report;
  TRY(edit(r, "imputed", &p->imputed, &p->ledger.imputed, e));
  unit_ledger_values(&p->ledger, &p->steps);
  p->ledger.values_logged = rows_of_lines(&r->state.log);
  p->ledger.of_type = records_of_types(r);
  TRY(unit_ledger_check(&p->ledger, r->form, &p->edited, &p->imputed, &p->steps, e));
  p->changes = r->state.log.table.n_rows;
  p->flags = r->state.flags.log.n_rows;
  p->proposals = r->state.proposals.n_rows;
  p->statistics = r->state.statistics;
  p->estimates = r->state.estimates;
  TRY(process_effects(&r->state, r->before, &p->effects, e));
  process_say_failed(r->job, r->form, &p->imputed);
  if (!p->stored) return E_OK;
  TRY(write_data(r, "imputed", &r->received, e));
  TRY(process_put(&r->steps, "edit_failures", &r->failures, e));
  TRY(process_put_results(&r->steps, &p->imputed, &p->effects, e));
  TRY(process_put_metrics(&r->steps, r->metrics, &p->edited, &p->imputed, e));
  return checkpoint_clear(&r->steps, e);
}

static enum err_code begin_job(struct run *r, struct err *e) {
  TRY(start_job(r, e));
  TRY(process_joined(&r->state, e));
  TRY(edit_failures_init(r->a, &r->failures, e));
  TRY(edit(r, "edited", &r->report.edited, &r->report.ledger.edited, e));
  TRY(process_metrics_begin(&r->state, &r->metrics, e));
  return process_keep_effects(&r->state, &r->before, e);
}

static enum err_code whole(struct run *r, struct err *e) {
  TRY(begin_job(r, e));
  TRY(write_edited(r, e));
  TRY(run_steps(r, e));
  return finish(r, e);
}

static enum err_code last_part(struct run *r, struct err *e) {
  TRY(write_edited(r, e));
  return finish(r, e);
}

static enum err_code in_transaction(struct run *r, enum err_code (*part)(struct run *, struct err *), struct err *e) {
  if (!r->report.stored) return part(r, e);
  TRY(store_begin(r->s, e));
  enum err_code code = part(r, e);
  if (!code) code = store_commit(r->s, e);
  if (code) store_rollback(r->s);
  return code;
}

static enum err_code process(struct run *r, struct err *e) {
  TRY(read_data(r, e));
  if (r->q->instead) {
    TRY(start_job(r, e));
    return r->q->instead(r->q->instead_context, &r->steps, e);
  }
  if (!keeps_steps(r)) return in_transaction(r, whole, e);
  TRY(begin_job(r, e));
  TRY(run_steps(r, e));
  return in_transaction(r, last_part, e);
}

static enum err_code with_store(struct run *r, struct err *e) {
  char object[160];
  (void)snprintf(object, sizeof object, "process:%s/%s/%s", r->form->survey, r->form->id, r->period);
  struct log_entry entry = {.action = r->report.stored ? "data-segment-write" : "data-read", .object = object, .purpose = "", .detail = ""};
  struct err second = {0};
  TRY(store_log_intent(r->s, &entry, &r->access, e));
  enum err_code code = process(r, e);
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
  r->report.seed = r->plan->seed;
  *out = r->report;
  return E_OK;
}

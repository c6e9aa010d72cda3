#include "processing/command/cmd_process_replay.h"

#include <stdio.h>
#include <string.h>

#include "processing/edit/edit_run.h"
#include "processing/command/cmd_process_join.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_score.h"

struct replaying {
  const struct replay_request *q;
  struct process_run *run;
  struct replay_report *out;
  const struct step_spec *step;
  struct step_scope scope;
  struct selection x;
  struct num_table raw, final; /* rows of x.view */
};

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "replay"); }

/* --- the step --- */
static enum err_code find_step(struct replaying *r, struct err *e) {
  const struct job_plan *p = r->run->state->plan;
  char known[ERR_TEXT_BYTES] = "";
  size_t n = 0;
  int found = 0;
  for (int i = 0; i < p->n_steps; i++) {
    if (p->steps[i].method != &step_selective) continue;
    if (n < sizeof known) n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", n ? ", " : "", p->steps[i].name);
    if (r->q->step && strcmp(r->q->step, p->steps[i].name) != 0) continue;
    r->step = &p->steps[i];
    found++;
  }
  if (!n) return ERR(e, E_REPLAY_NO_STEP, .subject = arena_printf(r->run->a, "%s/%s", r->run->form->survey, r->run->form->id));
  return found == 1 ? E_OK : ERR(e, E_REPLAY_STEP, .subject = r->q->step ? r->q->step : "--step", .expected = known);
}

/* --- values as they came --- */
static enum err_code names_of(const struct replaying *r, struct name_set *out, struct err *e) {
  const struct step_value *items = step_value_of(r->step, "items");
  *out = (struct name_set){.arena = r->run->a};
  for (int i = 0; i < items->n_items; i++)
    TRY(name_set_add(out, items->items[i]->name, e));
  return E_OK;
}

static enum err_code with_keys(const struct replaying *r, struct name_set *out, struct err *e) {
  TRY(names_of(r, out, e));
  for (int i = 0; i < r->run->form->records[0].n_keys; i++)
    TRY(name_set_add(out, r->run->form->records[0].keys[i]->name, e));
  return E_OK;
}

static bool key_text(const struct form *f, const struct table *t, int64_t row, struct strbuf *b) {
  char buffer[64];
  strbuf_reset(b);
  for (int k = 0; k < f->records[0].n_keys; k++) {
    const int at = table_find(t, f->records[0].keys[k]->name);
    if (at < 0) return false;
    const struct str text = column_text(&t->columns[at], row, buffer, sizeof buffer);
    strbuf_add(b, text.p, text.n);
    strbuf_addc(b, '\x1f');
  }
  return !b->failed;
}

/* Later versions of a record are dropped; the first one stays, also where it is no longer current. */
static enum err_code first_versions(const struct replaying *r, struct process_data *d, struct err *e) {
  struct dict *seen = dict_new(r->run->a);
  struct strbuf b;
  strbuf_init(&b, 0);
  enum err_code code = seen ? E_OK : no_memory(e);
  for (int64_t i = 0; i < d->n && !code; i++) {
    struct table *t = &d->tables[i];
    uint8_t *drop = ARENA_ARRAY(r->run->a, uint8_t, t->n_rows / 8 + 1);
    if (!drop) code = no_memory(e);
    for (int64_t row = 0; row < t->n_rows && !code; row++) {
      const int32_t before = dict_count(seen);
      if (!key_text(r->run->form, t, row, &b) || dict_add(seen, str_view(b.p, b.n)) < 0) code = no_memory(e);
      else if (dict_count(seen) == before) drop[row / 8] |= (uint8_t)(1u << (row % 8));
    }
    if (!code) table_drop_rows(t, drop);
  }
  strbuf_release(&b);
  return code;
}

static enum err_code read_raw(const struct replaying *r, struct process_data *out, struct err *e) {
  const struct process_run *run = r->run;
  const struct dataset_key key = process_key(run, "received");
  struct name_set names;
  TRY(with_keys(r, &names, e));
  *out = (struct process_data){.key = key};
  TRY(store_shards_all(run->s, &key, run->a, &out->shards, &out->n, e));
  out->tables = ARENA_ARRAY(run->a, struct table, out->n + 1);
  if (!out->tables) return no_memory(e);
  for (int64_t i = 0; i < out->n; i++)
    TRY(store_shard_read_all(run->s, out->shards[i].id, run->access, names.names, names.n, run->a, &out->tables[i], e));
  return first_versions(r, out, e);
}

/* The step's items of another dataset beside the records of the run: [n_shards]. */
static enum err_code align(const struct replaying *r, const struct process_data *d, const char *what, struct table **out, struct err *e) {
  struct unit_index *index;
  struct unit_match match = {0};
  struct name_set names;
  TRY(names_of(r, &names, e));
  TRY(process_index(r->run->a, r->run->form, d, what, &index, e));
  *out = ARENA_ARRAY(r->run->a, struct table, r->run->state->n_shards + 1);
  if (!*out) return no_memory(e);
  for (int i = 0; i < r->run->state->n_shards; i++)
    TRY(unit_align(r->run->a, index, r->run->state->shards[i].current, names.names, names.n, &(*out)[i], &match, e));
  return E_OK;
}

/* From here on the records of the run hold the values that came in first. */
static enum err_code put_raw(const struct replaying *r, struct err *e) {
  struct process_data d;
  struct table *raw;
  TRY(read_raw(r, &d, e));
  TRY(align(r, &d, "first versions", &raw, e));
  for (int i = 0; i < r->run->state->n_shards; i++)
    for (int k = 0; k < raw[i].n_columns; k++) {
      const struct column *from = &raw[i].columns[k];
      struct column *to = table_column(r->run->state->shards[i].current, from->name);
      if (!to || to->type != COL_INT || from->type != COL_INT) return ERR(e, E_NUM_COLUMN, .subject = from->name);
      memcpy(to->i64, from->i64, (size_t)raw[i].n_rows * sizeof *to->i64);
      memcpy(to->status, from->status, (size_t)raw[i].n_rows);
    }
  return E_OK;
}

/* --- the edited values --- */
static void fill_final(const struct replaying *r, const struct table *final, int k) {
  const struct job_state *j = r->run->state;
  struct num_column *to = &r->final.columns[k];
  double unit = 1;
  for (int d = 0; d < to->decimals; d++)
    unit *= 10;
  for (int64_t i = 0; i < r->final.n; i++) {
    const struct unit_shard *shard = job_shard_of(j, r->x.view.record[i]);
    const struct table *t = &final[shard - j->shards];
    const int at = table_find(t, to->name);
    const int64_t row = r->x.view.record[i] - shard->first_record;
    if (at < 0) continue;
    to->status[i] = t->columns[at].status[row];
    if (value_present(to->status[i])) to->x[i] = (double)t->columns[at].i64[row] / unit;
  }
}

static enum err_code read_final(struct replaying *r, struct err *e) {
  const struct dataset_key key = process_key(r->run, "imputed");
  const struct step_value *items = step_value_of(r->step, "items");
  struct process_data d;
  struct name_set names, columns;
  struct table *final;
  TRY(with_keys(r, &names, e));
  TRY(process_read(r->run->s, &key, r->run->access, r->run->a, &names, &d, e));
  if (!d.n) return ERR(e, E_REPLAY_NOT_RUN, .subject = arena_printf(r->run->a, "%s/%s %s", key.survey, key.form, key.period));
  TRY(align(r, &d, "edited result", &final, e));
  TRY(names_of(r, &columns, e));
  TRY(num_table_init(&r->final, r->run->a, columns.names, columns.n, r->x.view.now.n, e));
  for (int k = 0; k < items->n_items; k++) {
    r->final.columns[k].decimals = items->items[k]->decimals;
    fill_final(r, final, k);
  }
  return E_OK;
}

/* --- the replay --- */
static enum err_code spec_of(struct replaying *r, struct replay_spec *out, struct err *e) {
  const int64_t n = r->x.view.now.n;
  const int n_items = r->x.items->n_items;
  int32_t *domain = ARENA_ARRAY(r->run->a, int32_t, n + 1);
  struct replay_item *items = ARENA_ARRAY(r->run->a, struct replay_item, n_items + 1);
  const bool reviewed = step_value_of(r->step, "unpredicted")->number == 0;
  if (!domain || !items) return no_memory(e);
  for (int64_t i = 0; i < n; i++) {
    const bool outside = reviewed && r->x.result.unpredicted[i];
    domain[i] = outside ? -1 : r->x.view.group[i];
    if (outside) r->out->groups[r->x.view.group[i]].unpredicted++;
  }
  for (int k = 0; k < n_items; k++) {
    double *errors;
    TRY(selection_errors(r->run->state, r->step, &r->scope, k, &errors, e));
    items[k] = (struct replay_item){&r->x.view.now.columns[k], &r->final.columns[k], errors};
    r->out->of_standard_error = errors != NULL;
  }
  *out = (struct replay_spec){.n = n, .unit = r->x.view.now.unit, .score = r->x.result.global, .weight = r->x.weight, .domain = domain,
      .n_domains = r->scope.n_groups, .n_items = n_items, .items = items, .limit = r->q->limit, .seed = r->step->seed};
  return E_OK;
}

static enum err_code curves(struct replaying *r, struct err *e) {
  struct replay_domain *domains = ARENA_ARRAY(r->run->a, struct replay_domain, r->scope.n_groups + 1);
  struct replay_spec spec;
  TRY(spec_of(r, &spec, e));
  int64_t *row = ARENA_ARRAY(r->run->a, int64_t, spec.n + 1);
  if (!domains || !row) return no_memory(e);
  TRY(replay_run(domains, r->run->a, &spec, e));
  TRY(score_rank(row, r->run->a, spec.score, spec.unit, spec.n, spec.seed, e));
  for (int g = 0; g < r->scope.n_groups; g++) {
    r->out->groups[g].name = r->scope.group_names[g];
    r->out->groups[g].domain = domains[g];
    TRY(replay_curve(&r->out->groups[g].curve, r->run->a, &spec, row, g, e));
  }
  return E_OK;
}

static enum err_code judge(const struct replaying *r, struct err *e) {
  struct job_state *j = r->run->state;
  struct edit_result result;
  if (!r->step->exclude_rejected) return E_OK;
  TRY(edit_run(j->job, j->arena, j->form, j->shards, j->n_shards, &result, e));
  memcpy(j->state, result.state, (size_t)result.n_records);
  return E_OK;
}

static enum err_code replay(void *context, struct process_run *run, struct err *e) {
  struct replaying *r = context;
  struct replay_report *out = r->out;
  r->run = run;
  if (run->form->n_records > 1) return ERR(e, E_CHAIN_RECORDS, .subject = run->form->id);
  TRY(find_step(r, e));
  TRY(put_raw(r, e));
  TRY(judge(r, e));
  TRY(job_scope(run->state, r->step, &r->scope, e));
  TRY(step_placed(run->state, r->step, selection_make(run->state, r->step, &r->scope, &r->x, e), e));
  TRY(step_placed(run->state, r->step, score_run(&r->x.result, run->a, &r->x.spec, e), e));
  TRY(read_final(r, e));
  out->groups = ARENA_ARRAY(run->a, struct replay_group, r->scope.n_groups + 1);
  if (!out->groups) return no_memory(e);
  out->n_groups = r->scope.n_groups;
  out->n_items = r->x.items->n_items;
  out->survey = run->form->survey;
  out->form = run->form->id;
  out->step = r->step->name;
  out->rule = arena_printf(run->a, "step:%s", r->step->name);
  out->period = arena_strdup(run->a, run->period, strlen(run->period));
  out->n = r->x.view.now.n;
  out->unit = r->x.view.now.unit;
  out->score = r->x.result.global;
  return out->rule && out->period ? curves(r, e) : no_memory(e);
}

enum err_code process_replay(const struct replay_request *q, struct store *s, struct replay_report *out, struct err *e) {
  struct replaying *r = ARENA_NEW(store_job(s)->arena, struct replaying);
  struct process_report report;
  *out = (struct replay_report){.n = 0};
  if (!r) return no_memory(e);
  r->q = q;
  r->out = out;
  const struct process_request run = {.form = q->form, .period = q->period, .frame = q->frame, .frame_period = q->frame_period, .dry_run = true,
      .instead = replay, .instead_context = r};
  return process_month(&run, s, &report, e);
}

#include "processing/command/cmd_process_result.h"

#include "processing/command/cmd_process_periods.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "processing/unit/value_effect.h"

int64_t process_cpu_us(void) {
  struct timespec t;
  return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) ? 0 : (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- effects --- */
struct effect_keep {
  int n;
  const struct item **items;
  struct effect_values *values;
};

/* One item over all shards. */
static enum err_code copy_item(const struct job_state *j, const struct item *item, struct effect_values *out, struct err *e) {
  int64_t *x = ARENA_ARRAY(j->arena, int64_t, j->n_records + 1);
  uint8_t *status = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  if (!x || !status) return ERR(e, E_NO_MEMORY, .subject = item->name);
  memset(status, VAL_BLANK, (size_t)j->n_records);
  for (int s = 0; s < j->n_shards; s++) {
    const struct unit_shard *shard = &j->shards[s];
    const struct column *c = table_column(shard->current, item->name);
    if (!c || !shard->current->n_rows) continue;
    memcpy(x + shard->first_record, c->i64, (size_t)shard->current->n_rows * sizeof *x);
    memcpy(status + shard->first_record, c->status, (size_t)shard->current->n_rows);
  }
  *out = (struct effect_values){x, status};
  return E_OK;
}

/* The items named by the job, else those that impute.csv names. */
static enum err_code effect_items(const struct job_state *j, struct effect_keep *k, struct err *e) {
  k->items = ARENA_ARRAY(j->arena, const struct item *, j->form->n_items + j->plan->n_effect_items + 1);
  if (!k->items) return ERR(e, E_NO_MEMORY, .subject = "effects");
  for (int i = 0; i < j->plan->n_effect_items; i++) k->items[k->n++] = j->plan->effect_items[i];
  for (int i = 0; !j->plan->n_effect_items && i < j->form->n_items; i++) {
    bool named = false;
    for (int s = 0; s < j->plan->impute->n_steps; s++)
      for (int m = 0; m < j->plan->impute->steps[s].n_items; m++) named = named || j->plan->impute->steps[s].items[m] == &j->form->items[i];
    if (named) k->items[k->n++] = &j->form->items[i];
  }
  return E_OK;
}

enum err_code process_keep_effects(struct job_state *j, struct effect_keep **out, struct err *e) {
  struct effect_keep *k = ARENA_NEW(j->arena, struct effect_keep);
  if (!k) return ERR(e, E_NO_MEMORY, .subject = "effects");
  TRY(effect_items(j, k, e));
  k->values = ARENA_ARRAY(j->arena, struct effect_values, k->n + 1);
  if (!k->values) return ERR(e, E_NO_MEMORY, .subject = "effects");
  for (int i = 0; i < k->n; i++) TRY(copy_item(j, k->items[i], &k->values[i], e));
  *out = k;
  return E_OK;
}

enum err_code process_effects(struct job_state *j, const struct effect_keep *before, struct table *out, struct err *e) {
  struct step_scope groups = {.n_groups = 0};
  int64_t *weights;
  TRY(effect_table_init(j->arena, out, e));
  TRY(job_weights(j, &weights, e));
  if (j->plan->n_effect_by) {
    uint8_t *all = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
    if (!all) return ERR(e, E_NO_MEMORY, .subject = "effects");
    memset(all, 1, (size_t)j->n_records);
    TRY(job_groups(j, j->plan->effect_by, j->plan->n_effect_by, all, &groups, e));
  }
  for (int i = 0; i < before->n; i++) {
    struct effect_input in = {.item = before->items[i]->name,
        .decimals = before->items[i]->decimals,
        .n = j->n_records,
        .before = before->values[i],
        .weight = weights,
        .group = groups.group,
        .n_groups = groups.n_groups,
        .group_names = groups.group_names};
    TRY(copy_item(j, before->items[i], &in.after, e));
    TRY(effect_append(&in, out, e));
  }
  return E_OK;
}

/* --- records --- */
static enum err_code put_status(
    struct table *t, const struct form *form, const struct edit_result *r, int64_t record, int64_t from, int64_t to, struct err *e) {
  char rules[1024] = "";
  size_t n = 0;
  for (int64_t i = from; i < to; i++) {
    const struct check *c = &form->checks[r->check[i]];
    if (c->severity == SEVERITY_HARD && n < sizeof rules) n += (size_t)snprintf(rules + n, sizeof rules - n, "%s%s", n ? ";" : "", c->id);
  }
  TRY(table_reserve(t, t->n_rows + 1, e));
  t->columns[0].i64[t->n_rows] = record + 1;
  t->columns[1].code[t->n_rows] = dict_add(t->columns[1].dict, str_of(r->state[record] & EDIT_FAILED_HARD ? "failed_post" : "undecided"));
  t->columns[2].code[t->n_rows] = dict_add(t->columns[2].dict, str_of(rules));
  if (t->columns[1].code[t->n_rows] < 0 || t->columns[2].code[t->n_rows] < 0) return ERR(e, E_NO_MEMORY, .subject = "record status");
  t->n_rows++;
  return E_OK;
}

static enum err_code status_table(const struct process_run *r, const struct edit_result *after, struct table *t, struct err *e) {
  static const struct column columns[] = {
      {.name = "record_no", .type = COL_INT, .unit = ""}, {.name = "status", .type = COL_CODE}, {.name = "rules", .type = COL_CODE}};
  int64_t at = 0;
  TRY(table_init(t, r->a, columns, 3, 64, e));
  for (int64_t record = 0; record < after->n_records; record++) {
    int64_t from = at;
    while (at < after->n_failures && after->record[at] == record) at++;
    if (after->state[record] & (EDIT_FAILED_HARD | EDIT_UNKNOWN_HARD)) TRY(put_status(t, r->form, after, record, from, at, e));
  }
  return E_OK;
}

enum err_code process_put_results(struct process_run *r, const struct edit_result *after, const struct table *effects, struct err *e) {
  struct table status, proposals;
  TRY(status_table(r, after, &status, e));
  TRY(job_proposals_sorted(r->state, &proposals, e));
  TRY(process_put(r, "changes", &r->state->log.table, e));
  TRY(process_put(r, "flags", &r->state->flags.log, e));
  TRY(process_put(r, "proposals", &proposals, e));
  TRY(process_put(r, "record_status", &status, e));
  TRY(process_put(r, "effects", effects, e));
  TRY(process_put_statistics(r, "edit_statistics", e));
  TRY(process_put_estimates(r, "estimates", "imputed_sets", e));
  TRY(process_put_series(r, "", e));
  return process_put_status(r, "process_status", e);
}

void process_say_failed(const struct job *job, const struct form *form, const struct edit_result *after) {
  char rules[ERR_TEXT_BYTES] = "", records[24];
  size_t n = 0;
  int64_t failed = 0;
  struct err note;
  for (int64_t i = 0; i < after->n_records; i++) failed += (after->state[i] & EDIT_FAILED_HARD) != 0;
  if (!failed) return;
  for (int c = 0; c < after->n_checks; c++)
    if (form->checks[c].severity == SEVERITY_HARD && after->counts[c].failed && n < sizeof rules - 1)
      n += (size_t)snprintf(rules + n, sizeof rules - n, "%s%s %lld", n ? ", " : "", form->checks[c].id, (long long)after->counts[c].failed);
  (void)snprintf(records, sizeof records, "%lld", (long long)failed);
  (void)ERR(&note, E_JOB_FAILED_POST, .subject = rules, .found = records);
  job_problem(job, &note);
}

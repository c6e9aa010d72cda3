#include "processing/step/check_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "edit statistics"); }

/* --- rows --- */
static bool put_text(struct table *t, int column, struct str text, bool there) {
  struct column *c = &t->columns[column];
  c->status[t->n_rows] = there ? VAL_REPORTED : VAL_BLANK;
  c->code[t->n_rows] = dict_add(c->dict, there ? text : STR(""));
  return c->code[t->n_rows] >= 0;
}

enum err_code statistic_put(const struct statistic_writer *w, const struct statistic_row *row, struct err *e) {
  struct table *t = w->to;
  if (!row->n) return E_OK;
  TRY(table_reserve(t, t->n_rows + 1, e));
  t->columns[STATISTIC_EDIT].i64[t->n_rows] = row->edit;
  t->columns[STATISTIC_EDIT].status[t->n_rows] = row->edit ? VAL_REPORTED : VAL_BLANK;
  t->columns[STATISTIC_N].i64[t->n_rows] = row->n;
  const bool good = put_text(t, STATISTIC_STEP, str_of(w->step), true) && put_text(t, STATISTIC_CLASS, w->class ? *w->class : STR(""), w->class) &&
                    put_text(t, STATISTIC_TABLE, str_of(row->table), true) && put_text(t, STATISTIC_NAME, str_of(row->name), *row->name) &&
                    put_text(t, STATISTIC_STATUS, str_of(row->status), *row->status) &&
                    put_text(t, STATISTIC_WEIGHTED, str_of(row->weighted), w->weighted) &&
                    put_text(t, STATISTIC_OFFICE, w->office ? *w->office : STR(""), w->office);
  if (!good) return no_memory(e);
  t->n_rows++;
  return E_OK;
}

enum err_code weight_text(sum_int sum, char out[64], struct err *e) {
  const sum_int size = sum < 0 ? -sum : sum, rounded = size / 1000 + (size % 1000 >= 500);
  struct strbuf b;
  if (rounded > INT64_MAX) return ERR(e, E_IMPUTE_OVERFLOW, .subject = "weights");
  strbuf_init(&b, 0);
  strbuf_add_decimal(&b, sum < 0 ? -(int64_t)rounded : (int64_t)rounded, 6);
  (void)snprintf(out, 64, "%s", strbuf_cstr(&b));
  strbuf_release(&b);
  return E_OK;
}

/* --- offices --- */
static int by_id(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

enum err_code job_offices(struct job_state *j, struct job_offices *out, struct err *e) {
  struct str *ids = ARENA_ARRAY(j->arena, struct str, j->n_shards + 1);
  out->of_record = ARENA_ARRAY(j->arena, int32_t, j->n_records + 1);
  out->n = 0;
  if (!ids || !out->of_record) return no_memory(e);
  int32_t n = 0;
  for (int s = 0; s < j->n_shards; s++)
    if (j->shards[s].sender && *j->shards[s].sender) ids[n++] = str_of(j->shards[s].sender);
  if (n) qsort(ids, (size_t)n, sizeof *ids, by_id);
  for (int32_t i = 0; i < n; i++)
    if (!i || str_cmp(ids[i], ids[out->n - 1]) != 0) ids[out->n++] = ids[i];
  for (int s = 0; s < j->n_shards; s++) {
    const struct unit_shard *shard = &j->shards[s];
    const struct str sender = str_of(shard->sender ? shard->sender : "");
    const struct str *at = out->n ? bsearch(&sender, ids, (size_t)out->n, sizeof *ids, by_id) : NULL;
    for (int64_t row = 0; row < shard->current->n_rows; row++) out->of_record[shard->first_record + row] = at ? (int32_t)(at - ids) : -1;
  }
  out->ids = ids;
  return E_OK;
}

/* --- the six tables --- */
static enum err_code put(const struct statistic_writer *w, struct statistic_row row, const struct check_tally *n, struct err *e) {
  char weighted[64];
  if (!n->n) return E_OK;
  TRY(weight_text(n->weight, weighted, e));
  row.n = n->n;
  row.weighted = weighted;
  return statistic_put(w, &row, e);
}

static enum err_code put_used(const struct statistic_writer *w, const struct check_stats *s, struct err *e) {
  struct statistic_writer plain = *w;
  plain.weighted = false;
  for (int i = 0; i < s->m; i++) {
    struct check_tally items = {0, 0};
    for (int v = 0; v < s->p; v++) items.n += check_reads(s, i, v);
    TRY(put(
        &plain, (struct statistic_row){.table = "checks_used", .edit = i + 1, .name = s->form->checks[s->check[i]].id, .status = ""}, &items, e));
  }
  return E_OK;
}

static enum err_code put_items(const struct statistic_writer *w, const struct check_stats *s, int g, struct err *e) {
  for (int v = 0; v < s->p; v++) {
    const char *name = s->form->items[s->item[v]].name;
    struct check_tally rest = check_stats_total(s, g);
    for (int k = 0; k < CHECK_STATUSES; k++) {
      const struct check_tally applied = check_stats_applied(s, g, v, (enum check_status)k);
      TRY(put(w, (struct statistic_row){.table = "checks_variable", .name = name, .status = check_status_name((enum check_status)k)}, &applied, e));
    }
    for (int k = 0; k < 3; k++) {
      const struct check_tally *role = &s->role[((int64_t)g * s->p + v) * 3 + k];
      TRY(put(w, (struct statistic_row){.table = "checks_role", .name = name, .status = check_status_name((enum check_status)k)}, role, e));
      rest.n -= role->n;
      rest.weight -= role->weight;
    }
    TRY(put(w, (struct statistic_row){.table = "checks_role", .name = name, .status = "not_applicable"}, &rest, e));
  }
  return E_OK;
}

static enum err_code put_group(const struct statistic_writer *w, const struct check_stats *s, int g, struct err *e) {
  char k[16];
  for (int i = 0; i < s->m; i++)
    for (int status = 0; status < CHECK_STATUSES; status++)
      TRY(put(w,
          (struct statistic_row){"checks_check", i + 1, s->form->checks[s->check[i]].id, check_status_name((enum check_status)status), 0, NULL},
          &s->edit[((int64_t)g * s->m + i) * CHECK_STATUSES + status], e));
  TRY(put_items(w, s, g, e));
  for (int i = 0; i <= s->m; i++) {
    (void)snprintf(k, sizeof k, "%d", i);
    for (int status = 0; status < 3; status++)
      TRY(put(w, (struct statistic_row){"checks_passed_missed_failed", 0, k, check_status_name((enum check_status)status), 0, NULL},
          &s->k[((int64_t)g * (s->m + 1) + i) * 3 + status], e));
  }
  for (int status = 0; status < 3; status++)
    TRY(put(w, (struct statistic_row){"checks_record", 0, "", check_status_name((enum check_status)status), 0, NULL},
        &s->record[(int64_t)g * 3 + status], e));
  return E_OK;
}

enum { ALL, CLASSES, OFFICES, GROUPINGS };

enum err_code check_tables_run(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct check_stats *all, struct err *e) {
  struct check_stats *stats = ARENA_ARRAY(j->arena, struct check_stats, GROUPINGS);
  uint8_t *counted = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  struct statistic_writer w = {.to = &j->statistics, .step = s->name, .weighted = j->plan->weight != NULL};
  struct job_offices offices;
  int64_t *weight;
  if (!stats || !counted) return no_memory(e);
  for (int64_t i = 0; i < j->n_records; i++) counted[i] = scope->selected[i] && (!s->n_by || scope->group[i] >= 0);
  TRY(job_offices(j, &offices, e));
  TRY(job_weights(j, &weight, e));
  const struct check_grouping by[GROUPINGS] = {
      [ALL] = {NULL, 1}, [CLASSES] = {scope->group, s->n_by ? scope->n_groups : 0}, [OFFICES] = {offices.of_record, offices.n}};
  const struct check_spec spec = {j->form, j->shards, j->n_shards, s->checks, counted, weight, by, GROUPINGS};
  TRY(check_stats_run(j->arena, &spec, stats, e));
  *all = stats[ALL];
  if (!all->m) return ERR(e, E_METRICS_NO_CHECK, .subject = s->name);
  TRY(put_used(&w, all, e));
  TRY(put_group(&w, all, 0, e));
  struct statistic_writer classes = w, senders = w;
  struct str name = {"", 0};
  for (int g = 0; g < stats[CLASSES].n_groups; g++) {
    name = scope->group_names[g];
    classes.class = &name;
    TRY(put_group(&classes, &stats[CLASSES], g, e));
  }
  for (int g = 0; g < stats[OFFICES].n_groups; g++) {
    name = offices.ids[g];
    senders.office = &name;
    TRY(put_group(&senders, &stats[OFFICES], g, e));
  }
  return E_OK;
}

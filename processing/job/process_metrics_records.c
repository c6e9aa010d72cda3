/* Records and checks: who answered, what failed, what was changed because of it. */
#include <string.h>

#include "processing/job/process_metrics_impl.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "process metrics"); }

/* --- records --- */
enum record_figure { ANSWERED, FAILED, UNDECIDED, FAILED_AFTER, CHANGED, RECORD_FIGURES };
static const char *const figure_names[RECORD_FIGURES] = {[ANSWERED] = "unit_response",
    [FAILED] = "record_failed",
    [UNDECIDED] = "record_undecided",
    [FAILED_AFTER] = "record_failed_after",
    [CHANGED] = "record_changed"};

/* Reported items that are no keys. */
static bool is_answer(const struct form *f, struct str name) {
  for (int r = 0; r < f->n_records; r++)
    for (int k = 0; k < f->records[r].n_keys; k++)
      if (str_eq(str_of(f->records[r].keys[k]->name), name)) return false;
  for (int i = 0; i < f->n_items; i++)
    if (str_eq(str_of(f->items[i].name), name)) return f->items[i].origin == ORIGIN_REPORTED;
  return false;
}

/* A record was answered when one of its reported items came with a value: it is there still, or the change log has it. */
static enum err_code answered(struct metric_writer *w, uint8_t *out, struct err *e) {
  const struct job_state *j = w->j;
  const struct table *log = &j->log.table;
  const struct column *items = &log->columns[CHANGE_ITEM], *statuses = &log->columns[CHANGE_OLD_STATUS];
  const int32_t reported = dict_find(statuses->dict, str_of(value_status_name(VAL_REPORTED)));
  bool *wanted = ARENA_ARRAY(j->arena, bool, dict_count(items->dict) + 1);
  if (!wanted) return no_memory(e);
  for (int32_t d = 0; d < dict_count(items->dict); d++) wanted[d] = is_answer(j->form, dict_text(items->dict, d));
  for (int s = 0; s < j->n_shards; s++) {
    const struct unit_shard *shard = &j->shards[s];
    for (int k = 0; k < shard->current->n_columns; k++) {
      const struct column *c = &shard->current->columns[k];
      if (!is_answer(j->form, str_of(c->name))) continue;
      for (int64_t row = 0; row < shard->current->n_rows; row++) out[shard->first_record + row] |= c->status[row] == VAL_REPORTED;
    }
  }
  for (int64_t r = 0; r < log->n_rows; r++)
    if (statuses->code[r] == reported && wanted[items->code[r]]) out[log->columns[CHANGE_RECORD_NO].i64[r] - 1] = 1;
  return E_OK;
}

static void count(struct tally *t, int64_t weight) {
  t->n++;
  t->weighted += weight;
}

enum err_code metrics_of_records(struct metric_writer *w, struct err *e) {
  const struct job_state *j = w->j;
  uint8_t *said = ARENA_ARRAY(w->j->arena, uint8_t, j->n_records + 1);
  if (!said) return no_memory(e);
  TRY(answered(w, said, e));
  for (int by = 0; by < METRIC_GROUPINGS; by++) {
    const int n = metric_groups(w, (enum metric_grouping)by);
    struct tally *part = ARENA_ARRAY(w->j->arena, struct tally, (int64_t)n * RECORD_FIGURES + 1),
                 *whole = ARENA_ARRAY(w->j->arena, struct tally, n + 1);
    if (!part || !whole) return no_memory(e);
    for (int64_t r = 0; r < j->n_records; r++) {
      const int g = metric_group_of(w, (enum metric_grouping)by, r);
      const uint8_t before = w->in->before->state[r], after = w->in->after->state[r];
      const bool is[RECORD_FIGURES] = {[ANSWERED] = said[r],
          [FAILED] = before & EDIT_FAILED_HARD,
          [UNDECIDED] = before & EDIT_UNKNOWN_HARD && !(before & EDIT_FAILED_HARD),
          [FAILED_AFTER] = after & EDIT_FAILED_HARD,
          [CHANGED] = j->changed[r]};
      if (g < 0) continue;
      count(&whole[g], metric_weight(w, r));
      for (int k = 0; k < RECORD_FIGURES; k++)
        if (is[k]) count(&part[g * RECORD_FIGURES + k], metric_weight(w, r));
    }
    w->by = (enum metric_grouping)by;
    for (w->group = 0; w->group < n; w->group++)
      for (int k = 0; k < RECORD_FIGURES; k++)
        TRY(metric_put(w, &(struct metric_row){.name = figure_names[k], .part = part[w->group * RECORD_FIGURES + k], .whole = whole[w->group]}, e));
  }
  return E_OK;
}

/* --- checks --- */
/* Distinct changed items per record as bits of the items that checks read: [n_records * words]. */
static enum err_code changed_items(struct metric_writer *w, const struct check_stats *s, uint64_t **out, struct err *e) {
  const struct table *log = &w->j->log.table;
  const struct dict *names = log->columns[CHANGE_ITEM].dict;
  uint64_t *bits = ARENA_ARRAY(w->j->arena, uint64_t, w->j->n_records * s->words + 1);
  int *item = ARENA_ARRAY(w->j->arena, int, dict_count(names) + 1);
  if (!bits || !item) return no_memory(e);
  for (int32_t d = 0; d < dict_count(names); d++) {
    item[d] = -1;
    for (int v = 0; v < s->p; v++)
      if (str_eq(dict_text(names, d), str_of(s->form->items[s->item[v]].name))) item[d] = v;
  }
  for (int64_t r = 0; r < log->n_rows; r++) {
    const int v = item[log->columns[CHANGE_ITEM].code[r]];
    if (v >= 0) bits[(log->columns[CHANGE_RECORD_NO].i64[r] - 1) * s->words + v / 64] |= (uint64_t)1 << (v % 64);
  }
  *out = bits;
  return E_OK;
}

static enum err_code put_costs(struct metric_writer *w, const struct check_stats *s, struct err *e) {
  const struct edit_result *before = w->in->before;
  struct tally *cost = ARENA_ARRAY(w->j->arena, struct tally, s->form->n_checks + 1),
               *failures = ARENA_ARRAY(w->j->arena, struct tally, s->form->n_checks + 1);
  int *number = ARENA_ARRAY(w->j->arena, int, s->form->n_checks + 1);
  uint64_t *changed = NULL;
  if (!cost || !failures || !number) return no_memory(e);
  TRY(changed_items(w, s, &changed, e));
  for (int c = 0; c < s->form->n_checks; c++) number[c] = -1;
  for (int i = 0; i < s->m; i++) number[s->check[i]] = i;
  for (int64_t f = 0; f < before->n_failures; f++) {
    const int c = before->check[f], i = number[c];
    if (i < 0) continue;
    int n = 0;
    for (int k = 0; k < s->words; k++) n += __builtin_popcountll(changed[before->record[f] * s->words + k] & s->reads[(int64_t)i * s->words + k]);
    count(&failures[c], metric_weight(w, before->record[f]));
    cost[c].n += n;
    cost[c].weighted += (sum_int)n * metric_weight(w, before->record[f]);
  }
  for (int i = 0; i < s->m; i++) {
    const struct check *k = &s->form->checks[s->check[i]];
    TRY(metric_put(w,
        &(struct metric_row){.check = k->id,
            .name = "check_cost",
            .detail = check_severity_name(k->severity),
            .part = cost[s->check[i]],
            .whole = failures[s->check[i]]},
        e));
  }
  return E_OK;
}

static struct tally plus(const struct check_tally *a, const struct check_tally *b) {
  return (struct tally){(sum_int)a->n + b->n, a->weight + b->weight};
}

static enum err_code put_check(const struct metric_writer *w, const struct check_stats *s, int i, struct err *e) {
  const struct check *k = &s->form->checks[s->check[i]];
  const struct check_tally *t = &s->edit[((int64_t)w->group * s->m + i) * CHECK_STATUSES];
  const struct tally judged = plus(&t[CHECK_PASSED], &t[CHECK_FAILED]);
  const struct check_tally both = {(int64_t)judged.n, judged.weighted};
  const bool plain = !w->in->kept->weighted;
  const struct metric_row failure = {.check = k->id,
      .name = "check_failure",
      .detail = check_severity_name(k->severity),
      .part = {t[CHECK_FAILED].n, t[CHECK_FAILED].weight},
      .whole = judged,
      .unweighted = plain};
  const struct metric_row unknown = {.check = k->id,
      .name = "check_unknown",
      .detail = failure.detail,
      .part = {t[CHECK_MISSED].n, t[CHECK_MISSED].weight},
      .whole = plus(&both, &t[CHECK_MISSED]),
      .unweighted = plain};
  TRY(metric_put(w, &failure, e));
  return metric_put(w, &unknown, e);
}

enum err_code metrics_of_checks(struct metric_writer *w, struct err *e) {
  for (int by = 0; by < METRIC_GROUPINGS; by++) {
    const struct check_stats *s = &w->in->kept->checks[by];
    w->by = (enum metric_grouping)by;
    for (w->group = 0; w->group < metric_groups(w, w->by); w->group++)
      for (int i = 0; i < s->m; i++) TRY(put_check(w, s, i, e));
  }
  w->by = METRIC_ALL;
  w->group = 0;
  return put_costs(w, &w->in->kept->checks[METRIC_ALL], e);
}

/* query_ask.c -- questions from failed checks (the stored result of `process run`), from cells that could not be read at intake, and by hand. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/job.h"
#include "collector/query_impl.h"

enum { DAY = 86400, JST = 9 * 3600 };

struct asking {
  struct store *s;
  const struct query_request *q;
  struct arena *a;
  const struct form *f;
  struct query_tokens keys;
  int64_t access, today;
  struct query_asked *out;
  struct batch_forms *forms;
  bool found; /* by hand: the record */
  struct query_waiting *waiting; /* open questions whose record may have changed since */
  int64_t n_waiting;
};
/* One reason to ask: the rule, the items it looks at, and what to say. */
struct reason {
  const char *rule, *item, *message_ja, *message_en, *remedy_ja, *remedy_en;
  const struct check *check; /* NULL = the item alone, or `items` */
  const char *items;         /* of a proposal, joined by ; -- NULL = none */
};
struct record_at {
  const struct table *t;
  int64_t row;
  const char *owner;
};

/* --- what the record holds --- */
static enum err_code pair_of(struct asking *k, const struct record_at *r, const char *item, struct query_pair *out, bool *there, struct err *e) {
  int c = table_find(r->t, item);
  *there = c >= 0;
  if (c < 0) return E_OK;
  *out = (struct query_pair){item, query_value_text(k->a, &r->t->columns[c], r->row)};
  return out->value ? E_OK : ERR(e, E_NO_MEMORY, .subject = "query");
}

static enum err_code add_pair(struct asking *k, const struct record_at *r, const char *item, struct query_pair *pairs, int64_t *n, struct err *e) {
  bool there;
  for (int64_t i = 0; i < *n; i++)
    if (!strcmp(pairs[i].item, item)) return E_OK;
  if (*n == QUERY_MAX_PAIRS) return E_OK;
  TRY(pair_of(k, r, item, &pairs[*n], &there, e));
  *n += there;
  return E_OK;
}

static enum err_code add_items(struct asking *k, const struct record_at *r, struct str items, struct query_pair *pairs, int64_t *n, struct err *e) {
  while (items.n) {
    struct str name = str_split(items, ';', &items);
    const char *copy = arena_strdup(k->a, name.p, name.n);
    if (!copy) return ERR(e, E_NO_MEMORY, .subject = "query");
    TRY(add_pair(k, r, copy, pairs, n, e));
  }
  return E_OK;
}

static enum err_code values_of(
    struct asking *k, const struct record_at *r, const struct reason *why, struct query_pair *pairs, int64_t *n, struct err *e) {
  const struct item *items[QUERY_MAX_PAIRS];
  *n = 0;
  if (why->items) return add_items(k, r, str_of(why->items), pairs, n, e);
  if (!why->check) return add_pair(k, r, why->item, pairs, n, e);
  int n_items = form_check_items_of(k->f, why->check, items, QUERY_MAX_PAIRS);
  for (int i = 0; i < n_items; i++) TRY(add_pair(k, r, items[i]->name, pairs, n, e));
  return E_OK;
}

static enum err_code key_of(struct asking *k, const struct record_at *r, struct query_pair *pairs, int64_t *n, bool *whole, struct err *e) {
  const struct record_type *type = &k->f->records[0];
  *n = 0;
  *whole = type->n_keys > 0 && type->n_keys <= QUERY_MAX_PAIRS;
  for (int i = 0; i < type->n_keys && *whole; i++) {
    bool there;
    TRY(pair_of(k, r, type->keys[i]->name, &pairs[*n], &there, e));
    *whole = there && pairs[*n].value[0] && pairs[*n].value[0] != '\\';
    *n += there;
  }
  return E_OK;
}

/* --- was it asked before? --- */
enum before { NEVER, OPEN, SETTLED };
static enum err_code asked_before(struct asking *k, const uint8_t *record, const char *rule, const uint8_t *value, enum before *out, struct err *e) {
  static const char sql[] =
      "SELECT EXISTS(SELECT 1 FROM query WHERE record = ?1 AND rule = ?2 AND closed = 0 AND (answer = '' OR (answer <> 'confirm' AND value = ?3))),"
      " EXISTS(SELECT 1 FROM query_override WHERE record = ?1 AND rule = ?2 AND value = ?3)"
      " OR EXISTS(SELECT 1 FROM query WHERE record = ?1 AND rule = ?2 AND value = ?3 AND closed > 0 AND answer = '')";
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(k->s), sql, &q, e));
  db_bind_blob(q, 1, record, HASH_BYTES);
  db_bind_cstr(q, 2, rule);
  db_bind_blob(q, 3, value, HASH_BYTES);
  TRY(db_step(q, &row, e));
  *out = !row ? NEVER : db_int(q, 0) ? OPEN : db_int(q, 1) ? SETTLED : NEVER;
  db_reset(q);
  return E_OK;
}

static enum err_code deadline_of(struct asking *k, const char *owner, char out[11], struct err *e) {
  int64_t days = k->q->days;
  if (days < 0) TRY(query_survey_days(k->forms, k->q->survey, owner, &days, e));
  date_format_iso(k->today + days, out);
  return E_OK;
}

static void say_no_key(struct asking *k) {
  struct err note;
  (void)ERR(&note, E_QUERY_NO_KEY, .subject = k->f->id);
  job_problem(store_job(k->s), &note);
}

static enum err_code ask_one(struct asking *k, const struct record_at *r, const struct reason *why, struct err *e) {
  struct query_pair key[QUERY_MAX_PAIRS], values[QUERY_MAX_PAIRS];
  struct query_part p = {.kind = QUERY_QUESTION,
      .survey = k->q->survey,
      .form = k->f->id,
      .version = k->f->version,
      .period = k->q->period,
      .owner = r->owner,
      .by = store_office(k->s)->id,
      .rule = why->rule,
      .item = why->item,
      .message_ja = why->message_ja,
      .message_en = why->message_en,
      .remedy_ja = why->remedy_ja,
      .remedy_en = why->remedy_en,
      .key = key,
      .values = values};
  uint8_t record[HASH_BYTES], value[HASH_BYTES];
  char deadline[11], salt[33], now[24];
  enum before before;
  bool whole;
  TRY(key_of(k, r, key, &p.n_key, &whole, e));
  if (!whole) {
    say_no_key(k);
    return E_OK;
  }
  TRY(values_of(k, r, why, values, &p.n_values, e));
  query_token(k->keys.record, "", key, p.n_key, record);
  query_token(k->keys.value, p.rule, values, p.n_values, value);
  TRY(asked_before(k, record, p.rule, value, &before, e));
  k->out->open_before += before == OPEN;
  k->out->overridden += before == SETTLED;
  if (before != NEVER) return E_OK;
  TRY(deadline_of(k, r->owner, deadline, e));
  query_salt(salt);
  time_format_utc(job_now(store_job(k->s)), now);
  p.deadline = deadline;
  p.salt = salt;
  p.time = now;
  TRY(query_store_own(k->s, &p, k->forms, e));
  k->out->made++;
  return E_OK;
}

/* --- reasons --- */
/* The item an officer looks at first: the first reported one of the rule. */
static const char *item_of(const struct form *f, const struct check *c) {
  const struct item *items[QUERY_MAX_PAIRS];
  int n = form_check_items_of(f, c, items, QUERY_MAX_PAIRS);
  for (int i = 0; i < n; i++)
    if (items[i]->origin == ORIGIN_REPORTED) return items[i]->name;
  return n ? items[0]->name : f->records[0].keys[0]->name;
}

static enum err_code ask_check(struct asking *k, const struct record_at *r, struct str id, struct err *e) {
  for (int i = 0; i < k->f->n_checks; i++) {
    const struct check *c = &k->f->checks[i];
    if (!str_eq(str_of(c->id), id) || c->severity == SEVERITY_INFO || (k->q->rule && strcmp(k->q->rule, c->id))) continue;
    const struct reason why = {c->id, item_of(k->f, c), c->message_ja, c->message_en, c->remedy_ja, c->remedy_en, c, NULL};
    TRY(ask_one(k, r, &why, e));
  }
  return E_OK;
}

static enum err_code ask_invalid(struct asking *k, const struct record_at *r, struct err *e) {
  char rule[160];
  for (int i = 0; i < k->f->n_items; i++) {
    const struct item *it = &k->f->items[i];
    int c = it->origin == ORIGIN_REPORTED ? table_find(r->t, it->name) : -1;
    if (c < 0 || r->t->columns[c].status[r->row] != VAL_INVALID) continue;
    snprintf(rule, sizeof rule, "intake:%s", it->name);
    if (k->q->rule && strcmp(k->q->rule, rule) && strcmp(k->q->rule, "intake")) continue;
    const struct reason why = {rule, it->name, "取り込みで読めない値がありました", "what was written could not be read at intake",
        "原票を見て正しい値を回答する", "answer with the value on the slip", NULL, NULL};
    TRY(ask_one(k, r, &why, e));
  }
  return E_OK;
}

/* Keys as they are written in the question: exact texts. */
static enum err_code ask_by_hand(struct asking *k, const struct record_at *r, struct err *e) {
  char rule[160];
  for (int i = 0; i < k->q->n_key; i++) {
    struct query_pair is;
    bool there;
    TRY(pair_of(k, r, k->q->key[i].item, &is, &there, e));
    if (!there || strcmp(is.value, k->q->key[i].value)) return E_OK;
  }
  snprintf(rule, sizeof rule, "hand:%s", k->q->item);
  const struct reason why = {
      k->q->hand_rule ? k->q->hand_rule : rule, k->q->item, k->q->message, k->q->message_en ? k->q->message_en : k->q->message, "", "", NULL, NULL};
  k->found = true;
  return ask_one(k, r, &why, e);
}

/* --- the record is another one than was asked about --- */
static enum err_code close_if_changed(struct asking *k, const struct record_at *r, struct query_waiting *w, struct err *e) {
  struct query_pair values[QUERY_MAX_PAIRS];
  uint8_t value[HASH_BYTES];
  int64_t n = 0;
  w->seen = true;
  if (w->withdraw) return E_OK;
  for (int64_t i = 0; i < w->question->n_values; i++) TRY(add_pair(k, r, w->question->values[i].item, values, &n, e));
  query_token(k->keys.value, w->question->rule, values, n, value);
  return memcmp(value, w->value, HASH_BYTES) ? query_close_arrived(k->s, w, e) : E_OK;
}

static enum err_code close_arrived(struct asking *k, const struct record_at *r, struct err *e) {
  struct query_pair key[QUERY_MAX_PAIRS];
  uint8_t record[HASH_BYTES];
  int64_t n;
  bool whole;
  if (!k->n_waiting) return E_OK;
  TRY(key_of(k, r, key, &n, &whole, e));
  if (!whole) return E_OK;
  query_token(k->keys.record, "", key, n, record);
  for (int64_t i = 0; i < k->n_waiting; i++) {
    struct query_waiting *w = &k->waiting[i];
    if (!w->closed && !memcmp(w->record, record, HASH_BYTES) && !strcmp(w->question->owner, r->owner)) TRY(close_if_changed(k, r, w, e));
  }
  return E_OK;
}

/* A withdrawn record is one that stands here no more; `complete`: every record that is here was looked at. */
static enum err_code close_withdrawn(struct asking *k, bool complete, struct err *e) {
  for (int64_t i = 0; i < k->n_waiting; i++) {
    struct query_waiting *w = &k->waiting[i];
    if (complete && w->withdraw && !w->seen) TRY(query_close_arrived(k->s, w, e));
    k->out->closed += w->closed;
  }
  return E_OK;
}

/* --- over the records --- */
struct failures {
  struct table t;
  int64_t at;
  const struct column *record, *check, *stage;
};
static enum err_code read_failures(struct asking *k, struct failures *out, struct err *e) {
  const struct dataset_key key = {k->q->survey, k->f->id, k->q->period, "edit_failures"};
  struct shard *shards;
  int64_t n;
  *out = (struct failures){.at = 0};
  TRY(store_shards(k->s, &key, k->a, &shards, &n, e));
  if (!n || !shards[0].n_rows || k->q->message) return E_OK; /* no failure: no columns either */
  TRY(store_shard_read(k->s, shards[0].id, k->access, NULL, 0, k->a, &out->t, e));
  out->record = table_column(&out->t, "record_no");
  out->check = table_column(&out->t, "check_id");
  out->stage = table_column(&out->t, "stage");
  return out->record && out->check && out->stage ? E_OK : ERR(e, E_BUG, .subject = "edit_failures");
}

static enum err_code ask_failures(struct asking *k, const struct record_at *r, int64_t number, struct failures *f, struct err *e) {
  char buffer[64];
  for (; f->at < f->t.n_rows && f->record->i64[f->at] <= number; f->at++) {
    if (f->record->i64[f->at] < number) continue;
    if (!str_eq(column_text(f->stage, f->at, buffer, sizeof buffer), STR("edited"))) return E_OK; /* the rows of the imputed stage come after */
    TRY(ask_check(k, r, column_text(f->check, f->at, buffer, sizeof buffer), e));
  }
  return E_OK;
}

/* A value that could not be read is asked for as that; a proposal about it would be the same question twice. */
static bool asked_as_unreadable(const struct asking *k, const struct record_at *r, const char *item) {
  const int c = k->q->rule ? -1 : table_find(r->t, item);
  return c >= 0 && r->t->columns[c].status[r->row] == VAL_INVALID;
}
/* What steps of the job put forward beside the failed checks: selective editing, outliers, records left to a person. */
static enum err_code ask_proposals(struct asking *k, const struct record_at *r, int64_t number, struct query_proposals *p, struct err *e) {
  struct query_proposal next;
  while (query_proposal_next(p, k->a, number, &next)) {
    if (k->q->rule && strcmp(k->q->rule, next.rule)) continue;
    if (asked_as_unreadable(k, r, next.item)) continue;
    const struct reason why = {next.rule, next.item, next.message_ja, next.message_en, next.remedy_ja, next.remedy_en, NULL, next.items};
    TRY(ask_one(k, r, &why, e));
  }
  return E_OK;
}

static enum err_code ask_shard(struct asking *k, const struct shard *shard, int64_t first, struct failures *f, struct query_proposals *p, struct err *e) {
  struct table t;
  struct arena_mark mark = arena_mark(k->a);
  if (k->q->sender && strcmp(k->q->sender, shard->sender)) return E_OK;
  TRY(store_shard_read(k->s, shard->id, k->access, NULL, 0, k->a, &t, e));
  struct arena_mark rows = arena_mark(k->a);
  for (int64_t i = 0; i < t.n_rows; i++) {
    const struct record_at r = {&t, i, shard->sender};
    TRY(close_arrived(k, &r, e));
    if (k->q->message) TRY(ask_by_hand(k, &r, e));
    else {
      TRY(ask_failures(k, &r, first + i + 1, f, e));
      TRY(ask_proposals(k, &r, first + i + 1, p, e));
      TRY(ask_invalid(k, &r, e));
    }
    arena_reset(k->a, rows);
  }
  k->out->records += t.n_rows;
  arena_reset(k->a, mark);
  return E_OK;
}

static void say_not_edited(struct asking *k, int64_t n) {
  struct err note;
  char count[24], subject[128];
  if (n <= 0 || !k->f->n_checks || k->q->message) return;
  k->out->not_edited += n;
  snprintf(count, sizeof count, "%lld", (long long)n);
  snprintf(subject, sizeof subject, "%s/%s", k->f->survey, k->f->id);
  (void)ERR(&note, E_QUERY_NOT_EDITED, .subject = subject, .found = count);
  job_problem(store_job(k->s), &note);
}

static int64_t rows_of(const struct shard *shards, int64_t n) {
  int64_t rows = 0;
  for (int64_t i = 0; i < n; i++) rows += shards[i].n_rows;
  return rows;
}

/* Record numbers of the failures run over the edited stage; without it only unreadable cells can be asked about. */
static enum err_code ask_form(struct asking *k, struct err *e) {
  const struct dataset_key received = {k->q->survey, k->f->id, k->q->period, "received"}, edited = {k->q->survey, k->f->id, k->q->period, "edited"};
  struct shard *in, *after;
  int64_t n_in, n_after, first = 0;
  struct failures f;
  struct query_proposals proposals;
  TRY(store_shards(k->s, &received, k->a, &in, &n_in, e));
  TRY(store_shards(k->s, &edited, k->a, &after, &n_after, e));
  say_not_edited(k, rows_of(in, n_in) - rows_of(after, n_after));
  bool use_edited = n_after > 0 && !k->q->message;
  TRY(query_tokens_of(k->s, k->q->survey, k->f->id, query_token_period(k->f, k->q->period), &k->keys, e));
  TRY(read_failures(k, &f, e));
  TRY(query_proposals_read(k->s, &edited, k->access, k->a, use_edited, &proposals, e));
  k->n_waiting = 0;
  if (!k->q->message && !k->q->sender) TRY(query_waiting_of(k->s, k->a, k->q->survey, k->f->id, k->q->period, k->access, &k->waiting, &k->n_waiting, e));
  for (int64_t i = 0; i < (use_edited ? n_after : n_in); i++) {
    const struct shard *shard = use_edited ? &after[i] : &in[i];
    TRY(ask_shard(k, shard, first, &f, &proposals, e));
    first += shard->n_rows;
  }
  return close_withdrawn(k, !use_edited || rows_of(in, n_in) <= rows_of(after, n_after), e);
}

static enum err_code check_hand(struct asking *k, struct err *e) {
  const struct item *it = k->q->item ? form_item(k->f, k->q->item) : NULL;
  char keys[256] = "";
  for (int i = 0; i < k->f->records[0].n_keys; i++) {
    bool given = false;
    size_t n = strlen(keys);
    snprintf(keys + n, sizeof keys - n, "%s%s", i ? ", " : "", k->f->records[0].keys[i]->name);
    for (int j = 0; j < k->q->n_key; j++) given |= !strcmp(k->q->key[j].item, k->f->records[0].keys[i]->name);
    if (!given) it = NULL;
  }
  return it ? E_OK : ERR(e, E_QUERY_RECORD, .subject = k->f->id, .expected = keys);
}

static enum err_code ask_forms(struct asking *k, struct err *e) {
  struct form_survey *survey;
  struct period period;
  if (!period_parse(str_of(k->q->period), &period)) return ERR(e, E_QUERY_OPTIONS, .subject = k->q->period, .expected = "2025-12");
  TRY(survey_read(k->a, k->q->forms, k->q->survey, &survey, e));
  for (int i = 0; i < survey->n_forms; i++) {
    struct form *f = NULL;
    if (k->q->form && strcmp(k->q->form, survey->forms[i])) continue;
    struct err why = {.code = E_OK};
    const enum err_code code =
        form_read(k->a, store_job(k->s), k->q->forms, k->q->survey, survey->forms[i], NULL, period_last_day(&period), &f, NULL, &why);
    if (code == E_FORM_VERSION) continue; /* a form that was not asked in the period */
    if (code && e) *e = why;
    if (code) return code;
    k->f = f;
    if (k->q->message) TRY(check_hand(k, e));
    if (f->period_kind == period.kind) TRY(ask_form(k, e));
    if (k->q->message && !k->found) return ERR(e, E_QUERY_RECORD, .subject = f->id, .expected = "a record received here");
  }
  return E_OK;
}

static enum err_code in_transaction(struct asking *k, struct err *e) {
  TRY(store_begin(k->s, e));
  enum err_code code = ask_forms(k, e);
  if (!code) code = store_commit(k->s, e);
  if (code) store_rollback(k->s);
  return code;
}

enum err_code query_ask(struct store *s, const struct query_request *q, struct query_asked *out, struct err *e) {
  char object[160];
  struct asking k = {.s = s, .q = q, .out = out, .today = (job_now(store_job(s)) + JST) / DAY};
  struct err second;
  *out = (struct query_asked){.made = 0};
  TRY(query_prepare(s, e));
  snprintf(object, sizeof object, "query:%s/%s", q->survey, q->period);
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "query", .detail = ""};
  TRY(batch_forms_new(store_job(s), q->forms, &k.forms, e));
  k.a = arena_new(0);
  enum err_code code = k.a ? E_OK : ERR(e, E_NO_MEMORY, .subject = "query");
  if (!code && !(code = store_log_intent(s, &entry, &k.access, e))) {
    code = in_transaction(&k, e);
    entry.rows = out->records;
    enum err_code logged = store_log_outcome(s, k.access, &entry, code == E_OK, code ? &second : e);
    if (!code) code = logged;
  }
  batch_forms_free(k.forms);
  arena_free(k.a);
  return code;
}

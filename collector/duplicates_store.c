#include "collector/duplicates_store.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/query_impl.h"

enum { MAX_SHARDS = 65536, NAMES = 512 };

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS duplicate_pair(number INTEGER PRIMARY KEY, survey TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, a BLOB "
    "NOT NULL, b BLOB NOT NULL,"
    " office_a TEXT NOT NULL, office_b TEXT NOT NULL, period_a TEXT NOT NULL, period_b TEXT NOT NULL, shard_a INTEGER NOT NULL, shard_b INTEGER "
    "NOT NULL, row_a INTEGER NOT NULL,"
    " row_b INTEGER NOT NULL, score INTEGER NOT NULL, agree TEXT NOT NULL, differ TEXT NOT NULL, decision TEXT NOT NULL DEFAULT '', decided "
    "INTEGER NOT NULL DEFAULT 0,"
    " reason_blob TEXT NOT NULL DEFAULT '', UNIQUE(survey, form, a, b)) STRICT";

struct running {
  struct store *s;
  const struct duplicates_request *q;
  struct arena *a; /* the job's: what the report borrows */
  struct arena *scratch;
  const struct duplicate_rule *rule;
  const struct form *f;
  struct query_tokens keys;
  int64_t access;
  struct table *tables;
  struct shard *shards;
  const char **periods;
  bool *current;
  int n;
  struct duplicates_report *out;
  int64_t capacity;
};

/* --- reading the records: the compared items and the keys --- */
static enum err_code columns_of(struct running *k, int64_t shard, const char ***names, int *n, struct err *e) {
  struct store_column *have = ARENA_ARRAY(k->scratch, struct store_column, NAMES);
  *names = ARENA_ARRAY(k->scratch, const char *, NAMES);
  *n = 0;
  if (!have || !*names) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  int n_have = store_shard_columns(k->s, shard, have, NAMES, e);
  if (n_have < 0) return e->code;
  for (int c = 0; c < n_have && c < NAMES; c++) {
    bool wanted = k->rule->plurality && (!strcmp(have[c].name, k->rule->plurality) || !strcmp(have[c].name, k->rule->order));
    for (int i = 0; i < k->rule->n_items; i++) wanted |= !strcmp(have[c].name, k->rule->items[i].item);
    for (int i = 0; i < k->f->records[0].n_keys; i++) wanted |= !strcmp(have[c].name, k->f->records[0].keys[i]->name);
    if (wanted) (*names)[(*n)++] = have[c].name;
  }
  return E_OK;
}

static enum err_code read_period(struct running *k, const char *period, bool current, struct err *e) {
  const struct dataset_key key = {k->q->survey, k->f->id, period, "received"};
  struct shard *shards;
  int64_t n;
  TRY(store_shards(k->s, &key, k->scratch, &shards, &n, e));
  for (int64_t i = 0; i < n; i++) {
    const char **names;
    int n_names;
    if (k->n == MAX_SHARDS) return ERR(e, E_CAP_EXCEEDED, .subject = k->f->id, .expected = "65536 shards");
    TRY(columns_of(k, shards[i].id, &names, &n_names, e));
    TRY(store_shard_read(k->s, shards[i].id, k->access, names, n_names, k->scratch, &k->tables[k->n], e));
    k->shards[k->n] = shards[i];
    k->periods[k->n] = period;
    k->current[k->n++] = current;
  }
  return E_OK;
}

static enum err_code read_records(struct running *k, struct err *e) {
  struct period p;
  k->n = 0;
  k->tables = ARENA_ARRAY(k->scratch, struct table, MAX_SHARDS);
  k->shards = ARENA_ARRAY(k->scratch, struct shard, MAX_SHARDS);
  k->periods = ARENA_ARRAY(k->scratch, const char *, MAX_SHARDS);
  k->current = ARENA_ARRAY(k->scratch, bool, MAX_SHARDS);
  if (!k->tables || !k->shards || !k->periods || !k->current) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  if (!period_parse(str_of(k->q->period), &p)) return ERR(e, E_QUERY_OPTIONS, .subject = k->q->period, .expected = "2025-12");
  for (int64_t i = 0; i <= k->q->earlier; i++) {
    char *text = arena_zalloc(k->a, 16, 1);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
    period_format(&p, text);
    TRY(read_period(k, text, i == 0, e));
    p = period_previous(&p);
  }
  return E_OK;
}

/* --- a pair becomes a row --- */
static enum err_code token_of(struct running *k, int table, int64_t row, uint8_t out[HASH_BYTES], struct err *e) {
  struct query_pair key[QUERY_MAX_PAIRS];
  const struct record_type *type = &k->f->records[0];
  for (int i = 0; i < type->n_keys && i < QUERY_MAX_PAIRS; i++) {
    const struct column *c = table_column(&k->tables[table], type->keys[i]->name);
    key[i] = (struct query_pair){type->keys[i]->name, c ? query_value_text(k->scratch, c, row) : ""};
    if (!key[i].value) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  }
  query_token(k->keys.record, "", key, type->n_keys, out);
  return E_OK;
}

static const char *names_of(struct running *k, uint32_t bits) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int i = 0; i < k->rule->n_items; i++)
    if (bits >> i & 1) strbuf_addf(&b, "%s%s", b.n ? " " : "", k->rule->items[i].item);
  const char *out = b.failed ? NULL : arena_strdup(k->a, b.n ? b.p : "", b.n);
  strbuf_release(&b);
  return out;
}

static enum err_code insert_pair(
    struct running *k, const struct duplicate_pair *p, const uint8_t (*token)[HASH_BYTES], const char *agree, const char *differ, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(k->s),
      "INSERT INTO duplicate_pair(survey, form, period, a, b, office_a, office_b, period_a, period_b, shard_a, shard_b, row_a, row_b, score, "
      "agree, differ)"
      " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16) ON CONFLICT(survey, form, a, b) DO UPDATE SET score = ?14, agree = ?15, "
      "differ = ?16,"
      " shard_a = ?10, shard_b = ?11, row_a = ?12, row_b = ?13",
      &q, e));
  db_bind_cstr(q, 1, k->q->survey);
  db_bind_cstr(q, 2, k->f->id);
  db_bind_cstr(q, 3, k->q->period);
  for (int i = 0; i < 2; i++) {
    db_bind_blob(q, 4 + i, token[i], HASH_BYTES);
    db_bind_cstr(q, 6 + i, k->shards[p->table[i]].sender);
    db_bind_cstr(q, 8 + i, k->periods[p->table[i]]);
    db_bind_int(q, 10 + i, k->shards[p->table[i]].id);
    db_bind_int(q, 12 + i, p->row[i] + 1);
  }
  db_bind_int(q, 14, p->score);
  db_bind_cstr(q, 15, agree);
  db_bind_cstr(q, 16, differ);
  return db_execute(q, e);
}

static enum err_code read_number(struct running *k, const uint8_t (*token)[HASH_BYTES], struct duplicate_entry *out, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(k->s), "SELECT number, decision FROM duplicate_pair WHERE survey = ?1 AND form = ?2 AND a = ?3 AND b = ?4", &q, e));
  db_bind_cstr(q, 1, k->q->survey);
  db_bind_cstr(q, 2, k->f->id);
  db_bind_blob(q, 3, token[0], HASH_BYTES);
  db_bind_blob(q, 4, token[1], HASH_BYTES);
  TRY(db_step(q, &row, e));
  if (row) {
    out->number = db_int(q, 0);
    out->decision = arena_strdup(k->a, db_text(q, 1).p, db_text(q, 1).n);
  }
  db_reset(q);
  return row && out->decision ? E_OK : ERR(e, E_BUG, .subject = "duplicate_pair");
}

static enum err_code values_of(struct running *k, const struct duplicate_pair *p, struct duplicate_entry *out, struct err *e) {
  for (int side = 0; side < 2 && k->q->show_values; side++) {
    const char **values = ARENA_ARRAY(k->a, const char *, k->rule->n_items + 1);
    if (!values) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
    for (int i = 0; i < k->rule->n_items; i++) {
      const struct column *c = table_column(&k->tables[p->table[side]], k->rule->items[i].item);
      values[i] = c ? query_value_text(k->a, c, p->row[side]) : "";
      if (!values[i]) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
    }
    out->values[side] = values;
  }
  return E_OK;
}

static enum err_code keep_pair(struct running *k, const struct duplicate_pair *p, struct duplicate_entry *out, struct err *e) {
  uint8_t token[2][HASH_BYTES];
  *out = (struct duplicate_entry){
      .form = k->f->id, .score = p->score, .rule = k->rule, .agree = names_of(k, p->agree), .differ = names_of(k, p->differ)};
  if (!out->agree || !out->differ) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  for (int i = 0; i < 2; i++) {
    const char *office = k->shards[p->table[i]].sender;
    TRY(token_of(k, p->table[i], p->row[i], token[i], e));
    out->side[i] = (struct duplicate_side){
        arena_strdup(k->a, office, strlen(office)), k->periods[p->table[i]], k->shards[p->table[i]].id, p->row[i] + 1};
    if (!out->side[i].office) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  }
  out->twice_same_key = !memcmp(token[0], token[1], HASH_BYTES);
  TRY(insert_pair(k, p, (const uint8_t(*)[HASH_BYTES])token, out->agree, out->differ, e));
  TRY(read_number(k, (const uint8_t(*)[HASH_BYTES])token, out, e));
  return values_of(k, p, out, e);
}

static enum err_code run_form(struct running *k, struct err *e) {
  struct duplicates_found found;
  TRY(query_tokens_of(k->s, k->q->survey, k->f->id, query_token_period(k->f, k->q->period), &k->keys, e));
  TRY(read_records(k, e));
  TRY(duplicates_find(store_job(k->s), k->scratch, k->rule, k->tables, k->current, k->n, k->q->threshold, &found, e));
  k->out->records += found.n_records;
  k->out->compared += found.n_compared;
  k->out->exempt += found.n_exempt;
  k->out->skipped += found.n_skipped;
  struct duplicate_entry *grown = ARENA_ARRAY(k->a, struct duplicate_entry, k->out->n + found.n_pairs + 1);
  if (!grown) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  if (k->out->n) memcpy(grown, k->out->entries, (size_t)k->out->n * sizeof *grown);
  k->out->entries = grown;
  for (int64_t i = 0; i < found.n_pairs; i++) TRY(keep_pair(k, &found.pairs[i], &grown[k->out->n++], e));
  return E_OK;
}

static enum err_code run_forms(struct running *k, struct err *e) {
  struct period p;
  int done = 0;
  if (!period_parse(str_of(k->q->period), &p)) return ERR(e, E_QUERY_OPTIONS, .subject = k->q->period, .expected = "2025-12");
  for (int i = 0; duplicate_rule_at(i); i++) {
    struct form *f = NULL;
    k->rule = duplicate_rule_at(i);
    if (strcmp(k->rule->survey, k->q->survey) || (k->q->form && strcmp(k->rule->form, k->q->form))) continue;
    TRY(form_read(k->a, store_job(k->s), k->q->forms, k->q->survey, k->rule->form, NULL, period_last_day(&p), &f, NULL, e));
    k->f = f;
    struct arena_mark mark = arena_mark(k->scratch);
    TRY(run_form(k, e));
    arena_reset(k->scratch, mark);
    done++;
  }
  return done ? E_OK : ERR(e, E_DUPLICATE_FORM, .subject = k->q->form ? k->q->form : k->q->survey, .expected = "vital/birth, vital/death");
}

static enum err_code in_transaction(struct running *k, struct err *e) {
  TRY(store_begin(k->s, e));
  enum err_code code = db_run(store_db(k->s), schema, e);
  if (!code) code = run_forms(k, e);
  if (!code) code = store_commit(k->s, e);
  if (code) store_rollback(k->s);
  return code;
}

enum err_code duplicates_run(struct store *s, const struct duplicates_request *q, struct duplicates_report *out, struct err *e) {
  struct running k = {.s = s, .q = q, .a = store_job(s)->arena, .out = out};
  char object[160];
  struct err second;
  *out = (struct duplicates_report){.n = 0};
  snprintf(object, sizeof object, "duplicates:%s/%s", q->survey, q->period);
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = q->show_values ? "duplicates-show" : "duplicates", .detail = ""};
  TRY(store_log_intent(s, &entry, &k.access, e));
  k.scratch = arena_new(0);
  enum err_code code = k.scratch ? in_transaction(&k, e) : ERR(e, E_NO_MEMORY, .subject = "duplicates");
  arena_free(k.scratch);
  entry.rows = out->records;
  enum err_code logged = store_log_outcome(s, k.access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

/* --- decisions --- */
struct decided {
  char form[64], office[2][48], period[16], decision[16];
  int64_t shard, row;
};
static enum err_code find_pair(struct store *s, const char *survey, int64_t number, struct decided *out, struct err *e) {
  struct db_statement *q;
  bool row;
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)number);
  TRY(db_run(store_db(s), schema, e));
  TRY(db_prepare(
      store_db(s), "SELECT form, office_a, office_b, period_b, decision, shard_b, row_b FROM duplicate_pair WHERE number = ? AND survey = ?", &q, e));
  db_bind_int(q, 1, number);
  db_bind_cstr(q, 2, survey);
  TRY(db_step(q, &row, e));
  if (row) {
    snprintf(out->form, sizeof out->form, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    for (int i = 0; i < 2; i++) snprintf(out->office[i], sizeof out->office[i], "%.*s", (int)db_text(q, 1 + i).n, db_text(q, 1 + i).p);
    snprintf(out->period, sizeof out->period, "%.*s", (int)db_text(q, 3).n, db_text(q, 3).p);
    snprintf(out->decision, sizeof out->decision, "%.*s", (int)db_text(q, 4).n, db_text(q, 4).p);
    out->shard = db_int(q, 5);
    out->row = db_int(q, 6) - 1;
  }
  db_reset(q);
  if (!row) return ERR(e, E_DUPLICATE_UNKNOWN, .subject = text);
  return out->decision[0] ? ERR(e, E_DUPLICATE_DECIDED, .subject = text, .found = out->decision) : E_OK;
}

/* The owner of the second record is asked; what it answers decides. */
static enum err_code ask_owner(struct store *s, const struct decided *d, const char *survey, const char *forms, int64_t number, int64_t days,
    int64_t access, bool *made, struct err *e) {
  struct arena *a = store_job(s)->arena;
  struct form *f = NULL;
  struct period p;
  struct table t;
  struct query_pair key[QUERY_MAX_PAIRS];
  struct query_asked asked;
  char rule[48], ja[256], en[256];
  if (!period_parse(str_of(d->period), &p)) return ERR(e, E_BUG, .subject = "duplicate_pair");
  TRY(form_read(a, store_job(s), forms, survey, d->form, NULL, period_last_day(&p), &f, NULL, e));
  TRY(store_shard_read(s, d->shard, access, NULL, 0, a, &t, e));
  const struct record_type *type = &f->records[0];
  for (int i = 0; i < type->n_keys; i++) {
    const struct column *c = i < QUERY_MAX_PAIRS ? table_column(&t, type->keys[i]->name) : NULL;
    if (!c || d->row >= t.n_rows) return ERR(e, E_BUG, .subject = "duplicate_pair");
    key[i] = (struct query_pair){type->keys[i]->name, query_value_text(a, c, d->row)};
    if (!key[i].value) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  }
  snprintf(rule, sizeof rule, "duplicate:%lld", (long long)number);
  snprintf(ja, sizeof ja, "%s から届いた別の記録と同じ出来事のようです。二重なら取下げ、別の出来事なら理由を付けて確認してください", d->office[0]);
  snprintf(en, sizeof en,
      "another record, of %s, seems to be of the same event: withdraw this one if it is a double, else confirm it with the reason", d->office[0]);
  const struct query_request q = {.survey = survey,
      .period = d->period,
      .forms = forms,
      .form = d->form,
      .sender = d->office[1],
      .days = days,
      .key = key,
      .n_key = type->n_keys,
      .item = type->keys[0]->name,
      .message = ja,
      .message_en = en,
      .hand_rule = rule};
  TRY(query_ask(s, &q, &asked, e));
  *made = asked.made > 0;
  return E_OK;
}

static enum err_code write_decision(struct store *s, int64_t number, const char *decision, const char *reason, struct err *e) {
  struct db_statement *q;
  char blob[65], name[48];
  snprintf(name, sizeof name, "pair %lld", (long long)number);
  TRY(store_blob_put(s, "duplicate-reason", name, reason, strlen(reason), PART_ANSWER, blob, e));
  TRY(db_prepare(store_db(s), "UPDATE duplicate_pair SET decision = ?, decided = ?, reason_blob = ? WHERE number = ?", &q, e));
  db_bind_cstr(q, 1, decision);
  db_bind_int(q, 2, job_now(store_job(s)));
  db_bind_cstr(q, 3, blob);
  db_bind_int(q, 4, number);
  return db_execute(q, e);
}

/* The query first: it is made once whatever happens in between. */
static enum err_code decide(struct store *s, const struct decided *d, const char *survey, const char *forms, int64_t number, const char *decision,
    const char *reason, int64_t days, int64_t access, bool *made, struct err *e) {
  if (!strcmp(decision, "duplicate")) TRY(ask_owner(s, d, survey, forms, number, days, access, made, e));
  TRY(store_begin(s, e));
  enum err_code code = write_decision(s, number, decision, reason, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

enum err_code duplicates_decide(struct store *s, const char *survey, const char *period, const char *forms, int64_t number, const char *decision,
    const char *reason, int64_t days, bool *query_made, struct err *e) {
  struct decided d;
  char object[160];
  int64_t access;
  struct err second;
  *query_made = false;
  TRY(find_pair(s, survey, number, &d, e));
  snprintf(object, sizeof object, "duplicates:%s/%s/%lld", survey, period, (long long)number);
  const struct log_entry entry = {.action = "data-read", .object = object, .purpose = "duplicates-decide", .rows = 1, .detail = ""};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = decide(s, &d, survey, forms, number, decision, reason, days, access, query_made, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

/* intake_ledger.c -- the tables of intake in the ledger: files, record tokens, closings. No answers: counts, hashes, places. */
#include <stdio.h>
#include <string.h>

#include "collector/intake_impl.h"

static const char *const TABLES[] = {
  "CREATE TABLE IF NOT EXISTS intake(id INTEGER PRIMARY KEY, survey TEXT NOT NULL, form TEXT NOT NULL, version TEXT NOT NULL, form_hash TEXT NOT NULL, "
  "period TEXT NOT NULL, token TEXT NOT NULL, bytes INTEGER NOT NULL, encoding TEXT NOT NULL, rows_read INTEGER NOT NULL, "
  "accepted INTEGER NOT NULL, rejected INTEGER NOT NULL, duplicate INTEGER NOT NULL, problems INTEGER NOT NULL, warnings INTEGER NOT NULL, "
  "declared INTEGER NOT NULL, shard INTEGER NOT NULL, problem_shard INTEGER NOT NULL, repair_shard INTEGER NOT NULL, blob TEXT NOT NULL, "
  "round INTEGER NOT NULL, taken_at INTEGER NOT NULL, CHECK(rows_read = accepted + rejected + duplicate), UNIQUE(survey, form, period, token))",
  "CREATE TABLE IF NOT EXISTS record_stream(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
  "CREATE TABLE IF NOT EXISTS record_key(stream INTEGER NOT NULL REFERENCES record_stream(id), token BLOB NOT NULL, intake INTEGER NOT NULL, "
  "line INTEGER NOT NULL, PRIMARY KEY(stream, token)) WITHOUT ROWID", /* of stores made before record_page; read, no longer written */
  "CREATE TABLE IF NOT EXISTS record_page(id INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES record_stream(id), first BLOB NOT NULL, "
  "entries BLOB NOT NULL, UNIQUE(stream, first))",
  "CREATE TABLE IF NOT EXISTS intake_closing(survey TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, round INTEGER NOT NULL, declared INTEGER NOT NULL, "
  "accepted INTEGER NOT NULL, rejected INTEGER NOT NULL, duplicate INTEGER NOT NULL, nil INTEGER NOT NULL, closed_at INTEGER NOT NULL, "
  "CHECK(declared = accepted + rejected), PRIMARY KEY(survey, form, period, round)) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS intake_proposal(intake INTEGER PRIMARY KEY REFERENCES intake(id), proposed INTEGER NOT NULL, open INTEGER NOT NULL, "
  "shard INTEGER NOT NULL, base INTEGER NOT NULL, CHECK(open BETWEEN 0 AND proposed))",
  "CREATE TABLE IF NOT EXISTS repair_decision(id INTEGER PRIMARY KEY, intake INTEGER NOT NULL REFERENCES intake(id), rule TEXT NOT NULL, "
  "line INTEGER NOT NULL, cell INTEGER NOT NULL, state INTEGER NOT NULL, decided_at INTEGER NOT NULL, log INTEGER NOT NULL)",
};

#define ENTRY_COLUMNS \
  "id, bytes, rows_read, accepted, rejected, duplicate, problems, warnings, declared, shard, problem_shard, repair_shard, round, taken_at, survey, form, version, " \
  "form_hash, period, token, blob"

enum err_code intake_schema(struct store *s, struct err *e) {
  for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) TRY(db_run(store_db(s), TABLES[i], e));
  return E_OK;
}

static enum err_code single_int(struct db_statement *q, int64_t *out, struct err *e) {
  bool row;
  TRY(db_step(q, &row, e));
  *out = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

/* An office that never took a file in has no tables yet, and a locked store cannot make them. */
static enum err_code table_present(struct store *s, const char *name, bool *present, struct err *e) {
  struct db_statement *q;
  int64_t n;
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", &q, e));
  db_bind_cstr(q, 1, name);
  TRY(single_int(q, &n, e));
  *present = n > 0;
  return E_OK;
}

/* A register that did not change may be taken in for the next month with the same bytes; slips of events belong to one month only. */
enum err_code ledger_find_file(struct store *s, const struct form *f, const char *period, const char *token, int64_t *id, struct err *e) {
  struct db_statement *q;
  bool any_period = !period || f->event_date[0];
  TRY(db_prepare(store_db(s), "SELECT id FROM intake WHERE survey = ?1 AND form = ?2 AND token = ?3 AND (?4 = '' OR period = ?4) ORDER BY id LIMIT 1", &q, e));
  db_bind_cstr(q, 4, any_period ? "" : period);
  db_bind_cstr(q, 1, f->survey);
  db_bind_cstr(q, 2, f->id);
  db_bind_cstr(q, 3, token);
  return single_int(q, id, e);
}

enum err_code ledger_next_id(struct store *s, int64_t *id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT coalesce(max(id), 0) + 1 FROM intake", &q, e));
  return single_int(q, id, e);
}

static enum err_code last_round(struct store *s, const char *survey, const char *form, const char *period, int64_t *round, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT coalesce(max(round), 0) FROM intake_closing WHERE survey = ?1 AND form = ?2 AND period = ?3", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, form);
  db_bind_cstr(q, 3, period);
  return single_int(q, round, e);
}

enum err_code ledger_round(struct store *s, const struct form *f, const char *period, int64_t *round, struct err *e) {
  TRY(last_round(s, f->survey, f->id, period, round, e));
  ++*round;
  return E_OK;
}

static enum err_code add_proposals(struct intake_run *run, struct err *e) {
  struct db_statement *q;
  if (!run->proposals.total) return E_OK;
  TRY(db_prepare(store_db(run->store), "INSERT INTO intake_proposal(intake, proposed, open, shard, base) VALUES(?1, ?2, ?4, ?3, 0)", &q, e));
  db_bind_int(q, 1, run->id);
  db_bind_int(q, 2, run->proposals.total);
  db_bind_int(q, 3, run->proposals.shard_id);
  db_bind_int(q, 4, run->proposals.open);
  return db_execute(q, e);
}

enum err_code ledger_add(struct intake_run *run, const char *blob, int64_t shard, int64_t round, struct err *e) {
  static const char sql[] = "INSERT INTO intake(id, survey, form, version, form_hash, period, token, bytes, encoding, rows_read, accepted, rejected, duplicate, "
                            "problems, warnings, declared, shard, problem_shard, repair_shard, blob, round, taken_at) "
                            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22)";
  const struct intake_report *r = run->report;
  const struct form *f = run->form;
  const char *const texts[] = {f->survey, f->id, f->version, f->hash_hex, r->period, run->file_token};
  const int64_t counts[] = {r->rows_read, r->accepted, r->rejected, r->duplicate,           r->problems,
                            r->warnings,  r->declared, shard,       run->problems.shard_id, run->repairs.shard_id};
  struct db_statement *q;
  TRY(db_prepare(store_db(run->store), sql, &q, e));
  db_bind_int(q, 1, run->id);
  for (int i = 0; i < 6; i++) db_bind_cstr(q, 2 + i, texts[i]);
  db_bind_int(q, 8, r->bytes);
  db_bind_cstr(q, 9, text_encoding_name(r->encoding));
  for (int i = 0; i < 10; i++) db_bind_int(q, 10 + i, counts[i]);
  db_bind_cstr(q, 20, blob);
  db_bind_int(q, 21, round);
  db_bind_int(q, 22, job_now(run->job));
  TRY(db_execute(q, e));
  return add_proposals(run, e);
}

/* --- reading back --- */

static const char *copy(struct arena *a, struct str s) { return arena_strdup(a, s.p, s.n); }

static enum err_code entry_of(struct arena *a, const struct db_statement *q, struct intake_entry *out, struct err *e) {
  int64_t *const counts[] = {&out->id,       &out->bytes,    &out->rows_read, &out->accepted, &out->rejected,      &out->duplicate,
                             &out->problems, &out->warnings, &out->declared,  &out->shard,    &out->problem_shard, &out->repair_shard,
                             &out->round,    &out->taken_at};
  const char **const texts[] = {&out->survey, &out->form, &out->version, &out->form_hash, &out->period, &out->token, &out->blob};
  for (int i = 0; i < 14; i++) *counts[i] = db_int(q, i);
  out->file = "";
  for (int i = 0; i < 7; i++)
    if (!(*texts[i] = copy(a, db_text(q, 14 + i)))) return ERR(e, E_NO_MEMORY, .subject = "intake");
  return E_OK;
}

static enum err_code count_entries(struct store *s, const char *survey, const char *form, const char *period, int64_t *n, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM intake WHERE (?1 IS NULL OR survey = ?1) AND (?2 IS NULL OR form = ?2) AND (?3 IS NULL OR period = ?3)", &q, e));
  survey ? db_bind_cstr(q, 1, survey) : db_bind_null(q, 1);
  form ? db_bind_cstr(q, 2, form) : db_bind_null(q, 2);
  period ? db_bind_cstr(q, 3, period) : db_bind_null(q, 3);
  return single_int(q, n, e);
}

enum err_code intake_list(struct store *s, const char *survey, const char *form, const char *period, struct arena *a, struct intake_entry **out, int64_t *n, struct err *e) {
  int64_t size = 0;
  struct db_statement *q;
  bool present;
  TRY(table_present(s, "intake", &present, e));
  if (present) TRY(count_entries(s, survey, form, period, &size, e));
  *n = 0;
  *out = ARENA_ARRAY(a, struct intake_entry, size + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "intake");
  if (!present) return E_OK;
  TRY(db_prepare(store_db(s), "SELECT " ENTRY_COLUMNS " FROM intake WHERE (?1 IS NULL OR survey = ?1) AND (?2 IS NULL OR form = ?2) AND (?3 IS NULL OR period = ?3) ORDER BY id", &q, e));
  survey ? db_bind_cstr(q, 1, survey) : db_bind_null(q, 1);
  form ? db_bind_cstr(q, 2, form) : db_bind_null(q, 2);
  period ? db_bind_cstr(q, 3, period) : db_bind_null(q, 3);
  enum err_code code = E_OK;
  for (bool row = true; !code && *n < size;) {
    if ((code = db_step(q, &row, e)) || !row) break;
    code = entry_of(a, q, &(*out)[(*n)++], e);
  }
  db_reset(q);
  return code;
}

enum err_code intake_get(struct store *s, int64_t id, struct arena *a, struct intake_entry *out, struct err *e) {
  struct db_statement *q;
  bool row;
  char number[24];
  TRY(db_prepare(store_db(s), "SELECT " ENTRY_COLUMNS " FROM intake WHERE id = ?1", &q, e));
  db_bind_int(q, 1, id);
  TRY(db_step(q, &row, e));
  snprintf(number, sizeof number, "%lld", (long long)id);
  enum err_code code = row ? entry_of(a, q, out, e) : ERR(e, E_INTAKE_UNKNOWN, .subject = number);
  db_reset(q);
  return code;
}

/* --- closing --- */

static enum err_code open_counts(struct store *s, const char *survey, const char *form, const char *period, struct intake_closing *c, int64_t *files, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT count(*), coalesce(sum(accepted), 0), coalesce(sum(rejected), 0), coalesce(sum(duplicate), 0) FROM intake WHERE survey = ?1 AND form = ?2 AND period = ?3 AND round = ?4", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, form);
  db_bind_cstr(q, 3, period);
  db_bind_int(q, 4, c->round);
  TRY(db_step(q, &row, e));
  *files = row ? db_int(q, 0) : 0;
  c->accepted = row ? db_int(q, 1) : 0;
  c->rejected = row ? db_int(q, 2) : 0;
  c->duplicate = row ? db_int(q, 3) : 0;
  db_reset(q);
  return E_OK;
}

static enum err_code check_balance(const char *what, int64_t files, const struct intake_closing *c, struct err *e) {
  char expected[96], found[96];
  snprintf(expected, sizeof expected, "%lld declared", (long long)c->declared);
  snprintf(found, sizeof found, "%lld accepted + %lld rejected (%lld duplicates not counted)", (long long)c->accepted, (long long)c->rejected,
           (long long)c->duplicate);
  if (c->nil && c->accepted + c->rejected > 0) return ERR(e, E_INTAKE_NOT_NIL, .subject = what, .found = found);
  if (!c->nil && files == 0 && c->round > 1) return ERR(e, E_INTAKE_CLOSED_EMPTY, .subject = what);
  return c->declared == c->accepted + c->rejected ? E_OK : ERR(e, E_INTAKE_BALANCE, .subject = what, .expected = expected, .found = found);
}

static enum err_code write_closing(struct store *s, const char *survey, const char *form, const char *period, const struct intake_closing *c, struct err *e) {
  struct db_statement *q;
  const int64_t values[] = {c->round, c->declared, c->accepted, c->rejected, c->duplicate, c->nil, c->closed_at};
  TRY(db_prepare(store_db(s), "INSERT INTO intake_closing(survey, form, period, round, declared, accepted, rejected, duplicate, nil, closed_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, form);
  db_bind_cstr(q, 3, period);
  for (int i = 0; i < 7; i++) db_bind_int(q, 4 + i, values[i]);
  return db_execute(q, e);
}

static enum err_code close_inside(struct store *s, const char *survey, const char *form, const char *period, struct intake_closing *c, struct err *e) {
  char what[128];
  int64_t files;
  snprintf(what, sizeof what, "%s/%s %s", survey, form, period);
  TRY(intake_schema(s, e));
  TRY(last_round(s, survey, form, period, &c->round, e));
  c->round++;
  TRY(open_counts(s, survey, form, period, c, &files, e));
  TRY(check_balance(what, files, c, e));
  return write_closing(s, survey, form, period, c, e);
}

enum err_code intake_close(struct store *s, const char *survey, const char *form, const char *period, int64_t declared, bool nil, struct intake_closing *out, struct err *e) {
  *out = (struct intake_closing){.declared = nil ? 0 : declared, .nil = nil, .closed_at = job_now(store_job(s))};
  TRY(store_begin(s, e));
  enum err_code code = close_inside(s, survey, form, period, out, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

enum err_code intake_last_closing(struct store *s, const char *survey, const char *form, const char *period, struct intake_closing *out, bool *found, struct err *e) {
  struct db_statement *q;
  *out = (struct intake_closing){0};
  TRY(table_present(s, "intake_closing", found, e));
  if (!*found) return E_OK;
  TRY(db_prepare(store_db(s), "SELECT round, declared, accepted, rejected, duplicate, nil, closed_at FROM intake_closing WHERE survey = ?1 AND form = ?2 AND period = ?3 ORDER BY round DESC LIMIT 1", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, form);
  db_bind_cstr(q, 3, period);
  TRY(db_step(q, found, e));
  if (*found) *out = (struct intake_closing){db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3), db_int(q, 4), db_int(q, 6), db_int(q, 5) != 0};
  db_reset(q);
  return E_OK;
}

/* A file's name may hold a person's name, so it rests sealed with the original's bytes. */
enum err_code intake_names(struct store *s, struct intake_entry *entries, int64_t n, struct arena *a, struct err *e) {
  const struct log_entry entry = {.action = "data-read", .object = "intake:names", .rows = n};
  struct strbuf b;
  int64_t access;
  TRY(store_log_intent(s, &entry, &access, e));
  strbuf_init(&b, 65536);
  enum err_code code = E_OK;
  for (int64_t i = 0; !code && i < n; i++) {
    strbuf_reset(&b);
    code = store_blob_name(s, entries[i].blob, access, &b, e);
    if (!code && !(entries[i].file = arena_strdup(a, strbuf_cstr(&b), b.n))) code = ERR(e, E_NO_MEMORY, .subject = "intake");
  }
  strbuf_release(&b);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

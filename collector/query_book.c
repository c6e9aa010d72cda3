/* query_book.c -- the queries' tables. The state of a query is computed from its parts alone, so that the order in which they come does not
   matter. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/job.h"
#include "collector/query_impl.h"

static const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS query(id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, survey TEXT NOT NULL, form TEXT NOT NULL, period TEXT "
    "NOT NULL, owner TEXT NOT NULL,"
    " asker TEXT NOT NULL, record BLOB NOT NULL, rule TEXT NOT NULL, item TEXT NOT NULL, value BLOB NOT NULL, asked INTEGER NOT NULL, deadline "
    "INTEGER NOT NULL,"
    " answer TEXT NOT NULL DEFAULT '', answer_part TEXT NOT NULL DEFAULT '', answered INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT "
    "0) STRICT",
    "CREATE INDEX IF NOT EXISTS query_record ON query(record, rule)",
    "CREATE INDEX IF NOT EXISTS query_owner ON query(owner, survey, period)",
    "CREATE TABLE IF NOT EXISTS query_part(id TEXT PRIMARY KEY, query TEXT NOT NULL, kind TEXT NOT NULL, author TEXT NOT NULL, signing_key TEXT "
    "NOT NULL, at INTEGER NOT NULL,"
    " blob TEXT NOT NULL, own INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0) STRICT",
    "CREATE INDEX IF NOT EXISTS query_part_query ON query_part(query)",
    "CREATE TABLE IF NOT EXISTS query_override(query TEXT PRIMARY KEY, record BLOB NOT NULL, rule TEXT NOT NULL, value BLOB NOT NULL, since "
    "INTEGER NOT NULL) STRICT",
    "CREATE INDEX IF NOT EXISTS query_override_record ON query_override(record, rule, value)",
    "CREATE TABLE IF NOT EXISTS query_correction(query TEXT PRIMARY KEY, kind TEXT NOT NULL, part TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0) "
    "STRICT",
    "CREATE TABLE IF NOT EXISTS query_letter(number INTEGER PRIMARY KEY, office TEXT NOT NULL, parts INTEGER NOT NULL, created INTEGER NOT NULL) "
    "STRICT",
};

enum err_code query_prepare(struct store *s, struct err *e) {
  for (size_t i = 0; i < sizeof schema / sizeof *schema; i++) TRY(db_run(store_db(s), schema[i], e));
  return E_OK;
}

enum err_code query_present(struct store *s, bool *present, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'query'", &q, e));
  TRY(db_step(q, present, e));
  db_reset(q);
  return E_OK;
}

void query_salt(char out[33]) {
  uint8_t salt[16];
  random_bytes(salt, sizeof salt);
  hex_encode(salt, sizeof salt, out);
}

/* --- days for an answer --- */
enum err_code query_survey_days(struct batch_forms *forms, const char *survey_id, const char *owner, int64_t *days, struct err *e) {
  const struct form_survey *survey;
  TRY(batch_forms_survey(forms, survey_id, &survey, e));
  for (int i = 0; i < survey->n_levels && survey->has_query_days; i++) {
    size_t n = strlen(survey->levels[i]);
    if (strncmp(owner, survey->levels[i], n) || owner[n] != '-') continue;
    *days = survey->query_days[i];
    return E_OK;
  }
  return ERR(e, E_QUERY_DAYS, .subject = survey_id);
}

/* --- a question becomes a row --- */
static enum err_code add_question(struct store *s, const char *id, const struct query_part *p, struct batch_forms *forms, struct err *e) {
  struct query_tokens keys;
  struct db_statement *q;
  const struct form *f;
  uint8_t record[HASH_BYTES], value[HASH_BYTES];
  int64_t asked = 0, deadline = 0;
  TRY(batch_forms_form(forms, p->survey, p->form, p->version, &f, e));
  TRY(query_tokens_of(s, p->survey, p->form, query_token_period(f, p->period), &keys, e));
  query_token(keys.record, "", p->key, p->n_key, record);
  query_token(keys.value, p->rule, p->values, p->n_values, value);
  if (!time_parse_utc(p->time, &asked) || !date_parse_iso(str_of(p->deadline), &deadline))
    return ERR(e, E_QUERY_FORMAT, .subject = "asked", .expected = "times and dates");
  TRY(db_prepare(store_db(s),
      "INSERT INTO query(id, number, survey, form, period, owner, asker, record, rule, item, value, asked, deadline)"
      " SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?9, ?7, ?8, ?10, ?11, ?12 FROM query",
      &q, e));
  const char *const texts[] = {id, p->survey, p->form, p->period, p->owner, p->by, p->rule, p->item};
  for (int i = 0; i < 8; i++) db_bind_cstr(q, i + 1, texts[i]);
  db_bind_blob(q, 9, record, sizeof record);
  db_bind_blob(q, 10, value, sizeof value);
  db_bind_int(q, 11, asked);
  db_bind_int(q, 12, deadline);
  return db_execute(q, e);
}

/* --- what stands --- */
struct standing {
  char kind[16], part[QUERY_ID_HEX];
  int64_t at;
};
static enum err_code pick(struct store *s, const char *query, const char *sql, struct standing *out, struct err *e) {
  struct db_statement *q;
  bool row;
  *out = (struct standing){.at = 0};
  TRY(db_prepare(store_db(s), sql, &q, e));
  db_bind_cstr(q, 1, query);
  TRY(db_step(q, &row, e));
  if (row) {
    snprintf(out->kind, sizeof out->kind, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(out->part, sizeof out->part, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
    out->at = db_int(q, 2);
  }
  db_reset(q);
  return E_OK;
}

static enum err_code run_with(struct store *s, const char *sql, const char *query, const char *kind, const char *part, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), sql, &q, e));
  db_bind_cstr(q, 1, query);
  if (kind) db_bind_cstr(q, 2, kind);
  if (part) db_bind_cstr(q, 3, part);
  return db_execute(q, e);
}

/* At the owner, a correction or withdrawal waits for the record's next version. */
static enum err_code owned_here(struct store *s, const char *query, const char *kind, const char *part, struct err *e) {
  struct db_statement *q;
  if (strcmp(kind, "correct") && strcmp(kind, "withdraw")) return E_OK;
  TRY(db_prepare(
      store_db(s), "INSERT OR IGNORE INTO query_correction(query, kind, part) SELECT id, ?2, ?3 FROM query WHERE id = ?1 AND owner = ?4", &q, e));
  db_bind_cstr(q, 1, query);
  db_bind_cstr(q, 2, kind);
  db_bind_cstr(q, 3, part);
  db_bind_cstr(q, 4, store_office(s)->id);
  return db_execute(q, e);
}

/* The owner's own word goes before what was written down for it, then the first one; only the asker closes. */
static enum err_code bring_up_to_date(struct store *s, const char *query, struct err *e) {
  struct standing answer, closing;
  struct db_statement *q;
  TRY(pick(s, query,
      "SELECT p.kind, p.id, p.at FROM query_part p JOIN query q ON q.id = p.query WHERE q.id = ?1 AND p.kind IN ('correct', 'confirm', 'withdraw')"
      " AND p.author IN (q.owner, q.asker) ORDER BY p.author <> q.owner, p.at, p.id LIMIT 1",
      &answer, e));
  TRY(pick(s, query,
      "SELECT p.kind, p.id, p.at FROM query_part p JOIN query q ON q.id = p.query WHERE q.id = ?1 AND p.kind = 'close' AND p.author = q.asker"
      " ORDER BY p.at, p.id LIMIT 1",
      &closing, e));
  TRY(db_prepare(store_db(s), "UPDATE query SET answer = ?2, answer_part = ?3, answered = ?4, closed = ?5 WHERE id = ?1", &q, e));
  db_bind_cstr(q, 1, query);
  db_bind_cstr(q, 2, answer.kind);
  db_bind_cstr(q, 3, answer.part);
  db_bind_int(q, 4, answer.at);
  db_bind_int(q, 5, closing.at);
  TRY(db_execute(q, e));
  TRY(run_with(s, "DELETE FROM query_override WHERE query = ?1 AND ?2 <> 'confirm'", query, answer.kind, NULL, e));
  if (!strcmp(answer.kind, "confirm"))
    TRY(run_with(s,
        "INSERT OR IGNORE INTO query_override(query, record, rule, value, since) SELECT id, record, rule, value, answered FROM query WHERE id = ?1",
        query, NULL, NULL, e));
  TRY(run_with(s, "DELETE FROM query_correction WHERE query = ?1 AND ?2 <> '' AND part <> ?3 AND done = 0", query, answer.kind, answer.part, e));
  return owned_here(s, query, answer.kind, answer.part, e);
}

/* --- parts --- */
static enum err_code known_part(struct store *s, const char *id, bool *known, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM query_part WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, known, e));
  db_reset(q);
  return E_OK;
}

static enum err_code put_blob(struct store *s, const char *id, const struct query_stored *p, char blob[65], struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 2 * QUERY_MAX_PART);
  strbuf_add(&b, p->text.p, p->text.n);
  strbuf_addc(&b, '\n');
  strbuf_add(&b, p->signature.p, p->signature.n);
  enum err_code code = b.failed ? ERR(e, E_NO_MEMORY, .subject = "query") : store_blob_put(s, "query", id, b.p, b.n, PART_ID, blob, e);
  if (b.p) wipe(b.p, b.n);
  strbuf_release(&b);
  return code;
}

enum err_code query_store_part(struct store *s, const struct query_stored *p, struct batch_forms *forms, bool *known, bool *held, struct err *e) {
  char id[QUERY_ID_HEX], blob[65];
  struct db_statement *q;
  int64_t at = 0;
  bool row = false;
  query_id_of(p->text, id);
  *held = false;
  TRY(known_part(s, id, known, e));
  if (*known) return E_OK;
  if (!time_parse_utc(p->part->time, &at)) return ERR(e, E_QUERY_FORMAT, .subject = "answered", .expected = "a time");
  const char *query = p->part->kind == QUERY_QUESTION ? id : p->part->query;
  TRY(put_blob(s, id, p, blob, e));
  TRY(db_prepare(
      store_db(s), "INSERT INTO query_part(id, query, kind, author, signing_key, at, blob, own) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", &q, e));
  const char *const texts[] = {id, query, query_kind_name(p->part->kind), p->part->by, p->key};
  for (int i = 0; i < 5; i++) db_bind_cstr(q, i + 1, texts[i]);
  db_bind_int(q, 6, at);
  db_bind_cstr(q, 7, blob);
  db_bind_int(q, 8, p->own);
  TRY(db_execute(q, e));
  if (p->part->kind == QUERY_QUESTION) TRY(add_question(s, id, p->part, forms, e));
  TRY(db_prepare(store_db(s), "SELECT 1 FROM query WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, query);
  TRY(db_step(q, &row, e));
  db_reset(q);
  *held = !row;
  return row ? bring_up_to_date(s, query, e) : E_OK;
}

/* What this office writes must be what others take: a reason with a line break is refused here and not there. */
static enum err_code can_be_read(struct str text, struct err *e) {
  struct arena *a = arena_new(0);
  struct query_part *p;
  enum err_code code = a ? query_part_read(a, "query", text, &p, e) : ERR(e, E_NO_MEMORY, .subject = "query");
  arena_free(a);
  return code;
}

enum err_code query_store_own(struct store *s, const struct query_part *p, struct batch_forms *forms, struct err *e) {
  struct strbuf text, signature;
  bool known, held;
  strbuf_init(&text, QUERY_MAX_PART);
  strbuf_init(&signature, 4096);
  enum err_code code = query_part_write(p, &text, e);
  if (!code) code = can_be_read(str_view(text.p, text.n), e);
  if (!code) code = store_sign(s, text.p, text.n, "query", &signature, e);
  const struct query_stored stored = {p, str_view(text.p, text.n), str_view(signature.p, signature.n), store_office(s)->minisign_public, true};
  if (!code) code = query_store_part(s, &stored, forms, &known, &held, e);
  if (text.p) wipe(text.p, text.n);
  strbuf_release(&text);
  strbuf_release(&signature);
  return code;
}

enum err_code query_part_get(struct store *s, const char *id, int64_t access, struct strbuf *text, struct strbuf *signature, struct err *e) {
  struct db_statement *q;
  struct strbuf both;
  bool row;
  char blob[65] = "";
  TRY(db_prepare(store_db(s), "SELECT blob FROM query_part WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &row, e));
  if (row) snprintf(blob, sizeof blob, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  if (!row) return ERR(e, E_QUERY_UNKNOWN, .subject = id);
  strbuf_init(&both, 2 * QUERY_MAX_PART);
  enum err_code code = store_blob_get(s, blob, access, 2 * QUERY_MAX_PART, &both, e);
  struct str rest = {0}, first = code ? rest : str_split(str_view(both.p, both.n), '\n', &rest);
  if (!code) {
    strbuf_add(text, first.p, first.n);
    if (signature) strbuf_add(signature, rest.p, rest.n);
    if (text->failed || (signature && signature->failed)) code = ERR(e, E_NO_MEMORY, .subject = "query");
  }
  if (both.p) wipe(both.p, both.n);
  strbuf_release(&both);
  return code;
}

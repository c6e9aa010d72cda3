/* batch_chain.c -- see batch_chain.h. */
#include "collector/batch_chain.h"

#include <stdio.h>
#include <string.h>

#include "collector/ledger.h"
#include "forms/form.h"

static const char *const TABLES[] = {
    "CREATE TABLE IF NOT EXISTS batch_released(id TEXT PRIMARY KEY, survey TEXT NOT NULL, sender TEXT NOT NULL, sequence INTEGER NOT NULL, "
    "first_missing INTEGER NOT NULL,"
    " last_missing INTEGER NOT NULL, reason_blob TEXT NOT NULL, released INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_chain(survey TEXT NOT NULL, sequence INTEGER NOT NULL, id TEXT NOT NULL, noted INTEGER NOT NULL, PRIMARY "
    "KEY(survey, sequence)) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_proxy(id TEXT PRIMARY KEY) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_volume_done(whole_sha256 TEXT PRIMARY KEY, batch TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_sent_manifest(id TEXT PRIMARY KEY, blob TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_void(id TEXT PRIMARY KEY, survey TEXT NOT NULL, period TEXT NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT "
    "NULL, created INTEGER NOT NULL,"
    " file_name TEXT NOT NULL, blob TEXT NOT NULL, set_aside INTEGER NOT NULL) STRICT",
};

enum err_code batch_chain_prepare(struct store *s, struct err *e) {
  for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) TRY(db_run(store_db(s), TABLES[i], e));
  return E_OK;
}

/* The file itself can be opened by the recipient only; the transmittal slip is printed from this. */
enum err_code batch_keep_manifest(struct store *s, const char *id, struct str json, struct err *e) {
  struct db_statement *q;
  char blob[65];
  TRY(store_blob_put(s, "batch-manifest", id, json.p, json.n, PART_PARADATA, blob, e));
  TRY(db_prepare(store_db(s), "INSERT INTO batch_sent_manifest(id, blob) VALUES(?,?)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, blob);
  return db_execute(q, e);
}

enum err_code batch_stored_manifest(struct store *s, struct arena *a, const char *prefix, int64_t access, char id[BATCH_ID_HEX],
                                    struct batch_manifest **out, struct err *e) {
  struct db_statement *q;
  struct strbuf json;
  bool row;
  int found = 0;
  char blob[65] = "";
  size_t n = strlen(prefix);
  if (n < 8 || n > 64 || strspn(prefix, "0123456789abcdef") != n) return ERR(e, E_BATCH_UNKNOWN, .subject = prefix);
  TRY(db_prepare(store_db(s),
                 "SELECT id, blob FROM batch_sent_manifest WHERE substr(id, 1, length(?1)) = ?1 UNION SELECT id, manifest_blob FROM batch WHERE "
                 "substr(id, 1, length(?1)) = ?1",
                 &q, e));
  db_bind_cstr(q, 1, prefix);
  for (;; found++) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    snprintf(id, BATCH_ID_HEX, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(blob, sizeof blob, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  if (found != 1) return ERR(e, E_BATCH_UNKNOWN, .subject = prefix);
  strbuf_init(&json, 64u << 20);
  enum err_code code = store_blob_get(s, blob, access, 64u << 20, &json, e);
  if (!code) code = batch_manifest_read(a, id, str_view(json.p, json.n), out, e);
  strbuf_release(&json);
  return code;
}

static enum err_code run_for(struct store *s, const char *sql, const char *survey, int64_t a, const char *text, bool *row, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), sql, &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_int(q, 2, a);
  db_bind_cstr(q, 3, text);
  TRY(db_step(q, row, e));
  db_reset(q);
  return E_OK;
}

enum err_code batch_note_proxy(struct store *s, const struct batch_manifest *m, const char *id, struct err *e) {
  struct db_statement *q;
  if (!m->proxy[0]) return E_OK;
  TRY(db_prepare(store_db(s), "INSERT OR IGNORE INTO batch_proxy(id) VALUES(?)", &q, e));
  db_bind_cstr(q, 1, id);
  return db_execute(q, e);
}

/* --- parts of files that were received whole --- */
enum err_code batch_volume_was_done(struct store *s, const char *whole_sha256, char id[BATCH_ID_HEX], bool *done, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT batch FROM batch_volume_done WHERE whole_sha256 = ?", &q, e));
  db_bind_cstr(q, 1, whole_sha256);
  TRY(db_step(q, done, e));
  if (*done) snprintf(id, BATCH_ID_HEX, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  return E_OK;
}

enum err_code batch_volume_note_done(struct store *s, const char *whole_sha256, const char *id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "INSERT OR REPLACE INTO batch_volume_done(whole_sha256, batch) VALUES(?,?)", &q, e));
  db_bind_cstr(q, 1, whole_sha256);
  db_bind_cstr(q, 2, id);
  return db_execute(q, e);
}

/* --- holes --- */
enum err_code batch_fits_hole(struct store *s, const struct batch_manifest *m, const char *id, bool *fits, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(run_for(s, "SELECT 1 FROM batch_released WHERE survey = ?1 AND ?2 BETWEEN first_missing AND last_missing AND sender = ?3", m->survey,
              m->sequence, m->sender, fits, e));
  if (!*fits) return E_OK;
  TRY(db_prepare(store_db(s), "SELECT sequence, id, previous FROM batch WHERE sender = ? AND survey = ? AND sequence IN (?, ?)", &q, e));
  db_bind_cstr(q, 1, m->sender);
  db_bind_cstr(q, 2, m->survey);
  db_bind_int(q, 3, m->sequence - 1);
  db_bind_int(q, 4, m->sequence + 1);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    bool before = db_int(q, 0) < m->sequence;
    *fits &= before ? str_eq(db_text(q, 1), str_of(m->previous)) : str_eq(db_text(q, 2), str_of(id));
  }
}

enum err_code batch_record_release(struct store *s, const struct batch_manifest *m, const char *id, int64_t last, const char *reason, int64_t now,
                                   struct err *e) {
  struct db_statement *q;
  char blob[65];
  TRY(store_blob_put(s, "reason", id, reason, strlen(reason), PART_PARADATA, blob, e));
  TRY(db_prepare(store_db(s),
                 "INSERT OR IGNORE INTO batch_released(id, survey, sender, sequence, first_missing, last_missing, reason_blob, released) "
                 "VALUES(?,?,?,?,?,?,?,?)",
                 &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, m->survey);
  db_bind_cstr(q, 3, m->sender);
  db_bind_int(q, 4, m->sequence);
  db_bind_int(q, 5, last + 1);
  db_bind_int(q, 6, m->sequence - 1);
  db_bind_cstr(q, 7, blob);
  db_bind_int(q, 8, now);
  return db_execute(q, e);
}

enum err_code batch_find_held(struct store *s, const char *prefix, char id[BATCH_ID_HEX], char blob[65], struct err *e) {
  struct db_statement *q;
  bool row;
  int found = 0;
  size_t n = strlen(prefix);
  if (n < 8 || n > 64 || strspn(prefix, "0123456789abcdef") != n)
    return ERR(e, E_HELD_UNKNOWN, .subject = prefix, .expected = "at least 8 digits of its id");
  TRY(db_prepare(store_db(s), "SELECT id, blob FROM batch_held WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id", &q, e));
  db_bind_cstr(q, 1, prefix);
  for (;; found++) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    snprintf(id, BATCH_ID_HEX, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(blob, 65, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  return found == 1 ? E_OK : ERR(e, E_HELD_UNKNOWN, .subject = prefix, .found = found ? "several begin with it" : "");
}

/* --- after a fork --- */
static enum err_code check_set_aside(struct store *s, const char *survey, int64_t from, int64_t last, const char *last_id, struct err *e) {
  bool row;
  char number[24];
  snprintf(number, sizeof number, "%lld", (long long)from);
  if (from < 1 || last < from - 1 || strlen(last_id) != 64 || strspn(last_id, "0123456789abcdef") != 64)
    return ERR(e, E_REISSUE_LAST, .subject = last_id);
  TRY(run_for(s, "SELECT 1 FROM batch_sent WHERE survey = ?1 AND sequence >= ?2 AND receipt_time IS NOT NULL AND ?3 <> ''", survey, from, last_id,
              &row, e));
  if (row) return ERR(e, E_REISSUE_RECEIVED, .found = number);
  TRY(run_for(s, "SELECT 1 FROM batch_sent WHERE survey = ?1 AND sequence = ?2 AND ?3 <> ''", survey, from, last_id, &row, e));
  return row ? E_OK : ERR(e, E_BATCH_UNKNOWN, .subject = number);
}

static enum err_code set_aside(struct store *s, const char *survey, int64_t from, int64_t last, const char *last_id, int64_t *n, struct err *e) {
#define THOSE "(SELECT id FROM batch_sent WHERE survey = ?1 AND sequence >= ?2 AND ?3 <> '')"
  static const char *const steps[] = {
      "DELETE FROM batch_shard WHERE batch IN " THOSE,
      "UPDATE batch SET forwarded_in = '' WHERE forwarded_in IN " THOSE,
      "DELETE FROM batch_count WHERE batch IN " THOSE,
      "INSERT INTO batch_void(id, survey, period, sequence, kind, created, file_name, blob, set_aside) SELECT id, survey, period, sequence, kind, "
      "created, file_name, blob, 0"
      " FROM batch_sent WHERE id IN " THOSE,
      "DELETE FROM batch_sent WHERE id IN " THOSE,
  };
#undef THOSE
  struct db_statement *q;
  bool row;
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) TRY(run_for(s, steps[i], survey, from, last_id, &row, e));
  *n = db_changes(store_db(s));
  TRY(run_for(s, "UPDATE batch_void SET set_aside = ?2 WHERE survey = ?1 AND set_aside = 0 AND ?3 <> ''", survey, job_now(store_job(s)), last_id,
              &row, e));
  TRY(db_prepare(store_db(s), "INSERT OR REPLACE INTO batch_chain(survey, sequence, id, noted) VALUES(?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_int(q, 2, last);
  db_bind_cstr(q, 3, last_id);
  db_bind_int(q, 4, job_now(store_job(s)));
  return db_execute(q, e);
}

enum err_code batch_set_aside(struct store *s, const char *survey, int64_t from, int64_t last, const char *last_id, int64_t *n, struct err *e) {
  const struct log_entry entry = {.action = "package-build", .object = survey, .detail = "batches set aside after a fork"};
  int64_t access;
  TRY(ledger_prepare(s, e));
  TRY(check_set_aside(s, survey, from, last, last_id, e));
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = store_begin(s, e);
  if (!code) {
    code = set_aside(s, survey, from, last, last_id, n, e);
    if (!code) code = store_commit(s, e);
    if (code) store_rollback(s);
  }
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

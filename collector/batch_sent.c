#include "collector/batch_sent.h"

#include <stdio.h>
#include <string.h>

#include "collector/batch_carrier.h"
#include "collector/ledger.h"

void batch_file_name(const struct batch_manifest *m, char out[96]) {
  snprintf(out, 96, "%s-%s-%s-%06lld.tar.zst.age", m->survey, m->period, m->sender, (long long)m->sequence);
}

enum err_code batch_last_sent(struct store *s, const char *survey, int64_t *sequence, char id[BATCH_ID_HEX], struct err *e) {
  struct db_statement *q;
  bool row;
  *sequence = 0;
  id[0] = 0;
  TRY(db_prepare(store_db(s),
                 "SELECT sequence, id FROM (SELECT sequence, id FROM batch_sent WHERE survey = ?1 UNION ALL SELECT sequence, id FROM batch_chain "
                 "WHERE survey = ?1)"
                 " ORDER BY sequence DESC LIMIT 1",
                 &q, e));
  db_bind_cstr(q, 1, survey);
  TRY(db_step(q, &row, e));
  if (row) {
    *sequence = db_int(q, 0);
    snprintf(id, BATCH_ID_HEX, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  db_reset(q);
  return E_OK;
}

enum err_code batch_unwritten(struct store *s, const char *survey, const char *period, int64_t *sequence, struct err *e) {
  struct db_statement *q;
  bool row;
  *sequence = 0;
  TRY(db_prepare(store_db(s), "SELECT sequence FROM batch_sent WHERE survey = ? AND period = ? AND written = 0 ORDER BY sequence LIMIT 1", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  TRY(db_step(q, &row, e));
  if (row) *sequence = db_int(q, 0);
  db_reset(q);
  return E_OK;
}

enum err_code batch_mark_written(struct store *s, const char *id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "UPDATE batch_sent SET written = 1 WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  return db_execute(q, e);
}

enum err_code batch_record_sent(struct store *s, const struct batch_manifest *m, const char *id, const char *file_name, const char *blob, int64_t now, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "INSERT INTO batch_sent(id, survey, period, sequence, kind, created, file_name, blob) VALUES(?,?,?,?,?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, m->survey);
  db_bind_cstr(q, 3, m->period);
  db_bind_int(q, 4, m->sequence);
  db_bind_cstr(q, 5, batch_kind_name(m->kind));
  db_bind_int(q, 6, now);
  db_bind_cstr(q, 7, file_name);
  db_bind_cstr(q, 8, blob);
  return db_execute(q, e);
}

enum err_code batch_record_count(struct store *s, const char *id, const struct batch_count *c, int64_t shard, int64_t stored, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "INSERT INTO batch_count(batch, form, version, declared, accepted, rejected, queried, withdrawn, shard, stored) VALUES(?,?,?,?,?,?,?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, c->form);
  db_bind_cstr(q, 3, c->version);
  db_bind_int(q, 4, c->declared);
  db_bind_int(q, 5, c->accepted);
  db_bind_int(q, 6, c->rejected);
  db_bind_int(q, 7, c->queried);
  db_bind_int(q, 8, c->withdrawn);
  db_bind_int(q, 9, shard);
  db_bind_int(q, 10, stored);
  return db_execute(q, e);
}

enum err_code batch_mark_shard(struct store *s, int64_t shard, const char *id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "INSERT INTO batch_shard(shard, batch) VALUES(?,?)", &q, e));
  db_bind_int(q, 1, shard);
  db_bind_cstr(q, 2, id);
  return db_execute(q, e);
}

enum err_code batch_shard_is_sent(struct store *s, int64_t shard, bool *sent, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM batch_shard WHERE shard = ?", &q, e));
  db_bind_int(q, 1, shard);
  TRY(db_step(q, sent, e));
  db_reset(q);
  return E_OK;
}

enum err_code batch_unsent_changes(struct store *s, const char *survey, const char *form, const char *period, bool *found, struct err *e) {
  struct db_statement *q;
  *found = false;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'intake'", &q, e));
  TRY(db_step(q, found, e));
  db_reset(q);
  if (!*found) return E_OK;
  TRY(db_prepare(store_db(s),
                 "SELECT 1 FROM intake i JOIN intake_change c ON c.intake = i.id WHERE i.survey = ? AND i.form = ? AND i.period = ?"
                 " AND NOT EXISTS (SELECT 1 FROM batch_shard h WHERE h.shard = CASE WHEN i.shard > 0 THEN i.shard ELSE -i.id END) LIMIT 1",
                 &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, form);
  db_bind_cstr(q, 3, period);
  TRY(db_step(q, found, e));
  db_reset(q);
  return E_OK;
}

/* --- an earlier batch again, byte for byte --- */
static enum err_code find_sent(struct store *s, const char *key, const char *survey, struct batch_result *out, char blob[65], char name[96], struct err *e) {
  struct db_statement *q;
  bool row;
  int64_t number = 0;
  bool by_number = str_int64(str_of(key), &number);
  TRY(db_prepare(store_db(s), by_number ? "SELECT id, sequence, blob, file_name, (SELECT coalesce(sum(accepted), 0) FROM batch_count c WHERE c.batch = batch_sent.id) FROM batch_sent WHERE survey = ?2 AND sequence = ?1"
                                        : "SELECT id, sequence, blob, file_name, (SELECT coalesce(sum(accepted), 0) FROM batch_count c WHERE c.batch = batch_sent.id) FROM batch_sent WHERE survey = ?2 AND id = ?1", &q, e));
  if (by_number) db_bind_int(q, 1, number);
  else db_bind_cstr(q, 1, key);
  db_bind_cstr(q, 2, survey);
  TRY(db_step(q, &row, e));
  if (!row) return ERR(e, E_BATCH_UNKNOWN, .subject = key);
  snprintf(out->id, sizeof out->id, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  out->sequence = db_int(q, 1);
  snprintf(blob, 65, "%.*s", (int)db_text(q, 2).n, db_text(q, 2).p);
  snprintf(name, 96, "%.*s", (int)db_text(q, 3).n, db_text(q, 3).p);
  out->records = db_int(q, 4);
  db_reset(q);
  return E_OK;
}

enum err_code batch_reissue(struct store *s, const char *id_or_sequence, const char *survey, const char *out_folder,
                            const struct batch_carrier *carrier, struct batch_result *out, struct err *e) {
  char blob[65], name[96];
  int64_t access;
  *out = (struct batch_result){.already = true};
  TRY(ledger_prepare(s, e));
  TRY(find_sent(s, id_or_sequence, survey, out, blob, name, e));
  const struct log_entry entry = {.action = "package-build", .object = out->id};
  struct strbuf packed;
  TRY(store_log_intent(s, &entry, &access, e));
  strbuf_init(&packed, BATCH_MAX_FILE);
  enum err_code code = store_blob_get(s, blob, access, BATCH_MAX_FILE, &packed, e);
  if (!code) code = batch_write_carrier(out_folder, carrier, name, out->id, str_view(packed.p, packed.n), out->path, &out->files, e);
  if (!code) code = batch_mark_written(s, out->id, e);
  strbuf_release(&packed);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

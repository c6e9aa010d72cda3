/* store_schema.c -- the tables of store.db, step by step: a new store runs every step, an old one those it lacks. */
#include <stdio.h>
#include <string.h>

#include "secure-store/store_impl.h"

enum { APPLICATION_ID = 0x53484252 }; /* "SHBR" */

struct schema_object {
  int version; /* step that makes it */
  const char *name, *sql;
};
/* Texts are compared with what the database says when it opens: never edit one, add a step. */
static const struct schema_object objects[] = {
    {1, "meta", "CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID"},
    {1, "log", "CREATE TABLE log(seq INTEGER PRIMARY KEY, leaf BLOB NOT NULL)"},
    {1, "log_detail", "CREATE TABLE log_detail(name TEXT PRIMARY KEY, seq INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID"},
    {1, "checkpoint", "CREATE TABLE checkpoint(id INTEGER PRIMARY KEY AUTOINCREMENT, size INTEGER NOT NULL, note TEXT NOT NULL)"},
    {1, "dataset",
     "CREATE TABLE dataset(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, survey TEXT NOT NULL, form TEXT NOT NULL, period TEXT "
     "NOT NULL, stage TEXT NOT NULL, touched INTEGER NOT NULL DEFAULT 0, last_segment INTEGER NOT NULL DEFAULT 0, n_segments INTEGER NOT NULL "
     "DEFAULT 0, root BLOB NOT NULL, frontier BLOB NOT NULL)"},
    {1, "shard",
     "CREATE TABLE shard(id INTEGER PRIMARY KEY AUTOINCREMENT, dataset_id INTEGER NOT NULL REFERENCES dataset(id), batch TEXT NOT NULL, sender "
     "TEXT NOT NULL, batch_sequence INTEGER NOT NULL, n_rows INTEGER NOT NULL, form_hash TEXT NOT NULL)"},
    {1, "blob",
     "CREATE TABLE blob(id TEXT PRIMARY KEY, dataset_id INTEGER NOT NULL REFERENCES dataset(id), kind TEXT NOT NULL, part INTEGER NOT NULL, bytes "
     "INTEGER NOT NULL, chunks INTEGER NOT NULL) WITHOUT ROWID"},
    {1, "pack",
     "CREATE TABLE pack(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, n_segments INTEGER NOT NULL, "
     "index_sha256 BLOB NOT NULL, write_sequence INTEGER NOT NULL)"},
    {1, "segment",
     "CREATE TABLE segment(id INTEGER PRIMARY KEY AUTOINCREMENT, pack_id INTEGER NOT NULL REFERENCES pack(id), at INTEGER NOT NULL, bytes INTEGER "
     "NOT NULL, dataset_id INTEGER NOT NULL REFERENCES dataset(id), shard_id INTEGER REFERENCES shard(id), blob_id TEXT, place_table TEXT NOT "
     "NULL, column_no INTEGER NOT NULL, column_name TEXT NOT NULL, part INTEGER NOT NULL, seg_no INTEGER NOT NULL, row_first INTEGER NOT NULL, "
     "rows INTEGER NOT NULL, raw INTEGER NOT NULL, codec INTEGER NOT NULL, schema_hash BLOB NOT NULL, write_sequence INTEGER NOT NULL, sha256 BLOB "
     "NOT NULL)"},
    {1, "peer",
     "CREATE TABLE peer(office_id TEXT PRIMARY KEY, card TEXT NOT NULL, fingerprint TEXT NOT NULL, enrolled INTEGER NOT NULL) WITHOUT ROWID"},
    {2, "segment_of_shard", "CREATE INDEX segment_of_shard ON segment(shard_id, column_no, seg_no)"},
    {2, "segment_of_dataset", "CREATE INDEX segment_of_dataset ON segment(dataset_id, id)"},
    {2, "segment_of_blob", "CREATE INDEX segment_of_blob ON segment(blob_id, seg_no)"},
    {2, "segment_of_pack", "CREATE INDEX segment_of_pack ON segment(pack_id, at)"},
    {2, "shard_of_dataset", "CREATE INDEX shard_of_dataset ON shard(dataset_id, sender, batch_sequence, id)"},
    {3, "cutoff",
     "CREATE TABLE cutoff(survey TEXT NOT NULL, period TEXT NOT NULL, name TEXT NOT NULL, last_segment INTEGER NOT NULL, n_rows INTEGER NOT NULL, "
     "digest TEXT NOT NULL, "
     "PRIMARY KEY(survey, period, name)) WITHOUT ROWID"},
};
enum { N_OBJECTS = sizeof objects / sizeof *objects };

static enum err_code single_int(struct db *db, const char *sql, int64_t *out, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(db, sql, &q, e));
  TRY(db_step(q, &row, e));
  *out = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

enum err_code store_schema_version(struct db *db, int64_t *version, struct err *e) {
  int64_t application = 0, n_objects = 0;
  TRY(single_int(db, "PRAGMA application_id", &application, e));
  TRY(single_int(db, "SELECT count(*) FROM sqlite_schema", &n_objects, e));
  if (n_objects > 0 && application != APPLICATION_ID) return ERR(e, E_STORE_VERSION, .subject = "application_id");
  return single_int(db, "PRAGMA user_version", version, e);
}

enum err_code store_schema_upgrade(struct db *db, int to_version, struct err *e) {
  int64_t version = 0;
  char sql[64];
  TRY(store_schema_version(db, &version, e));
  for (int step = (int)version + 1; step <= to_version; step++)
    for (int i = 0; i < N_OBJECTS; i++)
      if (objects[i].version == step) TRY(db_run(db, objects[i].sql, e));
  if (version >= to_version) return E_OK;
  snprintf(sql, sizeof sql, "PRAGMA user_version=%d", to_version);
  TRY(db_run(db, sql, e));
  snprintf(sql, sizeof sql, "PRAGMA application_id=%d", APPLICATION_ID);
  return db_run(db, sql, e);
}

static const struct schema_object *find_object(struct str name) {
  for (int i = 0; i < N_OBJECTS; i++)
    if (str_eq(name, str_of(objects[i].name))) return &objects[i];
  return NULL;
}

/* Tables of other layers may stand beside ours, but only plain ones: a trigger or view added to the file would run inside our statements. */
static enum err_code check_object(const struct db_statement *q, int *n_ours, struct err *e) {
  struct str type = db_text(q, 0), name = db_text(q, 1), sql = db_text(q, 2);
  char subject[ERR_TEXT_BYTES];
  snprintf(subject, sizeof subject, "%.*s %.*s", (int)type.n, type.p, (int)(name.n < 100 ? name.n : 100), name.p);
  const struct schema_object *ours = find_object(name);
  if (ours) {
    ++*n_ours;
    return str_eq(sql, str_of(ours->sql)) ? E_OK : ERR(e, E_STORE_SCHEMA, .subject = subject, .expected = "the definition of this version");
  }
  bool plain = str_eq(type, STR("table")) || str_eq(type, STR("index"));
  if (!plain || str_starts(sql, STR("CREATE VIRTUAL"))) return ERR(e, E_STORE_SCHEMA, .subject = subject, .expected = "tables and indexes only");
  return E_OK;
}

enum err_code store_schema_check(struct db *db, struct err *e) {
  struct db_statement *q;
  bool row = true;
  int n_ours = 0;
  TRY(db_prepare(db, "SELECT type, name, sql FROM sqlite_schema", &q, e));
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    enum err_code code = check_object(q, &n_ours, e);
    if (code) {
      db_reset(q);
      return code;
    }
  }
  return n_ours == N_OBJECTS ? E_OK : ERR(e, E_STORE_SCHEMA, .subject = "store.db", .expected = "all tables of this version");
}

enum err_code store_meta_put(struct db *db, const char *key, struct str value, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(db, "INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2", &q, e));
  db_bind_cstr(q, 1, key);
  db_bind_text(q, 2, value);
  return db_execute(q, e);
}

enum err_code store_meta_put_int(struct db *db, const char *key, int64_t value, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(db, "INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2", &q, e));
  db_bind_cstr(q, 1, key);
  db_bind_int(q, 2, value);
  return db_execute(q, e);
}

enum err_code store_meta_int(struct db *db, const char *key, int64_t *value, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(db, "SELECT value FROM meta WHERE key = ?1", &q, e));
  db_bind_cstr(q, 1, key);
  TRY(db_step(q, &row, e));
  *value = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

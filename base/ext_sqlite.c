/* ext_sqlite.c -- see ext_sqlite.h. */
#include "base/ext_sqlite.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_sqlite_vfs.h"

enum { CACHE_SLOTS = 256, BUSY_TIMEOUT_MS = 5000 };

struct db_statement {
  sqlite3_stmt *stmt;
  struct db *db;
  int bind_result; /* first failed bind, reported by the next step */
  uint64_t hash;
};

struct db {
  sqlite3 *handle;
  char *path;
  struct db_statement *slots[CACHE_SLOTS]; /* open addressing by text */
  int n_slots;
};

/* A side file that cannot grow is a full disk as well. */
static enum err_code code_of(struct db *db, int rc) {
  if (rc == SQLITE_IOERR_SHMSIZE || ((rc & 0xff) == SQLITE_IOERR && db->handle && sqlite3_system_errno(db->handle) == ENOSPC)) return E_DISK_FULL;
  switch (rc & 0xff) {
  case SQLITE_FULL: return E_DISK_FULL;
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return E_DB_BUSY;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB: return E_DB_DAMAGED;
  case SQLITE_NOMEM: return E_NO_MEMORY;
  case SQLITE_CANTOPEN: return E_FILE_OPEN;
  default: return E_DB;
  }
}

static enum err_code fail(struct db *db, int rc, struct err *e) {
  char found[ERR_TEXT_BYTES];
  /* Constraint messages name tables and columns, never values. */
  snprintf(found, sizeof found, "%s (%d)", db->handle && sqlite3_errcode(db->handle) != SQLITE_OK ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc),
           rc);
  return ERR(e, code_of(db, rc), .file = db->path, .subject = db->path, .found = found);
}

static int configure(struct db *db, int flags) {
  static const char *const settings[] = {
      "PRAGMA trusted_schema=OFF",   "PRAGMA foreign_keys=ON",     "PRAGMA temp_store=MEMORY", "PRAGMA mmap_size=0",
      "PRAGMA secure_delete=ON",     "PRAGMA cell_size_check=ON",  "PRAGMA synchronous=FULL",  "PRAGMA journal_size_limit=4194304",
      "PRAGMA recursive_triggers=OFF",
  };
  int rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!rc) rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  if (!rc) rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  if (!rc) rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  if (!rc) rc = sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
  for (size_t i = 0; !rc && i < sizeof settings / sizeof *settings; i++) rc = sqlite3_exec(db->handle, settings[i], NULL, NULL, NULL);
  if (!rc && !(flags & DB_READ_ONLY)) rc = sqlite3_exec(db->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
  /* The header is read only by the first real statement: a file that is no database must fail here, not later. */
  if (!rc) rc = sqlite3_exec(db->handle, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
  return rc;
}

enum err_code db_open(const char *path, int flags, struct db **out, struct err *e) {
  int open_flags = SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
  open_flags |= flags & DB_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (flags & DB_CREATE) open_flags |= SQLITE_OPEN_CREATE;
  *out = NULL;
  struct db *db = calloc(1, sizeof *db);
  if (!db || !(db->path = strdup(path))) {
    free(db);
    return ERR(e, E_NO_MEMORY, .subject = path);
  }
  int rc = sqlite_vfs_register();
  if (!rc) rc = sqlite3_open_v2(path, &db->handle, open_flags, SQLITE_VFS_SHIRABE);
  if (!rc) rc = configure(db, flags);
  if (rc) {
    enum err_code code = fail(db, rc, e);
    db_close(db);
    return code;
  }
  *out = db;
  return E_OK;
}

void db_close(struct db *db) {
  if (!db) return;
  for (int i = 0; i < CACHE_SLOTS; i++) {
    if (!db->slots[i]) continue;
    sqlite3_finalize(db->slots[i]->stmt);
    free(db->slots[i]);
  }
  db_rollback(db);
  sqlite3_close_v2(db->handle);
  free(db->path);
  free(db);
}

enum err_code db_run(struct db *db, const char *sql, struct err *e) {
  int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
  return rc ? fail(db, rc, e) : E_OK;
}

enum err_code db_begin(struct db *db, struct err *e) { return db_run(db, "BEGIN IMMEDIATE", e); }

enum err_code db_commit(struct db *db, struct err *e) { return db_run(db, "COMMIT", e); }

void db_rollback(struct db *db) {
  if (db->handle && !sqlite3_get_autocommit(db->handle)) sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static uint64_t text_hash(const char *p) {
  uint64_t h = 1469598103934665603u;
  for (; *p; p++) h = (h ^ (uint8_t)*p) * 1099511628211u;
  return h;
}

/* The slot that holds the text, or the free one where it belongs. */
static struct db_statement **find_slot(struct db *db, const char *sql, uint64_t h) {
  for (uint64_t i = h % CACHE_SLOTS;; i = (i + 1) % CACHE_SLOTS) {
    struct db_statement *s = db->slots[i];
    if (!s || (s->hash == h && strcmp(sqlite3_sql(s->stmt), sql) == 0)) return &db->slots[i];
  }
}

enum err_code db_prepare(struct db *db, const char *sql, struct db_statement **out, struct err *e) {
  *out = NULL;
  uint64_t h = text_hash(sql);
  struct db_statement **slot = find_slot(db, sql, h);
  if (*slot) {
    sqlite3_reset((*slot)->stmt);
    sqlite3_clear_bindings((*slot)->stmt);
    (*slot)->bind_result = SQLITE_OK;
    *out = *slot;
    return E_OK;
  }
  /* Texts are constants of the program; a cache that overflows means texts are being made up. One slot stays free to end the search. */
  if (db->n_slots >= CACHE_SLOTS - 1) return ERR(e, E_BUG, .subject = "db_prepare: too many statement texts");
  struct db_statement *s = calloc(1, sizeof *s);
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "statement");
  s->db = db;
  s->hash = h;
  int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL);
  if (!rc && !s->stmt) rc = SQLITE_MISUSE; /* empty text */
  if (rc) {
    free(s);
    return fail(db, rc, e);
  }
  db->n_slots++;
  *slot = *out = s;
  return E_OK;
}

static void bound(struct db_statement *s, int rc) {
  if (rc && !s->bind_result) s->bind_result = rc;
}
void db_bind_int(struct db_statement *s, int i, int64_t v) { bound(s, sqlite3_bind_int64(s->stmt, i, v)); }
void db_bind_text(struct db_statement *s, int i, struct str v) {
  bound(s, sqlite3_bind_text64(s->stmt, i, v.p ? v.p : "", v.n, SQLITE_TRANSIENT, SQLITE_UTF8));
}
void db_bind_cstr(struct db_statement *s, int i, const char *v) { db_bind_text(s, i, str_of(v)); }
void db_bind_blob(struct db_statement *s, int i, const void *p, size_t n) {
  bound(s, sqlite3_bind_blob64(s->stmt, i, p ? p : "", n, SQLITE_TRANSIENT));
}
void db_bind_null(struct db_statement *s, int i) { bound(s, sqlite3_bind_null(s->stmt, i)); }

enum err_code db_step(struct db_statement *s, bool *row, struct err *e) {
  *row = false;
  if (s->bind_result) {
    int rc = s->bind_result;
    db_reset(s);
    return fail(s->db, rc, e);
  }
  int rc = sqlite3_step(s->stmt);
  if (rc == SQLITE_ROW) {
    *row = true;
    return E_OK;
  }
  enum err_code code = rc == SQLITE_DONE ? E_OK : fail(s->db, rc, e);
  db_reset(s);
  return code;
}

enum err_code db_execute(struct db_statement *s, struct err *e) {
  bool row = true;
  enum err_code code = E_OK;
  while (!code && row) code = db_step(s, &row, e);
  return code;
}

void db_reset(struct db_statement *s) { sqlite3_reset(s->stmt); }

int64_t db_int(const struct db_statement *s, int i) { return sqlite3_column_int64(s->stmt, i); }
struct str db_text(const struct db_statement *s, int i) {
  const char *p = (const char *)sqlite3_column_text(s->stmt, i);
  return str_view(p ? p : "", p ? (size_t)sqlite3_column_bytes(s->stmt, i) : 0);
}
struct str db_blob(const struct db_statement *s, int i) {
  const char *p = sqlite3_column_blob(s->stmt, i);
  return str_view(p ? p : "", p ? (size_t)sqlite3_column_bytes(s->stmt, i) : 0);
}
bool db_is_null(const struct db_statement *s, int i) { return sqlite3_column_type(s->stmt, i) == SQLITE_NULL; }
int64_t db_changes(struct db *db) { return sqlite3_changes64(db->handle); }
int64_t db_last_id(struct db *db) { return sqlite3_last_insert_rowid(db->handle); }

/* disposal_erase.c -- sealed segments, original files and their rows go; see disposal_execute.h. What is concerned stands in two tables in memory,
 * made anew by
 * every attempt. Original files hold names and answers together, so they go with ID, ANSWER or all; one that other forms or periods share stays and
 *          is counted. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_pack.h"

/* ?1 survey, ?2 form, ?3 period. Tables of other layers that name blobs: which are theirs alone, and which are shared. */
static const struct original {
  const char *table, *own, *shared;
} originals[] = {
    {"intake", "SELECT blob FROM intake WHERE survey = ?1 AND form = ?2 AND period = ?3",
     "SELECT blob FROM intake WHERE NOT (survey = ?1 AND form = ?2 AND period = ?3)"},
    {"batch_member", "SELECT m.blob FROM batch_member m JOIN batch b ON b.id = m.batch WHERE b.survey = ?1 AND b.period = ?3 AND ?2 = ?2",
     "SELECT m.blob FROM batch_member m JOIN batch b ON b.id = m.batch WHERE NOT (b.survey = ?1 AND b.period = ?3) OR EXISTS "
     "(SELECT 1 FROM batch_count c WHERE c.batch = b.id AND c.form <> ?2)"},
    {"batch_sent", "SELECT blob FROM batch_sent WHERE survey = ?1 AND period = ?3 AND ?2 = ?2",
     "SELECT t.blob FROM batch_sent t WHERE NOT (t.survey = ?1 AND t.period = ?3) OR EXISTS (SELECT 1 FROM batch_shard x JOIN shard h ON h.id = "
       "x.shard "
     "JOIN dataset d ON d.id = h.dataset_id WHERE x.batch = t.id AND d.form <> ?2)"},
    {"batch_held", "SELECT blob FROM batch_held WHERE survey = ?1 AND period = ?3 AND ?2 = ?2", "SELECT blob FROM batch_held WHERE ?1 = ?1 AND ?2 = "
      "?2 AND ?3 = ?3"},
    {"query_part", "SELECT p.blob FROM query_part p JOIN query q ON q.id = p.query WHERE q.survey = ?1 AND q.form = ?2 AND q.period = ?3",
     "SELECT p.blob FROM query_part p JOIN query q ON q.id = p.query WHERE NOT (q.survey = ?1 AND q.form = ?2 AND q.period = ?3)"},
    {"amendment", "SELECT json_blob FROM amendment WHERE survey = ?1 AND form = ?2 AND period = ?3",
     "SELECT json_blob FROM amendment WHERE NOT (survey = ?1 AND form = ?2 AND period = ?3)"},
    {"duplicate_pair", "SELECT reason_blob FROM duplicate_pair WHERE survey = ?1 AND form = ?2 AND period = ?3",
     "SELECT reason_blob FROM duplicate_pair WHERE NOT (survey = ?1 AND form = ?2 AND period = ?3)"},
};
/* Rows of other layers that hold keyed tokens of the records; ?1 = survey/form/period. */
static const struct token_rows {
  const char *table, *sql;
} token_rows[] = {
    {"record_page", "DELETE FROM record_page WHERE stream IN (SELECT id FROM record_stream WHERE name = ?1)"},
    {"record_key", "DELETE FROM record_key WHERE stream IN (SELECT id FROM record_stream WHERE name = ?1)"},
};

static enum err_code has_table(struct store *s, const char *name, bool *yes, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", &q, e));
  db_bind_cstr(q, 1, name);
  TRY(db_step(q, yes, e));
  db_reset(q);
  return E_OK;
}

static enum err_code count_of(struct store *s, const char *sql, int64_t *out, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, sql, &q, e));
  TRY(db_step(q, &row, e));
  *out = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

/* --- what is concerned --- */

static void word(const char *dataset, int n, char out[64]) {
  struct str rest = str_of(dataset), w = {0};
  for (int i = 0; i <= n; i++) w = str_split(rest, '/', &rest);
  snprintf(out, 64, "%.*s", (int)(w.n < 63 ? w.n : 63), w.p ? w.p : "");
}

static enum err_code run_with(struct store *s, const char *sql, const char *dataset, struct err *e) {
  struct db_statement *q;
  char w[3][64];
  TRY(db_prepare(s->db, sql, &q, e));
  for (int i = 0; i < 3; i++) {
    word(dataset, i, w[i]);
    db_bind_cstr(q, i + 1, w[i]);
  }
  return db_execute(q, e);
}

static enum err_code mark_originals(struct store *s, const char *dataset, struct err *e) {
  char sql[1024];
  for (size_t i = 0; i < sizeof originals / sizeof *originals; i++) {
    bool there;
    TRY(has_table(s, originals[i].table, &there, e));
    if (!there) continue;
    snprintf(sql, sizeof sql, "INSERT OR IGNORE INTO temp.disposal_blob(id, shared) SELECT id, 0 FROM blob WHERE id IN (%s)", originals[i].own);
    TRY(run_with(s, sql, dataset, e));
  }
  for (size_t i = 0; i < sizeof originals / sizeof *originals; i++) {
    bool there;
    TRY(has_table(s, originals[i].table, &there, e));
    if (!there) continue;
    snprintf(sql, sizeof sql, "UPDATE temp.disposal_blob SET shared = 1 WHERE id IN (%s)", originals[i].shared);
    TRY(run_with(s, sql, dataset, e));
  }
  return E_OK;
}

static enum err_code mark_segments(struct store *s, const struct disposal *d, struct err *e) {
  struct db_statement *q;
  char prefix[RETENTION_DATASET_BYTES + 2];
  snprintf(prefix, sizeof prefix, "%s/", d->dataset);
  TRY(db_prepare(s->db, "INSERT OR IGNORE INTO temp.disposal_doomed(id) SELECT g.id FROM segment g JOIN dataset d ON d.id = g.dataset_id "
                        "WHERE substr(d.name, 1, length(?1)) = ?1 AND (?2 < 0 OR g.part = ?2) AND g.id <= ?3", &q, e));
  db_bind_cstr(q, 1, prefix);
  db_bind_int(q, 2, disposal_part_number(d->part));
  db_bind_int(q, 3, d->last_segment);
  TRY(db_execute(q, e));
  return db_run(s->db, "INSERT OR IGNORE INTO temp.disposal_doomed(id) SELECT id FROM segment WHERE blob_id IN (SELECT id FROM temp.disposal_blob "
    "WHERE NOT shared)", e);
}

enum err_code disposal_mark(struct store *s, const struct disposal *d, struct disposal_erased *out, struct err *e) {
  static const char *const tables[] = {"CREATE TEMP TABLE IF NOT EXISTS disposal_doomed(id INTEGER PRIMARY KEY)",
      "CREATE TEMP TABLE IF NOT EXISTS disposal_blob(id TEXT PRIMARY KEY, shared INTEGER NOT NULL)", "DELETE FROM temp.disposal_doomed",
          "DELETE FROM temp.disposal_blob"};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) TRY(db_run(s->db, tables[i], e));
  if (strcmp(d->part, "LINK") != 0) TRY(mark_originals(s, d->dataset, e));
  TRY(mark_segments(s, d, e));
  TRY(count_of(s, "SELECT count(*) FROM temp.disposal_blob WHERE NOT shared", &out->originals, e));
  TRY(count_of(s, "SELECT count(*) FROM temp.disposal_blob WHERE shared", &out->originals_shared, e));
  return count_of(s, "SELECT count(*) FROM temp.disposal_doomed", &out->segments, e);
}

/* --- one pack --- */

static enum err_code next_pack(struct store *s, struct store_old_pack *out, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "SELECT p.id, p.name, p.write_sequence FROM pack p WHERE EXISTS (SELECT 1 FROM segment g JOIN temp.disposal_doomed x ON x.id "
    "= g.id "
                        "WHERE g.pack_id = p.id) ORDER BY p.id LIMIT 1", &q, e));
  TRY(db_step(q, found, e));
  if (!*found) return E_OK;
  store_pack_row(q, out);
  db_reset(q);
  return E_OK;
}

static enum err_code touch_datasets(struct store *s, int64_t pack, struct err *e) {
  for (int64_t last = 0;;) {
    struct db_statement *q;
    bool row;
    TRY(db_prepare(s->db, "SELECT dataset_id FROM segment WHERE pack_id = ?1 AND dataset_id > ?2 ORDER BY dataset_id LIMIT 1", &q, e));
    db_bind_int(q, 1, pack);
    db_bind_int(q, 2, last);
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    last = db_int(q, 0);
    db_reset(q);
    TRY(store_state_touch(s, last, true, e));
  }
}

static enum err_code rewrite_in(struct store *s, const struct disposal *d, const struct store_old_pack *old, struct err *e) {
  static const char *const statements[] = {"DELETE FROM segment WHERE pack_id = ?1", "DELETE FROM pack WHERE id = ?1"};
  TRY(store_pack_move(s, old, "temp.disposal_doomed", e));
  TRY(touch_datasets(s, old->id, e)); /* what is left in the old pack is what goes */
  for (int i = 0; i < 2; i++) {
    struct db_statement *q;
    TRY(db_prepare(s->db, statements[i], &q, e));
    db_bind_int(q, 1, old->id);
    TRY(db_execute(q, e));
  }
  s->packs_dropped = true;
  s->state_action = "destroy-execute";
  snprintf(s->state_object, sizeof s->state_object, "disposal:%s", d->id);
  return E_OK;
}

static enum err_code rewrite_pack(struct store *s, const struct disposal *d, const struct store_old_pack *old, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_pack_path(s, old->name, path);
  TRY(overwrite_keep(s, path, old->name, e));
  TRY(store_begin(s, e));
  enum err_code code = rewrite_in(s, d, old, e);
  if (!code) code = store_commit(s, e);
  else store_rollback(s);
  return code ? code : overwrite_all(s, e);
}

/* --- rows --- */

static enum err_code drop_rows(struct store *s, const struct disposal *d, struct err *e) {
  struct db_statement *q;
  char prefix[RETENTION_DATASET_BYTES + 2];
  bool there;
  snprintf(prefix, sizeof prefix, "%s/", d->dataset);
  TRY(db_run(s->db, "DELETE FROM blob WHERE id IN (SELECT id FROM temp.disposal_blob WHERE NOT shared)", e));
  TRY(db_prepare(s->db, "DELETE FROM shard WHERE dataset_id IN (SELECT id FROM dataset WHERE substr(name, 1, length(?1)) = ?1) AND id NOT IN "
                        "(SELECT shard_id FROM segment WHERE shard_id IS NOT NULL)", &q, e));
  db_bind_cstr(q, 1, prefix);
  TRY(db_execute(q, e));
  for (size_t i = 0; strcmp(d->part, "ANSWER") != 0 && i < sizeof token_rows / sizeof *token_rows; i++) {
    TRY(has_table(s, token_rows[i].table, &there, e));
    if (!there) continue;
    TRY(db_prepare(s->db, token_rows[i].sql, &q, e));
    db_bind_cstr(q, 1, d->dataset);
    TRY(db_execute(q, e));
  }
  return E_OK;
}

enum err_code disposal_erase(struct store *s, const struct disposal *d, struct disposal_erased *out, struct err *e) {
  struct store_old_pack old;
  bool found = true;
  TRY(overwrite_all(s, e)); /* of an attempt before */
  TRY(disposal_mark(s, d, out, e));
  for (;;) {
    TRY(next_pack(s, &old, &found, e));
    if (!found) break;
    TRY(rewrite_pack(s, d, &old, e));
    out->packs++;
  }
  TRY(store_begin(s, e));
  enum err_code code = drop_rows(s, d, e);
  if (!code) code = store_commit(s, e);
  else store_rollback(s);
  return code;
}

/* --- compact --- */

static enum err_code truncate_wal(struct store *s, struct err *e) {
  struct db_statement *q;
  struct stat st;
  bool row;
  char path[STORE_PATH_BYTES];
  TRY(db_prepare(s->db, "PRAGMA wal_checkpoint(TRUNCATE)", &q, e));
  TRY(db_step(q, &row, e));
  bool busy = !row || db_int(q, 0) != 0;
  db_reset(q);
  store_path(s, "store.db-wal", path);
  bool empty = stat(path, &st) != 0 || st.st_size == 0;
  return busy || !empty ? ERR(e, E_DB_BUSY, .file = path, .subject = path, .next = "end the programs that read this store, then say it again") : E_OK;
}

enum err_code disposal_compact(struct store *s, struct err *e) {
  TRY(db_run(s->db, "VACUUM", e));
  return truncate_wal(s, e);
}

/* store_transaction.c -- begin, commit, rollback. Order of a commit: pack synced and renamed, keys saved, rows and leaf and checkpoint in one SQLite
 * commit, then log2. Before the SQLite commit nothing of it counts; after it all of it does. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/store_impl.h"

void strbuf_wipe_release(struct strbuf *b) {
  if (b->p && b->capacity) wipe(b->p, b->capacity);
  strbuf_release(b);
}

enum err_code store_begin(struct store *s, struct err *e) {
  if (s->grant && !s->in_transaction) TRY(grant_before_transaction(s, e));
  return store_begin_plain(s, e);
}

enum err_code store_begin_plain(struct store *s, struct err *e) {
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = s->folder);
  if (s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_begin");
  if (s->keys_unrecorded) return ERR(e, E_KEYS_UNRECORDED, .file = s->folder, .subject = s->folder);
  TRY(db_begin(s->db, e));
  s->in_transaction = true;
  record_index_keep(&s->records, &s->records_kept);
  s->state_changed = false;
  s->state_action = NULL;
  s->state_object[0] = 0;
  s->pack_rows = 0;
  return E_OK;
}

/* A pack that has its final name stays: a commit that reported an error may still be found in the write-ahead log at the next open, which then either
 * knows the pack or sweeps it. */
static void drop_pack(struct store *s) {
  if (s->pack_open) pack_write_abort(&s->pack);
  s->pack_open = s->pack_done = false;
}

void store_rollback(struct store *s) {
  if (!s->in_transaction) return;
  db_rollback(s->db);
  store_state_peers_changed(s);
  drop_pack(s);
  if (s->records.role_seq != s->records_kept.role_seq) role_replay_release(s); /* another record may get the same number */
  record_index_back(&s->records, &s->records_kept);
  store_log_forget(s);
  store_log_settle(s, false);
  s->in_transaction = s->state_changed = s->packs_dropped = false;
}

/* --- two threads --- */

enum err_code store_share(struct store *s, struct err *e) {
  if (s->shared || pthread_mutex_init(&s->guard, NULL)) return ERR(e, E_BUG, .subject = "store_share");
  s->shared = true;
  return E_OK;
}

void store_unshare(struct store *s) {
  if (s->shared) pthread_mutex_destroy(&s->guard);
  s->shared = false;
}

void store_enter(struct store *s) {
  if (s->shared) pthread_mutex_lock(&s->guard);
}
void store_leave(struct store *s) {
  if (s->shared) pthread_mutex_unlock(&s->guard);
}
void store_pure_begin(struct store *s) { store_leave(s); }
void store_pure_end(struct store *s) { store_enter(s); }

/* --- commit --- */

static enum err_code finish_pack(struct store *s, uint8_t index_sha256[32], struct err *e) {
  struct db_statement *q;
  uint64_t bytes = 0, n = s->pack.n;
  enum err_code code = pack_write_commit(&s->pack, index_sha256, &bytes, e);
  if (code) return code;
  s->pack_open = false;
  s->pack_done = true;
  TRY(db_prepare(s->db, "UPDATE pack SET bytes = ?2, n_segments = ?3, index_sha256 = ?4 WHERE id = ?1", &q, e));
  db_bind_int(q, 1, s->pack_id);
  db_bind_int(q, 2, (int64_t)bytes);
  db_bind_int(q, 3, (int64_t)n);
  db_bind_blob(q, 4, index_sha256, 32);
  return db_execute(q, e);
}

static void leaf_object(const struct store *s, bool keys_saved, struct log_leaf *leaf) {
  int n = s->pack_done ? snprintf(leaf->object, sizeof leaf->object, "pack:%s", s->pack_name) : snprintf(leaf->object, sizeof leaf->object, "%s",
      s->state_object);
  if (keys_saved) snprintf(leaf->object + n, sizeof leaf->object - (size_t)n, "%skeystore:%llu", n ? " " : "",
                           (unsigned long long)keystore_public(s->keys)->sequence);
}

/* The leaf that vouches for the new state, and a checkpoint over it. */
static enum err_code commit_leaf(struct store *s, bool keys_saved, const uint8_t index_sha256[32], uint8_t root[32], struct err *e) {
  struct log_leaf leaf;
  TRY(store_state_update(s, root, e));
  const char *fallback = s->pack_done ? "data-segment-write" : s->state_changed ? "data-correct" : "key-create";
  store_log_leaf_begin(s, &leaf, s->state_action ? s->state_action : fallback, LOG_DONE);
  leaf_object(s, keys_saved, &leaf);
  leaf.rows = s->pack_rows;
  memcpy(leaf.output_hash, index_sha256, 32);
  memcpy(leaf.root_after, root, 32);
  TRY(store_log_append(s, &leaf, e));
  return store_log_checkpoint(s, e);
}

static enum err_code commit_steps(struct store *s, uint8_t root[32], struct err *e) {
  uint8_t index_sha256[32] = {0};
  bool keys_saved = s->keys_changed;
  if (s->pack_open) TRY(finish_pack(s, index_sha256, e));
  if (s->keys_changed) {
    TRY(keystore_save(s->keys, e));
    s->keys_changed = false;
  }
  if (s->state_changed || s->pack_done || keys_saved) TRY(commit_leaf(s, keys_saved, index_sha256, root, e));
  return db_commit(s->db, e);
}

enum err_code store_commit(struct store *s, struct err *e) {
  uint8_t root[32];
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_commit");
  memcpy(root, s->state_root, 32);
  enum err_code code = commit_steps(s, root, e);
  if (code) {
    store_rollback(s);
    return code;
  }
  bool state_changed = s->state_changed || s->pack_done;
  s->in_transaction = s->pack_done = s->state_changed = false;
  memcpy(s->state_root, root, 32);
  store_log_settle(s, true);
  if (s->packs_dropped) (void)!store_sweep(s, false, NULL); /* what stays behind is swept at the next open */
  s->packs_dropped = false;
  code = store_log_flush(s, e);
  if (!code || !state_changed) return code;
  /* The data are durable and so is their leaf in the table: done, but said aloud. No further leaf, and so no access, before log2 has caught up. */
  struct err warning;
  if (e) warning = *e;
  if (e) job_problem(s->job, &warning);
  return E_OK;
}

/* --- packs --- */

static enum err_code next_write_sequence(struct store *s, struct err *e) {
  int64_t last = 0;
  TRY(store_meta_int(s->db, "write_sequence", &last, e));
  s->write_sequence = (uint64_t)last + 1;
  return store_meta_put_int(s->db, "write_sequence", last + 1, e);
}

static enum err_code begin_pack(struct store *s, struct err *e) {
  uint8_t random[8];
  char path[STORE_PATH_BYTES], hex[17];
  struct db_statement *q;
  TRY(next_write_sequence(s, e));
  random_bytes(random, sizeof random);
  hex_encode(random, sizeof random, hex);
  snprintf(s->pack_name, sizeof s->pack_name, "%010llu-%s.pack", (unsigned long long)s->write_sequence, hex);
  store_pack_path(s, s->pack_name, path);
  TRY(db_prepare(s->db, "INSERT INTO pack(name, bytes, n_segments, index_sha256, write_sequence) VALUES(?1, 0, 0, x'', ?2)", &q, e));
  db_bind_cstr(q, 1, s->pack_name);
  db_bind_int(q, 2, (int64_t)s->write_sequence);
  TRY(db_execute(q, e));
  s->pack_id = db_last_id(s->db);
  TRY(pack_write_begin(&s->pack, path, s->write_sequence, s->install_id, e));
  s->pack_open = true;
  return E_OK;
}

static enum err_code insert_segment(struct store *s, const struct segment_place *p, const struct pack_entry *entry, int64_t dataset_id,
                                    int64_t shard_id, const char *blob_id, int column_no, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db,
                 "INSERT INTO segment(id, pack_id, at, bytes, dataset_id, shard_id, blob_id, place_table, column_no, column_name, part, seg_no, "
                 "row_first, rows, raw, codec, schema_hash, write_sequence, sha256) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
                 "?14, ?15, ?16, ?17, ?18, ?19)",
                 &q, e));
  const int64_t before[] = {(int64_t)entry->id, s->pack_id, (int64_t)entry->at, (int64_t)entry->bytes, dataset_id};
  for (int i = 0; i < 5; i++) db_bind_int(q, i + 1, before[i]);
  if (shard_id > 0) db_bind_int(q, 6, shard_id);
  if (blob_id) db_bind_cstr(q, 7, blob_id);
  db_bind_cstr(q, 8, p->table);
  db_bind_int(q, 9, column_no);
  db_bind_cstr(q, 10, p->column);
  const int64_t after[] = {p->part, (int64_t)p->seg_no, (int64_t)p->row_first, p->rows, p->raw_n, p->codec};
  for (int i = 0; i < 6; i++) db_bind_int(q, 11 + i, after[i]);
  db_bind_blob(q, 17, p->schema_hash, 32);
  db_bind_int(q, 18, (int64_t)p->write_sequence);
  db_bind_blob(q, 19, entry->sha256, 32);
  return db_execute(q, e);
}

/* Ids go into the pack before the row exists, so the next one is asked for. */
static enum err_code next_segment_id(struct store *s, uint64_t *id, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'segment'), 0), coalesce((SELECT max(id) FROM segment), "
                        "0))", &q, e));
  TRY(db_step(q, &row, e));
  *id = (uint64_t)(row ? db_int(q, 0) : 0) + 1;
  db_reset(q);
  return E_OK;
}

enum err_code store_segment_add(struct store *s, const uint8_t dek[32], const struct segment_place *place, int64_t dataset_id, int64_t shard_id,
                                const char *blob_id, int column_no, const void *raw, struct err *e) {
  struct segment_place p = *place;
  struct pack_entry entry;
  struct strbuf sealed;
  uint64_t id = 0;
  TRY(oversight_may_write(s, place->dataset, e));
  if (!s->pack_open) TRY(begin_pack(s, e));
  p.write_sequence = s->write_sequence;
  strbuf_init(&sealed, 0);
  store_pure_begin(s);
  enum err_code code = segment_seal(dek, &p, raw, p.raw_n, &sealed, e);
  store_pure_end(s);
  if (!code) code = next_segment_id(s, &id, e);
  if (!code) code = pack_write_add(&s->pack, id, sealed.p, sealed.n, &entry, e);
  if (!code) code = insert_segment(s, &p, &entry, dataset_id, shard_id, blob_id, column_no, e);
  strbuf_release(&sealed);
  return code;
}

/* The same segment, sealed anew: same id, same place but for the write sequence. */
static enum err_code update_segment(struct store *s, int64_t id, const struct pack_entry *entry, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "UPDATE segment SET pack_id = ?2, at = ?3, bytes = ?4, write_sequence = ?5, sha256 = ?6 WHERE id = ?1", &q, e));
  const int64_t numbers[] = {id, s->pack_id, (int64_t)entry->at, (int64_t)entry->bytes, (int64_t)s->write_sequence};
  for (int i = 0; i < 5; i++) db_bind_int(q, i + 1, numbers[i]);
  db_bind_blob(q, 6, entry->sha256, 32);
  return db_execute(q, e);
}
enum err_code store_segment_again(struct store *s, const uint8_t dek[32], const struct store_segment *g, const void *raw, struct err *e) {
  struct segment_place p = g->place;
  struct pack_entry entry;
  struct strbuf sealed;
  if (!s->pack_open) TRY(begin_pack(s, e));
  p.write_sequence = s->write_sequence;
  strbuf_init(&sealed, 0);
  enum err_code code = segment_seal(dek, &p, raw, p.raw_n, &sealed, e);
  if (!code) code = pack_write_add(&s->pack, (uint64_t)g->id, sealed.p, sealed.n, &entry, e);
  if (!code) code = update_segment(s, g->id, &entry, e);
  strbuf_release(&sealed);
  return code;
}

/* --- reading a segment --- */

static void take_text(struct str from, char *out, size_t size) {
  size_t n = from.n < size ? from.n : size - 1;
  memcpy(out, from.p, n);
  out[n] = 0;
}

void store_segment_row(const struct db_statement *q, struct store_segment *out) {
  memset(out, 0, sizeof *out);
  out->id = db_int(q, 0);
  for (int i = 0; i < 3; i++) take_text(db_text(q, 1 + i), out->names[i], sizeof out->names[i]);
  out->place = (struct segment_place){.dataset = out->names[0], .table = out->names[1], .column = out->names[2], .part = (uint8_t)db_int(q, 4),
                                      .codec = (uint8_t)db_int(q, 5), .seg_no = (uint64_t)db_int(q, 6), .row_first = (uint64_t)db_int(q, 7),
                                      .rows = (uint32_t)db_int(q, 8), .raw_n = (uint32_t)db_int(q, 9), .write_sequence = (uint64_t)db_int(q, 11)};
  struct str schema = db_blob(q, 10), sha = db_blob(q, 14);
  if (schema.n == 32) memcpy(out->place.schema_hash, schema.p, 32);
  out->at = (uint64_t)db_int(q, 12);
  out->bytes = (uint64_t)db_int(q, 13);
  if (sha.n == 32) memcpy(out->sha256, sha.p, 32);
  take_text(db_text(q, 15), out->pack, sizeof out->pack);
  take_text(db_text(q, 16), out->batch, sizeof out->batch);
  out->dataset_id = db_int(q, 17);
}

static void current_pack_path(const struct store *s, const char *name, char out[STORE_PATH_BYTES]) {
  if (s->pack_open && strcmp(name, s->pack_name) == 0) snprintf(out, STORE_PATH_BYTES, "%s", s->pack.file.temporary);
  else store_pack_path(s, name, out);
}

/* While a part is sealed anew (store_reencrypt.h) its segments are under the new key or still under the one before. */
static bool open_before(struct store *s, const struct store_segment *g, const struct strbuf *sealed, uint8_t *raw) {
  uint8_t old[32];
  struct err ignored;
  bool ok = !store_dek_before(s, g->names[0], g->place.part, old, &ignored) &&
            !segment_open(old, &g->place, sealed->p, sealed->n, raw, &ignored);
  wipe(old, sizeof old);
  return ok;
}

enum err_code store_segment_open(struct store *s, const uint8_t dek[32], const struct store_segment *g, struct strbuf *sealed, struct strbuf *raw,
                                 struct err *e) {
  char path[STORE_PATH_BYTES];
  uint8_t hash[32];
  current_pack_path(s, g->pack, path);
  strbuf_reset(sealed);
  enum err_code code = pack_read_range(path, g->at, g->bytes, sealed, e);
  if (code == E_PACK || code == E_PACK_MISSING || code == E_FILE_OPEN) return store_tampered(s, g, "pack missing or cut off", e);
  TRY(code);
  sha256_of(sealed->p, sealed->n, hash);
  if (memcmp(hash, g->sha256, 32) != 0) return store_tampered(s, g, "hash of the sealed bytes", e);
  if (segment_lengths_ok(g->place.raw_n, sealed->n, e)) return store_tampered(s, g, "lengths", e);
  size_t before = raw->n;
  /* Room first, then decrypt in place: the plaintext exists once. */
  static const char zeros[4096];
  for (size_t left = g->place.raw_n; left > 0;) {
    size_t n = left < sizeof zeros ? left : sizeof zeros;
    strbuf_add(raw, zeros, n);
    left -= n;
  }
  if (raw->failed) return ERR(e, E_NO_MEMORY, .subject = "segment");
  if (!segment_open(dek, &g->place, sealed->p, sealed->n, (uint8_t *)raw->p + before, e)) return E_OK;
  return open_before(s, g, sealed, (uint8_t *)raw->p + before) ? E_OK : store_tampered(s, g, "seal", e);
}

enum err_code store_tampered(struct store *s, const struct store_segment *g, const char *what, struct err *e) {
  char subject[ERR_TEXT_BYTES], found[ERR_TEXT_BYTES] = "";
  struct log_leaf leaf;
  if (!g) snprintf(subject, sizeof subject, "%s", what);
  else if (g->batch[0]) snprintf(subject, sizeof subject, "batch:%s", g->batch);
  else snprintf(subject, sizeof subject, "dataset:%.200s", g->names[0]);
  if (g) snprintf(found, sizeof found, "segment %lld, %.120s, column %.60s: %s", (long long)g->id, g->names[1], g->names[2], what);
  else snprintf(found, sizeof found, "segments missing, added or replaced");
  if (!s->locked && !s->in_transaction) {
    struct err ignored;
    store_log_leaf_begin(s, &leaf, "tamper", LOG_NOTE);
    snprintf(leaf.object, sizeof leaf.object, "%.200s", subject);
    /* The reader gets the error in any case; a log that cannot be written stops the next access by itself. */
    if (store_log_note(s, &leaf, false, &ignored)) s->log.stale = true;
  }
  return ERR(e, E_STORE_TAMPERED, .file = g ? g->pack : NULL, .subject = subject, .found = found);
}

/* --- keys and datasets --- */

/* "vital/birth/2025-12/received" -> key "vital/birth/2025-12": stages of one dataset share the key, so that destroying it destroys them all. */
void store_key_name(const char *dataset, char out[STORE_DATASET_BYTES]) {
  snprintf(out, STORE_DATASET_BYTES, "%s", dataset);
  char *last = strrchr(out, '/');
  if (last && strncmp(out, "blob/", 5) != 0) *last = 0;
}

enum err_code store_dek(struct store *s, const char *dataset, uint8_t part, bool create, uint8_t out[32], struct err *e) {
  char name[STORE_DATASET_BYTES];
  if (s->locked || !s->keys) return ERR(e, E_STORE_LOCKED, .subject = dataset);
  store_key_name(dataset, name);
  enum err_code code = keystore_dek(s->keys, name, part, STORE_RETENTION, false, out, e);
  if (code != E_STORE_KEY_MISSING || !create) return code;
  s->keys_changed = true;
  return keystore_dek(s->keys, name, part, STORE_RETENTION, true, out, e);
}

enum err_code store_dek_before(struct store *s, const char *dataset, uint8_t part, uint8_t out[32], struct err *e) {
  char name[STORE_DATASET_BYTES];
  if (s->locked || !s->keys) return ERR(e, E_STORE_LOCKED, .subject = dataset);
  store_key_name(dataset, name);
  return keystore_dek(s->keys, name, part, STORE_RETENTION KEYSTORE_OLD, false, out, e);
}

static enum err_code insert_dataset(struct store *s, const char *name, const struct dataset_key *key, int64_t *id, struct err *e) {
  struct db_statement *q;
  uint8_t root[32];
  struct merkle_frontier empty;
  merkle_begin(&empty);
  merkle_root(&empty, root);
  TRY(db_prepare(s->db, "INSERT INTO dataset(name, survey, form, period, stage, root, frontier) VALUES(?1, ?2, ?3, ?4, ?5, ?6, zeroblob(8))", &q, e));
  db_bind_cstr(q, 1, name);
  db_bind_cstr(q, 2, key ? key->survey : "");
  db_bind_cstr(q, 3, key ? key->form : "");
  db_bind_cstr(q, 4, key ? key->period : "");
  db_bind_cstr(q, 5, key ? key->stage : "");
  db_bind_blob(q, 6, root, sizeof root);
  TRY(db_execute(q, e));
  *id = db_last_id(s->db);
  return E_OK;
}

enum err_code store_dataset_id(struct store *s, const char *name, const struct dataset_key *key, bool create, int64_t *id, struct err *e) {
  struct db_statement *q;
  bool row;
  *id = -1;
  TRY(db_prepare(s->db, "SELECT id FROM dataset WHERE name = ?1", &q, e));
  db_bind_cstr(q, 1, name);
  TRY(db_step(q, &row, e));
  if (row) *id = db_int(q, 0);
  db_reset(q);
  return row || !create ? E_OK : insert_dataset(s, name, key, id, e);
}

/* store_verify.c -- everything that can be checked: both log devices leaf by leaf, every checkpoint, the state root, each dataset's root, each pack
 * against its row and its segments; with keys every segment is opened as well. Each problem goes to the job's sink and is counted; nothing is
 * repaired. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/column_codec.h"
#include "secure-store/store_shard_impl.h"

struct verifying {
  struct store *s;
  struct store_verify_report *out;
};

static void problem(struct verifying *v, enum err_code code, const char *subject, const char *found) {
  struct err e;
  (void)ERR(&e, code, .file = v->s->folder, .subject = subject, .found = found);
  v->out->problems++;
  job_problem(v->s->job, &e);
}

static void problem_of(struct verifying *v, const struct err *e) {
  v->out->problems++;
  job_problem(v->s->job, e);
}

/* Disk or memory trouble ends the check; anything about content is one more problem. */
static bool is_trouble(enum err_code code) {
  return code == E_NO_MEMORY || code == E_DB || code == E_DB_BUSY || code == E_FILE_READ || code == E_DISK_FULL || code == E_FILE_WRITE ||
      code == E_STORE_LOCKED;
}

/* --- log --- */

struct comparing {
  struct merkle_frontier tree;
  struct strbuf hashes;
  uint8_t last_root[32];
  uint64_t n;
};

static enum err_code hash_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  struct comparing *c = context;
  struct log_leaf leaf;
  uint8_t hash[32];
  TRY(log_leaf_parse(p, n, &leaf, e));
  if (leaf.seq != seq) return ERR(e, E_STORE_LOG_EDITED, .subject = "log", .found = "a renumbered entry");
  merkle_leaf_hash(p, n, hash);
  merkle_add(&c->tree, hash);
  memcpy(c->last_root, leaf.root_after, 32);
  strbuf_add(&c->hashes, (const char *)hash, 32);
  c->n++;
  return c->hashes.failed ? ERR(e, E_NO_MEMORY, .subject = "log") : E_OK;
}

static enum err_code read_device(struct verifying *v, const struct log_device *d, struct comparing *c, struct err *e) {
  uint64_t n = 0;
  merkle_begin(&c->tree);
  enum err_code code = d->count(d->context, &n, e);
  if (!code) code = d->each(d->context, 0, n, hash_leaf, c, e);
  if (!code || is_trouble(code)) return code;
  problem_of(v, e);
  return E_OK;
}

static enum err_code compare_devices(struct verifying *v, struct comparing *in_db, struct err *e) {
  struct comparing in_file = {.n = 0};
  char found[96];
  const struct log_device db = store_log_db_device(v->s);
  TRY(read_device(v, &db, in_db, e));
  v->out->leaves = (int64_t)in_db->n;
  if (!v->s->log.file) return E_OK; /* in use by another process: said by the caller */
  strbuf_init(&in_file.hashes, 0);
  enum err_code code = read_device(v, &v->s->log.file_device, &in_file, e);
  snprintf(found, sizeof found, "store.db has %llu entries, log2 %llu", (unsigned long long)in_db->n, (unsigned long long)in_file.n);
  size_t common = in_file.hashes.n < in_db->hashes.n ? in_file.hashes.n : in_db->hashes.n;
  /* A locked reader may come upon log2 before an interrupted command's last entries have been copied to it. */
  bool lengths_ok = v->s->locked ? in_file.n <= in_db->n : in_file.n == in_db->n;
  if (!code && !lengths_ok) problem(v, E_STORE_ROLLED_BACK, "log2", found);
  if (!code && common && memcmp(in_file.hashes.p, in_db->hashes.p, common) != 0) problem(v, E_STORE_LOG_EDITED, "log2", "entries that differ");
  strbuf_release(&in_file.hashes);
  return code;
}

/* Every checkpoint ever signed here must be a prefix of the tree. Checkpoints come in order of size, so one pass over the leaves serves them all. */
static enum err_code check_checkpoints(struct verifying *v, const struct comparing *c, struct err *e) {
  struct db_statement *q;
  struct merkle_frontier tree;
  bool row;
  enum err_code code;
  merkle_begin(&tree);
  TRY(db_prepare(v->s->db, "SELECT note FROM checkpoint ORDER BY id", &q, e));
  while (!(code = db_step(q, &row, e)) && row) {
    struct checkpoint point;
    struct err detail;
    uint8_t root[32];
    v->out->checkpoints++;
    if (checkpoint_verify(&v->s->log_key, db_text(q, 0), &point, &detail)) {
      problem_of(v, &detail);
      continue;
    }
    bool in_order = point.size >= tree.size && point.size <= c->n;
    while (in_order && tree.size < point.size) merkle_add(&tree, (const uint8_t *)c->hashes.p + tree.size * 32);
    merkle_root(&tree, root);
    if (!in_order || memcmp(root, point.root, 32) != 0) problem(v, E_STORE_LOG_EDITED, "checkpoint", "a signed checkpoint that does not fit the log");
  }
  return code;
}

static enum err_code verify_log(struct verifying *v, struct err *e) {
  struct comparing c = {.n = 0};
  uint8_t root[32];
  strbuf_init(&c.hashes, 0);
  enum err_code code = compare_devices(v, &c, e);
  if (!code) code = check_checkpoints(v, &c, e);
  merkle_root(&c.tree, root);
  hex_encode(root, 32, v->out->root_hex);
  if (!code) code = store_state_root(v->s, root, e);
  if (!code && c.n > 0 && memcmp(root, c.last_root, 32) != 0) problem(v, E_STORE_STATE, "state root", NULL);
  strbuf_release(&c.hashes);
  return code;
}

/* --- datasets --- */

static enum err_code verify_dataset(struct verifying *v, int64_t id, int64_t n_stored, const uint8_t stored[32], const char *name, struct err *e) {
  uint8_t root[32];
  int64_t n = 0;
  TRY(store_state_dataset(v->s, id, root, &n, e));
  if (n != n_stored || memcmp(root, stored, 32) != 0) problem(v, E_STORE_TAMPERED, name, "segments missing, added or replaced");
  const char *missing;
  TRY(store_dataset_accounted(v->s, id, name + strlen("dataset:"), &missing, e));
  if (missing) problem(v, E_STORE_TAMPERED, name, missing);
  return E_OK;
}

static enum err_code verify_datasets(struct verifying *v, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  TRY(db_prepare(v->s->db, "SELECT id, n_segments, root, name FROM dataset ORDER BY id", &q, e));
  while (!(code = db_step(q, &row, e)) && row) {
    uint8_t root[32] = {0};
    char name[STORE_DATASET_BYTES + 16];
    struct str blob = db_blob(q, 2);
    if (blob.n == 32) memcpy(root, blob.p, 32);
    snprintf(name, sizeof name, "dataset:%.*s", (int)db_text(q, 3).n, db_text(q, 3).p);
    code = verify_dataset(v, db_int(q, 0), db_int(q, 1), root, name, e);
    if (code) break;
  }
  db_reset(q);
  return code;
}

/* --- packs --- */

static bool entry_of(const struct pack *p, uint64_t id, uint64_t *i) {
  uint64_t low = 0, high = p->n; /* ids grow within a pack */
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    if (pack_entry_at(p, middle).id < id) low = middle + 1;
    else high = middle;
  }
  *i = low;
  return low < p->n && pack_entry_at(p, low).id == id;
}

static enum err_code verify_rows_of_pack(struct verifying *v, const struct pack *p, int64_t pack_id, const char *name, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  TRY(db_prepare(v->s->db, "SELECT id, at, bytes, sha256, write_sequence FROM segment WHERE pack_id = ?1 ORDER BY at", &q, e));
  db_bind_int(q, 1, pack_id);
  while (!(code = db_step(q, &row, e)) && row) {
    uint64_t i = 0;
    char found[64];
    v->out->segments++;
    struct pack_entry entry = {.id = 0};
    bool there = entry_of(p, (uint64_t)db_int(q, 0), &i);
    if (there) entry = pack_entry_at(p, i);
    struct str sha = db_blob(q, 3);
    bool same = there && entry.at == (uint64_t)db_int(q, 1) && entry.bytes == (uint64_t)db_int(q, 2) && sha.n == 32 && memcmp(sha.p, entry.sha256,
        32) == 0 &&
                p->write_sequence == (uint64_t)db_int(q, 4);
    snprintf(found, sizeof found, "segment %lld is not the one in the pack", (long long)db_int(q, 0));
    if (!same) problem(v, E_PACK, name, found);
  }
  return code;
}

/* Names batch (or dataset) and segment of a damaged entry. */
static void damaged_entry(struct verifying *v, const struct pack *p, uint64_t i, const char *name) {
  struct db_statement *q;
  struct err ignored;
  bool row = false;
  char subject[ERR_TEXT_BYTES], found[ERR_TEXT_BYTES];
  struct store_segment g;
  uint64_t id = pack_entry_at(p, i).id;
  snprintf(subject, sizeof subject, "%.200s", name);
  if (!db_prepare(v->s->db, "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.id = ?1", &q, &ignored)) {
    db_bind_int(q, 1, (int64_t)id);
    if (!db_step(q, &row, &ignored) && row) {
      store_segment_row(q, &g);
      snprintf(subject, sizeof subject, g.batch[0] ? "batch:%s" : "dataset:%s", g.batch[0] ? g.batch : g.names[0]);
    }
    db_reset(q);
  }
  snprintf(found, sizeof found, "hash of segment %llu in %.100s", (unsigned long long)id, name);
  problem(v, E_STORE_TAMPERED, subject, found);
}

static enum err_code verify_pack(struct verifying *v, int64_t id, const char *name, uint64_t bytes, const uint8_t index_sha256[32], struct err *e) {
  char path[STORE_PATH_BYTES];
  struct pack p;
  struct err detail;
  store_pack_path(v->s, name, path);
  v->out->packs++;
  enum err_code code = pack_open(path, &p, &detail);
  if (code) {
    if (is_trouble(code)) return ERR(e, code, .subject = path);
    problem_of(v, &detail);
    return E_OK;
  }
  if (p.source.bytes != bytes || memcmp(p.index_sha256, index_sha256, 32) != 0 || memcmp(p.install_id, v->s->install_id, 16) != 0)
    problem(v, E_PACK, name, "not the pack that was written here");
  code = verify_rows_of_pack(v, &p, id, name, e);
  for (uint64_t i = 0; !code && i < p.n; i++) {
    enum err_code bad = pack_check(&p, i, &detail);
    if (bad && is_trouble(bad)) code = ERR(e, bad, .subject = path);
    else if (bad) damaged_entry(v, &p, i, name);
  }
  pack_close(&p);
  return code;
}

static enum err_code verify_packs(struct verifying *v, struct err *e) {
  int64_t last = 0;
  for (;;) {
    struct db_statement *q;
    bool row;
    char name[64];
    uint8_t hash[32] = {0};
    TRY(db_prepare(v->s->db, "SELECT id, name, bytes, index_sha256 FROM pack WHERE id > ?1 ORDER BY id LIMIT 1", &q, e));
    db_bind_int(q, 1, last);
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    last = db_int(q, 0);
    int64_t bytes = db_int(q, 2);
    snprintf(name, sizeof name, "%.*s", (int)(db_text(q, 1).n < sizeof name ? db_text(q, 1).n : sizeof name - 1), db_text(q, 1).p);
    if (db_blob(q, 3).n == 32) memcpy(hash, db_blob(q, 3).p, 32);
    db_reset(q);
    TRY(verify_pack(v, last, name, (uint64_t)bytes, hash, e));
  }
}

/* --- every segment, with keys --- */

static enum err_code next_segment(struct store *s, int64_t after, struct store_segment *g, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.id > ?1 ORDER BY g.id LIMIT 1", &q, e));
  db_bind_int(q, 1, after);
  TRY(db_step(q, found, e));
  if (*found) store_segment_row(q, g);
  db_reset(q);
  return E_OK;
}

static enum err_code open_one(struct verifying *v, const struct store_segment *g, struct strbuf *sealed, struct strbuf *raw, struct err *e) {
  uint8_t dek[32];
  struct column_info info;
  struct err detail;
  enum err_code code = store_dek(v->s, g->names[0], g->place.part, false, dek, &detail);
  if (raw->p) wipe(raw->p, raw->n);
  strbuf_reset(raw);
  if (!code) code = store_segment_open(v->s, dek, g, sealed, raw, &detail);
  wipe(dek, sizeof dek);
  if (!code && g->place.codec == SEGMENT_COLUMN) {
    code = column_info_of(raw->p, raw->n, &info, &detail);
    if (!code && info.rows != g->place.rows) code = ERR(&detail, E_COLUMN_DAMAGED, .subject = g->names[2]);
  }
  if (code && is_trouble(code)) return ERR(e, code, .subject = g->pack);
  if (code) problem_of(v, &detail);
  else v->out->segments_opened++;
  return E_OK;
}

static enum err_code open_all(struct verifying *v, struct err *e) {
  struct strbuf sealed, raw;
  struct store_segment g = {.id = 0};
  bool found = true;
  strbuf_init(&sealed, 0);
  strbuf_init(&raw, 0);
  enum err_code code = E_OK;
  while (!code && !(code = next_segment(v->s, g.id, &g, &found, e)) && found && !job_cancelled(v->s->job)) {
    code = open_one(v, &g, &sealed, &raw, e);
    job_progress(v->s->job, "verify", v->out->segments_opened, v->out->segments);
  }
  strbuf_release(&sealed);
  strbuf_wipe_release(&raw);
  return code;
}

static enum err_code check_shards(struct verifying *v, struct err *e) {
  for (int64_t last = 0;;) {
    struct db_statement *q;
    struct err detail;
    bool row;
    TRY(db_prepare(v->s->db, "SELECT id FROM shard WHERE id > ?1 ORDER BY id LIMIT 1", &q, e));
    db_bind_int(q, 1, last);
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    last = db_int(q, 0);
    db_reset(q);
    enum err_code code = store_shard_check(v->s, last, &detail);
    if (code && is_trouble(code)) return ERR(e, code, .subject = "shard");
    if (code) problem_of(v, &detail);
  }
}

static enum err_code open_logged(struct verifying *v, struct err *e) {
  const struct log_entry entry = {.action = "data-read", .object = "verify", .purpose = "inspection"};
  int64_t access;
  TRY(store_log_intent(v->s, &entry, &access, e));
  enum err_code code = check_shards(v, e);
  if (!code) code = open_all(v, e);
  enum err_code logged = store_log_outcome(v->s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

/* The key file against the log; without keys its MAC cannot be checked, the signature of its epoch can. */
static enum err_code learn_keys(void *context, const struct log_leaf *leaf, struct err *e) {
  (void)e;
  key_facts_learn(context, leaf);
  return E_OK;
}
static enum err_code verify_keys(struct verifying *v, struct err *e) {
  struct key_facts facts;
  struct keystore_public p;
  struct err detail;
  char path[STORE_PATH_BYTES];
  bool interrupted;
  key_facts_begin(&facts);
  store_path(v->s, "keystore", path);
  TRY(store_log_each(v->s, learn_keys, &facts, e));
  if (keystore_peek(path, &p, &detail) || key_facts_check(&facts, &p, v->s->folder, &interrupted, &detail)) problem_of(v, &detail);
  return E_OK;
}

enum err_code store_verify(struct store *s, bool open_segments, struct store_verify_report *out, struct err *e) {
  struct verifying v = {s, out};
  memset(out, 0, sizeof *out);
  if (open_segments && s->locked) return ERR(e, E_STORE_LOCKED, .subject = s->folder);
  TRY(verify_log(&v, e));
  TRY(verify_keys(&v, e));
  TRY(verify_datasets(&v, e));
  TRY(verify_packs(&v, e));
  return open_segments ? open_logged(&v, e) : E_OK;
}

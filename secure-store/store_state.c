/* store_state.c -- what the log says the store holds. Dataset root: RFC 6962 tree over (segment id, ciphertext hash) in id order. State root: RFC
 * 6962 tree over one leaf per dataset (name, number of segments, root) in name order, one per peer (its card) and one for office.json. Every leaf of
 * the access log carries the state root, so a segment that was swapped, dropped or put back from an older copy, or a peer's key that was exchanged,
 * shows. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/store_impl.h"

/* --- frontier as bytes: size u64, then the nodes of the set bits --- */

static void frontier_put(const struct merkle_frontier *f, struct strbuf *out) {
  bytes_put_u64(out, f->size);
  for (int k = 0; k < 64; k++)
    if (f->size >> k & 1) strbuf_add(out, (const char *)f->node[k], MERKLE_HASH);
}

static bool frontier_take(struct str text, struct merkle_frontier *f) {
  struct bytes_reader r;
  merkle_begin(f);
  bytes_reader_init(&r, text.p, text.n);
  uint64_t size = bytes_u64(&r);
  for (int k = 0; k < 64; k++) {
    if (!(size >> k & 1)) continue;
    const uint8_t *node = bytes_take(&r, MERKLE_HASH);
    if (!node) return false;
    memcpy(f->node[k], node, MERKLE_HASH);
  }
  f->size = size;
  return !r.failed && bytes_left(&r) == 0;
}

static void add_segment(struct merkle_frontier *f, int64_t id, struct str sha256) {
  uint8_t leaf[8 + 32] = {0}, hash[32];
  for (int i = 0; i < 8; i++) leaf[i] = (uint8_t)((uint64_t)id >> (8 * i));
  memcpy(leaf + 8, sha256.p, sha256.n < 32 ? sha256.n : 32);
  merkle_leaf_hash(leaf, sizeof leaf, hash);
  merkle_add(f, hash);
}

/* Segments of the dataset with ids above `after`. */
static enum err_code add_segments(struct store *s, int64_t dataset_id, int64_t after, struct merkle_frontier *f, int64_t *last, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  TRY(db_prepare(s->db, "SELECT id, sha256 FROM segment WHERE dataset_id = ?1 AND id > ?2 ORDER BY id", &q, e));
  db_bind_int(q, 1, dataset_id);
  db_bind_int(q, 2, after);
  while (!(code = db_step(q, &row, e)) && row) {
    *last = db_int(q, 0);
    add_segment(f, *last, db_blob(q, 1));
  }
  return code;
}

enum err_code store_state_dataset(struct store *s, int64_t dataset_id, uint8_t root[32], int64_t *n, struct err *e) {
  struct merkle_frontier f;
  int64_t last = 0;
  merkle_begin(&f);
  TRY(add_segments(s, dataset_id, 0, &f, &last, e));
  merkle_root(&f, root);
  *n = (int64_t)f.size;
  return E_OK;
}

/* --- after changes --- */

enum { TOUCHED_APPEND = 1, TOUCHED_REBUILD = 2 };

enum err_code store_state_touch(struct store *s, int64_t dataset_id, bool rebuild, struct err *e) {
  struct db_statement *q;
  s->state_changed = true;
  TRY(db_prepare(s->db, "UPDATE dataset SET touched = max(touched, ?2) WHERE id = ?1", &q, e));
  db_bind_int(q, 1, dataset_id);
  db_bind_int(q, 2, rebuild ? TOUCHED_REBUILD : TOUCHED_APPEND);
  return db_execute(q, e);
}

static enum err_code update_dataset(struct store *s, int64_t id, struct merkle_frontier *f, int64_t last, struct err *e) {
  struct strbuf raw;
  struct db_statement *q;
  uint8_t root[32];
  TRY(add_segments(s, id, last, f, &last, e));
  merkle_root(f, root);
  strbuf_init(&raw, 0);
  frontier_put(f, &raw);
  enum err_code code = db_prepare(s->db, "UPDATE dataset SET touched = 0, last_segment = ?2, n_segments = ?3, root = ?4, frontier = ?5 WHERE id = ?1",
                                  &q, e);
  if (!code) {
    db_bind_int(q, 1, id);
    db_bind_int(q, 2, last);
    db_bind_int(q, 3, (int64_t)f->size);
    db_bind_blob(q, 4, root, 32);
    db_bind_blob(q, 5, raw.p, raw.n);
    code = db_execute(q, e);
  }
  strbuf_release(&raw);
  return code;
}

static enum err_code next_touched(struct store *s, int64_t *id, struct merkle_frontier *f, int64_t *last, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "SELECT id, touched, last_segment, frontier FROM dataset WHERE touched > 0 ORDER BY id LIMIT 1", &q, e));
  TRY(db_step(q, found, e));
  if (!*found) return E_OK;
  *id = db_int(q, 0);
  *last = db_int(q, 2);
  bool ok = db_int(q, 1) == TOUCHED_APPEND && frontier_take(db_blob(q, 3), f);
  db_reset(q);
  if (ok) return E_OK;
  merkle_begin(f);
  *last = 0;
  return E_OK;
}

static enum err_code whole_root(struct store *s, uint8_t root[32], struct err *e);

enum err_code store_state_update(struct store *s, uint8_t root[32], struct err *e) {
  for (;;) {
    struct merkle_frontier f;
    int64_t id, last;
    bool found;
    TRY(next_touched(s, &id, &f, &last, &found, e));
    if (!found) break;
    TRY(update_dataset(s, id, &f, last, e));
  }
  return whole_root(s, root, e);
}

/* --- the whole --- */

static void add_leaf(struct strbuf *leaves, const struct strbuf *leaf) {
  uint8_t hash[MERKLE_HASH];
  merkle_leaf_hash(leaf->p, leaf->n, hash);
  strbuf_add(leaves, (const char *)hash, sizeof hash);
}

static enum err_code add_datasets(struct store *s, struct strbuf *leaves, struct strbuf *leaf, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  TRY(db_prepare(s->db, "SELECT name, n_segments, root FROM dataset ORDER BY name", &q, e));
  while (!(code = db_step(q, &row, e)) && row) {
    struct str name = db_text(q, 0);
    strbuf_reset(leaf);
    strbuf_addf(leaf, "dataset %.*s\n%lld\n", (int)name.n, name.p, (long long)db_int(q, 1));
    struct str root = db_blob(q, 2);
    strbuf_add(leaf, root.p, root.n);
    add_leaf(leaves, leaf);
  }
  return code;
}

static enum err_code read_peers(struct store *s, struct strbuf *leaves, struct strbuf *leaf, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  TRY(db_prepare(s->db, "SELECT office_id, card FROM peer ORDER BY office_id", &q, e));
  while (!(code = db_step(q, &row, e)) && row) {
    struct str id = db_text(q, 0), card = db_text(q, 1);
    strbuf_reset(leaf);
    strbuf_addf(leaf, "peer %.*s\n", (int)id.n, id.p);
    strbuf_add(leaf, card.p, card.n);
    add_leaf(leaves, leaf);
  }
  return code;
}

enum err_code store_data_version(struct store *s, int64_t *version, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "PRAGMA data_version", &q, e));
  TRY(db_step(q, &row, e));
  *version = row ? db_int(q, 0) : -1;
  db_reset(q);
  return E_OK;
}

void store_state_peers_changed(struct store *s) { s->peers_known = false; }

static enum err_code add_peers(struct store *s, struct strbuf *leaves, struct strbuf *leaf, struct err *e) {
  int64_t version;
  TRY(store_data_version(s, &version, e));
  if (!s->peers_known || version != s->peers_version) {
    strbuf_reset(&s->peer_leaves);
    s->peers_known = false;
    TRY(read_peers(s, &s->peer_leaves, leaf, e));
    s->peers_known = !s->peer_leaves.failed;
    s->peers_version = version;
    if (!s->peers_known) return ERR(e, E_NO_MEMORY, .subject = "state root");
  }
  strbuf_add(leaves, s->peer_leaves.p, s->peer_leaves.n);
  return E_OK;
}

/* A ministry of 1,900 peers commits several times a batch: what has not changed since the last commit is not hashed again. */
static enum err_code whole_root(struct store *s, uint8_t root[32], struct err *e) {
  struct strbuf leaf, leaves;
  strbuf_init(&leaf, 0);
  strbuf_init(&leaves, 0);
  strbuf_adds(&leaf, "office\n");
  strbuf_add(&leaf, (const char *)s->office_hash, 32);
  add_leaf(&leaves, &leaf);
  enum err_code code = add_datasets(s, &leaves, &leaf, e);
  if (!code) code = add_peers(s, &leaves, &leaf, e);
  if (!code && (leaf.failed || leaves.failed)) code = ERR(e, E_NO_MEMORY, .subject = "state root");
  if (!code && !state_tree_root(&s->state_tree, (const uint8_t *)leaves.p, leaves.n / MERKLE_HASH, root)) code = ERR(e, E_NO_MEMORY, .subject = "state root");
  strbuf_release(&leaf);
  strbuf_release(&leaves);
  return code;
}

/* For opening and verifying: nothing that this process remembers is believed. */
enum err_code store_state_root(struct store *s, uint8_t root[32], struct err *e) {
  store_state_peers_changed(s);
  state_tree_release(&s->state_tree);
  return whole_root(s, root, e);
}

/* --- before reading: the stored root of the dataset (vouched for by the log) against its segments --- */

static bool was_checked(const struct store *s, int64_t id) {
  int64_t v;
  for (size_t i = 0; i + sizeof v <= s->checked.n; i += sizeof v) {
    memcpy(&v, s->checked.p + i, sizeof v);
    if (v == id) return true;
  }
  return false;
}

enum err_code store_state_check(struct store *s, int64_t dataset_id, struct err *e) {
  struct db_statement *q;
  bool row;
  uint8_t root[32];
  int64_t n = 0;
  char name[STORE_DATASET_BYTES] = "";
  if (was_checked(s, dataset_id)) return E_OK;
  TRY(db_prepare(s->db, "SELECT touched FROM dataset WHERE id = ?1", &q, e));
  db_bind_int(q, 1, dataset_id);
  TRY(db_step(q, &row, e));
  bool writing = row && db_int(q, 0) != 0; /* in the open transaction: compared after its commit */
  db_reset(q);
  if (writing) return E_OK;
  TRY(store_state_dataset(s, dataset_id, root, &n, e));
  TRY(db_prepare(s->db, "SELECT name, n_segments, root FROM dataset WHERE id = ?1", &q, e));
  db_bind_int(q, 1, dataset_id);
  TRY(db_step(q, &row, e));
  bool same = row && db_int(q, 1) == n && db_blob(q, 2).n == 32 && memcmp(db_blob(q, 2).p, root, 32) == 0;
  if (row) snprintf(name, sizeof name, "dataset:%.*s", (int)(db_text(q, 0).n < 180 ? db_text(q, 0).n : 180), db_text(q, 0).p);
  db_reset(q);
  if (!same) return store_tampered(s, NULL, name, e);
  const char *missing;
  TRY(store_dataset_accounted(s, dataset_id, name + strlen("dataset:"), &missing, e));
  if (missing) return store_tampered(s, NULL, name, e);
  strbuf_add(&s->checked, (const char *)&dataset_id, sizeof dataset_id);
  return s->checked.failed ? ERR(e, E_NO_MEMORY, .subject = name) : E_OK;
}

/* compliance_gather.c -- live evidence: counted in the access log, told of the store. */
#include "secure-store/compliance/compliance.h"
#include "secure-store/store_impl.h"

static bool counts(const struct compliance_row *row, uint16_t action) {
  for (int i = 0; i < row->n_actions; i++)
    if (row->action[i] == action) return true;
  return false;
}
static enum err_code count_leaf(void *context, const struct log_leaf *leaf, struct err *e) {
  struct compliance *c = context;
  (void)e;
  if (leaf->result == LOG_INTENT) return E_OK; /* its outcome is counted */
  for (int64_t k = 0; k < c->n; k++) {
    struct compliance_row *row = &c->row[k];
    if (!counts(row, leaf->action)) continue;
    if (leaf->result == LOG_REFUSED) row->refused++;
    else if (leaf->result == LOG_DONE || leaf->result == LOG_NOTE) row->done++;
    row->last_seq = (int64_t)leaf->seq, row->last_wall = leaf->wall;
  }
  return E_OK;
}
enum err_code compliance_gather(struct store *s, struct compliance *c, struct err *e) {
  for (int64_t k = 0; k < c->n; k++) c->row[k].done = c->row[k].refused = c->row[k].last_wall = 0, c->row[k].last_seq = -1;
  return store_log_each(s, count_leaf, c, e);
}

static int64_t count_of(struct store *s, const char *sql) {
  struct db_statement *q;
  struct err none;
  bool row = false;
  int64_t n = -1;
  if (db_prepare(s->db, sql, &q, &none)) return -1;
  if (!db_step(q, &row, &none) && row) n = db_int(q, 0);
  db_reset(q);
  return n;
}
static const char *keys_state(struct store *s, struct arena *a, bool ja) {
  char path[STORE_PATH_BYTES];
  struct keystore_public p;
  struct err none;
  store_path(s, "keystore", path);
  if (keystore_peek(path, &p, &none)) return ja ? "鍵ファイルを読めません" : "the keystore cannot be read";
  return arena_printf(a, ja ? "鍵の世代 %llu、設定 %s（Argon2id %u KiB、%u 回）" : "epoch %llu of the keys, profile %s (Argon2id, %u KiB, %u passes)",
      (unsigned long long)p.epoch, p.profile, p.memory_kib, p.passes);
}
const char *compliance_state(struct store *s, struct arena *a, enum compliance_evidence what, bool ja) {
  switch (what) {
    case EVIDENCE_LOG:
      return arena_printf(a, ja ? "ログ %lld 件、署名済みチェックポイント %lld 件" : "%lld log entries, %lld signed checkpoints",
          (long long)count_of(s, "SELECT count(*) FROM log"), (long long)count_of(s, "SELECT count(*) FROM checkpoint"));
    case EVIDENCE_SEGMENTS:
      return arena_printf(a, ja ? "暗号化された区画 %lld、パック %lld" : "%lld sealed segments in %lld packs", (long long)count_of(s,
          "SELECT count(*) FROM segment"),
          (long long)count_of(s, "SELECT count(*) FROM pack"));
    case EVIDENCE_KEYS: return keys_state(s, a, ja);
    case EVIDENCE_ALGORITHMS: return "ChaCha20-Poly1305 (RFC 8439), HKDF-SHA-256, SHA-256, X25519, Ed25519, Argon2id";
    case EVIDENCE_LEAVES:
    case EVIDENCE_ARTEFACT: break;
  }
  return "";
}

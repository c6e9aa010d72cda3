/* store_evidence.c -- see store_evidence.h. */
#include "secure-store/store_evidence.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "secure-store/store_impl.h"

static const char policy_object[] = "tlog-policy";

/* --- policy --- */
static enum err_code put_policy(struct store *s, struct str text, struct err *e) {
  struct log_leaf leaf;
  TRY(store_meta_put(s->db, "tlog_policy", text, e));
  store_log_leaf_begin(s, &leaf, "policy-set", LOG_DONE);
  memcpy(leaf.object, policy_object, sizeof policy_object);
  sha256_of(text.p, text.n, leaf.output_hash);
  return store_log_append(s, &leaf, e);
}
enum err_code store_policy_set(struct store *s, const char *place, struct str text, struct err *e) {
  struct arena *a = arena_new(0);
  struct tlog_policy *p = NULL;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = place);
  enum err_code code = s->locked ? ERR(e, E_STORE_LOCKED, .subject = place) : tlog_policy_parse(a, place, text, &p, e);
  if (!code && !tlog_policy_has_log(p, &s->log_key)) code = ERR(e, E_POLICY_LINE, .file = place, .subject = place, .expected = s->log_key.name);
  arena_free(a);
  if (code) return code;
  TRY(store_begin(s, e));
  code = put_policy(s, text, e);
  if (!code) return store_commit(s, e);
  store_rollback(s);
  return code;
}

struct named_hash {
  uint8_t hash[32];
  bool any;
};
static enum err_code learn_policy(void *context, const struct log_leaf *leaf, struct err *e) {
  struct named_hash *n = context;
  (void)e;
  if (leaf->result != LOG_DONE || leaf->action != log_action_number("policy-set") || strcmp(leaf->object, policy_object) != 0) return E_OK;
  memcpy(n->hash, leaf->output_hash, sizeof n->hash);
  n->any = true;
  return E_OK;
}
static enum err_code policy_text(struct store *s, struct strbuf *out, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT value FROM meta WHERE key = 'tlog_policy'", &q, e));
  TRY(db_step(q, &row, e));
  if (row) strbuf_add(out, db_text(q, 0).p, db_text(q, 0).n);
  db_reset(q);
  if (!row) return ERR(e, E_POLICY_NONE, .subject = "policy");
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "policy") : E_OK;
}
/* The policy that the log vouches for. */
static enum err_code load_policy(struct store *s, struct arena *a, struct tlog_policy **out, struct err *e) {
  struct named_hash named = {.any = false};
  struct strbuf text;
  uint8_t hash[32];
  strbuf_init(&text, 0);
  enum err_code code = policy_text(s, &text, e);
  if (!code) code = store_log_each(s, learn_policy, &named, e);
  if (!code) sha256_of(text.p, text.n, hash);
  if (!code && (!named.any || memcmp(hash, named.hash, sizeof hash) != 0)) code = ERR(e, E_POLICY_ALTERED, .file = s->folder, .subject = "policy");
  if (!code) code = tlog_policy_parse(a, "policy", str_view(text.p, text.n), out, e);
  strbuf_release(&text);
  return code;
}

/* --- cosigned checkpoints --- */
static const char witness_table[] =
    "CREATE TABLE IF NOT EXISTS witness(id INTEGER PRIMARY KEY, size INTEGER NOT NULL, cosigned INTEGER NOT NULL, taken INTEGER NOT NULL, note TEXT "
    "NOT NULL)";

enum err_code store_log_against(struct store *s, const char *place, struct str note, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  strbuf_add(&text, note.p, note.n);
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = place) : E_OK;
  if (!code && memchr(note.p, 0, note.n)) code = ERR(e, E_NOTE_MALFORMED, .file = place);
  if (!code) code = access_log_check(s->log.tree, &s->log_key, strbuf_cstr(&text), e);
  strbuf_release(&text);
  bool not_ours = code == E_LOG_ROLLED_BACK || code == E_LOG_FORKED;
  return not_ours ? ERR_WRAP(e, E_CHECKPOINT_OUTSIDE, .file = s->folder, .subject = place) : code;
}
static enum err_code check_cosigned(struct store *s, const char *place, struct str note, struct checkpoint *c, struct cosigned *out, struct err *e) {
  struct tlog_policy *p = NULL;
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = place);
  enum err_code code = store_log_against(s, place, note, e);
  if (!code) code = checkpoint_verify(&s->log_key, note, c, e);
  if (!code) code = load_policy(s, a, &p, e);
  if (!code) code = tlog_policy_check(p, place, note, out, e);
  arena_free(a);
  return code;
}
static enum err_code put_cosigned(struct store *s, struct str note, const struct checkpoint *c, const struct cosigned *w, struct err *e) {
  struct db_statement *q;
  struct log_leaf leaf;
  TRY(db_run(s->db, witness_table, e));
  TRY(db_prepare(s->db, "INSERT INTO witness(size, cosigned, taken, note) VALUES(?1, ?2, ?3, ?4)", &q, e));
  db_bind_int(q, 1, (int64_t)c->size);
  db_bind_int(q, 2, w->oldest);
  db_bind_int(q, 3, job_now(s->job));
  db_bind_text(q, 4, note);
  TRY(db_execute(q, e));
  store_log_leaf_begin(s, &leaf, "witness-cosign", LOG_DONE);
  snprintf(leaf.object, sizeof leaf.object, "checkpoint:%llu witnesses:%d", (unsigned long long)c->size, w->witnesses);
  sha256_of(note.p, note.n, leaf.output_hash);
  return store_log_append(s, &leaf, e);
}
/* A refusal is evidence, too: one leaf with the hash of what was offered. */
static void record_refusal(struct store *s, struct str note, enum err_code why) {
  struct log_leaf leaf;
  struct err problem;
  store_log_leaf_begin(s, &leaf, "witness-refuse", LOG_REFUSED);
  memcpy(leaf.object, "checkpoint", sizeof "checkpoint");
  snprintf(leaf.basis, sizeof leaf.basis, "%s", err_name(why));
  sha256_of(note.p, note.n, leaf.output_hash);
  if (store_log_note(s, &leaf, true, &problem)) job_problem(s->job, &problem);
}
enum err_code store_witness_take(struct store *s, const char *place, struct str note, struct cosigned *out, struct err *e) {
  struct checkpoint c;
  *out = (struct cosigned){0, -1};
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = place);
  enum err_code code = check_cosigned(s, place, note, &c, out, e);
  if (code) {
    if (code != E_NO_MEMORY && code != E_POLICY_NONE) record_refusal(s, note, code);
    return code;
  }
  TRY(store_begin(s, e));
  code = put_cosigned(s, note, &c, out, e);
  if (!code) return store_commit(s, e);
  store_rollback(s);
  return code;
}
enum err_code store_witness_last(struct store *s, struct witnessed *out, struct err *e) {
  struct db_statement *q;
  bool row;
  *out = (struct witnessed){-1, -1, -1, (int64_t)access_log_size(s->log.tree)};
  TRY(db_prepare(s->db, "SELECT 1 FROM sqlite_schema WHERE name = 'witness' AND type = 'table'", &q, e));
  TRY(db_step(q, &row, e));
  db_reset(q);
  if (!row) return E_OK;
  TRY(db_prepare(s->db, "SELECT size, cosigned, taken FROM witness ORDER BY size DESC, cosigned DESC LIMIT 1", &q, e));
  TRY(db_step(q, &row, e));
  if (row) *out = (struct witnessed){db_int(q, 0), db_int(q, 1), db_int(q, 2), out->unwitnessed - db_int(q, 0)};
  db_reset(q);
  return E_OK;
}

/* --- handing out --- */
struct exporting {
  const char *folder;
};
static enum err_code write_tile(void *context, const char *path, const void *p, size_t n, struct err *e) {
  const struct exporting *x = context;
  char full[STORE_PATH_BYTES], parent[STORE_PATH_BYTES];
  snprintf(full, sizeof full, "%.3800s/%.200s", x->folder, path);
  snprintf(parent, sizeof parent, "%s", full);
  *strrchr(parent, '/') = 0;
  TRY(make_directories(parent, 0755, e));
  return atomic_write(full, p, n, ATOMIC_NEW_ONLY, 0644, e);
}
enum err_code store_log_export(struct store *s, const char *folder, struct err *e) {
  struct exporting x = {folder};
  struct stat st;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = folder);
  if (strlen(folder) > 3800 || lstat(folder, &st) == 0) return ERR(e, E_FILE_EXISTS, .file = folder, .subject = folder);
  return access_log_tiles(s->log.tree, store_log_signer(s), write_tile, &x, e);
}
enum err_code store_log_newest(struct store *s, struct strbuf *note, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT note FROM checkpoint ORDER BY id DESC LIMIT 1", &q, e));
  TRY(db_step(q, &row, e));
  if (row) strbuf_add(note, db_text(q, 0).p, db_text(q, 0).n);
  db_reset(q);
  if (!row) return ERR(e, E_NOTE_MALFORMED, .subject = "checkpoint", .found = "none");
  return note->failed ? ERR(e, E_NO_MEMORY, .subject = "checkpoint") : E_OK;
}

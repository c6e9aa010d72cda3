/* store_open.c -- opening and closing. Order: office there, lock, keys, database and its schema, log on both devices, office.json and state against
 * the log; only then are orphans swept, so that an old database cannot make us delete newer packs. With officers the keys come after the look at
 * the log, which says whether an attempt is allowed and has to take it down (store_shares.c). */
#include "secure-store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/grant.h"
#include "secure-store/rights/record.h"
#include "secure-store/session.h"
#include "secure-store/store_impl.h"

enum { LOCK_TRIES = 50, LOCK_PAUSE_MS = 100 };

void store_path(const struct store *s, const char *name, char out[STORE_PATH_BYTES]) { snprintf(out, STORE_PATH_BYTES, "%.3900s/%.150s", s->folder,
                                                                                                name); }
void store_pack_path(const struct store *s, const char *pack_name, char out[STORE_PATH_BYTES]) {
  snprintf(out, STORE_PATH_BYTES, "%.3900s/segments/%.128s", s->folder, pack_name);
}
const struct office *store_office(const struct store *s) { return &s->office; }
struct db *store_db(struct store *s) { return s->db; }
const char *store_folder(const struct store *s) { return s->folder; }
const struct job *store_job(const struct store *s) { return s->job; }
struct keystore *store_keystore(struct store *s) { return s->keys; }
bool store_is_locked(const struct store *s) { return s->locked; }

/* --- office and lock --- */

enum err_code store_new(const struct job *job, const char *folder, bool locked, struct store **out, struct err *e) {
  *out = NULL;
  if (!crypto_start()) return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  struct arena *a = arena_new(0);
  struct store *s = a ? ARENA_NEW(a, struct store) : NULL;
  if (!s) {
    arena_free(a);
    return ERR(e, E_NO_MEMORY, .subject = folder);
  }
  if (!locked) secret_process(); /* a crash must not write answers and keys to disk, whatever the core pattern is */
  s->arena = a;
  s->job = job;
  s->lock_fd = -1;
  s->locked = locked;
  strbuf_init(&s->log.open_intents, 0);
  strbuf_init(&s->log.closing, 0);
  strbuf_init(&s->log.queue, 0);
  strbuf_init(&s->checked, 0);
  snprintf(s->folder, sizeof s->folder, "%.3900s", folder);
  *out = s;
  return E_OK;
}

static enum err_code read_office(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  uint8_t *p = NULL;
  size_t n = 0;
  store_path(s, "office.json", path);
  if (access(path, F_OK) != 0) return ERR(e, E_STORE_NOT_FOUND, .file = s->folder, .subject = s->folder);
  TRY(file_read(path, 65536, &p, &n, e));
  sha256_of(p, n, s->office_hash);
  free(p);
  return office_card_read(path, &s->office, e);
}

enum err_code store_take_lock(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "lock", path);
  s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (s->lock_fd < 0 && s->locked) return E_OK; /* a copy on a read-only medium */
  if (s->lock_fd < 0) return ERR(e, E_FILE_WRITE, .file = path, .subject = path, .found = strerrordesc_np(errno));
  if (s->locked) { /* readers share; while someone writes, log2 is left alone */
    s->may_read_log2 = flock(s->lock_fd, LOCK_SH | LOCK_NB) == 0;
    return E_OK;
  }
  s->may_read_log2 = true;
  for (int i = 0; flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0; i++) {
    if (i >= LOCK_TRIES) return ERR(e, E_STORE_BUSY, .file = s->folder, .subject = s->folder);
    nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_MS * 1000000L}, NULL);
  }
  return E_OK;
}

/* --- database --- */

static enum err_code upgrade(struct store *s, struct err *e) {
  int64_t version = 0;
  TRY(store_schema_version(s->db, &version, e));
  if (version > STORE_SCHEMA_VERSION || version < 1) return ERR(e, E_STORE_VERSION, .file = s->folder, .subject = s->folder);
  if (version == STORE_SCHEMA_VERSION) return E_OK;
  if (s->locked) return ERR(e, E_STORE_VERSION, .file = s->folder, .subject = s->folder, .next = "open it once with the passphrase");
  TRY(db_begin(s->db, e));
  enum err_code code = store_schema_upgrade(s->db, STORE_SCHEMA_VERSION, e);
  if (!code) code = db_commit(s->db, e);
  if (code) db_rollback(s->db);
  return code;
}

static enum err_code open_database(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "store.db", path);
  TRY(db_open(path, s->locked ? DB_READ_ONLY : 0, &s->db, e));
  TRY(upgrade(s, e));
  return store_schema_check(s->db, e);
}

/* --- keys --- */

enum err_code store_verifier_key(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  struct keystore_public public_part;
  store_path(s, "keystore", path);
  TRY(keystore_peek(path, &public_part, e));
  memcpy(s->install_id, public_part.install_id, sizeof s->install_id);
  return note_vkey_parse(public_part.log_vkey, &s->log_key, e);
}

/* The keys that were just opened belong to this office. */
enum err_code store_keys_fit(struct store *s, struct err *e) {
  const struct keystore_public *p = keystore_public(s->keys);
  TRY(note_vkey_parse(p->log_vkey, &s->log_key, e));
  memcpy(s->install_id, p->install_id, sizeof s->install_id);
  if (strcmp(p->age_recipient, s->office.age_recipient) != 0 || strcmp(p->minisign_public, s->office.minisign_public) != 0)
    return ERR(e, E_STORE_OFFICE, .file = s->folder, .subject = "keys");
  bool light = strcmp(p->profile, "light") == 0;
  if (light != s->office.light) return ERR(e, E_STORE_OFFICE, .file = s->folder, .subject = "profile");
  store_note_present(s);
  return E_OK;
}
/* Where the keys come from: a passphrase, officers, a session, or a keystore that is open already. */
struct key_source {
  const char *passphrase;
  struct store_officers officers; /* n > 0 */
  int session;
  struct keystore *keys; /* taken over */
};
static enum err_code take_keys(struct store *s, const char *path, const struct key_source *from, struct err *e) {
  if (from->passphrase) return keystore_open(path, from->passphrase, &s->keys, e);
  if (!from->keys) return keystore_open_session(path, from->session, &s->keys, e);
  s->keys = from->keys;
  return keystore_reload(s->keys, e);
}
static enum err_code open_keys(struct store *s, const struct key_source *from, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "keystore", path);
  TRY(take_keys(s, path, from, e));
  return store_keys_fit(s, e);
}

/* --- what the log says --- */

struct intent_fact {
  uint64_t seq;
  uint16_t action;
  char object[96];
};

static void close_intent(struct store_facts *f, uint64_t seq) {
  struct intent_fact fact;
  for (size_t i = 0; i + sizeof fact <= f->open_intents.n; i += sizeof fact) {
    memcpy(&fact, f->open_intents.p + i, sizeof fact);
    if (fact.seq != seq) continue;
    f->open_intents.n -= sizeof fact;
    memmove(f->open_intents.p + i, f->open_intents.p + f->open_intents.n, sizeof fact);
    return;
  }
}

static enum err_code learn(void *context, const struct log_leaf *leaf, struct err *e) {
  struct store_facts *f = context;
  f->any = true;
  TRY(record_index_add(f->records, leaf, e));
  memcpy(f->root_after, leaf->root_after, 32);
  key_facts_learn(&f->keys, leaf);
  if (leaf->intent != UINT64_MAX) close_intent(f, leaf->intent);
  if (leaf->result != LOG_INTENT) return E_OK;
  struct intent_fact fact = {.seq = leaf->seq, .action = leaf->action};
  snprintf(fact.object, sizeof fact.object, "%.90s", leaf->object);
  strbuf_add(&f->open_intents, (const char *)&fact, sizeof fact);
  return f->open_intents.failed ? ERR(e, E_NO_MEMORY, .subject = "log") : E_OK;
}

static enum err_code check_state(struct store *s, const struct store_facts *f, struct err *e) {
  TRY(store_state_root(s, s->state_root, e));
  if (!f->any) return ERR(e, E_STORE_LOG_EDITED, .file = s->folder, .subject = "store.db", .found = "an empty log");
  if (memcmp(s->state_root, f->root_after, 32) != 0) return ERR(e, E_STORE_STATE, .file = s->folder, .subject = "state root");
  return E_OK;
}

static bool rotation_begun(const struct store_facts *f) {
  struct intent_fact fact;
  for (size_t i = 0; i + sizeof fact <= f->open_intents.n; i += sizeof fact) {
    memcpy(&fact, f->open_intents.p + i, sizeof fact);
    if (fact.action == log_action_number("key-rotate")) return true;
  }
  return false;
}
/* Before the keys are open the public part of the key file is looked at; its MAC is checked when they are. A key file of the next epoch whose
 * beginning the log does not know means that leaves are gone: the intent was durable before the file was written. */
static enum err_code check_checkpoint(struct store *s, const struct keystore_public *p, struct err *e) {
  uint8_t root[32];
  char found[128];
  if (p->log_size == 0) return E_OK;
  bool there = access_log_root_at(s->log.tree, p->log_size, root);
  if (there && memcmp(root, p->log_root, 32) == 0) return E_OK;
  snprintf(found, sizeof found, there ? "another log than the one the key file has seen up to entry %llu" : "the key file has seen %llu entries",
           (unsigned long long)p->log_size);
  return ERR(e, E_STORE_ROLLED_BACK, .file = s->folder, .subject = "store.db, log2", .found = found);
}
enum err_code store_check_keys(struct store *s, struct store_facts *f, struct err *e) {
  char path[STORE_PATH_BYTES];
  struct keystore_public p;
  store_path(s, "keystore", path);
  if (s->keys) p = *keystore_public(s->keys);
  else TRY(keystore_peek(path, &p, e));
  TRY(check_checkpoint(s, &p, e));
  if (s->locked) return E_OK; /* the rest is reported by verify */
  TRY(key_facts_check(&f->keys, &p, s->folder, &f->interrupted, e));
  if (!f->interrupted || rotation_begun(f)) return E_OK;
  return ERR(e, E_STORE_ROLLED_BACK, .file = s->folder, .subject = "store.db, log2", .found = "a new key epoch that the log knows nothing of");
}

/* --- after the checks --- */

static enum err_code known_pack(struct store *s, const char *name, bool *known, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "SELECT 1 FROM pack WHERE name = ?1", &q, e));
  db_bind_cstr(q, 1, name);
  TRY(db_step(q, known, e));
  db_reset(q);
  return E_OK;
}

static enum err_code sweep_file(struct store *s, const char *name, bool say, struct err *e) {
  char path[STORE_PATH_BYTES];
  bool known = false;
  struct err note;
  TRY(known_pack(s, name, &known, e));
  if (known) return E_OK;
  store_pack_path(s, name, path);
  if (unlink(path) != 0) return ERR(e, E_FILE_WRITE, .file = path, .subject = path, .found = strerrordesc_np(errno));
  (void)ERR(&note, E_STORE_SWEPT, .subject = name);
  if (say) job_problem(s->job, &note);
  return E_OK;
}

enum err_code store_sweep(struct store *s, bool say, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "segments", path);
  DIR *d = opendir(path);
  if (!d) return ERR(e, E_FILE_OPEN, .file = path, .subject = path, .found = strerrordesc_np(errno));
  enum err_code code = E_OK;
  for (struct dirent *entry; !code && (entry = readdir(d));)
    if (entry->d_name[0] != '.') code = sweep_file(s, entry->d_name, say, e);
  closedir(d);
  return code;
}

/* How a change of keys that was cut off has ended is known: the key file is of one epoch or of the other. */
static enum err_code rotation_outcome(struct store *s, const struct store_facts *f, const struct intent_fact *fact, bool *done, struct err *e) {
  struct log_leaf leaf;
  struct err note;
  char epoch[24];
  *done = fact->action == log_action_number("key-rotate");
  if (!*done) return E_OK;
  store_log_leaf_begin(s, &leaf, "key-rotate", f->interrupted ? LOG_DONE : LOG_FAILED);
  leaf.intent = fact->seq;
  if (f->interrupted) key_facts_object(keystore_public(s->keys), leaf.object, sizeof leaf.object);
  TRY(store_log_append(s, &leaf, e));
  snprintf(epoch, sizeof epoch, "%llu", (unsigned long long)keystore_public(s->keys)->epoch);
  (void)ERR(&note, E_KEYS_COMPLETED, .subject = epoch);
  if (f->interrupted) job_problem(s->job, &note);
  return E_OK;
}
static enum err_code unknown_outcome(struct store *s, const struct intent_fact *fact, struct err *e) {
  struct log_leaf leaf;
  struct err note;
  char subject[160];
  store_log_leaf_begin(s, &leaf, log_action_name(fact->action), LOG_UNKNOWN_OUTCOME);
  leaf.intent = fact->seq;
  memcpy(leaf.object, fact->object, sizeof fact->object);
  TRY(store_log_append(s, &leaf, e));
  snprintf(subject, sizeof subject, "%llu %s %s", (unsigned long long)fact->seq, log_action_name(fact->action), fact->object);
  (void)ERR(&note, E_STORE_UNKNOWN_OUTCOME, .subject = subject);
  job_problem(s->job, &note);
  return E_OK;
}
static enum err_code unknown_outcomes(struct store *s, const struct store_facts *f, struct err *e) {
  struct intent_fact fact;
  for (size_t i = 0; i + sizeof fact <= f->open_intents.n; i += sizeof fact) {
    bool done;
    memcpy(&fact, f->open_intents.p + i, sizeof fact);
    TRY(rotation_outcome(s, f, &fact, &done, e));
    if (!done) TRY(unknown_outcome(s, &fact, e));
  }
  return E_OK;
}

static enum err_code unlock_leaves(struct store *s, const struct store_facts *f, const struct store_attempt *attempt, struct err *e) {
  struct log_leaf leaf;
  TRY(unknown_outcomes(s, f, e));
  store_log_leaf_begin(s, &leaf, "key-unlock", LOG_DONE);
  snprintf(leaf.object, sizeof leaf.object, "keystore:%llu epoch:%llu%s", (unsigned long long)keystore_public(s->keys)->sequence,
           (unsigned long long)keystore_public(s->keys)->epoch, attempt ? attempt->shares : keystore_is_remote(s->keys) ? " session" : "");
  if (attempt) leaf.intent = attempt->seq;
  TRY(store_log_append(s, &leaf, e));
  return store_log_checkpoint(s, e);
}

static enum err_code record_unlock(struct store *s, const struct store_facts *f, const struct store_attempt *attempt, struct err *e) {
  TRY(store_begin(s, e));
  enum err_code code = unlock_leaves(s, f, attempt, e);
  if (code) {
    store_rollback(s);
    return code;
  }
  return store_commit(s, e);
}

static void warn_light(const struct store *s) {
  struct err note;
  if (!s->office.light) return;
  (void)ERR(&note, E_STORE_LIGHT, .subject = s->folder);
  job_problem(s->job, &note);
}

static enum err_code make_reserve(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "reserve", path);
  return store_reserve_make(path, s->office.light ? STORE_RESERVE_LIGHT : STORE_RESERVE_STANDARD, e);
}

/* A store on a full disk may be opened to be read and closed; it cannot keep room back then, which is said. */
static void try_reserve(struct store *s) {
  struct err note;
  if (make_reserve(s, &note)) job_problem(s->job, &note);
}

/* Files on their way out when a destruction or a re-encryption was cut off: a second name in erase/, the first one gone. */
static void finish_overwriting(struct store *s) {
  struct err note;
  if (overwrite_all(s, &note)) job_problem(s->job, &note);
}

void store_facts_begin(struct store *s, struct store_facts *f) {
  memset(f, 0, sizeof *f);
  key_facts_begin(&f->keys);
  f->records = &s->records;
  strbuf_init(&f->open_intents, 0);
}
void store_facts_release(struct store_facts *f) { strbuf_release(&f->open_intents); }

enum err_code store_look(struct store *s, struct store_facts *f, struct err *e) {
  TRY(open_database(s, e));
  TRY(store_log_start(s, e));
  TRY(store_log_each(s, learn, f, e));
  TRY(check_state(s, f, e));
  TRY(store_check_keys(s, f, e));
  TRY(records_check(s, e));
  return s->locked ? E_OK : store_clock_open(s, e);
}
enum err_code store_go_on(struct store *s, const struct store_facts *f, const struct store_attempt *attempt, struct err *e) {
  TRY(store_sweep(s, true, e));
  finish_overwriting(s);
  try_reserve(s);
  TRY(record_unlock(s, f, attempt, e));
  store_log_note_checkpoint(s);
  return E_OK;
}
static enum err_code open_checked(struct store *s, struct err *e) {
  struct store_facts facts;
  store_facts_begin(s, &facts);
  enum err_code code = store_look(s, &facts, e);
  if (!code && s->keys) code = store_go_on(s, &facts, NULL, e);
  store_facts_release(&facts);
  return code;
}

/* A refused passphrase leaves a leaf too; it needs no key. Only onto a log and a state that hold: a leaf must never vouch for what was not checked.
 * */
static void record_refusal(struct store *s) {
  struct log_leaf leaf;
  struct err ignored;
  struct store_facts facts;
  store_facts_begin(s, &facts);
  bool sound = !store_verifier_key(s, &ignored) && !open_database(s, &ignored) && !store_log_start(s, &ignored) &&
               !store_log_each(s, learn, &facts, &ignored) && !check_state(s, &facts, &ignored);
  store_facts_release(&facts);
  if (!sound) return;
  store_log_leaf_begin(s, &leaf, "key-unlock-try", LOG_REFUSED);
  if (store_log_note(s, &leaf, false, &ignored)) s->log.stale = true;
}

void store_free(struct store *s) {
  store_rollback(s);
  store_log_stop(s);
  strbuf_release(&s->log.open_intents);
  strbuf_release(&s->log.closing);
  strbuf_release(&s->checked);
  strbuf_release(&s->peer_leaves);
  role_replay_release(s);
  record_index_release(&s->records);
  state_tree_release(&s->state_tree);
  db_close(s->db);
  keystore_close(s->keys);
  wipe(&s->log_key, sizeof s->log_key);
  if (s->lock_fd >= 0) close(s->lock_fd);
  arena_free(s->arena);
}

static enum err_code unlock(struct store *s, const struct key_source *from, struct err *e) {
  if (from->officers.n > 0) return store_unlock_shares(s, &from->officers, e);
  enum err_code code = open_keys(s, from, e);
  if (code == E_STORE_PASSPHRASE) record_refusal(s);
  return code ? code : open_checked(s, e);
}
static enum err_code open_from(const struct job *job, const char *folder, const struct key_source *from, struct store **out, struct err *e) {
  struct store *s = NULL;
  *out = NULL;
  TRY(store_new(job, folder, false, &s, e));
  enum err_code code = read_office(s, e);
  if (!code) code = store_take_lock(s, e);
  if (code && from->keys) keystore_close(from->keys);
  if (!code) code = unlock(s, from, e);
  if (code) {
    store_free(s);
    return code;
  }
  warn_light(s);
  *out = s;
  return E_OK;
}
enum err_code store_open_shares(const struct job *job, const char *folder, const struct store_officer *officers, int n, struct store **out,
                                struct err *e) {
  if (n < 1) return ERR(e, E_SHARE_TOO_FEW, .subject = "unlock", .found = "0", .expected = "2 or more");
  return open_from(job, folder, &(struct key_source){.officers = {officers, n}}, out, e);
}
enum err_code store_open(const struct job *job, const char *folder, const char *passphrase, struct store **out, struct err *e) {
  return open_from(job, folder, &(struct key_source){.passphrase = passphrase}, out, e);
}
enum err_code store_open_session(const struct job *job, const char *folder, int session, struct store **out, struct err *e) {
  return open_from(job, folder, &(struct key_source){.session = session}, out, e);
}
enum err_code store_open_keys(const struct job *job, const char *folder, struct keystore *keys, struct store **out, struct err *e) {
  return open_from(job, folder, &(struct key_source){.keys = keys}, out, e);
}
/* Does the session of this process hold the keys of this folder? It may be one of another office. */
static bool session_fits(const struct job *job, const char *folder, int session, struct store **out, enum err_code *code, struct err *e) {
  *code = store_open_session(job, folder, session, out, e);
  return *code != E_SESSION_REFUSED;
}
enum err_code store_open_as_asked(const struct job *job, const char *folder, const char *passphrase_file, struct store **out, struct err *e) {
  char *passphrase = NULL;
  int session = passphrase_file ? -1 : session_descriptor();
  enum err_code code = E_OK;
  *out = NULL;
  if (session >= 0 && session_fits(job, folder, session, out, &code, e)) return code;
  if (!passphrase_file && store_needs_officers(folder)) return store_open(job, folder, "", out, e); /* nobody is asked for what cannot help */
  TRY(passphrase_read(passphrase_file, &passphrase, e));
  code = store_open(job, folder, passphrase, out, e);
  passphrase_free(passphrase);
  return code;
}

enum err_code store_open_locked(const struct job *job, const char *folder, struct store **out, struct err *e) {
  struct store *s = NULL;
  *out = NULL;
  TRY(store_new(job, folder, true, &s, e));
  enum err_code code = read_office(s, e);
  if (!code) code = store_take_lock(s, e);
  if (!code) code = store_verifier_key(s, e);
  if (!code) code = open_checked(s, e);
  if (code) {
    store_free(s);
    return code;
  }
  warn_light(s);
  *out = s;
  return E_OK;
}

static void store_seal(struct store *s) {
  struct log_leaf leaf;
  struct err problem;
  if (!s->locked) {
    store_rollback(s);
    grant_leave(s);
    store_log_leaf_begin(s, &leaf, "key-seal", LOG_DONE);
    if (store_log_note(s, &leaf, true, &problem)) job_problem(s->job, &problem);
    else store_log_note_checkpoint(s);
  }
}
struct keystore *store_close_but_keys(struct store *s) {
  struct keystore *keys = s->keys;
  store_seal(s);
  s->keys = NULL;
  store_free(s);
  return keys;
}
void store_close(struct store *s) {
  if (!s) return;
  store_seal(s);
  store_free(s);
}

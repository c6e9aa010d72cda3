/* store_init.c -- a new office. Everything is made while the folder holds `office.unfinished`; office.json comes last, so an interrupted init leaves
 * no office, and the next one starts over. Without that mark nothing that exists is ever removed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "secure-store/rights/founders.h"
#include "secure-store/store_impl.h"

static const char *const parts[] = {"keystore", "store.db", "store.db-wal", "store.db-shm", "store.db-journal", "log2", "reserve"};

static bool exists(const struct store *s, const char *name) {
  char path[STORE_PATH_BYTES];
  struct stat st;
  store_path(s, name, path);
  return lstat(path, &st) == 0;
}

static enum err_code remove_part(const struct store *s, const char *name, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, name, path);
  if (unlink(path) == 0 || errno == ENOENT) return E_OK;
  return ERR(e, E_FILE_WRITE, .file = path, .subject = path, .found = strerrordesc_np(errno));
}

/* Marks the folder, or clears away what an interrupted init left. */
static enum err_code claim(const struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  bool unfinished = exists(s, "office.unfinished");
  if (exists(s, "office.json")) return ERR(e, E_STORE_EXISTS, .file = s->folder, .subject = s->folder);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!unfinished && exists(s, parts[i])) return ERR(e, E_STORE_EXISTS, .file = s->folder, .subject = s->folder, .found = parts[i]);
    if (unfinished) TRY(remove_part(s, parts[i], e));
  }
  store_path(s, "office.unfinished", path);
  TRY(atomic_write(path, "", 0, ATOMIC_REPLACE, 0600, e));
  store_path(s, "segments", path);
  return make_directories(path, 0700, e);
}

/* How ROOT is kept: under a passphrase, or by officers. */
struct founding {
  const char *profile, *passphrase;
  const struct store_founders *founders; /* NULL = passphrase */
};
static enum err_code make_keystore(struct store *s, const struct founding *f, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "keystore", path);
  if (f->founders) return keystore_found(path, f->profile, f->founders->plan, STORE_LOG_ORIGIN, &s->keys, e);
  TRY(keystore_create(path, f->profile, f->passphrase, STORE_LOG_ORIGIN, e));
  return keystore_open(path, f->passphrase, &s->keys, e);
}
static enum err_code make_keys(struct store *s, const struct founding *f, struct err *e) {
  TRY(make_keystore(s, f, e));
  const struct keystore_public *p = keystore_public(s->keys);
  snprintf(s->office.age_recipient, sizeof s->office.age_recipient, "%s", p->age_recipient);
  snprintf(s->office.minisign_public, sizeof s->office.minisign_public, "%s", p->minisign_public);
  s->office.light = strcmp(p->profile, "light") == 0;
  TRY(note_vkey_parse(p->log_vkey, &s->log_key, e));
  memcpy(s->install_id, p->install_id, sizeof s->install_id);
  return office_check(&s->office, e);
}

static enum err_code make_database(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "store.db", path);
  TRY(atomic_write(path, "", 0, ATOMIC_NEW_ONLY, 0600, e)); /* SQLite gives its side files the mode of the database */
  TRY(db_open(path, DB_CREATE, &s->db, e));
  TRY(db_begin(s->db, e));
  enum err_code code = store_schema_upgrade(s->db, STORE_SCHEMA_VERSION, e);
  if (!code) code = db_commit(s->db, e);
  if (code) db_rollback(s->db);
  return code;
}

static enum err_code make_log(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  struct log_leaf leaf;
  store_path(s, "log2", path);
  struct log_file *f = NULL;
  struct log_device device;
  TRY(log_file_open(path, true, &f, &device, e));
  log_file_close(f);
  TRY(store_log_start(s, e));
  TRY(store_state_root(s, s->state_root, e));
  store_log_leaf_begin(s, &leaf, "install", LOG_DONE);
  memset(leaf.root_before, 0, sizeof leaf.root_before);
  int n = snprintf(leaf.object, sizeof leaf.object, "office:%s ", s->office.id);
  key_facts_object(keystore_public(s->keys), leaf.object + n, sizeof leaf.object - (size_t)n);
  memcpy(leaf.output_hash, s->office_hash, 32);
  return store_log_note(s, &leaf, true, e);
}

static enum err_code finish(struct store *s, const struct strbuf *card, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "reserve", path);
  TRY(store_reserve_make(path, s->office.light ? STORE_RESERVE_LIGHT : STORE_RESERVE_STANDARD, e));
  /* A write-ahead log folded in now: an office that was never opened is three plain files. */
  db_close(s->db);
  s->db = NULL;
  store_path(s, "office.json", path);
  TRY(atomic_write(path, card->p, card->n, ATOMIC_NEW_ONLY, 0644, e));
  /* From here on the office exists; the mark is only untidy. */
  struct err ignored;
  (void)!remove_part(s, "office.unfinished", &ignored);
  return E_OK;
}

static enum err_code init_in(struct store *s, const struct founding *f, struct err *e) {
  struct strbuf card;
  TRY(claim(s, e));
  TRY(make_keys(s, f, e));
  strbuf_init(&card, 0);
  enum err_code code = office_card_text(&s->office, &card, e);
  if (!code) sha256_of(card.p, card.n, s->office_hash);
  if (!code) code = make_database(s, e);
  if (!code) code = make_log(s, e);
  if (!code && f->founders) code = store_appoint_founders(s, f->founders, e);
  if (!code) code = finish(s, &card, e);
  strbuf_release(&card);
  return code;
}

static enum err_code init(const struct job *job, const char *folder, const struct office *office, const struct founding *f, struct err *e) {
  struct store *s = NULL;
  TRY(store_new(job, folder, false, &s, e));
  s->office = *office;
  snprintf(s->office.id, sizeof s->office.id, "%s-%s", office_type_name(office->type), office->code);
  s->office.age_recipient[0] = s->office.minisign_public[0] = 0;
  enum err_code code = office_check(&s->office, e);
  if (!code && f->passphrase && strlen(f->passphrase) < 12) code = ERR(e, E_PASSPHRASE_WEAK, .subject = s->office.id);
  if (!code && f->founders) code = store_founders_check(f->founders, e);
  if (!code) code = make_directories(folder, 0700, e);
  if (!code) code = store_take_lock(s, e);
  if (!code) code = init_in(s, f, e);
  store_free(s);
  return code;
}
enum err_code store_init(const struct job *job, const char *folder, const struct office *office, const char *passphrase, const char *kdf_profile,
                         struct err *e) {
  return init(job, folder, office, &(struct founding){.profile = kdf_profile, .passphrase = passphrase}, e);
}
enum err_code store_init_officers(const struct job *job, const char *folder, const struct office *office, const char *profile,
                                  const struct store_founders *founders, struct err *e) {
  return init(job, folder, office, &(struct founding){.profile = profile, .founders = founders}, e);
}

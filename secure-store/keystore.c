/* keystore.c -- keys and their life cycle; see keystore.h and keystore.md. */
#include "secure-store/keystore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/age.h"
#include "secure-store/keystore_impl.h"

struct profile {
  const char *name;
  uint32_t passes, memory_kib;
  bool must_lock;
};
static const struct profile profiles[] = {{"standard", 3, 256 * 1024, true}, {"light", 1, 8 * 1024, false}};
/* What a file may ask for at most: altered parameters must not make this machine work for hours. */
enum { PASSES_MAX = 16, MEMORY_KIB_MAX = 1024 * 1024, MEMORY_KIB_MIN = 8 };

struct secrets { /* lives in locked memory */
  uint8_t root[KEY_BYTES], kek[KEK_COUNT][KEY_BYTES], mac_key[KEY_BYTES];
  uint8_t age[32], detail[32];
  struct minisign_key minisign;
  struct note_key log;
};
struct keystore {
  char path[4096];
  struct keystore_image image;
  struct secrets *secrets;
  struct keystore_remote remote;
  bool locked, changed;
};

static const struct profile *profile_find(const char *name) {
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
    if (strcmp(profiles[i].name, name) == 0) return &profiles[i];
  return NULL;
}

/* --- derivation --- */
static void derive(const uint8_t root[KEY_BYTES], const char *name, uint64_t epoch, uint8_t out[KEY_BYTES]) {
  char info[64];
  int n = snprintf(info, sizeof info, "shirabe-keystore-1|%s|%llu", name, (unsigned long long)epoch);
  hkdf_sha256(root, KEY_BYTES, NULL, 0, info, (size_t)n, out, KEY_BYTES);
}
static void derive_all(struct secrets *s, uint64_t epoch) {
  static const char *const names[KEK_COUNT] = {"KEK_data", "KEK_log", "KEK_job", "KEK_backup"};
  for (int i = 0; i < KEK_COUNT; i++) derive(s->root, names[i], epoch, s->kek[i]);
  derive(s->root, "MAC", epoch, s->mac_key);
}
/* Key of the officer entry. Parameters beyond any profile's reach give a random key: the caller then reports what a wrong passphrase reports. */
static enum err_code passphrase_key(const struct keystore_image *k, const char *passphrase, uint8_t out[KEY_BYTES], struct err *e) {
  const struct keystore_public *p = &k->public;
  random_bytes(out, KEY_BYTES);
  if (p->passes < 1 || p->passes > PASSES_MAX || p->memory_kib < MEMORY_KIB_MIN || p->memory_kib > MEMORY_KIB_MAX) return E_OK;
  return argon2id(out, KEY_BYTES, passphrase, strlen(passphrase), k->kdf_salt, p->passes, p->memory_kib)
             ? E_OK
             : ERR(e, E_NO_MEMORY, .subject = "key derivation");
}

/* --- wrapping --- */
/* Authenticated with ROOT: everything the derivation depends on, so that a changed profile or salt opens nothing. */
static size_t root_ad(const struct keystore_image *k, char out[128]) {
  char id[2 * KEYSTORE_INSTALL_BYTES + 1];
  hex_encode(k->public.install_id, KEYSTORE_INSTALL_BYTES, id);
  return (size_t)snprintf(out, 128, "%s|%u|%u|%s|%llu", k->public.profile, k->public.passes, k->public.memory_kib, id,
      (unsigned long long)k->public.epoch);
}
static struct commit_context plain_context(const char *info, const char *ad, size_t ad_n) {
  return (struct commit_context){str_of(info), str_view(ad, ad_n)};
}
static void root_wrap(struct keystore_image *k, const uint8_t passphrase_derived[KEY_BYTES], const uint8_t root[KEY_BYTES]) {
  char ad[128];
  struct commit_context c = plain_context("shirabe-root-1", ad, root_ad(k, ad));
  commit_seal(passphrase_derived, &c, NULL, root, KEY_BYTES, k->root_wrapped);
}
static bool root_unwrap(const struct keystore_image *k, const uint8_t passphrase_derived[KEY_BYTES], uint8_t root[KEY_BYTES]) {
  char ad[128];
  struct commit_context c = plain_context("shirabe-root-1", ad, root_ad(k, ad));
  return commit_open(passphrase_derived, &c, k->root_wrapped, KEYSTORE_WRAPPED, root);
}
/* Officer keys under KEK_log: age, minisign and log secrets, the key of the log details. */
static void officer_wrap(struct keystore_image *k, const struct secrets *s) {
  uint8_t plain[KEYSTORE_OFFICER];
  char id[2 * KEYSTORE_INSTALL_BYTES + 1];
  hex_encode(k->public.install_id, KEYSTORE_INSTALL_BYTES, id);
  struct commit_context c = plain_context("shirabe-officer-1", id, strlen(id));
  memcpy(plain, s->age, 32);
  memcpy(plain + 32, s->minisign.secret, 64);
  memcpy(plain + 96, s->log.secret, 64);
  memcpy(plain + 160, s->detail, 32);
  commit_seal(s->kek[KEK_LOG], &c, NULL, plain, sizeof plain, k->officer_wrapped);
  wipe(plain, sizeof plain);
}
static bool officer_unwrap(const struct keystore_image *k, struct secrets *s) {
  uint8_t plain[KEYSTORE_OFFICER];
  char id[2 * KEYSTORE_INSTALL_BYTES + 1];
  hex_encode(k->public.install_id, KEYSTORE_INSTALL_BYTES, id);
  struct commit_context c = plain_context("shirabe-officer-1", id, strlen(id));
  bool ok = commit_open(s->kek[KEK_LOG], &c, k->officer_wrapped, KEYSTORE_OFFICER_WRAPPED, plain);
  memcpy(s->age, plain, 32);
  memcpy(s->minisign.secret, plain + 32, 64);
  memcpy(s->log.secret, plain + 96, 64);
  memcpy(s->detail, plain + 160, 32);
  wipe(plain, sizeof plain);
  memcpy(s->minisign.key_id, k->minisign_id, 8);
  memcpy(s->minisign.public_key, k->minisign_key, 32);
  memcpy(s->log.public_key, k->log_key, 32);
  return ok && note_key_name(&s->log, k->log_origin, NULL) == E_OK;
}
static size_t dek_ad(const struct wrapped_dek *d, char out[384]) {
  return (size_t)snprintf(out, 384, "%s|%u|%s|%llu", d->dataset, d->part, d->retention, (unsigned long long)d->epoch);
}
static void dek_wrap(const uint8_t kek[KEY_BYTES], const uint8_t dek[KEY_BYTES], struct wrapped_dek *d) {
  char ad[384];
  struct commit_context c = plain_context("shirabe-dek-1", ad, dek_ad(d, ad));
  commit_seal(kek, &c, NULL, dek, KEY_BYTES, d->wrapped);
}
static bool dek_unwrap(const uint8_t kek[KEY_BYTES], const struct wrapped_dek *d, uint8_t dek[KEY_BYTES]) {
  char ad[384];
  struct commit_context c = plain_context("shirabe-dek-1", ad, dek_ad(d, ad));
  return commit_open(kek, &c, d->wrapped, KEYSTORE_WRAPPED, dek);
}

/* --- the object --- */
static enum err_code keystore_new(const char *path, struct keystore **out, struct err *e) {
  struct keystore *ks = calloc(1, sizeof *ks);
  *out = NULL;
  if (!ks) return ERR(e, E_NO_MEMORY, .subject = "keystore");
  if (!crypto_start()) {
    free(ks);
    return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  }
  ks->secrets = secret_new(sizeof *ks->secrets, &ks->locked);
  if (!ks->secrets || strlen(path) >= sizeof ks->path) {
    keystore_close(ks);
    return ERR(e, E_NO_MEMORY, .subject = "keystore");
  }
  snprintf(ks->path, sizeof ks->path, "%s", path);
  *out = ks;
  return E_OK;
}
void keystore_close(struct keystore *ks) {
  if (!ks) return;
  if (ks->remote.close) ks->remote.close(ks->remote.context);
  if (ks->secrets) secret_free(ks->secrets);
  keystore_image_release(&ks->image);
  free(ks);
}
/* A name the table does not know counts as one that must lock. */
static enum err_code lock_check(const struct keystore *ks, struct err *e) {
  const struct profile *p = profile_find(ks->image.public.profile);
  return ks->locked || (p && !p->must_lock) ? E_OK : ERR(e, E_STORE_MLOCK, .subject = ks->path);
}

static enum err_code image_bytes(const struct keystore *ks, struct strbuf *out, struct err *e) {
  uint8_t digest[32];
  TRY(keystore_image_write(&ks->image, out, e));
  hmac_sha256(ks->secrets->mac_key, KEY_BYTES, out->p, out->n, digest);
  strbuf_add(out, (const char *)digest, 32);
  if (out->failed) return ERR(e, E_NO_MEMORY, .subject = "keystore");
  sha256_of(out->p, out->n, digest);
  strbuf_add(out, (const char *)digest, 32);
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "keystore") : E_OK;
}
static enum err_code write_file(const struct keystore *ks, int flags, struct err *e) {
  struct strbuf out;
  strbuf_init(&out, KEYSTORE_FILE_MAX);
  enum err_code code = image_bytes(ks, &out, e);
  if (!code) code = atomic_write(ks->path, out.p, out.n, flags, 0600, e);
  strbuf_release(&out);
  return code;
}
/* --- keys that are elsewhere, and a file that others may have written --- */
static enum err_code read_image(const char *path, struct keystore_image *out, const struct keystore *check, struct err *e) {
  uint8_t *bytes, wanted[32];
  const uint8_t *mac;
  struct str covered;
  size_t n;
  TRY(file_read(path, KEYSTORE_FILE_MAX, &bytes, &n, e));
  enum err_code code = keystore_image_parse(path, bytes, n, out, &mac, &covered, e);
  if (!code && check) {
    hmac_sha256(check->secrets->mac_key, KEY_BYTES, covered.p, covered.n, wanted);
    if (!secret_equal(wanted, mac, 32)) {
      keystore_image_release(out);
      code = ERR(e, E_STORE_KEYSTORE_DAMAGED, .file = path, .subject = path);
    }
  }
  free(bytes);
  return code;
}
static void take_image(struct keystore *ks, const struct keystore_image *image) {
  keystore_image_release(&ks->image);
  ks->image = *image;
  ks->changed = false;
}
enum err_code keystore_reload(struct keystore *ks, struct err *e) {
  struct keystore_image image;
  TRY(read_image(ks->path, &image, ks, e));
  take_image(ks, &image);
  return E_OK;
}
static enum err_code save_remote(struct keystore *ks, struct err *e) {
  struct keystore_image image;
  TRY(ks->remote.save(ks->remote.context, e));
  TRY(read_image(ks->path, &image, NULL, e));
  take_image(ks, &image);
  return E_OK;
}
static enum err_code public_parts(struct keystore *ks, const struct keystore_remote *remote, struct err *e) {
  struct secrets *s = ks->secrets;
  memcpy(s->minisign.key_id, ks->image.minisign_id, 8);
  memcpy(s->minisign.public_key, ks->image.minisign_key, 32);
  memcpy(s->log.public_key, ks->image.log_key, 32);
  TRY(note_key_name(&s->log, ks->image.log_origin, e));
  s->minisign.sign = remote->sign_file;
  s->log.sign = remote->sign_log;
  s->minisign.sign_context = s->log.sign_context = remote->context;
  return E_OK;
}
enum err_code keystore_save(struct keystore *ks, struct err *e) {
  if (!ks->changed) return E_OK;
  if (ks->remote.save) return save_remote(ks, e);
  ks->image.public.sequence++;
  enum err_code code = write_file(ks, ATOMIC_REPLACE, e);
  if (code) ks->image.public.sequence--;
  else ks->changed = false;
  return code;
}

/* --- create --- */
static enum err_code fresh_keys(struct keystore *ks, const struct profile *p, const char *log_name, struct err *e) {
  struct keystore_image *k = &ks->image;
  struct secrets *s = ks->secrets;
  char id[2 * KEYSTORE_INSTALL_BYTES + 1];
  snprintf(k->public.profile, sizeof k->public.profile, "%s", p->name);
  k->public.passes = p->passes;
  k->public.memory_kib = p->memory_kib;
  k->public.epoch = 1;
  k->public.sequence = 1;
  random_bytes(k->kdf_salt, sizeof k->kdf_salt);
  random_bytes(k->public.install_id, sizeof k->public.install_id);
  hex_encode(k->public.install_id, KEYSTORE_INSTALL_BYTES, id);
  if (strlen(log_name) + 1 + strlen(id) >= sizeof k->log_origin) return ERR(e, E_STORE_KEY_NAME, .subject = log_name);
  snprintf(k->log_origin, sizeof k->log_origin, "%.*s/%s", (int)(sizeof k->log_origin - sizeof id - 1), log_name, id);
  random_bytes(s->root, sizeof s->root);
  random_bytes(s->age, sizeof s->age);
  random_bytes(s->detail, sizeof s->detail);
  x25519_public(k->age_public, s->age);
  minisign_keypair(&s->minisign);
  memcpy(k->minisign_id, s->minisign.key_id, 8);
  memcpy(k->minisign_key, s->minisign.public_key, 32);
  sign_keypair(s->log.public_key, s->log.secret);
  memcpy(k->log_key, s->log.public_key, 32);
  derive_all(s, k->public.epoch);
  officer_wrap(k, s);
  return keystore_image_texts(k, e);
}
static enum err_code wrap_root_under(struct keystore_image *k, const char *passphrase, const uint8_t root[KEY_BYTES], struct err *e) {
  uint8_t key[KEY_BYTES];
  enum err_code code = passphrase_key(k, passphrase, key, e);
  if (!code) root_wrap(k, key, root);
  wipe(key, sizeof key);
  return code;
}
enum err_code keystore_create(const char *path, const char *profile, const char *passphrase, const char *log_name, struct err *e) {
  const struct profile *p = profile_find(profile);
  struct keystore *ks;
  if (!p) return ERR(e, E_STORE_PROFILE, .subject = profile, .expected = "standard or light");
  TRY(keystore_new(path, &ks, e));
  enum err_code code = fresh_keys(ks, p, log_name, e);
  if (!code) code = lock_check(ks, e);
  if (!code) code = wrap_root_under(&ks->image, passphrase, ks->secrets->root, e);
  if (!code) code = write_file(ks, ATOMIC_NEW_ONLY, e);
  keystore_close(ks);
  return code;
}

/* --- open --- */
static enum err_code unlock(struct keystore *ks, const char *passphrase, const uint8_t *mac, struct str covered, struct err *e) {
  uint8_t key[KEY_BYTES], wanted[32];
  struct secrets *s = ks->secrets;
  TRY(lock_check(ks, e));
  enum err_code code = passphrase_key(&ks->image, passphrase, key, e);
  bool ok = !code && root_unwrap(&ks->image, key, s->root);
  wipe(key, sizeof key);
  if (code) return code;
  if (!ok) return ERR(e, E_STORE_PASSPHRASE, .subject = ks->path);
  derive_all(s, ks->image.public.epoch);
  hmac_sha256(s->mac_key, KEY_BYTES, covered.p, covered.n, wanted);
  if (!secret_equal(wanted, mac, 32) || !officer_unwrap(&ks->image, s)) return ERR(e, E_STORE_KEYSTORE_DAMAGED, .subject = ks->path);
  return E_OK;
}
enum err_code keystore_open(const char *path, const char *passphrase, struct keystore **out, struct err *e) {
  uint8_t *bytes = NULL;
  const uint8_t *mac = NULL;
  struct str covered = {0};
  size_t n;
  struct keystore *ks;
  *out = NULL;
  TRY(keystore_new(path, &ks, e));
  enum err_code code = file_read(path, KEYSTORE_FILE_MAX, &bytes, &n, e);
  if (!code) code = keystore_image_parse(path, bytes, n, &ks->image, &mac, &covered, e);
  if (!code) code = unlock(ks, passphrase, mac, covered, e);
  free(bytes);
  if (code) keystore_close(ks);
  else *out = ks;
  return code;
}
/* --- the same with the keys elsewhere --- */
enum err_code keystore_open_remote(
    const char *path, const struct keystore_remote *remote, const uint8_t detail[32], bool locked, struct keystore **out, struct err *e) {
  struct keystore *ks;
  *out = NULL;
  TRY(keystore_new(path, &ks, e));
  memcpy(ks->secrets->detail, detail, 32);
  enum err_code code = read_image(path, &ks->image, NULL, e);
  ks->locked = ks->locked && locked;
  if (!code) code = lock_check(ks, e);
  if (!code) code = public_parts(ks, remote, e);
  if (code) {
    keystore_close(ks);
    return code;
  }
  ks->remote = *remote;
  *out = ks;
  return E_OK;
}
enum err_code keystore_peek(const char *path, struct keystore_public *out, struct err *e) {
  uint8_t *bytes;
  const uint8_t *mac;
  struct str covered;
  size_t n;
  struct keystore_image image;
  TRY(file_read(path, KEYSTORE_FILE_MAX, &bytes, &n, e));
  enum err_code code = keystore_image_parse(path, bytes, n, &image, &mac, &covered, e);
  free(bytes);
  if (code) return code;
  *out = image.public;
  keystore_image_release(&image);
  return E_OK;
}

/* --- what others use --- */
const struct keystore_public *keystore_public(const struct keystore *ks) { return &ks->image.public; }
bool keystore_memory_locked(const struct keystore *ks) { return ks->locked; }
const uint8_t *keystore_kek(const struct keystore *ks, enum keystore_kek which) { return ks->secrets->kek[which]; }
const uint8_t *keystore_log_detail_key(const struct keystore *ks) { return ks->secrets->detail; }
const uint8_t *keystore_age_secret(const struct keystore *ks) { return ks->remote.unwrap ? NULL : ks->secrets->age; }
enum err_code keystore_age_decrypt(const struct keystore *ks, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) {
  return ks->remote.unwrap ? age_decrypt_by(ks->remote.unwrap, ks->remote.context, p, n, max_out, out, e)
                           : age_decrypt(ks->secrets->age, p, n, max_out, out, e);
}
bool keystore_is_remote(const struct keystore *ks) { return ks->remote.dek != NULL; }
const struct minisign_key *keystore_minisign(const struct keystore *ks) { return &ks->secrets->minisign; }
const struct note_key *keystore_log_key(const struct keystore *ks) { return &ks->secrets->log; }

static bool name_ok(const char *s, size_t max) {
  size_t n = s ? strlen(s) : 0;
  if (n == 0 || n > max) return false;
  for (; *s; s++)
    if ((unsigned char)*s < 33 || *s == 127 || *s == '|') return false;
  return true;
}
static enum err_code dek_create(struct keystore *ks, size_t at, const char *dataset, uint8_t part, const char *retention, uint8_t key_out[32],
    struct err *e) {
  struct wrapped_dek d = {.part = part, .epoch = ks->image.public.epoch};
  snprintf(d.dataset, sizeof d.dataset, "%s", dataset);
  snprintf(d.retention, sizeof d.retention, "%s", retention);
  random_bytes(key_out, KEY_BYTES);
  dek_wrap(ks->secrets->kek[KEK_DATA], key_out, &d);
  enum err_code code = keystore_image_insert(&ks->image, at, &d, e);
  if (code) wipe(key_out, KEY_BYTES);
  else ks->changed = true;
  return code;
}
enum err_code keystore_dek(struct keystore *ks, const char *dataset, uint8_t part, const char *retention, bool create, uint8_t key_out[32],
    struct err *e) {
  bool found;
  memset(key_out, 0, KEY_BYTES);
  if (!name_ok(dataset, KEYSTORE_DATASET_MAX) || !name_ok(retention, KEYSTORE_RETENTION_MAX)) return ERR(e, E_STORE_KEY_NAME, .subject = dataset);
  if (ks->remote.dek) {
    TRY(ks->remote.dek(ks->remote.context, dataset, part, retention, create, key_out, e));
    ks->changed = ks->changed || create;
    return E_OK;
  }
  size_t at = keystore_image_find(&ks->image, dataset, part, retention, &found);
  if (!found) return create ? dek_create(ks, at, dataset, part, retention, key_out, e) : ERR(e, E_STORE_KEY_MISSING, .subject = dataset);
  return dek_unwrap(ks->secrets->kek[KEK_DATA], &ks->image.entries[at], key_out) ? E_OK : ERR(e, E_STORE_KEYSTORE_DAMAGED, .subject = ks->path);
}
enum err_code keystore_dek_destroy(struct keystore *ks, const char *dataset, uint8_t part, const char *retention, struct err *e) {
  bool found;
  if (ks->remote.dek) return ERR(e, E_SESSION_REFUSED, .subject = "destroy");
  size_t at = keystore_image_find(&ks->image, dataset, part, retention, &found);
  if (!found) return ERR(e, E_STORE_KEY_MISSING, .subject = dataset);
  keystore_image_remove(&ks->image, at);
  ks->changed = true;
  return E_OK;
}
size_t keystore_n_entries(const struct keystore *ks) { return ks->image.n_entries; }
struct keystore_entry keystore_entry_at(const struct keystore *ks, size_t i) {
  const struct wrapped_dek *d = &ks->image.entries[i];
  struct keystore_entry out = {.dataset = d->dataset, .retention = d->retention, .part = d->part, .epoch = d->epoch};
  sha256_of(d->wrapped, sizeof d->wrapped, out.commitment);
  return out;
}

/* --- rotation --- */
static enum err_code rewrap(const struct keystore *old, struct keystore *fresh, struct err *e) {
  uint8_t dek[KEY_BYTES];
  for (size_t i = 0; i < fresh->image.n_entries; i++) {
    struct wrapped_dek *d = &fresh->image.entries[i];
    bool ok = dek_unwrap(old->secrets->kek[KEK_DATA], d, dek);
    d->epoch = fresh->image.public.epoch;
    dek_wrap(fresh->secrets->kek[KEK_DATA], dek, d);
    wipe(dek, sizeof dek);
    if (!ok) return ERR(e, E_STORE_KEYSTORE_DAMAGED, .subject = old->path);
  }
  return E_OK;
}
static enum err_code copy_for_rotation(const struct keystore *old, struct keystore *fresh, struct err *e) {
  size_t n = old->image.n_entries;
  fresh->image = old->image;
  fresh->image.entries = malloc((n + 1) * sizeof *fresh->image.entries);
  fresh->image.capacity = n + 1;
  if (!fresh->image.entries) {
    fresh->image.n_entries = 0;
    return ERR(e, E_NO_MEMORY, .subject = "keystore");
  }
  if (n) memcpy(fresh->image.entries, old->image.entries, n * sizeof *fresh->image.entries);
  *fresh->secrets = *old->secrets;
  fresh->image.public.epoch++;
  fresh->image.public.sequence++;
  random_bytes(fresh->image.kdf_salt, KEYSTORE_SALT);
  random_bytes(fresh->secrets->root, KEY_BYTES);
  derive_all(fresh->secrets, fresh->image.public.epoch);
  return E_OK;
}
enum err_code keystore_rotate(struct keystore *ks, const char *passphrase, struct err *e) {
  struct keystore *fresh;
  if (ks->remote.dek) return ERR(e, E_SESSION_REFUSED, .subject = "rotate");
  TRY(keystore_new(ks->path, &fresh, e));
  enum err_code code = copy_for_rotation(ks, fresh, e);
  if (!code) code = rewrap(ks, fresh, e);
  if (!code) officer_wrap(&fresh->image, fresh->secrets);
  if (!code) code = wrap_root_under(&fresh->image, passphrase, fresh->secrets->root, e);
  if (!code) code = write_file(fresh, ATOMIC_REPLACE, e);
  if (!code) { /* swap: pointers to secrets handed out stay valid */
    *ks->secrets = *fresh->secrets;
    struct keystore_image old = ks->image;
    ks->image = fresh->image;
    fresh->image = old;
    ks->changed = false;
  }
  keystore_close(fresh);
  return code;
}

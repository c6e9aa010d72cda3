/* keystore.c -- keys and their life cycle; see keystore.h and keystore.md. */
#include "secure-store/keystore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/age.h"
#include "secure-store/keystore_impl.h"

/* --- the object --- */
enum err_code keystore_new(const char *path, struct keystore **out, struct err *e) {
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
  strbuf_init(&ks->destroyed, 0);
  *out = ks;
  return E_OK;
}
void keystore_close(struct keystore *ks) {
  if (!ks) return;
  if (ks->remote.close) ks->remote.close(ks->remote.context);
  if (ks->secrets) secret_free(ks->secrets);
  keystore_image_release(&ks->image);
  strbuf_release(&ks->destroyed);
  free(ks);
}
/* A name the table does not know counts as one that must lock. */
enum err_code keystore_lock_check(const struct keystore *ks, struct err *e) {
  const struct keystore_profile *p = keystore_profile_find(ks->image.public.profile);
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
enum err_code keystore_write(const struct keystore *ks, int flags, struct err *e) {
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
  strbuf_reset(&ks->destroyed);
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
  struct keystore_secrets *s = ks->secrets;
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
  if (ks->destroyed.n > 0) return ERR(e, E_KEYS_PENDING, .subject = ks->path);
  if (ks->remote.save) return save_remote(ks, e);
  ks->image.public.sequence++;
  enum err_code code = keystore_write(ks, ATOMIC_REPLACE, e);
  if (code) ks->image.public.sequence--;
  else ks->changed = false;
  return code;
}

static void note_checkpoint(struct keystore *ks, uint64_t size, const uint8_t root[32]) {
  ks->image.public.log_size = size;
  memcpy(ks->image.public.log_root, root, 32);
}
enum err_code keystore_note_checkpoint(struct keystore *ks, uint64_t size, const uint8_t root[32], struct err *e) {
  const struct keystore_public before = ks->image.public;
  if (size <= before.log_size || ks->changed || ks->destroyed.n > 0) return E_OK;
  if (ks->remote.note_checkpoint) TRY(ks->remote.note_checkpoint(ks->remote.context, size, root, e));
  note_checkpoint(ks, size, root);
  enum err_code code = ks->remote.note_checkpoint ? E_OK : keystore_write(ks, ATOMIC_REPLACE, e);
  if (code) note_checkpoint(ks, before.log_size, before.log_root);
  return code;
}

/* --- create --- */
static void fresh_public(struct keystore_image *k, const struct keystore_profile *p) {
  k->public.version = KEYSTORE_PASSPHRASE;
  snprintf(k->public.profile, sizeof k->public.profile, "%s", p->name);
  k->public.passes = p->passes;
  k->public.memory_kib = p->memory_kib;
  k->public.epoch = 1;
  k->public.sequence = 1;
  random_bytes(k->kdf_salt, sizeof k->kdf_salt);
  random_bytes(k->public.install_id, sizeof k->public.install_id);
}
static void fresh_secrets(struct keystore_image *k, struct keystore_secrets *s) {
  random_bytes(s->root, sizeof s->root);
  random_bytes(s->age, sizeof s->age);
  random_bytes(s->detail, sizeof s->detail);
  x25519_public(k->age_public, s->age);
  minisign_keypair(&s->minisign);
  memcpy(k->minisign_id, s->minisign.key_id, 8);
  memcpy(k->minisign_key, s->minisign.public_key, 32);
  sign_keypair(s->log.public_key, s->log.secret);
  memcpy(k->log_key, s->log.public_key, 32);
}
enum err_code keystore_fresh(struct keystore *ks, const char *profile, const char *log_name, struct err *e) {
  const struct keystore_profile *p = keystore_profile_find(profile);
  struct keystore_image *k = &ks->image;
  char id[2 * KEYSTORE_INSTALL_BYTES + 1];
  if (!p) return ERR(e, E_STORE_PROFILE, .subject = profile, .expected = "standard or light");
  fresh_public(k, p);
  hex_encode(k->public.install_id, KEYSTORE_INSTALL_BYTES, id);
  if (strlen(log_name) + 1 + strlen(id) >= sizeof k->log_origin) return ERR(e, E_STORE_KEY_NAME, .subject = log_name);
  snprintf(k->log_origin, sizeof k->log_origin, "%.*s/%s", (int)(sizeof k->log_origin - sizeof id - 1), log_name, id);
  fresh_secrets(k, ks->secrets);
  keystore_derive_all(ks->secrets, k->public.epoch);
  keystore_officer_wrap(k, ks->secrets);
  TRY(keystore_image_texts(k, e));
  TRY(note_key_name(&ks->secrets->log, k->log_origin, e));
  return keystore_lock_check(ks, e);
}
enum err_code keystore_create(const char *path, const char *profile, const char *passphrase, const char *log_name, struct err *e) {
  struct keystore *ks;
  TRY(keystore_new(path, &ks, e));
  enum err_code code = keystore_fresh(ks, profile, log_name, e);
  if (!code) code = keystore_root_wrap(&ks->image, passphrase, ks->secrets->root, e);
  if (!code) code = keystore_write(ks, ATOMIC_NEW_ONLY, e);
  keystore_close(ks);
  return code;
}

/* --- open --- */
enum err_code keystore_load(struct keystore *ks, struct keystore_bytes *b, struct err *e) {
  size_t n;
  memset(b, 0, sizeof *b);
  TRY(file_read(ks->path, KEYSTORE_FILE_MAX, &b->bytes, &n, e));
  enum err_code code = keystore_image_parse(ks->path, b->bytes, n, &ks->image, &b->mac, &b->covered, e);
  if (!code) code = keystore_lock_check(ks, e);
  if (!code) return E_OK;
  free(b->bytes);
  b->bytes = NULL;
  return code;
}
enum err_code keystore_settle(struct keystore *ks, const struct keystore_bytes *b, struct err *e) {
  uint8_t wanted[32];
  struct keystore_secrets *s = ks->secrets;
  keystore_derive_all(s, ks->image.public.epoch);
  hmac_sha256(s->mac_key, KEY_BYTES, b->covered.p, b->covered.n, wanted);
  if (secret_equal(wanted, b->mac, 32) && keystore_officer_unwrap(&ks->image, s)) return E_OK;
  return ERR(e, E_STORE_KEYSTORE_DAMAGED, .subject = ks->path);
}
static enum err_code needs_officers(const struct keystore *ks, struct err *e) {
  char expected[64];
  snprintf(expected, sizeof expected, "%d of %d officers", ks->image.set[KEYSTORE_UNLOCK].m, ks->image.set[KEYSTORE_UNLOCK].n);
  return ERR(e, E_KEYS_OFFICERS, .subject = ks->path, .expected = expected);
}
static enum err_code unlock(struct keystore *ks, const char *passphrase, const struct keystore_bytes *b, struct err *e) {
  bool ok = false;
  if (ks->image.public.version != KEYSTORE_PASSPHRASE) return needs_officers(ks, e);
  TRY(keystore_root_unwrap(&ks->image, passphrase, ks->secrets->root, &ok, e));
  return ok ? keystore_settle(ks, b, e) : ERR(e, E_STORE_PASSPHRASE, .subject = ks->path);
}
enum err_code keystore_open(const char *path, const char *passphrase, struct keystore **out, struct err *e) {
  struct keystore_bytes b;
  struct keystore *ks;
  *out = NULL;
  TRY(keystore_new(path, &ks, e));
  enum err_code code = keystore_load(ks, &b, e);
  if (!code) code = unlock(ks, passphrase, &b, e);
  free(b.bytes);
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
  if (!code) code = keystore_lock_check(ks, e);
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
  keystore_dek_wrap(ks->secrets->kek[KEK_DATA], key_out, &d);
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
  bool ok = keystore_dek_unwrap(ks->secrets->kek[KEK_DATA], &ks->image.entries[at], key_out);
  return ok ? E_OK : ERR(e, E_STORE_KEYSTORE_DAMAGED, .subject = ks->path);
}
/* With officers: the new epoch's certificate names what was destroyed before it. */
static enum err_code note_destroyed(struct keystore *ks, const struct wrapped_dek *d, struct err *e) {
  uint8_t commitment[32];
  char hex[65];
  if (ks->image.public.version == KEYSTORE_PASSPHRASE) return E_OK;
  if (!ks->authorised) return keystore_authority_missing(ks, d->dataset, e);
  sha256_of(d->wrapped, sizeof d->wrapped, commitment);
  hex_encode(commitment, sizeof commitment, hex);
  strbuf_addf(&ks->destroyed, "%s|%u|%s|%llu|%s\n", d->dataset, d->part, d->retention, (unsigned long long)d->epoch, hex);
  return ks->destroyed.failed ? ERR(e, E_NO_MEMORY, .subject = "keystore") : E_OK;
}
enum err_code keystore_dek_destroy(struct keystore *ks, const char *dataset, uint8_t part, const char *retention, struct err *e) {
  bool found;
  if (ks->remote.dek) return ERR(e, E_SESSION_REFUSED, .subject = "destroy");
  size_t at = keystore_image_find(&ks->image, dataset, part, retention, &found);
  if (!found) return ERR(e, E_STORE_KEY_MISSING, .subject = dataset);
  TRY(note_destroyed(ks, &ks->image.entries[at], e));
  keystore_image_remove(&ks->image, at);
  ks->changed = true;
  return E_OK;
}
static enum err_code step_back(struct keystore *ks, size_t at, const char *retention, struct err *e) {
  uint8_t key[KEY_BYTES];
  bool found;
  struct wrapped_dek old = ks->image.entries[at], fresh = old;
  if (!keystore_dek_unwrap(ks->secrets->kek[KEK_DATA], &old, key)) return ERR(e, E_STORE_KEYSTORE_DAMAGED, .subject = ks->path);
  snprintf(old.retention, sizeof old.retention, "%s", retention);
  old.epoch = fresh.epoch = ks->image.public.epoch;
  keystore_dek_wrap(ks->secrets->kek[KEK_DATA], key, &old);
  random_bytes(key, sizeof key);
  keystore_dek_wrap(ks->secrets->kek[KEK_DATA], key, &fresh);
  wipe(key, sizeof key);
  TRY(keystore_image_insert(&ks->image, keystore_image_find(&ks->image, old.dataset, old.part, old.retention, &found), &old, e));
  ks->image.entries[keystore_image_find(&ks->image, fresh.dataset, fresh.part, fresh.retention, &found)] = fresh;
  ks->changed = true;
  return E_OK;
}
enum err_code keystore_dek_retire(struct keystore *ks, const char *dataset, uint8_t part, const char *retention, struct err *e) {
  bool found;
  char old[KEYSTORE_RETENTION_MAX + 1];
  if (ks->remote.dek) return ERR(e, E_SESSION_REFUSED, .subject = "rotate");
  int n = snprintf(old, sizeof old, "%.36s%s", retention, KEYSTORE_OLD);
  if (n < 0 || (size_t)n != strlen(retention) + strlen(KEYSTORE_OLD)) return ERR(e, E_STORE_KEY_NAME, .subject = dataset);
  (void)keystore_image_find(&ks->image, dataset, part, old, &found);
  if (found) return E_OK;
  size_t at = keystore_image_find(&ks->image, dataset, part, retention, &found);
  return found ? step_back(ks, at, old, e) : ERR(e, E_STORE_KEY_MISSING, .subject = dataset);
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
    bool ok = keystore_dek_unwrap(old->secrets->kek[KEK_DATA], d, dek);
    d->epoch = fresh->image.public.epoch;
    keystore_dek_wrap(fresh->secrets->kek[KEK_DATA], dek, d);
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
  keystore_derive_all(fresh->secrets, fresh->image.public.epoch);
  keystore_officer_wrap(&fresh->image, fresh->secrets);
  return rewrap(old, fresh, e);
}
enum err_code keystore_next_epoch(const struct keystore *old, struct keystore **out, struct err *e) {
  struct keystore *fresh;
  *out = NULL;
  TRY(keystore_new(old->path, &fresh, e));
  enum err_code code = copy_for_rotation(old, fresh, e);
  if (code) keystore_close(fresh);
  else *out = fresh;
  return code;
}
enum err_code keystore_take_over(struct keystore *ks, struct keystore *fresh, struct err *e) {
  TRY(keystore_write(fresh, ATOMIC_REPLACE, e));
  *ks->secrets = *fresh->secrets;
  struct keystore_image old = ks->image;
  ks->image = fresh->image;
  fresh->image = old;
  ks->changed = ks->authorised = false;
  strbuf_reset(&ks->destroyed);
  return E_OK;
}
enum err_code keystore_rotate(struct keystore *ks, const char *passphrase, struct err *e) {
  struct keystore *fresh;
  if (ks->image.public.version != KEYSTORE_PASSPHRASE) return needs_officers(ks, e);
  if (ks->remote.dek) return ERR(e, E_SESSION_REFUSED, .subject = "rotate");
  TRY(keystore_next_epoch(ks, &fresh, e));
  enum err_code code = keystore_root_wrap(&fresh->image, passphrase, fresh->secrets->root, e);
  if (!code) code = keystore_take_over(ks, fresh, e);
  keystore_close(fresh);
  return code;
}

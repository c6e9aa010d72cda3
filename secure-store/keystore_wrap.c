/* keystore_wrap.c -- what is derived from what, and what is wrapped under what (keystore.md). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/keystore_impl.h"

static const struct keystore_profile profiles[] = {{"standard", 3, 256 * 1024, true}, {"light", 1, 8 * 1024, false}};
/* What a file may ask for at most: altered parameters must not make this machine work for hours. */
enum { PASSES_MAX = 16, MEMORY_KIB_MAX = 1024 * 1024, MEMORY_KIB_MIN = 8 };

const struct keystore_profile *keystore_profile_find(const char *name) {
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
void keystore_derive_all(struct keystore_secrets *s, uint64_t epoch) {
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
enum err_code keystore_root_wrap(struct keystore_image *k, const char *passphrase, const uint8_t root[KEY_BYTES], struct err *e) {
  char ad[128];
  uint8_t key[KEY_BYTES];
  struct commit_context c = plain_context("shirabe-root-1", ad, root_ad(k, ad));
  enum err_code code = passphrase_key(k, passphrase, key, e);
  if (!code) commit_seal(key, &c, NULL, root, KEY_BYTES, k->root_wrapped);
  wipe(key, sizeof key);
  return code;
}
enum err_code keystore_root_unwrap(const struct keystore_image *k, const char *passphrase, uint8_t root[KEY_BYTES], bool *ok, struct err *e) {
  char ad[128];
  uint8_t key[KEY_BYTES];
  struct commit_context c = plain_context("shirabe-root-1", ad, root_ad(k, ad));
  enum err_code code = passphrase_key(k, passphrase, key, e);
  *ok = !code && commit_open(key, &c, k->root_wrapped, KEYSTORE_WRAPPED, root);
  wipe(key, sizeof key);
  return code;
}
/* Officer keys under KEK_log: age, minisign and log secrets, the key of the log details. */
void keystore_officer_wrap(struct keystore_image *k, const struct keystore_secrets *s) {
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
bool keystore_officer_unwrap(const struct keystore_image *k, struct keystore_secrets *s) {
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
void keystore_dek_wrap(const uint8_t kek[KEY_BYTES], const uint8_t dek[KEY_BYTES], struct wrapped_dek *d) {
  char ad[384];
  struct commit_context c = plain_context("shirabe-dek-1", ad, dek_ad(d, ad));
  commit_seal(kek, &c, NULL, dek, KEY_BYTES, d->wrapped);
}
bool keystore_dek_unwrap(const uint8_t kek[KEY_BYTES], const struct wrapped_dek *d, uint8_t dek[KEY_BYTES]) {
  char ad[384];
  struct commit_context c = plain_context("shirabe-dek-1", ad, dek_ad(d, ad));
  return commit_open(kek, &c, d->wrapped, KEYSTORE_WRAPPED, dek);
}

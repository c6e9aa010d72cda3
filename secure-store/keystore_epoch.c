/* keystore_epoch.c -- keystores with officers: ROOT and the authority are shared, and every epoch is signed by the authority of the one before.
 * The authority signs with an Ed25519 key derived from its secret, so that who can only unlock (fewer people) cannot put other officers or other
 * thresholds in force: the store compares the signer with what the access log says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/keystore_impl.h"

static const char *const set_names[KEYSTORE_SETS] = {"unlock", "authority"};

static struct share_purpose purpose_of(const struct keystore_image *k, enum keystore_set which) {
  return (struct share_purpose){set_names[which], k->public.install_id, k->public.epoch};
}

/* --- plan --- */
enum err_code keystore_plan_check(const struct keystore_plan *plan, struct err *e) {
  const struct share_plan *unlock = plan->set[KEYSTORE_UNLOCK], *authority = plan->set[KEYSTORE_AUTHORITY];
  TRY(share_plan_check(unlock, set_names[KEYSTORE_UNLOCK], e));
  TRY(share_plan_check(authority, set_names[KEYSTORE_AUTHORITY], e));
  if (authority->m < unlock->m) return ERR(e, E_KEYS_PLAN, .subject = "authority", .expected = "at least as many as it takes to unlock");
  for (int i = 0; i < unlock->n; i++) {
    const char *officer = unlock->holder[i].officer, *recipient = unlock->holder[i].age_recipient;
    if (unlock->holder[i].auditor) return ERR(e, E_KEYS_PLAN, .subject = officer, .expected = "an auditor without a share that unlocks");
    for (int k = 0; k < authority->n; k++) {
      bool same_id = strcmp(officer, authority->holder[k].officer) == 0, same_key = strcmp(recipient, authority->holder[k].age_recipient) == 0;
      if (same_id != same_key) return ERR(e, E_KEYS_PLAN, .subject = officer, .expected = "one key per officer");
      if (same_id && authority->holder[k].auditor)
        return ERR(e, E_KEYS_PLAN, .subject = officer, .expected = "an auditor without a share that unlocks");
    }
  }
  return E_OK;
}

/* --- certificate --- */
static void authority_signer(const struct keystore_image *k, const uint8_t secret[KEY_BYTES], uint8_t public_key[32], uint8_t sign_secret[64]) {
  char info[128], id[33];
  uint8_t seed[32];
  hex_encode(k->public.install_id, KEYSTORE_INSTALL_BYTES, id);
  int n = snprintf(info, sizeof info, "shirabe-authority-1|%s|%llu", id, (unsigned long long)k->public.epoch);
  hkdf_sha256(secret, KEY_BYTES, NULL, 0, info, (size_t)n, seed, sizeof seed);
  sign_keypair_of(seed, public_key, sign_secret);
  wipe(seed, sizeof seed);
}
static size_t certificate_text(const struct keystore_image *k, char text[512]) {
  char id[33], previous[65], head[65], destroyed[65];
  hex_encode(k->public.install_id, KEYSTORE_INSTALL_BYTES, id);
  hex_encode(k->certificate.previous_head, 32, previous);
  hex_encode(k->public.head, 32, head);
  hex_encode(k->certificate.destroyed, 32, destroyed);
  return (size_t)snprintf(text, 512, "shirabe-epoch-1\ninstall %s\nepoch %llu\nprevious %s\nhead %s\ndestroyed %s\n", id,
      (unsigned long long)k->public.epoch, previous, head, destroyed);
}
bool keystore_certificate_holds(const struct keystore_image *k) {
  char text[512];
  size_t n = certificate_text(k, text);
  return sign_verify(k->certificate.signature, text, n, k->certificate.previous_key);
}

/* --- making an epoch --- */
/* Shares ROOT and a new authority; `secret` keeps the new authority, in locked memory. */
static enum err_code share_both(struct keystore *ks, const struct keystore_plan *plan, uint8_t secret[KEY_BYTES], struct err *e) {
  struct keystore_image *k = &ks->image;
  uint8_t unused[64];
  random_bytes(secret, KEY_BYTES);
  const uint8_t *const shared[KEYSTORE_SETS] = {ks->secrets->root, secret};
  for (int i = 0; i < KEYSTORE_SETS; i++) {
    struct share_purpose purpose = purpose_of(k, (enum keystore_set)i);
    TRY(share_set_make(shared[i], plan->set[i], &purpose, &k->set[i], e));
  }
  authority_signer(k, secret, k->public.authority_key, unused);
  wipe(unused, sizeof unused);
  return keystore_image_head(k, k->public.head, e);
}
/* before: the epoch whose authority signs; NULL = nothing came before, so the new one signs itself. */
static void certify(struct keystore_image *k, const struct keystore_image *before, const uint8_t secret[KEY_BYTES]) {
  uint8_t sign_secret[64];
  char text[512];
  struct keystore_certificate *c = &k->certificate;
  authority_signer(before ? before : k, secret, c->previous_key, sign_secret);
  if (before) memcpy(c->previous_head, before->public.head, 32);
  else memset(c->previous_head, 0, 32);
  size_t n = certificate_text(k, text);
  sign_detached(c->signature, text, n, sign_secret);
  wipe(sign_secret, sizeof sign_secret);
  memcpy(k->public.previous_head, c->previous_head, 32);
  memcpy(k->public.previous_key, c->previous_key, 32);
  k->public.certified = true;
}
static void become_officers(struct keystore_image *k) {
  k->public.version = KEYSTORE_OFFICERS;
  k->public.passes = k->public.memory_kib = 0;
  memset(k->kdf_salt, 0, sizeof k->kdf_salt);
  memset(k->root_wrapped, 0, sizeof k->root_wrapped);
  memset(&k->certificate, 0, sizeof k->certificate);
}

enum err_code keystore_found(const char *path, const char *profile, const struct keystore_plan *plan, const char *log_name, struct keystore **out,
    struct err *e) {
  struct keystore *ks;
  *out = NULL;
  TRY(keystore_plan_check(plan, e));
  TRY(keystore_new(path, &ks, e));
  enum err_code code = keystore_fresh(ks, profile, log_name, e);
  if (!code) become_officers(&ks->image);
  if (!code) code = share_both(ks, plan, ks->secrets->authority, e);
  if (!code) {
    certify(&ks->image, NULL, ks->secrets->authority);
    code = keystore_write(ks, ATOMIC_NEW_ONLY, e);
  }
  wipe(ks->secrets->authority, KEY_BYTES);
  if (code) keystore_close(ks);
  else *out = ks;
  return code;
}

/* --- shares --- */
static void note_fault(struct keystore_faults *faults, const struct err *fault) {
  if (faults->n < (int)(sizeof faults->fault / sizeof *faults->fault)) faults->fault[faults->n++] = *fault;
}
static enum err_code gather(const struct keystore *ks, enum keystore_set which, const struct share_giver *givers, int n, struct share_hand *hand,
    struct keystore_faults *faults, struct err *e) {
  const struct share_set *set = &ks->image.set[which];
  const struct keystore_profile *profile = keystore_profile_find(ks->image.public.profile);
  struct err fault;
  faults->n = faults->n_used = 0;
  for (int i = 0; i < n; i++) {
    if (!givers[i].locked && !(profile && !profile->must_lock)) return ERR(e, E_STORE_MLOCK, .subject = givers[i].name);
    if (share_give(set, &givers[i], hand, &fault)) note_fault(faults, &fault);
  }
  for (int i = 0; i < hand->n; i++) faults->used[faults->n_used++] = hand->number[i];
  /* Too few: the reason is the first share that did not count, named; enough of them outvote a wrong one. */
  if (hand->n >= set->m || faults->n == 0) return E_OK;
  if (e) *e = faults->fault[0];
  return faults->fault[0].code;
}
static enum err_code recover(const struct keystore *ks, enum keystore_set which, const struct share_giver *givers, int n, uint8_t secret[KEY_BYTES],
    struct keystore_faults *faults, struct err *e) {
  bool locked;
  struct share_purpose purpose = purpose_of(&ks->image, which);
  struct share_hand *hand = secret_new(sizeof *hand, &locked);
  if (!hand) return ERR(e, E_NO_MEMORY, .subject = "shares");
  enum err_code code = gather(ks, which, givers, n, hand, faults, e);
  if (!code) code = share_combine(&ks->image.set[which], &purpose, hand, secret, e);
  if (!code && ks->image.set[which].needs_auditor && hand->n_auditors == 0) code = ERR(e, E_KEYS_AUDITOR, .subject = ks->path);
  secret_free(hand);
  if (code) wipe(secret, KEY_BYTES);
  return code;
}

enum err_code keystore_open_shares(const char *path, const struct share_giver *givers, int n, struct keystore_faults *faults, struct keystore **out,
    struct err *e) {
  struct keystore_bytes b;
  struct keystore *ks;
  *out = NULL;
  faults->n = faults->n_used = 0;
  TRY(keystore_new(path, &ks, e));
  enum err_code code = keystore_load(ks, &b, e);
  if (!code && ks->image.public.version != KEYSTORE_OFFICERS) code = ERR(e, E_KEYS_PASSPHRASE, .subject = path);
  if (!code) code = recover(ks, KEYSTORE_UNLOCK, givers, n, ks->secrets->root, faults, e);
  if (!code) code = keystore_settle(ks, &b, e);
  if (!code && !ks->image.public.certified) code = ERR(e, E_KEYS_EPOCH, .subject = path);
  if (!code) keystore_set_present(ks, faults->used, faults->n_used);
  free(b.bytes);
  if (code) keystore_close(ks);
  else *out = ks;
  return code;
}

void keystore_set_present(struct keystore *ks, const uint8_t *numbers, int n) {
  ks->n_present = n < KEYSTORE_PRESENT_MAX ? n : KEYSTORE_PRESENT_MAX;
  memcpy(ks->present, numbers, (size_t)ks->n_present);
}
int keystore_present(const struct keystore *ks, uint8_t out[KEYSTORE_PRESENT_MAX]) {
  memset(out, 0, KEYSTORE_PRESENT_MAX);
  memcpy(out, ks->present, (size_t)ks->n_present);
  return ks->n_present;
}

/* --- authority --- */
enum err_code keystore_authority_missing(const struct keystore *ks, const char *what, struct err *e) {
  const struct share_set *set = &ks->image.set[KEYSTORE_AUTHORITY];
  char expected[96];
  snprintf(expected, sizeof expected, "%d of %d officers%s", set->m, set->n, set->needs_auditor ? ", one of them an auditor" : "");
  return ERR(e, E_KEYS_AUTHORITY, .subject = what, .expected = expected);
}
enum err_code keystore_authorise(struct keystore *ks, const struct share_giver *givers, int n, struct keystore_faults *faults, struct err *e) {
  faults->n = faults->n_used = 0;
  if (keystore_is_remote(ks)) return ERR(e, E_SESSION_REFUSED, .subject = "rotate");
  if (ks->image.public.version != KEYSTORE_OFFICERS) return ERR(e, E_KEYS_PASSPHRASE, .subject = ks->path);
  ks->authorised = false;
  if (n == 0) return keystore_authority_missing(ks, ks->path, e);
  TRY(recover(ks, KEYSTORE_AUTHORITY, givers, n, ks->secrets->authority, faults, e));
  ks->authorised = true;
  return E_OK;
}
bool keystore_authorised(const struct keystore *ks) { return ks->authorised; }
void keystore_deauthorise(struct keystore *ks) {
  ks->authorised = false;
  wipe(ks->secrets->authority, KEY_BYTES);
}

/* --- a new epoch --- */
struct same_plan {
  struct share_plan plan[KEYSTORE_SETS];
  char recipients[KEYSTORE_SETS][SHARE_HOLDERS_MAX][80];
};
static enum err_code plan_again(const struct keystore *ks, struct same_plan *same, struct keystore_plan *plan, struct err *e) {
  for (int i = 0; i < KEYSTORE_SETS; i++) {
    TRY(share_set_plan(&ks->image.set[i], same->recipients[i], &same->plan[i], e));
    plan->set[i] = &same->plan[i];
  }
  return E_OK;
}
static enum err_code next_with(struct keystore *ks, const struct keystore_plan *plan, struct err *e) {
  const struct keystore_image *before = ks->image.public.version == KEYSTORE_OFFICERS ? &ks->image : NULL;
  struct keystore *fresh;
  TRY(keystore_next_epoch(ks, &fresh, e));
  if (!before) become_officers(&fresh->image);
  memset(fresh->image.certificate.destroyed, 0, 32);
  if (ks->destroyed.n) sha256_of(ks->destroyed.p, ks->destroyed.n, fresh->image.certificate.destroyed);
  enum err_code code = share_both(fresh, plan, fresh->secrets->authority, e);
  if (!code) certify(&fresh->image, before, before ? ks->secrets->authority : fresh->secrets->authority);
  wipe(fresh->secrets->authority, KEY_BYTES);
  if (!code) code = keystore_take_over(ks, fresh, e);
  keystore_close(fresh);
  return code;
}
enum err_code keystore_reshare(struct keystore *ks, const struct keystore_plan *plan, struct err *e) {
  struct same_plan same;
  struct keystore_plan own;
  bool officers = ks->image.public.version == KEYSTORE_OFFICERS;
  if (keystore_is_remote(ks)) return ERR(e, E_SESSION_REFUSED, .subject = "rotate");
  if (officers && !ks->authorised) return keystore_authority_missing(ks, ks->path, e);
  if (!officers && !plan) return ERR(e, E_KEYS_PASSPHRASE, .subject = ks->path);
  if (!plan) {
    TRY(plan_again(ks, &same, &own, e));
    plan = &own;
  }
  TRY(keystore_plan_check(plan, e));
  return next_with(ks, plan, e);
}

const struct share_set *keystore_set(const struct keystore *ks, enum keystore_set which) {
  return ks->image.public.version == KEYSTORE_OFFICERS ? &ks->image.set[which] : NULL;
}
enum err_code keystore_peek_sets(const char *path, struct share_set *out, struct err *e) {
  struct keystore *ks;
  struct keystore_bytes b;
  TRY(keystore_new(path, &ks, e));
  enum err_code code = file_read(path, KEYSTORE_FILE_MAX, &b.bytes, &b.covered.n, e);
  if (!code) {
    code = keystore_image_parse(path, b.bytes, b.covered.n, &ks->image, &b.mac, &b.covered, e);
    free(b.bytes);
  }
  if (!code && ks->image.public.version != KEYSTORE_OFFICERS) code = ERR(e, E_KEYS_PASSPHRASE, .subject = path);
  if (!code) memcpy(out, ks->image.set, sizeof ks->image.set);
  keystore_close(ks);
  return code;
}

/* sign_in.c -- see sign_in.h. */
#include "secure-store/rights/sign_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/grant_impl.h"

enum { KEY_FILE_MAX = 65536, FREE_TRIES = 3, FIRST_WAIT = 30, LONGEST_WAIT = 8 * 3600 };

const char *officer_signed_in(const struct store *s) { return s->signed_in_officer; }

/* --- waiting after failures --- */

static int failures(const struct store *s, uint64_t key, int64_t *last) {
  const struct usage_attempt *a = (const struct usage_attempt *)(const void *)s->records.usage.attempts.p;
  int n = 0;
  for (size_t i = s->records.usage.attempts.n / sizeof *a; i-- > 0;) {
    if (a[i].key != key) continue;
    if (a[i].good) break;
    if (n++ == 0) *last = a[i].wall;
  }
  return n;
}

int64_t sign_in_wait(int n_failures) {
  int64_t wait = n_failures < FREE_TRIES ? 0 : FIRST_WAIT;
  for (int i = FREE_TRIES; i < n_failures && wait < LONGEST_WAIT; i++) wait *= 2;
  return wait < LONGEST_WAIT ? wait : LONGEST_WAIT;
}

static enum err_code check_wait(struct store *s, const char *key, struct err *e) {
  int64_t now, last = 0;
  char until[24];
  /* Officers sign in to confirm a date that is not believed yet: waiting goes by the last leaf then. What they do else asks for the time again. */
  if (store_clock_jumped(s)) now = store_clock_leaf(s);
  else TRY(store_now(s, &now, e));
  int64_t wait = sign_in_wait(failures(s, record_object_hash(key), &last)), end = last + wait;
  if (now >= end) return E_OK;
  time_format_utc(end, until);
  return ERR(e, E_GRANT_BACKOFF, .subject = until);
}

/* --- identity --- */

/* The key file is named by its hash: nobody is known before it opens. */
static enum err_code file_hash(const char *path, char out[33], struct err *e) {
  uint8_t *p = NULL, hash[32];
  size_t n = 0;
  TRY(file_read(path, KEY_FILE_MAX, &p, &n, e));
  sha256_of(p, n, hash);
  free(p);
  hex_encode(hash, 16, out);
  return E_OK;
}

static enum err_code identify(struct store *s, const struct officer_secret *secret, struct officer *o, struct err *e) {
  char text[MINISIGN_PUBLIC_TEXT];
  TRY(officer_of_key(s, secret->sign.key_id, o, e));
  if (o->retired) return ERR(e, E_OFFICER_RETIRED, .subject = o->id);
  minisign_public_text(&secret->sign, text);
  return strcmp(text, o->minisign_public) == 0 ? E_OK : ERR(e, E_OFFICER_UNKNOWN, .subject = o->id, .expected = "the registered key");
}

/* The public half alone shows nothing: a signature with the secret half does. */
static enum err_code prove(const struct officer_secret *secret, const struct officer *o, struct err *e) {
  uint8_t challenge[32];
  struct strbuf signature;
  strbuf_init(&signature, 0);
  random_bytes(challenge, sizeof challenge);
  enum err_code code = minisign_sign(&secret->sign, challenge, sizeof challenge, "sign-in", &signature, e);
  if (!code && minisign_verify(o->minisign_public, challenge, sizeof challenge, signature.p, signature.n, NULL, NULL))
    code = ERR(e, E_OFFICER_UNKNOWN, .subject = o->id, .expected = "the registered key");
  strbuf_release(&signature);
  return code;
}

static enum err_code begin(struct store *s, const struct officer_secret *secret, const char *key, struct err *e) {
  struct officer o;
  struct log_leaf leaf;
  TRY(identify(s, secret, &o, e));
  TRY(prove(secret, &o, e));
  store_log_leaf_begin(s, &leaf, "key-unlock", LOG_NOTE);
  leaf.role = LOG_ROLE_KEY_OFFICER;
  memcpy(leaf.actor, secret->sign.key_id, sizeof leaf.actor);
  snprintf(leaf.object, sizeof leaf.object, "sign-in officer:%s%s%s", o.id, key ? " officer-key:" : "", key ? key : "");
  TRY(store_log_note(s, &leaf, false, e));
  memcpy(s->signed_in_officer, o.id, sizeof o.id);
  memcpy(s->signed_in_key, secret->sign.key_id, sizeof s->signed_in_key);
  return E_OK;
}

enum err_code officer_sign_in(struct store *s, const struct officer_secret *secret, struct err *e) {
  int64_t now;
  grant_leave(s);
  s->signed_in_officer[0] = 0;
  TRY(store_now(s, &now, e));
  return begin(s, secret, NULL, e) ? store_refuse(s, "key-unlock-try", "sign-in", e) : E_OK;
}

static enum err_code open_file(
    struct store *s, const char *path, const char *passphrase, const char *key, struct officer_secret **secret, struct err *e) {
  TRY(check_wait(s, key, e));
  TRY(officer_key_open(path, passphrase, secret, e));
  return begin(s, *secret, key, e);
}

enum err_code officer_sign_in_file(struct store *s, const char *key_path, const char *passphrase, struct officer_secret **keep, struct err *e) {
  struct officer_secret *secret = NULL;
  char key[33], object[64];
  grant_leave(s);
  s->signed_in_officer[0] = 0;
  if (keep) *keep = NULL;
  TRY(file_hash(key_path, key, e));
  snprintf(object, sizeof object, "sign-in officer-key:%s", key);
  enum err_code code = open_file(s, key_path, passphrase, key, &secret, e);
  if (!code && keep) *keep = secret;
  else officer_secret_free(secret);
  return code ? store_refuse(s, "key-unlock-try", object, e) : E_OK;
}

/* officer_key.c -- the key file of an officer: an age file under a passphrase (scrypt) that holds both secrets as text.
 *   # shirabe officer key
 *   # minisign-secret: BASE64       second line of a key file of `minisign -G -W` (no passphrase of its own: the age file has one)
 *   AGE-SECRET-KEY-1...             so `age -d -i officer.key share.age` opens what was sealed to this officer
 * Whatever is wrong with the passphrase or the file, the answer is E_STORE_PASSPHRASE. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/age_scrypt.h"
#include "secure-store/rights/officer_impl.h"

enum { PASSPHRASE_MIN = 12, WORK_MAX = 20, FILE_MAX = 65536, MINISIGN_BLOB = 158, MINISIGN_KEY_AT = 54 };
static const char first_line[] = "# shirabe officer key\n", sign_label[] = "# minisign-secret: ";
static const uint8_t blob_head[6] = {'E', 'd', 0, 0, 'B', '2'};

/* --- text --- */
/* The file of minisign 0.11 without a passphrase: algorithm, no derivation, BLAKE2b; then zeros, key id, secret, zeros. */
static void sign_blob(const struct minisign_key *k, uint8_t out[MINISIGN_BLOB]) {
  memset(out, 0, MINISIGN_BLOB);
  memcpy(out, blob_head, sizeof blob_head);
  memcpy(out + MINISIGN_KEY_AT, k->key_id, sizeof k->key_id);
  memcpy(out + MINISIGN_KEY_AT + sizeof k->key_id, k->secret, sizeof k->secret);
}
static bool sign_parse(struct str base64, struct minisign_key *k) {
  uint8_t blob[MINISIGN_BLOB], again[MINISIGN_BLOB];
  bool ok = base64_decode(base64.p, base64.n, true, blob, sizeof blob) == sizeof blob;
  if (ok) {
    memcpy(k->key_id, blob + MINISIGN_KEY_AT, sizeof k->key_id);
    memcpy(k->secret, blob + MINISIGN_KEY_AT + sizeof k->key_id, sizeof k->secret);
    memcpy(k->public_key, k->secret + 32, sizeof k->public_key); /* Ed25519: seed | public key */
    sign_blob(k, again);
    ok = secret_equal(blob, again, sizeof blob);
  }
  wipe(blob, sizeof blob);
  wipe(again, sizeof again);
  return ok;
}
enum err_code officer_key_text(const struct officer_secret *s, char text[OFFICER_KEY_TEXT], struct err *e) {
  uint8_t blob[MINISIGN_BLOB];
  char base64[MINISIGN_BLOB * 2], identity[AGE_IDENTITY_BYTES];
  TRY(age_identity_text(s->age, identity, e));
  sign_blob(&s->sign, blob);
  base64_encode(blob, sizeof blob, true, base64, sizeof base64);
  snprintf(text, OFFICER_KEY_TEXT, "%s%s%s\n%s\n", first_line, sign_label, base64, identity);
  wipe(blob, sizeof blob);
  wipe(base64, sizeof base64);
  wipe(identity, sizeof identity);
  return E_OK;
}
bool officer_key_text_parse(struct str text, struct officer_secret *s) {
  char identity[AGE_IDENTITY_BYTES] = "";
  struct str rest, line;
  if (!str_starts(text, STR("# shirabe officer key\n")) || text.p[text.n - 1] != '\n') return false;
  rest = str_view(text.p + sizeof first_line - 1, text.n - (sizeof first_line - 1));
  line = str_split(rest, '\n', &rest);
  if (!str_starts(line, STR("# minisign-secret: "))) return false;
  if (!sign_parse(str_view(line.p + sizeof sign_label - 1, line.n - (sizeof sign_label - 1)), &s->sign)) return false;
  line = str_split(rest, '\n', &rest);
  if (rest.n != 0 || line.n >= sizeof identity || memchr(line.p, 0, line.n)) return false; /* behind a zero byte nothing would be read */
  memcpy(identity, line.p, line.n);
  bool ok = age_identity_parse(identity, s->age, NULL) == E_OK;
  wipe(identity, sizeof identity);
  return ok;
}

/* --- files --- */
static enum err_code secret_begin(struct officer_secret **out, struct err *e) {
  bool locked;
  *out = NULL;
  if (!crypto_start()) return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  struct officer_secret *s = secret_new(sizeof *s, &locked);
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "officer key");
  s->locked = locked;
  *out = s;
  return E_OK;
}
void officer_secret_free(struct officer_secret *s) {
  if (s) secret_free(s);
}

static enum err_code write_key(const struct officer_secret *s, const char *path, const char *passphrase, bool light, struct err *e) {
  bool locked;
  char *text = secret_new(OFFICER_KEY_TEXT, &locked);
  struct strbuf sealed;
  if (!text) return ERR(e, E_NO_MEMORY, .subject = "officer key");
  strbuf_init(&sealed, FILE_MAX);
  enum err_code code = officer_key_text(s, text, e);
  if (!code) code = age_scrypt_encrypt(str_of(passphrase), light ? AGE_SCRYPT_LIGHT : AGE_SCRYPT_STANDARD, text, strlen(text), &sealed, e);
  if (!code) code = atomic_write(path, sealed.p, sealed.n, ATOMIC_NEW_ONLY, 0600, e);
  strbuf_release(&sealed);
  secret_free(text);
  return code;
}

enum err_code officer_key_create(const char *path, const char *passphrase, bool light, struct officer *o, struct err *e) {
  struct officer_secret *s;
  char recipient[AGE_RECIPIENT_BYTES];
  if (strlen(passphrase) < PASSPHRASE_MIN) return ERR(e, E_PASSPHRASE_WEAK, .subject = path);
  TRY(secret_begin(&s, e));
  enum err_code code = s->locked || light ? E_OK : ERR(e, E_STORE_MLOCK, .subject = path);
  if (!code) {
    age_keypair(s->age, recipient);
    minisign_keypair(&s->sign);
    code = write_key(s, path, passphrase, light, e);
  }
  if (!code) {
    snprintf(o->age_recipient, sizeof o->age_recipient, "%s", recipient);
    minisign_public_text(&s->sign, o->minisign_public);
  }
  officer_secret_free(s);
  return code;
}

/* A file that is no age file, an armored one, one that asks for too much work: nothing of it may be told from a wrong passphrase. */
static enum err_code one_shape(enum err_code code, const char *path, struct err *e) {
  bool ours = code == E_OK || code == E_NO_MEMORY;
  return ours ? code : ERR(e, E_STORE_PASSPHRASE, .subject = path);
}

enum err_code officer_key_open(const char *path, const char *passphrase, struct officer_secret **out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  struct officer_secret *s;
  struct strbuf text;
  *out = NULL;
  TRY(secret_begin(&s, e));
  strbuf_init(&text, 0);
  enum err_code code = file_read(path, FILE_MAX, &p, &n, e);
  if (!code) {
    code = one_shape(age_scrypt_open(str_of(passphrase), WORK_MAX, p, n, OFFICER_KEY_TEXT, &text, e), path, e);
    if (!code && !officer_key_text_parse(str_view(text.p, text.n), s)) code = ERR(e, E_STORE_PASSPHRASE, .subject = path);
  }
  free(p);
  if (text.p) wipe(text.p, text.capacity);
  strbuf_release(&text);
  if (code) officer_secret_free(s);
  else *out = s;
  return code;
}

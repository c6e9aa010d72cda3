/* age_scrypt.c -- see age_scrypt.h. Wrapped file key = ChaCha20-Poly1305 under scrypt(passphrase, label | salt), zero nonce. */
#include "secure-store/age_scrypt.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/age_impl.h"

enum { SALT = 16, SALT_TEXT = 22 };
static const char label[] = "age-encryption.org/v1/scrypt";
static const uint8_t nonce[AEAD_NONCE_BYTES] = {0};

struct passphrase_key {
  struct str passphrase;
  int max_log_n;
};

static enum err_code wrap_key(struct str passphrase, const uint8_t salt[SALT], int log_n, uint8_t out[KEY_BYTES], struct err *e) {
  uint8_t labelled[sizeof label - 1 + SALT];
  memcpy(labelled, label, sizeof label - 1);
  memcpy(labelled + sizeof label - 1, salt, SALT);
  return scrypt_kdf(out, passphrase.p, passphrase.n, labelled, sizeof labelled, log_n) ? E_OK : ERR(e, E_NO_MEMORY, .subject = "scrypt");
}

/* --- reading --- */
/* One or two decimal digits without a leading zero; 0 = malformed. Longer numbers are beyond every limit. */
static int work_factor(struct str s) {
  int v = 0;
  if (s.n < 1 || s.n > 2 || s.p[0] == '0') return 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return 0;
    v = v * 10 + (s.p[i] - '0');
  }
  return v;
}
static enum err_code header_error(struct err *e, const char *expected) { return ERR(e, E_AGE_HEADER, .subject = "age header", .expected = expected); }
static enum err_code work_error(struct err *e, int log_n, int max_log_n) {
  char found[48], expected[48];
  snprintf(found, sizeof found, "2^%d bytes (work factor %d)", log_n + 10, log_n);
  snprintf(expected, sizeof expected, "2^%d bytes (work factor %d)", max_log_n + 10, max_log_n);
  return ERR(e, E_AGE_WORK, .subject = "age header", .found = found, .expected = expected);
}
static enum err_code unwrap(const void *key_, const struct age_stanza *s, uint8_t file_key[AGE_FILE_KEY], bool *opened, struct err *e) {
  const struct passphrase_key *k = key_;
  uint8_t salt[SALT], key[KEY_BYTES];
  struct str text = s->argument[1];
  if (s->n_arguments != 3) return header_error(e, "a salt and a work factor");
  if (text.n != SALT_TEXT || base64_decode(text.p, text.n, false, salt, sizeof salt) != SALT) return header_error(e, "a salt of 16 bytes");
  /* The length is checked before the key is tried: a longer one could be made valid under many passphrases. */
  if (s->body_n != AGE_WRAPPED) return header_error(e, "a body of 32 bytes");
  int log_n = work_factor(s->argument[2]), most = k->max_log_n < AGE_SCRYPT_MAX ? k->max_log_n : AGE_SCRYPT_MAX;
  if (log_n == 0) return header_error(e, "a work factor of one or two digits");
  if (log_n > most) return work_error(e, log_n, most);
  TRY(wrap_key(k->passphrase, salt, log_n, key, e));
  *opened = aead_open(key, nonce, NULL, 0, s->body, s->body_n, file_key);
  wipe(key, sizeof key);
  return E_OK;
}
enum err_code age_scrypt_header_open(struct str passphrase, int max_log_n, const uint8_t *p, size_t n, struct age_header *out, struct err *e) {
  struct passphrase_key key = {passphrase, max_log_n};
  struct age_opener opener = {"scrypt", "a passphrase", true, E_AGE_PASSPHRASE, E_AGE_PASSPHRASE, &key, unwrap};
  return age_header_open_with(&opener, p, n, out, e);
}
enum err_code age_scrypt_open(struct str passphrase, int max_log_n, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) {
  struct age_header h;
  TRY(age_scrypt_header_open(passphrase, max_log_n, p, n, &h, e));
  return age_payload_read(&h, p, n, max_out, out, e);
}

/* --- writing --- */
enum err_code age_scrypt_encrypt(struct str passphrase, int log_n, const void *p, size_t n, struct strbuf *out, struct err *e) {
  uint8_t file_key[AGE_FILE_KEY], salt[SALT], key[KEY_BYTES], wrapped[AGE_WRAPPED];
  char salt_text[32], stanza[64];
  if (log_n < 1 || log_n > AGE_SCRYPT_MAX) return ERR(e, E_BUG, .subject = "age_scrypt_encrypt", .expected = "a work factor of 1 to 22");
  random_bytes(salt, sizeof salt);
  TRY(wrap_key(passphrase, salt, log_n, key, e));
  random_bytes(file_key, sizeof file_key);
  aead_seal(key, nonce, NULL, 0, file_key, AGE_FILE_KEY, wrapped);
  wipe(key, sizeof key);
  base64_encode(salt, sizeof salt, false, salt_text, sizeof salt_text);
  snprintf(stanza, sizeof stanza, "scrypt %s %d", salt_text, log_n);
  enum err_code code = age_write(stanza, wrapped, file_key, p, n, out, e);
  wipe(file_key, sizeof file_key);
  return code;
}

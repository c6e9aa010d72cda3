/* age.c -- keys, encryption to one recipient, and the payload's chunks. */
#include "secure-store/age.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/age_impl.h"
#include "secure-store/bech32.h"

enum { SEALED_CHUNK = AGE_CHUNK + AEAD_TAG_BYTES, PAYLOAD_NONCE = AGE_PAYLOAD_NONCE };

/* --- keys --- */
void age_keypair(uint8_t secret[32], char recipient[AGE_RECIPIENT_BYTES]) {
  random_bytes(secret, 32);
  if (age_recipient_of(secret, recipient, NULL)) recipient[0] = 0; /* cannot happen: the buffer is large enough */
}
enum err_code age_recipient_of(const uint8_t secret[32], char recipient[AGE_RECIPIENT_BYTES], struct err *e) {
  uint8_t public_key[32];
  x25519_public(public_key, secret);
  return bech32_encode("age", public_key, 32, recipient, AGE_RECIPIENT_BYTES) ? E_OK : ERR(e, E_BUG, .subject = "age recipient");
}
enum err_code age_identity_text(const uint8_t secret[32], char identity[AGE_IDENTITY_BYTES], struct err *e) {
  if (!bech32_encode("age-secret-key-", secret, 32, identity, AGE_IDENTITY_BYTES)) return ERR(e, E_BUG, .subject = "age identity");
  for (char *c = identity; *c; c++)
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 32);
  return E_OK;
}
enum err_code age_identity_parse(const char *identity, uint8_t secret[32], struct err *e) {
  bool upper = strncmp(identity, "AGE-SECRET-KEY-1", 16) == 0;
  /* The text is secret: the message does not repeat it. */
  return upper && bech32_decode(identity, "age-secret-key-", secret, 32)
             ? E_OK
             : ERR(e, E_AGE_KEY, .subject = "identity", .expected = "AGE-SECRET-KEY-1...");
}
enum err_code age_recipient_parse(const char *recipient, uint8_t public_key[32], struct err *e) {
  bool lower = strncmp(recipient, "age1", 4) == 0;
  return lower && bech32_decode(recipient, "age", public_key, 32) ? E_OK : ERR(e, E_AGE_KEY, .subject = recipient, .expected = "age1...");
}

/* --- payload: chunk i has nonce counter i (11 bytes, big-endian) and a last byte that tells the final chunk --- */
void age_chunk_nonce(uint64_t counter, bool last, uint8_t nonce[AEAD_NONCE_BYTES]) {
  memset(nonce, 0, AEAD_NONCE_BYTES);
  for (int i = 0; i < 8; i++) nonce[10 - i] = (uint8_t)(counter >> 8 * i);
  nonce[11] = last;
}
void age_payload_key(const uint8_t file_key[AGE_FILE_KEY], const uint8_t nonce[PAYLOAD_NONCE], uint8_t key[32]) {
  hkdf_sha256(file_key, AGE_FILE_KEY, nonce, PAYLOAD_NONCE, "payload", 7, key, 32);
}
static bool chunk_open(const uint8_t key[32], uint64_t counter, bool last, const uint8_t *p, size_t n, uint8_t *out) {
  uint8_t nonce[AEAD_NONCE_BYTES];
  age_chunk_nonce(counter, last, nonce);
  return aead_open(key, nonce, NULL, 0, p, n, out);
}
static enum err_code payload_error(struct err *e, const char *found) { return ERR(e, E_AGE_PAYLOAD, .subject = "age payload", .found = found); }

/* Where a medium is damaged: everything before this byte was read rightly. */
static enum err_code chunk_error(struct err *e, uint64_t counter) {
  char found[96];
  snprintf(found, sizeof found, "a chunk that does not verify, at byte %llu of the payload", (unsigned long long)(counter * SEALED_CHUNK));
  return payload_error(e, found);
}

static enum err_code chunks_open(const uint8_t key[32], const uint8_t *p, size_t n, uint8_t chunk[AGE_CHUNK], age_chunk_fn fn, void *context,
    struct err *e) {
  for (uint64_t counter = 0;; counter++) {
    size_t here = n < SEALED_CHUNK ? n : SEALED_CHUNK;
    bool last = n < SEALED_CHUNK;
    bool ok = here >= AEAD_TAG_BYTES && chunk_open(key, counter, last, p, here, chunk);
    /* A full chunk may be the final one: only trying tells. */
    if (!ok && here == SEALED_CHUNK) ok = last = chunk_open(key, counter, true, p, here, chunk);
    if (!ok) return chunk_error(e, counter);
    if (last && here == AEAD_TAG_BYTES && counter > 0) return payload_error(e, "an empty last chunk");
    TRY(fn(context, chunk, here - AEAD_TAG_BYTES, e));
    p += here, n -= here;
    if (last) return n == 0 ? E_OK : payload_error(e, "bytes after the end");
  }
}
enum err_code age_payload_open(const uint8_t file_key[AGE_FILE_KEY], const uint8_t *p, size_t n, age_chunk_fn fn, void *context, struct err *e) {
  uint8_t key[32], chunk[AGE_CHUNK];
  if (n < PAYLOAD_NONCE) return ERR(e, E_AGE_HEADER, .subject = "age header", .expected = "a payload nonce");
  age_payload_key(file_key, p, key);
  enum err_code code = chunks_open(key, p + PAYLOAD_NONCE, n - PAYLOAD_NONCE, chunk, fn, context, e);
  wipe(key, sizeof key);
  wipe(chunk, sizeof chunk);
  return code;
}

/* --- whole files --- */
static enum err_code append(void *context, const uint8_t *p, size_t n, struct err *e) {
  struct strbuf *out = context;
  strbuf_add(out, (const char *)p, n);
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "age") : E_OK;
}
/* Room at once, so that a growing buffer leaves no copies of the plaintext behind. */
static enum err_code reserve(struct strbuf *b, size_t n, struct err *e) {
  if (!strbuf_extend(b, n)) return ERR(e, E_NO_MEMORY, .subject = "age");
  b->n -= n;
  return E_OK;
}
enum err_code age_payload_read(struct age_header *h, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) {
  enum err_code code = E_OK;
  size_t payload = n - h->payload, start = out->n;
  if (payload > PAYLOAD_NONCE) {
    size_t sealed = payload - PAYLOAD_NONCE, plain = sealed - (sealed + SEALED_CHUNK - 1) / SEALED_CHUNK * AEAD_TAG_BYTES;
    if (sealed < AEAD_TAG_BYTES) code = payload_error(e, "a cut chunk");
    else if (plain > max_out) code = ERR(e, E_CAP_EXCEEDED, .subject = "age payload");
    else code = reserve(out, plain, e);
  }
  if (!code) code = age_payload_open(h->file_key, (const uint8_t *)p + h->payload, payload, append, out, e);
  wipe(h, sizeof *h);
  if (code && out->p && out->n > start) wipe(out->p + start, out->n - start);
  if (code) out->n = start;
  return code;
}
enum err_code age_decrypt_by(age_unwrap_fn unwrap, void *context, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) {
  struct age_header h;
  TRY(age_header_open_by(unwrap, context, p, n, &h, e));
  return age_payload_read(&h, p, n, max_out, out, e);
}
enum err_code age_decrypt(const uint8_t secret[32], const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) {
  return age_decrypt_by(age_with_secret, (void *)(uintptr_t)secret, p, n, max_out, out, e);
}

/* Head with one stanza; the MAC covers everything up to and including "---". */
void age_header_write(const char *stanza, const uint8_t wrapped[AGE_WRAPPED], const uint8_t file_key[AGE_FILE_KEY], struct strbuf *out) {
  uint8_t mac_key[32], mac[32] = {0};
  char body_text[48], mac_text[48];
  size_t start = out->n;
  base64_encode(wrapped, AGE_WRAPPED, false, body_text, sizeof body_text);
  strbuf_addf(out, "age-encryption.org/v1\n-> %s\n%s\n---", stanza, body_text);
  hkdf_sha256(file_key, AGE_FILE_KEY, NULL, 0, "header", 6, mac_key, 32);
  if (!out->failed) hmac_sha256(mac_key, 32, out->p + start, out->n - start, mac);
  base64_encode(mac, 32, false, mac_text, sizeof mac_text);
  strbuf_addf(out, " %s\n", mac_text);
  wipe(mac_key, sizeof mac_key);
}
static void payload_write(const uint8_t file_key[AGE_FILE_KEY], const uint8_t *p, size_t n, struct strbuf *out) {
  uint8_t nonce[PAYLOAD_NONCE], key[32], chunk_nonce_bytes[AEAD_NONCE_BYTES], sealed[SEALED_CHUNK];
  random_bytes(nonce, sizeof nonce);
  strbuf_add(out, (const char *)nonce, sizeof nonce);
  age_payload_key(file_key, nonce, key);
  uint64_t counter = 0;
  do {
    size_t here = n < AGE_CHUNK ? n : AGE_CHUNK;
    age_chunk_nonce(counter++, here == n, chunk_nonce_bytes);
    aead_seal(key, chunk_nonce_bytes, NULL, 0, p, here, sealed);
    strbuf_add(out, (const char *)sealed, here + AEAD_TAG_BYTES);
    p += here, n -= here;
  } while (n > 0);
  wipe(key, sizeof key);
}
enum err_code age_write(const char *stanza, const uint8_t wrapped[AGE_WRAPPED], const uint8_t file_key[AGE_FILE_KEY], const void *p, size_t n,
    struct strbuf *out, struct err *e) {
  size_t start = out->n;
  age_header_write(stanza, wrapped, file_key, out);
  payload_write(file_key, n ? p : (const void *)"", n, out);
  if (!out->failed) return E_OK;
  out->n = start;
  return ERR(e, E_NO_MEMORY, .subject = "age");
}

static enum err_code x25519_wrap(const uint8_t recipient[32], const uint8_t file_key[AGE_FILE_KEY], uint8_t share[32], uint8_t wrapped[AGE_WRAPPED],
    struct err *e) {
  uint8_t ephemeral[32], shared[32], salt[64], wrap_key[32];
  static const uint8_t nonce[AEAD_NONCE_BYTES] = {0};
  static const char label[] = "age-encryption.org/v1/X25519";
  random_bytes(ephemeral, sizeof ephemeral);
  x25519_public(share, ephemeral);
  bool ok = x25519_shared(shared, ephemeral, recipient);
  wipe(ephemeral, sizeof ephemeral);
  if (!ok) return ERR(e, E_AGE_KEY, .subject = "recipient", .found = "a point of low order");
  memcpy(salt, share, 32);
  memcpy(salt + 32, recipient, 32);
  hkdf_sha256(shared, 32, salt, sizeof salt, label, sizeof label - 1, wrap_key, 32);
  aead_seal(wrap_key, nonce, NULL, 0, file_key, AGE_FILE_KEY, wrapped);
  wipe(shared, sizeof shared);
  wipe(wrap_key, sizeof wrap_key);
  return E_OK;
}
enum err_code age_x25519_stanza(
    const char *recipient, const uint8_t file_key[AGE_FILE_KEY], char stanza[AGE_STANZA_TEXT], uint8_t wrapped[AGE_WRAPPED], struct err *e) {
  uint8_t public_key[32], share[32];
  char share_text[48];
  TRY(age_recipient_parse(recipient, public_key, e));
  TRY(x25519_wrap(public_key, file_key, share, wrapped, e));
  base64_encode(share, sizeof share, false, share_text, sizeof share_text);
  snprintf(stanza, AGE_STANZA_TEXT, "X25519 %s", share_text);
  return E_OK;
}
enum err_code age_encrypt(const char *recipient, const void *p, size_t n, struct strbuf *out, struct err *e) {
  uint8_t file_key[AGE_FILE_KEY], wrapped[AGE_WRAPPED];
  char stanza[AGE_STANZA_TEXT];
  random_bytes(file_key, sizeof file_key);
  enum err_code code = age_x25519_stanza(recipient, file_key, stanza, wrapped, e);
  if (!code) code = age_write(stanza, wrapped, file_key, p, n, out, e);
  wipe(file_key, sizeof file_key);
  return code;
}

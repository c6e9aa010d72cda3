/* age_impl.h -- inside of age: the head and its stanzas for those who add a kind of recipient; plaintext chunk by chunk for tests that compare what
 * a streaming reader may release before it meets an error.
 * Everyone else uses age_decrypt or age_scrypt_open, which hand out nothing before the whole file is verified. */
#ifndef SHIRABE_SECURE_STORE_AGE_IMPL_H
#define SHIRABE_SECURE_STORE_AGE_IMPL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "secure-store/age.h"

enum {
  AGE_CHUNK = 65536,
  AGE_FILE_KEY = 16,
  AGE_WRAPPED = 32,
  AGE_STANZAS_MAX = 128,
  AGE_ARGUMENTS = 3,
  AGE_STANZA_TEXT = 64,
  AGE_PAYLOAD_NONCE = 16
};
struct age_header {
  uint8_t file_key[AGE_FILE_KEY]; /* wipe after use */
  size_t payload;                 /* offset of the payload */
};
struct age_stanza {
  int n_arguments; /* with the type; only the first three are kept */
  struct str argument[AGE_ARGUMENTS];
  size_t body_n; /* whole length; the body is kept only while it is as short as a wrapped file key */
  uint8_t body[AGE_WRAPPED];
};
/* How one kind of key opens the stanzas of its type. alone: it is tried after the whole head was read, and the stanza must be the only one. */
struct age_opener {
  const char *type, *expected; /* expected: named when there is no such stanza */
  bool alone;
  enum err_code no_stanza, no_match;
  const void *key;
  /* E_OK when the stanza is well-formed, opened or not. */
  enum err_code (*unwrap)(const void *key, const struct age_stanza *s, uint8_t file_key[AGE_FILE_KEY], bool *opened, struct err *e);
};
/* Parses the whole header strictly, finds our stanza, checks the header's MAC. */
enum err_code age_header_open_with(const struct age_opener *opener, const uint8_t *p, size_t n, struct age_header *out, struct err *e) NODISCARD;
/* An age_unwrap_fn whose context is the secret. */
enum err_code age_with_secret(void *context, const uint8_t share[32], const uint8_t wrapped[AGE_WRAPPED_BYTES], uint8_t file_key[AGE_FILE_KEY_BYTES],
    struct err *e) NODISCARD;
enum err_code age_header_open_by(age_unwrap_fn unwrap, void *context, const uint8_t *p, size_t n, struct age_header *out, struct err *e) NODISCARD;
enum err_code age_header_open(const uint8_t secret[32], const uint8_t *p, size_t n, struct age_header *out, struct err *e) NODISCARD;
/* The same with a passphrase (age_scrypt.c). */
enum err_code age_scrypt_header_open(struct str passphrase, int max_log_n, const uint8_t *p, size_t n, struct age_header *out,
    struct err *e) NODISCARD;
/* Writes a whole file around one stanza: `stanza` is its line without "-> ", wrapped the wrapped file key. */
enum err_code age_write(const char *stanza, const uint8_t wrapped[AGE_WRAPPED], const uint8_t file_key[AGE_FILE_KEY], const void *p, size_t n,
    struct strbuf *out, struct err *e) NODISCARD;
/* Pieces of it for the streaming side (age_stream.c): head with one stanza, our stanza for a recipient, key and nonces of the payload's chunks. */
void age_header_write(const char *stanza, const uint8_t wrapped[AGE_WRAPPED], const uint8_t file_key[AGE_FILE_KEY], struct strbuf *out);
enum err_code age_x25519_stanza(
    const char *recipient, const uint8_t file_key[AGE_FILE_KEY], char stanza[AGE_STANZA_TEXT], uint8_t wrapped[AGE_WRAPPED], struct err *e) NODISCARD;
void age_payload_key(const uint8_t file_key[AGE_FILE_KEY], const uint8_t nonce[AGE_PAYLOAD_NONCE], uint8_t key[32]);
void age_chunk_nonce(uint64_t counter, bool last, uint8_t nonce[12]);
/* All of the payload or nothing of it; h is wiped. */
enum err_code age_payload_read(struct age_header *h, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) NODISCARD;
typedef enum err_code (*age_chunk_fn)(void *context, const uint8_t *p, size_t n, struct err *e);
enum err_code age_payload_open(const uint8_t file_key[AGE_FILE_KEY], const uint8_t *p, size_t n, age_chunk_fn fn, void *context,
    struct err *e) NODISCARD;
#endif

/* commit_aead.h -- one-shot authenticated encryption that also commits to its key: what segments, wrapped keys and log details are sealed with.
 * Layout   magic[4] "SSG1" | salt[24] | commit[32] | ciphertext | tag[16]; key | commit = HKDF-SHA-256(key, salt, info), 64 bytes.
 * Why      a fresh random salt per write gives a fresh key, so the fixed zero nonce is safe after a roll-back, a cloned machine or a retry; the
 *          commitment is compared first, so one ciphertext cannot be valid under two keys.
 * Errors   commit_open: false for a short, foreign, altered or wrongly keyed input, without saying which; `out` is then all zero bytes.
 * Source   RFC 8439 (ChaCha20-Poly1305), RFC 5869 (HKDF), C2SP chunked-encryption (salt and commitment checked before decryption). */
#ifndef SHIRABE_SECURE_STORE_COMMIT_AEAD_H
#define SHIRABE_SECURE_STORE_COMMIT_AEAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ext_sodium.h"
#include "base/str.h"

enum { COMMIT_SALT_BYTES = 24, COMMIT_HEAD_BYTES = 4 + COMMIT_SALT_BYTES + HASH_BYTES, COMMIT_OVERHEAD = COMMIT_HEAD_BYTES + AEAD_TAG_BYTES };
struct commit_context {
  struct str info; /* names the purpose; part of the key derivation */
  struct str ad;   /* authenticated, not stored */
};
/* out has n + COMMIT_OVERHEAD bytes. salt NULL = random; given only by known-answer tests. */
void commit_seal(const uint8_t key[KEY_BYTES], const struct commit_context *c, const uint8_t *salt, const void *p, size_t n, uint8_t *out);
/* out has n - COMMIT_OVERHEAD bytes. */
bool commit_open(const uint8_t key[KEY_BYTES], const struct commit_context *c, const void *p, size_t n, uint8_t *out) NODISCARD;
/* Does `key` belong to what begins at p, COMMIT_HEAD_BYTES of it? Says which of two keys sealed it, not that it is whole. */
bool commit_is_of(const uint8_t key[KEY_BYTES], const struct commit_context *c, const void *p) NODISCARD;
#endif

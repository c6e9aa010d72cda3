/* ext_sodium.h -- the primitives of secure.md 4.2, one per job, from libsodium; the only includer of <sodium.h>. SHA-256 and the HMAC with
 * a kept key come from ext_nettle.c where the build found nettle.
 * AEAD ChaCha20-Poly1305-IETF (RFC 8439), hash SHA-256, HMAC-SHA-256, HKDF-SHA-256 (RFC 5869), X25519, Ed25519, BLAKE2b-512 (minisign),
 * Argon2id; scrypt only for age files to a passphrase (age_scrypt.c), because the format demands it. Secrets live in guarded, locked memory
 * (secret_new) and are wiped. */
#ifndef SHIRABE_BASE_EXT_SODIUM_H
#define SHIRABE_BASE_EXT_SODIUM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret_memory.h"

enum { HASH_BYTES = 32, KEY_BYTES = 32, AEAD_TAG_BYTES = 16, AEAD_NONCE_BYTES = 12, SIGNATURE_BYTES = 64, SIGN_PUBLIC_BYTES = 32, SIGN_SECRET_BYTES = 64, BLAKE2B_BYTES = 64 };

bool crypto_start(void); /* once per process, before anything else; false = the library cannot run */
void random_bytes(void *p, size_t n);
void wipe(void *p, size_t n);
bool secret_equal(const void *a, const void *b, size_t n); /* constant time */

struct sha256 {
  _Alignas(16) uint8_t state[128];
};
void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *p, size_t n);
void sha256_end(struct sha256 *h, uint8_t out[HASH_BYTES]);
void sha256_of(const void *p, size_t n, uint8_t out[HASH_BYTES]);
void hmac_sha256(const uint8_t *key, size_t key_n, const void *p, size_t n, uint8_t out[HASH_BYTES]);
/* The same value with a key that is used many times: its two inner blocks are hashed once. Wipe it after use. */
struct hmac_key {
  _Alignas(16) uint8_t state[384];
};
void hmac_key_init(struct hmac_key *k, const uint8_t *key, size_t key_n);
void hmac_with(const struct hmac_key *k, const void *p, size_t n, uint8_t out[HASH_BYTES]);
void hkdf_sha256(const uint8_t *key, size_t key_n, const void *salt, size_t salt_n, const void *info, size_t info_n, uint8_t *out, size_t out_n); /* out_n <= 8160 */
struct blake2b {
  _Alignas(64) uint8_t state[448];
};
void blake2b_begin(struct blake2b *h);
void blake2b_add(struct blake2b *h, const void *p, size_t n);
void blake2b_end(struct blake2b *h, uint8_t out[BLAKE2B_BYTES]);
void blake2b_512_of(const void *p, size_t n, uint8_t out[BLAKE2B_BYTES]);

/* out has n + AEAD_TAG_BYTES; in place allowed. */
void aead_seal(const uint8_t key[KEY_BYTES], const uint8_t nonce[AEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n, uint8_t *out);
/* n includes the tag; out has n - AEAD_TAG_BYTES and is written only when the tag holds. */
bool aead_open(const uint8_t key[KEY_BYTES], const uint8_t nonce[AEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n, uint8_t *out) NODISCARD;
/* XChaCha20-Poly1305 (24-byte nonce): nothing of ours is sealed with it; here so that make conform-crypto can judge the library's. Contracts as
 * above. */
enum { XAEAD_NONCE_BYTES = 24 };
void xaead_seal(const uint8_t key[KEY_BYTES], const uint8_t nonce[XAEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n,
    uint8_t *out);
bool xaead_open(const uint8_t key[KEY_BYTES], const uint8_t nonce[XAEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n,
    uint8_t *out) NODISCARD;

void x25519_public(uint8_t out[KEY_BYTES], const uint8_t secret[KEY_BYTES]);
bool x25519_shared(uint8_t out[KEY_BYTES], const uint8_t secret[KEY_BYTES], const uint8_t public_key[KEY_BYTES]) NODISCARD; /* false: low order point */
void sign_keypair(uint8_t public_key[SIGN_PUBLIC_BYTES], uint8_t secret[SIGN_SECRET_BYTES]);
/* The pair of a secret seed (RFC 8032 section 5.1.5). */
void sign_keypair_of(const uint8_t seed[KEY_BYTES], uint8_t public_key[SIGN_PUBLIC_BYTES], uint8_t secret[SIGN_SECRET_BYTES]);
void sign_detached(uint8_t signature[SIGNATURE_BYTES], const void *p, size_t n, const uint8_t secret[SIGN_SECRET_BYTES]);
bool sign_verify(const uint8_t signature[SIGNATURE_BYTES], const void *p, size_t n, const uint8_t public_key[SIGN_PUBLIC_BYTES]) NODISCARD;
/* Argon2id v1.3; memory in KiB. false: out of memory. */
bool argon2id(uint8_t *out, size_t out_n, const char *passphrase, size_t passphrase_n, const uint8_t salt[16], uint32_t passes, uint32_t memory_kib) NODISCARD;
/* scrypt (RFC 7914) with N = 2^log_n, r = 8, p = 1: takes 2^(log_n + 10) bytes. false: out of memory. */
bool scrypt_kdf(uint8_t out[KEY_BYTES], const void *passphrase, size_t passphrase_n, const uint8_t *salt, size_t salt_n, int log_n) NODISCARD;

/* Standard base64 with or without padding; decode is strict (canonical, no white space). Returns bytes written, (size_t)-1 on error. */
size_t base64_encode(const uint8_t *p, size_t n, bool padding, char *out, size_t size);
size_t base64_decode(const char *p, size_t n, bool padding, uint8_t *out, size_t size);
#endif

/* ext_sodium.c -- libsodium behind our names. */
#include "base/ext_sodium.h"

#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((struct sha256 *)0)->state), "SHA-256 state does not fit");
_Static_assert(KEY_BYTES == crypto_aead_chacha20poly1305_ietf_KEYBYTES && AEAD_TAG_BYTES == crypto_aead_chacha20poly1305_ietf_ABYTES, "AEAD sizes");
_Static_assert(AEAD_NONCE_BYTES == crypto_aead_chacha20poly1305_ietf_NPUBBYTES && SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES,
    "nonce and key sizes");

bool crypto_start(void) { return sodium_init() >= 0; }
void random_bytes(void *p, size_t n) { randombytes_buf(p, n); }
void wipe(void *p, size_t n) { sodium_memzero(p, n); }
bool secret_equal(const void *a, const void *b, size_t n) { return sodium_memcmp(a, b, n) == 0; }

#ifndef SHIRABE_NETTLE
static crypto_hash_sha256_state *state_of(struct sha256 *h) { return (crypto_hash_sha256_state *)(void *)h->state; }
void sha256_begin(struct sha256 *h) { crypto_hash_sha256_init(state_of(h)); }
void sha256_add(struct sha256 *h, const void *p, size_t n) {
  if (n) crypto_hash_sha256_update(state_of(h), p, n);
}
void sha256_end(struct sha256 *h, uint8_t out[HASH_BYTES]) {
  crypto_hash_sha256_final(state_of(h), out);
  sodium_memzero(h, sizeof *h);
}
#endif
void sha256_of(const void *p, size_t n, uint8_t out[HASH_BYTES]) {
  struct sha256 h;
  sha256_begin(&h);
  sha256_add(&h, p, n);
  sha256_end(&h, out);
}

static void hmac_add(crypto_auth_hmacsha256_state *s, const void *p, size_t n) {
  if (n) crypto_auth_hmacsha256_update(s, p, n);
}
void hmac_sha256(const uint8_t *key, size_t key_n, const void *p, size_t n, uint8_t out[HASH_BYTES]) {
  crypto_auth_hmacsha256_state s;
  crypto_auth_hmacsha256_init(&s, key, key_n);
  hmac_add(&s, p, n);
  crypto_auth_hmacsha256_final(&s, out);
  sodium_memzero(&s, sizeof s);
}

#ifndef SHIRABE_NETTLE
_Static_assert(sizeof(crypto_auth_hmacsha256_state) <= sizeof(((struct hmac_key *)0)->state), "HMAC state does not fit");
void hmac_key_init(struct hmac_key *k, const uint8_t *key, size_t key_n) {
  memset(k, 0, sizeof *k);
  crypto_auth_hmacsha256_init((crypto_auth_hmacsha256_state *)(void *)k->state, key, key_n);
}
void hmac_with(const struct hmac_key *k, const void *p, size_t n, uint8_t out[HASH_BYTES]) {
  crypto_auth_hmacsha256_state s;
  memcpy(&s, k->state, sizeof s);
  hmac_add(&s, p, n);
  crypto_auth_hmacsha256_final(&s, out);
  sodium_memzero(&s, sizeof s);
}
#endif

/* RFC 5869: extract, then blocks T(i) = HMAC(PRK, T(i-1) | info | i). */
void hkdf_sha256(const uint8_t *key, size_t key_n, const void *salt, size_t salt_n, const void *info, size_t info_n, uint8_t *out, size_t out_n) {
  static const uint8_t no_salt[HASH_BYTES] = {0};
  uint8_t prk[HASH_BYTES], block[HASH_BYTES];
  hmac_sha256(salt_n ? salt : no_salt, salt_n ? salt_n : sizeof no_salt, key, key_n, prk);
  uint8_t counter = 0;
  for (size_t at = 0; at < out_n; at += HASH_BYTES) {
    crypto_auth_hmacsha256_state s;
    counter++;
    crypto_auth_hmacsha256_init(&s, prk, sizeof prk);
    hmac_add(&s, block, at ? HASH_BYTES : 0);
    hmac_add(&s, info, info_n);
    hmac_add(&s, &counter, 1);
    crypto_auth_hmacsha256_final(&s, block);
    memcpy(out + at, block, out_n - at < HASH_BYTES ? out_n - at : HASH_BYTES);
    sodium_memzero(&s, sizeof s);
  }
  sodium_memzero(prk, sizeof prk);
  sodium_memzero(block, sizeof block);
}

void blake2b_512_of(const void *p, size_t n, uint8_t out[BLAKE2B_BYTES]) { crypto_generichash(out, BLAKE2B_BYTES, p, n, NULL, 0); }

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(((struct blake2b *)0)->state), "BLAKE2b state does not fit");
static crypto_generichash_state *blake2b_state(struct blake2b *h) { return (crypto_generichash_state *)(void *)h->state; }
void blake2b_begin(struct blake2b *h) { crypto_generichash_init(blake2b_state(h), NULL, 0, BLAKE2B_BYTES); }
void blake2b_add(struct blake2b *h, const void *p, size_t n) {
  if (n) crypto_generichash_update(blake2b_state(h), p, n);
}
void blake2b_end(struct blake2b *h, uint8_t out[BLAKE2B_BYTES]) { crypto_generichash_final(blake2b_state(h), out, BLAKE2B_BYTES); }

void aead_seal(const uint8_t key[KEY_BYTES], const uint8_t nonce[AEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n,
    uint8_t *out) {
  crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, p, n, ad, ad_n, NULL, nonce, key);
}
bool aead_open(const uint8_t key[KEY_BYTES], const uint8_t nonce[AEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n,
    uint8_t *out) {
  if (n < AEAD_TAG_BYTES) return false;
  /* The detached form needs a place for the plaintext even when it is empty. */
  uint8_t none;
  return crypto_aead_chacha20poly1305_ietf_decrypt(n == AEAD_TAG_BYTES ? &none : out, NULL, NULL, p, n, ad, ad_n, nonce, key) == 0;
}
void xaead_seal(const uint8_t key[KEY_BYTES], const uint8_t nonce[XAEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n,
    uint8_t *out) {
  crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, p, n, ad, ad_n, NULL, nonce, key);
}
bool xaead_open(const uint8_t key[KEY_BYTES], const uint8_t nonce[XAEAD_NONCE_BYTES], const void *ad, size_t ad_n, const uint8_t *p, size_t n,
    uint8_t *out) {
  uint8_t none;
  return n >= AEAD_TAG_BYTES &&
         crypto_aead_xchacha20poly1305_ietf_decrypt(n == AEAD_TAG_BYTES ? &none : out, NULL, NULL, p, n, ad, ad_n, nonce, key) == 0;
}

void x25519_public(uint8_t out[KEY_BYTES], const uint8_t secret[KEY_BYTES]) { crypto_scalarmult_base(out, secret); }
bool x25519_shared(uint8_t out[KEY_BYTES], const uint8_t secret[KEY_BYTES], const uint8_t public_key[KEY_BYTES]) {
  return crypto_scalarmult(out, secret, public_key) == 0;
}
void sign_keypair(uint8_t public_key[SIGN_PUBLIC_BYTES], uint8_t secret[SIGN_SECRET_BYTES]) { crypto_sign_keypair(public_key, secret); }
void sign_keypair_of(const uint8_t seed[KEY_BYTES], uint8_t public_key[SIGN_PUBLIC_BYTES], uint8_t secret[SIGN_SECRET_BYTES]) {
  crypto_sign_seed_keypair(public_key, secret, seed);
}
void sign_detached(uint8_t signature[SIGNATURE_BYTES], const void *p, size_t n, const uint8_t secret[SIGN_SECRET_BYTES]) {
  crypto_sign_detached(signature, NULL, p, n, secret);
}
bool sign_verify(const uint8_t signature[SIGNATURE_BYTES], const void *p, size_t n, const uint8_t public_key[SIGN_PUBLIC_BYTES]) {
  return crypto_sign_verify_detached(signature, p, n, public_key) == 0;
}

bool argon2id(uint8_t *out, size_t out_n, const char *passphrase, size_t passphrase_n, const uint8_t salt[16], uint32_t passes, uint32_t memory_kib) {
  return crypto_pwhash(out, out_n, passphrase, passphrase_n, salt, passes, (size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
}
bool scrypt_kdf(uint8_t out[KEY_BYTES], const void *passphrase, size_t passphrase_n, const uint8_t *salt, size_t salt_n, int log_n) {
  return log_n >= 1 && log_n < 32 &&
         crypto_pwhash_scryptsalsa208sha256_ll(passphrase, passphrase_n, salt, salt_n, (uint64_t)1 << log_n, 8, 1, out, KEY_BYTES) == 0;
}

static int variant_of(bool padding) { return padding ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING; }
size_t base64_encode(const uint8_t *p, size_t n, bool padding, char *out, size_t size) {
  if (n > SIZE_MAX / 2 || size < sodium_base64_encoded_len(n, variant_of(padding))) return (size_t)-1;
  sodium_bin2base64(out, size, p, n, variant_of(padding));
  return strlen(out);
}
/* libsodium 1.0.18 takes every byte above 0x7f for a digit, so that one value would have many texts. */
static bool all_ascii(const char *p, size_t n) {
  uint8_t high = 0;
  for (size_t i = 0; i < n; i++) high |= (uint8_t)p[i];
  return high < 0x80;
}
size_t base64_decode(const char *p, size_t n, bool padding, uint8_t *out, size_t size) {
  size_t written = 0;
  if (!all_ascii(p, n)) return (size_t)-1;
  if (sodium_base642bin(out, size, p, n, NULL, &written, NULL, variant_of(padding)) != 0) return (size_t)-1;
  return written;
}

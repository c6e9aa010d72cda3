/* commit_aead.c -- see commit_aead.h. */
#include "secure-store/commit_aead.h"

#include <string.h>

static const uint8_t magic[4] = {'S', 'S', 'G', '1'};
static const uint8_t zero_nonce[AEAD_NONCE_BYTES] = {0};

/* key | commitment */
static void derive(const uint8_t key[KEY_BYTES], const struct commit_context *c, const uint8_t *salt, uint8_t out[64]) {
  hkdf_sha256(key, KEY_BYTES, salt, COMMIT_SALT_BYTES, c->info.p, c->info.n, out, 64);
}

void commit_seal(const uint8_t key[KEY_BYTES], const struct commit_context *c, const uint8_t *salt, const void *p, size_t n, uint8_t *out) {
  uint8_t derived[64];
  memcpy(out, magic, sizeof magic);
  if (salt) memcpy(out + 4, salt, COMMIT_SALT_BYTES);
  else random_bytes(out + 4, COMMIT_SALT_BYTES);
  derive(key, c, out + 4, derived);
  memcpy(out + 4 + COMMIT_SALT_BYTES, derived + KEY_BYTES, HASH_BYTES);
  aead_seal(derived, zero_nonce, c->ad.p, c->ad.n, p, n, out + COMMIT_HEAD_BYTES);
  wipe(derived, sizeof derived);
}

bool commit_open(const uint8_t key[KEY_BYTES], const struct commit_context *c, const void *p, size_t n, uint8_t *out) {
  const uint8_t *in = p;
  uint8_t derived[64];
  if (n < COMMIT_OVERHEAD) return false;
  bool ok = memcmp(in, magic, sizeof magic) == 0;
  derive(key, c, in + 4, derived);
  ok = ok && secret_equal(in + 4 + COMMIT_SALT_BYTES, derived + KEY_BYTES, HASH_BYTES);
  ok = ok && aead_open(derived, zero_nonce, c->ad.p, c->ad.n, in + COMMIT_HEAD_BYTES, n - COMMIT_HEAD_BYTES, out);
  wipe(derived, sizeof derived);
  if (!ok) wipe(out, n - COMMIT_OVERHEAD);
  return ok;
}

bool commit_is_of(const uint8_t key[KEY_BYTES], const struct commit_context *c, const void *p) {
  const uint8_t *in = p;
  uint8_t derived[64];
  derive(key, c, in + 4, derived);
  bool ok = memcmp(in, magic, sizeof magic) == 0 && secret_equal(in + 4 + COMMIT_SALT_BYTES, derived + KEY_BYTES, HASH_BYTES);
  wipe(derived, sizeof derived);
  return ok;
}

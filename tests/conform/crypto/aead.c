/* aead.c -- ChaCha20-Poly1305 (RFC 8439) and XChaCha20-Poly1305. */
#include <string.h>

#include "base/ext_sodium.h"
#include "tests/conform/crypto/judges.h"

typedef void (*seal_fn)(const uint8_t *key, const uint8_t *nonce, const void *ad, size_t ad_n, const uint8_t *p, size_t n, uint8_t *out);
typedef bool (*open_fn)(const uint8_t *key, const uint8_t *nonce, const void *ad, size_t ad_n, const uint8_t *p, size_t n, uint8_t *out);

static enum verdict differs(struct crypto_case *c, const char *why) { return c->why = why, FAILED; }

static enum verdict judge_aead(struct crypto_case *c, size_t nonce_n, seal_fn seal, open_fn open) {
  struct bytes key = hex_of(c->a, c->test, "key"), iv = hex_of(c->a, c->test, "iv"), aad = hex_of(c->a, c->test, "aad"),
               msg = hex_of(c->a, c->test, "msg"), ct = hex_of(c->a, c->test, "ct"), tag = hex_of(c->a, c->test, "tag");
  if (!key.p || !iv.p || !aad.p || !msg.p || !ct.p || !tag.p) return differs(c, "a member is missing or not hex");
  if (iv.n != nonce_n || key.n != KEY_BYTES || tag.n != AEAD_TAG_BYTES)
    return c->why = "a size of key, nonce or tag that is not offered", UNSUPPORTED;
  uint8_t *sealed = arena_alloc(c->a, ct.n + AEAD_TAG_BYTES, 1), *out = arena_zalloc(c->a, ct.n + AEAD_TAG_BYTES, 1);
  if (!sealed || !out) return differs(c, "out of memory");
  memcpy(sealed, ct.p, ct.n);
  memcpy(sealed + ct.n, tag.p, tag.n);
  bool opened = open(key.p, iv.p, aad.p, aad.n, sealed, ct.n + tag.n, out);
  if (!opened) {
    for (size_t i = 0; i < ct.n; i++)
      if (out[i]) return differs(c, "plaintext written although the tag does not hold");
    return c->result == VALID ? differs(c, "refused") : PASSED;
  }
  if (c->result == INVALID) return differs(c, "accepted");
  if (ct.n != msg.n || memcmp(out, msg.p, msg.n) != 0) return differs(c, "another plaintext");
  seal(key.p, iv.p, aad.p, aad.n, msg.p, msg.n, out);
  return memcmp(out, sealed, ct.n + tag.n) == 0 ? PASSED : differs(c, "another ciphertext");
}
enum verdict judge_chacha20_poly1305(struct crypto_case *c) { return judge_aead(c, AEAD_NONCE_BYTES, aead_seal, aead_open); }
enum verdict judge_xchacha20_poly1305(struct crypto_case *c) { return judge_aead(c, XAEAD_NONCE_BYTES, xaead_seal, xaead_open); }

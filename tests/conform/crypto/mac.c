/* mac.c -- HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869). */
#include <string.h>

#include "base/ext_sodium.h"
#include "tests/conform/crypto/judges.h"

enum { HKDF_MOST = 255 * HASH_BYTES };

static enum verdict differs(struct crypto_case *c, const char *why) { return c->why = why, FAILED; }

enum verdict judge_hmac_sha256(struct crypto_case *c) {
  struct bytes key = hex_of(c->a, c->test, "key"), msg = hex_of(c->a, c->test, "msg"), tag = hex_of(c->a, c->test, "tag");
  uint8_t out[HASH_BYTES], kept[HASH_BYTES];
  struct hmac_key k;
  if (!key.p || !msg.p || !tag.p || tag.n == 0) return differs(c, "a member is missing or not hex");
  if (tag.n > HASH_BYTES) return c->why = "a size of tag that is not offered", UNSUPPORTED;
  hmac_sha256(key.p, key.n, msg.p, msg.n, out);
  hmac_key_init(&k, key.p, key.n);
  hmac_with(&k, msg.p, msg.n, kept);
  if (memcmp(out, kept, sizeof out) != 0) return differs(c, "a kept key gives another value");
  bool equal = memcmp(out, tag.p, tag.n) == 0;
  if (equal && c->result == INVALID) return differs(c, "accepted");
  return equal || c->result != VALID ? PASSED : differs(c, "another value");
}
enum verdict judge_hkdf_sha256(struct crypto_case *c) {
  struct bytes key = hex_of(c->a, c->test, "ikm"), salt = hex_of(c->a, c->test, "salt"), info = hex_of(c->a, c->test, "info"),
               okm = hex_of(c->a, c->test, "okm");
  int64_t size = json_member_int(c->test, "size", -1);
  uint8_t out[HKDF_MOST];
  if (!key.p || !salt.p || !info.p || !okm.p || size < 0) return differs(c, "a member is missing or not hex");
  if (size > HKDF_MOST) return c->why = "more than 8160 bytes are not offered", c->result == VALID ? FAILED : UNSUPPORTED;
  hkdf_sha256(key.p, key.n, salt.p, salt.n, info.p, info.n, out, (size_t)size);
  bool equal = okm.n == (size_t)size && memcmp(out, okm.p, okm.n) == 0;
  if (equal && c->result == INVALID) return differs(c, "accepted");
  return equal || c->result != VALID ? PASSED : differs(c, "another value");
}

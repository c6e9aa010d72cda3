/* curve.c -- X25519 (RFC 7748) and Ed25519 (RFC 8032). */
#include <string.h>

#include "base/ext_sodium.h"
#include "tests/conform/crypto/judges.h"

static enum verdict differs(struct crypto_case *c, const char *why) { return c->why = why, FAILED; }
static enum verdict not_offered(struct crypto_case *c, const char *why) { return c->why = why, UNSUPPORTED; }

enum verdict judge_x25519(struct crypto_case *c) {
  static const uint8_t zero[KEY_BYTES] = {0};
  if (strcmp(json_member_string(c->group, "curve", ""), "curve25519") != 0) return not_offered(c, "a curve that is not offered");
  if (strcmp(json_member_string(c->group, "type", ""), "XdhComp") != 0) return not_offered(c, "an encoding of keys that is not offered");
  struct bytes public_key = hex_of(c->a, c->test, "public"), secret = hex_of(c->a, c->test, "private"), shared = hex_of(c->a, c->test, "shared");
  if (!public_key.p || !secret.p || !shared.p) return differs(c, "a member is missing or not hex");
  if (public_key.n != KEY_BYTES || secret.n != KEY_BYTES) return not_offered(c, "a size of key that is not offered");
  uint8_t out[KEY_BYTES];
  bool is_zero = shared.n == KEY_BYTES && memcmp(shared.p, zero, KEY_BYTES) == 0;
  if (!x25519_shared(out, secret.p, public_key.p)) return is_zero || c->result != VALID ? PASSED : differs(c, "refused");
  if (is_zero) return differs(c, "an all-zero result was accepted");
  if (c->result == INVALID) return differs(c, "accepted");
  return shared.n == KEY_BYTES && memcmp(out, shared.p, KEY_BYTES) == 0 ? PASSED : differs(c, "another result");
}

enum verdict judge_ed25519(struct crypto_case *c) {
  const struct json_value *key = json_member(c->group, "publicKey");
  if (!key) key = json_member(c->group, "key"); /* older files */
  if (strcmp(json_member_string(key, "curve", ""), "edwards25519") != 0) return not_offered(c, "a curve that is not offered");
  struct bytes public_key = hex_of(c->a, key, "pk"), msg = hex_of(c->a, c->test, "msg"), signature = hex_of(c->a, c->test, "sig");
  if (!public_key.p || !msg.p || !signature.p) return differs(c, "a member is missing or not hex");
  if (public_key.n != SIGN_PUBLIC_BYTES) return not_offered(c, "a size of key that is not offered");
  bool ok = signature.n == SIGNATURE_BYTES && sign_verify(signature.p, msg.p, msg.n, public_key.p);
  if (ok && c->result == INVALID) return differs(c, "accepted");
  return ok || c->result != VALID ? PASSED : differs(c, "refused");
}

static bool any_flag(const struct json_value *flags) {
  static const char *const refused[] = {"low_order_A", "low_order_R", "low_order_residue", "non_canonical_A", "non_canonical_R"};
  for (size_t i = 0; i < json_length(flags); i++)
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
      const char *flag = json_string(json_element(flags, i));
      if (flag && strcmp(flag, refused[k]) == 0) return true;
    }
  return false;
}
enum verdict judge_edge_case(struct crypto_case *c) {
  const char *message = json_member_string(c->test, "msg", NULL);
  struct bytes key = hex_of(c->a, c->test, "key"), signature = hex_of(c->a, c->test, "sig");
  if (!message || !key.p || !signature.p || key.n != SIGN_PUBLIC_BYTES || signature.n != SIGNATURE_BYTES)
    return differs(c, "a member is missing or not hex");
  bool wanted = !any_flag(json_member(c->test, "flags"));
  if (sign_verify(signature.p, message, strlen(message), key.p) == wanted) return PASSED;
  return differs(c, wanted ? "refused against the pinned rule" : "accepted against the pinned rule");
}

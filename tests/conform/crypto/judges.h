/* judges.h -- one case of Wycheproof or of the Ed25519 edge cases through the primitive of base/ext_sodium.h.
 * valid    must be taken, and the value must be the one given (an AEAD is sealed again too);  invalid  must be refused;
 * acceptable  may be refused or taken, but a value must be right, and what our own contract refuses (an all-zero X25519 result) must be refused.
 * UNSUPPORTED  a size, curve or encoding that our interface does not offer. */
#ifndef SHIRABE_TESTS_CONFORM_CRYPTO_JUDGES_H
#define SHIRABE_TESTS_CONFORM_CRYPTO_JUDGES_H
#include "base/arena.h"
#include "base/ext_json.h"
#include "tests/conform/common/tally.h"

enum result { VALID, INVALID, ACCEPTABLE };
struct bytes {
  uint8_t *p; /* NULL: absent, or not hex */
  size_t n;
};
struct crypto_case {
  struct arena *a; /* reset after each case */
  const struct json_value *group, *test;
  enum result result;
  const char *why; /* set by the judge when it does not pass */
};
struct bytes hex_of(struct arena *a, const struct json_value *v, const char *member);
typedef enum verdict (*judge_fn)(struct crypto_case *c);
/* By the `algorithm` of the file; NULL when it is none of ours. */
judge_fn judge_of(const char *algorithm);
enum verdict judge_chacha20_poly1305(struct crypto_case *c);
enum verdict judge_xchacha20_poly1305(struct crypto_case *c);
enum verdict judge_x25519(struct crypto_case *c);
enum verdict judge_ed25519(struct crypto_case *c);
enum verdict judge_hkdf_sha256(struct crypto_case *c);
enum verdict judge_hmac_sha256(struct crypto_case *c);
/* No verdict is laid down by the edge cases; ours is pinned by rule: no low-order or non-canonical A or R, and the cofactorless equation. */
enum verdict judge_edge_case(struct crypto_case *c);
#endif

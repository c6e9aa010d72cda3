/* ext_nettle.c -- SHA-256 and HMAC-SHA-256 through nettle, which uses the processor's SHA instructions (1,089 MB/s where libsodium's
 * portable code did 145 in the same run): the functions are declared in ext_sodium.h, which has the same by libsodium for a machine without nettle. The
 * only includer of <nettle/...>.
 * Source   FIPS 180-4; FIPS 198-1. tests/unit/test_ext_sodium.c holds both builds to the published values. */
#include "base/ext_sodium.h"

#ifdef SHIRABE_NETTLE
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <string.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(((struct sha256 *)0)->state), "SHA-256 state does not fit");
_Static_assert(sizeof(struct hmac_sha256_ctx) <= sizeof(((struct hmac_key *)0)->state), "HMAC state does not fit");

static struct sha256_ctx *state_of(struct sha256 *h) { return (struct sha256_ctx *)(void *)h->state; }
void sha256_begin(struct sha256 *h) { sha256_init(state_of(h)); }
void sha256_add(struct sha256 *h, const void *p, size_t n) {
  if (n) sha256_update(state_of(h), n, p);
}
void sha256_end(struct sha256 *h, uint8_t out[HASH_BYTES]) {
  sha256_digest(state_of(h), HASH_BYTES, out);
  wipe(h, sizeof *h);
}

void hmac_key_init(struct hmac_key *k, const uint8_t *key, size_t key_n) {
  memset(k, 0, sizeof *k);
  hmac_sha256_set_key((struct hmac_sha256_ctx *)(void *)k->state, key_n, key);
}
void hmac_with(const struct hmac_key *k, const void *p, size_t n, uint8_t out[HASH_BYTES]) {
  struct hmac_sha256_ctx c;
  memcpy(&c, k->state, sizeof c);
  if (n) hmac_sha256_update(&c, n, p);
  hmac_sha256_digest(&c, HASH_BYTES, out);
  wipe(&c, sizeof c);
}
#else
typedef int ext_nettle_is_absent; /* C wants something in every file */
#endif

/* store_reencrypt.h -- everything sealed under data keys that are no longer trusted is sealed anew under fresh random ones (page: keystore.md).
 * Steps    1. the suspected key steps back (keystore_dek_retire) and a new one takes its name; new data go under it at once. 2. Segment by
 *          segment, in order of their ids, portions of 32 MiB: opened, sealed under the new key, old bytes out of use; one transaction each, with
 *          a leaf that says how far it is. 3. Packs that hold bytes out of use are written anew without them and the old files overwritten. 4.
 *          Every segment is opened under the new key. 5. A new key epoch without the old keys (store_rotate), the key file of before overwritten.
 * Stops    kill, full disk, cancelled, or most_bytes reached: what is done stays done, both keys are there and everything reads; said again it
 *          goes on. Only step 5 destroys, and only after step 4 has found nothing under the old key.
 * Holds    ids, places, marks of withdrawn rows, content hashes and destroyed parts stay as they are; the state root changes with the sealed
 *          bytes and stands, before and after, in the leaf of each portion.
 * Who      steps 1 to 4 whoever has the store open; step 5 as store_rotate asks for: without authority (or passphrase) the old keys stay and
 *          `finished` is false.
 * Errors   E_REENCRYPT_NO_KEY; E_REENCRYPT_LEFT (nothing is destroyed); E_STORE_TAMPERED: a segment that does not open ends it; those of
 *          store_rotate.
 * Limits   who copied segments and the suspected key before reads that copy for ever. Tokens (part LINK, "token/...") are no ciphertext: not
 *          here.
 * Cost     every byte of the part is read twice and written once; memory: two segments. */
#ifndef SHIRABE_SECURE_STORE_STORE_REENCRYPT_H
#define SHIRABE_SECURE_STORE_STORE_REENCRYPT_H
#include "secure-store/store_rotate.h"

struct store_reencryption {
  const char *dataset; /* as keys are named: survey/form/period, or blob/kind; NULL = every data key */
  int part;            /* item_part number, -1 = all */
  int64_t most_bytes;  /* of plaintext in this run, 0 = all; what began within it ends its portion */
  const char *passphrase; /* of the new epoch, without officers */
  const struct store_officer *authority;
  int n_authority;
};
struct store_reencrypted {
  int64_t keys, segments, segments_all, packs; /* keys concerned; sealed anew in this run; of how many; packs written anew */
  bool finished;                               /* the old keys are gone */
};
enum err_code store_reencrypt(struct store *s, const struct store_reencryption *r, struct store_reencrypted *out, struct err *e) NODISCARD;
#endif

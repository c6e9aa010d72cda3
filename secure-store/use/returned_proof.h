/* returned_proof.h -- the tlog-proof that came back with a report of erasure: every recipient is a witness of our log without knowing it.
 * Format   c2sp.org/tlog-proof: "c2sp.org/tlog-proof@v1", "index N", hashes in base64, an empty line, a checkpoint.
 * Holds    the entry is the one that allowed the reading for a package of this grant, it lies in the tree of the checkpoint, and the checkpoint is
 *          ours
 *          and stands in our history.
 * Errors   E_USE_FIELD (no proof at all: a wrong file), E_USE_PROOF (an alarm: log, package or proof is not what it was), those of the store. */
#ifndef SHIRABE_SECURE_STORE_USE_RETURNED_PROOF_H
#define SHIRABE_SECURE_STORE_USE_RETURNED_PROOF_H
#include "secure-store/merkle.h"
#include "secure-store/store.h"

enum { RETURNED_PROOF_MAX = 65536 };
struct returned_proof {
  uint64_t index;
  struct merkle_proof path;
  struct str checkpoint; /* view */
};
bool returned_proof_parse(struct str text, struct returned_proof *out); /* strict */
enum err_code returned_proof_check(struct store *s, const char *grant, struct str text, struct err *e) NODISCARD;
#endif

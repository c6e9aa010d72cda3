/* store_rotate.h -- a new key epoch of an open store: other officers, thresholds or passphrase, and keys destroyed for good.
 * Order    intent leaf (durable) -> key file replaced as a whole -> outcome leaf and checkpoint in one commit. A crash in between leaves one whole
 *          epoch or the other; the next opening tells which and completes the record (E_KEYS_COMPLETED).
 * Who      with officers: the shares of the authority, as many as its threshold asks for, an auditor among them; new holders must stand in the
 *          register with their roles. Without officers: whoever has the passphrase.
 * Errors   E_KEYS_AUTHORITY, E_KEYS_AUDITOR, E_SHARE_*, E_KEYS_PLAN, E_ROLE_MISSING, E_OFFICER_*, E_STORE_KEY_MISSING: nothing has changed.
 *          E_KEYS_UNRECORDED: the new epoch may be in force; close the store and open it with the new officers, or the old ones.
 * Limits   what was wrapped under an earlier epoch stays readable to who kept an old copy of the key file and the shares or passphrase of that time.
 *           */
#ifndef SHIRABE_SECURE_STORE_STORE_ROTATE_H
#define SHIRABE_SECURE_STORE_STORE_ROTATE_H
#include "secure-store/rights/founders.h"
#include "secure-store/store.h"

struct store_key_name {
  const char *dataset, *retention;
  uint8_t part;
};
struct store_rotation {
  const char *passphrase;                /* the new one, for a store without officers; NULL with officers */
  const struct keystore_plan *plan;      /* with officers: the new holders and thresholds, NULL = the same */
  const struct store_founders *founders; /* a store with a passphrase gets officers; its plan is used */
  const struct store_officer *authority; /* who authorise, with officers */
  int n_authority;
  const struct store_key_name *destroy; /* keys to drop in the same step */
  size_t n_destroy;
};
enum err_code store_rotate(struct store *s, const struct store_rotation *r, struct err *e) NODISCARD;
/* Holders are registered, not retired, with the keys of their cards; who unlocks is a key officer, the auditors are those with that role. */
enum err_code store_plan_registered(struct store *s, const struct keystore_plan *plan, struct err *e) NODISCARD;
#endif

/* store_keys.h -- what the access log knows about the keys of a store, and what follows from it when the store is opened. For store_*.c only.
 * Sequence the key file is saved before the commit that names it: it may be one step ahead of the log, never behind, never two ahead
 *          (E_STORE_ROLLED_BACK).
 * Epoch    with officers the log holds head and authority of every epoch; the key file must be of the last one, or of the next one signed by the last
 *          one's authority, whose record was interrupted (E_KEYS_EPOCH otherwise).
 * Attempts an attempt to unlock with shares is an intent leaf before any key is tried, so that a kill does not undo it. After ATTEMPTS_FREE failures
 *          in a row the next attempt has to wait 15 s, then 30 s, ... at most an hour; the log is the counter (E_KEYS_WAIT).
 * Source   secure.md 4.3, 4.8; rows 7, 12 and 13 of 4.15. */
#ifndef SHIRABE_SECURE_STORE_STORE_KEYS_H
#define SHIRABE_SECURE_STORE_STORE_KEYS_H
#include "secure-store/access_log.h"
#include "secure-store/keystore.h"

enum { ATTEMPTS_FREE = 3, ATTEMPT_WAIT_FIRST = 15, ATTEMPT_WAIT_MOST = 3600 };
struct key_facts {
  int64_t sequence; /* of the key file that the log has seen, -1 = none */
  uint64_t epoch;
  bool has_head, has_before; /* the log knows head and authority of this epoch, of the one before */
  uint8_t head[32], authority[32], head_before[32], authority_before[32];
  int64_t failures, last_failure;
};
void key_facts_begin(struct key_facts *f);
void key_facts_learn(struct key_facts *f, const struct log_leaf *leaf); /* each leaf in order */
int64_t key_facts_wait(const struct key_facts *f, int64_t now);         /* seconds until the next attempt, 0 = now */
/* *interrupted: the key file is of the next epoch, rightly made, and the log does not say so yet. */
enum err_code key_facts_check(
    const struct key_facts *f, const struct keystore_public *p, const char *folder, bool *interrupted, struct err *e) NODISCARD;
/* Ids of an epoch for the object of a leaf: "keystore:7 epoch:2 head:HEX authority:HEX", the last two with officers only. */
size_t key_facts_object(const struct keystore_public *p, char *out, size_t size);
#endif

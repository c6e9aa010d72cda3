/* store_evidence.h -- what a store gives to outsiders about its log, and what it takes back: tiles, requests to witnesses, cosigned checkpoints.
 * Policy   text of c2sp.org/tlog-policy in meta `tlog_policy`; a policy-set leaf (object "tlog-policy") names its hash, and nothing else counts.
 * Table    witness(id, size, cosigned, taken, note): cosigned checkpoints that met the policy, each with a witness-cosign leaf; what did not, or does
 *          not stand in this log, leaves a witness-refuse leaf.
 * Errors   E_POLICY_*, E_WITNESS_QUORUM, E_NOTE_*, E_CHECKPOINT_OUTSIDE (rolled back or forked: the one that matters), E_STORE_LOCKED. */
#ifndef SHIRABE_SECURE_STORE_STORE_EVIDENCE_H
#define SHIRABE_SECURE_STORE_STORE_EVIDENCE_H
#include "secure-store/store.h"
#include "secure-store/tlog_policy.h"

enum err_code store_policy_set(struct store *s, const char *place, struct str text, struct err *e) NODISCARD;
enum err_code store_witness_take(struct store *s, const char *place, struct str note, struct cosigned *out, struct err *e) NODISCARD;
struct witnessed {
  int64_t size, cosigned, taken, unwitnessed; /* size -1 = never; unwitnessed = leaves since */
};
enum err_code store_witness_last(struct store *s, struct witnessed *out, struct err *e) NODISCARD; /* works without keys */
/* Writes a tlog-tiles folder (must not exist) with a fresh checkpoint, which no witness has seen yet. */
enum err_code store_log_export(struct store *s, const char *folder, struct err *e) NODISCARD;
/* A checkpoint by this log from anywhere (witness, paper, proof): does it stand in our history? E_CHECKPOINT_OUTSIDE, E_NOTE_*. Without keys. */
enum err_code store_log_against(struct store *s, const char *place, struct str note, struct err *e) NODISCARD;
/* The newest signed checkpoint that is kept. */
enum err_code store_log_newest(struct store *s, struct strbuf *note, struct err *e) NODISCARD;
#endif

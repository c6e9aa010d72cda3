/* disposal.h -- destruction of data that are no longer to be kept (secure.md 4.6, R2, T8; page disposal.md). Premature destruction is as grave as a
 * leak.
 * Order    propose -> sign (3 officers, one of them an auditor, none the proposer) -> 7 days of cooling, cancellable -> execute -> sign the
 *          statement -> certify.
 *          How many, how many auditors and how many days are a row of the store (disposal_policy), never below 2, 1 and 1. An office without
 *          officers: the
 *          holder of the passphrase proposes, no signatures, the same cooling, and the certificate says that nobody else looked at it.
 * Checked  at the proposal, at every signature and again at execution: not fundamental, period over, no hold, purpose closed, data as proposed.
 * Execute  disposal_execute.h. Once begun it cannot be cancelled, only finished: all or resume.
 * Rows     disposal:ID (the proposal; its SHA-256 is what officers sign), disposal-cooling:ID, disposal-cancel:ID, disposal-begun:ID,
 *          disposal-done:ID,
 *          disposal-statement:ID, certificate:ID; each is a record bound to its leaf. Every refusal leaves a leaf whose basis is the name of the
 *          error.
 * Errors   E_RETENTION_*, E_DISPOSAL_*, those of act.h. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_DISPOSAL_H
#define SHIRABE_SECURE_STORE_DISPOSAL_DISPOSAL_H
#include "secure-store/disposal/retention.h"

struct disposal_policy {
  int64_t approvals, auditors, cooling_days;
};
enum disposal_state { DISPOSAL_PROPOSED, DISPOSAL_COOLING, DISPOSAL_READY, DISPOSAL_CANCELLED, DISPOSAL_BEGUN, DISPOSAL_DONE, DISPOSAL_CERTIFIED,
    DISPOSAL_STATES };
const char *disposal_state_name(enum disposal_state s);

struct disposal { /* the proposal */
  int64_t approvals, auditors, cooling_days; /* the policy when it was proposed: a later change does not weaken it */
  char closed[ACT_TEXT_BYTES];               /* how the purpose was closed */
  char dataset[RETENTION_DATASET_BYTES];     /* survey/form/period: all stages */
  char id[ACT_ID_BYTES], install[33];
  int64_t last_segment; /* the newest segment concerned: newer data are not destroyed */
  char part[RETENTION_PART_BYTES], proposer[OFFICER_ID_BYTES], reason[ACT_TEXT_BYTES];
  int64_t records;      /* rows in shards */
  char retention[2 * ACT_TEXT_BYTES];
  int64_t segments;
};
struct disposal_cooling {
  char id[ACT_ID_BYTES];
  int64_t until; /* UNIX seconds */
};
struct disposal_begun {
  int64_t began;
  char commitments[ACT_LIST_BYTES]; /* list: part, epoch and SHA-256 of the wrapped key */
  int64_t epoch_before;
  char id[ACT_ID_BYTES];
  int64_t originals, originals_shared; /* files as received: destroyed, and kept because other forms share them */
};
struct disposal_done {
  int64_t epoch_after, executed;
  char id[ACT_ID_BYTES];
  int64_t packs, segments; /* rewritten or removed; segments erased */
};
extern const struct row_format disposal_format, disposal_cooling_format, disposal_begun_format, disposal_done_format, disposal_policy_format;

struct disposal_view { /* everything about one */
  struct disposal proposal;
  uint8_t subject[32];
  int64_t proposed;        /* guarded time of its leaf */
  struct disposal_cooling cooling;
  struct disposal_begun begun;
  struct disposal_done done;
  enum disposal_state state;
  int n_signed, n_auditors; /* that count now */
  char signers[ACT_LIST_BYTES];
};
enum err_code disposal_policy_read(struct store *s, struct disposal_policy *out, struct err *e) NODISCARD;
enum err_code disposal_policy_set(struct store *s, const struct disposal_policy *p, const struct act_by *by, struct err *e) NODISCARD; /* chief */
/* Takes id, dataset, part, reason and closed; fills the rest. */
enum err_code disposal_propose(struct store *s, struct disposal *d, const struct act_by *by, struct err *e) NODISCARD;
/* An officer's word about the proposal (before execution) or the statement (after it), given here or signed elsewhere. */
enum err_code disposal_sign(struct store *s, const char *id, const struct act_by *by, struct err *e) NODISCARD;
enum err_code disposal_take_approval(struct store *s, const char *id, struct str approval, struct err *e) NODISCARD;
/* What officers sign now: kind and subject. */
enum err_code disposal_subject(struct store *s, const char *id, const char **kind, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code disposal_cancel(struct store *s, const char *id, const char *reason, const struct act_by *by, struct err *e) NODISCARD;
enum err_code disposal_read(struct store *s, const char *id, struct disposal_view *out, struct err *e) NODISCARD;
/* All conditions for beginning: the first that is not met, as the refusal of execution names it. */
enum err_code disposal_check(struct store *s, const struct disposal_view *v, struct err *e) NODISCARD;
/* Signatures that count about a subject: roles held when the word was recorded, different people, not the excluded one. */
struct disposal_signer {
  struct approval word;
  char minisign[64];
  const char *role; /* "auditor" before others */
};
enum err_code disposal_signers(struct store *s, const char *kind, const uint8_t subject[32], const char *excluded,
    struct disposal_signer out[APPROVAL_MAX],
    int *n, int *n_auditors, struct err *e) NODISCARD;
/* What is in scope: segments, newest id, rows. */
enum err_code disposal_scope(struct store *s, const char *dataset, const char *part, int64_t *segments, int64_t *last, int64_t *records,
    struct err *e) NODISCARD;
/* purpose.c: E_DISPOSAL_PURPOSE while a grant in force or an open application names the dataset. */
enum err_code disposal_in_use(struct store *s, const char *dataset, int64_t now, struct err *e) NODISCARD;
const char *disposal_role_of(role_set held); /* in which role somebody signs: auditor first; NULL = none that may */
int disposal_part_number(const char *part); /* item_part, -1 = all */
void disposal_object(const char *kind, const char *id, char out[RECORD_OBJECT_BYTES]);
#endif

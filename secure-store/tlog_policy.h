/* tlog_policy.h -- which log, which witnesses, and how many of them make a checkpoint believed (c2sp.org/tlog-policy).
 * Text     lines `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME any|all|K NAME...`, `quorum NAME|none`; # comments.
 * Errors   E_POLICY_LINE with the line; E_NOTE_SIGNATURE when a known witness's cosignature does not verify; E_WITNESS_QUORUM.
 * Limits   64 logs, 64 witnesses, 64 groups. Memory: the caller's arena. */
#ifndef SHIRABE_SECURE_STORE_TLOG_POLICY_H
#define SHIRABE_SECURE_STORE_TLOG_POLICY_H
#include "base/arena.h"
#include "secure-store/signed_note.h"

struct tlog_policy;
enum err_code tlog_policy_parse(struct arena *a, const char *place, struct str text, struct tlog_policy **out, struct err *e) NODISCARD;
/* Does the policy name this log by name and key? */
bool tlog_policy_has_log(const struct tlog_policy *p, const struct note_key *log);
struct cosigned {
  int witnesses;  /* cosignatures by witnesses of the policy */
  int64_t oldest; /* time of the oldest of them, -1 = none */
};
/* The log's own signature is the caller's to check. */
enum err_code tlog_policy_check(const struct tlog_policy *p, const char *name, struct str note, struct cosigned *out, struct err *e) NODISCARD;
#endif

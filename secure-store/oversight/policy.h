/* policy.h -- the management policy of a store (調査票情報の管理方針): which document, which version, signed by whom, to be reviewed when (O1).
 * Record   "policy:store", canonical JSON "shirabe-policy-1": SHA-256 of the document, version, review date, days of grace, how often the store is
 *          inspected. In force when two officers with role chief or manager approved exactly it (approvals of kind "policy"); the youngest such one
 *          counts, a proposal without two signatures displaces nothing.
 * Without  30 days after the first officer was registered a store needs one. An office of one passphrase has no officers and needs none.
 * Errors   E_POLICY_*, E_PAPER_FORMAT. */
#ifndef SHIRABE_SECURE_STORE_OVERSIGHT_POLICY_H
#define SHIRABE_SECURE_STORE_OVERSIGHT_POLICY_H
#include "secure-store/rights/role.h"

enum { POLICY_FIRST_DAYS = 30, POLICY_GRACE_MOST = 92, POLICY_REVIEW_MOST = 731, POLICY_INSPECT_GRACE = 14 };
struct store_policy {
  char document[65]; /* SHA-256 of the file */
  char name[128];    /* of the file, or its title */
  char review[11];   /* the last day it stands without a review */
  char version[41];
  int64_t grace_days, inspect_every, inspect_grace; /* days; inspect_every 0 = only inspections that were planned */
};
struct policy_state {
  struct store_policy policy;
  uint8_t subject[32];
  uint64_t seq; /* of its record */
  int64_t wall;
  char signer[2][OFFICER_ID_BYTES]; /* the first two who count; "" = missing */
  int n_signatures;                 /* of all whose word stands */
  bool in_force;
};
enum err_code policy_text(struct store *s, const struct store_policy *p, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code management_policy_parse(struct store *s, struct str json, struct store_policy *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code policy_put(struct store *s, const struct store_policy *p, struct err *e) NODISCARD; /* inside a transaction */
/* The one in force (found[0]) and the last proposal when that is another one (found[1]). */
enum err_code policy_now(struct store *s, struct policy_state *active, struct policy_state *last, bool found[2], struct err *e) NODISCARD;
/* Whether rows may be opened at `now`: E_POLICY_UNSIGNED or E_POLICY_REVIEW with the reason; *warning is filled (code E_POLICY_DUE) in a time of
 * grace. */
enum err_code policy_allows(struct store *s, int64_t now, struct err *warning, struct err *e) NODISCARD;
#endif

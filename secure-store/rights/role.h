/* role.h -- who may do what: roles as signed certificates with start and end, and which may never meet in one person (roles.def, secure.md 4.16).
 * Certificate  canonical JSON "shirabe-role-1": from, install, officer, role, until (UNIX seconds); needs approvals (kind "role") of two officers
 *          with role chief or manager, none of them the bearer: nobody appoints himself. The first officers are appointed by the ceremony of `store
 *          init` (signed by the store).
 * Judged   by replaying the records of the log in their order: an approval counts when its officer held the role at that leaf, so nobody who left
 *          later voids what was right, and nobody who got a role later heals what was wrong. A certificate that comes into force beside one it may
 *          never meet stays without force. Approvals from before a revocation do not count for what is proposed after it.
 * Time     store_now(): max(wall clock, last leaf).
 * Errors   E_ROLE_FORBIDDEN (the combination), E_ROLE_MISSING (who needs which role), E_ROLE_APPROVALS. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_ROLE_H
#define SHIRABE_SECURE_STORE_RIGHTS_ROLE_H
#include "secure-store/access_log.h"
#include "secure-store/rights/approval.h"

typedef uint32_t role_set; /* bit 1 << enum log_role */
#define ROLE_BIT(role) ((role_set)1 << (role))
const char *role_name(enum log_role r);
bool role_parse(struct str text, enum log_role *out);
bool role_set_allowed(role_set roles, enum log_role *a, enum log_role *b); /* false: a and b may never be one person */
const char *role_forbidden_why(enum log_role a, enum log_role b, enum err_lang lang); /* NULL = they may meet */
/* Acts that may not be done by one person about one object: "request" and "approve" of a grant, ... (roles.def); iterates, false at the end. */
struct role_act_rule {
  const char *one, *other, *why_en, *why_ja;
};
bool role_act_rule_at(size_t i, struct role_act_rule *out);
struct role_certificate {
  char officer[OFFICER_ID_BYTES];
  enum log_role role;
  int64_t from, until;
};
enum err_code role_certificate_text(
    struct store *s, const struct role_certificate *c, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code role_put(struct store *s, struct str certificate, struct err *e) NODISCARD;          /* proposal; in force when approved twice */
/* ceremony only: E_ROLE_FORBIDDEN once two people have been chief or manager */
enum err_code role_found(struct store *s, const struct role_certificate *c, struct err *e) NODISCARD;
enum err_code role_revoke(struct store *s, const char *officer, enum log_role role, struct err *e) NODISCARD;
enum err_code roles_of(struct store *s, const char *officer, int64_t at, role_set *out, struct err *e) NODISCARD;
/* Whether two different people among the approvals held one of `roles` when their word was recorded; the excluded officers (and the same people under
 * other ids) do not count. */
enum err_code role_two_of(struct store *s, const struct approval *list, int n, role_set roles, const char *const *excluded, int n_excluded, bool *yes,
    struct err *e) NODISCARD;
struct role_state { /* of one certificate */
  struct role_certificate certificate;
  uint8_t subject[32];
  uint64_t put, in_force, revoked; /* leaves; 0 = not (leaf 0 is the installation) */
  bool founded, forbidden;
};
/* in the order of proposal */
enum err_code role_list(struct store *s, struct arena *a, struct role_state **out, int64_t *n, struct err *e) NODISCARD;
/* One leaf LOG_REFUSED and E_ROLE_MISSING when the officer has none of `any_of` now. */
enum err_code role_require(struct store *s, const char *officer, role_set any_of, const char *action, const char *object, struct err *e) NODISCARD;
/* Guarded time (4.9): E_CLOCK_BACK when the wall stands more than 2 minutes before the last leaf, E_CLOCK_JUMP when more than 24 hours after it
 * without two approvals of kind "clock"; each writes one clock-anomaly leaf. */
enum err_code store_now(struct store *s, int64_t *now, struct err *e) NODISCARD;
/* Every refusal leaves one leaf: writes it (own transaction; an open one is rolled back first, nothing of a refused act stays) and returns e
 * unchanged, so that callers say `return store_refuse(s, action, object, e)`. The leaf's basis is the name of the error. No leaf for what is no
 *          refusal (no memory, a broken
 * disk), nor for E_ROLE_MISSING and E_CLOCK_*, whose leaf stands already, nor without keys. e must not be NULL. */
enum err_code store_refuse(struct store *s, const char *action, const char *object, struct err *e) NODISCARD;
#endif

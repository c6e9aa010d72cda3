/* role.h -- who may do what: roles as signed certificates with start and end, and which may never meet in one person (roles.def, secure.md 4.16).
 * Certificate  canonical JSON "shirabe-role-1": from, install, officer, role, until (UNIX seconds); needs approvals (kind "role") of two officers with role
 *          chief or manager, none of them the bearer: nobody appoints himself. The first officers are appointed by the ceremony of `store init` (signed by the store).
 * Time     store_now(): max(wall clock, last leaf).
 * Errors   E_ROLE_FORBIDDEN (the combination), E_ROLE_MISSING (who needs which role), E_ROLE_APPROVALS. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_ROLE_H
#define SHIRABE_SECURE_STORE_RIGHTS_ROLE_H
#include "secure-store/access_log.h"
#include "secure-store/rights/approval.h"

typedef uint32_t role_set; /* bit 1 << enum log_role */
const char *role_name(enum log_role r);
bool role_parse(struct str text, enum log_role *out);
bool role_set_allowed(role_set roles, enum log_role *a, enum log_role *b); /* false: a and b may never be one person */
struct role_certificate {
  char officer[OFFICER_ID_BYTES];
  enum log_role role;
  int64_t from, until;
};
enum err_code role_certificate_text(struct store *s, const struct role_certificate *c, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code role_put(struct store *s, struct str certificate, struct err *e) NODISCARD;          /* proposal; in force when approved twice */
enum err_code role_found(struct store *s, const struct role_certificate *c, struct err *e) NODISCARD; /* ceremony only: E_ROLE_FORBIDDEN once two managers exist */
enum err_code role_revoke(struct store *s, const char *officer, enum log_role role, struct err *e) NODISCARD;
enum err_code roles_of(struct store *s, const char *officer, int64_t at, role_set *out, struct err *e) NODISCARD;
/* One leaf LOG_REFUSED and E_ROLE_MISSING when the officer has none of `any_of` now. */
enum err_code role_require(struct store *s, const char *officer, role_set any_of, const char *action, const char *object, struct err *e) NODISCARD;
/* Guarded time (4.9): E_CLOCK_BACK when the wall stands more than 2 minutes before the last leaf, E_CLOCK_JUMP when more than 24 hours after it without two
 * approvals of kind "clock"; each writes one clock-anomaly leaf. */
enum err_code store_now(struct store *s, int64_t *now, struct err *e) NODISCARD;
/* Every refusal leaves one leaf: writes it (own transaction) and returns e unchanged, so that callers say `return store_refuse(s, action, object, e)`. */
enum err_code store_refuse(struct store *s, const char *action, const char *object, struct err *e) NODISCARD;
#endif

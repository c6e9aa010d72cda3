/* founders.h -- the ceremony that makes a store with officers: who is there at the beginning, with which roles, and who holds which shares.
 * Rule     exactly two people with role chief or manager, so that later roles can be approved by two; key officers hold a share of ROOT; everybody
 *          holds a share of the authority; an auditor is one of them. These roles are the only ones that nobody approves: the ceremony itself is the
 *          approval, and it stands in the log as its first entries.
 * Terms    a key officer may be chief or manager as well; an auditor holds nothing else (E_ROLE_FORBIDDEN, E_KEYS_PLAN).
 * Errors   E_KEYS_PLAN, E_ROLE_*, E_OFFICER_*.
 * Source   secure.md 4.3, 4.16. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_FOUNDERS_H
#define SHIRABE_SECURE_STORE_RIGHTS_FOUNDERS_H
#include "secure-store/keystore.h"
#include "secure-store/rights/role.h"
#include "secure-store/share_set.h"

struct store_founder {
  struct officer card;
  role_set roles; /* of LOG_ROLE_KEY_OFFICER, _CHIEF, _MANAGER, _AUDITOR */
};
struct store_founders {
  int n;
  struct store_founder founder[SHARE_HOLDERS_MAX];
  int64_t until; /* of their roles, UNIX seconds */
  const struct keystore_plan *plan;
};
/* Fills both plans: key officers unlock, m_unlock of them; all founders have a say in a new epoch, m_authority of them, an auditor among them. */
void store_founders_plan(const struct store_founders *f, int m_unlock, int m_authority, struct share_plan *unlock, struct share_plan *authority);
/* The plan, the combination of roles, two leaders. */
enum err_code store_founders_check(const struct store_founders *f, struct err *e) NODISCARD;
/* Registers cards and roles in one transaction; for store_init_officers and store_rotate. */
enum err_code store_appoint_founders(struct store *s, const struct store_founders *f, struct err *e) NODISCARD;
/* As store_init, with officers instead of a passphrase. */
enum err_code store_init_officers(const struct job *job, const char *folder, const struct office *office, const char *profile,
    const struct store_founders *founders, struct err *e) NODISCARD;
#endif

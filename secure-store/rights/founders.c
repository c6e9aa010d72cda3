/* founders.c -- see founders.h. */
#include "secure-store/rights/founders.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/store_impl.h"

void store_founders_plan(const struct store_founders *f, int m_unlock, int m_authority, struct share_plan *unlock, struct share_plan *authority) {
  memset(unlock, 0, sizeof *unlock);
  memset(authority, 0, sizeof *authority);
  unlock->m = m_unlock;
  authority->m = m_authority;
  authority->needs_auditor = true;
  for (int i = 0; i < f->n; i++) {
    const struct store_founder *p = &f->founder[i];
    bool auditor = p->roles & ROLE_BIT(LOG_ROLE_AUDITOR);
    struct share_plan *const both[2] = {p->roles & ROLE_BIT(LOG_ROLE_KEY_OFFICER) ? unlock : NULL, authority};
    for (int k = 0; k < 2; k++) {
      if (!both[k]) continue;
      both[k]->holder[both[k]->n].officer = p->card.id;
      both[k]->holder[both[k]->n].age_recipient = p->card.age_recipient;
      both[k]->holder[both[k]->n].auditor = auditor;
      both[k]->n++;
    }
  }
}

static enum err_code check_roles(const struct store_founder *p, struct err *e) {
  enum log_role a, b;
  char pair[80];
  if (role_set_allowed(p->roles, &a, &b)) return E_OK;
  snprintf(pair, sizeof pair, "%s + %s", role_name(a), role_name(b));
  return ERR(e, E_ROLE_FORBIDDEN, .subject = p->card.id, .expected = "roles that may meet", .found = pair);
}
enum err_code store_founders_check(const struct store_founders *f, struct err *e) {
  int leaders = 0;
  for (int i = 0; i < f->n; i++) {
    TRY(officer_check(&f->founder[i].card, e));
    TRY(check_roles(&f->founder[i], e));
    role_set leading = f->founder[i].roles & (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER));
    leaders += (leading & ROLE_BIT(LOG_ROLE_CHIEF) ? 1 : 0) + (leading & ROLE_BIT(LOG_ROLE_MANAGER) ? 1 : 0);
    if (leading == (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER))) leaders = 99; /* one person is not two */
  }
  if (leaders != 2) return ERR(e, E_KEYS_PLAN, .subject = "chief, manager", .expected = "exactly two people who lead; they appoint the others");
  return keystore_plan_check(f->plan, e);
}

static enum err_code appoint(struct store *s, const struct store_founders *f, const struct store_founder *p, enum log_role role, struct err *e) {
  struct role_certificate c = {.role = role, .from = job_now(s->job), .until = f->until};
  if (!(p->roles & ROLE_BIT(role))) return E_OK;
  memcpy(c.officer, p->card.id, sizeof c.officer);
  return role_found(s, &c, e);
}
/* Leaders come last: with the second of them the ceremony is over. */
static enum err_code appoint_all(struct store *s, const struct store_founders *f, struct err *e) {
  static const enum log_role order[] = {LOG_ROLE_KEY_OFFICER, LOG_ROLE_AUDITOR, LOG_ROLE_CHIEF, LOG_ROLE_MANAGER};
  for (int i = 0; i < f->n; i++) TRY(officer_add(s, &f->founder[i].card, e));
  for (size_t k = 0; k < sizeof order / sizeof *order; k++)
    for (int i = 0; i < f->n; i++) TRY(appoint(s, f, &f->founder[i], order[k], e));
  return E_OK;
}
enum err_code store_appoint_founders(struct store *s, const struct store_founders *f, struct err *e) {
  TRY(store_begin(s, e));
  enum err_code code = appoint_all(s, f, e);
  if (!code) code = store_log_checkpoint(s, e);
  if (code) {
    store_rollback(s);
    return code;
  }
  return store_commit(s, e);
}

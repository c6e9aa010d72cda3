/* cmd_founders.c -- see cmd_founders.h. */
#include "secure-store/cmd_founders.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

static const struct {
  const char *option;
  enum log_role role;
} by_role[] = {{"key-officer", LOG_ROLE_KEY_OFFICER}, {"chief", LOG_ROLE_CHIEF}, {"manager", LOG_ROLE_MANAGER}, {"auditor", LOG_ROLE_AUDITOR}};
enum { N_ROLES = sizeof by_role / sizeof *by_role };

bool cmd_founders_given(struct cli *c) {
  for (int i = 0; i < N_ROLES; i++)
    if (cli_repeat_count(c, by_role[i].option) > 0) return true;
  return false;
}

/* The same card under another option is the same person with one role more. */
static enum err_code add(struct store_founders *f, const struct officer *card, enum log_role role, struct err *e) {
  for (int i = 0; i < f->n; i++) {
    if (strcmp(f->founder[i].card.id, card->id) != 0) continue;
    if (strcmp(f->founder[i].card.age_recipient, card->age_recipient) != 0)
      return ERR(e, E_KEYS_PLAN, .subject = card->id, .expected = "one card per person");
    f->founder[i].roles |= ROLE_BIT(role);
    return E_OK;
  }
  if (f->n == SHARE_HOLDERS_MAX) return ERR(e, E_KEYS_PLAN, .subject = card->id, .expected = "at most 16 people");
  f->founder[f->n].card = *card;
  f->founder[f->n++].roles = ROLE_BIT(role);
  return E_OK;
}
static enum err_code take_until(struct cli *c, int64_t *until, struct err *e) {
  const char *text = cli_text(c, "until");
  int64_t day;
  *until = job_now(cli_job(c)) + (int64_t)3 * 365 * 86400;
  if (!text) return E_OK;
  if (!date_parse_iso(str_of(text), &day)) return ERR(e, E_USAGE_VALUE, .subject = "--until", .expected = "a date such as 2029-03-31", .found = text);
  *until = (day + 1) * 86400;
  return E_OK;
}
enum err_code cmd_threshold_take(struct cli *c, const char *option, struct share_plan *plan, struct err *e) {
  const char *text = cli_text(c, option);
  int n = 0;
  char expected[64];
  if (!text) return E_OK;
  if (!cmd_officers_threshold(text, &plan->m, &n)) return ERR(e, E_USAGE_VALUE, .subject = option, .expected = "2/3", .found = text);
  snprintf(expected, sizeof expected, "%d holders, and %d are named", n, plan->n);
  return n == plan->n ? E_OK : ERR(e, E_KEYS_PLAN, .subject = option, .expected = expected);
}
enum err_code cmd_founders_take(struct cli *c, struct cmd_founders *out, struct err *e) {
  memset(out, 0, sizeof *out);
  for (int k = 0; k < N_ROLES; k++)
    for (int i = 0; i < cli_repeat_count(c, by_role[k].option); i++) {
      struct officer card;
      TRY(officer_card_read(cli_repeat(c, by_role[k].option, i), &card, e));
      TRY(add(&out->founders, &card, by_role[k].role, e));
    }
  TRY(take_until(c, &out->founders.until, e));
  store_founders_plan(&out->founders, 0, 0, &out->set[KEYSTORE_UNLOCK], &out->set[KEYSTORE_AUTHORITY]);
  TRY(cmd_threshold_take(c, "unlock-threshold", &out->set[KEYSTORE_UNLOCK], e));
  TRY(cmd_threshold_take(c, "authority-threshold", &out->set[KEYSTORE_AUTHORITY], e));
  for (int i = 0; i < KEYSTORE_SETS; i++) out->plan.set[i] = &out->set[i];
  out->founders.plan = &out->plan;
  return E_OK;
}

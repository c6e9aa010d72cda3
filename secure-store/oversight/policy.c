/* policy.c -- see policy.h. */
#include "secure-store/oversight/policy.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "secure-store/oversight/paper.h"
#include "secure-store/rights/record.h"

enum { DAY_SECONDS = 86400 };
static const char policy_object[] = "policy:store";
static const struct paper_member members[] = {PAPER_TEXT_OF(struct store_policy, document, true),
    PAPER_INTEGER_OF(struct store_policy, grace_days, 0, POLICY_GRACE_MOST), PAPER_INTEGER_OF(struct store_policy, inspect_every, 0, 3660),
    PAPER_INTEGER_OF(struct store_policy, inspect_grace, 0, POLICY_GRACE_MOST), PAPER_TEXT_OF(struct store_policy, name, true),
    PAPER_TEXT_OF(struct store_policy, review, true), PAPER_TEXT_OF(struct store_policy, version, true)};
static const struct paper_form form = {"shirabe-policy-1", members, sizeof members / sizeof *members};

static enum err_code check(const struct store_policy *p, struct err *e) {
  int64_t day;
  if (strlen(p->document) != 64 || strspn(p->document, "0123456789abcdef") != 64)
    return ERR(e, E_PAPER_FORMAT, .subject = "document", .expected = "64 hexadecimal digits");
  return date_parse_iso(str_of(p->review), &day) ? E_OK : ERR(e, E_POLICY_DATE, .subject = p->review);
}
enum err_code policy_text(struct store *s, const struct store_policy *p, struct strbuf *out, uint8_t subject[32], struct err *e) {
  TRY(check(p, e));
  return paper_text(s, &form, p, out, subject, e);
}
enum err_code management_policy_parse(struct store *s, struct str json, struct store_policy *out, uint8_t subject[32], struct err *e) {
  memset(out, 0, sizeof *out);
  TRY(paper_parse(s, &form, "policy", json, out, subject, e));
  return check(out, e);
}

static enum err_code check_review(struct store *s, const struct store_policy *p, struct err *e) {
  int64_t now, day = 0;
  TRY(store_now(s, &now, e));
  bool ok = date_parse_iso(str_of(p->review), &day) && day > now / DAY_SECONDS && day <= now / DAY_SECONDS + POLICY_REVIEW_MOST;
  return ok ? E_OK : ERR(e, E_POLICY_DATE, .subject = p->review);
}
enum err_code policy_put(struct store *s, const struct store_policy *p, struct err *e) {
  struct strbuf text;
  uint8_t subject[32];
  TRY(check_review(s, p, e));
  strbuf_init(&text, 0);
  enum err_code code = policy_text(s, p, &text, subject, e);
  if (!code)
    code = record_put(s, &(struct record_entry){.action = "policy-set", .object = policy_object, .role = LOG_ROLE_PROGRAM,
                                                .text = str_view(text.p, text.n)}, e);
  strbuf_release(&text);
  return code;
}

/* --- which one --- */

static enum err_code read_state(struct store *s, const struct record *r, struct policy_state *out, struct err *e) {
  struct strbuf text;
  struct approval list[APPROVAL_MAX];
  memset(out, 0, sizeof *out);
  out->seq = r->seq;
  out->wall = r->wall;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = management_policy_parse(s, str_view(text.p, text.n), &out->policy, out->subject, e);
  strbuf_release(&text);
  if (!code) code = approvals_of(s, "policy", out->subject, list, &out->n_signatures, e);
  for (int i = 0; !code && i < out->n_signatures && i < 2; i++) memcpy(out->signer[i], list[i].officer, sizeof out->signer[i]);
  return code ? code
              : role_two_of(s, list, out->n_signatures, ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER), NULL, 0, &out->in_force, e);
}
enum err_code policy_now(struct store *s, struct policy_state *active, struct policy_state *last, bool found[2], struct err *e) {
  struct record r;
  struct policy_state x;
  found[0] = found[1] = false;
  for (uint64_t from = 0; record_next(s, policy_object, from, &r); from = x.seq + 1) {
    TRY(read_state(s, &r, &x, e));
    if (x.in_force) *active = x;
    else *last = x;
    found[0] = found[0] || x.in_force;
    found[1] = !x.in_force;
  }
  return E_OK;
}

/* --- what follows --- */

static void day_text(int64_t seconds, char out[11]) { date_format_iso(seconds / DAY_SECONDS, out); }
/* The end of a time: refused after it, a warning with the date before. */
static enum err_code judge(enum err_code after, const char *what, int64_t end, int64_t now, struct err *warning, struct err *e) {
  char day[11];
  day_text(end - 1, day);
  if (now >= end) return ERR(e, after, .subject = what, .expected = day);
  if (warning) (void)ERR(warning, E_POLICY_DUE, .subject = day, .found = what);
  return E_OK;
}
static enum err_code judge_review(const struct store_policy *p, int64_t now, struct err *warning, struct err *e) {
  int64_t day = 0;
  char what[96];
  (void)date_parse_iso(str_of(p->review), &day); /* was parsed when it was read */
  int64_t end = (day + 1) * DAY_SECONDS;
  if (now < end) return E_OK;
  snprintf(what, sizeof what, "%s (%s)", p->version, p->review);
  return judge(E_POLICY_REVIEW, what, end + p->grace_days * DAY_SECONDS, now, warning, e);
}
enum err_code policy_allows(struct store *s, int64_t now, struct err *warning, struct err *e) {
  struct policy_state active, last;
  struct record first;
  bool found[2];
  if (warning) *warning = (struct err){.code = E_OK};
  TRY(policy_now(s, &active, &last, found, e));
  if (found[0]) return judge_review(&active.policy, now, warning, e);
  if (!record_next(s, "officer:", 0, &first)) return E_OK;
  return judge(E_POLICY_UNSIGNED, found[1] ? last.policy.version : "-", first.wall + (int64_t)POLICY_FIRST_DAYS * DAY_SECONDS, now, warning, e);
}

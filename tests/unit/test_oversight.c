/* Policy, inspections and contractors: what they forbid, what stays possible, and that an office of one knows none of it. */
#include "tests/unit/grant_fixture.h"

#include "secure-store/oversight/contract.h"
#include "secure-store/oversight/contract_report.h"
#include "secure-store/oversight/inspection.h"
#include "secure-store/oversight/policy.h"

static const char *const two[] = {"weight", "sex"};
enum { NEXT_YEAR = 365 };

static void day(int64_t days_from_t0, char out[11]) {
  time_t t = (time_t)(T0 + days_from_t0 * DAY);
  struct tm tm;
  gmtime_r(&t, &tm);
  strftime(out, 11, "%Y-%m-%d", &tm);
}
/* The store is looked at daily, so that the clock never jumps. */
static void go_to(struct rights *r, int64_t time) {
  struct err error;
  while (r->time < time) {
    r->time += r->time + DAY / 2 < time ? DAY / 2 : time - r->time;
    OK(officer_sign_in(r->s, &r->person[AUDITOR].secret, &error));
  }
}
static struct store_policy policy_until(int64_t days) {
  struct store_policy p = {.name = "policy.pdf", .version = "2026-1", .grace_days = 10, .inspect_every = 0, .inspect_grace = 5};
  memset(p.document, 'a', 64);
  day(days, p.review);
  return p;
}
static void subject_of_policy(struct rights *r, const struct store_policy *p, uint8_t subject[32]) {
  struct err error;
  struct strbuf text;
  strbuf_init(&text, 0);
  OK(policy_text(r->s, p, &text, subject, &error));
  strbuf_release(&text);
}
static void set_policy(struct rights *r, const struct store_policy *p, int n_signatures) {
  uint8_t subject[32];
  CHANGED(r, policy_put(r->s, p, e));
  subject_of_policy(r, p, subject);
  if (n_signatures > 0) CHANGED(r, put_word(r, CHIEF, "policy-set", "policy", subject, true, r->time, e));
  if (n_signatures > 1) CHANGED(r, put_word(r, MANAGER, "policy-set", "policy", subject, true, r->time, e));
}
static struct rights *with_grant(int64_t *shard) {
  struct rights *r = rights_new();
  people(r);
  put_table(r, 100, 1, shard);
  make_grant(r, &(struct ask){.id = "g-1", .until = T0 + 3 * (int64_t)YEAR});
  return r;
}
static enum err_code write_table(struct rights *r, int64_t sequence, struct err *e) {
  struct arena *a = arena_new(0);
  struct table t;
  char batch[32];
  int64_t shard;
  fixture_table(a, 5, &t);
  snprintf(batch, sizeof batch, "batch-%lld", (long long)sequence);
  enum err_code code = fixture_write(r->s, &t, batch, sequence, &shard, e);
  arena_free(a);
  return code;
}

/* --- policy --- */

static void without_a_policy_thirty_days(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_grant(&shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  OK(enter(r, a, "g-1", TABULATOR, &error));
  r->problems.n = 0;
  OK(oversight_unlock(r->s, false, &error));
  assert_true(had_problem(&r->problems, E_POLICY_DUE)); /* said from the first day on */
  go_to(r, T0 + 30 * DAY - 1);
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  r->time = T0 + 30 * DAY;
  REFUSES(r, E_POLICY_UNSIGNED, read_shard(r, shard, two, 2, a, &t, e)); /* also in the middle of a session */
  REFUSES(r, E_POLICY_UNSIGNED, enter(r, a, "g-1", TABULATOR, e));
  REFUSES(r, E_POLICY_UNSIGNED, oversight_unlock(r->s, false, e));
  REFUSES(r, E_POLICY_UNSIGNED, write_table(r, 2, e));
  OK(oversight_unlock(r->s, true, &error));
  REFUSES(r, E_POLICY_UNSIGNED, enter(r, a, "g-1", TABULATOR, e)); /* administration opens no rows */
  struct store_policy p = policy_until(30 + NEXT_YEAR);
  set_policy(r, &p, 1);
  REFUSES(r, E_POLICY_UNSIGNED, oversight_unlock(r->s, false, e)); /* one signature is none */
  uint8_t subject[32];
  subject_of_policy(r, &p, subject);
  CHANGED(r, put_word(r, TABULATOR, "policy-set", "policy", subject, true, r->time, e));
  REFUSES(r, E_POLICY_UNSIGNED, oversight_unlock(r->s, false, e)); /* nor does anybody's word count */
  CHANGED(r, put_word(r, MANAGER, "policy-set", "policy", subject, true, r->time, e));
  OK(oversight_unlock(r->s, false, &error));
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  OK(write_table(r, 2, &error));
  r->time++;
  CHANGED(r, put_word(r, MANAGER, "policy-set", "policy", subject, false, r->time, e)); /* taken back */
  REFUSES(r, E_POLICY_UNSIGNED, read_shard(r, shard, two, 2, a, &t, e));
  arena_free(a);
  rights_free(r);
}

static void a_review_that_is_overdue(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_grant(&shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct store_policy p = policy_until(20), next = policy_until(200);
  set_policy(r, &p, 2);
  go_to(r, T0 + 21 * DAY - 1);
  r->problems.n = 0;
  OK(oversight_unlock(r->s, false, &error));
  assert_int_equal(r->problems.n, 0);
  go_to(r, T0 + 31 * DAY - 1); /* ten days of grace */
  OK(oversight_unlock(r->s, false, &error));
  assert_true(had_problem(&r->problems, E_POLICY_DUE));
  go_to(r, T0 + 31 * DAY);
  REFUSES(r, E_POLICY_REVIEW, oversight_unlock(r->s, false, e));
  REFUSES(r, E_POLICY_REVIEW, enter(r, a, "g-1", TABULATOR, e));
  REFUSED(r, E_POLICY_DATE, policy_put(r->s, &p, e)); /* the same date again */
  struct store_policy far_away = policy_until(31 + 732);
  REFUSED(r, E_POLICY_DATE, policy_put(r->s, &far_away, e));
  snprintf(next.version, sizeof next.version, "2026-2");
  set_policy(r, &next, 2);
  OK(enter(r, a, "g-1", TABULATOR, &error));
  struct policy_state active, last;
  bool found[2];
  OK(policy_now(r->s, &active, &last, found, &error));
  assert_true(found[0] && !found[1] && active.n_signatures == 2);
  assert_string_equal(active.policy.version, "2026-2");
  struct store_policy proposal = policy_until(300);
  set_policy(r, &proposal, 1); /* displaces nothing */
  OK(policy_now(r->s, &active, &last, found, &error));
  assert_true(found[0] && found[1]);
  assert_string_equal(active.policy.version, "2026-2");
  OK(enter(r, a, "g-1", TABULATOR, &error));
  arena_free(a);
  rights_free(r);
}

static void break_glass_goes_on(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_grant(&shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  appoint(r, REVIEWER, LOG_ROLE_KEY_OFFICER);
  go_to(r, T0 + 40 * DAY);
  REFUSES(r, E_POLICY_UNSIGNED, enter(r, a, "g-1", TABULATOR, e));
  make_grant(r, &(struct ask){.id = "fire", .break_glass = "flood in the archive", .from = r->time, .until = r->time + HOUR,
                              .limits = "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,"
                                        "\"sessions_per_day\":-1,\"tables_per_day\":-1}"});
  OK(enter(r, a, "fire", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  assert_int_equal(t.n_rows, 100);
  arena_free(a);
  rights_free(r);
}

/* --- inspections --- */

static enum err_code inspect_done(struct rights *r, int who, const char *id, const char *result, const char *findings, struct err *e) {
  struct inspection_result x = {.log_size = 0};
  snprintf(x.id, sizeof x.id, "%s", id);
  snprintf(x.result, sizeof x.result, "%s", result);
  snprintf(x.findings, sizeof x.findings, "%s", findings);
  memcpy(x.officer, r->person[who].card.id, sizeof x.officer);
  TRY(store_begin_plain(r->s, e));
  enum err_code code = inspection_put_result(r->s, &x, e);
  if (!code) return store_commit(r->s, e);
  store_rollback(r->s);
  return store_refuse(r->s, "inspect-done", id, e);
}
static void plan_it(struct rights *r, const char *id, int64_t due, int64_t every) {
  struct inspection_plan p = {.every = every, .about = "媒体の現物確認", .officer = "manager-b"};
  snprintf(p.id, sizeof p.id, "%s", id);
  day(due, p.due);
  CHANGED(r, inspection_put_plan(r->s, &p, e));
}

static void overdue_is_read_only(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_grant(&shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  struct inspection_state *list;
  int64_t n = 0;
  struct store_policy p = policy_until(NEXT_YEAR);
  set_policy(r, &p, 2);
  plan_it(r, "media", 10, 0);
  struct inspection_plan again = {.id = "media", .about = "x", .officer = "manager-b"};
  day(300, again.due);
  REFUSED(r, E_INSPECT_EXISTS, inspection_put_plan(r->s, &again, e)); /* a date is not moved */
  go_to(r, T0 + 16 * DAY - 1); /* due on day 10, five days of grace */
  OK(write_table(r, 2, &error));
  r->problems.n = 0;
  OK(oversight_unlock(r->s, false, &error));
  assert_true(had_problem(&r->problems, E_INSPECT_DUE));
  go_to(r, T0 + 16 * DAY);
  REFUSES(r, E_INSPECT_OVERDUE, write_table(r, 3, e));
  OK(oversight_unlock(r->s, false, &error)); /* it opens, and says so */
  assert_true(had_problem(&r->problems, E_INSPECT_LATE));
  OK(enter(r, a, "g-1", TABULATOR, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  REFUSES(r, E_ROLE_MISSING, inspect_done(r, TABULATOR, "media", "in-order", "", e));
  REFUSES(r, E_PAPER_FORMAT, inspect_done(r, MANAGER, "media", "corrected", "", e)); /* what was found? */
  REFUSES(r, E_PAPER_FORMAT, inspect_done(r, MANAGER, "media", "good", "", e));
  REFUSES(r, E_INSPECT_UNKNOWN, inspect_done(r, MANAGER, "nothing", "in-order", "", e));
  OK(inspect_done(r, MANAGER, "media", "open", "封印の破れ", &error));
  REFUSES(r, E_INSPECT_OVERDUE, write_table(r, 3, e)); /* not right yet */
  OK(inspect_done(r, AUDITOR, "media", "corrected", "封印を貼り直した", &error));
  OK(write_table(r, 3, &error));
  REFUSES(r, E_INSPECT_UNKNOWN, inspect_done(r, MANAGER, "media", "in-order", "", e)); /* once */
  OK(inspection_list(r->s, a, &list, &n, &error));
  assert_true(n == 1 && list[0].done && list[0].last.log_size > 10 && strlen(list[0].last.log_root) == 64);
  assert_string_equal(list[0].last.officer, "audit-f");
  arena_free(a);
  rights_free(r);
}

static void the_policy_asks_for_them_again_and_again(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_grant(&shard);
  struct err error;
  struct store_policy p = policy_until(NEXT_YEAR);
  p.inspect_every = 20;
  set_policy(r, &p, 2);
  go_to(r, T0 + 25 * DAY);
  OK(write_table(r, 2, &error));
  go_to(r, T0 + 26 * DAY); /* nothing was planned: still due 20 days after the policy, 5 days of grace */
  REFUSES(r, E_INSPECT_OVERDUE, write_table(r, 3, e));
  plan_it(r, "yearly", 26, 30);
  OK(inspect_done(r, CHIEF, "yearly", "in-order", "", &error));
  OK(write_table(r, 3, &error));
  go_to(r, T0 + (26 + 25) * DAY);
  OK(write_table(r, 4, &error));
  go_to(r, T0 + (26 + 26) * DAY);
  REFUSES(r, E_INSPECT_OVERDUE, write_table(r, 5, e)); /* by the policy, before the plan's own 30 days */
  OK(inspect_done(r, CHIEF, "yearly", "in-order", "", &error));
  OK(write_table(r, 5, &error));
  rights_free(r);
}

static void tasks_of_the_auditor_are_inspections(void **state) {
  (void)state;
  int64_t shard, n = 0;
  struct rights *r = with_grant(&shard);
  struct err error;
  struct arena *a = arena_new(0);
  struct inspection_state *list;
  appoint(r, REVIEWER, LOG_ROLE_KEY_OFFICER);
  make_grant(r, &(struct ask){.id = "fire", .break_glass = "flood", .until = T0 + HOUR,
                              .limits = "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,"
                                        "\"sessions_per_day\":-1,\"tables_per_day\":-1}"});
  OK(inspection_list(r->s, a, &list, &n, &error));
  assert_true(n == 1 && list[0].task && !list[0].done);
  REFUSES(r, E_ROLE_MISSING, inspect_done(r, CHIEF, list[0].plan.id, "in-order", "", e)); /* whoever decided does not audit */
  OK(inspect_done(r, AUDITOR, list[0].plan.id, "in-order", "", &error));
  REFUSES(r, E_INSPECT_UNKNOWN, inspect_done(r, AUDITOR, list[0].plan.id, "in-order", "", e));
  arena_free(a);
  rights_free(r);
}

/* --- contractors --- */

static void someone_of(struct rights *r, int who, const char *id, const char *organisation) {
  static const char *const names[FIXTURE_PEOPLE] = {[MAINTENANCE] = "外山 歩"};
  make_person(&r->person[who], id, names[who] ? names[who] : "内田 光", id);
  snprintf(r->person[who].card.organisation, sizeof r->person[who].card.organisation, "%s", organisation);
  CHANGED(r, officer_add(r->s, &r->person[who].card, e));
}
static struct contract contract_of(const char *id, const char *organisation, const char *datasets, int64_t days) {
  struct contract k = {.from = T0, .until = T0 + days * DAY, .purpose = "機器の保守"};
  snprintf(k.id, sizeof k.id, "%s", id);
  snprintf(k.organisation, sizeof k.organisation, "%s", organisation);
  snprintf(k.datasets, sizeof k.datasets, "%s", datasets);
  return k;
}
static enum err_code contract_word(struct rights *r, const char *id, int who, const char *kind, struct err *e) {
  struct contract_state x;
  struct strbuf word;
  TRY(contract_find(r->s, id, &x, e));
  sign_word(r, who, kind, x.subject, true, r->time, &word);
  enum err_code code = store_begin_plain(r->s, e);
  if (!code) code = contract_vote(r->s, id, str_view(word.p, word.n), e);
  strbuf_release(&word);
  if (!code) return store_commit(r->s, e);
  store_rollback(r->s);
  return store_refuse(r->s, "role-grant", id, e);
}
static void conclude(struct rights *r, const struct contract *k) {
  struct err error;
  CHANGED(r, contract_put(r->s, k, e));
  OK(contract_word(r, k->id, CHIEF, "contract", &error));
  OK(contract_word(r, k->id, MANAGER, "contract", &error));
}
static enum err_code propose_role(struct rights *r, int who, enum log_role role, int64_t days, struct err *e) {
  struct strbuf text;
  uint8_t subject[32];
  certificate(r, who, role, r->time, T0 + days * DAY, &text, subject);
  TRY(store_begin_plain(r->s, e));
  enum err_code code = role_put(r->s, str_view(text.p, text.n), e);
  strbuf_release(&text);
  if (!code) return store_commit(r->s, e);
  store_rollback(r->s);
  return store_refuse(r->s, "role-grant", "role", e);
}
static void approve_role(struct rights *r, int who, enum log_role role, int64_t days) {
  struct strbuf text;
  struct err error;
  uint8_t subject[32];
  OK(propose_role(r, who, role, days, &error));
  certificate(r, who, role, r->time, T0 + days * DAY, &text, subject);
  CHANGED(r, put_word(r, CHIEF, "role-grant", "role", subject, true, r->time, e));
  CHANGED(r, put_word(r, MANAGER, "role-grant", "role", subject, true, r->time, e));
  strbuf_release(&text);
}
static enum err_code finish_contract(struct rights *r, const char *id, const char *certificate_text, struct err *e) {
  struct contract_end end = {.reason = "done", .officer = "chief-a"};
  snprintf(end.id, sizeof end.id, "%s", id);
  TRY(store_begin_plain(r->s, e));
  enum err_code code = contract_finish(r->s, &end, certificate_text, strlen(certificate_text), e);
  if (!code) return store_commit(r->s, e);
  store_rollback(r->s);
  return store_refuse(r->s, "role-revoke", id, e);
}

static void maintenance_needs_a_contract(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  role_set held = 0;
  people(r);
  memset(r->person[MAINTENANCE].card.id, 0, sizeof r->person[MAINTENANCE].card.id);
  someone_of(r, MAINTENANCE, "fixer-x", "保守会社");
  REFUSES(r, E_CONTRACT_NEEDED, propose_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 100, e));
  struct contract k = contract_of("fix-2026", "保守会社", "vital/birth/*/received", 200);
  CHANGED(r, contract_put(r->s, &k, e));
  REFUSES(r, E_CONTRACT_NEEDED, propose_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 100, e)); /* proposed is not concluded */
  REFUSES(r, E_ROLE_MISSING, contract_word(r, "fix-2026", TABULATOR, "contract", e));
  OK(contract_word(r, "fix-2026", CHIEF, "contract", &error));
  REFUSES(r, E_CONTRACT_NEEDED, propose_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 100, e)); /* one approval */
  OK(contract_word(r, "fix-2026", MANAGER, "contract", &error));
  REFUSES(r, E_CONTRACT_TERM, propose_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 201, e));
  REFUSES(r, E_CONTRACT_ROLE, propose_role(r, MAINTENANCE, LOG_ROLE_KEY_OFFICER, 100, e));
  REFUSES(r, E_CONTRACT_ROLE, propose_role(r, MAINTENANCE, LOG_ROLE_MANAGER, 100, e));
  REFUSES(r, E_CONTRACT_ROLE, propose_role(r, MAINTENANCE, LOG_ROLE_AUDITOR, 100, e));
  approve_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 200);
  OK(roles_of(r->s, "fixer-x", r->time, &held, &error));
  assert_true(held == ROLE_BIT(LOG_ROLE_MAINTENANCE));
  REFUSED(r, E_CONTRACT_EXISTS, contract_put(r->s, &k, e)); /* never edited */
  REFUSES(r, E_CONTRACT_CERTIFICATE, finish_contract(r, "fix-2026", "", e));
  OK(finish_contract(r, "fix-2026", "消去しました", &error));
  OK(roles_of(r->s, "fixer-x", r->time, &held, &error));
  assert_true(held == 0); /* their roles end with it */
  REFUSES(r, E_CONTRACT_ENDED, finish_contract(r, "fix-2026", "again", e));
  REFUSES(r, E_CONTRACT_NEEDED, propose_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 100, e));
  struct contract_state x;
  OK(contract_find(r->s, "fix-2026", &x, &error));
  assert_true(x.ended && strlen(x.end.certificate) == 64 && strlen(x.end.blob) == 64);
  rights_free(r);
}

static void their_grants_stay_within_it(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct arena *a = arena_new(0);
  struct contract_report report;
  struct table t;
  int64_t shard;
  people(r);
  put_table(r, 50, 1, &shard);
  someone_of(r, MAINTENANCE, "typist-x", "入力会社");
  struct contract k = contract_of("entry-2026", "入力会社", "vital/birth/2025-11/received vital/death/*/*", 20);
  conclude(r, &k);
  OK(ask_for(r, &(struct ask){.id = "wide", .person = "typist-x"}, &error));
  OK(sign_request(r, "wide", &error));
  OK(vote(r, "wide", CHIEF, true, &error));
  OK(vote(r, "wide", MANAGER, true, &error));
  REFUSES(r, E_CONTRACT_SCOPE, grant_activate(r->s, "wide", e)); /* 2025-12 is not in the contract */
  OK(finish_contract(r, "entry-2026", "消去しました", &error));
  struct contract k2 = contract_of("entry-2", "入力会社", "vital/birth/*/received", 20);
  conclude(r, &k2);
  OK(grant_activate(r->s, "wide", &error));
  OK(enter(r, a, "wide", MAINTENANCE, &error));
  OK(read_shard(r, shard, two, 2, a, &t, &error));
  OK(contract_report_make(r->s, a, "entry-2", &report, &error));
  assert_true(report.people == 1 && report.n >= 4 && report.rows == 50);
  int64_t reads = 0;
  for (int64_t i = 0; i < report.n; i++) reads += strcmp(report.access[i].grant, "wide") == 0 && report.access[i].result == LOG_INTENT;
  assert_int_equal(reads, 1);
  go_to(r, T0 + 20 * DAY); /* the grant goes on for ten days, the contract does not */
  REFUSES(r, E_CONTRACT_ENDED, enter(r, a, "wide", MAINTENANCE, e));
  struct contract k3 = contract_of("entry-3", "入力会社", "vital/birth/*/received", 60);
  REFUSED(r, E_CONTRACT_CERTIFICATE, contract_put(r->s, &k3, e)); /* first the erasure of the last one */
  OK(finish_contract(r, "entry-2", "消去しました", &error));
  conclude(r, &k3);
  OK(enter(r, a, "wide", MAINTENANCE, &error));
  arena_free(a);
  rights_free(r);
}

static void re_outsourcing_needs_a_second_word(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  people(r);
  someone_of(r, MAINTENANCE, "sub-x", "孫請会社");
  struct contract k = contract_of("main-1", "入力会社", "vital/birth/*/received", 100);
  struct contract sub = contract_of("sub-1", "孫請会社", "vital/birth/2025-12/received", 50);
  snprintf(sub.parent, sizeof sub.parent, "main-1");
  REFUSED(r, E_CONTRACT_UNKNOWN, contract_put(r->s, &sub, e));
  CHANGED(r, contract_put(r->s, &k, e));
  REFUSED(r, E_CONTRACT_PARENT, contract_put(r->s, &sub, e)); /* not in force yet */
  OK(contract_word(r, "main-1", CHIEF, "contract", &error));
  OK(contract_word(r, "main-1", MANAGER, "contract", &error));
  struct contract longer = sub, wider = sub;
  longer.until = k.until + DAY;
  snprintf(wider.datasets, sizeof wider.datasets, "vital/*/2025-12/received");
  REFUSED(r, E_CONTRACT_PARENT, contract_put(r->s, &longer, e));
  REFUSED(r, E_CONTRACT_PARENT, contract_put(r->s, &wider, e));
  conclude(r, &sub);
  REFUSES(r, E_CONTRACT_NEEDED, propose_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 40, e)); /* two approvals are not enough here */
  REFUSES(r, E_ROLE_MISSING, contract_word(r, "sub-1", MANAGER, "subcontract", e));
  OK(contract_word(r, "sub-1", CHIEF, "subcontract", &error));
  OK(propose_role(r, MAINTENANCE, LOG_ROLE_MAINTENANCE, 40, &error));
  struct contract third = contract_of("third-1", "曾孫会社", "vital/birth/2025-12/received", 30);
  snprintf(third.parent, sizeof third.parent, "sub-1");
  REFUSED(r, E_CONTRACT_PARENT, contract_put(r->s, &third, e));
  OK(finish_contract(r, "main-1", "消去しました", &error));
  REFUSES(r, E_CONTRACT_NEEDED, propose_role(r, MAINTENANCE, LOG_ROLE_TABULATOR, 30, e)); /* it falls with the one it is under */
  rights_free(r);
}

/* --- texts, and an office of one --- */

static void edited_records_are_seen(void **state) {
  (void)state;
  int64_t shard;
  struct rights *r = with_grant(&shard);
  struct err error;
  struct policy_state active, last;
  bool found[2];
  struct store_policy p = policy_until(20);
  set_policy(r, &p, 2);
  edit_database(r, "UPDATE rights_record SET text = replace(text, '\"grace_days\":10', '\"grace_days\":90') WHERE object = 'policy:store'");
  assert_int_equal(policy_now(r->s, &active, &last, found, &error), E_STORE_TAMPERED);
  rights_free(r);
}
static void texts_are_canonical(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct strbuf text;
  struct store_policy p = policy_until(100), back;
  uint8_t subject[32], again[32];
  strbuf_init(&text, 0);
  OK(policy_text(r->s, &p, &text, subject, &error));
  OK(management_policy_parse(r->s, str_view(text.p, text.n), &back, again, &error));
  assert_memory_equal(subject, again, 32);
  strbuf_addc(&text, ' ');
  assert_int_equal(management_policy_parse(r->s, str_view(text.p, text.n), &back, again, &error), E_PAPER_FORMAT);
  strbuf_release(&text);
  snprintf(p.version, sizeof p.version, "two\nlines");
  strbuf_init(&text, 0);
  assert_int_equal(policy_text(r->s, &p, &text, subject, &error), E_PAPER_FORMAT);
  strbuf_release(&text);
  p = policy_until(100);
  p.grace_days = 93;
  strbuf_init(&text, 0);
  assert_int_equal(policy_text(r->s, &p, &text, subject, &error), E_PAPER_FORMAT);
  strbuf_release(&text);
  static const struct {
    const char *patterns, *of;
    bool within;
  } rows[] = {{"a/b/c/d", "a/b/c/d", true}, {"a/b/c/d", "a/*/c/*", true}, {"a/*/c/d", "a/b/c/d", false}, {"a/*/c/d", "a/*/*/d", true},
      {"a/b/c/d x/y/z/w", "a/b/c/d", false}, {"a/b/c/d x/y/z/w", "x/*/*/* a/*/*/*", true}, {"blob/original", "*/*/*/*", false},
      {"blob/original", "blob/*", true}, {"a/b/c/d", "blob/*", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_int_equal(contract_within(rows[i].patterns, rows[i].of), rows[i].within);
  rights_free(r);
}
static void an_office_of_one_has_none_of_it(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  int64_t shard;
  put_table(r, 10, 1, &shard);
  int64_t before = (int64_t)access_log_size(r->s->log.tree);
  r->time += 3 * (int64_t)YEAR;
  OK(oversight_unlock(r->s, false, &error));
  OK(oversight_may_read(r->s, &error));
  OK(oversight_may_write(r->s, "vital/birth/2025-12/received", &error));
  OK(read_shard(r, shard, NULL, 0, a, &t, &error));
  assert_int_equal(access_log_size(r->s->log.tree), before + 2);
  OK(write_table(r, 2, &error));
  assert_int_equal(all_refused(r), 0);
  arena_free(a);
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_policy_thirty_days),
      cmocka_unit_test(a_review_that_is_overdue),
      cmocka_unit_test(break_glass_goes_on),
      cmocka_unit_test(overdue_is_read_only),
      cmocka_unit_test(the_policy_asks_for_them_again_and_again),
      cmocka_unit_test(tasks_of_the_auditor_are_inspections),
      cmocka_unit_test(maintenance_needs_a_contract),
      cmocka_unit_test(their_grants_stay_within_it),
      cmocka_unit_test(re_outsourcing_needs_a_second_word),
      cmocka_unit_test(edited_records_are_seen),
      cmocka_unit_test(texts_are_canonical),
      cmocka_unit_test(an_office_of_one_has_none_of_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* application_fixture.h -- the people of rights_fixture.h, who all may do what the steps of an application need, and an application that lacks
 * nothing. */
#ifndef SHIRABE_TESTS_UNIT_APPLICATION_FIXTURE_H
#define SHIRABE_TESTS_UNIT_APPLICATION_FIXTURE_H
#include "tests/unit/grant_fixture.h"

#include "secure-store/use/application_impl.h"
#include "secure-store/use/application_items.h"
#include "secure-store/use/sanction.h"

#define HASH64 "0000000000000000000000000000000000000000000000000000000000000007"
#define FILL(member, text) snprintf(a.member, sizeof a.member, "%s", text)
static struct application UNUSED application_of(const char *id) {
  struct application a = {.from = T0 - DAY, .until = T0 + 100 * DAY};
  FILL(id, id), FILL(title, "出生体重の研究"), FILL(applicant, "大学"), FILL(applicant_kind, "legal"), FILL(section, "疫学"), FILL(representative, "学長");
  FILL(contact, "03-0000"), FILL(identity_sha256, HASH64), FILL(purpose, "研究"), FILL(need, "表にない区分"), FILL(analysis, "回帰"), FILL(basis, "33-2");
  FILL(rows, "all"), FILL(publication, "論文"), FILL(place, "研究室"), FILL(machine, "pc-1"), FILL(network, "none"), FILL(erasure, "上書き");
  FILL(outsourcing, "none"), FILL(holdings, "none"), FILL(route, "ordinary"), FILL(users, "tab-e"), FILL(datasets, "vital/birth/2025-12");
  FILL(declarations, "no-offence\nno-gang\nno-misuse"), FILL(items, "birth_weight: 分布\nsex: 性比");
  return a;
}
static struct act_by UNUSED by_of(struct rights *r, int who) {
  struct act_by by;
  memset(&by, 0, sizeof by);
  memcpy(by.officer, r->person[who].card.id, sizeof by.officer);
  by.secret = &r->person[who].secret;
  return by;
}
/* What a step needs besides its right: `with` fills it in. */
static struct application UNUSED brings(const char *id, enum use_step step) {
  struct application a = {.from = 0};
  FILL(id, id), FILL(note, "n");
  if (step == USE_CONSULT) a = application_of(id);
  if (step == USE_REFUSE) FILL(conditions, "不足");
  if (step == USE_PLEDGE) FILL(pledges, "tab-e " HASH64);
  if (step == USE_PROVIDE) FILL(grant, "g-use");
  if (step == USE_CONFIRM) FILL(results_sha256, HASH64);
  if (step == USE_RETURN) FILL(destruction_sha256, HASH64);
  return a;
}
/* The clock goes on: one person's words must be in order. */
static enum err_code UNUSED use_step_by(struct rights *r, int who, enum use_step step, const struct application *change, struct err *e) {
  const struct act_by by = by_of(r, who);
  r->time++;
  return application_do(r->s, step, change, &by, e);
}
static enum err_code UNUSED use_step_of(struct rights *r, int who, enum use_step step, const char *id, struct err *e) {
  const struct application change = brings(id, step);
  return use_step_by(r, who, step, &change, e);
}
static enum err_code UNUSED use_vote(struct rights *r, int who, const char *id, bool approve, struct err *e) {
  const struct act_by by = by_of(r, who);
  r->time++;
  return application_vote(r->s, id, approve, &by, e);
}
static enum use_state UNUSED use_state_of(struct rights *r, const char *id) {
  struct application a;
  struct err error;
  OK(application_find(r->s, id, &a, &error));
  return application_state(&a);
}
/* manager-b is a clerk and leader, review-g and manager-c review, pack-j provides. */
static struct rights UNUSED *use_new(void) {
  struct rights *r = rights_new();
  setenv("SHIRABE_FORMS", "forms", 1);
  people(r);
  appoint(r, MANAGER_2, LOG_ROLE_REVIEWER);
  return r;
}
static const struct ask use_grant = {.id = "g-use", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2", .requester = "review-g"};
/* To the state before `provide`. */
static void UNUSED use_to_pledged(struct rights *r, const char *id) {
  struct err error;
  OK(use_step_of(r, MANAGER, USE_CONSULT, id, &error));
  OK(use_step_of(r, MANAGER, USE_APPLY, id, &error));
  OK(use_step_of(r, MANAGER, USE_CHECK, id, &error));
  OK(use_vote(r, REVIEWER, id, true, &error));
  OK(use_vote(r, MANAGER_2, id, true, &error));
  OK(use_step_of(r, MANAGER, USE_ACCEPT, id, &error));
  OK(use_step_of(r, MANAGER, USE_PLEDGE, id, &error));
}
static void UNUSED use_to_in_use(struct rights *r, const char *id) {
  struct err error;
  use_to_pledged(r, id);
  OK(use_step_of(r, PROVIDER, USE_PROVIDE, id, &error));
  OK(use_step_of(r, PROVIDER, USE_RECEIVE, id, &error));
}
#endif

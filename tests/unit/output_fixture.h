/* output_fixture.h -- the people of grant_fixture.h with two reviewers, a grant g-1 of the tabulator, and tables to hand in. */
#ifndef SHIRABE_TESTS_UNIT_OUTPUT_FIXTURE_H
#define SHIRABE_TESTS_UNIT_OUTPUT_FIXTURE_H
#include "tests/unit/grant_fixture.h"

#include "base/atomic_file.h"
#include "estimators/command/cmd_use_output_rules.h"
#include "secure-store/output/output_impl.h"

#define CLEAN "region,measure,kind,value,n\n_T,persons,count,60,60\n1,persons,count,25,25\n2,persons,count,35,35\n"
#define CLEAN_2 "region,measure,kind,value,n\n_T,persons,count,160,160\n1,persons,count,75,75\n2,persons,count,85,85\n"
#define SMALL "region,measure,kind,value,n\n1,persons,count,9,9\n2,persons,count,51,51\n"
enum { CHECKER = REVIEWER, CHECKER_2 = MANAGER_2 };
static struct act_by UNUSED by_of(struct rights *r, int who) {
  struct act_by by = {.secret = &r->person[who].secret};
  snprintf(by.officer, sizeof by.officer, "%s", r->person[who].card.id);
  r->time += 60;
  return by;
}
static struct output_rules UNUSED rules_of(void) { return use_output_rules("forms/secure/output_profiles.csv"); }
static struct rights UNUSED *output_new(void) {
  struct rights *r = rights_new();
  people(r);
  appoint(r, CHECKER_2, LOG_ROLE_REVIEWER);
  const struct ask a = {.requester = "keys-d"};
  r->time += 60;
  if (who_is(r, "keys-d") < 0) fail_msg("no such person");
  make_grant(r, &a);
  return r;
}
static enum err_code UNUSED hand_in_as(struct rights *r, int who, const char *id, const char *grant, const char *name, struct str bytes,
    struct str units, struct output *o, struct err *e) {
  struct output_file f = {.name = name, .bytes = bytes, .units = units};
  const struct output_rules rules = rules_of();
  const struct act_by by = by_of(r, who);
  const struct output_request q = {id, grant, "説明", &f, 1};
  return output_hand_in(r->s, &q, &rules, &by, o, e);
}
static enum err_code UNUSED hand_in(struct rights *r, const char *id, const char *table, struct output *o, struct err *e) {
  return hand_in_as(r, TABULATOR, id, "g-1", "t.csv", str_of(table), (struct str){0}, o, e);
}
static enum err_code UNUSED vote_as(struct rights *r, int who, const char *id, bool approve, struct output *o, struct err *e) {
  const struct act_by by = by_of(r, who);
  return output_vote(r->s, id, approve, &by, o, e);
}
static enum err_code UNUSED release_as(struct rights *r, int who, const char *id, struct output *o, struct err *e) {
  const struct act_by by = by_of(r, who);
  const struct output_rules rules = rules_of();
  char out[300];
  snprintf(out, sizeof out, "%s/out", r->folder);
  return output_release(r->s, id, out, &rules, &by, o, e);
}
static enum err_code UNUSED withdraw_as(struct rights *r, int who, const char *id, struct output *o, struct err *e) {
  const struct act_by by = by_of(r, who);
  return output_withdraw(r->s, id, "誤り", &by, o, e);
}
static void UNUSED approved(struct rights *r, const char *id, const char *table) {
  struct output o;
  struct err error;
  OK(hand_in(r, id, table, &o, &error));
  OK(vote_as(r, CHECKER, id, true, &o, &error));
  OK(vote_as(r, CHECKER_2, id, true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_APPROVED);
}
static enum output_state UNUSED state_in_store(struct rights *r, const char *id) {
  struct output o;
  struct err e;
  return output_find(r->s, id, &o, &e) ? OUTPUT_NONE : output_state_of(&o);
}
static bool UNUSED file_there(const struct rights *r, const char *id, const char *name) {
  char path[400];
  snprintf(path, sizeof path, "%s/out/output-%s/%s", r->folder, id, name);
  return access(path, F_OK) == 0;
}
#endif

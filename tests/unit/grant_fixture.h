/* grant_fixture.h -- the people of rights_fixture.h, a table, and grants about it. */
#ifndef SHIRABE_TESTS_UNIT_GRANT_FIXTURE_H
#define SHIRABE_TESTS_UNIT_GRANT_FIXTURE_H
#include "tests/unit/rights_fixture.h"

#include "secure-store/rights/grant_impl.h"

enum { CHIEF, MANAGER, MANAGER_2, KEYS, TABULATOR, AUDITOR, REVIEWER, TABULATOR_2, PROVIDER, MAINTENANCE };

/* Members that a test changes; the rest is as in most grants. */
struct ask {
  const char *id, *dataset, *columns, *filter, *basis, *person, *requester, *machine, *break_glass, *limits;
  int64_t from, until;
};
static void UNUSED ask_text(const struct ask *a, char *out, size_t size) {
  snprintf(out, size,
      "{\"format\":\"shirabe-grant-1\",\"id\":\"%s\",\"dataset\":\"%s\",\"columns\":%s,\"filter\":\"%s\",\"legal_basis\":\"%s\","
      "\"person\":\"%s\",\"requester\":\"%s\",\"machine\":\"%s\",\"break_glass\":\"%s\",\"limits\":%s,\"from\":%lld,\"until\":%lld,"
      "\"purpose\":\"月報の集計\",\"place\":\"統計課 集計室\",\"output_rule\":\"household\"}",
      a->id ? a->id : "g-1", a->dataset ? a->dataset : "vital/birth/2025-12/received", a->columns ? a->columns : "[\"weight\",\"sex\"]",
      a->filter ? a->filter : "", a->basis ? a->basis : "33-1-i-stat", a->person ? a->person : "tab-e", a->requester ? a->requester : "pack-j",
      a->machine ? a->machine : "this", a->break_glass ? a->break_glass : "",
      a->limits ? a->limits
                : "{\"cells_per_day\":-1,\"exports\":1,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,\"sessions_per_day\":-1,"
                  "\"tables_per_day\":-1}",
      (long long)(a->from ? a->from : T0), (long long)(a->until ? a->until : T0 + 30 * DAY));
}
static enum err_code UNUSED ask_for(struct rights *r, const struct ask *a, struct err *e) {
  char text[4096];
  ask_text(a, text, sizeof text);
  return grant_request(r->s, str_of(text), e);
}
static int UNUSED who_is(const struct rights *r, const char *id) {
  for (int i = 0; i < FIXTURE_PEOPLE; i++)
    if (strcmp(r->person[i].card.id, id) == 0) return i;
  return -1;
}

static void UNUSED subject_of(struct rights *r, const char *id, struct grant *g, struct arena *a, uint8_t subject[32]) {
  struct err error;
  OK(grant_find(r->s, a, id, g, subject, &error));
}
static enum err_code UNUSED vote_subject(
    struct rights *r, const char *id, int who, const char *kind, const uint8_t subject[32], bool approve, struct err *e) {
  struct strbuf word;
  sign_word(r, who, kind, subject, approve, r->time, &word);
  enum err_code code = grant_vote(r->s, id, str_view(word.p, word.n), e);
  strbuf_release(&word);
  return code;
}
static enum err_code UNUSED vote(struct rights *r, const char *id, int who, bool approve, struct err *e) {
  struct arena *a = arena_new(0);
  struct grant g;
  uint8_t subject[32];
  subject_of(r, id, &g, a, subject);
  enum err_code code = vote_subject(r, id, who, grant_vote_kind(&g), subject, approve, e);
  arena_free(a);
  return code;
}
static enum err_code UNUSED sign_request(struct rights *r, const char *id, struct err *e) {
  struct arena *a = arena_new(0);
  struct grant g;
  uint8_t subject[32];
  subject_of(r, id, &g, a, subject);
  enum err_code code = vote_subject(r, id, who_is(r, g.requester), "request", subject, true, e);
  arena_free(a);
  return code;
}
/* The id of the machine in a store of the light profile, and what it was before. */
static UNUSED char *on_another_machine(void) {
  const char *id = getenv("SHIRABE_MACHINE_ID");
  char *here = id ? strdup(id) : NULL;
  setenv("SHIRABE_MACHINE_ID", "another", 1);
  return here;
}
static void UNUSED back_home(char *here) {
  if (here) setenv("SHIRABE_MACHINE_ID", here, 1);
  else unsetenv("SHIRABE_MACHINE_ID");
  free(here);
}
static void UNUSED make_grant(struct rights *r, const struct ask *a) {
  struct err error;
  const char *id = a->id ? a->id : "g-1";
  bool emergency = a->break_glass && a->break_glass[0];
  OK(ask_for(r, a, &error));
  OK(sign_request(r, id, &error));
  OK(vote(r, id, emergency ? KEYS : CHIEF, true, &error));
  OK(vote(r, id, emergency ? REVIEWER : MANAGER, true, &error));
  OK(grant_activate(r->s, id, &error));
}
static enum err_code UNUSED enter(struct rights *r, struct arena *a, const char *id, int who, struct err *e) {
  enum err_code code = officer_sign_in(r->s, &r->person[who].secret, e);
  return code ? code : grant_enter(r->s, a, id, r->person[who].card.id, e);
}
static void UNUSED put_table(struct rights *r, int64_t n, int64_t sequence, int64_t *shard) {
  struct err error;
  struct arena *a = arena_new(0);
  struct table t;
  char batch[32];
  fixture_table(a, n, &t);
  snprintf(batch, sizeof batch, "batch-%lld", (long long)sequence);
  OK(fixture_write(r->s, &t, batch, sequence, shard, &error));
  arena_free(a);
}
static enum err_code UNUSED read_shard(
    struct rights *r, int64_t shard, const char *const *names, int n, struct arena *a, struct table *out, struct err *e) {
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received"};
  int64_t access;
  struct err second;
  TRY(store_log_intent(r->s, &entry, &access, e));
  enum err_code code = store_shard_read(r->s, shard, access, names, n, a, out, e);
  enum err_code logged = store_log_outcome(r->s, access, &entry, code == E_OK, &second);
  return code ? code : logged;
}
static int64_t UNUSED all_refused(struct rights *r) { return leaves(r, NULL, LOG_REFUSED, NULL); }

/* A refusal with this code, and exactly one leaf of it. */
#define REFUSES(r, wanted, call)                                                                                          \
  do {                                                                                                                    \
    struct err refuses_error_ = {.code = E_OK};                                                                           \
    struct err *e = &refuses_error_;                                                                                      \
    (void)e;                                                                                                              \
    int64_t leaves_before_ = all_refused(r);                                                                              \
    enum err_code refused_ = (call);                                                                                      \
    if (refused_ != (wanted)) fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, refused_ ? err_name(refused_) : "done"); \
    assert_int_equal(refused_, wanted);                                                                                   \
    assert_int_equal(all_refused(r), leaves_before_ + 1);                                                                 \
  } while (0)
#endif

/* contract_report.c -- see contract_report.h. */
#include "secure-store/oversight/contract_report.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/rights/grant_limits.h"
#include "secure-store/store_impl.h"

struct reading {
  const struct officer *people;
  uint8_t (*key)[8];
  int64_t n_people;
  struct contract_report *report; /* access NULL: counted only */
  int64_t n;
};

const char *contract_access_result(const struct contract_access *a) {
  static const char *const names[LOG_RESULT_COUNT] = {"", "intent", "done", "failed", "refused", "end not recorded", "note"};
  return a->result < LOG_RESULT_COUNT ? names[a->result] : "";
}
static int64_t who_is(const struct reading *r, const struct log_leaf *leaf) {
  for (int64_t i = 0; i < r->n_people; i++)
    if (memcmp(r->key[i], leaf->actor, sizeof leaf->actor) == 0) return i;
  return -1;
}
static enum err_code take(void *context, const struct log_leaf *leaf, struct err *e) {
  struct reading *r = context;
  int64_t who = who_is(r, leaf);
  (void)e;
  if (who < 0) return E_OK;
  int64_t at = r->n++;
  if (!r->report->access || at >= r->report->n) return E_OK;
  struct contract_access *a = &r->report->access[at];
  *a = (struct contract_access){.seq = leaf->seq, .wall = leaf->wall, .rows = leaf->rows, .action = leaf->action, .result = leaf->result};
  memcpy(a->officer, r->people[who].id, sizeof a->officer);
  memcpy(a->object, leaf->object, sizeof a->object);
  memcpy(a->grant, leaf->grant, sizeof a->grant);
  r->report->refused += leaf->result == LOG_REFUSED;
  return E_OK;
}
static enum err_code people_of(struct store *s, struct arena *a, struct reading *r, struct err *e) {
  struct officer *list;
  int64_t n = 0;
  TRY(officer_list(s, a, &list, &n, e));
  struct officer *theirs = ARENA_ARRAY(a, struct officer, n + 1);
  r->key = arena_alloc(a, sizeof *r->key * (size_t)(n + 1), 1);
  if (!theirs || !r->key) return ERR(e, E_NO_MEMORY, .subject = "contract");
  for (int64_t i = 0; i < n; i++) {
    if (strcmp(list[i].organisation, r->report->organisation) != 0) continue;
    TRY(officer_key_id(&list[i], r->key[r->n_people], e));
    theirs[r->n_people++] = list[i];
  }
  r->people = theirs;
  return E_OK;
}
/* The counters of grants are leaves too. */
static int64_t rows_of(const struct store *s, const char *officer) {
  struct grant_usage u;
  person_usage_of(s, officer, s->records.last.wall, &u);
  return u.in_all[COUNT_ROWS];
}
enum err_code contract_report_make(struct store *s, struct arena *a, const char *id, struct contract_report *out, struct err *e) {
  struct contract_state x;
  struct reading r = {.report = out};
  memset(out, 0, sizeof *out);
  TRY(contract_find(s, id, &x, e));
  memcpy(out->organisation, x.contract.organisation, sizeof out->organisation);
  TRY(people_of(s, a, &r, e));
  out->people = r.n_people;
  for (int64_t i = 0; i < r.n_people; i++) out->rows += rows_of(s, r.people[i].id);
  TRY(store_log_each(s, take, &r, e));
  out->access = ARENA_ARRAY(a, struct contract_access, r.n + 1);
  if (!out->access) return ERR(e, E_NO_MEMORY, .subject = "contract");
  out->n = r.n;
  r.n = 0;
  return store_log_each(s, take, &r, e);
}

/* query_answer.c -- correct, confirm with a reason, withdraw; or close. An answer is a signed part like the question; it changes no record. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/job.h"
#include "collector/query_impl.h"

static enum err_code check_state(struct store *s, const struct query_entry *q, const struct query_reply *r, struct err *e) {
  bool ja = store_job(s)->lang == LANG_JA;
  char number[24];
  const char *here = store_office(s)->id;
  bool asker = !strcmp(here, q->asker), owner = !strcmp(here, q->owner), close = r->kind == QUERY_CLOSE;
  const char *found = query_state_name(q->state, store_job(s)->lang);
  snprintf(number, sizeof number, "%lld", (long long)q->number);
  if (close ? !asker : !asker && !owner) return ERR(e, E_QUERY_OWNER, .subject = number, .expected = close ? q->asker : q->owner);
  if (q->closed || (!close && q->answer[0]))
    return ERR(e, E_QUERY_STATE, .subject = number, .found = found, .expected = close ? (ja ? "終了していない" : "not closed") : ja ? "未回答" : "without an answer");
  if (close && !q->answer[0] && !(r->reason && r->reason[0]))
    return ERR(e, E_QUERY_STATE, .subject = number, .found = found, .expected = ja ? "回答済、または --reason 理由" : "answered, or --reason TEXT");
  return E_OK;
}

static enum err_code check_values(
    struct store *s, const struct query_entry *q, const struct query_part *question, const struct query_reply *r, struct err *e) {
  struct form *f = NULL;
  struct period period;
  const struct job *job = store_job(s);
  if (r->kind != QUERY_CORRECT) return E_OK;
  if (!period_parse(str_of(q->period), &period)) return ERR(e, E_QUERY_FORMAT, .subject = "period", .expected = "2025-12");
  TRY(form_read(job->arena, job, r->forms, q->survey, q->form, question->version, period_last_day(&period), &f, NULL, e));
  for (int i = 0; i < r->n_values; i++) TRY(query_value_check(f, &r->values[i], e));
  return E_OK;
}

static enum err_code store_answer(struct store *s, const struct query_entry *q, const struct query_reply *r, struct err *e) {
  char salt[33], now[24];
  query_salt(salt);
  time_format_utc(job_now(store_job(s)), now);
  const struct query_part p = {.kind = r->kind,
      .by = store_office(s)->id,
      .time = now,
      .salt = salt,
      .query = q->id,
      .reason = r->reason && r->reason[0] ? r->reason
          : r->kind == QUERY_CLOSE        ? "answered"
                                          : "",
      .n_values = r->n_values,
      .values = r->values};
  TRY(store_begin(s, e));
  enum err_code code = query_store_own(s, &p, NULL, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

enum err_code query_answer(struct store *s, int64_t number, const struct query_reply *r, struct err *e) {
  struct query_entry q;
  struct query_part *question, *answer;
  struct arena *a = store_job(s)->arena;
  struct err second;
  char object[96];
  int64_t access;
  TRY(query_prepare(s, e));
  TRY(query_get(s, number, a, &q, e));
  TRY(check_state(s, &q, r, e));
  snprintf(object, sizeof object, "query:%.64s", q.id);
  const struct log_entry entry = {.action = "data-correct", .object = object, .purpose = "query", .rows = 1, .detail = ""};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = query_open(s, &q, access, a, &question, &answer, e);
  if (!code) code = check_values(s, &q, question, r, e);
  if (!code) code = store_answer(s, &q, r, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

/* query_apply.c -- see query_apply.h. */
#include "collector/query_apply.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/job.h"
#include "collector/intake_change.h"
#include "collector/ledger.h"
#include "collector/query_correction.h"
#include "forms/form.h"

static enum err_code read_requests(struct store *s, struct arena *a, struct query_correction **list, int64_t *n, struct err *e) {
  const struct log_entry entry = {.action = "data-read", .object = "query:corrections", .purpose = "query-apply", .detail = ""};
  struct err second;
  int64_t access;
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = query_corrections(s, NULL, NULL, NULL, access, a, list, n, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

static enum err_code texts_of(struct arena *a, const struct query_pair *p, int64_t n, const char *const **out, struct err *e) {
  const char **texts = ARENA_ARRAY(a, const char *, n + 1);
  for (int64_t i = 0; texts && i < n; i++)
    if (!(texts[i] = arena_printf(a, "%s=%s", p[i].item, p[i].value))) texts = NULL;
  *out = texts;
  return texts ? E_OK : ERR(e, E_NO_MEMORY, .subject = "query");
}

static enum err_code reason_of(const struct query_correction *q, const struct query_apply_request *r, bool ja, const char **out, struct err *e) {
  *out = r->withdraw ? r->withdraw : !strncmp(q->question->rule, "duplicate:", 10) ? "duplicate" : NULL;
  if (*out || !q->withdraw) return E_OK;
  char number[24];
  snprintf(number, sizeof number, "%lld", (long long)q->number);
  return ERR(e, E_QUERY_OPTIONS, .subject = number, .expected = ja ? "取下げの回答には --withdraw-as 理由の符号" : "--withdraw-as CODE for an answer that withdraws");
}

/* The version and the end of its request: both or neither. */
static enum err_code apply_one(struct store *s, int64_t number, const struct form *f, const struct withdraw_request *one, const char *forms,
    struct withdraw_report *done, struct err *e) {
  const struct log_entry entry = {.action = "data-import", .object = "query:correction", .purpose = "query-apply", .rows = 1, .detail = ""};
  struct err second;
  int64_t access;
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = store_begin(s, e);
  if (!code) {
    code = intake_change_inside(s, forms, f, one, access, done, e);
    if (!code) code = query_correction_done(s, number, e);
    if (!code) code = store_commit(s, e);
    if (code) store_rollback(s);
  }
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

static enum err_code make_version(struct store *s, struct arena *a, const struct query_correction *q, const struct query_apply_request *r,
    struct query_apply_report *out, struct err *e) {
  const struct query_part *asked = q->question;
  struct form *f = NULL;
  struct period period;
  struct withdraw_report done;
  struct withdraw_request one = {.period = asked->period, .n_keys = (int)asked->n_key, .n_sets = (int)q->answer->n_values, .marks = true};
  struct query_entry entry;
  if (!period_parse(str_of(asked->period), &period)) return ERR(e, E_QUERY_FORMAT, .subject = "period", .expected = "2025-12");
  TRY(reason_of(q, r, store_job(s)->lang == LANG_JA, &one.reason, e));
  TRY(texts_of(a, asked->key, asked->n_key, &one.keys, e));
  TRY(texts_of(a, q->answer->values, q->answer->n_values, &one.sets, e));
  TRY(form_read(a, store_job(s), r->forms, asked->survey, asked->form, NULL, period_last_day(&period), &f, NULL, e));
  TRY(query_get(s, q->number, a, &entry, e));
  one.asked_by = entry.id;
  if (q->withdraw) one.n_sets = 0;
  TRY(apply_one(s, q->number, f, &one, r->forms, &done, e));
  *(done.already ? &out->unchanged : q->withdraw ? &out->withdrawn : &out->corrected) += 1;
  return E_OK;
}

enum err_code query_apply(struct store *s, const struct query_apply_request *r, struct query_apply_report *out, struct err *e) {
  struct query_correction *list = NULL;
  struct arena *a = arena_new(0);
  int64_t n = 0, met = 0;
  *out = (struct query_apply_report){.corrected = 0};
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "query");
  enum err_code code = ledger_prepare(s, e);
  if (!code) code = read_requests(s, a, &list, &n, e);
  for (int64_t i = 0; !code && i < n; i++) {
    if (r->number && list[i].number != r->number) continue;
    met++;
    code = make_version(s, a, &list[i], r, out, e);
  }
  arena_free(a);
  if (code || !r->number || met) return code;
  char number[24];
  snprintf(number, sizeof number, "%lld", (long long)r->number);
  return ERR(e, E_QUERY_UNKNOWN, .subject = number);
}

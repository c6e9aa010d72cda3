/* query_list.c -- what was asked and how it stands; the ledger alone, so a locked store can be asked too. */
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "collector/query_impl.h"

const char *query_state_name(enum query_state st, enum err_lang lang) {
  static const char *const names[QUERY_STATES][2] = {
      {"asked", "作成"}, {"sent", "照会中"}, {"overdue", "期限超過"}, {"answered", "回答済"}, {"closed", "終了"}};
  return names[st][lang == LANG_JA];
}

#define COLUMNS \
  "number, asked, deadline, answered, closed, id, survey, form, period, owner, asker, rule, item, answer," \
  " coalesce((SELECT sent OR NOT own FROM query_part p WHERE p.id = query.id), 0)"

static enum err_code entry_of(struct store *s, struct arena *a, const struct db_statement *q, struct query_entry *out, struct err *e) {
  int64_t *const numbers[] = {&out->number, &out->asked, &out->deadline, &out->answered, &out->closed};
  const char **texts[] = {&out->id, &out->survey, &out->form, &out->period, &out->owner, &out->asker, &out->rule, &out->item, &out->answer};
  for (int i = 0; i < 5; i++) *numbers[i] = db_int(q, i);
  for (int i = 0; i < 9; i++) {
    struct str t = db_text(q, 5 + i);
    *texts[i] = arena_strdup(a, t.p, t.n);
    if (!*texts[i]) return ERR(e, E_NO_MEMORY, .subject = "queries");
  }
  int64_t today = (job_now(store_job(s)) + 9 * 3600) / 86400;
  out->state = out->closed    ? QUERY_CLOSED
      : out->answer[0]        ? QUERY_ANSWERED
      : today > out->deadline ? QUERY_OVERDUE
      : db_int(q, 14)         ? QUERY_SENT
                              : QUERY_ASKED;
  return E_OK;
}

static void bind_filter(struct db_statement *q, const char *survey, const char *period, const char *owner) {
  db_bind_cstr(q, 1, survey ? survey : "");
  db_bind_cstr(q, 2, period ? period : "");
  db_bind_cstr(q, 3, owner ? owner : "");
}
#define FILTER " FROM query WHERE (?1 = '' OR survey = ?1) AND (?2 = '' OR period = ?2) AND (?3 = '' OR owner = ?3)"

enum err_code query_list(struct store *s, const char *survey, const char *period, const char *owner, struct arena *a, struct query_entry **out,
    int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row, present;
  int64_t max = 0;
  *n = 0;
  *out = NULL;
  TRY(query_present(s, &present, e));
  if (!present) return E_OK;
  TRY(db_prepare(store_db(s), "SELECT count(*)" FILTER, &q, e));
  bind_filter(q, survey, period, owner);
  TRY(db_step(q, &row, e));
  if (row) max = db_int(q, 0);
  db_reset(q);
  *out = ARENA_ARRAY(a, struct query_entry, max + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "queries");
  TRY(db_prepare(store_db(s), "SELECT " COLUMNS FILTER " ORDER BY number", &q, e));
  bind_filter(q, survey, period, owner);
  while (*n < max) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    TRY(entry_of(s, a, q, &(*out)[(*n)++], e));
  }
  db_reset(q);
  return E_OK;
}

enum err_code query_get(struct store *s, int64_t number, struct arena *a, struct query_entry *out, struct err *e) {
  struct db_statement *q;
  bool row, present;
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)number);
  TRY(query_present(s, &present, e));
  if (!present) return ERR(e, E_QUERY_UNKNOWN, .subject = text);
  TRY(db_prepare(store_db(s), "SELECT " COLUMNS " FROM query WHERE number = ?", &q, e));
  db_bind_int(q, 1, number);
  TRY(db_step(q, &row, e));
  enum err_code code = row ? entry_of(s, a, q, out, e) : ERR(e, E_QUERY_UNKNOWN, .subject = text);
  db_reset(q);
  return code;
}

static enum err_code answer_id(struct store *s, const char *query, char out[QUERY_ID_HEX], struct err *e) {
  struct db_statement *q;
  bool row;
  out[0] = 0;
  TRY(db_prepare(store_db(s), "SELECT answer_part FROM query WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, query);
  TRY(db_step(q, &row, e));
  if (row) snprintf(out, QUERY_ID_HEX, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  return E_OK;
}

static enum err_code open_part(struct store *s, const char *id, int64_t access, struct arena *a, struct query_part **out, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, QUERY_MAX_PART);
  enum err_code code = query_part_get(s, id, access, &text, NULL, e);
  if (!code) code = query_part_read(a, "query", str_view(text.p, text.n), out, e);
  if (text.p) wipe(text.p, text.n);
  strbuf_release(&text);
  return code;
}

enum err_code query_open(struct store *s, const struct query_entry *q, int64_t access, struct arena *a, struct query_part **question,
    struct query_part **answer, struct err *e) {
  char id[QUERY_ID_HEX];
  *answer = NULL;
  TRY(open_part(s, q->id, access, a, question, e));
  TRY(answer_id(s, q->id, id, e));
  return id[0] ? open_part(s, id, access, a, answer, e) : E_OK;
}

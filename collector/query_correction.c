#include "collector/query_correction.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/job.h"
#include "collector/intake_change.h"
#include "collector/query_impl.h"
#include "collector/record_version.h"

static bool wanted(const char *filter, const char *value) { return !filter || !strcmp(filter, value); }

static enum err_code numbers_of(struct store *s, struct arena *a, int64_t **out, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  int64_t max = 0;
  *n = 0;
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM query_correction WHERE done = 0", &q, e));
  TRY(db_step(q, &row, e));
  if (row) max = db_int(q, 0);
  db_reset(q);
  *out = ARENA_ARRAY(a, int64_t, max + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  TRY(db_prepare(store_db(s), "SELECT q.number FROM query_correction c JOIN query q ON q.id = c.query WHERE c.done = 0 ORDER BY q.number", &q, e));
  while (*n < max) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    (*out)[(*n)++] = db_int(q, 0);
  }
  db_reset(q);
  return E_OK;
}

enum err_code query_corrections(struct store *s, const char *survey, const char *form, const char *period, int64_t access, struct arena *a,
    struct query_correction **out, int64_t *n, struct err *e) {
  int64_t *numbers, all;
  *n = 0;
  TRY(query_prepare(s, e));
  TRY(numbers_of(s, a, &numbers, &all, e));
  *out = ARENA_ARRAY(a, struct query_correction, all + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  for (int64_t i = 0; i < all; i++) {
    struct query_entry q;
    struct query_part *question, *answer;
    TRY(query_get(s, numbers[i], a, &q, e));
    if (!wanted(survey, q.survey) || !wanted(form, q.form) || !wanted(period, q.period)) continue;
    TRY(query_open(s, &q, access, a, &question, &answer, e));
    if (!answer) return ERR(e, E_BUG, .subject = "query_correction");
    (*out)[(*n)++] = (struct query_correction){q.number, answer->kind == QUERY_WITHDRAW, question, answer};
  }
  return E_OK;
}

enum err_code query_correction_done(struct store *s, int64_t number, struct err *e) {
  struct db_statement *q;
  char text[24];
  TRY(db_prepare(store_db(s), "UPDATE query_correction SET done = 1 WHERE done = 0 AND query = (SELECT id FROM query WHERE number = ?)", &q, e));
  db_bind_int(q, 1, number);
  TRY(db_execute(q, e));
  snprintf(text, sizeof text, "%lld", (long long)number);
  return db_changes(store_db(s)) == 1 ? E_OK : ERR(e, E_QUERY_UNKNOWN, .subject = text);
}

/* --- the record's next version --- */
const char *query_withdraw_code(const char *rule, const char *reason) {
  char word[32];
  if (!strncmp(rule, "duplicate:", 10)) return "duplicate";
  size_t n = strcspn(reason, " :");
  snprintf(word, sizeof word, "%.*s", n < sizeof word ? (int)n : 0, reason);
  const struct withdraw_reason *found = withdraw_reason_find(word);
  return found ? found->code : "mistake";
}

static enum err_code texts_of(struct arena *a, const struct query_pair *pairs, int64_t n, const char ***out, struct err *e) {
  *out = ARENA_ARRAY(a, const char *, n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "correction");
  for (int64_t i = 0; i < n; i++)
    if (!((*out)[i] = arena_printf(a, "%s=%s", pairs[i].item, pairs[i].value))) return ERR(e, E_NO_MEMORY, .subject = "correction");
  return E_OK;
}

static enum err_code change_record(struct store *s, struct arena *a, const struct query_correction *c, const char *query, const char *forms,
    int64_t access, struct err *e) {
  struct form *f = NULL;
  struct period period;
  const char **keys, **sets;
  struct withdraw_report done;
  const struct query_part *p = c->question;
  if (!period_parse(str_of(p->period), &period)) return ERR(e, E_QUERY_FORMAT, .subject = "period", .expected = "2025-12");
  TRY(form_read(a, store_job(s), forms, p->survey, p->form, p->version, period_last_day(&period), &f, NULL, e));
  TRY(texts_of(a, p->key, p->n_key, &keys, e));
  TRY(texts_of(a, c->answer->values, c->withdraw ? 0 : c->answer->n_values, &sets, e));
  const struct withdraw_request change = {.period = p->period,
      .reason = c->withdraw ? query_withdraw_code(p->rule, c->answer->reason) : NULL,
      .keys = keys,
      .n_keys = (int)p->n_key,
      .sets = sets,
      .n_sets = c->withdraw ? 0 : (int)c->answer->n_values,
      .asked_by = query};
  return intake_change_inside(s, forms, f, &change, access, &done, e);
}

enum err_code query_correct_record(struct store *s, const struct query_correction *c, const char *query, const char *forms, int64_t access,
    struct err *e) {
  struct arena *a = arena_new(0);
  enum err_code code = a ? change_record(s, a, c, query, forms, access, e) : ERR(e, E_NO_MEMORY, .subject = "correction");
  arena_free(a);
  return code ? code : query_correction_done(s, c->number, e);
}

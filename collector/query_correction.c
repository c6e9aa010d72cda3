#include "collector/query_correction.h"

#include <stdio.h>
#include <string.h>

#include "collector/query_impl.h"

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

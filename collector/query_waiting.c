/* query_waiting.c -- open questions of this office: they close when the record is another one than was asked about, answered or not. */
#include <string.h>

#include "base/date.h"
#include "base/job.h"
#include "collector/query_impl.h"

#define WAITING \
  " FROM query WHERE survey = ?1 AND form = ?2 AND period = ?3 AND asker = ?4 AND closed = 0 AND answer <> 'confirm'"

static enum err_code prepare(struct store *s, const char *sql, const char *survey, const char *form, const char *period, struct db_statement **q,
    struct err *e) {
  TRY(db_prepare(store_db(s), sql, q, e));
  const char *const texts[] = {survey, form, period, store_office(s)->id};
  for (int i = 0; i < 4; i++) db_bind_cstr(*q, i + 1, texts[i]);
  return E_OK;
}

static bool take_hash(struct str blob, uint8_t out[HASH_BYTES]) {
  if (blob.n != HASH_BYTES) return false;
  memcpy(out, blob.p, HASH_BYTES);
  return true;
}

static enum err_code read_rows(struct store *s, struct arena *a, const char *survey, const char *form, const char *period, int64_t max,
    int64_t *numbers, struct query_waiting *list, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(prepare(s, "SELECT number, id, answer, record, value" WAITING " ORDER BY number", survey, form, period, &q, e));
  while (*n < max) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    struct query_waiting *w = &list[*n];
    numbers[(*n)++] = db_int(q, 0);
    w->id = arena_strdup(a, db_text(q, 1).p, db_text(q, 1).n);
    w->withdraw = str_eq(db_text(q, 2), STR("withdraw"));
    if (!w->id || !take_hash(db_blob(q, 3), w->record) || !take_hash(db_blob(q, 4), w->value)) {
      db_reset(q);
      return ERR(e, E_BUG, .subject = "query");
    }
  }
  db_reset(q);
  return E_OK;
}

enum err_code query_waiting_of(struct store *s, struct arena *a, const char *survey, const char *form, const char *period, int64_t access,
    struct query_waiting **out, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  *n = 0;
  TRY(prepare(s, "SELECT count(*)" WAITING, survey, form, period, &q, e));
  TRY(db_step(q, &row, e));
  const int64_t max = row ? db_int(q, 0) : 0;
  db_reset(q);
  int64_t *numbers = ARENA_ARRAY(a, int64_t, max + 1);
  *out = ARENA_ARRAY(a, struct query_waiting, max + 1);
  if (!numbers || !*out) return ERR(e, E_NO_MEMORY, .subject = "queries");
  TRY(read_rows(s, a, survey, form, period, max, numbers, *out, n, e));
  for (int64_t i = 0; i < *n; i++) {
    struct query_entry entry;
    struct query_part *question, *answer;
    TRY(query_get(s, numbers[i], a, &entry, e));
    TRY(query_open(s, &entry, access, a, &question, &answer, e));
    (*out)[i].question = question;
  }
  return E_OK;
}

enum err_code query_close_arrived(struct store *s, struct query_waiting *w, struct err *e) {
  char salt[33], now[24];
  query_salt(salt);
  time_format_utc(job_now(store_job(s)), now);
  const struct query_part p = {.kind = QUERY_CLOSE, .by = store_office(s)->id, .time = now, .salt = salt, .query = w->id, .reason = "arrived"};
  w->closed = true;
  return query_store_own(s, &p, NULL, e);
}

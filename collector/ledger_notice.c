#include "collector/ledger_notice.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/amendment.h"

enum { MAX_NOTE = 1 << 16, MAX_NOTICES = 65536 };

static const char *copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

/* --- sealed notes --- */
enum err_code ledger_note_get(
    struct store *s, const char *blob, int64_t access, struct arena *a, const char **officer, const char **reason, struct err *e) {
  struct strbuf b;
  struct json_document *d = NULL;
  *officer = *reason = "";
  if (!blob[0]) return E_OK;
  strbuf_init(&b, MAX_NOTE);
  enum err_code code = store_blob_get(s, blob, access, MAX_NOTE, &b, e);
  if (!code) code = json_parse("ledger-note", strbuf_cstr(&b), b.n, &d, e);
  if (!code) {
    *officer = copy(a, str_of(json_member_string(json_root(d), "officer", "")));
    *reason = copy(a, str_of(json_member_string(json_root(d), "reason", "")));
  }
  json_release(d);
  strbuf_release(&b);
  return code;
}

/* --- up there: into the receipt --- */
struct decision {
  const char *office, *state, *by, *blob;
  int64_t number, decided;
};

/* The newest about each office at or below the addressee: its own, and those whose batches it carried. A decision of still higher up goes on down. */
static enum err_code newest(
    struct store *s, const char *survey, const char *period, const char *office, struct arena *a, struct decision **out, int64_t *n, struct err *e) {
  static const char sql[] =
      "WITH RECURSIVE below(office) AS (SELECT ?3 UNION SELECT r.office FROM roster r JOIN below ON r.parent = below.office AND r.survey = ?1)"
      " SELECT d.office, d.to_state, d.made_by, d.note_blob, d.number, d.decided FROM ledger_decision d WHERE d.survey = ?1 AND d.period = ?2 AND "
      "d.action <> 'arrival'"
      " AND d.number = (SELECT max(number) FROM ledger_decision n WHERE n.survey = ?1 AND n.period = ?2 AND n.office = d.office AND n.action <> "
      "'arrival')"
      " AND d.office IN below UNION ALL SELECT office, state, made_by, note_blob, number, decided FROM ledger_notice WHERE survey = ?1 AND period = "
      "?2"
      " AND office IN below ORDER BY 1, 3";
  struct db_statement *q;
  bool row;
  *n = 0;
  *out = ARENA_ARRAY(a, struct decision, MAX_NOTICES);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "receipt");
  TRY(db_prepare(store_db(s), sql, &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, office);
  while (*n < MAX_NOTICES) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    (*out)[(*n)++] =
        (struct decision){copy(a, db_text(q, 0)), copy(a, db_text(q, 1)), copy(a, db_text(q, 2)), copy(a, db_text(q, 3)), db_int(q, 4), db_int(q, 5)};
  }
  db_reset(q);
  return ERR(e, E_CAP_EXCEEDED, .subject = "decisions in one receipt");
}

static enum err_code put_one(struct store *s, struct json_out *j, const struct decision *d, struct arena *a, int64_t access, struct err *e) {
  const char *officer, *reason;
  char at[32];
  TRY(ledger_note_get(s, d->blob, access, a, &officer, &reason, e));
  time_format_utc(d->decided, at);
  json_object(j);
  json_put(j, "at", at);
  json_put(j, "by", d->by);
  json_put_int(j, "number", d->number);
  json_put(j, "office", d->office);
  json_put(j, "officer", officer);
  json_put(j, "reason", reason);
  json_put(j, "state", d->state);
  json_end_object(j);
  return E_OK;
}

enum err_code ledger_decisions_put(struct store *s, struct json_out *j, const char *survey, const char *period, const char *office, int64_t access,
    struct err *e) {
  struct arena *a = arena_new(64u << 20);
  struct decision *list;
  int64_t n = 0;
  enum err_code code = a ? newest(s, survey, period, office, a, &list, &n, e) : ERR(e, E_NO_MEMORY, .subject = "receipt");
  if (!code && n) {
    json_key(j, "decisions");
    json_array(j);
    for (int64_t i = 0; !code && i < n; i++) code = put_one(s, j, &list[i], a, access, e);
    json_end_array(j);
  }
  arena_free(a);
  return code;
}

/* --- down here: out of the receipt --- */
/* Numbers count up at the office that decides: an older notice changes nothing, whichever comes first. Another office's notice is newer by its time.
 */
static enum err_code take_one(struct store *s, const char *file, const char *survey, const char *period, const struct json_value *v, struct err *e) {
  const char *office = json_member_string(v, "office", ""), *by = json_member_string(v, "by", ""), *key = json_member_string(v, "state", "");
  int64_t number = json_member_int(v, "number", 0), at;
  enum ledger_state state;
  char blob[65];
  struct db_statement *q;
  if (!office[0] || !by[0] || number < 1 || !ledger_state_parse(str_of(key), &state) || !time_parse_utc(json_member_string(v, "at", ""), &at))
    return ERR(e, E_RECEIPT, .file = file, .subject = "a decision in it is not readable");
  /* Decisions come down: made above this office, about it or an office below it. */
  int about = office_level(office), here = (int)store_office(s)->type;
  bool own = !strcmp(office, store_office(s)->id);
  if (office_level(by) <= here || about < 0 || (!own && about >= here))
    return ERR(e, E_RECEIPT, .file = file, .subject = "a decision in it is not this office's");
  TRY(ledger_note_put(s, office, json_member_string(v, "reason", ""), json_member_string(v, "officer", ""), blob, e));
  TRY(db_prepare(store_db(s),
      "INSERT INTO ledger_notice(survey, period, office, made_by, number, state, decided, note_blob, sent) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,"
      " coalesce((SELECT max(sequence) FROM batch_sent WHERE survey = ?1), 0))"
      " ON CONFLICT DO UPDATE SET made_by = excluded.made_by, number = excluded.number, state = excluded.state, decided = excluded.decided,"
      " note_blob = excluded.note_blob, sent = excluded.sent WHERE excluded.decided > decided OR (excluded.decided = decided AND excluded.number > "
      "number)",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, office);
  db_bind_cstr(q, 4, by);
  db_bind_int(q, 5, number);
  db_bind_cstr(q, 6, key);
  db_bind_int(q, 7, at);
  db_bind_cstr(q, 8, blob);
  return db_execute(q, e);
}

enum err_code ledger_decisions_take(struct store *s, const char *file, struct str receipt_json, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse(file, receipt_json.p, receipt_json.n, &d, e));
  const struct json_value *root = json_root(d), *list = json_member(root, "decisions");
  const char *survey = json_member_string(root, "survey", ""), *period = json_member_string(root, "period", "");
  enum err_code code = E_OK;
  for (size_t i = 0; !code && i < json_length(list); i++) code = take_one(s, file, survey, period, json_element(list, i), e);
  json_release(d);
  return code;
}

enum err_code ledger_locked_above(struct store *s, const char *survey, const char *period, struct err *e) {
  struct db_statement *q;
  bool row;
  char by[64] = "";
  TRY(db_prepare(store_db(s), "SELECT made_by FROM ledger_notice WHERE survey = ? AND period = ? AND office = ? AND state = 'final'", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, store_office(s)->id);
  TRY(db_step(q, &row, e));
  if (row) snprintf(by, sizeof by, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  return row ? ERR(e, E_LEDGER_LOCKED, .subject = period, .found = by) : E_OK;
}

/* --- what is said whenever the store is opened --- */
struct notice_sink {
  void (*say)(void *context, const struct err *e);
  void *context;
};

static enum err_code say_overdue(struct store *s, ledger_days_fn days, void *context, const struct notice_sink *sink, struct err *e) {
  struct db_statement *q;
  int64_t now = job_now(store_job(s));
  bool row;
  TRY(db_prepare(
      store_db(s), "SELECT survey, period, sequence, created FROM batch_sent WHERE receipt_time IS NULL ORDER BY created, survey, sequence", &q, e));
  for (int said = 0; said < 5;) { /* ledger gaps lists all of them */
    char what[160], age[24], where[96];
    char survey[64];
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    snprintf(survey, sizeof survey, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    int64_t limit = days ? days(context, survey) : -1, passed = (now - db_int(q, 3)) / 86400;
    if (passed <= (limit < 0 ? LEDGER_RECEIPT_DAYS : limit)) continue;
    snprintf(what, sizeof what, "%s %.*s #%lld", survey, (int)db_text(q, 1).n, db_text(q, 1).p, (long long)db_int(q, 2));
    snprintf(where, sizeof where, "%s %.*s", survey, (int)db_text(q, 1).n, db_text(q, 1).p);
    snprintf(age, sizeof age, "%lld", (long long)passed);
    struct err warning;
    (void)ERR(&warning, E_LEDGER_NO_RECEIPT, .subject = what, .found = age, .expected = where);
    sink->say(sink->context, &warning);
    said++;
  }
  db_reset(q);
  return E_OK;
}

/* Answered by the next batch of that month. */
static enum err_code say_returned(struct store *s, const struct notice_sink *sink, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s),
      "SELECT n.survey, n.period, n.made_by FROM ledger_notice n WHERE n.office = ? AND n.state = 'returned' AND NOT EXISTS (SELECT 1 FROM"
      " batch_sent b WHERE b.survey = n.survey AND b.period = n.period AND b.sequence > n.sent) ORDER BY 1, 2",
      &q, e));
  db_bind_cstr(q, 1, store_office(s)->id);
  for (;;) {
    char what[96], by[64];
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    snprintf(what, sizeof what, "%.*s %.*s", (int)db_text(q, 0).n, db_text(q, 0).p, (int)db_text(q, 1).n, db_text(q, 1).p);
    snprintf(by, sizeof by, "%.*s", (int)db_text(q, 2).n, db_text(q, 2).p);
    struct err warning;
    (void)ERR(&warning, E_LEDGER_RETURNED, .subject = what, .found = by, .expected = what);
    sink->say(sink->context, &warning);
  }
}

enum err_code ledger_banner(struct store *s, ledger_days_fn days, void *context, void (*say)(void *context, const struct err *e), struct err *e) {
  const struct notice_sink sink = {say, context};
  TRY(say_overdue(s, days, context, &sink, e));
  return say_returned(s, &sink, e);
}

/* What was decided, by whom, when and why. Reasons are sealed: they are opened only when asked for, through the access log. */
#include <string.h>

#include "collector/ledger_notice.h"

enum { MAX_EVENTS = 200000 };

static const char *copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

static enum err_code read_events(struct store *s, const char *survey, const char *period, const char *office, struct arena *a,
    struct ledger_event **out, const char ***blobs, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  *n = 0;
  *out = ARENA_ARRAY(a, struct ledger_event, MAX_EVENTS);
  *blobs = ARENA_ARRAY(a, const char *, MAX_EVENTS);
  if (!*out || !*blobs) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  TRY(db_prepare(store_db(s),
      "SELECT number, decided, survey, period, office, action, from_state, to_state, made_by, note_blob FROM (SELECT number, decided, survey, "
      "period, office,"
      " action, from_state, to_state, made_by, note_blob, 0 AS above FROM ledger_decision UNION ALL SELECT number, decided, survey, period, office, "
      "'notice', '',"
      " state, made_by, note_blob, 1 FROM ledger_notice) WHERE ((survey = ?1 AND (?2 = '' OR period = ?2)) OR action = 'disaster') AND (?3 = '' OR "
      "office = ?3)"
      " ORDER BY decided, above, number",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, office);
  while (*n < MAX_EVENTS) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    (*out)[*n] = (struct ledger_event){.number = db_int(q, 0),
        .decided = db_int(q, 1),
        .survey = copy(a, db_text(q, 2)),
        .period = copy(a, db_text(q, 3)),
        .office = copy(a, db_text(q, 4)),
        .action = copy(a, db_text(q, 5)),
        .from = copy(a, db_text(q, 6)),
        .to = copy(a, db_text(q, 7)),
        .made_by = copy(a, db_text(q, 8)),
        .note = ""};
    (*blobs)[(*n)++] = copy(a, db_text(q, 9));
  }
  db_reset(q);
  return ERR(e, E_CAP_EXCEEDED, .subject = "ledger history");
}

static enum err_code open_all(
    struct store *s, struct ledger_event *events, const char *const *blobs, int64_t n, int64_t access, struct arena *a, struct err *e) {
  for (int64_t i = 0; i < n; i++) {
    const char *officer, *reason;
    TRY(ledger_note_get(s, blobs[i], access, a, &officer, &reason, e));
    events[i].note = officer[0] ? arena_printf(a, "%s (%s)", reason, officer) : reason;
    if (!events[i].note) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  }
  return E_OK;
}

enum err_code ledger_history(struct store *s, const char *survey, const char *period, const char *office, bool open_notes, struct arena *a,
    struct ledger_event **out, int64_t *n, struct err *e) {
  const char **blobs;
  int64_t access;
  TRY(read_events(s, survey, period, office, a, out, &blobs, n, e));
  if (!open_notes) return E_OK;
  const struct log_entry entry = {.action = "data-read", .object = "ledger:notes", .rows = *n};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = open_all(s, *out, blobs, *n, access, a, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

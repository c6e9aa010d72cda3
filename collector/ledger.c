/* ledger.c -- the cells of the ledger: office x form of a period, what came for each and what state that makes. */
#include <string.h>

#include "base/date.h"
#include "collector/ledger_impl.h"
#include "collector/ledger_state.h"
#include "collector/query.h"

const char *ledger_state_name(enum ledger_state st, enum err_lang lang) {
  static const char *const names[][2] = {
      [LEDGER_MISSING] = {"missing", "未着"},       [LEDGER_RECEIVED] = {"received", "受領"}, [LEDGER_LATE] = {"late", "遅延"},
      [LEDGER_NIL] = {"nil return", "該当なし"},    [LEDGER_HELD] = {"held", "保留"},         [LEDGER_NOT_YET_DUE] = {"not yet due", "期限前"},
      [LEDGER_REVIEW] = {"under review", "審査中"}, [LEDGER_QUERIED] = {"queried", "照会中"}, [LEDGER_RETURNED] = {"returned", "差戻し"},
      [LEDGER_APPROVED] = {"approved", "承認"},     [LEDGER_FINAL] = {"final", "確定"},       [LEDGER_DISASTER] = {"disaster", "災害"},
      [LEDGER_NOT_LISTED] = {"not listed", "対象外"}};
  return names[st][lang == LANG_JA];
}

const char *ledger_copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

enum err_code ledger_has_intake(struct store *s, bool *there, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'intake'", &q, e));
  TRY(db_step(q, there, e));
  db_reset(q);
  return E_OK;
}

struct roster_row {
  const char *office, *name, *parent, *forms;
};

static enum err_code roster_rows(struct store *s, const char *survey, const char *period, struct arena *a, struct roster_row **out, int64_t *n,
    struct err *e) {
  struct period p;
  struct db_statement *q;
  bool row;
  char first[11], last[11];
  if (!period_parse(str_of(period), &p)) return ERR(e, E_INTAKE_PERIOD, .subject = period, .expected = "2025-12");
  date_format_iso(period_first_day(&p), first);
  date_format_iso(period_last_day(&p), last);
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM roster", &q, e));
  TRY(db_step(q, &row, e));
  int64_t max = db_int(q, 0);
  db_reset(q);
  *out = ARENA_ARRAY(a, struct roster_row, max + 1);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "roster");
  TRY(db_prepare(store_db(s),
      "SELECT office, name, parent, forms FROM roster WHERE survey = ?1 AND (since = '' OR since <= ?3) AND (until = '' OR until >= ?2) ORDER BY parent, office", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, first);
  db_bind_cstr(q, 3, last);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row || *n == max) break;
    (*out)[(*n)++] = (struct roster_row){ledger_copy(a, db_text(q, 0)), ledger_copy(a, db_text(q, 1)), ledger_copy(a, db_text(q, 2)), ledger_copy(a, db_text(q, 3))};
  }
  db_reset(q);
  return E_OK;
}

static enum err_code fill_cell(
    struct store *s, const char *survey, struct ledger_cell *c, struct arena *a, struct ledger_facts *facts, struct err *e) {
  struct db_statement *q;
  bool row, late = false, nil = true;
  /* A nil return without lines speaks for every form of its office. */
  TRY(db_prepare(store_db(s),
      "SELECT b.id, b.carried_by, b.sequence, b.late, b.kind, c.declared, c.accepted, c.rejected, c.queried, c.withdrawn, c.stored"
      " FROM batch b INDEXED BY batch_of_period LEFT JOIN batch_count c ON c.batch = b.id AND c.form = ?1 WHERE b.survey = ?2 AND b.period = ?3 AND "
      "b.sender = ?4"
      " AND (c.form IS NOT NULL OR (b.kind = 'nil' AND NOT EXISTS (SELECT 1 FROM batch_count o WHERE o.batch = b.id))) ORDER BY b.sequence",
      &q, e));
  db_bind_cstr(q, 1, c->form);
  db_bind_cstr(q, 2, survey);
  db_bind_cstr(q, 3, c->period);
  db_bind_cstr(q, 4, c->office);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    c->batch = ledger_copy(a, db_text(q, 0));
    c->arrived_by = ledger_copy(a, db_text(q, 1));
    c->sequence = db_int(q, 2);
    late |= db_int(q, 3) != 0;
    nil &= str_eq(db_text(q, 4), STR("nil"));
    c->declared += db_int(q, 5);
    c->accepted += db_int(q, 6);
    c->rejected += db_int(q, 7);
    c->queried += db_int(q, 8);
    c->withdrawn += db_int(q, 9);
    c->stored += db_int(q, 10);
  }
  db_reset(q);
  *facts = (struct ledger_facts){.received = c->batch[0] != 0, .late = late, .nil = nil};
  return E_OK;
}

static enum err_code held_here(struct store *s, const char *survey, const char *period, const char *office, bool *held, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM batch_held WHERE survey = ? AND period = ? AND sender = ?", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, office);
  TRY(db_step(q, held, e));
  db_reset(q);
  return E_OK;
}

/* What has been decided about the office, and whether it was declared unable to report on the day it was due. */
static enum err_code decided_here(struct store *s, const char *survey, const char *office, const struct period *p, int64_t due_day,
    struct ledger_facts *f, struct err *e) {
  struct db_statement *q;
  char due[11];
  bool row;
  TRY(db_prepare(store_db(s), "SELECT decided FROM ledger_office WHERE survey = ? AND office = ? AND year = ?", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, office);
  db_bind_int(q, 3, p->year);
  TRY(db_step(q, &row, e));
  f->decided = row ? ledger_decided(db_int(q, 0), ledger_slot(p)) : DECIDED_NONE;
  db_reset(q);
  date_format_iso(due_day == INT64_MIN ? period_last_day(p) : due_day, due);
  TRY(db_prepare(store_db(s), "SELECT 1 FROM ledger_disaster WHERE office = ?1 AND since <= ?2 AND (until = '' OR until >= ?2)", &q, e));
  db_bind_cstr(q, 1, office);
  db_bind_cstr(q, 2, due);
  TRY(db_step(q, &f->disaster, e));
  db_reset(q);
  return E_OK;
}

/* Open questions to the office, by form; a store that never saw a query has no such table. */
static enum err_code queried_here(struct store *s, const char *survey, const struct ledger_cell *c, bool *queried, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM query WHERE owner = ? AND survey = ? AND period = ? AND form = ? AND closed = 0 AND answer = '' LIMIT 1",
      &q, e));
  const char *const texts[] = {c->office, survey, c->period, c->form};
  for (int i = 0; i < 4; i++) db_bind_cstr(q, i + 1, texts[i]);
  TRY(db_step(q, queried, e));
  db_reset(q);
  return E_OK;
}

/* With corrections among the batches a record came more than once: what counts is what is current. */
static enum err_code current_records(struct store *s, const char *survey, struct ledger_cell *c, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT current FROM version_count WHERE survey = ? AND form = ? AND period = ? AND office = ?", &q, e));
  const char *const texts[] = {survey, c->form, c->period, c->office};
  for (int i = 0; i < 4; i++) db_bind_cstr(q, i + 1, texts[i]);
  TRY(db_step(q, &row, e));
  c->current = row ? db_int(q, 0) : c->accepted;
  db_reset(q);
  return E_OK;
}

enum err_code ledger_cells(struct store *s, const char *survey, const char *period, int64_t due_day, struct arena *a, struct ledger_cell **out,
    int64_t *n, struct err *e) {
  struct roster_row *rows;
  int64_t n_rows, today = (job_now(store_job(s)) + 9 * 3600) / 86400;
  struct period p;
  bool queries;
  TRY(query_present(s, &queries, e));
  TRY(roster_rows(s, survey, period, a, &rows, &n_rows, e));
  if (!period_parse(str_of(period), &p)) return ERR(e, E_INTAKE_PERIOD, .subject = period, .expected = "2025-12");
  *out = ARENA_ARRAY(a, struct ledger_cell, n_rows * BATCH_FORMS_PER_OFFICE + 1);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  for (int64_t i = 0; i < n_rows; i++) {
    struct str rest = str_of(rows[i].forms), form;
    struct ledger_facts office = {.held = false};
    TRY(held_here(s, survey, period, rows[i].office, &office.held, e));
    TRY(decided_here(s, survey, rows[i].office, &p, due_day, &office, e));
    for (int k = 0; rest.n && k < BATCH_FORMS_PER_OFFICE; k++) {
      form = str_split(rest, ';', &rest);
      struct ledger_cell *c = &(*out)[(*n)++];
      *c = (struct ledger_cell){.office = rows[i].office, .name = rows[i].name, .parent = rows[i].parent, .form = ledger_copy(a, form), .period = ledger_copy(a, str_of(period)),
                                .batch = "", .arrived_by = ""};
      struct ledger_facts facts;
      TRY(fill_cell(s, survey, c, a, &facts, e));
      TRY(current_records(s, survey, c, e));
      if (queries) TRY(queried_here(s, survey, c, &facts.queried, e));
      facts.due_passed = today > due_day;
      facts.held = office.held && !c->batch[0];
      facts.decided = office.decided;
      facts.disaster = office.disaster;
      c->state = ledger_state_of(&facts);
    }
  }
  return E_OK;
}

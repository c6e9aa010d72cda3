/* Cells, gaps and balance: the questions an officer asks the ledger. */
#include "collector/ledger.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/ext_csv.h"
#include "collector/ledger_chain.h"
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

static const char *copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

/* --- roster --- */
/* An empty name between two separators would be a form that is missing for ever; one too many would never be looked for. */
static bool forms_listed(struct str rest) {
  int n = 0;
  for (bool more = true; more; n++) {
    more = rest.n && memchr(rest.p, ';', rest.n);
    struct str form = str_split(rest, ';', &rest);
    if (!form.n || n == BATCH_FORMS_PER_OFFICE) return false;
    for (size_t i = 0; i < form.n; i++)
      if (!((form.p[i] >= 'a' && form.p[i] <= 'z') || (form.p[i] >= '0' && form.p[i] <= '9') || form.p[i] == '_')) return false;
  }
  return true;
}

/* Optional columns: who took the office's place, and how many records a period is expected to bring. */
static enum err_code import_more(struct store *s, const char *file, const struct csv_table *t, int64_t row, struct err *e) {
  static const char *const names[] = {"office", "survey", "since", "successor"};
  struct db_statement *q;
  struct str expected = csv_table_cell(t, row, csv_table_column(t, "expected"));
  int64_t count = 0;
  if (expected.n && (!str_int64(expected, &count) || count < 0))
    return ERR(e, E_LEDGER_ROSTER, .file = file, .line = t->lines[row], .column = csv_table_column(t, "expected") + 1, .subject = "expected");
  TRY(db_prepare(store_db(s),
      "INSERT INTO roster_more(office, survey, since, successor, expected) VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET successor ="
      " excluded.successor, expected = excluded.expected",
      &q, e));
  for (int i = 0; i < 4; i++) db_bind_text(q, i + 1, csv_table_cell(t, row, csv_table_column(t, names[i])));
  if (expected.n) db_bind_int(q, 5, count);
  return db_execute(q, e);
}

static enum err_code import_row(struct store *s, const char *file, const struct csv_table *t, int64_t row, struct err *e) {
  static const char *const names[] = {"office", "name", "parent", "survey", "forms", "since", "until"};
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "INSERT INTO roster(office, name, parent, survey, forms, since, until) VALUES(?,?,?,?,?,?,?)"
                              " ON CONFLICT(office, survey, since) DO UPDATE SET name = excluded.name, parent = excluded.parent, forms = excluded.forms, until = excluded.until", &q, e));
  for (int i = 0; i < 7; i++) {
    struct str cell = csv_table_cell(t, row, csv_table_column(t, names[i]));
    int64_t day;
    bool empty_allowed = i == 2 || i >= 5;
    if ((!cell.n && !empty_allowed) || (i >= 5 && cell.n && !date_parse_iso(cell, &day)))
      return ERR(e, E_LEDGER_ROSTER, .file = file, .line = t->lines[row], .column = csv_table_column(t, names[i]) + 1, .subject = names[i]);
    if (i == 4 && !forms_listed(cell)) return ERR(e, E_LEDGER_ROSTER, .file = file, .line = t->lines[row], .column = csv_table_column(t,
        names[i]) + 1, .subject = names[i], .expected = "form ids joined by ';', at most 16");
    db_bind_text(q, i + 1, cell);
  }
  TRY(db_execute(q, e));
  return import_more(s, file, t, row, e);
}

/* A merger is said by two lines: the old office until a day with its successor, the successor on the roster from the next day on. Otherwise records
 * of that place would be expected from nobody. */
static enum err_code check_mergers(struct store *s, const char *file, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s),
      "SELECT m.office, m.successor FROM roster_more m JOIN roster r ON r.office = m.office AND r.survey = m.survey AND r.since = m.since"
      " WHERE m.successor <> '' AND (r.until = '' OR NOT EXISTS (SELECT 1 FROM roster n WHERE n.office = m.successor AND n.survey = m.survey"
      " AND (n.since = '' OR n.since <= date(r.until, '+1 day')) AND (n.until = '' OR n.until > r.until))) ORDER BY 1 LIMIT 1",
      &q, e));
  TRY(db_step(q, &row, e));
  char office[64] = "", successor[64] = "";
  if (row) {
    snprintf(office, sizeof office, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(successor, sizeof successor, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  db_reset(q);
  return row ? ERR(e, E_LEDGER_ROSTER, .file = file, .subject = office,
                   .expected = "an until day, and its successor on the roster from the day after", .found = successor)
             : E_OK;
}

enum err_code ledger_roster_import(struct store *s, const char *file, struct str csv, int64_t *n, struct err *e) {
  struct arena *a = arena_new(256u << 20);
  struct csv_table t;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "roster");
  enum err_code code = csv_table_parse(a, file, csv.p, csv.n, &t, e);
  static const char *const names[] = {"office", "name", "parent", "survey", "forms", "since", "until"};
  for (int i = 0; !code && i < 7; i++)
    if (csv_table_column(&t, names[i]) < 0) code = ERR(e, E_LEDGER_ROSTER, .file = file, .line = 1, .subject = names[i]);
  if (!code) code = ledger_prepare(s, e);
  if (!code) code = store_begin(s, e);
  if (!code) {
    for (int64_t i = 0; !code && i < t.n_rows; i++) code = import_row(s, file, &t, i, e);
    if (!code) code = check_mergers(s, file, e);
    if (!code) code = store_commit(s, e);
    if (code) store_rollback(s);
  }
  if (!code) *n = t.n_rows;
  arena_free(a);
  return code;
}

/* --- cells --- */
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
    (*out)[(*n)++] = (struct roster_row){copy(a, db_text(q, 0)), copy(a, db_text(q, 1)), copy(a, db_text(q, 2)), copy(a, db_text(q, 3))};
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
    c->batch = copy(a, db_text(q, 0));
    c->arrived_by = copy(a, db_text(q, 1));
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
      *c = (struct ledger_cell){.office = rows[i].office, .name = rows[i].name, .parent = rows[i].parent, .form = copy(a, form), .period = copy(a, str_of(period)),
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

/* --- gaps: one query per kind, each row becomes a gap --- */
struct gap_query {
  const char *kind, *sql; /* ?1 survey, ?2 period; columns: office, parent, form, number, detail */
};
static const struct gap_query gap_queries[] = {
    {"sequence",
        "SELECT b.sender, b.carried_by, '', b.sequence, '' FROM batch b WHERE b.survey = ?1 AND (?2 = '' OR b.period = ?2) AND b.sequence > 1 AND "
        "NOT EXISTS"
        " (SELECT 1 FROM batch p WHERE p.sender = b.sender AND p.survey = b.survey AND p.sequence = b.sequence - 1) ORDER BY b.sender, b.sequence"},
    {"held", "SELECT sender, '', '', sequence, id FROM batch_held WHERE survey = ?1 AND (?2 = '' OR period = ?2) ORDER BY sender, sequence"},
    {"fork", "SELECT sender, '', '', sequence, other FROM batch_alarm WHERE survey = ?1 AND ?2 IS NOT NULL ORDER BY sender, sequence"},
    {"not_forwarded",
        "SELECT sender, CASE carried_by WHEN sender THEN '' ELSE carried_by END, '', sequence, id FROM batch WHERE survey = ?1 AND (?2 = '' OR "
        "period = ?2) AND forwarded_in = '' ORDER BY sender, sequence"},
    {"after_lock",
        "SELECT b.sender, '', '', b.sequence, b.id FROM ledger_after_lock l JOIN batch b ON b.id = l.batch WHERE l.survey = ?1 AND (?2 = '' OR "
        "l.period = ?2)"
        " AND NOT EXISTS (SELECT 1 FROM ledger_snapshot_batch x WHERE x.batch = l.batch) ORDER BY b.sender, b.sequence"},
    {"no_receipt",
        "SELECT '', '', '', sequence, file_name FROM batch_sent WHERE survey = ?1 AND (?2 = '' OR period = ?2) AND receipt_time IS NULL ORDER BY "
        "sequence"},
};

static enum err_code run_gap_query(struct store *s, const struct gap_query *g, const char *survey, const char *period, struct arena *a,
    struct ledger_gap *out, int64_t max, int64_t *n,
                                   struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), g->sql, &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row || *n == max) break;
    out[(*n)++] = (struct ledger_gap){.kind = g->kind, .office = copy(a, db_text(q, 0)), .parent = copy(a, db_text(q, 1)), .form = copy(a, db_text(q,
        2)),
                                      .number = db_int(q, 3), .detail = copy(a, db_text(q, 4))};
  }
  db_reset(q);
  return E_OK;
}

static enum err_code has_intake(struct store *s, bool *there, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'intake'", &q, e));
  TRY(db_step(q, there, e));
  db_reset(q);
  return E_OK;
}
#define SENT_SHARD "CASE WHEN i.shard > 0 THEN i.shard ELSE -i.id END"
/* Taken in and never sealed: the office that forgot to press "send" is told at home. */
static const struct gap_query not_sealed = {"not_sealed",
    "SELECT '', '', i.form, i.id, i.period FROM intake i WHERE i.survey = ?1 AND (?2 = '' OR i.period = ?2) AND NOT EXISTS"
                                                          " (SELECT 1 FROM batch_shard h WHERE h.shard = " SENT_SHARD ") ORDER BY i.id"};

enum err_code ledger_gaps(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_gap **out, int64_t *n,
    struct err *e) {
  enum { MAX_GAPS = 100000 };
  struct ledger_cell *cells;
  int64_t n_cells;
  *out = ARENA_ARRAY(a, struct ledger_gap, MAX_GAPS);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "gaps");
  TRY(ledger_cells(s, survey, period, INT64_MIN, a, &cells, &n_cells, e));
  for (int64_t i = 0; i < n_cells && *n < MAX_GAPS; i++)
    if (cells[i].state == LEDGER_MISSING || cells[i].state == LEDGER_DISASTER) /* unexplained, or declared impossible */
      (*out)[(*n)++] = (struct ledger_gap){.kind = ledger_state_key(cells[i].state),
          .office = cells[i].office,
          .parent = cells[i].parent,
          .form = cells[i].form,
          .detail = cells[i].name};
  bool top = !store_office(s)->parent_id[0];
  for (size_t k = 0; k < sizeof gap_queries / sizeof *gap_queries; k++) {
    if (top && !strcmp(gap_queries[k].kind, "not_forwarded")) continue; /* the centre forwards nothing */
    TRY(run_gap_query(s, &gap_queries[k], survey, period, a, *out, MAX_GAPS, n, e));
  }
  bool here = false;
  if (!top) TRY(has_intake(s, &here, e));
  return here ? run_gap_query(s, &not_sealed, survey, period, a, *out, MAX_GAPS, n, e) : E_OK;
}

/* --- balance --- */
static void difference(struct store *s, struct ledger_balance *b, struct str office, struct str form, const char *what, int64_t expected,
    int64_t found) {
  struct err e = {.code = E_OK};
  char subject[160], x[64], f[64];
  snprintf(subject, sizeof subject, "%.*s/%.*s", (int)office.n, office.p, (int)form.n, form.p);
  snprintf(x, sizeof x, "%s %lld", what, (long long)expected);
  snprintf(f, sizeof f, "%lld", (long long)found);
  b->differences++;
  (void)ERR(&e, E_LEDGER_BALANCE, .subject = subject, .expected = x, .found = f);
  job_problem(store_job(s), &e);
}

static enum err_code balance_counts(struct store *s, const char *survey, const char *period, struct ledger_balance *b, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s),
      "SELECT b.sender, c.form, c.declared, c.accepted, c.rejected, c.queried, c.withdrawn, c.stored FROM batch b JOIN batch_count c ON c.batch = b.id"
                              " WHERE b.survey = ?1 AND (?2 = '' OR b.period = ?2) ORDER BY b.sender, b.sequence, c.form", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    int64_t v[6];
    for (int i = 0; i < 6; i++) v[i] = db_int(q, i + 2);
    b->declared += v[0], b->accepted += v[1], b->rejected += v[2], b->queried += v[3], b->withdrawn += v[4], b->stored += v[5];
    int64_t parts = v[1] + v[2] + v[3] + v[4];
    if (v[0] != parts) difference(s, b, db_text(q, 0), db_text(q, 1), "accepted+rejected+queried+withdrawn =", v[0], parts);
    if (v[1] != v[5]) difference(s, b, db_text(q, 0), db_text(q, 1), "stored =", v[1], v[5]);
  }
  db_reset(q);
  return E_OK;
}

/* What this office sent itself: its lines against the files they were made from. */
static enum err_code taken_in(struct store *s, const char *batch, const char *form, int64_t *accepted, int64_t *rejected, int64_t *withdrawn,
                              struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s),
                 "SELECT coalesce(sum(i.accepted), 0), coalesce(sum(i.rejected), 0), coalesce(sum(c.withdrawn), 0) FROM intake i JOIN batch_shard h "
                 "ON h.shard = " SENT_SHARD " LEFT JOIN intake_change c ON c.intake = i.id WHERE h.batch = ? AND i.form = ?",
                 &q, e));
  db_bind_cstr(q, 1, batch);
  db_bind_cstr(q, 2, form);
  TRY(db_step(q, &row, e));
  *accepted = row ? db_int(q, 0) : 0;
  *rejected = row ? db_int(q, 1) : 0;
  *withdrawn = row ? db_int(q, 2) : 0;
  db_reset(q);
  return E_OK;
}

struct sent_line {
  const char *batch, *form;
  int64_t v[5]; /* declared, accepted, rejected, queried, withdrawn */
};
enum { MAX_LINES = 1 << 20 };

static enum err_code sent_lines(struct store *s, const char *survey, const char *period, struct arena *a, struct sent_line **out, int64_t *n,
    struct err *e) {
  struct db_statement *q;
  bool row;
  int64_t capacity = 64;
  *n = 0;
  *out = ARENA_ARRAY(a, struct sent_line, capacity);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  TRY(db_prepare(store_db(s),
      "SELECT b.id, c.form, c.declared, c.accepted, c.rejected, c.queried, c.withdrawn FROM batch_sent b JOIN batch_count c ON c.batch = b.id"
                              " WHERE b.survey = ?1 AND (?2 = '' OR b.period = ?2) ORDER BY b.sequence, c.form", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  enum err_code code;
  while (!(code = db_step(q, &row, e)) && row && *n < MAX_LINES) {
    if (*n == capacity) {
      struct sent_line *more = ARENA_ARRAY(a, struct sent_line, capacity * 2);
      if (!more) {
        code = ERR(e, E_NO_MEMORY, .subject = "ledger");
        break;
      }
      memcpy(more, *out, (size_t)capacity * sizeof *more);
      capacity *= 2;
      *out = more;
    }
    struct sent_line *l = &(*out)[(*n)++];
    *l = (struct sent_line){.batch = copy(a, db_text(q, 0)), .form = copy(a, db_text(q, 1))};
    for (int i = 0; i < 5; i++) l->v[i] = db_int(q, 2 + i);
  }
  db_reset(q);
  return code;
}

static enum err_code balance_sent(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_balance *b, struct err *e) {
  struct sent_line *lines;
  int64_t n;
  bool here;
  struct str office = str_of(store_office(s)->id);
  TRY(sent_lines(s, survey, period, a, &lines, &n, e));
  TRY(has_intake(s, &here, e));
  for (int64_t i = 0; i < n; i++) {
    const int64_t *v = lines[i].v;
    int64_t accepted = 0, rejected = 0, withdrawn = 0, parts = v[1] + v[2] + v[3] + v[4];
    struct str form = str_of(lines[i].form);
    if (here) TRY(taken_in(s, lines[i].batch, lines[i].form, &accepted, &rejected, &withdrawn, e));
    b->declared += v[0], b->accepted += v[1], b->rejected += v[2], b->queried += v[3], b->withdrawn += v[4], b->stored += accepted;
    if (v[0] != parts) difference(s, b, office, form, "accepted+rejected+queried+withdrawn =", v[0], parts);
    if (v[1] != accepted) difference(s, b, office, form, "accepted in the files =", v[1], accepted);
    if (v[2] != rejected) difference(s, b, office, form, "rejected in the files =", v[2], rejected);
    if (v[4] != withdrawn) difference(s, b, office, form, "withdrawn =", v[4], withdrawn);
  }
  return E_OK;
}

/* Marked as forwarded, but in no batch of ours: it would never be sent again and never be missed. */
static enum err_code balance_forwarded(struct store *s, const char *survey, const char *period, struct ledger_balance *b, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT sender, sequence FROM batch WHERE survey = ?1 AND (?2 = '' OR period = ?2) AND forwarded_in <> ''"
                              " AND forwarded_in NOT IN (SELECT id FROM batch_sent) ORDER BY sender, sequence", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    difference(s, b, db_text(q, 0), STR("batch"), "forwarded: number", db_int(q, 1), 0);
  }
}

/* The rows that the datasets really hold, per form and period, against what the books say was stored; a dataset without books counts as well. */
struct booked {
  const char *form, *period;
  int64_t rows;
};
static enum err_code booked_rows(struct store *s, const char *survey, const char *period, struct arena *a, struct booked **out, int64_t *n,
    struct err *e) {
  enum { MAX_BOOKED = 65536 };
  struct db_statement *q;
  bool row;
  *n = 0;
  *out = ARENA_ARRAY(a, struct booked, MAX_BOOKED);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  TRY(db_prepare(store_db(s),
      "SELECT form, period, sum(stored) FROM (SELECT c.form AS form, b.period AS period, c.stored AS stored FROM batch b JOIN batch_count c ON c.batch = b.id"
                              " WHERE b.survey = ?1 UNION ALL SELECT form, period, 0 FROM dataset WHERE survey = ?1 AND stage = 'received')"
                              " WHERE ?2 = '' OR period = ?2 GROUP BY form, period", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    if (*n == MAX_BOOKED) {
      db_reset(q);
      return ERR(e, E_CAP_EXCEEDED, .subject = "datasets");
    }
    (*out)[(*n)++] = (struct booked){copy(a, db_text(q, 0)), copy(a, db_text(q, 1)), db_int(q, 2)};
  }
}

static enum err_code balance_datasets(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_balance *b,
    struct err *e) {
  struct booked *booked;
  int64_t n;
  TRY(booked_rows(s, survey, period, a, &booked, &n, e));
  for (int64_t i = 0; i < n; i++) {
    const struct dataset_key key = {survey, booked[i].form, booked[i].period, "received"};
    struct shard *shards;
    int64_t n_shards, rows = 0;
    TRY(store_shards_all(s, &key, a, &shards, &n_shards, e));
    for (int64_t k = 0; k < n_shards; k++) rows += shards[k].batch[0] ? shards[k].n_stored : 0;
    if (rows != booked[i].rows) difference(s, b, STR("dataset"), str_of(booked[i].form), "booked", booked[i].rows, rows);
  }
  return E_OK;
}

enum err_code ledger_balance(struct store *s, const char *survey, const char *period, struct ledger_balance *out, struct err *e) {
  struct arena *a = arena_new(0);
  struct ledger_link *links;
  int64_t n_links;
  *out = (struct ledger_balance){.declared = 0};
  enum err_code code = a ? balance_counts(s, survey, period, out, e) : ERR(e, E_NO_MEMORY, .subject = "ledger");
  if (!code) code = balance_sent(s, survey, period, a, out, e);
  if (!code) code = balance_forwarded(s, survey, period, out, e);
  if (!code) code = balance_datasets(s, survey, period, a, out, e);
  if (!code) code = ledger_states_check(s, survey, &out->differences, e);
  if (!code) code = ledger_decisions_check(s, &out->differences, e);
  if (!code) code = ledger_chain(s, survey, period, a, &links, &n_links, &out->differences, e);
  arena_free(a);
  return code;
}

/* Cells, gaps and balance: the questions an officer asks the ledger. */
#include "collector/ledger.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/ext_csv.h"

const char *ledger_state_name(enum ledger_state st, enum err_lang lang) {
  static const char *const names[][2] = {[LEDGER_MISSING] = {"missing", "未着"},   [LEDGER_RECEIVED] = {"received", "受領"}, [LEDGER_LATE] = {"late", "遅延"},
                                         [LEDGER_NIL] = {"nil return", "該当なし"}, [LEDGER_HELD] = {"held", "保留"},         [LEDGER_NOT_YET_DUE] = {"not yet due", "期限前"}};
  return names[st][lang == LANG_JA];
}

static const char *copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

/* --- roster --- */
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
    db_bind_text(q, i + 1, cell);
  }
  return db_execute(q, e);
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

static enum err_code roster_rows(struct store *s, const char *survey, const char *period, struct arena *a, struct roster_row **out, int64_t *n, struct err *e) {
  struct period p;
  struct db_statement *q;
  bool row;
  char first[11], last[11];
  if (!period_parse(str_of(period), &p)) return ERR(e, E_BATCH_MANIFEST, .subject = "period", .expected = "2025-12");
  date_format_iso(period_first_day(&p), first);
  date_format_iso(period_last_day(&p), last);
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM roster", &q, e));
  TRY(db_step(q, &row, e));
  int64_t max = db_int(q, 0);
  db_reset(q);
  *out = ARENA_ARRAY(a, struct roster_row, max + 1);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "roster");
  TRY(db_prepare(store_db(s), "SELECT office, name, parent, forms FROM roster WHERE survey = ?1 AND (since = '' OR since <= ?3) AND (until = '' OR until >= ?2) ORDER BY parent, office", &q, e));
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

static enum err_code fill_cell(struct store *s, const char *survey, struct ledger_cell *c, struct arena *a, struct err *e) {
  struct db_statement *q;
  bool row, late = false, nil = true;
  TRY(db_prepare(store_db(s), "SELECT b.id, b.carried_by, b.sequence, b.late, b.kind, c.declared, c.accepted, c.rejected, c.queried, c.withdrawn, c.stored"
                              " FROM batch b JOIN batch_count c ON c.batch = b.id WHERE b.survey = ? AND b.period = ? AND b.sender = ? AND c.form = ? ORDER BY b.sequence", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, c->period);
  db_bind_cstr(q, 3, c->office);
  db_bind_cstr(q, 4, c->form);
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
  if (c->batch[0]) c->state = nil ? LEDGER_NIL : late ? LEDGER_LATE : LEDGER_RECEIVED;
  return E_OK;
}

static enum err_code held_here(struct store *s, const char *survey, struct ledger_cell *c, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM batch_held WHERE survey = ? AND period = ? AND sender = ?", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, c->period);
  db_bind_cstr(q, 3, c->office);
  TRY(db_step(q, &row, e));
  db_reset(q);
  if (row) c->state = LEDGER_HELD;
  return E_OK;
}

enum err_code ledger_cells(struct store *s, const char *survey, const char *period, int64_t due_day, struct arena *a, struct ledger_cell **out, int64_t *n, struct err *e) {
  struct roster_row *rows;
  int64_t n_rows, today = (job_now(store_job(s)) + 9 * 3600) / 86400;
  TRY(roster_rows(s, survey, period, a, &rows, &n_rows, e));
  *out = ARENA_ARRAY(a, struct ledger_cell, n_rows * BATCH_FORMS_PER_OFFICE + 1);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  for (int64_t i = 0; i < n_rows; i++) {
    struct str rest = str_of(rows[i].forms), form;
    for (int k = 0; rest.n && k < BATCH_FORMS_PER_OFFICE; k++) {
      form = str_split(rest, ';', &rest);
      struct ledger_cell *c = &(*out)[(*n)++];
      *c = (struct ledger_cell){.office = rows[i].office, .name = rows[i].name, .parent = rows[i].parent, .form = copy(a, form), .period = copy(a, str_of(period)),
                                .state = today > due_day ? LEDGER_MISSING : LEDGER_NOT_YET_DUE, .batch = "", .arrived_by = ""};
      TRY(fill_cell(s, survey, c, a, e));
      if (!c->batch[0]) TRY(held_here(s, survey, c, e));
    }
  }
  return E_OK;
}

/* --- gaps: one query per kind, each row becomes a gap --- */
struct gap_query {
  const char *kind, *sql; /* ?1 survey, ?2 period; columns: office, parent, form, number, detail */
};
static const struct gap_query gap_queries[] = {
    {"sequence", "SELECT b.sender, b.carried_by, '', b.sequence, '' FROM batch b WHERE b.survey = ?1 AND (?2 = '' OR b.period = ?2) AND b.sequence > 1 AND NOT EXISTS"
                 " (SELECT 1 FROM batch p WHERE p.sender = b.sender AND p.survey = b.survey AND p.sequence = b.sequence - 1) ORDER BY b.sender, b.sequence"},
    {"held", "SELECT sender, '', '', sequence, id FROM batch_held WHERE survey = ?1 AND (?2 = '' OR period = ?2) ORDER BY sender, sequence"},
    {"fork", "SELECT sender, '', '', sequence, other FROM batch_alarm WHERE survey = ?1 AND ?2 IS NOT NULL ORDER BY sender, sequence"},
    {"not_forwarded", "SELECT sender, CASE carried_by WHEN sender THEN '' ELSE carried_by END, '', sequence, id FROM batch WHERE survey = ?1 AND (?2 = '' OR period = ?2) AND forwarded_in = '' ORDER BY sender, sequence"},
    {"no_receipt", "SELECT '', '', '', sequence, file_name FROM batch_sent WHERE survey = ?1 AND (?2 = '' OR period = ?2) AND receipt_time IS NULL ORDER BY sequence"},
};

static enum err_code run_gap_query(struct store *s, const struct gap_query *g, const char *survey, const char *period, struct arena *a, struct ledger_gap *out, int64_t max, int64_t *n,
                                   struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), g->sql, &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row || *n == max) break;
    out[(*n)++] = (struct ledger_gap){.kind = g->kind, .office = copy(a, db_text(q, 0)), .parent = copy(a, db_text(q, 1)), .form = copy(a, db_text(q, 2)),
                                      .number = db_int(q, 3), .detail = copy(a, db_text(q, 4))};
  }
  db_reset(q);
  return E_OK;
}

enum err_code ledger_gaps(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_gap **out, int64_t *n, struct err *e) {
  enum { MAX_GAPS = 100000 };
  struct ledger_cell *cells;
  int64_t n_cells;
  *out = ARENA_ARRAY(a, struct ledger_gap, MAX_GAPS);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "gaps");
  TRY(ledger_cells(s, survey, period, INT64_MIN, a, &cells, &n_cells, e));
  for (int64_t i = 0; i < n_cells && *n < MAX_GAPS; i++)
    if (cells[i].state == LEDGER_MISSING)
      (*out)[(*n)++] = (struct ledger_gap){.kind = "missing", .office = cells[i].office, .parent = cells[i].parent, .form = cells[i].form, .detail = cells[i].name};
  bool top = !store_office(s)->parent_id[0];
  for (size_t k = 0; k < sizeof gap_queries / sizeof *gap_queries; k++) {
    if (top && !strcmp(gap_queries[k].kind, "not_forwarded")) continue; /* the centre forwards nothing */
    TRY(run_gap_query(s, &gap_queries[k], survey, period, a, *out, MAX_GAPS, n, e));
  }
  return E_OK;
}

/* --- balance --- */
static void difference(struct store *s, struct ledger_balance *b, struct str office, struct str form, const char *what, int64_t expected, int64_t found) {
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
  TRY(db_prepare(store_db(s), "SELECT b.sender, c.form, c.declared, c.accepted, c.rejected, c.queried, c.withdrawn, c.stored FROM batch b JOIN batch_count c ON c.batch = b.id"
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

/* The rows that the datasets really hold, per form, against what the books say was stored. */
static enum err_code balance_datasets(struct store *s, const char *survey, const char *period, struct ledger_balance *b, struct err *e) {
  struct db_statement *q;
  struct arena *a = arena_new(0);
  bool row;
  enum err_code code = a ? E_OK : ERR(e, E_NO_MEMORY, .subject = "ledger");
  const char *forms[64];
  int64_t booked[64];
  int n = 0;
  if (!code) code = db_prepare(store_db(s), "SELECT c.form, sum(c.stored) FROM batch b JOIN batch_count c ON c.batch = b.id WHERE b.survey = ?1 AND b.period = ?2 GROUP BY c.form", &q, e);
  if (!code) {
    db_bind_cstr(q, 1, survey);
    db_bind_cstr(q, 2, period);
    while (!(code = db_step(q, &row, e)) && row && n < 64) forms[n] = copy(a, db_text(q, 0)), booked[n++] = db_int(q, 1);
    db_reset(q);
  }
  for (int i = 0; !code && i < n; i++) {
    const struct dataset_key key = {survey, forms[i], period, "received"};
    struct shard *shards;
    int64_t n_shards, rows = 0;
    code = store_shards(s, &key, a, &shards, &n_shards, e);
    for (int64_t k = 0; !code && k < n_shards; k++) rows += shards[k].batch[0] ? shards[k].n_rows : 0;
    if (!code && rows != booked[i]) difference(s, b, STR("dataset"), str_of(forms[i]), "booked", booked[i], rows);
  }
  arena_free(a);
  return code;
}

enum err_code ledger_balance(struct store *s, const char *survey, const char *period, struct ledger_balance *out, struct err *e) {
  *out = (struct ledger_balance){.declared = 0};
  TRY(balance_counts(s, survey, period, out, e));
  return period[0] ? balance_datasets(s, survey, period, out, e) : E_OK;
}

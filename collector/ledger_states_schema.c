/* The tables of states, decisions and cut-offs. The bits of ledger_cell are made from the books of batches, in the transaction that books one. OR is
 * commutative, so that the order of arrival leaves no trace. A store's database holds no triggers: what must not change is chained by hashes instead.
 */
#include <stdio.h>

#include "base/ext_sqlite.h"
#include "collector/ledger_state.h"

#define YEAR(p) "CAST(CASE substr(" p ",1,2) WHEN 'FY' THEN substr(" p ",3,4) ELSE substr(" p ",1,4) END AS INTEGER)"
/* ledger_slot() in the database's words */
#define SLOT(p) "(CASE WHEN substr(" p ",1,2) = 'FY' THEN 17 WHEN length(" p ") = 4 THEN 16 WHEN substr(" p ",6,1) = 'Q' THEN 11 + CAST(substr(" p \
  ",7,1) AS INTEGER) ELSE CAST(substr(" p ",6,2) AS INTEGER) - 1 END)"
#define BIT(p) "(1 << " SLOT(p) ")"
#define MERGE_BITS " ON CONFLICT(survey, office, year, form) DO UPDATE SET received = received | excluded.received, late = late | excluded.late," \
  " records = records | excluded.records"
#define FORM_BITS "SELECT b.survey, b.sender, " YEAR("b.period") ", c.form, " BIT("b.period") ", b.late * " BIT("b.period") ", (b.kind <> 'nil') * " \
  BIT("b.period") " FROM batch b JOIN batch_count c ON c.batch = b.id"
#define NIL_BITS "SELECT b.survey, b.sender, " YEAR("b.period") ", '', " BIT("b.period") ", b.late * " BIT("b.period") ", 0 FROM batch b" \
  " WHERE b.kind = 'nil' AND NOT EXISTS (SELECT 1 FROM batch_count o WHERE o.batch = b.id)"
#define INTO_CELL "INSERT INTO ledger_cell(survey, office, year, form, received, late, records) "
static const char *const tables[] = {
    "CREATE INDEX IF NOT EXISTS batch_of_period ON batch(survey, period, sender)",
    "CREATE INDEX IF NOT EXISTS batch_carried ON batch(carried_in)",
    "CREATE TABLE IF NOT EXISTS ledger_office(survey TEXT NOT NULL, office TEXT NOT NULL, year INTEGER NOT NULL, decided INTEGER NOT NULL,"
    " PRIMARY KEY(survey, office, year)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ledger_decision(number INTEGER PRIMARY KEY, survey TEXT NOT NULL, period TEXT NOT NULL, office TEXT NOT NULL,"
    " action TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL, made_by TEXT NOT NULL, decided INTEGER NOT NULL, note_blob TEXT NOT "
    "NULL, chain TEXT NOT NULL) STRICT",
    "CREATE INDEX IF NOT EXISTS ledger_decision_of ON ledger_decision(survey, period, office)",
    "CREATE TABLE IF NOT EXISTS ledger_disaster(office TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY(office, since)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ledger_after_lock(batch TEXT PRIMARY KEY, survey TEXT NOT NULL, period TEXT NOT NULL, office TEXT NOT NULL) STRICT, "
    "WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ledger_notice(survey TEXT NOT NULL, period TEXT NOT NULL, office TEXT NOT NULL, made_by TEXT NOT NULL, number "
    "INTEGER NOT NULL,"
    " state TEXT NOT NULL, decided INTEGER NOT NULL, note_blob TEXT NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY(survey, period, office)) STRICT, "
    "WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS roster_more(office TEXT NOT NULL, survey TEXT NOT NULL, since TEXT NOT NULL, successor TEXT NOT NULL, expected "
    "INTEGER,"
    " PRIMARY KEY(office, survey, since)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ledger_snapshot(survey TEXT NOT NULL, period TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, n_batches "
    "INTEGER NOT NULL,"
    " records INTEGER NOT NULL, n_missing INTEGER NOT NULL, taken INTEGER NOT NULL, PRIMARY KEY(survey, period, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ledger_snapshot_batch(survey TEXT NOT NULL, period TEXT NOT NULL, name TEXT NOT NULL, batch TEXT NOT NULL,"
    " PRIMARY KEY(survey, period, name, batch)) STRICT, WITHOUT ROWID",
};

/* Made once, filled from the books of a store that is older than they are. */
static const char *const cells[] = {
    "CREATE TABLE ledger_cell(survey TEXT NOT NULL, office TEXT NOT NULL, year INTEGER NOT NULL, form TEXT NOT NULL, received INTEGER NOT NULL,"
    " late INTEGER NOT NULL, records INTEGER NOT NULL, PRIMARY KEY(survey, office, year, form)) STRICT, WITHOUT ROWID",
    INTO_CELL FORM_BITS " WHERE true" MERGE_BITS,
    INTO_CELL NIL_BITS MERGE_BITS,
};

static enum err_code has_cells(struct store *s, bool *there, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'ledger_cell'", &q, e));
  TRY(db_step(q, there, e));
  db_reset(q);
  return E_OK;
}

static enum err_code make_cells(struct store *s, struct err *e) {
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) TRY(db_run(store_db(s), cells[i], e));
  return E_OK;
}

enum err_code ledger_states_prepare(struct store *s, struct err *e) {
  bool there;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) TRY(db_run(store_db(s), tables[i], e));
  TRY(has_cells(s, &there, e));
  if (there) return E_OK;
  TRY(db_run(store_db(s), "SAVEPOINT ledger_cells", e));
  enum err_code code = make_cells(s, e);
  enum err_code ended = db_run(store_db(s), code ? "ROLLBACK TO ledger_cells; RELEASE ledger_cells" : "RELEASE ledger_cells", code ? NULL : e);
  return code ? code : ended;
}

/* After the lines of a batch are booked: its cells. */
enum err_code ledger_book_cells(struct store *s, const char *batch, struct err *e) {
  static const char *const sql[] = {INTO_CELL FORM_BITS " WHERE b.id = ?1" MERGE_BITS, INTO_CELL NIL_BITS " AND b.id = ?1" MERGE_BITS};
  struct db_statement *q;
  for (int i = 0; i < 2; i++) {
    TRY(db_prepare(store_db(s), sql[i], &q, e));
    db_bind_cstr(q, 1, batch);
    TRY(db_execute(q, e));
  }
  return E_OK;
}

/* The same bits made anew, and compared both ways. */
#define FROM_BOOKS \
  "SELECT sender AS office, year, form, received, late, records FROM (SELECT survey, sender, year, form, sum(DISTINCT r) AS received," \
  " sum(DISTINCT l) AS late, sum(DISTINCT k) AS records FROM (SELECT * FROM made) GROUP BY survey, sender, year, form)"
enum err_code ledger_states_check(struct store *s, const char *survey, int64_t *differences, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s),
      "WITH made(survey, sender, year, form, r, l, k) AS (" FORM_BITS " WHERE b.survey = ?1 UNION ALL " NIL_BITS " AND b.survey = ?1),"
      " anew AS (" FROM_BOOKS "), kept AS (SELECT office, year, form, received, late, records FROM ledger_cell WHERE survey = ?1 AND received <> 0)"
      " SELECT office, form, year FROM (SELECT * FROM anew EXCEPT SELECT * FROM kept) UNION"
      " SELECT office, form, year FROM (SELECT * FROM kept EXCEPT SELECT * FROM anew) ORDER BY 1, 2, 3", &q, e));
  db_bind_cstr(q, 1, survey);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    struct err problem;
    char subject[160];
    snprintf(subject, sizeof subject, "%.*s %.*s %lld", (int)db_text(q, 0).n, db_text(q, 0).p, (int)db_text(q, 1).n, db_text(q, 1).p,
        (long long)db_int(q, 2));
    (void)ERR(&problem, E_LEDGER_STATES, .subject = subject);
    job_problem(store_job(s), &problem);
    (*differences)++;
  }
}

/* ledger_roster.c -- who must report: the roster from its table, with mergers that leave no gap. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/ext_csv.h"
#include "collector/ledger_impl.h"

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

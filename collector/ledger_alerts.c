#include "collector/ledger_alerts.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"
#include "collector/ledger_matrix.h"
#include "collector/ledger_state.h"

/* Counts below 2^31, years and factors at most 10: no product passes 2^62. A difference of 2^31 is outside any root. */
enum ledger_alert_kind ledger_band(const struct ledger_settings *b, int64_t n, int64_t sum, int64_t years) {
  const int64_t difference = years * n - sum, size = difference < 0 ? -difference : difference;
  if (!years) return ALERT_NONE;
  if (n == 0 && sum >= b->hard_mean * years) return ALERT_HARD;
  bool by_root = size >= INT64_C(1) << 31 || size * size > b->root * b->root * sum * years;
  return by_root && size * 100 > b->percent * sum ? ALERT_SOFT : ALERT_NONE;
}

/* Records of one form and period, of the office and of those that were merged into it; *there: something was sent. */
static enum err_code count_of(struct store *s, const char *survey, const char *first, const char *last, const char *office, const char *form,
    bool merged, int64_t *n, bool *there, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s),
      "SELECT coalesce(sum(c.stored), 0), count(*) FROM batch b INDEXED BY batch_of_period LEFT JOIN batch_count c ON c.batch = b.id AND c.form = ?5"
      " WHERE b.survey = ?1 AND b.period BETWEEN ?2 AND ?3 AND length(b.period) = length(?2) AND (b.sender = ?4 OR (?6 AND b.sender IN (SELECT office"
      " FROM roster_more WHERE successor = ?4 AND survey = ?1))) AND (c.form IS NOT NULL OR b.kind = 'nil')",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, first);
  db_bind_cstr(q, 3, last);
  db_bind_cstr(q, 4, office);
  db_bind_cstr(q, 5, form);
  db_bind_int(q, 6, merged);
  TRY(db_step(q, &row, e));
  *n = db_int(q, 0);
  *there = db_int(q, 1) > 0;
  db_reset(q);
  return E_OK;
}

static enum err_code earlier(struct store *s, const char *survey, const struct period *p, const struct ledger_cell *c,
    const struct ledger_settings *b, struct ledger_alert *out, struct err *e) {
  for (int64_t back = 1; back <= b->years; back++) {
    struct period before = {p->kind, p->year - back, p->part};
    char text[16];
    int64_t n;
    bool there;
    period_format(&before, text);
    TRY(count_of(s, survey, text, text, c->office, c->form, true, &n, &there, e));
    out->years += there;
    out->sum += n;
  }
  return E_OK;
}

static enum err_code expected_count(struct store *s, const char *survey, const char *office, const char *form, int64_t *count, struct err *e) {
  struct db_statement *q;
  bool row;
  *count = -1;
  TRY(db_prepare(store_db(s),
      "SELECT m.expected FROM roster_more m JOIN roster r ON r.office = m.office AND r.survey = m.survey AND r.since = m.since WHERE m.office = ?"
      " AND m.survey = ? AND r.forms = ? AND m.expected IS NOT NULL ORDER BY m.since DESC LIMIT 1",
      &q, e)); /* of a line with one form */
  db_bind_cstr(q, 1, office);
  db_bind_cstr(q, 2, survey);
  db_bind_cstr(q, 3, form);
  TRY(db_step(q, &row, e));
  if (row) *count = db_int(q, 0);
  db_reset(q);
  return E_OK;
}

static bool arrived(enum ledger_state st) { return st != LEDGER_MISSING && st != LEDGER_NOT_YET_DUE && st != LEDGER_HELD && st != LEDGER_DISASTER; }

static enum err_code judge_cell(struct store *s, const char *survey, const struct period *p, const struct ledger_cell *c,
    const struct ledger_settings *b, struct ledger_alert *out, int64_t *n, int64_t *checked, struct err *e) {
  struct ledger_alert found = {.office = c->office, .form = c->form, .n = c->stored};
  int64_t expected;
  TRY(earlier(s, survey, p, c, b, &found, e));
  *checked += found.years > 0;
  found.kind = ledger_band(b, found.n, found.sum, found.years);
  if (found.kind) out[(*n)++] = found;
  TRY(expected_count(s, survey, c->office, c->form, &expected, e));
  if (expected < 0) return E_OK;
  *checked += found.years == 0;
  found = (struct ledger_alert){.office = c->office, .form = c->form, .n = c->stored, .sum = expected, .years = 1, .expected = true};
  found.kind = ledger_band(b, found.n, found.sum, 1);
  if (found.kind) out[(*n)++] = found;
  return E_OK;
}

enum err_code ledger_alerts(struct store *s, const char *survey, const char *period, const struct ledger_settings *b, struct arena *a,
    struct ledger_alert **out, int64_t *n, int64_t *checked, struct err *e) {
  struct ledger_cell *cells;
  struct period p;
  int64_t n_cells;
  *n = *checked = 0;
  if (!period_parse(str_of(period), &p)) return ERR(e, E_INTAKE_PERIOD, .subject = period, .expected = "2025-12");
  TRY(ledger_cells(s, survey, period, INT64_MIN, a, &cells, &n_cells, e));
  *out = ARENA_ARRAY(a, struct ledger_alert, 2 * n_cells + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "alerts");
  for (int64_t i = 0; i < n_cells; i++)
    if (arrived(cells[i].state)) TRY(judge_cell(s, survey, &p, &cells[i], b, *out, n, checked, e));
  return E_OK;
}

/* --- the register --- */
static enum err_code ends_of(const char *range, char first[16], char last[16], struct err *e) {
  const char *dots = strstr(range, "..");
  struct period a, b;
  if (!dots || !period_parse(str_view(range, (size_t)(dots - range)), &a) || !period_parse(str_of(dots + 2), &b) || a.kind != b.kind ||
      period_first_day(&a) > period_first_day(&b))
    return ERR(e, E_LEDGER_RANGE, .subject = range);
  period_format(&a, first);
  period_format(&b, last);
  return E_OK;
}

enum err_code ledger_reconcile(struct store *s, const char *survey, const char *range, const char *file, struct str csv, int64_t percent,
    struct arena *a, struct ledger_register_line **out, int64_t *n, int64_t *checked, struct err *e) {
  static const char *const names[] = {"office", "form", "count"};
  char first[16], last[16];
  struct csv_table t;
  *n = *checked = 0;
  TRY(ends_of(range, first, last, e));
  TRY(csv_table_parse(a, file, csv.p, csv.n, &t, e));
  for (int i = 0; i < 3; i++)
    if (csv_table_column(&t, names[i]) < 0) return ERR(e, E_LEDGER_REGISTER, .file = file, .line = 1, .subject = names[i]);
  *out = ARENA_ARRAY(a, struct ledger_register_line, t.n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct str cell[3];
    struct ledger_register_line *l = &(*out)[*n];
    bool there;
    for (int k = 0; k < 3; k++) cell[k] = csv_table_cell(&t, i, csv_table_column(&t, names[k]));
    if (!cell[0].n || !cell[1].n || !str_int64(cell[2], &l->registered) || l->registered < 0 || l->registered > INT32_MAX)
      return ERR(e, E_LEDGER_REGISTER, .file = file, .line = t.lines[i], .subject = !cell[0].n ? "office" : !cell[1].n ? "form" : "count");
    l->office = arena_strdup(a, cell[0].p, cell[0].n);
    l->form = arena_strdup(a, cell[1].p, cell[1].n);
    if (!l->office || !l->form) return ERR(e, E_NO_MEMORY, .subject = "register");
    TRY(count_of(s, survey, first, last, l->office, l->form, false, &l->here, &there, e));
    (*checked)++;
    int64_t difference = l->here > l->registered ? l->here - l->registered : l->registered - l->here;
    *n += difference * 100 > percent * l->registered;
  }
  return E_OK;
}

#include "collector/ledger_matrix.h"

#include <string.h>

#include "collector/ledger_state.h"
#include "collector/query.h"

enum { MAX_PERIODS = 600, MAX_YEARS = MAX_PERIODS + 1, MAX_MATRIX_FORMS = 64 };

struct span { /* one row of the roster */
  const char *office;
  uint64_t forms; /* bit per interned form */
  int64_t since, until;
};
struct year_bits {
  int64_t decided, received[MAX_MATRIX_FORMS + 1], late[MAX_MATRIX_FORMS + 1], records[MAX_MATRIX_FORMS + 1];
};
struct building {
  struct store *s;
  struct arena *a;
  const char *survey;
  struct ledger_matrix *m;
  const char *forms[MAX_MATRIX_FORMS];
  int n_forms;
  struct span *spans;
  int64_t n_spans, first_year, last_year, today, due_days;
  int64_t *first_days, *last_days;
  struct year_bits *years; /* of the office in hand */
  uint8_t *held, *disaster, *queried; /* [n_periods] of the office in hand */
};

static const char *copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

/* --- periods --- */
static enum err_code parse_range(const char *range, struct arena *a, struct ledger_matrix *m, struct err *e) {
  const char *dots = strstr(range, "..");
  struct period first, last;
  struct str from = str_view(range, dots ? (size_t)(dots - range) : strlen(range)), to = dots ? str_of(dots + 2) : from;
  if (!period_parse(from, &first) || !period_parse(to, &last) || first.kind != last.kind || period_first_day(&first) > period_first_day(&last))
    return ERR(e, E_LEDGER_RANGE, .subject = range);
  m->periods = ARENA_ARRAY(a, struct period, MAX_PERIODS);
  if (!m->periods) return ERR(e, E_NO_MEMORY, .subject = "periods");
  int64_t n = 0;
  for (struct period p = last;; p = period_previous(&p)) {
    if (n == MAX_PERIODS) return ERR(e, E_LEDGER_RANGE, .subject = range);
    m->periods[n++] = p;
    if (p.year == first.year && p.part == first.part) break;
  }
  for (int64_t i = 0; i < n / 2; i++) {
    struct period other = m->periods[i];
    m->periods[i] = m->periods[n - 1 - i];
    m->periods[n - 1 - i] = other;
  }
  m->n_periods = n;
  return E_OK;
}

static enum err_code set_days(struct building *b, struct err *e) {
  int64_t n = b->m->n_periods;
  b->first_days = ARENA_ARRAY(b->a, int64_t, n);
  b->last_days = ARENA_ARRAY(b->a, int64_t, n);
  b->held = ARENA_ARRAY(b->a, uint8_t, n);
  b->disaster = ARENA_ARRAY(b->a, uint8_t, n);
  b->first_year = b->m->periods[0].year;
  b->last_year = b->m->periods[n - 1].year;
  b->years = ARENA_ARRAY(b->a, struct year_bits, b->last_year - b->first_year + 1);
  b->queried = ARENA_ARRAY(b->a, uint8_t, n);
  if (!b->queried || !b->first_days || !b->last_days || !b->held || !b->disaster || !b->years) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  for (int64_t i = 0; i < n; i++) {
    b->first_days[i] = period_first_day(&b->m->periods[i]);
    b->last_days[i] = period_last_day(&b->m->periods[i]);
  }
  return E_OK;
}

/* --- roster --- */
static int form_index(const struct building *b, struct str form) {
  for (int i = 0; i < b->n_forms; i++)
    if (str_eq(str_of(b->forms[i]), form)) return i;
  return -1;
}

static enum err_code form_bits(struct building *b, struct str list, uint64_t *out, struct err *e) {
  *out = 0;
  while (list.n) {
    struct str form = str_split(list, ';', &list);
    int i = form_index(b, form);
    if (i < 0 && b->n_forms == MAX_MATRIX_FORMS) return ERR(e, E_CAP_EXCEEDED, .subject = "forms on the roster");
    if (i < 0) b->forms[i = b->n_forms++] = copy(b->a, form);
    *out |= (uint64_t)1 << i;
  }
  return E_OK;
}

static enum err_code count_roster(struct building *b, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(b->s), "SELECT count(*) FROM roster WHERE survey = ?", &q, e));
  db_bind_cstr(q, 1, b->survey);
  TRY(db_step(q, &row, e));
  *n = db_int(q, 0);
  db_reset(q);
  return E_OK;
}

static enum err_code read_roster(struct building *b, struct err *e) {
  struct db_statement *q;
  struct ledger_matrix *m = b->m;
  bool row;
  int64_t max;
  TRY(count_roster(b, &max, e));
  b->spans = ARENA_ARRAY(b->a, struct span, max + 1);
  m->lines = ARENA_ARRAY(b->a, struct ledger_line, max + 1);
  if (!b->spans || !m->lines) return ERR(e, E_NO_MEMORY, .subject = "roster");
  TRY(db_prepare(store_db(b->s),
      "SELECT r.office, r.name, r.parent, r.forms, r.since, r.until, coalesce(m.successor, '') FROM roster r LEFT JOIN roster_more m"
      " ON m.office = r.office AND m.survey = r.survey AND m.since = r.since WHERE r.survey = ? ORDER BY r.office, r.since",
      &q, e));
  db_bind_cstr(q, 1, b->survey);
  while (b->n_spans < max) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    struct span *p = &b->spans[b->n_spans++];
    const struct ledger_line line = {copy(b->a, db_text(q, 0)), copy(b->a, db_text(q, 1)), copy(b->a, db_text(q, 2)), copy(b->a, db_text(q, 6))};
    *p = (struct span){.office = line.office, .since = INT64_MIN, .until = INT64_MAX};
    if (db_text(q, 4).n && !date_parse_iso(db_text(q, 4), &p->since)) p->since = INT64_MAX; /* the import lets no other day in */
    if (db_text(q, 5).n && !date_parse_iso(db_text(q, 5), &p->until)) p->until = INT64_MIN;
    TRY(form_bits(b, db_text(q, 3), &p->forms, e));
    if (!m->n_offices || strcmp(m->lines[m->n_offices - 1].office, line.office)) m->n_offices++;
    m->lines[m->n_offices - 1] = line;
  }
  db_reset(q);
  return E_OK;
}

/* --- three readers in office order; each hands over the rows of one office --- */
struct reader {
  struct db_statement *q;
  bool row;
};
static enum err_code start_reader(struct building *b, struct reader *r, const char *sql, bool years, struct err *e) {
  TRY(db_prepare(store_db(b->s), sql, &r->q, e));
  db_bind_cstr(r->q, 1, b->survey);
  if (years) {
    db_bind_int(r->q, 2, b->first_year);
    db_bind_int(r->q, 3, b->last_year);
  }
  return db_step(r->q, &r->row, e);
}
/* True while the reader stands on this office; rows of offices that are not on the roster are passed by. */
static enum err_code at_office(struct reader *r, const char *office, bool *here, struct err *e) {
  int order = 1;
  while (r->row && (order = str_cmp(db_text(r->q, 0), str_of(office))) < 0) TRY(db_step(r->q, &r->row, e));
  *here = r->row && order == 0;
  return E_OK;
}

static enum err_code take_cells(struct building *b, struct reader *r, const char *office, struct err *e) {
  for (bool here;;) {
    TRY(at_office(r, office, &here, e));
    if (!here) return E_OK;
    struct str form = db_text(r->q, 2);
    int i = form.n ? form_index(b, form) : MAX_MATRIX_FORMS;
    struct year_bits *y = &b->years[db_int(r->q, 1) - b->first_year];
    if (i >= 0) y->received[i] = db_int(r->q, 3), y->late[i] = db_int(r->q, 4), y->records[i] = db_int(r->q, 5);
    TRY(db_step(r->q, &r->row, e));
  }
}

static enum err_code take_decisions(struct building *b, struct reader *r, const char *office, struct err *e) {
  for (bool here;;) {
    TRY(at_office(r, office, &here, e));
    if (!here) return E_OK;
    b->years[db_int(r->q, 1) - b->first_year].decided = db_int(r->q, 2);
    TRY(db_step(r->q, &r->row, e));
  }
}

/* Sets the periods that the reader names: held batches, open queries. */
static enum err_code take_periods(struct building *b, struct reader *r, const char *office, uint8_t *marks, struct err *e) {
  for (bool here;;) {
    struct period p;
    TRY(at_office(r, office, &here, e));
    if (!here) return E_OK;
    bool known = period_parse(db_text(r->q, 1), &p);
    for (int64_t i = 0; known && i < b->m->n_periods; i++)
      marks[i] |= p.kind == b->m->periods[i].kind && p.year == b->m->periods[i].year && p.part == b->m->periods[i].part;
    TRY(db_step(r->q, &r->row, e));
  }
}

static enum err_code take_disasters(struct building *b, struct reader *r, const char *office, struct err *e) {
  for (bool here;;) {
    int64_t since, until = INT64_MAX;
    TRY(at_office(r, office, &here, e));
    if (!here) return E_OK;
    bool known = date_parse_iso(db_text(r->q, 1), &since) && (!db_text(r->q, 2).n || date_parse_iso(db_text(r->q, 2), &until));
    for (int64_t i = 0; known && i < b->m->n_periods; i++)
      b->disaster[i] |= since <= b->last_days[i] + b->due_days && until >= b->last_days[i] + b->due_days;
    TRY(db_step(r->q, &r->row, e));
  }
}

/* --- states of one office --- */
static enum ledger_state state_at(const struct building *b, const struct span *span, int64_t i) {
  const struct year_bits *y = &b->years[b->m->periods[i].year - b->first_year];
  int slot = ledger_slot(&b->m->periods[i]);
  int64_t bit = (int64_t)1 << slot;
  enum ledger_state worst = LEDGER_NOT_LISTED;
  struct ledger_facts f = {.held = b->held[i], .disaster = b->disaster[i], .queried = b->queried[i], .decided = ledger_decided(y->decided, slot),
                           .due_passed = b->today > b->last_days[i] + b->due_days};
  const int all = MAX_MATRIX_FORMS; /* a nil return without lines speaks for every form of its office */
  for (int k = 0; k < b->n_forms; k++) {
    if (!(span->forms >> k & 1)) continue;
    f.received = ((y->received[k] | y->received[all]) & bit) != 0;
    f.late = ((y->late[k] | y->late[all]) & bit) != 0;
    f.nil = !(y->records[k] & bit);
    worst = ledger_worse(ledger_state_of(&f), worst);
  }
  return worst;
}

static void fill_line(struct building *b, int64_t i_line, const struct span *spans, int64_t n) {
  struct ledger_matrix *m = b->m;
  for (int64_t i = 0; i < m->n_periods; i++) {
    enum ledger_state st = LEDGER_NOT_LISTED;
    for (int64_t k = 0; k < n; k++)
      if (spans[k].since <= b->last_days[i] && spans[k].until >= b->first_days[i]) st = ledger_worse(state_at(b, &spans[k], i), st);
    m->states[i_line * m->n_periods + i] = (uint8_t)st;
    m->counts[st]++;
  }
}

static enum err_code fill_all(struct building *b, struct err *e) {
  struct reader cells, decisions, held, disasters, queries;
  struct ledger_matrix *m = b->m;
  bool asked; /* a store that never saw a query has no such table */
  TRY(query_present(b->s, &asked, e));
  TRY(start_reader(b, &cells, "SELECT office, year, form, received, late, records FROM ledger_cell WHERE survey = ? AND year BETWEEN ? AND ?"
                              " ORDER BY survey, office, year, form", true, e));
  TRY(start_reader(b, &decisions,
      "SELECT office, year, decided FROM ledger_office WHERE survey = ? AND year BETWEEN ? AND ? ORDER BY survey, office, year", true, e));
  TRY(start_reader(b, &held, "SELECT sender, period FROM batch_held WHERE survey = ? ORDER BY sender", false, e));
  TRY(start_reader(b, &disasters, "SELECT office, since, until FROM ledger_disaster WHERE ?1 IS NOT NULL ORDER BY office, since", false, e));
  TRY(start_reader(b, &queries,
      asked ? "SELECT DISTINCT owner, period FROM query WHERE survey = ?1 AND closed = 0 AND answer = '' ORDER BY owner"
            : "SELECT '', '' WHERE ?1 IS NULL", false, e));
  for (int64_t i = 0, at = 0, n; i < m->n_offices; i++, at += n) {
    memset(b->years, 0, (size_t)(b->last_year - b->first_year + 1) * sizeof *b->years);
    memset(b->held, 0, (size_t)m->n_periods);
    memset(b->disaster, 0, (size_t)m->n_periods);
    TRY(take_cells(b, &cells, m->lines[i].office, e));
    TRY(take_decisions(b, &decisions, m->lines[i].office, e));
    memset(b->queried, 0, (size_t)m->n_periods);
    TRY(take_periods(b, &held, m->lines[i].office, b->held, e));
    TRY(take_periods(b, &queries, m->lines[i].office, b->queried, e));
    TRY(take_disasters(b, &disasters, m->lines[i].office, e));
    for (n = 1; at + n < b->n_spans && !strcmp(b->spans[at + n].office, m->lines[i].office);) n++;
    fill_line(b, i, b->spans + at, n);
  }
  db_reset(cells.q);
  db_reset(decisions.q);
  db_reset(held.q);
  db_reset(disasters.q);
  db_reset(queries.q);
  return E_OK;
}

enum err_code ledger_matrix(struct store *s, const char *survey, const char *range, int64_t due_days, struct arena *a, struct ledger_matrix *out,
    struct err *e) {
  struct building *b = ARENA_NEW(a, struct building);
  *out = (struct ledger_matrix){.n_offices = 0};
  if (!b) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  *b = (struct building){.s = s, .a = a, .survey = survey, .m = out, .due_days = due_days, .today = (job_now(store_job(s)) + 9 * 3600) / 86400};
  TRY(parse_range(range, a, out, e));
  TRY(set_days(b, e));
  TRY(read_roster(b, e));
  out->states = ARENA_ARRAY(a, uint8_t, out->n_offices * out->n_periods + 1);
  if (!out->states) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  return fill_all(b, e);
}

int64_t ledger_matrix_find(const struct ledger_matrix *m, const char *office) {
  int64_t low = 0, high = m->n_offices;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    int order = strcmp(m->lines[middle].office, office);
    if (order == 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}

/* Decisions about the offices below: checked against the transition table, written once, logged. */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "collector/ledger_notice.h"
#include "collector/ledger_state.h"
#include "forms/form.h"

enum { MAX_DEPTH = 16 };

struct deciding {
  struct store *s;
  struct arena *a;
  const struct ledger_request *r;
  const struct ledger_transition *t;
  struct ledger_matrix m;
  struct period period;
  char note_blob[65]; /* "" = no reason and no officer given */
  const char **changed;
  int64_t n_changed;
};

static const char *self(const struct deciding *d) { return store_office(d->s)->id; }
static enum ledger_state state_of(const struct deciding *d, int64_t i) { return (enum ledger_state)d->m.states[i]; }

/* --- the tree of the roster --- */
static int64_t parent_of(const struct deciding *d, int64_t i) { return ledger_matrix_find(&d->m, d->m.lines[i].parent); }

/* An office without a parent on the roster reports here. A way of more than 16 steps is a circle. */
static bool reports_to(const struct deciding *d, int64_t i, const char *above) {
  for (int depth = 0; depth < MAX_DEPTH; depth++) {
    const char *parent = d->m.lines[i].parent;
    if (!parent[0]) return !strcmp(above, self(d)) && strcmp(d->m.lines[i].office, above);
    if (!strcmp(parent, above)) return true;
    i = ledger_matrix_find(&d->m, parent);
    if (i < 0) return false;
  }
  return false;
}

static int depth_of(const struct deciding *d, int64_t i) {
  int depth = 0;
  for (; i >= 0 && depth < MAX_DEPTH; depth++) i = parent_of(d, i);
  return depth;
}

static bool is_child(const struct deciding *d, int64_t i, const char *office) {
  const char *parent = d->m.lines[i].parent;
  if (!strcmp(d->m.lines[i].office, office)) return false;
  return parent[0] ? !strcmp(parent, office) : !strcmp(office, self(d));
}

/* --- guards --- */
static enum err_code check_who(const struct deciding *d, int64_t i, const char *office, struct err *e) {
  bool itself = !strcmp(office, self(d));
  if (itself ? d->t->by_itself : i >= 0 && reports_to(d, i, self(d))) return E_OK;
  return i < 0 && !itself ? ERR(e, E_LEDGER_OFFICE, .subject = office) : ERR(e, E_LEDGER_NOT_YOURS, .subject = office);
}

static enum err_code check_children(const struct deciding *d, const char *office, struct err *e) {
  int64_t open = 0, first = -1;
  char found[200], wanted[96];
  for (int64_t i = 0; i < d->m.n_offices; i++) {
    if (!is_child(d, i, office) || ledger_state_done(state_of(d, i))) continue;
    if (first < 0) first = i;
    open++;
  }
  if (first < 0) return E_OK;
  enum err_lang lang = store_job(d->s)->lang;
  snprintf(found, sizeof found, lang == LANG_JA ? "%s は%s（ほか %lld 機関）" : "%s is %s (and %lld more)", d->m.lines[first].office,
           ledger_state_name(state_of(d, first), lang), (long long)open - 1);
  snprintf(wanted, sizeof wanted, "%s, %s, %s", ledger_state_name(LEDGER_APPROVED, lang), ledger_state_name(LEDGER_FINAL, lang),
      ledger_state_name(LEDGER_DISASTER, lang));
  return ERR(e, E_LEDGER_CHILDREN, .subject = office, .found = found, .expected = wanted);
}

static void from_names(uint32_t from, enum err_lang lang, char *out, size_t size) {
  size_t used = 0;
  out[0] = 0;
  for (int i = 0; i < LEDGER_STATES; i++)
    if (from >> i & 1 && used < size)
      used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", ledger_state_name((enum ledger_state)i, lang));
}

static enum err_code check_from(const struct deciding *d, int64_t i, const char *office, struct err *e) {
  char wanted[200];
  enum err_lang lang = store_job(d->s)->lang;
  if (i < 0 || d->t->from >> state_of(d, i) & 1) return E_OK;
  from_names(d->t->from, lang, wanted, sizeof wanted);
  return ERR(e, E_LEDGER_TRANSITION, .subject = office, .found = ledger_state_name(state_of(d, i), lang), .expected = wanted);
}

static enum err_code current_bits(const struct deciding *d, const char *office, int64_t *bits, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(d->s), "SELECT decided FROM ledger_office WHERE survey = ? AND office = ? AND year = ?", &q, e));
  db_bind_cstr(q, 1, d->r->survey);
  db_bind_cstr(q, 2, office);
  db_bind_int(q, 3, d->period.year);
  TRY(db_step(q, &row, e));
  *bits = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

/* What stands approved or final above it would stand on sand. */
static enum err_code check_above(const struct deciding *d, int64_t i, const char *office, struct err *e) {
  int64_t above = i < 0 ? -1 : parent_of(d, i), bits;
  if (d->t->to >= DECIDED_APPROVED || i < 0) return E_OK;
  if (above >= 0 && (state_of(d, above) == LEDGER_APPROVED || state_of(d, above) == LEDGER_FINAL))
    return ERR(e, E_LEDGER_LOCKED, .subject = office, .found = d->m.lines[above].office);
  TRY(current_bits(d, self(d), &bits, e));
  if (ledger_decided(bits, ledger_slot(&d->period)) >= DECIDED_APPROVED) return ERR(e, E_LEDGER_LOCKED, .subject = office, .found = self(d));
  return E_OK;
}

/* --- writing --- */
static enum err_code write_bits(const struct deciding *d, const char *office, struct err *e) {
  struct db_statement *q;
  int64_t bits;
  int shift = 3 * ledger_slot(&d->period);
  TRY(current_bits(d, office, &bits, e));
  bits = (bits & ~((int64_t)7 << shift)) | (int64_t)d->t->to << shift;
  TRY(db_prepare(store_db(d->s),
      "INSERT INTO ledger_office(survey, office, year, decided) VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET decided = excluded.decided", &q, e));
  db_bind_cstr(q, 1, d->r->survey);
  db_bind_cstr(q, 2, office);
  db_bind_int(q, 3, d->period.year);
  db_bind_int(q, 4, bits);
  return db_execute(q, e);
}

static enum ledger_state state_after(enum ledger_decision to) {
  const struct ledger_facts f = {.received = true, .decided = to};
  return ledger_state_of(&f);
}

static enum err_code change(struct deciding *d, int64_t i, const char *office, struct err *e) {
  enum ledger_state from = i < 0 ? LEDGER_NOT_LISTED : state_of(d, i), to = state_after(d->t->to);
  const struct ledger_event event = {.survey = d->r->survey,
      .period = d->r->period,
      .office = office,
      .action = d->t->name,
      .from = ledger_state_key(from),
      .to = ledger_state_key(to),
      .made_by = self(d),
      .decided = job_now(store_job(d->s))};
  TRY(write_bits(d, office, e));
  TRY(ledger_write_event(d->s, &event, d->note_blob, e));
  if (i >= 0) d->m.states[i] = (uint8_t)to;
  d->changed[d->n_changed++] = office;
  return E_OK;
}

/* An office's own sign-off stands on its children only: it receives no batch of itself. Its roster line here, if any, says nothing. */
static enum err_code decide_one(struct deciding *d, const char *office, struct err *e) {
  bool itself = !strcmp(office, self(d));
  int64_t i = itself ? -1 : ledger_matrix_find(&d->m, office);
  if (i >= 0 && state_of(d, i) == LEDGER_NOT_LISTED) i = -1;
  TRY(check_who(d, i, office, e));
  TRY(check_above(d, i, office, e));
  TRY(check_from(d, i, office, e));
  if (d->t->needs_children) TRY(check_children(d, office, e));
  return change(d, i, office, e);
}

/* What is below and still to do, the lowest first. Accepting locks everything below: it always takes the whole branch. */
static enum err_code decide_below(struct deciding *d, const char *office, struct err *e) {
  const enum ledger_state target = state_after(d->t->to);
  for (int depth = MAX_DEPTH; depth > 0; depth--)
    for (int64_t i = 0; i < d->m.n_offices; i++) {
      enum ledger_state st = state_of(d, i);
      if (depth_of(d, i) != depth || !reports_to(d, i, office) || !strcmp(d->m.lines[i].office, self(d))) continue;
      if (st == target || st == LEDGER_FINAL || st == LEDGER_NOT_LISTED || (d->t->to == DECIDED_APPROVED && ledger_state_done(st))) continue;
      TRY(decide_one(d, d->m.lines[i].office, e));
    }
  return E_OK;
}

static enum err_code decide_all(struct deciding *d, struct err *e) {
  for (int i = 0; i < d->r->n_offices; i++) {
    if (d->r->below || d->t->to == DECIDED_FINAL) TRY(decide_below(d, d->r->offices[i], e));
    TRY(decide_one(d, d->r->offices[i], e));
  }
  return E_OK;
}

enum err_code ledger_note_put(struct store *s, const char *name, const char *reason, const char *officer, char blob[65], struct err *e) {
  struct strbuf b;
  struct json_out j;
  blob[0] = 0;
  if (!reason[0] && !officer[0]) return E_OK;
  strbuf_init(&b, 1 << 16);
  json_begin(&j, &b, true);
  json_object(&j);
  json_put(&j, "officer", officer);
  json_put(&j, "reason", reason);
  json_end_object(&j);
  enum err_code code = json_done(&j) && !b.failed ? store_blob_put(s, "ledger-note", name, b.p, b.n, PART_PARADATA, blob, e)
                                                  : ERR(e, E_CAP_EXCEEDED, .subject = "reason");
  strbuf_release(&b);
  return code;
}

static enum err_code decide_inside(struct deciding *d, struct err *e) {
  TRY(ledger_note_put(d->s, d->r->period, d->r->reason, d->r->officer, d->note_blob, e));
  return decide_all(d, e);
}

static enum err_code decide_logged(struct deciding *d, struct err *e) {
  char object[120];
  int64_t access;
  snprintf(object, sizeof object, "ledger:%s/%s %s", d->r->survey, d->r->period, d->t->name);
  struct log_entry entry = {.action = "ledger-decide", .object = object};
  TRY(store_log_intent(d->s, &entry, &access, e));
  enum err_code code = store_begin(d->s, e);
  if (!code) {
    code = decide_inside(d, e);
    if (!code) code = store_commit(d->s, e);
    if (code) store_rollback(d->s);
  }
  entry.rows = code ? 0 : d->n_changed;
  if (!code) code = ledger_decisions_head(d->s, entry.output_hash, e);
  enum err_code logged = store_log_outcome(d->s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

enum err_code ledger_decide(struct store *s, const struct ledger_request *r, struct arena *a, const char ***changed, int64_t *n_changed,
    struct err *e) {
  struct deciding d = {.s = s, .a = a, .r = r, .t = ledger_transition(r->action)};
  *n_changed = 0;
  if (!period_parse(str_of(r->period), &d.period)) return ERR(e, E_INTAKE_PERIOD, .subject = r->period, .expected = "2025-12");
  if (d.t->needs_reason && !r->reason[0]) return ERR(e, E_LEDGER_REASON, .subject = d.t->name);
  TRY(ledger_locked_above(s, r->survey, r->period, e));
  TRY(ledger_matrix(s, r->survey, r->period, r->due_days, a, &d.m, e));
  d.changed = ARENA_ARRAY(a, const char *, (d.m.n_offices + 1) * (r->n_offices + 1));
  if (!d.changed) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  TRY(decide_logged(&d, e));
  *changed = d.changed;
  *n_changed = d.n_changed;
  return E_OK;
}

/* --- disaster --- */
static enum err_code disaster_inside(
    struct store *s, const char *office, const char *since, const char *until, const char *reason, const char *officer, struct err *e) {
  char blob[65], period[24];
  struct db_statement *q;
  snprintf(period, sizeof period, "%s..%s", since, until);
  const struct ledger_event event = {.survey = "",
      .period = period,
      .office = office,
      .action = "disaster",
      .from = "",
      .to = ledger_state_key(LEDGER_DISASTER),
      .made_by = store_office(s)->id,
      .decided = job_now(store_job(s))};
  TRY(ledger_note_put(s, office, reason, officer, blob, e));
  TRY(ledger_write_event(s, &event, blob, e));
  TRY(db_prepare(store_db(s),
      "INSERT INTO ledger_disaster(office, since, until, number) VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET until = excluded.until,"
      " number = excluded.number",
      &q, e));
  int64_t number = db_last_id(store_db(s));
  db_bind_cstr(q, 1, office);
  db_bind_cstr(q, 2, since);
  db_bind_cstr(q, 3, until);
  db_bind_int(q, 4, number);
  return db_execute(q, e);
}

static enum err_code on_roster(struct store *s, const char *office, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM roster WHERE office = ? LIMIT 1", &q, e));
  db_bind_cstr(q, 1, office);
  TRY(db_step(q, &row, e));
  db_reset(q);
  return row || !strcmp(office, store_office(s)->id) ? E_OK : ERR(e, E_LEDGER_OFFICE, .subject = office);
}

enum err_code ledger_disaster(struct store *s, const char *office, const char *since, const char *until, const char *reason, const char *officer,
    struct err *e) {
  int64_t from, to = INT64_MAX, access;
  char object[80];
  if (!date_parse_iso(str_of(since), &from)) return ERR(e, E_LEDGER_DATES, .subject = since);
  if ((until[0] && !date_parse_iso(str_of(until), &to)) || to < from) return ERR(e, E_LEDGER_DATES, .subject = until);
  if (!reason[0]) return ERR(e, E_LEDGER_REASON, .subject = "disaster");
  TRY(on_roster(s, office, e));
  snprintf(object, sizeof object, "ledger:%s disaster", office);
  struct log_entry entry = {.action = "ledger-decide", .object = object, .rows = 1};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = store_begin(s, e);
  if (!code) {
    code = disaster_inside(s, office, since, until, reason, officer, e);
    if (!code) code = store_commit(s, e);
    if (code) store_rollback(s);
  }
  if (!code) code = ledger_decisions_head(s, entry.output_hash, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

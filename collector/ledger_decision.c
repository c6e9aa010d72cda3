/* The rows of decisions: each chained to the one before by SHA-256, so that none can be changed or taken out unseen; the head goes into the access
 * log. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/ledger_notice.h"

/* --- the chain --- */
static void link_hash(const char *before, const struct ledger_event *v, const char *note_blob, char hex[65]) {
  uint8_t hash[HASH_BYTES];
  char text[1024];
  int n = snprintf(text, sizeof text, "%s\n%lld\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%lld\n%s\n", before, (long long)v->number, v->survey, v->period,
      v->office, v->action, v->from, v->to, v->made_by, (long long)v->decided, note_blob);
  sha256_of(text, n < (int)sizeof text ? (size_t)n : sizeof text - 1, hash);
  hex_encode(hash, HASH_BYTES, hex);
}

static enum err_code last_link(struct store *s, int64_t *number, char chain[65], struct err *e) {
  struct db_statement *q;
  bool row;
  *number = 0;
  chain[0] = 0;
  TRY(db_prepare(store_db(s), "SELECT number, chain FROM ledger_decision ORDER BY number DESC LIMIT 1", &q, e));
  TRY(db_step(q, &row, e));
  if (row) {
    *number = db_int(q, 0);
    snprintf(chain, 65, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  db_reset(q);
  return E_OK;
}

enum err_code ledger_decisions_head(struct store *s, uint8_t hash[32], struct err *e) {
  int64_t number;
  char chain[65];
  TRY(last_link(s, &number, chain, e));
  memset(hash, 0, 32);
  return !chain[0] || hex_decode(chain, 64, hash) ? E_OK : ERR(e, E_LEDGER_DECISIONS, .subject = "chain");
}

enum err_code ledger_write_event(struct store *s, const struct ledger_event *v, const char *note_blob, struct err *e) {
  struct db_statement *q;
  struct ledger_event numbered = *v;
  char before[65], chain[65];
  TRY(last_link(s, &numbered.number, before, e));
  numbered.number++;
  link_hash(before, &numbered, note_blob, chain);
  TRY(db_prepare(store_db(s),
      "INSERT INTO ledger_decision(survey, period, office, action, from_state, to_state, made_by, decided, note_blob, chain, number)"
      " VALUES(?,?,?,?,?,?,?,?,?,?,?)",
      &q, e));
  db_bind_cstr(q, 1, v->survey);
  db_bind_cstr(q, 2, v->period);
  db_bind_cstr(q, 3, v->office);
  db_bind_cstr(q, 4, v->action);
  db_bind_cstr(q, 5, v->from);
  db_bind_cstr(q, 6, v->to);
  db_bind_cstr(q, 7, v->made_by);
  db_bind_int(q, 8, v->decided);
  db_bind_cstr(q, 9, note_blob);
  db_bind_cstr(q, 10, chain);
  db_bind_int(q, 11, numbered.number);
  return db_execute(q, e);
}

static void broken(struct store *s, int64_t number, int64_t *differences) {
  struct err problem;
  char subject[32];
  snprintf(subject, sizeof subject, "%lld", (long long)number);
  (void)ERR(&problem, E_LEDGER_DECISIONS, .subject = subject);
  job_problem(store_job(s), &problem);
  (*differences)++;
}

static const char *text_at(struct arena *a, struct db_statement *q, int i) {
  const char *p = arena_strdup(a, db_text(q, i).p, db_text(q, i).n);
  return p ? p : "";
}

static enum err_code check_links(struct store *s, struct arena *a, int64_t *differences, struct err *e) {
  struct db_statement *q;
  char before[65] = "", chain[65];
  bool row;
  int64_t expected = 1;
  TRY(db_prepare(store_db(s),
      "SELECT number, survey, period, office, action, from_state, to_state, made_by, decided, note_blob, chain FROM ledger_decision"
      " ORDER BY number",
      &q, e));
  for (struct arena_mark mark = arena_mark(a);; arena_reset(a, mark)) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    const struct ledger_event v = {.number = db_int(q, 0),
        .survey = text_at(a, q, 1),
        .period = text_at(a, q, 2),
        .office = text_at(a, q, 3),
        .action = text_at(a, q, 4),
        .from = text_at(a, q, 5),
        .to = text_at(a, q, 6),
        .made_by = text_at(a, q, 7),
        .decided = db_int(q, 8)};
    link_hash(before, &v, text_at(a, q, 9), chain);
    if (v.number != expected || !str_eq(db_text(q, 10), str_of(chain))) broken(s, v.number, differences);
    expected = v.number + 1;
    snprintf(before, sizeof before, "%.*s", (int)db_text(q, 10).n, db_text(q, 10).p);
  }
}

enum err_code ledger_decisions_check(struct store *s, int64_t *differences, struct err *e) {
  struct arena *a = arena_new(1 << 20);
  enum err_code code = a ? check_links(s, a, differences, e) : ERR(e, E_NO_MEMORY, .subject = "ledger");
  arena_free(a);
  return code;
}

/* --- what an arriving batch does to them --- */
struct arrival {
  char survey[64], period[24], sender[64], carried_by[64], parent[64];
  int64_t received, late;
  struct period p;
};

static void take_text(char *out, size_t size, struct str s) { snprintf(out, size, "%.*s", (int)s.n, s.p); }

static enum err_code read_arrival(struct store *s, const char *batch, struct arrival *out, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s),
      "SELECT b.survey, b.period, b.sender, b.carried_by, b.received, b.late, coalesce((SELECT r.parent FROM roster r WHERE r.office = b.sender"
      " AND r.survey = b.survey ORDER BY r.since DESC LIMIT 1), '') FROM batch b WHERE b.id = ?",
      &q, e));
  db_bind_cstr(q, 1, batch);
  TRY(db_step(q, &row, e));
  if (!row) return ERR(e, E_BATCH_UNKNOWN, .subject = batch);
  take_text(out->survey, sizeof out->survey, db_text(q, 0));
  take_text(out->period, sizeof out->period, db_text(q, 1));
  take_text(out->sender, sizeof out->sender, db_text(q, 2));
  take_text(out->carried_by, sizeof out->carried_by, db_text(q, 3));
  out->received = db_int(q, 4);
  out->late = db_int(q, 5);
  take_text(out->parent, sizeof out->parent, db_text(q, 6));
  db_reset(q);
  return period_parse(str_of(out->period), &out->p) ? E_OK : ERR(e, E_INTAKE_PERIOD, .subject = out->period);
}

static enum err_code mark_after_lock(struct store *s, const char *batch, const struct arrival *v, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "INSERT OR IGNORE INTO ledger_after_lock(batch, survey, period, office) VALUES(?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, batch);
  db_bind_cstr(q, 2, v->survey);
  db_bind_cstr(q, 3, v->period);
  db_bind_cstr(q, 4, v->sender);
  return db_execute(q, e);
}

/* A decision was not about this batch: it ends, unless it is final. */
static enum err_code touch(struct store *s, const char *batch, const struct arrival *v, const char *office, struct err *e) {
  struct db_statement *q;
  bool row;
  int slot = ledger_slot(&v->p);
  TRY(db_prepare(store_db(s), "SELECT decided FROM ledger_office WHERE survey = ? AND office = ? AND year = ?", &q, e));
  db_bind_cstr(q, 1, v->survey);
  db_bind_cstr(q, 2, office);
  db_bind_int(q, 3, v->p.year);
  TRY(db_step(q, &row, e));
  int64_t bits = row ? db_int(q, 0) : 0;
  db_reset(q);
  const enum ledger_decision before = ledger_decided(bits, slot);
  if (!before) return E_OK;
  const bool final = before == DECIDED_FINAL;
  const struct ledger_facts was = {.received = true, .decided = before}, now = {.received = true, .late = v->late != 0};
  const struct ledger_event event = {.survey = v->survey,
      .period = v->period,
      .office = office,
      .action = "arrival",
      .from = ledger_state_key(ledger_state_of(&was)),
      .to = ledger_state_key(final ? LEDGER_FINAL : ledger_state_of(&now)),
      .made_by = v->carried_by,
      .decided = v->received};
  TRY(ledger_write_event(s, &event, "", e));
  if (final) return strcmp(office, v->sender) ? E_OK : mark_after_lock(s, batch, v, e);
  TRY(db_prepare(store_db(s), "UPDATE ledger_office SET decided = ? WHERE survey = ? AND office = ? AND year = ?", &q, e));
  db_bind_int(q, 1, bits & ~((int64_t)7 << (3 * slot)));
  db_bind_cstr(q, 2, v->survey);
  db_bind_cstr(q, 3, office);
  db_bind_int(q, 4, v->p.year);
  return db_execute(q, e);
}

enum err_code ledger_note_batch(struct store *s, const char *batch, struct err *e) {
  struct arrival v;
  TRY(ledger_book_cells(s, batch, e));
  TRY(read_arrival(s, batch, &v, e));
  TRY(touch(s, batch, &v, v.sender, e));
  if (v.parent[0] && strcmp(v.parent, store_office(s)->id)) TRY(touch(s, batch, &v, v.parent, e));
  return strcmp(v.sender, store_office(s)->id) ? touch(s, batch, &v, store_office(s)->id, e) : E_OK;
}

/* ledger_balance.c -- do the counts add up: in the books, against the files they were made from, and against the rows that the datasets hold. */
#include <stdio.h>
#include <string.h>

#include "collector/ledger_chain.h"
#include "collector/ledger_impl.h"
#include "collector/ledger_state.h"

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
                 "ON h.shard = " LEDGER_SENT_SHARD " LEFT JOIN intake_change c ON c.intake = i.id WHERE h.batch = ? AND i.form = ?",
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
    *l = (struct sent_line){.batch = ledger_copy(a, db_text(q, 0)), .form = ledger_copy(a, db_text(q, 1))};
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
  TRY(ledger_has_intake(s, &here, e));
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
    (*out)[(*n)++] = (struct booked){ledger_copy(a, db_text(q, 0)), ledger_copy(a, db_text(q, 1)), db_int(q, 2)};
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

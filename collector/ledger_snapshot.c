#include "collector/ledger_snapshot.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/ledger_state.h"
#include "secure-store/store_cutoff.h"

enum { MAX_CHANGES = 200000 };

struct cutoff_facts {
  const char *key, *ja, *en;
};
static const struct cutoff_facts cutoffs[N_CUTOFFS] = {{"sokuho", "速報", "flash"}, {"gaisu", "概数", "preliminary"}, {"kakutei", "確定", "final"}};
const char *ledger_cutoff_key(enum ledger_cutoff c) { return cutoffs[c].key; }
const char *ledger_cutoff_name(enum ledger_cutoff c, enum err_lang lang) { return lang == LANG_JA ? cutoffs[c].ja : cutoffs[c].en; }
bool ledger_cutoff_parse(const char *text, enum ledger_cutoff *out) {
  for (int i = 0; i < N_CUTOFFS; i++)
    if (!strcmp(text, cutoffs[i].key) || !strcmp(text, cutoffs[i].ja)) {
      *out = (enum ledger_cutoff)i;
      return true;
    }
  return false;
}

static enum err_code bind3(
    struct store *s, const char *sql, const char *survey, const char *period, const char *name, struct db_statement **q, struct err *e) {
  TRY(db_prepare(store_db(s), sql, q, e));
  db_bind_cstr(*q, 1, survey);
  db_bind_cstr(*q, 2, period);
  db_bind_cstr(*q, 3, name);
  return E_OK;
}

/* --- the list and its hash --- */
static enum err_code hash_list(
    struct store *s, const char *survey, const char *period, const char *name, uint8_t hash[HASH_BYTES], int64_t *n, struct err *e) {
  struct db_statement *q;
  struct strbuf b;
  bool row = true;
  enum err_code code = E_OK;
  *n = 0;
  TRY(bind3(s, "SELECT batch FROM ledger_snapshot_batch WHERE survey = ? AND period = ? AND name = ? ORDER BY batch", survey, period, name, &q, e));
  strbuf_init(&b, 0);
  strbuf_addf(&b, "%s\n%s\n%s\n", survey, period, name);
  while (!(code = db_step(q, &row, e)) && row) {
    strbuf_add(&b, db_text(q, 0).p, db_text(q, 0).n);
    strbuf_addc(&b, '\n');
    (*n)++;
  }
  db_reset(q);
  if (!code && b.failed) code = ERR(e, E_NO_MEMORY, .subject = "cut-off");
  if (!code) sha256_of(b.p, b.n, hash);
  strbuf_release(&b);
  return code;
}

static enum err_code count_later(struct store *s, const char *survey, const char *period, const char *name, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(bind3(s,
      "SELECT count(*) FROM batch b WHERE survey = ?1 AND period = ?2 AND NOT EXISTS (SELECT 1 FROM ledger_snapshot_batch l WHERE l.survey = ?1 AND"
      " l.period = ?2 AND l.name = ?3 AND l.batch = b.id)",
      survey, period, name, &q, e));
  TRY(db_step(q, &row, e));
  *n = db_int(q, 0);
  db_reset(q);
  return E_OK;
}

static void read_content(struct store *s, const char *survey, const char *period, struct ledger_snapshot *out) {
  struct store_cutoff kept;
  struct err none;
  out->current = -1;
  if (store_cutoff_find(s, survey, period, cutoffs[out->cutoff].key, &kept, &none)) return; /* taken by an earlier version */
  out->current = kept.n_rows;
  memcpy(out->content, kept.digest, sizeof out->content);
}
static enum err_code read_one(
    struct store *s, const char *survey, const char *period, enum ledger_cutoff c, struct ledger_snapshot *out, bool *there, struct err *e) {
  struct db_statement *q;
  uint8_t hash[HASH_BYTES];
  char hex[65];
  int64_t n;
  TRY(bind3(s, "SELECT hash, n_batches, records, n_missing, taken FROM ledger_snapshot WHERE survey = ? AND period = ? AND name = ?", survey, period,
      cutoffs[c].key, &q, e));
  TRY(db_step(q, there, e));
  *out = (struct ledger_snapshot){.cutoff = c};
  if (*there) {
    snprintf(out->hash, sizeof out->hash, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    out->n_batches = db_int(q, 1);
    out->records = db_int(q, 2);
    out->n_missing = db_int(q, 3);
    out->taken = db_int(q, 4);
  }
  db_reset(q);
  if (!*there) return E_OK;
  TRY(hash_list(s, survey, period, cutoffs[c].key, hash, &n, e));
  hex_encode(hash, HASH_BYTES, hex);
  if (strcmp(hex, out->hash) || n != out->n_batches) return ERR(e, E_LEDGER_STATES, .subject = cutoffs[c].key);
  read_content(s, survey, period, out);
  return count_later(s, survey, period, cutoffs[c].key, &out->later, e);
}

enum err_code ledger_snapshots(
    struct store *s, const char *survey, const char *period, struct ledger_snapshot out[N_CUTOFFS], int *n, struct err *e) {
  *n = 0;
  for (int c = 0; c < N_CUTOFFS; c++) {
    bool there;
    TRY(read_one(s, survey, period, (enum ledger_cutoff)c, &out[*n], &there, e));
    *n += there;
  }
  return E_OK;
}

/* --- taking --- */
static enum err_code check_rules(struct store *s, const char *survey, const char *period, enum ledger_cutoff c, struct err *e) {
  for (int later = (int)c; later < N_CUTOFFS; later++) {
    struct ledger_snapshot known;
    bool there;
    TRY(read_one(s, survey, period, (enum ledger_cutoff)later, &known, &there, e));
    if (there) return ERR(e, E_LEDGER_SNAPSHOT_EXISTS, .subject = cutoffs[later].key);
  }
  return E_OK;
}

static enum err_code check_open(
    struct store *s, const char *survey, const char *period, enum ledger_cutoff c, int64_t due_days, int64_t *missing, struct err *e) {
  struct arena *a = arena_new(0);
  struct ledger_matrix m;
  char found[128];
  enum err_lang lang = store_job(s)->lang;
  enum err_code code = a ? ledger_matrix(s, survey, period, due_days, a, &m, e) : ERR(e, E_NO_MEMORY, .subject = "cut-off");
  *missing = 0;
  for (int64_t i = 0, first = -1, open = 0; !code && i <= m.n_offices; i++) {
    if (i == m.n_offices) {
      snprintf(found, sizeof found, "%s %s (%lld)", first < 0 ? "" : m.lines[first].office,
          first < 0 ? "" : ledger_state_name((enum ledger_state)m.states[first], lang), (long long)open);
      if (first >= 0 && c == CUTOFF_KAKUTEI)
        code = ERR(e, E_LEDGER_SNAPSHOT_OPEN, .subject = period, .found = found,
            .expected = lang == LANG_JA ? "承認・確定・災害" : "approved, final or disaster");
      break;
    }
    enum ledger_state st = (enum ledger_state)m.states[i];
    *missing += st == LEDGER_MISSING || st == LEDGER_HELD || st == LEDGER_NOT_YET_DUE;
    if (ledger_state_done(st)) continue;
    if (first < 0) first = i;
    open++;
  }
  arena_free(a);
  return code;
}

static enum err_code sum_records(struct store *s, const char *survey, const char *period, const char *name, int64_t *records, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(bind3(s,
      "SELECT coalesce(sum(c.stored), 0) FROM ledger_snapshot_batch l JOIN batch_count c ON c.batch = l.batch WHERE l.survey = ? AND l.period = ? "
      "AND l.name = ?",
      survey, period, name, &q, e));
  TRY(db_step(q, &row, e));
  *records = db_int(q, 0);
  db_reset(q);
  return E_OK;
}

static enum err_code take_inside(
    struct store *s, const char *survey, const char *period, struct ledger_snapshot *o, struct log_entry *entry, struct err *e) {
  uint8_t *hash = entry->output_hash;
  struct db_statement *q;
  const char *name = cutoffs[o->cutoff].key;
  struct store_cutoff content;
  TRY(bind3(s,
      "INSERT INTO ledger_snapshot_batch(survey, period, name, batch) SELECT survey, period, ?3, id FROM batch WHERE survey = ?1 AND period = ?2",
      survey, period, name, &q, e));
  TRY(db_execute(q, e));
  TRY(store_cutoff_take(s, survey, period, name, &content, e));
  o->current = content.n_rows;
  memcpy(o->content, content.digest, sizeof o->content);
  (void)hex_decode(content.digest, sizeof entry->columns_hash, entry->columns_hash); /* the log vouches for the content, not the list alone */
  TRY(hash_list(s, survey, period, name, hash, &o->n_batches, e));
  hex_encode(hash, HASH_BYTES, o->hash);
  TRY(sum_records(s, survey, period, name, &o->records, e));
  TRY(bind3(s, "INSERT INTO ledger_snapshot(survey, period, name, hash, n_batches, records, n_missing, taken) VALUES(?,?,?,?,?,?,?,?)", survey,
      period, name, &q, e));
  db_bind_cstr(q, 4, o->hash);
  db_bind_int(q, 5, o->n_batches);
  db_bind_int(q, 6, o->records);
  db_bind_int(q, 7, o->n_missing);
  db_bind_int(q, 8, o->taken);
  return db_execute(q, e);
}

enum err_code ledger_snapshot_take(struct store *s, const char *survey, const char *period, enum ledger_cutoff cutoff, int64_t due_days,
    struct ledger_snapshot *out, struct err *e) {
  char object[120];
  int64_t access;
  *out = (struct ledger_snapshot){.cutoff = cutoff, .taken = job_now(store_job(s))};
  TRY(check_rules(s, survey, period, cutoff, e));
  TRY(check_open(s, survey, period, cutoff, due_days, &out->n_missing, e));
  snprintf(object, sizeof object, "ledger:%s/%s %s", survey, period, cutoffs[cutoff].key);
  struct log_entry entry = {.action = "ledger-cutoff", .object = object};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = store_begin(s, e);
  if (!code) {
    code = take_inside(s, survey, period, out, &entry, e);
    if (!code) code = store_commit(s, e);
    if (code) store_rollback(s);
  }
  entry.rows = out->n_batches;
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

/* --- what changed between two --- */
#define IN_A "EXISTS (SELECT 1 FROM ledger_snapshot_batch l WHERE l.survey = ?1 AND l.period = ?2 AND l.name = ?3 AND l.batch = b.id)"
#define IN_B "(?4 = '' OR EXISTS (SELECT 1 FROM ledger_snapshot_batch l WHERE l.survey = ?1 AND l.period = ?2 AND l.name = ?4 AND l.batch = b.id))"
static enum err_code run_diff(struct store *s, const char *sql, const char *survey, const char *period, const char *from, const char *to,
    struct arena *a, struct ledger_change *out, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(bind3(s, sql, survey, period, from, &q, e));
  db_bind_cstr(q, 4, to);
  while (*n < MAX_CHANGES) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    struct ledger_change *c = &out[(*n)++];
    c->office = arena_strdup(a, db_text(q, 0).p, db_text(q, 0).n);
    c->form = arena_strdup(a, db_text(q, 1).p, db_text(q, 1).n);
    c->batch = arena_strdup(a, db_text(q, 2).p, db_text(q, 2).n);
    c->before = db_int(q, 3);
    c->after = db_int(q, 4);
    if (!c->office || !c->form || !c->batch) break;
  }
  db_reset(q);
  return ERR(e, E_CAP_EXCEEDED, .subject = "differences");
}

enum err_code ledger_snapshot_diff(struct store *s, const char *survey, const char *period, enum ledger_cutoff from, int to, struct arena *a,
    struct ledger_change **out, int64_t *n, struct err *e) {
  struct ledger_snapshot known;
  bool there;
  const char *b = to < N_CUTOFFS ? cutoffs[to].key : "";
  *n = 0;
  TRY(read_one(s, survey, period, from, &known, &there, e));
  if (!there) return ERR(e, E_LEDGER_SNAPSHOT_UNKNOWN, .subject = cutoffs[from].key);
  if (to < N_CUTOFFS) TRY(read_one(s, survey, period, (enum ledger_cutoff)to, &known, &there, e));
  if (!there) return ERR(e, E_LEDGER_SNAPSHOT_UNKNOWN, .subject = b);
  *out = ARENA_ARRAY(a, struct ledger_change, MAX_CHANGES);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "differences");
  TRY(run_diff(s,
      "SELECT '', c.form, '', sum(c.stored * " IN_A "), sum(c.stored * " IN_B
      ") FROM batch b JOIN batch_count c ON c.batch = b.id WHERE b.survey = ?1"
      " AND b.period = ?2 GROUP BY c.form ORDER BY c.form",
      survey, period, cutoffs[from].key, b, a, *out, n, e));
  return run_diff(s,
      "SELECT b.sender, coalesce(c.form, ''), b.id, coalesce(c.stored, 0) * " IN_A ", coalesce(c.stored, 0) * " IN_B
      " FROM batch b LEFT JOIN batch_count c"
      " ON c.batch = b.id WHERE b.survey = ?1 AND b.period = ?2 AND " IN_A " <> " IN_B " ORDER BY b.sender, b.sequence, c.form",
      survey, period, cutoffs[from].key, b, a, *out, n, e);
}

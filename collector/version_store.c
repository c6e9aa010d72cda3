/* version_store.c -- see version_store.h: reading versions, settling them, marking rows. */
#include "collector/version_store.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/batch_records.h"
#include "collector/version_store_impl.h"

static const char *const TABLES[] = {
    ("CREATE TABLE IF NOT EXISTS version_count(survey TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, office TEXT NOT NULL, current INTEGER "
    "NOT NULL,"
    " replaced INTEGER NOT NULL, withdrawn INTEGER NOT NULL, conflicts INTEGER NOT NULL, set_aside INTEGER NOT NULL, PRIMARY KEY(survey, form, "
    "period, office)) STRICT"),
    ("CREATE TABLE IF NOT EXISTS version_conflict(id TEXT PRIMARY KEY, survey TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, office TEXT "
    "NOT NULL,"
    " batch TEXT NOT NULL, number INTEGER NOT NULL, row INTEGER NOT NULL, action TEXT NOT NULL, noticed INTEGER NOT NULL, state TEXT NOT NULL) "
    "STRICT"),
    ("CREATE TABLE IF NOT EXISTS intake_change(intake INTEGER PRIMARY KEY, corrected INTEGER NOT NULL, withdrawn INTEGER NOT NULL, unchanged INTEGER "
    "NOT NULL) STRICT"),
    "CREATE TABLE IF NOT EXISTS intake_asked(intake INTEGER PRIMARY KEY, asked_by TEXT NOT NULL) STRICT",
};

enum err_code version_prepare(struct store *s, struct err *e) {
  for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) TRY(db_run(store_db(s), TABLES[i], e));
  return E_OK;
}

/* --- corrections as a small sealed table --- */
enum { C_ROW, C_ACTION, C_BASE, C_REASON, C_KEY, N_C };
static const struct column change_columns[N_C] = {{.name = "row", .type = COL_INT},
                                                  {.name = "action", .type = COL_TEXT},
                                                  {.name = "base", .type = COL_TEXT},
                                                  {.name = "reason", .type = COL_TEXT},
                                                  {.name = "key", .type = COL_TEXT}};
static const uint8_t change_parts[N_C] = {PART_PARADATA, PART_PARADATA, PART_LINK, PART_PARADATA, PART_ID};

enum err_code version_put_text(struct column *c, int64_t row, struct str text, struct err *e) {
  c->status[row] = VAL_REPORTED;
  c->code[row] = dict_add(c->dict, text);
  return c->code[row] < 0 ? ERR(e, E_NO_MEMORY, .subject = c->name) : E_OK;
}

static enum err_code fill_changes(struct arena *a, const struct record_changes *changes, struct table *t, struct err *e) {
  TRY(table_init(t, a, change_columns, N_C, changes->n, e));
  t->n_rows = changes->n;
  for (int64_t i = 0; i < changes->n; i++) {
    const struct record_change *c = &changes->list[i];
    char base[2 * VERSION_TOKEN + 1];
    hex_encode(c->base, VERSION_TOKEN, base);
    t->columns[C_ROW].status[i] = VAL_REPORTED;
    t->columns[C_ROW].i64[i] = c->row;
    TRY(version_put_text(&t->columns[C_ACTION], i, str_of(c->action == CHANGE_WITHDRAW ? "W" : "R"), e));
    TRY(version_put_text(&t->columns[C_BASE], i, str_of(base), e));
    TRY(version_put_text(&t->columns[C_REASON], i, str_of(c->reason), e));
    TRY(version_put_text(&t->columns[C_KEY], i, c->key, e));
  }
  return E_OK;
}

enum err_code version_write_table(struct store *s, const struct version_owner *o, const char *stage, const char *form_hash, const char *batch,
                                  const char *sender, int64_t number, const struct table *t, const uint8_t *parts, struct err *e) {
  const struct dataset_key key = {o->survey, o->form, o->period, stage};
  struct shard_write *w = NULL;
  int64_t shard;
  TRY(store_shard_begin(s, &key, form_hash, batch, sender, number, &w, e));
  enum err_code code = store_shard_append(w, t, parts, 0, t->n_rows, e);
  if (!code) return store_shard_end(w, &shard, e);
  store_shard_abort(w);
  return code;
}

enum err_code version_write_changes(struct store *s, struct arena *a, const struct version_owner *o, const char *form_hash, const char *batch,
                                    int64_t number, const struct record_changes *changes, struct err *e) {
  struct table t;
  if (!changes->n) return E_OK;
  TRY(fill_changes(a, changes, &t, e));
  return version_write_table(s, o, VERSION_CHANGES, form_hash, batch, o->office, number, &t, change_parts, e);
}

static struct str text_at(const struct table *t, int column, int64_t row) { return column_text(&t->columns[column], row, NULL, 0); }

static enum err_code take_change(struct arena *a, const struct table *t, int64_t row, struct record_changes *out, struct err *e) {
  struct str base = text_at(t, C_BASE, row), reason = text_at(t, C_REASON, row);
  struct record_change c = {.row = t->columns[C_ROW].i64[row],
                            .action = str_eq(text_at(t, C_ACTION, row), STR("W")) ? CHANGE_WITHDRAW : CHANGE_REPLACE,
                            .key = text_at(t, C_KEY, row)};
  c.reason = arena_strdup(a, reason.p, reason.n);
  if (!c.reason) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  if (base.n != 2 * VERSION_TOKEN || !hex_decode(base.p, base.n, c.base)) return ERR(e, E_BUG, .subject = "stored corrections");
  return record_changes_add(a, out, &c, e);
}

static enum err_code changes_of_shard(struct store *s, struct arena *a, int64_t shard, int64_t access, struct record_changes *out, struct err *e) {
  static const char *const names[N_C] = {"row", "action", "base", "reason", "key"};
  struct arena *scratch = arena_new(0);
  struct table t;
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  enum err_code code = store_shard_read(s, shard, access, names, N_C, scratch, &t, e);
  for (int64_t i = 0; !code && i < t.n_rows; i++) code = take_change(a, &t, i, out, e);
  arena_free(scratch);
  return code;
}

enum err_code version_read_changes(struct store *s, struct arena *a, const struct version_owner *o, const char *batch, int64_t number, int64_t access,
                                   struct record_changes *out, struct err *e) {
  const struct dataset_key key = {o->survey, o->form, o->period, VERSION_CHANGES};
  struct shard *shards;
  int64_t n;
  *out = (struct record_changes){.n = 0};
  TRY(store_shards(s, &key, a, &shards, &n, e));
  for (int64_t i = 0; i < n; i++)
    if (shards[i].number == number && !strcmp(shards[i].sender, o->office) && !strcmp(shards[i].batch, batch))
      return changes_of_shard(s, a, shards[i].id, access, out, e);
  return E_OK;
}

enum err_code version_has_changes(struct store *s, const struct version_owner *o, bool *found, struct err *e) {
  struct db_statement *q;
  char name[256]; /* the dataset's: looked up by its index, for this is asked for every batch */
  snprintf(name, sizeof name, "%s/%s/%s/" VERSION_CHANGES, o->survey, o->form, o->period);
  TRY(db_prepare(store_db(s), "SELECT 1 FROM shard WHERE dataset_id = (SELECT id FROM dataset WHERE name = ?) AND sender = ? LIMIT 1", &q, e));
  db_bind_cstr(q, 1, name);
  db_bind_cstr(q, 2, o->office);
  TRY(db_step(q, found, e));
  db_reset(q);
  return E_OK;
}

/* --- all versions of an office --- */
struct loading {
  struct store *s;
  struct arena *a;
  struct batch_forms *forms;
  const struct form *hint;
  const struct version_owner *o;
  int64_t access, capacity, n;
  struct record_version *list;
};

/* The form version a shard was written with: its batch's books or its file's say which. */
static enum err_code form_of(struct loading *l, const struct shard *shard, const struct form **out, struct err *e) {
  struct db_statement *q;
  bool row;
  char version[40] = "";
  if (l->hint && !strcmp(l->hint->hash_hex, shard->form_hash)) {
    *out = l->hint;
    return E_OK;
  }
  TRY(db_prepare(store_db(l->s),
                 shard->batch[0] ? "SELECT version FROM batch_count WHERE batch = ?1 AND form = ?2"
                                 : "SELECT version FROM intake WHERE ?1 = '' AND form = ?2 AND shard = ?3",
                 &q, e));
  db_bind_cstr(q, 1, shard->batch);
  db_bind_cstr(q, 2, l->o->form);
  if (!shard->batch[0]) db_bind_int(q, 3, shard->id);
  TRY(db_step(q, &row, e));
  if (row) snprintf(version, sizeof version, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  TRY(batch_forms_form(l->forms, l->o->survey, l->o->form, version, out, e));
  return strcmp((*out)->hash_hex, shard->form_hash) ? ERR(e, E_BATCH_FORM, .subject = l->o->form, .expected = version) : E_OK;
}

static enum err_code room(struct loading *l, int64_t more, struct err *e) {
  int64_t capacity = l->capacity ? l->capacity : 64;
  while (capacity < l->n + more) capacity *= 2;
  if (capacity == l->capacity) return E_OK;
  struct record_version *list = ARENA_ARRAY(l->a, struct record_version, capacity);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "versions");
  if (l->n) memcpy(list, l->list, (size_t)l->n * sizeof *list);
  l->list = list;
  l->capacity = capacity;
  return E_OK;
}

static enum err_code add_row(struct loading *l, const struct form *f, const struct table *t, const struct shard *shard, const char *batch,
                             int64_t row, const struct record_change *change, struct strbuf *scratch, struct err *e) {
  struct record_version *v = &l->list[l->n];
  *v = (struct record_version){
      .number = shard->number, .row = row, .shard = shard->id, .action = change ? CHANGE_REPLACE : CHANGE_ADD, .batch = batch, .reason = ""};
  if (change) memcpy(v->base, change->base, VERSION_TOKEN);
  TRY(record_key(f, t, row, scratch, e));
  char *key = arena_strdup(l->a, scratch->p ? scratch->p : "", scratch->n);
  if (!key) return ERR(e, E_NO_MEMORY, .subject = "versions");
  v->key = str_view(key, scratch->n);
  TRY(batch_record_content(f, t, row, scratch, v->content, e));
  version_token(l->o, v->action, v->base, v->content, v->token);
  l->n++;
  return E_OK;
}

static void add_withdrawal(struct loading *l, const struct shard *shard, const char *batch, const struct record_change *change) {
  if (!change) return;
  struct sha256 h;
  struct record_version *v = &l->list[l->n++];
  *v = (struct record_version){
      .number = shard->number, .row = -1, .action = CHANGE_WITHDRAW, .batch = batch, .key = change->key, .reason = change->reason};
  memcpy(v->base, change->base, VERSION_TOKEN);
  sha256_begin(&h);
  sha256_add(&h, change->reason, strlen(change->reason) + 1);
  sha256_add(&h, change->key.p, change->key.n);
  sha256_end(&h, v->content);
  version_token(l->o, v->action, v->base, v->content, v->token);
}

static bool withdraws_before(const struct record_changes *changes, int64_t next, int64_t row) {
  return changes->list && next < changes->n && changes->list[next].row == row && changes->list[next].action == CHANGE_WITHDRAW;
}

/* first: rows of the number that stand in earlier shards, as the rows of its corrections are counted; it grows by those of this one. */
static enum err_code add_rows(struct loading *l, const struct shard *shard, const char *batch, const struct record_changes *changes, int64_t *next,
                              int64_t *first, struct arena *scratch_arena, struct err *e) {
  const struct form *f = NULL;
  struct table t;
  struct strbuf scratch;
  TRY(form_of(l, shard, &f, e));
  TRY(store_shard_read_all(l->s, shard->id, l->access, NULL, 0, scratch_arena, &t, e));
  TRY(room(l, t.n_rows + changes->n, e));
  strbuf_init(&scratch, 64u << 20);
  enum err_code code = E_OK;
  for (int64_t row = 0; !code && row < t.n_rows; row++) {
    const int64_t at = *first + row;
    while (withdraws_before(changes, *next, at)) add_withdrawal(l, shard, batch, &changes->list[(*next)++]);
    const struct record_change *change = changes->list && *next < changes->n && changes->list[*next].row == at ? &changes->list[(*next)++] : NULL;
    code = add_row(l, f, &t, shard, batch, row, change, &scratch, e);
  }
  *first += t.n_rows;
  if (scratch.p) wipe(scratch.p, scratch.n);
  strbuf_release(&scratch);
  return code;
}

/* One file or batch: its rows (a shard for each record type) and withdrawals in their order. Rows or corrections may be missing. */
static enum err_code add_number(struct loading *l, const struct shard *rows, int64_t n_rows, const struct shard *corrections, struct err *e) {
  struct record_changes changes = {.n = 0};
  int64_t next = 0, first = 0;
  const struct shard *any = n_rows ? rows : corrections;
  if (!any) return ERR(e, E_BUG, .subject = "versions");
  const char *batch = arena_strdup(l->a, any->batch, strlen(any->batch));
  struct arena *scratch = arena_new(0);
  enum err_code code = batch && scratch ? E_OK : ERR(e, E_NO_MEMORY, .subject = "versions");
  if (!code && corrections) code = changes_of_shard(l->s, l->a, corrections->id, l->access, &changes, e);
  for (int64_t k = 0; !code && k < n_rows; k++) code = add_rows(l, &rows[k], batch, &changes, &next, &first, scratch, e);
  if (!code) code = room(l, changes.n, e);
  for (; !code && changes.list && next < changes.n; next++) {
    if (changes.list[next].action != CHANGE_WITHDRAW) code = ERR(e, E_CHANGE_ROWS, .subject = l->o->form, .found = "a correction without its row");
    else add_withdrawal(l, any, batch, &changes.list[next]);
  }
  arena_free(scratch);
  return code;
}

static const struct shard *next_of(const struct shard *list, int64_t n, int64_t *i, const char *office) {
  while (*i < n && strcmp(list[*i].sender, office)) ++*i;
  return *i < n ? &list[*i] : NULL;
}

/* Shards of one batch: a record type each. */
static bool of_one_number(const struct shard *a, const struct shard *b) {
  return a->number == b->number && !strcmp(a->sender, b->sender) && !strcmp(a->batch, b->batch);
}

static enum err_code load_all(struct loading *l, struct err *e) {
  const struct dataset_key received = {l->o->survey, l->o->form, l->o->period, "received"},
                           changes = {l->o->survey, l->o->form, l->o->period, VERSION_CHANGES};
  struct shard *rows, *corrections;
  int64_t n_rows, n_corrections, i = 0, k = 0;
  TRY(store_shards_all(l->s, &received, l->a, &rows, &n_rows, e));
  TRY(store_shards_all(l->s, &changes, l->a, &corrections, &n_corrections, e));
  for (;;) { /* both lists are in order of sender and number */
    const struct shard *r = next_of(rows, n_rows, &i, l->o->office), *c = next_of(corrections, n_corrections, &k, l->o->office);
    if (!r && !c) return E_OK;
    bool take_r = r && (!c || r->number <= c->number), take_c = c && (!r || c->number <= r->number);
    int64_t n = take_r;
    while (take_r && i + n < n_rows && of_one_number(&rows[i + n], r)) n++;
    TRY(add_number(l, r, n, take_c ? c : NULL, e));
    i += n;
    k += take_c;
  }
}

enum err_code version_load(struct store *s, struct arena *a, struct batch_forms *forms, const struct form *hint, const struct version_owner *o,
                           int64_t access, struct version_chain *out, struct err *e) {
  struct loading l = {.s = s, .a = a, .forms = forms, .hint = hint, .o = o, .access = access};
  struct version_decision *decisions;
  int64_t n;
  TRY(load_all(&l, e));
  TRY(version_decisions(s, a, o, access, &decisions, &n, e));
  return version_chain_run(a, l.list, l.n, decisions, n, out, e);
}

/* --- marking rows --- */
static bool hidden_state(enum version_state st) { return st != VERSION_CURRENT; }

static enum err_code mark_shards(struct store *s, struct arena *a, const struct version_chain *c, struct err *e) {
  for (int64_t i = 0; i < c->n;) {
    int64_t shard = c->list[i].shard, n = 0, from = i;
    for (; i < c->n && (c->list[i].shard == shard || (shard && !c->list[i].shard)); i++)
      n += c->list[i].shard != 0; /* withdrawals stand between rows */
    if (!shard) continue;
    uint8_t *hidden = ARENA_ARRAY(a, uint8_t, n);
    if (!hidden) return ERR(e, E_NO_MEMORY, .subject = "versions");
    for (int64_t k = from; k < i; k++)
      if (c->list[k].shard) hidden[c->list[k].row] = hidden_state(c->list[k].state);
    TRY(store_shard_hide(s, shard, hidden, n, e));
  }
  return E_OK;
}

static struct version_counts count_states(const struct version_chain *c) {
  struct version_counts n = {0};
  for (int64_t i = 0; i < c->n; i++) {
    const struct record_version *v = &c->list[i];
    n.current += v->state == VERSION_CURRENT;
    n.replaced += v->state == VERSION_REPLACED;
    n.withdrawn += v->state == VERSION_WITHDRAWN;
    n.conflicts += v->state == VERSION_CONFLICT;
    n.set_aside += v->state == VERSION_SET_ASIDE;
  }
  return n;
}

static enum err_code keep_counts(struct store *s, const struct version_owner *o, const struct version_counts *n, struct err *e) {
  struct db_statement *q;
  const int64_t values[] = {n->current, n->replaced, n->withdrawn, n->conflicts, n->set_aside};
  TRY(db_prepare(store_db(s),
                 "INSERT OR REPLACE INTO version_count(survey, form, period, office, current, replaced, withdrawn, conflicts, set_aside) "
                 "VALUES(?,?,?,?,?,?,?,?,?)",
                 &q, e));
  db_bind_cstr(q, 1, o->survey);
  db_bind_cstr(q, 2, o->form);
  db_bind_cstr(q, 3, o->period);
  db_bind_cstr(q, 4, o->office);
  for (int i = 0; i < 5; i++) db_bind_int(q, 5 + i, values[i]);
  return db_execute(q, e);
}

enum err_code version_settle(struct store *s, struct arena *a, struct batch_forms *forms, const struct form *hint, const struct version_owner *o,
                             int64_t access, struct version_counts *out, struct err *e) {
  struct version_chain chain;
  *out = (struct version_counts){0};
  TRY(version_prepare(s, e));
  TRY(version_load(s, a, forms, hint, o, access, &chain, e));
  TRY(mark_shards(s, a, &chain, e));
  *out = count_states(&chain);
  TRY(keep_counts(s, o, out, e));
  return version_file_conflicts(s, o, &chain, e);
}

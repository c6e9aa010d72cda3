/* version_conflict.c -- corrections whose base is not the current version: the list for review, and a person's decisions (version_store.h). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/ledger.h"
#include "collector/version_store_impl.h"

enum { ID_HEX = 17 };

/* A keyed token: the version's own would confirm a guess of its record. */
static enum err_code conflict_id(struct store *s, const uint8_t token[VERSION_TOKEN], char out[ID_HEX], struct err *e) {
  uint8_t keyed[32];
  TRY(store_token(s, "record-version", token, VERSION_TOKEN, keyed, e));
  hex_encode(keyed, 8, out);
  return E_OK;
}

static enum err_code file_one(struct store *s, const struct version_owner *o, const struct record_version *v, const char *state, struct err *e) {
  char id[ID_HEX];
  struct db_statement *q;
  TRY(conflict_id(s, v->token, id, e));
  TRY(db_prepare(
      store_db(s),
      "INSERT INTO version_conflict(id, survey, form, period, office, batch, number, row, action, noticed, state) VALUES(?,?,?,?,?,?,?,?,?,?,?)"
      " ON CONFLICT(id) DO UPDATE SET state = excluded.state",
      &q, e));
  const char *const texts[] = {id, o->survey, o->form, o->period, o->office, v->batch};
  for (int i = 0; i < 6; i++) db_bind_cstr(q, 1 + i, texts[i]);
  db_bind_int(q, 7, v->number);
  db_bind_int(q, 8, v->row + 1);
  db_bind_cstr(q, 9, v->action == CHANGE_WITHDRAW ? "W" : "R");
  db_bind_int(q, 10, job_now(store_job(s)));
  db_bind_cstr(q, 11, state);
  return db_execute(q, e);
}

static bool was_taken(const struct record_version *v) {
  return v->state == VERSION_CURRENT || v->state == VERSION_WITHDRAWN || v->state == VERSION_REPLACED;
}

/* What is no longer a conflict because the missing version came, and was never decided, goes from the list. */
enum err_code version_file_conflicts(struct store *s, const struct version_owner *o, const struct version_chain *c, struct err *e) {
  struct db_statement *q;
  const char *const texts[] = {o->survey, o->form, o->period, o->office};
  TRY(db_prepare(store_db(s), "DELETE FROM version_conflict WHERE survey = ? AND form = ? AND period = ? AND office = ?", &q, e));
  for (int i = 0; i < 4; i++) db_bind_cstr(q, 1 + i, texts[i]);
  TRY(db_execute(q, e));
  for (int64_t i = 0; i < c->n; i++) {
    const struct record_version *v = &c->list[i];
    if (v->state == VERSION_CONFLICT) TRY(file_one(s, o, v, "open", e));
    else if (v->state == VERSION_SET_ASIDE) TRY(file_one(s, o, v, "kept", e));
    else if (v->decided && was_taken(v)) TRY(file_one(s, o, v, "taken", e));
  }
  return E_OK;
}

/* --- decisions --- */
enum { D_OFFICE, D_TOKEN, D_CHOICE, D_REASON, N_D };
static const struct column decision_columns[N_D] = {{.name = "office", .type = COL_TEXT},
                                                    {.name = "token", .type = COL_TEXT},
                                                    {.name = "choice", .type = COL_TEXT},
                                                    {.name = "reason", .type = COL_TEXT}};
static const uint8_t decision_parts[N_D] = {PART_PARADATA, PART_LINK, PART_PARADATA, PART_PARADATA};

enum err_code version_decisions(struct store *s, struct arena *a, const struct version_owner *o, int64_t access, struct version_decision **out,
                                int64_t *n, struct err *e) {
  static const char *const names[N_D] = {"office", "token", "choice", "reason"};
  const struct dataset_key key = {o->survey, o->form, o->period, VERSION_DECISIONS};
  struct shard *shards;
  int64_t n_shards, rows = 0;
  *n = 0;
  TRY(store_shards(s, &key, a, &shards, &n_shards, e));
  for (int64_t i = 0; i < n_shards; i++) rows += shards[i].n_rows;
  *out = ARENA_ARRAY(a, struct version_decision, rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "decisions");
  for (int64_t i = 0; i < n_shards; i++) {
    struct table t;
    TRY(store_shard_read(s, shards[i].id, access, names, N_D, a, &t, e));
    for (int64_t r = 0; r < t.n_rows && *n < rows; r++) {
      struct str token = column_text(&t.columns[D_TOKEN], r, NULL, 0);
      if (!str_eq(column_text(&t.columns[D_OFFICE], r, NULL, 0), str_of(o->office))) continue;
      struct version_decision *d = &(*out)[*n];
      d->take = str_eq(column_text(&t.columns[D_CHOICE], r, NULL, 0), STR("take"));
      if (token.n != 2 * VERSION_TOKEN || !hex_decode(token.p, token.n, d->token)) return ERR(e, E_BUG, .subject = "stored decisions");
      ++*n;
    }
  }
  return E_OK;
}

static enum err_code write_decision(struct store *s, struct arena *a, const struct version_owner *o, const uint8_t token[VERSION_TOKEN], bool take,
                                    const char *reason, struct err *e) {
  struct table t;
  char hex[2 * VERSION_TOKEN + 1];
  const struct dataset_key key = {o->survey, o->form, o->period, VERSION_DECISIONS};
  struct shard *before;
  int64_t n;
  TRY(store_shards(s, &key, a, &before, &n, e));
  TRY(table_init(&t, a, decision_columns, N_D, 1, e));
  t.n_rows = 1;
  hex_encode(token, VERSION_TOKEN, hex);
  const char *const texts[N_D] = {o->office, hex, take ? "take" : "keep", reason};
  for (int k = 0; k < N_D; k++) TRY(version_put_text(&t.columns[k], 0, str_of(texts[k]), e));
  return version_write_table(s, o, VERSION_DECISIONS, NULL, "", store_office(s)->id, n + 1, &t, decision_parts, e);
}

/* --- the list --- */
static const char *copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

enum err_code version_conflicts(struct store *s, struct arena *a, bool open_only, struct version_conflict **out, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  *n = 0;
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM version_conflict", &q, e));
  TRY(db_step(q, &row, e));
  int64_t max = row ? db_int(q, 0) : 0;
  db_reset(q);
  *out = ARENA_ARRAY(a, struct version_conflict, max + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "conflicts");
  TRY(db_prepare(
      store_db(s),
      "SELECT id, office, survey, form, period, batch, action, state, number, row, noticed FROM version_conflict WHERE ?1 = 0 OR state = 'open'"
      " ORDER BY survey, period, office, form, number, row, id",
      &q, e));
  db_bind_int(q, 1, open_only);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row || *n == max) break;
    struct version_conflict *c = &(*out)[(*n)++];
    const char **const texts[] = {&c->id, &c->office, &c->survey, &c->form, &c->period, &c->batch, &c->action, &c->state};
    for (int i = 0; i < 8; i++) *texts[i] = copy(a, db_text(q, i));
    c->number = db_int(q, 8);
    c->row = db_int(q, 9);
    c->noticed = db_int(q, 10);
  }
  db_reset(q);
  return E_OK;
}

static enum err_code find_entry(struct store *s, struct arena *a, const char *id, struct version_conflict *out, struct err *e) {
  struct version_conflict *list;
  int64_t n;
  TRY(version_conflicts(s, a, true, &list, &n, e));
  const struct version_conflict *hit = NULL;
  for (int64_t i = 0; i < n; i++)
    if (strlen(id) >= 4 && !strncmp(list[i].id, id, strlen(id))) {
      if (hit) return ERR(e, E_CONFLICT_UNKNOWN, .subject = id, .found = "two conflicts begin with it");
      hit = &list[i];
    }
  if (!hit) return ERR(e, E_CONFLICT_UNKNOWN, .subject = id);
  *out = *hit;
  return E_OK;
}

enum err_code version_find_conflict(struct store *s, struct arena *a, struct batch_forms *forms, const char *id, int64_t access,
                                    struct version_conflict *conflict, struct version_chain *chain, int64_t *theirs, struct err *e) {
  TRY(find_entry(s, a, id, conflict, e));
  const struct version_owner o = {conflict->office, conflict->survey, conflict->form, conflict->period};
  TRY(version_load(s, a, forms, NULL, &o, access, chain, e));
  for (int64_t i = 0; i < chain->n; i++) {
    char at[ID_HEX];
    if (chain->list[i].state != VERSION_CONFLICT) continue;
    TRY(conflict_id(s, chain->list[i].token, at, e));
    *theirs = i;
    if (!strcmp(at, conflict->id)) return E_OK;
  }
  return ERR(e, E_CONFLICT_UNKNOWN, .subject = id);
}

static enum err_code decide_inside(struct store *s, struct arena *a, struct batch_forms *forms, const char *id, bool take, const char *reason,
                                   int64_t access, struct err *e) {
  struct version_conflict c;
  struct version_chain chain;
  struct version_counts counts;
  int64_t theirs;
  TRY(version_find_conflict(s, a, forms, id, access, &c, &chain, &theirs, e));
  const struct version_owner o = {c.office, c.survey, c.form, c.period};
  TRY(store_begin(s, e));
  enum err_code code = write_decision(s, a, &o, chain.list[theirs].token, take, reason, e);
  if (!code) code = version_settle(s, a, forms, NULL, &o, access, &counts, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

enum err_code version_decide(struct store *s, const char *forms_folder_path, const char *id, bool take, const char *reason, struct err *e) {
  char object[64];
  snprintf(object, sizeof object, "conflict:%.40s", id);
  const struct log_entry entry = {.action = "data-import", .object = object, .purpose = take ? "take" : "keep", .detail = reason};
  struct batch_forms *forms = NULL;
  int64_t access;
  TRY(ledger_prepare(s, e));
  struct arena *a = arena_new(0);
  enum err_code code = a ? batch_forms_new(store_job(s), forms_folder_path, &forms, e) : ERR(e, E_NO_MEMORY, .subject = "conflict");
  if (!code) code = store_log_intent(s, &entry, &access, e);
  if (!code) {
    code = decide_inside(s, a, forms, id, take, reason, access, e);
    enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
    if (!code) code = logged;
  }
  batch_forms_free(forms);
  arena_free(a);
  return code;
}

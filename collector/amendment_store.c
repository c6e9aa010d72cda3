/* amendment_store.c -- amendments in the store and on their way up and down (amendment.h). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "collector/amendment.h"
#include "collector/batch.h"
#include "forms/form.h"
#include "secure-store/minisign.h"

static const char *const TABLES[] = {
    "CREATE TABLE IF NOT EXISTS amendment(id TEXT PRIMARY KEY, survey TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, office TEXT NOT NULL, "
    "by_office TEXT NOT NULL,"
    " signing_key TEXT NOT NULL, action TEXT NOT NULL, json_blob TEXT NOT NULL, signature_blob TEXT NOT NULL, state TEXT NOT NULL, answer_blob TEXT "
    "NOT NULL DEFAULT '',"
    " sent_up TEXT NOT NULL DEFAULT '', answered_up TEXT NOT NULL DEFAULT '', noticed INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS amendment_answer(id TEXT NOT NULL, office TEXT NOT NULL, state TEXT NOT NULL, blob TEXT NOT NULL, PRIMARY KEY(id,"
    " office)) STRICT",
};

enum err_code amendment_prepare(struct store *s, struct err *e) {
  for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) TRY(db_run(store_db(s), TABLES[i], e));
  return E_OK;
}

static const char *copy(struct arena *a, struct str s) {
  const char *p = arena_strdup(a, s.p, s.n);
  return p ? p : "";
}

enum err_code amendment_list(struct store *s, struct arena *a, const char *where, const char *value, struct amendment_entry **out, int64_t *n,
                             struct err *e) {
  struct db_statement *q;
  bool row;
  char sql[768];
  *n = 0;
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM amendment", &q, e));
  TRY(db_step(q, &row, e));
  int64_t max = row ? db_int(q, 0) : 0;
  db_reset(q);
  *out = ARENA_ARRAY(a, struct amendment_entry, max + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "amendments");
  snprintf(sql, sizeof sql,
           "SELECT id, survey, form, period, office, by_office, signing_key, action, state, json_blob, signature_blob FROM amendment WHERE %s ORDER "
           "BY survey, period, office, id",
           where);
  TRY(db_prepare(store_db(s), sql, &q, e));
  db_bind_cstr(q, 1, value);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row || *n == max) break;
    struct amendment_entry *x = &(*out)[(*n)++];
    const char **const texts[] = {&x->id, &x->survey, &x->form, &x->period, &x->office, &x->by, &x->signing_key, &x->action, &x->state};
    for (int i = 0; i < 9; i++) *texts[i] = copy(a, db_text(q, i));
    snprintf(x->json_blob, 65, "%.*s", (int)db_text(q, 9).n, db_text(q, 9).p);
    snprintf(x->signature_blob, 65, "%.*s", (int)db_text(q, 10).n, db_text(q, 10).p);
  }
  db_reset(q);
  return E_OK;
}

/* An answer may come before its amendment: it is kept by itself and joined when both are here. */
static enum err_code join_answer(struct store *s, const char *id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s),
                 "UPDATE amendment SET (state, answer_blob) = (SELECT a.state, a.blob FROM amendment_answer a WHERE a.id = amendment.id AND a.office ="
                 " amendment.office) WHERE id = ? AND EXISTS (SELECT 1 FROM amendment_answer a WHERE a.id = amendment.id AND a.office ="
                 " amendment.office)",
                 &q, e));
  db_bind_cstr(q, 1, id);
  return db_execute(q, e);
}

enum err_code amendment_keep(struct store *s, struct arena *a, const char *file, struct str json, struct str signature, const char *signing_key,
                             const char *by, struct err *e) {
  struct amendment *m = NULL;
  struct db_statement *q;
  char id[65], json_blob[65], signature_blob[65];
  bool known;
  TRY(amendment_read(a, file, json, &m, e));
  if (by && strcmp(m->by, by)) return ERR(e, E_AMEND_BAD, .file = file, .found = "by");
  TRY(amendment_check_reach(s, m, file, e));
  if (!by) TRY(amendment_check_key(s, a, m, signing_key, file, e));
  if (minisign_verify(signing_key, json.p, json.n, signature.p, signature.n, NULL, e))
    return ERR_WRAP(e, E_BATCH_SIGNATURE, .file = file, .subject = m->by);
  batch_id_of(json, id);
  TRY(db_prepare(store_db(s), "SELECT 1 FROM amendment WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &known, e));
  db_reset(q);
  if (known) return E_OK;
  TRY(store_blob_put(s, "amendment", id, json.p, json.n, PART_ANSWER, json_blob, e));
  TRY(store_blob_put(s, "amendment-signature", id, signature.p, signature.n, PART_PARADATA, signature_blob, e));
  TRY(db_prepare(store_db(s),
                 "INSERT INTO amendment(id, survey, form, period, office, by_office, signing_key, action, json_blob, signature_blob, state, noticed)"
                 " VALUES(?,?,?,?,?,?,?,?,?,?,'open',?)",
                 &q, e));
  const char *const texts[] = {id,        m->survey,     m->form, m->period, m->office, m->by, signing_key, m->withdraw[0] ? "W" : "R",
                               json_blob, signature_blob};
  for (int i = 0; i < 10; i++) db_bind_cstr(q, 1 + i, texts[i]);
  db_bind_int(q, 11, job_now(store_job(s)));
  TRY(db_execute(q, e));
  return join_answer(s, id, e);
}

enum err_code amendment_keep_answer(struct store *s, const char *id, const char *office, struct str json, struct err *e) {
  struct json_document *d = NULL;
  struct db_statement *q;
  char blob[65];
  if (json.n > AMENDMENT_MAX_BYTES || json_parse("answer", json.p, json.n, &d, NULL)) return ERR(e, E_AMEND_BAD, .found = "answer");
  bool adopted = !strcmp(json_member_string(json_root(d), "answer", ""), "adopted"),
       objected = !strcmp(json_member_string(json_root(d), "answer", ""), "objected");
  json_release(d);
  if (!adopted && !objected) return ERR(e, E_AMEND_BAD, .found = "answer");
  TRY(store_blob_put(s, "amendment-answer", id, json.p, json.n, PART_ANSWER, blob, e));
  TRY(db_prepare(store_db(s), "INSERT OR REPLACE INTO amendment_answer(id, office, state, blob) VALUES(?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, office);
  db_bind_cstr(q, 3, adopted ? "adopted" : "objected");
  db_bind_cstr(q, 4, blob);
  TRY(db_execute(q, e));
  return join_answer(s, id, e);
}

/* --- on their way --- */
static enum err_code load(struct store *s, struct arena *a, const char *blob, int64_t access, struct str *out, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, AMENDMENT_MAX_BYTES);
  enum err_code code = store_blob_get(s, blob, access, AMENDMENT_MAX_BYTES, &b, e);
  char *p = code ? NULL : arena_strdup(a, b.p ? b.p : "", b.n);
  *out = str_view(p, p ? b.n : 0);
  if (b.p) wipe(b.p, b.n);
  strbuf_release(&b);
  return code ? code : p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "amendment");
}

static enum err_code add_two(struct store *s, struct arena *a, const struct amendment_entry *x, int64_t access, struct amendment_file *out,
                             int64_t *n, struct err *e) {
  for (int i = 0; i < 2; i++) {
    struct amendment_file *f = &out[(*n)++];
    *f = (struct amendment_file){
        .name = arena_printf(a, "amendments/%s.json%s", x->id, i ? ".minisig" : ""), .id = x->id, .signing_key = x->signing_key};
    if (!f->name) return ERR(e, E_NO_MEMORY, .subject = "amendment");
    TRY(load(s, a, i ? x->signature_blob : x->json_blob, access, &f->bytes, e));
  }
  return E_OK;
}

enum err_code amendments_for_child(struct store *s, struct arena *a, const char *child, int64_t access, struct amendment_file **out, int64_t *n,
                                   struct err *e) {
  struct amendment_entry *list;
  int64_t n_list;
  *n = 0;
  TRY(amendment_list(s, a, "state = 'open' AND (office = ?1 OR office IN (SELECT sender FROM batch WHERE carried_by = ?1))", child, &list, &n_list,
                     e));
  if (n_list > AMENDMENT_MAX) n_list = AMENDMENT_MAX; /* the others go with the next one */
  *out = ARENA_ARRAY(a, struct amendment_file, 2 * n_list + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "amendments");
  for (int64_t i = 0; i < n_list; i++) TRY(add_two(s, a, &list[i], access, *out, n, e));
  return E_OK;
}

enum err_code amendments_for_batch(struct store *s, struct arena *a, const char *survey, const char *period, int64_t access,
                                   struct amendment_file **out, int64_t *n, struct err *e) {
  struct amendment_entry *made, *answered;
  int64_t n_made, n_answered;
  const char *self = store_office(s)->id;
  *n = 0;
  TRY(amendment_list(s, a, "by_office = ?1 AND sent_up = ''", self, &made, &n_made, e));
  TRY(amendment_list(s, a, "office = ?1 AND state <> 'open' AND answered_up = ''", self, &answered, &n_answered, e));
  *out = ARENA_ARRAY(a, struct amendment_file, 2 * n_made + n_answered + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "amendments");
  for (int64_t i = 0; i < n_made && i < AMENDMENT_MAX; i++)
    if (!strcmp(made[i].survey, survey) && !strcmp(made[i].period, period)) TRY(add_two(s, a, &made[i], access, *out, n, e));
  for (int64_t i = 0; i < n_answered && i < AMENDMENT_MAX; i++) {
    struct amendment_file *f = &(*out)[*n];
    struct db_statement *q;
    bool row;
    char blob[65] = "";
    if (strcmp(answered[i].survey, survey) || strcmp(answered[i].period, period)) continue;
    TRY(db_prepare(store_db(s), "SELECT answer_blob FROM amendment WHERE id = ?", &q, e));
    db_bind_cstr(q, 1, answered[i].id);
    TRY(db_step(q, &row, e));
    if (row) snprintf(blob, sizeof blob, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    db_reset(q);
    *f = (struct amendment_file){.name = arena_printf(a, "amendments/%s.answer.json", answered[i].id), .id = answered[i].id, .signing_key = ""};
    if (!f->name) return ERR(e, E_NO_MEMORY, .subject = "amendment");
    TRY(load(s, a, blob, access, &f->bytes, e));
    ++*n;
  }
  return E_OK;
}

enum err_code amendments_mark_sent(struct store *s, const struct amendment_file *files, int64_t n, const char *batch, struct err *e) {
  for (int64_t i = 0; i < n; i++) {
    struct db_statement *q;
    TRY(db_prepare(store_db(s),
                   files[i].signing_key[0] ? "UPDATE amendment SET sent_up = ? WHERE id = ?" : "UPDATE amendment SET answered_up = ? WHERE id = ?",
                   &q, e));
    db_bind_cstr(q, 1, batch);
    db_bind_cstr(q, 2, files[i].id);
    TRY(db_execute(q, e));
  }
  return E_OK;
}

enum err_code amendment_delta(struct store *s, const char *survey, const char *period, const char *form, const char *office, int64_t *delta,
                              struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(
      store_db(s),
      "SELECT -count(*) FROM amendment WHERE action = 'W' AND state = 'open' AND survey = ?1 AND (?2 = '' OR period = ?2) AND (?3 = '' OR form = ?3)"
      " AND (?4 = '' OR office = ?4)",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, form);
  db_bind_cstr(q, 4, office);
  TRY(db_step(q, &row, e));
  *delta = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

enum err_code amendment_open(struct store *s, struct arena *a, const char *prefix, int64_t access, struct amendment_entry *entry,
                             struct amendment **out, struct err *e) {
  struct amendment_entry *list;
  int64_t n;
  struct str json;
  if (strlen(prefix) < 8 || strspn(prefix, "0123456789abcdef") != strlen(prefix)) return ERR(e, E_AMEND_UNKNOWN, .subject = prefix);
  TRY(amendment_list(s, a, "substr(id, 1, length(?1)) = ?1", prefix, &list, &n, e));
  if (n != 1) return ERR(e, E_AMEND_UNKNOWN, .subject = prefix);
  *entry = list[0];
  TRY(load(s, a, list[0].json_blob, access, &json, e));
  return amendment_read(a, list[0].id, json, out, e);
}

/* record.c -- see record.h. */
#include "secure-store/rights/record.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/commit_aead.h"
#include "secure-store/rights/record_impl.h"

/* --- writing --- */

static struct commit_context sealed_as(const char *object) { return (struct commit_context){STR("shirabe-rights-record-1"), str_of(object)}; }

static bool object_plain(const char *object) {
  size_t n = strlen(object);
  for (size_t i = 0; i < n; i++)
    if (object[i] <= 32 || object[i] > 126) return false;
  return n > 0 && n < RECORD_OBJECT_BYTES;
}

static enum err_code insert_row(struct store *s, const struct record_entry *r, uint64_t seq, struct err *e) {
  struct db_statement *q;
  struct strbuf sealed;
  TRY(db_run(s->db,
      "CREATE TABLE IF NOT EXISTS rights_record(seq INTEGER PRIMARY KEY, object TEXT NOT NULL, sealed INTEGER NOT NULL, text BLOB NOT NULL)", e));
  TRY(db_prepare(s->db, "INSERT INTO rights_record(seq, object, sealed, text) VALUES(?1, ?2, ?3, ?4)", &q, e));
  strbuf_init(&sealed, 0);
  struct commit_context context = sealed_as(r->object);
  char *to = r->sealed ? strbuf_extend(&sealed, r->text.n + COMMIT_OVERHEAD) : NULL;
  if (r->sealed && !to) return ERR(e, E_NO_MEMORY, .subject = r->object);
  if (to) commit_seal(keystore_log_detail_key(s->keys), &context, NULL, r->text.p, r->text.n, (uint8_t *)to);
  db_bind_int(q, 1, (int64_t)seq);
  db_bind_cstr(q, 2, r->object);
  db_bind_int(q, 3, r->sealed);
  if (to) db_bind_blob(q, 4, sealed.p, sealed.n);
  else db_bind_blob(q, 4, r->text.p, r->text.n);
  enum err_code code = db_execute(q, e);
  strbuf_release(&sealed);
  return code;
}

enum err_code record_put(struct store *s, const struct record_entry *r, struct err *e) {
  struct log_leaf leaf;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = r->object);
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = r->object);
  if (!object_plain(r->object) || r->text.n == 0 || r->text.n > RECORD_TEXT_MAX) return ERR(e, E_BUG, .subject = "record_put");
  store_log_leaf_begin(s, &leaf, r->action, LOG_DONE);
  leaf.role = (uint8_t)r->role;
  leaf.rows = r->rows;
  if (r->actor) memcpy(leaf.actor, r->actor, sizeof leaf.actor);
  snprintf(leaf.object, sizeof leaf.object, "%s%s", RECORD_MARK, r->object);
  if (r->grant) snprintf(leaf.grant, sizeof leaf.grant, "%s", r->grant);
  if (r->basis) snprintf(leaf.basis, sizeof leaf.basis, "%s", r->basis);
  sha256_of(r->text.p, r->text.n, leaf.output_hash);
  TRY(store_log_append_detail(s, str_of(r->detail), &leaf, e));
  return insert_row(s, r, leaf.seq, e);
}

/* --- what the log knows --- */

static const struct record_leaf *leaf_at(const struct store *s, size_t i) {
  return (const struct record_leaf *)(const void *)s->records.leaves.p + i;
}
static size_t n_leaves(const struct store *s) { return s->records.leaves.n / sizeof(struct record_leaf); }

static void describe(const struct store *s, const struct record_leaf *l, struct record *out) {
  *out = (struct record){
      .seq = l->seq, .wall = l->wall, .object = s->records.objects.p + l->object, .action = l->action, .role = l->role, .checked = l->checked};
  memcpy(out->sha256, l->sha256, sizeof out->sha256);
  memcpy(out->actor, l->actor, sizeof out->actor);
}

bool record_last(const struct store *s, const char *object, struct record *out) {
  int64_t place = record_index_find(&s->records, object);
  if (place >= 0) describe(s, leaf_at(s, (size_t)place), out);
  return place >= 0;
}

static size_t first_from(const struct store *s, uint64_t from) { /* leaves are in the order of their numbers */
  size_t low = 0, high = n_leaves(s);
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (leaf_at(s, middle)->seq < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

bool record_next(const struct store *s, const char *prefix, uint64_t from, struct record *out) {
  size_t prefix_n = strlen(prefix), n = n_leaves(s);
  for (size_t i = first_from(s, from); i < n; i++) {
    const struct record_leaf *l = leaf_at(s, i);
    if (strncmp(s->records.objects.p + l->object, prefix, prefix_n) != 0) continue;
    describe(s, l, out);
    return true;
  }
  return false;
}

bool record_next_of(const struct store *s, const char *stem, uint64_t from, struct record *out) {
  uint64_t hash = record_stem_hash(stem);
  size_t stem_n = strlen(stem), n = n_leaves(s);
  for (size_t i = first_from(s, from); i < n; i++) {
    const struct record_leaf *l = leaf_at(s, i);
    if (l->stem_hash != hash || strncmp(s->records.objects.p + l->object, stem, stem_n) != 0) continue;
    describe(s, l, out);
    return true;
  }
  return false;
}

void record_checked(struct store *s, const struct record *r) {
  size_t i = first_from(s, r->seq);
  if (i < n_leaves(s)) ((struct record_leaf *)(void *)s->records.leaves.p + i)->checked = true;
}

/* --- reading a row --- */

static enum err_code table_exists(struct store *s, bool *exists, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'rights_record'", &q, e));
  TRY(db_step(q, exists, e));
  db_reset(q);
  return E_OK;
}

static bool unseal(struct store *s, const char *object, struct str text, struct strbuf *out) {
  struct commit_context context = sealed_as(object);
  if (text.n < COMMIT_OVERHEAD) return false;
  size_t start = out->n;
  char *to = strbuf_extend(out, text.n - COMMIT_OVERHEAD);
  bool ok = to && commit_open(keystore_log_detail_key(s->keys), &context, text.p, text.n, (uint8_t *)to);
  if (!ok) out->n = start;
  return ok;
}

static enum err_code tampered(struct store *s, const char *object, struct err *e) {
  char what[RECORD_OBJECT_BYTES + 16];
  snprintf(what, sizeof what, "record:%s", object);
  (void)store_tampered(s, NULL, what, e);
  return ERR(e, E_STORE_TAMPERED, .file = "store.db", .subject = what, .found = "not the text that the log vouches for");
}

enum err_code record_text(struct store *s, const struct record *r, struct strbuf *out, struct err *e) {
  struct db_statement *q = NULL;
  bool row = false;
  uint8_t hash[32];
  char object[RECORD_OBJECT_BYTES];
  size_t start = out->n;
  snprintf(object, sizeof object, "%s", r->object); /* a tamper leaf may move the index */
  TRY(table_exists(s, &row, e));
  if (row) TRY(db_prepare(s->db, "SELECT object, sealed, text FROM rights_record WHERE seq = ?1", &q, e));
  if (q) db_bind_int(q, 1, (int64_t)r->seq);
  if (q) TRY(db_step(q, &row, e));
  bool same = row && str_eq(db_text(q, 0), str_of(object));
  bool sealed = same && db_int(q, 1) != 0;
  if (sealed && !s->keys) { /* locked, or looked at before its officers open it */
    db_reset(q);
    return ERR(e, E_STORE_LOCKED, .subject = object);
  }
  if (sealed) same = unseal(s, object, db_blob(q, 2), out);
  else if (same) strbuf_add(out, db_blob(q, 2).p, db_blob(q, 2).n);
  if (q) db_reset(q);
  if (out->failed) return ERR(e, E_NO_MEMORY, .subject = object);
  if (same) sha256_of(out->p + start, out->n - start, hash);
  if (same && memcmp(hash, r->sha256, sizeof hash) == 0) return E_OK;
  out->n = start;
  return tampered(s, object, e);
}

/* --- all of them --- */

static enum err_code count_rows(struct store *s, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row = false;
  *n = 0;
  TRY(table_exists(s, &row, e));
  if (!row) return E_OK;
  TRY(db_prepare(s->db, "SELECT count(*) FROM rights_record", &q, e));
  TRY(db_step(q, &row, e));
  *n = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

enum err_code records_check(struct store *s, struct err *e) {
  struct strbuf text;
  struct record r;
  int64_t rows = 0;
  size_t n = n_leaves(s);
  enum err_code code = E_OK;
  strbuf_init(&text, 0);
  for (size_t i = 0; !code && i < n; i++) {
    describe(s, leaf_at(s, i), &r);
    strbuf_reset(&text);
    code = record_text(s, &r, &text, e);
    if (code == E_STORE_LOCKED) code = E_OK;
  }
  strbuf_release(&text);
  if (!code) code = count_rows(s, &rows, e);
  if (!code && rows != (int64_t)n) code = tampered(s, "rows-without-a-leaf", e);
  return code;
}

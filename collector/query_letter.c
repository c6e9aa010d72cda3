/* query_letter.c -- sending: what waits here goes to the neighbour on the way, one file each. Parts of others are forwarded unchanged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_archive.h"
#include "base/ext_zstd.h"
#include "base/job.h"
#include "collector/query_impl.h"
#include "secure-store/age.h"

struct waiting { /* a part and the office it goes to */
  int64_t order; /* by the query's number here: the next office numbers its queries in the same order */
  char id[QUERY_ID_HEX], to[48], hop[48], by[48], key[64];
};
struct sending {
  struct store *s;
  const char *folder;
  struct arena *a;
  int64_t access, n;
  struct waiting *w;
  struct query_sent *out;
};

/* --- the way --- */
static enum err_code text_by(struct store *s, const char *sql, const char *key, char out[48], struct err *e) {
  struct db_statement *q;
  bool row;
  out[0] = 0;
  TRY(db_prepare(store_db(s), sql, &q, e));
  db_bind_cstr(q, 1, key);
  TRY(db_step(q, &row, e));
  if (row) snprintf(out, 48, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  return E_OK;
}

/* Down: by the office that carried the owner's batches here, else by the roster's parents, else to the owner itself when its card is enrolled. */
static enum err_code hop_down(struct store *s, struct arena *a, const char *to, char hop[48], struct err *e) {
  char at[48], next[48];
  TRY(text_by(s, "SELECT carried_by FROM batch WHERE sender = ? ORDER BY received DESC, sequence DESC LIMIT 1", to, hop, e));
  if (hop[0]) return E_OK;
  snprintf(at, sizeof at, "%s", to);
  for (int i = 0; i < 8 && at[0]; i++) {
    TRY(text_by(s, "SELECT parent FROM roster WHERE office = ? AND parent <> '' ORDER BY since DESC LIMIT 1", at, next, e));
    if (!strcmp(next, store_office(s)->id)) memcpy(hop, at, 48);
    if (hop[0]) return E_OK;
    memcpy(at, next, sizeof at);
  }
  struct office *peer = ARENA_NEW(a, struct office);
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = to);
  enum err_code code = store_peer(s, to, peer, NULL);
  if (!code) snprintf(hop, 48, "%s", to);
  return code == E_STORE_NO_PEER ? E_OK : code;
}

/* An answer of the owner goes up to the asker; everything else goes down to the owner. */
static enum err_code hop_of(struct sending *k, struct waiting *w, bool up, struct err *e) {
  if (!strcmp(w->to, store_office(k->s)->id)) return E_OK; /* it has arrived */
  if (up) {
    snprintf(w->hop, sizeof w->hop, "%s", store_office(k->s)->parent_id);
    return E_OK;
  }
  TRY(hop_down(k->s, k->a, w->to, w->hop, e));
  if (w->hop[0]) return E_OK;
  struct err note;
  (void)ERR(&note, E_QUERY_NO_WAY, .subject = w->to);
  job_problem(store_job(k->s), &note);
  k->out->no_way = true;
  return E_OK;
}

static int by_hop(const void *a, const void *b) {
  const struct waiting *x = a, *y = b;
  int order = strcmp(x->hop, y->hop);
  return order ? order : (x->order > y->order) - (x->order < y->order);
}

static enum err_code find_waiting(struct sending *k, bool again, struct err *e) {
  static const char sql[] =
      "SELECT p.id, p.author, p.signing_key, p.author = q.owner AND p.kind IN ('correct', 'confirm', 'withdraw'), q.owner, q.asker FROM query_part p"
      " JOIN query q ON q.id = p.query WHERE p.sent = 0 OR (?1 AND q.closed = 0) ORDER BY q.number, p.kind <> 'question', p.at, p.id";
  struct db_statement *q;
  bool row;
  int64_t max = 0;
  TRY(db_prepare(store_db(k->s), "SELECT count(*) FROM query_part", &q, e));
  TRY(db_step(q, &row, e));
  if (row) max = db_int(q, 0);
  db_reset(q);
  k->w = ARENA_ARRAY(k->a, struct waiting, max + 1);
  bool *up = ARENA_ARRAY(k->a, bool, max + 1);
  if (!k->w || !up) return ERR(e, E_NO_MEMORY, .subject = "query letter");
  TRY(db_prepare(store_db(k->s), sql, &q, e));
  db_bind_int(q, 1, again);
  while (k->n < max) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    struct waiting *w = &k->w[k->n];
    w->order = k->n;
    up[k->n++] = db_int(q, 3);
    struct str to = db_text(q, db_int(q, 3) ? 5 : 4);
    snprintf(w->id, sizeof w->id, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(w->by, sizeof w->by, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
    snprintf(w->key, sizeof w->key, "%.*s", (int)db_text(q, 2).n, db_text(q, 2).p);
    snprintf(w->to, sizeof w->to, "%.*s", (int)to.n, to.p);
  }
  db_reset(q);
  for (int64_t i = 0; i < k->n; i++) TRY(hop_of(k, &k->w[i], up[i], e));
  qsort(k->w, (size_t)k->n, sizeof *k->w, by_hop);
  return E_OK;
}

/* --- the file --- */
static enum err_code recipient_of(struct sending *k, const char *hop, const char **age, struct err *e) {
  const struct office *o = store_office(k->s);
  struct office *peer = ARENA_NEW(k->a, struct office);
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = hop);
  *age = o->parent_age;
  if (!strcmp(hop, o->parent_id)) return E_OK;
  enum err_code code = store_peer(k->s, hop, peer, e);
  *age = peer->age_recipient;
  return code == E_STORE_NO_PEER ? ERR(e, E_QUERY_PEER, .subject = hop) : code;
}

static enum err_code fill(struct sending *k, const struct waiting *w, struct query_carried *out, struct err *e) {
  struct strbuf text, signature;
  strbuf_init(&text, QUERY_MAX_PART);
  strbuf_init(&signature, 4096);
  enum err_code code = query_part_get(k->s, w->id, k->access, &text, &signature, e);
  if (!code) {
    *out = (struct query_carried){w->by, w->key, arena_strdup(k->a, text.p, text.n), arena_strdup(k->a, signature.p, signature.n)};
    if (!out->text || !out->signature) code = ERR(e, E_NO_MEMORY, .subject = "query letter");
  }
  if (text.p) wipe(text.p, text.n);
  strbuf_release(&text);
  strbuf_release(&signature);
  return code;
}

static enum err_code pack(struct store *s, const char *recipient, struct str json, struct strbuf *out, struct err *e) {
  struct strbuf signature, tar, frame;
  strbuf_init(&signature, 4096);
  strbuf_init(&tar, 2 * QUERY_MAX_LETTER);
  strbuf_init(&frame, 2 * QUERY_MAX_LETTER);
  enum err_code code = store_sign(s, json.p, json.n, "query letter", &signature, e);
  const struct tar_member members[2] = {{"letter.json", json.p, json.n}, {"letter.json.minisig", signature.p, signature.n}};
  if (!code) code = tar_write(members, 2, &tar, e);
  if (!code) code = zstd_compress(tar.p, tar.n, 6, &frame, e);
  if (!code) code = age_encrypt(recipient, frame.p, frame.n, out, e);
  if (tar.p) wipe(tar.p, tar.n);
  if (frame.p) wipe(frame.p, frame.n);
  strbuf_release(&signature);
  strbuf_release(&tar);
  strbuf_release(&frame);
  return code;
}

static enum err_code number_letter(struct sending *k, const char *hop, int64_t parts, int64_t *number, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(k->s), "INSERT INTO query_letter(office, parts, created) VALUES(?, ?, ?)", &q, e));
  db_bind_cstr(q, 1, hop);
  db_bind_int(q, 2, parts);
  db_bind_int(q, 3, job_now(store_job(k->s)));
  TRY(db_execute(q, e));
  *number = db_last_id(store_db(k->s));
  return E_OK;
}

static enum err_code mark_sent(struct sending *k, const struct waiting *w, int64_t n, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(k->s), "UPDATE query_part SET sent = ? WHERE id = ?", &q, e));
  for (int64_t i = 0; i < n; i++) {
    db_bind_int(q, 1, job_now(store_job(k->s)));
    db_bind_cstr(q, 2, w[i].id);
    TRY(db_execute(q, e));
    db_reset(q);
  }
  return E_OK;
}

/* The file is there before the books say "sent": a crash in between sends it once more, which changes nothing at the other end. */
static enum err_code write_letter(struct sending *k, const struct waiting *w, int64_t n, struct err *e) {
  struct query_letter l = {.from = store_office(k->s)->id, .to = w->hop, .n_parts = n, .parts = ARENA_ARRAY(k->a, struct query_carried, n + 1)};
  struct strbuf json, packed;
  char created[24], path[4096];
  int64_t number = 0;
  if (!l.parts) return ERR(e, E_NO_MEMORY, .subject = "query letter");
  time_format_utc(job_now(store_job(k->s)), created);
  l.created = created;
  TRY(recipient_of(k, w->hop, &l.recipient_key, e));
  for (int64_t i = 0; i < n; i++) TRY(fill(k, &w[i], &l.parts[i], e));
  strbuf_init(&json, QUERY_MAX_LETTER);
  strbuf_init(&packed, 2 * QUERY_MAX_LETTER);
  enum err_code code = query_letter_write(&l, &json, e);
  if (!code) code = pack(k->s, l.recipient_key, str_view(json.p, json.n), &packed, e);
  if (!code) code = number_letter(k, w->hop, n, &number, e);
  snprintf(path, sizeof path, "%.3900s/query-%s-%06lld.tar.zst.age", k->folder, l.from, (long long)number);
  if (!code) code = atomic_write(path, packed.p, packed.n, ATOMIC_REPLACE, 0600, e);
  if (!code) code = mark_sent(k, w, n, e);
  if (json.p) wipe(json.p, json.n);
  strbuf_release(&json);
  strbuf_release(&packed);
  k->out->letters += !code;
  k->out->parts += code ? 0 : n;
  return code;
}

static enum err_code write_letters(struct sending *k, struct err *e) {
  for (int64_t i = 0, end; i < k->n; i = end) {
    for (end = i + 1; end < k->n && end - i < QUERY_MAX_PARTS / 4 && !strcmp(k->w[end].hop, k->w[i].hop); end++) {}
    if (k->w[i].hop[0]) TRY(write_letter(k, &k->w[i], end - i, e));
  }
  return E_OK;
}

static enum err_code in_transaction(struct sending *k, bool again, struct err *e) {
  TRY(store_begin(k->s, e));
  enum err_code code = find_waiting(k, again, e);
  if (!code) code = make_directories(k->folder, 0700, e);
  if (!code) code = write_letters(k, e);
  if (!code) code = store_commit(k->s, e);
  if (code) store_rollback(k->s);
  return code;
}

enum err_code query_send(struct store *s, const char *folder, bool again, struct query_sent *out, struct err *e) {
  struct sending k = {.s = s, .folder = folder, .a = store_job(s)->arena, .out = out};
  struct log_entry entry = {.action = "data-read", .object = "query:letters", .purpose = "query", .detail = ""};
  struct err second;
  *out = (struct query_sent){.letters = 0};
  TRY(query_prepare(s, e));
  TRY(store_log_intent(s, &entry, &k.access, e));
  enum err_code code = in_transaction(&k, again, e);
  entry.rows = out->parts;
  enum err_code logged = store_log_outcome(s, k.access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

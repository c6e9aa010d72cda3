/* query_take.c -- a letter from the neighbour: decrypted, signed by it, every part signed by its author; then everything in one transaction or
   nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_archive.h"
#include "base/ext_zstd.h"
#include "base/job.h"
#include "collector/batch.h"
#include "collector/query_impl.h"
#include "secure-store/age.h"
#include "secure-store/minisign.h"

struct taking {
  struct store *s;
  struct arena *a;
  const char *file;
  struct batch_forms *forms;
  struct str json, signature;
  struct query_letter *letter;
  bool from_above;
  struct query_taken *out;
};

/* --- the container --- */
static enum err_code on_member(void *context, const struct tar_member *m, struct err *e) {
  struct taking *k = context;
  struct str *to = !k->json.p && !strcmp(m->name, "letter.json")                ? &k->json
      : k->json.p && !k->signature.p && !strcmp(m->name, "letter.json.minisig") ? &k->signature
                                                                                : NULL;
  if (!to) return ERR(e, E_QUERY_FORMAT, .file = k->file, .subject = "members", .expected = "letter.json and letter.json.minisig");
  char *copy = arena_strdup(k->a, m->p, m->n);
  *to = str_view(copy, copy ? m->n : 0);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = "query letter");
}

static enum err_code unpack(struct taking *k, struct str bytes, struct err *e) {
  struct strbuf frame, tar;
  const struct tar_caps caps = {2, QUERY_MAX_LETTER, 2 * QUERY_MAX_LETTER};
  strbuf_init(&frame, 2 * QUERY_MAX_LETTER);
  strbuf_init(&tar, 2 * QUERY_MAX_LETTER);
  enum err_code code = store_age_decrypt(k->s, bytes.p, bytes.n, 2 * QUERY_MAX_LETTER, &frame, e);
  if (code) code = ERR_WRAP(e, E_QUERY_NOT_FOR_US, .file = k->file, .subject = k->file);
  if (!code && zstd_decompress_capped(frame.p, frame.n, 2 * QUERY_MAX_LETTER, BATCH_MAX_RATIO, &tar, e))
    code = ERR_WRAP(e, E_QUERY_FORMAT, .file = k->file, .subject = "frame");
  if (!code && tar_read(tar.p, tar.n, &caps, on_member, k, e)) code = ERR_WRAP(e, E_QUERY_FORMAT, .file = k->file, .subject = "members");
  if (!code && !k->signature.p) code = ERR(e, E_QUERY_FORMAT, .file = k->file, .subject = "members", .expected = "a signature");
  if (frame.p) wipe(frame.p, frame.n);
  if (tar.p) wipe(tar.p, tar.n);
  strbuf_release(&frame);
  strbuf_release(&tar);
  return code;
}

/* --- who says what --- */
static enum err_code key_of(struct taking *k, const char *office, const char **key, struct err *e) {
  const struct office *o = store_office(k->s);
  struct office *peer = ARENA_NEW(k->a, struct office);
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = office);
  *key = !strcmp(office, o->id) ? o->minisign_public : o->parent_minisign;
  if (!strcmp(office, o->id) || (o->parent_id[0] && !strcmp(office, o->parent_id))) return E_OK;
  enum err_code code = store_peer(k->s, office, peer, e);
  *key = code ? NULL : peer->minisign_public;
  return code == E_STORE_NO_PEER ? E_OK : code;
}

/* An office whose card is not enrolled has one key: the first that a neighbour named. */
static enum err_code check_first_key(struct taking *k, const struct query_carried *c, struct err *e) {
  struct db_statement *q;
  bool other;
  TRY(db_prepare(store_db(k->s),
      "SELECT 1 FROM query_part WHERE author = ?1 AND signing_key <> ?2 UNION ALL SELECT 1 FROM batch WHERE sender = ?1 AND signing_key <> ?2 "
      "LIMIT 1",
      &q, e));
  db_bind_cstr(q, 1, c->by);
  db_bind_cstr(q, 2, c->key);
  TRY(db_step(q, &other, e));
  db_reset(q);
  return other ? ERR(e, E_QUERY_KEY, .file = k->file, .subject = c->by) : E_OK;
}

static enum err_code check_signature(struct taking *k, const struct query_carried *c, struct err *e) {
  const char *key;
  TRY(key_of(k, c->by, &key, e));
  if (key && strcmp(key, c->key)) return ERR(e, E_QUERY_KEY, .file = k->file, .subject = c->by);
  if (!key) TRY(check_first_key(k, c, e));
  if (minisign_verify(c->key, c->text, strlen(c->text), c->signature, strlen(c->signature), NULL, e))
    return ERR_WRAP(e, E_QUERY_SIGNATURE, .file = k->file, .subject = c->by);
  return E_OK;
}

static int level_of(const char *office) {
  struct str code;
  enum office_type t;
  return office_type_parse(str_split(str_of(office), '-', &code), &t) ? (int)t : -1;
}

/* From above come questions, closings and what the asker wrote down for the owner; from below the owners' answers. */
static enum err_code check_way(struct taking *k, const struct query_part *p, struct err *e) {
  bool answer = p->kind == QUERY_CORRECT || p->kind == QUERY_CONFIRM || p->kind == QUERY_WITHDRAW;
  int author = level_of(p->by), here = (int)store_office(k->s)->type;
  if (author < 0) return ERR(e, E_QUERY_FORMAT, .file = k->file, .subject = "by", .expected = "an office id");
  if (k->from_above && author <= here)
    return ERR(e, E_QUERY_ROUTE, .file = k->file, .subject = p->by, .expected = "an office above", .found = query_kind_name(p->kind));
  if (!k->from_above && (!answer || author >= here))
    return ERR(e, E_QUERY_ROUTE, .file = k->file, .subject = p->by, .expected = "an answer of an office below", .found = query_kind_name(p->kind));
  if (p->kind == QUERY_QUESTION &&
      (level_of(p->owner) < 0 || level_of(p->owner) > here || (level_of(p->owner) == here && strcmp(p->owner, store_office(k->s)->id))))
    return ERR(e, E_QUERY_ROUTE, .file = k->file, .subject = p->owner, .expected = store_office(k->s)->id, .found = query_kind_name(p->kind));
  return E_OK;
}

static void count(struct taking *k, const struct query_part *p, bool known, bool held) {
  k->out->known += known;
  k->out->held += held;
  if (known) return;
  k->out->questions += p->kind == QUERY_QUESTION;
  k->out->closings += p->kind == QUERY_CLOSE;
  k->out->answers += p->kind != QUERY_QUESTION && p->kind != QUERY_CLOSE;
}

static enum err_code take_part(struct taking *k, const struct query_carried *c, struct err *e) {
  struct query_part *p;
  bool known, held;
  TRY(check_signature(k, c, e));
  TRY(query_part_read(k->a, k->file, str_of(c->text), &p, e));
  if (strcmp(p->by, c->by)) return ERR(e, E_QUERY_ROUTE, .file = k->file, .subject = c->by, .expected = p->by, .found = query_kind_name(p->kind));
  TRY(check_way(k, p, e));
  const struct query_stored stored = {p, str_of(c->text), str_of(c->signature), c->key, false};
  TRY(query_store_part(k->s, &stored, k->forms, &known, &held, e));
  count(k, p, known, held);
  return E_OK;
}

/* --- the letter --- */
static enum err_code check_letter(struct taking *k, struct err *e) {
  const struct office *o = store_office(k->s);
  const char *key;
  TRY(query_letter_read(k->a, k->file, k->json, &k->letter, e));
  const struct query_letter *l = k->letter;
  if (strcmp(l->to, o->id) || strcmp(l->recipient_key, o->age_recipient)) return ERR(e, E_QUERY_NOT_FOR_US, .file = k->file, .subject = k->file);
  TRY(key_of(k, l->from, &key, e));
  if (!key || !strcmp(l->from, o->id)) return ERR(e, E_QUERY_PEER, .file = k->file, .subject = l->from);
  if (minisign_verify(key, k->json.p, k->json.n, k->signature.p, k->signature.n, NULL, e))
    return ERR_WRAP(e, E_QUERY_SIGNATURE, .file = k->file, .subject = l->from);
  k->from_above = o->parent_id[0] && !strcmp(l->from, o->parent_id);
  snprintf(k->out->from, sizeof k->out->from, "%s", l->from);
  return E_OK;
}

static enum err_code take_parts(struct taking *k, struct err *e) {
  struct arena_mark mark = arena_mark(k->a);
  for (int64_t i = 0; i < k->letter->n_parts; i++) {
    TRY(take_part(k, &k->letter->parts[i], e));
    arena_reset(k->a, mark);
  }
  return E_OK;
}

static enum err_code in_transaction(struct taking *k, struct err *e) {
  TRY(store_begin(k->s, e));
  enum err_code code = take_parts(k, e);
  if (!code) code = store_commit(k->s, e);
  if (code) store_rollback(k->s);
  return code;
}

static enum err_code logged(struct taking *k, struct err *e) {
  struct log_entry entry = {.action = "data-import", .object = "query:letter", .purpose = "query", .detail = ""};
  struct err second;
  int64_t access;
  TRY(store_log_intent(k->s, &entry, &access, e));
  enum err_code code = in_transaction(k, e);
  entry.rows = k->letter->n_parts;
  enum err_code outcome = store_log_outcome(k->s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : outcome;
}

enum err_code query_take(struct store *s, const char *path, struct query_taken *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  struct taking k = {.s = s, .file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path, .out = out};
  *out = (struct query_taken){.questions = 0};
  TRY(query_prepare(s, e));
  TRY(file_read(path, 2 * QUERY_MAX_LETTER, &p, &n, e));
  enum err_code code = batch_forms_new(store_job(s), forms_folder(), &k.forms, e);
  k.a = code ? NULL : arena_new(96u << 20);
  if (!code && !k.a) code = ERR(e, E_NO_MEMORY, .subject = "query letter");
  if (!code) code = unpack(&k, str_view((const char *)p, n), e);
  if (!code) code = check_letter(&k, e);
  if (!code) code = logged(&k, e);
  if (code) *out = (struct query_taken){.questions = 0};
  if (k.json.p) wipe((void *)(uintptr_t)k.json.p, k.json.n);
  arena_free(k.a);
  batch_forms_free(k.forms);
  free(p);
  return code;
}

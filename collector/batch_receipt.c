#include "forms/form.h"
#include "collector/batch_receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_archive.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "base/ext_zstd.h"
#include "base/json_out.h"
#include "collector/amendment.h"
#include "collector/batch_chain.h"
#include "collector/ledger.h"
#include "collector/ledger_notice.h"
#include "secure-store/age.h"
#include "secure-store/minisign.h"

enum { MAX_RECEIPT = 16 << 20 };

static enum err_code write_counts(struct store *s, struct json_out *j, const char *id, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT b.sender, c.form, c.declared, c.stored FROM batch b JOIN batch_count c ON c.batch = b.id"
                              " WHERE b.id = ?1 OR b.carried_in = ?1 ORDER BY b.sender, b.sequence, c.form", &q, e));
  db_bind_cstr(q, 1, id);
  json_key(j, "counts");
  json_array(j);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    json_object(j);
    json_put_int(j, "accepted", db_int(q, 3));
    json_put_int(j, "declared", db_int(q, 2));
    json_key(j, "form");
    json_text(j, db_text(q, 1));
    json_key(j, "office");
    json_text(j, db_text(q, 0));
    json_end_object(j);
  }
  db_reset(q);
  json_end_array(j);
  return E_OK;
}

/* Whose key each amendment verifies with: this receipt's signature vouches for it. */
static void put_amendments(struct json_out *j, const struct amendment_file *files, int64_t n) {
  json_key(j, "amendments");
  json_array(j);
  for (int64_t i = 0; i < n; i += 2) {
    json_object(j);
    json_put(j, "id", files[i].id);
    json_put(j, "signing_key", files[i].signing_key);
    json_end_object(j);
  }
  json_end_array(j);
}

/* access < 0: the first receipt, before anybody has decided anything. */
static enum err_code receipt_json(struct store *s, const struct batch_content *c, int64_t now, int64_t access, const struct amendment_file *files,
                                  int64_t n_files, struct strbuf *out, struct err *e) {
  struct json_out j;
  char received[32];
  time_format_utc(now, received);
  json_begin(&j, out, true);
  json_object(&j);
  if (n_files) put_amendments(&j, files, n_files);
  json_put(&j, "batch", c->id);
  TRY(write_counts(s, &j, c->id, e));
  if (access >= 0) TRY(ledger_decisions_put(s, &j, c->manifest->survey, c->manifest->period, c->manifest->sender, access, e));
  json_put(&j, "format", "shirabe-receipt-1");
  json_put(&j, "kind", batch_kind_name(c->manifest->kind));
  json_put(&j, "period", c->manifest->period);
  json_put(&j, "proxy", c->manifest->proxy);
  json_put(&j, "received", received);
  json_put(&j, "receiver", store_office(s)->id);
  json_put(&j, "sender", c->manifest->sender);
  json_put_int(&j, "sequence", c->manifest->sequence);
  json_put(&j, "survey", c->manifest->survey);
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = "receipt");
}

static enum err_code pack_receipt(struct store *s, struct arena *a, const char *recipient, struct str json, const struct amendment_file *files,
                                  int64_t n_files, struct strbuf *out, struct err *e) {
  struct strbuf signature, tar, frame;
  strbuf_init(&signature, 4096);
  strbuf_init(&tar, MAX_RECEIPT);
  strbuf_init(&frame, MAX_RECEIPT);
  enum err_code code = store_sign(s, json.p, json.n, "receipt", &signature, e);
  struct tar_member *members = ARENA_ARRAY(a, struct tar_member, n_files + 2);
  if (!code && !members) code = ERR(e, E_NO_MEMORY, .subject = "receipt");
  if (!code) {
    members[0] = (struct tar_member){"receipt.json", json.p, json.n};
    members[1] = (struct tar_member){"receipt.json.minisig", signature.p, signature.n};
    for (int64_t i = 0; i < n_files; i++) members[2 + i] = (struct tar_member){files[i].name, files[i].bytes.p, files[i].bytes.n};
    code = tar_write(members, (size_t)n_files + 2, &tar, e);
  }
  if (!code) code = zstd_compress(tar.p, tar.n, 6, &frame, e);
  if (!code) code = age_encrypt(recipient, frame.p, frame.n, out, e);
  strbuf_release(&signature);
  strbuf_release(&tar);
  strbuf_release(&frame);
  return code;
}

/* decided: with what has been decided since the batch was received. */
static enum err_code keep_receipt(struct store *s, struct arena *a, const struct batch_content *c, const struct office *sender, int64_t now,
                                  int64_t access, bool decided, struct err *e) {
  struct strbuf json, packed;
  struct db_statement *q;
  struct amendment_file *files;
  int64_t n_files;
  char blob[65];
  TRY(amendments_for_child(s, a, sender->id, access, &files, &n_files, e));
  strbuf_init(&json, MAX_RECEIPT);
  strbuf_init(&packed, MAX_RECEIPT);
  enum err_code code = receipt_json(s, c, now, decided ? access : -1, files, n_files, &json, e);
  if (!code) code = pack_receipt(s, a, sender->age_recipient, str_view(json.p, json.n), files, n_files, &packed, e);
  if (!code) code = store_blob_put(s, "receipt", c->id, packed.p, packed.n, PART_PARADATA, blob, e);
  if (!code) code = db_prepare(store_db(s), "UPDATE batch SET receipt_blob = ? WHERE id = ?", &q, e);
  if (!code) {
    db_bind_cstr(q, 1, blob);
    db_bind_cstr(q, 2, c->id);
    code = db_execute(q, e);
  }
  strbuf_release(&json);
  strbuf_release(&packed);
  return code;
}

enum err_code batch_receipt_make(struct store *s, struct arena *a, const struct batch_content *c, const struct office *sender, int64_t now, int64_t access,
                                 struct err *e) {
  return keep_receipt(s, a, c, sender, now, access, false, e);
}

/* --- once more, with what has been decided since --- */
/* The last batch of that month which came from an enrolled office itself: the office, or the one that carried it here. */
static enum err_code last_direct(struct store *s, const char *survey, const char *period, const char *office, struct batch_content *c,
    struct batch_manifest *m, int64_t *received, struct office *sender, struct err *e) {
  struct db_statement *q;
  bool row;
  char from[sizeof sender->id] = "";
  TRY(db_prepare(store_db(s),
      "SELECT top.id, top.sender, top.sequence, top.received FROM batch b JOIN batch top ON top.id = b.carried_in WHERE b.survey = ?1 AND"
      " b.period = ?2 AND b.sender = ?3 ORDER BY top.received DESC, top.sequence DESC LIMIT 1",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, office);
  TRY(db_step(q, &row, e));
  *m = (struct batch_manifest){.survey = survey, .period = period};
  if (row) {
    snprintf(c->id, sizeof c->id, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(from, sizeof from, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
    m->sequence = db_int(q, 2);
    *received = db_int(q, 3);
  }
  db_reset(q);
  return row ? store_peer(s, from, sender, e) : E_OK;
}

static enum err_code again_inside(struct store *s, const struct batch_content *c, const struct office *sender, int64_t received, int64_t access, struct err *e) {
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "receipt");
  enum err_code code = store_begin(s, e);
  bool begun = !code;
  if (!code) code = keep_receipt(s, a, c, sender, received, access, true, e);
  if (!code) code = store_commit(s, e);
  if (code && begun) store_rollback(s);
  arena_free(a);
  return code;
}

enum err_code batch_receipt_again(
    struct store *s, const char *survey, const char *period, const char *office, const char *folder, char path[4096], struct err *e) {
  struct batch_manifest m;
  struct batch_content c = {.manifest = &m};
  struct office sender;
  int64_t received = 0, access;
  path[0] = 0;
  TRY(last_direct(s, survey, period, office, &c, &m, &received, &sender, e));
  if (!c.id[0]) return E_OK;
  m.sender = sender.id;
  const struct log_entry entry = {.action = "data-read", .object = c.id};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = again_inside(s, &c, &sender, received, access, e);
  if (!code) code = batch_receipt_write(s, c.id, &m, folder, access, path, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

enum err_code batch_receipt_write(struct store *s, const char *id, const struct batch_manifest *m, const char *folder, int64_t access, char path[4096], struct err *e) {
  struct db_statement *q;
  char blob[65] = "";
  bool row;
  if (!folder) return E_OK;
  TRY(db_prepare(store_db(s), "SELECT receipt_blob FROM batch WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &row, e));
  if (row) snprintf(blob, sizeof blob, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  if (!blob[0]) return ERR(e, E_BATCH_UNKNOWN, .subject = id);
  struct strbuf bytes;
  strbuf_init(&bytes, MAX_RECEIPT);
  enum err_code code = store_blob_get(s, blob, access, MAX_RECEIPT, &bytes, e);
  if (!code) code = make_directories(folder, 0700, e);
  snprintf(path, 4096, "%s/receipt-%s-%s-%s-%06lld.tar.zst.age", folder, m->survey, m->period, m->sender, (long long)m->sequence);
  if (!code) code = atomic_write(path, bytes.p, bytes.n, ATOMIC_REPLACE, 0600, e);
  strbuf_release(&bytes);
  return code;
}

static enum err_code received_at(struct store *s, const char *id, int64_t *at, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT received FROM batch WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &row, e));
  *at = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

enum err_code batch_receipt_renew(struct store *s, struct arena *a, const char *id, const char *child, int64_t access, struct err *e) {
  struct batch_content c = {.n_files = 0};
  struct office *peer = ARENA_NEW(a, struct office);
  int64_t at;
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = "peer");
  TRY(store_peer(s, child, peer, e));
  TRY(batch_stored_manifest(s, a, id, access, c.id, &c.manifest, e));
  TRY(received_at(s, id, &at, e));
  return keep_receipt(s, a, &c, peer, at, access, true, e);
}

enum err_code batch_receipt_write_by_id(struct store *s, struct arena *a, const char *id, const char *folder, int64_t access, char path[4096],
                                        struct err *e) {
  struct batch_manifest *m = NULL;
  char full[BATCH_ID_HEX];
  TRY(batch_stored_manifest(s, a, id, access, full, &m, e));
  return batch_receipt_write(s, full, m, folder, access, path, e);
}

/* --- the sender's side --- */
struct receipt {
  struct strbuf json, signature;
  struct arena *a;
  int64_t n_files;
  struct tar_member files[2 * AMENDMENT_MAX];
};

static enum err_code keep_amendment(struct receipt *r, const struct tar_member *m, struct err *e) {
  if (strncmp(m->name, "amendments/", 11) || r->n_files == 2 * AMENDMENT_MAX || m->n > AMENDMENT_MAX_BYTES)
    return ERR(e, E_RECEIPT, .subject = "it has other members");
  char *name = arena_strdup(r->a, m->name, strlen(m->name)), *p = arena_strdup(r->a, m->p, m->n);
  r->files[r->n_files++] = (struct tar_member){name, p, m->n};
  return name && p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "receipt");
}

static enum err_code on_member(void *context, const struct tar_member *m, struct err *e) {
  struct receipt *r = context;
  if (!r->json.n && !strcmp(m->name, "receipt.json")) strbuf_add(&r->json, m->p, m->n);
  else if (r->json.n && !r->signature.n && !strcmp(m->name, "receipt.json.minisig")) strbuf_add(&r->signature, m->p, m->n);
  else if (r->signature.n) return keep_amendment(r, m, e);
  else return ERR(e, E_RECEIPT, .subject = "it has other members");
  return r->json.failed || r->signature.failed ? ERR(e, E_NO_MEMORY, .subject = "receipt") : E_OK;
}

/* What the office above says it has must be what was sent from here: a part lost on the way up shows at once, and at the sender. */
static enum err_code sent_count(struct store *s, const char *id, const char *form, int64_t *accepted, struct err *e) {
  struct db_statement *q;
  bool row;
  *accepted = -1;
  TRY(db_prepare(store_db(s), "SELECT accepted FROM batch_count WHERE batch = ? AND form = ?", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, form);
  TRY(db_step(q, &row, e));
  if (row) *accepted = db_int(q, 0);
  db_reset(q);
  return E_OK;
}

static enum err_code sent_forms(struct store *s, const char *id, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT count(*) FROM batch_count WHERE batch = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &row, e));
  *n = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

static enum err_code compare_counts(struct store *s, const char *file, const char *id, const struct json_value *counts, struct err *e) {
  int64_t named = 0, sent;
  for (size_t i = 0; i < json_length(counts); i++) {
    const struct json_value *line = json_element(counts, i);
    const char *form = json_member_string(line, "form", "");
    int64_t accepted, here = json_member_int(line, "accepted", -1);
    if (strcmp(json_member_string(line, "office", ""), store_office(s)->id)) continue;
    TRY(sent_count(s, id, form, &accepted, e));
    if (accepted != here) return ERR(e, E_RECEIPT, .file = file, .subject = "its counts differ from what was sent");
    named++;
  }
  TRY(sent_forms(s, id, &sent, e));
  return named == sent ? E_OK : ERR(e, E_RECEIPT, .file = file, .subject = "its counts differ from what was sent");
}

static enum err_code mark_receipt(struct store *s, const char *id, const char *blob, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "UPDATE batch_sent SET receipt_time = coalesce(receipt_time, ?), receipt_blob = coalesce(receipt_blob, ?) WHERE id = ?", &q, e));
  db_bind_int(q, 1, job_now(store_job(s)));
  db_bind_cstr(q, 2, blob);
  db_bind_cstr(q, 3, id);
  TRY(db_execute(q, e));
  return db_changes(store_db(s)) == 1 ? E_OK : ERR(e, E_RECEIPT, .subject = "it names a batch that this office never sent");
}

static enum err_code check_receipt(struct store *s, const char *file, const struct receipt *r, struct batch_result *out, struct err *e) {
  const struct office *o = store_office(s);
  struct json_document *d = NULL;
  if (!r->json.n || !r->signature.n) return ERR(e, E_RECEIPT, .file = file, .subject = "it has no signature");
  if (minisign_verify(o->parent_minisign, r->json.p, r->json.n, r->signature.p, r->signature.n, NULL, e)) return ERR_WRAP(e, E_BATCH_SIGNATURE, .file = file, .subject = o->parent_id);
  TRY(json_parse(file, r->json.p, r->json.n, &d, e));
  const struct json_value *root = json_root(d);
  const char *id = json_member_string(root, "batch", ""), *sender = json_member_string(root, "sender", "");
  enum err_code code = E_OK;
  if (strcmp(json_member_string(root, "format", ""), "shirabe-receipt-1") || strlen(id) != 64) code = ERR(e, E_RECEIPT, .file = file, .subject = "its form is not known");
  else if (strcmp(sender, o->id)) code = ERR(e, E_RECEIPT, .file = file, .subject = "it is for another office");
  else code = compare_counts(s, file, id, json_member(root, "counts"), e);
  if (!code) {
    memcpy(out->id, id, 65);
    out->sequence = json_member_int(root, "sequence", 0);
  }
  json_release(d);
  return code;
}

static const struct tar_member *find_file(const struct receipt *r, const char *name) {
  for (int64_t i = 0; i < r->n_files; i++)
    if (!strcmp(r->files[i].name, name)) return &r->files[i];
  return NULL;
}

/* Every listed amendment is there and nothing else is; the receipt's signature vouches for the keys. */
static enum err_code take_amendments(struct store *s, const char *file, const struct receipt *r, int64_t *n, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse(file, r->json.p, r->json.n, &d, e));
  const struct json_value *list = json_member(json_root(d), "amendments");
  size_t listed = json_is_array(list) ? json_length(list) : 0;
  enum err_code code = (int64_t)(2 * listed) == r->n_files ? E_OK : ERR(e, E_RECEIPT, .file = file, .subject = "it has other members");
  for (size_t i = 0; !code && i < listed; i++) {
    char name[2][96];
    const char *id = json_member_string(json_element(list, i), "id", ""), *key = json_member_string(json_element(list, i), "signing_key", "");
    for (int k = 0; k < 2; k++) snprintf(name[k], sizeof name[k], "amendments/%.64s.json%s", id, k ? ".minisig" : "");
    const struct tar_member *json = find_file(r, name[0]), *signature = find_file(r, name[1]);
    char actual[BATCH_ID_HEX] = "";
    if (json) batch_id_of(str_view(json->p, json->n), actual);
    if (!json || !signature || strcmp(actual, id)) code = ERR(e, E_RECEIPT, .file = file, .subject = "an amendment is missing or altered");
    else code = amendment_keep(s, r->a, file, str_view(json->p, json->n), str_view(signature->p, signature->n), key, NULL, e);
  }
  *n = (int64_t)listed;
  json_release(d);
  return code;
}

static enum err_code import_bytes(struct store *s, const char *file, struct str bytes, struct batch_result *out, struct err *e) {
  struct strbuf frame, tar;
  struct receipt *p = calloc(1, sizeof *p);
  const struct tar_caps caps = {2 + 2 * AMENDMENT_MAX, MAX_RECEIPT, MAX_RECEIPT};
  char blob[65];
  if (!p || !(p->a = arena_new(0))) {
    free(p);
    return ERR(e, E_NO_MEMORY, .subject = "receipt");
  }
  strbuf_init(&frame, MAX_RECEIPT);
  strbuf_init(&tar, MAX_RECEIPT);
  strbuf_init(&p->json, MAX_RECEIPT);
  strbuf_init(&p->signature, 65536);
  enum err_code code = store_age_decrypt(s, bytes.p, bytes.n, MAX_RECEIPT, &frame, e);
  if (code) code = ERR_WRAP(e, code == E_AGE_NO_MATCH ? E_BATCH_NOT_FOR_US : E_BATCH_DAMAGED, .file = file, .subject = "receipt");
  if (!code) code = zstd_decompress_capped(frame.p, frame.n, MAX_RECEIPT, BATCH_MAX_RATIO, &tar, e);
  if (!code) code = tar_read(tar.p, tar.n, &caps, on_member, p, e);
  if (!code) code = check_receipt(s, file, p, out, e);
  if (!code) code = store_begin(s, e);
  if (!code) {
    code = store_blob_put(s, "receipt", out->id, bytes.p, bytes.n, PART_PARADATA, blob, e);
    if (!code) code = mark_receipt(s, out->id, blob, e);
    if (!code) code = take_amendments(s, file, p, &out->amendments, e);
    if (!code) code = ledger_decisions_take(s, file, str_view(p->json.p, p->json.n), e);
    if (!code) code = store_commit(s, e);
    if (code) store_rollback(s);
  }
  strbuf_release(&frame);
  strbuf_release(&tar);
  strbuf_release(&p->json);
  strbuf_release(&p->signature);
  arena_free(p->a);
  free(p);
  return code;
}

enum err_code batch_receipt_import(struct store *s, const char *path, struct batch_result *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  *out = (struct batch_result){.sequence = 0};
  TRY(ledger_prepare(s, e));
  TRY(file_read(path, MAX_RECEIPT, &p, &n, e));
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  enum err_code code = import_bytes(s, name, str_view((const char *)p, n), out, e);
  free(p);
  return code;
}

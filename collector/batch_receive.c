/* Receiving: decrypt, verify, place in the chain, apply exactly once, issue the receipt; then whatever was held for this number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "forms/form.h"
#include "collector/batch.h"
#include "collector/batch_apply.h"
#include "collector/batch_receipt.h"
#include "collector/ledger.h"
#include "secure-store/minisign.h"

struct receiving {
  struct store *s;
  struct arena *a;
  const char *forms, *file, *receipt_folder;
  int64_t now, access;
  struct office sender;
};

enum place_in_chain { PLACE_NEXT, PLACE_KNOWN, PLACE_GAP, PLACE_FORK };

static void copy_id(char out[65], struct str s) { snprintf(out, 65, "%.*s", (int)s.n, s.p); }

static enum err_code check_sender(struct receiving *r, const struct batch_content *c, struct err *e) {
  const struct batch_manifest *m = c->manifest;
  const struct office *o = store_office(r->s);
  if (store_peer(r->s, m->sender, &r->sender, NULL)) return ERR(e, E_BATCH_SENDER, .file = r->file, .subject = m->sender);
  if (minisign_verify(r->sender.minisign_public, c->manifest_json.p, c->manifest_json.n, c->signature.p, c->signature.n, NULL, e))
    return ERR_WRAP(e, E_BATCH_SIGNATURE, .file = r->file, .subject = m->sender);
  if (strcmp(m->recipient, o->id) || strcmp(m->recipient_key, o->age_recipient)) return ERR(e, E_BATCH_NOT_FOR_US, .file = r->file, .expected = m->recipient);
  return E_OK;
}

static enum err_code find_place(struct receiving *r, const struct batch_manifest *m, const char *id, enum place_in_chain *place, int64_t *last, char known[65], struct err *e) {
  struct db_statement *q;
  bool row;
  char last_id[65] = "";
  known[0] = 0;
  *last = 0;
  TRY(db_prepare(store_db(r->s), "SELECT id FROM batch WHERE sender = ? AND survey = ? AND sequence = ?", &q, e));
  db_bind_cstr(q, 1, m->sender);
  db_bind_cstr(q, 2, m->survey);
  db_bind_int(q, 3, m->sequence);
  TRY(db_step(q, &row, e));
  if (row) copy_id(known, db_text(q, 0));
  db_reset(q);
  TRY(db_prepare(store_db(r->s), "SELECT sequence, id FROM batch WHERE sender = ? AND survey = ? ORDER BY sequence DESC LIMIT 1", &q, e));
  db_bind_cstr(q, 1, m->sender);
  db_bind_cstr(q, 2, m->survey);
  TRY(db_step(q, &row, e));
  if (row) {
    *last = db_int(q, 0);
    copy_id(last_id, db_text(q, 1));
  }
  db_reset(q);
  if (known[0]) *place = strcmp(known, id) ? PLACE_FORK : PLACE_KNOWN;
  else if (m->sequence > *last + 1) *place = PLACE_GAP;
  else if (m->sequence <= *last || strcmp(m->previous, last_id)) *place = PLACE_FORK;
  else *place = PLACE_NEXT;
  if (*place == PLACE_FORK && !known[0]) memcpy(known, last_id, sizeof last_id);
  return E_OK;
}

static enum err_code keep_alarm(struct receiving *r, const struct batch_manifest *m, const char *id, const char *known, struct err *e) {
  struct db_statement *q;
  char number[24];
  TRY(db_prepare(store_db(r->s), "INSERT OR IGNORE INTO batch_alarm(survey, sender, sequence, known, other, noticed) VALUES(?,?,?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, m->survey);
  db_bind_cstr(q, 2, m->sender);
  db_bind_int(q, 3, m->sequence);
  db_bind_cstr(q, 4, known);
  db_bind_cstr(q, 5, id);
  db_bind_int(q, 6, r->now);
  TRY(db_execute(q, e));
  snprintf(number, sizeof number, "%lld", (long long)m->sequence);
  return ERR(e, E_BATCH_FORK, .file = r->file, .subject = m->sender, .found = number);
}

static enum err_code hold(struct receiving *r, const struct batch_content *c, struct str bytes, struct err *e) {
  struct db_statement *q;
  char blob[65];
  bool row;
  TRY(db_prepare(store_db(r->s), "SELECT 1 FROM batch_held WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, c->id);
  TRY(db_step(q, &row, e));
  db_reset(q);
  if (row) return E_OK;
  TRY(store_begin(r->s, e));
  enum err_code code = store_blob_put(r->s, "batch-held", c->id, bytes.p, bytes.n, PART_PARADATA, blob, e);
  if (!code) code = db_prepare(store_db(r->s), "INSERT INTO batch_held(id, survey, period, sender, sequence, received, blob) VALUES(?,?,?,?,?,?,?)", &q, e);
  if (!code) {
    db_bind_cstr(q, 1, c->id);
    db_bind_cstr(q, 2, c->manifest->survey);
    db_bind_cstr(q, 3, c->manifest->period);
    db_bind_cstr(q, 4, c->manifest->sender);
    db_bind_int(q, 5, c->manifest->sequence);
    db_bind_int(q, 6, r->now);
    db_bind_cstr(q, 7, blob);
    code = db_execute(q, e);
  }
  if (!code) code = store_commit(r->s, e);
  if (code) store_rollback(r->s);
  return code;
}

static enum err_code apply(struct receiving *r, const struct batch_content *c, struct batch_result *out, struct err *e) {
  struct db_statement *q;
  TRY(store_begin(r->s, e));
  enum err_code code = batch_apply(r->s, r->a, r->forms, c, r->sender.minisign_public, r->now, &out->records, &out->late, e);
  if (!code) code = db_prepare(store_db(r->s), "DELETE FROM batch_held WHERE id = ?", &q, e);
  if (!code) {
    db_bind_cstr(q, 1, c->id);
    code = db_execute(q, e);
  }
  if (!code) code = batch_receipt_make(r->s, r->a, c, &r->sender, r->now, e);
  if (!code) code = store_commit(r->s, e);
  if (code) store_rollback(r->s);
  return code;
}

static enum err_code receive_bytes(struct receiving *r, struct str bytes, struct batch_result *out, struct err *e) {
  struct batch_content c;
  enum place_in_chain place;
  char known[65];
  TRY(batch_unpack(r->s, r->a, r->file, bytes, &c, e));
  enum err_code code = check_sender(r, &c, e);
  int64_t last = 0;
  if (!code) code = find_place(r, c.manifest, c.id, &place, &last, known, e);
  if (code) goto done;
  memcpy(out->id, c.id, sizeof out->id);
  out->sequence = c.manifest->sequence;
  out->lower = c.manifest->n_lower;
  if (place == PLACE_FORK) code = keep_alarm(r, c.manifest, c.id, known, e);
  if (place == PLACE_KNOWN) out->already = true;
  if (place == PLACE_GAP) {
    out->held = true;
    out->waiting_for = last + 1;
    code = hold(r, &c, bytes, e);
  }
  if (place == PLACE_NEXT) code = apply(r, &c, out, e);
  if (!code && (place == PLACE_NEXT || place == PLACE_KNOWN)) code = batch_receipt_write(r->s, c.id, c.manifest, r->receipt_folder, r->access, out->path, e);
done:
  batch_content_release(&c);
  return code;
}

/* A held batch whose predecessor has now arrived. */
static enum err_code next_held(struct receiving *r, const char *sender, const char *survey, struct strbuf *bytes, bool *found, struct err *e) {
  struct db_statement *q;
  char blob[65] = "";
  TRY(db_prepare(store_db(r->s), "SELECT h.blob FROM batch_held h WHERE h.sender = ?1 AND h.survey = ?2 AND h.sequence ="
                                 " 1 + coalesce((SELECT max(sequence) FROM batch WHERE sender = ?1 AND survey = ?2), 0)", &q, e));
  db_bind_cstr(q, 1, sender);
  db_bind_cstr(q, 2, survey);
  TRY(db_step(q, found, e));
  if (*found) copy_id(blob, db_text(q, 0));
  db_reset(q);
  return *found ? store_blob_get(r->s, blob, r->access, BATCH_MAX_FILE, bytes, e) : E_OK;
}

static enum err_code receive_held(struct receiving *r, const char *sender, const char *survey, struct err *e) {
  for (;;) {
    struct strbuf bytes;
    struct batch_result more = {.sequence = 0};
    bool found = false;
    strbuf_init(&bytes, BATCH_MAX_FILE);
    enum err_code code = next_held(r, sender, survey, &bytes, &found, e);
    if (!code && found) code = receive_bytes(r, str_view(bytes.p, bytes.n), &more, e);
    strbuf_release(&bytes);
    if (code || !found) return code;
  }
}

static enum err_code receive_logged(struct receiving *r, struct str bytes, struct batch_result *out, struct err *e) {
  const struct log_entry intent = {.action = "data-import", .object = "batch"};
  TRY(store_log_intent(r->s, &intent, &r->access, e));
  enum err_code code = receive_bytes(r, bytes, out, e);
  if (!code && !out->already && !out->held && out->sequence) {
    struct db_statement *q;
    char survey[64] = "";
    bool row;
    code = db_prepare(store_db(r->s), "SELECT survey FROM batch WHERE id = ?", &q, e);
    if (!code) {
      db_bind_cstr(q, 1, out->id);
      code = db_step(q, &row, e);
      if (!code && row) snprintf(survey, sizeof survey, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
      db_reset(q);
    }
    if (!code) code = receive_held(r, r->sender.id, survey, e);
  }
  const struct log_entry outcome = {.action = "data-import", .object = out->id[0] ? out->id : "batch", .rows = out->records};
  enum err_code logged = store_log_outcome(r->s, r->access, &outcome, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

enum err_code batch_receive(struct store *s, const char *forms, const char *path, const char *receipt_folder, struct batch_result *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  *out = (struct batch_result){.sequence = 0};
  TRY(ledger_prepare(s, e));
  TRY(file_read(path, BATCH_MAX_FILE, &p, &n, e));
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  struct receiving r = {.s = s, .a = arena_new(0), .forms = forms, .file = name, .receipt_folder = receipt_folder, .now = job_now(store_job(s))};
  enum err_code code = r.a ? receive_logged(&r, str_view((const char *)p, n), out, e) : ERR(e, E_NO_MEMORY, .subject = "batch");
  arena_free(r.a);
  free(p);
  return code;
}

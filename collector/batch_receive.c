/* Receiving: decrypt, verify, place in the chain, apply exactly once, issue the receipt; then whatever was held for this number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "collector/batch.h"
#include "collector/batch_apply.h"
#include "collector/batch_chain.h"
#include "collector/batch_forms.h"
#include "collector/batch_receipt.h"
#include "collector/batch_volume.h"
#include "collector/ledger.h"
#include "secure-store/minisign.h"

struct receiving {
  struct store *s;
  struct arena *a;
  struct batch_forms *forms;
  const char *file, *receipt_folder;
  int64_t now, access;
  size_t limit; /* bytes a batch may hold; what was held once has passed its own */
  struct office sender;
  const char *release_reason; /* a person lets a held batch in before those it waits for; NULL otherwise */
};

enum place_in_chain { PLACE_NEXT, PLACE_KNOWN, PLACE_GAP, PLACE_FORK };

static void copy_id(char out[65], struct str s) { snprintf(out, 65, "%.*s", (int)s.n, s.p); }

static enum err_code check_sender(struct receiving *r, const struct batch_content *c, struct err *e) {
  const struct batch_manifest *m = c->manifest;
  const struct office *o = store_office(r->s);
  if (store_peer(r->s, m->sender, &r->sender, NULL)) return ERR(e, E_BATCH_SENDER, .file = r->file, .subject = m->sender);
  if (minisign_verify(r->sender.minisign_public, c->manifest_json.p, c->manifest_json.n, c->signature.p, c->signature.n, NULL, e))
    return ERR_WRAP(e, E_BATCH_SIGNATURE, .file = r->file, .subject = m->sender);
  if (strcmp(m->recipient, o->id) || strcmp(m->recipient_key, o->age_recipient)) return ERR(e, E_BATCH_NOT_FOR_US, .file = r->file,
      .expected = m->recipient);
  return E_OK;
}

static enum err_code find_place(struct receiving *r, const struct batch_manifest *m, const char *id, enum place_in_chain *place, int64_t *last,
    char known[65], struct err *e) {
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
  else if (m->sequence <= *last) {
    bool fits;
    TRY(batch_fits_hole(r->s, m, id, &fits, e));
    *place = fits ? PLACE_NEXT : PLACE_FORK;
  } else *place = strcmp(m->previous, last_id) ? PLACE_FORK : PLACE_NEXT;
  if (*place == PLACE_FORK && !known[0]) memcpy(known, last_id, sizeof last_id);
  return E_OK;
}

static enum err_code keep_alarm(struct receiving *r, const struct batch_fork *f, struct err *e) {
  struct db_statement *q;
  char number[24];
  TRY(db_prepare(store_db(r->s), "INSERT OR IGNORE INTO batch_alarm(survey, sender, sequence, known, other, noticed) VALUES(?,?,?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, f->survey);
  db_bind_cstr(q, 2, f->sender);
  db_bind_int(q, 3, f->sequence);
  db_bind_cstr(q, 4, f->known);
  db_bind_cstr(q, 5, f->other);
  db_bind_int(q, 6, r->now);
  TRY(db_execute(q, e));
  snprintf(number, sizeof number, "%lld", (long long)f->sequence);
  return ERR(e, E_BATCH_FORK, .file = r->file, .subject = f->sender, .found = number);
}

static void fork_of(const struct batch_manifest *m, const char *id, const char *known, struct batch_fork *f) {
  *f = (struct batch_fork){.sequence = m->sequence};
  snprintf(f->survey, sizeof f->survey, "%s", m->survey);
  snprintf(f->sender, sizeof f->sender, "%s", m->sender);
  snprintf(f->known, sizeof f->known, "%s", known);
  snprintf(f->other, sizeof f->other, "%s", id);
}

/* The id that is held under this number, "" when none is. */
static enum err_code held_under(struct receiving *r, const struct batch_manifest *m, char id[65], struct err *e) {
  struct db_statement *q;
  bool row;
  id[0] = 0;
  TRY(db_prepare(store_db(r->s), "SELECT id FROM batch_held WHERE sender = ? AND survey = ? AND sequence = ?", &q, e));
  db_bind_cstr(q, 1, m->sender);
  db_bind_cstr(q, 2, m->survey);
  db_bind_int(q, 3, m->sequence);
  TRY(db_step(q, &row, e));
  if (row) copy_id(id, db_text(q, 0));
  db_reset(q);
  return E_OK;
}

static enum err_code hold(struct receiving *r, const struct batch_content *c, struct str bytes, struct err *e) {
  struct db_statement *q;
  char blob[65], held[65];
  struct batch_fork fork;
  TRY(held_under(r, c->manifest, held, e));
  fork_of(c->manifest, c->id, held, &fork);
  if (held[0]) return strcmp(held, c->id) ? keep_alarm(r, &fork, e) : E_OK;
  TRY(store_begin(r->s, e));
  enum err_code code = store_blob_put(r->s, "batch-held", c->id, bytes.p, bytes.n, PART_PARADATA, blob, e);
  if (!code) code = db_prepare(store_db(r->s), "INSERT INTO batch_held(id, survey, period, sender, sequence, received, blob) VALUES(?,?,?,?,?,?,?)",
      &q, e);
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

static enum err_code apply(struct receiving *r, const struct batch_content *c, int64_t last, struct batch_result *out, struct err *e) {
  struct db_statement *q;
  struct batch_applied applied;
  TRY(store_begin(r->s, e));
  enum err_code code = batch_apply(r->s, r->a, r->forms, c, r->sender.minisign_public, r->now, r->access, &applied, e);
  if (!code) code = db_prepare(store_db(r->s), "DELETE FROM batch_held WHERE id = ?", &q, e);
  if (!code) {
    db_bind_cstr(q, 1, c->id);
    code = db_execute(q, e);
  }
  if (!code && r->release_reason) code = batch_record_release(r->s, c->manifest, c->id, last, r->release_reason, r->now, e);
  if (!code) code = batch_receipt_make(r->s, r->a, c, &r->sender, r->now, r->access, e);
  if (!code) code = store_commit(r->s, e);
  if (code) store_rollback(r->s);
  if (code == E_BATCH_FORK) return keep_alarm(r, &applied.fork, e); /* after the rollback, or it would be rolled back as well */
  out->records = applied.records;
  out->conflicts = applied.conflicts;
  out->late = applied.late;
  return code;
}

static enum err_code receive_bytes(struct receiving *r, struct str bytes, struct batch_result *out, struct err *e) {
  struct batch_content c;
  enum place_in_chain place;
  char known[65];
  TRY(batch_unpack(r->s, r->a, r->file, bytes, r->limit, &c, e));
  enum err_code code = check_sender(r, &c, e);
  int64_t last = 0;
  if (!code) code = find_place(r, c.manifest, c.id, &place, &last, known, e);
  if (code) goto done;
  memcpy(out->id, c.id, sizeof out->id);
  out->sequence = c.manifest->sequence;
  out->lower = c.manifest->n_lower;
  struct batch_fork fork;
  fork_of(c.manifest, c.id, known, &fork);
  if (place == PLACE_FORK) code = keep_alarm(r, &fork, e);
  if (place == PLACE_KNOWN) out->already = true;
  if (place == PLACE_GAP && r->release_reason) place = PLACE_NEXT;
  if (place == PLACE_GAP) {
    out->held = true;
    out->waiting_for = last + 1;
    code = hold(r, &c, bytes, e);
  }
  if (place == PLACE_NEXT) code = apply(r, &c, last, out, e);
  if (!code && (place == PLACE_NEXT || place == PLACE_KNOWN)) code = batch_receipt_write(r->s, c.id, c.manifest, r->receipt_folder, r->access,
      out->path, e);
done:
  batch_content_release(&c);
  return code;
}

/* --- held batches whose predecessor has now arrived --- */
static enum err_code next_held(struct receiving *r, const char *survey, char id[65], struct strbuf *bytes, struct err *e) {
  struct db_statement *q;
  char blob[65] = "";
  bool row;
  id[0] = 0;
  TRY(db_prepare(store_db(r->s), "SELECT h.blob, h.id FROM batch_held h WHERE h.sender = ?1 AND h.survey = ?2 AND h.sequence ="
                                 " 1 + coalesce((SELECT max(sequence) FROM batch WHERE sender = ?1 AND survey = ?2), 0)", &q, e));
  db_bind_cstr(q, 1, r->sender.id);
  db_bind_cstr(q, 2, survey);
  TRY(db_step(q, &row, e));
  if (row) {
    copy_id(blob, db_text(q, 0));
    copy_id(id, db_text(q, 1));
  }
  db_reset(q);
  return row ? store_blob_get(r->s, blob, r->access, BATCH_MAX_FILE, bytes, e) : E_OK;
}

/* Its sealed bytes stay as a blob; the alarm names the id. */
static enum err_code drop_held(struct receiving *r, const char *id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(r->s), "DELETE FROM batch_held WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  return db_execute(q, e);
}

static enum err_code receive_one_held(struct receiving *r, const char *survey, struct batch_result *more, bool *found, struct err *e) {
  struct strbuf bytes;
  char id[65];
  const char *file = r->file;
  const size_t limit = r->limit;
  struct arena_mark mark = arena_mark(r->a);
  *more = (struct batch_result){.sequence = 0};
  strbuf_init(&bytes, BATCH_MAX_FILE);
  enum err_code code = next_held(r, survey, id, &bytes, e);
  *found = !code && id[0];
  r->file = *found ? id : file;
  r->limit = BATCH_MAX_FILE;
  if (*found) code = receive_bytes(r, str_view(bytes.p, bytes.n), more, e);
  r->file = file;
  r->limit = limit;
  strbuf_release(&bytes);
  arena_reset(r->a, mark);
  if (code == E_BATCH_FORK && drop_held(r, id, NULL)) return code;
  return code;
}

/* The batch that was handed in is received whatever becomes of those that waited for it; their refusal is said apart. */
static void receive_held(struct receiving *r, const char *survey, struct batch_result *out) {
  const char *file = r->file;
  for (;;) {
    struct batch_result more;
    struct err problem = {.code = E_OK};
    bool found = false;
    enum err_code code = receive_one_held(r, survey, &more, &found, &problem);
    if (code) {
      out->refused++;
      job_problem(store_job(r->s), &problem);
    }
    if (code || !found) break;
    out->followed++;
    out->records += more.records;
    out->lower += more.lower;
  }
  r->file = file;
}

static enum err_code survey_of(struct receiving *r, const char *id, char survey[64], struct err *e) {
  struct db_statement *q;
  bool row;
  survey[0] = 0;
  TRY(db_prepare(store_db(r->s), "SELECT survey FROM batch WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &row, e));
  if (row) snprintf(survey, 64, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  return E_OK;
}

static enum err_code receive_logged(struct receiving *r, struct str bytes, struct batch_result *out, struct err *e) {
  const struct log_entry intent = {.action = "data-import", .object = "batch"};
  char survey[64];
  TRY(store_log_intent(r->s, &intent, &r->access, e));
  enum err_code code = receive_bytes(r, bytes, out, e);
  if (!code && !out->held && out->sequence) {
    code = survey_of(r, out->id, survey, e);
    if (!code) receive_held(r, survey, out);
  }
  const struct log_entry outcome = {.action = "data-import", .object = out->id[0] ? out->id : "batch", .rows = out->records};
  enum err_code logged = store_log_outcome(r->s, r->access, &outcome, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

/* --- many files, one job --- */
struct batch_receiver {
  struct store *s;
  struct batch_forms *forms;
  const char *receipt_folder;
  size_t limit;
};

enum err_code batch_receiver_new(struct store *s, const char *forms, const char *receipt_folder, struct batch_receiver **out, struct err *e) {
  *out = NULL;
  TRY(ledger_prepare(s, e));
  struct batch_receiver *r = calloc(1, sizeof *r);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "batch");
  *r = (struct batch_receiver){.s = s, .receipt_folder = receipt_folder, .limit = BATCH_USUAL_FILE};
  enum err_code code = batch_forms_new(store_job(s), forms, &r->forms, e);
  if (code) batch_receiver_free(r);
  else *out = r;
  return code;
}

void batch_receiver_expect_large(struct batch_receiver *r) { r->limit = BATCH_MAX_FILE; }

void batch_receiver_free(struct batch_receiver *r) {
  if (!r) return;
  batch_forms_free(r->forms);
  free(r);
}

static enum err_code take_bytes(struct batch_receiver *receiver, const char *name, struct str bytes, struct batch_result *out, struct err *e) {
  struct receiving r = {.s = receiver->s, .a = arena_new(0), .forms = receiver->forms, .file = name, .receipt_folder = receiver->receipt_folder,
      .now = job_now(store_job(receiver->s)), .limit = receiver->limit};
  enum err_code code = r.a ? receive_logged(&r, bytes, out, e) : ERR(e, E_NO_MEMORY, .subject = "batch");
  arena_free(r.a);
  return code;
}

/* A part waits in the inbox until all are there; then the whole is received and the parts go. */
static enum err_code take_part(struct batch_receiver *receiver, const char *name, struct str bytes, struct batch_result *out, struct err *e) {
  struct batch_volume_set set = {.present = 0};
  struct batch_volume v;
  struct strbuf whole;
  bool complete;
  TRY(batch_volume_parse(name, bytes, &v, e));
  if ((uint64_t)v.bytes > receiver->limit) return ERR(e, E_BATCH_LARGE, .file = name, .subject = name); /* before the other parts come */
  TRY(batch_volume_was_done(receiver->s, v.whole_sha256, out->id, &out->already, e));
  if (out->already) return E_OK;
  strbuf_init(&whole, BATCH_MAX_FILE);
  enum err_code code = batch_inbox_keep(receiver->s, name, bytes, &set, &whole, &complete, e);
  if (!code && complete) {
    code = take_bytes(receiver, set.of.file, str_view(whole.p, whole.n), out, e);
    if (!code) code = batch_volume_note_done(receiver->s, v.whole_sha256, out->id, e);
    if (!code) code = batch_inbox_drop(receiver->s, &set.of, e);
  } else if (!code) {
    out->part = set.of.part;
    out->parts = set.of.parts;
    memcpy(out->id, set.of.batch, sizeof out->id);
    snprintf(out->missing, sizeof out->missing, "%s", set.missing);
  }
  strbuf_release(&whole);
  return code;
}

static enum err_code take_carrier(struct batch_receiver *receiver, const char *name, struct str bytes, struct batch_result *out, struct err *e) {
  char inside[VOLUME_NAME];
  struct str content = bytes;
  if (batch_is_zip(bytes)) TRY(batch_zip_read(name, bytes, inside, &content, e));
  if (content.p != bytes.p) name = inside;
  return batch_is_volume(content) ? take_part(receiver, name, content, out, e) : take_bytes(receiver, name, content, out, e);
}

enum err_code batch_receiver_take(struct batch_receiver *receiver, const char *path, struct batch_result *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  *out = (struct batch_result){.sequence = 0};
  TRY(batch_file_read(path, receiver->limit, &p, &n, e));
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  enum err_code code = take_carrier(receiver, name, str_view((const char *)p, n), out, e);
  free(p);
  return code;
}

/* A held batch is let in with a reason: the missing numbers are noted, and may still come. */
enum err_code batch_release_held(struct store *s, const char *forms, const char *id, const char *reason, const char *receipt_folder,
                                 struct batch_result *out, struct err *e) {
  struct batch_receiver *receiver;
  struct strbuf bytes;
  char full[BATCH_ID_HEX], blob[65];
  *out = (struct batch_result){.sequence = 0};
  if (!reason || !*reason) return ERR(e, E_HELD_REASON, .subject = id);
  TRY(batch_receiver_new(s, forms, receipt_folder, &receiver, e));
  struct receiving r = {.s = s,
                        .a = arena_new(0),
                        .forms = receiver->forms,
                        .file = id,
                        .receipt_folder = receipt_folder,
                        .now = job_now(store_job(s)),
                        .limit = BATCH_MAX_FILE,
                        .release_reason = reason};
  const struct log_entry intent = {.action = "data-import", .object = "batch:held", .detail = reason};
  char survey[64];
  strbuf_init(&bytes, BATCH_MAX_FILE);
  enum err_code code = r.a ? batch_find_held(s, id, full, blob, e) : ERR(e, E_NO_MEMORY, .subject = "batch");
  if (!code) code = store_log_intent(s, &intent, &r.access, e);
  if (!code) {
    code = store_blob_get(s, blob, r.access, BATCH_MAX_FILE, &bytes, e);
    if (!code) code = receive_bytes(&r, str_view(bytes.p, bytes.n), out, e);
    r.release_reason = NULL;
    if (!code) code = survey_of(&r, out->id, survey, e);
    if (!code) receive_held(&r, survey, out);
    const struct log_entry outcome = {.action = "data-import", .object = full, .rows = out->records};
    enum err_code logged = store_log_outcome(s, r.access, &outcome, code == E_OK, code ? NULL : e);
    if (!code) code = logged;
  }
  strbuf_release(&bytes);
  arena_free(r.a);
  batch_receiver_free(receiver);
  return code;
}

enum err_code batch_receive(struct store *s, const char *forms, const char *path, const char *receipt_folder, struct batch_result *out,
    struct err *e) {
  struct batch_receiver *r;
  *out = (struct batch_result){.sequence = 0};
  TRY(batch_receiver_new(s, forms, receipt_folder, &r, e));
  enum err_code code = batch_receiver_take(r, path, out, e);
  batch_receiver_free(r);
  return code;
}

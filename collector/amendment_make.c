/* amendment_make.c -- an amendment is made at a higher office and answered by the owner (amendment.h). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_sodium.h"
#include "base/json_out.h"
#include "collector/amendment.h"
#include "collector/batch.h"
#include "collector/batch_receipt.h"
#include "collector/intake_change.h"
#include "collector/ledger.h"
#include "collector/version_store.h"

struct making {
  struct store *s;
  struct arena *a;
  struct batch_forms *forms;
  const struct form *form;
  const struct amendment_request *q;
  int64_t access;
};

static enum err_code split_changes(struct making *w, struct amendment *m, struct err *e) {
  m->changes = ARENA_ARRAY(w->a, struct amendment_change, w->q->n_changes + 1);
  if (!m->changes) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  for (int i = 0; i < w->q->n_changes; i++) {
    struct str value, item = str_split(str_of(w->q->changes[i]), '=', &value);
    struct amendment_change *c = &m->changes[m->n_changes++];
    c->item = arena_strdup(w->a, item.p, item.n);
    c->value = value.p ? value.p : "";
    if (!c->item) return ERR(e, E_NO_MEMORY, .subject = "amendment");
    const struct item *it = form_item(w->form, c->item);
    if (!it || it->origin != ORIGIN_REPORTED) return ERR(e, E_AMEND_BAD, .found = c->item, .expected = "a reported item of the form");
    for (int k = 0; k < w->form->records[0].n_keys; k++)
      if (w->form->records[0].keys[k] == it) return ERR(e, E_AMEND_BAD, .found = c->item, .expected = "an item that is no key");
  }
  return E_OK;
}

static enum err_code find_current(struct making *w, struct amendment *m, struct err *e) {
  struct version_chain chain;
  struct strbuf key;
  const struct version_owner o = {w->q->office, w->q->survey, w->q->form, w->q->period};
  strbuf_init(&key, 1 << 16);
  enum err_code code = intake_key_text(w->a, w->form, w->q->keys, w->q->n_keys, &key, e);
  const char *text = code ? NULL : arena_strdup(w->a, key.p, key.n);
  m->key = str_view(text, text ? key.n : 0);
  strbuf_release(&key);
  if (!code && !text) code = ERR(e, E_NO_MEMORY, .subject = "amendment");
  if (!code) code = version_load(w->s, w->a, w->forms, w->form, &o, w->access, &chain, e);
  if (code) return code;
  int64_t at = version_by_key(&chain, m->key);
  if (at < 0 || chain.list[at].state != VERSION_CURRENT) return ERR(e, E_CHANGE_NO_RECORD, .subject = w->form->id);
  memcpy(m->base, chain.list[at].token, VERSION_TOKEN);
  return E_OK;
}

static enum err_code fill(struct making *w, struct amendment *m, struct err *e) {
  uint8_t salt[16];
  char *salt_hex = arena_alloc(w->a, 2 * sizeof salt + 1, 1), *made = arena_alloc(w->a, 24, 1);
  if (!salt_hex || !made) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  random_bytes(salt, sizeof salt);
  hex_encode(salt, sizeof salt, salt_hex);
  time_format_utc(job_now(store_job(w->s)), made);
  *m = (struct amendment){.survey = w->q->survey,
                          .form = w->q->form,
                          .period = w->q->period,
                          .office = w->q->office,
                          .by = store_office(w->s)->id,
                          .reason = w->q->reason,
                          .made = made,
                          .salt = salt_hex,
                          .withdraw = w->q->withdraw ? w->q->withdraw : ""};
  if (m->withdraw[0] && !withdraw_reason_find(m->withdraw))
    return ERR(e, E_CHANGE_REASON, .subject = m->withdraw, .expected = withdraw_reason_list());
  if (m->withdraw[0] ? w->q->n_changes != 0 : w->q->n_changes < 1 || w->q->n_changes > AMENDMENT_MAX_CHANGES)
    return ERR(e, E_AMEND_BAD, .found = "changes", .expected = "--set ITEM=VALUE, or --withdraw CODE");
  if (!w->q->reason || !*w->q->reason) return ERR(e, E_AMEND_BAD, .found = "reason");
  TRY(split_changes(w, m, e));
  return find_current(w, m, e);
}

/* The last batch that brought records of the office, and who brought it. */
static enum err_code last_carrier(struct making *w, char batch[65], char child[48], struct err *e) {
  struct db_statement *q;
  bool row;
  batch[0] = child[0] = 0;
  TRY(db_prepare(store_db(w->s), "SELECT carried_in, carried_by FROM batch WHERE sender = ? AND survey = ? ORDER BY sequence DESC LIMIT 1", &q, e));
  db_bind_cstr(q, 1, w->q->office);
  db_bind_cstr(q, 2, w->q->survey);
  TRY(db_step(q, &row, e));
  if (row) {
    snprintf(batch, 65, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(child, 48, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  db_reset(q);
  return row ? E_OK : ERR(e, E_BATCH_UNKNOWN, .subject = w->q->office);
}

static enum err_code make_inside(struct making *w, const char *receipt_folder, char id[65], char path[4096], struct err *e) {
  struct amendment m;
  struct strbuf json, signature;
  char batch[65], child[48];
  TRY(fill(w, &m, e));
  TRY(last_carrier(w, batch, child, e));
  strbuf_init(&json, AMENDMENT_MAX_BYTES + 1);
  strbuf_init(&signature, 4096);
  enum err_code code = amendment_write(&m, &json, e);
  if (!code) code = store_sign(w->s, json.p, json.n, "amendment", &signature, e);
  if (!code) batch_id_of(str_view(json.p, json.n), id);
  if (!code) code = store_begin(w->s, e);
  if (!code) {
    code = amendment_keep(w->s, w->a, "amendment", str_view(json.p, json.n), str_view(signature.p, signature.n), store_office(w->s)->minisign_public,
                          m.by, e);
    if (!code) code = batch_receipt_renew(w->s, w->a, batch, child, w->access, e);
    if (!code) code = store_commit(w->s, e);
    if (code) store_rollback(w->s);
  }
  if (json.p) wipe(json.p, json.n);
  strbuf_release(&json);
  strbuf_release(&signature);
  return code ? code : batch_receipt_write_by_id(w->s, w->a, batch, receipt_folder, w->access, path, e);
}

static enum err_code start(struct making *w, const char *forms, struct err *e) {
  struct form *f = NULL;
  struct period p;
  TRY(ledger_prepare(w->s, e));
  if (!period_parse(str_of(w->q->period), &p)) return ERR(e, E_INTAKE_PERIOD, .subject = w->q->period);
  TRY(batch_forms_new(store_job(w->s), forms, &w->forms, e));
  TRY(form_read(w->a, store_job(w->s), forms, w->q->survey, w->q->form, NULL, period_last_day(&p), &f, NULL, e));
  w->form = f;
  return E_OK;
}

enum err_code amendment_make(struct store *s, const char *forms, const struct amendment_request *q, const char *receipt_folder, char id[65],
                             char receipt_path[4096], struct err *e) {
  struct making w = {.s = s, .a = arena_new(0), .q = q};
  char object[96];
  struct err ignored = {.code = E_OK};
  snprintf(object, sizeof object, "amendment:%.40s/%.40s", q->survey, q->form);
  const struct log_entry entry = {.action = "data-read", .object = object, .rows = 1, .detail = "amendment made"};
  receipt_path[0] = 0;
  if (!w.a) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  enum err_code code = strcmp(q->office, store_office(s)->id) ? start(&w, forms, e) : ERR(e, E_AMEND_OWN, .subject = q->office);
  if (!code) code = store_log_intent(s, &entry, &w.access, e);
  if (!code) {
    code = make_inside(&w, receipt_folder, id, receipt_path, e);
    enum err_code logged = store_log_outcome(s, w.access, &entry, code == E_OK, code ? &ignored : e);
    if (!code) code = logged;
  }
  batch_forms_free(w.forms);
  arena_free(w.a);
  return code;
}

/* --- the owner answers --- */
static enum err_code keep_answer(struct store *s, const char *id, bool adopted, const char *reason, struct err *e) {
  struct strbuf text;
  struct json_out j;
  char made[24];
  strbuf_init(&text, AMENDMENT_MAX_BYTES);
  time_format_utc(job_now(store_job(s)), made);
  json_begin(&j, &text, true);
  json_object(&j);
  json_put(&j, "amendment", id);
  json_put(&j, "answer", adopted ? "adopted" : "objected");
  json_put(&j, "made", made);
  json_put(&j, "reason", reason);
  json_end_object(&j);
  enum err_code code = json_done(&j) && !text.failed ? store_begin(s, e) : ERR(e, E_NO_MEMORY, .subject = "answer");
  if (!code) {
    code = amendment_keep_answer(s, id, store_office(s)->id, str_view(text.p, text.n), e);
    if (!code) code = store_commit(s, e);
    if (code) store_rollback(s);
  }
  strbuf_release(&text);
  return code;
}

static enum err_code adopt(struct making *w, const struct amendment *m, const char *id, struct err *e) {
  struct amendment_request *q = ARENA_NEW(w->a, struct amendment_request);
  const char *sets[AMENDMENT_MAX_CHANGES];
  struct withdraw_report done;
  if (!q) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  *q = (struct amendment_request){.office = m->office, .survey = m->survey, .form = m->form, .period = m->period};
  w->q = q;
  TRY(start(w, forms_folder(), e));
  for (int i = 0; i < m->n_changes; i++)
    if (!(sets[i] = arena_printf(w->a, "%s=%s", m->changes[i].item, m->changes[i].value))) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  const struct withdraw_request one = {
      .period = m->period, .reason = m->withdraw, .key_text = m->key, .base = m->base, .sets = sets, .n_sets = m->n_changes, .asked_by = id};
  return m->withdraw[0] ? intake_withdraw(store_job(w->s), w->s, forms_folder(), w->form, &one, &done, e)
                        : intake_correct_one(store_job(w->s), w->s, forms_folder(), w->form, &one, &done, e);
}

enum err_code amendment_answer(struct store *s, const char *forms, const char *prefix, bool adopted, const char *reason, struct err *e) {
  struct making w = {.s = s, .a = arena_new(0)};
  struct amendment_entry entry;
  struct amendment *m = NULL;
  char object[96];
  struct err ignored = {.code = E_OK};
  (void)forms;
  if (!w.a) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  snprintf(object, sizeof object, "amendment:%.64s", prefix);
  const struct log_entry log = {.action = "data-read", .object = object, .rows = 1, .detail = adopted ? "adopted" : "objected"};
  enum err_code code = ledger_prepare(s, e);
  if (!code && (!reason || !*reason)) code = ERR(e, E_AMEND_BAD, .found = "reason");
  if (!code) code = store_log_intent(s, &log, &w.access, e);
  if (!code) {
    code = amendment_open(s, w.a, prefix, w.access, &entry, &m, e);
    if (!code && strcmp(m->office, store_office(s)->id)) code = ERR(e, E_AMEND_BAD, .found = "office", .expected = m->office);
    enum err_code logged = store_log_outcome(s, w.access, &log, code == E_OK, code ? &ignored : e);
    if (!code) code = logged;
  }
  if (!code && adopted) code = adopt(&w, m, entry.id, e); /* done before it is said: killed between, adopting again finds it done */
  if (!code) code = keep_answer(s, entry.id, adopted, reason, e);
  batch_forms_free(w.forms);
  arena_free(w.a);
  return code;
}

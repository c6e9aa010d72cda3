/* intake_withdraw.c -- one record is withdrawn: a tombstone with its reason is one more version of it; nothing is deleted (intake_change.h). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/intake_change.h"
#include "collector/intake_impl.h"
#include "collector/ledger.h"
#include "collector/version_store.h"

struct withdrawing {
  struct store *s;
  struct arena *a;
  const struct form *form;
  const struct withdraw_request *q;
  struct version_owner owner;
  struct batch_forms *forms;
  struct strbuf key;
  int64_t access;
};

static const char *key_names(const struct form *f, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  for (int i = 0; i < f->records[0].n_keys && n < size; i++) n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "", f->records[0].keys[i]->name);
  return out;
}

static const char *value_given(const struct withdraw_request *q, const char *item) {
  size_t n = strlen(item);
  for (int i = 0; i < q->n_keys; i++)
    if (!strncmp(q->keys[i], item, n) && q->keys[i][n] == '=') return q->keys[i] + n + 1;
  return NULL;
}

/* The value as intake reads it, so that 令和7年4月1日 finds what a file wrote as 2025-04-01. */
static enum err_code put_key(struct withdrawing *w, struct table *t, const struct item *item, const char *text, struct err *e) {
  struct item_reader *reader = ARENA_NEW(w->a, struct item_reader);
  struct column *c = table_column(t, item->name);
  struct cell_value v;
  char names[512];
  if (!reader || !c) return ERR(e, E_NO_MEMORY, .subject = "keys");
  TRY(item_reader_init(w->a, w->form, item, reader, e));
  item_read(reader, str_of(text), &v);
  c->status[0] = v.status;
  bool present = value_present(v.status);
  if (present && c->type == COL_INT) c->i64[0] = v.number;
  else if (present) c->code[0] = v.code >= 0 && !reader->own_dict && reader->index ? dict_add(c->dict, dict_text(reader->index->list->dict, v.code)) : dict_add(c->dict, v.text);
  item_reader_release(reader);
  return present ? E_OK : ERR(e, E_CHANGE_NO_RECORD, .subject = w->form->id, .expected = key_names(w->form, names, sizeof names));
}

static enum err_code read_keys(struct withdrawing *w, struct err *e) {
  enum { MAX_COLUMNS = 512 };
  struct column columns[MAX_COLUMNS];
  struct table t;
  char names[512];
  const struct record_type *r = &w->form->records[0];
  if (w->q->n_keys != r->n_keys || !r->n_keys) return ERR(e, E_CHANGE_NO_RECORD, .subject = w->form->id, .expected = key_names(w->form, names, sizeof names));
  int n = form_columns(w->form, r->name, columns, MAX_COLUMNS);
  for (int k = 0; k < n; k++) columns[k].dict = NULL;
  TRY(table_init(&t, w->a, columns, n, 1, e));
  t.n_rows = 1;
  for (int i = 0; i < r->n_keys; i++) {
    const char *text = value_given(w->q, r->keys[i]->name);
    if (!text) return ERR(e, E_CHANGE_NO_RECORD, .subject = w->form->id, .expected = key_names(w->form, names, sizeof names));
    TRY(put_key(w, &t, r->keys[i], text, e));
  }
  return record_key(w->form, &t, 0, &w->key, e);
}

static enum err_code add_entry(struct withdrawing *w, const uint8_t base[VERSION_TOKEN], struct intake_run *run, struct err *e) {
  char blob[65], base_hex[2 * VERSION_TOKEN + 1];
  uint8_t token[32];
  int64_t round;
  struct strbuf text;
  hex_encode(base, VERSION_TOKEN, base_hex);
  TRY(store_token(w->s, "intake-withdrawal", base_hex, strlen(base_hex), token, e));
  hex_encode(token, sizeof token, run->file_token);
  strbuf_init(&text, 1 << 20);
  strbuf_addf(&text, "withdrawal\nreason %s\nversion %s\nkeys ", w->q->reason, base_hex);
  strbuf_add(&text, w->key.p, w->key.n);
  strbuf_addc(&text, '\n');
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = "withdrawal") : store_blob_put(w->s, "original", "withdrawal", text.p, text.n, PART_ANSWER, blob, e);
  run->report->bytes = (int64_t)text.n;
  if (!code) code = ledger_round(w->s, w->form, w->q->period, &round, e);
  if (!code) code = ledger_add(run, blob, 0, round, e);
  if (text.p) wipe(text.p, text.n);
  strbuf_release(&text);
  return code;
}

static enum err_code record_withdrawn(struct withdrawing *w, int64_t id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(w->s), "INSERT INTO intake_change(intake, corrected, withdrawn, unchanged) VALUES(?,0,1,0)", &q, e));
  db_bind_int(q, 1, id);
  return db_execute(q, e);
}

static enum err_code write_withdrawal(struct withdrawing *w, const struct record_version *current, struct withdraw_report *out, struct err *e) {
  struct intake_report report = {.declared = -1, .encoding = ENCODING_UTF8};
  struct intake_run run = {.job = store_job(w->s), .store = w->s, .form = w->form, .report = &report};
  struct record_changes changes = {.n = 0};
  struct record_change change = {.row = 0, .action = CHANGE_WITHDRAW, .reason = w->q->reason, .key = str_view(w->key.p, w->key.n)};
  struct version_counts counts;
  snprintf(report.period, sizeof report.period, "%s", w->q->period);
  memcpy(change.base, current->token, VERSION_TOKEN);
  TRY(record_changes_add(w->a, &changes, &change, e));
  TRY(ledger_next_id(w->s, &run.id, e));
  TRY(add_entry(w, current->token, &run, e));
  TRY(version_write_changes(w->s, w->a, &w->owner, w->form->hash_hex, "", run.id, &changes, e));
  TRY(record_withdrawn(w, run.id, e));
  out->id = run.id;
  return version_settle(w->s, w->a, w->forms, w->form, &w->owner, w->access, &counts, e);
}

static enum err_code withdraw_inside(struct withdrawing *w, struct withdraw_report *out, struct err *e) {
  struct version_chain chain;
  char names[512];
  TRY(intake_schema(w->s, e));
  TRY(version_load(w->s, w->a, w->forms, w->form, &w->owner, w->access, &chain, e));
  int64_t at = version_by_key(&chain, str_view(w->key.p, w->key.n));
  if (at < 0) return ERR(e, E_CHANGE_NO_RECORD, .subject = w->form->id, .expected = key_names(w->form, names, sizeof names));
  out->already = chain.list[at].state == VERSION_WITHDRAWN;
  return out->already ? E_OK : write_withdrawal(w, &chain.list[at], out, e);
}

static enum err_code in_transaction(struct withdrawing *w, struct withdraw_report *out, struct err *e) {
  TRY(store_begin(w->s, e));
  enum err_code code = withdraw_inside(w, out, e);
  if (!code) code = store_commit(w->s, e);
  if (code) store_rollback(w->s);
  return code;
}

static enum err_code logged(struct withdrawing *w, struct withdraw_report *out, struct err *e) {
  char object[160];
  snprintf(object, sizeof object, "withdrawal:%s/%s/%s", w->form->survey, w->form->id, w->q->period);
  const struct log_entry entry = {.action = "data-import", .object = object, .purpose = w->q->reason, .rows = 1};
  struct err ignored = {.code = E_OK};
  TRY(store_log_intent(w->s, &entry, &w->access, e));
  enum err_code code = in_transaction(w, out, e);
  enum err_code closed = store_log_outcome(w->s, w->access, &entry, code == E_OK, code ? &ignored : e);
  return code ? code : closed;
}

enum err_code intake_withdraw(const struct job *job, struct store *s, const char *forms, const struct form *form, const struct withdraw_request *request,
                              struct withdraw_report *out, struct err *e) {
  struct withdrawing w = {.s = s, .a = arena_new(0), .form = form, .q = request};
  struct period p;
  *out = (struct withdraw_report){.id = 0};
  if (!w.a) return ERR(e, E_NO_MEMORY, .subject = "withdrawal");
  strbuf_init(&w.key, 1 << 20);
  w.owner = (struct version_owner){store_office(s)->id, form->survey, form->id, request->period};
  enum err_code code = E_OK;
  if (!request->period || !period_parse(str_of(request->period), &p) || p.kind != form->period_kind) code = ERR(e, E_INTAKE_PERIOD, .subject = request->period ? request->period : "");
  if (!code && !withdraw_reason_find(request->reason)) code = ERR(e, E_CHANGE_REASON, .subject = request->reason, .expected = withdraw_reason_list());
  if (!code) code = ledger_prepare(s, e);
  if (!code) code = batch_forms_new(job, forms, &w.forms, e);
  if (!code) code = read_keys(&w, e);
  if (!code) code = logged(&w, out, e);
  if (w.key.p) wipe(w.key.p, w.key.n);
  strbuf_release(&w.key);
  batch_forms_free(w.forms);
  arena_free(w.a);
  return code;
}

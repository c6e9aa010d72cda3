/* intake_withdraw.c -- one record is withdrawn, or corrected item by item: one more version of it; nothing is deleted (intake_change.h). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/batch_records.h"
#include "collector/derive.h"
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
  bool correct, inside; /* inside: the caller's transaction and access log entry */
};

static const char *key_names(const struct form *f, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  for (int i = 0; i < f->records[0].n_keys && n < size; i++)
    n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "", f->records[0].keys[i]->name);
  return out;
}

static const char *value_given(const char *const *keys, int n_keys, const char *item) {
  size_t n = strlen(item);
  for (int i = 0; i < n_keys; i++)
    if (!strncmp(keys[i], item, n) && keys[i][n] == '=') return keys[i] + n + 1;
  return NULL;
}

/* The value as intake reads it, so that 令和7年4月1日 finds what a file wrote as 2025-04-01. */
static enum err_code put_value(struct arena *a, const struct form *f, struct table *t, int64_t row, const struct item *item, const char *text,
                               enum err_code *problem, struct err *e) {
  struct item_reader *reader = ARENA_NEW(a, struct item_reader);
  struct column *c = table_column(t, item->name);
  struct cell_value v;
  if (!reader || !c) return ERR(e, E_NO_MEMORY, .subject = "keys");
  TRY(item_reader_init(a, f, item, reader, e));
  item_read(reader, str_of(text), &v);
  c->status[row] = v.status;
  *problem = v.problem;
  bool present = value_present(v.status);
  if (c->i64) c->i64[row] = present ? v.number : 0;
  if (c->code)
    c->code[row] =
        !present ? 0 : dict_add(c->dict, v.code >= 0 && !reader->own_dict && reader->index ? dict_text(reader->index->list->dict, v.code) : v.text);
  item_reader_release(reader);
  return E_OK;
}

static enum err_code no_record(const struct form *f, struct err *e) {
  char names[512];
  return ERR(e, E_CHANGE_NO_RECORD, .subject = f->id, .expected = key_names(f, names, sizeof names));
}

/* The record type whose keys are exactly those given; NULL = none. */
static const struct record_type *type_of_keys(const struct form *f, const char *const *keys, int n_keys) {
  for (int i = 0; i < f->n_records; i++) {
    const struct record_type *r = &f->records[i];
    bool all = r->n_keys > 0 && r->n_keys == n_keys;
    for (int k = 0; k < r->n_keys && all; k++) all = value_given(keys, n_keys, r->keys[k]->name) != NULL;
    if (all) return r;
  }
  return NULL;
}

enum err_code intake_key_text(struct arena *a, const struct form *form, const char *const *keys, int n_keys, struct strbuf *out, struct err *e) {
  enum { MAX_COLUMNS = 512 };
  struct column columns[MAX_COLUMNS];
  struct table t;
  enum err_code problem;
  const struct record_type *r = type_of_keys(form, keys, n_keys);
  if (!r) return no_record(form, e);
  int n = form_columns(form, r->name, columns, MAX_COLUMNS);
  for (int k = 0; k < n; k++) columns[k].dict = NULL;
  TRY(table_init(&t, a, columns, n, 1, e));
  t.n_rows = 1;
  for (int i = 0; i < r->n_keys; i++) {
    const char *text = value_given(keys, n_keys, r->keys[i]->name);
    if (!text) return no_record(form, e);
    TRY(put_value(a, form, &t, 0, r->keys[i], text, &problem, e));
    if (!value_present(table_column(&t, r->keys[i]->name)->status[0])) return no_record(form, e);
  }
  return record_key(form, &t, 0, out, e);
}

static enum err_code read_keys(struct withdrawing *w, struct err *e) {
  if (!w->q->key_text.p) return intake_key_text(w->a, w->form, w->q->keys, w->q->n_keys, &w->key, e);
  strbuf_add(&w->key, w->q->key_text.p, w->q->key_text.n);
  return w->key.failed ? ERR(e, E_NO_MEMORY, .subject = "record key") : E_OK;
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
  strbuf_addf(&text, "%s\nreason %s\nversion %s\nkeys ", w->correct ? "correction" : "withdrawal", w->q->reason ? w->q->reason : "", base_hex);
  strbuf_add(&text, w->key.p, w->key.n);
  strbuf_addc(&text, '\n');
  for (int i = 0; i < w->q->n_sets; i++) strbuf_addf(&text, "%s\n", w->q->sets[i]);
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = "withdrawal")
                                   : store_blob_put(w->s, "original", w->correct ? "correction" : "withdrawal", text.p, text.n, PART_ANSWER, blob, e);
  run->report->bytes = (int64_t)text.n;
  if (!code) code = ledger_round(w->s, w->form, w->q->period, &round, e);
  if (!code) code = ledger_add(run, blob, run->report->shard, round, e);
  if (text.p) wipe(text.p, text.n);
  strbuf_release(&text);
  return code;
}

static enum err_code record_change(struct withdrawing *w, int64_t id, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(w->s), "INSERT INTO intake_change(intake, corrected, withdrawn, unchanged) VALUES(?,?,?,0)", &q, e));
  db_bind_int(q, 1, id);
  db_bind_int(q, 2, w->correct);
  db_bind_int(q, 3, !w->correct);
  TRY(db_execute(q, e));
  if (!w->q->asked_by) return E_OK;
  TRY(db_prepare(store_db(w->s), "INSERT INTO intake_asked(intake, asked_by) VALUES(?,?)", &q, e));
  db_bind_int(q, 1, id);
  db_bind_cstr(q, 2, w->q->asked_by);
  return db_execute(q, e);
}

/* \N not applicable, \U unknown, \R refused: what a cell cannot say in every form. */
static bool put_mark(struct column *c, int64_t row, struct str text) {
  static const struct {
    char letter;
    enum value_status status;
  } marks[] = {{'N', VAL_NOT_APPLICABLE}, {'U', VAL_UNKNOWN}, {'R', VAL_REFUSED}};
  for (size_t i = 0; text.n == 2 && text.p[0] == '\\' && i < sizeof marks / sizeof *marks; i++) {
    if (text.p[1] != marks[i].letter) continue;
    c->status[row] = (uint8_t)marks[i].status;
    if (c->i64) c->i64[row] = 0;
    if (c->code) c->code[row] = 0;
    return true;
  }
  return false;
}

/* The current row with the items set, alone in its table. */
static enum err_code changed_row(struct withdrawing *w, const struct record_version *current, struct table *t, bool *same, struct err *e) {
  struct strbuf scratch;
  uint8_t content[32];
  TRY(store_shard_read_all(w->s, current->shard, w->access, NULL, 0, w->a, t, e));
  uint8_t *drop = ARENA_ARRAY(w->a, uint8_t, t->n_rows / 8 + 1);
  if (!drop) return ERR(e, E_NO_MEMORY, .subject = "correction");
  memset(drop, 0xff, (size_t)(t->n_rows / 8 + 1));
  drop[current->row / 8] = (uint8_t)(drop[current->row / 8] & ~(1u << (current->row % 8)));
  table_drop_rows(t, drop);
  for (int i = 0; i < w->q->n_sets; i++) {
    enum err_code problem;
    struct str value, name = str_split(str_of(w->q->sets[i]), '=', &value);
    char item[64];
    snprintf(item, sizeof item, "%.*s", (int)(name.n < 63 ? name.n : 63), name.p);
    const struct item *it = form_item(w->form, item);
    if (!it || it->origin != ORIGIN_REPORTED) return ERR(e, E_AMEND_BAD, .found = "item");
    struct column *column = table_column(t, item);
    if (w->q->marks && column && put_mark(column, 0, value)) continue;
    TRY(put_value(w->a, w->form, t, 0, it, value.p ? value.p : "", &problem, e));
    if (problem) return ERR(e, E_AMEND_BAD, .found = it->name);
  }
  TRY(derive_columns(w->a, w->form, t, e));
  strbuf_init(&scratch, 64u << 20);
  enum err_code code = batch_record_content(w->form, t, 0, &scratch, content, e);
  if (scratch.p) wipe(scratch.p, scratch.n);
  strbuf_release(&scratch);
  *same = !code && !memcmp(content, current->content, sizeof content);
  return code;
}

static enum err_code write_row(struct withdrawing *w, const struct table *t, int64_t number, int64_t *shard, struct err *e) {
  const struct dataset_key key = {w->owner.survey, w->owner.form, w->owner.period, "received"};
  struct shard_write *out = NULL;
  uint8_t *parts = ARENA_ARRAY(w->a, uint8_t, t->n_columns + 1);
  if (!parts) return ERR(e, E_NO_MEMORY, .subject = "correction");
  for (int k = 0; k < t->n_columns; k++) {
    const struct item *it = form_item(w->form, t->columns[k].name);
    parts[k] = it ? (uint8_t)it->part : PART_ANSWER;
  }
  TRY(store_shard_begin(w->s, &key, w->form->hash_hex, "", w->owner.office, number, &out, e));
  enum err_code code = store_shard_append(out, t, parts, 0, 1, e);
  if (!code) return store_shard_end(out, shard, e);
  store_shard_abort(out);
  return code;
}

static enum err_code write_version(struct withdrawing *w, const struct record_version *current, struct withdraw_report *out, struct err *e) {
  struct intake_report report = {.declared = -1, .encoding = ENCODING_UTF8};
  struct intake_run run = {.job = store_job(w->s), .store = w->s, .form = w->form, .report = &report};
  struct record_changes changes = {.n = 0};
  struct record_change change = {.row = 0, .action = w->correct ? CHANGE_REPLACE : CHANGE_WITHDRAW, .reason = w->correct ? "" : w->q->reason};
  struct version_counts counts;
  struct table t;
  snprintf(report.period, sizeof report.period, "%s", w->q->period);
  memcpy(change.base, current->token, VERSION_TOKEN);
  if (!w->correct) change.key = str_view(w->key.p, w->key.n);
  TRY(record_changes_add(w->a, &changes, &change, e));
  TRY(ledger_next_id(w->s, &run.id, e));
  if (w->correct) {
    TRY(changed_row(w, current, &t, &out->already, e));
    if (out->already) return E_OK;
    TRY(write_row(w, &t, run.id, &report.shard, e));
    report.rows_read = report.accepted = 1;
  }
  TRY(add_entry(w, current->token, &run, e));
  TRY(version_write_changes(w->s, w->a, &w->owner, w->form->hash_hex, "", run.id, &changes, e));
  TRY(record_change(w, run.id, e));
  out->id = run.id;
  return version_settle(w->s, w->a, w->forms, w->form, &w->owner, w->access, &counts, e);
}

static enum err_code withdraw_inside(struct withdrawing *w, struct withdraw_report *out, struct err *e) {
  struct version_chain chain;
  TRY(intake_schema(w->s, e));
  TRY(version_load(w->s, w->a, w->forms, w->form, &w->owner, w->access, &chain, e));
  int64_t at = version_by_key(&chain, str_view(w->key.p, w->key.n));
  if (at < 0) return no_record(w->form, e);
  const struct record_version *v = &chain.list[at];
  bool withdrawn = v->state == VERSION_WITHDRAWN,
       done = !memcmp(v->base, w->q->base ? w->q->base : v->token, VERSION_TOKEN); /* built on the version meant */
  out->already = !w->correct && withdrawn;
  if (out->already || (w->q->base && done)) {
    out->already = true;
    return E_OK;
  }
  if (withdrawn || (w->q->base && memcmp(v->token, w->q->base, VERSION_TOKEN))) return no_record(w->form, e);
  return write_version(w, v, out, e);
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
  const struct log_entry entry = {.action = "data-import", .object = object, .purpose = w->q->reason ? w->q->reason : "", .rows = 1};
  struct err ignored = {.code = E_OK};
  TRY(store_log_intent(w->s, &entry, &w->access, e));
  enum err_code code = in_transaction(w, out, e);
  enum err_code closed = store_log_outcome(w->s, w->access, &entry, code == E_OK, code ? &ignored : e);
  return code ? code : closed;
}

static enum err_code run_one(struct withdrawing *w, const struct job *job, const char *forms, struct withdraw_report *out, struct err *e) {
  struct period p;
  *out = (struct withdraw_report){.id = 0};
  w->a = arena_new(0);
  if (!w->a) return ERR(e, E_NO_MEMORY, .subject = "withdrawal");
  strbuf_init(&w->key, 1 << 20);
  w->owner = (struct version_owner){store_office(w->s)->id, w->form->survey, w->form->id, w->q->period};
  enum err_code code = E_OK;
  if (!w->q->period || !period_parse(str_of(w->q->period), &p) || p.kind != w->form->period_kind)
    code = ERR(e, E_INTAKE_PERIOD, .subject = w->q->period ? w->q->period : "");
  if (!code && !w->correct && !withdraw_reason_find(w->q->reason))
    code = ERR(e, E_CHANGE_REASON, .subject = w->q->reason, .expected = withdraw_reason_list());
  if (!code) code = ledger_prepare(w->s, e);
  if (!code) code = batch_forms_new(job, forms, &w->forms, e);
  if (!code) code = read_keys(w, e);
  if (!code) code = w->inside ? withdraw_inside(w, out, e) : logged(w, out, e);
  if (w->key.p) wipe(w->key.p, w->key.n);
  strbuf_release(&w->key);
  batch_forms_free(w->forms);
  arena_free(w->a);
  return code;
}

enum err_code intake_withdraw(const struct job *job, struct store *s, const char *forms, const struct form *form,
                              const struct withdraw_request *request, struct withdraw_report *out, struct err *e) {
  struct withdrawing w = {.s = s, .form = form, .q = request};
  return run_one(&w, job, forms, out, e);
}

enum err_code intake_correct_one(const struct job *job, struct store *s, const char *forms, const struct form *form,
                                 const struct withdraw_request *request, struct withdraw_report *out, struct err *e) {
  struct withdrawing w = {.s = s, .form = form, .q = request, .correct = true};
  return run_one(&w, job, forms, out, e);
}

enum err_code intake_change_inside(struct store *s, const char *forms, const struct form *form, const struct withdraw_request *request, int64_t access,
                                   struct withdraw_report *out, struct err *e) {
  struct withdrawing w = {.s = s, .form = form, .q = request, .access = access, .correct = request->n_sets > 0, .inside = true};
  return run_one(&w, store_job(s), forms, out, e);
}

/* Sealing: what was taken in and not yet sent, plus the batches of lower offices not yet forwarded, becomes one numbered batch. */
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/amendment.h"
#include "collector/batch.h"
#include "collector/batch_carrier.h"
#include "collector/batch_chain.h"
#include "collector/batch_records.h"
#include "collector/batch_sent.h"
#include "collector/intake.h"
#include "collector/ledger.h"
#include "collector/repair_fix.h"
#include "collector/version_store.h"
#include "collector/ledger_notice.h"

enum { MAX_SHARDS = 100000, MAX_CONTROLS = 4096 };

struct sealing {
  struct store *s;
  struct arena *a;
  const struct batch_seal_request *req;
  struct batch_manifest m;
  struct batch_file *files;
  int64_t n_files, max_files;
  int64_t *shards; /* to be marked as sent: a shard id, or minus the intake id of a file without accepted rows */
  int64_t n_shards;
  int64_t records, access;
  struct amendment_file *amendments;
  int64_t n_amendments;
  int64_t replaced, withdrawn; /* corrections among the records; withdrawals beside them */
};

static enum err_code add_file(struct sealing *z, const char *name, struct str bytes, struct err *e) {
  if (!name || z->n_files == z->max_files) return ERR(e, name ? E_CAP_EXCEEDED : E_NO_MEMORY, .subject = "batch members");
  struct batch_member *member = &z->m.members[z->n_files];
  TRY(batch_member_fill(z->a, name, bytes, member, e));
  if (member->n_chunks) z->m.format = 2;
  z->files[z->n_files++] = (struct batch_file){name, bytes};
  z->m.n_members = z->n_files;
  return E_OK;
}

static struct str keep(struct arena *a, struct strbuf *b) {
  char *p = b->failed ? NULL : arena_strdup(a, b->p ? b->p : "", b->n);
  struct str s = {p, p ? b->n : 0};
  if (b->p) wipe(b->p, b->n);
  strbuf_release(b);
  return s;
}

/* --- own records --- */
/* One line per form and item although records come from several files; sums modulo 2^64, so that their order cannot matter. */
static struct batch_control *control_of(struct sealing *z, const char *form, const char *item) {
  for (int64_t i = 0; i < z->m.n_controls; i++)
    if (!strcmp(z->m.controls[i].form, form) && !strcmp(z->m.controls[i].item, item)) return &z->m.controls[i];
  if (z->m.n_controls == MAX_CONTROLS) return NULL;
  struct batch_control *c = &z->m.controls[z->m.n_controls++];
  *c = (struct batch_control){form, item, 0, 0};
  return c;
}

static enum err_code add_controls(struct sealing *z, const struct form *f, const struct table *t, struct err *e) {
  for (int k = 0; k < t->n_columns; k++) {
    const struct column *c = &t->columns[k];
    const struct item *it = form_item(f, c->name);
    if (!it || it->origin != ORIGIN_REPORTED || (it->class != CLASS_COUNT && it->class != CLASS_AMOUNT) || !c->i64) continue;
    struct batch_control *sum = control_of(z, f->id, it->name);
    if (!sum) return ERR(e, E_CAP_EXCEEDED, .subject = "control sums of one batch");
    for (int64_t i = 0; i < t->n_rows; i++)
      if (value_present(c->status[i])) {
        sum->sum = (int64_t)((uint64_t)sum->sum + (uint64_t)c->i64[i]);
        sum->n++;
      }
  }
  return E_OK;
}

static enum err_code add_original(struct sealing *z, const struct intake_entry *entry, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, BATCH_MAX_FILE);
  enum err_code code = store_blob_get(z->s, entry->blob, z->access, BATCH_MAX_FILE, &b, e);
  if (code) {
    strbuf_release(&b);
    return code;
  }
  struct str bytes = keep(z->a, &b);
  if (!bytes.p) return ERR(e, E_NO_MEMORY, .subject = "original file");
  /* By number: a name with a hash would rest in the ledger and confirm guesses about a small file. */
  return add_file(z, arena_printf(z->a, "original/%s/%06lld.bin", entry->form, (long long)entry->id), bytes, e);
}

static enum err_code add_rows(struct sealing *z, const struct form *f, const struct intake_entry *entry, bool with_changes, struct strbuf *csv,
                              struct batch_count *count, struct err *e) {
  const struct version_owner o = {store_office(z->s)->id, entry->survey, entry->form, entry->period};
  struct record_changes changes = {.n = 0};
  struct table t = {.n_rows = 0};
  if (with_changes) TRY(version_read_changes(z->s, z->a, &o, "", entry->id, z->access, &changes, e));
  if (entry->shard)
    TRY(store_shard_read_all(z->s, entry->shard, z->access, NULL, 0, z->a, &t, e)); /* what was replaced before it was sent is sent as well */
  TRY(batch_records_write(f, &t, with_changes ? &changes : NULL, csv, e));
  if (entry->shard) TRY(add_controls(z, f, &t, e));
  z->records += t.n_rows;
  count->withdrawn += record_changes_withdrawn(&changes);
  z->withdrawn += record_changes_withdrawn(&changes);
  z->replaced += changes.n - record_changes_withdrawn(&changes);
  return E_OK;
}

static enum err_code add_entry(struct sealing *z, const struct form *f, const struct intake_entry *entry, bool with_changes, struct strbuf *csv,
                               struct batch_count *count, struct err *e) {
  bool sent;
  int64_t key = entry->shard ? entry->shard : -entry->id;
  TRY(batch_shard_is_sent(z->s, key, &sent, e));
  if (sent) return E_OK;
  if (strcmp(entry->form_hash, f->hash_hex)) return ERR(e, E_BATCH_FORM, .subject = f->id, .expected = entry->version);
  TRY(fix_refuse_open(z->s, entry, e));
  if (z->n_shards == MAX_SHARDS) return ERR(e, E_CAP_EXCEEDED, .subject = "files in one batch");
  count->accepted += entry->accepted;
  count->rejected += entry->rejected;
  TRY(add_rows(z, f, entry, with_changes, csv, count, e));
  z->shards[z->n_shards++] = key;
  return add_original(z, entry, e);
}

static enum err_code check_declared(struct batch_count *count, const struct batch_declared *d, struct err *e) {
  char expected[24], found[24];
  snprintf(expected, sizeof expected, "%lld", (long long)d->count);
  snprintf(found, sizeof found, "%lld", (long long)(count->accepted + count->rejected + count->withdrawn));
  count->declared = d->count;
  if (d->count == count->accepted + count->rejected + count->withdrawn) return E_OK;
  return ERR(e, E_BATCH_DECLARED, .subject = d->form, .expected = expected, .found = found);
}

static enum err_code add_form(struct sealing *z, const struct batch_declared *d, struct err *e) {
  struct form *f = NULL;
  struct period p;
  struct intake_entry *entries = NULL;
  int64_t n = 0;
  if (!period_parse(str_of(z->req->period), &p)) return ERR(e, E_INTAKE_PERIOD, .subject = z->req->period, .expected = "2025-12");
  TRY(form_read(z->a, store_job(z->s), z->req->forms, z->req->survey, d->form, NULL, period_last_day(&p), &f, NULL, e));
  struct batch_count *count = &z->m.counts[z->m.n_counts++];
  *count = (struct batch_count){.form = f->id, .version = f->version, .form_hash = f->hash_hex};
  TRY(intake_list(z->s, z->req->survey, d->form, z->req->period, z->a, &entries, &n, e));
  struct strbuf csv;
  bool with_changes;
  TRY(batch_unsent_changes(z->s, z->req->survey, d->form, z->req->period, &with_changes, e));
  strbuf_init(&csv, BATCH_MAX_FILE);
  enum err_code code = batch_records_write_header(f, with_changes, &csv, e);
  for (int64_t i = 0; !code && i < n; i++) code = add_entry(z, f, &entries[i], with_changes, &csv, count, e);
  if (!code) code = check_declared(count, d, e);
  if (code) {
    strbuf_release(&csv);
    return code;
  }
  struct str bytes = keep(z->a, &csv);
  if (!bytes.p) return ERR(e, E_NO_MEMORY, .subject = "records");
  return add_file(z, arena_printf(z->a, "records/%s.csv", f->id), bytes, e);
}

/* What was taken in and is not declared must not stay behind unseen: the officer who forgets a form is told so. */
static enum err_code check_nothing_left_out(struct sealing *z, struct err *e) {
  struct intake_entry *entries = NULL;
  int64_t n = 0;
  TRY(intake_list(z->s, z->req->survey, NULL, z->req->period, z->a, &entries, &n, e));
  for (int64_t i = 0; i < n; i++) {
    bool sent, declared = false;
    for (int k = 0; k < z->req->n_declared; k++) declared |= !strcmp(z->req->declared[k].form, entries[i].form);
    if (declared) continue;
    TRY(batch_shard_is_sent(z->s, entries[i].shard ? entries[i].shard : -entries[i].id, &sent, e));
    if (!sent) return ERR(e, E_BATCH_UNDECLARED, .subject = entries[i].form);
  }
  return E_OK;
}

static enum err_code check_request(const struct batch_seal_request *q, struct err *e) {
  struct arena *a = arena_new(0);
  struct form_survey *survey;
  struct period p;
  enum err_code code = a ? E_OK : ERR(e, E_NO_MEMORY, .subject = "batch");
  if (!code && !period_parse(str_of(q->period), &p)) code = ERR(e, E_INTAKE_PERIOD, .subject = q->period, .expected = "2025-12");
  if (!code && q->n_declared > BATCH_MAX_FORMS) code = ERR(e, E_CAP_EXCEEDED, .subject = "forms in one batch");
  for (int i = 0; !code && i < q->n_declared; i++)
    for (int k = 0; !code && k < i; k++)
      if (!strcmp(q->declared[i].form, q->declared[k].form)) code = ERR(e, E_BATCH_DECLARED, .subject = q->declared[i].form, .expected = "one count", .found = "declared twice");
  if (!code) code = survey_read(a, q->forms, q->survey, &survey, e);
  arena_free(a);
  return code;
}

/* --- batches of lower offices, embedded as they came --- */
static enum err_code add_blob(struct sealing *z, const char *name, const char *blob, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, BATCH_MAX_FILE);
  enum err_code code = store_blob_get(z->s, blob, z->access, BATCH_MAX_FILE, &b, e);
  if (code) {
    strbuf_release(&b);
    return code;
  }
  struct str bytes = keep(z->a, &b);
  if (!bytes.p) return ERR(e, E_NO_MEMORY, .subject = "lower batch");
  return add_file(z, name, bytes, e);
}

struct lower_row {
  char id[BATCH_ID_HEX], manifest_blob[65], signature_blob[65];
  const char *sender, *signing_key;
};

static const char *copy_text(struct arena *a, struct str s) { return arena_strdup(a, s.p, s.n); }
static void copy_id(char *out, struct str s) { snprintf(out, 65, "%.*s", (int)s.n, s.p); }

static enum err_code list_lower(struct sealing *z, struct lower_row **out, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(z->s), "SELECT id, sender, signing_key, manifest_blob, signature_blob FROM batch WHERE survey = ? AND period = ? AND forwarded_in = ''"
                                 " ORDER BY sender, sequence", &q, e));
  db_bind_cstr(q, 1, z->req->survey);
  db_bind_cstr(q, 2, z->req->period);
  *out = ARENA_ARRAY(z->a, struct lower_row, BATCH_MAX_MEMBERS);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "lower batches");
  *n = 0;
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row) break;
    struct lower_row *r = &(*out)[*n];
    if (++*n == BATCH_MAX_MEMBERS) {
      db_reset(q);
      return ERR(e, E_CAP_EXCEEDED, .subject = "lower batches");
    }
    copy_id(r->id, db_text(q, 0));
    r->sender = copy_text(z->a, db_text(q, 1));
    r->signing_key = copy_text(z->a, db_text(q, 2));
    copy_id(r->manifest_blob, db_text(q, 3));
    copy_id(r->signature_blob, db_text(q, 4));
    if (r->sender && r->signing_key) continue;
    db_reset(q);
    return ERR(e, E_NO_MEMORY, .subject = "lower batches");
  }
  db_reset(q);
  return E_OK;
}

struct lower_member {
  const char *name;
  char blob[65];
};

static enum err_code count_members(struct sealing *z, const char *id, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(z->s), "SELECT count(*) FROM batch_member WHERE batch = ?", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &row, e));
  *n = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

static enum err_code add_lower_members(struct sealing *z, const char *id, struct err *e) {
  int64_t max, n = 0;
  struct db_statement *q;
  bool row;
  TRY(count_members(z, id, &max, e));
  struct lower_member *list = ARENA_ARRAY(z->a, struct lower_member, max + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "lower batch");
  TRY(db_prepare(store_db(z->s), "SELECT name, blob FROM batch_member WHERE batch = ? ORDER BY name", &q, e));
  db_bind_cstr(q, 1, id);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row || n == max) break;
    list[n].name = copy_text(z->a, db_text(q, 0));
    copy_id(list[n++].blob, db_text(q, 1));
  }
  db_reset(q);
  for (int64_t i = 0; i < n; i++) TRY(add_blob(z, list[i].name ? arena_printf(z->a, "lower/%s/%s", id, list[i].name) : NULL, list[i].blob, e));
  return E_OK;
}

static enum err_code add_lower(struct sealing *z, struct err *e) {
  struct lower_row *rows = NULL;
  int64_t n = 0;
  TRY(list_lower(z, &rows, &n, e));
  for (int64_t i = 0; i < n; i++) {
    struct batch_lower *l = &z->m.lower[z->m.n_lower++];
    memcpy(l->id, rows[i].id, sizeof l->id);
    l->sender = rows[i].sender;
    l->signing_key = rows[i].signing_key;
    TRY(add_blob(z, arena_printf(z->a, "lower/%s/manifest.json", l->id), rows[i].manifest_blob, e));
    TRY(add_blob(z, arena_printf(z->a, "lower/%s/manifest.json.minisig", l->id), rows[i].signature_blob, e));
    TRY(add_lower_members(z, l->id, e));
  }
  return E_OK;
}

/* What this office says about records it does not own, and its answers to what was said about its own. */
static enum err_code add_amendments(struct sealing *z, struct err *e) {
  TRY(amendments_for_batch(z->s, z->a, z->req->survey, z->req->period, z->access, &z->amendments, &z->n_amendments, e));
  for (int64_t i = 0; i < z->n_amendments; i++) TRY(add_file(z, z->amendments[i].name, z->amendments[i].bytes, e));
  return E_OK;
}

/* --- manifest, number, signature --- */
static enum err_code make_salt(struct sealing *z, struct err *e) {
  uint8_t salt[16];
  char *hex = arena_alloc(z->a, 2 * sizeof salt + 1, 1);
  if (!hex) return ERR(e, E_NO_MEMORY, .subject = "batch");
  random_bytes(salt, sizeof salt);
  hex_encode(salt, sizeof salt, hex);
  z->m.salt = hex;
  return E_OK;
}

static enum err_code start_manifest(struct sealing *z, struct err *e) {
  const struct office *o = store_office(z->s);
  char *created = arena_alloc(z->a, 24, 1);
  z->max_files = BATCH_MAX_MEMBERS;
  z->files = ARENA_ARRAY(z->a, struct batch_file, z->max_files);
  z->shards = ARENA_ARRAY(z->a, int64_t, MAX_SHARDS);
  z->m.members = ARENA_ARRAY(z->a, struct batch_member, z->max_files);
  z->m.lower = ARENA_ARRAY(z->a, struct batch_lower, BATCH_MAX_MEMBERS);
  z->m.counts = ARENA_ARRAY(z->a, struct batch_count, BATCH_MAX_FORMS);
  z->m.controls = ARENA_ARRAY(z->a, struct batch_control, MAX_CONTROLS);
  if (!created || !z->files || !z->shards || !z->m.members || !z->m.lower || !z->m.counts || !z->m.controls) return ERR(e, E_NO_MEMORY, .subject = "batch");
  time_format_utc(job_now(store_job(z->s)), created);
  z->m.format = 1;
  z->m.survey = z->req->survey;
  z->m.period = z->req->period;
  z->m.sender = o->id;
  z->m.sender_name = o->name_ja;
  z->m.recipient = o->parent_id;
  z->m.recipient_key = o->parent_age;
  TRY(make_salt(z, e));
  z->m.created = created;
  z->m.program = "shirabe " SHIRABE_VERSION;
  z->m.proxy = z->req->proxy ? z->req->proxy : "";
  TRY(batch_last_sent(z->s, z->m.survey, &z->m.sequence, z->m.previous, e));
  z->m.sequence++;
  return E_OK;
}

static enum err_code period_was_sent(struct sealing *z, bool *sent, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(z->s), "SELECT 1 FROM batch_sent WHERE survey = ? AND period = ?", &q, e));
  db_bind_cstr(q, 1, z->m.survey);
  db_bind_cstr(q, 2, z->m.period);
  TRY(db_step(q, sent, e));
  db_reset(q);
  return E_OK;
}

static enum err_code choose_kind(struct sealing *z, struct err *e) {
  bool sent;
  TRY(period_was_sent(z, &sent, e));
  if (z->req->nil && (z->n_shards || z->m.n_lower)) return ERR(e, E_BATCH_DECLARED, .subject = z->req->survey, .expected = "0", .found = "some");
  if (!z->n_shards && !z->m.n_lower && !z->n_amendments && (sent || !z->req->nil)) return ERR(e, E_BATCH_NOTHING_NEW, .subject = z->req->survey);
  bool changes = z->replaced || z->withdrawn;
  z->m.kind = z->req->nil                                         ? BATCH_NIL
              : (z->m.n_lower || z->n_amendments) && !z->n_shards ? BATCH_FORWARD
              : z->withdrawn && !z->records                       ? BATCH_WITHDRAWAL
              : changes                                           ? BATCH_CORRECTION
              : sent                                              ? BATCH_SUPPLEMENTARY
                                                                  : BATCH_INITIAL;
  if (changes || z->n_amendments) z->m.format = 2;
  return E_OK;
}

static enum err_code sign_and_pack(struct sealing *z, char id[BATCH_ID_HEX], struct strbuf *packed, struct str *manifest, struct err *e) {
  struct strbuf json, signature;
  char comment[256];
  strbuf_init(&json, 64u << 20);
  strbuf_init(&signature, 4096);
  snprintf(comment, sizeof comment, "%s %s %s %lld", z->m.sender, z->m.survey, z->m.period, (long long)z->m.sequence);
  enum err_code code = batch_manifest_write(&z->m, &json, e);
  if (!code) batch_id_of(str_view(json.p, json.n), id);
  if (!code) code = store_sign(z->s, json.p, json.n, comment, &signature, e);
  if (!code) code = batch_pack(z->m.recipient_key, str_view(json.p, json.n), str_view(signature.p, signature.n), z->files, z->n_files, packed, e);
  if (!code && !(*manifest = keep(z->a, &json)).p) code = ERR(e, E_NO_MEMORY, .subject = "manifest");
  if (code) strbuf_release(&json);
  strbuf_release(&signature);
  return code;
}

static enum err_code mark_forwarded(struct sealing *z, const char *id, struct err *e) {
  struct db_statement *q;
  for (int64_t i = 0; i < z->m.n_lower; i++) {
    TRY(db_prepare(store_db(z->s), "UPDATE batch SET forwarded_in = ? WHERE id = ?", &q, e));
    db_bind_cstr(q, 1, id);
    db_bind_cstr(q, 2, z->m.lower[i].id);
    TRY(db_execute(q, e));
  }
  return E_OK;
}

static enum err_code record(struct sealing *z, const char *id, const char *file_name, const struct strbuf *packed, struct str manifest,
                            struct err *e) {
  char blob[65];
  TRY(store_begin(z->s, e));
  enum err_code code = store_blob_put(z->s, "batch-sent", file_name, packed->p, packed->n, PART_PARADATA, blob, e);
  if (!code) code = batch_record_sent(z->s, &z->m, id, file_name, blob, job_now(store_job(z->s)), e);
  if (!code) code = batch_keep_manifest(z->s, id, manifest, e);
  if (!code) code = batch_note_proxy(z->s, &z->m, id, e);
  for (int64_t i = 0; !code && i < z->m.n_counts; i++) code = batch_record_count(z->s, id, &z->m.counts[i], 0, z->m.counts[i].accepted, e);
  for (int64_t i = 0; !code && i < z->n_shards; i++) code = batch_mark_shard(z->s, z->shards[i], id, e);
  if (!code) code = mark_forwarded(z, id, e);
  if (!code) code = amendments_mark_sent(z->s, z->amendments, z->n_amendments, id, e);
  if (!code) code = store_commit(z->s, e);
  if (code) store_rollback(z->s);
  return code;
}

static enum err_code write_file(struct store *s, const char *folder, const struct batch_carrier *carrier, const char *name,
                                const struct strbuf *packed, struct batch_result *out, struct err *e) {
  TRY(batch_write_carrier(folder, carrier, name, out->id, str_view(packed->p, packed->n), out->path, &out->files, e));
  return batch_mark_written(s, out->id, e);
}

/* A locked month takes nothing of the office's own will. What an office above asked for (a query answered, an amendment adopted) goes up all the same
   and belongs to the next cut-off there. */
static enum err_code check_lock(struct sealing *z, struct err *e) {
  bool asked = z->n_shards > 0;
  if (!z->n_shards && !z->req->nil) return E_OK; /* what others sent late is forwarded all the same */
  for (int64_t i = 0; asked && i < z->n_shards; i++) {
    struct db_statement *q;
    TRY(db_prepare(store_db(z->s),
                   "SELECT 1 FROM intake_asked a JOIN intake i ON i.id = a.intake WHERE CASE WHEN i.shard > 0 THEN i.shard ELSE -i.id END = ?", &q, e));
    db_bind_int(q, 1, z->shards[i]);
    TRY(db_step(q, &asked, e));
    db_reset(q);
  }
  return asked ? E_OK : ledger_locked_above(z->s, z->req->survey, z->req->period, e);
}

static enum err_code seal_in(struct sealing *z, struct batch_result *out, struct err *e) {
  const struct log_entry done = {.action = "package-build", .object = out->id, .rows = z->records};
  char name[96];
  struct strbuf packed;
  struct str manifest = STR("");
  TRY(start_manifest(z, e));
  TRY(check_nothing_left_out(z, e));
  for (int i = 0; i < z->req->n_declared; i++) TRY(add_form(z, &z->req->declared[i], e));
  TRY(add_amendments(z, e));
  TRY(add_lower(z, e));
  TRY(check_lock(z, e));
  TRY(choose_kind(z, e));
  strbuf_init(&packed, BATCH_MAX_FILE);
  enum err_code code = sign_and_pack(z, out->id, &packed, &manifest, e);
  if (!code) batch_file_name(&z->m, name);
  if (!code) code = record(z, out->id, name, &packed, manifest, e);
  if (!code) code = store_log_outcome(z->s, z->access, &done, true, e);
  if (!code) code = write_file(z->s, z->req->out_folder, &z->req->carrier, name, &packed, out, e);
  strbuf_release(&packed);
  out->sequence = z->m.sequence;
  out->records = z->records;
  out->lower = z->m.n_lower;
  return code;
}

enum err_code batch_seal(struct store *s, const struct batch_seal_request *request, struct batch_result *out, struct err *e) {
  *out = (struct batch_result){.sequence = 0};
  if (!store_office(s)->parent_id[0]) return ERR(e, E_BATCH_TOP, .subject = store_office(s)->id);
  TRY(ledger_prepare(s, e));
  TRY(intake_schema(s, e));
  TRY(check_request(request, e));
  int64_t unwritten;
  TRY(batch_unwritten(s, request->survey, request->period, &unwritten, e));
  if (unwritten) {
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)unwritten);
    return batch_reissue(s, number, request->survey, request->out_folder, &request->carrier, out, e);
  }
  struct sealing z = {.s = s, .a = arena_new(0), .req = request};
  if (!z.a) return ERR(e, E_NO_MEMORY, .subject = "batch");
  const struct log_entry intent = {.action = "package-build", .object = request->survey};
  enum err_code code = store_log_intent(s, &intent, &z.access, e);
  if (!code) {
    code = seal_in(&z, out, e);
    if (code) (void)!store_log_outcome(s, z.access, &intent, false, NULL);
  }
  arena_free(z.a);
  return code;
}

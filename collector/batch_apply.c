#include "collector/batch_apply.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/amendment.h"
#include "collector/batch_chain.h"
#include "collector/batch_records.h"
#include "collector/batch_sent.h"
#include "collector/derive.h"
#include "collector/version_store.h"
#include "collector/ledger_state.h"
#include "forms/form.h"

struct applying {
  struct store *s;
  struct arena *a; /* emptied after each batch */
  struct batch_forms *forms;
  const struct batch_content *c;
  int64_t now, access;
  struct batch_applied *out;
};

/* --- records of one form into a shard --- */
/* Sums are modulo 2^64. A message never shows them: the sum of one record is an answer. */
static enum err_code check_control(const struct batch_control *want, const struct form *f, const struct table *tables, struct err *e) {
  int64_t n = 0;
  uint64_t sum = 0;
  bool numeric = false;
  for (int t = 0; t < f->n_records; t++) { /* a key that child records carry is summed with them, as when it was sealed */
    int k = table_find(&tables[t], want->item);
    const struct column *c = k < 0 ? NULL : &tables[t].columns[k];
    numeric = numeric || (c && c->i64);
    for (int64_t r = 0; c && c->i64 && r < tables[t].n_rows; r++)
      if (value_present(c->status[r])) {
        sum += (uint64_t)c->i64[r];
        n++;
      }
  }
  if (!numeric) return ERR(e, E_BATCH_RECORDS, .subject = want->item, .expected = "a numeric item of the form");
  return n == want->n && sum == (uint64_t)want->sum ? E_OK : ERR(e, E_BATCH_RECORDS, .subject = want->item,
      .expected = "the control sum of the manifest", .found = "another sum");
}

static bool has_rows(const struct form *f, const struct table *tables, const struct item *it) {
  for (int t = 0; t < f->n_records; t++)
    if (tables[t].n_rows && table_find(&tables[t], it->name) >= 0) return true;
  return false;
}
static bool has_control(const struct batch_manifest *m, const struct form *f, const struct item *it) {
  for (int64_t i = 0; i < m->n_controls; i++)
    if (!strcmp(m->controls[i].form, f->id) && !strcmp(m->controls[i].item, it->name)) return true;
  return false;
}
/* Every count and amount that the office reported has its control: one left out would check nothing. */
static enum err_code check_controls(const struct batch_manifest *m, const struct form *f, const struct table *tables, struct err *e) {
  for (int64_t i = 0; i < m->n_controls; i++)
    if (!strcmp(m->controls[i].form, f->id)) TRY(check_control(&m->controls[i], f, tables, e));
  for (int i = 0; i < f->n_items; i++) {
    const struct item *it = &f->items[i];
    if (it->origin != ORIGIN_REPORTED || (it->class != CLASS_COUNT && it->class != CLASS_AMOUNT)) continue;
    if (has_rows(f, tables, it) && !has_control(m, f, it))
      return ERR(e, E_BATCH_RECORDS, .subject = f->id, .expected = "a control sum of every count and amount");
  }
  return E_OK;
}

static enum err_code write_shard(struct applying *p, const struct form *f, const struct batch_manifest *m, const char *id, const struct table *t,
    int64_t *shard, struct err *e) {
  const struct dataset_key key = {m->survey, f->id, m->period, "received"};
  uint8_t parts[512];
  struct shard_write *w = NULL;
  for (int k = 0; k < t->n_columns && k < 512; k++) {
    const struct item *it = form_item(f, t->columns[k].name);
    parts[k] = it ? (uint8_t)it->part : PART_ANSWER;
  }
  TRY(store_shard_begin(p->s, &key, f->hash_hex, id, m->sender, m->sequence, &w, e));
  enum err_code code = store_shard_append(w, t, parts, 0, t->n_rows, e);
  if (code) {
    store_shard_abort(w);
    return code;
  }
  return store_shard_end(w, shard, e);
}

/* Withdrawals have no row; their number is the manifest's, and only kinds that correct may carry what replaces. */
static enum err_code check_changes(const struct batch_manifest *m, const struct batch_count *count, const char *file,
                                   const struct record_changes *changes, struct err *e) {
  if (changes->n && m->format < 2) return ERR(e, E_BATCH_RECORDS, .file = file, .subject = count->form, .expected = "additions only in format 1");
  if (m->format == 2 && record_changes_withdrawn(changes) != count->withdrawn)
    return ERR(e, E_BATCH_RECORDS, .file = file, .subject = count->form, .expected = "as many withdrawals as the manifest counts");
  return E_OK;
}

/* What the office's records are now, worked out from all its versions here: a batch that fills a hole may come after those that build on it. */
static enum err_code settle(struct applying *p, const struct form *f, const struct batch_manifest *m, const char *id,
                            const struct record_changes *changes, struct err *e) {
  const struct version_owner o = {m->sender, m->survey, f->id, m->period};
  struct version_counts counts;
  bool any;
  TRY(version_write_changes(p->s, p->a, &o, f->hash_hex, id, m->sequence, changes, e));
  TRY(version_has_changes(p->s, &o, &any, e));
  if (!any) return E_OK;
  TRY(version_settle(p->s, p->a, p->forms, f, &o, p->access, &counts, e));
  p->out->conflicts += counts.conflicts;
  return E_OK;
}

static enum err_code apply_form(struct applying *p, const struct batch_manifest *m, const char *id, const char *prefix,
    const struct batch_count *count, struct err *e) {
  char name[256];
  const struct form *f = NULL;
  struct record_changes changes;
  int64_t shard = 0;
  TRY(batch_forms_form(p->forms, m->survey, count->form, count->version, &f, e));
  if (strcmp(f->hash_hex, count->form_hash)) return ERR(e, E_BATCH_FORM, .subject = count->form, .expected = count->version);
  snprintf(name, sizeof name, "%srecords/%s.csv", prefix, count->form);
  const struct batch_file *file = batch_find_file(p->c, name);
  if (!file) return ERR(e, E_BATCH_RECORDS, .file = name, .subject = count->form, .expected = "the records' file");
  if (batch_records_memory(f, file->bytes) > 3 * (uint64_t)p->c->limit) return ERR(e, E_BATCH_LARGE, .file = name, .subject = name);
  struct table *tables = ARENA_ARRAY(p->a, struct table, f->n_records);
  int64_t rows = 0;
  if (!tables) return ERR(e, E_NO_MEMORY, .file = name);
  TRY(batch_records_read(p->a, f, name, file->bytes, tables, &changes, e));
  for (int t = 0; t < f->n_records; t++) rows += tables[t].n_rows;
  if (rows != count->accepted) return ERR(e, E_BATCH_RECORDS, .file = name, .subject = count->form, .expected = "as many records as accepted");
  TRY(check_changes(m, count, name, &changes, e));
  TRY(check_controls(m, f, tables, e));
  struct deriver *deriver;
  TRY(batch_forms_deriver(p->forms, f, &deriver, e));
  for (int t = 0; t < f->n_records; t++) { /* one shard for each type; the books name the first */
    int64_t one = 0;
    if (!tables[t].n_rows) continue;
    TRY(deriver_run(deriver, p->a, &tables[t], e));
    TRY(write_shard(p, f, m, id, &tables[t], &one, e));
    if (!shard) shard = one;
  }
  p->out->records += rows;
  TRY(batch_record_count(p->s, id, count, shard, rows, e));
  return settle(p, f, m, id, &changes, e);
}

/* --- books and kept bytes --- */
static enum err_code keep_member(struct applying *p, const char *id, const char *name, struct str bytes, struct err *e) {
  char blob[65];
  struct db_statement *q;
  TRY(store_blob_put(p->s, "batch-member", name, bytes.p, bytes.n, PART_ANSWER, blob, e));
  TRY(db_prepare(store_db(p->s), "INSERT INTO batch_member(batch, name, blob) VALUES(?,?,?)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, name);
  db_bind_cstr(q, 3, blob);
  return db_execute(q, e);
}

static enum err_code record_batch(struct applying *p, const struct batch_manifest *m, const char *id, const char *key, bool late,
    struct str manifest, struct str signature, struct err *e) {
  char manifest_blob[65], signature_blob[65];
  struct db_statement *q;
  TRY(store_blob_put(p->s, "batch-manifest", id, manifest.p, manifest.n, PART_PARADATA, manifest_blob, e));
  TRY(store_blob_put(p->s, "batch-signature", id, signature.p, signature.n, PART_PARADATA, signature_blob, e));
  TRY(db_prepare(store_db(p->s),
      "INSERT INTO batch(id, survey, period, sender, sequence, kind, received, late, carried_by, signing_key, manifest_blob, signature_blob, "
      "previous, carried_in)"
                                 " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, m->survey);
  db_bind_cstr(q, 3, m->period);
  db_bind_cstr(q, 4, m->sender);
  db_bind_int(q, 5, m->sequence);
  db_bind_cstr(q, 6, batch_kind_name(m->kind));
  db_bind_int(q, 7, p->now);
  db_bind_int(q, 8, late);
  db_bind_cstr(q, 9, p->c->manifest->sender);
  db_bind_cstr(q, 10, key);
  db_bind_cstr(q, 11, manifest_blob);
  db_bind_cstr(q, 12, signature_blob);
  db_bind_cstr(q, 13, m->previous);
  db_bind_cstr(q, 14, p->c->id);
  TRY(db_execute(q, e));
  return batch_note_proxy(p->s, m, id, e);
}

/* An amendment's JSON, with its signature beside it, or the owner's answer to one: told apart by the end of the name. */
static enum err_code apply_amendment(struct applying *p, const struct batch_manifest *m, const char *key, const struct batch_file *f,
                                     const char *short_name, struct err *e) {
  char id[65], name[400];
  const char *end = short_name + strlen("amendments/") + 64;
  snprintf(id, sizeof id, "%.64s", short_name + strlen("amendments/"));
  if (!strcmp(end, ".answer.json")) return amendment_keep_answer(p->s, id, m->sender, f->bytes, e);
  if (strcmp(end, ".json")) return E_OK;
  snprintf(name, sizeof name, "%s.minisig", f->name);
  const struct batch_file *signature = batch_find_file(p->c, name);
  if (!signature) return ERR(e, E_AMEND_BAD, .file = short_name, .found = "signature");
  return amendment_keep(p->s, p->a, short_name, f->bytes, signature->bytes, key, m->sender, e);
}

static enum err_code apply_one(struct applying *p, const struct batch_manifest *m, const char *id, const char *key, const char *prefix,
                               struct err *e) {
  struct arena_mark mark = arena_mark(p->a); /* one form's table at a time */
  for (int64_t i = 0; i < m->n_counts; i++) {
    TRY(apply_form(p, m, id, prefix, &m->counts[i], e));
    arena_reset(p->a, mark);
  }
  for (int64_t i = 0; i < m->n_members; i++) {
    char name[400];
    if (!strncmp(m->members[i].name, "lower/", 6)) continue;
    snprintf(name, sizeof name, "%s%s", prefix, m->members[i].name);
    const struct batch_file *f = batch_find_file(p->c, name);
    if (!f) return ERR(e, E_BATCH_DAMAGED, .subject = "a member is missing", .expected = m->members[i].name);
    TRY(keep_member(p, id, m->members[i].name, f->bytes, e));
    if (!strncmp(m->members[i].name, "amendments/", 11)) TRY(apply_amendment(p, m, key, f, m->members[i].name, e));
  }
  return ledger_note_batch(p->s, id, e);
}

/* --- the place of an embedded batch in its sender's chain: its number, the one before and the one after, whichever is here --- */
static enum err_code neighbour(struct applying *p, const struct batch_manifest *m, int64_t sequence, char id[65], char previous[65], struct err *e) {
  struct db_statement *q;
  bool row;
  id[0] = previous[0] = 0;
  TRY(db_prepare(store_db(p->s), "SELECT id, previous FROM batch WHERE sender = ? AND survey = ? AND sequence = ?", &q, e));
  db_bind_cstr(q, 1, m->sender);
  db_bind_cstr(q, 2, m->survey);
  db_bind_int(q, 3, sequence);
  TRY(db_step(q, &row, e));
  if (row) {
    snprintf(id, 65, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(previous, 65, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  db_reset(q);
  return E_OK;
}

static enum err_code fork_found(struct applying *p, const struct batch_manifest *m, const char *id, const char *known, struct err *e) {
  struct batch_fork *f = &p->out->fork;
  char number[24];
  snprintf(f->survey, sizeof f->survey, "%s", m->survey);
  snprintf(f->sender, sizeof f->sender, "%s", m->sender);
  snprintf(f->known, sizeof f->known, "%s", known);
  snprintf(f->other, sizeof f->other, "%s", id);
  f->sequence = m->sequence;
  snprintf(number, sizeof number, "%lld", (long long)m->sequence);
  return ERR(e, E_BATCH_FORK, .subject = m->sender, .expected = known, .found = number);
}

static enum err_code find_in_chain(struct applying *p, const struct batch_manifest *m, const char *id, bool *known, struct err *e) {
  char at[65], before[65], after[65], link[65], ignored[65];
  TRY(neighbour(p, m, m->sequence, at, ignored, e));
  *known = !strcmp(at, id);
  if (*known) return E_OK;
  if (at[0]) return fork_found(p, m, id, at, e);
  TRY(neighbour(p, m, m->sequence - 1, before, ignored, e));
  if (before[0] && strcmp(before, m->previous)) return fork_found(p, m, id, before, e);
  if (m->sequence == INT64_MAX) return E_OK;
  TRY(neighbour(p, m, m->sequence + 1, after, link, e));
  return after[0] && strcmp(link, id) ? fork_found(p, m, id, after, e) : E_OK;
}

/* Without a card there is one key per sender: the first. Another one may be a new key or a forgery; a person decides by enrolling the card. */
static enum err_code check_same_key(struct applying *p, const struct batch_lower *lower, struct err *e) {
  struct db_statement *q;
  struct office *peer = ARENA_NEW(p->a, struct office);
  bool row;
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = "peer");
  enum err_code code = store_peer(p->s, lower->sender, peer, e);
  if (code != E_STORE_NO_PEER) return code; /* enrolled: batch_verify_lower has compared the keys */
  TRY(db_prepare(store_db(p->s), "SELECT 1 FROM batch WHERE sender = ? AND signing_key <> ? LIMIT 1", &q, e));
  db_bind_cstr(q, 1, lower->sender);
  db_bind_cstr(q, 2, lower->signing_key);
  TRY(db_step(q, &row, e));
  db_reset(q);
  return row ? ERR(e, E_BATCH_KEY, .subject = lower->sender) : E_OK;
}

/* Legal dates are Japanese time. The sender's level decides the due day. */
static enum err_code is_late(struct applying *p, const struct batch_manifest *m, bool *late, struct err *e) {
  const struct form_survey *survey;
  struct period period;
  *late = false;
  TRY(batch_forms_survey(p->forms, m->survey, &survey, e));
  if (!period_parse(str_of(m->period), &period)) return ERR(e, E_BATCH_MANIFEST, .subject = "period", .expected = "2025-12");
  int64_t today = (p->now + 9 * 3600) / 86400;
  for (int i = 0; i < survey->n_levels; i++) {
    size_t n = strlen(survey->levels[i]);
    if (!strncmp(m->sender, survey->levels[i], n) && m->sender[n] == '-') *late = today > period_last_day(&period) + survey->due_days[i];
  }
  return E_OK;
}

/* A lower batch is late by the day its own office sealed it; the carrier's own day is today. */
static enum err_code lower_is_late(struct applying *p, const struct batch_manifest *m, bool *late, struct err *e) {
  struct applying then = *p;
  if (!time_parse_utc(m->created, &then.now)) return ERR(e, E_BATCH_MANIFEST, .subject = "created", .expected = "2026-01-10T00:00:00Z");
  return is_late(&then, m, late, e);
}

static enum err_code apply_lower(struct applying *p, const struct batch_lower *lower, const struct batch_manifest *m, struct err *e) {
  bool known, late;
  char prefix[80], name[160];
  TRY(find_in_chain(p, m, lower->id, &known, e));
  if (known) return E_OK;
  TRY(check_same_key(p, lower, e));
  snprintf(prefix, sizeof prefix, "lower/%s/", lower->id);
  snprintf(name, sizeof name, "%smanifest.json", prefix);
  struct str manifest = batch_find_file(p->c, name)->bytes;
  snprintf(name, sizeof name, "%smanifest.json.minisig", prefix);
  TRY(lower_is_late(p, m, &late, e));
  TRY(record_batch(p, m, lower->id, lower->signing_key, late, manifest, batch_find_file(p->c, name)->bytes, e));
  return apply_one(p, m, lower->id, lower->signing_key, prefix, e);
}

static enum err_code apply_lowers(struct applying *p, struct batch_manifest *const *m, struct err *e) {
  struct arena_mark mark = arena_mark(p->a);
  for (int64_t i = 0; i < p->c->manifest->n_lower; i++) {
    job_progress(store_job(p->s), "receive", i, p->c->manifest->n_lower);
    TRY(apply_lower(p, &p->c->manifest->lower[i], m[i], e));
    arena_reset(p->a, mark);
  }
  return E_OK;
}

enum err_code batch_apply(struct store *s, struct arena *a, struct batch_forms *forms, const struct batch_content *c, const char *signing_key,
    int64_t now, int64_t access, struct batch_applied *out,
                          struct err *e) {
  struct applying p = {s, a, forms, c, now, access, out};
  struct batch_manifest **lower;
  *out = (struct batch_applied){.records = 0};
  TRY(batch_verify_lower(s, a, c, &lower, e));
  TRY(is_late(&p, c->manifest, &out->late, e));
  TRY(record_batch(&p, c->manifest, c->id, signing_key, out->late, c->manifest_json, c->signature, e));
  TRY(apply_one(&p, c->manifest, c->id, signing_key, "", e));
  return apply_lowers(&p, lower, e);
}

#include "collector/batch_apply.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/batch_records.h"
#include "collector/batch_sent.h"
#include "collector/derive.h"
#include "forms/form.h"
#include "secure-store/minisign.h"

struct applying {
  struct store *s;
  struct arena *a;
  const char *forms;
  const struct batch_content *c;
  int64_t now;
  int64_t records;
};

/* --- the lower batches' own signatures and hashes --- */
static enum err_code signing_key_of(struct store *s, const struct batch_lower *lower, const char *sender, const char **key, struct arena *a, struct err *e) {
  struct office *peer = ARENA_NEW(a, struct office);
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = "peer");
  if (store_peer(s, sender, peer, NULL) == E_OK) *key = peer->minisign_public;
  else *key = lower->signing_key; /* vouched for by the forwarding office, whose signature covers it */
  return E_OK;
}

static enum err_code check_listed(const struct batch_content *c, const char *prefix, const struct batch_member *m, struct err *e) {
  char name[256];
  uint8_t hash[HASH_BYTES];
  char hex[65];
  bool embedded = !strncmp(m->name, "lower/", 6);
  snprintf(name, sizeof name, "%s%s", embedded ? "" : prefix, m->name);
  const struct batch_file *f = batch_find_file(c, name);
  if (!f) return ERR(e, E_BATCH_DAMAGED, .subject = "a member of an embedded batch is missing", .expected = m->name);
  sha256_of(f->bytes.p, f->bytes.n, hash);
  hex_encode(hash, HASH_BYTES, hex);
  if (strcmp(hex, m->sha256)) return ERR(e, E_BATCH_DAMAGED, .subject = "a member of an embedded batch was altered", .expected = m->sha256, .found = hex);
  return E_OK;
}

enum err_code batch_verify_lower(struct store *s, struct arena *a, const struct batch_content *c, const struct batch_lower *lower, struct batch_manifest **out, struct err *e) {
  char prefix[80], name[128], id[BATCH_ID_HEX];
  const char *key = "";
  snprintf(prefix, sizeof prefix, "lower/%s/", lower->id);
  snprintf(name, sizeof name, "%smanifest.json", prefix);
  const struct batch_file *manifest = batch_find_file(c, name);
  snprintf(name, sizeof name, "%smanifest.json.minisig", prefix);
  const struct batch_file *signature = batch_find_file(c, name);
  if (!manifest || !signature) return ERR(e, E_BATCH_DAMAGED, .subject = "an embedded manifest is missing", .expected = lower->id);
  batch_id_of(manifest->bytes, id);
  if (strcmp(id, lower->id)) return ERR(e, E_BATCH_DAMAGED, .subject = "an embedded manifest was altered", .expected = lower->id, .found = id);
  TRY(batch_manifest_read(a, manifest->name, manifest->bytes, out, e));
  if (strcmp((*out)->sender, lower->sender)) return ERR(e, E_BATCH_DAMAGED, .subject = "an embedded sender differs", .expected = lower->sender, .found = (*out)->sender);
  TRY(signing_key_of(s, lower, (*out)->sender, &key, a, e));
  if (minisign_verify(key, manifest->bytes.p, manifest->bytes.n, signature->bytes.p, signature->bytes.n, NULL, e)) return ERR_WRAP(e, E_BATCH_SIGNATURE, .subject = (*out)->sender);
  for (int64_t i = 0; i < (*out)->n_members; i++) TRY(check_listed(c, prefix, &(*out)->members[i], e));
  return E_OK;
}

/* --- records of one form into a shard --- */
static enum err_code check_controls(const struct batch_manifest *m, const char *form, const struct table *t, struct err *e) {
  for (int64_t i = 0; i < m->n_controls; i++) {
    const struct batch_control *want = &m->controls[i];
    int k = strcmp(want->form, form) ? -1 : table_find(t, want->item);
    int64_t n = 0, sum = 0;
    if (k < 0) continue;
    const struct column *c = &t->columns[k];
    for (int64_t r = 0; r < t->n_rows; r++)
      if (c->i64 && value_present(c->status[r]) && !__builtin_add_overflow(sum, c->i64[r], &sum)) n++;
    char expected[32], found[32];
    snprintf(expected, sizeof expected, "%lld", (long long)want->sum);
    snprintf(found, sizeof found, "%lld", (long long)sum);
    if (n != want->n || sum != want->sum) return ERR(e, E_BATCH_RECORDS, .subject = want->item, .expected = expected, .found = found);
  }
  return E_OK;
}

static enum err_code write_shard(struct applying *p, const struct form *f, const struct batch_manifest *m, const char *id, const struct table *t, int64_t *shard, struct err *e) {
  const struct dataset_key key = {m->survey, f->id, m->period, "received"};
  uint8_t parts[512];
  struct shard_write *w = NULL;
  for (int k = 0; k < t->n_columns && k < 512; k++) {
    const struct item *it = form_item(f, t->columns[k].name);
    parts[k] = it ? (uint8_t)it->part : PART_ANSWER;
  }
  TRY(store_shard_begin(p->s, &key, f->hash_hex, id, m->sender, m->sequence, &w, e));
  for (int64_t row = 0; row < t->n_rows; row += STORE_ROW_GROUP) {
    int64_t n = t->n_rows - row < STORE_ROW_GROUP ? t->n_rows - row : STORE_ROW_GROUP;
    enum err_code code = store_shard_append(w, t, parts, row, n, e);
    if (code) {
      store_shard_abort(w);
      return code;
    }
  }
  return store_shard_end(w, shard, e);
}

static enum err_code apply_form(struct applying *p, const struct batch_manifest *m, const char *id, const char *prefix, const struct batch_count *count, struct err *e) {
  char name[256];
  struct form *f = NULL;
  struct table t;
  struct err inner = {.code = E_OK};
  int64_t shard = 0;
  enum err_code code = form_read(p->a, store_job(p->s), p->forms, m->survey, count->form, count->version, INT64_MIN, &f, NULL, &inner);
  if (code || strcmp(f->hash_hex, count->form_hash)) return ERR(e, E_BATCH_FORM, .subject = count->form, .expected = count->version);
  snprintf(name, sizeof name, "%srecords/%s.csv", prefix, count->form);
  const struct batch_file *file = batch_find_file(p->c, name);
  if (!file) return ERR(e, E_BATCH_RECORDS, .file = name, .subject = count->form, .expected = "the records' file");
  TRY(batch_records_read(p->a, f, name, file->bytes, &t, e));
  if (t.n_rows != count->accepted) return ERR(e, E_BATCH_RECORDS, .file = name, .subject = count->form, .expected = "as many records as accepted");
  TRY(check_controls(m, f->id, &t, e));
  TRY(derive_columns(p->a, f, &t, e));
  if (t.n_rows) TRY(write_shard(p, f, m, id, &t, &shard, e));
  p->records += t.n_rows;
  return batch_record_count(p->s, id, count, shard, t.n_rows, e);
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

static enum err_code record_batch(struct applying *p, const struct batch_manifest *m, const char *id, const char *carried_by, const char *key, bool late, struct str manifest,
                                  struct str signature, struct err *e) {
  char manifest_blob[65], signature_blob[65];
  struct db_statement *q;
  TRY(store_blob_put(p->s, "batch-manifest", id, manifest.p, manifest.n, PART_PARADATA, manifest_blob, e));
  TRY(store_blob_put(p->s, "batch-signature", id, signature.p, signature.n, PART_PARADATA, signature_blob, e));
  TRY(db_prepare(store_db(p->s), "INSERT INTO batch(id, survey, period, sender, sequence, kind, received, late, carried_by, signing_key, manifest_blob, signature_blob)"
                                 " VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_cstr(q, 2, m->survey);
  db_bind_cstr(q, 3, m->period);
  db_bind_cstr(q, 4, m->sender);
  db_bind_int(q, 5, m->sequence);
  db_bind_cstr(q, 6, batch_kind_name(m->kind));
  db_bind_int(q, 7, p->now);
  db_bind_int(q, 8, late);
  db_bind_cstr(q, 9, carried_by);
  db_bind_cstr(q, 10, key);
  db_bind_cstr(q, 11, manifest_blob);
  db_bind_cstr(q, 12, signature_blob);
  return db_execute(q, e);
}

static enum err_code apply_one(struct applying *p, const struct batch_manifest *m, const char *id, const char *prefix, struct err *e) {
  for (int64_t i = 0; i < m->n_counts; i++) TRY(apply_form(p, m, id, prefix, &m->counts[i], e));
  for (int64_t i = 0; i < m->n_members; i++) {
    char name[256];
    if (!strncmp(m->members[i].name, "lower/", 6)) continue;
    snprintf(name, sizeof name, "%s%s", prefix, m->members[i].name);
    const struct batch_file *f = batch_find_file(p->c, name);
    if (!f) return ERR(e, E_BATCH_DAMAGED, .subject = "a member is missing", .expected = m->members[i].name);
    TRY(keep_member(p, id, m->members[i].name, f->bytes, e));
  }
  return E_OK;
}

static enum err_code known_batch(struct applying *p, const struct batch_manifest *m, const char *id, bool *known, struct err *e) {
  struct db_statement *q;
  bool row;
  char other[65] = "", number[24];
  TRY(db_prepare(store_db(p->s), "SELECT id FROM batch WHERE sender = ? AND survey = ? AND sequence = ?", &q, e));
  db_bind_cstr(q, 1, m->sender);
  db_bind_cstr(q, 2, m->survey);
  db_bind_int(q, 3, m->sequence);
  TRY(db_step(q, &row, e));
  if (row) snprintf(other, sizeof other, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  *known = row && !strcmp(other, id);
  snprintf(number, sizeof number, "%lld", (long long)m->sequence);
  return row && !*known ? ERR(e, E_BATCH_FORK, .subject = m->sender, .expected = other, .found = number) : E_OK;
}

/* Legal dates are Japanese time. The sender's level decides the due day. */
static enum err_code is_late(struct applying *p, const struct batch_manifest *m, bool *late, struct err *e) {
  struct survey *survey;
  struct period period;
  *late = false;
  TRY(survey_read(p->a, p->forms, m->survey, &survey, e));
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

static enum err_code apply_lower(struct applying *p, const struct batch_lower *lower, const char *carrier, struct err *e) {
  struct batch_manifest *m;
  bool known, late;
  char prefix[80], name[160];
  TRY(batch_verify_lower(p->s, p->a, p->c, lower, &m, e));
  TRY(known_batch(p, m, lower->id, &known, e));
  if (known) return E_OK;
  snprintf(prefix, sizeof prefix, "lower/%s/", lower->id);
  snprintf(name, sizeof name, "%smanifest.json", prefix);
  struct str manifest = batch_find_file(p->c, name)->bytes;
  snprintf(name, sizeof name, "%smanifest.json.minisig", prefix);
  TRY(lower_is_late(p, m, &late, e));
  TRY(record_batch(p, m, lower->id, carrier, lower->signing_key, late, manifest, batch_find_file(p->c, name)->bytes, e));
  return apply_one(p, m, lower->id, prefix, e);
}

enum err_code batch_apply(struct store *s, struct arena *a, const char *forms, const struct batch_content *c, const char *signing_key, int64_t now, int64_t *records, bool *late,
                          struct err *e) {
  struct applying p = {s, a, forms, c, now, 0};
  TRY(is_late(&p, c->manifest, late, e));
  TRY(record_batch(&p, c->manifest, c->id, c->manifest->sender, signing_key, *late, c->manifest_json, c->signature, e));
  TRY(apply_one(&p, c->manifest, c->id, "", e));
  for (int64_t i = 0; i < c->manifest->n_lower; i++) {
    job_progress(store_job(s), "receive", i, c->manifest->n_lower);
    TRY(apply_lower(&p, &c->manifest->lower[i], c->manifest->sender, e));
  }
  *records = p.records;
  return E_OK;
}

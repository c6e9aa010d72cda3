#include "estimators/command/cmd_estimate_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"

/* --- disclosure profiles --- */
static enum err_code read_profiles(struct estimate_run *r, struct err *e) {
  char path[4096];
  uint8_t *text = NULL;
  size_t n;
  snprintf(path, sizeof path, "%s/codelists/disclosure_profiles.json", forms_folder());
  TRY(file_read(path, 1 << 20, &text, &n, e));
  enum err_code code = sdc_profiles_parse(r->a, path, (const char *)text, n, &r->profiles, &r->n_profiles, e);
  free(text);
  return code;
}

const struct disclosure_profile *estimate_profile(const struct estimate_run *r, const char *name) {
  return sdc_profile_find(r->profiles, r->n_profiles, name);
}

/* --- survey and forms --- */
enum err_code estimate_begin(struct store *s, const char *survey, const char *period, const struct estimate_options *o, struct arena *a,
    struct estimate_output *out, struct estimate_run *r, struct err *e) {
  struct form_survey *found;
  *r = (struct estimate_run){.s = s, .a = a, .options = o, .out = out};
  *out = (struct estimate_output){.survey = survey, .period = period};
  if (!period_parse(str_of(period), &r->period))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = period, .expected = "2025-12, 2025-Q4, 2025 or FY2025");
  TRY(survey_read(a, forms_folder(), survey, &found, e));
  r->survey = found;
  out->tables = ARENA_ARRAY(a, struct estimate_table, ESTIMATE_MAX_TABLES);
  out->datasets = ARENA_ARRAY(a, struct estimate_dataset, ESTIMATE_MAX_DATASETS);
  out->skipped = ARENA_ARRAY(a, struct estimate_skipped, ESTIMATE_MAX_TABLES);
  if (!out->tables || !out->datasets || !out->skipped) return ERR(e, E_NO_MEMORY, .subject = survey);
  return read_profiles(r, e);
}

enum err_code estimate_form(struct estimate_run *r, const char *form_id, struct form **out, struct err *e) {
  return form_read(r->a, store_job(r->s), forms_folder(), r->survey->id, form_id, NULL, period_last_day(&r->period), out, NULL, e);
}

bool estimate_form_is_input(const struct form *f) {
  struct json_document *doc;
  if (!f->design_json || json_parse("design.json", f->design_json, strlen(f->design_json), &doc, NULL)) return false;
  bool input = !strcmp(json_member_string(json_root(doc), "kind", ""), "input");
  json_release(doc);
  return input;
}

const struct codelist *estimate_codelist(const struct form *f, const char *name) {
  for (int i = 0; i < f->n_codelists; i++)
    if (!strcmp(f->codelists[i]->name, name)) return f->codelists[i];
  return NULL;
}

/* --- datasets --- */
static bool has_name(const char *const *names, int n, const char *name) {
  for (int i = 0; i < n; i++)
    if (!strcmp(names[i], name)) return true;
  return false;
}

/* Of the columns wanted those that the shard holds: derived items may not be stored. */
static enum err_code present_columns(
    struct estimate_run *r, int64_t shard, const char *const *wanted, int n_wanted, const char **out, int *n, struct err *e) {
  struct store_column *have = ARENA_ARRAY(r->a, struct store_column, 512);
  if (!have) return ERR(e, E_NO_MEMORY, .subject = "columns");
  int count = store_shard_columns(r->s, shard, have, 512, e);
  if (count < 0) return e->code;
  *n = 0;
  for (int k = 0; k < count && k < 512; k++)
    if (has_name(wanted, n_wanted, have[k].name)) out[(*n)++] = have[k].name;
  return E_OK;
}

static enum err_code read_shards(struct estimate_run *r, struct estimate_dataset *d, int64_t access, const char *const *columns, int n_columns,
    struct shard_rows *rows, struct err *e) {
  struct table *tables = ARENA_ARRAY(r->a, struct table, d->n_shards + 1);
  const struct table **list = ARENA_ARRAY(r->a, const struct table *, d->n_shards + 1);
  const char **names = ARENA_ARRAY(r->a, const char *, 513);
  if (!tables || !list || !names) return ERR(e, E_NO_MEMORY, .subject = d->name);
  for (int64_t i = 0; i < d->n_shards; i++) {
    int n = 0;
    if (columns) TRY(present_columns(r, d->shards[i].id, columns, n_columns < 512 ? n_columns : 512, names, &n, e));
    TRY(store_shard_read(r->s, d->shards[i].id, access, columns ? names : NULL, n, r->a, &tables[i], e));
    list[i] = &tables[i];
    d->n_rows += tables[i].n_rows;
    job_progress(store_job(r->s), d->name, i + 1, d->n_shards);
  }
  *rows = (struct shard_rows){d->name, list, d->n_shards};
  return E_OK;
}

static enum err_code logged_read(
    struct estimate_run *r, struct estimate_dataset *d, const char *const *columns, int n_columns, struct shard_rows *rows, struct err *e) {
  int64_t access;
  char object[256];
  snprintf(object, sizeof object, "dataset:%s", d->name);
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "", .detail = ""};
  TRY(store_log_intent(r->s, &entry, &access, e));
  enum err_code code = read_shards(r, d, access, columns, n_columns, rows, e);
  struct err ignored;
  entry.rows = d->n_rows;
  enum err_code logged = store_log_outcome(r->s, access, &entry, code == E_OK, code ? &ignored : e);
  return code ? code : logged;
}

/* What was processed must be what is here now: a batch that came after the last `process run` makes its result stale, part for part. */
static enum err_code check_fresh(struct estimate_run *r, const struct dataset_key *key, const struct estimate_dataset *d, struct err *e) {
  const struct dataset_key received = {key->survey, key->form, key->period, "received"};
  struct shard *shards;
  int64_t n;
  if (!strcmp(key->stage, "received")) return E_OK;
  TRY(store_shards(r->s, &received, r->a, &shards, &n, e));
  if (n == 0 && store_cutoff_of(r->s)) return ERR(e, E_TABLE_DATA, .subject = d->name); /* it came after the cut-off */
  bool same = n == d->n_shards;
  for (int64_t i = 0; same && i < n; i++)
    same =
        !strcmp(shards[i].batch, d->shards[i].batch) && !strcmp(shards[i].sender, d->shards[i].sender) && shards[i].n_rows == d->shards[i].n_rows;
  return same ? E_OK : ERR(e, E_ESTIMATE_STALE, .subject = d->name);
}

/* --- record types: a shard holds records of one; it is the deepest type all of whose keys it has --- */
static bool shard_has(const struct store_column *have, int n, const char *name) {
  for (int k = 0; k < n; k++)
    if (!strcmp(have[k].name, name)) return true;
  return false;
}
static enum err_code record_of(struct estimate_run *r, const struct form *f, int64_t shard, int *record, struct err *e) {
  const struct arena_mark mark = arena_mark(r->a);
  struct store_column *have = ARENA_ARRAY(r->a, struct store_column, 512);
  if (!have) return ERR(e, E_NO_MEMORY, .subject = "columns");
  const int n = store_shard_columns(r->s, shard, have, 512, e);
  if (n < 0) return e->code;
  for (*record = f->n_records - 1; *record > 0; --*record) {
    bool all = true;
    for (int k = 0; k < f->records[*record].n_keys; k++)
      all = all && shard_has(have, n < 512 ? n : 512, f->records[*record].keys[k]->name);
    if (all) break;
  }
  arena_reset(r->a, mark);
  return E_OK;
}
/* The shards of the record type; the lineage keeps the whole dataset. */
static enum err_code keep_record(
    struct estimate_run *r, const struct form *f, int record, const struct estimate_dataset *d, struct estimate_dataset *part, struct err *e) {
  *part = *d;
  if (f->n_records < 2) return E_OK;
  part->shards = ARENA_ARRAY(r->a, struct shard, d->n_shards + 1);
  if (!part->shards) return ERR(e, E_NO_MEMORY, .subject = d->name);
  part->n_shards = 0;
  for (int64_t i = 0; i < d->n_shards; i++) {
    int own = 0;
    TRY(record_of(r, f, d->shards[i].id, &own, e));
    if (own == record) part->shards[part->n_shards++] = d->shards[i];
  }
  return part->n_shards ? E_OK : ERR(e, E_TABLE_DATA, .subject = d->name);
}

static enum err_code load(struct estimate_run *r, const struct form *f, int record, const char *const *columns, int n_columns,
    const struct shard_rows **out, struct err *e) {
  const char *stage = estimate_form_is_input(f) ? "received" : r->options->stage ? r->options->stage : "imputed";
  const struct dataset_key key = {r->survey->id, f->id, r->out->period, stage};
  for (int i = 0; i < r->n_loaded; i++)
    if (!strcmp(r->loaded[i].form_id, f->id) && r->loaded[i].record == record && (r->loaded[i].whole || columns)) {
      *out = &r->loaded[i].rows;
      return E_OK;
    }
  if (r->n_loaded == ESTIMATE_MAX_DATASETS) return ERR(e, E_CAP_EXCEEDED, .subject = "datasets of one run");
  struct estimate_dataset *d = &r->out->datasets[r->out->n_datasets], part;
  *d = (struct estimate_dataset){.name = arena_printf(r->a, "%s/%s/%s/%s", key.survey, key.form, key.period, key.stage), .form = f};
  TRY(store_shards(r->s, &key, r->a, &d->shards, &d->n_shards, e));
  if (d->n_shards == 0) return ERR(e, E_TABLE_DATA, .subject = d->name);
  TRY(check_fresh(r, &key, d, e));
  TRY(keep_record(r, f, record, d, &part, e));
  struct estimate_loaded *l = &r->loaded[r->n_loaded];
  *l = (struct estimate_loaded){.form_id = f->id, .record = record, .whole = columns == NULL, .dataset = r->out->n_datasets};
  TRY(logged_read(r, &part, columns, n_columns, &l->rows, e));
  d->n_rows = part.n_rows;
  r->out->n_datasets++;
  r->n_loaded++;
  *out = &l->rows;
  return E_OK;
}
enum err_code estimate_load(
    struct estimate_run *r, const struct form *f, const char *const *columns, int n_columns, const struct shard_rows **out, struct err *e) {
  return load(r, f, 0, columns, n_columns, out, e);
}
enum err_code estimate_load_record(struct estimate_run *r, const struct form *f, const char *record, const char *const *columns, int n_columns,
    const struct shard_rows **out, struct err *e) {
  for (int k = 0; k < f->n_records; k++)
    if (!strcmp(f->records[k].name, record)) return load(r, f, k, columns, n_columns, out, e);
  return ERR(e, E_BUG, .subject = record);
}

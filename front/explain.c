#include "front/explain.h"

#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "collector/batch.h"
#include "estimators/sdc/sdc_words.h"
#include "secure-store/minisign.h"
#include "secure-store/release.h"

enum { MAX_TEXT = 1 << 28 };

/* --- the cell's name --- */
static const char *keep(struct arena *a, struct str s) { return s.n ? arena_strdup(a, s.p, s.n) : NULL; }

enum err_code cell_parse(struct arena *a, const char *text, struct cell_name *out, struct err *e) {
  struct str rest, dims, measure, table, release = str_split(str_of(text), '/', &rest);
  size_t colon = rest.n;
  while (colon > 0 && rest.p[colon - 1] != ':') colon--;
  *out = (struct cell_name){.n = 0};
  if (!colon) return ERR(e, E_EXPLAIN_CELL, .subject = text);
  measure = str_view(rest.p + colon, rest.n - colon);
  table = str_split(str_view(rest.p, colon - 1), '?', &dims);
  out->release = keep(a, release), out->table = keep(a, table), out->measure = keep(a, measure);
  if (!out->release || !out->table || !out->measure) return ERR(e, E_EXPLAIN_CELL, .subject = text);
  while (dims.n) {
    struct str code, name = str_split(str_split(dims, '&', &dims), '=', &code);
    if (out->n == RESULT_MAX_DIMENSIONS || !name.n || !code.n) return ERR(e, E_EXPLAIN_CELL, .subject = text);
    for (int k = 0; k < out->n; k++)
      if (str_eq(name, str_of(out->dimensions[k]))) return ERR(e, E_EXPLAIN_CELL, .subject = text); /* two codes of one dimension name no cell */
    out->dimensions[out->n] = keep(a, name);
    out->codes[out->n++] = keep(a, code);
  }
  return E_OK;
}

static enum err_code find_release(struct store *s, const char *name, char id[96], struct err *e) {
  const char *dash = strchr(name, '-');
  char survey[64];
  snprintf(id, 96, "%s", name);
  if (!dash || strlen(name) > 80) return ERR(e, E_RELEASE_UNKNOWN, .subject = name, .expected = "SURVEY-PERIOD-RUN");
  snprintf(survey, sizeof survey, "%.*s", (int)(dash - name < 60 ? dash - name : 60), name);
  if (strlen(name) > 17 && strspn(name + strlen(name) - 16, "0123456789abcdef") == 16) return E_OK;
  return release_latest(s, survey, dash + 1, id, e);
}

/* --- inputs --- */
static enum err_code check_shard(struct store *s, struct arena *a, const struct lineage_dataset *d, const struct lineage_shard *want, const struct shard *have, int64_t access, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct table t;
  if (strcmp(want->content_hash, have->content_hash) || strcmp(want->batch, have->batch) || want->rows != have->n_rows)
    return ERR(e, E_EXPLAIN_INPUT, .subject = want->batch[0] ? want->batch : d->form, .expected = want->content_hash, .found = have->content_hash);
  TRY(store_shard_read(s, have->id, access, NULL, 0, a, &t, e)); /* opens every segment: a flipped bit stops here and names the batch */
  arena_reset(a, mark);
  return E_OK;
}

static enum err_code check_dataset(struct store *s, struct arena *a, const struct lineage_dataset *d, int64_t access, struct err *e) {
  const struct dataset_key key = {d->survey, d->form, d->period, d->stage};
  struct shard *shards;
  int64_t n;
  char expected[32], found[32];
  TRY(store_shards(s, &key, a, &shards, &n, e));
  snprintf(expected, sizeof expected, "%lld shards", (long long)d->n_shards);
  snprintf(found, sizeof found, "%lld", (long long)n);
  if (n != d->n_shards) return ERR(e, E_EXPLAIN_INPUT, .subject = d->form, .expected = expected, .found = found);
  for (int64_t i = 0; i < n; i++) TRY(check_shard(s, a, d, &d->shards[i], &shards[i], access, e));
  return E_OK;
}

/* --- batches --- */
static void copy_id(char out[65], struct str t) { snprintf(out, 65, "%.*s", (int)t.n, t.p); }

static enum err_code check_signature(struct store *s, const char *id, const char *manifest_blob, const char *signature_blob, const char *key, int64_t access, struct err *e) {
  struct strbuf manifest, signature;
  char actual[BATCH_ID_HEX];
  strbuf_init(&manifest, MAX_TEXT);
  strbuf_init(&signature, MAX_TEXT);
  enum err_code code = store_blob_get(s, manifest_blob, access, MAX_TEXT, &manifest, e);
  if (!code) code = store_blob_get(s, signature_blob, access, MAX_TEXT, &signature, e);
  if (!code) batch_id_of(str_view(manifest.p, manifest.n), actual);
  if (!code && strcmp(actual, id)) code = ERR(e, E_EXPLAIN_INPUT, .subject = id, .expected = id, .found = actual);
  if (!code && minisign_verify(key, manifest.p, manifest.n, signature.p, signature.n, NULL, e)) code = ERR_WRAP(e, E_BATCH_SIGNATURE, .subject = id);
  strbuf_release(&manifest);
  strbuf_release(&signature);
  return code;
}

static enum err_code explain_batch(struct store *s, struct arena *a, const struct lineage_dataset *d, const struct lineage_shard *shard, int64_t access, struct explained_batch *out, struct err *e) {
  struct db_statement *q;
  bool row;
  char manifest[65], signature[65], key[128];
  *out = (struct explained_batch){.id = shard->batch, .sender = shard->sender, .form = d->form, .stage = d->stage, .state = "made here", .rows = shard->rows};
  if (!shard->batch[0]) return E_OK;
  TRY(db_prepare(store_db(s), "SELECT sequence, manifest_blob, signature_blob, signing_key FROM batch WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, shard->batch);
  TRY(db_step(q, &row, e));
  if (!row) return ERR(e, E_EXPLAIN_INPUT, .subject = shard->batch, .expected = "the batch in the ledger", .found = "nothing");
  out->sequence = db_int(q, 0);
  copy_id(manifest, db_text(q, 1));
  copy_id(signature, db_text(q, 2));
  snprintf(key, sizeof key, "%.*s", (int)db_text(q, 3).n, db_text(q, 3).p);
  db_reset(q);
  TRY(check_signature(s, shard->batch, manifest, signature, key, access, e));
  out->state = "signature holds";
  (void)a;
  return E_OK;
}

/* Only what the cell's own table was made from: the datasets that computing it again has read, and the received stage behind them. */
static bool belongs(const struct explanation *x, const struct lineage_dataset *d) {
  char name[256];
  size_t n = (size_t)snprintf(name, sizeof name, "%s/%s/", d->survey, d->form);
  for (int i = 0; i < x->output.n_datasets; i++)
    if (!strncmp(x->output.datasets[i].name, name, n)) return true;
  return false;
}

static enum err_code check_inputs(struct store *s, struct arena *a, struct explanation *x, int64_t access, struct err *e) {
  int64_t max = 0;
  for (int64_t i = 0; i < x->lineage.n_datasets; i++) max += x->lineage.datasets[i].n_shards;
  x->batches = ARENA_ARRAY(a, struct explained_batch, max + 1);
  if (!x->batches) return ERR(e, E_NO_MEMORY, .subject = "explain");
  for (int64_t i = 0; i < x->lineage.n_datasets; i++) {
    const struct lineage_dataset *d = &x->lineage.datasets[i];
    job_progress(store_job(s), "explain", i, x->lineage.n_datasets);
    if (!belongs(x, d)) continue;
    TRY(check_dataset(s, a, d, access, e));
    for (int64_t k = 0; !strcmp(d->stage, "received") && k < d->n_shards; k++) {
      TRY(explain_batch(s, a, d, &d->shards[k], access, &x->batches[x->n_batches++], e));
      x->records += d->shards[k].rows;
    }
  }
  return E_OK;
}

/* --- the same figure again --- */
static enum err_code compare_table(
    struct store *s, struct arena *a, const char *release, const struct result_table *t, int64_t access, struct err *e) {
  struct strbuf published, ours;
  struct result_table as_published;
  struct json_out j;
  char name[160];
  snprintf(name, sizeof name, "tables/%s.json", t->id);
  TRY(sdc_as_published(a, t, &as_published, e));
  strbuf_init(&published, MAX_TEXT);
  strbuf_init(&ours, MAX_TEXT);
  enum err_code code = release_find_part(s, release, name, access, &published, e);
  json_begin(&j, &ours, false);
  result_json(&as_published, &j);
  strbuf_addc(&ours, '\n');
  if (!code && !str_eq(str_view(published.p, published.n), str_view(ours.p, ours.n))) code = ERR(e, E_EXPLAIN_DIFFERS, .subject = t->id);
  strbuf_release(&published);
  strbuf_release(&ours);
  return code;
}

static bool has_code(const struct result_table *t, int d, struct str code) {
  for (int64_t i = 0; i < t->n_rows; i++)
    if (str_eq(t->dimensions[d].code[i], code)) return true;
  return false;
}

/* What a dimension that is not named means: its total, which the labour survey's own code lists call TL and T. */
static struct str total_of(const struct result_table *t, int d) {
  static const char *const totals[] = {"_T", "TL", "T"};
  for (int k = 0; k < 3; k++)
    if (has_code(t, d, str_of(totals[k]))) return str_of(totals[k]);
  return STR("_T");
}

/* "20 25 30 35 ..." : what may stand where something else stood. */
static void list_codes(const struct result_table *t, int d, char out[200]) {
  size_t used = 0;
  out[0] = 0;
  for (int64_t i = 0; i < t->n_rows && used < 180; i++) {
    struct str code = t->dimensions[d].code[i];
    bool seen = false;
    for (int64_t j = 0; j < i && !seen; j++) seen = str_eq(t->dimensions[d].code[j], code);
    if (!seen) used += (size_t)snprintf(out + used, 200 - used, "%s%.*s", used ? " " : "", (int)code.n, code.p);
  }
}

static enum err_code check_names(const struct cell_name *cell, const struct result_table *t, struct err *e) {
  char list[200], part[128];
  for (int k = 0; k < cell->n; k++) {
    int d = result_find_dimension(t, cell->dimensions[k]);
    if (d < 0) return ERR(e, E_EXPLAIN_CELL, .subject = cell->dimensions[k], .expected = t->n_dimensions ? t->dimensions[0].name : "");
    if (has_code(t, d, str_of(cell->codes[k]))) continue;
    list_codes(t, d, list);
    snprintf(part, sizeof part, "%.60s=%.60s", cell->dimensions[k], cell->codes[k]);
    return ERR(e, E_EXPLAIN_CELL, .subject = part, .expected = list);
  }
  return E_OK;
}

static enum err_code find_cell(const struct cell_name *cell, struct explanation *x, struct err *e) {
  const struct result_table *t = x->table->table;
  struct str codes[RESULT_MAX_DIMENSIONS];
  for (int d = 0; d < t->n_dimensions; d++) {
    codes[d] = total_of(t, d);
    for (int k = 0; k < cell->n; k++)
      if (!strcmp(cell->dimensions[k], t->dimensions[d].name)) codes[d] = str_of(cell->codes[k]);
  }
  TRY(check_names(cell, t, e));
  x->row = result_find_row(t, codes);
  char call[128];
  snprintf(call, sizeof call, "%s()", cell->measure); /* `count` is as good as `count()` */
  x->measure = result_find_measure(t, cell->measure);
  if (x->measure < 0) x->measure = result_find_measure(t, call);
  if (x->measure < 0) return ERR(e, E_EXPLAIN_CELL, .subject = cell->measure, .expected = t->n_measures ? t->measures[0].name : "");
  return x->row >= 0 ? E_OK : ERR(e, E_EXPLAIN_CELL, .subject = cell->table);
}

static enum err_code recompute(struct store *s, struct arena *a, const struct cell_name *cell, struct explanation *x, int64_t access, struct err *e) {
  const char *form = NULL;
  for (int64_t i = 0; i < x->lineage.n_tables; i++)
    if (!strcmp(x->lineage.table_ids[i], cell->table)) {
      form = x->lineage.table_forms[i];
      if (!x->lineage.table_hashes[i][0]) return ERR(e, E_RELEASE_REFUSED, .subject = cell->table, .found = "a table that was withheld: none of its figures is published");
    }
  if (!form) return ERR(e, E_EXPLAIN_CELL, .subject = cell->table);
  const struct estimate_options options = {.table = cell->table, .form = form};
  TRY(estimate_tables(s, x->lineage.survey, x->lineage.period, &options, a, &x->output, e));
  if (x->output.n_tables != 1) return ERR(e, E_EXPLAIN_DIFFERS, .subject = cell->table);
  x->table = &x->output.tables[0];
  TRY(check_inputs(s, a, x, access, e));
  TRY(compare_table(s, a, x->release, x->table->table, access, e));
  return find_cell(cell, x, e);
}

static enum err_code explain_in(struct store *s, struct arena *a, const struct cell_name *cell, struct explanation *x, int64_t access, struct err *e) {
  struct strbuf json;
  strbuf_init(&json, MAX_TEXT);
  struct err none = {.code = E_OK};
  enum err_code code = release_find_part(s, x->release, RELEASE_SEALED_LINEAGE, access, &json, &none);
  if (code == E_RELEASE_UNKNOWN) code = release_find_part(s, x->release, "lineage.json", access, &json, e); /* of an earlier program: the full one */
  else if (code && e) *e = none;
  if (!code) code = lineage_read(a, str_view(json.p, json.n), &x->lineage, e);
  strbuf_release(&json);
  struct store_cutoff then;
  if (!code && x->lineage.cutoff[0]) code = store_cutoff_open(s, x->lineage.survey, x->lineage.period, x->lineage.cutoff, &then, e);
  return code ? code : recompute(s, a, cell, x, access, e);
}

enum err_code explain_cell(struct store *s, struct arena *a, const struct cell_name *cell, struct explanation *out, struct err *e) {
  int64_t access;
  *out = (struct explanation){.row = -1};
  TRY(find_release(s, cell->release, out->release, e));
  const struct log_entry entry = {.action = "data-read", .object = out->release};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = explain_in(s, a, cell, out, access, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
  return code ? code : logged;
}

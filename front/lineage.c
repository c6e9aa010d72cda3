#include "front/lineage.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "base/json_out.h"

/* --- writing; keys in sorted order, as canonical JSON asks --- */
struct writing {
  struct json_out *j;
  const struct hmac_key *key; /* NULL: the full one, which stays in the store */
};
/* A plain hash of few records is found by trying them: outside it stands under the store's own key, each kind of hash for itself. */
static void put_hash(const struct writing *w, const char *name, const char *hex) {
  char text[160], out[2 * HASH_BYTES + 1] = "";
  uint8_t mac[HASH_BYTES];
  const int n = snprintf(text, sizeof text, "%s %.120s", name, hex);
  if (w->key && *hex) hmac_with(w->key, text, (size_t)n, mac), hex_encode(mac, HASH_BYTES, out);
  json_put(w->j, name, w->key ? out : hex);
}
static void put_shards(const struct writing *w, const struct shard *shards, int64_t n) {
  struct json_out *j = w->j;
  json_key(j, "shards");
  json_array(j);
  for (int64_t i = 0; i < n; i++) {
    json_object(j);
    put_hash(w, "batch", shards[i].batch);
    put_hash(w, "content_hash", shards[i].content_hash);
    if (!w->key) json_put_int(j, "rows", shards[i].n_rows);
    json_put(j, "sender", shards[i].sender);
    json_end_object(j);
  }
  json_end_array(j);
}

static void put_dataset(const struct writing *w, const char *name, const char *form_hash, const struct shard *shards, int64_t n) {
  struct json_out *j = w->j;
  json_object(j);
  json_put(j, "form_hash", form_hash);
  json_put(j, "name", name);
  put_shards(w, shards, n);
  json_end_object(j);
}

/* Imputation and prev() read the period before as imputed, else as edited: what they read belongs to the figure's origin. */
static enum err_code put_previous(struct store *s, struct arena *a, const struct writing *w, const char *survey, const char *form, const char *period,
    struct err *e) {
  static const char *const stages[] = {"imputed", "edited"};
  struct period p;
  struct shard *shards;
  int64_t n = 0;
  char before[16], name[256];
  if (!period_parse(str_of(period), &p)) return E_OK;
  p = period_previous(&p);
  period_format(&p, before);
  for (int i = 0; i < 2 && !n; i++) {
    const struct dataset_key key = {survey, form, before, stages[i]};
    TRY(store_shards(s, &key, a, &shards, &n, e));
    snprintf(name, sizeof name, "%s/%s/%s/%s", survey, form, before, stages[i]);
    if (n) put_dataset(w, name, shards[0].form_hash, shards, n);
  }
  return E_OK;
}

/* "mls/establishment/2025-12/imputed" -> the received stage behind it. */
static enum err_code put_received(struct store *s, struct arena *a, const struct writing *w, const struct estimate_dataset *d, struct err *e) {
  struct str rest = str_of(d->name), part[4];
  char text[4][64], name[256];
  struct shard *shards;
  int64_t n;
  for (int i = 0; i < 4; i++) {
    part[i] = str_split(rest, '/', &rest);
    snprintf(text[i], sizeof text[i], "%.*s", (int)part[i].n, part[i].p);
  }
  if (!strcmp(text[3], "received")) return E_OK;
  const struct dataset_key key = {text[0], text[1], text[2], "received"};
  TRY(store_shards(s, &key, a, &shards, &n, e));
  snprintf(name, sizeof name, "%s/%s/%s/received", text[0], text[1], text[2]);
  if (n) put_dataset(w, name, shards[0].form_hash, shards, n);
  return put_previous(s, a, w, text[0], text[1], text[2], e);
}

static enum err_code put_datasets(struct store *s, struct arena *a, const struct writing *w, const struct estimate_output *r, struct err *e) {
  struct json_out *j = w->j;
  json_key(j, "datasets");
  json_array(j);
  for (int i = 0; i < r->n_datasets; i++) {
    const struct estimate_dataset *d = &r->datasets[i];
    put_dataset(w, d->name, d->form ? d->form->hash_hex : "", d->shards, d->n_shards);
    TRY(put_received(s, a, w, d, e));
  }
  json_end_array(j);
  return E_OK;
}

static void put_exceptions(struct json_out *j, const struct estimate_weights *w) {
  json_key(j, "exceptions");
  json_array(j);
  for (int64_t i = 0; i < w->n_exceptions; i++) {
    json_object(j);
    json_key(j, "stratum");
    json_text(j, w->exceptions[i].stratum);
    json_put(j, "text", w->exceptions[i].text);
    json_end_object(j);
  }
  json_end_array(j);
}

static void put_skipped(struct json_out *j, const struct estimate_output *r) {
  json_key(j, "skipped");
  json_array(j);
  for (int i = 0; i < r->n_skipped; i++) {
    json_object(j);
    json_put(j, "form", r->skipped[i].form);
    json_put(j, "reason", r->skipped[i].reason_en ? r->skipped[i].reason_en : "");
    json_put(j, "table", r->skipped[i].table);
    json_end_object(j);
  }
  json_end_array(j);
}

static enum err_code table_hash(const struct result_table *t, char hex[65], struct err *e) {
  struct strbuf b;
  struct json_out j;
  uint8_t hash[HASH_BYTES];
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  result_json(t, &j);
  bool good = json_done(&j) && !b.failed;
  sha256_of(b.p, b.n, hash);
  hex_encode(hash, HASH_BYTES, hex);
  strbuf_release(&b);
  return good ? E_OK : ERR(e, E_NO_MEMORY, .subject = "lineage");
}

static enum err_code put_tables(struct json_out *j, const struct estimate_output *r, const struct bundle_table *tables, struct err *e) {
  json_key(j, "tables");
  json_array(j);
  for (int i = 0; i < r->n_tables; i++) {
    char hex[65] = ""; /* a withheld table leaves no hash: its few unknown figures could be found by trying */
    if (!strcmp(tables[i].decision, "publish")) TRY(table_hash(r->tables[i].table, hex, e));
    json_object(j);
    json_put(j, "decision", tables[i].decision);
    json_put(j, "form", r->tables[i].form->id);
    json_put(j, "id", r->tables[i].table->id);
    json_put(j, "sha256", hex);
    json_end_object(j);
  }
  json_end_array(j);
  return E_OK;
}

static void put_weights(struct json_out *j, const struct estimate_weights *w) {
  char text[256] = "unweighted: a complete count", small[32], large[32], sum[32];
  if (w->present) {
    real_format(w->smallest, small);
    real_format(w->largest, large);
    real_format(w->sum, sum);
    snprintf(text, sizeof text, "%lld units in %lld strata (%lld take-all), weights %s to %s, sum %s", (long long)w->n_units, (long long)w->n_strata, (long long)w->n_take_all, small, large, sum);
  }
  json_put(j, "weights", text);
}

static void put_cutoff(const struct writing *w, const struct store_cutoff *c) {
  struct json_out *j = w->j;
  json_key(j, "cutoff");
  json_object(j);
  put_hash(w, "content", c->digest);
  json_put(j, "name", c->name);
  json_end_object(j);
}
enum err_code lineage_key(struct store *s, struct hmac_key *out, struct err *e) {
  static const char what[] = "lineage of a release";
  uint8_t key[32];
  TRY(store_token(s, "lineage", what, sizeof what - 1, key, e));
  hmac_key_init(out, key, sizeof key);
  wipe(key, sizeof key);
  return E_OK;
}
enum err_code lineage_write(struct store *s, struct arena *a, const struct hmac_key *key, const struct estimate_output *r,
    const struct bundle_table *tables, struct str *out, struct err *e) {
  struct strbuf b;
  struct json_out j;
  const struct writing w = {&j, key};
  strbuf_init(&b, 0);
  json_begin(&j, &b, true);
  json_object(&j);
  if (store_cutoff_of(s)) put_cutoff(&w, store_cutoff_of(s));
  enum err_code code = put_datasets(s, a, &w, r, e);
  put_exceptions(&j, &r->weights);
  json_put(&j, "format", key ? "shirabe-lineage-2" : "shirabe-lineage-1");
  json_put(&j, "period", r->period);
  json_put(&j, "program", "shirabe " SHIRABE_VERSION);
  json_put_int(&j, "seed", 0);
  put_skipped(&j, r);
  json_put(&j, "spec_hash", r->spec_hash);
  json_put(&j, "survey", r->survey);
  if (!code) code = put_tables(&j, r, tables, e);
  put_weights(&j, &r->weights);
  json_end_object(&j);
  if (!code && (!json_done(&j) || b.failed)) code = ERR(e, E_NO_MEMORY, .subject = "lineage");
  char *p = code ? NULL : arena_strdup(a, b.p, b.n);
  *out = str_view(p, b.n);
  strbuf_release(&b);
  return code ? code : p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "lineage");
}

/* --- reading --- */
static const char *copy(struct arena *a, const struct json_value *v, const char *key) {
  const char *s = json_member_string(v, key, "");
  const char *p = arena_strdup(a, s, strlen(s));
  return p ? p : "";
}

static enum err_code read_dataset(struct arena *a, const struct json_value *v, struct lineage_dataset *d, struct err *e) {
  struct str rest = str_of(json_member_string(v, "name", ""));
  const char *part[4];
  for (int i = 0; i < 4; i++) {
    struct str p = str_split(rest, '/', &rest);
    part[i] = arena_strdup(a, p.p, p.n);
    if (!part[i]) return ERR(e, E_NO_MEMORY, .subject = "lineage");
  }
  const struct json_value *shards = json_member(v, "shards");
  *d = (struct lineage_dataset){part[0], part[1], part[2], part[3], copy(a, v, "form_hash"), (int64_t)json_length(shards), NULL};
  d->shards = ARENA_ARRAY(a, struct lineage_shard, d->n_shards + 1);
  if (!d->shards) return ERR(e, E_NO_MEMORY, .subject = "lineage");
  for (int64_t i = 0; i < d->n_shards; i++) {
    const struct json_value *w = json_element(shards, (size_t)i);
    d->shards[i] = (struct lineage_shard){copy(a, w, "batch"), copy(a, w, "sender"), copy(a, w, "content_hash"), json_member_int(w, "rows", -1)};
  }
  return E_OK;
}

static enum err_code read_tables(struct arena *a, const struct json_value *tables, struct lineage *out, struct err *e) {
  out->n_tables = (int64_t)json_length(tables);
  out->table_ids = ARENA_ARRAY(a, const char *, out->n_tables + 1);
  out->table_forms = ARENA_ARRAY(a, const char *, out->n_tables + 1);
  out->table_hashes = ARENA_ARRAY(a, const char *, out->n_tables + 1);
  if (!out->table_ids || !out->table_forms || !out->table_hashes) return ERR(e, E_NO_MEMORY, .subject = "lineage");
  for (int64_t i = 0; i < out->n_tables; i++) {
    const struct json_value *v = json_element(tables, (size_t)i);
    out->table_ids[i] = copy(a, v, "id");
    out->table_forms[i] = copy(a, v, "form");
    out->table_hashes[i] = copy(a, v, "sha256");
  }
  return E_OK;
}

enum err_code lineage_read(struct arena *a, struct str json, struct lineage *out, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse("lineage.json", json.p, json.n, &d, e));
  const struct json_value *root = json_root(d), *datasets = json_member(root, "datasets");
  enum err_code code = strcmp(json_member_string(root, "format", ""), "shirabe-lineage-1") ? ERR(e, E_RELEASE_BUNDLE, .file = "lineage.json", .subject = "format") : E_OK;
  *out = (struct lineage){.survey = copy(a, root, "survey"), .period = copy(a, root, "period"), .spec_hash = copy(a, root, "spec_hash"), .program = copy(a, root, "program"),
                          .weights = copy(a, root, "weights"),
                          .cutoff = copy(a, json_member(root, "cutoff"), "name"), .n_datasets = (int64_t)json_length(datasets)};
  out->datasets = ARENA_ARRAY(a, struct lineage_dataset, out->n_datasets + 1);
  if (!code && !out->datasets) code = ERR(e, E_NO_MEMORY, .subject = "lineage");
  for (int64_t i = 0; !code && i < out->n_datasets; i++) code = read_dataset(a, json_element(datasets, (size_t)i), &out->datasets[i], e);
  if (!code) code = read_tables(a, json_member(root, "tables"), out, e);
  json_release(d);
  return code;
}

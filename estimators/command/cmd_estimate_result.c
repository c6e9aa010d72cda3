#include "estimators/command/cmd_estimate_result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "base/ext_sqlite.h"
#include "estimators/table/table_digest.h"
#include "secure-store/cmd_store_open.h"

enum err_code estimate_digest(struct result_table *t, struct err *e) {
  struct strbuf b;
  uint8_t hash[HASH_BYTES];
  char *hex = arena_alloc(t->arena, 2 * HASH_BYTES + 1, 1);
  strbuf_init(&b, 0);
  result_canonical(t, &b);
  bool failed = b.failed || !hex;
  if (!failed) {
    sha256_of(b.p, b.n, hash);
    hex_encode(hash, HASH_BYTES, hex);
    t->digest = hex;
  }
  strbuf_release(&b);
  return failed ? ERR(e, E_NO_MEMORY, .subject = t->id) : E_OK;
}

/* --- reading --- */
static bool is_file(const char *from) { return strchr(from, '/') || strchr(from, '.'); }

static enum err_code read_file(struct arena *a, const char *path, struct result_document *out, struct err *e) {
  uint8_t *text = NULL;
  size_t n;
  TRY(file_read(path, ESTIMATE_RESULT_BYTES, &text, &n, e));
  enum err_code code = result_read(a, path, (const char *)text, n, out, e);
  free(text);
  return code;
}

/* The whole id of a kept table from its first digits. */
static enum err_code find_kept(struct store *s, const char *from, char id[65], struct err *e) {
  struct db_statement *q;
  bool row, more = false;
  size_t n = strspn(from, "0123456789abcdef");
  if (n < 8 || n > 64 || from[n])
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = from, .expected = "a file (with / or .), or 8 to 64 hex digits of a kept table");
  TRY(db_prepare(store_db(s), "SELECT id FROM blob WHERE kind = 'estimate' AND substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 2", &q, e));
  db_bind_cstr(q, 1, from);
  TRY(db_step(q, &row, e));
  if (row) snprintf(id, 65, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  if (row) TRY(db_step(q, &more, e));
  db_reset(q);
  if (more) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = from, .expected = "more digits: several kept tables begin so");
  return row ? E_OK : ERR(e, E_TABLE_UNKNOWN, .subject = from, .expected = "a table kept by estimate run --keep");
}

static enum err_code read_kept(struct store *s, struct arena *a, const char *from, struct result_document *out, struct err *e) {
  char id[65], object[80];
  int64_t access;
  struct strbuf text;
  struct err ignored;
  TRY(find_kept(s, from, id, e));
  snprintf(object, sizeof object, "blob:%s", id);
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "", .detail = ""};
  TRY(store_log_intent(s, &entry, &access, e));
  strbuf_init(&text, ESTIMATE_RESULT_BYTES);
  enum err_code code = store_blob_get(s, id, access, ESTIMATE_RESULT_BYTES, &text, e);
  if (!code) code = result_read(a, from, text.p, text.n, out, e);
  strbuf_release(&text);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &ignored : e);
  return code ? code : logged;
}

static enum err_code check_digests(const char *from, const struct result_document *d, struct err *e) {
  for (int i = 0; i < d->n_tables; i++) {
    struct result_table *t = d->tables[i];
    const char *said = t->digest;
    TRY(estimate_digest(t, e));
    if (said && strcmp(said, t->digest)) return ERR(e, E_RESULT_DIGEST, .file = from, .subject = t->id, .expected = said, .found = t->digest);
    if (!*t->id) t->digest = NULL; /* from CSV, which does not hold all that a digest covers */
  }
  return E_OK;
}

enum err_code estimate_result_read(struct cli *c, struct store **s, const char *from, struct result_document *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  if (is_file(from)) TRY(read_file(a, from, out, e));
  else {
    if (!*s) TRY(store_cmd_unlock(c, s, e));
    TRY(read_kept(*s, a, from, out, e));
  }
  return check_digests(from, out, e);
}

enum err_code estimate_result_table(const struct result_document *d, const char *id, struct result_table **out, struct err *e) {
  char found[32];
  snprintf(found, sizeof found, "%d tables", d->n_tables);
  if (!id && d->n_tables != 1) return ERR(e, E_RESULT_WHICH, .subject = found);
  for (int i = 0; i < d->n_tables; i++)
    if (!id || !*d->tables[i]->id || !strcmp(d->tables[i]->id, id)) {
      *out = d->tables[i];
      return E_OK;
    }
  return ERR(e, E_TABLE_UNKNOWN, .subject = id);
}

/* --- of a run --- */
static enum err_code source_of(struct arena *a, const struct estimate_dataset *d, struct result_source *out, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int64_t i = 0; i < d->n_shards; i++) strbuf_addf(&b, "%s%s", i ? " " : "", d->shards[i].content_hash);
  *out = (struct result_source){d->name, d->form ? d->form->hash_hex : "", d->n_rows, d->n_shards, NULL};
  if (!b.failed) out->content = arena_strdup(a, b.p ? b.p : "", b.n);
  strbuf_release(&b);
  return out->content ? E_OK : ERR(e, E_NO_MEMORY, .subject = d->name);
}

enum err_code estimate_result_of_run(struct arena *a, const struct estimate_output *r, struct result_document *out, struct err *e) {
  const struct estimate_weights *w = &r->weights;
  *out = (struct result_document){.spec_hash = r->spec_hash, .program = SHIRABE_VERSION};
  out->tables = ARENA_ARRAY(a, struct result_table *, r->n_tables + 1);
  out->sources = ARENA_ARRAY(a, struct result_source, r->n_datasets + 1);
  if (!out->tables || !out->sources) return ERR(e, E_NO_MEMORY, .subject = r->survey);
  for (int i = 0; i < r->n_tables; i++) {
    TRY(estimate_digest(r->tables[i].table, e));
    out->tables[out->n_tables++] = r->tables[i].table;
  }
  for (int i = 0; i < r->n_datasets; i++) TRY(source_of(a, &r->datasets[i], &out->sources[out->n_sources++], e));
  if (w->present)
    out->weights = (struct result_weights){
        true, w->n_units, w->n_strata, w->n_take_all, w->n_sampled, w->n_exceptions, w->smallest, w->largest, w->sum};
  return E_OK;
}

/* --- words for codes --- */
static const struct form *read_form(struct cli *c, const char *survey, const char *id, const char *period) {
  struct form *f;
  struct period p;
  struct err e;
  struct job quiet = *cli_job(c);
  quiet.problem = NULL; /* a form that cannot be read here only means codes without words */
  int64_t day = period_parse(str_of(period), &p) ? period_last_day(&p) : INT64_MIN;
  return form_read(quiet.arena, &quiet, forms_folder(), survey, id, NULL, day, &f, NULL, &e) ? NULL : f;
}

void estimate_labels_read(struct cli *c, const struct result_table *t, struct estimate_labels *out) {
  struct form_survey *survey;
  struct err e;
  *out = (struct estimate_labels){.n_forms = 0};
  if (!*t->survey) return;
  if (*t->form && (out->forms[0] = read_form(c, t->survey, t->form, t->period))) out->n_forms = 1;
  bool all = out->n_forms == 1;
  for (int d = 0; d < t->n_dimensions && all; d++) all = form_item(out->forms[0], t->dimensions[d].name) != NULL;
  if (all || survey_read(cli_job(c)->arena, forms_folder(), t->survey, &survey, &e)) return;
  for (int i = 0; i < survey->n_forms && out->n_forms < ESTIMATE_LABEL_FORMS; i++) {
    const struct form *f = strcmp(survey->forms[i], t->form) ? read_form(c, t->survey, survey->forms[i], t->period) : NULL;
    if (f) out->forms[out->n_forms++] = f;
  }
}

const struct item *estimate_label_item(const struct estimate_labels *l, const char *name) {
  const struct item *any = NULL;
  for (int i = 0; i < l->n_forms; i++) {
    const struct item *item = form_item(l->forms[i], name);
    if (item && item->codelist) return item;
    if (item && !any) any = item;
  }
  return any;
}

struct str estimate_code_label(const void *labels, const char *dimension, struct str code, enum err_lang lang) {
  const struct item *item = estimate_label_item(labels, dimension);
  const struct code *found = item && item->codelist ? codelist_find(item->codelist, code, INT64_MIN) : NULL;
  if (!found || found == item->codelist->any) return STR("");
  return lang == LANG_JA || !found->label_en.n ? found->label_ja : found->label_en;
}

struct str estimate_item_label(const void *labels, const char *name, enum err_lang lang) {
  const struct item *item = estimate_label_item(labels, name);
  return item ? str_of(lang == LANG_JA || !item->label_en || !*item->label_en ? item->label_ja : item->label_en) : STR("");
}

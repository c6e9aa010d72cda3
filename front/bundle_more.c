#include "front/bundle_more.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/ledger.h"
#include "front/bundle_chart.h"
#include "front/quality.h"
#include "secure-store/bundle/bundle_formats.h"
#include "secure-store/output/embargo.h"

/* --- formats --- */
static enum err_code forms(struct arena *a, const struct bundle_table *t, struct release_part *parts, int64_t *n_parts, struct err *e) {
  struct bundle_words words;
  struct bundle_source s;
  const char *name = arena_printf(a, "tables/%s.csv", t->table->id);
  TRY(bundle_words_read(a, parts, *n_parts, &words, e));
  for (int64_t i = 0; i < *n_parts; i++)
    if (name && !strcmp(parts[i].name, name)) {
      TRY(bundle_source_read(a, &words, t->table->id, parts[i].bytes, &s, e));
      return bundle_forms_of(a, &s, bundle_chart, parts, n_parts, e);
    }
  return ERR(e, E_RELEASE_REPORT, .subject = t->table->id, .expected = "its long form");
}
enum err_code bundle_more(struct arena *a, const struct bundle_table *tables, int64_t n_tables, const struct bundle_about *about,
    struct release_part *parts, int64_t *n_parts, struct err *e) {
  parts[*n_parts].name = "tables.csv";
  TRY(bundle_tables_csv(a, tables, n_tables, about, &parts[(*n_parts)++].bytes, e));
  parts[*n_parts].name = "notes.csv";
  TRY(bundle_notes_csv(a, tables, n_tables, about, &parts[(*n_parts)++].bytes, e));
  for (int64_t i = 0; i < n_tables; i++)
    if (!strcmp(tables[i].decision, "publish")) TRY(forms(a, &tables[i], parts, n_parts, e));
  return E_OK;
}

/* --- rates of a form --- */
static struct quality_fact fact_of(const struct quality_rate *r) {
  struct quality_fact f = {.there = r->there && r->whole > 0, .part = (int64_t)r->part, .whole = (int64_t)r->whole};
  f.weighted = f.there && r->weighted && r->weighted_whole > 0;
  if (f.weighted) f.weighted_rate = r->weighted_part / r->weighted_whole;
  return f;
}
static void take_rates(const struct quality *q, struct quality_form *out) {
  const struct quality_rate *const rates[QUALITY_RATES - 1] = {
      &q->all.answered, &q->all.response, &q->all.failed, &q->all.failed_after, &q->all.changed, &q->all.imputation, &q->all.checks};
  out->rate[0] = (struct quality_fact){.there = q->due > 0, .part = q->sent, .whole = q->due};
  for (int k = 1; k < QUALITY_RATES; k++) out->rate[k] = fact_of(rates[k - 1]);
}
static enum err_code read_logged(struct store *s, const struct form *f, const char *period, struct arena *a, struct quality *out, struct err *e) {
  char object[160];
  (void)snprintf(object, sizeof object, "process:%s/%s/%s", f->survey, f->id, period);
  const struct quality_request request = {.form = f, .period = period, .lang = LANG_EN};
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "", .detail = "quality of a release"};
  int64_t access;
  TRY(store_log_intent(s, &entry, &access, e));
  struct err second = {0};
  enum err_code code = quality_read(s, &request, access, a, out, &second);
  entry.rows = code ? 0 : out->metrics.n_rows;
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &second : e);
  if (code && e) *e = second;
  return code ? code : logged;
}
static enum err_code form_rates(struct store *s, const struct form *f, const char *period, struct arena *a, struct quality_form *out, struct err *e) {
  struct quality *q = ARENA_NEW(a, struct quality);
  struct err why = {.code = E_OK};
  *out = (struct quality_form){.form = f->id};
  if (!q) return ERR(e, E_NO_MEMORY, .subject = "quality");
  enum err_code code = read_logged(s, f, period, a, q, &why);
  if (code == E_METRICS_NONE) {
    out->reason_ja = "この期間の審査・補完の処理記録がない（受領したままの記録から集計）";
    out->reason_en = "no processing run of the period is kept: the tables are made of the records as received";
    return E_OK;
  }
  if (code && e) *e = why;
  if (!code) take_rates(q, out);
  return code;
}
static enum err_code all_rates(struct store *s, struct arena *a, const struct bundle_table *tables, int64_t n, const char *period,
    struct quality_form *forms_out, int *n_forms, struct err *e) {
  for (int64_t i = 0; i < n; i++) {
    const struct form *f = tables[i].form;
    bool seen = f == NULL;
    for (int k = 0; k < *n_forms && !seen; k++) seen = !strcmp(forms_out[k].form, f->id);
    if (!seen) TRY(form_rates(s, f, period, a, &forms_out[(*n_forms)++], e));
  }
  return E_OK;
}

/* --- other releases of the survey and period --- */
enum { EDITIONS_MOST = 64 };
static enum err_code editions(
    struct store *s, struct arena *a, const struct bundle_about *about, const char *own, const char **out, int *n, struct err *e) {
  struct db_statement *q;
  bool row = false;
  *n = 0;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE name = 'release'", &q, e));
  TRY(db_step(q, &row, e));
  db_reset(q);
  if (!row) return E_OK;
  TRY(db_prepare(store_db(s), "SELECT id FROM release WHERE survey = ? AND period = ? AND id <> ? ORDER BY id LIMIT 64", &q, e));
  db_bind_cstr(q, 1, about->survey);
  db_bind_cstr(q, 2, about->period);
  db_bind_cstr(q, 3, own);
  enum err_code code;
  while (!(code = db_step(q, &row, e)) && row && *n < EDITIONS_MOST) {
    out[*n] = arena_strdup(a, db_text(q, 0).p, db_text(q, 0).n);
    if (!out[(*n)++]) return ERR(e, E_NO_MEMORY, .subject = "quality");
  }
  db_reset(q);
  return code;
}

enum err_code bundle_quality(struct store *s, struct arena *a, const struct bundle_table *tables, int64_t n_tables, const struct bundle_about *about,
    struct str lineage, struct release_part *parts, int64_t *n_parts, struct err *e) {
  const char *others[EDITIONS_MOST];
  struct quality_report q = {.survey = about->survey, .period = about->period, .editions = others};
  struct quality_form *form = ARENA_ARRAY(a, struct quality_form, n_tables + 1);
  struct bundle_words words;
  struct embargo date;
  uint8_t hash[HASH_BYTES];
  char hex[65];
  if (!form) return ERR(e, E_NO_MEMORY, .subject = "quality");
  sha256_of(lineage.p, lineage.n, hash);
  hex_encode(hash, HASH_BYTES, hex);
  const char *own = arena_printf(a, "%s-%s-%.16s", about->survey, about->period, hex); /* as the door names it (release.h) */
  TRY(ledger_prepare(s, e));
  TRY(all_rates(s, a, tables, n_tables, about->period, form, &q.n_forms, e));
  q.forms = form;
  TRY(editions(s, a, about, own ? own : "", others, &q.n_editions, e));
  TRY(embargo_find(s, about->survey, about->period, &date, &q.has_date, e));
  q.release_date = q.has_date ? date.at : 0;
  TRY(bundle_words_read(a, parts, *n_parts, &words, e));
  struct release_part *json = &parts[(*n_parts)++], *text = &parts[(*n_parts)++];
  json->name = "quality.json";
  text->name = "quality.md";
  TRY(quality_json(a, &q, parts, *n_parts - 2, &words, &json->bytes, e));
  return quality_text(a, json->bytes, &text->bytes, e);
}

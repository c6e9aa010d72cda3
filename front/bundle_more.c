#include "front/bundle_more.h"

#include <stdio.h>
#include <string.h>

#include "collector/ledger.h"
#include "estimators/command/cmd_estimate_core.h"
#include "front/bundle_chart.h"
#include "front/quality.h"
#include "secure-store/bundle/bundle_formats.h"
#include "secure-store/output/embargo.h"
#include "secure-store/store_cutoff.h"

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
static struct quality_fact offices_fact(int64_t sent, int64_t due) {
  return (struct quality_fact){.there = due > 0, .part = sent, .whole = due, .reason_ja = "報告機関の名簿がない", .reason_en = "no roster of offices is kept"};
}
static void take_rates(const struct quality *q, struct quality_form *out) {
  const struct quality_rate *const rates[QUALITY_RATES - 1] = {
      &q->all.answered, &q->all.response, &q->all.failed, &q->all.failed_after, &q->all.changed, &q->all.imputation, &q->all.checks};
  out->rate[0] = offices_fact(q->sent, q->due);
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
/* Without a processing run the ledger still knows who has reported; the same count as quality_read makes. */
static enum err_code offices_of(struct store *s, const struct form *f, const char *period, struct arena *a, struct quality_fact *out, struct err *e) {
  struct ledger_cell *cells;
  int64_t n, sent = 0, due = 0;
  TRY(ledger_cells(s, f->survey, period, INT64_MIN, a, &cells, &n, e));
  for (int64_t i = 0; i < n; i++) {
    if (strcmp(cells[i].form, f->id) != 0 || cells[i].state == LEDGER_NOT_LISTED) continue;
    due++;
    sent += *cells[i].batch || cells[i].state == LEDGER_NIL;
  }
  *out = offices_fact(sent, due);
  return E_OK;
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
    TRY(offices_of(s, f, period, a, &out->rate[0], e));
    code = E_OK;
  } else if (code && e) *e = why;
  else if (!code) take_rates(q, out);
  if (!code && store_cutoff_of(s)) /* the ledger knows who has reported now, not who had then */
    out->rate[0] = (struct quality_fact){.reason_ja = "締切時点の提出率は求めていない（不足は release.json の taint）",
        .reason_en = "not worked out as of a cut-off (release.json: taint says what was missing then)"};
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

/* Withheld tables count too: what the report tells of a form must not be more than its strictest table would. */
static int64_t strictest(const struct bundle_table *tables, int64_t n) {
  int64_t most = 0;
  for (int64_t i = 0; i < n; i++) {
    const struct estimate_table *t = tables[i].estimate;
    if (t && t->profile && t->profile->rule.min_n > most) most = t->profile->rule.min_n;
  }
  return most;
}
enum err_code bundle_quality(struct store *s, struct arena *a, const struct bundle_table *tables, int64_t n_tables, const struct bundle_about *about,
    struct release_part *parts, int64_t *n_parts, struct err *e) {
  struct quality_report q = {.survey = about->survey, .period = about->period, .min_n = strictest(tables, n_tables)};
  struct quality_form *form = ARENA_ARRAY(a, struct quality_form, n_tables + 1);
  struct bundle_words words;
  struct embargo date;
  if (!form) return ERR(e, E_NO_MEMORY, .subject = "quality");
  TRY(ledger_prepare(s, e));
  TRY(all_rates(s, a, tables, n_tables, about->period, form, &q.n_forms, e));
  q.forms = form;
  TRY(embargo_find(s, about->survey, about->period, &date, &q.has_date, e));
  q.release_date = q.has_date ? date.at : 0;
  TRY(bundle_words_read(a, parts, *n_parts, &words, e));
  struct release_part *json = &parts[(*n_parts)++], *text = &parts[(*n_parts)++];
  json->name = "quality.json";
  text->name = "quality.md";
  TRY(quality_json(a, &q, parts, *n_parts - 2, &words, &json->bytes, e));
  return quality_text(a, json->bytes, &text->bytes, e);
}

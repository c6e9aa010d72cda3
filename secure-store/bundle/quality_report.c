/* quality_report.c -- quality.json. */
#include "secure-store/bundle/quality_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json_out.h"
#include "secure-store/bundle/quality_impl.h"

const char *const quality_rate_names[QUALITY_RATES] = {
    "offices_reported", "unit_response", "item_response", "edit_failure", "edit_failure_after", "records_changed", "imputation", "check_failure"};
enum { SMALL = 3 }; /* at the least: counts of fewer units, and their complements, are not told */

/* --- collection --- */
static int64_t limit_of(const struct quality_report *q) { return q->min_n > SMALL ? q->min_n : SMALL; }
static bool is_small(int rate, const struct quality_fact *f, int64_t limit) {
  const int64_t rest = f->whole - f->part;
  return rate > 0 && (f->whole < limit || (f->part > 0 && f->part < limit) || (rest > 0 && rest < limit));
}
static void not_available(struct json_out *j, const char *ja, const char *en) {
  json_key(j, "available"), json_bool(j, false);
  json_put(j, "reason_ja", ja);
  json_put(j, "reason_en", en);
}
static void too_few(struct json_out *j, int64_t limit) {
  char ja[80], en[80];
  snprintf(ja, sizeof ja, "%lld未満の件数は示さない", (long long)limit);
  snprintf(en, sizeof en, "counts of fewer than %lld are not shown", (long long)limit);
  not_available(j, ja, en);
}
static void json_rate(struct json_out *j, const struct quality_form *f, int k, int64_t limit) {
  const struct quality_fact *x = &f->rate[k];
  json_key(j, quality_rate_names[k]);
  json_object(j);
  if (!x->there || x->whole <= 0)
    not_available(j, x->reason_ja   ? x->reason_ja
                     : f->reason_ja ? f->reason_ja
                                    : "この調査票の処理では求められない",
        x->reason_en   ? x->reason_en
        : f->reason_en ? f->reason_en
                       : "not worked out by this form's processing");
  else if (is_small(k, x, limit)) too_few(j, limit);
  else {
    json_key(j, "available"), json_bool(j, true);
    json_put_int(j, "part", x->part);
    json_put_int(j, "whole", x->whole);
    json_key(j, "rate"), json_real(j, (double)x->part / (double)x->whole);
    if (x->weighted) json_key(j, "weighted_rate"), json_real(j, round(x->weighted_rate * 1e6) / 1e6);
  }
  json_end_object(j);
}
static void json_collection(struct json_out *j, const struct quality_report *q) {
  json_key(j, "collection");
  json_array(j);
  for (int i = 0; i < q->n_forms; i++) {
    json_object(j);
    json_put(j, "form", q->forms[i].form);
    json_key(j, "rates");
    json_object(j);
    for (int k = 0; k < QUALITY_RATES; k++) json_rate(j, &q->forms[i], k, limit_of(q));
    json_end_object(j);
    json_end_object(j);
  }
  json_end_array(j);
}

/* --- tables, from their long forms --- */
static int number_cmp(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}
static double quantile(const double *v, int64_t n, double p) {
  int64_t rank = (int64_t)ceil(p * (double)n);
  return v[rank < 1 ? 0 : rank - 1];
}
static double absolute(struct str s) {
  char text[64];
  if (s.n >= sizeof text) return 0;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  return fabs(strtod(text, NULL));
}
static void json_cv(struct json_out *j, double *cv, int64_t n) {
  static const struct { const char *name; double p; } quantiles[] = {{"min", 0}, {"p25", 0.25}, {"median", 0.5}, {"p75", 0.75}, {"max", 1}};
  int64_t over10 = 0, over20 = 0;
  json_key(j, "cv");
  json_object(j);
  if (!n) not_available(j, "変動係数のある数値がない", "no figure has a coefficient of variation");
  else {
    qsort(cv, (size_t)n, sizeof *cv, number_cmp);
    for (int64_t i = 0; i < n; i++) over10 += cv[i] > 0.1, over20 += cv[i] > 0.2;
    json_key(j, "available"), json_bool(j, true);
    json_put_int(j, "figures", n);
    for (size_t k = 0; k < 5; k++) json_key(j, quantiles[k].name), json_real(j, quantile(cv, n, quantiles[k].p));
    json_put_int(j, "over_10_percent", over10);
    json_put_int(j, "over_20_percent", over20);
  }
  json_end_object(j);
}
static void json_measure(struct json_out *j, const struct bundle_source *s, struct str measure, double *cv) {
  static const char *const states[] = {"shown", "suppressed", "not_applicable", "undefined", "unreliable"};
  int64_t count[5] = {0}, figures = 0, n_cv = 0;
  for (int64_t i = 0; i < s->table.n_rows; i++) {
    if (!str_eq(bundle_cell(s, i, LONG_MEASURE), measure)) continue;
    const struct str state = bundle_cell(s, i, LONG_STATUS), text = bundle_cell(s, i, LONG_CV);
    figures++;
    for (int k = 0; k < 5; k++) count[k] += str_eq(state, str_of(states[k]));
    if (text.n) cv[n_cv++] = absolute(text);
  }
  json_object(j);
  json_key(j, "measure"), json_text(j, measure);
  json_put_int(j, "figures", figures);
  for (int k = 0; k < 5; k++) json_put_int(j, states[k], count[k]);
  json_cv(j, cv, n_cv);
  json_end_object(j);
}
static enum err_code json_table(struct arena *a, struct json_out *j, const struct bundle_source *s, struct err *e) {
  double *cv = ARENA_ARRAY(a, double, s->table.n_rows + 1);
  struct str *done = ARENA_ARRAY(a, struct str, s->table.n_rows + 1);
  int64_t n_done = 0;
  if (!cv || !done) return ERR(e, E_NO_MEMORY, .subject = s->id);
  json_object(j);
  json_put(j, "table", s->id);
  json_key(j, "measures");
  json_array(j);
  for (int64_t i = 0; i < s->table.n_rows; i++) {
    bool seen = false;
    const struct str measure = bundle_cell(s, i, LONG_MEASURE);
    for (int64_t k = 0; k < n_done && !seen; k++) seen = str_eq(done[k], measure);
    if (seen) continue;
    done[n_done++] = measure;
    json_measure(j, s, measure, cv);
  }
  json_end_array(j);
  json_end_object(j);
  return E_OK;
}

/* tables/<id>.csv with no second dot. */
static bool is_long(const char *name) {
  const size_t n = strlen(name);
  return !strncmp(name, "tables/", 7) && n > 11 && !strcmp(name + n - 4, ".csv") && !memchr(name + 7, '.', n - 11);
}
enum err_code quality_tables(struct json_out *j, const struct release_part *parts, int64_t n, const struct bundle_words *words, struct err *e) {
  enum err_code code = E_OK;
  json_key(j, "tables");
  json_array(j);
  for (int64_t i = 0; i < n && !code; i++) {
    struct bundle_source s;
    if (!is_long(parts[i].name)) continue;
    struct arena *a = arena_new(0);
    if (!a) return ERR(e, E_NO_MEMORY, .subject = "quality");
    const char *id = arena_strdup(a, parts[i].name + 7, strlen(parts[i].name) - 11);
    code = id ? bundle_source_read(a, words, id, parts[i].bytes, &s, e) : ERR(e, E_NO_MEMORY, .subject = "quality");
    if (!code) code = json_table(a, j, &s, e);
    arena_free(a);
  }
  json_end_array(j);
  return code;
}

/* --- editions and dates --- */
static void json_dates(struct json_out *j, const struct quality_report *q) {
  struct period p;
  json_key(j, "editions");
  json_object(j);
  not_available(j, "公表後に変わるため公表物には含めない（shirabe release list で確認）",
      "not part of a bundle: they change after it is made (shirabe release list)");
  json_end_object(j);
  json_key(j, "punctuality");
  json_object(j);
  if (!q->has_date || !period_parse(str_of(q->period), &p)) not_available(j, "公表日時が定められていない", "no release date is set");
  else {
    char when[24];
    time_format_utc(q->release_date, when);
    const int64_t jst_day = (q->release_date + 9 * 3600) / 86400; /* the day in Japan */
    json_key(j, "available"), json_bool(j, true);
    json_put(j, "release_date", when);
    json_put_int(j, "days_after_period", jst_day - period_last_day(&p));
  }
  json_end_object(j);
}

enum err_code quality_json(struct arena *a, const struct quality_report *q, const struct release_part *parts, int64_t n,
    const struct bundle_words *words, struct str *out, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "format", "shirabe-quality-1");
  json_put(&j, "survey", q->survey);
  json_put(&j, "period", q->period);
  json_collection(&j, q);
  enum err_code code = quality_tables(&j, parts, n, words, e);
  json_dates(&j, q);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  const char *copy = code || b.failed || !json_done(&j) ? NULL : arena_strdup(a, b.p, b.n);
  *out = str_view(copy, copy ? b.n : 0);
  strbuf_release(&b);
  return code || copy ? code : ERR(e, E_NO_MEMORY, .subject = "quality");
}

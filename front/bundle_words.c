#include "front/bundle_words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "base/ext_csv.h"
#include "estimators/table/measure_words.h"
#include "secure-store/bundle/bundle_time.h"

static enum err_code take(struct arena *a, struct strbuf *b, struct str *out, struct err *e) {
  char *p = b->failed ? NULL : arena_strdup(a, b->p ? b->p : "", b->n);
  *out = str_view(p, p ? b->n : 0);
  strbuf_release(b);
  return p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "release tables");
}
static bool published(const struct bundle_table *bt) { return !strcmp(bt->decision, "publish"); }

/* A note may come from a list with line breaks; a cell of ours has none (rule L1-14). */
static void put_line(struct strbuf *b, const char *s, bool first) {
  struct strbuf plain;
  strbuf_init(&plain, 0);
  bool space = false;
  for (; *s; s++) {
    const bool blank = *s == '\n' || *s == '\r' || *s == '\t' || *s == ' ';
    if (!blank || !space) strbuf_addc(&plain, blank ? ' ' : *s);
    space = blank;
  }
  csv_put_text(b, str_trim(str_view(plain.p ? plain.p : "", plain.n)), first);
  b->failed |= plain.failed;
  strbuf_release(&plain);
}

const struct item *bundle_item(const struct bundle_table *bt, const char *name) {
  const struct item *it = bt->form ? form_item(bt->form, name) : NULL;
  for (int k = 0; k < bt->n_more && !it; k++) it = form_item(bt->more[k], name);
  for (int k = 0; k < bt->n_more && !it; k++)
    for (int i = 0; i < bt->more[k]->n_items && !it; i++)
      if (!strcasecmp(bt->more[k]->items[i].name, name)) it = &bt->more[k]->items[i];
  return it;
}

/* --- codes --- */
struct code_words {
  struct str code, ja, en, parent;
  int64_t from, to;
};
static void put_day(struct strbuf *b, int64_t day) {
  char text[11] = "";
  if (day != INT64_MIN && day != INT64_MAX) date_format_iso(day, text);
  csv_put_text(b, str_of(text), false);
}
static void code_line(struct strbuf *b, const char *table, const char *column, const struct code_words *w) {
  csv_put_text(b, str_of(table), true);
  csv_put_text(b, str_of(column), false);
  csv_put_text(b, w->code, false);
  csv_put_text(b, w->ja, false);
  csv_put_text(b, w->en, false);
  csv_put_text(b, w->parent, false);
  put_day(b, w->from);
  put_day(b, w->to);
  strbuf_addc(b, '\n');
}
static void plain_code(struct strbuf *b, const char *table, const char *column, const char *code, const char *ja, const char *en) {
  code_line(b, table, column, &(struct code_words){str_of(code), str_of(ja), str_of(en), STR(""), INT64_MIN, INT64_MAX});
}

static struct code_words words_of(const struct item *it, struct str code) {
  struct code_words w = {code, code, code, STR(""), INT64_MIN, INT64_MAX};
  if (str_eq(code, STR("_T"))) w.ja = STR("計"), w.en = STR("total");
  else if (str_eq(code, STR("_U"))) w.ja = STR("不詳"), w.en = STR("unknown");
  else if (str_eq(code, STR("_Z"))) w.ja = STR("該当なし"), w.en = STR("not applicable");
  else if (it && it->codelist) {
    const struct code *c = codelist_find(it->codelist, code, INT64_MIN);
    if (c) w = (struct code_words){code, c->label_ja, c->label_en.n ? c->label_en : c->label_ja, c->parent, c->valid_from, c->valid_to};
  }
  return w;
}
static void dimension_codes(const struct bundle_table *bt, int d, struct strbuf *b) {
  const struct result_dimension *x = &bt->table->dimensions[d];
  const struct item *it = bundle_item(bt, x->name);
  for (int64_t i = 0; i < bt->table->n_rows; i++) {
    bool seen = false;
    for (int64_t j = 0; j < i && !seen; j++) seen = str_eq(x->code[j], x->code[i]);
    if (seen) continue;
    const struct code_words w = words_of(it, x->code[i]);
    code_line(b, bt->table->id, x->name, &w);
  }
}

static struct str item_label(const void *context, const char *name, enum err_lang lang) {
  const struct form *f = context;
  const struct item *it = f ? form_item(f, name) : NULL;
  if (!it) return STR("");
  return str_of(lang == LANG_JA || !*it->label_en ? it->label_ja : it->label_en);
}
static void unit_code(struct strbuf *b, const char *table, const char *unit) {
  char ja[128], en[128];
  if (!strcmp(unit, "1")) {
    plain_code(b, table, "unit", unit, "単位なし（数）", "number");
    return;
  }
  plain_code(b, table, "unit", unit, unit_words(unit, LANG_JA, ja, sizeof ja), unit_words(unit, LANG_EN, en, sizeof en));
}
/* "1000 yen" is yen for those who give the multiplier apart (SDMX). */
static const char *base_unit(const char *unit) {
  const size_t zeros = *unit == '1' ? strspn(unit + 1, "0") : 0;
  return zeros && unit[1 + zeros] == ' ' && unit[2 + zeros] ? unit + 2 + zeros : unit;
}
static bool unit_seen(const struct result_table *t, int k, const char *unit) {
  for (int j = 0; j < k; j++) {
    const char *u = t->measures[j].unit && *t->measures[j].unit ? t->measures[j].unit : "1";
    if (!strcmp(u, unit) || !strcmp(base_unit(u), unit)) return true;
  }
  return false;
}
/* Measures of official series that are no items of a form. */
struct measure_name {
  const char *name, *ja, *en;
};
static const struct measure_name series[] = {{"in_rate", "入職率", "accession rate"}, {"out_rate", "離職率", "separation rate"},
    {"part_rate", "パートタイム労働者比率", "share of part-time workers"},
    {"part_hourly_pay", "時間当たり給与（パートタイム労働者）", "hourly pay of part-time workers"}};
static const struct measure_name *series_name(const char *name) {
  for (size_t i = 0; i < sizeof series / sizeof *series; i++)
    if (!strcmp(series[i].name, name)) return &series[i];
  return NULL;
}

static void measure_codes(struct arena *a, const struct bundle_table *bt, struct strbuf *b) {
  const struct result_table *t = bt->table;
  for (int k = 0; k < t->n_measures; k++) {
    char ja[400], en[400];
    const char *name = t->measures[k].name, *unit = t->measures[k].unit && *t->measures[k].unit ? t->measures[k].unit : "1";
    const struct item *it = bundle_item(bt, name);
    const struct measure_name *known = series_name(name);
    if (known) plain_code(b, t->id, "measure", name, known->ja, known->en);
    else plain_code(b, t->id, "measure", name, it ? it->label_ja : measure_title(a, name, LANG_JA, item_label, bt->form, ja, sizeof ja),
        it && *it->label_en ? it->label_en : measure_title(a, name, LANG_EN, item_label, bt->form, en, sizeof en));
    if (!unit_seen(t, k, unit)) unit_code(b, t->id, unit);
    if (base_unit(unit) != unit && !unit_seen(t, k, base_unit(unit))) unit_code(b, t->id, base_unit(unit));
  }
}

static void state_codes(const struct result_table *t, struct strbuf *b) {
  static const char *const ja[] = {"表章", "秘匿", "該当なし", "算出不能", "公表基準により表章しない"};
  for (int k = 0; k < t->n_marks; k++) plain_code(b, t->id, "flag", t->marks[k].mark, t->marks[k].ja, t->marks[k].en);
  for (int s = 0; s < (t->n_marks ? RESULT_STATUSES : RESULT_UNRELIABLE); s++)
    plain_code(b, t->id, "status", result_status_name((uint8_t)s), ja[s], result_status_name((uint8_t)s));
  plain_code(b, t->id, "symbol", "x", "秘匿", "suppressed");
  plain_code(b, t->id, "symbol", "-", "該当する数値がない", "no figure applies");
  plain_code(b, t->id, "symbol", "…", "算出不能、または公表基準により表章しない", "not available, or withheld by the publication rule");
}
enum err_code bundle_codes(struct arena *a, const struct bundle_table *bt, struct strbuf *to, struct err *e) {
  state_codes(bt->table, to);
  measure_codes(a, bt, to);
  for (int d = 0; d < bt->table->n_dimensions; d++) dimension_codes(bt, d, to);
  return to->failed ? ERR(e, E_NO_MEMORY, .subject = "codes") : E_OK;
}

/* --- titles --- */
enum err_code bundle_tables_csv(
    struct arena *a, const struct bundle_table *tables, int64_t n, const struct bundle_about *about, struct str *out, struct err *e) {
  struct strbuf b;
  struct bundle_time time;
  char source[512];
  (void)bundle_time_of(str_of(about->period), &time);
  strbuf_init(&b, 0);
  strbuf_adds(&b, "table,title_ja,title_en,survey,survey_ja,survey_en,form,period,time_code,source_ja,source_en,profile,rule,additive,agency\n");
  for (int64_t i = 0; i < n; i++) {
    const struct result_table *t = tables[i].table;
    if (!published(&tables[i])) continue;
    put_line(&b, t->id, true);
    put_line(&b, t->title_ja && *t->title_ja ? t->title_ja : t->id, false);
    put_line(&b, t->title_en && *t->title_en ? t->title_en : t->id, false);
    put_line(&b, about->survey, false), put_line(&b, about->survey_ja, false), put_line(&b, about->survey_en, false);
    put_line(&b, t->form ? t->form : "", false);
    put_line(&b, about->period, false), put_line(&b, time.estat, false);
    snprintf(source, sizeof source, "%s（%s）", about->survey_ja, time.ja), put_line(&b, source, false);
    snprintf(source, sizeof source, "%s, %s", about->survey_en, time.en), put_line(&b, source, false);
    put_line(&b, t->profile ? t->profile : "", false), put_line(&b, t->rule ? t->rule : "", false);
    put_line(&b, t->n_measures && t->measures[0].additive ? "yes" : "no", false);
    put_line(&b, about->agency, false);
    strbuf_addc(&b, '\n');
  }
  return take(a, &b, out, e);
}

/* --- notes --- */
static void note(struct strbuf *b, const char *table, const char *kind, const char *ja, const char *en) {
  put_line(b, table, true);
  put_line(b, kind, false);
  put_line(b, ja, false);
  put_line(b, en, false);
  strbuf_addc(b, '\n');
}
static void notes_of(const struct result_table *t, const struct bundle_about *about, struct strbuf *b) {
  note(b, t->id, "symbol", "記号「x」：秘匿（客体、または他の秘匿値を守るため）", "sign x: suppressed, to protect a respondent or another suppressed figure");
  note(b, t->id, "symbol", "記号「-」：該当する数値がない", "sign -: no figure applies");
  note(b, t->id, "symbol", "記号「…」：算出不能、または公表基準により表章しない", "sign …: not available, or withheld by the publication rule");
  note(b, t->id, "time", "時間軸コードは e-Stat の10桁。年・年度の形は未確認",
      "the time code is the ten digits of e-Stat; its form for years is unconfirmed");
  note(b, t->id, "agency", "SDMX の機関記号は設定値で、登録の有無は未確認", "the SDMX agency is a setting; that it is registered is unconfirmed");
  if (t->rule) note(b, t->id, "rule", t->rule, t->rule);
  if (about->taint[0]) note(b, t->id, "taint", about->taint, about->taint);
  for (int i = 0; i < about->n_exceptions; i++) note(b, t->id, "exception", about->exceptions[i], about->exceptions[i]);
  for (int i = 0; i < t->n_notes; i++) note(b, t->id, "note", err_phrase(t->notes[i], LANG_JA), t->notes[i]);
}
enum err_code bundle_notes_csv(
    struct arena *a, const struct bundle_table *tables, int64_t n, const struct bundle_about *about, struct str *out, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "table,kind,text_ja,text_en\n");
  for (int64_t i = 0; i < n; i++)
    if (published(&tables[i])) notes_of(tables[i].table, about, &b);
  return take(a, &b, out, e);
}

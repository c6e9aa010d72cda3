#include "front/bundle.h"

#include "front/disclosure_audit.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_csv.h"
#include "base/ext_sodium.h"
#include "base/json_out.h"
#include "front/bundle_words.h"

static enum err_code take(struct arena *a, struct strbuf *b, struct str *out, struct err *e) {
  char *p = b->failed ? NULL : arena_strdup(a, b->p ? b->p : "", b->n);
  *out = str_view(p, p ? b->n : 0);
  strbuf_release(b);
  return p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "release tables");
}

static void put_real(struct strbuf *to, double v, bool there) {
  char text[32] = "";
  if (there) real_format(v, text);
  csv_put_text(to, str_of(text), false);
}
static void put_int(struct strbuf *to, int64_t v, bool there) {
  char text[24] = "";
  if (there) snprintf(text, sizeof text, "%lld", (long long)v);
  csv_put_text(to, str_of(text), false);
}
static const char *unit_of(const struct result_measure *m) { return m->unit && m->unit[0] ? m->unit : "1"; }

/* Columns that stand only in tables that keep them. */
struct extra {
  bool interval, flag;
};
static struct extra extra_of(const struct result_table *t) {
  struct extra x = {false, false};
  for (int k = 0; k < t->n_measures; k++) x.interval = x.interval || t->measures[k].low, x.flag = x.flag || t->measures[k].flag;
  return x;
}
static void put_extra(const struct result_measure *m, int64_t i, struct extra x, struct strbuf *to) {
  const bool shown = m->status[i] == RESULT_SHOWN, interval = shown && m->low && m->has_interval[i], deff = shown && m->deff && m->has_deff[i];
  if (x.interval) {
    put_real(to, interval ? m->low[i] : 0, interval);
    put_real(to, interval ? m->high[i] : 0, interval);
    put_real(to, m->confidence, interval);
    put_real(to, deff ? m->deff[i] : 0, deff);
  }
  if (x.flag) csv_put_text(to, str_of(m->flag && m->flag[i] ? m->flag[i] : ""), false);
}

/* --- long --- */
static void long_row(const struct result_table *t, int64_t i, const struct result_measure *m, struct strbuf *to) {
  char text[64];
  bool shown = m->status[i] == RESULT_SHOWN, error = shown && m->has_se[i];
  csv_put_text(to, str_of(t->id), true);
  csv_put_text(to, str_of(t->period), false);
  for (int d = 0; d < t->n_dimensions; d++) csv_put_text(to, t->dimensions[d].code[i], false);
  csv_put_text(to, str_of(m->name), false);
  csv_put_text(to, str_of(unit_of(m)), false);
  csv_put_text(to, result_text(m, i, text, sizeof text), false);
  put_real(to, m->se[i], error);
  put_real(to, m->cv[i], error && m->value[i] != 0);
  put_int(to, m->df[i], error);
  put_extra(m, i, extra_of(t), to);
  put_int(to, t->n[i], t->n_status[i] == RESULT_SHOWN);
  csv_put_text(to, str_of(result_status_name(m->status[i])), false);
  csv_put_text(to, str_of(m->reason[i] ? m->reason[i] : ""), false);
  strbuf_addc(to, '\n');
}

static enum err_code long_csv(struct arena *a, const struct result_table *t, struct str *out, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "table,period");
  for (int d = 0; d < t->n_dimensions; d++) csv_put_text(&b, str_of(t->dimensions[d].name), false);
  strbuf_adds(&b, ",measure,unit,value,se,cv,df");
  strbuf_adds(&b, extra_of(t).interval ? ",low,high,confidence,deff" : "");
  strbuf_adds(&b, extra_of(t).flag ? ",flag,n,status,reason\n" : ",n,status,reason\n");
  for (int64_t i = 0; i < t->n_rows; i++)
    for (int k = 0; k < t->n_measures; k++) long_row(t, i, &t->measures[k], &b);
  return take(a, &b, out, e);
}

/* --- wide: of the first measure --- */
static bool same(const struct result_table *t, int64_t x, int64_t y, int from, int to) {
  for (int d = from; d < to; d++)
    if (!str_eq(t->dimensions[d].code[x], t->dimensions[d].code[y])) return false;
  return true;
}

struct wide {
  const struct result_table *t;
  int64_t *head, n_heads; /* first row of each distinct combination across */
};

static enum err_code find_heads(struct arena *a, struct wide *w, struct err *e) {
  w->head = ARENA_ARRAY(a, int64_t, w->t->n_rows + 1);
  if (!w->head) return ERR(e, E_NO_MEMORY, .subject = "wide table");
  for (int64_t i = 0; i < w->t->n_rows; i++) {
    int64_t k = 0;
    while (k < w->n_heads && !same(w->t, w->head[k], i, w->t->n_row_dimensions, w->t->n_dimensions)) k++;
    if (k == w->n_heads) w->head[w->n_heads++] = i;
  }
  return E_OK;
}

static void head_name(const struct wide *w, int64_t k, char out[256]) {
  const struct result_table *t = w->t;
  size_t used = (size_t)snprintf(out, 256, "%s", t->measures[0].name);
  for (int d = t->n_row_dimensions; d < t->n_dimensions && used < 200; d++) {
    struct str code = t->dimensions[d].code[w->head[k]];
    used += (size_t)snprintf(out + used, 256 - used, "_%s_%.*s", t->dimensions[d].name, (int)code.n, code.p);
  }
  for (char *c = out; *c; c++)
    if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9'))) *c = '_';
}

static void wide_line(const struct wide *w, int64_t first, int64_t end, struct strbuf *to) {
  const struct result_table *t = w->t;
  char text[64];
  csv_put_text(to, str_of(t->period), true);
  for (int d = 0; d < t->n_row_dimensions; d++) csv_put_text(to, t->dimensions[d].code[first], false);
  for (int64_t k = 0; k < w->n_heads; k++) {
    int64_t at = -1;
    for (int64_t i = first; i < end; i++)
      if (same(t, w->head[k], i, t->n_row_dimensions, t->n_dimensions)) at = i;
    csv_put_text(to, at < 0 ? STR("") : result_text(&t->measures[0], at, text, sizeof text), false);
  }
  strbuf_addc(to, '\n');
}

static enum err_code wide_csv(struct arena *a, const struct result_table *t, struct str *out, struct err *e) {
  struct wide w = {.t = t};
  struct strbuf b;
  char name[256];
  TRY(find_heads(a, &w, e));
  strbuf_init(&b, 0);
  csv_put_text(&b, STR("period"), true);
  for (int d = 0; d < t->n_row_dimensions; d++) csv_put_text(&b, str_of(t->dimensions[d].name), false);
  for (int64_t k = 0; k < w.n_heads; k++) {
    head_name(&w, k, name);
    csv_put_text(&b, str_of(name), false);
  }
  strbuf_addc(&b, '\n');
  for (int64_t i = 0, j; i < t->n_rows; i = j) {
    for (j = i; j < t->n_rows && same(t, i, j, 0, t->n_row_dimensions); j++) {}
    wide_line(&w, i, j, &b);
  }
  return take(a, &b, out, e);
}

/* --- column and code tables --- */
static void column_line(struct strbuf *b, const char *table, const char *column, const char *kind, const char *ja, const char *en, const char *unit) {
  csv_put_text(b, str_of(table), true);
  csv_put_text(b, str_of(column), false);
  csv_put_text(b, str_of(kind), false);
  csv_put_text(b, str_of(ja), false);
  csv_put_text(b, str_of(en), false);
  csv_put_text(b, str_of(unit), false);
  strbuf_addc(b, '\n');
}

static const struct item *dimension_item(const struct bundle_table *bt, int d) { return bundle_item(bt, bt->table->dimensions[d].name); }

static enum err_code columns_of(struct arena *a, const struct bundle_table *bt, struct strbuf *b, struct err *e) {
  static const char *const fixed[][4] = {{"table", "text", "表", "table"},         {"period", "period", "期間（西暦）", "period, Western calendar"},
                                         {"measure", "text", "測定項目", "measure"}, {"unit", "text", "単位", "unit"},
                                         {"value", "value", "値", "value"},         {"se", "number", "標準誤差", "standard error"},
                                         {"cv", "number", "変動係数", "coefficient of variation"}, {"df", "number", "自由度", "degrees of freedom"},
                                         {"n", "number", "客体数（ウェイトなし）", "units, unweighted"}, {"status", "code", "値の状態", "status of the value"},
                                         {"reason", "text", "状態の理由", "reason of the status"}};
  static const char *const more[][4] = {{"low", "number", "信頼区間の下限", "lower limit of the interval"},
                                        {"high", "number", "信頼区間の上限", "upper limit of the interval"},
                                        {"confidence", "number", "信頼水準", "confidence of the interval"}, {"deff", "number", "デザイン効果", "design effect"},
                                        {"flag", "code", "公表基準の符号", "mark of the publication rule"}};
  const struct result_table *t = bt->table;
  const struct extra x = extra_of(t);
  struct wide w = {.t = t};
  for (int i = 0; i < 5; i++)
    if (i < 4 ? x.interval : x.flag) column_line(b, t->id, more[i][0], more[i][1], more[i][2], more[i][3], "");
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) column_line(b, t->id, fixed[i][0], fixed[i][1], fixed[i][2], fixed[i][3], "");
  for (int d = 0; d < t->n_dimensions; d++) {
    const struct item *it = dimension_item(bt, d);
    column_line(b, t->id, t->dimensions[d].name, "dimension", it ? it->label_ja : t->dimensions[d].name, it ? it->label_en : t->dimensions[d].name, "");
  }
  TRY(find_heads(a, &w, e));
  for (int64_t k = 0; k < w.n_heads; k++) {
    char name[256];
    head_name(&w, k, name);
    column_line(b, t->id, name, "value", name, name, unit_of(&t->measures[0]));
  }
  return E_OK;
}

/* --- parts --- */
static enum err_code json_part(struct arena *a, const struct result_table *t, struct str *out, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  result_json(t, &j);
  strbuf_addc(&b, '\n');
  return take(a, &b, out, e);
}

static bool published(const struct bundle_table *bt) { return !strcmp(bt->decision, "publish"); }

enum err_code bundle_parts(struct arena *a, const struct bundle_table *tables, int64_t n_tables, struct release_part *parts, int64_t *n_parts, struct err *e) {
  struct strbuf columns, codes;
  int64_t n = 0;
  enum err_code code = E_OK;
  strbuf_init(&columns, 0);
  strbuf_init(&codes, 0);
  strbuf_adds(&columns, "table,column,kind,label_ja,label_en,unit\n");
  strbuf_adds(&codes, BUNDLE_CODES_HEADER);
  for (int64_t i = 0; !code && i < n_tables; i++) {
    const struct result_table *t = tables[i].table;
    if (!published(&tables[i])) continue;
    parts[n].name = arena_printf(a, "tables/%s.csv", t->id);
    code = long_csv(a, t, &parts[n++].bytes, e);
    parts[n].name = arena_printf(a, "tables/%s.wide.csv", t->id);
    if (!code) code = wide_csv(a, t, &parts[n++].bytes, e);
    parts[n].name = arena_printf(a, "tables/%s.json", t->id);
    if (!code) code = json_part(a, t, &parts[n++].bytes, e);
    if (!code) code = columns_of(a, &tables[i], &columns, e);
    if (!code) code = bundle_codes(a, &tables[i], &codes, e);
  }
  parts[n].name = "columns.csv";
  enum err_code c1 = take(a, &columns, &parts[n++].bytes, code ? NULL : e);
  parts[n].name = "codes.csv";
  enum err_code c2 = take(a, &codes, &parts[n++].bytes, code ? NULL : e);
  *n_parts = n;
  return code ? code : c1 ? c1 : c2;
}

static void report_hash(const struct bundle_table *bt, const struct release_part *parts, int64_t n_parts, char hex[65]) {
  char name[160];
  uint8_t hash[HASH_BYTES];
  hex[0] = 0;
  snprintf(name, sizeof name, "tables/%s.csv", bt->table->id);
  for (int64_t i = 0; i < n_parts; i++)
    if (!strcmp(parts[i].name, name)) {
      sha256_of(parts[i].bytes.p, parts[i].bytes.n, hash);
      hex_encode(hash, HASH_BYTES, hex);
    }
}

static void put_warnings(struct json_out *j, const struct bundle_table *t) {
  json_key(j, "warnings");
  json_array(j);
  for (int i = 0; i < t->n_warnings; i++) {
    json_object(j);
    json_put(j, "kind", t->warnings[i].kind);
    json_put(j, "other_table", t->warnings[i].other_table);
    json_put(j, "release", t->warnings[i].release);
    json_end_object(j);
  }
  json_end_array(j);
}
enum err_code bundle_disclosure(struct arena *a, const struct bundle_table *tables, int64_t n_tables, const struct release_part *parts, int64_t n_parts, struct str *out, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, true);
  json_object(&j);
  json_put(&j, "format", "shirabe-disclosure-1");
  json_key(&j, "tables");
  json_array(&j);
  for (int64_t i = 0; i < n_tables; i++) {
    char hex[65];
    report_hash(&tables[i], parts, n_parts, hex);
    json_object(&j);
    const struct estimate_table *made = tables[i].estimate;
    json_put_int(&j, "additive_sets", tables[i].sets);
    disclosure_audit_json(&j, made);
    json_put(&j, "decision", tables[i].decision);
    json_put(&j, "id", tables[i].table->id);
    disclosure_primary_json(&j, made);
    json_put(&j, "profile", tables[i].table->profile ? tables[i].table->profile : "");
    json_put(&j, "profile_source", made && made->profile ? made->profile->source : "");
    json_put(&j, "profile_status", made && made->profile ? made->profile->status : "");
    json_put(&j, "reason", tables[i].reason ? tables[i].reason : "");
    json_put_int(&j, "secondary", made ? made->secondary.n_figures : 0);
    json_put(&j, "sha256", hex);
    json_put_int(&j, "single_suppressed_sets", tables[i].single_sets);
    json_put_int(&j, "suppressed", tables[i].suppressed);
    put_warnings(&j, &tables[i]);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  if (!json_done(&j)) b.failed = true;
  return take(a, &b, out, e);
}

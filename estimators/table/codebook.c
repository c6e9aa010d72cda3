#include "estimators/table/codebook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/measure_words.h"

struct book {
  struct arena *a;
  const struct result_document *d;
  const struct result_table *t;
  const struct codebook_words *w;
  struct page p;
  bool ja;
  bool failed;
};
static const char *say(const struct book *b, const char *en, const char *ja) { return b->ja ? ja : en; }

static void row(struct book *b, const char *what, const char *value) {
  if (value && *value) page_cells(&b->p, what, value);
}

static void row_count(struct book *b, const char *what, int64_t n) {
  char text[32];
  snprintf(text, sizeof text, "%lld", (long long)n);
  page_cells(&b->p, what, text);
}

static void two_columns(struct book *b, const char *en1, const char *ja1, const char *en2, const char *ja2) {
  const char *heads[] = {say(b, en1, ja1), say(b, en2, ja2)};
  page_table(&b->p, heads, 2);
}

/* --- what it is --- */
static void identity(struct book *b) {
  const struct result_table *t = b->t;
  two_columns(b, "what", "項目", "value", "内容");
  row(b, say(b, "survey", "調査"), t->survey);
  row(b, say(b, "form", "様式"), t->form);
  row(b, say(b, "table", "表"), t->id);
  row(b, say(b, "period", "期間"), t->period);
  row(b, say(b, "title, Japanese", "表題（日本語）"), t->title_ja);
  row(b, say(b, "title, English", "表題（英語）"), t->title_en);
  row_count(b, say(b, "rows", "行数"), t->n_rows);
  row(b, say(b, "disclosure profile", "秘匿プロファイル"), *t->profile ? t->profile : say(b, "none", "なし"));
  row(b, say(b, "publication rule", "公表基準"), t->rule ? (*t->rule ? t->rule : say(b, "of the design", "設計による")) : say(b, "none", "なし"));
  row(b, say(b, "may it be released", "公表の可否"),
      t->refusal ? t->refusal
      : *t->profile ? say(b, "nothing in the table speaks against it; the release decides", "表自体に支障なし。公表は所定の手続による")
                    : say(b, "no: made without disclosure control, for work inside the office", "不可：秘匿処理をしていない庁内作業用"));
  row(b, say(b, "digest (SHA-256)", "ダイジェスト（SHA-256）"), t->digest ? t->digest : say(b, "not known", "不明"));
  page_table_end(&b->p);
}

/* --- dimensions --- */
static int code_order(const void *x, const void *y) { return result_code_cmp(*(const struct str *)x, *(const struct str *)y); }

static int64_t codes_in_use(struct book *b, int dimension, struct str **out) {
  const struct result_table *t = b->t;
  int64_t n = 0;
  struct str *all = ARENA_ARRAY(b->a, struct str, t->n_rows + 1);
  if (!all) {
    b->failed = true;
    return 0;
  }
  memcpy(all, t->dimensions[dimension].code, sizeof *all * (size_t)t->n_rows);
  qsort(all, (size_t)t->n_rows, sizeof *all, code_order);
  for (int64_t i = 0; i < t->n_rows; i++)
    if (i == 0 || !str_eq(all[i], all[n - 1])) all[n++] = all[i];
  *out = all;
  return n;
}

static struct str code_words(const struct book *b, const char *dimension, struct str code, enum err_lang lang) {
  struct str s = special_code_label(code, lang);
  return s.n || !b->w->code ? s : b->w->code(b->w->context, dimension, code, lang);
}

static void dimension(struct book *b, int k) {
  const char *name = b->t->dimensions[k].name, *heads[] = {say(b, "code", "符号"), "日本語", "English"};
  struct str *codes = NULL, label = b->w->item ? b->w->item(b->w->context, name, b->ja ? LANG_JA : LANG_EN) : STR("");
  char text[400];
  int64_t n = codes_in_use(b, k, &codes);
  snprintf(text, sizeof text, "%s%s%.*s", name, label.n ? say(b, ": ", "：") : "", (int)label.n, label.n ? label.p : "");
  page_paragraph(&b->p, text);
  page_table(&b->p, heads, 3);
  for (int64_t i = 0; i < n && i < CODEBOOK_CODES; i++) {
    page_cell(&b->p, codes[i]);
    page_cell(&b->p, code_words(b, name, codes[i], LANG_JA));
    page_cell(&b->p, code_words(b, name, codes[i], LANG_EN));
  }
  page_table_end(&b->p);
  if (n <= CODEBOOK_CODES) return;
  snprintf(text, sizeof text, say(b, "and %lld codes more: see the code list of the form", "ほか %lld 符号は様式の符号表を参照"),
      (long long)(n - CODEBOOK_CODES));
  page_paragraph(&b->p, text);
}

static void dimensions(struct book *b) {
  page_heading(&b->p, say(b, "Dimensions and their codes", "次元と符号"));
  if (b->t->n_dimensions == 0) page_paragraph(&b->p, say(b, "The table has no dimension: one row.", "次元はありません（1行）。"));
  else if (!b->w->found)
    page_paragraph(&b->p,
        say(b, "The form of the table was not found: codes stand without their words.", "表の様式が見つからないため、符号の名前はありません。"));
  for (int k = 0; k < b->t->n_dimensions && !b->failed; k++) dimension(b, k);
}

/* --- measures --- */
static void items_of(struct book *b, const struct measure *m, char *out, size_t size) {
  const char *names[] = {m->x, m->y};
  size_t n = 0;
  out[0] = 0;
  for (int k = 0; k < 2; k++) {
    if (!names[k] || !*names[k] || n >= size) continue;
    struct str label = b->w->item ? b->w->item(b->w->context, names[k], b->ja ? LANG_JA : LANG_EN) : STR("");
    n += (size_t)snprintf(out + n, size - n, "%s%s = %s%s%.*s%s", n ? "; " : "", k ? "y" : "x", names[k], label.n ? " (" : "", (int)label.n,
        label.n ? label.p : "", label.n ? ")" : "");
  }
}

static const char *error_words(const struct book *b, const struct result_measure *m) {
  bool some = false, response = false;
  for (int64_t i = 0; i < b->t->n_rows; i++) some = some || m->has_se[i], response = response || m->has_se[i] == 2;
  if (response) return say(b, "sampling error; in take-all strata the response is taken as sampling", "標本誤差。全数調査層では回答を標本とみなす");
  if (some) return say(b, "sampling error of the design; see the notes for its method", "標本設計による標本誤差（方法は注を参照）");
  return say(b, "no sampling error is given", "標本誤差は示さない");
}

/* The unit that the table names; a number of units, a share or an index has none of its items. */
static const char *unit_text(const struct book *b, const struct result_measure *r, const struct measure *m, char *out, size_t size) {
  if (r->unit && *r->unit) return unit_words(r->unit, b->ja ? LANG_JA : LANG_EN, out, size);
  if (!m || measure_words(m->kind)->published) return say(b, "see the method", "方法の説明を参照");
  switch (m->kind) {
  case MEASURE_COUNT: return say(b, "units", "単位（件）");
  case MEASURE_TOTAL:
  case MEASURE_MEAN:
  case MEASURE_QUANTILE:
  case MEASURE_GEOMETRIC:
  case MEASURE_ARPT: return say(b, "as its items", "調査事項の単位");
  case MEASURE_RATIO:
  case MEASURE_RATE: return say(b, "unit of x per unit of y", "x の単位／y の単位");
  default: return say(b, "none (a share, an index or a function)", "なし（割合・指数・関数）");
  }
}

static void measure(struct book *b, const struct result_measure *r) {
  struct measure m;
  struct err ignored;
  char text[512], number[32];
  bool known = measure_parse(b->a, str_of(r->name), &m, &ignored) == E_OK;
  page_paragraph(&b->p, r->name);
  two_columns(b, "what", "項目", "value", "内容");
  if (known) {
    row(b, say(b, "definition", "定義"), measure_words(m.kind)->definition[b->ja ? LANG_JA : LANG_EN]);
    measure_title(b->a, r->name, b->ja ? LANG_JA : LANG_EN, b->w->item, b->w->context, text, sizeof text);
    if (strcmp(text, measure_words(m.kind)->definition[b->ja ? LANG_JA : LANG_EN])) row(b, say(b, "in words", "名称"), text);
    items_of(b, &m, text, sizeof text);
    row(b, say(b, "items", "調査事項"), text);
    row(b, say(b, "options", "指定"), measure_options(&m, b->ja ? LANG_JA : LANG_EN, text, sizeof text));
    row(b, say(b, "estimator (w: weight)", "推定量（w はウェイト）"), measure_words(m.kind)->estimator);
  } else row(b, say(b, "definition", "定義"), say(b, "column of its method: see the notes", "方法による列（注を参照）"));
  row(b, say(b, "unit", "単位"), unit_text(b, r, known ? &m : NULL, text, sizeof text));
  snprintf(number, sizeof number, "%d", r->decimals);
  row(b, say(b, "decimals shown", "表示小数桁"), r->decimals >= 0 ? number : say(b, "as computed", "計算のまま"));
  row(b, say(b, "error", "誤差"), error_words(b, r));
  snprintf(text, sizeof text, say(b, "%g %% confidence", "信頼水準 %g％"), 100 * r->confidence);
  if (r->low && r->confidence > 0) row(b, say(b, "interval", "信頼区間"), text);
  page_table_end(&b->p);
}

static void measures(struct book *b) {
  page_heading(&b->p, say(b, "Measures", "集計量"));
  for (int k = 0; k < b->t->n_measures; k++) measure(b, &b->t->measures[k]);
}

/* --- marks and statuses --- */
static void statuses(struct book *b) {
  static const char *const en[] = {
      "shown", "suppressed to protect respondents (x)", "not applicable (-)", "undefined (-)", "taken away by the publication rule (mark or ...)"};
  static const char *const ja[] = {"表章", "秘匿（x）", "該当なし（-）", "算出不能（-）", "公表基準により表章しない（符号または…）"};
  int64_t n[RESULT_STATUSES] = {0};
  for (int k = 0; k < b->t->n_measures; k++)
    for (int64_t i = 0; i < b->t->n_rows; i++) n[b->t->measures[k].status[i] < RESULT_STATUSES ? b->t->measures[k].status[i] : RESULT_UNDEFINED]++;
  page_heading(&b->p, say(b, "States of the figures", "数値の状態"));
  two_columns(b, "state", "状態", "figures", "個数");
  for (int k = 0; k < RESULT_STATUSES; k++)
    if (n[k] || k == 0) row_count(b, say(b, en[k], ja[k]), n[k]);
  page_table_end(&b->p);
}

static int64_t marked(const struct book *b, const char *mark) {
  int64_t n = 0;
  for (int k = 0; k < b->t->n_measures; k++)
    for (int64_t i = 0; b->t->measures[k].flag && i < b->t->n_rows; i++) n += b->t->measures[k].flag[i] && !strcmp(b->t->measures[k].flag[i], mark);
  return n;
}

static void marks(struct book *b) {
  const char *heads[] = {say(b, "mark", "符号"), say(b, "meaning", "意味"), say(b, "figures", "個数")};
  char text[32];
  if (!b->t->n_marks) return;
  page_heading(&b->p, say(b, "Marks", "符号の意味"));
  page_table(&b->p, heads, 3);
  for (int i = 0; i < b->t->n_marks; i++) {
    page_cells(&b->p, b->t->marks[i].mark, b->ja ? b->t->marks[i].ja : b->t->marks[i].en);
    snprintf(text, sizeof text, "%lld", (long long)marked(b, b->t->marks[i].mark));
    page_cell(&b->p, str_of(text));
  }
  page_table_end(&b->p);
}

static void notes(struct book *b) {
  page_heading(&b->p, say(b, "Notes and exceptions", "注と例外"));
  if (!b->t->n_notes) page_paragraph(&b->p, say(b, "none", "なし"));
  for (int i = 0; i < b->t->n_notes; i++) page_paragraph(&b->p, b->t->notes[i]);
}

/* --- where it came from --- */
static void weights(struct book *b) {
  const struct result_weights *w = &b->d->weights;
  char text[32];
  page_heading(&b->p, say(b, "Weights", "ウェイト"));
  if (!w->present) {
    page_paragraph(&b->p, say(b, "none is recorded with this table: a register, or a file whose design is described in the notes",
                              "この表には記録されていません（全数、または注に設計を示したファイル）"));
    return;
  }
  two_columns(b, "what", "項目", "value", "内容");
  row_count(b, say(b, "units", "単位数"), w->units);
  row_count(b, say(b, "strata", "層数"), w->strata);
  row_count(b, say(b, "strata taken whole", "全数調査の層"), w->take_all);
  row_count(b, say(b, "exceptions from the plan", "計画の例外"), w->exceptions);
  real_format(w->smallest, text), row(b, say(b, "smallest weight", "最小のウェイト"), text);
  real_format(w->largest, text), row(b, say(b, "largest weight", "最大のウェイト"), text);
  real_format(w->sum, text), row(b, say(b, "sum of weights", "ウェイトの和"), text);
  page_table_end(&b->p);
}

static void lineage(struct book *b) {
  const char *heads[] = {say(b, "dataset", "データセット"), say(b, "records", "記録数"), say(b, "shards", "シャード"),
      say(b, "form version (hash)", "様式の版（ハッシュ）")};
  char text[32];
  page_heading(&b->p, say(b, "Lineage", "系譜"));
  two_columns(b, "what", "項目", "value", "内容");
  row(b, say(b, "specifications (SHA-256)", "仕様（SHA-256）"), *b->d->spec_hash ? b->d->spec_hash : say(b, "not known", "不明"));
  row(b, say(b, "program version", "プログラムの版"), *b->d->program ? b->d->program : say(b, "not known", "不明"));
  page_table_end(&b->p);
  if (!b->d->n_sources) return;
  page_table(&b->p, heads, 4);
  for (int i = 0; i < b->d->n_sources; i++) {
    const struct result_source *s = &b->d->sources[i];
    page_cell(&b->p, str_of(s->dataset));
    page_cell(&b->p, (snprintf(text, sizeof text, "%lld", (long long)s->rows), str_of(text)));
    page_cell(&b->p, (snprintf(text, sizeof text, "%lld", (long long)s->shards), str_of(text)));
    page_cell(&b->p, str_of(s->form_hash));
  }
  page_table_end(&b->p);
}

enum err_code codebook_write(struct arena *a, const struct result_document *d, const struct result_table *t, const struct codebook_words *w,
    enum page_form form, enum err_lang lang, struct strbuf *to, struct err *e) {
  struct book b = {.a = a, .d = d, .t = t, .w = w, .ja = lang == LANG_JA};
  char title[600];
  const char *name = b.ja ? t->title_ja : t->title_en;
  snprintf(title, sizeof title, say(&b, "Codebook: %s", "表の説明：%s"), *name ? name : t->id);
  page_begin(&b.p, form, lang, to, title);
  identity(&b);
  dimensions(&b);
  measures(&b);
  marks(&b);
  statuses(&b);
  notes(&b);
  weights(&b);
  lineage(&b);
  page_end(&b.p);
  return b.failed || to->failed ? ERR(e, E_NO_MEMORY, .subject = t->id) : E_OK;
}

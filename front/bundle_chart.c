#include "front/bundle_chart.h"

#include <stdlib.h>
#include <string.h>

#include "estimators/table/chart/chart_result.h"

struct drawing {
  struct arena *a;
  const struct bundle_source *s;
  enum err_lang lang;
  int n_measures; /* lines per row of the long form */
  int64_t n_rows;
  struct result_table *t;
  bool failed; /* a text could not be copied */
};

/* --- the long form as a result table of its first measure --- */
static bool shape(struct drawing *d) {
  const struct bundle_source *s = d->s;
  const int64_t n = s->table.n_rows;
  if (!n || !s->n_dimensions || s->n_dimensions > RESULT_MAX_DIMENSIONS) return false;
  const struct str first = bundle_cell(s, 0, LONG_MEASURE);
  int64_t k = 1;
  while (k < n && !str_eq(bundle_cell(s, k, LONG_MEASURE), first)) k++;
  for (int64_t i = 0; i < n; i++)
    if (str_eq(bundle_cell(s, i, LONG_MEASURE), first) != (i % k == 0)) return false;
  if (n % k || k > RESULT_MAX_MEASURES || !str_eq(bundle_cell(s, n - 1, LONG_PERIOD), bundle_cell(s, 0, LONG_PERIOD))) return false;
  d->n_measures = (int)k;
  d->n_rows = n / k;
  return true;
}

static double real(struct str s, bool *there) {
  char text[64];
  *there = s.n > 0 && s.n < sizeof text;
  if (!*there) return 0;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  return strtod(text, NULL);
}
static const char *copy(struct drawing *d, struct str s) {
  const char *p = arena_strdup(d->a, s.p, s.n);
  d->failed = d->failed || !p;
  return p ? p : "";
}
static uint8_t status_of(struct str s) {
  for (int k = 0; k < RESULT_STATUSES; k++)
    if (str_eq(s, str_of(result_status_name((uint8_t)k)))) return (uint8_t)k;
  return RESULT_UNDEFINED;
}
static void fill_row(struct drawing *d, int64_t i, int *decimals) {
  const struct bundle_source *s = d->s;
  struct result_measure *m = &d->t->measures[0];
  const int64_t line = i * d->n_measures;
  bool there = false, low = false, high = false;
  for (int k = 0; k < s->n_dimensions; k++) d->t->dimensions[k].code[i] = bundle_dimension_code(s, line, k);
  m->status[i] = status_of(bundle_cell(s, line, LONG_STATUS));
  if (m->flag && bundle_cell(s, line, LONG_FLAG).n) m->flag[i] = copy(d, bundle_cell(s, line, LONG_FLAG));
  if (m->status[i] != RESULT_SHOWN) return;
  m->value[i] = real(bundle_cell(s, line, LONG_VALUE), &there);
  if (!there) m->status[i] = RESULT_UNDEFINED;
  const int places = bundle_decimals(bundle_cell(s, line, LONG_VALUE));
  if (places < 0) *decimals = -1;
  else if (*decimals >= 0 && places > *decimals) *decimals = places;
  if (!m->low) return;
  m->low[i] = real(bundle_cell(s, line, LONG_LOW), &low);
  m->high[i] = real(bundle_cell(s, line, LONG_HIGH), &high);
  m->has_interval[i] = low && high;
}

static enum err_code columns(struct drawing *d, struct err *e) {
  const struct bundle_source *s = d->s;
  bool there = false;
  TRY(result_table_new(d->a, s->id, d->n_rows, s->n_dimensions, 1, &d->t, e));
  struct result_measure *m = &d->t->measures[0];
  for (int64_t i = 0; i < s->table.n_rows && !there; i += d->n_measures) {
    const double confidence = real(bundle_cell(s, i, LONG_CONFIDENCE), &there);
    if (there) TRY(result_keep_precision(d->t, 0, confidence, e));
  }
  if (s->at[LONG_FLAG] >= 0) TRY(result_keep_flags(d->t, 0, e));
  for (int k = 0; k < s->n_dimensions; k++) d->t->dimensions[k].name = copy(d, bundle_dimension_name(s, k));
  m->name = copy(d, bundle_label(s, STR("measure"), bundle_cell(s, 0, LONG_MEASURE), d->lang)); /* in words: it is only printed */
  const struct str unit = bundle_cell(s, 0, LONG_UNIT);
  m->unit = str_eq(unit, STR("1")) ? "" : copy(d, unit); /* a plain number has no unit on its axis */
  m->additive = str_eq(bundle_title(s, "additive"), STR("yes"));
  return E_OK;
}

static void words(struct drawing *d) {
  const struct bundle_source *s = d->s;
  const bool ja = d->lang == LANG_JA;
  const struct csv_table *notes = &s->words->notes;
  d->t->title_ja = copy(d, bundle_title(s, "title_ja"));
  d->t->title_en = copy(d, bundle_title(s, "title_en"));
  d->t->survey = copy(d, bundle_title(s, "survey"));
  d->t->form = copy(d, bundle_title(s, "form"));
  d->t->period = copy(d, bundle_cell(s, 0, LONG_PERIOD));
  const struct str source = bundle_title(s, ja ? "source_ja" : "source_en");
  const char *line = arena_printf(d->a, ja ? "出所：%.*s" : "Source: %.*s", (int)source.n, source.p);
  d->failed = d->failed || !line;
  if (line) result_note(d->t, line);
  for (int64_t i = 0; i < notes->n_rows; i++) {
    const struct str kind = csv_table_cell(notes, i, csv_table_column(notes, "kind"));
    if (!str_eq(csv_table_cell(notes, i, csv_table_column(notes, "table")), str_of(s->id))) continue;
    if (!str_eq(kind, STR("note")) && !str_eq(kind, STR("exception")) && !str_eq(kind, STR("taint"))) continue;
    result_note(d->t, copy(d, csv_table_cell(notes, i, csv_table_column(notes, ja ? "text_ja" : "text_en"))));
  }
}
static enum err_code read_table(struct drawing *d, struct err *e) {
  int decimals = 0;
  TRY(columns(d, e));
  for (int64_t i = 0; i < d->n_rows; i++) fill_row(d, i, &decimals);
  d->t->measures[0].decimals = decimals > 9 ? -1 : decimals;
  words(d);
  return d->failed ? ERR(e, E_NO_MEMORY, .subject = d->s->id) : E_OK;
}

/* --- labels --- */
static struct str code_words(const void *context, const char *dimension, struct str code, enum err_lang lang) {
  return bundle_label(context, str_of(dimension), code, lang);
}
static struct str item_words(const void *context, const char *name, enum err_lang lang) {
  return bundle_column_fact(context, str_of(name), lang == LANG_JA ? "label_ja" : "label_en");
}

/* --- which picture --- */
enum { MAP_LEAST = 10 }; /* prefectures; with fewer a map is mostly empty */
static bool is_map(const struct drawing *d, int k) {
  const struct str name = bundle_dimension_name(d->s, k);
  bool seen[48] = {false}, named = false;
  int n = 0;
  for (size_t i = 0; i + 4 <= name.n; i++) named = named || !memcmp(name.p + i, "pref", 4);
  for (int64_t i = 0; named && i < d->n_rows; i++) {
    int64_t code;
    if (!str_int64(d->t->dimensions[k].code[i], &code) || code < 1 || code > 47 || seen[code]) continue;
    seen[code] = true;
    n++;
  }
  return n >= MAP_LEAST;
}
static enum err_code attempt(struct drawing *d, const struct chart_request *q, struct strbuf *b, struct err *e) {
  const struct result_table *const tables[] = {d->t};
  strbuf_reset(b);
  return chart_of_results(d->a, tables, 1, q, b, e);
}
static bool no_picture(enum err_code code) { return code == E_CHART_KIND || code == E_CHART_EMPTY || code == E_CHART_TOO_MANY; }

/* Totals under a code of their own ("T", "TL", "0"): the code without a parent among codes that have one, else the one whose label says so. */
static bool says_total(struct str label) {
  static const char *const words[] = {"計", "総数", "合計", "otal", "All "};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (label.n >= strlen(words[k]) && memmem(label.p, label.n, words[k], strlen(words[k]))) return true;
  return false;
}
static bool total_of(const struct drawing *d, int k, struct str *out) {
  const struct str name = bundle_dimension_name(d->s, k);
  int roots = 0;
  bool nested = false, total = false;
  for (int64_t i = 0; i < d->s->n_codes; i++) {
    const struct bundle_code *c = &d->s->codes[i];
    if (!str_eq(c->column, name)) continue;
    if (str_eq(c->code, STR("_T"))) return false; /* the picture takes it by itself */
    nested = nested || c->parent.n;
    if (!c->parent.n) roots++, *out = c->code;
  }
  if (nested && roots == 1) return true;
  for (int64_t i = 0; i < d->s->n_codes && !total; i++) {
    const struct bundle_code *c = &d->s->codes[i];
    if (!str_eq(c->column, name) || !(says_total(c->ja) || says_total(c->en))) continue;
    *out = c->code;
    total = true;
  }
  return total;
}
/* All dimensions but the axis at their totals. */
static void fix_others(const struct drawing *d, int axis, struct chart_request *q) {
  q->n_where = 0;
  q->axis = d->t->dimensions[axis].name;
  q->by = "";
  for (int k = 0; k < d->s->n_dimensions; k++)
    if (k != axis && total_of(d, k, &q->where[q->n_where].code)) q->where[q->n_where++].dimension = d->t->dimensions[k].name;
}

/* The first that can be drawn: the map, with series, without. */
static enum err_code picture(struct drawing *d, struct strbuf *b, struct err *e) {
  const struct result_measure *m = &d->t->measures[0];
  struct chart_request q = {.kind = m->additive && !m->low ? CHART_BAR : CHART_DOT,
      .classes = 5,
      .lang = d->lang,
      .label = code_words,
      .item = item_words,
      .label_context = d->s};
  enum err_code code = E_CHART_KIND;
  for (int k = 0; k < d->s->n_dimensions && no_picture(code); k++) {
    if (!is_map(d, k)) continue;
    struct chart_request map = q;
    map.kind = CHART_MAP;
    map.axis = d->t->dimensions[k].name;
    code = attempt(d, &map, b, e);
  }
  if (no_picture(code)) code = attempt(d, &q, b, e);
  for (int k = 0; k < d->s->n_dimensions && no_picture(code); k++) {
    fix_others(d, k, &q);
    code = attempt(d, &q, b, e);
  }
  if (!no_picture(code)) return code;
  strbuf_reset(b);
  if (e) *e = (struct err){.code = E_OK};
  return E_OK;
}

enum err_code bundle_chart(struct arena *a, const struct bundle_source *s, enum err_lang lang, struct str *out, struct err *e) {
  struct drawing d = {.a = a, .s = s, .lang = lang};
  struct strbuf b;
  *out = STR("");
  if (!shape(&d)) return E_OK;
  TRY(read_table(&d, e));
  strbuf_init(&b, 0);
  enum err_code code = picture(&d, &b, e);
  const char *p = code || b.failed ? NULL : arena_strdup(a, b.p ? b.p : "", b.n);
  if (!code && !p) code = ERR(e, E_NO_MEMORY, .subject = s->id);
  if (p) *out = str_view(p, b.n);
  strbuf_release(&b);
  return code;
}

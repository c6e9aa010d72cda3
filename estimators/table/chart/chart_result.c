#include "estimators/table/chart/chart_result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"
#include "estimators/table/chart/prefecture_tiles.h"
#include "estimators/table/measure_words.h"
#include "estimators/table/rounding.h"

struct plan {
  struct arena *a;
  const struct chart_request *q;
  const struct result_table *const *tables;
  int n_tables, measure, axis, by; /* dimensions; -1 = none. axis -1: the period of the tables */
  bool fixed[RESULT_MAX_DIMENSIONS];
  struct str code[RESULT_MAX_DIMENSIONS]; /* of fixed dimensions */
  int n_points, n_series;
  struct str *points, *series; /* codes in order */
  struct err *e;
};
static const struct result_table *first(const struct plan *p) { return p->tables[0]; }

struct str special_code_label(struct str code, enum err_lang lang) {
  if (str_eq(code, STR("_T"))) return lang == LANG_JA ? STR("総数") : STR("Total");
  if (str_eq(code, STR("_U"))) return lang == LANG_JA ? STR("不詳") : STR("Unknown");
  if (str_eq(code, STR("_Z"))) return lang == LANG_JA ? STR("該当なし") : STR("Not applicable");
  return STR("");
}

static const char *label(const struct plan *p, int dimension, struct str code) {
  struct str s = special_code_label(code, p->q->lang);
  if (!s.n && p->q->label) s = p->q->label(p->q->label_context, first(p)->dimensions[dimension].name, code, p->q->lang);
  if (!s.n) s = code;
  const char *copy = arena_strdup(p->a, s.n ? s.p : "", s.n);
  return copy ? copy : "";
}

static const char *item_words(const struct plan *p, const char *name) {
  struct str s = p->q->item ? p->q->item(p->q->label_context, name, p->q->lang) : STR("");
  const char *copy = s.n ? arena_strdup(p->a, s.p, s.n) : name;
  return copy ? copy : name;
}

/* --- which dimension does what --- */
static enum err_code no_dimension(const struct plan *p, const char *name) {
  return ERR(p->e, E_CHART_KIND, .subject = first(p)->id, .expected = "a dimension of the table", .found = name);
}

static enum err_code fix_where(struct plan *p) {
  for (int i = 0; i < p->q->n_where; i++) {
    int d = result_find_dimension(first(p), p->q->where[i].dimension);
    if (d < 0) return no_dimension(p, p->q->where[i].dimension);
    p->fixed[d] = true;
    p->code[d] = p->q->where[i].code;
  }
  return E_OK;
}

static bool has_prefectures(const struct plan *p, int d) {
  int64_t n = 0;
  for (int64_t i = 0; i < first(p)->n_rows; i++) n += prefecture_of_code(first(p)->dimensions[d].code[i]) > 0;
  return n > 0 && (strstr(first(p)->dimensions[d].name, "pref") || n >= 20);
}

static bool has_code(const struct plan *p, int d, struct str code) {
  for (int64_t i = 0; i < first(p)->n_rows; i++)
    if (str_eq(first(p)->dimensions[d].code[i], code)) return true;
  return false;
}

static enum err_code choose(struct plan *p, const char *wanted, bool map, int *out) {
  *out = -1;
  if (wanted && !*wanted) return E_OK;
  if (wanted) {
    const int found = result_find_dimension(first(p), wanted); /* not into *out yet: that may be p->axis itself */
    if (found < 0 || p->fixed[found] || found == p->axis) return no_dimension(p, wanted);
    *out = found;
    return E_OK;
  }
  for (int d = 0; d < first(p)->n_dimensions && *out < 0; d++)
    if (!p->fixed[d] && d != p->axis && (!map || has_prefectures(p, d))) *out = d;
  return E_OK;
}

static enum err_code choose_dimensions(struct plan *p) {
  const bool map = p->q->kind == CHART_MAP, periods = p->n_tables > 1;
  TRY(fix_where(p));
  p->axis = p->by = -1;
  if (!periods) TRY(choose(p, p->q->axis, map, &p->axis));
  if (map && (p->axis < 0 || !has_prefectures(p, p->axis)))
    return ERR(p->e, E_CHART_KIND, .subject = first(p)->id, .expected = "a dimension of prefecture codes", .found = "none");
  if (!map) TRY(choose(p, p->q->by, false, &p->by));
  for (int d = 0; d < first(p)->n_dimensions; d++) {
    if (p->fixed[d] || d == p->axis || d == p->by) continue;
    if (!has_code(p, d, STR("_T")))
      return ERR(
          p->e, E_CHART_KIND, .subject = first(p)->id, .expected = "a code for this dimension (--where)", .found = first(p)->dimensions[d].name);
    p->fixed[d] = true;
    p->code[d] = STR("_T");
  }
  return E_OK;
}

/* --- rows --- */
static bool is_wanted(const struct plan *p, const struct result_table *t, int64_t i) {
  const bool parts_only = first(p)->measures[p->measure].additive && !p->q->margins && p->q->kind != CHART_LINE;
  for (int d = 0; d < t->n_dimensions; d++) {
    if (p->fixed[d] && !str_eq(t->dimensions[d].code[i], p->code[d])) return false;
    if (!p->fixed[d] && parts_only && p->q->kind != CHART_MAP && str_eq(t->dimensions[d].code[i], STR("_T"))) return false;
  }
  return true;
}

/* Distinct codes of a dimension over the rows wanted, in the order of the table; the total last of a line's series, first else. */
static enum err_code codes_of(struct plan *p, int d, struct str **out, int *n) {
  int64_t capacity = 0;
  for (int k = 0; k < p->n_tables; k++) capacity += p->tables[k]->n_rows;
  *out = ARENA_ARRAY(p->a, struct str, capacity + 1);
  *n = 0;
  if (!*out) return ERR(p->e, E_NO_MEMORY, .subject = first(p)->id);
  for (int k = 0; k < p->n_tables; k++)
    for (int64_t i = 0; i < p->tables[k]->n_rows; i++) {
      bool seen = !is_wanted(p, p->tables[k], i);
      struct str code = p->tables[k]->dimensions[d].code[i];
      for (int j = 0; j < *n && !seen; j++) seen = str_eq((*out)[j], code);
      if (!seen && *n > CHART_MAX_POINTS) return ERR(p->e, E_CHART_TOO_MANY, .subject = first(p)->id, .expected = "2000", .found = "more");
      if (!seen) (*out)[(*n)++] = code;
    }
  return E_OK;
}

static int64_t find_row(const struct plan *p, const struct result_table *t, struct str axis, struct str by) {
  struct str code[RESULT_MAX_DIMENSIONS];
  for (int d = 0; d < t->n_dimensions; d++) code[d] = d == p->axis ? axis : d == p->by ? by : p->code[d];
  return result_find_row(t, code);
}

static void fill_point(const struct plan *p, const struct result_table *t, int64_t row, struct chart_point *out) {
  char text[64];
  const int k = result_find_measure(t, first(p)->measures[p->measure].name);
  out->state = CHART_ABSENT;
  if (row < 0 || k < 0) return;
  const struct result_measure *m = &t->measures[k];
  static const enum chart_state states[RESULT_STATUSES] = {CHART_SHOWN, CHART_SUPPRESSED, CHART_NOT_APPLICABLE, CHART_UNDEFINED, CHART_UNDEFINED};
  out->state = states[m->status[row] < RESULT_STATUSES ? m->status[row] : RESULT_UNDEFINED];
  out->mark = m->flag ? m->flag[row] : NULL;
  if (out->state != CHART_SHOWN) return;
  struct str s = result_text(m, row, text, sizeof text);
  out->value = m->decimals >= 0 && fabs(m->value[row]) < 1e15 ? round_decimals(m->value[row], m->decimals) : m->value[row];
  out->text = m->decimals >= 0 ? arena_strdup(p->a, s.p, s.n) : NULL;
  if (!m->low || !m->has_interval[row]) return;
  out->has_interval = true;
  out->low = m->low[row];
  out->high = m->high[row];
}

/* --- words around it --- */
struct words {
  char title[600], subtitle[900], source[300], measure[400], unit[100];
  const char *notes[RESULT_MAX_NOTES + 40];
  int n_notes;
};

static void add_note(struct plan *p, struct words *w, const char *mark, const char *text) {
  if (w->n_notes >= RESULT_MAX_NOTES + 40) return;
  const char *line = mark ? arena_printf(p->a, "%s  %s", mark, text) : text;
  if (line) w->notes[w->n_notes++] = line;
}

static bool mark_used(const char *mark, const struct chart_series *s, int n) {
  for (int k = 0; k < n; k++)
    for (int i = 0; i < s[k].n; i++)
      if (s[k].points[i].mark && !strcmp(s[k].points[i].mark, mark)) return true;
  return false;
}

static void words_of(struct plan *p, const struct chart_series *s, int n, struct words *w) {
  const struct result_table *t = first(p);
  const bool ja = p->q->lang == LANG_JA;
  const char *title = ja ? t->title_ja : t->title_en;
  snprintf(w->title, sizeof w->title, "%s", *title ? title : t->id);
  size_t used =
      (size_t)snprintf(w->subtitle, sizeof w->subtitle, "%s%s%s", p->n_tables == 1 ? t->period : "", p->n_tables == 1 && *t->period ? "  " : "",
          measure_title(p->a, t->measures[p->measure].name, p->q->lang, p->q->item, p->q->label_context, w->measure, sizeof w->measure));
  for (int d = 0; d < t->n_dimensions && used < sizeof w->subtitle; d++)
    if (p->fixed[d])
      used += (size_t)snprintf(
          w->subtitle + used, sizeof w->subtitle - used, ja ? "　%s：%s" : "; %s: %s", item_words(p, t->dimensions[d].name), label(p, d, p->code[d]));
  unit_words(t->measures[p->measure].unit ? t->measures[p->measure].unit : "", p->q->lang, w->unit, sizeof w->unit);
  snprintf(w->source, sizeof w->source, "%s%s%s %s%s%.16s", t->survey, *t->form ? "/" : "", t->form, t->id, t->digest ? "  sha256 " : "",
      t->digest ? t->digest : "");
  for (int i = 0; i < t->n_marks; i++)
    if (mark_used(t->marks[i].mark, s, n)) add_note(p, w, t->marks[i].mark, ja ? t->marks[i].ja : t->marks[i].en);
  if (t->refusal) add_note(p, w, ja ? "公表不可：" : "Not releasable:", t->refusal);
  for (int k = 0; k < p->n_tables; k++)
    for (int i = 0; i < p->tables[k]->n_notes; i++) add_note(p, w, NULL, p->tables[k]->notes[i]);
}

static double confidence_of(const struct plan *p) {
  for (int k = 0; k < p->n_tables; k++) {
    int m = result_find_measure(p->tables[k], first(p)->measures[p->measure].name);
    if (m >= 0 && p->tables[k]->measures[m].low && p->tables[k]->measures[m].confidence > 0) return p->tables[k]->measures[m].confidence;
  }
  return 0;
}

static struct chart_frame frame_of(const struct plan *p, const struct words *w) {
  const struct result_measure *m = &first(p)->measures[p->measure];
  return (struct chart_frame){.id = "chart",
      .title = w->title,
      .subtitle = w->subtitle,
      .unit = w->unit,
      .x_title = p->q->kind == CHART_LINE && p->axis >= 0 ? item_words(p, first(p)->dimensions[p->axis].name) : "",
      .y_title = p->q->kind != CHART_LINE && p->axis >= 0 ? item_words(p, first(p)->dimensions[p->axis].name) : w->unit,
      .source = w->source,
      .series_title = p->by >= 0 ? item_words(p, first(p)->dimensions[p->by].name) : "",
      .notes = w->notes,
      .n_notes = w->n_notes,
      .lang = p->q->lang,
      .decimals = m->decimals,
      .breaks = p->q->kind == CHART_LINE ? p->q->breaks : NULL,
      .n_breaks = p->q->kind == CHART_LINE ? p->q->n_breaks : 0,
      .confidence = confidence_of(p)};
}

/* --- pictures --- */
/* A row whose code is no prefecture (total, unknown, abroad) is said below the map. */
static enum err_code beside_map(struct plan *p, const struct result_table *t, int64_t row, struct words *w) {
  char text[128];
  struct chart_point point = {.label = ""};
  const struct chart_frame f = {.lang = p->q->lang, .decimals = t->measures[p->measure].decimals};
  fill_point(p, t, row, &point);
  const char *line =
      arena_printf(p->a, "%s  %s", label(p, p->axis, t->dimensions[p->axis].code[row]), chart_point_text(&f, &point, text, sizeof text));
  if (!line) return ERR(p->e, E_NO_MEMORY, .subject = t->id);
  add_note(p, w, NULL, line);
  return E_OK;
}

static enum err_code map_of(struct plan *p, struct strbuf *to) {
  struct chart_point point[CHART_PREFECTURES];
  struct words *w = ARENA_NEW(p->a, struct words);
  const struct result_table *t = first(p);
  if (!w) return ERR(p->e, E_NO_MEMORY, .subject = t->id);
  for (int i = 0; i < CHART_PREFECTURES; i++) point[i] = (struct chart_point){.label = "", .state = CHART_ABSENT};
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (!is_wanted(p, t, i)) continue;
    int code = prefecture_of_code(t->dimensions[p->axis].code[i]);
    if (code) fill_point(p, t, i, &point[code - 1]);
    else TRY(beside_map(p, t, i, w));
  }
  const struct chart_series s = {"", point, CHART_PREFECTURES};
  words_of(p, &s, 1, w);
  const struct chart_frame f = frame_of(p, w);
  return chart_map(&f, point, p->q->classes, to, p->e);
}

static enum err_code series_of(struct plan *p, struct chart_series **out) {
  const struct str none = STR("");
  const int n_axis = p->n_tables > 1 ? p->n_tables : p->n_points;
  *out = ARENA_ARRAY(p->a, struct chart_series, p->n_series + 1);
  if (!*out) return ERR(p->e, E_NO_MEMORY, .subject = first(p)->id);
  for (int k = 0; k < p->n_series; k++) {
    struct chart_point *points = ARENA_ARRAY(p->a, struct chart_point, n_axis + 1);
    if (!points) return ERR(p->e, E_NO_MEMORY, .subject = first(p)->id);
    for (int i = 0; i < n_axis; i++) {
      const struct result_table *t = p->tables[p->n_tables > 1 ? i : 0];
      struct str code = p->axis >= 0 ? p->points[i] : none;
      points[i].label = p->axis >= 0 ? label(p, p->axis, code) : p->n_tables > 1 ? t->period : "";
      fill_point(p, t, find_row(p, t, code, p->by >= 0 ? p->series[k] : none), &points[i]);
    }
    (*out)[k] = (struct chart_series){p->by >= 0 ? label(p, p->by, p->series[k]) : "", points, n_axis};
  }
  return E_OK;
}

static enum err_code picture(struct plan *p, struct strbuf *to) {
  struct chart_series *s;
  struct words *w = ARENA_NEW(p->a, struct words);
  if (!w) return ERR(p->e, E_NO_MEMORY, .subject = first(p)->id);
  p->n_points = p->n_series = 1;
  if (p->axis >= 0) TRY(codes_of(p, p->axis, &p->points, &p->n_points));
  if (p->by >= 0) TRY(codes_of(p, p->by, &p->series, &p->n_series));
  char found[32];
  snprintf(found, sizeof found, "%d", p->n_series);
  if (p->n_series > CHART_MAX_SERIES) return ERR(p->e, E_CHART_TOO_MANY, .subject = first(p)->id, .expected = "8", .found = found);
  TRY(series_of(p, &s));
  words_of(p, s, p->n_series, w);
  const struct chart_frame f = frame_of(p, w);
  if (p->n_points == 0 || p->n_series == 0) return ERR(p->e, E_CHART_EMPTY, .subject = first(p)->id);
  switch (p->q->kind) {
  case CHART_BAR: return chart_bars(&f, s, p->n_series, to, p->e);
  case CHART_LINE: return chart_lines(&f, s, p->n_series, to, p->e);
  default: return chart_dots(&f, s, p->n_series, to, p->e);
  }
}

static enum err_code same_shape(const struct plan *p) {
  for (int k = 1; k < p->n_tables; k++) {
    bool same = p->tables[k]->n_dimensions == first(p)->n_dimensions;
    for (int d = 0; same && d < first(p)->n_dimensions; d++) same = !strcmp(p->tables[k]->dimensions[d].name, first(p)->dimensions[d].name);
    if (!same) return ERR(p->e, E_CHART_KIND, .subject = first(p)->id, .expected = "tables with the same dimensions", .found = p->tables[k]->id);
  }
  return p->n_tables == 1 || p->q->kind == CHART_LINE
             ? E_OK
             : ERR(p->e, E_CHART_KIND, .subject = first(p)->id, .expected = "one table, or --kind line", .found = "several tables");
}

enum err_code chart_of_results(
    struct arena *a, const struct result_table *const *tables, int n_tables, const struct chart_request *q, struct strbuf *to, struct err *e) {
  struct plan p = {.a = a, .q = q, .tables = tables, .n_tables = n_tables, .e = e};
  p.measure = q->measure ? result_find_measure(tables[0], q->measure) : 0;
  if (p.measure < 0 || tables[0]->n_measures == 0)
    return ERR(e, E_CHART_KIND, .subject = tables[0]->id, .expected = "a measure of the table", .found = q->measure ? q->measure : "none");
  TRY(same_shape(&p));
  TRY(choose_dimensions(&p));
  return q->kind == CHART_MAP ? map_of(&p, to) : picture(&p, to);
}

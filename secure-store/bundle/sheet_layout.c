/* sheet_layout.c -- which cell stands where in a workbook. */
#include <stdio.h>
#include <string.h>

#include "secure-store/bundle/bundle_time.h"
#include "secure-store/bundle/sheet_grid.h"

/* --- filling a grid from left to right --- */
struct pen {
  struct arena *a;
  struct sheet_grid *g;
  int64_t at, end;
  bool failed; /* a text could not be made */
};
static void put(struct pen *p, struct str text) {
  if (p->at < p->end) p->g->cells[p->at++].text = text;
}
static void put_made(struct pen *p, const char *text) { /* of arena_printf: NULL without memory */
  if (!text) p->failed = true;
  put(p, str_of(text));
}
static enum err_code drawn(const struct pen *p, struct err *e) { return p->failed ? ERR(e, E_NO_MEMORY, .subject = p->g->name) : E_OK; }
static void put_number(struct pen *p, struct str text) {
  if (p->at < p->end) p->g->cells[p->at] = (struct grid_cell){text, text.n > 0}, p->at++;
}
static enum err_code grid_new(
    struct arena *a, const char *name, int64_t n_rows, int n_columns, struct sheet_grid *out, struct pen *p, struct err *e) {
  *out = (struct sheet_grid){.name = name, .n_rows = n_rows, .n_columns = n_columns};
  *p = (struct pen){a, out, 0, n_rows * n_columns, false};
  if (n_rows > GRID_MOST_ROWS) return ERR(e, E_CAP_EXCEEDED, .subject = name, .expected = "1,048,576 rows of a sheet");
  out->cells = ARENA_ARRAY(a, struct grid_cell, n_rows * n_columns);
  return out->cells ? E_OK : ERR(e, E_NO_MEMORY, .subject = name);
}

struct str sheet_symbol(struct str status) {
  if (str_eq(status, STR("suppressed"))) return STR("x");
  if (str_eq(status, STR("not_applicable"))) return STR("-");
  return str_eq(status, STR("shown")) ? STR("") : STR("…");
}

/* --- data --- */
static const enum bundle_column figures[] = {LONG_SE, LONG_CV, LONG_DF, LONG_LOW, LONG_HIGH, LONG_CONFIDENCE, LONG_DEFF, LONG_N};
static const char *const figure_names[] = {"se", "cv", "df", "low", "high", "confidence", "deff", "n"};
enum { FIGURES = sizeof figures / sizeof *figures };

static bool is_prefecture(const struct bundle_source *s, int d) {
  const struct str name = bundle_dimension_name(s, d);
  for (size_t i = 0; i + 4 <= name.n; i++)
    if (!memcmp(name.p + i, "pref", 4)) return true;
  return false;
}
static bool has_area(const struct bundle_source *s) {
  for (int d = 0; d < s->n_dimensions; d++)
    if (is_prefecture(s, d)) return true;
  return false;
}
/* The standard area code of a prefecture has five digits; the whole country is 00000. */
static void put_area_code(struct pen *p, struct str code) {
  if (str_eq(code, STR("_T"))) put(p, STR("00000"));
  else if (code.n != 2 || code.p[0] < '0' || code.p[0] > '4' || code.p[1] < '0' || code.p[1] > '9') put(p, STR(""));
  else put_made(p, arena_printf(p->a, "%.*s000", 2, code.p));
}
static int first_prefecture(const struct bundle_source *s) {
  for (int d = 0; d < s->n_dimensions; d++)
    if (is_prefecture(s, d)) return d;
  return -1;
}
static int n_figures(const struct bundle_source *s) {
  int n = 0;
  for (int k = 0; k < FIGURES; k++) n += s->at[figures[k]] >= 0;
  return n;
}
static int data_columns(const struct bundle_source *s) {
  return 2 + 2 * s->n_dimensions + has_area(s) + 6 + n_figures(s) + (s->at[LONG_FLAG] >= 0) + 3;
}

static void data_header(const struct bundle_source *s, struct pen *p) {
  put(p, STR("time_code"));
  put(p, STR("time"));
  for (int d = 0; d < s->n_dimensions; d++) {
    const struct str name = bundle_dimension_name(s, d);
    put(p, name);
    put_made(p, arena_printf(p->a, "%.*s_name", (int)name.n, name.p));
    if (d == first_prefecture(s)) put(p, STR("area_code"));
  }
  static const char *const fixed[] = {"measure", "measure_name", "unit", "unit_name", "value", "symbol"};
  for (int i = 0; i < 6; i++) put(p, str_of(fixed[i]));
  for (int k = 0; k < FIGURES; k++)
    if (s->at[figures[k]] >= 0) put(p, str_of(figure_names[k]));
  if (s->at[LONG_FLAG] >= 0) put(p, STR("flag"));
  put(p, STR("status"));
  put(p, STR("status_name"));
  put(p, STR("reason"));
}

static void data_row(const struct bundle_source *s, int64_t i, const struct bundle_time *t, struct pen *p) {
  const struct str measure = bundle_cell(s, i, LONG_MEASURE), status = bundle_cell(s, i, LONG_STATUS);
  put(p, str_of(t->estat));
  put(p, str_of(t->ja));
  for (int d = 0; d < s->n_dimensions; d++) {
    const struct str code = bundle_dimension_code(s, i, d);
    put(p, code);
    put(p, bundle_label(s, bundle_dimension_name(s, d), code, LANG_JA));
    if (d == first_prefecture(s)) put_area_code(p, code);
  }
  put(p, measure);
  put(p, bundle_label(s, STR("measure"), measure, LANG_JA));
  put(p, bundle_cell(s, i, LONG_UNIT));
  put(p, bundle_label(s, STR("unit"), bundle_cell(s, i, LONG_UNIT), LANG_JA));
  put_number(p, bundle_shown(s, i) ? bundle_cell(s, i, LONG_VALUE) : STR(""));
  put(p, sheet_symbol(status));
  for (int k = 0; k < FIGURES; k++)
    if (s->at[figures[k]] >= 0) put_number(p, bundle_cell(s, i, figures[k]));
  if (s->at[LONG_FLAG] >= 0) put(p, bundle_cell(s, i, LONG_FLAG));
  put(p, status);
  put(p, bundle_label(s, STR("status"), status, LANG_JA));
  put(p, bundle_cell(s, i, LONG_REASON));
}

static enum err_code data_sheet(struct arena *a, const struct bundle_source *s, struct sheet_grid *out, struct err *e) {
  struct pen p;
  struct bundle_time *t = ARENA_NEW(a, struct bundle_time); /* its texts are borrowed by the cells */
  if (!t) return ERR(e, E_NO_MEMORY, .subject = s->id);
  TRY(grid_new(a, "data", s->table.n_rows + 1, data_columns(s), out, &p, e));
  data_header(s, &p);
  for (int64_t i = 0; i < s->table.n_rows; i++) {
    const struct str period = bundle_cell(s, i, LONG_PERIOD);
    if (i == 0 || !str_eq(period, bundle_cell(s, i - 1, LONG_PERIOD))) {
      if (i) t = ARENA_NEW(a, struct bundle_time);
      if (!t) return ERR(e, E_NO_MEMORY, .subject = s->id);
      (void)bundle_time_of(period, t);
    }
    data_row(s, i, t, &p);
  }
  return drawn(&p, e);
}

/* --- columns --- */
struct column_words {
  const char *name, *kind, *ja, *en;
};
static const struct column_words made[] = {{"time_code", "code", "時間軸コード（e-Stat）", "time code of e-Stat"},
    {"time", "text", "時間（西暦）", "time, Western calendar"}, {"area_code", "code", "地域コード（都道府県、5桁）", "area code of prefecture, five digits"},
    {"measure_name", "text", "測定項目名", "name of the measure"}, {"symbol", "code", "特殊記号", "sign in place of a figure"},
    {"status_name", "text", "値の状態の名称", "name of the status"}};

static void column_line(const struct bundle_source *s, struct str column, struct pen *p) {
  const struct column_words *w = NULL;
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    if (str_eq(column, str_of(made[i].name))) w = &made[i];
  put(p, column);
  if (w) {
    put(p, str_of(w->kind)), put(p, str_of(w->ja)), put(p, str_of(w->en)), put(p, STR(""));
    return;
  }
  struct str of = column;
  const char *ja = "", *en = "";
  if (column.n > 5 && !memcmp(column.p + column.n - 5, "_name", 5) && !bundle_column_fact(s, column, "kind").n)
    of = str_view(column.p, column.n - 5), ja = "の名称", en = ", name";
  const struct str label_ja = bundle_column_fact(s, of, "label_ja"), label_en = bundle_column_fact(s, of, "label_en");
  put(p, *ja ? STR("text") : bundle_column_fact(s, of, "kind"));
  put_made(p, arena_printf(p->a, "%.*s%s", (int)label_ja.n, label_ja.p, ja));
  put_made(p, arena_printf(p->a, "%.*s%s", (int)label_en.n, label_en.p, en));
  put(p, bundle_column_fact(s, of, "unit"));
}
static enum err_code columns_sheet(
    struct arena *a, const struct bundle_source *s, const struct sheet_grid *data, struct sheet_grid *out, struct err *e) {
  static const char *const header[] = {"column", "kind", "label_ja", "label_en", "unit"};
  struct pen p;
  TRY(grid_new(a, "columns", data->n_columns + 1, 5, out, &p, e));
  for (int i = 0; i < 5; i++) put(&p, str_of(header[i]));
  for (int k = 0; k < data->n_columns; k++) column_line(s, data->cells[k].text, &p);
  return drawn(&p, e);
}

/* --- codes; from when to when they hold stands in codes.csv --- */
static enum err_code codes_sheet(struct arena *a, const struct bundle_source *s, struct sheet_grid *out, struct err *e) {
  static const char *const header[] = {"column", "code", "label_ja", "label_en", "parent"};
  struct pen p;
  TRY(grid_new(a, "codes", s->n_codes + 1, 5, out, &p, e));
  for (int i = 0; i < 5; i++) put(&p, str_of(header[i]));
  for (int64_t i = 0; i < s->n_codes; i++) {
    const struct bundle_code *c = &s->codes[i];
    put(&p, c->column), put(&p, c->code), put(&p, c->ja), put(&p, c->en), put(&p, c->parent);
  }
  return E_OK;
}

/* --- about: titles and notes --- */
static enum err_code about_sheet(struct arena *a, const struct bundle_source *s, struct sheet_grid *out, struct err *e) {
  static const char *const facts[] = {"title", "survey", "source"};
  static const char *const facts_ja[] = {"title_ja", "survey_ja", "source_ja"}, *const facts_en[] = {"title_en", "survey_en", "source_en"};
  const struct csv_table *notes = &s->words->notes;
  const int table = csv_table_column(notes, "table"), kind = csv_table_column(notes, "kind");
  const int ja = csv_table_column(notes, "text_ja"), en = csv_table_column(notes, "text_en");
  int64_t n = 0;
  struct pen p;
  for (int64_t i = 0; i < notes->n_rows; i++) n += str_eq(csv_table_cell(notes, i, table), str_of(s->id));
  TRY(grid_new(a, "about", n + 5, 3, out, &p, e));
  put(&p, STR("item")), put(&p, STR("text_ja")), put(&p, STR("text_en"));
  put(&p, STR("table")), put(&p, str_of(s->id)), put(&p, str_of(s->id));
  for (int i = 0; i < 3; i++) {
    put(&p, str_of(facts[i]));
    put(&p, bundle_title(s, facts_ja[i]));
    put(&p, bundle_title(s, facts_en[i]));
  }
  for (int64_t i = 0; i < notes->n_rows; i++)
    if (str_eq(csv_table_cell(notes, i, table), str_of(s->id)))
      put(&p, csv_table_cell(notes, i, kind)), put(&p, csv_table_cell(notes, i, ja)), put(&p, csv_table_cell(notes, i, en));
  return E_OK;
}

enum err_code sheet_layout(struct arena *a, const struct bundle_source *s, struct sheet_grid out[GRID_SHEETS], struct err *e) {
  TRY(data_sheet(a, s, &out[0], e));
  TRY(columns_sheet(a, s, &out[0], &out[1], e));
  TRY(codes_sheet(a, s, &out[2], e));
  return about_sheet(a, s, &out[3], e);
}

/* --- the door's comparison --- */
static enum err_code differs(const char *file, const struct sheet_grid *g, int64_t row, int column, struct err *e) {
  return ERR(e, E_PART_DIFFERS, .file = file, .line = row + 1, .column = column + 1, .subject = file, .found = g->name);
}
static enum err_code same_grid(const char *file, const struct sheet_grid *made_here, const struct sheet_grid *read, struct err *e) {
  if (strcmp(made_here->name, read->name) || made_here->n_rows != read->n_rows || made_here->n_columns != read->n_columns)
    return differs(file, made_here, 0, 0, e);
  for (int64_t i = 0; i < made_here->n_rows * made_here->n_columns; i++) {
    const struct grid_cell *x = &made_here->cells[i], *y = &read->cells[i];
    if (x->number != y->number || !str_eq(x->text, y->text))
      return differs(file, made_here, i / made_here->n_columns, (int)(i % made_here->n_columns), e);
  }
  return E_OK;
}
enum err_code sheet_check(struct arena *a, const struct bundle_source *s, const struct release_part *part, struct err *e) {
  struct sheet_grid here[GRID_SHEETS], there[GRID_SHEETS];
  TRY(sheet_layout(a, s, here, e));
  TRY(sheet_read(a, part->name, part->bytes, there, e));
  for (int i = 0; i < GRID_SHEETS; i++) TRY(same_grid(part->name, &here[i], &there[i], e));
  return E_OK;
}

#include "secure-store/bundle/bundle_source.h"

#include <stdlib.h>
#include <string.h>

static enum err_code read_part(struct arena *a, const struct release_part *parts, int64_t n, const char *name, struct csv_table *out, struct err *e) {
  for (int64_t i = 0; i < n; i++)
    if (!strcmp(parts[i].name, name)) return csv_table_parse(a, name, parts[i].bytes.p, parts[i].bytes.n, out, e);
  return ERR(e, E_RELEASE_REPORT, .subject = name, .expected = name);
}

enum err_code bundle_words_read(struct arena *a, const struct release_part *parts, int64_t n, struct bundle_words *out, struct err *e) {
  TRY(read_part(a, parts, n, "columns.csv", &out->columns, e));
  TRY(read_part(a, parts, n, "codes.csv", &out->codes, e));
  TRY(read_part(a, parts, n, "tables.csv", &out->tables, e));
  return read_part(a, parts, n, "notes.csv", &out->notes, e);
}

/* --- codes --- */
static int by_code(const void *x, const void *y) {
  const struct bundle_code *a = x, *b = y;
  int c = str_cmp(a->column, b->column);
  return c ? c : str_cmp(a->code, b->code);
}

static enum err_code read_codes(struct arena *a, struct bundle_source *s, struct err *e) {
  const struct csv_table *t = &s->words->codes;
  const int table = csv_table_column(t, "table"), column = csv_table_column(t, "column"), code = csv_table_column(t, "code");
  const int ja = csv_table_column(t, "label_ja"), en = csv_table_column(t, "label_en"), parent = csv_table_column(t, "parent");
  const int from = csv_table_column(t, "valid_from"), to = csv_table_column(t, "valid_to");
  s->codes = ARENA_ARRAY(a, struct bundle_code, t->n_rows + 1);
  if (!s->codes) return ERR(e, E_NO_MEMORY, .subject = s->id);
  for (int64_t i = 0; i < t->n_rows; i++)
    if (str_eq(csv_table_cell(t, i, table), str_of(s->id)))
      s->codes[s->n_codes++] = (struct bundle_code){csv_table_cell(t, i, column), csv_table_cell(t, i, code), csv_table_cell(t, i, ja),
          csv_table_cell(t, i, en), csv_table_cell(t, i, parent), csv_table_cell(t, i, from), csv_table_cell(t, i, to)};
  qsort(s->codes, (size_t)s->n_codes, sizeof *s->codes, by_code);
  return E_OK;
}

/* --- columns --- */
static const char *const names[LONG_COLUMNS] = {
    "period", "measure", "unit", "value", "se", "cv", "df", "low", "high", "confidence", "deff", "flag", "n", "status", "reason"};

static enum err_code read_columns(struct bundle_source *s, struct err *e) {
  for (int k = 0; k < LONG_COLUMNS; k++) s->at[k] = csv_table_column(&s->table, names[k]);
  static const enum bundle_column needed[] = {LONG_PERIOD, LONG_MEASURE, LONG_UNIT, LONG_VALUE, LONG_STATUS};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (s->at[needed[i]] < 0) return ERR(e, E_RELEASE_REPORT, .subject = s->id, .expected = names[needed[i]]);
  for (int k = s->at[LONG_PERIOD] + 1; k < s->at[LONG_MEASURE]; k++) {
    if (s->n_dimensions == BUNDLE_DIMENSIONS) return ERR(e, E_CAP_EXCEEDED, .subject = s->id, .expected = "16 dimensions");
    s->dimension[s->n_dimensions++] = k;
  }
  return E_OK;
}

enum err_code bundle_source_read(
    struct arena *a, const struct bundle_words *w, const char *id, struct str long_csv, struct bundle_source *out, struct err *e) {
  *out = (struct bundle_source){.id = id, .words = w, .title_row = -1};
  TRY(csv_table_parse(a, id, long_csv.p, long_csv.n, &out->table, e));
  TRY(read_columns(out, e));
  const int table = csv_table_column(&w->tables, "table");
  for (int64_t i = 0; i < w->tables.n_rows; i++)
    if (str_eq(csv_table_cell(&w->tables, i, table), str_of(id))) out->title_row = i;
  return read_codes(a, out, e);
}

/* --- asking --- */
struct str bundle_cell(const struct bundle_source *s, int64_t row, enum bundle_column k) { return csv_table_cell(&s->table, row, s->at[k]); }
struct str bundle_dimension_name(const struct bundle_source *s, int d) { return s->table.header[s->dimension[d]]; }
struct str bundle_dimension_code(const struct bundle_source *s, int64_t row, int d) { return csv_table_cell(&s->table, row, s->dimension[d]); }
bool bundle_shown(const struct bundle_source *s, int64_t row) { return str_eq(bundle_cell(s, row, LONG_STATUS), STR("shown")); }

const struct bundle_code *bundle_code_find(const struct bundle_source *s, struct str column, struct str code) {
  const struct bundle_code key = {.column = column, .code = code};
  return s->n_codes ? bsearch(&key, s->codes, (size_t)s->n_codes, sizeof *s->codes, by_code) : NULL;
}
struct str bundle_label(const struct bundle_source *s, struct str column, struct str code, enum err_lang lang) {
  const struct bundle_code *c = bundle_code_find(s, column, code);
  struct str label = !c ? STR("") : lang == LANG_JA ? c->ja : c->en;
  return label.n ? label : code;
}
struct str bundle_column_fact(const struct bundle_source *s, struct str column, const char *fact) {
  const struct csv_table *t = &s->words->columns;
  const int table = csv_table_column(t, "table"), name = csv_table_column(t, "column"), value = csv_table_column(t, fact);
  for (int64_t i = 0; i < t->n_rows; i++)
    if (str_eq(csv_table_cell(t, i, name), column) && str_eq(csv_table_cell(t, i, table), str_of(s->id))) return csv_table_cell(t, i, value);
  return STR("");
}
struct str bundle_title(const struct bundle_source *s, const char *fact) {
  return s->title_row < 0 ? STR("") : csv_table_cell(&s->words->tables, s->title_row, csv_table_column(&s->words->tables, fact));
}
int bundle_decimals(struct str number) {
  size_t point = number.n;
  for (size_t i = 0; i < number.n; i++) {
    if (number.p[i] == 'e' || number.p[i] == 'E') return -1;
    if (number.p[i] == '.') point = i;
  }
  return point == number.n ? 0 : (int)(number.n - point - 1);
}

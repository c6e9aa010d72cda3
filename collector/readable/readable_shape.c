/* readable_shape.c -- where on a sheet the table is, and what its columns hold; see readable_impl.h.
 * Rows     a row counts as one of the table when it fills a third of the widest row; what stands before the first such row are title lines, what
 *          stands alone after the last are notes. Header rows are those before the first row with figures; a table of words has one header row.
 *          Bare years, and numbers that count up by one, are headings.
 * Columns  by what most of their cells hold and by their heading; what the user says (table of columns) goes first. */
#include <string.h>

#include "collector/readable/readable_impl.h"

enum { HEADER_MAX = 6, SAMPLE_ROWS = 20, WIDE_PART = 3 };

int64_t row_filled(const struct readable_sheet *s, int64_t row, int64_t from, int64_t to) {
  int64_t n = 0;
  for (int64_t k = from; k < to; k++) n += str_trim(readable_at(s, row, k)->text).n > 0;
  return n;
}
bool row_blank(const struct readable_sheet *s, int64_t row, int64_t from, int64_t to) { return row_filled(s, row, from, to) == 0; }

static bool bare_year(const struct readable_cell *c) {
  struct str t = str_trim(c->text);
  int64_t year;
  return str_int64(t, &year) && t.n == 4 && year >= 1868 && year <= 2100;
}
static bool figure(const struct readable_cell *c) {
  if (c->kind == CELL_NUMBER || c->kind == CELL_DATE) return true;
  return c->text.n && number_form_of(c->text) != NUMBER_NONE;
}
/* Figures of a row that are no headings. */
static int64_t row_figures(const struct readable_sheet *s, int64_t row) {
  int64_t n = 0, steps = 0, before = 0;
  for (int64_t k = 0; k < s->n_columns; k++) {
    const struct readable_cell *c = readable_at(s, row, k);
    int64_t value;
    if (!figure(c) || bare_year(c)) continue;
    steps += str_int64(str_trim(c->text), &value) && (n == 0 || value == before + 1);
    before = n == 0 || str_int64(str_trim(c->text), &value) ? value : before;
    n++;
  }
  bool counts_up = n >= 3 && steps == n && !figure(readable_at(s, row, 0));
  return counts_up ? 0 : n;
}

/* --- rows --- */
static int64_t widest_row(const struct readable_sheet *s) {
  int64_t widest = 0;
  for (int64_t r = 0; r < s->n_rows; r++) {
    int64_t n = row_filled(s, r, 0, s->n_columns);
    if (n > widest) widest = n;
  }
  return widest;
}
static bool note_like(struct str s) {
  static const char *const words[] = {"注", "（注", "(注", "※", "＊", "*", "資料", "出典", "備考:", "備考：", "Note", "Source", "単位", "（単位", "(単位", "〔注", "［注",
      "1)", "1）", "（１）"};
  s = str_trim(s);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_starts(s, str_of(words[i]))) return true;
  return false;
}
static struct str first_text(const struct readable_sheet *s, int64_t row) {
  for (int64_t k = 0; k < s->n_columns; k++)
    if (str_trim(readable_at(s, row, k)->text).n) return readable_at(s, row, k)->text;
  return STR("");
}
static int64_t end_of_table(const struct readable_sheet *s, int64_t first, int64_t widest) {
  int64_t end = s->n_rows;
  for (; end > first + 1; end--) {
    int64_t n = row_filled(s, end - 1, 0, s->n_columns);
    bool alone = n == 1 && widest >= 3 && !figure(readable_at(s, end - 1, 0)), noted = n > 0 && n * WIDE_PART <= widest + 2 &&
        note_like(first_text(s, end - 1));
    if (n > 0 && !alone && !noted && !(widest == 2 && n == 1 && note_like(first_text(s, end - 1)))) break;
  }
  return end;
}
static bool merged_down(const struct readable_sheet *s, int64_t from, int64_t row) { /* a merged heading reaches from the header into this row */
  for (int64_t i = 0; i < s->n_merged; i++)
    if (s->merged[i].top > from && s->merged[i].top <= row && s->merged[i].bottom > row) return true;
  return false;
}
static bool mostly_figures(const struct readable_sheet *s, int64_t from, int64_t end) {
  int64_t rows = 0, with = 0;
  for (int64_t r = from; r < end && rows < SAMPLE_ROWS; r++) {
    if (row_blank(s, r, 0, s->n_columns)) continue;
    rows++;
    with += row_figures(s, r) > 0;
  }
  return rows > 0 && with * 10 >= rows * 7;
}
static int64_t end_of_header(const struct readable_sheet *s, int64_t first, int64_t end, bool *missing) {
  int64_t figures = row_figures(s, first), filled = row_filled(s, first, 0, s->n_columns), h = first + 1;
  *missing = figures * 10 >= filled * 3;
  if (*missing) return first;
  for (; h < end && h < first + HEADER_MAX; h++) {
    if (merged_down(s, first, h)) continue;
    if (row_blank(s, h, 0, s->n_columns) || row_figures(s, h) > 0 || row_filled(s, h, 0, s->n_columns) < 2) break;
    if (h + 1 >= end || !mostly_figures(s, h + 1, end)) break;
  }
  return h;
}

/* --- columns --- */
static bool has_any(struct str s, const char *const *words) {
  for (; *words; words++)
    if (text_has(s, *words)) return true;
  return false;
}
static bool code_name(struct str name) {
  static const char *const words[] = {"コード", "番号", "符号", "電話", "郵便", "〒", "code", "Code", "CODE", "_id", "ID", "区分", "性別", "分類", "種別", "sex",
      "class", NULL};
  struct str t = str_trim(name);
  return has_any(name, words) || str_eq(t, STR("No")) || str_eq(t, STR("No.")) || str_eq(t, STR("NO")) || str_eq(t, STR("№")) ||
      str_eq(t, STR("pid")) || str_eq(t, STR("cid")) || str_eq(t, STR("id"));
}
static bool time_name(struct str name) {
  static const char *const yes[] = {"年", "時点", "日付", "期間", "period", "year", "date", "Date", "Year", "time", "month", NULL};
  static const char *const no[] = {"年齢", "年代", "年収", "年間", "年金", "年少", "時間", "times", "青年", "成年", "前年", "年平均", NULL};
  return has_any(name, yes) && !has_any(name, no);
}
static bool area_name(struct str name) {
  static const char *const words[] = {"都道府県", "市区町村", "市町村", "地域コード", "団体コード", "公共団体コード", "自治体", "area", "pref", "prefecture", "municipality", NULL};
  return has_any(name, words);
}
struct counting {
  int64_t times, western_years, names, areas, codes, leading_zero;
  struct str seen[DISTINCT_MAX];
};
static void count_distinct(struct readable_column *c, struct counting *n, struct str text) {
  if (c->distinct > DISTINCT_MAX) return;
  for (int64_t i = 0; i < c->distinct; i++)
    if (str_eq(n->seen[i], text)) return;
  if (c->distinct < DISTINCT_MAX) n->seen[c->distinct] = text;
  c->distinct++;
}
static void count_cell(struct readable_column *c, struct counting *n, const struct readable_cell *cell) {
  struct str t = str_trim(cell->text);
  if (!t.n) {
    c->blank++;
    return;
  }
  c->filled++;
  count_distinct(c, n, cell->text);
  enum time_form time = cell->kind == CELL_DATE ? TIME_WESTERN : time_form_of(t);
  n->times += time != TIME_NONE;
  n->western_years += bare_year(cell);
  enum area_form area = area_form_of(t);
  n->areas += area == AREA_NAME || area == AREA_SHORT;
  n->codes += area == AREA_CODE;
  n->leading_zero += t.n > 1 && t.p[0] == '0' && t.p[1] >= '0' && t.p[1] <= '9';
  if (cell->kind == CELL_DATE) return;
  enum number_form form = cell->kind == CELL_NUMBER ? NUMBER_PLAIN : number_form_of(cell->text);
  c->plain += form == NUMBER_PLAIN;
  c->dressed += form == NUMBER_DRESSED;
  c->several += form == NUMBER_SEVERAL;
  c->symbols += form == NUMBER_SYMBOL;
  c->zeros += form == NUMBER_PLAIN && str_eq(t, STR("0"));
}
static bool given(struct str kind, const char *word) { return str_eq(kind, str_of(word)); }
static enum column_kind judge_kind(const struct readable_column *c, const struct counting *n) {
  int64_t numbers = c->plain + c->dressed + c->several, words = c->filled - c->symbols;
  if (given(c->kind_given, "value") || given(c->kind_given, "number")) return COLUMN_NUMBER;
  if (given(c->kind_given, "time") || given(c->kind_given, "period")) return COLUMN_TIME;
  if (given(c->kind_given, "area")) return COLUMN_AREA;
  if (given(c->kind_given, "dimension") || given(c->kind_given, "code")) return COLUMN_CODE;
  if (c->kind_given.n) return COLUMN_TEXT;
  if (c->filled == 0) return COLUMN_EMPTY;
  bool mostly_time = n->times * 10 >= c->filled * 8;
  if (mostly_time && (time_name(c->name) || n->western_years * 10 >= c->filled * 9 || n->times > numbers)) return COLUMN_TIME;
  if (area_name(c->name) && (n->areas + n->codes) * 2 >= c->filled) return COLUMN_AREA;
  if (n->areas * 10 >= c->filled * 8 && numbers == 0 && c->filled >= 3) return COLUMN_AREA;
  if (words > 0 && numbers * 10 >= words * 6) return code_name(c->name) || n->leading_zero * 2 > c->filled ? COLUMN_CODE : COLUMN_NUMBER;
  return COLUMN_TEXT;
}
static enum err_code name_column(struct arena *a, const struct shaped *out, int64_t k, struct readable_column *c, struct err *e) {
  const struct readable_sheet *s = out->sheet;
  struct strbuf b;
  strbuf_init(&b, 1 << 16);
  c->name = c->label = STR("");
  for (int64_t r = out->shape.first_row; r < out->shape.header_end; r++) {
    int64_t from = k;
    bool last = r + 1 == out->shape.header_end;
    while (!last && from > out->shape.first_column && !str_trim(readable_at(s, r, from)->text).n) from--; /* a heading over several columns */
    struct str t = str_trim(readable_at(s, r, from)->text);
    if (t.n && from == k) c->label = readable_at(s, r, k)->text;
    if (!t.n || (from != k && !str_trim(readable_at(s, out->shape.header_end - 1, k)->text).n)) continue;
    if (b.n) strbuf_addc(&b, '/');
    strbuf_add(&b, t.p, t.n);
  }
  char *copy = b.failed ? NULL : arena_strdup(a, b.n ? b.p : "", b.n);
  if (copy) c->name = str_view(copy, b.n);
  strbuf_release(&b);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = s->name);
}
static struct str fact(const struct readable_spec *spec, struct str column, const char *name) {
  const struct csv_table *t = spec->columns;
  int table = csv_table_column(t, "table"), c = csv_table_column(t, "column"), v = csv_table_column(t, name);
  for (int64_t i = 0; i < t->n_rows; i++)
    if (str_eq(csv_table_cell(t, i, c), column) && (table < 0 || !spec->table ||
        str_eq(csv_table_cell(t, i, table), str_of(spec->table)))) return csv_table_cell(t, i, v);
  return STR("");
}
static enum err_code make_column(struct arena *a, struct shaped *out, int64_t k, const struct readable_spec *spec, struct err *e) {
  struct readable_column *c = &out->columns[k];
  struct counting n = {0};
  TRY(name_column(a, out, k, c, e));
  c->kind_given = c->unit = STR("");
  if (spec->columns) {
    c->kind_given = fact(spec, c->label, "kind");
    c->unit = fact(spec, c->label, "unit");
    c->in_table_of_columns = fact(spec, c->label, "column").n > 0;
  }
  for (int64_t r = out->shape.header_end; r < out->shape.end; r++)
    if (!row_blank(out->sheet, r, out->shape.first_column, out->shape.end_column)) count_cell(c, &n, readable_at(out->sheet, r, k));
  c->kind = judge_kind(c, &n);
  return E_OK;
}
static void find_span(struct shaped *out) {
  const struct readable_sheet *s = out->sheet;
  struct readable_shape *h = &out->shape;
  h->first_column = s->n_columns;
  h->end_column = 0;
  for (int64_t r = h->first_row; r < h->end; r++)
    for (int64_t k = 0; k < s->n_columns; k++) {
      if (!str_trim(readable_at(s, r, k)->text).n) continue;
      if (k < h->first_column) h->first_column = k;
      if (k >= h->end_column) h->end_column = k + 1;
    }
}
enum err_code readable_shape(struct arena *a, const struct readable_sheet *s, int index, const struct readable_spec *spec, struct shaped *out,
    struct err *e) {
  int64_t widest = widest_row(s), least = widest / WIDE_PART > 2 ? widest / WIDE_PART : widest < 2 ? widest : 2;
  *out = (struct shaped){.sheet = s, .index = index, .shape = {.first_row = -1}};
  if (widest == 0) return E_OK;
  struct readable_shape *h = &out->shape;
  for (int64_t r = 0; h->first_row < 0 && r < s->n_rows; r++)
    if (row_filled(s, r, 0, s->n_columns) >= least && !(widest > 2 && row_filled(s, r, 0, s->n_columns) * 2 <= widest &&
        note_like(first_text(s, r)))) h->first_row = r;
  if (h->first_row < 0) h->first_row = 0;
  h->end = end_of_table(s, h->first_row, widest);
  h->header_end = end_of_header(s, h->first_row, h->end, &out->header_missing);
  find_span(out);
  out->columns = ARENA_ARRAY(a, struct readable_column, s->n_columns + 1);
  if (!out->columns) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int64_t k = h->first_column; k < h->end_column; k++) TRY(make_column(a, out, k, spec, e));
  return E_OK;
}

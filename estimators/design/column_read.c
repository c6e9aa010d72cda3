#include "estimators/design/column_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"

struct one {
  const char *name;
  bool wanted, text;
  double *number;
  int32_t *code;
  struct dict *dict;
  uint8_t *status;
  struct survey_place first_text;
};
struct column_read {
  struct arena *a;
  const char *place;
  bool (*wanted)(const void *context, struct str name);
  const void *context;
  int64_t n_columns, n_rows, row; /* row: of this round; -1 = the head is next */
  struct one *column;
};

enum err_code column_read_new(struct arena *a, const char *place, bool (*wanted)(const void *context, struct str name), const void *context,
    struct column_read **out, struct err *e) {
  *out = ARENA_NEW(a, struct column_read);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = place);
  **out = (struct column_read){.a = a, .place = place, .wanted = wanted, .context = context, .row = -1};
  return E_OK;
}
int64_t column_read_rows(const struct column_read *r) { return r->row < 0 ? 0 : r->row; }

/* --- numbers --- */
/* Digits and point of a cell; *digits = significant ones. False when it is not of that form. */
static bool shape_of(struct str s, uint64_t *mantissa, int *digits, int *decimals, bool *exponent) {
  size_t i = s.n && s.p[0] == '-';
  const size_t first = i;
  bool point = false, any = false;
  *mantissa = 0, *digits = 0, *decimals = 0, *exponent = false;
  if (i + 1 < s.n && s.p[i] == '0' && s.p[i + 1] >= '0' && s.p[i + 1] <= '9') return false; /* 01 is a code */
  for (; i < s.n; i++) {
    const char c = s.p[i];
    if (c >= '0' && c <= '9') {
      any = true;
      *digits += *digits > 0 || c != '0';
      *decimals += point;
      if (*digits <= 18) *mantissa = *mantissa * 10 + (uint64_t)(c - '0');
    } else if (c == '.' && !point) point = true;
    else if ((c == 'e' || c == 'E') && any && i > first) break;
    else return false;
  }
  if (i == s.n) return any;
  *exponent = true;
  i++;
  if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) i++;
  if (i >= s.n || s.n - i > 3) return false;
  for (; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return true;
}
bool column_number(struct str s, double *out) {
  static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
      1e21, 1e22};
  char text[64];
  uint64_t mantissa;
  int digits, decimals;
  bool exponent;
  if (s.n == 0 || s.n >= sizeof text || !shape_of(s, &mantissa, &digits, &decimals, &exponent)) return false;
  if (!exponent && digits <= 15 && decimals <= 22) { /* both are exact, so the quotient is the nearest double */
    const double v = (double)mantissa / power[decimals];
    *out = s.p[0] == '-' ? -v : v;
    return true;
  }
  memcpy(text, s.p, s.n), text[s.n] = 0;
  *out = strtod(text, NULL);
  return *out - *out == 0;
}
static bool missing(struct str s) { return s.n == 0 || (s.n == 2 && memcmp(s.p, "NA", 2) == 0); }

/* --- first round --- */
static enum err_code read_head(struct column_read *r, const struct csv_row *row, struct err *e) {
  char found[96];
  r->n_columns = row->n_cells;
  r->column = ARENA_ARRAY(r->a, struct one, row->n_cells + 1);
  if (!r->column) return ERR(e, E_NO_MEMORY, .subject = r->place);
  for (int64_t k = 0; k < row->n_cells; k++) {
    struct str s = row->cells[k].text;
    if (k == 0 && s.n >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0) s = str_view(s.p + 3, s.n - 3);
    snprintf(found, sizeof found, "column %lld '%.*s'", (long long)k + 1, (int)(s.n < 60 ? s.n : 60), s.p);
    if (!utf8_valid(s.p, s.n, NULL)) return ERR(e, E_DATA_UTF8, .file = r->place, .line = row->line, .column = k + 1);
    if (s.n == 0 || s.n > 255 || memchr(s.p, 0, s.n))
      return ERR(e, E_DATA_HEAD, .file = r->place, .line = row->line, .subject = found, .expected = "a name of 1 to 255 bytes in UTF-8");
    for (int64_t j = 0; j < k; j++)
      if (str_eq(str_of(r->column[j].name), s)) return ERR(e, E_DATA_HEAD, .file = r->place, .line = row->line, .subject = found, .found = "twice");
    r->column[k] = (struct one){.name = arena_strdup(r->a, s.p, s.n), .wanted = !r->wanted || r->wanted(r->context, s)};
    if (!r->column[k].name) return ERR(e, E_NO_MEMORY, .subject = r->place);
  }
  return E_OK;
}
static enum err_code check_row(const struct column_read *r, const struct csv_row *row, struct err *e) {
  char found[64], expected[64];
  if (row->n_cells == r->n_columns) return E_OK;
  snprintf(found, sizeof found, "%lld cells", (long long)row->n_cells);
  snprintf(expected, sizeof expected, "%lld cells", (long long)r->n_columns);
  return ERR(e, E_DATA_ROW, .file = r->place, .line = row->line, .subject = r->place, .expected = expected, .found = found);
}
static bool blank_line(const struct csv_row *row) { return row->n_cells == 1 && row->cells[0].text.n == 0; }

enum err_code column_read_scan(void *context, const struct csv_row *row, struct err *e) {
  struct column_read *r = context;
  double v;
  if (r->row++ < 0) return read_head(r, row, e);
  if (r->n_columns > 1 && blank_line(row)) {
    r->row--;
    return E_OK;
  }
  TRY(check_row(r, row, e));
  for (int64_t k = 0; k < r->n_columns; k++) {
    struct one *c = &r->column[k];
    const struct str cell = row->cells[k].text;
    if (!c->wanted || missing(cell) || (!c->text && column_number(cell, &v))) continue;
    if (!utf8_valid(cell.p, cell.n, NULL)) return ERR(e, E_DATA_UTF8, .file = r->place, .line = row->line, .column = k + 1);
    if (!c->text) c->text = true, c->first_text = (struct survey_place){row->line, k + 1};
  }
  return E_OK;
}

/* --- second round --- */
enum err_code column_read_begin(struct column_read *r, struct err *e) {
  r->n_rows = r->row;
  if (r->n_rows < 1) return ERR(e, E_DATA_EMPTY, .subject = r->place);
  if (r->n_rows > INT32_MAX - 1) return ERR(e, E_CAP_EXCEEDED, .subject = r->place);
  for (int64_t k = 0; k < r->n_columns; k++) {
    struct one *c = &r->column[k];
    if (!c->wanted) continue;
    c->status = ARENA_ARRAY(r->a, uint8_t, r->n_rows + 1);
    if (c->text) c->code = ARENA_ARRAY(r->a, int32_t, r->n_rows + 1), c->dict = dict_new(r->a);
    else c->number = ARENA_ARRAY(r->a, double, r->n_rows + 1);
    if (!c->status || (c->text ? !c->code || !c->dict : !c->number)) return ERR(e, E_NO_MEMORY, .subject = r->place);
  }
  r->row = -1;
  return E_OK;
}
static enum err_code fill_cell(struct column_read *r, struct one *c, int64_t row, struct str s, struct err *e) {
  if (missing(s)) {
    c->status[row] = VAL_BLANK;
    if (c->text) c->code[row] = -1;
    return E_OK;
  }
  if (!c->text) return column_number(s, &c->number[row]) ? E_OK : ERR(e, E_DATA_ROW, .subject = r->place, .found = "another file than before");
  c->code[row] = dict_add(c->dict, s);
  return c->code[row] >= 0 ? E_OK : ERR(e, E_NO_MEMORY, .subject = r->place);
}
enum err_code column_read_fill(void *context, const struct csv_row *row, struct err *e) {
  struct column_read *r = context;
  if (r->row < 0 || (r->n_columns > 1 && blank_line(row))) {
    r->row += r->row < 0;
    return E_OK;
  }
  TRY(check_row(r, row, e));
  if (r->row >= r->n_rows) return ERR(e, E_DATA_ROW, .subject = r->place, .found = "more records than before");
  for (int64_t k = 0; k < r->n_columns; k++)
    if (r->column[k].wanted) TRY(fill_cell(r, &r->column[k], r->row, row->cells[k].text, e));
  r->row++;
  return E_OK;
}

/* --- end --- */
struct entry {
  struct str text;
  int32_t id;
};
static int entry_cmp(const void *x, const void *y) { return str_cmp(((const struct entry *)x)->text, ((const struct entry *)y)->text); }
static enum err_code sort_texts(struct column_read *r, struct one *c, struct survey_column *out, struct err *e) {
  const int32_t n = dict_count(c->dict);
  struct str *level = ARENA_ARRAY(r->a, struct str, n + 1);
  struct arena_mark mark = arena_mark(r->a);
  struct entry *list = ARENA_ARRAY(r->a, struct entry, n + 1);
  int32_t *place = ARENA_ARRAY(r->a, int32_t, n + 1);
  if (!level || !list || !place) return ERR(e, E_NO_MEMORY, .subject = r->place);
  for (int32_t k = 0; k < n; k++) list[k] = (struct entry){dict_text(c->dict, k), k};
  qsort(list, (size_t)n, sizeof *list, entry_cmp);
  for (int32_t k = 0; k < n; k++) level[k] = list[k].text, place[list[k].id] = k;
  for (int64_t i = 0; i < r->n_rows; i++)
    if (c->code[i] >= 0) c->code[i] = place[c->code[i]];
  arena_reset(r->a, mark);
  out->code = c->code, out->n_levels = n, out->level = level;
  return E_OK;
}
enum err_code column_read_end(struct column_read *r, struct survey_columns *out, struct err *e) {
  struct survey_column *list = ARENA_ARRAY(r->a, struct survey_column, r->n_columns + 1);
  int n = 0;
  if (!list) return ERR(e, E_NO_MEMORY, .subject = r->place);
  if (r->row != r->n_rows) return ERR(e, E_DATA_ROW, .subject = r->place, .found = "fewer records than before");
  for (int64_t k = 0; k < r->n_columns; k++) {
    struct one *c = &r->column[k];
    struct survey_column *x = &list[n];
    if (!c->wanted) continue;
    *x = (struct survey_column){.name = c->name, .number = c->number, .status = c->status, .text = c->first_text};
    if (c->text) TRY(sort_texts(r, c, x, e));
    else {
      int32_t *code;
      struct str *level;
      TRY(column_codes(r->a, r->n_rows, c->number, c->status, &code, &x->n_levels, &level, e));
      x->code = code, x->level = level;
    }
    n++;
  }
  *out = (struct survey_columns){.place = r->place, .n = r->n_rows, .n_columns = n, .column = list};
  return E_OK;
}

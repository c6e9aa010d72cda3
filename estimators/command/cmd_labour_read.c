/* cmd_labour_read.c -- cmd_labour.h: files into numbers, tables, cell tables. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/table.h"
#include "estimators/command/cmd_labour.h"

enum { FILE_BYTES = 1 << 28 };

enum err_code labour_read(struct cli *c, const char *path, struct labour_file *out, struct err *e) {
  uint8_t *bytes = NULL;
  size_t n;
  *out = (struct labour_file){.path = path};
  if (!path) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "labour", .expected = "FILE");
  TRY(file_read(path, FILE_BYTES, &bytes, &n, e));
  const char *text = arena_strdup(cli_job(c)->arena, (const char *)bytes, n);
  free(bytes);
  return text ? csv_table_parse(cli_job(c)->arena, path, text, n, &out->t, e) : ERR(e, E_NO_MEMORY, .file = path);
}
/* The files of the survey's forms may keep their Japanese headings. */
static const char *const headings[][2] = {{"prefecture", "都道府県番号"}, {"establishment_no", "事業所一連番号"}, {"weight_num",
    "抽出率逆数（分子）"},
    {"weight_den", "抽出率逆数（分母）"}, {"cell", "単位集計区分"}, {"industry", "産業"}, {"size", "規模"},
    {"workers", "母集団労働者数（前調査期間末）"}, {"neighbour", "合併先の区分"}, {"insurance_factor",
        "雇用保険補正の係数"}};
static int column_of(const struct labour_file *f, const char *column) {
  int k = csv_table_column(&f->t, column);
  for (size_t i = 0; k < 0 && i < sizeof headings / sizeof *headings; i++)
    if (!strcmp(headings[i][0], column)) k = csv_table_column(&f->t, headings[i][1]);
  return k;
}
bool labour_has(const struct labour_file *f, const char *column) { return column_of(f, column) >= 0; }
enum err_code labour_text(struct cli *c, const struct labour_file *f, const char *column, bool required, struct str **out, struct err *e) {
  const int k = column_of(f, column);
  if (k < 0 && required) return ERR(e, E_LABOUR_COLUMNS, .file = f->path, .line = 1, .subject = column);
  *out = ARENA_ARRAY(cli_job(c)->arena, struct str, f->t.n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = f->path);
  for (int64_t i = 0; i < f->t.n_rows; i++) (*out)[i] = k < 0 ? STR("") : str_trim(csv_table_cell(&f->t, i, k));
  return E_OK;
}
static bool number_of(struct str s, double *out) {
  char b[48], *end;
  if (s.n == 0 || s.n >= sizeof b) return false;
  memcpy(b, s.p, s.n);
  b[s.n] = 0;
  if (strspn(b, "0123456789.eE+-") != s.n) return false;
  *out = strtod(b, &end);
  return !*end && isfinite(*out);
}
enum err_code labour_number(struct cli *c, const struct labour_file *f, const char *column, bool required, double **out, bool **has, struct err *e) {
  struct str *cell;
  char found[64];
  TRY(labour_text(c, f, column, required, &cell, e));
  *out = ARENA_ARRAY(cli_job(c)->arena, double, f->t.n_rows + 1);
  bool *given = ARENA_ARRAY(cli_job(c)->arena, bool, f->t.n_rows + 1);
  if (!*out || !given) return ERR(e, E_NO_MEMORY, .file = f->path);
  for (int64_t i = 0; i < f->t.n_rows; i++) {
    given[i] = cell[i].n > 0;
    if ((!given[i] && has) || number_of(cell[i], &(*out)[i])) continue;
    return ERR(e, E_LABOUR_VALUE, .file = f->path, .line = f->t.lines[i], .column = column_of(f, column) + 1, .subject = column,
        .expected = cli_say(c, "a number", "数"), .found = text_shape(cell[i].p, cell[i].n, found, sizeof found));
  }
  if (has) *has = given;
  return E_OK;
}
enum err_code labour_option(struct cli *c, const char *option, double *out, struct err *e) {
  const char *text = cli_text(c, option);
  if (text && number_of(str_of(text), out)) return E_OK;
  char *name = arena_printf(cli_job(c)->arena, "--%s", option);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = name ? name : option, .expected = "a number");
}
enum err_code labour_option_in(struct cli *c, const char *option, double low, double high, const char *expected, double *out, struct err *e) {
  TRY(labour_option(c, option, out, e));
  if (*out >= low && *out <= high) return E_OK;
  char *name = arena_printf(cli_job(c)->arena, "--%s", option);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = name ? name : option, .expected = expected, .found = cli_text(c, option));
}
enum err_code labour_refuse(const struct labour_file *f, int64_t i, const char *column, const char *expected, struct err *e) {
  const int k = column_of(f, column);
  const struct str cell = k < 0 ? STR("") : str_trim(csv_table_cell(&f->t, i, k));
  char found[64];
  snprintf(found, sizeof found, "%.*s", cell.n < sizeof found ? (int)cell.n : (int)sizeof found - 1, cell.n ? cell.p : "");
  utf8_mend(found);
  return ERR(e, E_LABOUR_VALUE, .file = f->path, .line = f->t.lines[i], .column = k + 1, .subject = column, .expected = expected, .found = found);
}
enum err_code labour_in(const struct labour_file *f, const char *column, const double *value, const bool *has, double low, double high,
    const char *expected, struct err *e) {
  for (int64_t i = 0; i < f->t.n_rows; i++)
    if ((!has || has[i]) && !(value[i] >= low && value[i] <= high)) return labour_refuse(f, i, column, expected, e);
  return E_OK;
}
enum err_code labour_whole(const struct labour_file *f, const char *column, const double *value, struct err *e) {
  for (int64_t i = 0; i < f->t.n_rows; i++)
    if (!(value[i] >= 0 && value[i] <= INT32_MAX && floor(value[i]) == value[i]))
      return labour_refuse(f, i, column, "a whole number of 0 or more", e);
  return E_OK;
}
enum err_code labour_once(struct cli *c, const struct labour_file *f, const char *column, const struct str *name, struct err *e) {
  struct dict *seen = dict_new(cli_job(c)->arena);
  if (!seen) return ERR(e, E_NO_MEMORY, .file = f->path);
  for (int64_t i = 0; i < f->t.n_rows; i++) {
    const int64_t at = dict_add(seen, name[i]);
    if (at < 0) return ERR(e, E_NO_MEMORY, .file = f->path);
    if (at != i) return labour_refuse(f, i, column, "named once", e);
  }
  return E_OK;
}
enum err_code labour_table(struct cli *c, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    const char *const *names, const int *decimals, struct result_table **out, struct err *e) {
  TRY(result_table_new(cli_job(c)->arena, id, rows, dimensions, measures, out, e));
  struct result_table *t = *out;
  t->title_ja = ja, t->title_en = en, t->survey = "mls", t->form = t->period = t->profile = "", t->n_row_dimensions = dimensions;
  for (int d = 0; d < dimensions; d++) t->dimensions[d].name = names[d];
  for (int m = 0; m < measures; m++) t->measures[m].name = names[dimensions + m], t->measures[m].unit = "", t->measures[m].decimals = decimals[m];
  for (int64_t i = 0; i < rows; i++) t->n_status[i] = RESULT_NOT_APPLICABLE;
  t->refusal = "a working table: no disclosure control";
  return E_OK;
}
void labour_note(struct result_table *t, struct labour_notes *notes, const char *en, const char *ja) {
  if (t->n_notes < RESULT_MAX_NOTES) notes->ja[t->n_notes] = ja, notes->n = t->n_notes + 1;
  result_note(t, en ? en : "note lost: out of memory");
}
void labour_absent(struct result_table *t, int measure, int64_t row, const char *why) {
  t->measures[measure].value[row] = 0, t->measures[measure].status[row] = RESULT_UNDEFINED, t->measures[measure].reason[row] = why;
}
enum err_code labour_write_cells(struct cli *c, const char *path, const struct labour_cell *cells, int64_t n, struct err *e) {
  struct strbuf b;
  char number[96];
  (void)c;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "cell,industry,size,workers,benchmark,insurance_rate,insurance_factor,neighbour\n");
  for (int64_t i = 0; i < n; i++) {
    csv_put(&b, cells[i].id, true), csv_put(&b, cells[i].industry, false), csv_put(&b, cells[i].size, false);
    snprintf(number, sizeof number, ",%.4f", cells[i].workers);
    strbuf_adds(&b, number);
    csv_put(&b, cells[i].benchmark, false);
    strbuf_adds(&b, ",,");
    snprintf(number, sizeof number, "%.1f", cells[i].k);
    if (cells[i].k >= 0) strbuf_adds(&b, number); /* below 0: not known here */
    csv_put(&b, cells[i].neighbour, false);
    strbuf_addc(&b, '\n');
  }
  const enum err_code code = b.failed ? ERR(e, E_NO_MEMORY, .subject = path) : atomic_write(path, b.p, b.n, ATOMIC_NEW_ONLY, 0644, e);
  strbuf_release(&b);
  return code;
}

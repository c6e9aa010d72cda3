/* result_read_csv.c -- the long CSV of a result table read back (result_read.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "estimators/table/result_read.h"

enum column { C_MEASURE, C_VALUE, C_SE, C_CV, C_DF, C_LOW, C_HIGH, C_CONFIDENCE, C_DEFF, C_FLAG, C_N, C_STATUS, C_REASON, C_COLUMNS };
static const char *const names[] = {"measure", "value", "se", "cv", "df", "low", "high", "confidence", "deff", "flag", "n", "status", "reason"};

struct sheet {
  struct arena *a;
  const char *file;
  struct err *e;
  struct csv_table csv;
  int at[C_COLUMNS]; /* -1 = not there */
  int n_dimensions;
  const char *measure[RESULT_MAX_MEASURES];
  int n_measures;
};

static enum err_code refuse(const struct sheet *s, int64_t row, const char *subject, const char *expected, const char *found) {
  return ERR(s->e, E_RESULT_JSON, .file = s->file, .line = row < 0 ? 1 : s->csv.lines[row], .subject = subject, .expected = expected, .found = found);
}

static enum err_code columns(struct sheet *s) {
  s->n_dimensions = csv_table_column(&s->csv, "measure");
  if (s->n_dimensions < 0) return refuse(s, -1, "measure", "the long form: dimensions, measure, value, se ...", "no column of this name");
  if (s->n_dimensions > RESULT_MAX_DIMENSIONS) return refuse(s, -1, "measure", "at most 8 dimensions before it", "more");
  for (int c = 0; c < C_COLUMNS; c++) s->at[c] = csv_table_column(&s->csv, names[c]);
  static const int needed[] = {C_VALUE, C_SE, C_CV, C_DF, C_N, C_STATUS, C_REASON};
  for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
    if (s->at[needed[k]] < s->n_dimensions) return refuse(s, -1, names[needed[k]], "a column of the long form", "none");
  if (s->at[C_LOW] >= 0 && (s->at[C_HIGH] < 0 || s->at[C_CONFIDENCE] < 0 || s->at[C_DEFF] < 0))
    return refuse(s, -1, "low", "low, high, confidence and deff together", "some of them");
  int64_t known = s->n_dimensions;
  for (int c = 0; c < C_COLUMNS; c++) known += s->at[c] >= s->n_dimensions;
  for (int d = 0; d < s->n_dimensions; d++)
    for (int k = 0; k < d; k++)
      if (str_eq(s->csv.header[d], s->csv.header[k])) return refuse(s, -1, "header", "dimensions of different names", "two of one name");
  return known == s->csv.n_columns ? E_OK : refuse(s, -1, "header", "the columns of the long form", "an unknown column");
}

/* Measures in the order of the first row of the table; every row must repeat it. */
static enum err_code measures(struct sheet *s) {
  int64_t n = s->csv.n_rows;
  for (int64_t i = 0; i < n && s->n_measures <= RESULT_MAX_MEASURES; i++) {
    struct str m = csv_table_cell(&s->csv, i, s->at[C_MEASURE]);
    if (s->n_measures && str_eq(m, str_of(s->measure[0]))) break;
    if (s->n_measures == RESULT_MAX_MEASURES) return refuse(s, i, "measure", "at most 32 measures", "more");
    for (int k = 0; k < s->n_measures; k++)
      if (str_eq(m, str_of(s->measure[k]))) return refuse(s, i, "measure", "every measure once in a row of the table", "one twice");
    if (!(s->measure[s->n_measures++] = arena_strdup(s->a, m.p, m.n))) return ERR(s->e, E_NO_MEMORY, .subject = s->file);
  }
  if (s->n_measures && n % s->n_measures) return refuse(s, n - 1, "measure", "every measure in every row", "some are missing");
  return n / (s->n_measures ? s->n_measures : 1) <= RESULT_READ_ROWS ? E_OK : refuse(s, n - 1, "rows", "at most 1048576 rows", "more");
}

/* An apostrophe before a sign keeps spreadsheets from reading a formula; it is no part of the code. */
static struct str plain(struct str s) {
  if (s.n > 1 && s.p[0] == '\'' && strchr("=+-@\t\r", s.p[1])) return str_view(s.p + 1, s.n - 1);
  return s;
}

static enum err_code real(const struct sheet *s, int64_t line, enum column c, double *out, bool *there) {
  char text[64], *end;
  struct str cell = csv_table_cell(&s->csv, line, s->at[c]);
  *there = cell.n > 0;
  if (!*there) return E_OK;
  if (cell.n >= sizeof text || memchr(cell.p, 'x', cell.n)) return refuse(s, line, names[c], "a number", "something else");
  memcpy(text, cell.p, cell.n);
  text[cell.n] = 0;
  *out = strtod(text, &end);
  return *end || !isfinite(*out) ? refuse(s, line, names[c], "a number", "something else") : E_OK;
}

static enum err_code whole(const struct sheet *s, int64_t line, enum column c, int64_t *out, bool *there) {
  struct str cell = csv_table_cell(&s->csv, line, s->at[c]);
  *there = cell.n > 0;
  return !*there || str_int64(cell, out) ? E_OK : refuse(s, line, names[c], "a whole number", "something else");
}

static enum err_code text(const struct sheet *s, int64_t line, enum column c, const char **out) {
  struct str cell = plain(csv_table_cell(&s->csv, line, s->at[c]));
  *out = cell.n ? arena_strdup(s->a, cell.p, cell.n) : NULL;
  return cell.n && !*out ? ERR(s->e, E_NO_MEMORY, .subject = s->file) : E_OK;
}

static enum err_code status(const struct sheet *s, int64_t line, uint8_t *out) {
  struct str cell = csv_table_cell(&s->csv, line, s->at[C_STATUS]);
  for (int k = 0; k < RESULT_STATUSES; k++)
    if (str_eq(cell, str_of(result_status_name((uint8_t)k)))) {
      *out = (uint8_t)k;
      return E_OK;
    }
  return refuse(s, line, "status", "shown, suppressed, not_applicable, undefined or unreliable", "something else");
}

static enum err_code interval(const struct sheet *s, int64_t line, struct result_measure *m, int64_t i, bool shown) {
  bool low, high, confidence, deff;
  double level = 0;
  TRY(real(s, line, C_LOW, &m->low[i], &low));
  TRY(real(s, line, C_HIGH, &m->high[i], &high));
  TRY(real(s, line, C_CONFIDENCE, &level, &confidence));
  TRY(real(s, line, C_DEFF, &m->deff[i], &deff));
  if (confidence && !(level > 0 && level < 1)) return refuse(s, line, "confidence", "a number between 0 and 1", "something else");
  if (low != high || low != confidence || (low && m->low[i] > m->high[i]))
    return refuse(s, line, "low", "low <= high with a confidence", "something else");
  if ((low || deff) && !shown) return refuse(s, line, "low", "no number beside a figure that is not shown", "one");
  m->has_interval[i] = low, m->has_deff[i] = deff;
  if (low && m->confidence == 0) m->confidence = level;
  return low && m->confidence != level ? refuse(s, line, "confidence", "one confidence for all rows of a measure", "two") : E_OK;
}

static enum err_code figure(struct sheet *s, int64_t line, struct result_table *t, int k, int64_t i) {
  struct result_measure *m = &t->measures[k];
  bool value, se, cv, df;
  if (!str_eq(csv_table_cell(&s->csv, line, s->at[C_MEASURE]), str_of(s->measure[k])))
    return refuse(s, line, "measure", "the measures of the first row in their order", "another");
  TRY(status(s, line, &m->status[i]));
  TRY(real(s, line, C_VALUE, &m->value[i], &value));
  TRY(real(s, line, C_SE, &m->se[i], &se));
  TRY(real(s, line, C_CV, &m->cv[i], &cv));
  TRY(whole(s, line, C_DF, &m->df[i], &df));
  const bool shown = m->status[i] == RESULT_SHOWN;
  if (value != shown) return refuse(s, line, "value", "a number when shown, none when not", "something else");
  if (!value && (se || cv || df)) return refuse(s, line, "se", "no number beside a figure that is not shown", "one");
  if ((cv || df) && !se) return refuse(s, line, "se", "a standard error beside cv and df", "none");
  if (se && m->se[i] < 0) return refuse(s, line, "se", "0 or more", "a negative number");
  m->has_se[i] = se;
  if (m->low) TRY(interval(s, line, m, i, shown));
  if (m->flag) TRY(text(s, line, C_FLAG, &m->flag[i]));
  return text(s, line, C_REASON, &m->reason[i]);
}

static enum err_code row(struct sheet *s, struct result_table *t, int64_t i) {
  const int64_t first = i * s->n_measures;
  bool n, again;
  int64_t other = 0;
  for (int d = 0; d < s->n_dimensions; d++) t->dimensions[d].code[i] = plain(csv_table_cell(&s->csv, first, d));
  TRY(whole(s, first, C_N, &t->n[i], &n));
  if (n && t->n[i] < 0) return refuse(s, first, "n", "a count, 0 or more", "a negative number");
  t->n_status[i] = n ? RESULT_SHOWN : RESULT_NOT_APPLICABLE;
  for (int k = 0; k < s->n_measures; k++) {
    for (int d = 0; d < s->n_dimensions; d++)
      if (!str_eq(plain(csv_table_cell(&s->csv, first + k, d)), t->dimensions[d].code[i]))
        return refuse(s, first + k, t->dimensions[d].name, "the key of the row for each of its measures", "another");
    TRY(whole(s, first + k, C_N, &other, &again));
    if (again != n || (n && other != t->n[i])) return refuse(s, first + k, "n", "one n for each row", "two");
    TRY(figure(s, first + k, t, k, i));
  }
  return E_OK;
}

/* The decimals of a measure, when all its figures are written with the same number of them: as the writer does for rounded figures. */
static int decimals_of(const struct sheet *s, int k) {
  int all = -1;
  for (int64_t line = k; line < s->csv.n_rows; line += s->n_measures) {
    struct str cell = csv_table_cell(&s->csv, line, s->at[C_VALUE]);
    const char *point = cell.n ? memchr(cell.p, '.', cell.n) : NULL;
    if (!cell.n) continue;
    int n = point ? (int)(cell.p + cell.n - point - 1) : 0;
    if (n > 9 || memchr(cell.p, 'e', cell.n) || memchr(cell.p, 'E', cell.n) || (all >= 0 && n != all)) return -1;
    all = n;
  }
  return all;
}

static enum err_code table(struct sheet *s, struct result_table **out) {
  const int64_t rows = s->n_measures ? s->csv.n_rows / s->n_measures : 0;
  TRY(result_table_new(s->a, "", rows, s->n_dimensions, s->n_measures, out, s->e));
  struct result_table *t = *out;
  for (int d = 0; d < s->n_dimensions; d++)
    if (!(t->dimensions[d].name = arena_strdup(s->a, s->csv.header[d].p, s->csv.header[d].n))) return ERR(s->e, E_NO_MEMORY, .subject = s->file);
  for (int k = 0; k < s->n_measures; k++) {
    t->measures[k].name = s->measure[k];
    t->measures[k].decimals = decimals_of(s, k);
    if (s->at[C_LOW] >= 0) TRY(result_keep_precision(t, k, 0, s->e));
    if (s->at[C_FLAG] >= 0) TRY(result_keep_flags(t, k, s->e));
  }
  for (int64_t i = 0; i < rows; i++) TRY(row(s, t, i));
  return result_read_order(t, s->file, s->e);
}

enum err_code result_read_csv(struct arena *a, const char *file, const char *p, size_t n, struct result_document *out, struct err *e) {
  struct sheet s = {.a = a, .file = file, .e = e};
  *out = (struct result_document){.spec_hash = "", .program = ""};
  TRY(csv_table_parse(a, file, p, n, &s.csv, e));
  TRY(columns(&s));
  TRY(measures(&s));
  out->tables = ARENA_ARRAY(a, struct result_table *, 1);
  if (!out->tables) return ERR(e, E_NO_MEMORY, .subject = file);
  out->n_tables = 1;
  return table(&s, &out->tables[0]);
}

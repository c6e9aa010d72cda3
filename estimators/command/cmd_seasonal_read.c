/* A series from a CSV file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "base/ext_csv.h"
#include "estimators/command/cmd_seasonal.h"

enum { FILE_MOST = 1 << 26 };

static bool whole_number(struct str s, double *out) {
  char text[64], *end;
  s = str_trim(s);
  if (!s.n || s.n >= sizeof text) return false;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  if (strspn(text, "0123456789.eE+-") != s.n) return false;
  *out = strtod(text, &end);
  return !*end && isfinite(*out);
}
static enum err_code column_of(const struct csv_table *t, const char *path, const char *name, int *column, struct err *e) {
  *column = name ? csv_table_column(t, name) : 1;
  if (*column > 0 && *column < t->n_columns) return E_OK;
  return ERR(e, E_SEASONAL_COLUMN, .file = path, .line = 1, .subject = name ? name : "2");
}
/* The period of a row must follow that of the row before. */
static enum err_code place_row(const struct csv_table *t, const char *path, int64_t row, struct effect_span *s, int64_t *last, struct err *e) {
  struct period p;
  struct str cell = str_trim(csv_table_cell(t, row, 0));
  if (!period_parse(cell, &p) || (p.kind != PERIOD_MONTH && p.kind != PERIOD_QUARTER))
    return ERR(e, E_SEASONAL_DATE, .file = path, .line = t->lines[row], .column = 1, .found = "no month or quarter");
  int per_year = p.kind == PERIOD_MONTH ? 12 : 4;
  int64_t now = p.year * per_year + p.part - 1;
  if (row == 0) *s = (struct effect_span){.year = p.year, .at = (int)p.part - 1, .period = per_year};
  else if (per_year != s->period || now != *last + 1)
    return ERR(e, E_SEASONAL_DATE, .file = path, .line = t->lines[row], .column = 1, .found = "not the period after that of the row before");
  *last = now;
  return E_OK;
}
enum err_code seasonal_read(struct arena *a, const char *path, const char *name, struct seasonal_series *out, struct err *e) {
  struct csv_table t;
  uint8_t *bytes = NULL;
  size_t n = 0;
  int column = 0;
  int64_t last = 0;
  TRY(file_read(path, FILE_MOST, &bytes, &n, e));
  enum err_code code = csv_table_parse(a, path, (const char *)bytes, n, &t, e); /* cells point into bytes until the numbers are read */
  if (!code) code = column_of(&t, path, name, &column, e);
  if (!code && (t.n_rows < 1 || t.n_rows > X11_MOST))
    code = ERR(e, E_SEASONAL_SHORT, .file = path, .expected = "36 to 4800", .found = "no row, or too many");
  if (!code) {
    *out = (struct seasonal_series){.file = path,
        .name = arena_strdup(a, t.header[column].p, t.header[column].n),
        .value = ARENA_ARRAY(a, double, t.n_rows),
        .line = t.lines};
    if (!out->name || !out->value) code = ERR(e, E_NO_MEMORY, .subject = path);
  }
  for (int64_t i = 0; !code && i < t.n_rows; i++) {
    code = place_row(&t, path, i, &out->span, &last, e);
    if (!code && !whole_number(csv_table_cell(&t, i, column), &out->value[i]))
      code = ERR(e, E_SEASONAL_VALUE, .file = path, .line = t.lines[i], .column = column + 1);
  }
  if (!code) out->span.n = (int)t.n_rows;
  free(bytes);
  return code;
}

#include "tests/conform/edit/case.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "tests/conform/edit/runner.h"

char *case_upper(struct arena *a, const char *text) {
  char *copy = arena_strdup(a, text, strlen(text));
  for (char *p = copy; p && *p; p++) *p = (char)toupper((unsigned char)*p);
  return copy;
}
static struct cell text_cell(struct str text) {
  char buffer[64], *stop;
  struct cell c = {.missing = text.n == 0, .text = text};
  if (text.n == 0 || text.n >= sizeof buffer) return c;
  memcpy(buffer, text.p, text.n);
  buffer[text.n] = 0;
  double v = strtod(buffer, &stop);
  if (stop != buffer && !*stop && isfinite(v)) c.is_number = true, c.number = v;
  return c;
}
static enum err_code json_cell(struct arena *a, const struct json_value *v, struct cell *out, struct err *e) {
  const char *text = json_string(v);
  double number;
  *out = (struct cell){.missing = true, .text = STR("")};
  if (text) *out = text_cell(str_of(text));
  else if (json_number(v, &number)) {
    const char *printed = arena_printf(a, "%.17g", number);
    if (!printed) return ERR(e, E_NO_MEMORY, .subject = "case");
    *out = (struct cell){.is_number = true, .number = number, .text = str_of(printed)};
  }
  return E_OK;
}
enum err_code case_cells(struct arena *a, const struct json_value *table, struct cells *out, struct err *e) {
  *out = (struct cells){0};
  if (!json_is_object(table)) return E_OK;
  const struct json_value *columns = json_member(table, "columns"), *rows = json_member(table, "rows");
  out->n_columns = (int)json_length(columns);
  out->n_rows = (int64_t)json_length(rows);
  out->names = ARENA_ARRAY(a, const char *, out->n_columns);
  out->cell = ARENA_ARRAY(a, struct cell, out->n_columns * out->n_rows);
  if (!out->names || !out->cell) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int j = 0; j < out->n_columns; j++) {
    const char *name = json_string(json_element(columns, (size_t)j));
    if (!name || !(out->names[j] = case_upper(a, name))) return ERR(e, E_NO_MEMORY, .subject = "column name");
  }
  for (int64_t i = 0; i < out->n_rows; i++)
    for (int j = 0; j < out->n_columns; j++)
      TRY(json_cell(a, json_element(json_element(rows, (size_t)i), (size_t)j), &out->cell[i * out->n_columns + j], e));
  return E_OK;
}
enum err_code case_csv(struct arena *a, const char *path, struct cells *out, struct err *e) {
  uint8_t *bytes;
  size_t n;
  struct csv_table t;
  *out = (struct cells){0};
  TRY(file_read(path, 1 << 28, &bytes, &n, e));
  enum err_code code = csv_table_parse(a, path, (const char *)bytes, n, &t, e);
  free(bytes);
  if (code) return code;
  *out = (struct cells){.n_columns = (int)t.n_columns,
      .n_rows = t.n_rows,
      .names = ARENA_ARRAY(a, const char *, t.n_columns),
      .cell = ARENA_ARRAY(a, struct cell, t.n_columns * t.n_rows)};
  if (!out->names || !out->cell) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int j = 0; j < out->n_columns; j++) {
    const char *name = arena_strdup(a, t.header[j].p, t.header[j].n);
    if (!name || !(out->names[j] = case_upper(a, name))) return ERR(e, E_NO_MEMORY, .subject = "column name");
  }
  for (int64_t i = 0; i < t.n_rows * t.n_columns; i++) out->cell[i] = text_cell(t.cells[i]);
  return E_OK;
}
int cells_find(const struct cells *t, const char *name) {
  for (int j = 0; j < t->n_columns; j++)
    if (strcasecmp(t->names[j], name) == 0) return j;
  return -1;
}
const char *case_text(const struct edit_case *c, const char *param, const char *fallback) {
  const char *text = json_string(json_member(c->params, param));
  return text ? text : fallback;
}
double case_number(const struct edit_case *c, const char *param, double fallback) {
  double v;
  return json_number(json_member(c->params, param), &v) ? v : fallback;
}
bool case_has(const struct edit_case *c, const char *param) {
  const struct json_value *v = json_member(c->params, param);
  double number;
  bool flag;
  return json_string(v) || json_number(v, &number) || json_boolean(v, &flag);
}
bool case_flag(const struct edit_case *c, const char *param) {
  const struct json_value *v = json_member(c->params, param);
  bool flag = false;
  const char *text = json_string(v);
  return text ? toupper((unsigned char)*text) == 'Y' : json_boolean(v, &flag) && flag;
}
int case_words(const struct edit_case *c, const char *param, const char **out, int max) {
  char *p = case_upper(c->arena, case_text(c, param, ""));
  int n = 0;
  while (p && *p && n < max) {
    size_t gap = strspn(p, " ,;\t\n"), word = strcspn(p + gap, " ,;\t\n");
    if (word) out[n++] = arena_strdup(c->arena, p + gap, word);
    p += gap + word;
  }
  return n;
}
enum err_code case_edits(const struct edit_case *c, const char *param, struct linear_system *out, struct err *e) {
  const char *text = case_upper(c->arena, case_text(c, param, ""));
  return text ? linear_parse(c->arena, str_of(text), case_flag(c, "accept_negative"), out, e) : ERR(e, E_NO_MEMORY, .subject = "case");
}
enum err_code case_num_table(
    const struct edit_case *c, const struct cells *t, const char *const *names, int p, struct num_table *out, struct err *e) {
  TRY(num_table_init(out, c->arena, names, p, t->n_rows, e));
  struct str *unit = ARENA_ARRAY(c->arena, struct str, t->n_rows);
  const int id = cells_find(t, case_text(c, "unit_id", ""));
  if (!unit) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int64_t i = 0; i < t->n_rows; i++) unit[i] = id >= 0 ? cells_at(t, i, id)->text : str_of(arena_printf(c->arena, "%lld", (long long)i + 1));
  out->unit = unit;
  for (int j = 0; j < p; j++) {
    const int column = cells_find(t, names[j]);
    if (column < 0) return ERR(e, E_NUM_COLUMN, .subject = names[j]);
    for (int64_t i = 0; i < t->n_rows; i++) {
      const struct cell *cell = cells_at(t, i, column);
      if (!cell->is_number) continue;
      out->columns[j].x[i] = cell->number;
      out->columns[j].status[i] = VAL_REPORTED;
    }
  }
  return E_OK;
}
struct str case_status(const struct edit_case *c, const struct cells *status, struct str unit, const char *field) {
  const int id = cells_find(status, case_text(c, "unit_id", "")), f = cells_find(status, "FIELDID"), s = cells_find(status, "STATUS");
  struct str found = STR("");
  if (id < 0 || f < 0 || s < 0) return found;
  for (int64_t i = 0; i < status->n_rows; i++) {
    struct str name = cells_at(status, i, f)->text;
    if (str_eq(cells_at(status, i, id)->text, unit) && name.n == strlen(field) && strncasecmp(name.p, field, name.n) == 0)
      found = cells_at(status, i, s)->text;
  }
  return found;
}
bool case_close(double a, double b, double relative) { return fabs(a - b) <= relative * fmax(1, fmax(fabs(a), fabs(b))); }

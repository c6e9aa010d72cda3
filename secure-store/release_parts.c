#include "secure-store/release_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "base/ext_json.h"

bool release_safe_name(const char *name) {
  return name[0] && name[0] != '/' && !strstr(name, "..") && strspn(name,
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == strlen(name);
}

static const struct release_part *find(const struct release_part *parts, int64_t n, const char *name) {
  for (int64_t i = 0; i < n; i++)
    if (!strcmp(parts[i].name, name)) return &parts[i];
  return NULL;
}

/* The long table that a part is another form of; NULL when it is none. */
static const struct release_part *long_form(struct arena *a, const struct release_part *part, const struct release_part *parts, int64_t n) {
  static const char *const ends[] = {".wide.csv", ".json"};
  size_t length = strlen(part->name);
  for (int i = 0; i < 2; i++) {
    size_t end = strlen(ends[i]);
    if (length <= end + 7 || strcmp(part->name + length - end, ends[i])) continue;
    const char *name = arena_printf(a, "%.*s.csv", (int)(length - end), part->name);
    return name ? find(parts, n, name) : NULL;
  }
  return NULL;
}

/* tables/<id>.csv with an id of one word: no further folder, no second dot. */
static bool is_long(const char *name) {
  size_t n = strlen(name);
  return !strncmp(name, "tables/", 7) && n > 11 && !strcmp(name + n - 4, ".csv") && !memchr(name + 7, '.', n - 11) && !strchr(name + 7, '/');
}

static enum err_code check_name(struct arena *a, const struct release_part *part, const struct release_part *parts, int64_t n, struct err *e) {
  bool table = !strcmp(part->name, "columns.csv") || !strcmp(part->name, "codes.csv") || !strcmp(part->name, "changes.csv") || is_long(part->name);
  const struct release_part *of = table ? NULL : long_form(a, part, parts, n);
  if (!release_safe_name(part->name) || (!table && !(of && is_long(of->name))))
    return ERR(e, E_RELEASE_REPORT, .subject = part->name, .expected = "a long table and its forms, columns.csv, codes.csv, changes.csv");
  return find(parts, n, part->name) == part ? E_OK : ERR(e, E_RELEASE_REPORT, .subject = part->name, .expected = "each file once");
}

/* --- numbers of the wide form --- */
static int by_content(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

static bool starts_number(struct str s) {
  size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+' || s.p[0] == '.') ? 1 : 0;
  return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static enum err_code shown_values(struct arena *a, const struct csv_table *t, struct str **out, int64_t *n, struct err *e) {
  int value = csv_table_column(t, "value"), status = csv_table_column(t, "status");
  *n = 0;
  *out = ARENA_ARRAY(a, struct str, t->n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "release");
  if (value < 0 || status < 0) return ERR(e, E_RELEASE_REPORT, .subject = "tables", .expected = "columns value and status in the long form");
  for (int64_t r = 0; r < t->n_rows; r++) {
    bool shown = str_eq(csv_table_cell(t, r, status), STR("shown"));
    if (shown) (*out)[(*n)++] = csv_table_cell(t, r, value);
    else if (csv_table_cell(t, r, value).n && starts_number(csv_table_cell(t, r, value)))
      return ERR(e, E_RELEASE_REFUSED, .file = "tables", .line = t->lines[r], .column = value + 1, .subject = "long form",
          .found = "a number in a cell that is not shown");
  }
  qsort(*out, (size_t)*n, sizeof **out, by_content);
  return E_OK;
}

static enum err_code check_wide(struct arena *a, const struct release_part *part, const struct csv_table *l, struct err *e) {
  struct csv_table w;
  struct str *shown;
  int64_t n;
  TRY(shown_values(a, l, &shown, &n, e));
  TRY(csv_table_parse(a, part->name, part->bytes.p, part->bytes.n, &w, e));
  for (int64_t k = 0; k < w.n_columns; k++) {
    bool dimension = false;
    for (int64_t j = 0; j < csv_table_column(l, "measure"); j++) dimension |= str_eq(l->header[j], w.header[k]);
    for (int64_t r = 0; !dimension && r < w.n_rows; r++) {
      struct str cell = csv_table_cell(&w, r, (int)k);
      if (starts_number(cell) && !bsearch(&cell, shown, (size_t)n, sizeof *shown, by_content))
        return ERR(e, E_RELEASE_REFUSED, .file = part->name, .line = w.lines[r], .column = k + 1, .subject = part->name,
            .found = "a number that the long form does not show");
    }
  }
  return E_OK;
}

/* --- cells of the JSON form: row by row and measure by measure in the order of the long form --- */
static enum err_code check_cell(const struct release_part *part, const struct csv_table *l, int64_t r, const char *measure,
    const struct json_value *cell, struct err *e) {
  const char *status = json_member_string(cell, "status", "");
  double v;
  bool value = json_number(json_member(cell, "value"), &v) || json_string(json_member(cell, "value"));
  bool error = json_member(cell, "se") || json_member(cell, "cv");
  if (r >= l->n_rows || !str_eq(csv_table_cell(l, r, csv_table_column(l, "measure")), str_of(measure)) || !str_eq(csv_table_cell(l, r,
      csv_table_column(l, "status")), str_of(status)))
    return ERR(e, E_RELEASE_REFUSED, .file = part->name, .subject = part->name, .found = "cells that differ from the long form");
  if ((value || error) && strcmp(status, "shown")) return ERR(e, E_RELEASE_REFUSED, .file = part->name, .subject = part->name,
      .found = "a number in a cell that is not shown");
  return E_OK;
}

static enum err_code check_json_rows(const struct release_part *part, const struct csv_table *l, const struct json_value *rows, struct err *e) {
  int n_column = csv_table_column(l, "n");
  int64_t r = 0, n;
  for (size_t i = 0; i < json_length(rows); i++) {
    const struct json_value *row = json_element(rows, i), *measures = json_member(row, "measures"), *cell;
    const char *name;
    bool has_n = json_integer(json_member(row, "n"), &n);
    if (has_n && (r >= l->n_rows || n_column < 0 || !csv_table_cell(l, r, n_column).n))
      return ERR(e, E_RELEASE_REFUSED, .file = part->name, .subject = part->name, .found = "a count of units that the long form does not show");
    for (size_t k = 0; json_member_at(measures, k, &name, &cell); k++) TRY(check_cell(part, l, r++, name, cell, e));
  }
  return r == l->n_rows ? E_OK : ERR(e, E_RELEASE_REFUSED, .file = part->name, .subject = part->name,
      .found = "cells that differ from the long form");
}

static enum err_code check_json(const struct release_part *part, const struct csv_table *l, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse(part->name, part->bytes.p, part->bytes.n, &d, e));
  enum err_code code = check_json_rows(part, l, json_member(json_root(d), "rows"), e);
  json_release(d);
  return code;
}

enum err_code release_check_parts(struct arena *a, const struct release_part *parts, int64_t n, struct err *e) {
  for (int64_t i = 0; i < n; i++) TRY(check_name(a, &parts[i], parts, n, e));
  for (int64_t i = 0; i < n; i++) {
    const struct release_part *of = long_form(a, &parts[i], parts, n);
    struct csv_table l;
    if (!of || is_long(parts[i].name)) continue;
    TRY(csv_table_parse(a, of->name, of->bytes.p, of->bytes.n, &l, e));
    TRY(strstr(parts[i].name, ".wide.csv") ? check_wide(a, &parts[i], &l, e) : check_json(&parts[i], &l, e));
  }
  return E_OK;
}

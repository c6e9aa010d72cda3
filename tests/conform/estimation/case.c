/* case.c -- columns, names and comparisons of a case. */
#include "tests/conform/estimation/case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/table.h"

enum err_code case_read_csv(struct arena *a, const char *folder, const char *name, struct csv_table *out, struct err *e) {
  char path[4096];
  uint8_t *bytes = NULL;
  size_t n = 0;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  TRY(file_read(path, (size_t)1 << 30, &bytes, &n, e));
  const char *copy = arena_strdup(a, (const char *)bytes, n);
  free(bytes);
  return copy ? csv_table_parse(a, name, copy, n, out, e) : ERR(e, E_NO_MEMORY, .subject = name);
}

/* A file of numbers only, without header; returns how many. */
int64_t case_read_numbers(struct est_case *c, const char *name, double **out) {
  char path[4096];
  uint8_t *bytes = NULL;
  size_t size = 0;
  struct err e;
  int64_t n = 0;
  snprintf(path, sizeof path, "%s/%s", c->folder, name);
  if (file_read(path, (size_t)1 << 28, &bytes, &size, &e)) return fprintf(c->say, "   cannot read %s\n", name), -1;
  char *text = arena_strdup(c->arena, (const char *)bytes, size), *at = text, *end = text;
  *out = ARENA_ARRAY(c->arena, double, size / 2 + 2);
  free(bytes);
  for (; text && *at; at = end) {
    const double v = strtod(at, &end);
    if (end == at) end++;
    else (*out)[n++] = v;
  }
  return n;
}

static bool empty(struct str s) { return s.n == 0 || (s.n == 2 && memcmp(s.p, "NA", 2) == 0); }
static bool number_of(struct str s, double *out) {
  char text[64], *end;
  if (s.n >= sizeof text) return false;
  memcpy(text, s.p, s.n), text[s.n] = 0;
  *out = strtod(text, &end);
  return s.n > 0 && *end == 0;
}
static int text_cmp(const void *x, const void *y) { return str_cmp(*(const struct str *)x, *(const struct str *)y); }

/* Levels in order: of numbers by value, of texts by binary order. */
static void code_column(struct est_case *c, struct case_column *x, const struct str *cell) {
  struct str *all = ARENA_ARRAY(c->arena, struct str, c->n + 1);
  int64_t n = 0;
  for (int64_t i = 0; i < c->n; i++)
    if (!empty(cell[i])) all[n++] = cell[i];
  qsort(all, (size_t)n, sizeof *all, text_cmp);
  for (int64_t i = 0; i < n; i++)
    if (x->n_levels == 0 || !str_eq(all[i], all[x->n_levels - 1])) all[x->n_levels++] = all[i];
  x->level = all;
  for (int64_t i = 0; i < c->n; i++) {
    int32_t low = 0, high = x->n_levels;
    x->code[i] = -1;
    while (!empty(cell[i]) && low < high) {
      const int32_t mid = (low + high) / 2, order = str_cmp(all[mid], cell[i]);
      if (order == 0) x->code[i] = mid;
      if (order == 0) break;
      if (order < 0) low = mid + 1;
      else high = mid;
    }
  }
}

const struct case_column *column_of(struct est_case *c, const char *name) {
  const int k = csv_table_column(&c->data, name);
  struct case_column *x = ARENA_NEW(c->arena, struct case_column);
  struct str *cell = ARENA_ARRAY(c->arena, struct str, c->n + 1);
  if (k < 0) return fprintf(c->say, "   no column %s\n", name), NULL;
  *x = (struct case_column){.name = name, .value = ARENA_ARRAY(c->arena, double, c->n + 1), .status = ARENA_ARRAY(c->arena, uint8_t, c->n + 1),
      .code = ARENA_ARRAY(c->arena, int32_t, c->n + 1)};
  for (int64_t i = 0; i < c->n; i++) {
    cell[i] = csv_table_cell(&c->data, i, k);
    x->status[i] = empty(cell[i]) ? VAL_BLANK : VAL_REPORTED;
    if (!empty(cell[i]) && !number_of(cell[i], &x->value[i])) x->is_text = true;
  }
  code_column(c, x, cell);
  return x;
}

int case_names(const struct json_value *v, const char **out, int most) {
  if (json_string(v)) return out[0] = json_string(v), 1;
  int n = 0;
  for (size_t i = 0; json_is_array(v) && i < json_length(v) && n < most; i++) out[n++] = json_string(json_element(v, i));
  return n;
}
bool case_flag(const struct json_value *v, const char *key) {
  bool b = false;
  return json_boolean(json_member(v, key), &b) && b;
}

int32_t *case_where(struct est_case *c, const struct json_value *where, bool *bad) {
  const char *name;
  const struct json_value *value;
  *bad = false;
  if (!json_is_object(where)) return NULL;
  int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  for (size_t k = 0; json_member_at(where, k, &name, &value); k++) {
    const struct case_column *x = column_of(c, name);
    const char *text = json_string(value);
    double number = 0;
    if (!x || (!text && !json_number(value, &number))) return *bad = true, NULL;
    for (int64_t i = 0; i < c->n; i++) {
      const bool same = x->code[i] >= 0 && (text ? str_eq(x->level[x->code[i]], str_of(text)) : x->value[i] == number);
      if (!same) of[i] = -1;
    }
  }
  return of;
}

bool case_close(FILE *say, const char *what, double ours, double expected, double relative) {
  if (fabs(ours - expected) <= relative * fabs(expected) || (expected == 0 && fabs(ours) <= relative)) return true;
  fprintf(say, "   %s: ours %.15g, expected %.15g, off by %.2g relative\n", what, ours, expected, fabs(ours / expected - 1));
  return false;
}

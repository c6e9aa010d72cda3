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
  return s.n > 0 && *end == 0 && *out == *out; /* no NaN */
}
/* Length without blanks at the end. */
static size_t trimmed(const char *p, size_t n) {
  while (n && p[n - 1] == ' ') n--;
  return n;
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
  const int k = name ? csv_table_column(&c->data, name) : -1;
  struct case_column *x = ARENA_NEW(c->arena, struct case_column);
  struct str *cell = ARENA_ARRAY(c->arena, struct str, c->n + 1);
  if (k < 0) return fprintf(c->say, "   no column %s\n", name ? name : "(no name)"), NULL;
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
const struct case_column *number_column(struct est_case *c, const char *name, bool whole) {
  const struct case_column *x = column_of(c, name);
  if (!x) return NULL;
  if (x->is_text) return fprintf(c->say, "   column %s holds texts, not numbers\n", name), NULL;
  for (int64_t i = 0; i < c->n; i++)
    if (whole && x->status[i] != VAL_REPORTED) return fprintf(c->say, "   column %s has no value in row %lld\n", name, (long long)i + 1), NULL;
  return x;
}

int case_names(struct est_case *c, const struct json_value *v, const char **out, int most) {
  const char *text = json_string(v);
  double number;
  int n = 0;
  if (json_number(v, &number)) text = arena_printf(c->arena, "%.15g", number);
  if (json_is_array(v)) {
    for (size_t i = 0; i < json_length(v); i++) {
      const int k = n < most ? case_names(c, json_element(v, i), out + n, most - n) : -1;
      if (k < 0) return -1;
      n += k;
    }
    return n;
  }
  if (!text) return v && json_is_object(v) ? -1 : 0;
  if (csv_table_column(&c->data, text) >= 0) return out[0] = text, most > 0 ? 1 : -1;
  for (const char *at = text; *at;) { /* "~a + b" */
    at += strspn(at, " ~+");
    const size_t length = strcspn(at, "+"), kept = trimmed(at, length);
    if (kept && n == most) return -1;
    if (kept) out[n++] = arena_strdup(c->arena, at, kept);
    at += length;
  }
  return n;
}
bool case_flag(const struct json_value *v, const char *key) {
  bool b = false;
  return json_boolean(json_member(v, key), &b) && b;
}

/* --- conditions --- */
bool cell_is(const struct case_column *x, int64_t i, const struct json_value *v) {
  const char *text = json_string(v);
  double number;
  bool truth;
  if (x->code[i] < 0) return false;
  const struct str level = x->level[x->code[i]];
  if (json_is_array(v)) {
    for (size_t k = 0; k < json_length(v); k++)
      if (cell_is(x, i, json_element(v, k))) return true;
    return false;
  }
  if (json_boolean(v, &truth))
    return x->is_text ? str_eq(level, str_of(truth ? "TRUE" : "FALSE")) || str_eq(level, str_of(truth ? "true" : "false")) : x->value[i] == truth;
  if (json_number(v, &number)) return !x->is_text && x->value[i] == number;
  return text && (str_eq(level, str_of(text)) || (!x->is_text && number_of(str_of(text), &number) && x->value[i] == number));
}
/* One condition "name op value" of a text. */
static bool narrow(struct est_case *c, const char *p, size_t n, int32_t *of) {
  static const char *const ops[] = {"==", "!=", ">=", "<=", ">", "<"};
  size_t at = 0;
  int op = -1;
  for (; at < n && op < 0; at++)
    for (int k = 0; k < 6 && op < 0; k++)
      if (at + strlen(ops[k]) <= n && memcmp(p + at, ops[k], strlen(ops[k])) == 0) op = k;
  if (op < 0) return fprintf(c->say, "   a condition without == != >= <= > <\n"), false;
  const char *const name = arena_strdup(c->arena, p, trimmed(p, at - 1)), *value = p + at - 1 + strlen(ops[op]);
  size_t length = n - (at - 1) - strlen(ops[op]);
  while (length && *value == ' ') value++, length--;
  length = trimmed(value, length);
  if (length > 1 && strchr("'\"", value[0]) && value[length - 1] == value[0]) value++, length -= 2;
  const struct str want = {value, length};
  const struct case_column *x = name ? column_of(c, name) : NULL;
  double number = 0;
  const bool numeric = number_of(want, &number);
  if (!x || (op > 1 && (x->is_text || !numeric))) return false;
  for (int64_t i = 0; i < c->n; i++) {
    const double v = x->value[i];
    const bool same = x->code[i] >= 0 && (x->is_text || !numeric ? str_eq(x->level[x->code[i]], want) : v == number);
    const bool truth[] = {same, !same, v >= number, v <= number, v > number, v < number};
    if (x->code[i] < 0 || !truth[op]) of[i] = -1;
  }
  return true;
}
int32_t *case_where(struct est_case *c, const struct json_value *where, bool *bad) {
  const char *name, *text = json_string(where);
  const struct json_value *value;
  *bad = false;
  if (!text && !json_is_object(where)) return NULL;
  int32_t *of = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
  if (!of) return *bad = true, NULL;
  for (const char *at = text; at && *at;) {
    at += strspn(at, " &");
    const size_t n = strcspn(at, "&");
    if (n && !narrow(c, at, n, of)) return *bad = true, NULL;
    at += n;
  }
  for (size_t k = 0; json_member_at(where, k, &name, &value); k++) {
    const struct case_column *x = column_of(c, name);
    if (!x) return *bad = true, NULL;
    for (int64_t i = 0; i < c->n; i++)
      if (!cell_is(x, i, value)) of[i] = -1;
  }
  return of;
}

bool case_near(struct est_case *c, enum measure m, const char *what, double ours, double expected, double relative, double floor) {
  const double gap = fabs(ours - expected);
  if (gap <= floor) return c->worst.n[m]++, true;
  const double off = expected != 0 ? gap / fabs(expected) : gap;
  c->worst.n[m]++;
  if (!(off <= c->worst.off[m])) c->worst.off[m] = off;
  if (off <= relative) return true;
  fprintf(c->say, "   %s: ours %.15g, expected %.15g, off by %.2g relative\n", what, ours, expected, off);
  return false;
}
bool case_close(struct est_case *c, enum measure m, const char *what, double ours, double expected, double relative) {
  return case_near(c, m, what, ours, expected, relative, 0);
}

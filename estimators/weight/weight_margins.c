/* weight_margins.c -- totals of a calibration from a CSV table or from the design itself, and the hash of a step with its totals. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "base/json_out.h"
#include "estimators/design/survey_plan.h"
#include "estimators/weight/weight_plan_impl.h"

enum { MOST_MARGINS = 1000000, MOST_KEYS = 64, MOST_DEPTH = 16 };

static bool real_of(struct str s, double *out) {
  char text[64], *end;
  if (s.n < 1 || s.n >= sizeof text || (!strchr("+-.0123456789", s.p[0]))) return false;
  memcpy(text, s.p, s.n), text[s.n] = 0;
  *out = strtod(text, &end);
  return *end == 0 && isfinite(*out);
}
static enum err_code in_table(const char *name, int64_t line, const char *what, const char *expected, struct err *e) {
  return ERR(e, E_MARGIN_TABLE, .file = name, .line = line, .subject = what, .expected = expected);
}
static struct str copied(struct arena *a, struct str s, bool *failed) {
  const char *p = arena_strdup(a, s.p, s.n);
  *failed = *failed || !p;
  return str_view(p, s.n);
}

/* The same item, code and part may have one total only: order the rows by them and look at neighbours. */
static int by_name(const void *x, const void *y) {
  const struct margin_row *a = *(const struct margin_row *const *)x, *b = *(const struct margin_row *const *)y;
  int c = str_cmp(a->within, b->within);
  if (c == 0) c = strcmp(a->item, b->item);
  return c ? c : str_cmp(a->code, b->code);
}
static enum err_code once_each(struct arena *a, const char *name, const struct weight_step *s, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  const struct margin_row **row = ARENA_ARRAY(a, const struct margin_row *, s->n_margins + 1);
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "totals");
  for (int64_t i = 0; i < s->n_margins; i++) row[i] = &s->margin[i];
  qsort(row, (size_t)s->n_margins, sizeof *row, by_name);
  for (int64_t i = 1; i < s->n_margins; i++) {
    if (by_name(&row[i - 1], &row[i]) != 0) continue;
    char what[160];
    snprintf(what, sizeof what, "%s %.*s stands twice", row[i]->item, (int)row[i]->code.n, row[i]->code.p);
    return in_table(name, row[i]->line > row[i - 1]->line ? row[i]->line : row[i - 1]->line, what, "each total once", e);
  }
  arena_reset(a, mark);
  return E_OK;
}

enum err_code margins_from_csv(struct arena *a, const char *name, struct str text, struct weight_step *s, struct err *e) {
  struct csv_table t;
  bool failed = false;
  TRY(csv_table_parse(a, name, text.p, text.n, &t, e));
  const int item = csv_table_column(&t, "item"), code = csv_table_column(&t, "code"), total = csv_table_column(&t, "total"),
            within = csv_table_column(&t, "within");
  if (item < 0 || code < 0 || total < 0) return in_table(name, 1, "a column is missing", "item, code, total", e);
  for (int64_t k = 0; k < t.n_columns; k++)
    if (k != item && k != code && k != total && k != within) return in_table(name, 1, "a column is not known", "item, code, total, within", e);
  if (t.n_rows < 1 || t.n_rows > MOST_MARGINS) return in_table(name, 1, "number of rows", "1 to 1000000 rows", e);
  struct margin_row *row = ARENA_ARRAY(a, struct margin_row, t.n_rows + 1);
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "totals");
  for (int64_t i = 0; i < t.n_rows; i++) {
    const struct str v = csv_table_cell(&t, i, item);
    row[i] = (struct margin_row){.item = copied(a, v, &failed).p, .code = copied(a, csv_table_cell(&t, i, code), &failed),
        .within = copied(a, csv_table_cell(&t, i, within), &failed), .line = t.lines[i]};
    if (failed) return ERR(e, E_NO_MEMORY, .subject = "totals");
    if (v.n < 1 || memchr(v.p, 0, v.n)) return in_table(name, t.lines[i], "item", "the name of an item, or *", e);
    if (!real_of(csv_table_cell(&t, i, total), &row[i].total)) return in_table(name, t.lines[i], "total", "a number", e);
  }
  s->margin = row, s->n_margins = t.n_rows;
  return once_each(a, name, s, e);
}

enum err_code margins_from_json(struct arena *a, const struct json_value *totals, struct weight_step *s, struct err *e) {
  const size_t n = json_length(totals);
  const char *key;
  const struct json_value *value;
  bool failed = false;
  if (!json_is_array(totals) || n < 1 || n > MOST_MARGINS) return in_table(s->place, 0, "totals", "a list of {item, code, total, within}", e);
  struct margin_row *row = ARENA_ARRAY(a, struct margin_row, n + 1);
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "totals");
  for (size_t i = 0; i < n; i++) {
    const struct json_value *v = json_element(totals, i);
    const char *item = json_member_string(v, "item", "");
    for (size_t k = 0; json_member_at(v, k, &key, &value); k++)
      if (strcmp(key, "item") && strcmp(key, "code") && strcmp(key, "total") && strcmp(key, "within"))
        return ERR(e, E_WEIGHT_PLAN_KEY, .subject = key, .found = s->place);
    if (!*item || !plan_number(json_member(v, "total"), &row[i].total) || !isfinite(row[i].total))
      return in_table(s->place, 0, "an entry of totals", "item and a number as total", e);
    if ((json_member(v, "code") && !json_string(json_member(v, "code"))) || (json_member(v, "within") && !json_string(json_member(v, "within"))))
      return in_table(s->place, 0, "an entry of totals", "code and within as texts", e);
    row[i].item = copied(a, str_of(item), &failed).p;
    row[i].code = copied(a, str_of(json_member_string(v, "code", "")), &failed);
    row[i].within = copied(a, str_of(json_member_string(v, "within", "")), &failed);
    if (failed) return ERR(e, E_NO_MEMORY, .subject = "totals");
  }
  s->margin = row, s->n_margins = (int64_t)n;
  return once_each(a, s->place, s, e);
}

/* --- hash --- */
static int by_key(const void *x, const void *y) { return strcmp(*(const char *const *)x, *(const char *const *)y); }

static void put(struct json_out *j, const struct json_value *v, int depth);
static void put_object(struct json_out *j, const struct json_value *v, int depth) {
  const char *key, *keys[MOST_KEYS];
  const struct json_value *value;
  size_t n = 0;
  for (size_t i = 0; n < MOST_KEYS && json_member_at(v, i, &key, &value); i++) keys[n++] = key;
  if (n) qsort(keys, n, sizeof *keys, by_key);
  json_object(j);
  for (size_t i = 0; i < n; i++) json_key(j, keys[i]), put(j, json_member(v, keys[i]), depth + 1);
  json_end_object(j);
}
static void put(struct json_out *j, const struct json_value *v, int depth) {
  int64_t whole;
  double real;
  bool truth;
  if (depth > MOST_DEPTH) json_null(j); /* no step is that deep: it was refused by its keys */
  else if (json_is_object(v)) put_object(j, v, depth);
  else if (json_is_array(v)) {
    json_array(j);
    for (size_t i = 0; i < json_length(v); i++) put(j, json_element(v, i), depth + 1);
    json_end_array(j);
  } else if (json_string(v)) json_cstr(j, json_string(v));
  else if (json_integer(v, &whole)) json_int(j, whole);
  else if (json_boolean(v, &truth)) json_bool(j, truth);
  else if (json_number(v, &real)) json_real(j, real);
  else json_null(j);
}

enum err_code weight_step_hash(const struct json_value *v, struct weight_step *s, struct err *e) {
  struct strbuf text;
  struct json_out j;
  struct digest d;
  strbuf_init(&text, 0);
  json_begin(&j, &text, false);
  put(&j, v, 0);
  const bool failed = text.failed || !json_done(&j);
  digest_begin(&d);
  digest_text(&d, str_view(text.p, text.n));
  for (int64_t i = 0; i < s->n_margins; i++) {
    digest_text(&d, str_of(s->margin[i].item)), digest_text(&d, s->margin[i].code), digest_text(&d, s->margin[i].within);
    digest_reals(&d, &s->margin[i].total, 1);
  }
  digest_end(&d, s->spec_hash);
  strbuf_release(&text);
  return failed ? ERR(e, E_NO_MEMORY, .subject = "weight programme") : E_OK;
}

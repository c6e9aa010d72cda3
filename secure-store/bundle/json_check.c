#include "secure-store/bundle/json_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/ext_json.h"

struct place {
  const struct release_part *part;
  const struct csv_table *l;
  int64_t r; /* line of the long form */
};
static enum err_code refused(const struct place *p, const char *found, struct err *e) {
  return ERR(
      e, E_RELEASE_REFUSED, .file = p->part->name, .line = p->r < p->l->n_rows ? p->l->lines[p->r] : 0, .subject = p->part->name, .found = found);
}
static struct str cell_of(const struct place *p, const char *column) { return csv_table_cell(p->l, p->r, csv_table_column(p->l, column)); }

/* A CSV cell that a spreadsheet would read as a formula has an apostrophe before it. */
static bool same_text(struct str cell, const char *text) {
  const struct str t = str_of(text);
  return str_eq(cell, t) || (cell.n == t.n + 1 && cell.p[0] == '\'' && str_eq(str_view(cell.p + 1, t.n), t));
}

/* --- members --- */
static bool only(const struct json_value *v, const char *const *allowed) {
  const char *key;
  const struct json_value *member;
  for (size_t i = 0; json_member_at(v, i, &key, &member); i++) {
    const char *const *k = allowed;
    while (*k && strcmp(*k, key)) k++;
    if (!*k) return false;
  }
  return json_is_object(v);
}
static bool is_null(const struct json_value *v) {
  bool b;
  double x;
  return v && !json_string(v) && !json_number(v, &x) && !json_boolean(v, &b) && !json_is_object(v) && !json_is_array(v);
}
/* The long form has the same digits: what both read is the same double. */
static bool same_number(struct str cell, const struct json_value *v) {
  char text[64];
  double x;
  if (!json_number(v, &x) || !cell.n || cell.n >= sizeof text) return false;
  memcpy(text, cell.p, cell.n);
  text[cell.n] = 0;
  return strtod(text, NULL) == x;
}

/* --- one cell --- */
static enum err_code check_figures(const struct place *p, const struct json_value *cell, bool shown, struct err *e) {
  static const char *const figures[] = {"value", "se", "cv", "df", "low", "high", "confidence", "deff"};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    const struct json_value *v = json_member(cell, figures[i]);
    if (!v || is_null(v)) continue;
    if (!shown) return refused(p, "a number in a cell that is not shown", e);
    if (!same_number(cell_of(p, figures[i]), v)) return refused(p, "a number that the long form does not show", e);
  }
  return E_OK;
}
static enum err_code check_cell(const struct place *p, const char *measure, const struct json_value *cell, struct err *e) {
  static const char *const members[] = {"value", "se", "cv", "df", "se_note", "low", "high", "confidence", "deff", "flag", "status", "reason", NULL};
  static const char note[] = "response taken as sampling in take-all strata";
  const char *status = json_member_string(cell, "status", "");
  if (!only(cell, members)) return refused(p, "a member that no cell has", e);
  if (p->r >= p->l->n_rows || !same_text(cell_of(p, "measure"), measure) || !same_text(cell_of(p, "status"), status))
    return refused(p, "cells that differ from the long form", e);
  if (json_member(cell, "flag") && !same_text(cell_of(p, "flag"), json_member_string(cell, "flag", ""))) return refused(p, "another mark", e);
  if (json_member(cell, "reason") && !same_text(cell_of(p, "reason"), json_member_string(cell, "reason", ""))) return refused(p, "another reason", e);
  if (json_member(cell, "se_note") && strcmp(json_member_string(cell, "se_note", ""), note)) return refused(p, "another note", e);
  return check_figures(p, cell, !strcmp(status, "shown"), e);
}

/* --- one row --- */
static enum err_code check_key(const struct place *p, const struct json_value *key, struct err *e) {
  const char *name;
  const struct json_value *code;
  for (size_t i = 0; json_member_at(key, i, &name, &code); i++)
    if (!json_string(code) || !same_text(cell_of(p, name), json_string(code))) return refused(p, "codes that differ from the long form", e);
  return E_OK;
}
static enum err_code check_row(struct place *p, const struct json_value *row, struct err *e) {
  static const char *const members[] = {"key", "n", "n_status", "measures", NULL};
  const struct json_value *measures = json_member(row, "measures"), *cell;
  const char *name;
  if (!only(row, members)) return refused(p, "a member that no row has", e);
  if (p->r >= p->l->n_rows) return refused(p, "cells that differ from the long form", e);
  TRY(check_key(p, json_member(row, "key"), e));
  if (json_member(row, "n") && !same_number(cell_of(p, "n"), json_member(row, "n")))
    return refused(p, "a count of units that the long form does not show", e);
  for (size_t k = 0; json_member_at(measures, k, &name, &cell); k++) {
    TRY(check_cell(p, name, cell, e));
    p->r++;
  }
  return E_OK;
}

enum err_code json_check(const struct release_part *part, const struct csv_table *long_form, struct err *e) {
  static const char *const members[] = {"table", "title_ja", "title_en", "survey", "form", "period", "disclosure_profile", "refusal", "notes",
      "publication_rule", "marks", "dimensions", "measures", "row_dimensions", "digest", "rows", NULL};
  struct json_document *d = NULL;
  struct place p = {part, long_form, 0};
  TRY(json_parse(part->name, part->bytes.p, part->bytes.n, &d, e));
  const struct json_value *rows = json_member(json_root(d), "rows");
  enum err_code code = only(json_root(d), members) ? E_OK : refused(&p, "a member that no table has", e);
  for (size_t i = 0; i < json_length(rows) && !code; i++) code = check_row(&p, json_element(rows, i), e);
  if (!code && p.r != long_form->n_rows) code = refused(&p, "cells that differ from the long form", e);
  json_release(d);
  return code;
}

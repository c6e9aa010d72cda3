/* The two layouts of a case, read into one. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/atomic_file.h"
#include "tests/conform/edit/runner.h"

/* Names of procedures by their first letters, as files and cases have them. */
static const struct {
  const char *prefix, *name;
} NAMES[] = {{"verify", "verify"},   {"editstat", "editstats"},  {"outlier", "outlier"}, {"errorloc", "errorloc"}, {"determin", "deterministic"},
             {"prorate", "prorate"}, {"estimat", "estimator"}, {"donor", "donor"},     {"massimp", "massimp"}};

enum err_code case_file(struct arena *a, const char *folder, const char *name, struct json_document **out, struct err *e) {
  uint8_t *bytes;
  size_t n;
  const char *path = arena_printf(a, "%s/%s", folder, name);
  if (!path) return ERR(e, E_NO_MEMORY, .subject = "case");
  TRY(file_read(path, 1 << 28, &bytes, &n, e));
  enum err_code code = json_parse(path, (const char *)bytes, n, out, e);
  free(bytes);
  return code;
}
static const char *procedure_of(const char *text) {
  for (size_t i = 0; text && i < sizeof NAMES / sizeof *NAMES; i++)
    if (strncasecmp(text, NAMES[i].prefix, strlen(NAMES[i].prefix)) == 0) return NAMES[i].name;
  return text ? text : "?";
}
/* A table by member name: in the case itself as a CSV name or object, or in `inputs`. */
static enum err_code table_of(struct edit_case *c, const char *member, const char *input, struct cells *out, struct err *e) {
  const struct json_value *v = json_member(c->whole, member), *inputs = json_member(c->whole, "inputs");
  const char *file = json_string(v);
  if (file && strcmp(file, "inline") != 0) {
    const char *plus = strchr(file, '+');
    const char *path = arena_printf(c->arena, "%s/%.*s", c->folder, plus ? (int)(plus - file) : (int)strlen(file), file);
    if (!path) return ERR(e, E_NO_MEMORY, .subject = "case");
    TRY(case_csv(c->arena, path, out, e));
    if (!plus || strcmp(member, "data") != 0) return E_OK;
    path = arena_printf(c->arena, "%s/%s", c->folder, plus + 1);
    return path ? case_csv(c->arena, path, &c->status, e) : ERR(e, E_NO_MEMORY, .subject = "case");
  }
  if (json_is_object(v)) return case_cells(c->arena, v, out, e);
  return case_cells(c->arena, json_member(inputs, input), out, e);
}
static enum err_code read_tables(struct edit_case *c, struct err *e) {
  TRY(table_of(c, "data", "indata", &c->data, e));
  if (c->data.n_columns == 0) TRY(table_of(c, "inline", "indata", &c->data, e));
  if (c->status.n_columns == 0) TRY(table_of(c, "instatus", "instatus", &c->status, e));
  TRY(table_of(c, "history", "indata_hist", &c->history, e));
  TRY(table_of(c, "instatus_hist", "instatus_hist", &c->status_history, e));
  TRY(table_of(c, "specs", "inestimator", &c->specs, e));
  return table_of(c, "algorithms", "inalgorithm", &c->algorithms, e);
}
static bool refused(const struct json_value *v) {
  int64_t rc = 0;
  bool zero;
  if (json_boolean(json_member(json_member(v, "expected"), "return_code_zero"), &zero)) return !zero;
  if (!json_integer(json_member(v, "rc"), &rc)) (void)json_integer(json_member(v, "return_code"), &rc);
  return rc != 0;
}
enum err_code case_read(struct arena *a, const char *folder, const char *file, const struct json_value *v, struct edit_case *out, struct err *e) {
  const char *proc = json_string(json_member(v, "proc"));
  *out = (struct edit_case){.arena = a, .folder = folder, .whole = v, .params = json_member(v, "params"), .expected = json_member(v, "expected")};
  out->id = json_string(json_member(v, "id"));
  if (!out->id) out->id = file;
  out->proc = procedure_of(proc ? proc : file);
  out->must_refuse = refused(v);
  return read_tables(out, e);
}

static int compare_cells(const struct cell *a, const struct cell *b) {
  if (a->is_number && b->is_number) return a->number < b->number ? -1 : a->number > b->number;
  return str_cmp(a->text, b->text);
}
static bool rows_unsorted(const struct edit_case *c, const struct cells *t) {
  const char *keys[32];
  int n = case_words(c, "by", keys, 31);
  keys[n++] = case_text(c, "unit_id", "");
  for (int64_t i = 1; i < t->n_rows; i++)
    for (int k = 0; k < n; k++) {
      const int column = cells_find(t, keys[k]);
      const int order = column < 0 ? 0 : compare_cells(cells_at(t, i - 1, column), cells_at(t, i, column));
      if (order > 0) return true;
      if (order < 0) break;
    }
  return false;
}
bool case_unsorted(const struct edit_case *c) {
  return rows_unsorted(c, &c->data) || rows_unsorted(c, &c->status) || rows_unsorted(c, &c->history) || rows_unsorted(c, &c->status_history);
}

/* changes_check.c -- see changes_check.h. */
#include "secure-store/register/changes_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"

struct shown { /* one figure that an edition shows */
  const char *table, *cell;
  struct str measure, value;
};
struct edition {
  struct shown *list;
  int64_t n, room;
  const char **done;
  int n_done;
};
static int by_figure(const void *p, const void *q) {
  const struct shown *a = p, *b = q;
  int c = strcmp(a->table, b->table);
  if (!c) c = strcmp(a->cell, b->cell);
  if (!c) c = str_cmp(a->measure, b->measure);
  return c ? c : str_cmp(a->value, b->value);
}
static const char *cell_of(struct arena *a, const struct csv_table *t, int64_t r, int measure) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int d = 2; d < measure; d++) {
    const struct str name = t->header[d], code = csv_table_cell(t, r, d);
    strbuf_addf(&b, "%s%.*s=%.*s", d > 2 ? " " : "", (int)name.n, name.p, (int)code.n, code.p);
  }
  const size_t most = 239; /* as register_row_name cuts it */
  const char *out = b.failed ? NULL : arena_strdup(a, b.p ? b.p : "", b.n < most ? b.n : most);
  if (out && b.n > most) (void)utf8_mend((char *)out);
  strbuf_release(&b);
  return out;
}
static enum err_code add(struct arena *a, struct edition *x, struct shown s, struct err *e) {
  if (x->n == x->room) {
    struct shown *more = ARENA_ARRAY(a, struct shown, x->room = 2 * x->room + 256);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = "changes.csv");
    if (x->n) memcpy(more, x->list, (size_t)x->n * sizeof *more);
    x->list = more;
  }
  x->list[x->n++] = s;
  return E_OK;
}
static enum err_code read_table(struct arena *a, struct edition *x, const char *id, struct str text, struct err *e) {
  struct csv_table t;
  if (!text.p) return E_OK;
  TRY(csv_table_parse(a, "changes.csv", text.p, text.n, &t, e));
  const int measure = csv_table_column(&t, "measure"), value = csv_table_column(&t, "value"), status = csv_table_column(&t, "status"),
            n = csv_table_column(&t, "n");
  for (int64_t r = 0; r < t.n_rows && measure >= 2; r++) {
    const char *cell = cell_of(a, &t, r, measure);
    if (!cell) return ERR(e, E_NO_MEMORY, .subject = "changes.csv");
    if (str_eq(csv_table_cell(&t, r, status), STR("shown")))
      TRY(add(a, x, (struct shown){id, cell, csv_table_cell(&t, r, measure), csv_table_cell(&t, r, value)}, e));
    if (csv_table_cell(&t, r, n).n) TRY(add(a, x, (struct shown){id, cell, STR("n"), csv_table_cell(&t, r, n)}, e));
  }
  qsort(x->list, (size_t)x->n, sizeof *x->list, by_figure);
  return E_OK;
}
static enum err_code need(struct arena *a, struct edition *x, const struct changes_source *from, const char *id, struct err *e) {
  struct str text = {NULL, 0};
  enum { TABLES_MAX = 4096 };
  for (int i = 0; i < x->n_done; i++)
    if (!strcmp(x->done[i], id)) return E_OK;
  if (!x->done) x->done = ARENA_ARRAY(a, const char *, TABLES_MAX);
  if (!x->done || x->n_done == TABLES_MAX) return ERR(e, E_NO_MEMORY, .subject = "changes.csv");
  x->done[x->n_done++] = id;
  TRY(from->table(from->context, id, &text, e));
  return read_table(a, x, id, text, e);
}
static bool shows(const struct edition *x, const struct shown *s) { return x->n && bsearch(s, x->list, (size_t)x->n, sizeof *s, by_figure); }

static enum err_code one_side(struct arena *a, struct edition *x, const struct changes_source *from, const struct csv_table *t, int64_t r,
    const char *word, const char *status_word, struct err *e) {
  const struct str value = csv_table_cell(t, r, csv_table_column(t, word)), status = csv_table_cell(t, r, csv_table_column(t, status_word));
  const struct str table = csv_table_cell(t, r, csv_table_column(t, "table")), cell = csv_table_cell(t, r, csv_table_column(t, "cell"));
  struct shown s = {
      arena_strdup(a, table.p, table.n), arena_strdup(a, cell.p, cell.n), csv_table_cell(t, r, csv_table_column(t, "measure")), value};
  if (!s.table || !s.cell) return ERR(e, E_NO_MEMORY, .subject = "changes.csv");
  if (!value.n) return E_OK;
  if (from) TRY(need(a, x, from, s.table, e));
  if (!str_eq(status, STR("shown")) || (from && !shows(x, &s)))
    return ERR(
        e, E_RELEASE_REFUSED, .file = "changes.csv", .line = t->lines[r], .subject = s.table, .found = "a value that the edition does not show");
  return E_OK;
}
enum err_code changes_check(
    struct arena *a, struct str changes, const struct changes_source *new, const struct changes_source *old, struct err *e) {
  static const char *const columns[] = {"table", "cell", "measure", "old", "old_status", "new", "new_status", "reason"};
  struct csv_table t;
  struct edition after = {0}, before = {0};
  TRY(csv_table_parse(a, "changes.csv", changes.p, changes.n, &t, e));
  if (t.n_columns != 8)
    return ERR(e, E_RELEASE_REPORT, .subject = "changes.csv", .expected = "table,cell,measure,old,old_status,new,new_status,reason");
  for (int k = 0; k < 8; k++)
    if (!str_eq(t.header[k], str_of(columns[k]))) return ERR(e, E_RELEASE_REPORT, .subject = "changes.csv", .expected = columns[k]);
  for (int64_t r = 0; r < t.n_rows; r++) {
    TRY(one_side(a, &after, new, &t, r, "new", "new_status", e));
    TRY(one_side(a, &before, old, &t, r, "old", "old_status", e));
  }
  return E_OK;
}

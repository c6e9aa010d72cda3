/* register_csv.c -- see register_csv.h. */
#include "estimators/sdc/register/register_csv.h"

#include <string.h>

#include "base/ext_csv.h"
#include "estimators/sdc/register/register_impl.h"

const char *register_status_word(uint8_t status) {
  return status == REGISTER_SHOWN ? "shown" : status == REGISTER_HIDDEN ? "suppressed" : "none";
}

/* --- reading a long CSV --- */

struct long_columns {
  int table, period, measure, value, n, status, first_dim;
};
static enum err_code columns_of(const char *name, const struct csv_table *t, struct long_columns *c, struct err *e) {
  *c = (struct long_columns){csv_table_column(t, "table"), csv_table_column(t, "period"), csv_table_column(t, "measure"),
      csv_table_column(t, "value"), csv_table_column(t, "n"), csv_table_column(t, "status"), 2};
  if (c->table != 0 || c->period != 1 || c->measure < 2 || c->measure - 2 > REGISTER_DIMS_MAX || c->value < 0 || c->n < 0 || c->status < 0 ||
      !t->n_rows)
    return ERR(
        e, E_REGISTER_BUNDLE, .file = name, .subject = name, .expected = "table,period,dimensions,measure,unit,value,...,n,status,reason");
  return E_OK;
}
static const char *copy(struct arena *a, struct str s) { return arena_strdup(a, s.p, s.n); }
static bool same_cell(const struct csv_table *t, const struct long_columns *c, int64_t r, int64_t q) {
  for (int k = c->first_dim; k < c->measure; k++)
    if (!str_eq(csv_table_cell(t, r, k), csv_table_cell(t, q, k))) return false;
  return true;
}
static int measure_at(struct arena *a, struct register_table *out, struct str name) {
  for (int m = 0; m < out->n_measures; m++)
    if (str_eq(name, str_of(out->measure[m]))) return m;
  if (out->n_measures == REGISTER_MEASURES_MAX) return -1;
  out->measure[out->n_measures] = copy(a, name);
  out->additive[out->n_measures] = str_eq(name, STR("count()")) || str_starts(name, STR("total("));
  return out->measure[out->n_measures] ? out->n_measures++ : -1;
}
static uint8_t status_of(struct str s) {
  return str_eq(s, STR("shown")) ? REGISTER_SHOWN : str_eq(s, STR("suppressed")) ? REGISTER_HIDDEN : REGISTER_NONE;
}
static void put_figure(struct register_table *out, int64_t row, int m, uint8_t status, struct str value) {
  const int64_t at = row * (out->n_measures + 1) + m;
  out->status[at] = status;
  if (status == REGISTER_SHOWN) out->value[at] = value;
}
enum err_code register_from_csv(
    struct arena *a, const char *name, struct str text, const char *form, struct register_table *out, struct err *e) {
  struct csv_table t;
  struct long_columns c;
  int64_t n_rows = 0, row = -1;
  TRY(csv_table_parse(a, name, text.p, text.n, &t, e));
  TRY(columns_of(name, &t, &c, e));
  *out = (struct register_table){.id = copy(a, csv_table_cell(&t, 0, 0)),
      .period = copy(a, csv_table_cell(&t, 0, 1)),
      .form = form,
      .profile = "",
      .region = "",
      .definition = "",
      .n_dims = c.measure - 2};
  for (int d = 0; d < out->n_dims; d++)
    if (!(out->dim[d] = copy(a, t.header[c.first_dim + d]))) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t r = 0; r < t.n_rows; r++) {
    n_rows += !r || !same_cell(&t, &c, r, r - 1);
    if (measure_at(a, out, csv_table_cell(&t, r, c.measure)) < 0)
      return ERR(e, E_REGISTER_BUNDLE, .file = name, .line = t.lines[r], .subject = name);
  }
  if (!out->id || !out->period) return ERR(e, E_NO_MEMORY, .subject = name);
  TRY(register_table_rows(a, out, n_rows, e));
  for (int64_t r = 0; r < t.n_rows; r++) {
    row += !r || !same_cell(&t, &c, r, r - 1);
    const struct str n = csv_table_cell(&t, r, c.n);
    const uint8_t status = status_of(csv_table_cell(&t, r, c.status));
    for (int d = 0; d < out->n_dims; d++) out->code[row * out->n_dims + d] = csv_table_cell(&t, r, c.first_dim + d);
    put_figure(out, row, measure_at(a, out, csv_table_cell(&t, r, c.measure)), status, csv_table_cell(&t, r, c.value));
    put_figure(out, row, out->n_measures, n.n ? REGISTER_SHOWN : status == REGISTER_HIDDEN ? REGISTER_HIDDEN : REGISTER_NONE, n);
  }
  return E_OK;
}

/* --- changes --- */

struct rows_by_code {
  int64_t room, *slot;
};
static uint64_t hash_row(const struct register_table *t, int64_t r) {
  uint64_t h = 1469598103934665603ull;
  for (int d = 0; d < t->n_dims; d++) {
    const struct str s = register_code(t, r, d);
    for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211ull;
    h = register_mix(h);
  }
  return h;
}
static enum err_code index_rows(struct arena *a, const struct register_table *t, struct rows_by_code *x, struct err *e) {
  x->room = 16;
  while (x->room < 2 * t->n_rows) x->room *= 2;
  x->slot = ARENA_ARRAY(a, int64_t, x->room);
  if (!x->slot) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t r = 0; r < t->n_rows; r++) {
    int64_t at = (int64_t)(hash_row(t, r) & (uint64_t)(x->room - 1));
    while (x->slot[at]) at = (at + 1) & (x->room - 1);
    x->slot[at] = r + 1;
  }
  return E_OK;
}
static int64_t row_of(const struct rows_by_code *x, const struct register_table *t, const struct register_table *of, int64_t row) {
  for (int64_t at = (int64_t)(hash_row(of, row) & (uint64_t)(x->room - 1)); x->slot[at]; at = (at + 1) & (x->room - 1)) {
    bool same = t->n_dims == of->n_dims;
    for (int d = 0; same && d < t->n_dims; d++) same = str_eq(register_code(t, x->slot[at] - 1, d), register_code(of, row, d));
    if (same) return x->slot[at] - 1;
  }
  return -1;
}
static enum err_code one_figure(const struct register_table *before, int64_t r, const struct register_table *after, int64_t q, int m,
    const char *cell, register_change_fn each, void *context, struct err *e) {
  const struct register_table *named = before ? before : after;
  const char *measure = m < named->n_measures ? named->measure[m] : "n";
  const int mb = m, ma = !before || !after ? m : m == before->n_measures ? after->n_measures : register_measure(after, measure);
  struct register_change c = {.table = named->id,
      .cell = cell,
      .measure = measure,
      .before = STR(""),
      .after = STR(""),
      .status_before = "absent",
      .status_after = "absent"};
  if (before && r >= 0) c.status_before = register_status_word(register_status_of(before, r, mb)), c.before = register_value(before, r, mb);
  if (after && q >= 0 && ma >= 0)
    c.status_after = register_status_word(register_status_of(after, q, ma)), c.after = register_value(after, q, ma);
  if (!strcmp(c.status_before, c.status_after) && str_eq(c.before, c.after)) return E_OK;
  return each(context, &c, e);
}
static enum err_code one_row(struct arena *a, const struct register_table *before, int64_t r, const struct register_table *after, int64_t q,
    register_change_fn each, void *context, struct err *e) {
  char name[240];
  const struct register_table *t = before && r >= 0 ? before : after;
  register_row_name(t, t == before ? r : q, name, sizeof name);
  const char *cell = arena_strdup(a, name, strlen(name));
  if (!cell) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int m = 0; m <= t->n_measures; m++) TRY(one_figure(t == before ? before : NULL, r, after, q, m, cell, each, context, e));
  return E_OK;
}
enum err_code register_changes(struct arena *a, const struct register_table *before, const struct register_table *after, register_change_fn each,
    void *context, struct err *e) {
  struct rows_by_code here = {0}, there = {0};
  if (before) TRY(index_rows(a, before, &here, e));
  if (after) TRY(index_rows(a, after, &there, e));
  for (int64_t r = 0; before && r < before->n_rows; r++)
    TRY(one_row(a, before, r, after, after ? row_of(&there, after, before, r) : -1, each, context, e));
  for (int64_t q = 0; after && q < after->n_rows; q++)
    if (!before || row_of(&here, before, after, q) < 0) TRY(one_row(a, NULL, -1, after, q, each, context, e));
  return E_OK;
}
struct csv_writing {
  struct strbuf *out;
  const char *reason;
  int64_t *n;
};
static enum err_code change_line(void *context, const struct register_change *c, struct err *e) {
  struct csv_writing *w = context;
  (void)e;
  csv_put_text(w->out, str_of(c->table), true);
  csv_put_text(w->out, str_of(c->cell), false);
  csv_put_text(w->out, str_of(c->measure), false);
  csv_put_text(w->out, c->before, false);
  csv_put_text(w->out, str_of(c->status_before), false);
  csv_put_text(w->out, c->after, false);
  csv_put_text(w->out, str_of(c->status_after), false);
  csv_put_text(w->out, str_of(w->reason), false);
  strbuf_addc(w->out, '\n');
  ++*w->n;
  return E_OK;
}
static const struct register_table *table_of(const struct register_entry *x, const char *id) {
  for (int i = 0; i < x->n_tables; i++)
    if (!strcmp(x->table[i].id, id)) return &x->table[i];
  return NULL;
}
enum err_code register_changes_csv(struct arena *a, const struct register_entry *before, const struct register_entry *after, const char *reason,
    struct strbuf *out, int64_t *n, struct err *e) {
  struct csv_writing w = {out, reason, n};
  *n = 0;
  strbuf_adds(out, "table,cell,measure,old,old_status,new,new_status,reason\n");
  for (int i = 0; i < before->n_tables; i++)
    TRY(register_changes(a, &before->table[i], table_of(after, before->table[i].id), change_line, &w, e));
  for (int i = 0; i < after->n_tables; i++)
    if (!table_of(before, after->table[i].id)) TRY(register_changes(a, NULL, &after->table[i], change_line, &w, e));
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "changes.csv") : E_OK;
}

/* trace_store.c -- a found file against every package that this store has built; see trace.h. */
#include <stdio.h>
#include <string.h>

#include "secure-store/extract/source.h"
#include "secure-store/extract/trace_impl.h"
#include "secure-store/extract/write_table.h"
#include "secure-store/rights/grant.h"

enum { CELL_TEXT = 96 };

static int64_t source_rows(const struct provision *p) {
  int64_t n = 0;
  for (int64_t i = 0; i < p->n_units; i++) n += p->units[i].rows;
  return n;
}
static void not_compared(struct store *s, const struct provision *p, const char *why) {
  struct err note = {.code = E_OK};
  (void)ERR(&note, E_EXTRACT_SOURCE, .subject = p->provision, .found = why);
  job_problem(store_job(s), &note);
}

/* --- order: reads rows, so it needs a grant and leaves its leaves --- */
struct ordering {
  struct store *s;
  const struct provision *p;
  struct trace_order *o;
  const struct row_key *key;
  int64_t access;
  uint64_t *serial;
  const char **names; /* shared columns */
  int n;
};
static struct str cell_text(const struct column *c, int64_t row, char buffer[CELL_TEXT]) {
  return value_present(c->status[row]) ? column_text(c, row, buffer, CELL_TEXT) : str_of(stat_missing_sign(c->status[row]));
}
static enum err_code order_unit(struct ordering *x, int64_t unit, int32_t block, struct err *e) {
  struct arena *a = arena_new(0);
  struct table t;
  const struct provision_unit *u = &x->p->units[unit];
  struct str *cells = a ? ARENA_ARRAY(a, struct str, x->n + 1) : NULL;
  char(*buffers)[CELL_TEXT] = a ? arena_array(a, (size_t)x->n + 1, CELL_TEXT) : NULL;
  enum err_code code = cells && buffers ? store_shard_read_group(x->s, u->shard, u->group, x->access, x->names, x->n, a, &t, e)
                                        : ERR(e, E_NO_MEMORY, .subject = "trace");
  for (int64_t row = 0; !code && row < t.n_rows && row < u->rows; row++) {
    struct row_id id;
    for (int k = 0; k < x->n; k++) cells[k] = cell_text(&t.columns[k], row, buffers[k]);
    row_id_of(x->key, x->serial[unit] + (uint64_t)row, &id);
    trace_order_row(x->o, cells, block, &id);
  }
  arena_free(a);
  return code;
}
static enum err_code order_units(struct ordering *x, struct arena *a, struct err *e) {
  const struct provision *p = x->p;
  int64_t *order = ARENA_ARRAY(a, int64_t, p->n_units + 1), *rows = ARENA_ARRAY(a, int64_t, p->n_units + 1);
  x->serial = ARENA_ARRAY(a, uint64_t, p->n_units + 1);
  if (!order || !rows || !x->serial || !row_unit_order(x->key, p->n_units, order)) return ERR(e, E_NO_MEMORY, .subject = "trace");
  for (int64_t u = 0; u < p->n_units; u++) {
    rows[u] = p->units[u].rows;
    x->serial[u] = u ? x->serial[u - 1] + (uint64_t)rows[u - 1] : 0;
  }
  int32_t block = 0;
  for (int64_t first = 0, end; first < p->n_units; first = end, block++) {
    end = row_block_end(order, rows, first, p->n_units);
    for (int64_t i = first; i < end; i++) TRY(order_unit(x, order[i], block, e));
  }
  return E_OK;
}
/* Rows that have changed since, or a row filter, move the places that ids are made from. */
static enum err_code comparable(struct store *s, struct arena *a, const struct provision *p, bool *yes, struct err *e) {
  struct grant g;
  struct extract_source x;
  uint8_t subject[32];
  *yes = false;
  TRY(grant_find(s, a, p->grant, &g, subject, e));
  bool same = !g.filter[0] && !extract_source_open(s, a, &g, p->dataset, NULL, &x, NULL) && x.n_units == p->n_units;
  for (int64_t i = 0; same && i < p->n_units; i++)
    same = x.units[i].shard == p->units[i].shard && x.units[i].group == p->units[i].group && x.units[i].rows == p->units[i].rows &&
           strcmp(x.shard_hash[i], p->shard_hash[i]) == 0;
  *yes = same;
  if (!same) not_compared(s, p, g.filter[0] ? "its grant has a row filter" : "its rows are no longer those that were provided");
  return E_OK;
}
static enum err_code order_logged(struct ordering *x, struct arena *a, struct err *e) {
  char object[320];
  struct err second;
  snprintf(object, sizeof object, "dataset:%.150s package:%.63s", x->p->dataset, x->p->provision);
  const struct log_entry entry = {.action = "data-read", .object = object, .purpose = "trace"};
  TRY(store_log_intent(x->s, &entry, &x->access, e));
  enum err_code code = order_units(x, a, e);
  enum err_code logged = store_log_outcome(x->s, x->access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}
static enum err_code compare_order(struct store *s, struct arena *a, const struct trace_file *t, const struct provision *p, const struct row_key *key,
    int64_t n_tests, struct trace_verdict *v, struct err *e) {
  struct ordering x = {.s = s, .p = p, .key = key};
  const int *which;
  bool yes;
  TRY(comparable(s, a, p, &yes, e));
  if (!yes) return E_OK;
  if (trace_order_new(t, p->columns, p->n_columns, &x.o, e)) {
    trace_order_free(x.o);
    if (e->code == E_NO_MEMORY) return e->code;
    not_compared(s, p, "the file has no column name in common with it");
    return E_OK;
  }
  x.n = trace_order_columns(x.o, &which);
  x.names = ARENA_ARRAY(a, const char *, x.n + 1);
  enum err_code code = x.names ? E_OK : ERR(e, E_NO_MEMORY, .subject = "trace");
  for (int k = 0; !code && k < x.n; k++) x.names[k] = p->columns[which[k]];
  if (!code) code = order_logged(&x, a, e);
  if (!code) code = trace_order_end(x.o, n_tests, v, e);
  trace_order_free(x.o);
  return code;
}

/* --- all packages --- */
static enum err_code trace_one(struct store *s, struct arena *a, struct trace_file *t, const struct provision *p, bool read_order, int64_t n_tests,
    struct trace_verdict *v, struct err *e) {
  struct row_key key;
  TRY(provision_key(s, p->provision, p->grant_sha256, p->salt, &key, e));
  trace_ids(t, &key, source_rows(p), n_tests, v);
  enum err_code code = read_order && !v->accused ? compare_order(s, a, t, p, &key, n_tests, v, e) : E_OK;
  wipe(&key, sizeof key);
  return code;
}
enum err_code trace_run(struct store *s, struct arena *a, struct trace_file *t, bool read_order, struct trace_result **out, int64_t *n,
    int64_t *n_tested, struct err *e) {
  struct provision *list;
  *n = 0;
  TRY(provision_list(s, a, &list, n_tested, e));
  *out = ARENA_ARRAY(a, struct trace_result, *n_tested + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "trace");
  for (int64_t i = 0; i < *n_tested; i++) {
    struct trace_verdict v;
    struct arena_mark mark = arena_mark(a);
    enum err_code code = trace_one(s, a, t, &list[i], read_order, *n_tested, &v, e);
    arena_reset(a, mark);
    TRY(code);
    if (v.accused || v.ids || v.mark || v.order_rows) (*out)[(*n)++] = (struct trace_result){&list[i], v};
    job_progress(store_job(s), "trace", i + 1, *n_tested);
  }
  return E_OK;
}

/* grant_rows.c -- which columns and rows of a shard a grant lets out. Unfiltered rows are counted before they are opened; with a filter they are
 * counted once it is known how many there are, before anybody gets them. */
#include <string.h>

#include "forms/form.h"
#include "secure-store/rights/grant_impl.h"

/* --- the filter against the columns of a shard --- */

static const struct shard_column *find(const struct shard_header *h, struct str name) {
  for (int k = 0; k < h->n_columns; k++)
    if (str_eq(name, str_of(h->columns[k].name))) return &h->columns[k];
  return NULL;
}

static bool variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  const struct shard_column *c = record.p ? NULL : find(context, name);
  if (!c || c->type == COL_REAL) return false;
  *out = (struct expr_variable){.decimals = c->decimals, .unit = c->unit};
  out->type = c->type == COL_CODE ? EXPR_CODE : c->type == COL_TEXT ? EXPR_TEXT : c->is_date ? EXPR_DATE : EXPR_NUMBER;
  return true;
}
static bool no_list(void *context, struct str name, const struct str **codes, int64_t *n) {
  (void)context, (void)name, (void)codes, (void)n;
  return false;
}

static enum err_code compile(const struct grant *g, const struct shard_header *h, struct arena *a, struct expr **out, struct err *e) {
  const struct expr_scope scope = {.context = (void *)(uintptr_t)h, .variable = variable, .list = no_list};
  TRY(expr_compile(a, str_of(g->filter), &scope, "filter", 1, 1, out, e));
  return expr_result_type(*out) == EXPR_BOOL ? E_OK : ERR(e, E_GRANT_FORMAT, .subject = "filter", .expected = "a condition");
}

static int place_of(const char **names, int *n, const char *name) {
  int i = 0;
  while (i < *n && strcmp(names[i], name) != 0) i++;
  if (i == *n) names[(*n)++] = name;
  return i;
}

static enum err_code plan_filter(
    const struct grant *g, const struct shard_header *h, const char **names, struct arena *a, struct grant_plan *out, struct err *e) {
  struct expr *x;
  if (!g->filter[0]) return E_OK;
  TRY(compile(g, h, a, &x, e));
  int n = expr_n_slots(x);
  out->filter = x;
  out->slot = ARENA_ARRAY(a, int, n + 1);
  if (!out->slot) return ERR(e, E_NO_MEMORY, .subject = "filter");
  for (int i = 0; i < n; i++) {
    if (expr_slot(x, i)->kind != EXPR_SLOT_CURRENT) return ERR(e, E_GRANT_FORMAT, .subject = "filter", .expected = "columns of the same row");
    out->slot[i] = place_of(names, &out->n, expr_slot(x, i)->name);
  }
  return E_OK;
}

/* --- before reading --- */

static enum err_code check_purpose(const struct grant *g, const struct shard_header *h, const char *const *names, int n, struct err *e) {
  for (int i = 0; i < n; i++) {
    const struct shard_column *c = find(h, str_of(names[i]));
    if (!c) return ERR(e, E_STORE_NO_COLUMN, .subject = names[i]);
    if (!grant_basis_allows(g->basis, c->part)) return ERR(e, E_GRANT_SHAPE, .subject = names[i], .expected = grant_basis_text(g->basis));
  }
  return E_OK;
}

static enum err_code plan(
    struct store *s, const struct shard_header *h, const char *const *wanted, int n, struct arena *a, struct grant_plan *out, struct err *e) {
  TRY(grant_covers(s, h->dataset, wanted, n, e));
  if (!wanted) n = h->n_columns;
  const char **names = ARENA_ARRAY(a, const char *, n + h->n_columns + 1);
  if (!names) return ERR(e, E_NO_MEMORY, .subject = "columns");
  for (int i = 0; i < n; i++) names[i] = wanted ? wanted[i] : h->columns[i].name;
  *out = (struct grant_plan){.names = names, .n = n, .n_wanted = n};
  TRY(check_purpose(&s->grant->g, h, names, n, e));
  TRY(plan_filter(&s->grant->g, h, names, a, out, e));
  if (out->filter) return E_OK;
  return grant_charge(s, (struct grant_amount){h->n_rows, h->n_rows * n}, h->dataset, e);
}

enum err_code grant_plan_rows(struct store *s, const struct shard_header *h, const char *const *names, int n, struct arena *a, struct grant_plan *out,
    struct err *e) {
  memset(out, 0, sizeof *out);
  enum err_code code = plan(s, h, names, n, a, out, e);
  return code && code != E_STORE_NO_COLUMN ? grant_refuse_read(s, h->dataset, e) : code;
}

/* --- after reading --- */

static enum err_code mark_left_out(const struct grant_plan *p, const struct table *t, struct arena *a, uint8_t *bits, struct err *e) {
  int n_slots = expr_n_slots(p->filter);
  struct expr_scratch *scratch = expr_scratch_new(a, p->filter);
  const struct column **columns = ARENA_ARRAY(a, const struct column *, n_slots + 1);
  uint8_t *result = ARENA_ARRAY(a, uint8_t, EXPR_BATCH);
  if (!scratch || !columns || !result) return ERR(e, E_NO_MEMORY, .subject = "filter");
  for (int i = 0; i < n_slots; i++) columns[i] = &t->columns[p->slot[i]];
  const struct expr_binding binding = {.columns = columns};
  for (int64_t row = 0; row < t->n_rows; row += EXPR_BATCH) {
    int n = t->n_rows - row < EXPR_BATCH ? (int)(t->n_rows - row) : EXPR_BATCH;
    TRY(expr_eval_bool(p->filter, &binding, scratch, row, n, result, e));
    for (int i = 0; i < n; i++)
      if (result[i] != EXPR_TRUE) bits[(row + i) / 8] |= (uint8_t)(1u << ((row + i) % 8));
  }
  return E_OK;
}

static enum err_code apply_filter(
    struct store *s, const struct shard_header *h, const struct grant_plan *p, struct arena *a, struct table *t, struct err *e) {
  uint8_t *bits = ARENA_ARRAY(a, uint8_t, t->n_rows / 8 + 1);
  if (!bits) return ERR(e, E_NO_MEMORY, .subject = "filter");
  memset(bits, 0, (size_t)(t->n_rows / 8 + 1));
  TRY(mark_left_out(p, t, a, bits, e));
  table_drop_rows(t, bits);
  return grant_charge(s, (struct grant_amount){t->n_rows, t->n_rows * p->n_wanted}, h->dataset, e);
}

/* Columns of the filter that were not asked for leave no trace in the table. */
static void cut(const struct grant_plan *p, struct table *t) {
  for (int k = p->n_wanted; k < t->n_columns; k++) {
    const struct column *c = &t->columns[k];
    if (c->i64) wipe(c->i64, (size_t)t->capacity * sizeof *c->i64);
    if (c->code) wipe(c->code, (size_t)t->capacity * sizeof *c->code);
  }
  t->n_columns = p->n_wanted;
}

enum err_code grant_apply_rows(
    struct store *s, const struct shard_header *h, const struct grant_plan *p, struct arena *a, struct table *t, struct err *e) {
  enum err_code code = p->filter ? apply_filter(s, h, p, a, t, e) : E_OK;
  if (code) return grant_refuse_read(s, h->dataset, e);
  cut(p, t);
  grant_found(s, h->dataset, t->n_rows);
  return E_OK;
}

#include <stdio.h>
#include <string.h>

#include "estimators/table/tabulate_impl.h"

int64_t tab_rows(const struct tabulate_input *in) {
  int64_t n = 0;
  for (int64_t s = 0; s < in->n_shards; s++) n += in->shards[s]->n_rows;
  return n;
}

static const struct column *find_column(const struct table *t, const char *name) {
  int k = table_find(t, name);
  return k < 0 ? NULL : &t->columns[k];
}

static enum err_code bind(struct arena *a, const struct expr *x, const struct table *t, struct expr_binding *b, struct err *e) {
  const struct column **columns = ARENA_ARRAY(a, const struct column *, expr_n_slots(x) + 1);
  if (!columns) return ERR(e, E_NO_MEMORY, .subject = "table");
  for (int i = 0; i < expr_n_slots(x); i++) {
    const struct expr_slot *slot = expr_slot(x, i);
    if (slot->kind != EXPR_SLOT_CURRENT) return ERR(e, E_TABLE_EXPRESSION, .subject = slot->name, .expected = "items of the record itself");
    columns[i] = find_column(t, slot->name);
    if (!columns[i]) return ERR(e, E_TABLE_ITEM, .subject = slot->name);
  }
  *b = (struct expr_binding){.columns = columns};
  return E_OK;
}

static int32_t missing_id(struct dict *d, uint8_t status) { return dict_add(d, status == VAL_NOT_APPLICABLE ? STR("_Z") : STR("_U")); }

/* Codes: each dictionary entry of the shard is looked up once. */
static enum err_code coded_shard(struct arena *a, const struct column *c, int64_t n, struct dict *codes, int32_t *out, struct err *e) {
  int32_t count = dict_count(c->dict), *map = ARENA_ARRAY(a, int32_t, count + 1);
  if (!map) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int64_t i = 0; i < n; i++) {
    if (!value_present(c->status[i])) out[i] = missing_id(codes, c->status[i]);
    else {
      if (!map[c->code[i]]) map[c->code[i]] = dict_add(codes, dict_text(c->dict, c->code[i]));
      out[i] = map[c->code[i]];
    }
    if (out[i] < 0) return ERR(e, E_NO_MEMORY, .subject = c->name);
  }
  return E_OK;
}

/* Numbers and dates: small whole numbers are looked up once. */
static enum err_code number_shard(struct arena *a, const struct column *c, int64_t n, struct dict *codes, int32_t *out, struct err *e) {
  enum { SMALL = 4096 };
  char b[80];
  int32_t *map = ARENA_ARRAY(a, int32_t, SMALL);
  if (!map) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int64_t i = 0; i < n; i++) {
    bool small = value_present(c->status[i]) && c->i64[i] >= 0 && c->i64[i] < SMALL;
    if (!value_present(c->status[i])) out[i] = missing_id(codes, c->status[i]);
    else if (small && map[c->i64[i]]) out[i] = map[c->i64[i]];
    else out[i] = dict_add(codes, column_text(c, i, b, sizeof b));
    if (out[i] < 0) return ERR(e, E_NO_MEMORY, .subject = c->name);
    if (small) map[c->i64[i]] = out[i];
  }
  return E_OK;
}

static enum err_code stored_dimension(struct arena *a, const struct column *c, int64_t n, struct dict *codes, int32_t *out, struct err *e) {
  if (c->type == COL_REAL) return ERR(e, E_TABLE_ITEM, .subject = c->name, .expected = "a code or a whole number");
  return c->type == COL_INT ? number_shard(a, c, n, codes, out, e) : coded_shard(a, c, n, codes, out, e);
}

static enum err_code derived_texts(
    const struct expr *x, const struct expr_binding *b, struct expr_scratch *s, int64_t n, struct dict *codes, int32_t *out, struct err *e) {
  struct str text[EXPR_BATCH];
  uint8_t status[EXPR_BATCH];
  for (int64_t row = 0; row < n; row += EXPR_BATCH) {
    int m = (int)(n - row < EXPR_BATCH ? n - row : EXPR_BATCH);
    TRY(expr_eval_text(x, b, s, row, m, text, status, e));
    for (int i = 0; i < m; i++)
      if ((out[row + i] = value_present(status[i]) ? dict_add(codes, text[i]) : missing_id(codes, status[i])) < 0)
        return ERR(e, E_NO_MEMORY, .subject = "table");
  }
  return E_OK;
}

/* A derived number as a column, so that it reads like a stored one. */
static enum err_code derived_column(struct arena *a, const struct item *item, const struct table *t, struct column *out, struct err *e) {
  struct expr_binding b;
  struct expr_scratch *s = expr_scratch_new(a, item->expression);
  *out = (struct column){.name = item->name,
      .type = COL_INT,
      .decimals = item->decimals,
      .unit = item->unit,
      .is_date = expr_result_type(item->expression) == EXPR_DATE};
  out->i64 = ARENA_ARRAY(a, int64_t, t->n_rows + EXPR_BATCH);
  out->status = ARENA_ARRAY(a, uint8_t, t->n_rows + EXPR_BATCH);
  if (!s || !out->i64 || !out->status) return ERR(e, E_NO_MEMORY, .subject = item->name);
  TRY(bind(a, item->expression, t, &b, e));
  for (int64_t row = 0; row < t->n_rows; row += EXPR_BATCH) {
    int m = (int)(t->n_rows - row < EXPR_BATCH ? t->n_rows - row : EXPR_BATCH);
    TRY(expr_eval_int(item->expression, &b, s, item->decimals, row, m, out->i64 + row, out->status + row, e));
  }
  return E_OK;
}

static enum err_code derived_dimension(
    struct arena *a, const struct item *item, const struct table *t, struct dict *codes, int32_t *out, struct err *e) {
  struct expr_binding b;
  struct column c;
  enum expr_type type = expr_result_type(item->expression);
  if (type == EXPR_NUMBER || type == EXPR_DATE) {
    TRY(derived_column(a, item, t, &c, e));
    return number_shard(a, &c, t->n_rows, codes, out, e);
  }
  struct expr_scratch *s = expr_scratch_new(a, item->expression);
  if (!s) return ERR(e, E_NO_MEMORY, .subject = item->name);
  TRY(bind(a, item->expression, t, &b, e));
  return derived_texts(item->expression, &b, s, t->n_rows, codes, out, e);
}

enum err_code tab_read_dimension(struct arena *a, const struct tabulate_input *in, const char *name, struct tab_dimension *out, struct err *e) {
  const struct item *item = form_item(in->form, name);
  *out = (struct tab_dimension){.name = name, .id = ARENA_ARRAY(a, int32_t, tab_rows(in) + 1), .codes = dict_new(a)};
  if (!out->id || !out->codes || dict_add(out->codes, STR("_T")) != 0) return ERR(e, E_NO_MEMORY, .subject = name);
  int64_t at = 0;
  for (int64_t s = 0; s < in->n_shards; s++) {
    const struct table *t = in->shards[s];
    const struct column *c = find_column(t, name);
    if (c) TRY(stored_dimension(a, c, t->n_rows, out->codes, out->id + at, e));
    else if (item && item->expression) TRY(derived_dimension(a, item, t, out->codes, out->id + at, e));
    else return ERR(e, E_TABLE_ITEM, .subject = name);
    at += t->n_rows;
  }
  return E_OK;
}

enum err_code tab_read_variable(struct arena *a, const struct tabulate_input *in, const char *name, struct tab_variable *out, struct err *e) {
  const struct item *item = form_item(in->form, name);
  int64_t n = tab_rows(in), at = 0;
  *out = (struct tab_variable){.name = name,
      .scaled = ARENA_ARRAY(a, int64_t, n + 1),
      .status = ARENA_ARRAY(a, uint8_t, n + 1),
      .decimals = item ? item->decimals : 0,
      .unit = item ? item->unit : ""};
  if (!out->scaled || !out->status) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t s = 0; s < in->n_shards; s++) {
    const struct table *t = in->shards[s];
    const struct column *c = find_column(t, name);
    struct column derived;
    if (!c && item && item->expression) {
      TRY(derived_column(a, item, t, &derived, e));
      c = &derived;
    }
    if (!c || c->type != COL_INT || c->is_date) return ERR(e, E_TABLE_ITEM, .subject = name, .expected = "a number");
    out->decimals = c->decimals;
    memcpy(out->scaled + at, c->i64, sizeof(int64_t) * (size_t)t->n_rows);
    memcpy(out->status + at, c->status, (size_t)t->n_rows);
    at += t->n_rows;
  }
  return E_OK;
}

static enum err_code apply_condition(
    struct arena *a, const struct tabulate_input *in, const char *text, const struct table_spec *spec, uint8_t *truth, struct err *e) {
  struct expr_scope scope = form_scope(in->form);
  struct expr *x;
  int64_t at = 0;
  if (!text || !*text) return E_OK;
  TRY(expr_compile(a, str_of(text), &scope, "tables.csv", spec->line, 1, &x, e));
  if (expr_result_type(x) != EXPR_BOOL) return ERR(e, E_TABLE_EXPRESSION, .subject = spec->id, .line = spec->line);
  for (int64_t s = 0; s < in->n_shards; s++) {
    const struct table *t = in->shards[s];
    struct expr_binding b;
    struct expr_scratch *scratch = expr_scratch_new(a, x);
    uint8_t result[EXPR_BATCH];
    if (!scratch) return ERR(e, E_NO_MEMORY, .subject = spec->id);
    TRY(bind(a, x, t, &b, e));
    for (int64_t row = 0; row < t->n_rows; row += EXPR_BATCH) {
      int m = (int)(t->n_rows - row < EXPR_BATCH ? t->n_rows - row : EXPR_BATCH);
      TRY(expr_eval_bool(x, &b, scratch, row, m, result, e));
      for (int i = 0; i < m; i++) {
        uint8_t *to = &truth[at + row + i];
        if (result[i] == EXPR_FALSE) *to = EXPR_FALSE;
        else if (result[i] == EXPR_UNKNOWN && *to == EXPR_TRUE) *to = EXPR_UNKNOWN;
      }
    }
    at += t->n_rows;
  }
  return E_OK;
}

enum err_code tab_read_conditions(
    struct arena *a, const struct tabulate_input *in, const struct table_spec *spec, uint8_t *keep, int64_t *unknown, struct err *e) {
  int64_t n = tab_rows(in);
  *unknown = 0;
  memset(keep, EXPR_TRUE, (size_t)n);
  TRY(apply_condition(a, in, spec->filter, spec, keep, e));
  TRY(apply_condition(a, in, spec->domain, spec, keep, e));
  for (int64_t i = 0; i < n; i++) {
    *unknown += keep[i] == EXPR_UNKNOWN;
    keep[i] = keep[i] == EXPR_TRUE;
  }
  return E_OK;
}

static bool add_name(struct arena *a, const char *name, const char **names, int max, int *n) {
  for (int i = 0; i < *n; i++)
    if (!strcmp(names[i], name)) return true;
  if (*n == max) return false;
  names[*n] = arena_strdup(a, name, strlen(name));
  return names[(*n)++] != NULL;
}

static enum err_code add_slots(
    struct arena *a, const struct form *form, const struct expr *x, int depth, const char **names, int max, int *n, struct err *e);

/* A stored item, or the sources of a derived one besides itself: the reader takes what the dataset has. */
static enum err_code add_item(
    struct arena *a, const struct form *form, const char *name, int depth, const char **names, int max, int *n, struct err *e) {
  const struct item *item = form_item(form, name);
  if (!item) return ERR(e, E_TABLE_ITEM, .subject = name);
  if (!add_name(a, name, names, max, n)) return ERR(e, E_TABLE_TOO_WIDE, .subject = name);
  return item->expression && depth < 8 ? add_slots(a, form, item->expression, depth + 1, names, max, n, e) : E_OK;
}

static enum err_code add_slots(
    struct arena *a, const struct form *form, const struct expr *x, int depth, const char **names, int max, int *n, struct err *e) {
  for (int i = 0; i < expr_n_slots(x); i++)
    if (expr_slot(x, i)->kind == EXPR_SLOT_CURRENT) TRY(add_item(a, form, expr_slot(x, i)->name, depth, names, max, n, e));
  return E_OK;
}

enum err_code tabulate_columns(
    struct arena *a, const struct form *form, const struct table_plan *plan, const char **names, int max, int *n, struct err *e) {
  const char *conditions[2] = {plan->spec->filter, plan->spec->domain};
  struct expr_scope scope = form_scope(form);
  *n = 0;
  for (int i = 0; i < plan->n_dimensions; i++) TRY(add_item(a, form, plan->dimensions[i], 0, names, max, n, e));
  for (int i = 0; i < plan->n_measures; i++) {
    const struct measure *m = &plan->measures[i];
    if (!measure_over_records(m->kind)) continue;
    if (*m->x) TRY(add_item(a, form, m->x, 0, names, max, n, e));
    if (*m->y) TRY(add_item(a, form, m->y, 0, names, max, n, e));
  }
  for (int i = 0; i < 2; i++) {
    struct expr *x;
    if (!conditions[i] || !*conditions[i]) continue;
    TRY(expr_compile(a, str_of(conditions[i]), &scope, "tables.csv", plan->spec->line, 1, &x, e));
    TRY(add_slots(a, form, x, 0, names, max, n, e));
  }
  return E_OK;
}

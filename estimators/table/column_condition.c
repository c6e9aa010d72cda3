#include "estimators/table/column_condition.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/expr.h"

enum { MOST_DECIMALS = 9 };
struct scope {
  struct arena *a;
  const struct survey_columns *c;
};

static const struct survey_column *find(const struct survey_columns *c, struct str name) {
  for (int k = 0; k < c->n_columns; k++)
    if (str_eq(str_of(c->column[k].name), name)) return &c->column[k];
  return NULL;
}
/* The fewest decimals with which every value is exact; -1 = more than nine. */
static int decimals_of(const struct survey_column *x, int64_t n) {
  double power = 1;
  int d = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!value_present(x->status[i])) continue;
    while (d <= MOST_DECIMALS && round(x->number[i] * power) / power != x->number[i]) d++, power *= 10;
    if (d > MOST_DECIMALS || fabs(x->number[i] * power) > 9e17) return -1;
  }
  return d;
}
static bool variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  const struct scope *s = context;
  const struct survey_column *x = record.n ? NULL : find(s->c, name);
  if (!x) return false;
  *out = (struct expr_variable){.type = x->number ? EXPR_NUMBER : EXPR_CODE, .unit = ""};
  if (x->number) out->decimals = decimals_of(x, s->c->n) < 0 ? MOST_DECIMALS : decimals_of(x, s->c->n);
  return true;
}
static bool list(void *context, struct str name, const struct str **codes, int64_t *n) {
  (void)context, (void)name, (void)codes, (void)n;
  return false;
}

static enum err_code number_column(const struct scope *s, const struct survey_column *x, struct column *out, struct err *e) {
  const int d = decimals_of(x, s->c->n);
  if (d < 0) return ERR(e, E_TABLE_ITEM, .subject = x->name, .expected = "at most 9 decimals in a condition");
  const double power = pow(10, d);
  out->type = COL_INT, out->decimals = d;
  out->i64 = ARENA_ARRAY(s->a, int64_t, s->c->n + EXPR_BATCH);
  if (!out->i64) return ERR(e, E_NO_MEMORY, .subject = x->name);
  for (int64_t i = 0; i < s->c->n; i++) out->i64[i] = value_present(x->status[i]) ? (int64_t)round(x->number[i] * power) : 0;
  return E_OK;
}
static enum err_code code_column(const struct scope *s, const struct survey_column *x, struct column *out, struct err *e) {
  out->type = COL_CODE, out->dict = dict_new(s->a);
  out->code = ARENA_ARRAY(s->a, int32_t, s->c->n + EXPR_BATCH);
  if (!out->code || !out->dict) return ERR(e, E_NO_MEMORY, .subject = x->name);
  for (int32_t k = 0; k < x->n_levels; k++)
    if (dict_add(out->dict, x->level[k]) != k) return ERR(e, E_NO_MEMORY, .subject = x->name);
  for (int64_t i = 0; i < s->c->n; i++) out->code[i] = x->code[i] < 0 ? 0 : x->code[i];
  return E_OK;
}
static enum err_code bind(const struct scope *s, const struct expr *x, struct expr_binding *b, struct err *e) {
  const struct column **columns = ARENA_ARRAY(s->a, const struct column *, expr_n_slots(x) + 1);
  if (!columns) return ERR(e, E_NO_MEMORY, .subject = "condition");
  for (int i = 0; i < expr_n_slots(x); i++) {
    const struct expr_slot *slot = expr_slot(x, i);
    const struct survey_column *found = find(s->c, str_of(slot->name));
    struct column *c = ARENA_NEW(s->a, struct column);
    if (slot->kind != EXPR_SLOT_CURRENT) return ERR(e, E_TABLE_EXPRESSION, .subject = slot->name, .expected = "columns of the record itself");
    if (!found) return ERR(e, E_TABLE_ITEM, .subject = slot->name);
    if (!c) return ERR(e, E_NO_MEMORY, .subject = slot->name);
    *c = (struct column){.name = found->name, .unit = "", .status = ARENA_ARRAY(s->a, uint8_t, s->c->n + EXPR_BATCH)};
    if (!c->status) return ERR(e, E_NO_MEMORY, .subject = slot->name);
    memcpy(c->status, found->status, (size_t)s->c->n);
    TRY(found->number ? number_column(s, found, c, e) : code_column(s, found, c, e));
    columns[i] = c;
  }
  *b = (struct expr_binding){.columns = columns};
  return E_OK;
}

enum err_code column_condition(struct arena *a, const struct survey_columns *c, const char *text, uint8_t *keep, int64_t *unknown, struct err *e) {
  struct scope s = {a, c};
  const struct expr_scope scope = {.context = &s, .variable = variable, .list = list};
  struct expr *x;
  struct expr_binding b;
  struct arena_mark mark = arena_mark(a);
  TRY(expr_compile(a, str_of(text), &scope, "condition", 1, 1, &x, e));
  if (expr_result_type(x) != EXPR_BOOL) return ERR(e, E_TABLE_EXPRESSION, .subject = text);
  TRY(bind(&s, x, &b, e));
  struct expr_scratch *scratch = expr_scratch_new(a, x);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = "condition");
  *unknown = 0;
  for (int64_t row = 0; row < c->n; row += EXPR_BATCH) {
    const int m = (int)(c->n - row < EXPR_BATCH ? c->n - row : EXPR_BATCH);
    uint8_t result[EXPR_BATCH];
    TRY(expr_eval_bool(x, &b, scratch, row, m, result, e));
    for (int i = 0; i < m; i++) keep[row + i] = result[i] == EXPR_TRUE, *unknown += result[i] == EXPR_UNKNOWN;
  }
  arena_reset(a, mark);
  return E_OK;
}

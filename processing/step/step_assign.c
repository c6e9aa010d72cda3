/* step_assign.c -- a correction rule of the user: where a condition holds, an item gets the value of an expression, with status corrected.
 * Not done where the expression has no value (`no_value`) or the result lies outside the item's limits or code list (`out_of_range`): both
 *          are counted.
 * Source   rule-based correction: de Waal, Pannekoek and Scholtus (2011), Handbook of Statistical Data Editing and Imputation, ch. 2. */
#include <string.h>

#include "processing/step/step_methods.h"

static const struct step_option options[] = {{.key = "item", .kind = STEP_ITEM, .required = true},
    {.key = "value", .kind = STEP_VALUE, .required = true}, {.key = "when", .kind = STEP_CONDITION}, {.key = NULL}};

struct assignment {
  const struct step_spec *spec;
  const struct step_scope *scope;
  const struct item *item;
  const struct step_value *value;
  struct expr_scratch *scratch;
  const uint8_t *when;
  struct str *texts; /* [EXPR_BATCH] */
  int64_t no_value, out_of_range, kept;
};

static struct change_reason reason_of(const struct assignment *a) {
  return (struct change_reason){.method = "assigned", .class = {"", 0}, .donors = -1, .rule = a->spec->rule, .formula = a->value->text};
}

static enum err_code put_number(
    struct job_state *j, struct assignment *a, struct column *c, int64_t row, int64_t record, int64_t value, struct err *e) {
  const struct change_reason why = reason_of(a);
  if ((a->item->has_min && value < a->item->min) || (a->item->has_max && value > a->item->max)) {
    a->out_of_range++;
    return E_OK;
  }
  if (value_present(c->status[row]) && c->i64[row] == value) {
    a->kept++;
    return E_OK;
  }
  j->changed[record] = 1;
  return change_number(&j->log, c, row, record, value, VAL_CORRECTED, &why, e);
}

static enum err_code put_text(
    struct job_state *j, struct assignment *a, struct column *c, int64_t row, int64_t record, struct str value, struct err *e) {
  const struct change_reason why = reason_of(a);
  if (a->item->codelist && !codelist_find(a->item->codelist, value, INT64_MIN)) {
    a->out_of_range++;
    return E_OK;
  }
  if (value_present(c->status[row]) && str_eq(dict_text(c->dict, c->code[row]), value)) {
    a->kept++;
    return E_OK;
  }
  j->changed[record] = 1;
  return change_text(&j->log, c, row, record, value, VAL_CORRECTED, &why, e);
}

static enum err_code assign_batch(struct job_state *j, struct assignment *a, const struct unit_shard *shard, const struct expr_binding *b,
    struct column *c, int64_t row0, int n, struct err *e) {
  int64_t values[EXPR_BATCH] = {0};
  uint8_t status[EXPR_BATCH];
  if (c->type == COL_INT) TRY(expr_eval_int(a->value->x, b, a->scratch, c->decimals, row0, n, values, status, e));
  else TRY(expr_eval_text(a->value->x, b, a->scratch, row0, n, a->texts, status, e));
  for (int i = 0; i < n; i++) {
    int64_t row = row0 + i, record = shard->first_record + row;
    if (!a->scope->selected[record] || a->when[record] != EXPR_TRUE) continue;
    if (!value_present(status[i])) a->no_value++;
    else if (c->type == COL_INT) TRY(put_number(j, a, c, row, record, values[i], e));
    else TRY(put_text(j, a, c, row, record, a->texts[i], e));
  }
  return E_OK;
}

static bool result_fits(const struct item *it, const struct expr *x) {
  enum expr_type t = expr_result_type(x);
  bool date = it->class == CLASS_DATE || it->class == CLASS_WAREKI;
  if (it->type == COL_INT) return t == (date ? EXPR_DATE : EXPR_NUMBER);
  return t == EXPR_CODE || t == EXPR_TEXT;
}

static enum err_code assign_all(struct job_state *j, struct assignment *a, struct err *e) {
  for (int i = 0; i < j->n_shards; i++) {
    const struct unit_shard *shard = &j->shards[i];
    struct column *c = table_column(shard->current, a->item->name);
    struct expr_binding b;
    int64_t rows = shard->current->n_rows;
    if (!c) return ERR(e, E_EDIT_NO_COLUMN, .subject = a->item->name);
    TRY(edit_bind(j->arena, a->value->x, shard, &b, e));
    for (int64_t row = 0; row < rows; row += EXPR_BATCH)
      TRY(assign_batch(j, a, shard, &b, c, row, rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH, e));
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  uint8_t *when = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  struct assignment a = {.spec = s, .scope = scope, .item = step_value_of(s, "item")->items[0], .value = step_value_of(s, "value"), .when = when};
  if (a.item->required || a.item->origin == ORIGIN_DERIVED) return ERR(e, E_IMPUTE_ITEM, .subject = a.item->name);
  if (!result_fits(a.item, a.value->x)) return ERR(e, E_FORM_EXPRESSION, .subject = a.item->name, .expected = "a value of the item's kind");
  a.scratch = expr_scratch_new(j->arena, a.value->x);
  a.texts = ARENA_ARRAY(j->arena, struct str, EXPR_BATCH);
  if (!when || !a.scratch || !a.texts) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(job_condition(j, step_value_of(s, "when")->x, when, e));
  TRY(assign_all(j, &a, e));
  step_note(r, "already_so", a.kept);
  step_note(r, "no_value", a.no_value);
  step_note(r, "out_of_range", a.out_of_range);
  return E_OK;
}

const struct step_method step_assign = {.name = "assign", .options = options, .run = run};

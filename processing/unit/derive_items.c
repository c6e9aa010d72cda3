#include "processing/unit/derive_items.h"

#include <stdio.h>
#include <string.h>

#include "processing/edit/edit_rule.h"

struct derivation {
  const struct item *item;
  const struct unit_shard *shard;
  const uint8_t *changed;
  struct change_log *log;
  struct column *column;
  struct expr_binding value, universe;
  struct expr_scratch *value_scratch, *universe_scratch;
  char rule[48];
};

static uint8_t status_in(uint8_t universe, uint8_t status) {
  if (universe == EXPR_FALSE) return VAL_NOT_APPLICABLE;
  return universe == EXPR_UNKNOWN ? (uint8_t)VAL_UNKNOWN : status;
}

static enum err_code put_number(const struct derivation *d, int64_t row, int64_t value, uint8_t status, struct err *e) {
  const struct change_reason why = {.method = "derived", .class = {"", 0}, .donors = -1, .rule = d->rule};
  if (d->column->status[row] == status && (!value_present(status) || d->column->i64[row] == value)) return E_OK;
  return change_number(d->log, d->column, row, d->shard->first_record + row, value, status, &why, e);
}

static enum err_code put_text(const struct derivation *d, int64_t row, struct str value, uint8_t status, struct err *e) {
  const struct change_reason why = {.method = "derived", .class = {"", 0}, .donors = -1, .rule = d->rule};
  if (d->column->status[row] == status && (!value_present(status) || str_eq(dict_text(d->column->dict, d->column->code[row]), value))) return E_OK;
  return change_text(d->log, d->column, row, d->shard->first_record + row, value, status, &why, e);
}

static enum err_code derive_batch(const struct derivation *d, int64_t row, int n, struct err *e) {
  static _Thread_local struct str texts[EXPR_BATCH];
  int64_t values[EXPR_BATCH];
  uint8_t status[EXPR_BATCH], universe[EXPR_BATCH];
  bool number = d->column->type == COL_INT;
  memset(universe, EXPR_TRUE, sizeof universe);
  if (d->item->universe) TRY(expr_eval_bool(d->item->universe, &d->universe, d->universe_scratch, row, n, universe, e));
  if (number) TRY(expr_eval_int(d->item->expression, &d->value, d->value_scratch, d->column->decimals, row, n, values, status, e));
  else TRY(expr_eval_text(d->item->expression, &d->value, d->value_scratch, row, n, texts, status, e));
  for (int i = 0; i < n; i++) {
    if (!d->changed[d->shard->first_record + row + i]) continue;
    uint8_t s = status_in(universe[i], status[i]);
    if (number) TRY(put_number(d, row + i, values[i], s, e));
    else TRY(put_text(d, row + i, texts[i], s, e));
  }
  return E_OK;
}

static enum err_code derive_one(struct arena *a, const struct derivation *given, struct err *e) {
  struct derivation d = *given;
  TRY(edit_bind(a, d.item->expression, d.shard, &d.value, e));
  if (d.item->universe) TRY(edit_bind(a, d.item->universe, d.shard, &d.universe, e));
  d.value_scratch = expr_scratch_new(a, d.item->expression);
  d.universe_scratch = d.item->universe ? expr_scratch_new(a, d.item->universe) : NULL;
  if (!d.value_scratch || (d.item->universe && !d.universe_scratch)) return ERR(e, E_NO_MEMORY, .subject = d.item->name);
  (void)snprintf(d.rule, sizeof d.rule, "items.csv:%lld", (long long)d.item->line);
  for (int64_t row = 0; row < d.shard->current->n_rows; row += EXPR_BATCH)
    TRY(derive_batch(&d, row, d.shard->current->n_rows - row < EXPR_BATCH ? (int)(d.shard->current->n_rows - row) : EXPR_BATCH, e));
  return E_OK;
}

enum err_code derive_item(
    struct arena *a, const struct item *item, const struct unit_shard *shard, const uint8_t *changed, struct change_log *log, struct err *e) {
  const struct derivation d = {.item = item, .shard = shard, .changed = changed, .log = log, .column = table_column(shard->current, item->name)};
  return item->origin == ORIGIN_DERIVED && item->expression && d.column ? derive_one(a, &d, e) : E_OK;
}

enum err_code derive_items(
    struct arena *a, const struct form *form, const struct unit_shard *shard, const uint8_t *changed, struct change_log *log, struct err *e) {
  for (int i = 0; i < form->n_items; i++) TRY(derive_item(a, &form->items[i], shard, changed, log, e));
  return E_OK;
}

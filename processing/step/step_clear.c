/* step_clear.c -- takes away the values that are flagged `impute`, so that the steps after it find them missing. The old value stays in the change
 * log. */
#include "processing/step/step_methods.h"

static enum err_code clear_value(
    struct job_state *j, const struct step_spec *s, const struct unit_shard *shard, struct column *c, int64_t row, struct err *e) {
  const struct change_reason why = {.method = "cleared", .class = {"", 0}, .donors = -1, .rule = s->rule};
  int64_t record = shard->first_record + row;
  j->changed[record] = 1;
  if (c->type == COL_INT) return change_number(&j->log, c, row, record, 0, VAL_BLANK, &why, e);
  return change_text(&j->log, c, row, record, STR(""), VAL_BLANK, &why, e);
}

static enum err_code clear_item(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, int item, int64_t *kept, struct err *e) {
  for (int i = 0; i < j->n_shards; i++) {
    const struct unit_shard *shard = &j->shards[i];
    struct column *c = table_column(shard->current, j->form->items[item].name);
    for (int64_t row = 0; c && row < shard->current->n_rows; row++) {
      int64_t record = shard->first_record + row;
      if (!scope->selected[record] || !cell_flagged(&j->flags, item, record, FLAG_IMPUTE) || !value_present(c->status[row])
          || c->status[row] == VAL_IMPUTED)
        continue;
      if (j->form->items[item].required || j->form->items[item].origin == ORIGIN_DERIVED) (*kept)++;
      else TRY(clear_value(j, s, shard, c, row, e));
    }
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  int64_t kept = 0;
  for (int item = 0; item < j->form->n_items; item++)
    if (j->flags.of_item[item]) TRY(clear_item(j, s, scope, item, &kept, e));
  step_note(r, "keys_and_derived_kept", kept);
  return E_OK;
}

const struct step_method step_clear = {.name = "clear", .run = run};

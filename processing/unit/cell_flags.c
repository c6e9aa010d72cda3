#include "processing/unit/cell_flags.h"

#include <string.h>

const char *cell_flag_name(enum cell_flag f) { return f == FLAG_IMPUTE ? "impute" : "exclude"; }

enum err_code cell_flags_init(struct cell_flags *f, struct arena *a, const struct form *form, int64_t n_records, struct err *e) {
  static const struct column columns[FLAGGED_COLUMNS] = {
      [FLAGGED_RECORD_NO] = {.name = "record_no", .type = COL_INT}, [FLAGGED_ITEM] = {.name = "item", .type = COL_CODE},
      [FLAGGED_FLAG] = {.name = "flag", .type = COL_CODE},          [FLAGGED_STEP] = {.name = "step", .type = COL_CODE},
      [FLAGGED_RULE] = {.name = "rule", .type = COL_CODE},          [FLAGGED_REASON] = {.name = "reason", .type = COL_TEXT},
  };
  *f = (struct cell_flags){.arena = a, .form = form, .n_records = n_records, .of_item = ARENA_ARRAY(a, uint8_t *, form->n_items + 1)};
  if (!f->of_item) return ERR(e, E_NO_MEMORY, .subject = "flags");
  return table_init(&f->log, a, columns, FLAGGED_COLUMNS, 64, e);
}

static enum err_code append(struct table *t, const char *item, int64_t record, const char *flag, const struct flag_reason *why, struct err *e) {
  const char *const texts[] = {item, flag, why->step, why->rule, why->text};
  TRY(table_reserve(t, t->n_rows + 1, e));
  t->columns[FLAGGED_RECORD_NO].i64[t->n_rows] = record + 1;
  t->columns[FLAGGED_RECORD_NO].status[t->n_rows] = VAL_DERIVED;
  for (int i = 0; i < 5; i++) {
    struct column *c = &t->columns[FLAGGED_ITEM + i];
    c->status[t->n_rows] = VAL_DERIVED;
    if ((c->code[t->n_rows] = dict_add(c->dict, str_of(texts[i]))) < 0) return ERR(e, E_NO_MEMORY, .subject = "flags");
  }
  t->n_rows++;
  return E_OK;
}

enum err_code cell_flag_set(struct cell_flags *f, int item, int64_t record, enum cell_flag flag, const struct flag_reason *why, struct err *e) {
  if (item < 0 || item >= f->form->n_items || record < 0 || record >= f->n_records) return ERR(e, E_BUG, .subject = "cell flag");
  if (!f->of_item[item] && !(f->of_item[item] = ARENA_ARRAY(f->arena, uint8_t, f->n_records + 1))) return ERR(e, E_NO_MEMORY, .subject = "flags");
  if (f->of_item[item][record] & flag) return E_OK;
  TRY(append(&f->log, f->form->items[item].name, record, cell_flag_name(flag), why, e));
  f->of_item[item][record] |= (uint8_t)flag;
  return E_OK;
}

enum err_code cell_flags_restore(struct cell_flags *f, const struct table *log, struct err *e) {
  char buffers[FLAGGED_COLUMNS][64];
  for (int64_t row = 0; row < log->n_rows; row++) {
    const char *texts[FLAGGED_COLUMNS] = {0};
    for (int k = FLAGGED_ITEM; k < FLAGGED_COLUMNS; k++) {
      struct str s = column_text(&log->columns[k], row, buffers[k], sizeof buffers[k]);
      if (!(texts[k] = arena_strdup(f->arena, s.p, s.n))) return ERR(e, E_NO_MEMORY, .subject = "flags");
    }
    const struct flag_reason why = {texts[FLAGGED_STEP], texts[FLAGGED_RULE], texts[FLAGGED_REASON]};
    enum cell_flag flag = strcmp(texts[FLAGGED_FLAG], "impute") == 0 ? FLAG_IMPUTE : FLAG_EXCLUDE;
    TRY(cell_flag_set(f, form_item_index(f->form, texts[FLAGGED_ITEM]), log->columns[FLAGGED_RECORD_NO].i64[row] - 1, flag, &why, e));
  }
  return E_OK;
}

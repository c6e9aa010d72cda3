#include "processing/unit/change_log.h"

enum err_code change_log_init(struct change_log *log, struct arena *a, struct err *e) {
  static const struct column columns[CHANGE_COLUMNS] = {
      [CHANGE_RECORD_NO] = {.name = "record_no", .type = COL_INT}, [CHANGE_ITEM] = {.name = "item", .type = COL_CODE},
      [CHANGE_OLD_VALUE] = {.name = "old_value", .type = COL_TEXT}, [CHANGE_OLD_STATUS] = {.name = "old_status", .type = COL_CODE},
      [CHANGE_NEW_VALUE] = {.name = "new_value", .type = COL_TEXT}, [CHANGE_NEW_STATUS] = {.name = "new_status", .type = COL_CODE},
      [CHANGE_METHOD] = {.name = "method", .type = COL_CODE},       [CHANGE_CLASS] = {.name = "class", .type = COL_TEXT},
      [CHANGE_LEVEL] = {.name = "level", .type = COL_INT},          [CHANGE_DONORS] = {.name = "donors", .type = COL_INT},
      [CHANGE_STEP] = {.name = "step", .type = COL_INT},            [CHANGE_RULE] = {.name = "rule", .type = COL_CODE},
      [CHANGE_JOB_STEP] = {.name = "job_step", .type = COL_CODE},   [CHANGE_DONOR] = {.name = "donor", .type = COL_INT},
      [CHANGE_FORMULA] = {.name = "formula", .type = COL_TEXT},     [CHANGE_RUN] = {.name = "run", .type = COL_CODE},
  };
  log->job_step = log->run = "";
  return table_init(&log->table, a, columns, CHANGE_COLUMNS, 256, e);
}

static void put_int(struct table *t, enum change_column k, int64_t value, bool known) {
  t->columns[k].i64[t->n_rows] = known ? value : 0;
  t->columns[k].status[t->n_rows] = known ? VAL_DERIVED : VAL_BLANK;
}

static bool put_text(struct table *t, enum change_column k, struct str text, bool known) {
  t->columns[k].status[t->n_rows] = known ? VAL_DERIVED : VAL_BLANK;
  return (t->columns[k].code[t->n_rows] = dict_add(t->columns[k].dict, known ? text : STR(""))) >= 0;
}

/* The line without the new value; it is complete when n_rows moves on. */
static bool put_before(struct change_log *log, const struct column *c, int64_t row, int64_t record, uint8_t status, const struct change_reason *why) {
  char buffer[64];
  struct table *t = &log->table;
  put_int(t, CHANGE_DONOR, why->donor, why->donor > 0);
  put_int(t, CHANGE_RECORD_NO, record + 1, true);
  put_int(t, CHANGE_LEVEL, why->level, why->level > 0);
  put_int(t, CHANGE_DONORS, why->donors, why->donors >= 0);
  put_int(t, CHANGE_STEP, why->step, why->step > 0);
  return put_text(t, CHANGE_ITEM, str_of(c->name), true)
      && put_text(t, CHANGE_OLD_VALUE, column_text(c, row, buffer, sizeof buffer), value_present(c->status[row]))
      && put_text(t, CHANGE_OLD_STATUS, str_of(value_status_name(c->status[row])), true)
      && put_text(t, CHANGE_NEW_STATUS, str_of(value_status_name(status)), true) && put_text(t, CHANGE_METHOD, str_of(why->method), true)
      && put_text(t, CHANGE_CLASS, why->class, why->class.n > 0) && put_text(t, CHANGE_RULE, str_of(why->rule), true)
      && put_text(t, CHANGE_JOB_STEP, str_of(log->job_step), *log->job_step)
      && put_text(t, CHANGE_FORMULA, str_of(why->formula), why->formula && *why->formula) && put_text(t, CHANGE_RUN, str_of(log->run), *log->run);
}

enum err_code change_number(struct change_log *log, struct column *c, int64_t row, int64_t record, int64_t value, uint8_t status,
    const struct change_reason *why, struct err *e) {
  struct table *t = &log->table;
  char buffer[64];
  struct column after = *c;
  TRY(table_reserve(t, t->n_rows + 1, e));
  if (c->type != COL_INT) return ERR(e, E_BUG, .subject = "change_number");
  if (!put_before(log, c, row, record, status, why)) return ERR(e, E_NO_MEMORY, .subject = "changes");
  after.i64 = &value;
  after.status = &status;
  if (!put_text(t, CHANGE_NEW_VALUE, column_text(&after, 0, buffer, sizeof buffer), value_present(status)))
    return ERR(e, E_NO_MEMORY, .subject = "changes");
  c->i64[row] = value_present(status) ? value : 0;
  c->status[row] = status;
  t->n_rows++;
  return E_OK;
}

enum err_code change_text(struct change_log *log, struct column *c, int64_t row, int64_t record, struct str value, uint8_t status,
    const struct change_reason *why, struct err *e) {
  struct table *t = &log->table;
  bool present = value_present(status);
  TRY(table_reserve(t, t->n_rows + 1, e));
  if (c->type != COL_CODE && c->type != COL_TEXT) return ERR(e, E_BUG, .subject = "change_text");
  int32_t id = present ? dict_add(c->dict, value) : 0;
  if (id < 0 || !put_before(log, c, row, record, status, why) || !put_text(t, CHANGE_NEW_VALUE, value, present))
    return ERR(e, E_NO_MEMORY, .subject = "changes");
  c->code[row] = id;
  c->status[row] = status;
  t->n_rows++;
  return E_OK;
}

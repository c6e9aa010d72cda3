/* change_log.h -- every changed value: what it was, what it became, by which method, class, step and rule. A columnar table, one row per changed
 *    value.
 * Columns  record_no (from 1), item, old_value, old_status, new_value, new_status, method, class, level, donors, step, rule, job_step, donor,
 *          formula, run. Values are texts in the item's own form (decimal number, code, ISO date), "" for a missing one; level, donors, step,
 *          donor and formula are blank where the method has none. job_step: name of the step in process.json; donor: record number (from 1) of
 *          the record that gave the value.
 * Memory   grows in the arena of the table. */
#ifndef SHIRABE_PROCESSING_UNIT_CHANGE_LOG_H
#define SHIRABE_PROCESSING_UNIT_CHANGE_LOG_H
#include "base/table.h"

enum change_column {
  CHANGE_RECORD_NO,
  CHANGE_ITEM,
  CHANGE_OLD_VALUE,
  CHANGE_OLD_STATUS,
  CHANGE_NEW_VALUE,
  CHANGE_NEW_STATUS,
  CHANGE_METHOD,
  CHANGE_CLASS,
  CHANGE_LEVEL,
  CHANGE_DONORS,
  CHANGE_STEP,
  CHANGE_RULE,
  CHANGE_JOB_STEP,
  CHANGE_DONOR,
  CHANGE_FORMULA,
  CHANGE_RUN,
  CHANGE_COLUMNS
};

struct change_reason {
  const char *method; /* "previous_ratio", "derived" ... */
  struct str class;   /* "E16;3" at its level, "" = all units or none */
  int level;          /* from 1, in the order of collapsing; 0 = none */
  int64_t donors;     /* -1 = none */
  int64_t step;       /* order in impute.csv; 0 = none */
  const char *rule;   /* "impute.csv:2", "items.csv:61" */
  int64_t donor;      /* record number from 1; 0 = none */
  const char *formula; /* "x_prev * 1.034" or the expression; NULL = none */
};
struct change_log {
  struct table table;
  const char *job_step, *run; /* written into every row until they are set anew; "" at first */
};
enum err_code change_log_init(struct change_log *log, struct arena *a, struct err *e) NODISCARD;
/* Call with the column before the change; the new value and status are written to the log and into the column: none is changed without the other. */
enum err_code change_number(struct change_log *log, struct column *c, int64_t row, int64_t record, int64_t value, uint8_t status,
    const struct change_reason *why, struct err *e) NODISCARD;
/* The same for a code or text. */
enum err_code change_text(struct change_log *log, struct column *c, int64_t row, int64_t record, struct str value, uint8_t status,
    const struct change_reason *why, struct err *e) NODISCARD;
#endif

/* cell_flags.h -- flags of single values: to be imputed, or not to serve others; each with the step and rule that set it and the reason in plain
 *    words.
 * Shapes   bits per item and record (record = first_record + row); log: one row per flag in the order of setting: record_no (from 1), item, flag,
 *          step, rule, reason. A flag that stands already keeps its first reason: setting it again changes nothing.
 * Names    "impute" (field to impute, FTI): the value is not to be kept; "exclude" (FTE): the value stays but is no donor and counts in no mean.
 * Memory   one byte per record for each item that has a flag; the log in its table's arena. */
#ifndef SHIRABE_PROCESSING_UNIT_CELL_FLAGS_H
#define SHIRABE_PROCESSING_UNIT_CELL_FLAGS_H
#include "forms/form.h"

enum cell_flag { FLAG_IMPUTE = 1, FLAG_EXCLUDE = 2 };
const char *cell_flag_name(enum cell_flag f); /* "impute", "exclude" */

enum flag_column { FLAGGED_RECORD_NO, FLAGGED_ITEM, FLAGGED_FLAG, FLAGGED_STEP, FLAGGED_RULE, FLAGGED_REASON, FLAGGED_COLUMNS };
struct cell_flags {
  struct arena *arena;
  const struct form *form;
  int64_t n_records;
  uint8_t **of_item; /* [n_items]; NULL = no flag of this item */
  struct table log;
};
struct flag_reason {
  const char *step, *rule, *text;
};
enum err_code cell_flags_init(struct cell_flags *f, struct arena *a, const struct form *form, int64_t n_records, struct err *e) NODISCARD;
enum err_code cell_flag_set(
    struct cell_flags *f, int item, int64_t record, enum cell_flag flag, const struct flag_reason *why, struct err *e) NODISCARD;
static inline bool cell_flagged(const struct cell_flags *f, int item, int64_t record, enum cell_flag flag) {
  return f->of_item[item] && (f->of_item[item][record] & flag);
}
/* The flags of a log that was kept: E_BUG when it names no item of the form or no record. */
enum err_code cell_flags_restore(struct cell_flags *f, const struct table *log, struct err *e) NODISCARD;
#endif

/* step_view.h -- the records of a step as the numeric methods want them, and the way back: for steps that work on named items instead of rules.
 * Rows     the selected records that belong to a by-group, in the order of records: record[row] = number from 0, group[row]. Those without one are
 *          counted in no_group.
 * Columns  now: the items in their order, then "(weight)" where wanted; before: the same items of the previous period, all blank where the unit
 *          was not there.
 * Target   a value may be replaced when it is flagged `impute`, is no key and no derived item, is not VAL_NOT_APPLICABLE and was not imputed
 *          since.
 * Units    stored integer / 10^decimals of the item; weights 1 = one unit. Back: rounded to the item's decimals, half away from zero; outside the
 *          item's limits nothing is written. Unit ids: the form's keys joined by "/". Errors: E_NUM_COLUMN, E_NO_WEIGHT, E_IMPUTE_OVERFLOW.
 *          Memory: 9 bytes per value and period. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_VIEW_H
#define SHIRABE_PROCESSING_JOB_STEP_VIEW_H
#include "processing/step/step.h"
#include "processing/unit/num_table.h"

struct step_view {
  const struct item *const *items;
  int n_items;
  struct num_table now, before;
  int64_t *record;
  int32_t *group;
  int64_t no_group;
};
struct step_view_want {
  bool before, weight; /* weight: of plan->weight; without one the column is not made */
};
enum err_code step_view_make(struct job_state *j, const struct step_scope *scope, const struct item *const *items, int n_items,
    struct step_view_want want, struct step_view *out, struct err *e) NODISCARD;
/* Only rows, groups and units: for items that are no numbers. */
enum err_code step_view_rows(struct job_state *j, const struct step_scope *scope, struct step_view *out, struct err *e) NODISCARD;
/* The keys of a record of the step's type joined by "/". */
enum err_code step_unit_id(struct job_state *j, int64_t record, struct str *out, struct err *e) NODISCARD;
bool step_target(const struct job_state *j, const struct item *item, int64_t record);
/* The status of an item's value in a record: VAL_BLANK where the table has no such column. */
uint8_t step_status(const struct job_state *j, const struct item *item, int64_t record);
/* [n_records] 1 = the value is missing and the item's universe is false now: never asked for. NULL in *out where the item has no universe. */
enum err_code step_not_asked(struct job_state *j, const struct item *item, uint8_t **out, struct err *e) NODISCARD;

enum step_put { STEP_PUT, STEP_PUT_OUT_OF_RANGE };
/* The value into the record, VAL_IMPUTED, and into the log. */
enum err_code step_put_number(struct job_state *j, const struct item *item, int64_t record, double value, const struct change_reason *why,
    enum step_put *done, struct err *e) NODISCARD;
/* The value of another record, number, code or text. */
enum err_code step_put_copy(
    struct job_state *j, const struct item *item, int64_t record, int64_t from, const struct change_reason *why, struct err *e) NODISCARD;

/* --- checks of options, before any data are read: the place is put in by who calls check --- */
enum err_code step_refuse(const char *key, const char *expected, struct err *e);
/* Items that a step imputes: no keys, no derived ones. */
enum err_code step_check_items(const struct step_spec *s, const char *key, struct err *e) NODISCARD;
/* Errors of a method at the step's place in process.json. */
enum err_code step_placed(const struct job_state *j, const struct step_spec *s, enum err_code code, struct err *e);
#endif

/* step_correct.h -- for steps that correct named items of a record together: the records as a table with two more columns for what they are compared
 * with, what may not move, and the way back.
 * Columns  t: the items in their order, then (predictive), (auxiliary): blank until the step fills them.
 * Fixed    fixed[column][row]: keys, derived items, values flagged `impute` or imputed already, and what does not apply.
 * Back     a record is changed wholly or not at all: where one new value lies outside its item's limits none is written, and it is counted. Status
 *          VAL_CORRECTED. Memory: 10 bytes per value. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_CORRECT_H
#define SHIRABE_PROCESSING_JOB_STEP_CORRECT_H
#include "processing/correct/correct.h"
#include "processing/step/step_view.h"

struct step_correct {
  struct step_view view;
  struct num_table t;
  int predictive, auxiliary; /* columns of t */
  const uint8_t *const *fixed;
};
enum err_code step_correct_make(struct job_state *j, const struct step_scope *scope, const struct item *const *items, int n, bool before,
    struct step_correct *out, struct err *e) NODISCARD;
/* The value of an expression (NULL: none) for every row, to so many decimals. */
enum err_code step_correct_value(struct job_state *j, const struct step_view *v, struct expr *x, int decimals, struct num_column *to,
    struct err *e) NODISCARD;
struct step_written {
  int64_t records, out_of_range;
};
/* formula(context, row, change): what the log says of it. */
enum err_code step_correct_put(struct job_state *j, const struct step_spec *s, const struct step_correct *c, const struct corrections *list,
    const char *(*formula)(void *context, const struct correction *one), void *context, struct step_written *out, struct err *e) NODISCARD;
/* "a;b": the names of items for a proposal; NULL: out of memory. */
const char *step_correct_names(struct arena *a, const struct item *const *items, int n, const char *between);
/* Tells the user how many records of the step could not be judged; nothing where there is none. */
void step_correct_tell(const struct job_state *j, const struct step_spec *s, enum err_code code, int64_t n);
#endif

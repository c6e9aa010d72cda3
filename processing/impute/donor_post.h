/* donor_post.h -- after imputation: the values are put in, and every rule is looked at again. What still fails is FAILED_POST, with the rules named.
 * Rows     those of the list, in its order; a rule with a missing item is unknown, not failed, and makes the row unknown unless another one fails.
 * Bounds   of the system count as rules of the index m + variable.
 * Missing  by status. Errors: memory, E_NUM_COLUMN. Memory: 16 bytes per failure. Cost: rows * coefficients.
 * Source   de Waal, Pannekoek and Scholtus (2011), ch. 10: imputed records are checked by the rules that found the errors. */
#ifndef SHIRABE_PROCESSING_IMPUTE_DONOR_POST_H
#define SHIRABE_PROCESSING_IMPUTE_DONOR_POST_H
#include "processing/impute/donor.h"

enum donor_post_state { POST_HOLDS, POST_UNKNOWN, FAILED_POST };
struct donor_failure {
  int64_t row;
  int rule; /* edit, or m + variable whose bound is broken */
};
struct donor_post {
  uint8_t *state; /* [n_rows] enum donor_post_state */
  int64_t n_failures, by_state[3];
  struct donor_failure *failures; /* in order of rows, rules ascending */
};
/* Values and status VAL_IMPUTED into t. */
void donor_apply(struct num_table *t, const struct donor_result *r);
enum err_code donor_post_check(struct arena *a, const struct num_table *t, const struct linear_system *rules, const int64_t *rows, int64_t n_rows,
                               struct donor_post *out, struct err *e) NODISCARD;
/* The rule's name: its id, or the variable whose bound it is. */
const char *donor_post_rule(const struct linear_system *rules, int rule);
/* One failure as E_DONOR_FAILED_POST: unit and rule, no value. */
void donor_post_error(const struct num_table *t, const struct linear_system *rules, const struct donor_failure *f, struct err *e);
#endif

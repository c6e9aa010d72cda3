/* step_rules.h -- the linear rules of a job's step and the records they speak of, for the numeric methods: localisation, deterministic values,
 *    donors, prorating ...
 * Rules    the hard checks named by the step that are linear, with the condition that most of them share (rule_part.h); the rest is not seen by
 *          numeric methods.
 * Records  the selected ones to which the condition applies: rows of t, in the order of records; record[row] = number from 0. Unit ids: the
 *          form's keys joined by /.
 * Columns  t: one per variable of the system, in its order; item[j] = index into form->items, -1 = a constant of the record (prev(x), frame(x)),
 *          never changed.
 * Units    of the items (stored integer / 10^decimals). A result becomes the stored integer by rounding half away from zero; whole values up to
 *          2^53 are exact.
 * Memory   9 bytes per value twice while it is made, in the job's arena. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_RULES_H
#define SHIRABE_PROCESSING_JOB_STEP_RULES_H
#include "processing/edit/rule_build.h"
#include "processing/edit/rule_part.h"
#include "processing/step/step.h"
#include "processing/unit/num_table.h"

struct step_rules {
  struct rule_form form;
  struct rule_set chosen;  /* the rules of the step's checks */
  struct rule_part part;
  const struct linear_system *system;
  struct num_table t;
  int64_t *record;         /* [t.n] */
  int *item;               /* [p] */
  int32_t *group;          /* [t.n] by-group */
};
enum err_code step_rules_build(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_rules *out, struct err *e) NODISCARD;
/* Only form, chosen and part: which rules there are. */
enum err_code step_rules_choose(struct job_state *j, const struct step_spec *s, struct step_rules *out, struct err *e) NODISCARD;
/* The unit's id: its keys joined by /. */
enum err_code step_row_id(struct arena *a, const struct record_type *type, const struct unit_shard *shard, int64_t row, struct str *out,
    struct err *e) NODISCARD;
/* Named items of the selected records instead of rules: columns in the order of items. */
enum err_code step_items_build(
    struct job_state *j, const struct step_scope *scope, const struct item *const *items, int n, struct step_rules *out, struct err *e) NODISCARD;
/* [p] each [t.n] bytes: 1 = the value is flagged; NULL where no value of the variable is. What an earlier step
 * has imputed is no longer open: it does not count as flagged `impute`. */
enum err_code step_rules_flags(struct job_state *j, const struct step_rules *r, enum cell_flag flag, uint8_t ***out, struct err *e) NODISCARD;
struct step_change {
  const char *method, *formula; /* formula NULL = none */
  int64_t donor;                /* record from 1; 0 = none */
  uint8_t status;               /* VAL_IMPUTED, VAL_CORRECTED */
};
/* The new value of row and variable, into the record and the log. *written is false when it is the old one already. E_IMPUTE_OVERFLOW beyond 2^63. */
enum err_code step_rules_put(struct job_state *j, const struct step_spec *s, const struct step_rules *r, int64_t row, int var, double value,
    const struct step_change *c, bool *written, struct err *e) NODISCARD;
/* "a;b": the items of the edits that the row breaks now, for proposals; the first item of the system where none is. */
const char *step_rules_failing(struct job_state *j, const struct step_rules *r, int64_t row);
#endif

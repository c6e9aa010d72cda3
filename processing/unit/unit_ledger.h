/* unit_ledger.h -- units and values in, out and why; the counts always add up or the run stops with E_LEDGER_UNBALANCED (our bug).
 * Units    in = failed_hard + undecided + failed_soft + failed_info + clean; each unit once, in the first of these that holds (undecided: a hard
 *          check is unknown and none fails). in = matched + new against the previous period. With several record types a check counts the
 *          records of its own; the register is matched for the types that carry its keys.
 * Values   per line of impute.csv and item: missing = imputed + every reason why not. Over all lines: missing + emptied = imputed + filled + left,
 *          and as many values were imputed as the change log has rows of impute.csv. */
#ifndef SHIRABE_PROCESSING_UNIT_UNIT_LEDGER_H
#define SHIRABE_PROCESSING_UNIT_UNIT_LEDGER_H
#include "processing/edit/edit_run.h"
#include "processing/impute/impute_plan.h"
#include "processing/unit/unit_join.h"

struct unit_states {
  int64_t in, failed_hard, failed_soft, failed_info, undecided, clean;
};
struct unit_ledger {
  struct unit_states edited, imputed; /* before and after imputation */
  struct unit_match previous, frame;  /* rows 0 when there is no such dataset */
  const int64_t *of_type;             /* records of each record type; NULL = the form has one */
  int64_t values_missing, values_imputed, values_left; /* found by the first line of impute.csv for each item, imputed by all, left by the last */
  int64_t values_filled, values_emptied; /* net, between two lines for the same item, by other steps (or by a universe that moved) */
  int64_t values_logged; /* rows that the lines of impute.csv wrote into the change log */
};
struct unit_states unit_states_of(const struct edit_result *r);
void unit_ledger_values(struct unit_ledger *l, const struct impute_report *r);
enum err_code unit_ledger_check(const struct unit_ledger *l, const struct form *form, const struct edit_result *edited,
    const struct edit_result *imputed, const struct impute_report *r, struct err *e) NODISCARD;
#endif

/* sdc_action.h -- what a survey's profile does with a table instead of suppressing: rounding, small counts, redact then round, cell keys.
 * Profile  "action": "suppress" (the default) | "round" | "small-counts" | "redact-round" | "cell-key"; "base", "threshold"; for cell-key "range",
 *          "variance", "stay", "blocked".
 * Treated  tables of counts: measures additive, whole, shown and never above n (an amount is not
 *          protected by rounding it); "round" and "small-counts" also need that every sum of
 *          sdc_additive holds. Any other table gets a refusal that says why: it is not released, and not treated otherwise.
 * Effect   figures and n are replaced; standard errors, cv, degrees of freedom, intervals, design effects and kept contributions go, because they
 *          would give the figure back; a note says what was done (never the range of the noise). Redacted rows are suppressed with n.
 * Round    controlled rounding, each measure and n apart (n = a measure of the same units stays equal to it by being rounded from the same cells and
 *          costs); where none exists the table is refused. Redact-round and round are then attacked (suppress/perturb.h): a small figure that is
 *          found
 *          exactly refuses the table.
 * Noise    cell keys hang on scope (survey and period), dimension names and codes, number of units and the secret: the same cell has the same
 *          noise in every table and edition, one with a unit more or less has another.
 * Errors   E_SDC_ACTION (profile), E_SDC_SOLVER, E_NO_MEMORY. Cost: as the methods. Source: suppress/suppress.md. */
#ifndef SHIRABE_ESTIMATORS_SDC_ACTION_H
#define SHIRABE_ESTIMATORS_SDC_ACTION_H
#include "base/ext_json.h"
#include "estimators/sdc/sdc_additive.h"

enum sdc_action_kind { SDC_ACTION_SUPPRESS, SDC_ACTION_ROUND, SDC_ACTION_SMALL_COUNTS, SDC_ACTION_REDACT_ROUND, SDC_ACTION_CELL_KEY, SDC_N_ACTIONS };
struct sdc_action {
  enum sdc_action_kind kind;
  int64_t base, threshold;
  int range, blocked;
  double variance, stay;
};
const char *sdc_action_word(enum sdc_action_kind k);
/* profile: one entry of disclosure_profiles.json; NULL or without "action" = suppress. */
enum err_code sdc_action_read(const struct json_value *profile, struct sdc_action *out, struct err *e) NODISCARD;
/* secret [16], NULL: a table of cell keys is refused. Sets t->refusal where the table cannot be treated. */
enum err_code sdc_action_apply(struct result_table *t, const struct sdc_action *x, const uint8_t *secret, const char *scope,
    const struct sdc_sum_rule *rules, int n_rules, struct err *e) NODISCARD;
#endif

/* sdc_secondary.h -- secondary suppression of a result table: where a suppressed figure could be found by subtraction, further rows are hidden
 * until an audit with linear programmes passes for every measure. What cannot be treated stays refused by sdc_additive_check. Treated  tables
 * whose measures are all additive, all shown before primary suppression, exact in their decimals, with every sum of sdc_additive true: full
 * counts and totals. Weighted estimates, means and ratios are not: their sums do not hold in the published decimals. Pattern  whole rows: a
 * hidden row loses all measures and n, so that no measure of it tells another. Each primary row may be known to no closer than 1 unit of the last
 * decimal on either side, in every measure and in n. Use      sdc_secondary_values before sdc_primary (which clears values), sdc_secondary after
 * it. Errors   E_NO_MEMORY, E_SDC_SOLVER. Cost: suppression by flows once or twice per measure (suppress/flow.h). */
#ifndef SHIRABE_ESTIMATORS_SDC_SECONDARY_H
#define SHIRABE_ESTIMATORS_SDC_SECONDARY_H
#include "estimators/sdc/sdc_additive.h"

struct sdc_secondary_values { /* what the table held before primary suppression */
  bool treated;               /* else nothing is kept */
  int64_t *value[RESULT_MAX_MEASURES + 1]; /* [n_rows] scaled; the last one is n */
  int n_measures;
};
struct sdc_secondary_report {
  bool treated, clean;
  int64_t n_rows, n_figures; /* hidden in addition */
};
enum err_code sdc_secondary_values(const struct result_table *t, struct sdc_secondary_values *out, struct err *e) NODISCARD;
enum err_code sdc_secondary(struct result_table *t, const struct sdc_secondary_values *before, const struct sdc_sum_rule *rules, int n_rules,
    struct sdc_secondary_report *out, struct err *e) NODISCARD;
#endif

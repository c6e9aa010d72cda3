/* sdc_additive.h -- until secondary suppression is applied, no additive set may have exactly one suppressed figure: it could be found by
 *    subtraction.
 * Sets     from the margins of the table: `_T` = sum of the codes of a dimension, the other dimensions fixed; and explicit sum rules such as size
 *          4 = 1 + 3. The number of units is judged as well: it adds up like a count, except over sex and form. Every measure is judged, means
 *          and ratios too: with counts beside them they give sums.
 * Result   the first such set as E_SDC_SINGLE_SUPPRESSED (its name as subject); all of them counted and the first ones named in the report.
 * Source   Hundepool et al. (2012) ch. 4; the published labour master table of December 2025 has such sets, which is why the rule is here.
 * Cost     O(rows x dimensions x log rows). */
#ifndef SHIRABE_ESTIMATORS_SDC_ADDITIVE_H
#define SHIRABE_ESTIMATORS_SDC_ADDITIVE_H
#include "estimators/table/result_table.h"

struct sdc_sum_rule {
  const char *dimension, *total;
  const char *const *parts; /* NULL-terminated codes */
};
enum { SDC_MAX_NAMED = 20 };
struct sdc_additive_report {
  int64_t n_sets, n_single;
  const char *named[SDC_MAX_NAMED]; /* first sets with one suppressed figure */
  int n_named;
};
/* Sizes 1+3=4, 4+5+7=0, 0+9=T and forms M+F=T, N+P=T of the labour survey (`size`, `worker_form`), and its industries. */
extern const struct sdc_sum_rule sdc_mls_rules[];
extern const int sdc_n_mls_rules;
/* The table must be in its fixed order (result_sort). */
enum err_code sdc_additive_check(
    const struct result_table *t, const struct sdc_sum_rule *rules, int n_rules, struct sdc_additive_report *report, struct err *e) NODISCARD;
#endif

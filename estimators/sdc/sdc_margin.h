/* sdc_margin.h -- the sets of rows of a table that one margin ties together: rows that differ in one dimension only.
 * Use      fill an array of keys, sort it with sdc_margin_cmp: rows of one set stand side by side, found by sdc_margin_others.
 * Source   none. Cost: O(dimensions) per comparison. */
#ifndef SHIRABE_ESTIMATORS_SDC_MARGIN_H
#define SHIRABE_ESTIMATORS_SDC_MARGIN_H
#include "estimators/sdc/sdc_additive.h"

struct sdc_margin_key {
  const struct result_table *t;
  int dimension; /* the one in which they may differ */
  int64_t row;
};
int sdc_margin_others(const struct sdc_margin_key *a, const struct sdc_margin_key *b); /* by the other codes; 0 = one set */
int sdc_margin_cmp(const void *a, const void *b);                                      /* by the other codes, then by row */
bool sdc_margin_part(struct str code, const struct sdc_sum_rule *rule);                /* a part of the rule's total; NULL = of `_T` */
#endif

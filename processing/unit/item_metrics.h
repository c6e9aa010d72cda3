/* item_metrics.h -- what editing and imputation did to one item in a set of records: how much was answered, imputed, changed, taken away, and what
 * that did to its total. Counts, and the same weighted.
 * Cell     one record's value as received (raw) and as it is now. It is eligible unless it is now not applicable.
 * Rates    response = answered / eligible. Imputation = imputed / eligible, imputed being a value of that status or one that any step put where
 *          nothing was; by value: sum d y imputed / sum d y of all that is there (contribution of imputation to the total). Net imputation: nothing
 *          was there, now there is; modification: another value than before; cancellation: taken away; each / eligible.
 * Change   mean |new - raw| over modified values; relative change of the total = (sum now - sum raw) / sum raw.
 * Units    values are the item's scaled integers, weights 10^-9; products and sums in 128 bits, exact: no sum depends on an order. false when one
 *          overflows.
 * Methods  `by`: cells imputed or corrected, by the method of their last change; numbers from 0, -1 = none.
 * Missing  a value that is not there has no part in sums. A rate whose whole is 0 does not exist; it is not 0.
 * Source   ESS Quality and Performance Indicators (2014): A4, A5 unit and item non-response, A7 imputation rate; Statistics Canada, Quality
 *          Guidelines. */
#ifndef SHIRABE_PROCESSING_UNIT_ITEM_METRICS_H
#define SHIRABE_PROCESSING_UNIT_ITEM_METRICS_H
#include <stdbool.h>

#include "base/sum.h"
#include "base/table.h"

struct tally {
  sum_int n, weighted; /* weighted: times 10^9 */
};
struct item_cell {
  uint8_t raw_status, status;
  bool number;  /* raw and now are to be read where their status is present */
  bool differs; /* both present and not the same value */
  int64_t raw, now;
  int method;
};
struct method_metrics {
  struct tally cells, value;
};
struct item_metrics {
  struct tally eligible, answered, imputed, net_imputed, modified, cancelled, left_missing;
  struct tally change, raw_total, total, imputed_total; /* numbers only: sums of |new - raw|, raw, now, now where imputed */
  struct method_metrics *by;                            /* [n_methods]; NULL = not wanted */
};
bool item_metrics_add(struct item_metrics *t, const struct item_cell *c, int64_t weight);
/* Everything of `from`, which is of the same item; n methods. false when a sum overflows. */
bool item_metrics_merge(struct item_metrics *into, const struct item_metrics *from, int n_methods);
/* Counts only: for sums over items or groups: values of different items are not added up. */
void item_metrics_merge_counts(struct item_metrics *into, const struct item_metrics *from);
#endif

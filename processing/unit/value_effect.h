/* value_effect.h -- what the steps did to an item: count, total and distribution before and after, by class, unweighted and weighted.
 * Shapes   x, status: [n] of one item before (copied when the job begins) and after; group: [n] class of the record, -1 = none; weight: [n] times
 *          10^9, NULL = none.
 * Units    the item's own; weighted totals are rounded once to the item's decimals, half away from zero. Quantile p: the least value at or below
 *          which p of the (weighted) values lie. Missing values have no part in totals and quantiles; `n` counts those that are there.
 * Table    item, class, weighting (none, design), stage (before, after), n, changed (values imputed or corrected), total, least, p05, p25, p50,
 *          p75, p95, greatest; figures are decimal texts, blank where no value is there. Classes in the order of their texts, all records first
 *          (class "").
 * Exact    sums in 128 bits; independent of order, shards and threads. E_IMPUTE_OVERFLOW when a weighted total leaves 64 bits.
 * Source   effect of imputation on totals and distributions: Statistics Canada, Quality Guidelines, chapters on editing and imputation; ESS
 *          guidelines, A7.
 * Cost     one sort per item, class and stage. Memory 40 bytes per record. */
#ifndef SHIRABE_PROCESSING_UNIT_VALUE_EFFECT_H
#define SHIRABE_PROCESSING_UNIT_VALUE_EFFECT_H
#include "base/table.h"

struct effect_values {
  const int64_t *x;
  const uint8_t *status;
};
struct effect_input {
  const char *item;
  int decimals;
  int64_t n;
  struct effect_values before, after;
  const int64_t *weight;
  const int32_t *group;
  int32_t n_groups;
  const struct str *group_names;
};
enum err_code effect_table_init(struct arena *a, struct table *out, struct err *e) NODISCARD;
enum err_code effect_append(struct arena *a, const struct effect_input *in, struct table *to, struct err *e) NODISCARD;
#endif

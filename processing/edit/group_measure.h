/* group_measure.h -- the figures of a rule across records (group_checks.csv): each record gets those of the group it belongs to, as columns
 *    beside its items.
 * Shapes   out: [n_shards] tables of the shards' rows, one column per measure of the check, in the rule's order.
 * Group    the records in the check's universe with the same texts in the `by` items; without `by` all of them. A record outside the universe (or
 *          with an unknown one) takes no part; it and a record without one of the `by` items have no figures (VAL_UNKNOWN).
 * Missing  as for child records: a count is unknown where its condition is unknown for a member, a sum, least and greatest where a member's value
 *          is missing, because the figure is then not known. distinct() counts the texts that are there.
 * Exact    sums in 128 bits: they depend neither on the order of rows nor on shards. E_GROUP_OVERFLOW when one leaves 64 bits.
 * Memory   9 bytes per record and measure, 4 per record, 40 per group and measure. Cost: one pass per measure, one hash per record.
 * Source   windowed aggregates; van der Loo and de Jonge (2018), Statistical Data Cleaning, ch. 6 (rules across records). */
#ifndef SHIRABE_PROCESSING_EDIT_GROUP_MEASURE_H
#define SHIRABE_PROCESSING_EDIT_GROUP_MEASURE_H
#include "forms/form.h"
#include "processing/unit/unit_shard.h"

enum err_code group_measures(
    struct arena *a, const struct check *c, const struct unit_shard *shards, int n_shards, struct table *out, struct err *e) NODISCARD;
#endif

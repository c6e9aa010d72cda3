/* cmd_estimate_judging.h -- the primary rule of a table and what it asks of the records: owners, waivers, requests. For the cmd_estimate_ files only.
 * Items    the profile names them; a form or dataset without the item: every unit stands alone, nobody consents, nobody asks.
 * Values   waiver and asked: 1, y, yes or true in the item; all else is no. Owners: equal text, not empty.
 * Errors   E_SDC_PROFILE. Memory: the arena, one number a record and item. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_JUDGING_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_JUDGING_H
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/sdc/sdc_cells.h"

/* *out NULL: made without disclosure control. Arrays per record of `rows`. */
enum err_code estimate_judging(struct estimate_run *r, const struct table_spec *spec, const struct shard_rows *rows, const struct sdc_judging **out,
    struct err *e) NODISCARD;
/* The same for some of the records, in the order of `row` [n]. */
enum err_code estimate_judging_some(struct estimate_run *r, const struct table_spec *spec, const struct shard_rows *rows, int64_t n,
    const int64_t *row, const struct sdc_judging **out, struct err *e) NODISCARD;
/* The profile of a table: --rule in its place when the run tries another. */
const struct disclosure_profile *estimate_profile_of(const struct estimate_run *r, const struct table_spec *spec); /* NULL when unknown */
/* Names of the items, for reading only the columns needed; at most 3. */
int estimate_judging_items(const struct estimate_run *r, const struct table_spec *spec, const char *names[3]);
#endif

/* cmd_estimate_linked.h -- tables of one form that share cells are made and protected together, also when only one of them is asked for: a figure is
 *    hidden or shown in all of them, today and when it is computed again. For the cmd_estimate_ files only.
 * Linked   same dataset and disclosure profile; tables made from records also under different conditions: cells of the same records are one cell.
 *          Cost: the tables that go with the one asked for. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_LINKED_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_LINKED_H
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/table/table_plan.h"

/* need[i]: table i of the form is asked for (on) or linked with one that is. */
void estimate_linked(const struct estimate_run *r, const struct form *f, const bool *on, bool *need);
/* Of all tables made (table not NULL) from the records `rows`; without disclosure control every table gets its refusal. */
enum err_code estimate_protect_linked(
    struct estimate_run *r, const struct form *f, const struct table_plan *plans, const struct shard_rows *rows, struct estimate_table *made,
    struct err *e) NODISCARD;
#endif

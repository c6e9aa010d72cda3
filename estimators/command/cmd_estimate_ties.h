/* cmd_estimate_ties.h -- items of linked tables that an equation of their form holds together: hard checks (members_male + members_female =
 *    members_total) and derived items. Figures of such items are hidden together in a row. For the cmd_estimate_ files only.
 * Whole    only where every item of the equation stands in the tables: with one of them unpublished the others do not tell of one another.
 * Cost     checks times items. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_TIES_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_TIES_H
#include "estimators/command/cmd_estimate_load.h"

/* Fills ties of `to`. */
enum err_code estimate_ties(
    struct arena *a, const struct form *f, const struct sdc_linked_table *t, int n, struct sdc_structure *to, struct err *e) NODISCARD;
#endif

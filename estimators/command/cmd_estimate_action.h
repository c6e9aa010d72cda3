/* cmd_estimate_action.h -- the action that a survey's disclosure profile asks for instead of suppression, carried out on a table of a run. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_ACTION_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_ACTION_H
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/sdc/sdc_action.h"

/* t: [n] tables of one population. *acted: they were changed or refused, and nothing is left to suppress. Round and small-counts treat each table by
 * itself and refuse more than one of a population. The secret of cell keys is the file SHIRABE_NOISE_SECRET_FILE. */
enum err_code estimate_act(const struct estimate_run *r, const struct disclosure_profile *profile, const struct sdc_linked_table *t, int n,
    bool *acted, struct err *e) NODISCARD;
#endif

/* cmd_estimate_action.h -- the action that a survey's disclosure profile asks for instead of suppression, carried out on a table of a run. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_ACTION_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_ACTION_H
#include "estimators/command/cmd_estimate_core.h"
#include "estimators/sdc/sdc_action.h"

/* *acted: the table was changed or refused, and nothing is left to suppress. The secret of cell keys is the file SHIRABE_NOISE_SECRET_FILE. */
enum err_code estimate_act(const char *profile, struct result_table *t, bool *acted, struct err *e) NODISCARD;
/* What the profile says of it, for the digest of the specification; NULL = suppression, or a profile that cannot be read (the run stops there). */
const char *estimate_action_text(struct arena *a, const char *profile);
#endif

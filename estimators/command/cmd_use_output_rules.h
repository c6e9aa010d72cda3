/* cmd_use_output_rules.h -- the statistical rules of estimators/sdc as the store calls them (secure-store/output/output.h). For the cmd_ files
 * only. */
#ifndef SHIRABE_ESTIMATORS_CMD_USE_OUTPUT_RULES_H
#define SHIRABE_ESTIMATORS_CMD_USE_OUTPUT_RULES_H
#include "secure-store/output/output.h"

/* Profiles are read from `file`; NULL = forms/secure/output_profiles.csv of the installed forms. Valid while `file` is. */
struct output_rules use_output_rules(const char *file);
#endif
